package server_test

// This file defines the tests of the comms of widgets, from a front end's side.

import "testing"

// A page that shows widgets asks for all models over a comm, and is answered also if there are none; a model of its own
// is refused.
func TestWidgetComms(t *testing.T) {
	o, _ := fake()
	c := start(t, o).client()
	c.idle(c.send("shell", "comm_open", `{"comm_id": "c", "target_name": "jupyter.widget.control", "data": {}}`))
	id := c.send("shell", "comm_msg", `{"comm_id": "c", "data": {"method": "request_states"}}`)
	answers := c.idle(id)
	if len(answers) != 1 || string(answers[0].Content) !=
		`{"comm_id":"c","data":{"buffer_paths":[],"method":"update_states","states":{}}}` {
		t.Errorf("the states of no models: %v", answers)
	}
	c.idle(c.send("shell", "comm_close", `{"comm_id": "c", "data": {}}`))
	refused := c.idle(c.send("shell", "comm_open",
		`{"comm_id": "m", "target_name": "jupyter.widget", "data": {"state": {}}}`))
	if len(refused) != 1 || refused[0].Header.MsgType != "comm_close" ||
		string(refused[0].Content) != `{"comm_id":"m","data":{}}` {
		t.Errorf("a model of a front end's: %v", refused)
	}
	left := c.ask("shell", "comm_info_request", `{"target_name": "jupyter.widget"}`).field("comms")
	if got := string(raw(t, left)); got != "{}" {
		t.Errorf("comms left: %s", got)
	}
}
