package asyncio_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/asyncio"
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
	"gilkernel/runtime/twin"
)

// catch returns what fn panics with.
func catch(fn func()) (v any) {
	defer func() { v = recover() }()
	fn()
	return nil
}

// said is what an exception says, with its name.
func said(v any) string {
	if e, ok := v.(exceptions.Exception); ok {
		return e.Exception() + ": " + e.Error()
	}
	return fmt.Sprint(v)
}

func TestMisuse(t *testing.T) {
	for _, c := range []struct {
		name string
		fn   func()
		want string
	}{
		{"run", func() { _, _ = asyncio.Run(5) }, "ValueError: a coroutine was expected, got 5"},
		{"run nil", func() { _, _ = asyncio.Run(nil) }, "ValueError: a coroutine was expected, got None"},
		{"run twice", inside(func() { _, _ = asyncio.Run(func() {}) }),
			"RuntimeError: asyncio.run() cannot be called from a running event loop"},
		{"no loop", func() { asyncio.Sleep(0) }, "RuntimeError: no running event loop"},
		{"no loop for tasks", func() { asyncio.CreateTask(func() {}) }, "RuntimeError: no running event loop"},
		{"no loop for all", func() { asyncio.AllTasks() }, "RuntimeError: no running event loop"},
		{"task", inside(func() { asyncio.CreateTask(5) }), "TypeError: a coroutine was expected, got 5"},
		{"task text", inside(func() { asyncio.CreateTask("it's") }),
			"TypeError: a coroutine was expected, got \"it's\""},
		{"arguments", inside(func() { asyncio.CreateTask(func(int) {}) }),
			"TypeError: func(int) missing 1 required positional argument: 'int'"},
		{"argument", inside(func() { asyncio.CreateTask(func(int) {}, "x") }),
			"TypeError: argument 1 of func(int) must be int, not string"},
		{"gather", inside(func() { _, _ = asyncio.Gather(5) }),
			"TypeError: An asyncio.Future, a coroutine or an awaitable is required"},
		{"wait for", inside(func() { _, _ = asyncio.WaitFor(nil, 1) }),
			"TypeError: An asyncio.Future, a coroutine or an awaitable is required"},
		{"to thread", inside(func() { _, _ = asyncio.ToThread(5) }), "TypeError: 'int' object is not callable"},
		{"result", inside(func() { _, _ = asyncio.NewFuture().Result() }), "InvalidStateError: Result is not set."},
		{"exception", inside(func() { _ = asyncio.NewFuture().Exception() }),
			"InvalidStateError: Exception is not set."},
		{"second result", inside(func() { f := asyncio.NewFuture(); f.SetResult(1); f.SetResult(2) }),
			"InvalidStateError: invalid state"},
		{"late exception", inside(func() { f := asyncio.NewFuture(); f.Cancel(); f.SetException(nil) }),
			"InvalidStateError: invalid state"},
		{"a task's result", inside(func() { asyncio.CurrentTask().SetResult(1) }),
			"RuntimeError: Task does not support set_result operation"},
		{"a task's exception", inside(func() { asyncio.CurrentTask().SetException(nil) }),
			"RuntimeError: Task does not support set_exception operation"},
		{"itself", inside(func() { _, _ = asyncio.CurrentTask().Await() }),
			"RuntimeError: Task cannot await on itself: Task-1"},
		{"callback", inside(func() {
			var v any
			asyncio.CallSoon(func() { v = catch(func() { asyncio.Sleep(1) }) })
			asyncio.Sleep(0)
			panic(v)
		}), "RuntimeError: asyncio.Sleep: a callback can't wait, only a task can"},
		{"lock", func() { asyncio.NewLock().Release() }, "RuntimeError: Lock is not acquired."},
		{"semaphore", func() { asyncio.NewSemaphore(-1) }, "ValueError: Semaphore initial value must be >= 0"},
		{"task_done", func() { asyncio.NewQueue().TaskDone() }, "ValueError: task_done() called too many times"},
		{"shut down", func() {
			q := asyncio.NewQueue().Named("q")
			q.Shutdown()
			q.Put(1)
		}, "QueueShutDown: Queue q is shut down"},
		{"main's panic", inside(func() { panic(exceptions.Value("mine")) }), "ValueError: mine"},
	} {
		for at, got := range twin.Everywhere(t, func(_ *testing.T, log func(...any)) { log(said(catch(c.fn))) }) {
			if got != c.want+"\n" {
				t.Errorf("%s, %s: %s", c.name, at, got)
			}
		}
	}
	got := said(catch(func() { _, _ = asyncio.Run(func() {}) }))
	if !strings.Contains(got, "plain goroutine") {
		t.Error(got)
	}
	a := twin.NewWorld(t, false, "3.13", 1)
	var other *asyncio.Future
	_ = a.Run(func() { _, _ = asyncio.Run(func() { other = asyncio.NewFuture() }) })
	_ = a.Run(func() {
		got = said(catch(inside(func() { _, _ = other.Await() })))
	})
	if !strings.Contains(got, "attached to a different loop") {
		t.Error(got)
	}
}

