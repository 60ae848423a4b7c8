package server

// This file defines the reply to an execute_request.

import (
	"encoding/json"
	"time"

	"gilkernel/kernel/link"
)

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

// reply returns the answer to a cell that has ended, once all of its output has left. failed is why it failed, nil if
// it didn't.
func (x *execution) reply(failed *link.Error) (reply any) {
	status := "ok"
	if failed != nil {
		status = "error"
		reply = executeError{errorReply: errorReply{status, failed.Name, failed.Value, traceback(failed)},
			Count: x.count, Payload: []map[string]any{}}
	} else {
		reply = executeReply{status, x.count, x.payload, x.userExpressions()}
	}
	x.request.metadata = executeMetadata(x.started, status)
	x.s.flush(x.origin)
	return reply
}

// executeMetadata is the reply's metadata: front ends show when a cell was started.
func executeMetadata(started time.Time, status string) map[string]any {
	return map[string]any{"started": started.UTC().Format(time.RFC3339Nano), "dependencies_met": true, "status": status}
}

// abortedReply answers a request that was not done. It has no execution_count, as in ipykernel: front
// ends write that number beside the cell, and a cell that did not run has none. The status "aborted"
// is deprecated, and jupyter_kernel_test refuses it.
func (x *execution) abortedReply() any {
	x.request.metadata = executeMetadata(x.started, "error")
	return errorReply{"error", "Aborted", "not run, because the cell before it failed or was interrupted", []string{}}
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
