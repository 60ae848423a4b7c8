package interp

// This file defines what a cell shows of its Python: timelines, deadlocks, and %machine.

import (
	"encoding/json"

	"gilkernel/kernel/interp/link"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/plot"
	"gilkernel/runtime/timeline"
)

// mainThread makes the thread that each cell is.
func (p *python) mainThread() *rt.Thread { return p.m.NewThread(p.in, "MainThread") }

// shutdown is the end of a cell that has a Python for itself, which it ends as a program does: threads that aren't
// daemons are waited for. It is called by MainThread.
func (p *python) shutdown(failed bool) {
	if failed {
		return
	}
}

// after does what is to be done when MainThread has ended its cell. For a Python of the cell's own that is
// its end.
func (p *python) after(r *run, own bool) {
	if !own {
		if p.spec.simulated && !r.dying.Load() {
			p.m.Drain(idleTime)
		}
		return
	}
	tl := p.rec.SnapshotAt(int64(p.m.Now()))
	tl.Info = p.in.Info()
	p.s.drop(p)
	if r.dying.Load() || r.silent {
		return
	}
	p.s.mu.Lock()
	p.s.last = tl
	p.s.mu.Unlock()
	r.out.flush()
	p.s.display(r, plot.GIL(tl))
}

// mimeBundler is what shows itself in several types.
type mimeBundler interface {
	MIMEBundle() (data, metadata map[string]any)
}

// display shows a value in a cell's output.
func (s *session) display(r *run, v mimeBundler) {
	data, metadata := v.MIMEBundle()
	s.send(&link.Event{Cell: r.id, Display: &link.Display{Kind: "display_data", Data: rawMap(data), Metadata: rawMap(metadata)}})
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

// showDeadlock shows who waits for whom, above the error.
func (s *session) showDeadlock(r *run, d *rt.Deadlock) {
	r.out.flush()
	s.send(&link.Event{Cell: r.id, Display: &link.Display{Kind: "display_data", Data: rawMap(map[string]any{
		"text/vnd.mermaid": d.Mermaid(), "text/plain": d.Error()})}})
}

// lastTimeline is timeline.Last: of the last cell that had one.
func (s *session) lastTimeline() *timeline.Timeline {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil {
		return &timeline.Timeline{Names: []string{""}}
	}
	return s.last
}

// startMachine sets the session's machine, and describes it.
func (s *session) startMachine(q *link.Machine) {
	r := s.begin(q.ID, q.Label)
	s.finish(r, func() *link.Done {
		s.send(&link.Event{Cell: r.id, Started: &link.Started{}})
		text, err := s.setPython(q.Words)
		if err != nil {
			return &link.Done{Status: "error", Error: plainError("UsageError", err.Error())}
		}
		r.out.write("stdout", []byte(text))
		return &link.Done{Status: "ok"}
	}, func() {})
}