// inside returns fn as the main of a loop.
func inside(fn func()) func() { return func() { _, _ = asyncio.Run(fn) } }

// A loop whose tasks all wait forever says so at once, and their deferred calls run.
func TestDeadlock(t *testing.T) {
	want := `deadlock: all 4 tasks wait for ever
  Task-1 waits for Task-2, Task-3 and Task-4
  Task-2 waits for Queue jobs (empty)
  Task-3 waits for Lock l, held by Task-2
  eater waits for a Future
cleanup 2
cleanup 4
`
	for at, got := range twin.Everywhere(t, func(_ *testing.T, log func(...any)) {
		v := catch(inside(func() {
			q, l := asyncio.NewQueue().Named("jobs"), asyncio.NewLock("l")
			a := asyncio.CreateTask(func() { l.Acquire(); defer log("cleanup 2"); q.Get() })
			b := asyncio.CreateTask(func() { l.Acquire() })
			c := asyncio.CreateTask(func() {
				defer log("cleanup 4")
				for range 3 { // it doesn't want to end
					func() {
						defer func() { _ = recover() }()
						_, _ = asyncio.NewFuture().Await()
					}()
				}
			})
			asyncio.Sleep(0)
			c.SetName("eater")
			_, _ = asyncio.Gather(a, b, c)
		}))
		text := fmt.Sprint(v)
		log(strings.Replace(text, "Task-2, Task-3 and eater", "Task-2, Task-3 and Task-4", 1))
		if d, ok := v.(*asyncio.Deadlock); !ok || !strings.Contains(d.Mermaid(), "flowchart") {
			log("no deadlock", v)
		}
		if _, err := asyncio.Run(func() error { return errors.New("again") }); err.Error() != "again" {
			log("the next loop:", err)
		}
	}) {
		head, tail, _ := strings.Cut(want, "cleanup")
		if !strings.Contains(got, head) || strings.Count(got, "cleanup") != 2 {
			t.Errorf("%s: got\n%swant\n%s", at, got, head+tail)
		}
	}
}

// What blocks the thread blocks all tasks; what waits in the loop or in a thread doesn't.
func TestBlocking(t *testing.T) {
	took := func(version string, fn func()) time.Duration {
		w := twin.NewWorld(t, false, version, 1)
		var d time.Duration
		if err := w.Run(func() {
			began := w.Main.Now()
			_, _ = asyncio.Run(func() { _, _ = asyncio.Gather(fn, fn, fn) })
			d = w.Main.Now() - began
		}); err != nil {
			t.Fatal(err)
		}
		return d
	}
	const ms = time.Millisecond
	sleep := func() { machine.Current().Sleep(100 * ms) }
	for _, version := range []string{"3.8", "3.13", "3.14t"} {
		for _, c := range []struct {
			name   string
			fn     func()
			lo, hi time.Duration
		}{
			{"await", func() { asyncio.Sleep(100 * ms) }, 100 * ms, 102 * ms},
			{"native", func() { gil.Native(100 * ms) }, 300 * ms, 302 * ms},
			{"time.sleep", sleep, 300 * ms, 302 * ms},
			{"to_thread", func() { _, _ = asyncio.ToThread(sleep) }, 100 * ms, 102 * ms},
		} {
			if d := took(version, c.fn); d < c.lo || d > c.hi {
				t.Errorf("%s, %s: three of 100 ms take %v", version, c.name, d)
			}
		}
	}
}

