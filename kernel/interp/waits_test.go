package interp_test

import (
	"strings"
	"testing"
	"time"

	"gilkernel/kernel/link"
)

// machines are what each of these cells runs on: the session's own, and one of the cell's own of each kind.
var machines = []string{"", "real", "simulated", "simulated python=2.7", "real python=3.14t"}

// on runs code on a machine of its own; "" is the session's.
func (p *process) on(machine, code string) *link.Run {
	p.t.Helper()
	q := p.request(strings.TrimSuffix(code, "\n") + ";\n")
	q.Python = machine
	p.send(&link.Request{Run: q})
	return q
}

// Cells that wait in compiled code, or on channels, beside threads that need the GIL; and cells that leave goroutines
// behind. All end by themselves.
var endsItself = []struct{ name, code, out string }{
	{"a goroutine that sleeps is left", "import \"time\"\ngo time.Sleep(200*time.Millisecond)\n", ""},
	{"a goroutine that computes is left", "go func() { for range 30_000_000 {} }()\n", ""},
	{"a goroutine at a channel is left", "c := make(chan int)\ngo func() { c <- 1 }()\n", ""},
	{"a goroutine at a nil channel is left", "go func() { var c chan int; <-c }()\n", ""},
	{"a goroutine at a Cond is left",
		"import \"sync\"\nc := sync.NewCond(new(sync.Mutex))\ngo func() { c.L.Lock(); c.Wait() }()\n", ""},
	{"a goroutine at a WaitGroup is left", "import \"sync\"\nvar w sync.WaitGroup\nw.Add(1)\ngo w.Wait()\n", ""},
	{"a timer is left", "import \"time\"\ntime.AfterFunc(100*time.Millisecond, func() {})\n", ""},
	{"a context callback is left", "import (\"context\"; \"time\")\n" +
		"ctx, _ := context.WithTimeout(context.Background(), 100*time.Millisecond)\n" +
		"context.AfterFunc(ctx, func() {})\n", ""},
	{"a goroutine that starts threads is left", "import \"gilkernel/runtime/threading\"\nimport \"time\"\n" +
		"go func() { for range 10 { threading.NewThread(func() {}).Start(); time.Sleep(time.Millisecond) } }()\n", ""},
	{"a goroutine that starts goroutines is left", "import \"time\"\n" +
		"go func() { for range 50 { go time.Sleep(time.Millisecond); time.Sleep(time.Millisecond) } }()\n", ""},
	{"goroutines and a WaitGroup", "import (\"sync\"; \"fmt\")\nfor range 20 {\nvar w sync.WaitGroup\n" +
		"for range 8 { w.Add(1); go func() { defer w.Done() }() }\nw.Wait()\n}\nfmt.Print(1)\n", "1"},
	{"goroutines and channels", "import \"fmt\"\nn := 0\nfor range 20 {\nc := make(chan int)\n" +
		"for i := range 8 { go func() { c <- i }() }\nfor range 8 { n += <-c }\n}\nfmt.Print(n)\n", "560"},
	{"range over a thread's channel", "import (\"fmt\"; \"gilkernel/runtime/threading\")\nc := make(chan int)\n" +
		"threading.NewThread(func() { for i := range 3 { c <- i }; close(c) }).Start()\n" +
		"for v := range c { fmt.Print(v) }\n", "012"},
	{"a contended Once", "import (\"fmt\"; \"sync\"; \"gilkernel/runtime/threading\"; \"time\")\nvar o sync.Once\n" +
		"b := threading.NewEvent()\nf := func() { b.Set(); time.Sleep(20*time.Millisecond) }\n" +
		"t := threading.NewThread(func() { o.Do(f) })\nt.Start()\nb.Wait()\no.Do(f)\nt.Join()\nfmt.Print(1)\n", "1"},
	{"a contended OnceValue", "import (\"fmt\"; \"sync\"; \"gilkernel/runtime/threading\"; \"time\")\n" +
		"b := threading.NewEvent()\n" +
		"f := sync.OnceValue(func() int { b.Set(); time.Sleep(20*time.Millisecond); return 7 })\n" +
		"t := threading.NewThread(func() { f() })\nt.Start()\nb.Wait()\nfmt.Print(f())\nt.Join()\n", "7"},
	{"a Locker", "import (\"fmt\"; \"sync\"; \"gilkernel/runtime/threading\"; \"time\")\nvar mu sync.Mutex\n" +
		"var l sync.Locker = &mu\nl.Lock()\nt := threading.NewThread(func() { l.Lock(); fmt.Print(1); l.Unlock() })\n" +
		"t.Start()\ntime.Sleep(time.Millisecond)\nl.Unlock()\nt.Join()\n", "1"},
	{"a pipe", "import (\"fmt\"; \"io\"; \"gilkernel/runtime/threading\")\nr, w := io.Pipe()\n" +
		"t := threading.NewThread(func() { fmt.Fprintln(w, 5); w.Close() })\nt.Start()\nvar n int\nfmt.Fscan(r, &n)\n" +
		"io.Copy(io.Discard, r)\nt.Join()\nfmt.Print(n)\n", "5"},
	{"a Cond with a learner's Locker", "import (\"fmt\"; \"sync\"; \"gilkernel/runtime/threading\")\n" +
		"type LK struct{ l *threading.Lock }\nfunc (k LK) Lock() { k.l.Acquire() }\n" +
		"func (k LK) Unlock() { k.l.Release() }\n---\nl := LK{threading.NewLock()}\nc := sync.NewCond(l)\n" +
		"ready := false\nt := threading.NewThread(func() { l.Lock(); ready = true; c.Broadcast(); l.Unlock() })\n" +
		"l.Lock()\nt.Start()\nfor !ready { c.Wait() }\nl.Unlock()\nt.Join()\nfmt.Print(1)\n", "1"},
	{"a callback that waits for a thread", "import (\"fmt\"; \"sort\"; \"gilkernel/runtime/threading\")\n" +
		"c := make(chan bool)\nt := threading.NewThread(func() { for range c {} })\nt.Start()\nx := []int{3, 1, 2}\n" +
		"sort.Slice(x, func(i, j int) bool { c <- true; return x[i] < x[j] })\nclose(c)\nt.Join()\nfmt.Print(x)\n",
		"[1 2 3]"},
}

