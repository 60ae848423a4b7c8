package server

// This file defines comms: channels between a front end's widget and an object in the kernel.

import (
	"encoding/json"
	"sync"

	"gilkernel/kernel/widget"
)

// A Target is the kernel's side of the comms with one target_name. Its methods are called from the
// goroutines that read the shell and the control channel: they must not block, and a comm's messages
// come one at a time.
type Target interface {
	Open(c *Comm, m CommMessage)
	Message(c *Comm, m CommMessage)
	Close(c *Comm, m CommMessage)
}

// A CommMessage is what travels through a comm, in either direction.
type CommMessage struct {
	Data     json.RawMessage // nil is {}
	Metadata json.RawMessage // nil is {}
	Buffers  [][]byte        // binary data beside Data
	// Parent is the header of the request that caused the message: of the comm message itself when it
	// comes from a front end; of what it answers, nil for none, when it is sent.
	Parent json.RawMessage
}

// A Comm is an open comm.
type Comm struct {
	ID     string
	Name   string // the target_name
	target Target
	s      *Server
}

// Send sends a comm_msg to the front ends. It may be called at any time, from any goroutine.
func (c *Comm) Send(m CommMessage) {
	c.s.pub.Comm(m.Parent, "comm_msg", commContent{ID: c.ID, Data: orEmpty(m.Data)}, m.Metadata, m.Buffers)
}

// Close closes the comm from the kernel's side and tells the front ends. Its target isn't told. A closed comm stays so.
func (c *Comm) Close(m CommMessage) {
	c.s.comms.mu.Lock()
	was := c.s.comms.open[c.ID]
	delete(c.s.comms.open, c.ID)
	c.s.comms.mu.Unlock()
	if was == nil {
		return
	}
	c.s.pub.Comm(m.Parent, "comm_close", commContent{ID: c.ID, Data: orEmpty(m.Data)}, m.Metadata, m.Buffers)
}

func orEmpty(raw json.RawMessage) json.RawMessage {
	if raw == nil {
		return json.RawMessage("{}")
	}
	return raw
}

// comm returns a request as a CommMessage.
func (r *request) comm(data json.RawMessage) CommMessage {
	return CommMessage{Data: orEmpty(data), Metadata: r.Metadata, Buffers: r.Buffers, Parent: r.RawHeader}
}

type commContent struct {
	ID     string          `json:"comm_id"`
	Target string          `json:"target_name,omitempty"`
	Data   json.RawMessage `json:"data"`
}

// comms is the registry. Its methods may be called concurrently.
type comms struct {
	targets map[string]Target

	mu   sync.Mutex // protects the fields below
	open map[string]*Comm
}

func newComms(targets map[string]Target) *comms {
	return &comms{targets: targets, open: map[string]*Comm{}}
}

func (c *comms) get(id string) *Comm {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open[id]
}

// handleCommOpen opens a comm; one with an unregistered target is closed at once, on iopub, as docs/messaging.rst says.
func (s *Server) handleCommOpen(r *request) (any, error) {
	var m commContent
	if err := decode(r, &m); err != nil {
		return nil, err
	}
	target := s.comms.targets[m.Target]
	if target == nil {
		s.opts.logf("comm_open: unknown target %q", m.Target)
		s.pub.Comm(r.RawHeader, "comm_close", commContent{ID: m.ID, Data: json.RawMessage("{}")}, nil, nil)
		return nil, nil
	}
	c := &Comm{ID: m.ID, Name: m.Target, target: target, s: s}
	s.comms.mu.Lock()
	s.comms.open[m.ID] = c
	s.comms.mu.Unlock()
	target.Open(c, r.comm(m.Data))
	return nil, nil
}

// handleCommMsg passes a message on. An unknown comm is no error: it may have been closed meanwhile,
// or belong to the kernel before a restart.
func (s *Server) handleCommMsg(r *request) (any, error) {
	var m commContent
	if err := decode(r, &m); err != nil {
		return nil, err
	}
	if c := s.comms.get(m.ID); c != nil {
		c.target.Message(c, r.comm(m.Data))
	}
	return nil, nil
}

func (s *Server) handleCommClose(r *request) (any, error) {
	var m commContent
	if err := decode(r, &m); err != nil {
		return nil, err
	}
	if c := s.comms.get(m.ID); c != nil {
		s.comms.mu.Lock()
		delete(s.comms.open, m.ID)
		s.comms.mu.Unlock()
		c.target.Close(c, r.comm(m.Data))
	}
	return nil, nil
}

func (s *Server) handleCommInfo(r *request) (any, error) {
	var m struct {
		Target *string `json:"target_name"`
	}
	if err := decode(r, &m); err != nil {
		return nil, err
	}
	type info struct {
		Target string `json:"target_name"`
	}
	if m.Target != nil && *m.Target == widget.Target {
		s.widgets.saw(r.Header.Session)
	}
	open := map[string]info{}
	s.comms.mu.Lock()
	defer s.comms.mu.Unlock()
	for id, c := range s.comms.open {
		if m.Target == nil || *m.Target == "" || *m.Target == c.Name {
			open[id] = info{c.Name}
		}
	}
	return map[string]any{"status": "ok", "comms": open}, nil
}
