package interp

// This file defines how the functions that a panic leaves are gathered, by goroutine.

import (
	"runtime"
	"strings"
	"sync"
)

// keepFrames is how many frames of a trace are kept, from the innermost.
const keepFrames = 48

// keepTraces is how many goroutines may have a trace. Those of goroutines that compiled code started
// and whose panics it recovered are never taken.
const keepTraces = 256

// A traceFrame is one function that a panic left. The position is that of its first statement, in
// the lowered file: yaegi doesn't know where in the function it was.
type traceFrame struct {
	file         string
	line, column int
}

// A trace is the way of one panic, the innermost function first.
type trace struct {
	frames []traceFrame
	more   int      // frames that were not kept
	pos    position // the register when the panic left its first function
	top    position
}

// traces gathers. Its methods may be called concurrently.
type traces struct {
	mu          sync.Mutex // protects the fields below
	byGoroutine map[int64]*trace
	noted       map[int64]noted
}

// A noted is what a function had in the position register when it began to unwind.
type noted struct {
	line int // where the function's body begins
	pos  position
}

// note is __rt.Note(line): lowered functions defer it behind each defer statement of theirs, so that
// it runs first when the function unwinds. A deferred function may wake another goroutine, which then
// sets the position register.
func (s *session) note(line int) {
	if !panicking() {
		return
	}
	t := &s.traces
	id, pos := goroutineID(), s.machine.registers.position()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.noted == nil || len(t.noted) >= keepTraces {
		t.noted = map[int64]noted{}
	}
	t.noted[id] = noted{line, pos}
}

// panicking reports whether the function that the caller's caller was deferred by unwinds because of a
// panic. It takes some 200 ns; the goroutine's number would take 1 µs on each return.
func panicking() bool {
	var pcs [8]uintptr
	for _, pc := range pcs[:runtime.Callers(3, pcs[:])] {
		if f := runtime.FuncForPC(pc - 1); f != nil && f.Name() == "runtime.gopanic" {
			return true
		}
	}
	return false
}

// add takes down a frame of the panic that the calling goroutine is in. line is where the function's
// body begins, as in note.
func (t *traces) add(f traceFrame, line int, pos position) {
	id, first := goroutineID(), panicIsNew()
	t.mu.Lock()
	defer t.mu.Unlock()
	tr := t.byGoroutine[id]
	if tr == nil || first {
		if t.byGoroutine == nil || len(t.byGoroutine) >= keepTraces {
			t.byGoroutine = map[int64]*trace{}
		}
		if n, ok := t.noted[id]; ok && n.line == line {
			pos = n.pos
		}
		tr = &trace{pos: pos}
		t.byGoroutine[id] = tr
	}
	delete(t.noted, id)
	if len(tr.frames) == keepFrames {
		tr.more++
		return
	}
	tr.frames = append(tr.frames, f)
}

// take returns the last trace of a goroutine and forgets it.
func (t *traces) take(goroutine int64) trace {
	t.mu.Lock()
	defer t.mu.Unlock()
	tr := t.byGoroutine[goroutine]
	if tr == nil {
		return trace{}
	}
	delete(t.byGoroutine, goroutine)
	return *tr
}

// panicIsNew reports whether the panic that the caller's deferred function handles was raised by the
// program. In each interpreted function that it leaves, yaegi recovers a panic and raises it again, and
// so does session.with.
func panicIsNew() bool {
	var pcs [48]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	panicking := false
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			panicking = true
		case panicking && !strings.HasPrefix(f.Function, "runtime."):
			return !strings.HasSuffix(f.Function, "/interp.runCfg.func1") && !strings.HasSuffix(f.Function, "/interp.(*session).with.func1")
		}
		if !more {
			return false
		}
	}
}
