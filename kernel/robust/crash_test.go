//go:build linux

package robust_test

// This file defines the tests of cells that panic, and of cells that kill their interpreter.

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// define gives the session a variable, which a crash loses, and a function, which it doesn't.
const define = "kept := 41\nfunc twice(n int) int { return 2 * n }"

func TestPanics(t *testing.T) {
	p := open(t)
	p.run(define)
	for _, row := range []struct {
		name, code string
		want       []string // in the traceback
		later      bool     // the cell ends well before
	}{
		{"in the cell", "x := 1\npanic(\"boom\")\n_ = x", []string{"boom", ":2"}, false},
		{"division", "zero := 0\n1 / zero", []string{"divide by zero", ":2"}, false},
		{"in a goroutine now", "gate := make(chan int)\ngo func() {\n\tpanic(\"boom now\")\n}()\n<-gate",
			[]string{"boom now", ":3", ":2"}, false},
		{"in a goroutine later", "go func() {\n\ttime.Sleep(300 * time.Millisecond)\n\tpanic(\"boom later\")\n}()",
			[]string{"boom later", ":3", ":1"}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			p.t = t
			stop := p.alive()
			c := p.begin(row.code, nil)
			if row.later {
				c.wait()
				if c.res.Status != "ok" {
					t.Errorf("the cell itself: %+v", c.res)
				}
				p.wants("twice(2)", "4") // another cell runs meanwhile
			}
			p.await("the error", func() bool { return len(c.errors()) > 0 })
			if row.name == "in a goroutine now" {
				select {
				case <-c.done: // a panic may end its cell
				default:
					p.interrupt()
				}
			}
			c.wait()
			stop()
			text := plain(c.errors()[0])
			t.Log(text)
			for _, want := range row.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q isn't in the traceback", want)
				}
			}
			if row.name != "in the cell" && row.name != "division" && !strings.Contains(text, "goroutine") {
				t.Error("the goroutine isn't named")
			}
			p.wants("kept + 1", "42")
		})
	}
}

func TestDeaths(t *testing.T) {
	for _, row := range []struct {
		name, code, ename string
		want              []string // in the evalue or the traceback
		env               string
	}{
		{"map writes", "m := map[int]int{}\nfor g := 0; g < 4; g++ {\n\tgo func() {\n\t\tfor i := 0; ; i++ {\n" +
			"\t\t\tm[i%100] = i\n\t\t}\n\t}()\n}\ntime.Sleep(time.Hour)",
			"concurrent map writes", []string{"same map", "In[2]"}, ""},
		{"unlock", "var mu sync.Mutex\nmu.Unlock()", "unlock of unlocked mutex", []string{"not locked"}, ""},
		{"recursion", "type T int\nfunc (t T) String() string { return fmt.Sprint(t) }\nfmt.Println(T(1))",
			"stack overflow", []string{"without end"}, ""},
		{"memory", "var all [][]byte\nfor {\n\tb := make([]byte, 16<<20)\n\tfor i := 0; i < len(b); i += 4096 {\n" +
			"\t\tb[i] = 1\n\t}\n\tall = append(all, b)\n}",
			"out of memory", []string{"300MiB"}, "GILKERNEL_MEMORY_LIMIT=300MiB"},
		{"os.Exit", "x := 1\nos.Exit(x + 2)", "SystemExit", []string{"3", "os.Exit", "In[2]:2"}, ""},
		{"log.Fatal", "log.Fatal(\"last words\")", "SystemExit", []string{"log.Fatal", "In[2]:1"}, ""},
		{"SIGKILL", "syscall.Kill(os.Getpid(), syscall.SIGKILL)", "killed", []string{"SIGKILL"}, ""},
		{"a goroutine's os.Exit", "go func() {\n\tos.Exit(4)\n}()\ntime.Sleep(time.Hour)", "SystemExit",
			[]string{"4", "In[2]:2"}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if raceEnabled && (row.name == "recursion" || row.name == "memory") {
				return // the race detector itself dies of it, with words of its own
			}
			var env []string
			if row.env != "" {
				env = append(env, row.env)
			}
			p := open(t, env...)
			p.run(define)
			stop := p.alive()
			c := p.run(row.code)
			stop()
			check(t, p, c, row.ename, row.want)
			if row.name == "log.Fatal" && !strings.Contains(c.text("stderr"), "last words\n") {
				t.Errorf("its last words are %q", c.text("stderr"))
			}
		})
	}
}

