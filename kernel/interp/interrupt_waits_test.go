//go:build linux

package interp_test

// This file tests interrupts in odd moments of processes, pools, managers and servers: whatever the cell waits for, the
// next one works and nothing is left of what the cell has started.

import (
	"strings"
	"testing"

	"gilkernel/kernel/link"
)

const oddImports = `import "fmt"
import "time"
import "gilkernel/runtime/asyncio"
import "gilkernel/runtime/futures"
import mp "gilkernel/runtime/multiprocessing"
import "gilkernel/runtime/multiprocessing/connection"
import "gilkernel/runtime/queue"
import "gilkernel/runtime/socket"
import "gilkernel/runtime/threading"
`

// oddBefore is what an earlier cell has made, and must still work.
const oddBefore = oddImports + `
var executor *futures.ThreadPoolExecutor
var pool *mp.Pool
var manager *mp.Manager
var dict *mp.DictProxy
func same(x int) int { return x }
func endless() { for { time.Sleep(time.Millisecond) } }
func busy() { for {} }
func ever(x int) int { for {} }
func nested(n int) { if n > 0 { p := mp.NewProcess(nested, mp.Args(n-1)); p.Start(); p.Join() }; busy() }
func put(q *mp.Queue) { for i := 0; ; i++ { q.Put(make([]byte, 1000)) } }
func call(d *mp.DictProxy) { for i := 0; ; i++ { d.SetItem("i", i) } }
func hold(l *mp.Lock, e *mp.Event) { l.Acquire(); e.Set(); busy() }
---
executor = futures.NewThreadPoolExecutor(2)
pool = mp.NewPool(2)
manager = mp.NewManager()
dict = manager.Dict()
var _, _, _, _, _, _ = time.Now, queue.NewQueue, socket.CreateServer, connection.Client, asyncio.Run, threading.NewEvent
fmt.Println(executor.Submit(same, 1).Result())
`

