//go:build unix

package multiprocessing_test

// This file defines rows from Lib/test/_test_multiprocessing.py: queues and pipes.

import (
	"strings"
	"time"

	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/twin"
)

func queueRows() []twin.Row {
	return []twin.Row{
		{Name: "a bounded queue", Python: `
import multiprocessing as mp, queue
def name(f, *a):
    try: return f(*a)
    except Exception as e: return type(e).__name__
q = mp.Queue(2)
print(name(q.get_nowait), name(q.get, True, 0.01), name(q.get, False))
q.put(1); q.put(2, timeout=5)
print(name(q.put_nowait, 3), name(q.put, 3, True, 0.01), name(q.put, 3, False))
print(q.get(), q.get(timeout=60)); q.close(); q.join_thread()`,
			Want: `
Empty Empty Empty
Full Full Full
1 2`,
			Go: func(log func(...any)) {
				name := func(f func()) string { s, _, _ := strings.Cut(raised(f), ":"); return s }
				q := mp.NewQueue(2)
				log(name(func() { _, err := q.GetNowait(); panic(err) }),
					name(func() { q.Get(mp.Timeout(10 * time.Millisecond)) }), name(func() { q.Get(mp.Block(false)) }))
				q.Put(1)
				q.Put(2, mp.Timeout(5*time.Second))
				log(name(func() { panic(q.PutNowait(3)) }), name(func() { q.Put(3, mp.Timeout(10*time.Millisecond)) }),
					name(func() { q.Put(3, mp.Block(false)) }))
				log(q.Get(), q.Get(mp.Timeout(watchdog)))
				q.Close()
				q.JoinThread()
			}},
		{Name: "the order of a queue", Python: `
import multiprocessing as mp
def child(q):
    for i in range(5): q.put(i)
    q.put(None)
q = mp.Queue(); p = mp.Process(target=child, args=(q,)); p.start()
print(*iter(q.get, None)); p.join(); print(p.exitcode)`,
			Want: `
0 1 2 3 4
0`,
			Go: func(log func(...any)) {
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
		{Name: "a closed queue", Since: 8, Python: `
import multiprocessing as mp
q = mp.Queue(); q.close(); q.join_thread()
for f in (lambda: q.put(1), lambda: q.get()):
    try: f()
    except ValueError as e: print(type(e).__name__, str(e).startswith("Queue <"), str(e).endswith("is closed"))`,
			Want: `
ValueError True True
ValueError True True`,
			Go: func(log func(...any)) {
				q := mp.NewQueue()
				q.Close()
				q.JoinThread()
				for _, f := range []func(){func() { q.Put(1) }, func() { q.Get() }} {
					name, text, _ := strings.Cut(raised(f), ": ")
					log(name, truth(strings.HasPrefix(text, "Queue <")), truth(strings.HasSuffix(text, "is closed")))
				}
			}},
		{Name: "what can't be sent", Python: `
import multiprocessing as mp, sys, os
q = mp.Queue(); err, sys.stderr = sys.stderr, open(os.devnull, "w")
q.put(lambda: 0); q.put("next"); print(q.get(timeout=60)); sys.stderr = err
q.close(); q.join_thread()`,
			Want: `
next`,
			Go: func(log func(...any)) {
				q := mp.NewQueue()
				q.Put(make(chan int))
				q.Put("next")
				log(q.Get(mp.Timeout(watchdog)))
				q.Close()
				q.JoinThread()
			}},
		{Name: "a joinable queue", Python: `
import multiprocessing as mp
def worker(q):
    for x in iter(q.get, None): q.task_done()
    q.task_done()
q = mp.JoinableQueue(); p = mp.Process(target=worker, args=(q,)); p.start()
for i in range(4): q.put(i)
q.join(); print("joined"); q.put(None); q.join(); p.join(); print(p.exitcode)
try: q.task_done()
except ValueError as e: print(e)`,
			Want: `
joined
0
task_done() called too many times`,
			Go: func(log func(...any)) {
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
		{Name: "a simple queue", Python: `
import multiprocessing as mp
def child(q): q.put("a"); q.put("b")
q = mp.SimpleQueue(); print(q.empty()); p = mp.Process(target=child, args=(q,)); p.start(); p.join()
print(q.empty(), q.get(), q.get(), q.empty())`,
			Want: `
True
False a b True`,
			Go: func(log func(...any)) {
				q := mp.NewSimpleQueue()
				log(truth(q.Empty()))
				p := mp.NewProcess(putTwo, mp.Args(q))
				p.Start()
				p.Join()
				log(truth(q.Empty()), q.Get(), q.Get(), truth(q.Empty()))
			}},
		{Name: "a pipe", Python: `
import multiprocessing as mp
a, b = mp.Pipe()
a.send("there"); print(b.poll(), b.recv(), b.poll(), b.poll(0.01))
b.send("back"); print(a.recv()); b.send("last"); b.close(); print(a.closed, b.closed, a.recv())
try: a.recv()
except EOFError as e: print("EOFError", repr(str(e)))
a.close()
try: a.send(1)
except OSError as e: print(type(e).__name__, e)`,
			Want: `
True there False False
back
False True last
EOFError ''
OSError handle is closed`,
			Go: func(log func(...any)) {
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
		{Name: "a pipe in one direction", Python: `
import multiprocessing as mp
r, w = mp.Pipe(False)
print(r.readable, r.writable, w.readable, w.writable)
for f in (lambda: r.send(1), lambda: w.recv(), lambda: w.poll()):
    try: f()
    except OSError as e: print(e)
w.send("x"); print(r.recv()); r.close()
try: w.send("x")
except OSError as e: print(type(e).__name__)`,
			Want: `
True False False True
connection is read-only
connection is write-only
connection is write-only
x
BrokenPipeError`,
			Go: func(log func(...any)) {
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
		{Name: "bytes", Python: `
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
except OSError as e: print("OSError")`,
			Want: `
0123456789
5 hello
BufferTooShort hello
0
OSError`,
			Go: func(log func(...any)) {
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
		{Name: "waiting for several", Python: `
import multiprocessing as mp
from multiprocessing.connection import wait
pairs = [mp.Pipe(False) for _ in range(3)]; rs = [r for r, _ in pairs]
print(wait(rs, 0), wait(rs, 0.01)); pairs[1][1].send("x"); print(*[rs.index(r) for r in wait(rs, 60)])
rs[1].recv(); pairs[2][1].close(); print(*[rs.index(r) for r in wait(rs, 60)])`,
			Want: `
[] []
1
2`,
			Go: func(log func(...any)) {
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
	}
}
