//go:build !race

package threading_test

import (
	"testing"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
)

const raceEnabled = false

// Uncontended primitives don't allocate when nothing is recorded. The race detector itself allocates.
func TestNoAllocations(t *testing.T) {
	w := newWorld(t, false, "3.13", machine.Options{Site: site})
	if err := w.run(func() {
		l, r, c, s, e := threading.NewLock(), threading.NewRLock(), threading.NewCondition(nil),
			threading.NewSemaphore(1), threading.NewEvent()
		for name, fn := range map[string]func(){
			"Lock":      func() { l.Acquire(); l.Release() },
			"RLock":     func() { r.Acquire(); r.Release() },
			"Condition": func() { c.Acquire(); c.Notify(); c.Release() },
			"Semaphore": func() { s.Acquire(); s.Release() },
			"Event":     func() { e.Set(); e.Wait(); e.Clear() },
			"options":   func() { l.Acquire(threading.Blocking(true), threading.Timeout(time.Second)); l.Release() },
		} {
			if n := testing.AllocsPerRun(100, fn); n != 0 {
				t.Errorf("%s: %v allocations", name, n)
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
}
