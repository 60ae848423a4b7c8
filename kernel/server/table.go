package server

// This file defines the table of message types: what a front end may ask, on which channel, and who
// answers.

import "encoding/json"

// A handler does what a request asks. What it returns is the content of the reply; for a type
// without a reply it is nil. An error becomes an error reply: it is for the person at the front end.
type handler func(s *Server, r *request) (reply any, err error)

// A messageType is a row of the table.
type messageType struct {
	reply   string // the reply's type, "" for none
	shell   bool   // accepted on the shell channel
	control bool   // accepted on the control channel
	// queued requests are done one after the other, in the order of arrival. All others are answered
	// at once, also while a cell runs: a learner presses Tab while a cell runs.
	queued bool
	handle handler
}

// messageTypes is the table, by the names of docs/messaging.rst of jupyter_client. It is a function
// because the handlers refer to it; the table is made once for each Server.
func messageTypes() map[string]*messageType {
	return map[string]*messageType{
		"execute_request":     {reply: "execute_reply", shell: true, queued: true, handle: (*Server).handleExecute},
		"complete_request":    {reply: "complete_reply", shell: true, handle: (*Server).handleComplete},
		"inspect_request":     {reply: "inspect_reply", shell: true, handle: (*Server).handleInspect},
		"is_complete_request": {reply: "is_complete_reply", shell: true, handle: (*Server).handleIsComplete},
		"history_request":     {reply: "history_reply", shell: true, handle: (*Server).handleHistory},
		"comm_info_request":   {reply: "comm_info_reply", shell: true, handle: (*Server).handleCommInfo},
		"comm_open":           {shell: true, control: true, handle: (*Server).handleCommOpen},
		"comm_msg":            {shell: true, control: true, handle: (*Server).handleCommMsg},
		"comm_close":          {shell: true, control: true, handle: (*Server).handleCommClose},
		"kernel_info_request": {reply: "kernel_info_reply", shell: true, control: true, handle: (*Server).handleKernelInfo},
		"connect_request":     {reply: "connect_reply", shell: true, control: true, handle: (*Server).handleConnect},
		"interrupt_request":   {reply: "interrupt_reply", shell: true, control: true, handle: (*Server).handleInterrupt},
		"shutdown_request":    {reply: "shutdown_reply", shell: true, control: true, handle: (*Server).handleShutdown},
		"usage_request":       {reply: "usage_reply", shell: true, control: true, handle: (*Server).handleUsage},

		"debug_request":           {reply: "debug_reply", control: true, handle: (*Server).handleUnsupported},
		"create_subshell_request": {reply: "create_subshell_reply", control: true, handle: (*Server).handleUnsupported},
		"delete_subshell_request": {reply: "delete_subshell_reply", control: true, handle: (*Server).handleUnsupported},
		"list_subshell_request":   {reply: "list_subshell_reply", control: true, handle: (*Server).handleUnsupported},
	}
}

// handleUnsupported answers what the protocol has and this kernel has not. Silence would leave the
// front end waiting.
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
		return &requestError{"bad request", "the content of this " + r.Header.MsgType + " is malformed: " + err.Error()}
	}
	return nil
}
