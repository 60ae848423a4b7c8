package threading_test

// This file defines the table of behaviours: little programs in Python and in Go that must print the same.

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/threading"
)

// printer collects what a program prints.
type printer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (p *printer) say(a ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, v := range a {
		if i > 0 {
			p.b.WriteByte(' ')
		}
		switch v := v.(type) {
		case bool:
			p.b.WriteString(map[bool]string{true: "True", false: "False"}[v])
		default:
			fmt.Fprint(&p.b, v)
		}
	}
	p.b.WriteByte('\n')
}

// try prints what fn raises.
func (p *printer) try(fn func()) { p.say(raised(fn)) }

func names(list []*threading.Thread) string {
	var all []string
	for _, t := range list {
		all = append(all, t.Name())
	}
	return strings.Join(all, " ")
}

const ms = time.Millisecond

func f()            {}
func g(int)         {}
func h(a, b, c int) {}

func v(int, ...int) {}

// tryArguments calls functions with too many and too few arguments; h only where parameters' names aren't said.
func tryArguments(p *printer) {
	for _, c := range []struct {
		target any
		args   []any
	}{{f, []any{1}}, {f, []any{1, 2}}, {g, nil}, {g, []any{1, 2}}, {h, []any{1}}, {v, nil}} {
		if _, three := c.target.(func(a, b, c int)); three && gil.Version() != "2.7" {
			continue
		}
		p.try(threading.NewThread(c.target, threading.Args(c.args...)).Run)
	}
}

// row is a program. Python's knows the modules threading, time and sys and has the functions say, attempt (prints what
// a call raises) and names; what it prints is want for versions from since on and up to until.
type row struct {
	name         string
	since, until string // versions; "" is all
	python       string
	program      func(p *printer)
	want         string
}

// version compares "3.9" with "3.10".
func version(v string) int {
	var major, minor int
	fmt.Sscanf(v, "%d.%d", &major, &minor)
	return major*100 + minor
}

func (r row) applies(v string) bool {
	return (r.since == "" || version(v) >= version(r.since)) && (r.until == "" || version(v) <= version(r.until))
}

// worker starts a thread that calls fn and joins it.
func worker(fn func()) {
	t := threading.NewThread(fn)
	t.Start()
	t.Join()
}

