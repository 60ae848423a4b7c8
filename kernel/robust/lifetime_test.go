//go:build linux

package robust_test

// This file defines the tests of a kernel's end: whatever ends it, no process of it is left, no port is
// held and no file stays behind.

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// states are cells that are in the middle of something; each prints "begun" first.
var states = []struct{ name, code string }{
	{"idle", ""},
	{"computing", "fmt.Println(\"begun\")\nfor {\n}"},
	{"waiting",
		"fmt.Println(\"begun\")\nvar mu sync.Mutex\nmu.Lock()\ntime.AfterFunc(time.Hour, mu.Unlock)\nmu.Lock()"},
	{"flooding", "fmt.Println(\"begun\")\nfor {\n\tfmt.Println(\"more\")\n}"},
	{"stopped", "fmt.Println(\"begun\")\nsyscall.Kill(os.Getpid(), syscall.SIGSTOP)\nselect {}"},
	{"stopped as a group", "fmt.Println(\"begun\")\nsyscall.Kill(0, syscall.SIGSTOP)\nselect {}"},
	{"a native call",
		"import \"math/big\"\nfmt.Println(\"begun\")\nx := new(big.Int).Lsh(big.NewInt(3), 1<<26)\nx.Exp(x, x, nil)"},
	{"a collection that can't stop the world",
		"fmt.Println(\"begun\")\ngo func() {\n\tfor {\n\t\truntime.GC()\n\t}\n}()\nfor {\n}"},
	{"a world that can't be stopped", deaf},
	{"simulating", "%%simulate\nfmt.Println(\"begun\")\nfor {\n}"},
	{"goroutines in a simulation", "%%simulate\nfmt.Println(\"begun\")\ngo func() {\n\tfor {\n" +
		"\t\ttime.Sleep(time.Millisecond)\n\t}\n}()\ngo time.Sleep(time.Hour)\nvar wg sync.WaitGroup\nwg.Add(1)\n" +
		"wg.Wait()"},
	{"threads", "%%real\nimport \"gilkernel/runtime/threading\"\nfmt.Println(\"begun\")\nfor range 8 {\n" +
		"\tthreading.NewThread(func() {\n\t\tfor {\n\t\t}\n\t}).Start()\n}"},
	{"a shell with children", "%%bash\necho begun\nsleep 1001 &\nsleep 1002\necho more"},
}

// However the kernel ends, and in whatever state a cell is, with a child process of an earlier cell running.
func TestEnds(t *testing.T) {
	ends := []struct {
		name string
		args []string
		do   func(h *household, p *page) error
	}{
		{"shutdown", []string{"start", "-f"}, func(h *household, p *page) error { return p.k.Shutdown(h.ctx) }},
		{"SIGTERM", []string{"start", "-f"},
			func(h *household, p *page) error { return h.cmd.Process.Signal(syscall.SIGTERM) }},
		{"SIGKILL", []string{"start", "-f"}, func(h *household, p *page) error { return h.cmd.Process.Kill() }},
		{"the parent dies", []string{"parent"}, func(h *household, p *page) error { return h.stdin.Close() }},
	}
	for i, end := range ends {
		for j, state := range states {
			if testing.Short() && end.name != "SIGKILL" && (i+j)%4 != 0 {
				continue // each state with one of the others
			}
			t.Run(end.name+"/"+state.name, func(t *testing.T) {
				h := newHousehold(t)
				h.sockets()
				p := h.start(end.args...)
				if c := p.run(child); c.res.Status != "ok" {
					t.Fatalf("%+v", c.res)
				}
				h.awaitProcesses("no child", hasSleep)
				if state.code != "" {
					c := p.begin(state.code, nil)
					p.await("its beginning", func() bool { return strings.HasPrefix(c.text("stdout"), "begun\n") })
				}
				if strings.HasPrefix(state.name, "stopped") {
					h.awaitProcesses("the interpreter isn't stopped", func(now map[int]string) bool {
						for pid := range now {
							if isStopped(pid) {
								return true
							}
						}
						return false
					})
				}
				if err := end.do(h, p); err != nil {
					t.Fatal(err)
				}
				p.k.Close()
				_ = h.cmd.Wait() // how it ended isn't the question
				h.isGone()
			})
		}
	}
}