func TestEndsItself(t *testing.T) {
	for _, machine := range machines {
		t.Run(strings.ReplaceAll(machine, " ", ","), func(t *testing.T) {
			t.Parallel()
			p := begin(t)
			for _, row := range endsItself {
				q := p.on(machine, row.code)
				r := p.wait(q.ID)
				if r.done.Status != "ok" || r.out[q.ID] != row.out {
					t.Errorf("%s: %s, printed %q, want %q: %s", row.name, r.done.Status, r.out[q.ID], row.out,
						trace(r.done.Error))
				}
				if got := p.run("7\n").ok(t).text(); got != `"7"` {
					t.Errorf("%s: the next cell resulted in %s", row.name, got)
				}
			}
		})
	}
}

// Cells that only another goroutine could wake, and there is none. want is a line of the report.
var asleep = []struct{ name, code, want string }{
	{"send", "c := make(chan int)\nc <- 1\n", "MainThread waits for a receiver on its channel at In[N], line 3"},
	{"receive", "c := make(chan struct{ a, b string })\n<-c\n",
		"MainThread waits for a value on its channel at In[N], line 3"},
	{"range", "c := make(chan int)\nfor range c {\n}\n",
		"MainThread waits for a value on its channel at In[N], line 3"},
	{"nil channel", "var c chan int\n<-c\n", "MainThread waits for a receive from a nil channel at In[N], line 3"},
	{"select", "a, b := make(chan int), make(chan string)\nselect {\ncase <-a:\ncase b <- \"\":\n}\n",
		"MainThread waits for a case of its select at In[N], line 3"},
	{"empty select", "select {}\n", "MainThread waits for a select without a case that can ever run at In[N], line 2"},
	{"WaitGroup", "import \"sync\"\nvar w sync.WaitGroup\nw.Add(1)\nw.Wait()\n",
		"MainThread waits for a sync.WaitGroup at In[N], line 4"},
	{"Mutex", "import \"sync\"\nvar mu sync.Mutex\nmu.Lock()\nmu.Lock()\n",
		"MainThread waits for a sync.Mutex at In[N], line 4"},
	{"RWMutex", "import \"sync\"\nvar mu sync.RWMutex\nmu.RLock()\nmu.Lock()\n",
		"MainThread waits for a sync.RWMutex at In[N], line 4"},
	{"Cond", "import \"sync\"\nc := sync.NewCond(new(sync.Mutex))\nc.L.Lock()\nc.Wait()\n",
		"MainThread waits for a sync.Cond at In[N], line 4"},
	{"Once", "import \"sync\"\nvar o sync.Once\no.Do(func() { o.Do(func() {}) })\n",
		"MainThread waits for a sync.Once at In[N], line 3"},
	{"pipe", "import (\"fmt\"; \"io\")\n_, w := io.Pipe()\nfmt.Fprintln(w, 1)\n",
		"MainThread waits for a read from its io.Pipe at In[N], line 3"},
	{"goroutines", "c, d := make(chan int), make(chan int)\ngo func() { c <- <-d }()\nd <- <-c\n",
		"MainThread waits for a value on its channel at In[N], line 4"},
	{"a thread", "import \"gilkernel/runtime/threading\"\nc := make(chan int)\n" +
		"t := threading.NewThread(func() { c <- 1 })\nt.Start()\nt.Join()\n",
		" waits for a receiver on its channel at In[N], line 3"},
	{"a thread's mutex", "import (\"sync\"; \"gilkernel/runtime/threading\")\nvar mu sync.Mutex\nmu.Lock()\n" +
		"t := threading.NewThread(mu.Lock)\nt.Start()\nt.Join()\n", "MainThread waits for the end of Thread-"},
	{"a canceled context's callback", "import \"context\"\nctx, stop := context.WithCancel(context.Background())\n" +
		"c := make(chan int)\ncontext.AfterFunc(ctx, func() { c <- 1 })\n_ = stop\n<-c\n",
		"MainThread waits for a value on its channel at In[N], line 6"},
	{"a timer's goroutine", "import \"time\"\nc, d := make(chan int), make(chan int)\n" +
		"time.AfterFunc(time.Millisecond, func() { c <- 1 })\n<-d\n",
		"MainThread waits for a value on its channel at In[N], line 4"},
}

