//go:build linux

package robust_test

// This file defines the household: a kernel process with all that it starts, and what is left of it.

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
	t     testing.TB
	ctx   context.Context
	env   []string // added to the environment
	info  *connection.Info
	file  string // the connection file
	dir   string // the folder of their sockets; "": they have ports
	tmp   string // their folder for temporary files
	mark  string
	cmd   *exec.Cmd
	stdin io.Closer
}

func newHousehold(t testing.TB) *household {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*patience)
	t.Cleanup(cancel)
	info, err := connection.New("gilkernel")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	h := &household{t: t, ctx: ctx, info: info, file: filepath.Join(dir, "connection.json"),
		tmp:  filepath.Join(dir, "tmp"),
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

// sockets has the kernel listen on socket files instead of ports.
func (h *household) sockets() {
	h.t.Helper()
	// The path of a socket is short: the folder of the test isn't.
	dir, err := os.MkdirTemp("", "gk")
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { os.RemoveAll(dir) })
	h.dir = dir
	h.info.Transport, h.info.IP = "ipc", filepath.Join(dir, "k")
	for i, c := range connection.Channels() {
		*h.info.Port(c) = i + 1
	}
	if err := h.info.Write(h.file); err != nil {
		h.t.Fatal(err)
	}
}

// start starts the kernel, or a parent of it that dies when stdin is closed, and opens a page.
func (h *household) start(args ...string) *page {
	h.t.Helper()
	h.cmd = exec.Command(os.Args[0], append(args, h.file)...)
	h.cmd.Env = append(append(os.Environ(), "GILKERNEL_HISTORY=", "TMPDIR="+h.tmp, h.mark), h.env...)
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
	// What a kernel publishes before it has heard of a subscription is lost, the idle behind a first
	// answer too: so it is asked until one has come through whole.
	for tries := 1; ; tries++ {
		ctx, cancel := context.WithTimeout(h.ctx, time.Second)
		_, err := k.KernelInfo(ctx)
		cancel()
		if err == nil {
			if tries > 1 {
				h.t.Logf("the %dth kernel_info came through", tries)
			}
			break
		}
		if h.ctx.Err() != nil {
			h.t.Fatalf("the kernel doesn't answer: %v", err)
		}
	}
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
	if h.dir != "" {
		if files, err := os.ReadDir(h.dir); err != nil || len(files) > 0 {
			h.t.Errorf("sockets are left: %v, %v", files, err)
		}
	}
	for _, c := range connection.Channels() {
		if h.dir != "" {
			break
		}
		h.awaitPort(fmt.Sprintf("127.0.0.1:%d", *h.info.Port(c)), c)
	}
	files, err := os.ReadDir(h.tmp)
	if err != nil || len(files) > 0 {
		h.t.Errorf("files are left: %v, %v", files, err)
	}
}

// awaitPort waits until a port is free. A process that was killed loses its environment, by which processes finds it,
// before Linux closes its sockets.
func (h *household) awaitPort(address string, c connection.Channel) {
	h.t.Helper()
	for late := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		l, err := net.Listen("tcp", address)
		if err == nil {
			l.Close()
			return
		}
		if time.Now().After(late) {
			h.t.Errorf("the port of %s is held: %v", c, err)
			return
		}
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
