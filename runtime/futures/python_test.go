package futures_test

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

const prelude = `
import concurrent.futures as cf, threading, time, sys, logging
logging.disable(logging.CRITICAL)
def square(x): return x * x
def inverse(x):
    if x == 0: raise ValueError("zero")
    return 12 // x
def name(f, *a, **k):
    try: return f(*a, **k)
    except Exception as e: return type(e).__name__ + (": " + str(e) if str(e) else "")
`

func inverse(x int) (int, error) {
	if x == 0 {
		return 0, exceptions.Value("zero")
	}
	return 12 / x, nil
}

// outcome is Python's name(f.result), without the words that Go adds to errors that have none in Python.
func outcome(v any, err error) any {
	var e exceptions.Exception
	switch {
	case err == nil && v == nil:
		return "None"
	case err == nil:
		return v
	case errors.Is(err, &futures.CancelledError{}):
		return "CancelledError"
	case err.Error() == "the time is up":
		return "TimeoutError"
	case errors.As(err, &e):
		return e.Exception() + ": " + e.Error()
	}
	return err
}

func raised(fn func()) any {
	err, _ := catch(fn).(error)
	return outcome("None", err)
}

func TestPython(t *testing.T) {
	twin.Compare(t, prelude, []twin.Program{
		{Name: "pool", Since: 6, Python: `
with cf.ThreadPoolExecutor(2) as ex:
    fs = [ex.submit(square, n) for n in range(5)]
    print(*[f.result() for f in fs])
    print(name(ex.submit(inverse, 0).result), ex.submit(inverse, 0).exception(), ex.submit(inverse, 3).exception())
    print(*ex.map(square, range(4)))
    print(*ex.map(lambda a, b: a + b, [1, 2, 3], [10, 20]))
    got = []
    try:
        for x in ex.map(inverse, [1, 2, 0, 3]): got.append(x)
    except ValueError as e: got.append(e)
    print(*got)
    print(len(set(cf.as_completed(fs + fs))), name(list, cf.as_completed([])))
print(name(ex.submit, square, 1))
print(name(cf.ThreadPoolExecutor, 0), name(cf.ThreadPoolExecutor, -3))`,
			Go: func(log func(...any)) {
				ex := futures.NewThreadPoolExecutor(2)
				ex.With(func(ex *pool) {
					var fs []*futures.Future
					var rs []any
					for n := range 5 {
						fs = append(fs, ex.Submit(square, n))
					}
					for _, f := range fs {
						rs = append(rs, outcome(f.Result()))
					}
					log(rs...)
					log(outcome(ex.Submit(inverse, 0).Result()), ex.Submit(inverse, 0).Exception(),
						outcome(nil, ex.Submit(inverse, 3).Exception()))
					rs, _ = futures.List(ex.Map(square, 4))
					log(rs...)
					rs, _ = futures.List(ex.Map(func(a, b int) int { return a + b }, []int{1, 2, 3}, []int{10, 20}))
					log(rs...)
					rs, err := futures.List(ex.Map(inverse, []int{1, 2, 0, 3}))
					log(append(rs, err)...)
					n := 0
					for range futures.AsCompleted(append(fs, fs...)) {
						n++
					}
					log(n, "[]")
				})
				log(raised(func() { ex.Submit(square, 1) }))
				log(raised(func() { futures.NewThreadPoolExecutor(0) }),
					raised(func() { futures.NewThreadPoolExecutor(-3) }))
			}},
		{Name: "cancel", Since: 6, Python: `
go, begun, calls = threading.Event(), threading.Event(), []
def block():
    begun.set(); go.wait(); return "a"
ex = cf.ThreadPoolExecutor(1)
a, b, c = ex.submit(block), ex.submit(square, 2), ex.submit(square, 3)
begun.wait()
b.add_done_callback(lambda f: calls.append(("b", f.cancelled())))
b.add_done_callback(lambda f: 1 // 0)
b.add_done_callback(lambda f: calls.append("later"))
print(int(a.running()), int(a.done()), int(a.cancel()), int(b.running()), int(b.cancel()), int(b.cancel()), int(b.done()), int(b.cancelled()))
print(name(b.result), name(b.exception), name(a.result, timeout=0.01), name(a.exception, timeout=0), name(a.result, -1))
print(*cf.wait([b, c], 0, cf.FIRST_COMPLETED).done)
print(name(list, cf.as_completed([a, c], timeout=0)))
print(name(cf.wait, [a], 0, "X"), [len(s) for s in cf.wait([])], [len(s) for s in cf.wait([a, a], timeout=0)])
go.set(); ex.shutdown()
print(a.result(), int(a.cancel()), c.result(), len(calls))`,
			Go: func(log func(...any)) {
				ev, begun, calls := threading.NewEvent(), threading.NewEvent(), 0
				ex := futures.NewThreadPoolExecutor(1)
				a := ex.Submit(func() string { begun.Set(); ev.Wait(); return "a" })
				b, c := ex.Submit(square, 2), ex.Submit(square, 3)
				begun.Wait()
				b.AddDoneCallback(func(*futures.Future) { calls++ })
				b.AddDoneCallback(func(*futures.Future) { calls++ })
				log(bit(a.Running()), bit(a.Done()), bit(a.Cancel()), bit(b.Running()), bit(b.Cancel()),
					bit(b.Cancel()), bit(b.Done()), bit(b.Cancelled()))
				log(outcome(b.Result()), outcome(nil, b.Exception()),
					outcome(a.Result(futures.Timeout(10*time.Millisecond))),
					outcome(nil, a.Exception(futures.Timeout(0))), outcome(a.Result(futures.Timeout(-1))))
				done, _ := futures.Wait([]*futures.Future{b, c}, futures.Timeout(0), futures.FIRST_COMPLETED)
				log(anys(done)...)
				for _, err := range futures.AsCompleted([]*futures.Future{a, c}, futures.Timeout(0)) {
					log(outcome(nil, err))
				}
				d0, n0 := futures.Wait(nil)
				d1, n1 := futures.Wait([]*futures.Future{a, a}, futures.Timeout(0))
				log(raised(func() { futures.Wait([]*futures.Future{a}, futures.Timeout(0), futures.ReturnWhen("X")) }),
					list(len(d0), len(n0)), list(len(d1), len(n1)))
				ev.Set()
				ex.Shutdown()
				log(outcome(a.Result()), bit(a.Cancel()), outcome(c.Result()), calls)
			}},
		{Name: "future", Since: 8, Python: `
f = cf.Future()
print(name(f.set_running_or_notify_cancel), name(f.set_running_or_notify_cancel), name(f.cancel))
f.set_result(3); print(f.result(), name(f.set_result, 4).split(":")[0], name(f.set_exception, ValueError()).split(":")[0], f.result())
f = cf.Future(); f.cancel(); print(f.set_running_or_notify_cancel(), name(f.set_result, 1).split(" at")[0], name(f.set_running_or_notify_cancel))`,
			Go: func(log func(...any)) {
				f := futures.NewFuture()
				again := func() any { return raised(func() { f.SetRunningOrNotifyCancel() }) }
				log(truth(f.SetRunningOrNotifyCancel()), again(), truth(f.Cancel()))
				f.SetResult(3)
				first := func(fn func(), sep string) any {
					s, _, _ := strings.Cut(fmt.Sprint(raised(fn)), sep)
					return s
				}
				log(outcome(f.Result()), first(func() { f.SetResult(4) }, ":"),
					first(func() { f.SetException(exceptions.Value("")) }, ":"), outcome(f.Result()))
				f = futures.NewFuture()
				f.Cancel()
				log(truth(f.SetRunningOrNotifyCancel()), first(func() { f.SetResult(1) }, " at"), again())
			}},
		{Name: "threads", Since: 6, Python: `
ex = cf.ThreadPoolExecutor(3, "io")
idle = getattr(ex, "_idle_semaphore", None) # since 3.8
for n in range(5):
    ex.submit(square, n).result()
    while idle and not idle._value: time.sleep(.001)
print(*sorted(t.name for t in ex._threads))
print(int(list(ex._threads)[0].daemon))`,
			Go: func(log func(...any)) {
				ex := futures.NewThreadPoolExecutor(3).ThreadNamePrefix("io")
				for n := range 5 {
					_, _ = ex.Submit(square, n).Result()
					for !ex.Settled() {
						threading.NewEvent().Wait(threading.Timeout(time.Millisecond))
					}
				}
				var names []string
				for _, th := range ex.Threads() {
					names = append(names, th.Name())
				}
				sort.Strings(names)
				log(strings.Join(names, " "))
				log(bit(ex.Threads()[0].Daemon()))
				ex.Shutdown()
			}},
		{Name: "initializer", Since: 7, Python: `
def fail(): raise ValueError("no")
ex = cf.ThreadPoolExecutor(1, initializer=fail)
f = ex.submit(square, 1)
print(name(f.result), "|", name(ex.submit, square, 1), "|", name(cf.ThreadPoolExecutor, 1, initializer=5))
got = []
ex = cf.ThreadPoolExecutor(1, initializer=got.append, initargs=(7,))
print(ex.submit(len, got).result())`,
			Go: func(log func(...any)) {
				ex := futures.NewThreadPoolExecutor(1).Initializer(func() error { return exceptions.Value("no") })
				f := ex.Submit(square, 1)
				log(outcome(f.Result()), "|", raised(func() { ex.Submit(square, 1) }), "|",
					raised(func() { futures.NewThreadPoolExecutor(1).Initializer(5) }))
				n := 0
				ex = futures.NewThreadPoolExecutor(1).Initializer(func(k int) { n = k / 7 }, 7)
				log(outcome(ex.Submit(func() int { return n }).Result()))
				ex.Shutdown()
			}},
	})
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func truth(b bool) string { return map[bool]string{true: "True", false: "False"}[b] }

func list(a, b int) string { return fmt.Sprintf("[%d, %d]", a, b) }

func anys[T any](list []T) (all []any) {
	for _, v := range list {
		all = append(all, v)
	}
	return all
}
