//go:build unix

package server_test

// This file defines the tests of a kernel as a process: signals, and the death of its parent. The
// test's own binary is the kernel and its parent, see TestMain.

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gilkernel/kernel/connection"
	"gilkernel/kernel/kerneltest"
	"gilkernel/kernel/server"
)

// roles are the processes that tests start.
func roles() map[string]kerneltest.Role {
	return map[string]kerneltest.Role{
		"kernel": func(args []string) int { // until it is asked to end
			o, _ := fake()
			o.Bound = func(connection.Info) { os.Stdout.WriteString("listening\n") }
			if err := server.Start(context.Background(), args[0], o); err != nil {
				os.Stdout.WriteString(err.Error() + "\n")
			}
			os.Stdout.WriteString("ended\n")
			return 0
		},
		"parent": func(args []string) int { // until its stdin ends; then it dies without a word to the kernel
			cmd := exec.Command(os.Args[0], "kernel", args[0])
			cmd.Env = append(os.Environ(), "JPY_PARENT_PID="+strconv.Itoa(os.Getpid()))
			cmd.Stdout = os.Stdout
			if err := cmd.Start(); err != nil {
				os.Stdout.WriteString(err.Error() + "\n")
			}
			io.Copy(io.Discard, os.Stdin)
			return 0
		},
	}
}

// A process is a kernel process under test.
type process struct {
	*exec.Cmd
	lines *bufio.Scanner // what it, and its children, print
	info  connection.Info
	stdin io.Closer
}

// spawn starts a process in a role, and returns when a kernel listens. Ports are chosen before the
// kernel binds them; when another process is faster, other ports are tried.
func spawn(t *testing.T, role string) *process {
	t.Helper()
	for {
		p, said := trySpawn(t, role)
		if said == "listening" {
			return p
		}
		if !strings.Contains(said, "in use") {
			t.Fatalf("the process says %q, %v", said, p.lines.Err())
		}
	}
}

// trySpawn returns the first line that the process says.
func trySpawn(t *testing.T, role string) (*process, string) {
	t.Helper()
	info, err := connection.New("gilkernel")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "connection.json")
	if err := info.Write(file); err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: exec.Command(os.Args[0], role, file), info: *info}
	p.Env = append(os.Environ(), "GILKERNEL_HISTORY=")
	p.Stderr = os.Stderr
	stdin, err := p.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdin = stdin
	// Not Cmd.StdoutPipe: Wait would close it before the kernel's last words.
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.Stdout = w
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	r.SetReadDeadline(time.Now().Add(patience))
	p.lines = bufio.NewScanner(r)
	t.Cleanup(func() {
		p.Process.Kill()
		p.Wait()
		r.Close()
	})
	p.lines.Scan()
	return p, p.lines.Text()
}

// says waits for the next line.
func (p *process) says(t *testing.T, want string) {
	t.Helper()
	if !p.lines.Scan() || p.lines.Text() != want {
		t.Fatalf("the process says %q, %v; want %q", p.lines.Text(), p.lines.Err(), want)
	}
}

// Rule 14: a kernel whose parent has died ends, without being asked.
func TestParentDies(t *testing.T) {
	p := spawn(t, "parent")
	k := &kernel{t: t, info: p.info}
	if r, _ := k.client().execute(cellFor("out x")); r.field("status") != "ok" {
		t.Errorf("%v", r)
	}
	p.stdin.Close()
	p.says(t, "ended")
	if p.lines.Scan() || p.lines.Err() != nil {
		t.Errorf("%q, %v; want the end of all processes", p.lines.Text(), p.lines.Err())
	}
}

// SIGTERM is an orderly shutdown: also in the middle of a cell.
func TestSIGTERM(t *testing.T) {
	p := spawn(t, "kernel")
	k := &kernel{t: t, info: p.info}
	c := k.client()
	c.send("shell", "execute_request", map[string]any{"code": cellFor("out go", "block")})
	c.await("output", func(m message) bool { return m.Header.MsgType == "stream" })
	p.Process.Signal(syscall.SIGTERM)
	p.says(t, "ended")
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
}

// Rule 12: SIGINT is an interrupt. It ends the cell, not the kernel, and does nothing to a kernel that
// is idle.
func TestSIGINT(t *testing.T) {
	p := spawn(t, "kernel")
	k := &kernel{t: t, info: p.info}
	c := k.client()
	id := c.send("shell", "execute_request", map[string]any{"code": cellFor("out go", "block")})
	c.await("output", func(m message) bool { return m.Header.MsgType == "stream" })
	p.Process.Signal(syscall.SIGINT)
	if r := c.reply(id); r.field("ename") != "KeyboardInterrupt" {
		t.Errorf("%v", r)
	}
	if r, _ := c.execute(cellFor("out after")); r.field("status") != "ok" {
		t.Errorf("%v", r)
	}
	p.Process.Signal(syscall.SIGINT)
	c.ask("control", "shutdown_request", `{"restart": false}`)
	p.says(t, "ended")
}

// A file with CURVE keys is refused with a sentence: binding in clear would betray the user who asked for
// encryption.
func TestCurveKeysAreRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "connection.json")
	if err := os.WriteFile(file, []byte(`{"transport": "tcp", "ip": "127.0.0.1", "shell_port": 1, "iopub_port": 2, "stdin_port": 3,
		"control_port": 4, "hb_port": 5, "key": "k", "signature_scheme": "hmac-sha256", "curve_publickey": "p", "curve_secretkey": "s"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	o, _ := fake()
	o.Bound = func(connection.Info) { t.Error("the kernel listens") }
	if err := server.Start(context.Background(), file, o); err == nil {
		t.Error("no error")
	}
}
