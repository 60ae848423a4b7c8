//go:build unix

package multiprocessing_test

import (
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/exceptions"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/threading"
)

const watchdog = 60 * time.Second

// Behaviours of Lib/test/_test_multiprocessing.py.
func TestTwin(t *testing.T) {
	compare(t, []program{
		{"before the start", 6, `
import multiprocessing as mp
p = mp.Process(target=print)
print(mp.current_process().name, p.pid, p.is_alive(), p.exitcode, p.daemon, mp.active_children())
print(p.name)`, func(log func(...any)) {
			p := mp.NewProcess(func() {})
			log(mp.CurrentProcess().Name(), none(p.PID()), truth(p.IsAlive()), none(p.ExitCode()), truth(p.Daemon()), mp.ActiveChildren())
			log(p.Name())
		}},
		{"start and join", 6, `
import multiprocessing as mp
gate = mp.Event()
p = mp.Process(target=gate.wait, name="worker")
p.start()
print(p.pid > 0, p.ident == p.pid, p.is_alive(), p.exitcode, mp.active_children() == [p], p.name)
gate.set(); p.join()
print(p.is_alive(), p.exitcode, mp.active_children())`, func(log func(...any)) {
			gate := mp.NewEvent()
			p := mp.NewProcess(wait, mp.Args(gate), mp.Name("worker"))
			p.Start()
			list := mp.ActiveChildren()
			log(truth(p.PID().(int) > 0), truth(p.Ident() == p.PID()), truth(p.IsAlive()), none(p.ExitCode()), truth(len(list) == 1 && list[0] == p), p.Name())
			gate.Set()
			p.Join()
			log(truth(p.IsAlive()), none(p.ExitCode()), mp.ActiveChildren())
		}},
		{"exit codes", 6, `
import multiprocessing as mp, sys, os
def fail():
    sys.stderr = open(os.devnull, "w"); raise ValueError("no")
def leave(x): sys.exit(x)
for f, a in ((leave, (0,)), (leave, (3,)), (leave, (300,)), (fail, ())):
    p = mp.Process(target=f, args=a); p.start(); p.join(); print(p.exitcode)
p = mp.Process(); p.start(); p.join(); print(p.exitcode)`, func(log func(...any)) {
			for _, p := range []*mp.Process{mp.NewProcess(leave, mp.Args(0)), mp.NewProcess(leave, mp.Args(3)), mp.NewProcess(leave, mp.Args(300)),
				mp.NewProcess(fail), mp.NewProcess(nil)} {
				p.Start()
				p.Join()
				log(p.ExitCode())
			}
		}},
		{"terminate and kill", 7, `
import multiprocessing as mp, time
for end in ("terminate", "kill"):
    p = mp.Process(target=time.sleep, args=(100,)); p.start()
    getattr(p, end)(); p.join()
    print(end, p.exitcode, p.is_alive())`, func(log func(...any)) {
			for _, end := range []string{"terminate", "kill"} {
				p := mp.NewProcess(hang)
				p.Start()
				if end == "kill" {
					p.Kill()
				} else {
					p.Terminate()
				}
				p.Join()
				log(end, p.ExitCode(), truth(p.IsAlive()))
			}
		}},
		{"misuse", 7, `
import multiprocessing as mp, time
def name(f, *a):
    try: return f(*a)
    except Exception as e: return type(e).__name__ + ": " + str(e)
p = mp.Process(target=int)
print(name(p.join))
print(name(p.terminate))
p.start(); p.join()
print(name(p.start))
gate = mp.Event()
q = mp.Process(target=gate.wait); q.start()
print(name(q.close))
gate.set(); q.join(); q.close()
print(name(q.join), "|", name(q.is_alive))`, func(log func(...any)) {
			p := mp.NewProcess(nil)
			log(raised(func() { p.Join() }))
			log(raised(p.Terminate))
			p.Start()
			p.Join()
			log(raised(p.Start))
			gate := mp.NewEvent()
			q := mp.NewProcess(wait, mp.Args(gate))
			q.Start()
			log(raised(q.Close))
			gate.Set()
			q.Join()
			q.Close()
			log(raised(func() { q.Join() }), "|", raised(func() { q.IsAlive() }))
		}},
		{"join with a time-out", 6, `
import multiprocessing as mp
gate = mp.Event()
p = mp.Process(target=gate.wait); p.start()
p.join(0); print(p.exitcode, p.is_alive())
p.join(0.05); print(p.exitcode)
gate.set(); p.join(60); print(p.exitcode)`, func(log func(...any)) {
			gate := mp.NewEvent()
			p := mp.NewProcess(wait, mp.Args(gate))
			p.Start()
			p.Join(mp.Timeout(0))
			log(none(p.ExitCode()), truth(p.IsAlive()))
			p.Join(mp.Timeout(50 * time.Millisecond))
			log(none(p.ExitCode()))
			gate.Set()
			p.Join(mp.Timeout(watchdog))
			log(p.ExitCode())
		}},
		{"daemons", 6, `
import multiprocessing as mp
def child(q):
    try:
        mp.Process(target=int).start()
        q.put("started")
    except AssertionError as e: q.put(str(e))
q = mp.SimpleQueue()
p = mp.Process(target=child, args=(q,)); p.daemon = True
print(p.daemon); p.start(); print(q.get()); p.join()
try: p.daemon = False
except AssertionError as e: print(e)
print(mp.Process(target=int, daemon=True).daemon)`, func(log func(...any)) {
			q := mp.NewSimpleQueue()
			p := mp.NewProcess(daemonStarts, mp.Args(q))
			p.SetDaemon(true)
			log(truth(p.Daemon()))
			p.Start()
			log(q.Get())
			p.Join()
			log(strings.TrimPrefix(raised(func() { p.SetDaemon(false) }), "AssertionError: "))
			log(truth(mp.NewProcess(nil, mp.Daemon(true)).Daemon()))
		}},
		{"names", 6, `
import multiprocessing as mp
def outer(q):
    p = mp.Process(target=inner, args=(q,)); q.put((mp.current_process().name + " " + p.name)); p.start(); p.join()
def inner(q): q.put(mp.current_process().name)
q = mp.SimpleQueue()
a, b = mp.Process(target=int), mp.Process(target=outer, args=(q,))
print(a.name, b.name)
b.start(); b.join(); print(q.get(), q.get())`, func(log func(...any)) {
			q := mp.NewSimpleQueue()
			a, b := mp.NewProcess(nil), mp.NewProcess(outer, mp.Args(q))
			log(a.Name(), b.Name())
			b.Start()
			b.Join()
			log(q.Get(), q.Get())
		}},
		{"the parent process", 8, `
import multiprocessing as mp, os
def child(q):
    p = mp.parent_process(); q.put(p.pid); q.put(p.name); q.put(p.is_alive())
print(mp.parent_process())
q = mp.SimpleQueue(); p = mp.Process(target=child, args=(q,)); p.start(); print(q.get() == os.getpid(), q.get(), q.get()); p.join()`, func(log func(...any)) {
			log(none(map[bool]any{true: nil, false: 1}[mp.ParentProcess() == nil]))
			q := mp.NewSimpleQueue()
			p := mp.NewProcess(parent, mp.Args(q))
			p.Start()
			log(truth(q.Get() == mp.CurrentProcess().PID()), q.Get(), none(q.Get()))
			p.Join()
		}},
		{"sentinels", 6, `
import multiprocessing as mp
from multiprocessing.connection import wait
gate = mp.Event()
p = mp.Process(target=gate.wait); p.start()
print(wait([p.sentinel], timeout=0)); gate.set()
print(wait([p.sentinel], timeout=60) == [p.sentinel]); p.join(); print(p.exitcode)`, func(log func(...any)) {
			gate := mp.NewEvent()
			p := mp.NewProcess(wait, mp.Args(gate))
			p.Start()
			log(mp.Wait([]any{p.Sentinel()}, mp.Timeout(0)))
			gate.Set()
			got := mp.Wait([]any{p.Sentinel()}, mp.Timeout(watchdog))
			log(truth(len(got) == 1 && got[0] == p.Sentinel()))
			p.Join()
			log(p.ExitCode())
		}},
		{"arguments are copies", 6, `
import multiprocessing as mp
def child(q, a): a.append(1); q.put(str(a))
q = mp.SimpleQueue(); a = [0]
p = mp.Process(target=child, args=(q, a)); p.start(); print(q.get()); p.join(); print(a)`, func(log func(...any)) {
			q, a := mp.NewSimpleQueue(), []int{0}
			p := mp.NewProcess(grow, mp.Args(q, &a))
			p.Start()
			log(strings.ReplaceAll(q.Get().(string), " ", ", "))
			p.Join()
			log(a)
		}},
		{"a bounded queue", 6, `
import multiprocessing as mp, queue
def name(f, *a):
    try: return f(*a)
    except Exception as e: return type(e).__name__
q = mp.Queue(2)
print(name(q.get_nowait), name(q.get, True, 0.01), name(q.get, False))
q.put(1); q.put(2, timeout=5)
print(name(q.put_nowait, 3), name(q.put, 3, True, 0.01), name(q.put, 3, False))
print(q.get(), q.get(timeout=60)); q.close(); q.join_thread()`, func(log func(...any)) {
			name := func(f func()) string { s, _, _ := strings.Cut(raised(f), ":"); return s }
			q := mp.NewQueue(2)
			log(name(func() { _, err := q.GetNowait(); panic(err) }), name(func() { q.Get(mp.Timeout(10 * time.Millisecond)) }), name(func() { q.Get(mp.Block(false)) }))
			q.Put(1)
			q.Put(2, mp.Timeout(5*time.Second))
			log(name(func() { panic(q.PutNowait(3)) }), name(func() { q.Put(3, mp.Timeout(10*time.Millisecond)) }), name(func() { q.Put(3, mp.Block(false)) }))
			log(q.Get(), q.Get(mp.Timeout(watchdog)))
			q.Close()
			q.JoinThread()
		}},
		{"the order of a queue", 6, `
import multiprocessing as mp
def child(q):
    for i in range(5): q.put(i)
    q.put(None)
q = mp.Queue(); p = mp.Process(target=child, args=(q,)); p.start()
print(*iter(q.get, None)); p.join(); print(p.exitcode)`, func(log func(...any)) {
			q := mp.NewQueue()
			p := mp.NewProcess(putFive, mp.Args(q))
			p.Start()
			var all []any
			for x := q.Get(); x != nil; x = q.Get() {
				all = append(all, x)
			}
			log(all...)
			p.Join()
			log(p.ExitCode())
		}},
		{"a closed queue", 8, `
import multiprocessing as mp
q = mp.Queue(); q.close(); q.join_thread()
for f in (lambda: q.put(1), lambda: q.get()):
    try: f()
    except ValueError as e: print(type(e).__name__, str(e).startswith("Queue <"), str(e).endswith("is closed"))`, func(log func(...any)) {
			q := mp.NewQueue()
			q.Close()
			q.JoinThread()
			for _, f := range []func(){func() { q.Put(1) }, func() { q.Get() }} {
				name, text, _ := strings.Cut(raised(f), ": ")
				log(name, truth(strings.HasPrefix(text, "Queue <")), truth(strings.HasSuffix(text, "is closed")))
			}
		}},
		{"what can't be sent", 6, `
import multiprocessing as mp, sys, os
q = mp.Queue(); err, sys.stderr = sys.stderr, open(os.devnull, "w")
q.put(lambda: 0); q.put("next"); print(q.get(timeout=60)); sys.stderr = err
q.close(); q.join_thread()`, func(log func(...any)) {
			q := mp.NewQueue()
			q.Put(make(chan int))
			q.Put("next")
			log(q.Get(mp.Timeout(watchdog)))
			q.Close()
			q.JoinThread()
		}},
		{"a joinable queue", 6, `
import multiprocessing as mp
def worker(q):
    for x in iter(q.get, None): q.task_done()
    q.task_done()
q = mp.JoinableQueue(); p = mp.Process(target=worker, args=(q,)); p.start()
for i in range(4): q.put(i)
q.join(); print("joined"); q.put(None); q.join(); p.join(); print(p.exitcode)
try: q.task_done()
except ValueError as e: print(e)`, func(log func(...any)) {
			q := mp.NewJoinableQueue()
			p := mp.NewProcess(tasks, mp.Args(q))
			p.Start()
			for i := range 4 {
				q.Put(i)
			}
			q.Join()
			log("joined")
			q.Put(nil)
			q.Join()
			p.Join()
			log(p.ExitCode())
			log(strings.TrimPrefix(raised(q.TaskDone), "ValueError: "))
		}},
		{"a simple queue", 6, `
import multiprocessing as mp
def child(q): q.put("a"); q.put("b")
q = mp.SimpleQueue(); print(q.empty()); p = mp.Process(target=child, args=(q,)); p.start(); p.join()
print(q.empty(), q.get(), q.get(), q.empty())`, func(log func(...any)) {
			q := mp.NewSimpleQueue()
			log(truth(q.Empty()))
			p := mp.NewProcess(putTwo, mp.Args(q))
			p.Start()
			p.Join()
			log(truth(q.Empty()), q.Get(), q.Get(), truth(q.Empty()))
		}},
		{"a pipe", 6, `
import multiprocessing as mp
a, b = mp.Pipe()
a.send("there"); print(b.poll(), b.recv(), b.poll(), b.poll(0.01))
b.send("back"); print(a.recv()); b.send("last"); b.close(); print(a.closed, b.closed, a.recv())
try: a.recv()
except EOFError as e: print("EOFError", repr(str(e)))
a.close()
try: a.send(1)
except OSError as e: print(type(e).__name__, e)`, func(log func(...any)) {
			a, b := mp.Pipe()
			a.Send("there")
			log(truth(b.Poll()), b.Recv(), truth(b.Poll()), truth(b.Poll(mp.Timeout(10*time.Millisecond))))
			b.Send("back")
			log(a.Recv())
			b.Send("last")
			b.Close()
			log(truth(a.Closed()), truth(b.Closed()), a.Recv())
			log(strings.TrimSuffix(raised(func() { a.Recv() }), ": "), "''")
			a.Close()
			log(strings.Replace(raised(func() { a.Send(1) }), ":", "", 1))
		}},
		{"a pipe in one direction", 6, `
import multiprocessing as mp
r, w = mp.Pipe(False)
print(r.readable, r.writable, w.readable, w.writable)
for f in (lambda: r.send(1), lambda: w.recv(), lambda: w.poll()):
    try: f()
    except OSError as e: print(e)
w.send("x"); print(r.recv()); r.close()
try: w.send("x")
except OSError as e: print(type(e).__name__)`, func(log func(...any)) {
			r, w := mp.Pipe(mp.Duplex(false))
			log(truth(r.Readable()), truth(r.Writable()), truth(w.Readable()), truth(w.Writable()))
			for _, f := range []func(){func() { r.Send(1) }, func() { w.Recv() }, func() { w.Poll() }} {
				log(strings.TrimPrefix(raised(f), "OSError: "))
			}
			w.Send("x")
			log(r.Recv())
			r.Close()
			name, _, _ := strings.Cut(raised(func() { w.Send("x") }), ":")
			log(name)
		}},
		{"bytes", 6, `
import multiprocessing as mp
a, b = mp.Pipe()
a.send_bytes(b"0123456789"); print(b.recv_bytes().decode())
buf = bytearray(7); a.send_bytes(b"hello"); print(b.recv_bytes_into(buf, 2), buf[2:].decode())
a.send_bytes(b"hello")
try: b.recv_bytes_into(bytearray(3))
except mp.BufferTooShort as e: print(type(e).__name__, e.args[0].decode())
a.send_bytes(b"")
print(len(b.recv_bytes()))
a.send_bytes(b"toolong")
try: b.recv_bytes(3)
except OSError as e: print("OSError")`, func(log func(...any)) {
			a, b := mp.Pipe()
			a.SendBytes([]byte("0123456789"))
			log(string(b.RecvBytes()))
			buf := make([]byte, 7)
			a.SendBytes([]byte("hello"))
			log(b.RecvBytesInto(buf, 2), string(buf[2:]))
			a.SendBytes([]byte("hello"))
			func() {
				defer func() { e := recover().(*mp.BufferTooShort); log(e.Exception(), string(e.Message)) }()
				b.RecvBytesInto(make([]byte, 3))
			}()
			a.SendBytes(nil)
			log(len(b.RecvBytes()))
			a.SendBytes([]byte("toolong"))
			name, _, _ := strings.Cut(raised(func() { b.RecvBytes(3) }), ":")
			log(name)
		}},
		{"a lock", 6, `
import multiprocessing as mp
def child(lock, q): q.put(lock.acquire(False)); q.put(lock.acquire(timeout=0.01))
lock, q = mp.Lock(), mp.SimpleQueue()
print(lock.acquire(), lock.acquire(False), lock.acquire(True, 0.01))
p = mp.Process(target=child, args=(lock, q)); p.start(); p.join(); print(q.get(), q.get())
lock.release()
try: lock.release()
except ValueError as e: print(e)
with lock: print(lock.acquire(False))
lock.acquire()
p = mp.Process(target=lock.release); p.start(); p.join(); print(p.exitcode, lock.acquire(False))`, func(log func(...any)) {
			lock, q := mp.NewLock(), mp.NewSimpleQueue()
			log(truth(lock.Acquire()), truth(lock.Acquire(mp.Block(false))), truth(lock.Acquire(mp.Timeout(10*time.Millisecond))))
			p := mp.NewProcess(tryLock, mp.Args(lock, q))
			p.Start()
			p.Join()
			log(none(q.Get()), none(q.Get()))
			lock.Release()
			log(strings.TrimPrefix(raised(lock.Release), "ValueError: "))
			lock.With(func() { log(truth(lock.Acquire(mp.Block(false)))) })
			lock.Acquire()
			p = mp.NewProcess(releaseLock, mp.Args(lock))
			p.Start()
			p.Join()
			log(p.ExitCode(), truth(lock.Acquire(mp.Block(false))))
		}},
		{"a recursive lock", 6, `
import multiprocessing as mp
def child(lock, q):
    try: lock.release()
    except AssertionError as e: q.put(str(e))
    q.put(lock.acquire(False))
lock, q = mp.RLock(), mp.SimpleQueue()
print(lock.acquire(), lock.acquire(), lock.acquire(False))
p = mp.Process(target=child, args=(lock, q)); p.start(); p.join(); print(q.get(), q.get())
for _ in range(3): lock.release()
try: lock.release()
except AssertionError as e: print(e)`, func(log func(...any)) {
			lock, q := mp.NewRLock(), mp.NewSimpleQueue()
			log(truth(lock.Acquire()), truth(lock.Acquire()), truth(lock.Acquire(mp.Block(false))))
			p := mp.NewProcess(tryRLock, mp.Args(lock, q))
			p.Start()
			p.Join()
			log(q.Get(), none(q.Get()))
			for range 3 {
				lock.Release()
			}
			log(strings.TrimPrefix(raised(lock.Release), "AssertionError: "))
		}},
		{"semaphores", 6, `
import multiprocessing as mp
s = mp.Semaphore(2)
print(s.acquire(), s.acquire(), s.acquire(False), s.acquire(True, 0.01))
s.release(); s.release(); s.release(); print(s.acquire(False), s.acquire(False), s.acquire(False), s.acquire(False))
b = mp.BoundedSemaphore(1); b.acquire(); b.release()
try: b.release()
except ValueError as e: print(e)
try: mp.Semaphore(-1)
except (ValueError, OSError) as e: print("refused")`, func(log func(...any)) {
			s := mp.NewSemaphore(2)
			no := mp.Block(false)
			log(truth(s.Acquire()), truth(s.Acquire()), truth(s.Acquire(no)), truth(s.Acquire(mp.Timeout(10*time.Millisecond))))
			s.Release()
			s.Release()
			s.Release()
			log(truth(s.Acquire(no)), truth(s.Acquire(no)), truth(s.Acquire(no)), truth(s.Acquire(no)))
			b := mp.NewBoundedSemaphore(1)
			b.Acquire()
			b.Release()
			log(strings.TrimPrefix(raised(b.Release), "ValueError: "))
			if raised(func() { mp.NewSemaphore(-1) }) != "nothing" {
				log("refused")
			}
		}},
		{"a condition", 6, `
import multiprocessing as mp
def child(cond, ready, woken):
    with cond:
        ready.release(); cond.wait(); woken.release()
cond, ready, woken = mp.Condition(), mp.Semaphore(0), mp.Semaphore(0)
ps = [mp.Process(target=child, args=(cond, ready, woken)) for _ in range(3)]
for p in ps: p.start()
for p in ps: ready.acquire()
with cond: print(cond.wait(0.01))
with cond: cond.notify()
print(woken.acquire(timeout=60), woken.acquire(timeout=0.05))
with cond: cond.notify_all()
for p in ps: p.join()
print(*[p.exitcode for p in ps])
try: cond.notify()
except AssertionError as e: print(e)
try: cond.wait()
except AssertionError as e: print(e)`, func(log func(...any)) {
			cond, ready, woken := mp.NewCondition(nil), mp.NewSemaphore(0), mp.NewSemaphore(0)
			var ps []*mp.Process
			for range 3 {
				p := mp.NewProcess(sleeper, mp.Args(cond, ready, woken))
				p.Start()
				ps = append(ps, p)
			}
			for range ps {
				ready.Acquire()
			}
			cond.With(func() { log(truth(cond.Wait(mp.Timeout(10 * time.Millisecond)))) })
			cond.With(func() { cond.Notify() })
			log(truth(woken.Acquire(mp.Timeout(watchdog))), truth(woken.Acquire(mp.Timeout(50*time.Millisecond))))
			cond.With(cond.NotifyAll)
			var codes []any
			for _, p := range ps {
				p.Join()
				codes = append(codes, p.ExitCode())
			}
			log(codes...)
			log(strings.TrimPrefix(raised(func() { cond.Notify() }), "AssertionError: "))
			log(strings.TrimPrefix(raised(func() { cond.Wait() }), "AssertionError: "))
		}},
		{"wait_for", 6, `
import multiprocessing as mp
def child(cond, v):
    for i in range(4):
        with cond: v.value += 1; cond.notify()
cond, v = mp.Condition(), mp.Value("i", 0)
with cond: print(cond.wait_for(lambda: v.value > 0, 0.01))
p = mp.Process(target=child, args=(cond, v)); p.start()
with cond: print(cond.wait_for(lambda: v.value == 4, 60), v.value)
p.join()`, func(log func(...any)) {
			cond, v := mp.NewCondition(nil), mp.NewValue("i", 0)
			cond.With(func() { log(truth(cond.WaitFor(func() bool { return v.Int() > 0 }, mp.Timeout(10*time.Millisecond)))) })
			p := mp.NewProcess(notifier, mp.Args(cond, v))
			p.Start()
			cond.With(func() { log(truth(cond.WaitFor(func() bool { return v.Int() == 4 }, mp.Timeout(watchdog))), v.Value()) })
			p.Join()
		}},
		{"an event", 6, `
import multiprocessing as mp
def child(e, q): q.put(e.wait(60))
e, q = mp.Event(), mp.SimpleQueue()
print(e.is_set(), e.wait(0), e.wait(0.01))
p = mp.Process(target=child, args=(e, q)); p.start(); e.set(); print(q.get(), e.is_set(), e.wait(), e.wait(0)); p.join()
e.clear(); print(e.is_set(), e.wait(0))`, func(log func(...any)) {
			e, q := mp.NewEvent(), mp.NewSimpleQueue()
			log(truth(e.IsSet()), truth(e.Wait(mp.Timeout(0))), truth(e.Wait(mp.Timeout(10*time.Millisecond))))
			p := mp.NewProcess(awaitEvent, mp.Args(e, q))
			p.Start()
			e.Set()
			log(none(q.Get()), truth(e.IsSet()), truth(e.Wait()), truth(e.Wait(mp.Timeout(0))))
			p.Join()
			e.Clear()
			log(truth(e.IsSet()), truth(e.Wait(mp.Timeout(0))))
		}},
		{"a barrier", 6, `
import multiprocessing as mp
def child(b, q): q.put(b.wait())
q = mp.SimpleQueue()
b = mp.Barrier(3); ps = [mp.Process(target=child, args=(b, q)) for _ in range(2)]
for p in ps: p.start()
mine = b.wait(60); print(*sorted([mine, q.get(), q.get()]), b.parties, b.n_waiting, b.broken)
for p in ps: p.join()`, func(log func(...any)) {
			q, b := mp.NewSimpleQueue(), mp.NewBarrier(3)
			var ps []*mp.Process
			for range 2 {
				p := mp.NewProcess(arrive, mp.Args(b, q))
				p.Start()
				ps = append(ps, p)
			}
			mine, _ := b.Wait(mp.Timeout(watchdog))
			all := []int{mine, q.Get().(int), q.Get().(int)}
			sort.Ints(all)
			log(all[0], all[1], all[2], b.Parties(), b.NWaiting(), truth(b.Broken()))
			for _, p := range ps {
				p.Join()
			}
		}},
		{"a broken barrier", 6, `
import multiprocessing as mp, threading
def child(b, q):
    try: b.wait()
    except threading.BrokenBarrierError: q.put("broken")
b, q = mp.Barrier(2), mp.SimpleQueue()
try: b.wait(0.01)
except threading.BrokenBarrierError: print("broken", b.broken)
b.reset(); print(b.broken)
b = mp.Barrier(3); p = mp.Process(target=child, args=(b, q)); p.start()
b.abort(); print(q.get(), b.broken); p.join()`, func(log func(...any)) {
			b, q := mp.NewBarrier(2), mp.NewSimpleQueue()
			if _, err := b.Wait(mp.Timeout(10 * time.Millisecond)); err != nil {
				log("broken", truth(b.Broken()))
			}
			b.Reset()
			log(truth(b.Broken()))
			b = mp.NewBarrier(3)
			p := mp.NewProcess(arriveBroken, mp.Args(b, q))
			p.Start()
			b.Abort()
			log(q.Get(), truth(b.Broken()))
			p.Join()
		}},
		{"values", 6, `
import multiprocessing as mp
def child(v, d):
    for _ in range(1000):
        with v.get_lock(): v.value += 1
    d.value = 0.5
v, d = mp.Value("i", 7), mp.Value("d")
ps = [mp.Process(target=child, args=(v, d)) for _ in range(2)]
for p in ps: p.start()
for p in ps: p.join()
print(v.value, d.value)
for bad in ("x", 1.5):
    try: v.value = bad
    except TypeError as e: print("TypeError")
v.value = 2**31; print(v.value)
r = mp.Value("i", 3, lock=False); print(r.value)`, func(log func(...any)) {
			v, d := mp.NewValue("i", 7), mp.NewValue("d", nil)
			var ps []*mp.Process
			for range 2 {
				p := mp.NewProcess(add, mp.Args(v, d))
				p.Start()
				ps = append(ps, p)
			}
			for _, p := range ps {
				p.Join()
			}
			log(v.Value(), d.Value())
			for _, bad := range []any{"x", 1.5} {
				name, _, _ := strings.Cut(raised(func() { v.SetValue(bad) }), ":")
				log(name)
			}
			v.SetValue(1 << 31)
			log(v.Value())
			r := mp.NewValue("i", 3, mp.UseLock(nil))
			log(r.Value())
		}},
		{"arrays", 6, `
import multiprocessing as mp
def child(a): a[0] = 10; a[2:4] = [20, 30]
a = mp.Array("i", range(5)); p = mp.Process(target=child, args=(a,)); p.start(); p.join()
print(*a[:], len(a), a[-1], *a[1:3], *mp.Array("d", 3))
for f in (lambda: a[5], lambda: a.__setitem__(slice(0, 2), [1])):
    try: f()
    except (IndexError, ValueError) as e: print(type(e).__name__)
c = mp.Array("c", b"hello"); print(c.value.decode(), len(c.raw), c[0].decode())
c.value = b"hi"; print(c.value.decode(), c.raw)`, func(log func(...any)) {
			a := mp.NewArray("i", []int{0, 1, 2, 3, 4})
			p := mp.NewProcess(setArray, mp.Args(a))
			p.Start()
			p.Join()
			list := append(a.Slice(), a.Len(), a.Get(-1))
			list = append(list, a.Slice(1, 3)...)
			for _, x := range mp.NewArray("d", 3).Slice() {
				list = append(list, fmt.Sprintf("%.1f", x))
			}
			log(list...)
			for _, f := range []func(){func() { a.Get(5) }, func() { a.SetSlice(0, 2, []int{1}) }} {
				name, _, _ := strings.Cut(raised(f), ":")
				log(name)
			}
			c := mp.NewArray("c", "hello")
			log(string(c.Value()), len(c.Raw()), string(c.Get(0).([]byte)))
			c.SetValue([]byte("hi"))
			log(string(c.Value()), "b'"+strings.ReplaceAll(string(c.Raw()), "\x00", "\\x00")+"'")
		}},
		{"start methods", 6, `
import multiprocessing as mp
print(*sorted(mp.get_all_start_methods()), mp.get_context("spawn").get_start_method())
for f in (lambda: mp.get_context("bad"), lambda: mp.set_start_method("bad")):
    try: f()
    except ValueError as e: print(e)
mp.get_start_method()
try: mp.set_start_method("spawn")
except RuntimeError as e: print(e)`, func(log func(...any)) {
			all := mp.GetAllStartMethods()
			sort.Strings(all)
			log(all[0], all[1], all[2], mp.GetContext("spawn").GetStartMethod())
			for _, f := range []func(){func() { mp.GetContext("bad") }, func() { mp.SetStartMethod("bad") }} {
				log(strings.TrimPrefix(raised(f), "ValueError: "))
			}
			mp.GetStartMethod()
			log(strings.TrimPrefix(raised(func() { mp.SetStartMethod("spawn") }), "RuntimeError: "))
		}},
		{"waiting for several", 6, `
import multiprocessing as mp
from multiprocessing.connection import wait
pairs = [mp.Pipe(False) for _ in range(3)]; rs = [r for r, _ in pairs]
print(wait(rs, 0), wait(rs, 0.01)); pairs[1][1].send("x"); print(*[rs.index(r) for r in wait(rs, 60)])
rs[1].recv(); pairs[2][1].close(); print(*[rs.index(r) for r in wait(rs, 60)])`, func(log func(...any)) {
			var rs []any
			var ws []*mp.Connection
			for range 3 {
				r, w := mp.Pipe(mp.Duplex(false))
				rs, ws = append(rs, r), append(ws, w)
			}
			index := func(list []any) (n []any) {
				for _, x := range list {
					for i := range rs {
						if rs[i] == x {
							n = append(n, i)
						}
					}
				}
				return n
			}
			log(mp.Wait(rs, mp.Timeout(0)), mp.Wait(rs, mp.Timeout(10*time.Millisecond)))
			ws[1].Send("x")
			log(index(mp.Wait(rs, mp.Timeout(watchdog)))...)
			rs[1].(*mp.Connection).Recv()
			ws[2].Close()
			log(index(mp.Wait(rs, mp.Timeout(watchdog)))...)
		}},
		{"the end waits for children", 6, `
import multiprocessing as mp, time
def inner(w): time.sleep(0.05); w.send("inner done")
def outer(w, daemon):
    p = mp.Process(target=inner if not daemon else forever, args=(w,), daemon=daemon); p.start()
def forever(w): time.sleep(1000)
r, w = mp.Pipe(False)
p = mp.Process(target=outer, args=(w, False)); p.start(); p.join(); print(p.exitcode, r.poll(), r.recv())
p = mp.Process(target=outer, args=(w, True)); p.start(); p.join(); print(p.exitcode)`, func(log func(...any)) {
			r, w := mp.Pipe(mp.Duplex(false))
			p := mp.NewProcess(outerOf, mp.Args(w, false))
			p.Start()
			p.Join()
			log(p.ExitCode(), truth(r.Poll()), r.Recv())
			p = mp.NewProcess(outerOf, mp.Args(w, true))
			p.Start()
			p.Join()
			log(p.ExitCode())
		}},
		{"repr", 9, `
import multiprocessing as mp, re, sys
p = mp.Process(target=int, name="w"); hide = lambda s: re.sub(r"pid=\d+", "pid=PID", re.sub(r"parent=\d+", "parent=PARENT", s))
print(hide(repr(p))); p.start(); p.join(); print(hide(repr(p)))
q = mp.Process(target=sys.exit, args=(3,), name="x", daemon=True); q.start(); q.join(); print(hide(repr(q)))`, func(log func(...any)) {
			hide := func(p *mp.Process) string {
				s := strings.ReplaceAll(p.String(), fmt.Sprint("parent=", mp.CurrentProcess().PID()), "parent=PARENT")
				return strings.ReplaceAll(s, fmt.Sprint("pid=", p.PID()), "pid=PID")
			}
			p := mp.NewProcess(nil, mp.Name("w"))
			log(hide(p))
			p.Start()
			p.Join()
			log(hide(p))
			q := mp.NewProcess(leave, mp.Args(3), mp.Name("x"), mp.Daemon(true))
			q.Start()
			q.Join()
			log(hide(q))
		}},
	})
}