// A cell that has stopped its interpreter is reached by the first interrupt, and loses nothing.
func TestStopped(t *testing.T) {
	p := open(t)
	p.run(define)
	for _, stop := range []string{"syscall.Kill(os.Getpid(), syscall.SIGSTOP)", "syscall.Kill(0, syscall.SIGSTOP)",
		"syscall.Kill(os.Getpid(), syscall.SIGTSTP)"} {
		c := p.begin("fmt.Println(os.Getpid())\n"+stop+"\nselect {\ncase <-time.After(time.Hour):\n}", nil)
		p.await("its pid", func() bool { return strings.HasSuffix(c.text("stdout"), "\n") })
		pid := c.interpreter(t)
		for late := time.Now().Add(patience); !isStopped(pid) && time.Now().Before(late); time.Sleep(time.Millisecond) {
			if strings.Contains(stop, "SIGTSTP") {
				break // Go ignores it without a terminal
			}
		}
		p.interrupt()
		c.wait()
		if c.res.EName != "KeyboardInterrupt" {
			t.Errorf("%s: %+v", stop, c.res)
		}
		p.wants("kept + 1", "42")
	}
}

// isStopped reports whether a process is stopped by a signal.
func isStopped(pid int) bool {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(b), ") ")
	return strings.HasPrefix(rest, "T")
}

// A restart: the kernel is shut down and another one takes its connection file and ports, at once.
func TestRestart(t *testing.T) {
	h := newHousehold(t)
	for range 3 {
		p := h.start("start", "-f")
		if c := p.run("kept"); c.res.Status != "error" {
			t.Errorf("a variable of the kernel before: %+v", c.res)
		}
		p.run(define)
		p.wants("kept + 1", "42")
		if err := p.k.Shutdown(h.ctx); err != nil {
			t.Fatal(err)
		}
		if err := h.cmd.Wait(); err != nil {
			t.Errorf("the kernel: %v", err)
		}
		p.k.Close()
	}
	h.isGone()
}

// A front end goes away in the middle of a cell that floods it; the next one finds all as it was.
func TestLostClient(t *testing.T) {
	h := newHousehold(t)
	p := h.start("start", "-f")
	p.run(define)
	c := p.begin("for {\n\tfmt.Println(\"more\")\n}", nil)
	p.await("output", func() bool { return c.text("stdout") != "" })
	p.k.Close()
	p = h.connect()
	p.interrupt()
	// What is sent before the end of an interrupted cell is aborted with it.
	p.await("the end of the cell", func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.idle[c.id]
	})
	p.wants("kept + 1", "42")
	if err := p.k.Shutdown(h.ctx); err != nil {
		t.Fatal(err)
	}
	if err := h.cmd.Wait(); err != nil {
		t.Errorf("the kernel: %v", err)
	}
	h.isGone()
}

// What cells have started ends with the interpreter that they have killed.
func TestChildrenOfTheDead(t *testing.T) {
	h := newHousehold(t)
	p := h.start("start", "-f")
	for _, death := range []string{"os.Exit(3)", "syscall.Kill(os.Getpid(), syscall.SIGKILL)",
		"var mu sync.Mutex\nmu.Unlock()"} {
		p.run(child)
		h.awaitProcesses("no child", hasSleep)
		if c := p.run(death); c.res.Status != "error" {
			t.Errorf("%s: %+v", death, c.res)
		}
		h.awaitProcesses("the child is left after "+death, func(now map[int]string) bool { return !hasSleep(now) })
	}
	if err := p.k.Shutdown(h.ctx); err != nil {
		t.Fatal(err)
	}
	_ = h.cmd.Wait() // TestRestart looks at it
	h.isGone()
}
