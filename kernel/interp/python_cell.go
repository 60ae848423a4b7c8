package interp

// This file defines what a cell shows of its Python: timelines, deadlocks, and %machine.

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/link"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/plot"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// mainThread makes the thread that each cell is, and sets its host in package threading.
func (p *python) mainThread() *rt.Thread {
	threading.SetHost(p.in, threading.Host{Stderr: p.s.stderr, Describe: p.s.describe, FuncName: p.s.pythonName,
		Line: p.s.lineOf})
	return threading.Main(p.in)
}

// pythonName returns what Python would call a function of a cell.
func (s *runner) pythonName(f any) string {
	name := s.host.engine.FuncName(f)
	if literal().MatchString(name) || strings.HasPrefix(name, "__") {
		return "<lambda>"
	}
	return name
}

// lineOf returns the text of a line of a cell, "" for another place.
func (s *runner) lineOf(site rt.Site) string {
	label := site.File
	if site.Cell > 0 {
		label = fmt.Sprintf("In[%d]", site.Cell)
	} else if !strings.HasPrefix(label, "In[") {
		return ""
	}
	lines := s.host.sources.text(label)
	if site.Line < 1 || int(site.Line) > len(lines) {
		return ""
	}
	return lines[site.Line-1]
}

// describe says what a panic is that ended a thread, in Python's form but with the lines of cells.
func (s *runner) describe(value any, stack []byte) (name, text, traceback string) {
	f := &failure{value: value}
	if p, ok := value.(*exec.Panic); ok {
		f.value, f.trace = p.Value, p.Trace
	}
	if err := unmade(f.value, stack); err != nil {
		f.value = err
	}
	name, text = explain(f.value)
	var b strings.Builder
	for _, fr := range s.frames(f) {
		if b.Len() == 0 {
			b.WriteString("Traceback (most recent call last):\n")
		}
		fmt.Fprintf(&b, "  Cell %s, line %d", fr.place.label, fr.place.line)
		if fr.function != "" {
			b.WriteString(", in " + fr.function)
		}
		b.WriteByte('\n')
		if lines := s.host.sources.text(fr.place.label); fr.place.line >= 1 && fr.place.line <= len(lines) {
			b.WriteString("    " + strings.TrimSpace(lines[fr.place.line-1]) + "\n")
		}
	}
	return name, text, b.String()
}

// after does the work at the end of MainThread's cell. For a Python of the cell's own that is the end of a program:
// threads that aren't daemons are waited for. It returns how that failed.
func (p *python) after(r *run, own bool) error {
	r.notes = p.running(r)
	if !own {
		switch {
		case !p.spec.simulated:
		case r.dying.Load():
			p.unwound(r)
		default:
			p.m.Drain(idleTime)
		}
		r.notes = append(r.notes, p.forgotten(r)...)
		return nil
	}
	var err error
	if !r.dying.Load() && !p.busy.Load() {
		err = threading.Shutdown(p.in)
	}
	r.notes = append(r.notes, p.forgotten(r)...)
	p.m.RecordCPUTimes()
	tl := p.rec.SnapshotAt(int64(p.m.Now()))
	tl.Info = p.in.Info()
	if tl.Info.Virtual && tl.Deadlocked() {
		tl.End += tl.Wall() / 16 // the clock stops with the last thread, whose wait would have no width in the figure
	}
	p.outside.finish(tl)
	p.s.drop(p)
	tl = p.relatives.join(tl)
	r.mu.Lock()
	interrupted := r.dying.Load() && r.cause == nil
	r.mu.Unlock()
	if interrupted || r.twin {
		return err
	}
	r.showing.Store(true)
	p.s.mu.Lock()
	p.s.last = tl
	p.s.mu.Unlock()
	r.out.flush()
	p.s.display(r, plot.GIL(tl))
	return err
}

// mimeBundler is what shows itself in several types.
type mimeBundler interface {
	MIMEBundle() (data, metadata map[string]any)
}

// display shows a value in a cell's output.
func (s *runner) display(r *run, v mimeBundler) {
	data, metadata := v.MIMEBundle()
	s.send(&link.Event{Cell: r.id,
		Display: &link.Display{Kind: "display_data", Data: rawMap(data), Metadata: rawMap(metadata)}})
}

func rawMap(m map[string]any) map[string]json.RawMessage {
	raw := make(map[string]json.RawMessage, len(m))
	for k, v := range m {
		if b, err := json.Marshal(v); err == nil {
			raw[k] = b
		}
	}
	return raw
}

// unveil shows the deadlock that a run failed by, if it did.
func (s *runner) unveil(r *run, f *failure) {
	if a, ok := f.value.(*asleep); ok {
		f.value = a.Deadlock
	}
	if d, ok := f.value.(*rt.Deadlock); ok {
		s.showDeadlock(r, d)
	}
}

// whereTries is how often, a millisecond apart, abandoned looks for the place of a run.
const whereTries = 20

// abandoned is the answer to a run that was ended but whose goroutine is blocked in compiled code.
func (s *runner) abandoned(r *run) *link.Done {
	r.mu.Lock()
	cause := r.cause
	r.mu.Unlock()
	if cause == nil {
		w := &watch{s: s, r: r}
		trace := w.where(stacks(), s.threadsByID())
		for range whereTries { // on a busy computer it may only wait for a core
			if trace != nil {
				break
			}
			time.Sleep(time.Millisecond)
			trace = w.where(stacks(), s.threadsByID())
		}
		return &link.Done{Status: "interrupted", Error: s.interruptError(&failure{trace: trace})}
	}
	f := &failure{value: cause, trace: cause.trace}
	s.unveil(r, f)
	return &link.Done{Status: "error", Error: s.runError(f)}
}

// showDeadlock shows the graph of the waits, above the error. It is Markdown and not text/vnd.mermaid: JupyterLab draws
// both, but adds its SVG to an output of the latter, and a notebook that was only opened counts as changed.
func (s *runner) showDeadlock(r *run, d *rt.Deadlock) {
	r.out.flush()
	s.send(&link.Event{Cell: r.id, Display: &link.Display{Kind: "display_data", Data: rawMap(map[string]any{
		"text/markdown": "```mermaid\n" + d.Mermaid() + "```\n", "text/plain": d.Error()})}})
}

// lastTimeline is timeline.Last: of the last cell that had one.
func (s *runner) lastTimeline() *timeline.Timeline {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil {
		return &timeline.Timeline{Names: []string{""}}
	}
	return s.last
}

// startMachine sets the session's machine, and describes it: without words in full, with words in the one line that
// says what was set, and a second one if it wasn't as asked for.
func (s *runner) startMachine(q *link.Machine) {
	r := s.begin(q.ID, q.Label)
	s.finish(r, func() *link.Done {
		s.started(r)
		text, missing, err := s.setPython(q.Words)
		if err != nil {
			return &link.Done{Status: "error", Error: plainError("UsageError", err.Error())}
		}
		if strings.TrimSpace(q.Words) != "" {
			text, _, _ = strings.Cut(text, "\n")
			text += "\n"
			if q.Quiet {
				text = ""
			}
		}
		r.out.write("stdout", []byte(text+missing))
		return &link.Done{Status: "ok"}
	}, func() {})
}
