package exec

// This file defines how compiled sources are run, and what is recorded about a goroutine that panics.

import (
	"fmt"
	"go/token"
	"go/types"
)

// newG makes the state of the calling goroutine.
func (e *Engine) newG(origin any) *G {
	g := &G{eng: e, host: origin}
	g.adopt(e.host.Thread(origin))
	if o, ok := origin.(Origin); ok && g.thread == nil {
		o.Runs(g)
	}
	return g
}

// enter returns a goroutine's state for a call from compiled code, and a function that returns it.
func (e *Engine) enter(origin any) (*G, func()) {
	if o := e.host.Origin(); o != nil {
		origin = o
	}
	g, _ := e.idle.Get().(*G)
	if g == nil {
		g = &G{eng: e} // not newG, which would make it the thread's before outer is known
	}
	g.host, g.depth, g.cur, g.trail, g.ticking, g.inner = origin, 0, nil, nil, nil, false
	var outer *G
	if t := e.host.Thread(origin); t != nil {
		outer = t.Runs(nil)
		g.adopt(t)
		g.inner = outer != nil
	} else {
		g.adopt(nil)
	}
	// A compiled function that was called without the GIL calls back: PyGILState_Ensure.
	t := g.thread
	if t != nil && t.Attached() {
		t = nil
	}
	if t != nil {
		t.Attach()
	}
	return g, func() {
		if g.thread != nil {
			g.thread.Runs(outer)
		}
		if t != nil {
			t.Detach()
		}
		if g.cur == nil { // else it panics, and its trace is still to be taken
			e.idle.Put(g)
		}
	}
}

// done is closed when the goroutine must end.
func (g *G) done() <-chan struct{} { return g.eng.host.Done(g.host) }

// Init sets the source's package variables and calls its init functions, in the calling goroutine.
func (p *Program) Init(origin any) {
	g := p.e.newG(origin)
	defer p.e.leaving(g)
	for _, set := range p.embeds {
		set()
	}
	for _, k := range p.steps {
		g.run(k)
	}
}

// Call runs the cell's statements, if any, in the calling goroutine.
func (p *Program) Call(origin any) {
	if p.entry != nil {
		p.e.call(origin, p.entry)
	}
}

// Call calls a function without parameters that a source has declared, in the calling goroutine.
func (e *Engine) Call(origin any, name string) {
	e.compileMu.Lock()
	var ref *funcRef
	if fn, ok := e.ids.object(name).(*types.Func); ok {
		if fd := e.declOf(fn); fd != nil {
			ref = e.refOf(fd, "", nil)
		}
	}
	e.compileMu.Unlock()
	if ref == nil {
		panic("exec: no function " + name)
	}
	e.call(origin, ref)
}

func (e *Engine) call(origin any, ref *funcRef) {
	g := e.newG(origin)
	defer e.leaving(g)
	g.run(ref.get())
}

func (g *G) run(k *code) {
	f := g.frame(k)
	f.call(nil)
	g.release(f)
}

// leaving keeps the trace of a panic for the function that recovers from it.
func (e *Engine) leaving(g *G) {
	if v := recover(); v != nil {
		if p, ok := v.(*Panic); ok { // of a callback that compiled code made
			panic(p)
		}
		g.traced(v)
		panic(&Panic{Value: v, Trace: g.trail})
	}
}

// Panic is what leaves interpreted code that panics: the value with the calls that were open.
type Panic struct {
	Value any
	Trace *Trace
}

// Error implements error, for code that prints the recovered value.
func (p *Panic) Error() string { return fmt.Sprint(p.Value) }

// Unwrap returns the value if it is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// Trace is the calls that were open when a goroutine panicked, the innermost first.
type Trace struct {
	value  any
	Frames []TraceFrame
	More   int // that were left out in the middle
}

// TraceFrame is one call.
type TraceFrame struct {
	Func string // as the learner knows it; "" for package variables
	Pos  string // In[3]:4:2
}

// maxTrace is how many calls a trace holds at each end.
const maxTrace = 24

// traced records the open calls of a goroutine that panics with v, unless they were recorded for this panic before.
func (g *G) traced(v any) {
	if g.trail != nil && same(g.trail.value, v) {
		return
	}
	t := &Trace{value: v}
	var all []TraceFrame
	for f := g.cur; f != nil; f = f.up {
		if !f.code.hidden {
			all = append(all, f.trace())
		}
		if len(all) > 4*maxTrace { // an endless recursion: keep both ends
			all = append(all[:maxTrace], all[maxTrace+1:]...)
			t.More++
		}
	}
	t.Frames = all
	g.trail = t
}

// same reports whether two panics' values are the same, without comparing what can't be compared.
func same(a, b any) (eq bool) {
	defer func() {
		if recover() != nil {
			eq = false
		}
	}()
	return a == b
}

func (f *frame) trace() TraceFrame {
	return TraceFrame{Func: f.code.name, Pos: f.code.src.position(f.where())}
}

// where returns the position at which a call is.
func (f *frame) where() token.Pos {
	if pos := f.place; pos.IsValid() || f.pc >= len(f.code.places) {
		return pos
	}
	return f.code.places[f.pc]
}

// Callers returns the open calls of a goroutine, the innermost first. It is for the host's symbols that say
// where they were called: a function whose first parameter is a *G gets the caller's, which the learner
// doesn't see. Only the goroutine itself may call it.
func (g *G) Callers() []TraceFrame {
	var all []TraceFrame
	for f := g.cur; f != nil && len(all) < maxTrace; f = f.up {
		if !f.code.hidden {
			all = append(all, f.trace())
		}
	}
	return all
}
