//go:build unix

package multiprocessing_test

// This file defines rows from Lib/test/_test_multiprocessing.py: processes, their ends, parents and children.

import (
	"fmt"
	"sort"
	"strings"
	"time"

	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/twin"
)

func processRows() []twin.Row {
	return []twin.Row{
		{Name: "before the start", Python: `
import multiprocessing as mp
p = mp.Process(target=print)
print(mp.current_process().name, p.pid, p.is_alive(), p.exitcode, p.daemon, mp.active_children())
print(p.name)`,
			Want: `
MainProcess None False None False []
Process-1`,
			Go: func(log func(...any)) {
				p := mp.NewProcess(func() {})
				log(mp.CurrentProcess().Name(), none(p.PID()), truth(p.IsAlive()), none(p.ExitCode()),
					truth(p.Daemon()), mp.ActiveChildren())
				log(p.Name())
			}},
		{Name: "names by context", Python: `
import multiprocessing as mp
for method in "spawn", "fork", "forkserver": print(mp.get_context(method).Process(target=print).name)
print(mp.Process(target=print).name, mp.get_context("spawn").Process(target=print, name="x").name)`,
			Want: `
SpawnProcess-1
ForkProcess-2
ForkServerProcess-3
Process-4 x`,
			Go: func(log func(...any)) {
				for _, method := range []string{"spawn", "fork", "forkserver"} {
					log(mp.GetContext(method).NewProcess(func() {}).Name())
				}
				log(mp.NewProcess(func() {}).Name(), mp.GetContext("spawn").NewProcess(func() {}, mp.Name("x")).Name())
			}},
		{Name: "start and join", Python: `
import multiprocessing as mp
gate = mp.Event()
p = mp.Process(target=gate.wait, name="worker")
p.start()
print(p.pid > 0, p.ident == p.pid, p.is_alive(), p.exitcode, mp.active_children() == [p], p.name)
gate.set(); p.join()
print(p.is_alive(), p.exitcode, mp.active_children())`,
			Want: `
True True True None True worker
False 0 []`,
			Go: func(log func(...any)) {
				gate := mp.NewEvent()
				p := mp.NewProcess(wait, mp.Args(gate), mp.Name("worker"))
				p.Start()
				list := mp.ActiveChildren()
				log(truth(p.PID().(int) > 0), truth(p.Ident() == p.PID()), truth(p.IsAlive()), none(p.ExitCode()),
					truth(len(list) == 1 && list[0] == p), p.Name())
				gate.Set()
				p.Join()
				log(truth(p.IsAlive()), none(p.ExitCode()), mp.ActiveChildren())
			}},
		{Name: "exit codes", Python: `
import multiprocessing as mp, sys, os
def fail():
    sys.stderr = open(os.devnull, "w"); raise ValueError("no")
def leave(x): sys.exit(x)
for f, a in ((leave, (0,)), (leave, (3,)), (leave, (300,)), (fail, ())):
    p = mp.Process(target=f, args=a); p.start(); p.join(); print(p.exitcode)
p = mp.Process(); p.start(); p.join(); print(p.exitcode)`,
			Want: `
0
3
44
1
0`,
			Go: func(log func(...any)) {
				for _, p := range []*mp.Process{mp.NewProcess(leave, mp.Args(0)), mp.NewProcess(leave, mp.Args(3)),
					mp.NewProcess(leave, mp.Args(300)),
					mp.NewProcess(fail), mp.NewProcess(nil)} {
					p.Start()
					p.Join()
					log(p.ExitCode())
				}
			}},
		{Name: "terminate and kill", Since: 7, Python: `
import multiprocessing as mp, time
for end in ("terminate", "kill"):
    p = mp.Process(target=time.sleep, args=(100,)); p.start()
    getattr(p, end)(); p.join()
    print(end, p.exitcode, p.is_alive())`,
			Want: `
terminate -15 False
kill -9 False`,
			Go: func(log func(...any)) {
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
		{Name: "misuse", Since: 7, Python: `
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
print(name(q.join), "|", name(q.is_alive))`,
			Want: `
AssertionError: can only join a started process
AttributeError: 'NoneType' object has no attribute 'terminate'
AssertionError: cannot start a process twice
ValueError: Cannot close a process while it is still running. You should first call join() or terminate().
ValueError: process object is closed | ValueError: process object is closed`,
			Go: func(log func(...any)) {
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
		{Name: "join with a time-out", Python: `
import multiprocessing as mp
gate = mp.Event()
p = mp.Process(target=gate.wait); p.start()
p.join(0); print(p.exitcode, p.is_alive())
p.join(0.05); print(p.exitcode)
gate.set(); p.join(60); print(p.exitcode)`,
			Want: `
None True
None
0`,
			Go: func(log func(...any)) {
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
		{Name: "daemons", Python: `
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
print(mp.Process(target=int, daemon=True).daemon)`,
			Want: `
True
daemonic processes are not allowed to have children
process has already started
True`,
			Go: func(log func(...any)) {
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
		{Name: "names", Python: `
import multiprocessing as mp
def outer(q):
    p = mp.Process(target=inner, args=(q,)); q.put((mp.current_process().name + " " + p.name)); p.start(); p.join()
def inner(q): q.put(mp.current_process().name)
q = mp.SimpleQueue()
a, b = mp.Process(target=int), mp.Process(target=outer, args=(q,))
print(a.name, b.name)
b.start(); b.join(); print(q.get(), q.get())`,
			Want: `
Process-1 Process-2
Process-2 Process-2:1 Process-2:1`,
			Go: func(log func(...any)) {
				q := mp.NewSimpleQueue()
				a, b := mp.NewProcess(nil), mp.NewProcess(outer, mp.Args(q))
				log(a.Name(), b.Name())
				b.Start()
				b.Join()
				log(q.Get(), q.Get())
			}},
		{Name: "the parent process", Since: 8, Python: `
import multiprocessing as mp, os
def child(q):
    p = mp.parent_process(); q.put(p.pid); q.put(p.name); q.put(p.is_alive())
print(mp.parent_process())
q = mp.SimpleQueue(); p = mp.Process(target=child, args=(q,)); p.start(); print(q.get() == os.getpid(), q.get(), q.get()); p.join()`,
			Want: `
None
True MainProcess True`,
			Go: func(log func(...any)) {
				log(none(map[bool]any{true: nil, false: 1}[mp.ParentProcess() == nil]))
				q := mp.NewSimpleQueue()
				p := mp.NewProcess(parent, mp.Args(q))
				p.Start()
				log(truth(q.Get() == mp.CurrentProcess().PID()), q.Get(), none(q.Get()))
				p.Join()
			}},
		{Name: "sentinels", Python: `
import multiprocessing as mp
from multiprocessing.connection import wait
gate = mp.Event()
p = mp.Process(target=gate.wait); p.start()
print(wait([p.sentinel], timeout=0)); gate.set()
print(wait([p.sentinel], timeout=60) == [p.sentinel]); p.join(); print(p.exitcode)`,
			Want: `
[]
True
0`,
			Go: func(log func(...any)) {
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
		{Name: "arguments are copies", Python: `
import multiprocessing as mp
def child(q, a): a.append(1); q.put(str(a))
q = mp.SimpleQueue(); a = [0]
p = mp.Process(target=child, args=(q, a)); p.start(); print(q.get()); p.join(); print(a)`,
			Want: `
[0, 1]
[0]`,
			Go: func(log func(...any)) {
				q, a := mp.NewSimpleQueue(), []int{0}
				p := mp.NewProcess(grow, mp.Args(q, &a))
				p.Start()
				log(strings.ReplaceAll(q.Get().(string), " ", ", "))
				p.Join()
				log(a)
			}},
		{Name: "start methods", Python: `
import multiprocessing as mp
print(*sorted(mp.get_all_start_methods()), mp.get_context("spawn").get_start_method())
for f in (lambda: mp.get_context("bad"), lambda: mp.set_start_method("bad")):
    try: f()
    except ValueError as e: print(e)
mp.get_start_method()
try: mp.set_start_method("spawn")
except RuntimeError as e: print(e)`,
			Want: `
fork forkserver spawn spawn
cannot find context for 'bad'
cannot find context for 'bad'
context has already been set`,
			Go: func(log func(...any)) {
				all := mp.GetAllStartMethods()
				sort.Strings(all)
				log(all[0], all[1], all[2], mp.GetContext("spawn").GetStartMethod())
				for _, f := range []func(){func() { mp.GetContext("bad") }, func() { mp.SetStartMethod("bad") }} {
					log(strings.TrimPrefix(raised(f), "ValueError: "))
				}
				mp.GetStartMethod()
				log(strings.TrimPrefix(raised(func() { mp.SetStartMethod("spawn") }), "RuntimeError: "))
			}},
		{Name: "the end waits for children", Python: `
import multiprocessing as mp, time
def inner(w): time.sleep(0.05); w.send("inner done")
def outer(w, daemon):
    p = mp.Process(target=inner if not daemon else forever, args=(w,), daemon=daemon); p.start()
def forever(w): time.sleep(1000)
r, w = mp.Pipe(False)
p = mp.Process(target=outer, args=(w, False)); p.start(); p.join(); print(p.exitcode, r.poll(), r.recv())
p = mp.Process(target=outer, args=(w, True)); p.start(); p.join(); print(p.exitcode)`,
			Want: `
0 True inner done
0`,
			Go: func(log func(...any)) {
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
		{Name: "repr", Since: 9, Python: `
import multiprocessing as mp, re, sys
p = mp.Process(target=int, name="w"); hide = lambda s: re.sub(r"pid=\d+", "pid=PID", re.sub(r"parent=\d+", "parent=PARENT", s))
print(hide(repr(p))); p.start(); p.join(); print(hide(repr(p)))
q = mp.Process(target=sys.exit, args=(3,), name="x", daemon=True); q.start(); q.join(); print(hide(repr(q)))`,
			Want: `
<Process name='w' parent=PARENT initial>
<Process name='w' pid=PID parent=PARENT stopped exitcode=0>
<Process name='x' pid=PID parent=PARENT stopped exitcode=3 daemon>`,
			Go: func(log func(...any)) {
				hide := func(p *mp.Process) string {
					s := strings.ReplaceAll(p.String(), fmt.Sprint("parent=", mp.CurrentProcess().PID()),
						"parent=PARENT")
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
	}
}
