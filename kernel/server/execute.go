package server

// This file defines execute_request: one cell from its request to its reply, in seven phases.
//
//	begin     begin.go  it is counted
//	prepare   steps.go  the interpreter begins to check it, while it is checked here
//	announce  begin.go  what runs is published; a short cell is with the interpreter by then
//	runSteps  steps.go  the cell's steps, one after the other: Go, magics, commands
//	run       run.go    a step's code: compiled, run in the interpreter, committed
//	fail      fail.go   the first error ends the cell, and aborts the cells behind it
//	reply     reply.go  the answer, after all output has left

import (
	"context"
	"time"

	"gilkernel/kernel/link"
	"gilkernel/kernel/session"
	"gilkernel/kernel/worker"
)

type executeContent struct {
	Code            string            `json:"code"`
	Silent          bool              `json:"silent"`
	StoreHistory    *bool             `json:"store_history"` // absent: true, unless silent
	UserExpressions map[string]string `json:"user_expressions"`
	AllowStdin      *bool             `json:"allow_stdin"`   // absent: true
	StopOnError     *bool             `json:"stop_on_error"` // absent: true
}

// isTrue gives an absent field its default.
func isTrue(b *bool) bool { return b == nil || *b }

// An execution is an execute_request while it is done. The executor owns it; fields that others may use say so.
type execution struct {
	s         *Server
	request   *request
	started   time.Time // when the executor took it
	content   executeContent
	origin    *origin
	store     bool             // it counts and is kept in the history
	count     int              // its execution_count
	label     string           // "In[3]", or "In[*2]" for the second cell that has no number
	payload   []map[string]any // of the reply: what pagers show, what becomes a cell
	notes     []session.Note   // to be shown when the cell ends
	announced bool
	ahead     int // ID of the run that prepare has asked for, until it is run; 0: none

	stopped chan struct{} // closed by the first interrupt; the executor may make another, see afterwards

	// protected by Server.mu
	interrupted bool
	failed      *link.Error // the first error that a goroutine of the cell has published meanwhile
}

func (s *Server) handleExecute(r *request) (any, error) {
	x := &execution{s: s, request: r, started: time.Now(), payload: []map[string]any{}, stopped: make(chan struct{})}
	if err := decode(r, &x.content); err != nil {
		s.queue.begin(r)
		return newErrorReply(err), nil // without a number: nothing ran
	}
	x.content.Code = withoutMark(x.content.Code)
	if !x.begin() {
		return x.abortedReply(), nil
	}
	x.prepare()
	if !x.soon() {
		x.announce(false)
	}
	err := x.runSteps()
	x.announce(false) // if nothing has come of the cell
	failed := x.fail(err)
	return x.reply(failed), nil
}

// until returns the context of what the execution runs: nothing begins once it is interrupted.
func (x *execution) until() context.Context { return worker.Until(x.s.ctx, x.stopped) }

// isInterrupted reports whether the cell has been interrupted.
func (x *execution) isInterrupted() bool {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	return x.interrupted
}

// afterwards does what a cell owes at its end, even if it was interrupted: only another interrupt ends that, too.
func (x *execution) afterwards(do func() error) error {
	x.s.mu.Lock()
	was := x.interrupted
	if was {
		x.interrupted, x.stopped = false, make(chan struct{})
	}
	x.s.mu.Unlock()
	err := do()
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if was && !x.interrupted {
		x.interrupted = true
		close(x.stopped)
	}
	return err
}
