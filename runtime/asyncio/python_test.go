package asyncio_test

import (
	"errors"
	"testing"
	"time"

	"gilkernel/runtime/asyncio"
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/twin"
)

// prelude is what the programs use. timed is asyncio.run with a clock of its own, for programs whose order depends on
// time: it jumps to the next timer when nothing is ready, in milliseconds as epoll counts them, and each look at it
// takes a microsecond. So a loaded computer can't change what Python prints.
const prelude = `
import asyncio, math, selectors, time
class Selector(selectors.DefaultSelector):
    clock = 1000.0
    def select(self, timeout=None):
        events = super().select(timeout and 0)
        if timeout and not events: self.clock += math.ceil(timeout * 1e3) * 1e-3
        return events
class Loop(asyncio.SelectorEventLoop):
    def __init__(self): super().__init__(Selector())
    def time(self): self._selector.clock += 1e-6; return self._selector.clock
def timed(main):
    policy = asyncio.get_event_loop_policy(); factory, policy._loop_factory = policy._loop_factory, Loop
    try: return asyncio.run(main)
    finally: policy._loop_factory = factory
def name(f, *a, **k):
    try: return f(*a, **k)
    except Exception as e: return type(e).__name__ + (": " + str(e) if str(e) else "")
async def aname(c):
    try: return await c
    except (Exception, asyncio.CancelledError) as e: return type(e).__name__ + (": " + str(e) if str(e) else "")
`

// outcome is Python's name, without the words that Go adds to errors that have none in Python.
func outcome(v any, err error) any {
	var e exceptions.Exception
	switch {
	case err == nil && v == nil:
		return "None"
	case err == nil:
		return v
	case errors.Is(err, &asyncio.CancelledError{}):
		return "CancelledError"
	case errors.Is(err, &asyncio.TimeoutError{}):
		return "TimeoutError"
	case errors.As(err, &e):
		switch e.Exception() {
		case "QueueEmpty", "QueueFull", "QueueShutDown":
			return e.Exception()
		}
		return e.Exception() + ": " + e.Error()
	}
	return err
}

func raised(fn func()) any {
	err, _ := catch(fn).(error)
	return outcome(nil, err)
}