// What earlier goroutines wait for is as little help: those of Go's own, and those that are no threads of Python but
// wait for what the runtime offers.
var leftBehind = []struct{ name, code, want string }{
	{"channel", "c := make(chan int)\ngo func() { c <- 1 }()\n",
		" waits for a receiver on its channel at In[N], line 3"},
	{"Lock", "import \"gilkernel/runtime/threading\"\nl := threading.NewLock()\nl.Acquire()\n" +
		"go func() { l.Acquire() }()\n", " waits for a threading.Lock at In[N], line 4"},
	{"RLock", "import \"gilkernel/runtime/threading\"\nl := threading.NewRLock()\nl.Acquire()\n" +
		"go func() { l.Acquire() }()\n", " waits for a threading.RLock at In[N], line 4"},
	{"Event", "import \"gilkernel/runtime/threading\"\ngo threading.NewEvent().Wait()\n",
		" waits for a threading.Event"},
	{"Semaphore", "import \"gilkernel/runtime/threading\"\ngo threading.NewSemaphore(0).Acquire()\n",
		" waits for a threading.Semaphore"},
	{"Queue", "import \"gilkernel/runtime/queue\"\ngo func() { queue.NewQueue().Get() }()\n",
		" waits for a queue.Queue at In[N], line 2"},
}