func rows() []row {
	return []row{
		{"names since 3.10", "3.10", "", `
def f(): pass
say(threading.Thread(target=f).name, '/', threading.Thread().name, '/', threading.Thread(target=f, name='x').name)
say(threading.Timer(1, f).name)
say(threading.Thread(target=f, name='').name)
say(threading.Thread(target=lambda: None).name)
`, func(p *printer) {
			p.say(threading.NewThread(f).Name(), "/", threading.NewThread(nil).Name(), "/",
				threading.NewThread(f, threading.Name("x")).Name())
			p.say(threading.NewTimer(time.Second, f).Name())
			p.say(threading.NewThread(f, threading.Name("")).Name())
			p.say(threading.NewThread(func() {}).Name())
		}, "Thread-1 (f) / Thread-2 / x\nThread-3\nThread-4 (f)\nThread-5 (<lambda>)\n"},
		{"names through 3.9", "", "3.9", `
def f(): pass
say(threading.Thread(target=f).name, threading.Thread().name, threading.Thread(target=f, name='x').name)
say(threading.Timer(1, f).name if sys.version_info >= (3, 3) else 'Thread-3')
`, func(p *printer) {
			p.say(threading.NewThread(f).Name(), threading.NewThread(nil).Name(),
				threading.NewThread(f, threading.Name("x")).Name())
			p.say(threading.NewTimer(time.Second, f).Name())
		}, "Thread-1 Thread-2 x\nThread-3\n"},
		{"thread", "", "", `
t = threading.Thread(target=lambda a, b: say(a, b), args=(1, 'two'), name='w')
say(t.is_alive(), t.ident, t.daemon, repr(t))
t.start(); t.join(); t.join()
say(t.is_alive(), t.ident is not None, t.daemon)
t.name = 'other'; say(t.name)
say(threading.current_thread().name, threading.current_thread().daemon, threading.current_thread().is_alive())
`, func(p *printer) {
			t := threading.NewThread(func(a int, b string) { p.say(a, b) }, threading.Args(1, "two"),
				threading.Name("w"))
			p.say(t.IsAlive(), none(t.Ident()), t.Daemon(), t)
			t.Start()
			t.Join()
			t.Join()
			p.say(t.IsAlive(), t.Ident() != 0, t.Daemon())
			t.SetName("other")
			p.say(t.Name())
			p.say(threading.CurrentThread().Name(), threading.CurrentThread().Daemon(),
				threading.CurrentThread().IsAlive())
		}, "False None False <Thread(w, initial)>\n1 two\nFalse True False\nother\nMainThread False True\n"},
		{"daemons inherit", "3.3", "", `
def f(): say(threading.Thread().daemon, threading.Thread(daemon=False).daemon)
t = threading.Thread(target=f, daemon=True); t.start(); t.join()
t = threading.Thread(target=f); say(t.daemon); t.daemon = True; say(t.daemon)
`, func(p *printer) {
			f := func() {
				p.say(threading.NewThread(nil).Daemon(), threading.NewThread(nil, threading.Daemon(false)).Daemon())
			}
			t := threading.NewThread(f, threading.Daemon(true))
			t.Start()
			t.Join()
			t = threading.NewThread(f)
			p.say(t.Daemon())
			t.SetDaemon(true)
			p.say(t.Daemon())
		}, "True False\nFalse\nTrue\n"},
		{"enumerate", "", "", `
stop = threading.Event()
a = threading.Thread(target=stop.wait, name='a'); b = threading.Thread(target=stop.wait, name='b')
a.start(); b.start()
say(threading.active_count(), names(threading.enumerate()))
stop.set(); a.join(); b.join()
say(threading.active_count(), names(threading.enumerate()))
`, func(p *printer) {
			stop := threading.NewEvent()
			wait := func() { stop.Wait() }
			a := threading.NewThread(wait, threading.Name("a"))
			b := threading.NewThread(wait, threading.Name("b"))
			a.Start()
			b.Start()
			p.say(threading.ActiveCount(), names(threading.Enumerate()))
			stop.Set()
			a.Join()
			b.Join()
			p.say(threading.ActiveCount(), names(threading.Enumerate()))
		}, "3 MainThread a b\n1 MainThread\n"},
		{"start_new_thread isn't in enumerate", "", "", `
here = threading.Event(); stop = threading.Event(); over = threading.Event()
def f(x): here.set(); stop.wait(); say(x); over.set()
_thread.start_new_thread(f, (7,))
here.wait(); say(names(threading.enumerate())); stop.set(); over.wait()
attempt(lambda: _thread.start_new_thread(5, ()))
`, func(p *printer) {
			var here, stop, over threading.Event
			threading.StartNewThread(func(x int) { here.Set(); stop.Wait(); p.say(x); over.Set() }, 7)
			here.Wait()
			p.say(names(threading.Enumerate()))
			stop.Set()
			over.Wait()
			p.try(func() { threading.StartNewThread(5) })
		}, "MainThread\n7\nTypeError: first arg must be callable\n"},
		{"current_thread of start_new_thread", "", "3.12", `
over = threading.Event()
def f(): t = threading.current_thread(); say(t.name[:6], t.daemon, t is threading.current_thread(), t in threading.enumerate()); attempt(t.join); over.set()
_thread.start_new_thread(f, ()); over.wait()
`, func(p *printer) {
			over := threading.NewEvent()
			threading.StartNewThread(func() {
				t := threading.CurrentThread()
				p.say(t.Name()[:6], t.Daemon(), t == threading.CurrentThread(),
					slices.Contains(threading.Enumerate(), t))
				p.try(func() { t.Join() })
				over.Set()
			})
			over.Wait()
		}, "Dummy- True True True\nAssertionError: cannot join a dummy thread\n"},
		{"misuse of threads", "", "", `
t = threading.Thread(target=lambda: None)
attempt(t.join); t.start(); t.join(); attempt(t.start)
attempt(threading.current_thread().join)
def d(): t.daemon = True
attempt(d)
def d(): threading.current_thread().daemon = True
attempt(d)
t.join(-5)
`, func(p *printer) {
			t := threading.NewThread(func() {})
			p.try(func() { t.Join() })
			t.Start()
			t.Join()
			p.try(t.Start)
			p.try(func() { threading.CurrentThread().Join() })
			p.try(func() { t.SetDaemon(true) })
			p.try(func() { threading.CurrentThread().SetDaemon(true) })
			t.Join(threading.Timeout(-5))
		}, "RuntimeError: cannot join thread before it is started\nRuntimeError: threads can only be started once\n" +
			"RuntimeError: cannot join current thread\nRuntimeError: cannot set daemon status of active thread\n" +
			"RuntimeError: cannot set daemon status of active thread\n"},
		{"arguments through 3.2", "", "3.2", `
def f(): pass
def g(a): pass
def h(a, b, c): pass
def v(a, *b): pass
for target, args in (f, (1,)), (f, (1, 2)), (g, ()), (g, (1, 2)), (h, (1,)), (v, ()):
    attempt(threading.Thread(target=target, args=args).run)
attempt(threading.Lock().release)
`, func(p *printer) {
			tryArguments(p)
			p.try(threading.NewLock().Release)
		}, "TypeError: f() takes no arguments (1 given)\nTypeError: f() takes no arguments (2 given)\n" +
			"TypeError: g() takes exactly 1 argument (0 given)\nTypeError: g() takes exactly 1 argument (2 given)\n" +
			"TypeError: h() takes exactly 3 arguments (1 given)\nTypeError: v() takes at least 1 argument (0 given)\n" +
			"thread.error: release unlocked lock\n"},
		{"arguments", "3.3", "", `
def f(): pass
def g(int): pass
def v(int, *b): pass
for target, args in (f, (1,)), (f, (1, 2)), (g, ()), (g, (1, 2)), (v, ()):
    attempt(threading.Thread(target=target, args=args).run)
attempt(threading.Lock().release)
`, func(p *printer) {
			tryArguments(p)
			p.try(threading.NewLock().Release)
		}, "TypeError: f() takes 0 positional arguments but 1 was given\n" +
			"TypeError: f() takes 0 positional arguments but 2 were given\n" +
			"TypeError: g() missing 1 required positional argument: 'int'\n" +
			"TypeError: g() takes 1 positional argument but 2 were given\n" +
			"TypeError: v() missing 1 required positional argument: 'int'\nRuntimeError: release unlocked lock\n"},
		{"run runs here", "", "", `
t = threading.Thread(target=lambda: say(threading.current_thread().name))
t.run(); say(t.is_alive(), t.ident)
`, func(p *printer) {
			t := threading.NewThread(func() { p.say(threading.CurrentThread().Name()) })
			t.Run()
			p.say(t.IsAlive(), none(t.Ident()))
		}, "MainThread\nFalse None\n"},
		{"join with a time-out", "", "", `
stop = threading.Event(); t = threading.Thread(target=stop.wait); t.start()
say(t.join(0.005), t.join(0), t.is_alive()); stop.set(); t.join(); say(t.is_alive())
`, func(p *printer) {
			var stop threading.Event
			t := threading.NewThread(func() { stop.Wait() })
			t.Start()
			t.Join(threading.Timeout(5 * ms))
			t.Join(threading.Timeout(0))
			p.say("None None", t.IsAlive())
			stop.Set()
			t.Join()
			p.say(t.IsAlive())
		}, "None None True\nFalse\n"},
		{"excepthook", "3.8", "", `
def hook(a): say(a.exc_type.__name__, a.exc_value, a.thread.name)
threading.excepthook = hook
def boom(): raise ValueError('no')
t = threading.Thread(target=boom, name='w'); t.start(); t.join(); say(t.is_alive(), t in threading.enumerate())
def f(): pass
def g(a): pass
t = threading.Thread(target=f, args=(1,), name='w'); t.start(); t.join()
t = threading.Thread(target=f, args=(1, 2), name='w'); t.start(); t.join()
t = threading.Thread(target=g, args=(1, 2), name='w'); t.start(); t.join()
def leave(): raise SystemExit(3)
t = threading.Thread(target=leave, name='w'); t.start(); t.join()
threading.excepthook = getattr(threading, '__excepthook__', threading.excepthook)
`, func(p *printer) {
			threading.SetExceptHook(func(a threading.ExceptHookArgs) { p.say(a.ExcType, a.ExcValue, a.Thread.Name()) })
			run := func(target any, args ...any) *threading.Thread {
				t := threading.NewThread(target, threading.Name("w"), threading.Args(args...))
				t.Start()
				t.Join()
				return t
			}
			t := run(func() { panic(exceptions.Value("no")) })
			p.say(t.IsAlive(), slices.Contains(threading.Enumerate(), t))
			run(f, 1)
			run(f, 1, 2)
			run(g, 1, 2)
			run(func() { panic(&exceptions.SystemExit{Code: 3}) })
			threading.SetExceptHook(nil)
		}, "ValueError no w\nFalse False\nTypeError f() takes 0 positional arguments but 1 was given w\n" +
			"TypeError f() takes 0 positional arguments but 2 were given w\n" +
			"TypeError g() takes 1 positional argument but 2 were given w\n" +
			"SystemExit 3 w\n"},
		{"lock", "", "", `
l = threading.Lock()
say(l.locked(), l.acquire(), l.locked(), l.acquire(False))
l.release(); say(l.locked())
with l: say(l.locked())
say(l.locked())
try:
    with l: raise KeyError
except KeyError: say(l.locked())
`, func(p *printer) {
			l := threading.NewLock()
			p.say(l.Locked(), l.Acquire(), l.Locked(), l.Acquire(threading.Blocking(false)))
			l.Release()
			p.say(l.Locked())
			l.With(func() { p.say(l.Locked()) })
			p.say(l.Locked())
			raised(func() { l.With(func() { panic("key") }) })
			p.say(l.Locked())
		}, "False True True False\nFalse\nTrue\nFalse\nFalse\n"},
		{"lock isn't owned", "", "", `
l = threading.Lock(); l.acquire()
t = threading.Thread(target=l.release); t.start(); t.join()
say(l.locked())
`, func(p *printer) {
			var l threading.Lock
			l.Acquire()
			worker(l.Release)
			p.say(l.Locked())
		}, "False\n"},
		{"lock time-outs", "3.2", "", `
l = threading.Lock(); l.acquire()
say(l.acquire(timeout=0.005), l.acquire(True, 0), l.acquire(timeout=0)); l.release()
say(l.acquire(timeout=0.005), l.locked()); l.release()
say(l.acquire(timeout=-1)); l.release()
attempt(lambda: l.acquire(False, 1))
attempt(lambda: l.acquire(False, 0))
say(l.acquire(False, -1)); l.release()
attempt(l.release)
r = threading.RLock()
attempt(lambda: r.acquire(False, 1)); attempt(r.release)
`, func(p *printer) {
			l := threading.NewLock()
			l.Acquire()
			p.say(l.Acquire(threading.Timeout(5*ms)), l.Acquire(threading.Blocking(true), threading.Timeout(0)),
				l.Acquire(threading.Timeout(0)))
			l.Release()
			p.say(l.Acquire(threading.Timeout(5*ms)), l.Locked())
			l.Release()
			p.say(l.Acquire(threading.Timeout(-1)))
			l.Release()
			p.try(func() { l.Acquire(threading.Blocking(false), threading.Timeout(time.Second)) })
			p.try(func() { l.Acquire(threading.Blocking(false), threading.Timeout(0)) })
			p.say(l.Acquire(threading.Blocking(false), threading.Timeout(-1)))
			l.Release()
			p.try(l.Release)
			r := threading.NewRLock()
			p.try(func() { r.Acquire(threading.Blocking(false), threading.Timeout(time.Second)) })
			p.try(r.Release)
		}, "False False False\nTrue True\nTrue\nValueError: can't specify a timeout for a non-blocking call\n" +
			"ValueError: can't specify a timeout for a non-blocking call\nTrue\nRuntimeError: release unlocked lock\n" +
			"ValueError: can't specify a timeout for a non-blocking call\n" +
			"RuntimeError: cannot release un-acquired lock\n"},
		{"negative time-outs through 3.12", "3.2", "3.12", `
attempt(lambda: threading.Lock().acquire(timeout=-2)); attempt(lambda: threading.RLock().acquire(timeout=-2))
`, func(p *printer) {
			p.try(func() { threading.NewLock().Acquire(threading.Timeout(-2 * time.Second)) })
			p.try(func() { threading.NewRLock().Acquire(threading.Timeout(-2 * time.Second)) })
		}, "ValueError: timeout value must be positive\nValueError: timeout value must be positive\n"},
		{"negative time-outs since 3.13", "3.13", "", `
attempt(lambda: threading.Lock().acquire(timeout=-2)); attempt(lambda: threading.RLock().acquire(timeout=-2))
`, func(p *printer) {
			p.try(func() { threading.NewLock().Acquire(threading.Timeout(-2 * time.Second)) })
			p.try(func() { threading.NewRLock().Acquire(threading.Timeout(-2 * time.Second)) })
		}, "ValueError: timeout value must be a non-negative number\n" +
			"ValueError: timeout value must be a non-negative number\n"},
		{"rlock", "", "", `
l = threading.RLock()
say(bool(l.acquire()), bool(l.acquire()), bool(l.acquire(False)))
def other(): say(bool(l.acquire(False))); attempt(l.release)
def work(): t = threading.Thread(target=other); t.start(); t.join()
work(); l.release(); l.release(); work(); l.release()
def third(): say(bool(l.acquire(False))); l.release()
t = threading.Thread(target=third); t.start(); t.join()
attempt(l.release)
with l:
    with l: pass
`, func(p *printer) {
			l := threading.NewRLock()
			p.say(l.Acquire(), l.Acquire(), l.Acquire(threading.Blocking(false)))
			other := func() { p.say(l.Acquire(threading.Blocking(false))); p.try(l.Release) }
			worker(other)
			l.Release()
			l.Release()
			worker(other)
			l.Release()
			worker(func() { p.say(l.Acquire(threading.Blocking(false))); l.Release() })
			p.try(l.Release)
			l.With(func() { l.With(func() {}) })
		}, "True True True\nFalse\nRuntimeError: cannot release un-acquired lock\nFalse\n" +
			"RuntimeError: cannot release un-acquired lock\n" +
			"True\nRuntimeError: cannot release un-acquired lock\n"},
		{"condition is first in, first out", "", "", `
c = threading.Condition(); waiting = []; order = []
def wait(i):
    with c:
        waiting.append(i); c.notify_all() if False else None
        c.wait(); order.append(i)
ts = []
for i in range(4):
    t = threading.Thread(target=wait, args=(i,)); t.start(); ts.append(t)
    while True:
        with c:
            if len(waiting) == i + 1: break
with c: c.notify()
ts[0].join(); say(order)
with c: c.notify(2)
ts[1].join(); ts[2].join(); say(sorted(order))
with c: c.notify_all()
ts[3].join(); say(sorted(order))
with c: c.notify()
`, func(p *printer) {
			c := threading.NewCondition(nil)
			var waiting, order []int
			var ts []*threading.Thread
			for i := range 4 {
				t := threading.NewThread(func() {
					c.With(func() {
						waiting = append(waiting, i)
						c.Wait()
						order = append(order, i)
					})
				})
				t.Start()
				ts = append(ts, t)
				for in := false; !in; {
					c.With(func() { in = len(waiting) == i+1 })
					gil.Check()
				}
			}
			c.With(func() { c.Notify() })
			ts[0].Join()
			p.say(list(order))
			c.With(func() { c.Notify(2) })
			ts[1].Join()
			ts[2].Join()
			sort.Ints(order)
			p.say(list(order))
			c.With(c.NotifyAll)
			ts[3].Join()
			sort.Ints(order)
			p.say(list(order))
			c.With(func() { c.Notify() })
		}, "[0]\n[0, 1, 2]\n[0, 1, 2, 3]\n"},
		{"condition", "3.2", "", `
c = threading.Condition(threading.Lock())
with c: say(c.wait(0.005), c.wait(0), c.wait(-1), c.wait_for(lambda: False, 0.005), c.wait_for(lambda: True))
attempt(c.notify); attempt(c.notify_all); attempt(c.wait); attempt(c.release)
c = threading.Condition()
attempt(c.notify); attempt(c.notify_all); attempt(c.wait); attempt(c.release)
c.acquire(); c.acquire()
def other():
    with c: say('in'); c.notify()
t = threading.Thread(target=other); t.start(); say(c.wait()); t.join()
c.release(); c.release(); attempt(c.release)
a = threading.Lock(); c = threading.Condition(a); a.acquire(); c.notify(); a.release(); say(a.locked())
`, func(p *printer) {
			c := threading.NewCondition(threading.NewLock())
			c.With(func() {
				p.say(c.Wait(threading.Timeout(5*ms)), c.Wait(threading.Timeout(0)), c.Wait(threading.Timeout(-1)),
					c.WaitFor(func() bool { return false }, threading.Timeout(5*ms)),
					c.WaitFor(func() bool { return true }))
			})
			misuse := func() {
				p.try(func() { c.Notify() })
				p.try(c.NotifyAll)
				p.try(func() { c.Wait() })
				p.try(c.Release)
			}
			misuse()
			c = &threading.Condition{}
			misuse()
			c.Acquire()
			c.Acquire()
			t := threading.NewThread(func() { c.With(func() { p.say("in"); c.Notify() }) })
			t.Start()
			p.say(c.Wait())
			t.Join()
			c.Release()
			c.Release()
			p.try(c.Release)
			a := threading.NewLock()
			c = threading.NewCondition(a)
			a.Acquire()
			c.Notify()
			a.Release()
			p.say(a.Locked())
		}, "False False False False True\nRuntimeError: cannot notify on un-acquired lock\n" +
			"RuntimeError: cannot notify on un-acquired lock\n" +
			"RuntimeError: cannot wait on un-acquired lock\nRuntimeError: release unlocked lock\n" +
			"RuntimeError: cannot notify on un-acquired lock\nRuntimeError: cannot notify on un-acquired lock\n" +
			"RuntimeError: cannot wait on un-acquired lock\nRuntimeError: cannot release un-acquired lock\n" +
			"in\nTrue\nRuntimeError: cannot release un-acquired lock\nFalse\n"},
		{"semaphore", "3.9", "", `
s = threading.Semaphore(2)
say(s.acquire(), s.acquire(), s.acquire(False), s.acquire(timeout=0.005), s.acquire(True, -1))
s.release(); s.release(2); say(s.acquire(), s.acquire(), s.acquire(), s.acquire(False))
attempt(lambda: threading.Semaphore(-1)); attempt(lambda: threading.BoundedSemaphore(-1))
attempt(lambda: s.acquire(False, 1)); attempt(lambda: s.release(0)); attempt(lambda: s.release(-1))
b = threading.BoundedSemaphore(); attempt(b.release); say(b.acquire(), b.acquire(False)); b.release(); attempt(b.release)
b = threading.BoundedSemaphore(3); b.acquire(); attempt(lambda: b.release(2)); b.release()
with b: pass
t = threading.Thread(target=s.release); t.start(); say(s.acquire()); t.join()
z = threading.Semaphore(); say(z.acquire(), z.acquire(False))
`, func(p *printer) {
			no := threading.Blocking(false)
			s := threading.NewSemaphore(2)
			p.say(s.Acquire(), s.Acquire(), s.Acquire(no), s.Acquire(threading.Timeout(5*ms)),
				s.Acquire(threading.Timeout(-1)))
			s.Release()
			s.Release(2)
			p.say(s.Acquire(), s.Acquire(), s.Acquire(), s.Acquire(no))
			p.try(func() { threading.NewSemaphore(-1) })
			p.try(func() { threading.NewBoundedSemaphore(-1) })
			p.try(func() { s.Acquire(no, threading.Timeout(time.Second)) })
			p.try(func() { s.Release(0) })
			p.try(func() { s.Release(-1) })
			var b threading.BoundedSemaphore
			p.try(func() { b.Release() })
			p.say(b.Acquire(), b.Acquire(no))
			b.Release()
			p.try(func() { b.Release() })
			c := threading.NewBoundedSemaphore(3)
			c.Acquire()
			p.try(func() { c.Release(2) })
			c.Release()
			c.With(func() {})
			t := threading.NewThread(func() { s.Release() })
			t.Start()
			p.say(s.Acquire())
			t.Join()
			var z threading.Semaphore
			p.say(z.Acquire(), z.Acquire(no))
		}, "True True False False False\nTrue True True False\nValueError: semaphore initial value must be >= 0\n" +
			"ValueError: semaphore initial value must be >= 0\n" +
			"ValueError: can't specify timeout for non-blocking acquire\n" +
			"ValueError: n must be one or more\nValueError: n must be one or more\n" +
			"ValueError: Semaphore released too many times\n" +
			"True False\nValueError: Semaphore released too many times\n" +
			"ValueError: Semaphore released too many times\nTrue\nTrue False\n"},
		{"event", "", "", `
e = threading.Event()
say(e.is_set(), e.wait(0.005), e.wait(0), e.wait(-1))
t = threading.Thread(target=e.set); t.start(); say(e.wait(), e.is_set()); t.join()
e.set(); say(e.wait(0)); e.clear(); say(e.is_set())
`, func(p *printer) {
			e := threading.NewEvent()
			p.say(e.IsSet(), e.Wait(threading.Timeout(5*ms)), e.Wait(threading.Timeout(0)),
				e.Wait(threading.Timeout(-1)))
			t := threading.NewThread(e.Set)
			t.Start()
			p.say(e.Wait(), e.IsSet())
			t.Join()
			e.Set()
			p.say(e.Wait(threading.Timeout(0)))
			e.Clear()
			p.say(e.IsSet())
		}, "False False False False\nTrue True\nTrue\nFalse\n"},
		{"timer", "", "", `
t = threading.Timer(0.005, lambda x: say(x), (7,)); t.start(); t.join(); say(t.is_alive())
t = threading.Timer(3600, lambda: say('no')); t.start(); t.cancel(); t.join()
t = threading.Timer(-1, lambda: say('at once')); t.start(); t.join()
t = threading.Timer(1, lambda: say('no')); t.cancel(); t.start(); t.join()
`, func(p *printer) {
			t := threading.NewTimer(5*ms, func(x int) { p.say(x) }, threading.Args(7))
			t.Start()
			t.Join()
			p.say(t.IsAlive())
			t = threading.NewTimer(time.Hour, func() { p.say("no") })
			t.Start()
			t.Cancel()
			t.Join()
			t = threading.NewTimer(-1, func() { p.say("at once") })
			t.Start()
			t.Join()
			t = threading.NewTimer(time.Second, func() { p.say("no") })
			t.Cancel()
			t.Start()
			t.Join()
		}, "7\nFalse\nat once\n"},
		{"barrier", "3.3", "", `
b = threading.Barrier(3, lambda: say('action')); got = []
def f(): got.append(b.wait()); got.append(b.wait())
ts = [threading.Thread(target=f) for i in range(3)]
for t in ts: t.start()
for t in ts: t.join()
say(sorted(got), b.n_waiting, b.broken, b.parties)
b = threading.Barrier(2)
attempt(lambda: b.wait(0.005)); say(b.broken); attempt(b.wait); b.reset(); say(b.broken)
b.abort(); attempt(b.wait); b.reset()
def g(): attempt(b.wait)
t = threading.Thread(target=g); t.start()
while b.n_waiting < 1: pass
b.reset(); t.join(); say(b.broken)
t = threading.Thread(target=g); t.start()
while b.n_waiting < 1: pass
b.abort(); t.join(); say(b.broken)
attempt(threading.Barrier(2, timeout=0.005).wait)
def boom(): raise ValueError('boom')
b = threading.Barrier(1, boom); attempt(b.wait); say(b.broken)
`, func(p *printer) {
			b := threading.NewBarrier(3, threading.Action(func() { p.say("action") }))
			var mu sync.Mutex
			var got []int
			var ts []*threading.Thread
			for range 3 {
				t := threading.NewThread(func() {
					for range 2 {
						i, _ := b.Wait()
						mu.Lock()
						got = append(got, i)
						mu.Unlock()
					}
				})
				t.Start()
				ts = append(ts, t)
			}
			for _, t := range ts {
				t.Join()
			}
			sort.Ints(got)
			p.say(list(got), b.NWaiting(), b.Broken(), b.Parties())
			wait := func(opts ...threading.WaitOption) {
				if _, err := b.Wait(opts...); err != nil {
					p.say("BrokenBarrierError:")
				}
			}
			b = threading.NewBarrier(2)
			wait(threading.Timeout(5 * ms))
			p.say(b.Broken())
			wait()
			b.Reset()
			p.say(b.Broken())
			b.Abort()
			wait()
			b.Reset()
			for _, end := range []func(){b.Reset, b.Abort} {
				t := threading.NewThread(func() { wait() })
				t.Start()
				for b.NWaiting() < 1 {
					gil.Check()
				}
				end()
				t.Join()
				p.say(b.Broken())
			}
			b = threading.NewBarrier(2, threading.Timeout(5*ms))
			wait()
			b = threading.NewBarrier(1, threading.Action(func() { panic(exceptions.Value("boom")) }))
			p.try(func() { wait() })
			p.say(b.Broken())
		}, "action\naction\n[0, 0, 1, 1, 2, 2] 0 False 3\nBrokenBarrierError:\nTrue\nBrokenBarrierError:\nFalse\n" +
			"BrokenBarrierError:\n" +
			"BrokenBarrierError:\nFalse\nBrokenBarrierError:\nTrue\nBrokenBarrierError:\nValueError: boom\nTrue\n"},
		{"barrier of nobody", "3.13", "", `
attempt(lambda: threading.Barrier(0)); attempt(lambda: threading.Barrier(-1))
`, func(p *printer) {
			p.try(func() { threading.NewBarrier(0) })
			p.try(func() { threading.NewBarrier(-1) })
		}, "ValueError: parties must be > 0\nValueError: parties must be > 0\n"},
		{"local", "3.2", "", `
d = threading.local(); d.x = 1
def f(): attempt(lambda: d.x); d.x = 2; say(d.x); del d.x; say(getattr(d, 'x', None))
t = threading.Thread(target=f); t.start(); t.join(); say(d.x)
class L(threading.local):
    def __init__(self): self.n = 5
m = L(); m.n = 6
def g(): say(m.n)
t = threading.Thread(target=g); t.start(); t.join(); say(m.n)
`, func(p *printer) {
			d := threading.NewLocal()
			d.Set("x", 1)
			worker(func() {
				p.try(func() { d.Get("x") })
				d.Set("x", 2)
				p.say(d.Get("x"))
				d.Delete("x")
				_, ok := d.Lookup("x")
				p.say(map[bool]string{false: "None"}[ok])
			})
			p.say(d.Get("x"))
			m := threading.NewLocal(func(l *threading.Local) { l.Set("n", 5) })
			m.Set("n", 6)
			worker(func() { p.say(m.Get("n")) })
			p.say(m.Get("n"))
		}, "AttributeError: '_thread._local' object has no attribute 'x'\n2\nNone\n1\n5\n6\n"},
		{"stack_size", "", "", `
say(threading.stack_size()); attempt(lambda: threading.stack_size(1)); attempt(lambda: threading.stack_size(-1))
say(threading.stack_size(65536), threading.stack_size(0))
`, func(p *printer) {
			p.say(threading.StackSize())
			p.try(func() { threading.StackSize(1) })
			p.try(func() { threading.StackSize(-1) })
			p.say(threading.StackSize(65536), threading.StackSize(0))
		}, "0\nValueError: size not valid: 1 bytes\nValueError: size must be 0 or a positive value\n0 65536\n"},
		{"time-outs have an end, through 3.10", "3.2", "3.10", `
attempt(lambda: threading.Lock().acquire(timeout=1e10)); attempt(lambda: threading.Event().wait(1e10))
`, func(p *printer) {
			p.try(func() { threading.NewLock().Acquire(threading.Timeout(1<<63 - 1)) })
			p.try(func() { threading.NewEvent().Wait(threading.Timeout(1<<63 - 1)) })
		}, "OverflowError: timestamp too large to convert to C _PyTime_t\n" +
			"OverflowError: timestamp too large to convert to C _PyTime_t\n"},
		{"time-outs have an end", "3.11", "", `
attempt(lambda: threading.Lock().acquire(timeout=1e10)); attempt(lambda: threading.Event().wait(1e10)); say(int(threading.TIMEOUT_MAX))
`, func(p *printer) {
			p.try(func() { threading.NewLock().Acquire(threading.Timeout(1<<63 - 1)) })
			p.try(func() { threading.NewEvent().Wait(threading.Timeout(1<<63 - 1)) })
			p.say(int64(threading.TimeoutMax / time.Second))
		}, "OverflowError: timestamp out of range for platform time_t\n" +
			"OverflowError: timestamp out of range for platform time_t\n9223372036\n"},
	}
}

// none is what Python has where Go has a 0.
func none(n int64) any {
	if n == 0 {
		return "None"
	}
	return n
}

// list writes numbers as Python does.
func list(a []int) string { return strings.ReplaceAll(fmt.Sprint(a), " ", ", ") }

func TestBehaviours(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		for _, r := range rows() {
			if !r.applies(w.in.Profile().Version) {
				continue
			}
			if got := play(t, w, r); got != r.want {
				t.Errorf("%s\ngot\n%swant\n%s", r.name, got, r.want)
			}
		}
	})
}

// play runs a row's program as a cell.
func play(t *testing.T, w *world, r row) string {
	t.Helper()
	var p printer
	if err := w.run(func() { r.program(&p) }); err != nil {
		p.say(pythonic(err))
		t.Errorf("%s: %v", r.name, err)
	}
	return p.b.String()
}
