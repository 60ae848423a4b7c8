//go:build linux

package robust_test

// This file defines the tests of the stop button: it ends whatever a cell does, and nothing else.

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Each cell is interrupted once. It ends as a KeyboardInterrupt, variables are kept, and the goroutine of the first
// cell keeps running.
func TestInterrupts(t *testing.T) {
	p := open(t)
	p.run(define)
	// It prints whenever it is asked to: so that it is seen to live, without a clock.
	ticker := p.run("go time.Sleep(time.Hour) // or the cells that wait are deadlocks\nask := make(chan int)\n" +
		"go func() {\n\tfor n := range ask {\n\t\tfmt.Println(\"tick\", n)\n\t}\n}()")
	for i, row := range []struct{ name, code string }{
		{"for", "for {\n}"},
		{"counting", "n := 0\nfor {\n\tn++\n}"},
		{"receive", "c := make(chan int)\n<-c"},
		{"send", "c2 := make(chan int)\nc2 <- 1"},
		{"range", "for range make(chan int) {\n}"},
		{"select", "select {}"},
		{"select of two", "a, b := make(chan int), make(chan int)\nselect {\ncase <-a:\ncase b <- 1:\n}"},
		{"mutex", "var mu sync.Mutex\nmu.Lock()\nmu.Lock()"},
		{"rwmutex", "var rw sync.RWMutex\nrw.RLock()\nrw.Lock()"},
		{"WaitGroup", "var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()"},
		{"Cond", "cond := sync.NewCond(new(sync.Mutex))\ncond.L.Lock()\ncond.Wait()"},
		{"Sleep", "time.Sleep(time.Hour)"},
		{"After", "<-time.After(time.Hour)"},
		{"Accept", "l, _ := net.Listen(\"tcp\", \"127.0.0.1:0\")\nl.Accept()"},
		{"a read that nothing ends", "r, w, _ := os.Pipe()\nsyscall.Read(int(r.Fd()), make([]byte, 1))\n_ = w"},
		{"printing", "for i := 0; ; i++ {\n\tfmt.Println(i)\n}"},
		{"recovering", "for {\n\tfunc() {\n\t\tdefer func() { recover() }()\n\t\tfor {\n\t\t}\n\t}()\n}"},
		{"deferring", "func() {\n\tdefer func() {\n\t\tfor {\n\t\t}\n\t}()\n\tfor {\n\t}\n}()"},
		{"goroutines", "for g := 0; g < 8; g++ {\n\tgo func() {\n\t\tfor {\n\t\t}\n\t}()\n}\nselect {}"},
	} {
		t.Run(row.name, func(t *testing.T) {
			p.t = t
			c := p.begin("fmt.Println(\"begun\")\n"+row.code, nil)
			p.await("its beginning", func() bool { return strings.HasPrefix(c.text("stdout"), "begun\n") })
			c.stop(t)
			p.wants("kept + 1", "42")
			p.run(fmt.Sprintf("ask <- %d", i))
			tick := fmt.Sprintf("tick %d\n", i)
			p.await(tick, func() bool { return strings.HasSuffix(ticker.text("stdout"), tick) })
		})
	}
}

// stop interrupts the cell once and waits for its end.
func (c *cell) stop(t *testing.T) {
	t.Helper()
	begin := time.Now()
	c.p.interrupt()
	c.wait()
	t.Logf("ended after %v", time.Since(begin).Round(time.Millisecond))
	if errs := c.errors(); c.res.EName != "KeyboardInterrupt" || len(errs) != 1 ||
		errs[0].EName != "KeyboardInterrupt" {
		t.Errorf("%d errors, %+v", len(errs), c.res)
	}
}

// A cell that waits for its input is interrupted; so is one that asks and asks.
func TestInterruptInput(t *testing.T) {
	p := open(t)
	p.run(define)
	asked, answer := make(chan bool), make(chan string)
	c := p.begin("var name string\nfmt.Scanln(&name)\nfmt.Println(\"read\", name)", func(string, bool) string {
		close(asked)
		return <-answer
	})
	select {
	case <-asked:
	case <-time.After(patience):
		t.Fatal("nothing is asked")
	}
	p.interrupt()
	close(answer) // the page takes the question away
	c.wait()
	if c.res.EName != "KeyboardInterrupt" || c.text("stdout") != "" {
		t.Errorf("%+v, printed %q", c.res, c.text("stdout"))
	}
	p.wants("kept + 1", "42")
}

// Interrupted code never continues: not when the lock that it waited for is free at last, nor when
// the channel has something for it.
func TestNoZombieResumes(t *testing.T) {
	p := open(t)
	p.run("go time.Sleep(time.Hour)\nvar mu sync.Mutex\nmu.Lock()\nc := make(chan int)\nvar wg sync.WaitGroup\n" +
		"wg.Add(1)\nvar risen atomic.Int32")
	var cells []*cell
	for _, wait := range []string{"mu.Lock()", "wg.Wait()", "<-c"} {
		c := p.begin("fmt.Println(\"begun\")\n"+wait+"\nrisen.Add(1)\nfmt.Println(\"risen\")\nfor {\n\trisen.Add(1)\n}",
			nil)
		p.await("its beginning", func() bool { return c.text("stdout") == "begun\n" })
		c.stop(t)
		cells = append(cells, c)
	}
	// The lock is given to the zombie, which ends with it: the next waiter shows that the zombie had its turn.
	p.run("mu.Unlock()\nwg.Done()\nselect {\ncase c <- 1:\n\tfmt.Println(\"taken\")\n" +
		"case <-time.After(50 * time.Millisecond):\n}")
	p.wants("risen.Load()", "0")
	for _, c := range cells {
		if out := c.text("stdout"); out != "begun\n" {
			t.Errorf("it prints %q", out)
		}
	}
}

// deaf is a cell with a thread that doesn't come back from a system call, of which Go's scheduler doesn't know: as soon
// as the collector wants to stop the world, all others stop, and that one never does.
const deaf = "import \"unsafe\"\nr, _, _ := os.Pipe()\nb := make([]byte, 1)\nfd := r.Fd()\ngo func() {\n\tfor {\n" +
	"\t\truntime.GC()\n\t}\n}()\n" +
	"fmt.Println(\"begun\")\nsyscall.RawSyscall(syscall.SYS_READ, fd, uintptr(unsafe.Pointer(&b[0])), 1)"

// An interpreter that hears nothing at all, here because its world can't be stopped, doesn't survive the second
// interrupt: the error has the name of an interrupt and says what is gone.
func TestSecondInterrupt(t *testing.T) {
	p := open(t)
	p.run(define)
	stop := p.alive()
	c := p.begin(deaf, nil)
	p.await("its beginning", func() bool { return strings.HasSuffix(c.text("stdout"), "\n") })
	time.Sleep(2 * time.Second) // nothing tells that a world waits for its last thread
	p.interrupt()
	p.interrupt()
	c.wait()
	stop()
	check(t, p, c, "KeyboardInterrupt", nil)
}

// An interrupt while nothing runs does nothing, neither then nor to the next cell.
func TestInterruptOfNothing(t *testing.T) {
	p := open(t)
	p.run(define)
	p.interrupt()
	p.interrupt()
	p.wants("kept + 1", "42")
}
