//go:build unix

package multiprocessing_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/builtins"
	"gilkernel/runtime/exceptions"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/queue"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

// Behaviours of _TestContainers, _TestManagerRestart, TestSyncManagerTypes and others in
// Lib/test/_test_multiprocessing.py.
func TestTwinManager(t *testing.T) {
	twin.Suite{Prelude: prelude, Run: run}.Check(t, []twin.Row{
		{Name: "manager", Python: `
import multiprocessing as mp
def child(d, l, ns): d["x"] = 1; l.append(2); l.reverse(); ns.y = 3
with mp.Manager() as m:
    d, l, ns = m.dict(a=0), m.list([0, 1]), m.Namespace(); ns.x = 5
    p = mp.Process(target=child, args=(d, l, ns)); p.start(); p.join()
    print(d, l, ns.x, ns.y, len(d), sorted(d.keys()), "a" in d, d.get("z"), l[0], l[1:], l.index(0))
    try: d["missing"]
    except KeyError as e: print("KeyError", e)
    try: ns.z
    except AttributeError: print("AttributeError")
    v, a, q = m.Value("i", 1), m.Array("i", [1, 2]), m.Queue(1); v.value += 1; a[0] = 9; q.put("q"); print(v.value, a[0], a[1], q.get(), q.empty())
    print(d.copy(), type(l[:]).__name__, str(d), d.popitem() is not None)`,
			Want: `
{'a': 0, 'x': 1} [2, 1, 0] 5 3 2 ['a', 'x'] True None 2 [1, 0] 2
KeyError 'missing'
AttributeError
2 9 2 q True
{'a': 0, 'x': 1} list {'a': 0, 'x': 1} True`,
			Go: func(log func(...any)) {
				m := mp.NewManager()
				m.With(func() {
					d, l, ns := m.Dict("a", 0), m.List(0, 1), m.Namespace()
					ns.Set("x", 5)
					p := mp.NewProcess(useManaged, mp.Args(d, l, ns))
					p.Start()
					p.Join()
					log(d, l, ns.Get("x"), ns.Get("y"), d.Len(), builtins.Sorted(d.Keys()), truth(d.Contains("a")),
						none(d.Get("z")), l.GetItem(0), l.Slice(1, 9), l.Index(0))
					log(strings.Replace(raised(func() { d.GetItem("missing") }), ":", "", 1))
					log(named(func() { ns.Get("z") }))
					v, a, q := m.Value("i", 1), m.Array("i", []int{1, 2}), m.Queue(1)
					v.SetValue(v.Int() + 1)
					a.Set(0, 9)
					q.Put("q")
					log(v.Value(), a.Get(0), a.Get(1), q.Get(), truth(q.Empty()))
					_ = l.Copy()
					s := d.String()
					k, _ := d.PopItem()
					log(s, "list", s, truth(k != nil))
				})
			}},
		{Name: "nested", Python: `
import multiprocessing as mp
with mp.Manager() as m:
    outer = m.list([m.list([1]), [2]]); outer[0].append(10); outer[1].append(20); print(outer[0][:], outer[1])
    d = m.dict(); d["l"] = m.list(); d["l"].append(1); x = d["l"]; x.append(2); print(d["l"][:])`,
			Want: "[1, 10] [2]\n[1, 2]",
			Go: func(log func(...any)) {
				m := mp.NewManager()
				m.With(func() {
					outer := m.List(m.List(1), builtins.NewList(2))
					outer.GetItem(0).(*mp.ListProxy).Append(10)
					outer.GetItem(1).(*builtins.List).Append(20)
					log(outer.GetItem(0).(*mp.ListProxy).Copy(), outer.GetItem(1))
					d := m.Dict()
					d.SetItem("l", m.List())
					d.GetItem("l").(*mp.ListProxy).Append(1)
					x := d.GetItem("l").(*mp.ListProxy)
					x.Append(2)
					log(d.GetItem("l").(*mp.ListProxy).Copy())
				})
			}},
		{Name: "locks", Python: `
import multiprocessing as mp
def child(lock, event, q): q.put(lock.acquire(False)); event.wait(60); q.put(lock.acquire(True)); lock.release()
with mp.Manager() as m:
    lock, event, q = m.Lock(), m.Event(), m.Queue(); lock.acquire()
    p = mp.Process(target=child, args=(lock, event, q)); p.start(); print(q.get(timeout=60)); event.set(); lock.release(); print(q.get(timeout=60)); p.join()
    b = m.Barrier(1); print(b.wait(), m.BoundedSemaphore(2).acquire(), m.RLock().acquire())
    r = m.RLock(); r.acquire(); r.acquire(); r.release(); r.release()
    for f in (r.release, lock.release):
        try: f()
        except RuntimeError as e: print("RuntimeError")
    s = m.BoundedSemaphore(1); print(s.acquire(False), s.acquire(False), s.acquire(True, 0.01)); s.release()
    try: s.release()
    except ValueError as e: print(e)`,
			Want: "False\nTrue\n0 True True\nRuntimeError\nRuntimeError\nTrue False False\n" +
				"Semaphore released too many times",
			Go: func(log func(...any)) {
				m := mp.NewManager()
				m.With(func() {
					lock, event, q := m.Lock(), m.Event(), m.Queue()
					lock.Acquire()
					p := mp.NewProcess(useLocks, mp.Args(lock, event, q))
					p.Start()
					log(truth(q.Get(mp.Timeout(watchdog)).(bool)))
					event.Set()
					lock.Release()
					log(truth(q.Get(mp.Timeout(watchdog)).(bool)))
					p.Join()
					n, _ := m.Barrier(1).Wait()
					log(n, truth(m.BoundedSemaphore(2).Acquire()), truth(m.RLock().Acquire()))
					r := m.RLock()
					r.Acquire()
					r.Acquire()
					r.Release()
					r.Release()
					log(named(r.Release))
					log(named(lock.Release))
					s := m.BoundedSemaphore(1)
					log(truth(s.Acquire(mp.Block(false))), truth(s.Acquire(mp.Block(false))),
						truth(s.Acquire(mp.Timeout(time.Millisecond))))
					s.Release()
					log(strings.TrimPrefix(raised(s.Release), "ValueError: "))
				})
			}},
		{Name: "conditions and queues", Python: `
import multiprocessing as mp, queue
def child(c, d, q):
    with c: d["ready"] = True; c.notify_all()
    for i in range(3): q.get(); q.task_done()
with mp.Manager() as m:
    c, d, q = m.Condition(), m.dict(), m.JoinableQueue(2)
    try: c.wait()
    except RuntimeError: print("RuntimeError")
    p = mp.Process(target=child, args=(c, d, q))
    with c: p.start(); print(c.wait_for(lambda: d.get("ready"), 60), c.wait(0.01))
    for i in range(3): q.put(i)
    q.join(); p.join(); print(q.qsize(), q.empty(), q.full())
    for f in (lambda: q.get(False), lambda: q.get(timeout=0.01), q.get_nowait):
        try: f()
        except queue.Empty: print("Empty")
    q.put(1); q.put(2)
    try: q.put(3, False)
    except queue.Full: print("Full")
    b = m.Barrier(2); b.abort()
    try: b.wait()
    except Exception as e: print(type(e).__name__, b.broken, b.parties, b.n_waiting)`,
			Want: "RuntimeError\nTrue False\n0 True False\nEmpty\nEmpty\nEmpty\nFull\nBrokenBarrierError True 2 0",
			Go: func(log func(...any)) {
				m := mp.NewManager()
				m.With(func() {
					c, d, q := m.Condition(), m.Dict(), m.JoinableQueue(2)
					log(named(func() { c.Wait() }))
					p := mp.NewProcess(useCondition, mp.Args(c, d, q))
					c.With(func() {
						p.Start()
						log(truth(c.WaitFor(func() bool { return d.Get("ready") == true }, mp.Timeout(watchdog))),
							truth(c.Wait(mp.Timeout(time.Millisecond))))
					})
					for i := range 3 {
						q.Put(i)
					}
					q.Join()
					p.Join()
					log(q.Qsize(), truth(q.Empty()), truth(q.Full()))
					log(named(func() { q.Get(mp.Block(false)) }))
					log(named(func() { q.Get(mp.Timeout(time.Millisecond)) }))
					if _, err := q.GetNowait(); errors.Is(err, queue.ErrEmpty) {
						log("Empty")
					}
					q.Put(1)
					q.Put(2)
					log(named(func() { q.Put(3, mp.Block(false)) }))
					b := m.Barrier(2)
					b.Abort()
					_, err := b.Wait()
					log(err.(interface{ Exception() string }).Exception(), truth(b.Broken()), b.Parties(), b.NWaiting())
				})
			}},
		{Name: "shut down", Python: `
import multiprocessing as mp
m = mp.Manager(); l = m.list([1]); print(l); m.shutdown(); m.shutdown()
try: l.append(2)
except Exception as e: print("failed")
try: m.list()
except AssertionError as e: print(e)
print(mp.active_children())`,
			Want: "[1]\nfailed\nserver not yet started\n[]",
			Go: func(log func(...any)) {
				m := mp.NewManager()
				l := m.List(1)
				log(l)
				m.Shutdown()
				m.Shutdown()
				if raised(func() { l.Append(2) }) != "nothing" {
					log("failed")
				}
				log(strings.TrimPrefix(raised(func() { m.List() }), "AssertionError: "))
				log(mp.ActiveChildren())
			}},
		{Name: "register", Python: `
import multiprocessing as mp
from multiprocessing.managers import BaseManager, RemoteError
class Counter(object):
    def __init__(self, n=0): self.n = n
    def add(self, k): self.n += k; return self.n
    def fail(self): raise ValueError("no")
    def _hidden(self): pass
class M(BaseManager): pass
M.register("Counter", Counter)
m = M()
try: m.Counter()
except AssertionError as e: print(e)
m.start(); c = m.Counter(5)
try: m.start()
except mp.ProcessError as e: print(e)
p = mp.Process(target=c.add, args=(1,)); p.start(); p.join()
print(c.add(1), hasattr(c, "_hidden"))
try: c.fail()
except ValueError as e: print("ValueError", e)
try: m.Counter(1, 2, 3)
except RemoteError as e: print("RemoteError", "TypeError" in str(e), "-" * 75 in str(e))
try: m.Nothing()
except AttributeError: print("AttributeError")
m.shutdown()`,
			Since: 8, // the second start was an AssertionError
			Want: `
server not yet started
Already started server
7 False
ValueError no
RemoteError True True
AttributeError`,
			Go: func(log func(...any)) {
				m := mp.NewBaseManager()
				m.Register("Counter", newCounter)
				log(strings.TrimPrefix(raised(func() { m.Create("Counter", 0) }), "AssertionError: "))
				m.Start()
				c := m.Create("Counter", 5)
				log(strings.TrimPrefix(raised(m.Start), "ProcessError: "))
				p := mp.NewProcess(addOne, mp.Args(c))
				p.Start()
				p.Join()
				log(c.Call("Add", 1), truth(c.Has("hidden")))
				log(strings.Replace(raised(func() { c.Call("Fail") }), ":", "", 1))
				text := raised(func() { m.Create("Counter", 1, 2, 3) })
				name, _, _ := strings.Cut(text, ":")
				log(name, truth(strings.Contains(text, "TypeError")),
					truth(strings.Contains(text, strings.Repeat("-", 75))))
				log(named(func() { m.Create("Nothing") }))
				m.Shutdown()
			}},
	})
}