func TestPython(t *testing.T) {
	ms := time.Millisecond
	run := func(main func(log func(...any))) func(log func(...any)) {
		return func(log func(...any)) { _, _ = asyncio.Run(func() { main(log) }) }
	}
	twin.Compare(t, prelude, []twin.Program{
		{Name: "order", Since: 7, Python: `
async def w(n, k):
    for i in range(k):
        print(n, i); await asyncio.sleep(0)
    return n
async def main():
    t = asyncio.get_running_loop().create_task(w("t", 2))
    print("created")
    print(*await asyncio.gather(w("a", 3), w("b", 1), t))
    asyncio.get_running_loop().call_soon(print, "soon")
    await w("direct", 2)
    f = asyncio.get_running_loop().create_future()
    f.add_done_callback(lambda f: print("callback", f.result()))
    f.set_result(5); print("set", await f); await asyncio.sleep(0); print("end")
asyncio.run(main())`, Go: run(func(log func(...any)) {
			w := func(n string, k int) string {
				for i := range k {
					log(n, i)
					asyncio.Sleep(0)
				}
				return n
			}
			k := asyncio.CreateTask(w, "t", 2)
			log("created")
			rs, _ := asyncio.Gather(asyncio.Coro(w, "a", 3), asyncio.Coro(w, "b", 1), k)
			log(rs...)
			asyncio.CallSoon(func() { log("soon") })
			w("direct", 2)
			f := asyncio.NewFuture()
			f.AddDoneCallback(func(f *asyncio.Future) { log("callback", outcome(f.Result())) })
			f.SetResult(5)
			log("set", outcome(f.Await()))
			asyncio.Sleep(0)
			log("end")
		})},
		{Name: "cancel", Since: 8, Python: `
async def sleeper(n):
    try:
        print("begin", n); await asyncio.sleep(1000)
    except asyncio.CancelledError:
        print("cancelled", n)
        if n == "stubborn": return "stays"
        raise
    finally:
        print("finally", n)
async def main():
    a, b, c, d = [asyncio.create_task(sleeper(n)) for n in ("a", "stubborn", "c", "never")]
    d.cancel()
    await asyncio.sleep(0)
    print(a.cancel(), a.done(), b.cancel(), a.cancelled())
    print(await aname(a), await aname(b), a.cancelled(), b.cancelled(), a.cancel(), await aname(d))
    async def outer(): await asyncio.gather(c)
    o = asyncio.create_task(outer())
    await asyncio.sleep(0); await asyncio.sleep(0)
    o.cancel(); print(await aname(o), c.cancelled())
asyncio.run(main())`, Go: run(func(log func(...any)) {
			sleeper := func(n string) (r string) {
				log("begin", n)
				defer func() {
					defer log("finally", n)
					v := recover()
					log("cancelled", n)
					if n == "stubborn" {
						r = "stays"
						return
					}
					panic(v)
				}()
				asyncio.Sleep(1000 * time.Second)
				return ""
			}
			var ks []*asyncio.Task
			for _, n := range []string{"a", "stubborn", "c", "never"} {
				ks = append(ks, asyncio.CreateTask(sleeper, n))
			}
			a, b, c, d := ks[0], ks[1], ks[2], ks[3]
			d.Cancel()
			asyncio.Sleep(0)
			log(truth(a.Cancel()), truth(a.Done()), truth(b.Cancel()), truth(a.Cancelled()))
			x, y := outcome(a.Await()), outcome(b.Await())
			log(x, y, truth(a.Cancelled()), truth(b.Cancelled()), truth(a.Cancel()), outcome(d.Await()))
			o := asyncio.CreateTask(func() { _, _ = asyncio.Gather(c) })
			asyncio.Sleep(0)
			asyncio.Sleep(0)
			o.Cancel()
			log(outcome(o.Await()), truth(c.Cancelled()))
		})},
		{Name: "gather", Since: 8, Timed: true, Python: `
async def bad(): await asyncio.sleep(0); raise ValueError("bad")
async def good(n): await asyncio.sleep(n / 1000); print("good", n); return n
async def main():
    print(await aname(asyncio.gather(good(20), bad(), good(1))))
    await asyncio.sleep(.04)
    r = await asyncio.gather(good(2), bad(), good(1), return_exceptions=True)
    print(r[0], type(r[1]).__name__, r[2], await asyncio.gather())
    t = asyncio.create_task(good(1)); print(*await asyncio.gather(t, t))
    t = asyncio.create_task(good(1)); t.cancel(); print(await aname(asyncio.gather(t, good(3))))
    print(name(asyncio.gather, 5))
timed(main())`, Go: run(func(log func(...any)) {
			bad := func() error { asyncio.Sleep(0); return exceptions.Value("bad") }
			good := func(n int) int { asyncio.Sleep(time.Duration(n) * ms); log("good", n); return n }
			rs, err := asyncio.Gather(asyncio.Coro(good, 20), bad, asyncio.Coro(good, 1))
			log(outcome(rs, err))
			asyncio.Sleep(40 * ms)
			rs, _ = asyncio.Gather(asyncio.Coro(good, 2), bad, asyncio.Coro(good, 1), asyncio.ReturnExceptions)
			none, _ := asyncio.Gather()
			log(rs[0], rs[1].(exceptions.Exception).Exception(), rs[2], none)
			k := asyncio.CreateTask(good, 1)
			rs, _ = asyncio.Gather(k, k)
			log(rs...)
			k = asyncio.CreateTask(good, 1)
			k.Cancel()
			rs, err = asyncio.Gather(k, asyncio.Coro(good, 3))
			log(outcome(rs, err))
			log(raised(func() { _, _ = asyncio.Gather(5) }))
		})},
		{Name: "wait_for", Since: 8, Python: `
async def slow():
    try: await asyncio.sleep(100)
    finally: print("finally")
async def quick(): return 7
async def stubborn():
    try: await asyncio.sleep(100)
    except asyncio.CancelledError: pass
    return "stays"
async def main():
    print(await aname(asyncio.wait_for(quick(), 10)), await aname(asyncio.wait_for(slow(), .01)))
    f = asyncio.get_running_loop().create_future(); print(await aname(asyncio.wait_for(f, 0)), f.cancelled())
    t = asyncio.create_task(asyncio.wait_for(slow(), 10)); await asyncio.sleep(.001); t.cancel(); print(await aname(t))
asyncio.run(main())`, Go: run(func(log func(...any)) {
			slow := func() { defer log("finally"); asyncio.Sleep(100 * time.Second) }
			r := outcome(asyncio.WaitFor(func() int { return 7 }, 10*time.Second))
			log(r, outcome(asyncio.WaitFor(slow, 10*ms)))
			f := asyncio.NewFuture()
			log(outcome(asyncio.WaitFor(f, 0)), truth(f.Cancelled()))
			k := asyncio.CreateTask(func() (any, error) { return asyncio.WaitFor(slow, 10*time.Second) })
			asyncio.Sleep(ms)
			k.Cancel()
			log(outcome(k.Await()))
		})},
		{Name: "timeout", Since: 11, Python: `
async def main():
    try:
        async with asyncio.timeout(.01): await asyncio.sleep(100)
    except TimeoutError: print("TimeoutError")
    async with asyncio.timeout(100): await asyncio.sleep(0)
    await asyncio.sleep(0); print("end")
asyncio.run(main())`, Go: run(func(log func(...any)) {
			log(outcome(nil, asyncio.Timeout(10*ms, func() { asyncio.Sleep(100 * time.Second) })))
			_ = asyncio.Timeout(100*time.Second, func() { asyncio.Sleep(0) })
			asyncio.Sleep(0)
			log("end")
		})},
		{Name: "queue", Since: 10, Python: `
async def main():
    q = asyncio.Queue(2)
    print(name(q.get_nowait), name(q.put_nowait, 1), name(q.put_nowait, 2), name(q.put_nowait, 3), q.qsize(), q.full(), q.empty(), q.maxsize)
    async def put(n): await q.put(n); print("put", n)
    async def get(n):
        x = await q.get(); print(n, "got", x); q.task_done()
    ps = [asyncio.create_task(put(n)) for n in (3, 4, 5)]
    await asyncio.sleep(0)
    ps[0].cancel()
    gs = [asyncio.create_task(get(n)) for n in "abcd"]
    await asyncio.gather(*ps, *gs, return_exceptions=True)
    await q.join(); print(name(q.task_done))
    gs = [asyncio.create_task(get(n)) for n in "ef"]
    await asyncio.sleep(0); gs[0].cancel(); q.put_nowait(9)
    await asyncio.gather(*gs, return_exceptions=True); print(gs[0].cancelled())
asyncio.run(main())`, Go: run(func(log func(...any)) {
			q := asyncio.NewQueue(2)
			log(outcome(q.GetNowait()), outcome(nil, q.PutNowait(1)), outcome(nil, q.PutNowait(2)),
				outcome(nil, q.PutNowait(3)), q.Qsize(), truth(q.Full()), truth(q.Empty()), q.Maxsize())
			put := func(n int) { q.Put(n); log("put", n) }
			get := func(n string) { x := q.Get(); log(n, "got", x); q.TaskDone() }
			var ps []*asyncio.Task
			var all []any
			for n := 3; n < 6; n++ {
				ps = append(ps, asyncio.CreateTask(put, n))
				all = append(all, ps[n-3])
			}
			asyncio.Sleep(0)
			ps[0].Cancel()
			for _, n := range []string{"a", "b", "c", "d"} {
				all = append(all, asyncio.CreateTask(get, n))
			}
			_, _ = asyncio.Gather(append(all, asyncio.ReturnExceptions)...)
			q.Join()
			log(raised(q.TaskDone))
			e, f := asyncio.CreateTask(get, "e"), asyncio.CreateTask(get, "f")
			asyncio.Sleep(0)
			e.Cancel()
			_ = q.PutNowait(9)
			_, _ = asyncio.Gather(e, f, asyncio.ReturnExceptions)
			log(truth(e.Cancelled()))
		})},
		{Name: "locks", Since: 10, Python: `
async def main():
    l, s, e = asyncio.Lock(), asyncio.Semaphore(2), asyncio.Event()
    async def work(n):
        async with s:
            await e.wait()
            async with l:
                print("in", n); await asyncio.sleep(0); print("out", n)
    ts = [asyncio.create_task(work(n)) for n in range(4)]
    await asyncio.sleep(0); print(l.locked(), s.locked(), e.is_set())
    e.set(); ts[1].cancel()
    await asyncio.gather(*ts, return_exceptions=True)
    print(l.locked(), s.locked(), e.is_set(), name(l.release))
asyncio.run(main())`, Go: run(func(log func(...any)) {
			l, s, e := asyncio.NewLock(), asyncio.NewSemaphore(2), asyncio.NewEvent()
			work := func(n int) {
				s.With(func() {
					e.Wait()
					l.With(func() { log("in", n); asyncio.Sleep(0); log("out", n) })
				})
			}
			var all []any
			for n := range 4 {
				all = append(all, asyncio.CreateTask(work, n))
			}
			asyncio.Sleep(0)
			log(truth(l.Locked()), truth(s.Locked()), truth(e.IsSet()))
			e.Set()
			all[1].(*asyncio.Task).Cancel()
			_, _ = asyncio.Gather(append(all, asyncio.ReturnExceptions)...)
			log(truth(l.Locked()), truth(s.Locked()), truth(e.IsSet()), raised(l.Release))
		})},
		{Name: "run", Since: 8, Python: `
async def rest(n):
    try: await asyncio.sleep(100)
    finally: print("rest", n)
async def main():
    asyncio.create_task(rest(1)); await asyncio.sleep(0); return asyncio.current_task().get_name()[:5]
print(asyncio.run(main()), name(asyncio.run, 5), name(asyncio.get_running_loop))
async def fail(): raise KeyError
print(name(asyncio.run, fail()))`, Go: func(log func(...any)) {
			r := outcome(asyncio.Run(func() string {
				asyncio.CreateTask(func() { defer log("rest", 1); asyncio.Sleep(100 * time.Second) })
				asyncio.Sleep(0)
				return asyncio.CurrentTask().Name()[:5]
			}))
			log(r, raised(func() { _, _ = asyncio.Run(5) }), raised(func() { asyncio.AllTasks() }))
			_, err := asyncio.Run(func() error { return errors.New("KeyError") })
			log(err)
		}},
	})
}

func truth(b bool) string { return map[bool]string{true: "True", false: "False"}[b] }
