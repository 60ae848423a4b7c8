//go:build linux

package robust_test

// This file defines the tests of a kernel's end: whatever ends it, no process of it is left, no port is
// held and no file stays behind.

import (
	"strings"
	"syscall"
	"testing"
)

// However the kernel ends, idle or in the middle of a cell, with a child process of a cell running.
func TestEnds(t *testing.T) {
	for _, end := range []struct {
		name string
		args []string
		do   func(h *household, p *page) error
	}{
		{"shutdown", []string{"start", "-f"}, func(h *household, p *page) error { return p.k.Shutdown(h.ctx) }},
		{"SIGTERM", []string{"start", "-f"}, func(h *household, p *page) error { return h.cmd.Process.Signal(syscall.SIGTERM) }},
		{"SIGKILL", []string{"start", "-f"}, func(h *household, p *page) error { return h.cmd.Process.Kill() }},
		{"the parent dies", []string{"parent"}, func(h *household, p *page) error { return h.stdin.Close() }},
	} {
		for _, busy := range []string{"", "for {\n}", "var mu sync.Mutex\nmu.Lock()\nmu.Lock()", "for {\n\tfmt.Println(\"more\")\n}"} {
			name, _, _ := strings.Cut(busy, "\n")
			t.Run(end.name+"/"+name, func(t *testing.T) {
				h := newHousehold(t)
				p := h.start(end.args...)
				if c := p.run(child); c.res.Status != "ok" {
					t.Fatalf("%+v", c.res)
				}
				h.awaitProcesses("no child", hasSleep)
				if busy != "" {
					c := p.begin("fmt.Println(\"begun\")\n"+busy, nil)
					p.await("its beginning", func() bool { return strings.HasPrefix(c.text("stdout"), "begun\n") })
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
	for _, death := range []string{"os.Exit(3)", "syscall.Kill(os.Getpid(), syscall.SIGKILL)", "var mu sync.Mutex\nmu.Unlock()"} {
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
