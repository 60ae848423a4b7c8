package server_test

// This file defines the tests of %%schedule in its three forms, from a front end's side.

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"gilkernel/kernel/link"
	"gilkernel/kernel/worker"
	"gilkernel/runtime/steps"
)

// scheduledPair runs two threads that each read x and then write what they read plus 1, whatever the cell is.
func scheduledPair(q link.Explore) worker.Result {
	if strings.Contains(q.Source, "impossible") {
		return worker.Result{Started: true, Done: link.Done{Status: "error",
			Error: &link.Error{Name: "error", Value: "not to be explored"}}}
	}
	v := steps.View{Python: q.Python, Sources: []steps.Source{{Label: q.Label, Lines: strings.Split(q.Code, "\n")}},
		Threads: []steps.Thread{{ID: 1, Name: "MainThread"}, {ID: 2, Name: "Thread-1"}, {ID: 3, Name: "Thread-2"}}}
	x, last, did, read := 0, -1, [3]int{}, [3]int{}
	for _, id := range q.Choices {
		i := id - 1
		s := steps.Step{Thread: i, Op: steps.Read, Name: "x", Before: fmt.Sprint(x), Text: fmt.Sprint("reads x: ", x)}
		if did[i] == 1 {
			x = read[i] + 1
			s.Op, s.After, s.Text = steps.Write, fmt.Sprint(x), fmt.Sprint("writes x: ", x)
		}
		read[i], last = x, i
		did[i]++
		v.Steps = append(v.Steps, s)
	}
	if did[1]+did[2] == 4 {
		v.Outcome = steps.Outcome{Kind: steps.Value, Text: fmt.Sprint(x)}
	} else {
		v.Now = []steps.Next{{Why: "waits for Thread-1"}, {Why: "has ended"}, {Why: "has ended"}}
		for i := 1; i <= 2; i++ {
			if did[i] < 2 {
				v.Now[i] = steps.Next{Can: true, Runs: i == last, Text: "goes on"}
			}
		}
	}
	b, _ := json.Marshal(&v)
	return worker.Result{Started: true,
		Done: link.Done{Status: "ok", Explored: &link.Explored{Python: q.Python, View: b}}}
}

const scheduled = "%%schedule python=3.9 goal=lost-update\nx := 1"

// displayed returns the data of the first display of a cell.
func displayed(t *testing.T, out []message) map[string]any {
	t.Helper()
	for _, m := range out {
		if m.Header.MsgType == "display_data" {
			data, _ := m.field("data").(map[string]any)
			return data
		}
	}
	t.Fatalf("nothing is shown: %v", out)
	return nil
}

// A front end that answers no questions gets a page.
func TestScheduleAsPage(t *testing.T) {
	o, _ := fake()
	c := start(t, o).client()
	id := c.send("shell", "execute_request", map[string]any{"code": scheduled, "allow_stdin": false})
	out := c.idle(id)
	data := displayed(t, out)
	page, _ := data["text/html"].(string)
	text, _ := data["text/plain"].(string)
	if !strings.Contains(page, "<script type=\"module\">") || !strings.Contains(text, "needs 1 preemption") {
		t.Errorf("the page: %.60q, the text: %q", page, text)
	}
	if len(out) != 2 { // and execute_input
		t.Errorf("%d messages, want 2: %v", len(out), out)
	}
}

// A front end without widgets is asked.
func TestScheduleAsText(t *testing.T) {
	o, _ := fake()
	c := start(t, o).client()
	id := c.send("shell", "execute_request", map[string]any{"code": scheduled})
	for i, answer := range []string{"1", "2", "2", "1", "q"} {
		n := 0
		q := c.await("a question", func(m message) bool {
			if m.Header.MsgType == "input_request" {
				n++
			}
			return n == i+1
		})
		if prompt, _ := q.field("prompt").(string); !strings.Contains(prompt, "u, r, q: ") {
			t.Errorf("the question is %q", prompt)
		}
		c.send("stdin", "input_reply", map[string]any{"value": answer})
	}
	if got := text(c.idle(id), "stdout"); !strings.Contains(got, "no widget manager") ||
		!strings.Contains(got, "Goal reached with 1 preemption: Thread-1 read 0, Thread-2 wrote 1, Thread-1 wrote 1") {
		t.Errorf("printed %s", got)
	}
	if r := c.reply(id); r.field("status") != "ok" {
		t.Errorf("the reply is %v", r)
	}
}

