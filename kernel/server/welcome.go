package server

// This file defines iopub_welcome (JEP 65): the message to a front end whose subscription is complete, so that it knows
// from when on it misses nothing.

import (
	"unicode/utf8"

	"gilkernel/kernel/link"
)

// welcome returns the answer to a subscription; it is called by the publisher's goroutines. The message
// has the subscription as its topic and no parent. It isn't sent at any other time: clients that don't
// know the type would stumble.
func (s *Server) welcome(topic []byte) [][]byte {
	<-s.bound
	if !utf8.Valid(topic) {
		return nil
	}
	return s.pub.Welcome(topic)
}

// slow is called when a front end was disconnected because it read too slowly. It reconnects and has lost what waited
// for it; a line below the cell that runs says so, to all.
func (s *Server) slow(dropped int64) {
	s.mu.Lock()
	x := s.current
	s.mu.Unlock()
	s.opts.logf("iopub: dropped %d bytes that a front end had not read", dropped)
	if x != nil {
		s.pub.Notice(x.origin.parent,
			"a front end reads too slowly: "+link.FormatSize(dropped)+" that waited for it were dropped")
	}
}
