package server_test

// This file defines the tests of the queue: order, aborts, interrupts.

import (
	"testing"
	"time"

	"gilkernel/kernel/link"
	"gilkernel/kernel/wire"
)

// Front ends show the state that they heard last: while a cell runs, that must be busy, also when
// something else was answered meanwhile.
func TestBusyIsSaidAgain(t *testing.T) {
	o, w := fake()
	c := start(t, o).client()
	cell := c.send("shell", "execute_request", map[string]any{"code": cellFor("out go", "block")})
	c.await("output", func(m message) bool { return m.Header.MsgType == "stream" })
	id := c.send("control", "kernel_info_request", "{}")
	c.idle(id)
	busy := c.await("busy of the cell again",
		func(m message) bool { return m.parent() == cell && m.state() == "busy" && m.at > 3 })
	all, _ := c.messages()
	last := ""
	for _, m := range all[:busy.at+1] {
		if m.state() != "" {
			last = m.state()
		}
	}
	if last != "busy" {
		t.Errorf("the last state is %s", last)
	}
	w().Interrupt()
	c.idle(cell)
	all, _ = c.messages()
	if s := all[len(all)-1]; s.channel == "iopub" && s.state() != "idle" {
		t.Errorf("the last message is %v, want idle", s)
	}
}

// sendAt sends a request that was made at a time by the client's clock.
func sendAt(c *client, session, code string, at time.Time) string {
	h := wire.NewHeader("execute_request", session, "tester")
	h.Date = at.Format(time.RFC3339Nano)
	c.sendMessage("shell", &wire.Message{Header: h, Content: raw(c.t, map[string]any{"code": code})})
	return h.MsgID
}

// Rule 8: a cell that fails fast may have failed before the ones behind it arrived. What was sent
// before the reply could be seen is aborted, what was sent after it runs, no matter whose clock is wrong.
func TestAbortOfWhatIsOnItsWay(t *testing.T) {
	o, w := fake()
	c := start(t, o).client()
	past := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC) // the client's clock is wrong
	failing := sendAt(c, c.session, cellFor("input go on? ", "error boom"), past)
	c.await("the question", func(m message) bool { return m.Header.MsgType == "input_request" })
	asked := time.Now()
	for time.Since(asked) <= 0 { // the clock has moved: the cell takes longer than nothing
	}
	w().Input(link.Input{Text: "yes"})
	c.idle(failing)
	rows := []struct{ name, id, status string }{
		{"made together with the failing one", sendAt(c, c.session, cellFor("out never"), past.Add(time.Nanosecond)),
			"error"},
		{"made an hour later", sendAt(c, c.session, cellFor("out an hour later"), past.Add(time.Hour)), "ok"},
		{"made in the same moment by another session", sendAt(c, "other", cellFor("out other"), past), "ok"},
	}
	for _, row := range rows {
		r := c.reply(row.id)
		if got := r.field("status"); got != row.status {
			t.Errorf("%s: %v, want %s", row.name, r, row.status)
		}
		out := c.idle(row.id)
		if row.status == "error" && len(out) > 0 {
			t.Errorf("%s: aborted, but it published %v", row.name, out)
		}
	}
}

// An interrupt that comes between two cells stops all that wait, too: no cell runs behind one that
// was aborted.
func TestInterruptAmongManyCells(t *testing.T) {
	const cells = 300
	o, _ := fake()
	c := start(t, o).client()
	var ids []string
	for range cells {
		ids = append(ids, c.send("shell", "execute_request", map[string]any{"code": cellFor("out x")}))
	}
	c.ask("shell", "is_complete_request", `{"code": "1"}`) // all cells have arrived
	c.ask("control", "interrupt_request", "{}")
	stopped := false
	for i, id := range ids {
		ok := c.reply(id).field("status") == "ok"
		if ok && stopped {
			t.Errorf("cell %d ran behind one that was stopped", i)
		}
		stopped = stopped || !ok
	}
}