// What processes call.

func wait(e *mp.Event) { e.Wait() }

func leave(code int) { panic(&exceptions.SystemExit{Code: code}) }

func fail() {
	if f, err := os.Open(os.DevNull); err == nil {
		os.Stderr = f
	}
	panic(exceptions.Value("no"))
}

func hang() { threading.NewEvent().Wait(threading.Timeout(100 * time.Second)) }

func daemonStarts(q *mp.SimpleQueue) {
	q.Put(strings.TrimPrefix(raised(func() { mp.NewProcess(nil).Start() }), "AssertionError: "))
}

func outer(q *mp.SimpleQueue) {
	p := mp.NewProcess(inner, mp.Args(q))
	q.Put(mp.CurrentProcess().Name() + " " + p.Name())
	p.Start()
	p.Join()
}

func inner(q *mp.SimpleQueue) { q.Put(mp.CurrentProcess().Name()) }

func parent(q *mp.SimpleQueue) {
	p := mp.ParentProcess()
	q.Put(p.PID())
	q.Put(p.Name())
	q.Put(p.IsAlive())
}

func grow(q *mp.SimpleQueue, a *[]int) {
	*a = append(*a, 1)
	q.Put(fmt.Sprint(*a))
}

func putFive(q *mp.Queue) {
	for i := range 5 {
		q.Put(i)
	}
	q.Put(nil)
}

