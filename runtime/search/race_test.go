package search_test

// This file tests what a search says of data races, with pairs of threads of which it is known what orders them.

import (
	"fmt"
	"strings"
	"testing"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/queue"
	"gilkernel/runtime/search"
	"gilkernel/runtime/threading"
)

// pair runs two functions in threads of their own, a and b, at the same time.
func pair(a, b func(t *machine.Thread)) func(*machine.Thread) string {
	return func(*machine.Thread) string {
		var all []*threading.Thread
		for i, f := range []func(*machine.Thread){a, b} {
			th := threading.NewThread(func() { f(machine.Current()) }, threading.Name(string(rune('a'+i))))
			th.Start()
			all = append(all, th)
		}
		for _, th := range all {
			th.Join()
		}
		return "done"
	}
}

// races returns them as text.
func races(r *search.Report) (s string) {
	word := map[bool]string{true: "writes", false: "reads"}
	for _, x := range r.Races {
		s += fmt.Sprintf("%s %s, %s %s @%d; ", x.First.Name, word[x.First.Write], x.Second.Name, word[x.Second.Write],
			x.Preemptions)
	}
	return s
}

func TestRaces(t *testing.T) {
	type program = func(*machine.Thread) string
	// Each makes its things anew, as runs begin from the same state.
	fresh := func(make func() program) program {
		return func(th *machine.Thread) string { return make()(th) }
	}
	add := func(v *variable, around func(add func())) func(*machine.Thread) {
		return func(t *machine.Thread) { around(func() { v.store(t, v.load(t)+1) }) }
	}
	plain := func(f func()) { f() }
	counter := fresh(func() program {
		var v variable
		return pair(add(&v, plain), add(&v, plain))
	})
	free := func(f func()) { gil.AllowThreads(f) }
	for _, row := range []struct {
		name, python, want string
		main               program
	}{
		{"a counter under a GIL that is asked for at every byte code", "3.9", "", counter},
		{"a counter under a GIL", "3.12", "", counter},
		{"a counter without a GIL", "3.13t",
			"a writes, b reads @0; a writes, b writes @0; a reads, b writes @1; ", counter},
		{"the same value, written twice", "3.14t", "a writes, b writes @0; ", fresh(func() program {
			var v variable
			set := func(t *machine.Thread) { v.store(t, 1) }
			return pair(set, set)
		})},
		{"two readers", "3.14t", "", fresh(func() program {
			var v variable
			get := func(t *machine.Thread) { v.load(t) }
			return pair(get, get)
		})},
		{"one lock", "3.14t", "", fresh(func() program {
			var v variable
			l := threading.NewLock()
			return pair(add(&v, l.With), add(&v, l.With))
		})},
		{"two locks", "3.14t", "a writes, b reads @0; a writes, b writes @0; a reads, b writes @1; ",
			fresh(func() program {
				var v variable
				l, k := threading.NewLock(), threading.NewLock()
				return pair(add(&v, l.With), add(&v, k.With))
			})},
		{"a lock for the writer only", "3.14t", "a writes, b reads @0; ", fresh(func() program {
			var v variable
			l := threading.NewLock()
			return pair(func(t *machine.Thread) { l.With(func() { v.store(t, 1) }) },
				func(t *machine.Thread) { v.load(t) })
		})},
		{"a lock that comes between only if the first is first", "3.14t", "a writes, b writes @1; ",
			fresh(func() program {
				var v variable
				l := threading.NewLock()
				return pair(
					func(t *machine.Thread) { v.store(t, 1); l.With(func() {}) },
					func(t *machine.Thread) { l.With(func() {}); v.store(t, 2) })
			})},
		{"an event", "3.14t", "", fresh(func() program {
			var v variable
			e := threading.NewEvent()
			return pair(func(t *machine.Thread) { v.store(t, 1); e.Set() },
				func(t *machine.Thread) { e.Wait(); v.load(t) })
		})},
		{"an event that comes too early", "3.14t", "a writes, b reads @0; ", fresh(func() program {
			var v variable
			e := threading.NewEvent()
			return pair(func(t *machine.Thread) { e.Set(); v.store(t, 1) },
				func(t *machine.Thread) { e.Wait(); v.load(t) })
		})},
		{"a queue", "3.14t", "", fresh(func() program {
			var v variable
			q := queue.NewQueue()
			return pair(func(t *machine.Thread) { v.store(t, 1); q.Put(1) },
				func(t *machine.Thread) { q.Get(); v.load(t) })
		})},
		{"a simple queue", "3.14t", "", fresh(func() program {
			var v variable
			q := queue.NewSimpleQueue()
			return pair(func(t *machine.Thread) { v.store(t, 1); q.Put(1) },
				func(t *machine.Thread) { q.Get(); v.load(t) })
		})},
		{"a semaphore", "3.14t", "", fresh(func() program {
			var v variable
			s := threading.NewSemaphore(0)
			return pair(func(t *machine.Thread) { v.store(t, 1); s.Release() },
				func(t *machine.Thread) { s.Acquire(); v.load(t) })
		})},
		{"a barrier", "3.14t", "", fresh(func() program {
			var v variable
			b := threading.NewBarrier(2)
			return pair(func(t *machine.Thread) { v.store(t, 1); b.Wait() },
				func(t *machine.Thread) { b.Wait(); v.load(t) })
		})},
		{"a flag that is a variable", "3.14t", "a writes, b reads @0; ", fresh(func() program {
			var v, ready variable
			return pair(func(t *machine.Thread) { v.store(t, 1); ready.store(t, 1) },
				func(t *machine.Thread) {
					for ready.load(t) == 0 {
						t.Check()
					}
					v.load(t)
				})
		})},
		{"start and join", "3.14t", "", func(main *machine.Thread) string {
			var v variable
			v.store(main, 1)
			th := threading.NewThread(func() { v.store(machine.Current(), 2) })
			th.Start()
			th.Join()
			return fmt.Sprint(v.load(main))
		}},
		{"no join", "3.14t", "Thread-1 (<lambda>) writes, MainThread reads @0; ", func(main *machine.Thread) string {
			var v variable
			threading.NewThread(func() { v.store(machine.Current(), 2) }, threading.Daemon(true)).Start()
			return fmt.Sprint(v.load(main))
		}},
		{"native calls without the GIL", "3.12", "a writes, b reads @0; a writes, b writes @0; a reads, b writes @1; ",
			fresh(func() program {
				var v variable
				return pair(add(&v, free), add(&v, free))
			})},
		{"a native call without the GIL, and one that holds it", "3.9",
			"a writes, b reads @0; a writes, b writes @0; a reads, b writes @1; ", fresh(func() program {
				var v variable
				return pair(add(&v, free), add(&v, plain))
			})},
		{"a native call that begins when the other thread has released the GIL", "3.12", "", fresh(func() program {
			var v variable
			e := threading.NewEvent()
			return pair(func(t *machine.Thread) { v.store(t, 1); e.Set() },
				func(t *machine.Thread) { e.Wait(); free(func() { v.load(t) }) })
		})},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := search.Search(&search.Options{All: true, Preemptions: 1}, python(t, row.python, row.main))
			if got := races(r); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
			if r.Broken != nil {
				t.Errorf("broken: %+v", r.Broken)
			}
			for _, x := range r.Races {
				if out, n := search.Replay(x.Schedule, nil, python(t, row.python, row.main)); n != len(x.Schedule) {
					t.Errorf("the schedule %s is followed for %d turns: %+v", x.Schedule, n, out)
				}
				again := &search.Report{Races: search.Races(x.Schedule, nil, python(t, row.python, row.main))}
				if !strings.Contains(races(again), races(&search.Report{Races: []search.Race{x}})) {
					t.Errorf("under the schedule %s: %s", x.Schedule, races(again))
				}
			}
		})
	}
}
