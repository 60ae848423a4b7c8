//go:build unix

package interp_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"gilkernel/kernel/link"
	"gilkernel/skip"
)

func (p *process) command(stdin string, argv ...string) int {
	p.t.Helper()
	p.runs++
	p.send(&link.Request{Command: &link.Command{ID: p.runs, Label: fmt.Sprintf("In[%d]", p.runs), Argv: argv,
		Stdin: stdin}})
	return p.runs
}

func TestCommand(t *testing.T) {
	p := begin(t)
	for _, row := range []struct {
		stdin, script string
		out           string
		exit          int
	}{
		{"", "echo out; echo err >&2", "out\nerr\n", 0},
		{"a\nb\n", "wc -l | tr -d ' '", "2\n", 0},
		{"", "read x; echo \"no: $x\"", "no: \n", 0},
		{"", "exit 7", "", 7},
		{"", "for i in 1 2 3; do printf $i; done", "123", 0},
	} {
		id := p.command(row.stdin, "sh", "-c", row.script)
		r := p.wait(id).ok(t)
		got := r.out[id]
		if row.script[:4] == "echo" { // two pipes have no order between them
			got = ""
			for _, s := range r.streams {
				if s.Name == "stdout" {
					got += s.Text
				}
			}
			for _, s := range r.streams {
				if s.Name == "stderr" {
					got += s.Text
				}
			}
		}
		if got != row.out || r.done.Exit != row.exit || !r.started {
			t.Errorf("%s: got %q, exit %d", row.script, got, r.done.Exit)
		}
	}
}

func TestCommandNotFound(t *testing.T) {
	p := begin(t)
	for _, argv := range [][]string{{"no-such-program-anywhere"}, nil} {
		r := p.wait(p.command("", argv...))
		if r.done.Status != "error" || r.done.Error == nil || r.done.Error.Name != "CommandNotFound" {
			t.Errorf("got %+v", r.done)
		}
	}
	p.run("1\n").ok(t)
}

// An interrupt ends the child and what it has started.
func TestInterruptCommand(t *testing.T) {
	p := begin(t)
	id := p.command("", "sh", "-c", "sleep 3600 & echo $!; wait")
	r := p.until(func(r *result) bool { return strings.HasSuffix(r.out[id], "\n") })
	var child int
	if _, err := fmt.Sscan(r.out[id], &child); err != nil {
		t.Fatal(err)
	}
	p.interrupted(id)
	for syscall.Kill(child, 0) == nil { // a zombie until its parent waits for it
		state := p.wait(p.command("", "sh", "-c", fmt.Sprintf("ps -o stat= -p %d || echo gone", child))).out[p.runs]
		if strings.HasPrefix(state, "Z") || strings.Contains(state, "gone") {
			break
		}
	}
	p.run("1\n").ok(t)
}

// A command doesn't outlive an interpreter process that is killed.
func TestCommandDiesWithProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		skip.Missing(t, "only Linux can do that")
	}
	p := begin(t)
	id := p.command("", "sh", "-c", "echo $$; exec sleep 3600")
	r := p.until(func(r *result) bool { return strings.HasSuffix(r.out[id], "\n") })
	var child int
	if _, err := fmt.Sscan(r.out[id], &child); err != nil {
		t.Fatal(err)
	}
	p.cmd.Process.Kill()
	p.died()
	late := time.Now().Add(patience)
	for {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", child))
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return
		}
		if time.Now().After(late) {
			t.Fatalf("the child lives: %s", stat)
		}
		runtime.Gosched()
	}
}

// A command that ends while a process in the background has its output open isn't waited for.
func TestCommandLeavesProcess(t *testing.T) {
	p := begin(t)
	id := p.command("", "sh", "-c", "sleep 2 & echo left")
	if r := p.wait(id).ok(t); r.out[id] != "left\n" {
		t.Errorf("got %q", r.out[id])
	}
}
