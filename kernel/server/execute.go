package server

// This file defines execute_request: one cell from its request to its reply.

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"gilkernel/kernel/history"
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

// An execution is an execute_request while it is done. The executor owns it; what others may touch
// says so.
type execution struct {
	s       *Server
	request *request
	content executeContent
	origin  *origin
	store   bool   // it counts and is kept in the history
	count   int    // its execution_count
	label   string // "In[3]", or uncounted
	payload []map[string]any
	wall    time.Duration // that the last run took
	steps   string        // link.Run.Step of what is run
	python  string        // link.Run.Python of what is run
	twin    bool          // link.Run.Twin of what is run
	// progress says that a line of Progress is shown.
	progress bool
	mixed    bool           // it has code and not only magics
	notes    []session.Note // to be shown when the cell ends

	stopped chan struct{} // closed by the first interrupt

	// protected by Server.mu
	interrupted bool
	failed      *link.Error // the first error that a goroutine of the cell has published meanwhile
}

type executeReply struct {
	Status          string           `json:"status"`
	Count           int              `json:"execution_count"`
	Payload         []map[string]any `json:"payload"`
	UserExpressions map[string]any   `json:"user_expressions"`
}

// executeError is the reply to a cell that failed: the fields of an error, and the count.
type executeError struct {
	errorReply
	Count           int              `json:"execution_count"`
	Payload         []map[string]any `json:"payload"`
	UserExpressions struct{}         `json:"user_expressions"`
}

func (s *Server) handleExecute(r *request) (any, error) {
	started := time.Now()
	x := &execution{s: s, request: r, payload: []map[string]any{}, stopped: make(chan struct{})}
	if err := decode(r, &x.content); err != nil {
		s.queue.begin(r)
		return newErrorReply(err), nil // without a number: nothing ran
	}
	x.content.Code = withoutMark(x.content.Code)
	if !x.begin() {
		return s.abortedReply(r, started), nil
	}
	failed := x.runSteps()
	x.showNotes()
	if failed == nil {
		failed = x.goroutineFailed()
	} else {
		x.publishError(failed)
	}
	var reply any
	status := "ok"
	if failed != nil {
		status = "error"
		if !x.content.Silent && isTrue(x.content.StopOnError) {
			s.queue.abortBehind(r)
		}
		reply = executeError{errorReply: errorReply{status, failed.Name, failed.Value, traceback(failed)}, Count: x.count, Payload: []map[string]any{}}
	} else {
		reply = executeReply{status, x.count, x.payload, x.userExpressions()}
	}
	r.metadata = executeMetadata(started, status)
	s.flush(x.origin)
	return reply, nil
}

// executeMetadata is the reply's metadata: front ends show when a cell was started.
func executeMetadata(started time.Time, status string) map[string]any {
	return map[string]any{"started": started.UTC().Format(time.RFC3339Nano), "dependencies_met": true, "status": status}
}

// abortedReply answers a request that was not done. It has no execution_count, as in ipykernel: front
// ends write that number beside the cell, and a cell that did not run has none. The status "aborted"
// is deprecated, and jupyter_kernel_test refuses it.
func (s *Server) abortedReply(r *request, started time.Time) any {
	r.metadata = executeMetadata(started, "error")
	return errorReply{"error", "Aborted", "not run, because the cell before it failed or was interrupted", []string{}}
}

// uncounted is the label of cells that have no number of their own: their values can't be recalled.
const uncounted = "In[*]"

// begin counts the cell and tells the front ends what runs; it is false when the cell was aborted
// before it began.
func (x *execution) begin() bool {
	s, c := x.s, &x.content
	x.store = !c.Silent && isTrue(c.StoreHistory)
	s.mu.Lock()
	// An interrupt aborts what hasn't begun, then looks at current: it finds the cell here or there.
	if s.queue.begin(x.request) {
		s.mu.Unlock()
		return false
	}
	if x.store {
		s.count++
	}
	x.count = s.count
	x.label = uncounted
	if x.store {
		x.label = "In[" + strconv.Itoa(x.count) + "]"
	}
	x.origin = newOrigin(x)
	s.current = x
	s.mu.Unlock()
	if c.Silent {
		return true
	}
	s.pub.ExecuteInput(x.origin.parent, echo(c.Code), x.count)
	if x.store && c.Code != "" {
		count, code := x.count, c.Code
		s.history.keep(func(h *history.History) error { return h.Add(count, code) })
	}
	return true
}

// idleAfterCell says that all output of a queued request is out, and that nothing runs.
func (s *Server) idleAfterCell(r *request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = nil
	s.pub.Status(r.RawHeader, "idle")
}

// idleBeside says that a request is done that was answered beside the cells. Front ends show the
// state that they heard last, whatever its parent: if a cell runs, its busy is said once more.
func (s *Server) idleBeside(r *request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pub.Status(r.RawHeader, "idle")
	if s.current != nil {
		s.pub.Status(s.current.origin.parent, "busy")
	}
}

// until returns the context of what the execution runs: nothing begins once it is interrupted.
func (x *execution) until() context.Context { return worker.Until(x.s.ctx, x.stopped) }

// isInterrupted reports whether the cell has been interrupted.
func (x *execution) isInterrupted() bool {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	return x.interrupted
}

// goroutineFailed returns the error that a goroutine of the cell has published while the cell ran: the
// cell has failed then, as the program would have.
func (x *execution) goroutineFailed() *link.Error {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	return x.failed
}

// userExpressions evaluates the request's user_expressions, each for itself.
func (x *execution) userExpressions() map[string]any {
	values := map[string]any{}
	for key, expr := range x.content.UserExpressions {
		shown, failed := x.evaluate(expr)
		if failed != nil {
			values[key] = errorReply{"error", failed.Name, failed.Value, traceback(failed)}
			continue
		}
		values[key] = map[string]any{"status": "ok", "data": notNil(shown.Data), "metadata": notNil(shown.Metadata)}
	}
	return values
}

// evaluate returns the value of an expression.
func (x *execution) evaluate(expr string) (*link.Display, *link.Error) {
	done, failed := x.run(func() (*session.Program, error) { return x.s.cells.CompileExpr(x.label, expr) }, "return")
	if failed != nil {
		return nil, failed
	}
	if done.Result == nil {
		return &link.Display{}, nil // a call without a result
	}
	return done.Result, nil
}

func notNil(m map[string]json.RawMessage) map[string]json.RawMessage {
	if m == nil {
		return map[string]json.RawMessage{}
	}
	return m
}

func traceback(e *link.Error) []string {
	if e.Traceback == nil {
		return []string{}
	}
	return e.Traceback
}
