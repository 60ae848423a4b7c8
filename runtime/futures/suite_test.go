package futures_test

// This file defines rows for what Python's own suite asks of concurrent.futures and its threads: facts of
// test_concurrent_futures in programs of our own.

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/futures"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

func TestPythonSuite(t *testing.T) {
	short, patient := futures.Timeout(10*time.Millisecond), futures.Timeout(time.Minute)
	twin.Suite{Prelude: prelude}.Check(t, []twin.Row{
		{Name: "submit", Python: `
with cf.ThreadPoolExecutor(2) as ex:
    f, g = ex.submit(square, 16), ex.submit(inverse, 0)
    print(f.result(), f.exception(), int(f.done()), int(f.running()), int(f.cancelled()))
    print(name(g.result), int(g.exception() is g.exception()), int(g.done()))`,
			Want: `
256 None 1 0 0
ValueError: zero 1 1`,
			Go: func(log func(...any)) {
				futures.NewThreadPoolExecutor(2).With(func(ex *pool) {
					f, g := ex.Submit(square, 16), ex.Submit(inverse, 0)
					log(outcome(f.Result()), outcome(nil, f.Exception()), bit(f.Done()), bit(f.Running()),
						bit(f.Cancelled()))
					log(outcome(g.Result()), bit(g.Exception() == g.Exception()), bit(g.Done()))
				})
			}},
		{Name: "map keeps what came before an exception", Python: `
with cf.ThreadPoolExecutor(3) as ex:
    it = ex.map(inverse, [3, 0, 4])
    print(next(it), name(next, it), list(it))
    print(*ex.map(square, range(10), timeout=60))`,
			Want: `
4 ValueError: zero []
0 1 4 9 16 25 36 49 64 81`,
			Go: func(log func(...any)) {
				futures.NewThreadPoolExecutor(3).With(func(ex *pool) {
					var got []any
					for x, err := range ex.Map(inverse, []int{3, 0, 4}) {
						got = append(got, outcome(x, err))
					}
					log(append(got, "[]")...)
					all, err := futures.List(ex.Map(square, 10, patient))
					if err != nil {
						log(err)
					}
					log(all...)
				})
			}},
		{Name: "map submits at once", Python: `
log = []
def numbers():
    for i in range(3):
        log.append(i); yield i
with cf.ThreadPoolExecutor(1) as ex:
    it = ex.map(square, numbers())
    print(log, list(it))`,
			Want: `
[0, 1, 2] [0, 1, 4]`,
			Go: func(log func(...any)) {
				futures.NewThreadPoolExecutor(1).With(func(ex *pool) {
					var seen []int
					it := ex.Map(square, func(yield func(int) bool) {
						for i := range 3 {
							if seen = append(seen, i); !yield(i) {
								return
							}
						}
					})
					s := strings.ReplaceAll(fmt.Sprint(seen), " ", ", ")
					all, _ := futures.List(it)
					log(s, strings.ReplaceAll(fmt.Sprint(all), " ", ", "))
				})
			}},
		{Name: "map times out", Python: `
gate = threading.Event()
with cf.ThreadPoolExecutor(1) as ex:
    print(name(list, ex.map(lambda _: gate.wait(60), [1], timeout=0.01)))
    gate.set()`,
			Want: `
TimeoutError`,
			Go: func(log func(...any)) {
				futures.NewThreadPoolExecutor(1).With(func(ex *pool) {
					gate := threading.NewEvent()
					_, err := futures.List(ex.Map(func(int) bool { return gate.Wait(threading.Timeout(time.Minute)) },
						1, short))
					log(outcome(nil, err))
					gate.Set()
				})
			}},
		{Name: "wait", Python: `
gate = threading.Event()
with cf.ThreadPoolExecutor(3) as ex:
    slow, fast = ex.submit(gate.wait, 60), ex.submit(square, 1)
    d, n = cf.wait([slow, fast], return_when=cf.FIRST_COMPLETED); print(int(d == {fast}), int(n == {slow}))
    bad = ex.submit(inverse, 0)
    d, n = cf.wait([slow, bad], return_when=cf.FIRST_EXCEPTION); print(int(d == {bad}), int(n == {slow}))
    d, n = cf.wait([slow, fast], timeout=0.01); print(len(d), len(n))
    d, n = cf.wait([fast, bad], return_when=cf.FIRST_EXCEPTION); print(len(d), len(n))
    gate.set(); d, n = cf.wait([slow, fast, bad, fast]); print(len(d), len(n))`,
			Want: `
1 1
1 1
1 1
2 0
3 0`,
			Go: func(log func(...any)) {
				futures.NewThreadPoolExecutor(3).With(func(ex *pool) {
					gate := threading.NewEvent()
					slow, fast := ex.Submit(func() bool { return gate.Wait(threading.Timeout(time.Minute)) }),
						ex.Submit(square, 1)
					d, n := futures.Wait([]*futures.Future{slow, fast}, futures.FIRST_COMPLETED)
					log(bit(len(d) == 1 && d[0] == fast), bit(len(n) == 1 && n[0] == slow))
					bad := ex.Submit(inverse, 0)
					d, n = futures.Wait([]*futures.Future{slow, bad}, futures.FIRST_EXCEPTION)
					log(bit(len(d) == 1 && d[0] == bad), bit(len(n) == 1 && n[0] == slow))
					d, n = futures.Wait([]*futures.Future{slow, fast}, short)
					log(len(d), len(n))
					d, n = futures.Wait([]*futures.Future{fast, bad}, futures.FIRST_EXCEPTION)
					log(len(d), len(n))
					gate.Set()
					d, n = futures.Wait([]*futures.Future{slow, fast, bad, fast})
					log(len(d), len(n))
				})
			}},
		{Name: "as they are completed", Python: `
gate = threading.Event()
with cf.ThreadPoolExecutor(2) as ex:
    slow, fast = ex.submit(gate.wait, 60), ex.submit(square, 1)
    it = cf.as_completed([slow, fast, fast]); print(int(next(it) is fast)); gate.set(); print(int(next(it) is slow), list(it))
    gate.clear(); slow = ex.submit(gate.wait, 60)
    try: list(cf.as_completed([slow, fast], timeout=0.01))
    except cf.TimeoutError as e: print(e)
    gate.set()`,
			Want: `
1
1 []
1 (of 2) futures unfinished`,
			Go: func(log func(...any)) {
				futures.NewThreadPoolExecutor(2).With(func(ex *pool) {
					gate := threading.NewEvent()
					wait := func() bool { return gate.Wait(threading.Timeout(time.Minute)) }
					slow, fast := ex.Submit(wait), ex.Submit(square, 1)
					var got []*futures.Future
					for f := range futures.AsCompleted([]*futures.Future{slow, fast, fast}) {
						if got = append(got, f); len(got) == 1 {
							log(bit(f == fast))
							gate.Set()
						}
					}
					log(bit(len(got) == 2 && got[1] == slow), "[]")
					gate.Clear()
					slow = ex.Submit(wait)
					for _, err := range futures.AsCompleted([]*futures.Future{slow, fast}, short) {
						if err != nil {
							log(err)
						}
					}
					gate.Set()
				})
			}},
		{Name: "callbacks", Python: `
f, got = cf.Future(), []
def bad(_):
    got.append("bad"); raise KeyError("x")
f.add_done_callback(lambda f: got.append("a%s" % f.result())); f.add_done_callback(bad); f.add_done_callback(lambda f: got.append("c"))
f.set_result(5); print(*got)
f.add_done_callback(lambda f: got.append("late")); print(got[-1])
g = cf.Future(); g.add_done_callback(lambda f: got.append("cancelled")); g.cancel(); print(got[-1])
h = cf.Future(); h.add_done_callback(lambda f: got.append(str(f.exception()))); h.set_exception(ValueError("no")); print(got[-1])`,
			Want: `
a5 bad c
late
cancelled
no`,
			Go: func(log func(...any)) {
				f := futures.NewFuture()
				var got []any
				f.AddDoneCallback(func(f *futures.Future) { v, _ := f.Result(); got = append(got, fmt.Sprint("a", v)) })
				f.AddDoneCallback(func(*futures.Future) { got = append(got, "bad"); panic(exceptions.Value("x")) })
				f.AddDoneCallback(func(*futures.Future) { got = append(got, "c") })
				f.SetResult(5)
				log(got...)
				f.AddDoneCallback(func(*futures.Future) { got = append(got, "late") })
				log(got[len(got)-1])
				g := futures.NewFuture()
				g.AddDoneCallback(func(*futures.Future) { got = append(got, "cancelled") })
				g.Cancel()
				log(got[len(got)-1])
				h := futures.NewFuture()
				h.AddDoneCallback(func(f *futures.Future) { got = append(got, f.Exception().Error()) })
				h.SetException(exceptions.Value("no"))
				log(got[len(got)-1])
			}},
		{Name: "states", Since: 8, Python: `
f = cf.Future(); state = lambda f: "%d%d%d" % (f.done(), f.running(), f.cancelled())
print(state(f), f.set_running_or_notify_cancel(), state(f), int(f.cancel())); f.set_result(None); print(state(f), f.result(), f.exception(), int(f.cancel()))
g = cf.Future(); print(int(g.cancel()), int(g.cancel()), state(g), g.set_running_or_notify_cancel(), state(g), name(g.result), name(g.exception))
h = cf.Future(); h.set_exception(ValueError("no")); print(state(h), name(h.result), h.exception())
for k in (f, g, h): print(name(k.set_result, 1).split(":")[0], name(k.set_exception, ValueError()).split(":")[0])`,
			Want: `
000 True 010 0
100 None None 0
1 1 101 False 101 CancelledError CancelledError
100 ValueError: no no
InvalidStateError InvalidStateError
InvalidStateError InvalidStateError
InvalidStateError InvalidStateError`,
			Go: func(log func(...any)) {
				state := func(f *futures.Future) string {
					return fmt.Sprint(bit(f.Done()), bit(f.Running()), bit(f.Cancelled()))
				}
				short := func(f *futures.Future) string { return strings.ReplaceAll(state(f), " ", "") }
				f := futures.NewFuture()
				log(short(f), truth(f.SetRunningOrNotifyCancel()), short(f), bit(f.Cancel()))
				f.SetResult(nil)
				log(short(f), outcome(f.Result()), outcome(nil, f.Exception()), bit(f.Cancel()))
				g := futures.NewFuture()
				log(bit(g.Cancel()), bit(g.Cancel()), short(g), truth(g.SetRunningOrNotifyCancel()), short(g),
					outcome(g.Result()), outcome(nil, g.Exception()))
				h := futures.NewFuture()
				h.SetException(exceptions.Value("no"))
				log(short(h), outcome(h.Result()), h.Exception())
				first := func(fn func()) string { s, _, _ := strings.Cut(fmt.Sprint(raised(fn)), ":"); return s }
				for _, k := range []*futures.Future{f, g, h} {
					log(first(func() { k.SetResult(1) }), first(func() { k.SetException(exceptions.Value("")) }))
				}
			}},
		{Name: "result times out", Python: `
f = cf.Future()
print(name(f.result, 0.01), name(f.result, 0), name(f.exception, timeout=0.01), name(f.exception, 0))
t = threading.Thread(target=f.set_result, args=(7,)); t.start(); print(f.result(60)); t.join(); print(f.result(0), f.exception(0))`,
			Want: `
TimeoutError TimeoutError TimeoutError TimeoutError
7
7 None`,
			Go: func(log func(...any)) {
				f, none := futures.NewFuture(), futures.Timeout(0)
				log(outcome(f.Result(short)), outcome(f.Result(none)), outcome(nil, f.Exception(short)),
					outcome(nil, f.Exception(none)))
				th := threading.NewThread(func() { f.SetResult(7) })
				th.Start()
				log(outcome(f.Result(patient)))
				th.Join()
				log(outcome(f.Result(none)), outcome(nil, f.Exception(none)))
			}},
		{Name: "shutdown", Python: `
ex = cf.ThreadPoolExecutor(1); fs = [ex.submit(square, i) for i in range(5)]; ex.shutdown(); ex.shutdown(); print(*[f.result() for f in fs])
print(name(ex.submit, square, 1), "|", name(ex.map, square, [1]))
ex = cf.ThreadPoolExecutor(1); f = ex.submit(square, 3); ex.shutdown(wait=False); print(f.result())`,
			Want: `
0 1 4 9 16
RuntimeError: cannot schedule new futures after shutdown | RuntimeError: cannot schedule new futures after shutdown
9`,
			Go: func(log func(...any)) {
				ex := futures.NewThreadPoolExecutor(1)
				var fs []*futures.Future
				for i := range 5 {
					fs = append(fs, ex.Submit(square, i))
				}
				ex.Shutdown()
				ex.Shutdown()
				var got []any
				for _, f := range fs {
					got = append(got, outcome(f.Result()))
				}
				log(got...)
				log(raised(func() { ex.Submit(square, 1) }), "|", raised(func() { ex.Map(square, []int{1}) }))
				ex = futures.NewThreadPoolExecutor(1)
				f := ex.Submit(square, 3)
				ex.Shutdown(futures.NoWait)
				log(outcome(f.Result()))
			}},
		{Name: "cancelled by shutdown", Since: 9, Python: `
gate, begun = threading.Event(), threading.Event()
def task():
    begun.set(); return int(gate.wait(60))
ex = cf.ThreadPoolExecutor(1); a = ex.submit(task); begun.wait(60); bs = [ex.submit(square, 1) for _ in range(3)]
ex.shutdown(wait=False, cancel_futures=True); gate.set(); print(a.result(), *[int(b.cancelled()) for b in bs])`,
			Want: `
1 1 1 1`,
			Go: func(log func(...any)) {
				gate, begun := threading.NewEvent(), threading.NewEvent()
				ex := futures.NewThreadPoolExecutor(1)
				a := ex.Submit(func() int { begun.Set(); return bit(gate.Wait(threading.Timeout(time.Minute))) })
				begun.Wait()
				var bs []*futures.Future
				for range 3 {
					bs = append(bs, ex.Submit(square, 1))
				}
				ex.Shutdown(futures.NoWait, futures.CancelFutures)
				gate.Set()
				got := []any{outcome(a.Result())}
				for _, b := range bs {
					got = append(got, bit(b.Cancelled()))
				}
				log(got...)
				ex.Shutdown()
			}},
		{Name: "a task of a task", Python: `
with cf.ThreadPoolExecutor(1) as ex:
    print(name(ex.submit(lambda: ex.submit(square, 1).result(0.05)).result))
with cf.ThreadPoolExecutor(2) as ex: print(ex.submit(lambda: ex.submit(square, 3).result(60)).result())`,
			Want: `
TimeoutError
9`,
			Go: func(log func(...any)) {
				futures.NewThreadPoolExecutor(1).With(func(ex *pool) {
					log(outcome(ex.Submit(func() (any, error) { return ex.Submit(square, 1).Result(short) }).Result()))
				})
				futures.NewThreadPoolExecutor(2).With(func(ex *pool) {
					log(
						outcome(
							ex.Submit(func() (any, error) { return ex.Submit(square, 3).Result(patient) }).Result()))
				})
			}},
		{Name: "workers as needed", Python: `
ex = cf.ThreadPoolExecutor(4); gate = threading.Barrier(4)
fs = [ex.submit(gate.wait, 60) for _ in range(4)]; print(*sorted(f.result() for f in fs)); print(len(ex._threads))
fs = [ex.submit(square, n) for n in range(20)]; print(sum(f.result() for f in fs), len(ex._threads)); ex.shutdown()`,
			Want: `
0 1 2 3
4
2470 4`,
			Go: func(log func(...any)) {
				ex := futures.NewThreadPoolExecutor(4)
				gate := threading.NewBarrier(4)
				var fs []*futures.Future
				for range 4 {
					fs = append(fs, ex.Submit(func() (int, error) { return gate.Wait(threading.Timeout(time.Minute)) }))
				}
				var turns []int
				for _, f := range fs {
					v, err := f.Result()
					if err != nil {
						log(err)
						return
					}
					turns = append(turns, v.(int))
				}
				sort.Ints(turns)
				log(turns[0], turns[1], turns[2], turns[3])
				log(len(ex.Threads()))
				fs = fs[:0]
				for n := range 20 {
					fs = append(fs, ex.Submit(square, n))
				}
				sum := 0
				for _, f := range fs {
					v, _ := f.Result()
					sum += v.(int)
				}
				log(sum, len(ex.Threads()))
				ex.Shutdown()
			}},
		{Name: "with waits", Python: `
gate, done = threading.Event(), []
with cf.ThreadPoolExecutor(2) as ex:
    for i in range(3): ex.submit(lambda i=i: (gate.wait(60), done.append(i)))
    gate.set()
print(*sorted(done))`,
			Want: `
0 1 2`,
			Go: func(log func(...any)) {
				gate, lock := threading.NewEvent(), threading.NewLock()
				var done []int
				futures.NewThreadPoolExecutor(2).With(func(ex *pool) {
					for i := range 3 {
						ex.Submit(func() { gate.Wait(); lock.With(func() { done = append(done, i) }) })
					}
					gate.Set()
				})
				sort.Ints(done)
				log(done[0], done[1], done[2])
			}},
		{Name: "an initializer for each thread", Since: 7, Python: `
local = threading.local()
def prepare(x): local.x = x
with cf.ThreadPoolExecutor(2, initializer=prepare, initargs=(5,)) as ex: print(*[ex.submit(lambda: local.x).result() for _ in range(3)])`,
			Want: `
5 5 5`,
			Go: func(log func(...any)) {
				local := threading.NewLocal()
				futures.NewThreadPoolExecutor(2).Initializer(func(x int) { local.Set("x", x) }, 5).With(func(ex *pool) {
					var got []any
					for range 3 {
						got = append(got, outcome(ex.Submit(local.Get, "x").Result()))
					}
					log(got...)
				})
			}},
		{Name: "sys.exit in a task", Since: 7, Python: `
with cf.ThreadPoolExecutor(1) as ex:
    f = ex.submit(sys.exit, 3); print(type(f.exception()).__name__, f.exception()); print(ex.submit(square, 2).result())`,
			Want: `
SystemExit 3
4`,
			Go: func(log func(...any)) {
				futures.NewThreadPoolExecutor(1).With(func(ex *pool) {
					f := ex.Submit(func() { panic(&exceptions.SystemExit{Code: 3}) })
					var e exceptions.Exception
					if errors.As(f.Exception(), &e) {
						log(e.Exception(), e.Error())
					}
					log(outcome(ex.Submit(square, 2).Result()))
				})
			}},
		{Name: "arguments", Python: `
def f(*a, **k): return "%d %d" % (len(a), len(k))
with cf.ThreadPoolExecutor(1) as ex: print(ex.submit(f, 1, 2, 3).result(), ex.submit(f).result(), name(ex.submit(square).result).split(":")[0])`,
			Want: `
3 0 0 0 TypeError`,
			Go: func(log func(...any)) {
				futures.NewThreadPoolExecutor(1).With(func(ex *pool) {
					f := func(a ...any) string { return fmt.Sprint(len(a), " 0") }
					// Go's compiler would say that square lacks an argument; Submit says it as Python does, at once.
					class, _, _ := strings.Cut(fmt.Sprint(raised(func() { ex.Submit(square) })), ":")
					log(outcome(ex.Submit(f, 1, 2, 3).Result()), outcome(ex.Submit(f).Result()), class)
				})
			}},
		{Name: "the shortest iterable ends map", Python: `
with cf.ThreadPoolExecutor(3) as ex: print(*ex.map(lambda a, b: a + b, [1, 2, 3], [10, 20])); print(list(ex.map(square, [])), list(ex.map(lambda a, b: 1, [1], [])))`,
			Want: `
11 22
[] []`,
			Go: func(log func(...any)) {
				futures.NewThreadPoolExecutor(3).With(func(ex *pool) {
					plus := func(a, b int) int { return a + b }
					all, _ := futures.List(ex.Map(plus, []int{1, 2, 3}, []int{10, 20}))
					log(all...)
					none, _ := futures.List(ex.Map(square, []int{}))
					neither, _ := futures.List(ex.Map(plus, []int{1}, []int{}))
					log(none, neither)
				})
			}},
		{Name: "map in order though the first is the slowest", Python: `
gate = threading.Event()
def task(x):
    if x == 0: gate.wait(60)
    elif x == 3: gate.set()
    return x
with cf.ThreadPoolExecutor(2) as ex: print(*ex.map(task, range(4)))`,
			Want: `
0 1 2 3`,
			Go: func(log func(...any)) {
				gate := threading.NewEvent()
				futures.NewThreadPoolExecutor(2).With(func(ex *pool) {
					all, _ := futures.List(ex.Map(func(x int) int {
						switch x {
						case 0:
							gate.Wait(threading.Timeout(time.Minute))
						case 3:
							gate.Set()
						}
						return x
					}, 4))
					log(all...)
				})
			}},
		{Name: "an abandoned map cancels what waits", Python: `
gate, begun = threading.Event(), threading.Event()
ran = []
def task(x):
    ran.append(x); begun.set(); gate.wait(60)
ex = cf.ThreadPoolExecutor(1); it = ex.map(task, range(5), timeout=0.01); begun.wait(60)
print(name(next, it)); gate.set(); ex.shutdown(); print(*ran)`,
			Want: `
TimeoutError
0`,
			Go: func(log func(...any)) {
				gate, begun := threading.NewEvent(), threading.NewEvent()
				var ran []any
				ex := futures.NewThreadPoolExecutor(1)
				it := ex.Map(func(x int) {
					ran = append(ran, x)
					begun.Set()
					gate.Wait(threading.Timeout(time.Minute))
				}, 5, short)
				begun.Wait()
				_, err := futures.List(it)
				log(outcome(nil, err))
				gate.Set()
				ex.Shutdown()
				log(ran...)
			}},
		{Name: "the order of the queue", Python: `
got = []
with cf.ThreadPoolExecutor(1) as ex:
    for i in range(6): ex.submit(got.append, i)
print(*got)`,
			Want: `
0 1 2 3 4 5`,
			Go: func(log func(...any)) {
				var got []any
				futures.NewThreadPoolExecutor(1).With(func(ex *pool) {
					for i := range 6 {
						ex.Submit(func(i int) { got = append(got, i) }, i)
					}
				})
				log(got...)
			}},
		{Name: "names of threads", Python: `
def who(): return threading.current_thread().name
with cf.ThreadPoolExecutor(1, "special") as ex: print(ex.submit(who).result())
with cf.ThreadPoolExecutor(1) as ex: print(ex.submit(who).result().split("-")[0])`,
			Want: `
special_0
ThreadPoolExecutor`,
			Go: func(log func(...any)) {
				who := func() string { return threading.CurrentThread().Name() }
				futures.NewThreadPoolExecutor(1).ThreadNamePrefix("special").With(func(ex *pool) {
					log(outcome(ex.Submit(who).Result()))
				})
				futures.NewThreadPoolExecutor(1).With(func(ex *pool) {
					text := fmt.Sprint(outcome(ex.Submit(who).Result()))
					first, _, _ := strings.Cut(text, "-")
					log(first)
				})
			}},
		{Name: "how many workers", Python: `
for n in (0, -1): print(name(cf.ThreadPoolExecutor, n))
print(cf.ThreadPoolExecutor(7)._max_workers)`,
			Want: `
ValueError: max_workers must be greater than 0
ValueError: max_workers must be greater than 0
7`,
			Go: func(log func(...any)) {
				for _, n := range []int{0, -1} {
					log(raised(func() { futures.NewThreadPoolExecutor(n) }))
				}
				log(futures.NewThreadPoolExecutor(7).MaxWorkers())
			}},
		{Name: "a broken initializer", Since: 7, Python: `
def fail(): raise ValueError("no")
ex = cf.ThreadPoolExecutor(2, initializer=fail); fs = [ex.submit(square, 1)]
print(name(fs[0].result)); print(name(ex.submit, square, 1)); ex.shutdown(); print(name(cf.ThreadPoolExecutor, 1, initializer=5))`,
			Want: `
BrokenThreadPool: A thread initializer failed, the thread pool is not usable anymore
BrokenThreadPool: A thread initializer failed, the thread pool is not usable anymore
TypeError: initializer must be a callable`,
			Go: func(log func(...any)) {
				ex := futures.NewThreadPoolExecutor(2).Initializer(func() error { return exceptions.Value("no") })
				log(outcome(ex.Submit(square, 1).Result()))
				log(raised(func() { ex.Submit(square, 1) }))
				ex.Shutdown()
				log(raised(func() { futures.NewThreadPoolExecutor(1).Initializer(5) }))
			}},
		{Name: "a cancelled future in wait and as_completed", Python: `
f, g = cf.Future(), cf.Future(); f.cancel(); f.set_running_or_notify_cancel(); g.set_exception(ValueError("no"))
d, n = cf.wait([f, g]); print(len(d), len(n)); d, n = cf.wait([f, cf.Future()], timeout=0, return_when=cf.FIRST_EXCEPTION); print(len(d), len(n))
print(*[int(x in (f, g)) for x in cf.as_completed([f, g])])`,
			Want: `
2 0
1 1
1 1`,
			Go: func(log func(...any)) {
				f, g := futures.NewFuture(), futures.NewFuture()
				f.Cancel()
				f.SetRunningOrNotifyCancel()
				g.SetException(exceptions.Value("no"))
				d, n := futures.Wait([]*futures.Future{f, g})
				log(len(d), len(n))
				d, n = futures.Wait([]*futures.Future{f, futures.NewFuture()}, futures.Timeout(0),
					futures.FIRST_EXCEPTION)
				log(len(d), len(n))
				var got []any
				for x := range futures.AsCompleted([]*futures.Future{f, g}) {
					got = append(got, bit(x == f || x == g))
				}
				log(got...)
			}},
		{Name: "futures that are done come first", Python: `
done, gate = cf.Future(), threading.Event(); done.set_result(1)
with cf.ThreadPoolExecutor(1) as ex:
    slow = ex.submit(gate.wait, 60); it = cf.as_completed([slow, done]); print(int(next(it) is done)); gate.set(); print(int(next(it) is slow))`,
			Want: `
1
1`,
			Go: func(log func(...any)) {
				done, gate := futures.NewFuture(), threading.NewEvent()
				done.SetResult(1)
				futures.NewThreadPoolExecutor(1).With(func(ex *pool) {
					slow := ex.Submit(func() bool { return gate.Wait(threading.Timeout(time.Minute)) })
					for f := range futures.AsCompleted([]*futures.Future{slow, done}) {
						if f == done {
							log(1)
							gate.Set()
						} else {
							log(bit(f == slow))
						}
					}
				})
			}},
		{Name: "a result that comes while a thread waits", Python: `
f, begun = cf.Future(), threading.Event()
got = []
def waiter(): begun.set(); got.append(name(f.result, 60))
ts = [threading.Thread(target=waiter) for _ in range(3)]
for t in ts: t.start()
begun.wait(60); f.set_running_or_notify_cancel(); f.set_result("x")
for t in ts: t.join()
print(*got)
f, begun = cf.Future(), threading.Event(); del got[:]
t = threading.Thread(target=waiter); t.start(); begun.wait(60); f.cancel(); f.set_running_or_notify_cancel(); t.join(); print(*got)`,
			Want: `
x x x
CancelledError`,
			Go: func(log func(...any)) {
				var f *futures.Future
				var begun *threading.Event
				var got []any
				waiter := func() { begun.Set(); got = append(got, outcome(f.Result(patient))) }
				f, begun = futures.NewFuture(), threading.NewEvent()
				var ts []*threading.Thread
				for range 3 {
					ts = append(ts, threading.NewThread(waiter))
				}
				for _, th := range ts {
					th.Start()
				}
				begun.Wait()
				f.SetRunningOrNotifyCancel()
				f.SetResult("x")
				for _, th := range ts {
					th.Join()
				}
				log(got...)
				f, begun, got = futures.NewFuture(), threading.NewEvent(), nil
				th := threading.NewThread(waiter)
				th.Start()
				begun.Wait()
				f.Cancel()
				f.SetRunningOrNotifyCancel()
				th.Join()
				log(got...)
			}},
		{Name: "a callback that submits", Python: `
done, got = threading.Event(), []
with cf.ThreadPoolExecutor(1) as ex:
    def again(f):
        got.append(f.result())
        if len(got) < 3: ex.submit(square, len(got) + 1).add_done_callback(again)
        else: done.set()
    ex.submit(square, 1).add_done_callback(again); print(done.wait(60))
print(*got)`,
			Want: `
True
1 4 9`,
			Go: func(log func(...any)) {
				done := threading.NewEvent()
				var got []any
				futures.NewThreadPoolExecutor(1).With(func(ex *pool) {
					var again func(f *futures.Future)
					again = func(f *futures.Future) {
						if got = append(got, outcome(f.Result())); len(got) < 3 {
							ex.Submit(square, len(got)+1).AddDoneCallback(again)
						} else {
							done.Set()
						}
					}
					ex.Submit(square, 1).AddDoneCallback(again)
					log(truth(done.Wait(threading.Timeout(time.Minute))))
				})
				log(got...)
			}},
	})
}
