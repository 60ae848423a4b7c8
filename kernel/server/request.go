package server

// This file defines what is common to all requests: busy, the handler, the reply, idle.

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"gilkernel/kernel/wire"
)

// username is what the kernel calls itself in headers.
const username = "kernel"

// A request is a message from a front end, on its way.
type request struct {
	*wire.Message
	from     *channel     // where it came from, where the reply goes
	typ      *messageType // its row in the table; nil for an unknown type
	received time.Time
	bad      error // a part of it, but for the header, is no JSON
	// metadata of the reply, set by the handler; nil for none.
	metadata map[string]any
	// then is called after idle; nil for nothing. shutdown_request ends the kernel there.
	then func()

	busy    bool // it was said
	aborted bool // protected by queue.mu
}

// A requestError is an error whose name goes into the reply.
type requestError struct{ name, text string }

func (e *requestError) Error() string { return e.text }

// errorReply is the content of a reply with status error.
type errorReply struct {
	Status    string   `json:"status"`
	Name      string   `json:"ename"`
	Value     string   `json:"evalue"`
	Traceback []string `json:"traceback"`
}

func newErrorReply(err error) errorReply {
	name := "error"
	if e, ok := errors.AsType[*requestError](err); ok {
		name = e.name
	}
	return errorReply{"error", name, err.Error(), []string{}}
}

// answer does a request: busy, the handler, the reply, idle, all with the request as parent. It is
// called by the channel's reader, or by the executor for queued requests.
func (s *Server) answer(r *request) {
	if r.typ == nil || !r.typ.begins {
		s.busy(r)
	}
	content, err := s.handle(r)
	s.busy(r)
	if err != nil {
		s.opts.logf("%s: %v", r.Header.MsgType, err)
		content = newErrorReply(err)
	}
	if replyType := r.replyType(); replyType != "" {
		s.reply(r, replyType, content)
	}
	if r.typ == nil || !r.typ.queued {
		s.idleBeside(r)
	} else {
		s.idleAfterCell(r)
	}
	if r.then != nil {
		r.then()
	}
}

// busy says busy unless that was said.
func (s *Server) busy(r *request) {
	if !r.busy {
		r.busy = true
		s.pub.Status(r.RawHeader, "busy")
	}
}

// handle calls the handler. A panic in it is a bug of ours: it costs only this request.
func (s *Server) handle(r *request) (content any, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.opts.logf("%s: panic: %v\n%s", r.Header.MsgType, p, debug.Stack())
			content, err = nil, &requestError{"internal error", fmt.Sprintf("a bug in gilkernel: %v", p)}
		}
	}()
	if r.typ == nil {
		return nil,
			&requestError{"unknown request",
				"gilkernel does not know the message type " + strconv.Quote(r.Header.MsgType)}
	}
	if id, ok := subshell(r.Message); ok && !(r.typ.process && r.from == s.control) {
		return nil, &requestError{"unknown subshell", "there is no subshell " + id + ": gilkernel has none"}
	}
	return r.typ.handle(s, r)
}

// replyType returns the type of the reply, "" if there is none.
func (r *request) replyType() string {
	if r.typ == nil {
		return unknownReply(r.Header.MsgType)
	}
	return r.typ.reply
}

// subshell returns the subshell that a request's header names (JEP 91).
func subshell(m *wire.Message) (id string, ok bool) {
	var h struct {
		SubshellID *string `json:"subshell_id"`
	}
	if json.Unmarshal(m.RawHeader, &h) != nil || h.SubshellID == nil {
		return "", false
	}
	return *h.SubshellID, true
}

// reply sends a message back to where r came from.
func (s *Server) reply(r *request, msgType string, content any) {
	m := &wire.Message{
		Identities:   r.Identities,
		Header:       wire.NewHeader(msgType, s.session, username),
		ParentHeader: r.RawHeader,
		Content:      s.marshal(content),
	}
	if r.metadata != nil {
		m.Metadata = s.marshal(r.metadata)
	}
	s.send(r.from, m)
}

// send sends m on a channel. If the front end is gone, that is only logged.
func (s *Server) send(c *channel, m *wire.Message) {
	frames, err := s.codec.Encode(m)
	if err == nil {
		err = c.router.Send(frames)
	}
	if err != nil {
		s.opts.logf("sending %s on %s: %v", m.Header.MsgType, c.name, err)
	}
}

// marshal encodes what we made ourselves. A value that has no JSON is a bug of ours: it is sent as an
// empty object, so that the front end gets its reply.
func (s *Server) marshal(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		s.opts.logf("encoding %T: %v", v, err)
		return json.RawMessage("{}")
	}
	return b
}
