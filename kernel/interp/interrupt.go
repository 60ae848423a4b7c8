package interp

// This file defines interruption: ending the goroutines of one cell, and of no other.
//
// yaegi's own cancellation is not used: it ends the goroutines of all cells. Instead
//   - lowered code looks at the variable __flag at loop back-edges and function entries, and calls
//     tick when it is set; tick panics when the calling goroutine's cell is to end;
//   - each run has a done channel of its own that yaegi's channel operations select on, because
//     the interpreter's field done is replaced before each run and frames inherit it from their
//     callers; closing it ends the channel operations of this cell's goroutines only;
//   - the functions in overrides.go that block wait for the cell's done too.
//
// What stays blocked in native code (Mutex.Lock, Accept) is abandoned. Should it ever wake, the next
// check ends it.

import (
	"reflect"
	"time"
	"unsafe"

	"github.com/traefik/yaegi/interp"
)

const (
	// grace is how long an interrupted thread may unwind: its deferred functions run without
	// being interrupted again. After it, code that recovered from the panic is ended again.
	grace = 50 * time.Millisecond
	// abandonAfter is how long a run waits for its own goroutine to end.
	abandonAfter = 25 * time.Millisecond
	// flagFor is how long checks are slowed for goroutines that are still blocked.
	flagFor = 2 * time.Second
)

// interruption is the value of the panic that ends a goroutine.
type interruption struct{}

func (interruption) Error() string { return "interrupted" }

// tick is called by checks while __flag is set: it ends the calling goroutine if its cell is to end.
func (s *session) tick(t *thread) {
	if t == nil || !t.cell.dying.Load() {
		return
	}
	now := int64(time.Since(s.zero)) + 1 // never 0
	if t.interrupted.CompareAndSwap(0, now) || now-t.interrupted.Load() > int64(grace) {
		panic(interruption{})
	}
}

// interrupt tells the goroutines of c to end.
func (s *session) interrupt(c *cell) {
	if !c.dying.CompareAndSwap(false, true) {
		return
	}
	s.mu.Lock()
	s.dying[c] = true
	*s.flag = true
	s.mu.Unlock()
	close(c.done)
	// Ends by itself after flagFor at most; a process that ends doesn't wait for it.
	go func() {
		deadline := time.Now().Add(flagFor)
		for c.live.Load() > 0 && time.Now().Before(deadline) {
			time.Sleep(5 * time.Millisecond)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if delete(s.dying, c); len(s.dying) == 0 {
			*s.flag = false
		}
	}()
}

// doneField returns the address of the interpreter's field that new runs give their frames, and
// makes channel operations cancellable. yaegi has no door for either; a test pins its version.
func doneField(i *interp.Interpreter) *chan struct{} {
	v := reflect.ValueOf(i).Elem()
	*(*bool)(unsafe.Pointer(v.FieldByName("cancelChan").UnsafeAddr())) = true
	return (*chan struct{})(unsafe.Pointer(v.FieldByName("done").UnsafeAddr()))
}
