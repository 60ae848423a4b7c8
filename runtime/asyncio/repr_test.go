package asyncio_test

// This file defines the comparison of texts: the repr of asyncio's things.

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"gilkernel/runtime/asyncio"
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/twin"
)

// Places and what is nested in functions differ.
const reprPrelude = prelude + `
import re
def p(*things):
    for x in things:
        x = re.sub('0x[0-9a-f]+', '0xA', repr(x)).replace("main.<locals>.", "").replace("<stdin>", "stdin")
        print(re.sub(r'coro=<\w+\(\) (\w+)[^>]*>', r'coro=<\1>', re.sub(r'when=[\d.]+', 'when=T', x)))
`

var noise = []struct {
	pattern *regexp.Regexp
	by      string
}{
	{regexp.MustCompile(`0x[0-9a-f]+`), "0xA"},
	{regexp.MustCompile(`when=[\d.]+`), "when=T"},
	{regexp.MustCompile(`coro=<[^(]*\(\) (\w+)[^>]*>`), "coro=<$1>"},
}

func TestRepr(t *testing.T) {
	p := func(log func(...any), things ...any) {
		for _, x := range things {
			text := fmt.Sprint(x)
			if s := fmt.Sprintf("%#v %+v", x, x); s != text+" "+text {
				t.Errorf("%T is %s", x, s)
			}
			for _, n := range noise {
				text = n.pattern.ReplaceAllString(text, n.by)
			}
			log(text)
		}
	}
	run := func(main func(log func(...any))) func(log func(...any)) {
		return func(log func(...any)) { _, _ = asyncio.Run(func() { main(log) }) }
	}
	twin.Compare(t, reprPrelude, []twin.Program{
		{Name: "tasks", Since: 10, Python: `
async def main():
    loop = asyncio.get_running_loop(); p(loop)
    l = asyncio.Lock(); p(l); await l.acquire(); p(l)
    async def w(): await l.acquire()
    k = asyncio.create_task(w()); k.set_name("it's"); p(k); await asyncio.sleep(0); p(l, k); k.cancel(); p(k); await aname(k); p(k)
    async def foo(): await asyncio.sleep(0); return "x"
    async def bad(): raise ValueError("no")
    a = asyncio.create_task(foo()); await a; p(a)
    b = asyncio.create_task(bad()); await aname(b); p(b)
    f = loop.create_future(); p(f); f.set_result([1, None]); p(f)
    f = loop.create_future(); f.cancel(); p(f)
    g = loop.create_future()
    async def on(x): await x
    c = asyncio.create_task(on(g)); d = asyncio.create_task(on(c)); await asyncio.sleep(0); p(d); g.set_result(1); await d
asyncio.run(main())
`, Go: run(func(log func(...any)) {
			p(log, asyncio.GetRunningLoop())
			l := asyncio.NewLock("named")
			p(log, l)
			l.Acquire()
			p(log, l)
			k := asyncio.CreateTask(func() { l.Acquire() })
			k.SetName("it's")
			p(log, k)
			asyncio.Sleep(0)
			p(log, l, k)
			k.Cancel()
			p(log, k)
			_, _ = k.Await()
			p(log, k)
			a := asyncio.CreateTask(func() string { asyncio.Sleep(0); return "x" })
			_, _ = a.Await()
			p(log, a)
			b := asyncio.CreateTask(func() error { return exceptions.Value("no") })
			_, _ = b.Await()
			p(log, b)
			f := asyncio.NewFuture()
			p(log, f)
			f.SetResult([]any{1, nil})
			p(log, f)
			f = asyncio.NewFuture()
			f.Cancel()
			p(log, f)
			g := asyncio.NewFuture()
			c := asyncio.CreateTask(func() { _, _ = g.Await() })
			d := asyncio.CreateTask(func() { _, _ = c.Await() })
			asyncio.Sleep(0)
			p(log, d)
			g.SetResult(1)
			_, _ = d.Await()
		})},
		{Name: "locks and queues", Since: 10, Python: `
async def main():
    s = asyncio.Semaphore(2); p(asyncio.Event(), s, asyncio.BoundedSemaphore(2), asyncio.Condition()); await s.acquire(); await s.acquire(); p(s)
    e = asyncio.Event(); k = asyncio.create_task(e.wait()); await asyncio.sleep(0); p(e); e.set(); p(e); await k
    q = asyncio.Queue(1); p(q); q.put_nowait('x'); p(q)
    k = asyncio.create_task(q.put(2)); await asyncio.sleep(0); p(q); q.get_nowait(); await k; q.get_nowait()
    k = asyncio.create_task(q.get()); await asyncio.sleep(0); p(q); k.cancel()
asyncio.run(main())
`, Go: run(func(log func(...any)) {
			s := asyncio.NewSemaphore(2)
			p(log, asyncio.NewEvent(), s, asyncio.NewBoundedSemaphore(2), asyncio.NewCondition(nil))
			s.Acquire()
			s.Acquire()
			p(log, s)
			e := asyncio.NewEvent()
			k := asyncio.CreateTask(func() { e.Wait() })
			asyncio.Sleep(0)
			p(log, e)
			e.Set()
			p(log, e)
			_, _ = k.Await()
			q := asyncio.NewQueue(1)
			p(log, q)
			_ = q.PutNowait("x")
			p(log, q)
			k = asyncio.CreateTask(func() { q.Put(2) })
			asyncio.Sleep(0)
			p(log, q)
			_, _ = q.GetNowait()
			_, _ = k.Await()
			_, _ = q.GetNowait()
			k = asyncio.CreateTask(func() { q.Get() })
			asyncio.Sleep(0)
			p(log, q)
			k.Cancel()
		})},
		{Name: "groups and time-outs", Since: 11, Python: `
async def main():
    tm = asyncio.timeout(1); p(tm, asyncio.TaskGroup())
    async with tm: p(tm)
    p(tm, asyncio.timeout(None))
    async with asyncio.TaskGroup() as tg:
        p(tg); tg.create_task(asyncio.sleep(0)); p(tg)
    p(tg)
asyncio.run(main())
`, Go: run(func(log func(...any)) {
			tm := asyncio.NewTimeout(time.Second)
			p(log, tm, asyncio.NewTaskGroup())
			_ = tm.With(func() { p(log, tm) })
			p(log, tm, asyncio.NewTimeout())
			g := asyncio.NewTaskGroup()
			_ = g.With(func(tg *asyncio.TaskGroup) {
				p(log, tg)
				tg.CreateTask(asyncio.Sleep, 0)
				p(log, tg)
			})
			p(log, g)
		})},
	})
}