// ■ ends a cell that waits for an answer.
func TestInterruptedQuestion(t *testing.T) {
	o, _ := fake()
	c := start(t, o).client()
	id := c.send("shell", "execute_request", map[string]any{"code": "%%schedule text\nx := 1"})
	c.await("the question", func(m message) bool { return m.Header.MsgType == "input_request" })
	c.send("control", "interrupt_request", "{}")
	if r := c.reply(id); r.field("ename") != "KeyboardInterrupt" {
		t.Errorf("the reply is %v", r)
	}
}

// A page is a front end that shows a schedule as a widget.
type page struct {
	*client
	model string
}

// newPage runs a cell in a front end that has asked for models.
func newPage(t *testing.T, k *kernel, code string) *page {
	t.Helper()
	c := k.client()
	c.idle(c.send("shell", "comm_open", `{"comm_id": "c", "target_name": "jupyter.widget.control", "data": {}}`))
	r, out := c.execute(code)
	if r.field("status") != "ok" {
		t.Fatalf("the reply is %v", r)
	}
	view, _ := displayed(t, out)["application/vnd.jupyter.widget-view+json"].(map[string]any)
	id, _ := view["model_id"].(string)
	opened := ""
	for _, m := range out {
		if m.Header.MsgType == "comm_open" {
			opened, _ = m.field("comm_id").(string)
			if m.field("target_name") != "jupyter.widget" || string(m.Metadata) != `{"version":"2.1.0"}` {
				t.Errorf("opened by %v %s", m, m.Metadata)
			}
		}
		if m.Header.MsgType == "display_data" && opened != id {
			t.Errorf("the view of %q comes before its model", id)
		}
	}
	if id == "" || opened != id {
		t.Fatalf("the view is %v, of the model %q", view, opened)
	}
	return &page{client: c, model: id}
}

// act sends an action and returns the state that answers it.
func (p *page) act(content string) map[string]any {
	p.t.Helper()
	id := p.send("shell", "comm_msg",
		fmt.Sprintf(`{"comm_id": %q, "data": {"method": "custom", "content": %s}}`, p.model, content))
	m := p.await("the state after "+content, func(m message) bool {
		return m.Header.MsgType == "comm_msg" && m.parent() == id
	})
	data, _ := m.field("data").(map[string]any)
	if data["method"] != "update" {
		p.t.Errorf("%s is answered by %v", content, data["method"])
	}
	state, _ := data["state"].(map[string]any)["state"].(map[string]any)
	return state
}

func TestScheduleAsWidget(t *testing.T) {
	o, _ := fake()
	k := start(t, o)
	p := newPage(t, k, scheduled)
	for _, row := range []struct{ action, want string }{
		{`{"action": "choose", "thread": 1}`, "1 choices, 0 preemptions, false: Thread-1 reads x: 0."},
		{`{"action": "choose", "thread": 0}`, "1 choices, 0 preemptions, false: MainThread can't go on, it waits"},
		{`{"action": "choose", "thread": 99}`, "1 choices, 0 preemptions, false: There is no thread 99"},
		{`{"action": "choose", "thread": 2}`, "2 choices, 1 preemptions, false: Thread-2 reads x: 0."},
		{`{"action": "undo"}`, "1 choices, 0 preemptions, false: Undone."},
		{`{"action": "choose", "thread": 2}`, "2 choices, 1 preemptions, false: Thread-2 reads x: 0."},
		{`{"action": "choose", "thread": 2}`, "3 choices, 1 preemptions, false: Thread-2 writes x: 1."},
		{`{"action": "choose", "thread": 1}`, "4 choices, 1 preemptions, true: Thread-1 writes x: 1. Goal reached"},
		{`{"action": "choose", "thread": 1}`, "4 choices, 1 preemptions, true: The run has ended"},
		{`{"action": "reset"}`, "0 choices, 0 preemptions, false: From the beginning."},
		{`{"action": "undo"}`, "0 choices, 0 preemptions, false: Nothing was chosen yet."},
	} {
		s := p.act(row.action)
		choices, _ := s["choices"].([]any)
		goal, _ := s["goal"].(map[string]any)
		got := fmt.Sprintf("%d choices, %v preemptions, %v: %v", len(choices), s["used"], goal["reached"], s["said"])
		if !strings.HasPrefix(got, row.want) {
			t.Errorf("%s: %s, want %s", row.action, got, row.want)
		}
	}
	// What makes no sense is no answer, and no harm.
	for _, bad := range []string{`{"action": "win"}`, `7`, `{"action": 7}`} {
		p.idle(p.send("shell", "comm_msg",
			fmt.Sprintf(`{"comm_id": %q, "data": {"method": "custom", "content": %s}}`, p.model, bad)))
	}
	if s := p.act(`{"action": "choose", "thread": 1}`); s["said"] == "" {
		t.Error("nothing is said after bad actions")
	}
}

