//go:build linux

package robust_test

// This file defines the tests of a kernel's end: whatever ends it, no process of it is left, no port is
// held and no file stays behind.

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gilkernel/kernel/client"
	"gilkernel/kernel/connection"
)

// A household is a kernel with all that it starts: its processes carry a mark in their environment.
type household struct {
	t     *testing.T
	ctx   context.Context
	info  *connection.Info
	file  string // the connection file
	tmp   string // their folder for temporary files
	mark  string
	cmd   *exec.Cmd
	stdin io.Closer
}

func newHousehold(t *testing.T) *household {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*patience)
	t.Cleanup(cancel)
	info, err := connection.New("gilkernel")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	h := &household{t: t, ctx: ctx, info: info, file: filepath.Join(dir, "connection.json"), tmp: filepath.Join(dir, "tmp"),
		mark: fmt.Sprintf("GILKERNEL_TEST_MARK=%d/%s", os.Getpid(), t.Name())}
	if err := os.Mkdir(h.tmp, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := info.Write(h.file); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // what a failed test has left: processes that this test started, by their mark
		for pid := range h.processes() {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	return h
}

// start starts the kernel, or a parent of it that dies when stdin is closed, and opens a page.
func (h *household) start(args ...string) *page {
	h.t.Helper()
	h.cmd = exec.Command(os.Args[0], append(args, h.file)...)
	h.cmd.Env = append(os.Environ(), "GILKERNEL_HISTORY=", "TMPDIR="+h.tmp, h.mark)
	h.cmd.Stderr = os.Stderr
	stdin, err := h.cmd.StdinPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	h.stdin = stdin
	if err := h.cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	return h.connect()
}

func (h *household) connect() *page {
	h.t.Helper()
	k, err := client.Connect(h.ctx, h.info)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(k.Close)
	return newPage(h.t, h.ctx, k, h.cmd.Process.Pid)
}

// processes returns the command lines of the living processes that carry the mark.
func (h *household) processes() map[int]string {
	found := map[int]string{}
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		env, err := os.ReadFile(dir + "/environ")
		if err != nil || !slices.Contains(strings.Split(string(env), "\x00"), h.mark) {
			continue // ended meanwhile, or another user's
		}
		line, _ := os.ReadFile(dir + "/cmdline")
		pid, _ := strconv.Atoi(filepath.Base(dir)) // the pattern has only digits
		found[pid] = strings.ReplaceAll(string(line), "\x00", " ")
	}
	return found
}

// awaitProcesses waits until ok is true of the processes. Nothing tells of a grandchild's end: it looks
// again and again.
func (h *household) awaitProcesses(what string, ok func(map[int]string) bool) {
	h.t.Helper()
	for late := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		now := h.processes()
		if ok(now) {
			return
		}
		if time.Now().After(late) {
			h.t.Fatalf("%s; there are %v", what, now)
		}
	}
}

// isGone waits for the end of all and looks for what is left.
func (h *household) isGone() {
	h.t.Helper()
	h.awaitProcesses("processes are left", func(now map[int]string) bool { return len(now) == 0 })
	for _, c := range connection.Channels() {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *h.info.Port(c)))
		if err != nil {
			h.t.Errorf("the port of %s is held: %v", c, err)
			continue
		}
		l.Close()
	}
	files, err := os.ReadDir(h.tmp)
	if err != nil || len(files) > 0 {
		h.t.Errorf("files are left: %v, %v", files, err)
	}
}

func hasSleep(now map[int]string) bool {
	for _, line := range now {
		if strings.HasPrefix(line, "sleep ") {
			return true
		}
	}
	return false
}

// child starts a process that would outlive all.
const child = "exec.Command(\"sleep\", \"1000\").Start()"

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
