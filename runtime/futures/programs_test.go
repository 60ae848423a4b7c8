package futures_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/futures"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/threading"
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

func square(x int) int { return x * x }

type pool = futures.ThreadPoolExecutor

func TestPrograms(t *testing.T) {
	for _, c := range []struct {
		name string
		fn   func(log func(...any))
		want string
	}{
		{"submit", func(log func(...any)) {
			futures.NewThreadPoolExecutor(2).With(func(ex *pool) {
				log(ex.Submit(square, 7).Result())
				log(ex.Submit(math.Sqrt, 16).Result())
				log(ex.Submit(func() {}).Result())
				log(ex.Submit(func(xs ...int) (int, string) { return len(xs), "x" }, 1, 2).Result())
				log(ex.Submit(func() error { return errors.New("returned") }).Result())
				_, err := ex.Submit(func() { panic(exceptions.Value("raised")) }).Result()
				var value *exceptions.ValueError
				log(err, errors.As(err, &value))
				_, err = ex.Submit(func(m map[string]int) { m["x"] = 1 }, map[string]int(nil)).Result()
				log(err)
				log(ex.Submit(func() { panic("text") }).Exception(), ex.MaxWorkers())
			})
		}, "49 <nil>\n4 <nil>\n<nil> <nil>\n[2 x] <nil>\n<nil> returned\nraised true\n" +
			"assignment to entry in nil map\ntext 2\n"},
		{"map", func(log func(...any)) {
			futures.NewThreadPoolExecutor(3).With(func(ex *pool) {
				log(futures.List(ex.Map(square, []int{3, 1, 2})))
				log(futures.List(ex.Map(func(a int, b string) string { return fmt.Sprint(a, b) }, 5, "xyz")))
				log(futures.List(ex.Map(square, slices.Values([]int{1, 2}), futures.Timeout(time.Hour))))
				for r, err := range ex.Map(func(x int) (int, error) {
					if x == 2 {
						return 0, errors.New("two")
					}
					return x, nil
				}, []any{1, 2, 3}) {
					log(r, err)
				}
				for r := range ex.Map(square, 100) {
					log(r)
					break
				}
			})
		}, "[9 1 4] <nil>\n[0x 1y 2z] <nil>\n[1 4] <nil>\n1 <nil>\n<nil> two\n0\n"},
		{"cancel", func(log func(...any)) {
			futures.NewThreadPoolExecutor(1).With(func(ex *pool) {
				go1, begun := threading.NewEvent(), threading.NewEvent()
				a := ex.Submit(func() string { begun.Set(); go1.Wait(); return "a" })
				b := ex.Submit(square, 2)
				begun.Wait()
				b.AddDoneCallback(func(f *futures.Future) { log("callback", f.Cancelled()) })
				log(a.Running(), a.Done(), a.Cancel(), b.Running(), b.Cancel(), b.Cancel(), b.Done(), b.Cancelled())
				_, err := b.Result()
				log(said(err), errors.Is(err, &futures.CancelledError{}))
				_, err = a.Result(futures.Timeout(time.Millisecond))
				log(said(err), a.Exception(futures.Timeout(-1)))
				go1.Set()
				log(a.Result())
				log(a.Cancel(), a.Cancelled())
			})
		}, "callback true\ntrue false false false true true true true\n" +
			"CancelledError: the Future was cancelled true\n" +
			"TimeoutError: the time is up the time is up\na <nil>\nfalse false\n"},
		{"wait", func(log func(...any)) {
			futures.NewThreadPoolExecutor(3).With(func(ex *pool) {
				e := threading.NewEvent()
				slow := ex.Submit(func() { e.Wait() })
				quick := ex.Submit(square, 2)
				done, not := futures.Wait([]*futures.Future{slow, quick, slow}, futures.FIRST_COMPLETED)
				log(len(done), len(not), done[0] == quick)
				bad := ex.Submit(func() error { return errors.New("bad") })
				done, not = futures.Wait([]*futures.Future{slow, bad}, futures.FIRST_EXCEPTION)
				log(len(done), len(not), done[0] == bad)
				done, not = futures.Wait([]*futures.Future{slow, quick}, futures.Timeout(time.Millisecond))
				log(len(done), len(not))
				for f, err := range futures.AsCompleted([]*futures.Future{slow, quick},
					futures.Timeout(time.Millisecond)) {
					log(f == quick, err)
				}
				e.Set()
				done, not = futures.Wait([]*futures.Future{slow, quick, bad})
				log(len(done), len(not))
				done, not = futures.Wait(nil)
				log(len(done), len(not))
				n := 0
				for f, err := range futures.AsCompleted([]*futures.Future{slow, quick, bad, bad}) {
					if err == nil && f.Done() {
						n++
					}
				}
				log(n)
			})
		}, "1 1 true\n1 1 true\n1 1\ntrue <nil>\nfalse 1 (of 2) futures unfinished\n3 0\n0 0\n3\n"},
		{"names", func(log func(...any)) {
			name := func() string { return threading.CurrentThread().Name() }
			for range 2 {
				futures.NewThreadPoolExecutor(1).With(func(ex *pool) { log(ex.Submit(name).Result()) })
			}
			futures.NewThreadPoolExecutor(1).ThreadNamePrefix("io").With(func(ex *pool) {
				log(ex.Submit(name).Result())
			})
		}, "ThreadPoolExecutor-0_0 <nil>\nThreadPoolExecutor-1_0 <nil>\nio_0 <nil>\n"},
		{"callbacks", func(log func(...any)) {
			f := futures.NewFuture()
			f.AddDoneCallback(func(*futures.Future) { log("first") })
			f.AddDoneCallback(func(f *futures.Future) { log("second", f.Done(), threading.CurrentThread().Name()) })
			f.SetResult(1)
			f.AddDoneCallback(func(*futures.Future) { log("late") })
		}, "first\nsecond true MainThread\nlate\n"},
		{"shutdown", func(log func(...any)) {
			ex := futures.NewThreadPoolExecutor(1)
			e, begun := threading.NewEvent(), threading.NewEvent()
			a := ex.Submit(func() int { begun.Set(); e.Wait(); return 1 })
			b, c := ex.Submit(square, 1), ex.Submit(square, 2)
			begun.Wait()
			ex.Shutdown(futures.NoWait, futures.CancelFutures)
			log(said(catch(func() { ex.Submit(square, 1) })), b.Cancelled(), c.Cancelled(), a.Running())
			e.Set()
			ex.Shutdown()
			ex.Shutdown()
			log(a.Result())
			log(len(ex.Threads()), ex.Threads()[0].IsAlive())
		}, "RuntimeError: cannot schedule new futures after shutdown true true true\n1 <nil>\n1 false\n"},
		{"misuse", func(log func(...any)) {
			for _, fn := range []func(){
				func() { futures.NewThreadPoolExecutor(0) },
				func() { futures.NewThreadPoolExecutor(-1) },
				func() { futures.NewThreadPoolExecutor(1).Initializer(5) },
				func() { futures.NewThreadPoolExecutor(1).Submit(5) },
				func() { futures.NewThreadPoolExecutor(1).Submit(square, 1, 2) },
				func() { futures.NewThreadPoolExecutor(1).Submit(square) },
				func() { futures.NewThreadPoolExecutor(1).Submit(func() {}, 1) },
				func() { new(pool).Submit(square, 1) },
				func() { new(pool).Shutdown() },
				func() { futures.NewThreadPoolExecutor(1).Submit(square, "x") },
				func() { futures.NewThreadPoolExecutor(1).Submit(square, 1.5) },
				func() { futures.NewThreadPoolExecutor(1).Map(square, 1.5) },
				func() { futures.NewThreadPoolExecutor(1).Map(square) },
				func() { futures.Wait(nil, futures.ReturnWhen("X")) },
				func() {
					f := futures.NewFuture()
					f.Cancel()
					f.SetRunningOrNotifyCancel()
					f.SetRunningOrNotifyCancel()
				},
			} {
				log(said(catch(fn)))
			}
		}, `ValueError: max_workers must be greater than 0
ValueError: max_workers must be greater than 0
TypeError: initializer must be a callable
TypeError: 'int' object is not callable
TypeError: func(int) int takes 1 positional argument but 2 were given
TypeError: func(int) int missing 1 required positional argument: 'int'
TypeError: func() takes 0 positional arguments but 1 was given
AttributeError: a ThreadPoolExecutor that NewThreadPoolExecutor didn't make has no attribute '_shutdown_lock'
AttributeError: a ThreadPoolExecutor that NewThreadPoolExecutor didn't make has no attribute '_shutdown_lock'
TypeError: argument 1 of func(int) int must be int, not string
TypeError: argument 1 of func(int) int must be int, not float64
TypeError: 'float64' object is not iterable
TypeError: Map needs a function and at least one iterable
ValueError: Invalid return condition: 'X'
RuntimeError: Future in unexpected state
`},
		{"pool deadlock", func(log func(...any)) {
			ex := futures.NewThreadPoolExecutor(1)
			v := catch(func() {
				ex.With(func(ex *pool) {
					f := ex.Submit(func() any { r, _ := ex.Submit(square, 2).Result(); return r })
					log(f.Result())
				})
			})
			log(v)
		}, "deadlock: 2 threads wait, and no other thread can wake them\n" +
			"  MainThread waits for Future-1 (running), held by ThreadPoolExecutor-0_0\n" +
			"  ThreadPoolExecutor-0_0 waits for Future-2 (pending)\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for at, got := range twin.Everywhere(t, func(_ *testing.T, log func(...any)) { c.fn(log) }) {
				if got != c.want {
					t.Errorf("%s: got\n%swant\n%s", at, got, c.want)
				}
			}
		})
	}
}

