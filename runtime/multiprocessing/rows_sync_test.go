//go:build unix

package multiprocessing_test

// This file defines rows from Lib/test/_test_multiprocessing.py: locks, objects built on them, and shared memory.

import (
	"fmt"
	"sort"
	"strings"
	"time"

	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/twin"
)

func syncRows() []twin.Row {
	return []twin.Row{
		{Name: "a lock", Python: `
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
p = mp.Process(target=lock.release); p.start(); p.join(); print(p.exitcode, lock.acquire(False))`,
			Want: `
True False False
False False
semaphore or lock released too many times
False
0 True`,
			Go: func(log func(...any)) {
				lock, q := mp.NewLock(), mp.NewSimpleQueue()
				log(truth(lock.Acquire()), truth(lock.Acquire(mp.Block(false))),
					truth(lock.Acquire(mp.Timeout(10*time.Millisecond))))
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
		{Name: "a recursive lock", Python: `
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
except AssertionError as e: print(e)`,
			Want: `
True True True
attempt to release recursive lock not owned by thread False
attempt to release recursive lock not owned by thread`,
			Go: func(log func(...any)) {
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
		{Name: "semaphores", Python: `
import multiprocessing as mp
s = mp.Semaphore(2)
print(s.acquire(), s.acquire(), s.acquire(False), s.acquire(True, 0.01))
s.release(); s.release(); s.release(); print(s.acquire(False), s.acquire(False), s.acquire(False), s.acquire(False))
b = mp.BoundedSemaphore(1); b.acquire(); b.release()
try: b.release()
except ValueError as e: print(e)
try: mp.Semaphore(-1)
except (ValueError, OSError) as e: print("refused")`,
			Want: `
True True False False
True True True False
semaphore or lock released too many times
refused`,
			Go: func(log func(...any)) {
				s := mp.NewSemaphore(2)
				no := mp.Block(false)
				log(truth(s.Acquire()), truth(s.Acquire()), truth(s.Acquire(no)),
					truth(s.Acquire(mp.Timeout(10*time.Millisecond))))
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
		{Name: "a condition", Python: `
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
except AssertionError as e: print(e)`,
			Want: `
False
True False
0 0 0
lock is not owned
must acquire() condition before using wait()`,
			Go: func(log func(...any)) {
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
		{Name: "wait_for", Python: `
import multiprocessing as mp
def child(cond, v):
    for i in range(4):
        with cond: v.value += 1; cond.notify()
cond, v = mp.Condition(), mp.Value("i", 0)
with cond: print(cond.wait_for(lambda: v.value > 0, 0.01))
p = mp.Process(target=child, args=(cond, v)); p.start()
with cond: print(cond.wait_for(lambda: v.value == 4, 60), v.value)
p.join()`,
			Want: `
False
True 4`,
			Go: func(log func(...any)) {
				cond, v := mp.NewCondition(nil), mp.NewValue("i", 0)
				cond.With(func() {
					log(truth(cond.WaitFor(func() bool { return v.Int() > 0 }, mp.Timeout(10*time.Millisecond))))
				})
				p := mp.NewProcess(notifier, mp.Args(cond, v))
				p.Start()
				cond.With(func() {
					log(truth(cond.WaitFor(func() bool { return v.Int() == 4 }, mp.Timeout(watchdog))), v.Value())
				})
				p.Join()
			}},
		{Name: "an event", Python: `
import multiprocessing as mp
def child(e, q): q.put(e.wait(60))
e, q = mp.Event(), mp.SimpleQueue()
print(e.is_set(), e.wait(0), e.wait(0.01))
p = mp.Process(target=child, args=(e, q)); p.start(); e.set(); print(q.get(), e.is_set(), e.wait(), e.wait(0)); p.join()
e.clear(); print(e.is_set(), e.wait(0))`,
			Want: `
False False False
True True True True
False False`,
			Go: func(log func(...any)) {
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
		{Name: "a barrier", Python: `
import multiprocessing as mp
def child(b, q): q.put(b.wait())
q = mp.SimpleQueue()
b = mp.Barrier(3); ps = [mp.Process(target=child, args=(b, q)) for _ in range(2)]
for p in ps: p.start()
mine = b.wait(60); print(*sorted([mine, q.get(), q.get()]), b.parties, b.n_waiting, b.broken)
for p in ps: p.join()`,
			Want: `
0 1 2 3 0 False`,
			Go: func(log func(...any)) {
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
		{Name: "a broken barrier", Python: `
import multiprocessing as mp, threading
def child(b, q):
    try: b.wait()
    except threading.BrokenBarrierError: q.put("broken")
b, q = mp.Barrier(2), mp.SimpleQueue()
try: b.wait(0.01)
except threading.BrokenBarrierError: print("broken", b.broken)
b.reset(); print(b.broken)
b = mp.Barrier(3); p = mp.Process(target=child, args=(b, q)); p.start()
b.abort(); print(q.get(), b.broken); p.join()`,
			Want: `
broken True
False
broken True`,
			Go: func(log func(...any)) {
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
		{Name: "values", Python: `
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
r = mp.Value("i", 3, lock=False); print(r.value)`,
			Want: `
2007 0.5
TypeError
TypeError
-2147483648
3`,
			Go: func(log func(...any)) {
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
		{Name: "arrays", Python: `
import multiprocessing as mp
def child(a): a[0] = 10; a[2:4] = [20, 30]
a = mp.Array("i", range(5)); p = mp.Process(target=child, args=(a,)); p.start(); p.join()
print(*a[:], len(a), a[-1], *a[1:3], *mp.Array("d", 3))
for f in (lambda: a[5], lambda: a.__setitem__(slice(0, 2), [1])):
    try: f()
    except (IndexError, ValueError) as e: print(type(e).__name__)
c = mp.Array("c", b"hello"); print(c.value.decode(), len(c.raw), c[0].decode())
c.value = b"hi"; print(c.value.decode(), c.raw)`,
			Want: `
10 1 20 30 4 5 4 1 20 0.0 0.0 0.0
IndexError
ValueError
hello 5 h
hi b'hi\x00lo'`,
			Go: func(log func(...any)) {
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
	}
}
