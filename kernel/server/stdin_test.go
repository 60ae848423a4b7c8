package server_test

// This file defines the tests of input that need more than one conversation.

import (
	"slices"
	"testing"

	"gilkernel/kernel/link"
	"gilkernel/kernel/wire"
)

// A goroutine of a cell that has ended can't ask: its front end listens no longer.
func TestInputOfAnEarlierCell(t *testing.T) {
	o, w := fake()
	c := start(t, o).client()
	c.execute(cellFor("out x"))
	_, run := w().counts()
	w().event(link.Event{Cell: run, Input: &link.InputRequest{Prompt: "? "}})
	if in := <-w().inputs; in.Error == "" {
		t.Errorf("%+v", in)
	}
}

// Only the front end that sent the cell is asked.
func TestWhoIsAsked(t *testing.T) {
	o, _ := fake()
	k := start(t, o)
	one, two := k.client(), k.client()
	id := two.send("shell", "execute_request", map[string]any{"code": cellFor("input name? ")})
	q := two.await("the question", func(m message) bool { return m.Header.MsgType == "input_request" })
	if q.channel != "stdin" || q.parent() != id {
		t.Errorf("%v of %s", q, q.parent())
	}
	two.send("stdin", "input_reply", `{"value": "Grace"}`) // as jupyter_client does: without a parent
	if got := text(two.idle(id), "stdout"); got != "got Grace\n" {
		t.Errorf("%q", got)
	}
	one.ask("shell", "kernel_info_request", "{}")
	all, _ := one.messages()
	if slices.ContainsFunc(all, func(m message) bool { return m.channel == "stdin" }) {
		t.Errorf("the other front end was asked: %v", all)
	}
}

// Nobody but the front end that was asked can answer, though it has the key.
func TestWhoMayAnswer(t *testing.T) {
	o, _ := fake()
	k := start(t, o)
	stranger, asked := k.client(), k.client()
	id := asked.send("shell", "execute_request", map[string]any{"code": cellFor("input name? ")})
	q := asked.await("the question", func(m message) bool { return m.Header.MsgType == "input_request" })
	stranger.send("stdin", "input_reply", `{"value": "without a parent"}`)
	stranger.sendMessage("stdin", &wire.Message{Header: wire.NewHeader("input_reply", stranger.session, "tester"),
		ParentHeader: q.RawHeader, Content: raw(t, `{"value": "with the parent"}`)})
	stranger.sendMessage("stdin", &wire.Message{Header: q.Header, ParentHeader: q.RawHeader,
		Content: raw(t, `{"value": "with a stolen session"}`)})
	stranger.dealers["stdin"].Close() // returns when the kernel has read all of it
	asked.send("stdin", "input_reply", `{"value": "Grace"}`)
	if got := text(asked.idle(id), "stdout"); got != "got Grace\n" {
		t.Errorf("%q", got)
	}
}

// A front end without a stdin channel doesn't leave the cell hanging.
func TestNobodyToAsk(t *testing.T) {
	o, _ := fake()
	c := start(t, o).client()
	c.dealers["stdin"].Close()
	if r, _ := c.execute(cellFor("input name? ")); r.field("ename") != "EOFError" {
		t.Errorf("%v", r)
	}
}