// A counter is a type of one's own.
type counter struct{ n int }

func newCounter(n int) *counter { return &counter{n} }

func (c *counter) Add(k int) int { c.n += k; return c.hidden() }

func (c *counter) Fail() { panic(exceptions.Value("no")) }

func (c *counter) hidden() int { return c.n }

func addOne(c *mp.Proxy) { c.Call("Add", 1) }

func useLocks(lock *mp.AcquirerProxy, event *mp.EventProxy, q *mp.QueueProxy) {
	q.Put(lock.Acquire(mp.Block(false)))
	event.Wait(mp.Timeout(watchdog))
	q.Put(lock.Acquire())
	lock.Release()
}

func useCondition(c *mp.ConditionProxy, d *mp.DictProxy, q *mp.QueueProxy) {
	c.With(func() {
		d.SetItem("ready", true)
		c.NotifyAll()
	})
	for range 3 {
		q.Get()
		q.TaskDone()
	}
}

// What CPython leaves hanging or loses: each is an error at once, and the manager keeps running.
func TestManagerFaults(t *testing.T) {
	for _, real := range []bool{false, true} {
		got := run(t, real, "3.13", func(log func(...any)) {
			// The server is killed: while it is idle, and while it has a call.
			m := mp.NewManager()
			m.Register("blocker", newBlocker)
			l, b, e := m.List(1), m.Create("blocker"), m.Event()
			th := threading.NewThread(func() { log("in call:", raised(func() { b.Call("Block", e) })) })
			th.Start()
			e.Wait()
			m.Process().Kill()
			th.Join()
			m.Process().Join()
			text := raised(func() { l.Append(1) })
			for strings.HasPrefix(text, "EOFError") { // its end is known before its pipes are closed
				text = raised(func() { l.Append(1) })
			}
			log("after:", text)
			log("text:", l)
			m.Shutdown()

			// A child is killed with a lock.
			m = mp.NewManager()
			lock, held, d := m.Lock(), m.Event(), m.Dict()
			p := mp.NewProcess(takeAndHang, mp.Args(lock, held))
			p.Start()
			held.Wait()
			th = threading.NewThread(func() { log("waited:", raised(func() { lock.Acquire() })) })
			th.Start()
			p.Kill()
			th.Join()
			log("later:", raised(func() { lock.Acquire() }))
			log("tried:", lock.Acquire(mp.Block(false)))
			lock.Release()
			lock.With(func() { log("released by hand") })

			// A child is killed in a call: it takes no item with it.
			q, ready := m.Queue(), m.Event()
			p = mp.NewProcess(getAndHang, mp.Args(q, lock, ready))
			p.Start()
			ready.Wait()
			p.Kill()
			log(named(func() { lock.Acquire() })) // the server has learnt of it
			q.Put("kept")
			log(q.Get(mp.Timeout(watchdog)))

			// What can't be sent, either way.
			log(raised(func() { d.SetItem("c", make(chan int)) }))
			c := mp.NewBaseManager()
			c.Register("channel", newHolder)
			c.Start()
			text = raised(func() { c.Create("channel").Call("Get") })
			log(strings.HasPrefix(text, "RemoteError"), strings.Contains(text, "chan int"))
			log(named(func() { c.Create("channel").Call("Nothing") }))
			c.Shutdown()
			log(d.Len())
			m.Shutdown()
		})
		want := `in call: EOFError: SyncManager-1 ended before it answered; its objects are lost
after: ConnectionRefusedError: [Errno 111] Connection refused: SyncManager-1 has ended and its objects are lost; make a new Manager
text: <proxy, typeid 'list' of SyncManager-1; '__str__()' failed>
waited: deadlock: the only thread waits, and no other thread can wake it
  Thread-2 (<lambda>) waits for Lock-1, held by Process-3, which was ended by SIGKILL
later: deadlock: the only thread waits, and no other thread can wake it
  MainThread waits for Lock-1, held by Process-3, which was ended by SIGKILL
tried: false
released by hand
deadlock
kept
PicklingError: args[1]: a chan int can't be sent to another process: use a multiprocessing.Queue or a Pipe
true true
RemoteError
0
`
		if got != want {
			t.Errorf("real=%v: got\n%s\nwant\n%s", real, got, want)
		}
	}
}

type blocker struct{}

func newBlocker() *blocker { return &blocker{} }

func (*blocker) Block(e *mp.EventProxy) {
	e.Set()
	hang()
}

func takeAndHang(lock *mp.AcquirerProxy, ready *mp.EventProxy) {
	lock.Acquire()
	ready.Set()
	hang()
}

func getAndHang(q *mp.QueueProxy, lock *mp.AcquirerProxy, ready *mp.EventProxy) {
	lock.Acquire()
	ready.Set()
	q.Get()
}

type holder struct{ c chan int }

func newHolder() *holder { return &holder{make(chan int)} }

func (h *holder) Get() chan int { return h.c }

func useManaged(d *mp.DictProxy, l *mp.ListProxy, ns *mp.NamespaceProxy) {
	d.SetItem("x", 1)
	l.Append(2)
	l.Reverse()
	ns.Set("y", 3)
}