// What is left behind by the library waits for work from others: it can wake nothing either.
var idleBehind = []struct{ name, code string }{
	{"a pool's workers", "import \"gilkernel/runtime/futures\"\n" +
		"futures.List(futures.NewThreadPoolExecutor(3).Map(func(x int) int { return x }, []int{1, 2, 3}))\n"},
	{"a pool's workers, ranged over", "import \"gilkernel/runtime/futures\"\nex := futures.NewThreadPoolExecutor(3)\n" +
		"for range ex.Map(func(x int) int { return x }, []int{1, 2, 3}) {}\n"},
	{"a pool's workers without work", "import \"gilkernel/runtime/futures\"\nex := futures.NewThreadPoolExecutor(4)\n" +
		"for range 4 { ex.Submit(func() {}).Result() }\n"},
	{"a pool that computes compiled code", "import (\"gilkernel/runtime/futures\"; \"strings\")\n" +
		"futures.NewThreadPoolExecutor(2).Submit(strings.ToUpper, \"a\").Result()\n"},
	{"a pool that was shut down", "import \"gilkernel/runtime/futures\"\nex := futures.NewThreadPoolExecutor(2)\n" +
		"ex.Submit(func() {}).Result()\nex.Shutdown()\n"},
	{"a daemon thread at a queue", "import (\"gilkernel/runtime/queue\"; \"gilkernel/runtime/threading\")\n" +
		"q := queue.NewQueue()\nthreading.NewThread(func() { for { q.Get() } }, threading.Daemon(true)).Start()\n" +
		"q.Put(1)\n"},
	{"a thread whose target is compiled", "import (\"gilkernel/runtime/queue\"; \"gilkernel/runtime/threading\")\n" +
		"threading.NewThread(queue.NewQueue().Get, threading.Daemon(true)).Start()\n"},
	{"a thread whose target is an Event's Wait", "import \"gilkernel/runtime/threading\"\ne := threading.NewEvent()\n" +
		"for range 3 { threading.NewThread(e.Wait, threading.Daemon(true)).Start() }\n"},
	{"a thread at a Condition", "import \"gilkernel/runtime/threading\"\nc := threading.NewCondition(nil)\n" +
		"threading.NewThread(func() { c.With(func() { c.Wait() }) }, threading.Daemon(true)).Start()\n"},
	{"a thread at a Barrier", "import \"gilkernel/runtime/threading\"\n" +
		"threading.NewThread(func() { threading.NewBarrier(2).Wait() }, threading.Daemon(true)).Start()\n"},
	{"a timer that has run", "import (\"gilkernel/runtime/threading\"; \"time\")\n" +
		"t := threading.NewTimer(time.Millisecond, func() {})\nt.Start()\nt.Join()\n"},
	{"a timer that was canceled", "import (\"gilkernel/runtime/threading\"; \"time\")\n" +
		"t := threading.NewTimer(time.Hour, func() {})\nt.Start()\nt.Cancel()\n"},
	{"an event loop's executor",
		"import \"gilkernel/runtime/asyncio\"\nasyncio.Run(func() { asyncio.ToThread(func() {}) })\n"},
	{"an event loop's own pool", "import (\"gilkernel/runtime/asyncio\"; \"gilkernel/runtime/futures\")\n" +
		"ex := futures.NewThreadPoolExecutor(2)\n" +
		"asyncio.Run(func() { asyncio.RunInExecutor(ex, func() {}).Await() })\n"},
	{"an event loop's tasks", "import (\"gilkernel/runtime/asyncio\"; \"time\")\n" +
		"asyncio.Run(func() { asyncio.CreateTask(asyncio.Sleep, time.Hour); asyncio.Sleep(0) })\n"},
	{"an iterator that was pulled",
		"import \"iter\"\nnext, _ := iter.Pull(func(yield func(int) bool) { _ = yield(1) && yield(2) })\nnext()\n"},
	{"a compiled iterator that was pulled",
		"import (\"iter\"; \"maps\")\nnext, _ := iter.Pull(maps.Keys(map[int]int{1: 1, 2: 2}))\nnext()\n"},
	{"a canceled context", "import (\"context\"; \"time\")\n" +
		"_, cancel := context.WithTimeout(context.Background(), time.Hour)\ncancel()\n"},
	{"a context of a learner's", "import \"context\"\ntype C struct{ context.Context; done chan struct{} }\n" +
		"func (c C) Done() <-chan struct{} { return c.done }\n---\n" +
		"context.WithCancel(C{context.Background(), make(chan struct{})})\n"},
	{"a ticker", "import \"time\"\nt := time.NewTicker(time.Millisecond)\n<-t.C\n"},
	{"a timer that was stopped", "import \"time\"\ntime.AfterFunc(time.Hour, func() {}).Stop()\n"},
	{"a timer that is forgotten", "import \"time\"\n_ = time.NewTimer(time.Hour)\n_ = time.After(time.Hour)\n"},
	{"a finalizer", "import \"runtime\"\ntype F struct{ p *int }\n---\n" +
		"func() { f := &F{new(int)}; runtime.SetFinalizer(f, func(*F) {}) }()\nruntime.GC()\n"},
	{"a connection kept alive", "import (\"net\"; \"net/http\")\nl, _ := net.Listen(\"tcp\", \"127.0.0.1:0\")\n" +
		"var conn net.Conn\n" +
		"go func() { conn, _ = l.Accept(); conn.Read(make([]byte, 4096)); conn.Write([]byte(\"HTTP/1.1 204 No " +
		"Content\\r\\n\\r\\n\")) }()\nhttp.Get(\"http://\" + l.Addr().String())\nl.Close()\n"},
	{"a process that has ended",
		"import (\"context\"; \"os/exec\")\nexec.CommandContext(context.Background(), \"true\").Run()\n"},
	{"a signal that isn't wanted any more", "import (\"os\"; \"os/signal\")\nc := make(chan os.Signal, 1)\n" +
		"signal.Notify(c, os.Interrupt)\nsignal.Stop(c)\n"},
}

