package display

// This file defines the progress bar.

import (
	"fmt"
	"html"
	"strings"
	"sync"
	"time"
)

// pace is how often a bar moves at most: more is not seen, and floods the page.
const pace = 100 * time.Millisecond

// A Progress is a bar that moves in place. Its methods may be called concurrently.
type Progress struct {
	d     *Display
	id    string
	label string
	total int
	begin time.Time

	mu    sync.Mutex // protects the fields below
	done  int
	shown time.Time
	ended bool
}

// NewProgress shows a bar for total steps. A total of 0 or less counts without an end.
func (d *Display) NewProgress(total int, label string) *Progress {
	p := &Progress{d: d, id: newID(), label: label, total: total, begin: time.Now()}
	d.ShowID(p.id, p.viewLocked())
	p.shown = time.Now()
	return p
}

// Add moves the bar n steps on.
func (p *Progress) Add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.setLocked(p.done + n)
}

// Set moves the bar to n steps.
func (p *Progress) Set(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.setLocked(n)
}

// Done says that the work has ended, all of it or not. Later calls do nothing.
func (p *Progress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		p.ended = true
		p.d.Update(p.id, p.viewLocked())
	}
}

func (p *Progress) setLocked(n int) {
	if p.ended {
		return
	}
	p.done = max(0, n)
	if p.total > 0 {
		p.done = min(p.done, p.total)
	}
	if time.Since(p.shown) >= pace || p.total > 0 && p.done == p.total {
		p.shown = time.Now()
		p.d.Update(p.id, p.viewLocked())
	}
}

// viewLocked is the bar as it is now.
func (p *Progress) viewLocked() MIME {
	took := time.Since(p.begin).Round(100 * time.Millisecond)
	label := p.label
	if label != "" {
		label += " "
	}
	if p.total <= 0 {
		text := fmt.Sprintf("%s%d, %v", label, p.done, took)
		return MIME{"text/plain": text, "text/html": html.EscapeString(text)}
	}
	const width = 30
	filled := width * p.done / p.total
	text := fmt.Sprintf("%s[%s%s] %d of %d, %v", label, strings.Repeat("#", filled), strings.Repeat(".", width-filled),
		p.done, p.total, took)
	page := fmt.Sprintf(`<div>%s<progress value="%d" max="%d" style="vertical-align: middle; width: `+
		`20em"></progress> %d of %d, %v</div>`,
		html.EscapeString(label), p.done, p.total, p.done, p.total, took)
	return MIME{"text/plain": text, "text/html": page}
}