// What differs between the versions: the number of workers, whether idle ones are used, daemons, second results.
func TestVersions(t *testing.T) {
	for _, c := range []struct {
		version      string
		workers, few int
		daemon       bool
		second       string
	}{
		{"3.6", 10, 4, true, "<nil>"},
		{"3.7", 10, 4, true, "<nil>"},
		{"3.8", 6, 1, true, "InvalidStateError: FINISHED: <Future at PTR state=finished returned int>"},
		{"3.9", 6, 1, false, "InvalidStateError: FINISHED: <Future at PTR state=finished returned int>"},
		{"3.12", 6, 1, false, "InvalidStateError: FINISHED: <Future at PTR state=finished returned int>"},
		{"3.14t", 6, 1, false, "InvalidStateError: FINISHED: <Future at PTR state=finished returned int>"},
	} {
		w := twin.NewWorld(t, false, c.version, 1)
		if err := w.Run(func() {
			if n := futures.NewThreadPoolExecutor().MaxWorkers(); n != c.workers {
				t.Errorf("%s: %d workers, not %d", c.version, n, c.workers)
			}
			ex := futures.NewThreadPoolExecutor(4)
			for range 5 {
				_, _ = ex.Submit(square, 1).Result()
				gil.AllowThreads(func() {})
				threading.NewEvent().Wait(threading.Timeout(time.Millisecond))
			}
			if n := len(ex.Threads()); n != c.few {
				t.Errorf("%s: %d threads after five calls one by one, not %d", c.version, n, c.few)
			}
			if d := ex.Threads()[0].Daemon(); d != c.daemon {
				t.Errorf("%s: daemon is %v", c.version, d)
			}
			f := futures.NewFuture()
			f.SetResult(1)
			got := said(catch(func() { f.SetResult(2) }))
			if got = strings.Replace(got, "0x7f3a00000040", "PTR", 1); got != c.second {
				t.Errorf("%s: %s", c.version, got)
			}
		}); err != nil {
			t.Error(c.version, err)
		}
		if err := threading.Shutdown(w.Interpreter); err != nil {
			t.Error(c.version, err)
		}
	}
}