// odd are cells that print "begun" and never end.
var odd = []struct{ name, code string }{
	{"processes that start", "fmt.Println(\"begun\"); for { mp.NewProcess(endless).Start(); if " +
		"len(mp.ActiveChildren()) > 8 { time.Sleep(time.Hour) } }"},
	{"processes that start and end",
		"fmt.Println(\"begun\"); for { p := mp.NewProcess(same, mp.Args(1)); p.Start(); p.Join() }"},
	{"processes that are killed",
		"fmt.Println(\"begun\"); for { p := mp.NewProcess(busy); p.Start(); p.Kill(); p.Join() }"},
	{"nested processes", "p := mp.NewProcess(nested, mp.Args(2)); p.Start(); fmt.Println(\"begun\"); p.Join()"},
	{"threads that start", "fmt.Println(\"begun\"); for i := 0; ; i++ { threading.NewThread(busy).Start(); if i > 8 " +
		"{ time.Sleep(time.Hour) } }"},
	{"a thread in compiled code", "go time.Sleep(time.Hour); t := threading.NewThread(queue.NewQueue().Get); " +
		"t.Start(); fmt.Println(\"begun\"); t.Join()"},
	{"an earlier executor", "fmt.Println(\"begun\"); for { futures.Wait([]*futures.Future{executor.Submit(same, 1), " +
		"executor.Submit(same, 2), executor.Submit(same, 3)}) }"},
	{"an executor", "e := futures.NewThreadPoolExecutor(2); fmt.Println(\"begun\"); e.With(func(e " +
		"*futures.ThreadPoolExecutor) { e.Submit(busy) })"},
	{"an earlier pool", "fmt.Println(\"begun\"); for { pool.Map(same, 4) }"},
	{"a pool's initializer", "p := mp.NewPool(2, mp.Initializer(busy)); fmt.Println(\"begun\"); p.Map(same, 2)"},
	{"a pool's Join", "p := mp.NewPool(2); p.ApplyAsync(ever, 1); p.Close(); fmt.Println(\"begun\"); p.Join()"},
	{"a pool of interpreters",
		"e := futures.NewInterpreterPoolExecutor(2); fmt.Println(\"begun\"); e.Submit(ever, 1).Result()"},
	{"an executor's With", "fmt.Println(\"begun\"); futures.NewProcessPoolExecutor(2).With(func(e " +
		"*futures.ProcessPoolExecutor) { e.Submit(ever, 1) })"},
	{"a queue of a child",
		"q := mp.NewQueue(); p := mp.NewProcess(put, mp.Args(q)); p.Start(); fmt.Println(\"begun\"); for { q.Get() }"},
	{"a full queue", "q := mp.NewQueue(1); q.Put(1); p := mp.NewProcess(func(q *mp.Queue) { busy() }, mp.Args(q)); " +
		"p.Start(); fmt.Println(\"begun\"); q.Put(2)"},
	{"a JoinableQueue", "q := mp.NewJoinableQueue(); q.Put(1); p := mp.NewProcess(func(q *mp.JoinableQueue) { busy() " +
		"}, mp.Args(q)); p.Start(); fmt.Println(\"begun\"); q.Join()"},
	{"a lock that a child holds", "l, e := mp.NewLock(), mp.NewEvent(); p := mp.NewProcess(hold, mp.Args(l, e)); " +
		"p.Start(); e.Wait(); fmt.Println(\"begun\"); l.Acquire()"},
	{"an earlier manager", "fmt.Println(\"begun\"); for i := 0; ; i++ { dict.SetItem(\"i\", i) }"},
	{"an earlier manager's queue", "fmt.Println(\"begun\"); q := manager.Queue(); p := mp.NewProcess(func(q " +
		"*mp.QueueProxy) { busy() }, mp.Args(q)); p.Start(); q.Get()"},
	{"an earlier manager and a child",
		"p := mp.NewProcess(call, mp.Args(dict)); p.Start(); fmt.Println(\"begun\"); call(dict)"},
	{"managers that start", "fmt.Println(\"begun\"); for { m := mp.NewManager(); m.Dict(); m.Shutdown() }"},
	{"a manager's barrier", "b := mp.NewManager().Barrier(2); p := mp.NewProcess(func(b *mp.BarrierProxy) { busy() " +
		"}, mp.Args(b)); p.Start(); fmt.Println(\"begun\"); b.Wait()"},
	{"a pipe", "a, b := mp.Pipe(); p := mp.NewProcess(func(c *mp.Connection) { busy() }, mp.Args(b)); p.Start(); " +
		"fmt.Println(\"begun\"); a.Recv()"},
	{"Wait", "p := mp.NewProcess(busy); p.Start(); fmt.Println(\"begun\"); mp.Wait([]any{p.Sentinel()})"},
	{"a Listener", "p := mp.NewProcess(busy); p.Start(); l := connection.NewListener(socket.Addr{Host: " +
		"\"localhost\"}); fmt.Println(\"begun\"); l.Accept()"},
	{"asyncio", "fmt.Println(\"begun\"); asyncio.Run(func() { for { asyncio.Sleep(time.Millisecond) } })"},
	{"asyncio's executor", "fmt.Println(\"begun\"); asyncio.Run(func() { asyncio.ToThread(busy) })"},
	{"a deferred wait", "p := mp.NewProcess(busy); p.Start(); defer p.Join(); fmt.Println(\"begun\"); p.Join()"},
	{"a recovered wait", "p := mp.NewProcess(busy); p.Start(); fmt.Println(\"begun\"); for { func() { defer func() { " +
		"recover() }(); p.Join() }() }"},
}

