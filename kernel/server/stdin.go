package server

// This file defines input: a cell reads from stdin, the front end that sent it is asked for a line.

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"gilkernel/kernel/link"
	"gilkernel/kernel/transport"
	"gilkernel/kernel/wire"
)

// eof is what front ends send for an end of file, as in ipykernel.
const eof = "\x04"

// Why a question has no answer.
const (
	notAllowed   = "this front end does not allow input"
	notConnected = "the front end has no connection for input"
)

// A question is an input_request that waits for its answer.
type question struct {
	id     string
	to     [][]byte         // the identities of the front end that was asked
	answer func(link.Input) // is called once, with an Input without an ID; it must not block
}

// mayAsk reports whether the cell's front end can be asked for input.
func (x *execution) mayAsk() bool { return isTrue(x.content.AllowStdin) }

// ask sends an input_request to the front end that sent the cell, with the identities of the shell
// request: a client has one identity on all its sockets. Only the cell that runs can ask; the front
// end has stopped listening to others.
func (s *Server) ask(o *origin, in *link.InputRequest) {
	s.mu.Lock()
	x := s.current
	if x == nil || x.origin != o {
		s.mu.Unlock()
		s.worker.Input(link.Input{ID: in.ID, Error: link.EndedInput})
		return
	}
	if !o.mayAsk {
		s.mu.Unlock()
		s.worker.Input(link.Input{ID: in.ID, Error: notAllowed})
		return
	}
	header := wire.NewHeader("input_request", s.session, username)
	s.asking = &question{header.MsgID, x.request.Identities, func(answer link.Input) {
		answer.ID = in.ID
		s.worker.Input(answer)
	}}
	s.mu.Unlock()
	s.flush(o) // the prompt belongs below what was printed before it
	m := &wire.Message{
		Identities: x.request.Identities, Header: header, ParentHeader: o.parent,
		Content: s.marshal(map[string]any{"prompt": in.Prompt, "password": in.Password}),
	}
	if err := s.sendQuestion(m); err != nil {
		s.opts.logf("sending input_request: %v", err)
		s.endQuestion()
		s.worker.Input(link.Input{ID: in.ID, Error: notConnected})
	}
}

// The front end's stdin socket may connect after its shell socket: a question is tried again this
// often, after this pause. This is the worker's goroutine: other output waits as long.
const (
	questionTries = 20
	questionPause = 10 * time.Millisecond
)

func (s *Server) sendQuestion(m *wire.Message) error {
	frames, err := s.codec.Encode(m)
	if err != nil {
		return err
	}
	for range questionTries {
		if err = s.stdin.router.Send(frames); !errors.Is(err, transport.ErrNoPeer) {
			return err
		}
		select {
		case <-time.After(questionPause):
		case <-s.ctx.Done():
			return err
		}
	}
	return err
}

// receiveInput takes an input_reply. One that answers no question, or another one than the last, is
// stale: the cell that asked was interrupted.
func (s *Server) receiveInput(c *channel, m *wire.Message, bad error) {
	if m.Header.MsgType != "input_reply" {
		s.opts.logf("stdin: dropped a message of type %s", m.Header.MsgType)
		return
	}
	s.mu.Lock()
	q := s.asking
	if q == nil || !answers(m, q) {
		s.mu.Unlock()
		s.opts.logf("stdin: dropped an input_reply that is stale or of a front end that was not asked")
		return
	}
	s.asking = nil
	s.mu.Unlock()
	var content struct {
		Value string `json:"value"`
	}
	if bad == nil {
		bad = json.Unmarshal(m.Content, &content)
	}
	switch {
	case bad != nil:
		q.answer(link.Input{Error: "the front end's answer is malformed: " + bad.Error()})
	case content.Value == eof:
		q.answer(link.Input{EOF: true})
	default:
		q.answer(link.Input{Text: content.Value})
	}
}

// answers reports whether m answers q: only the front end that was asked may. jupyter_client sends no
// parent: then all that is known is that a question waits.
func answers(m *wire.Message, q *question) bool {
	if !slices.EqualFunc(m.Identities, q.to, bytes.Equal) {
		return false
	}
	var parent struct {
		MsgID string `json:"msg_id"`
	}
	_ = json.Unmarshal(m.ParentHeader, &parent) // no parent
	return parent.MsgID == "" || parent.MsgID == q.id
}

// endQuestion forgets the question of a run that has ended.
func (s *Server) endQuestion() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asking = nil
}
