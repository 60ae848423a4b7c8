package server

// This file defines iopub_welcome (JEP 65): what a front end hears when its subscription is there, so
// that it knows from when on it misses nothing.

import "unicode/utf8"

// welcome is called for each subscription, by the publisher's goroutines. The message has the
// subscription as its topic and no parent. It isn't sent at any other time: clients that don't know
// the type would stumble.
func (s *Server) welcome(topic []byte) {
	<-s.bound
	if utf8.Valid(topic) {
		s.pub.Welcome(topic)
	}
}