func TestAsleepBesideIdle(t *testing.T) {
	for _, machine := range []string{"real", "simulated", "real python=3.7"} { // the session's, which lives on
		t.Run(strings.ReplaceAll(machine, " ", ","), func(t *testing.T) {
			t.Parallel()
			p := begin(t) // what the rows leave behind adds up
			p.machine(machine)
			for _, row := range idleBehind {
				p.run(row.code).ok(t)
				e := p.run("import \"sync\"\nvar mu sync.Mutex\nmu.Lock()\nmu.Lock()\n").done.Error
				if e == nil || e.Name != "Deadlock" {
					t.Errorf("%s: got %+v", row.name, e)
				}
			}
		})
	}
}

func TestAsleepBehind(t *testing.T) {
	for _, machine := range machines {
		t.Run(strings.ReplaceAll(machine, " ", ","), func(t *testing.T) {
			t.Parallel()
			p := begin(t)
			for _, row := range leftBehind {
				q := p.on(machine, row.code)
				p.wait(q.ID).ok(t)
				want := strings.ReplaceAll(row.want, "[N]", strings.TrimPrefix(q.Label, "In"))
				e := p.run("select {}\n").done.Error
				if e == nil || e.Name != "Deadlock" || !strings.Contains(e.Value, want) {
					t.Errorf("%s: got %+v, want %q", row.name, e, want)
				}
			}
		})
	}
}

func TestAsleep(t *testing.T) {
	for _, machine := range machines {
		t.Run(strings.ReplaceAll(machine, " ", ","), func(t *testing.T) {
			t.Parallel()
			p := begin(t)
			p.run("c := make(chan int)\ngo func() { c <- 1 }()\n").ok(t) // an earlier cell's, which waits too
			for _, row := range asleep {
				q := p.on(machine, row.code)
				r := p.wait(q.ID)
				want := strings.ReplaceAll(row.want, "[N]", strings.TrimPrefix(q.Label, "In"))
				if e := r.done.Error; e == nil || e.Name != "Deadlock" ||
					!strings.Contains(e.Value, "all goroutines are asleep") || !strings.Contains(e.Value, want) {
					t.Errorf("%s: got %+v, want %q", row.name, e, want)
				} else if !strings.Contains(trace(e), "----> ") {
					t.Errorf("%s: no line is shown: %s", row.name, trace(e))
				}
				if len(r.displays) == 0 ||
					!strings.Contains(string(r.displays[len(r.displays)-1].Display.Data["text/markdown"]),
						"flowchart") {
					t.Errorf("%s: no graph is shown", row.name)
				}
				if got := p.run("7\n").ok(t).text(); got != `"7"` {
					t.Errorf("%s: the next cell resulted in %s", row.name, got)
				}
			}
		})
	}
}