// check looks at what is left after a cell has killed its interpreter.
func check(t *testing.T, p *page, c *cell, ename string, want []string) {
	t.Helper()
	errs := c.errors()
	if len(errs) != 1 || c.res.Status != "error" {
		t.Fatalf("%d errors, %+v", len(errs), c.res)
	}
	e := errs[0]
	text := e.EValue + "\n" + plain(e)
	t.Log(plain(e))
	if e.EName != ename || c.res.EName != ename || c.res.EValue != e.EValue {
		t.Errorf("the error is %s: %s, the reply's %s: %s; want %s", e.EName, e.EValue, c.res.EName, c.res.EValue,
			ename)
	}
	for _, w := range append(want, "kept", "gone") {
		if !strings.Contains(text, w) {
			t.Errorf("%q isn't in %s", w, text)
		}
	}
	p.wants("twice(21)", "42")
	if c := p.run("kept + 1"); c.res.Status != "error" || !strings.Contains(c.res.EValue, "kept") {
		t.Errorf("a lost variable is used: %+v", c.res)
	}
	p.run("kept := 6")
	p.wants("kept * 7", "42")
}

// The interpreter is killed by another program: while it is idle, and while a cell runs.
func TestKilledFromOutside(t *testing.T) {
	kill := func(t *testing.T, c *cell) {
		if err := syscall.Kill(c.interpreter(t), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("running", func(t *testing.T) {
		p := open(t)
		p.run(define)
		stop := p.alive()
		c := p.begin("fmt.Println(os.Getpid())\ntime.Sleep(time.Hour)", nil)
		p.await("its pid", func() bool { return strings.HasSuffix(c.text("stdout"), "\n") })
		kill(t, c)
		c.wait()
		stop()
		check(t, p, c, "killed", []string{"SIGKILL"})
	})
	t.Run("idle", func(t *testing.T) {
		p := open(t)
		p.run(define)
		c := p.run("fmt.Println(os.Getpid())")
		stop := p.alive()
		kill(t, c)
		p.await("the error", func() bool { return len(c.errors()) > 0 })
		stop()
		if e := c.errors()[0]; e.EName != "killed" || !strings.Contains(plain(e), "kept") {
			t.Errorf("%s: %s", e.EName, plain(e))
		}
		p.wants("twice(21)", "42")
		if c := p.run("kept"); c.res.Status != "error" {
			t.Errorf("a lost variable is used: %+v", c.res)
		}
	})
}

// A cell that arrives when the interpreter has just been killed runs in the next one, whichever side learns of the
// death first.
func TestKilledBeforeACell(t *testing.T) {
	p := open(t)
	p.run(define)
	for i := range 40 {
		c := p.run("fmt.Println(os.Getpid())")
		if err := syscall.Kill(c.interpreter(t), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		// the death is heard of before, at, and after the request
		time.Sleep(time.Duration(i%8) * 200 * time.Microsecond)
		p.wants("twice(21)", "42")
	}
}

// interpreter returns the pid that the cell has printed.
func (c *cell) interpreter(t *testing.T) int {
	t.Helper()
	pid, err := strconv.Atoi(strings.TrimSpace(c.text("stdout")))
	if err != nil || pid <= 1 || pid == os.Getpid() || pid == c.p.pid {
		t.Fatalf("%q is no interpreter's pid: %v", c.text("stdout"), err)
	}
	return pid
}

// A cell can't trace the kernel process, which would stop it.
func TestIsNotTraced(t *testing.T) {
	// Root may trace everything, unless it lacks one capability, which is dropped here. The thread has no other use: it
	// ends with the test's goroutine.
	runtime.LockOSThread()
	// PR_CAPBSET_DROP and CAP_SYS_PTRACE of linux/prctl.h and linux/capability.h
	const dropFromBoundingSet, sysPtrace = 24, 19
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, dropFromBoundingSet, sysPtrace,
		0); errno != 0 && os.Getuid() == 0 {
		t.Logf("CAP_SYS_PTRACE can't be dropped: %v", errno) // nor is it here, in most containers
	}
	p := open(t)
	if c := p.run("fmt.Println(syscall.PtraceAttach(os.Getppid()))"); c.text("stdout") != "operation not permitted\n" {
		t.Errorf("%q, %+v", c.text("stdout"), c.res)
	}
	p.run("os.Exit(1)") // interpreters are started as before
	p.wants("6 * 7", "42")
}
