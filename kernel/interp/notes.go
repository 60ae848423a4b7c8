package interp

// This file defines the notes about the threads of a cell that has ended without an error.

import (
	"fmt"
	"strings"

	"gilkernel/kernel/link"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
)

// line returns the line of a place in a run's own cell, 0 for other places.
func (r *run) line(s rt.Site) int {
	if s.File == r.label || s.File == "" && fmt.Sprintf("In[%d]", s.Cell) == r.label {
		return int(s.Line)
	}
	return 0
}

// running notes the lines in which threads were made that still run. It is called before a cell's own machine waits
// for them.
func (p *python) running(r *run) (notes []link.Note) {
	for _, th := range threading.Running(p.in) {
		if n := r.line(th.Made()); n > 0 {
			notes = append(notes, link.Note{Line: n})
		}
	}
	return notes
}

// forgotten notes the threads that the cell made and didn't start, the locks that threads took with them, and the
// variables that are zero in its processes.
func (p *python) forgotten(r *run) (notes []link.Note) {
	names := map[int][]string{}
	var lines []int
	for _, th := range threading.Unstarted(p.in) {
		n := r.line(th.Made())
		if n > 0 && names[n] == nil {
			lines = append(lines, n)
		}
		names[n] = append(names[n], th.Name())
	}
	for _, n := range lines {
		text := names[n][0] + " was made and not started yet; its Start method starts it"
		if more := len(names[n]) - 1; more > 0 {
			text = fmt.Sprintf("%d threads were made and not started yet, %s and so on; their Start methods start them",
				more+1, names[n][0])
		}
		notes = append(notes, link.Note{Line: n, Text: text})
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return append(append(notes, p.orphans(r)...), r.zeroed...)
}

// orphans notes the locks of ended threads that others wait for, each once.
func (p *python) orphans(r *run) (notes []link.Note) {
	for _, o := range p.m.Orphans() {
		key := fmt.Sprint(o.Holder.ID(), " ", o.Waiter.ID(), " ", o.Name)
		p.mu.Lock()
		known := p.orphaned[key]
		if p.orphaned == nil {
			p.orphaned = map[string]bool{}
		}
		p.orphaned[key] = true
		p.mu.Unlock()
		if known {
			continue
		}
		var where strings.Builder
		n := r.line(o.Since)
		if text := o.Since.String(); text != "" && n == 0 {
			where.WriteString(" since " + text)
		}
		notes = append(notes, link.Note{Line: n, Text: fmt.Sprintf("%s ended while it held %s%s, and %s waits for "+
			"it; release a lock in every way out of a function, as defer does",
			o.Holder.Name(), o.Name, where.String(), o.Waiter.Name())})
	}
	return notes
}