// What a timer, the operating system, compiled code or an earlier cell will wake is no deadlock, however long it takes.
func TestNotAsleep(t *testing.T) {
	long := (250 * time.Millisecond).String()
	for _, machine := range []string{"", "simulated"} {
		t.Run(machine, func(t *testing.T) {
			t.Parallel()
			p := begin(t)
			for name, code := range map[string]string{
				"After":     "<-time.After(d)\n",
				"Timer":     "x := time.NewTimer(time.Hour)\nx.Reset(d)\nselect { case <-x.C: }\n",
				"Tick":      "for range time.Tick(d) { break }\n",
				"AfterFunc": "c := make(chan int)\ntime.AfterFunc(d, func() { close(c) })\n<-c\n",
				"Reset": "c := make(chan int)\nx := time.AfterFunc(time.Hour, func() { close(c) })\nx.Stop()\n" +
					"x.Reset(d)\n<-c\n",
				"WithTimeout": "ctx, _ := context.WithTimeout(context.Background(), d)\n<-ctx.Done()\n",
				"WithDeadline": "ctx, _ := context.WithDeadline(context.Background(), time.Now().Add(d))\n" +
					"c, _ := context.WithCancel(ctx)\n<-c.Done()\n",
				"Sleep": "var w sync.WaitGroup\nw.Add(1)\ngo func() { time.Sleep(d); w.Done() }()\nw.Wait()\n",
				"compute": "c := make(chan int)\n" +
					"go func() { for end := time.Now().Add(d); time.Now().Before(end); {}; c <- 1 }()\n<-c\n",
				"child": "c := make(chan error)\ngo func() { c <- exec.Command(\"sleep\", \"0.25\").Run() }()\n" +
					"<-c\n",
				"server": "l, _ := net.Listen(\"tcp\", \"127.0.0.1:0\")\nc := make(chan int)\n" +
					"go func() { l.Accept(); c <- 1 }()\n" +
					"go func() { time.Sleep(d); net.Dial(\"tcp\", l.Addr().String()) }()\n<-c\nl.Close()\n",
				"signal": "c := make(chan os.Signal, 1)\nsignal.Notify(c, syscall.SIGUSR1)\n" +
					"exec.Command(\"sh\", \"-c\", fmt.Sprint(\"sleep 0.25; kill -USR1 \", os.Getpid())).Start()\n" +
					"<-c\nsignal.Stop(c)\n",
				"net.Pipe": "a, _ := net.Pipe()\na.SetReadDeadline(time.Now().Add(d))\na.Read(make([]byte, 1))\n",
				"event":    "e := threading.NewEvent()\ntime.AfterFunc(d, e.Set)\ne.Wait()\n",
				"thread":   "c := make(chan int)\nthreading.NewThread(func() { time.Sleep(d); c <- 1 }).Start()\n<-c\n",
			} {
				q := p.on(machine, "import (\"context\"; \"fmt\"; \"net\"; \"os\"; \"os/exec\"; \"os/signal\"; "+
					"\"sync\"; \"syscall\"; \"time\"; \"gilkernel/runtime/threading\")\n"+
					"d, _ := time.ParseDuration(\""+long+"\")\n_, _, _, _, _, _, _, _, _, _ = context.Background, "+
					"fmt.Print, net.Dial, os.Exit, exec.Command, signal.Stop, sync.NewCond, syscall.Kill, "+
					"threading.NewEvent, d\n"+code)
				if r := p.wait(q.ID); r.done.Status != "ok" {
					t.Errorf("%s: %s", name, trace(r.done.Error))
				}
			}
			// Nor is it one if an earlier cell's goroutine may still send.
			p.run("import \"time\"\nvar LATE = make(chan int)\n---\n" +
				"go func() { time.Sleep(250*time.Millisecond); LATE <- 1 }()\n").ok(t)
			q := p.on(machine, "<-LATE\n")
			p.wait(q.ID).ok(t)
		})
	}
}
