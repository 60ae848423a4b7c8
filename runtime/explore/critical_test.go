package explore_test

// This file tests critical sections, under every schedule of their threads.

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/explore"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/search"
	"gilkernel/runtime/threading"
)

// sections is two threads that come into a section once each, behind a lock or not.
func sections(t *testing.T, version string, lock, body bool) search.Program {
	return func(e machine.Explorer) search.Outcome {
		m, err := machine.Simulate(&machine.Options{Explorer: e})
		if err != nil {
			t.Fatal(err)
		}
		in, err := gil.New(m, &gil.Options{Version: version})
		if err != nil {
			t.Fatal(err)
		}
		var out search.Outcome
		var mu sync.Mutex
		ended := threading.Main(in).Run(func(*machine.Thread) {
			var section explore.CriticalSection
			var l threading.Lock
			enter := func() {
				defer func() {
					if v := recover(); v != nil {
						mu.Lock()
						out.Err, _ = v.(error)
						mu.Unlock()
					}
				}()
				if body {
					section.With(func() {})
				} else {
					section.Enter()
					section.Leave()
				}
			}
			if plain := enter; lock {
				enter = func() { l.With(plain) }
			}
			a, b := threading.NewThread(enter), threading.NewThread(enter)
			a.Start()
			b.Start()
			a.Join()
			b.Join()
		})
		m.Stop(nil)
		m.Drain(-1)
		if out.Err == nil {
			out.Err = ended
		}
		return out
	}
}

func TestCriticalSection(t *testing.T) {
	for _, version := range []string{"2.7", "3.9", "3.12", "3.13t"} {
		for _, body := range []bool{false, true} {
			r := search.Search(nil, sections(t, version, false, body))
			var failed *exceptions.AssertionError
			switch {
			case r.Broken == nil:
				t.Errorf("%s, body %v: two threads never meet in %d schedules", version, body, r.Schedules)
			case !errors.As(r.Broken.Err, &failed) || !strings.HasPrefix(failed.Message, explore.TwoInside) ||
				!strings.Contains(failed.Message, "Thread-1") || !strings.Contains(failed.Message, "Thread-2"):
				t.Errorf("%s, body %v: %v", version, body, r.Broken.Err)
			case r.Broken.Preemptions != 1:
				t.Errorf("%s, body %v: they meet after %d preemptions, want 1", version, body, r.Broken.Preemptions)
			}
			r = search.Search(nil, sections(t, version, true, body))
			if r.Broken != nil || r.Bound < 2 {
				t.Errorf("%s, body %v, with a lock: %+v", version, body, r)
			}
		}
	}
}

// Without an explorer, and without a Python, a section finds the same.
func TestCriticalSectionOfGoroutines(t *testing.T) {
	var section explore.CriticalSection
	section.Enter()
	done := make(chan any)
	go func() { // ends at once
		defer func() { done <- recover() }()
		section.With(func() { t.Error("a second goroutine came in") })
	}()
	err, _ := (<-done).(error)
	var failed *exceptions.AssertionError
	if !errors.As(err, &failed) || failed.Message != explore.TwoInside+"a goroutine and a goroutine" {
		t.Errorf("the second got %v", err)
	}
	section.Leave()
	section.With(nil)
	func() {
		defer func() {
			var wrong *exceptions.RuntimeError
			if err, _ := recover().(error); !errors.As(err, &wrong) {
				t.Errorf("leaving an empty section: %v", err)
			}
		}()
		section.Leave()
	}()
}