// A page that was reloaded finds the schedule again, as it was left.
func TestScheduleAfterReload(t *testing.T) {
	o, _ := fake()
	k := start(t, o)
	p := newPage(t, k, scheduled)
	p.act(`{"action": "choose", "thread": 2}`)
	again := k.client()
	again.idle(again.send("shell", "comm_open",
		`{"comm_id": "d", "target_name": "jupyter.widget.control", "data": {}}`))
	id := again.send("shell", "comm_msg", `{"comm_id": "d", "data": {"method": "request_states"}}`)
	m := again.await("all states", func(m message) bool { return m.Header.MsgType == "comm_msg" && m.parent() == id })
	data, _ := m.field("data").(map[string]any)
	states, _ := data["states"].(map[string]any)
	model, _ := states[p.model].(map[string]any)
	state, _ := model["state"].(map[string]any)
	game, _ := state["state"].(map[string]any)
	if model["model_name"] != "AnyModel" || model["model_module"] != "anywidget" || len(states) != 1 ||
		fmt.Sprint(game["choices"]) != "[3]" {
		t.Errorf("the states are %.300v", states)
	}
	info := again.ask("shell", "comm_info_request", `{"target_name": "jupyter.widget"}`)
	want := fmt.Sprintf(`{"%s":{"target_name":"jupyter.widget"}}`, p.model)
	if got := string(raw(t, info.field("comms"))); got != want {
		t.Errorf("comm_info: %s", got)
	}
}

// A closed comm, and one of the kernel before, are no harm.
func TestClosedSchedule(t *testing.T) {
	o, _ := fake()
	k := start(t, o)
	p := newPage(t, k, scheduled)
	p.idle(p.send("shell", "comm_close", fmt.Sprintf(`{"comm_id": %q, "data": {}}`, p.model)))
	for _, id := range []string{p.model, "of another life"} {
		out := p.idle(p.send("shell", "comm_msg", fmt.Sprintf(
			`{"comm_id": %q, "data": {"method": "custom", "content": {"action": "undo"}}}`, id)))
		if len(out) != 0 {
			t.Errorf("the closed comm %q is answered: %v", id, out)
		}
	}
	if r, _ := p.execute(scheduled); r.field("status") != "ok" {
		t.Errorf("the next schedule: %v", r)
	}
}

// What a page asks for while a cell runs is done after it; an interrupt of the cell says so to the page.
func TestScheduleWaitsForCells(t *testing.T) {
	o, _ := fake()
	k := start(t, o)
	p := newPage(t, k, scheduled)
	cell := p.send("shell", "execute_request", map[string]any{"code": `_ = "fake: out begun\nblock"`})
	p.await("the cell's output", func(m message) bool { return m.Header.MsgType == "stream" && m.parent() == cell })
	id := p.send("shell", "comm_msg",
		fmt.Sprintf(`{"comm_id": %q, "data": {"method": "custom", "content": {"action": "choose", "thread": 1}}}`,
			p.model))
	p.idle(id) // it is read, and waits
	p.send("control", "interrupt_request", "{}")
	p.reply(cell)
	m := p.await("the state", func(m message) bool { return m.Header.MsgType == "comm_msg" && m.parent() == id })
	if !strings.Contains(string(m.Content), "Interrupted") {
		t.Errorf("the page is told %.300s", m.Content)
	}
	if s := p.act(`{"action": "choose", "thread": 1}`); !strings.HasPrefix(fmt.Sprint(s["said"]), "Thread-1 reads x") {
		t.Errorf("after the interrupt: %v", s["said"])
	}
}

// A cell that can't be explored fails as others do, and shows nothing.
func TestImpossibleSchedule(t *testing.T) {
	o, _ := fake()
	c := start(t, o).client()
	r, out := c.execute("%%schedule widget\n_ = \"impossible\"")
	if r.field("evalue") != "not to be explored" {
		t.Errorf("the reply is %v", r)
	}
	for _, m := range out {
		if m.Header.MsgType == "display_data" || m.Header.MsgType == "comm_open" {
			t.Errorf("the cell shows %v", m)
		}
	}
}
