package futures_test

// This file defines the comparison of texts: the repr of threading's, queue's and concurrent.futures' things.

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/futures"
	"gilkernel/runtime/queue"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

const reprPrelude = `
from __future__ import print_function
import re, threading, time
try: import queue
except ImportError: import Queue as queue
def p(*things):
    print(*[re.sub(r'(owner=|started |stopped |daemon )[1-9]\d*', r'\1ID', re.sub('0x[0-9a-f]+', '0xA', repr(x))) for x in things])
def work(): pass
`

var (
	address = regexp.MustCompile(`0x[0-9a-f]+`)
	ident   = regexp.MustCompile(`(owner=|started |stopped |daemon )[1-9]\d*`)
)

// shown is a thing's text, without what differs from run to run. All ways to print it must be the same.
func shown(t *testing.T, x any) string {
	text := fmt.Sprint(x)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if s := fmt.Sprintf(verb, x); s != text {
			t.Errorf("%s of %T is %s, not %s", verb, x, s, text)
		}
	}
	if s := fmt.Sprint([]any{x}); s != "["+text+"]" {
		t.Errorf("in a slice %T is %s", x, s)
	}
	return ident.ReplaceAllString(address.ReplaceAllString(text, "0xA"), "${1}ID")
}

func work() {}

func TestRepr(t *testing.T) {
	p := func(log func(...any), things ...any) {
		var texts []any
		for _, x := range things {
			texts = append(texts, shown(t, x))
		}
		log(texts...)
	}
	twin.Compare(t, reprPrelude, []twin.Program{
		{Name: "threads", Python: `
t = threading.Timer(1, work); p(t)
t = threading.Thread(target=work); p(t); t.start(); t.join(); p(t); p(threading.current_thread())
t = threading.Thread(target=work, name='x'); t.daemon = True; p(t)
`, Go: func(log func(...any)) {
			p(log, threading.NewTimer(time.Second, work))
			t := threading.NewThread(work)
			p(log, t)
			t.Start()
			t.Join()
			p(log, t)
			p(log, threading.CurrentThread())
			p(log, threading.NewThread(work, threading.Name("x"), threading.Daemon(true)))
		}},
		{Name: "locks", Python: `
l = threading.Lock(); p(l); l.acquire(); p(l)
r = threading.RLock(); p(r); r.acquire(); r.acquire(); p(r); r.release(); r.release(); p(r)
c = threading.Condition(); p(c); c.acquire(); p(c); p(threading.Condition(l))
w = threading.Thread(target=lambda: (c.acquire(), c.wait())); c.release(); w.daemon = True; w.start()
while not repr(c).endswith(', 1)>'): time.sleep(0.001)
c.acquire(); c.release(); p(c)
c.acquire(); c.notify(); c.release(); w.join()
`, Go: func(log func(...any)) {
			l, r, c := threading.NewLock(), threading.NewRLock("named"), threading.NewCondition(nil)
			p(log, l)
			l.Acquire()
			p(log, l)
			p(log, r)
			r.Acquire()
			r.Acquire()
			p(log, r)
			r.Release()
			r.Release()
			p(log, r)
			p(log, c)
			c.Acquire()
			p(log, c)
			p(log, threading.NewCondition(l))
			w := threading.NewThread(func() { c.Acquire(); c.Wait(); c.Release() })
			c.Release()
			w.Start()
			for !strings.HasSuffix(c.String(), ", 1)>") {
				threading.NewEvent().Wait(threading.Timeout(time.Millisecond))
			}
			c.Acquire() // which the waiting thread has released then
			c.Release()
			p(log, c)
			c.Acquire()
			c.Notify()
			c.Release()
			w.Join()
		}},
		{Name: "flags and counters", Python: `
e = threading.Event(); p(e); e.set(); p(e)
s = threading.Semaphore(3); p(s); s.acquire(); p(s); b = threading.BoundedSemaphore(2); b.acquire(); p(b)
p(threading.local())
`, Go: func(log func(...any)) {
			e, s, b := threading.NewEvent(), threading.NewSemaphore(3), threading.NewBoundedSemaphore(2)
			p(log, e)
			e.Set()
			p(log, e)
			p(log, s)
			s.Acquire()
			p(log, s)
			b.Acquire()
			p(log, b)
			p(log, threading.NewLocal())
		}},
		{Name: "barriers", Since: 6, Python: `
b = threading.Barrier(2); p(b)
w = threading.Thread(target=b.wait); w.start()
while not b.n_waiting: time.sleep(0.001)
p(b); b.wait(); w.join(); p(b); b.abort(); p(b); b.reset(); p(b)
`, Go: func(log func(...any)) {
			b := threading.NewBarrier(2)
			p(log, b)
			w := threading.NewThread(func() { _, _ = b.Wait() })
			w.Start()
			for b.NWaiting() == 0 {
				threading.NewEvent().Wait(threading.Timeout(time.Millisecond))
			}
			p(log, b)
			_, _ = b.Wait()
			w.Join()
			p(log, b)
			b.Abort()
			p(log, b)
			b.Reset()
			p(log, b)
		}},
		{Name: "queues", Python: `
p(queue.Queue(3), queue.LifoQueue(), queue.PriorityQueue())
`, Go: func(log func(...any)) { p(log, queue.NewQueue(3), queue.NewLifoQueue(), queue.NewPriorityQueue()) }},
		{Name: "futures", Since: 8, Python: `
p(queue.SimpleQueue())
from concurrent.futures import ThreadPoolExecutor, Future
with ThreadPoolExecutor(1) as ex:
    p(ex)
    e, begun = threading.Event(), threading.Event()
    a = ex.submit(lambda: (begun.set(), e.wait())[1]); b = ex.submit(int); begun.wait(); p(b, a); b.cancel(); p(b); e.set(); a.result(); p(a)
    c = ex.submit(lambda: 1 // 0); c.exception(); p(c)
`, Go: func(log func(...any)) {
			p(log, queue.NewSimpleQueue())
			futures.NewThreadPoolExecutor(1).With(func(ex *futures.ThreadPoolExecutor) {
				p(log, ex)
				e, begun, zero := threading.NewEvent(), threading.NewEvent(), 0
				a := ex.Submit(func() bool { begun.Set(); return e.Wait() })
				b := ex.Submit(func() {})
				begun.Wait()
				p(log, b, a)
				b.Cancel()
				p(log, b)
				e.Set()
				_, _ = a.Result()
				p(log, a)
				c := ex.Submit(func() int { return 1 / zero })
				_ = c.Exception()
				p(log, c)
			})
		}},
	})
}

// A simulated machine makes the same addresses in each run, whichever object is asked first.
func TestReprIsRepeatable(t *testing.T) {
	var runs [2]string
	for i := range runs {
		if err := twin.NewWorld(t, false, "3.13", 1).Run(func() {
			e := threading.NewEvent()
			runs[i] = fmt.Sprint(threading.NewLock(), e, threading.NewLock(), e)
		}); err != nil {
			t.Fatal(err)
		}
	}
	const want = "<unlocked _thread.lock object at 0x7f3a00000040> <threading.Event at 0x7f3a00000080: unset> " +
		"<unlocked _thread.lock object at 0x7f3a000000c0> <threading.Event at 0x7f3a00000080: unset>"
	if runs[0] != want || runs[1] != want {
		t.Errorf("%s\n%s\nwant %s", runs[0], runs[1], want)
	}
}