func tasks(q *mp.JoinableQueue) {
	for x := q.Get(); x != nil; x = q.Get() {
		q.TaskDone()
	}
	q.TaskDone()
}

func putTwo(q *mp.SimpleQueue) { q.Put("a"); q.Put("b") }

func tryLock(lock *mp.Lock, q *mp.SimpleQueue) {
	q.Put(lock.Acquire(mp.Block(false)))
	q.Put(lock.Acquire(mp.Timeout(10 * time.Millisecond)))
}

func releaseLock(lock *mp.Lock) { lock.Release() }

func tryRLock(lock *mp.RLock, q *mp.SimpleQueue) {
	q.Put(strings.TrimPrefix(raised(lock.Release), "AssertionError: "))
	q.Put(lock.Acquire(mp.Block(false)))
}

func sleeper(cond *mp.Condition, ready, woken *mp.Semaphore) {
	cond.With(func() {
		ready.Release()
		cond.Wait()
		woken.Release()
	})
}

func notifier(cond *mp.Condition, v *mp.Value) {
	for range 4 {
		cond.With(func() {
			v.SetValue(v.Int() + 1)
			cond.Notify()
		})
	}
}

func awaitEvent(e *mp.Event, q *mp.SimpleQueue) { q.Put(e.Wait(mp.Timeout(watchdog))) }

func arrive(b *mp.Barrier, q *mp.SimpleQueue) {
	n, _ := b.Wait()
	q.Put(n)
}

func arriveBroken(b *mp.Barrier, q *mp.SimpleQueue) {
	if _, err := b.Wait(); err != nil {
		q.Put("broken")
	}
}

func add(v, d *mp.Value) {
	for range 1000 {
		v.With(func() { v.SetValue(v.Int() + 1) })
	}
	d.SetValue(0.5)
}

func setArray(a *mp.Array) {
	a.Set(0, 10)
	a.SetSlice(2, 4, []int{20, 30})
}

func innerOf(w *mp.Connection) {
	threading.NewEvent().Wait(threading.Timeout(50 * time.Millisecond))
	w.Send("inner done")
}

func foreverOf(*mp.Connection) { threading.NewEvent().Wait(threading.Timeout(1000 * time.Second)) }

func outerOf(w *mp.Connection, daemon bool) {
	f := innerOf
	if daemon {
		f = foreverOf
	}
	mp.NewProcess(f, mp.Args(w), mp.Daemon(daemon)).Start()
}