func TestInterruptInOddMoments(t *testing.T) {
	for _, row := range odd {
		for _, python := range []string{"", "simulated cores=4 seed=1"} {
			t.Run(row.name+"/"+strings.ReplaceAll(python, " ", ","), func(t *testing.T) {
				t.Parallel()
				p := begin(t)
				first := p.request(oddBefore)
				p.machine(strings.TrimSpace(python + " python=3.14"))
				p.send(&link.Request{Run: first})
				p.wait(first.ID).ok(t)
				for range 2 { // the same cell again
					p.interrupted(p.begun(oddImports + "---\nvar _, _, _, _, _, _, _, _ = time.Now, queue.NewQueue, " +
						"socket.CreateServer, connection.Client, asyncio.Run, threading.NewEvent, futures.Wait, " +
						"mp.NewLock\n" + row.code).ID)
				}
				r := p.run(oddImports + "---\nvar _, _, _, _, _ = queue.NewQueue, socket.CreateServer, " +
					"connection.Client, asyncio.Run, threading.NewEvent\n" +
					"for range 1000 { if len(mp.ActiveChildren()) == 3 { break }; time.Sleep(10 * time.Millisecond) " +
					"}\n" +
					"dict.SetItem(\"last\", 7); list, err := futures.List(executor.Map(same, 3)); if err != nil { " +
					"panic(err) }\n" +
					"fmt.Println(len(mp.ActiveChildren()), pool.Map(same, 3), dict.Get(\"last\"), list)").ok(t)
				if got := r.out[r.id]; got != "3 [0 1 2] 7 [0 1 2]\n" {
					t.Errorf("got %q", got)
				}
			})
		}
	}
}

// A call of a manager's object that was interrupted takes nothing: an item of a queue or a lock that the next cell
// waits for.
func TestInterruptedCallTakesNothing(t *testing.T) {
	for _, python := range []string{"", "simulated cores=4 seed=1"} {
		for _, row := range []struct{ wait, after, out string }{
			{"q.Get()", "q.Put(7); fmt.Println(q.Get())", "7\n"},
			{"l.Acquire()", "held.Set(); l.Acquire(mp.Timeout(time.Hour)); fmt.Println(1)", "1\n"},
		} {
			p := begin(t)
			p.machine(strings.TrimSpace(python + " python=3.14"))
			p.run(mpImports + `var m *mp.Manager
var q *mp.QueueProxy
var l *mp.AcquirerProxy
var held *mp.EventProxy
func hold(l *mp.AcquirerProxy, ready, held *mp.EventProxy) { l.Acquire(); ready.Set(); for !held.IsSet() { time.Sleep(time.Millisecond) }; l.Release() }
var _, _ = os.Getpid, exceptions.Is
---
m = mp.NewManager(); q, l, held = m.Queue(), m.Lock(), m.Event()
ready := m.Event()
mp.NewProcess(hold, mp.Args(l, ready, held)).Start()
ready.Wait()`).ok(t)
			p.interrupted(p.begun("import \"fmt\"\n---\nfmt.Println(\"begun\")\n" + row.wait).ID)
			r := p.run("import \"fmt\"\nimport \"time\"\nimport mp \"gilkernel/runtime/multiprocessing\"\n---\n" +
				"var _, _ = time.Now, mp.NewLock\n" + row.after).ok(t)
			if got := r.out[r.id]; got != row.out {
				t.Errorf("%s, %q: got %q", row.wait, python, got)
			}
		}
	}
}

// The deferred functions of an interrupted goroutine end before the same cell declares its variables again: "unlock of
// unlocked mutex" would end the whole process.
func TestInterruptedCellAgain(t *testing.T) {
	for _, code := range []string{
		"mu.Lock()\ndefer mu.Unlock()\ndefer func() { for {} }()\nfmt.Println(\"begun\")\nfor {}",
		"go func() { mu.Lock(); defer mu.Unlock(); defer func() { for {} }(); fmt.Println(\"begun\"); for {} }()\n" +
			"for {}",
	} {
		p := begin(t)
		for range 5 {
			p.interrupted(p.begun("import \"fmt\"\nimport \"sync\"\nvar mu sync.Mutex\n" + code).ID)
		}
		p.run("mu.Lock(); mu.Unlock()").ok(t)
	}
}
