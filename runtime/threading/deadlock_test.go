package threading_test

// This file tests the reports of deadlocks: which thread waits for what, which thread holds it, and since which line.

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
)

var update = flag.Bool("update", false, "write the goldens anew")

// golden compares with a file of testdata, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s\ngot\n%s\nwant\n%s", name, got, want)
	}
}

// deadlocks are programs that can't end, whatever the schedule.
func deadlocks() map[string]func() {
	// crosswise takes two locks: both threads have one before either asks for the other.
	crosswise := func(a, b threading.Locker) {
		both := threading.NewBarrier(2, threading.Name("both"))
		cross := func(first, second threading.Locker, l int) func() {
			return func() {
				at(l)
				first.Acquire()
				at(l + 1)
				_, _ = both.Wait()
				at(l + 2)
				second.Acquire()
			}
		}
		t := threading.NewThread(cross(b, a, 20), threading.Name("B then A"))
		at(1)
		t.Start()
		cross(a, b, 10)()
	}
	return map[string]func(){
		"ab-ba": func() { crosswise(threading.NewLock("a"), threading.NewLock("b")) },
		"rlock": func() { crosswise(threading.NewRLock("a"), threading.NewRLock("b")) },
		"joined": func() {
			a, b := threading.NewLock("a"), threading.NewLock("b")
			t := threading.NewThread(func() { crosswise(a, b) }, threading.Name("A then B"))
			at(2)
			t.Start()
			at(3)
			t.Join()
		},
		"lock-twice": func() { l := threading.NewLock("accounts"); at(2); l.Acquire(); at(3); l.Acquire() },
		"join-cycle": func() {
			main := threading.CurrentThread()
			t := threading.NewThread(func() { at(10); main.Join() }, threading.Name("t1"))
			at(1)
			t.Start()
			at(2)
			t.Join()
		},
		"nobody-notifies": func() {
			full := threading.NewCondition(nil, "full")
			at(1)
			full.With(func() { at(2); full.Wait() })
		},
		"nobody-sets": func() { e := threading.NewEvent(); at(1); e.Wait() },
		"nobody-releases": func() {
			s := threading.NewSemaphore(1, "connections")
			at(1)
			s.Acquire()
			at(2)
			s.Acquire()
		},
		"barrier-of-three": func() {
			b := threading.NewBarrier(3)
			t := threading.NewThread(func() { at(10); _, _ = b.Wait() }, threading.Name("worker"))
			at(1)
			t.Start()
			at(2)
			_, _ = b.Wait()
		},
		"inner-condition": func() { // waits with an outer lock in hand that the notifier needs
			outer, c := threading.NewLock("outer"), threading.NewCondition(nil, "inner")
			t := threading.NewThread(func() {
				at(10)
				outer.Acquire()
				at(11)
				c.With(func() { c.Notify() })
			}, threading.Name("notifier"))
			at(1)
			outer.Acquire()
			at(2)
			t.Start()
			c.With(func() { at(3); c.Wait() })
		},
	}
}

func TestDeadlocksAreReported(t *testing.T) {
	for name, program := range deadlocks() {
		everywhere(t, func(t *testing.T, w *world) {
			err := w.run(program)
			var d *machine.Deadlock
			if !errors.As(err, &d) {
				t.Fatalf("%s: %v", name, err)
			}
			for i := range d.Waits {
				d.Waits[i].Since = 0
			}
			got := d.Error() + "\n\n" + d.Mermaid()
			golden(t, "deadlock-"+name+".txt", got)
			// Threads that were told are silent: the report is the cell's. Those that weren't wait on.
			w.m.Stop(errors.New("the test is over"))
			w.m.Drain(-1)
			if out := w.stderr.String(); strings.Contains(out, "Exception") {
				t.Errorf("%s: stderr has\n%s", name, out)
			}
		})
	}
}

// A deadlock of threads that the cell needn't wait for ends them: one of them reports it on stderr.
func TestDeadlockOfThreads(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		var t1, t2 *threading.Thread
		err := w.run(func() {
			a, b := threading.NewRLock("a"), threading.NewRLock("b")
			both := threading.NewBarrier(2)
			cross := func(first, second *threading.RLock) func() {
				return func() {
					first.With(func() {
						_, _ = both.Wait()
						second.With(func() {})
					})
				}
			}
			t1 = threading.NewThread(cross(a, b), threading.Name("t1"))
			t2 = threading.NewThread(cross(b, a), threading.Name("t2"))
			t1.Start()
			t2.Start()
			for t1.IsAlive() || t2.IsAlive() {
				gil.Check()
			}
			if a.Locked() || b.Locked() {
				t.Error("locks stay with the dead")
			}
		})
		if err != nil {
			t.Error(err)
		}
		got := w.stderr.String()
		if strings.Count(got, "Exception in thread") != 1 ||
			!strings.Contains(got, "\nDeadlock: 2 threads wait for each other\n  t1 waits for RLock b") {
			t.Errorf("stderr has\n%s", got)
		}
		var d *machine.Deadlock
		if !errors.As(t1.Exception(), &d) || !errors.As(t2.Exception(), &d) {
			t.Error(t1.Exception(), t2.Exception())
		}
	})
}