// A pool whose initializer fails is broken.
func TestInitializer(t *testing.T) {
	for _, real := range []bool{false, true} {
		w := twin.NewWorld(t, real, "3.13", 1)
		if err := w.Run(func() {
			key := ""
			ex := futures.NewThreadPoolExecutor(1).Initializer(func(s string) { key = s }, "ready")
			if r, err := ex.Submit(func() string { return key }).Result(); r != "ready" || err != nil {
				t.Error(r, err)
			}
			ex.Shutdown()
			ex = futures.NewThreadPoolExecutor(1).Initializer(func() error { return errors.New("no") })
			f := ex.Submit(square, 1)
			_, err := f.Result()
			if !errors.Is(err, &futures.BrokenExecutor{}) || !errors.Is(err, &futures.BrokenThreadPool{}) {
				t.Error(err)
			}
			want := "BrokenThreadPool: A thread initializer failed, the thread pool is not usable anymore"
			if got := said(catch(func() { ex.Submit(square, 1) })); got != want {
				t.Error(got)
			}
			ex.Shutdown()
		}); err != nil {
			t.Error(err)
		}
	}
}

// The end of the program ends pools that were not shut down.
func TestExit(t *testing.T) {
	for _, real := range []bool{false, true} {
		for _, version := range []string{"3.7", "3.13"} {
			w := twin.NewWorld(t, real, version, 1)
			var ex *pool
			var f *futures.Future
			if err := w.Run(func() {
				ex = futures.NewThreadPoolExecutor(2)
				f = ex.Submit(square, 3)
			}); err != nil {
				t.Fatal(err)
			}
			if err := threading.Shutdown(w.Interpreter); err != nil {
				t.Fatal(err)
			}
			if r, err := f.Result(); r != 9 || err != nil {
				t.Error(r, err)
			}
			if err := w.Run(func() {
				want := "RuntimeError: cannot schedule new futures after interpreter shutdown"
				if got := said(catch(func() { ex.Submit(square, 1) })); got != want {
					t.Error(got)
				}
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// wrapped is what interpreted code's panics come in.
type wrapped struct{ v any }

func (w *wrapped) Error() string { return fmt.Sprint(w.v) }
func (w *wrapped) Unwrap() error { err, _ := w.v.(error); return err }

// With doesn't wait for the pool after the report of a deadlock, which interpreted code has wrapped: that would be the
// next deadlock, and hide the first.
func TestWrappedDeadlock(t *testing.T) {
	for at, got := range twin.Everywhere(t, func(_ *testing.T, log func(...any)) {
		log(catch(func() {
			futures.NewThreadPoolExecutor(1).With(func(ex *pool) {
				defer func() {
					if v := recover(); v != nil {
						panic(&wrapped{v})
					}
				}()
				_, _ = ex.Submit(func() { _, _ = ex.Submit(square, 1).Result() }).Result()
			})
		}))
		f := futures.NewFuture()
		f.SetException(&wrapped{exceptions.Value("x")})
		log(strings.HasSuffix(f.String(), "state=finished raised ValueError>"))
	}) {
		if !strings.Contains(got, "MainThread waits for Future-1 (running)") || !strings.HasSuffix(got, "true\n") {
			t.Errorf("%s: %s", at, got)
		}
	}
}
