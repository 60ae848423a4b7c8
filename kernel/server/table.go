package server

// This file defines the table of message types: what a front end may ask, on which channel, and its handler.

import (
	"encoding/json"
	"errors"
	"strings"

	"gilkernel/kernel/wire"
)

// A handler does what a request asks. What it returns is the content of the reply; for a type
// without a reply it is nil. An error becomes an error reply: it is for the person at the front end.
type handler func(s *Server, r *request) (reply any, err error)

// A messageType is a row of the table. Every type is accepted on shell and on control, as in ipykernel: a client that
// sends a request on the wrong channel must not wait forever.
type messageType struct {
	reply string // the reply's type, "" for none
	// process says that the request is about the whole process: on the control channel it is answered
	// even if its header names a subshell (JEP 91).
	process bool
	// queued requests are done one after the other, in the order of arrival. All others are answered
	// at once, also while a cell runs: a learner presses Tab while a cell runs.
	queued bool
	// begins says that the handler itself says busy.
	begins bool
	handle handler
}

// messageTypes is the table, by the names of docs/messaging.rst of jupyter_client. It is a function
// because the handlers refer to it; the table is made once for each Server.
func messageTypes() map[string]*messageType {
	return map[string]*messageType{
		"execute_request":     {reply: "execute_reply", queued: true, begins: true, handle: (*Server).handleExecute},
		"complete_request":    {reply: "complete_reply", handle: (*Server).handleComplete},
		"inspect_request":     {reply: "inspect_reply", handle: (*Server).handleInspect},
		"is_complete_request": {reply: "is_complete_reply", handle: (*Server).handleIsComplete},
		"history_request":     {reply: "history_reply", handle: (*Server).handleHistory},
		"comm_info_request":   {reply: "comm_info_reply", handle: (*Server).handleCommInfo},
		"comm_open":           {handle: (*Server).handleCommOpen},
		"comm_msg":            {handle: (*Server).handleCommMsg},
		"comm_close":          {handle: (*Server).handleCommClose},
		"kernel_info_request": {reply: "kernel_info_reply", process: true, handle: (*Server).handleKernelInfo},
		"connect_request":     {reply: "connect_reply", process: true, handle: (*Server).handleConnect},
		"interrupt_request":   {reply: "interrupt_reply", process: true, handle: (*Server).handleInterrupt},
		"shutdown_request":    {reply: "shutdown_reply", process: true, handle: (*Server).handleShutdown},
		"usage_request":       {reply: "usage_reply", process: true, handle: (*Server).handleUsage},

		"debug_request":           {reply: "debug_reply", process: true, handle: (*Server).handleUnsupported},
		"create_subshell_request": {reply: "create_subshell_reply", process: true, handle: (*Server).handleUnsupported},
		"delete_subshell_request": {reply: "delete_subshell_reply", process: true, handle: (*Server).handleUnsupported},
		"list_subshell_request":   {reply: "list_subshell_reply", process: true, handle: (*Server).handleUnsupported},
	}
}

// unknownReply returns the type of the reply to a request of a type that isn't in the table, "" if the
// type isn't called a request.
func unknownReply(msgType string) string {
	if name, ok := strings.CutSuffix(msgType, "_request"); ok {
		return name + "_reply"
	}
	return ""
}

// handleUnsupported answers what the protocol has and this kernel has not. Without an answer the front end would wait.
func (s *Server) handleUnsupported(r *request) (any, error) {
	return nil, &requestError{"not supported", r.Header.MsgType + " is not supported by gilkernel"}
}

// decode reads the content of a request into v. The error is for the reply.
func decode(r *request, v any) error {
	err := r.bad
	if err == nil {
		err = json.Unmarshal(r.Content, v)
	}
	if err != nil {
		why := strings.TrimPrefix(err.Error(), wire.ErrJSON.Error()+": ")
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			why = wrong.Field + " is a JSON " + wrong.Value + ", which does not fit"
		}
		return &requestError{"bad request", "this " + r.Header.MsgType + " is malformed: " + why}
	}
	return nil
}
