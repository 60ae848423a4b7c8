package interp

// This file defines Command requests: a child process whose output is the run's.

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"gilkernel/kernel/link"
)

// pipeTime is how long the output of a child's own children is waited for after it has ended.
const pipeTime = 200 * time.Millisecond

// startCommand runs a child process.
func (s *runner) startCommand(q *link.Command) {
	r := s.begin(q.ID, q.Label)
	s.finish(r, func() *link.Done { return s.command(r, q) }, func() {})
}

func (s *runner) command(r *run, q *link.Command) *link.Done {
	if len(q.Argv) == 0 {
		return &link.Done{Status: "error", Exit: 127,
			Error: plainError("CommandNotFound", "there is no command to run")}
	}
	cmd := exec.Command(q.Argv[0], q.Argv[1:]...)
	cmd.Stdin = strings.NewReader(q.Stdin)
	if q.Stdin == "" {
		cmd.Stdin = nil
	}
	cmd.Stdout, cmd.Stderr = &runWriter{r, "stdout"}, &runWriter{r, "stderr"}
	cmd.WaitDelay = pipeTime
	ownGroup(cmd)
	defer dieTogether(cmd)()
	s.started(r)
	if err := cmd.Start(); err != nil {
		why := fmt.Sprintf("%s can't be run: %v", q.Argv[0], err)
		if errors.Is(err, exec.ErrNotFound) {
			why = q.Argv[0] + " is not installed on this computer"
		}
		return &link.Done{Status: "error", Exit: 127, Error: plainError("CommandNotFound", why)}
	}
	defer s.guard.group(cmd.Process.Pid)()
	l := &leader{cmd: cmd}
	r.onInterrupt(l.kill)
	err := l.wait()
	if r.dying.Load() {
		return &link.Done{Status: "interrupted", Exit: cmd.ProcessState.ExitCode(),
			Error: plainError("KeyboardInterrupt", "the command was interrupted")}
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		return &link.Done{Status: "error", Exit: -1,
			Error: plainError("CommandFailed", fmt.Sprintf("running %s: %v", q.Argv[0], err))}
	}
	return &link.Done{Status: "ok", Exit: cmd.ProcessState.ExitCode()}
}

// A runWriter prints into one run, from any goroutine.
type runWriter struct {
	r    *run
	name string
}

var _ io.Writer = (*runWriter)(nil)

func (w *runWriter) Write(p []byte) (int, error) {
	w.r.out.write(w.name, p)
	return len(p), nil
}
