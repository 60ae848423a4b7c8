package interp

// This file defines child processes: what %%bash, ! and %%python run.

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"

	"gilkernel/kernel/interp/link"
)

// command is a child process that a cell runs.
type command struct {
	cell *cell
	cmd  *exec.Cmd

	mu      sync.Mutex // protects the fields below
	started bool
	ended   bool
}

func (s *session) newCommand(r *link.Command) *command {
	c := &cell{id: r.ID, label: r.Label, done: make(chan struct{})}
	s.mu.Lock()
	s.cur = c
	s.mu.Unlock()
	cmd := exec.Command(r.Argv[0], r.Argv[1:]...)
	ownGroup(cmd)
	return &command{cell: c, cmd: cmd}
}

// interrupt ends the child and all that it started.
func (c *command) interrupt() {
	if !c.cell.dying.CompareAndSwap(false, true) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.started && !c.ended {
		killGroup(c.cmd)
	}
}

// cellWriter writes to a cell's stream, whoever calls it.
type cellWriter struct {
	s    *session
	c    *cell
	name string
}

func (w cellWriter) Write(b []byte) (int, error) {
	w.s.out.text(w.c, w.name, b)
	return len(b), nil
}

// runCommand runs the child to its end and answers it.
func (s *session) runCommand(c *command, r *link.Command) {
	done := &link.Done{Status: "ok"}
	stdout, err1 := c.cmd.StdoutPipe()
	stderr, err2 := c.cmd.StderrPipe()
	c.cmd.Stdin = strings.NewReader(r.Stdin)
	err := errors.Join(err1, err2)
	if err == nil {
		c.mu.Lock()
		if err = c.cmd.Start(); err == nil {
			c.started = true
		}
		if c.cell.dying.Load() && err == nil {
			killGroup(c.cmd) // the interrupt came before the start
		}
		c.mu.Unlock()
	}
	s.out.send(&link.Event{Cell: r.ID, Started: &link.Started{}})
	if err != nil {
		value := fmt.Sprintf("%s can't be run: %v", r.Argv[0], err)
		if errors.Is(err, exec.ErrNotFound) {
			value = fmt.Sprintf("%s is not installed on this computer", r.Argv[0])
		}
		done = &link.Done{Status: "error", Exit: 127, Error: &link.Error{Name: "CommandNotFound", Value: value, Traceback: []string{red("CommandNotFound") + ": " + value}}}
	} else {
		var copies sync.WaitGroup
		// Both end when the child, and whoever inherited its output, has closed it.
		copies.Go(func() { _, _ = io.Copy(cellWriter{s, c.cell, "stdout"}, stdout) })
		copies.Go(func() { _, _ = io.Copy(cellWriter{s, c.cell, "stderr"}, stderr) })
		copies.Wait()
		err = c.cmd.Wait()
		c.mu.Lock()
		c.ended = true
		c.mu.Unlock()
		done.Exit = c.cmd.ProcessState.ExitCode()
		if c.cell.dying.Load() {
			done.Status, done.Error = "interrupted", s.interrupted(c.cell)
		}
	}
	s.out.close(c.cell)
	s.mark(r.ID)
	s.out.send(&link.Event{Cell: r.ID, Done: done})
}
