package futures_test

// This file defines rows for what Python's own suite asks of concurrent.futures and its threads: facts of test_concurrent_futures in
// programs of our own.

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
	twin.Compare(t, prelude, []twin.Program{
		{Name: "submit", Since: 6, Python: `
with cf.ThreadPoolExecutor(2) as ex:
    f, g = ex.submit(square, 16), ex.submit(inverse, 0)
    print(f.result(), f.exception(), int(f.done()), int(f.running()), int(f.cancelled()))
    print(name(g.result), int(g.exception() is g.exception()), int(g.done()))`,
			Go: func(log func(...any)) {
				futures.NewThreadPoolExecutor(2).With(func(ex *pool) {
					f, g := ex.Submit(square, 16), ex.Submit(inverse, 0)
					log(outcome(f.Result()), outcome(nil, f.Exception()), bit(f.Done()), bit(f.Running()), bit(f.Cancelled()))
					log(outcome(g.Result()), bit(g.Exception() == g.Exception()), bit(g.Done()))
				})
			}},
		{Name: "map keeps what came before an exception", Since: 6, Python: `
with cf.ThreadPoolExecutor(3) as ex:
    it = ex.map(inverse, [3, 0, 4])
    print(next(it), name(next, it), list(it))
    print(*ex.map(square, range(10), timeout=60))`,
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
		{Name: "map submits at once", Since: 6, Python: `
log = []
def numbers():
    for i in range(3):
        log.append(i); yield i
with cf.ThreadPoolExecutor(1) as ex:
    it = ex.map(square, numbers())
    print(log, list(it))`,
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
		{Name: "map times out", Since: 6, Python: `
gate = threading.Event()
with cf.ThreadPoolExecutor(1) as ex:
    print(name(list, ex.map(lambda _: gate.wait(60), [1], timeout=0.01)))
    gate.set()`,
			Go: func(log func(...any)) {
				futures.NewThreadPoolExecutor(1).With(func(ex *pool) {
					gate := threading.NewEvent()
					_, err := futures.List(ex.Map(func(int) bool { return gate.Wait(threading.Timeout(time.Minute)) }, 1, short))
					log(outcome(nil, err))
					gate.Set()
				})
			}},
		{Name: "wait", Since: 6, Python: `
gate = threading.Event()
with cf.ThreadPoolExecutor(3) as ex:
    slow, fast = ex.submit(gate.wait, 60), ex.submit(square, 1)
    d, n = cf.wait([slow, fast], return_when=cf.FIRST_COMPLETED); print(int(d == {fast}), int(n == {slow}))
    bad = ex.submit(inverse, 0)
    d, n = cf.wait([slow, bad], return_when=cf.FIRST_EXCEPTION); print(int(d == {bad}), int(n == {slow}))
    d, n = cf.wait([slow, fast], timeout=0.01); print(len(d), len(n))
    d, n = cf.wait([fast, bad], return_when=cf.FIRST_EXCEPTION); print(len(d), len(n))
    gate.set(); d, n = cf.wait([slow, fast, bad, fast]); print(len(d), len(n))`,
			Go: func(log func(...any)) {
				futures.NewThreadPoolExecutor(3).With(func(ex *pool) {
					gate := threading.NewEvent()
					slow, fast := ex.Submit(func() bool { return gate.Wait(threading.Timeout(time.Minute)) }), ex.Submit(square, 1)
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
		{Name: "as they are completed", Since: 6, Python: `
gate = threading.Event()
with cf.ThreadPoolExecutor(2) as ex:
    slow, fast = ex.submit(gate.wait, 60), ex.submit(square, 1)
    it = cf.as_completed([slow, fast, fast]); print(int(next(it) is fast)); gate.set(); print(int(next(it) is slow), list(it))
    gate.clear(); slow = ex.submit(gate.wait, 60)
    try: list(cf.as_completed([slow, fast], timeout=0.01))
    except cf.TimeoutError as e: print(e)
    gate.set()`,
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
		{Name: "callbacks", Since: 6, Python: `
f, got = cf.Future(), []
def bad(_):
    got.append("bad"); raise KeyError("x")
f.add_done_callback(lambda f: got.append("a%s" % f.result())); f.add_done_callback(bad); f.add_done_callback(lambda f: got.append("c"))
f.set_result(5); print(*got)
f.add_done_callback(lambda f: got.append("late")); print(got[-1])
g = cf.Future(); g.add_done_callback(lambda f: got.append("cancelled")); g.cancel(); print(got[-1])
h = cf.Future(); h.add_done_callback(lambda f: got.append(str(f.exception()))); h.set_exception(ValueError("no")); print(got[-1])`,
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
				log(bit(g.Cancel()), bit(g.Cancel()), short(g), truth(g.SetRunningOrNotifyCancel()), short(g), outcome(g.Result()), outcome(nil, g.Exception()))
				h := futures.NewFuture()
				h.SetException(exceptions.Value("no"))
				log(short(h), outcome(h.Result()), h.Exception())
				first := func(fn func()) string { s, _, _ := strings.Cut(fmt.Sprint(raised(fn)), ":"); return s }
				for _, k := range []*futures.Future{f, g, h} {
					log(first(func() { k.SetResult(1) }), first(func() { k.SetException(exceptions.Value("")) }))
				}
			}},
		{Name: "result times out", Since: 6, Python: `
f = cf.Future()
print(name(f.result, 0.01), name(f.result, 0), name(f.exception, timeout=0.01), name(f.exception, 0))
t = threading.Thread(target=f.set_result, args=(7,)); t.start(); print(f.result(60)); t.join(); print(f.result(0), f.exception(0))`,
			Go: func(log func(...any)) {
				f, none := futures.NewFuture(), futures.Timeout(0)
				log(outcome(f.Result(short)), outcome(f.Result(none)), outcome(nil, f.Exception(short)), outcome(nil, f.Exception(none)))
				th := threading.NewThread(func() { f.SetResult(7) })
				th.Start()
				log(outcome(f.Result(patient)))
				th.Join()
				log(outcome(f.Result(none)), outcome(nil, f.Exception(none)))
			}},
		{Name: "shutdown", Since: 6, Python: `
ex = cf.ThreadPoolExecutor(1); fs = [ex.submit(square, i) for i in range(5)]; ex.shutdown(); ex.shutdown(); print(*[f.result() for f in fs])
print(name(ex.submit, square, 1), "|", name(ex.map, square, [1]))
ex = cf.ThreadPoolExecutor(1); f = ex.submit(square, 3); ex.shutdown(wait=False); print(f.result())`,
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
		{Name: "a task of a task", Since: 6, Python: `
with cf.ThreadPoolExecutor(1) as ex:
    print(name(ex.submit(lambda: ex.submit(square, 1).result(0.05)).result))
with cf.ThreadPoolExecutor(2) as ex: print(ex.submit(lambda: ex.submit(square, 3).result(60)).result())`,
			Go: func(log func(...any)) {
				futures.NewThreadPoolExecutor(1).With(func(ex *pool) {
					log(outcome(ex.Submit(func() (any, error) { return ex.Submit(square, 1).Result(short) }).Result()))
				})
				futures.NewThreadPoolExecutor(2).With(func(ex *pool) {
					log(outcome(ex.Submit(func() (any, error) { return ex.Submit(square, 3).Result(patient) }).Result()))
				})
			}},
		{Name: "workers as needed", Since: 6, Python: `
ex = cf.ThreadPoolExecutor(4); gate = threading.Barrier(4)
fs = [ex.submit(gate.wait, 60) for _ in range(4)]; print(*sorted(f.result() for f in fs)); print(len(ex._threads))
fs = [ex.submit(square, n) for n in range(20)]; print(sum(f.result() for f in fs), len(ex._threads)); ex.shutdown()`,
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
		{Name: "with waits", Since: 6, Python: `
gate, done = threading.Event(), []
with cf.ThreadPoolExecutor(2) as ex:
    for i in range(3): ex.submit(lambda i=i: (gate.wait(60), done.append(i)))
    gate.set()
print(*sorted(done))`,
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
	})
}
