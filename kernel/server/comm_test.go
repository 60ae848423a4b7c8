package server_test

// This file defines the tests of comms.

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"gilkernel/kernel/server"
)

// A comm with a registered target is opened, spoken to, listed and closed.
func TestComms(t *testing.T) {
	o, _ := fake()
	target := &echoTarget{}
	o.Targets = map[string]server.Target{"echo": target}
	c := start(t, o).client()
	for _, m := range []struct{ msgType, content string }{
		{"comm_open", `{"comm_id": "1", "target_name": "echo", "data": {"a": 1}}`},
		{"comm_msg", `{"comm_id": "1", "data": {"b": 2}}`},
	} {
		c.idle(c.send("shell", m.msgType, m.content))
	}
	c.await("the echo", func(m message) bool {
		return m.Header.MsgType == "comm_msg" && string(m.Content) == `{"comm_id":"1","data":{"b":2}}` &&
			m.parent() != ""
	})
	for name, want := range map[string]string{"{}": `{"1":{"target_name":"echo"}}`,
		`{"target_name": "echo"}`: `{"1":{"target_name":"echo"}}`, `{"target_name": "other"}`: `{}`} {
		if got := string(raw(t, c.ask("shell", "comm_info_request", name).field("comms"))); got != want {
			t.Errorf("comm_info %s: %s, want %s", name, got, want)
		}
	}
	c.idle(c.send("shell", "comm_close", `{"comm_id": "1", "data": {}}`))
	if got := target.log(); got != `open {"a": 1}, message {"b": 2}, close {}` {
		t.Error(got)
	}
	if got := string(raw(t, c.ask("shell", "comm_info_request", "{}").field("comms"))); got != "{}" {
		t.Error(got)
	}
}

type echoTarget struct {
	mu  sync.Mutex // protects the fields below
	did []string
}

func (e *echoTarget) note(what string, data json.RawMessage) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.did = append(e.did, what+" "+string(data))
}

func (e *echoTarget) log() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.Join(e.did, ", ")
}

func (e *echoTarget) Open(_ *server.Comm, m server.CommMessage) { e.note("open", m.Data) }
func (e *echoTarget) Message(c *server.Comm, m server.CommMessage) {
	e.note("message", m.Data)
	c.Send(m)
}
func (e *echoTarget) Close(_ *server.Comm, m server.CommMessage) { e.note("close", m.Data) }
