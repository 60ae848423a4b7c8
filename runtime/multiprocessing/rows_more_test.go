//go:build unix

package multiprocessing_test

// This file defines rows from Lib/test/_test_multiprocessing.py: exit codes, sizes, ends of pipes and raw memory.

import (
	"strings"
	"time"

	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/twin"
)

func moreRows() []twin.Row {
	return []twin.Row{
		{Name: "a full queue, an empty one", Python: `
import multiprocessing as mp
q = mp.Queue(2); print(q.full(), q.empty()); q.put("a"); print(q.full()); q.put("b"); print(q.full())
print(q.get(timeout=60), q.get(timeout=60), q.full(), q.empty()); q.close(); q.join_thread()`,
			Want: `
False True
False
True
a b False True`,
			Go: func(log func(...any)) {
				q := mp.NewQueue(2)
				log(truth(q.Full()), truth(q.Empty()))
				q.Put("a")
				log(truth(q.Full()))
				q.Put("b")
				log(truth(q.Full()))
				log(q.Get(mp.Timeout(watchdog)), q.Get(mp.Timeout(watchdog)), truth(q.Full()), truth(q.Empty()))
				q.Close()
				q.JoinThread()
			}},
		{Name: "raw memory", Python: `
import multiprocessing as mp
from multiprocessing.sharedctypes import RawValue, RawArray
def child(v, a): v.value += 1; a[1] = 7; a[2:] = [8, 9]
v, a = RawValue("i", 41), RawArray("i", 4)
p = mp.Process(target=child, args=(v, a)); p.start(); p.join(); print(v.value, *a[:], len(a), p.exitcode)`,
			Want: `
42 0 7 8 9 4 0`,
			Go: func(log func(...any)) {
				v, a := mp.NewRawValue("i", 41), mp.NewRawArray("i", 4)
				p := mp.NewProcess(setRaw, mp.Args(v, a))
				p.Start()
				p.Join()
				log(append(append([]any{v.Value()}, a.Slice()...), a.Len(), p.ExitCode())...)
			}},
		{Name: "a large message", Python: `
import multiprocessing as mp
def child(c): c.send_bytes(c.recv_bytes()); c.send(len(c.recv()))
a, b = mp.Pipe(); p = mp.Process(target=child, args=(b,)); p.start(); b.close()
a.send_bytes(b"x" * 3000000); print(len(a.recv_bytes())); a.send("y" * 1000000); print(a.recv()); p.join(); print(p.exitcode)`,
			Want: `
3000000
1000000
0`,
			Go: func(log func(...any)) {
				a, b := mp.Pipe()
				p := mp.NewProcess(echoLarge, mp.Args(b))
				p.Start()
				b.Close()
				a.SendBytes(make([]byte, 3_000_000))
				log(len(a.RecvBytes()))
				a.Send(strings.Repeat("y", 1_000_000))
				log(a.Recv())
				p.Join()
				log(p.ExitCode())
			}},
		{Name: "an end that nobody writes to is ready", Python: `
import multiprocessing as mp
def child(w): w.send("last")
r, w = mp.Pipe(False); p = mp.Process(target=child, args=(w,)); p.start(); w.close(); p.join()
print(r.poll(), r.recv(), r.poll(60))
try: r.recv()
except EOFError: print("EOFError")
r.close(); r.close(); print(r.closed)`,
			Want: `
True last True
EOFError
True`,
			Go: func(log func(...any)) {
				r, w := mp.Pipe(mp.Duplex(false))
				p := mp.NewProcess(sendLast, mp.Args(w))
				p.Start()
				w.Close()
				p.Join()
				log(truth(r.Poll()), r.Recv(), truth(r.Poll(mp.Timeout(watchdog))))
				name, _, _ := strings.Cut(raised(func() { r.Recv() }), ":")
				log(name)
				r.Close()
				r.Close()
				log(truth(r.Closed()))
			}},
		{Name: "several active children", Python: `
import multiprocessing as mp
gate = mp.Event(); ps = [mp.Process(target=gate.wait) for _ in range(3)]
for p in ps: p.start()
print(len(mp.active_children()), len({p.pid for p in ps})); gate.set()
for p in ps: p.join()
print(len(mp.active_children()), *[p.exitcode for p in ps], mp.cpu_count() > 0)`,
			Want: `
3 3
0 0 0 0 True`,
			Go: func(log func(...any)) {
				gate := mp.NewEvent()
				var ps []*mp.Process
				pids := map[any]bool{}
				for range 3 {
					p := mp.NewProcess(wait, mp.Args(gate))
					p.Start()
					pids[p.PID()] = true
					ps = append(ps, p)
				}
				log(len(mp.ActiveChildren()), len(pids))
				gate.Set()
				for _, p := range ps {
					p.Join()
				}
				log(len(mp.ActiveChildren()), ps[0].ExitCode(), ps[1].ExitCode(), ps[2].ExitCode(),
					truth(mp.CPUCount() > 0))
			}},
		{Name: "a negative time-out is none left", Python: `
import multiprocessing as mp, queue
lock = mp.Lock(); print(lock.acquire(True, -1), lock.acquire(True, -1)); print(mp.Event().wait(-1))
try: mp.Queue().get(True, -1)
except queue.Empty: print("Empty")
a, b = mp.Pipe(); print(a.poll(-1))`,
			Want: `
True False
False
Empty
False`,
			Go: func(log func(...any)) {
				lock := mp.NewLock()
				log(truth(lock.Acquire(mp.Timeout(-time.Second))), truth(lock.Acquire(mp.Timeout(-time.Second))))
				log(truth(mp.NewEvent().Wait(mp.Timeout(-time.Second))))
				name, _, _ := strings.Cut(raised(func() { mp.NewQueue().Get(mp.Timeout(-time.Second)) }), ":")
				log(name)
				a, _ := mp.Pipe()
				log(truth(a.Poll(mp.Timeout(-time.Second))))
			}},
		{Name: "two workers of a joinable queue", Python: `
import multiprocessing as mp
def worker(q, done):
    for x in iter(q.get, None):
        with done.get_lock(): done.value += x
        q.task_done()
    q.task_done()
q, done = mp.JoinableQueue(), mp.Value("i", 0); ps = [mp.Process(target=worker, args=(q, done)) for _ in range(2)]
for p in ps: p.start()
for i in range(20): q.put(i)
q.join(); print(done.value); q.put(None); q.put(None); q.join()
for p in ps: p.join(); print(p.exitcode)`,
			Want: `
190
0
0`,
			Go: func(log func(...any)) {
				q, done := mp.NewJoinableQueue(), mp.NewValue("i", 0)
				var ps []*mp.Process
				for range 2 {
					p := mp.NewProcess(sum, mp.Args(q, done))
					p.Start()
					ps = append(ps, p)
				}
				for i := range 20 {
					q.Put(i)
				}
				q.Join()
				log(done.Value())
				q.Put(nil)
				q.Put(nil)
				q.Join()
				for _, p := range ps {
					p.Join()
					log(p.ExitCode())
				}
			}},
	}
}

func setRaw(v *mp.Value, a *mp.Array) {
	v.SetValue(v.Int() + 1)
	a.Set(1, 7)
	a.SetSlice(2, 4, []int{8, 9})
}

func echoLarge(c *mp.Connection) {
	c.SendBytes(c.RecvBytes())
	c.Send(len(c.Recv().(string)))
}

func sendLast(w *mp.Connection) { w.Send("last") }

func sum(q *mp.JoinableQueue, done *mp.Value) {
	for x := q.Get(); x != nil; x = q.Get() {
		done.With(func() { done.SetValue(done.Int() + x.(int)) })
		q.TaskDone()
	}
	q.TaskDone()
}
