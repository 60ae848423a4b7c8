package asyncio_test

// This file defines the programs about groups, time-outs, shields and threads that real Pythons run beside Go.

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"gilkernel/runtime/asyncio"
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/futures"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

const morePrelude = prelude + `
import threading, concurrent.futures
def group(e):
    return type(e).__name__ + ": " + str(e) + " " + str([type(x).__name__ for x in e.exceptions])
async def work(n, d, fail=None):
    try:
        await asyncio.sleep(d)
    except asyncio.CancelledError:
        print(n, "cancelled"); raise
    print(n, "done")
    if fail: raise fail
    return n
`

// word is Python's word for a boolean.
func word(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

func TestMorePython(t *testing.T) {
	ms := time.Millisecond
	run := func(main func(log func(...any))) func(log func(...any)) {
		return func(log func(...any)) { _, _ = asyncio.Run(func() { main(log) }) }
	}
	work := func(log func(...any)) func(n string, d time.Duration, fail error) (string, error) {
		return func(n string, d time.Duration, fail error) (string, error) {
			if v := catch(func() { asyncio.Sleep(d) }); v != nil {
				log(n, "cancelled")
				panic(v)
			}
			log(n, "done")
			return n, fail
		}
	}
	group := func(err error) string {
		var g *exceptions.ExceptionGroup
		if !errors.As(err, &g) {
			return fmt.Sprint(err)
		}
		text := g.Exception() + ": " + g.Error() + " ["
		for i, e := range g.Exceptions {
			if i > 0 {
				text += ", "
			}
			text += "'" + exceptions.Bases(e)[0] + "'"
		}
		return text + "]"
	}
	twin.Compare(t, morePrelude, []twin.Program{
		{Name: "group", Since: 11, Timed: true, Python: `
async def main():
    async with asyncio.TaskGroup() as tg:
        a = tg.create_task(work("a", 0.10)); b = tg.create_task(work("b", 0.05))
    print(a.result(), b.result())
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(work("c", 0.05, ValueError("c failed"))); d = tg.create_task(work("d", 1))
            tg.create_task(work("e", 0.05, KeyError("e")))
            await work("body", 1)
    except BaseException as e: print(group(e), d.cancelled(), asyncio.current_task().cancelling())
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(work("f", 1)); await asyncio.sleep(0); 1 / 0
    except BaseException as e: print(group(e))
    async with asyncio.TaskGroup() as tg:
        g = tg.create_task(work("g", 1)); tg.create_task(work("h", 0.05)); await asyncio.sleep(0); g.cancel()
    print(g.cancelled())
    async def inner():
        async with asyncio.TaskGroup() as tg:
            tg.create_task(work("i", 1)); await work("j", 1)
    k = asyncio.create_task(inner()); await asyncio.sleep(0.05); k.cancel()
    print(await aname(k), k.cancelled())
    async def nested():
        async with asyncio.TaskGroup() as outer:
            outer.create_task(work("k", 1))
            async with asyncio.TaskGroup() as tg:
                tg.create_task(work("l", 0.05, TypeError("l")))
    try: await nested()
    except BaseException as e: print(group(e), group(e.exceptions[0]))
    tg = asyncio.TaskGroup()
    try: tg.create_task(work("m", 1))
    except RuntimeError as e: print("has not been entered" in str(e))
    async with tg: pass
    try: tg.create_task(work("n", 1))
    except RuntimeError as e: print("is finished" in str(e))
import warnings; warnings.simplefilter("ignore")
timed(main())
`, Go: run(func(log func(...any)) {
			w := work(log)
			var a, b, d, g *asyncio.Task
			err := asyncio.NewTaskGroup().With(func(tg *asyncio.TaskGroup) {
				a, b = tg.CreateTask(w, "a", 100*ms, nil), tg.CreateTask(w, "b", 50*ms, nil)
			})
			ar, _ := a.Result()
			br, _ := b.Result()
			if err != nil {
				log(err)
			}
			log(ar, br)
			err = asyncio.NewTaskGroup().With(func(tg *asyncio.TaskGroup) {
				tg.CreateTask(w, "c", 50*ms, exceptions.Value("c failed"))
				d = tg.CreateTask(w, "d", time.Second, nil)
				tg.CreateTask(w, "e", 50*ms, &exceptions.KeyError{Key: "e"})
				_, _ = w("body", time.Second, nil)
			})
			log(group(err), word(d.Cancelled()), asyncio.CurrentTask().Cancelling())
			zero := 0
			err = asyncio.NewTaskGroup().With(func(tg *asyncio.TaskGroup) {
				tg.CreateTask(w, "f", time.Second, nil)
				asyncio.Sleep(0)
				_ = 1 / zero
			})
			log(group(err))
			err = asyncio.NewTaskGroup().With(func(tg *asyncio.TaskGroup) {
				g = tg.CreateTask(w, "g", time.Second, nil)
				tg.CreateTask(w, "h", 50*ms, nil)
				asyncio.Sleep(0)
				g.Cancel()
			})
			if err != nil {
				log(err)
			}
			log(word(g.Cancelled()))
			k := asyncio.CreateTask(func() error {
				return asyncio.NewTaskGroup().With(func(tg *asyncio.TaskGroup) {
					tg.CreateTask(w, "i", time.Second, nil)
					_, _ = w("j", time.Second, nil)
				})
			})
			asyncio.Sleep(50 * ms)
			k.Cancel()
			_, err = k.Await()
			log(outcome(nil, err), word(k.Cancelled()))
			err = asyncio.NewTaskGroup().With(func(outer *asyncio.TaskGroup) {
				outer.CreateTask(w, "k", time.Second, nil)
				if err := asyncio.NewTaskGroup().With(func(tg *asyncio.TaskGroup) {
					tg.CreateTask(w, "l", 50*ms, exceptions.Type("l"))
				}); err != nil {
					panic(err)
				}
			})
			var eg *exceptions.ExceptionGroup
			errors.As(err, &eg)
			log(group(err), group(eg.Exceptions[0]))
			tg := asyncio.NewTaskGroup()
			log(word(errors.Is(exceptions.Try(func() { tg.CreateTask(w, "m", time.Second, nil) }),
				&exceptions.RuntimeError{})))
			_ = tg.With(func(*asyncio.TaskGroup) {})
			log(word(errors.Is(exceptions.Try(func() { tg.CreateTask(w, "n", time.Second, nil) }),
				&exceptions.RuntimeError{})))
		})},
		{Name: "timeouts", Since: 11, Timed: true, Python: `
async def main():
    loop = asyncio.get_running_loop()
    async def with_timeout(tm, *ds):
        try:
            async with tm:
                for d in ds: await asyncio.sleep(d)
            return "in time"
        except TimeoutError: return "TimeoutError"
    a = asyncio.timeout(0.05); print(await with_timeout(a, 1), a.expired())
    b = asyncio.timeout(1); print(await with_timeout(b, 0.05), b.expired())
    c = asyncio.timeout_at(loop.time() + 0.05); print(await with_timeout(c, 1), c.when() is not None)
    print(await with_timeout(asyncio.timeout_at(loop.time() - 1), 0, 1), await with_timeout(asyncio.timeout(0), 1))
    n = asyncio.timeout(None); print(n.when()); print(await with_timeout(n, 0.05), n.expired())
    for f in (lambda: a.reschedule(5), lambda: b.reschedule(5), lambda: asyncio.timeout(1).reschedule(5)): print(name(f))
    async with asyncio.timeout(0.05) as tm:
        tm.reschedule(loop.time() + 1); await asyncio.sleep(0.15)
    print(tm.expired())
    try:
        async with asyncio.timeout(None) as tm:
            tm.reschedule(loop.time() + 0.05); await asyncio.sleep(1)
    except TimeoutError: print("rescheduled", tm.expired())
    try:
        async with asyncio.timeout(0.05) as outer:
            try:
                async with asyncio.timeout(1) as inner: await asyncio.sleep(2)
            finally: print(outer.expired(), inner.expired())
    except TimeoutError: print("outer")
    async def cancelled():
        async with asyncio.timeout(1): await asyncio.sleep(2)
    k = asyncio.create_task(cancelled()); await asyncio.sleep(0.05); k.cancel(); print(k.cancelling()); print(await aname(k))
    async def stubborn():
        try: await asyncio.sleep(1)
        except asyncio.CancelledError: print(asyncio.current_task().cancelling(), asyncio.current_task().uncancel())
        await asyncio.sleep(0.05); return "alive"
    k = asyncio.create_task(stubborn()); await asyncio.sleep(0); k.cancel(); print(await k, k.cancelled(), k.cancelling())
    try:
        async with asyncio.timeout(0.05):
            async with asyncio.TaskGroup() as tg: tg.create_task(work("t", 1))
    except TimeoutError: print("group in time-out", asyncio.current_task().cancelling())
    async with asyncio.timeout(1) as x: pass
    print((await aname(with_timeout(x, 0))))
timed(main())
`, Go: run(func(log func(...any)) {
			with := func(tm *asyncio.TimeoutContext, ds ...time.Duration) string {
				if err := tm.With(func() {
					for _, d := range ds {
						asyncio.Sleep(d)
					}
				}); err != nil {
					return "TimeoutError"
				}
				return "in time"
			}
			a := asyncio.NewTimeout(50 * ms)
			log(with(a, time.Second), word(a.Expired()))
			b := asyncio.NewTimeout(time.Second)
			log(with(b, 50*ms), word(b.Expired()))
			c := asyncio.NewTimeoutAt(asyncio.Time() + 50*ms)
			_, ok := c.When()
			log(with(c, time.Second), word(ok))
			log(with(asyncio.NewTimeoutAt(asyncio.Time()-time.Second), 0, time.Second),
				with(asyncio.NewTimeout(0), time.Second))
			n := asyncio.NewTimeout()
			if _, ok := n.When(); !ok {
				log("None")
			}
			log(with(n, 50*ms), word(n.Expired()))
			for _, f := range []func(){
				func() { a.Reschedule(5) },
				func() { b.Reschedule(5) },
				func() { asyncio.NewTimeout(time.Second).Reschedule(5) },
			} {
				log(raised(f))
			}
			tm := asyncio.NewTimeout(50 * ms)
			_ = tm.With(func() {
				tm.Reschedule(asyncio.Time() + time.Second)
				asyncio.Sleep(150 * ms)
			})
			log(word(tm.Expired()))
			tm = asyncio.NewTimeout()
			if err := tm.With(func() {
				tm.Reschedule(asyncio.Time() + 50*ms)
				asyncio.Sleep(time.Second)
			}); err != nil {
				log("rescheduled", word(tm.Expired()))
			}
			outer, inner := asyncio.NewTimeout(50*ms), asyncio.NewTimeout(time.Second)
			if err := outer.With(func() {
				defer func() { log(word(outer.Expired()), word(inner.Expired())) }()
				_ = inner.With(func() { asyncio.Sleep(2 * time.Second) })
			}); err != nil {
				log("outer")
			}
			k := asyncio.CreateTask(func() error {
				return asyncio.Timeout(time.Second, func() { asyncio.Sleep(2 * time.Second) })
			})
			asyncio.Sleep(50 * ms)
			k.Cancel()
			log(k.Cancelling())
			log(outcome(k.Await()))
			k = asyncio.CreateTask(func() string {
				if catch(func() { asyncio.Sleep(time.Second) }) != nil {
					log(asyncio.CurrentTask().Cancelling(), asyncio.CurrentTask().Uncancel())
				}
				asyncio.Sleep(50 * ms)
				return "alive"
			})
			asyncio.Sleep(0)
			k.Cancel()
			r, _ := k.Await()
			log(r, word(k.Cancelled()), k.Cancelling())
			if err := asyncio.Timeout(50*ms, func() {
				_ = asyncio.NewTaskGroup().With(func(tg *asyncio.TaskGroup) {
					tg.CreateTask(work(log), "t", time.Second, nil)
				})
			}); err != nil {
				log("group in time-out", asyncio.CurrentTask().Cancelling())
			}
			x := asyncio.NewTimeout(time.Second)
			_ = x.With(func() {})
			log(raised(func() { with(x, 0) }))
		})},
		{Name: "wait", Since: 11, Timed: true, Python: `
async def main():
    def mk(): return [asyncio.create_task(work(n, d, f), name=n) for n, d, f in (("a", 0.05, None), ("b", 0.15, ValueError("b")), ("c", 0.25, None))]
    def show(s): return sorted(t.get_name() for t in s)
    for kw in (dict(), dict(return_when=asyncio.FIRST_COMPLETED), dict(return_when=asyncio.FIRST_EXCEPTION), dict(timeout=0.10), dict(timeout=0)):
        ts = mk(); done, pending = await asyncio.wait(ts, **kw)
        print(show(done), show(pending)); await asyncio.gather(*ts, return_exceptions=True)
    print(await aname(asyncio.wait([])), await aname(asyncio.wait([ts[0], ts[0]])) is not None)
    c = work("x", 0)
    print(await aname(asyncio.wait([c]))); c.close()
    k = asyncio.create_task(asyncio.wait([asyncio.create_task(work("y", 0.10))])); await asyncio.sleep(0.05); k.cancel(); print(await aname(k)); await asyncio.sleep(0.15)
    for f in asyncio.as_completed([work("p", 0.15), work("q", 0.05), work("r", 0.10, ValueError("r"))]): print(await aname(f))
    for f in asyncio.as_completed([work("s", 0.05), work("t", 3)], timeout=0.75): print(await aname(f))
timed(main())
`, Go: run(func(log func(...any)) {
			w := work(log)
			mk := func() (all []*asyncio.Task) {
				for _, c := range []struct {
					n string
					d time.Duration
					f error
				}{{"a", 50 * ms, nil}, {"b", 150 * ms, exceptions.Value("b")}, {"c", 250 * ms, nil}} {
					k := asyncio.CreateTask(w, c.n, c.d, c.f)
					k.SetName(c.n)
					all = append(all, k)
				}
				return all
			}
			show := func(list []asyncio.Awaitable) string {
				var names []string
				for _, a := range list {
					names = append(names, "'"+a.(*asyncio.Task).Name()+"'")
				}
				slices.Sort(names)
				text := "["
				for i, n := range names {
					if i > 0 {
						text += ", "
					}
					text += n
				}
				return text + "]"
			}
			var ts []*asyncio.Task
			for _, opts := range [][]any{nil, {asyncio.FirstCompleted}, {asyncio.FirstException}, {100 * ms},
				{time.Duration(0)}} {
				ts = mk()
				done, pending := asyncio.Wait(append([]any{ts}, opts...)...)
				log(show(done), show(pending))
				_, _ = asyncio.Gather(ts, asyncio.ReturnExceptions)
			}
			done, _ := asyncio.Wait(ts[0], ts[0])
			log(raised(func() { asyncio.Wait() }), word(len(done) == 1))
			log(raised(func() { asyncio.Wait(func() {}) }))
			y := asyncio.CreateTask(w, "y", 100*ms, nil)
			k := asyncio.CreateTask(func() { asyncio.Wait(y) })
			asyncio.Sleep(50 * ms)
			k.Cancel()
			log(outcome(k.Await()))
			asyncio.Sleep(150 * ms)
			for r, err := range asyncio.AsCompleted(asyncio.Coro(w, "p", 150*ms, nil), asyncio.Coro(w, "q", 50*ms, nil),
				asyncio.Coro(w, "r", 100*ms, exceptions.Value("r"))) {
				if err != nil {
					r = nil
				}
				log(outcome(r, err))
			}
			for r, err := range asyncio.AsCompleted(asyncio.Coro(w, "s", 50*ms, nil),
				asyncio.Coro(w, "t", 3*time.Second, nil), 750*ms) {
				log(outcome(r, err))
			}
		})},
		{Name: "shield", Since: 8, Timed: true, Python: `
async def main():
    inner = asyncio.ensure_future(work("inner", 0.15))
    async def outer(): return await asyncio.shield(inner)
    k = asyncio.ensure_future(outer()); await asyncio.sleep(0.05); k.cancel()
    print(await aname(k), inner.cancelled()); print(await inner)
    print(await asyncio.shield(inner), await aname(asyncio.shield(work("f", 0, ValueError("f")))))
    x = asyncio.ensure_future(work("x", 1)); s = asyncio.shield(x); await asyncio.sleep(0); x.cancel(); print(await aname(s), s.cancelled())
    y = asyncio.ensure_future(work("y", 0.05)); s = asyncio.shield(y); print(await aname(asyncio.wait_for(s, 0.001))); print(s.cancelled(), await y)
timed(main())
`, Go: run(func(log func(...any)) {
			w := work(log)
			inner := asyncio.CreateTask(w, "inner", 150*ms, nil)
			k := asyncio.CreateTask(func() (any, error) { return asyncio.Shield(inner).Await() })
			asyncio.Sleep(50 * ms)
			k.Cancel()
			log(outcome(k.Await()), word(inner.Cancelled()))
			log(outcome(inner.Await()))
			log(outcome(asyncio.Shield(inner).Await()), func() any {
				_, err := asyncio.Shield(asyncio.Coro(w, "f", 0, exceptions.Value("f"))).Await()
				return outcome(nil, err)
			}())
			x := asyncio.CreateTask(w, "x", time.Second, nil)
			s := asyncio.Shield(x)
			asyncio.Sleep(0)
			x.Cancel()
			log(outcome(s.Await()), word(s.Cancelled()))
			y := asyncio.CreateTask(w, "y", 50*ms, nil)
			s = asyncio.Shield(y)
			_, err := asyncio.WaitFor(s, ms)
			log(outcome(nil, err))
			r, _ := y.Await()
			log(word(s.Cancelled()), r)
		})},
		{Name: "condition", Since: 10, Timed: true, Python: `
async def main():
    c = asyncio.Condition(); box = []
    async def consumer(n):
        async with c:
            await c.wait_for(lambda: box); print(n, box.pop(0))
    ks = [asyncio.create_task(consumer(n)) for n in range(3)]
    await asyncio.sleep(0)
    async with c: box.extend("abc"); c.notify()
    await asyncio.sleep(0.05)
    async with c: c.notify_all()
    await asyncio.gather(*ks); print(c.locked())
    print(name(c.notify), await aname(c.wait()), name(c.release))
    async def waiter():
        async with c: await c.wait()
    k = asyncio.create_task(waiter()); await asyncio.sleep(0)
    async with c: k.cancel(); await asyncio.sleep(0.05); print(k.done())
    print(await aname(k), c.locked())
    s = asyncio.BoundedSemaphore(2); await s.acquire(); s.release(); print(name(s.release), s.locked())
    await s.acquire(); await s.acquire(); print(s.locked())
timed(main())
`, Go: run(func(log func(...any)) {
			c := asyncio.NewCondition(nil)
			var box []string
			var ks []*asyncio.Task
			for n := range 3 {
				ks = append(ks, asyncio.CreateTask(func() {
					c.With(func() {
						c.WaitFor(func() bool { return len(box) > 0 })
						log(n, box[0])
						box = box[1:]
					})
				}))
			}
			asyncio.Sleep(0)
			c.With(func() { box = append(box, "a", "b", "c"); c.Notify() })
			asyncio.Sleep(50 * ms)
			c.With(c.NotifyAll)
			_, _ = asyncio.Gather(ks)
			log(word(c.Locked()))
			log(raised(func() { c.Notify() }), raised(func() { c.Wait() }), raised(c.Release))
			k := asyncio.CreateTask(func() { c.With(func() { c.Wait() }) })
			asyncio.Sleep(0)
			c.With(func() { k.Cancel(); asyncio.Sleep(50 * ms); log(word(k.Done())) })
			_, err := k.Await()
			log(outcome(nil, err), word(c.Locked()))
			s := asyncio.NewBoundedSemaphore(2)
			s.Acquire()
			s.Release()
			log(raised(s.Release), word(s.Locked()))
			s.Acquire()
			s.Acquire()
			log(word(s.Locked()))
		})},
		{Name: "threads", Since: 9, Python: `
async def main():
    loop = asyncio.get_running_loop()
    begun, free = threading.Event(), threading.Event()
    def block(n): begun.set(); free.wait(); return n, threading.current_thread().name.startswith("asyncio_")
    def fail(): raise ValueError("in a thread")
    loop.call_later(0.10, free.set)
    print(await loop.run_in_executor(None, block, 1), await aname(loop.run_in_executor(None, fail)))
    a, b = await asyncio.gather(loop.run_in_executor(None, block, 2), asyncio.to_thread(block, 3)); print(a, b)
    with concurrent.futures.ThreadPoolExecutor(1, "mine") as pool:
        print(await loop.run_in_executor(pool, lambda: threading.current_thread().name))
        begun.clear(); free.clear()
        fs = [loop.run_in_executor(pool, block, n) for n in (4, 5)]
        while not begun.is_set(): await asyncio.sleep(0.01)
        print(fs[1].cancel(), await aname(fs[1])); free.set(); print(await fs[0])
    f = loop.create_future()
    t = threading.Thread(target=lambda: (time.sleep(0.10), loop.call_soon_threadsafe(f.set_result, "from a thread"))); t.start()
    print(await f); t.join()
    async def double(n): await asyncio.sleep(0.05); return 2 * n
    async def bad(): raise KeyError("k")
    out = []
    def other():
        out.append(asyncio.run_coroutine_threadsafe(double(21), loop).result())
        try: asyncio.run_coroutine_threadsafe(bad(), loop).result()
        except KeyError as e: out.append(str(e))
    t = threading.Thread(target=other); t.start()
    while t.is_alive(): await asyncio.sleep(0.02)
    print(out); return loop
loop = asyncio.run(main())
print(name(loop.call_soon_threadsafe, print), loop.is_closed())
`, Go: func(log func(...any)) {
			l, err := asyncio.Run(func() any {
				loop := asyncio.GetRunningLoop()
				pair := func(v any) string { p := v.([]any); return fmt.Sprintf("(%v, %s)", p[0], word(p[1].(bool))) }
				begun, free := threading.NewEvent(), threading.NewEvent()
				block := func(n int) (int, bool) {
					begun.Set()
					free.Wait()
					return n,
						len(threading.CurrentThread().Name()) > 8 && threading.CurrentThread().Name()[:8] == "asyncio_"
				}
				asyncio.CallLater(100*ms, free.Set)
				r, _ := asyncio.RunInExecutor(nil, block, 1).Await()
				log(pair(r),
					outcome(
						asyncio.RunInExecutor(nil, func() error { return exceptions.Value("in a thread") }).Await()))
				rs, _ := asyncio.Gather(loop.RunInExecutor(nil, block, 2),
					func() (any, error) { return asyncio.ToThread(block, 3) })
				log(pair(rs[0]), pair(rs[1]))
				futures.NewThreadPoolExecutor(1).ThreadNamePrefix("mine").With(func(pool *futures.ThreadPoolExecutor) {
					log(
						outcome(asyncio.RunInExecutor(pool, func() string { return threading.CurrentThread().Name() }).
							Await()))
					begun.Clear()
					free.Clear()
					a, b := asyncio.RunInExecutor(pool, block, 4), asyncio.RunInExecutor(pool, block, 5)
					for !begun.IsSet() {
						asyncio.Sleep(10 * ms)
					}
					cancelled := b.Cancel()
					_, err := b.Await()
					log(word(cancelled), outcome(nil, err))
					free.Set()
					r, _ := a.Await()
					log(pair(r))
				})
				f := loop.CreateFuture()
				t := threading.NewThread(func() {
					threading.NewEvent().Wait(threading.Timeout(100 * ms))
					loop.CallSoonThreadsafe(func() { f.SetResult("from a thread") })
				})
				t.Start()
				log(outcome(f.Await()))
				t.Join()
				double := func(n int) int { asyncio.Sleep(50 * ms); return 2 * n }
				var out []any
				t = threading.NewThread(func() {
					r, _ := asyncio.RunCoroutineThreadsafe(loop, double, 21).Result()
					out = append(out, r)
					_, err := asyncio.RunCoroutineThreadsafe(loop,
						func() error { return &exceptions.KeyError{Key: "k"} }).Result()
					out = append(out, err)
				})
				t.Start()
				for t.IsAlive() {
					asyncio.Sleep(25 * ms)
				}
				log(fmt.Sprintf(`[%v, "%v"]`, out...))
				return loop
			})
			if err != nil {
				log(err)
				return
			}
			loop := l.(*asyncio.Loop)
			log(raised(func() { loop.CallSoonThreadsafe(func() {}) }), word(loop.IsClosed()))
		}},
	})
}
