package server

// This file defines connect_request, which is deprecated, but cheap to support.

type connectReply struct {
	Status  string `json:"status"`
	Shell   int    `json:"shell_port"`
	IOPub   int    `json:"iopub_port"`
	Stdin   int    `json:"stdin_port"`
	HB      int    `json:"hb_port"`
	Control int    `json:"control_port"`
}

func (s *Server) handleConnect(*request) (any, error) {
	i := s.info
	return connectReply{"ok", i.ShellPort, i.IOPubPort, i.StdinPort, i.HBPort, i.ControlPort}, nil
}