// An interrupt, or the end of the machine, ends the loop wherever it is, and the code of all tasks.
func TestInterrupt(t *testing.T) {
	for _, real := range []bool{false, true} {
		for _, where := range []string{"select", "task"} {
			w := twin.NewWorld(t, real, "3.13", 1)
			cleaned := 0
			err := w.Run(func() {
				main := w.Main
				defer func() { cleaned += 100 }()
				_, _ = asyncio.Run(func() {
					asyncio.CreateTask(func() {
						defer func() { cleaned++ }()
						asyncio.Sleep(time.Hour)
					})
					asyncio.Sleep(0)
					main.Kill(&machine.Stopped{Reason: context.Canceled})
					if where == "task" {
						for {
							gil.Check()
						}
					}
					asyncio.Sleep(time.Hour)
				})
			})
			if !errors.Is(err, context.Canceled) || cleaned != 101 {
				t.Errorf("real=%v, %s: %v, %d", real, where, err, cleaned)
			}
		}
	}
}

// Loops leave no goroutines behind.
func TestNoGoroutinesStay(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 20 {
		w := twin.NewWorld(t, false, "3.13", 1)
		_ = w.Run(func() {
			_ = catch(inside(func() {
				for range 5 {
					asyncio.CreateTask(func() { _, _ = asyncio.NewFuture().Await() })
				}
				_, _ = asyncio.NewFuture().Await()
			}))
			_ = catch(inside(func() {
				asyncio.CreateTask(func() {})
				panic("at once")
			}))
		})
	}
	for late := time.Now().Add(time.Minute); time.Now().Before(late); time.Sleep(time.Millisecond) {
		if runtime.NumGoroutine() <= before+2 {
			return
		}
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

// Which task runs is in the timeline.
func TestTimeline(t *testing.T) {
	w := twin.NewWorld(t, false, "3.13", 1)
	if err := w.Run(inside(func() {
		q := asyncio.NewQueue().Named("jobs")
		asyncio.CreateTask(func() { q.Put(1) }).SetName("putter")
		q.Get()
		asyncio.Sleep(time.Millisecond)
	})); err != nil {
		t.Fatal(err)
	}
	tl := w.Recorder.Snapshot()
	var got []string
	for _, e := range tl.Events {
		switch e.Kind {
		case timeline.Step, timeline.Put, timeline.Get, timeline.IO:
			got = append(got, fmt.Sprintf("%v %s %d", e.Kind, tl.Names[e.Object], e.Value))
		}
	}
	want := "step of a task Task-1 0, step of a task putter 0, put Queue jobs 1, step of a task Task-1 0, get Queue " +
		"jobs 0, step of a task  0, I/O select 0, step of a task Task-1 0"
	if text := strings.Join(got, ", "); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

// Random programs end or report a deadlock; the same seed gives the same trace.
func TestSeeds(t *testing.T) {
	seeds := uint64(1000)
	if testing.Short() {
		seeds = 50
	}
	deadlocks := 0
	for seed := range seeds {
		trace := random(t, seed)
		if strings.Contains(trace, "deadlock") {
			deadlocks++
		}
		if seed%10 == 0 && random(t, seed) != trace {
			t.Fatalf("seed %d: another trace", seed)
		}
	}
	t.Logf("%d of %d programs are deadlocks", deadlocks, seeds)
	if deadlocks == 0 || deadlocks == int(seeds) {
		t.Errorf("%d of %d programs are deadlocks", deadlocks, seeds)
	}
}

func random(t *testing.T, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 1))
	versions := []string{"3.7", "3.11", "3.13", "3.14t"}
	w := twin.NewWorld(t, false, versions[r.IntN(len(versions))], seed)
	var v any
	err := w.Run(func() {
		v = catch(inside(func() {
			q, l, s, e := asyncio.NewQueue(1+r.IntN(2)), asyncio.NewLock(), asyncio.NewSemaphore(1), asyncio.NewEvent()
			var all []*asyncio.Task
			var names []any
			for range 2 + r.IntN(5) {
				var ops []func()
				for range 1 + r.IntN(6) {
					n, d := r.IntN(5), time.Duration(r.IntN(300))*time.Microsecond
					ops = append(ops, []func(){
						func() { asyncio.Sleep(d) },
						func() { asyncio.Sleep(0) },
						func() { q.Put(n) },
						func() { q.Get() },
						func() { _ = q.PutNowait(n) },
						func() { _, _ = q.GetNowait() },
						func() { l.With(func() { asyncio.Sleep(d) }) },
						func() { s.With(func() { asyncio.Sleep(d) }) },
						func() { e.Wait() },
						func() { e.Set() },
						func() { all[n%len(all)].Cancel() },
						func() { _, _ = asyncio.WaitFor(func() { q.Get() }, d) },
						func() { _ = asyncio.Timeout(d, func() { e.Wait() }) },
						func() { _, _ = asyncio.ToThread(func() { machine.Current().CheckN(1000 * n) }) },
						func() { gil.Checks(100 * n) },
						func() { panic("failed") },
					}[r.IntN(16)])
				}
				k := asyncio.CreateTask(func() {
					for _, op := range ops {
						op()
					}
				})
				all, names = append(all, k), append(names, k)
			}
			names = append(names, asyncio.ReturnExceptions)
			_, _ = asyncio.Gather(names...)
		}))
	})
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	if _, ok := v.(*asyncio.Deadlock); v != nil && !ok {
		t.Fatalf("seed %d: %v", seed, v)
	}
	return fmt.Sprint(w.Recorder.Snapshot().Events, v)
}

func BenchmarkSleep0(b *testing.B) {
	for _, real := range []bool{false, true} {
		b.Run(fmt.Sprintf("real=%v", real), func(b *testing.B) {
			b.ReportAllocs()
			_ = twin.NewWorld(b, real, "3.13", 1).Run(inside(func() {
				asyncio.CreateTask(func() {
					for {
						asyncio.Sleep(0)
					}
				})
				for b.Loop() {
					asyncio.Sleep(0)
				}
			}))
		})
	}
}

func BenchmarkTask(b *testing.B) {
	b.ReportAllocs()
	_ = twin.NewWorld(b, false, "3.13", 1).Run(inside(func() {
		for b.Loop() {
			_, _ = asyncio.CreateTask(func() {}).Await()
		}
	}))
}

func ExampleRun() {
	m, _ := machine.Simulate(nil)
	in, _ := gil.New(m, nil)
	_ = m.NewThread(in, "MainThread").Run(func(*machine.Thread) {
		fetch := func(name string, d time.Duration) string {
			asyncio.Sleep(d)
			return name
		}
		fmt.Println(asyncio.Run(func() ([]any, error) {
			return asyncio.Gather(asyncio.Coro(fetch, "slow", 2*time.Second), asyncio.Coro(fetch, "quick", time.Second))
		}))
		fmt.Println(m.Now().Round(time.Second))
	})
	// Output:
	// [slow quick] <nil>
	// 2s
}

// wrapped is what interpreted code's panics come in.
type wrapped struct{ v any }

func (w *wrapped) Error() string { return fmt.Sprint(w.v) }
func (w *wrapped) Unwrap() error { err, _ := w.v.(error); return err }

func wrap(fn func()) func() {
	return func() {
		defer func() {
			if v := recover(); v != nil {
				panic(&wrapped{v})
			}
		}()
		fn()
	}
}

// A panic that has been wrapped on its way is what it was: a cancellation, a time-out, the end of the loop.
func TestWrappedPanics(t *testing.T) {
	for at, got := range twin.Everywhere(t, func(_ *testing.T, log func(...any)) {
		long := wrap(func() { asyncio.Sleep(time.Hour) })
		_, _ = asyncio.Run(wrap(func() {
			k := asyncio.CreateTask(long)
			asyncio.Sleep(0)
			k.Cancel()
			_, err := k.Await()
			log(k.Cancelled(), err)
			log(asyncio.Timeout(time.Millisecond, long))
			_, err = asyncio.WaitFor(long, time.Millisecond)
			log(err)
		}))
		log(catch(inside(wrap(func() {
			asyncio.CreateTask(wrap(func() { panic(&exceptions.SystemExit{Code: 3}) }))
			asyncio.Sleep(time.Hour)
		}))))
	}) {
		if want := "true the task was cancelled\nthe time is up\nthe time is up\n3\n"; got != want {
			t.Errorf("%s: %s", at, got)
		}
	}
}
