package widget_test

// This file tests models with comms that record what is sent.

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"gilkernel/kernel/widget"
)

// A recorder is Comms that records what is sent.
type recorder struct {
	mu   sync.Mutex // protects the field below
	sent []string
	last widget.Message
}

func (r *recorder) note(what, id string, m widget.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = m
	text := fmt.Sprintf("%s %s %s", what, id, m.Data)
	if m.Metadata != nil {
		text += " " + string(m.Metadata)
	}
	for _, b := range m.Buffers {
		text += fmt.Sprintf(" +%q", b)
	}
	if m.Parent != nil {
		text += " for " + string(m.Parent)
	}
	r.sent = append(r.sent, text)
}

func (r *recorder) Open(id, target string, m widget.Message) { r.note("open "+target, id, m) }
func (r *recorder) Send(id string, m widget.Message)         { r.note("send", id, m) }
func (r *recorder) Close(id string, m widget.Message)        { r.note("close", id, m) }

func (r *recorder) take() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	text := strings.Join(r.sent, "\n")
	r.sent = nil
	return text
}

func msg(data string, buffers ...[]byte) widget.Message {
	return widget.Message{Data: json.RawMessage(data), Buffers: buffers, Parent: json.RawMessage(`"p"`)}
}

// The life of a model, as the protocol has it.
func TestModel(t *testing.T) {
	r := &recorder{}
	var logged, heard []string
	logf := func(format string, args ...any) { logged = append(logged, fmt.Sprintf(format, args...)) }
	m := widget.NewManager(r, logf)
	model, err := m.New(json.RawMessage(`"cell"`), "m1", &widget.Options{
		State: map[string]any{"n": 1, "_model_name": "M", "_model_module": "mod", "_model_module_version": "*"},
		Changed: func(_ *widget.Model, _ json.RawMessage, names map[string]any) {
			heard = append(heard, fmt.Sprint("changed ", names))
		},
		Custom: func(_ *widget.Model, m widget.Message) {
			heard = append(heard, fmt.Sprintf("custom %s %q for %s", m.Data, m.Buffers, m.Parent))
		},
		Closed: func(*widget.Model) { heard = append(heard, "closed") },
	})
	if err != nil {
		t.Fatal(err)
	}
	const state = `"_model_module":"mod","_model_module_version":"*","_model_name":"M"`
	for _, row := range []struct {
		name string
		do   func()
		sent string
	}{
		{"open", func() {},
			`open jupyter.widget m1 {"buffer_paths":[],"state":{` + state + `,"n":1}} {"version":"2.1.0"} for "cell"`},
		{"the kernel changes it", func() { _ = model.Set(json.RawMessage(`"c"`), map[string]any{"n": 2}) },
			`send m1 {"buffer_paths":[],"method":"update","state":{"n":2}} for "c"`},
		{"binary data", func() { _ = model.Set(nil, map[string]any{"b": []byte("xy"), "l": []any{1, []byte("z")}}) },
			`send m1 {"buffer_paths":[["b"],["l",1]],"method":"update","state":{"l":[1,null]}} +"xy" +"z"`},
		{"a value without JSON", func() {
			if err := model.Set(nil, map[string]any{"n": func() {}}); err == nil {
				t.Error("a func was sent as JSON")
			}
		}, ``},
		{"a front end changes it",
			func() { m.Message("m1", msg(`{"method": "update", "state": {"n": 3}, "buffer_paths": []}`)) },
			`send m1 {"buffer_paths":[],"method":"echo_update","state":{"n":3}} for "p"`},
		{"a front end sends binary data",
			func() {
				m.Message("m1", msg(`{"method": "update", "state": {}, "buffer_paths": [["b"]]}`, []byte("new")))
			},
			`send m1 {"buffer_paths":[["b"]],"method":"echo_update","state":{}} +"new" for "p"`},
		{"a page asks for the model", func() { m.Message("m1", msg(`{"method": "request_state"}`)) },
			`send m1 {"buffer_paths":[["b"],["l",1]],"method":"update","state":{` + state +
				`,"l":[1,null],"n":3}} +"new" +"z" for "p"`},
		{"a page asks for all models", func() { m.Control("c9", msg(`{"method": "request_states"}`)) },
			`send c9 {"buffer_paths":[["m1","state","b"],["m1","state","l",1]],"method":"update_states","states":{"m1":{` +
				`"model_module":"mod","model_module_version":"*","model_name":"M","state":{` + state +
				`,"l":[1,null],"n":3}}}} {"version":"1.0.0"} +"new" +"z" for "p"`},
		{"a message of its own", func() { m.Message("m1", msg(`{"method": "custom", "content": {"x": 1}}`, []byte("b"))) },
			``},
		{"no JSON", func() { m.Message("m1", msg(`{`)) }, ``},
		{"no method", func() { m.Message("m1", msg(`{}`)) }, ``},
		{"a buffer without a path", func() { m.Message("m1", msg(`{"method": "update", "state": {}}`, []byte("b"))) }, ``},
		{"a path to nothing", func() {
			m.Message("m1", msg(`{"method": "update", "state": {"n": 4}, "buffer_paths": [["n", "x"]]}`, []byte("b")))
		}, ``},
		{"no such model", func() { m.Message("m2", msg(`{"method": "request_state"}`)) }, ``},
		{"a foreign control message", func() { m.Control("c9", msg(`{"method": "x"}`)) }, ``},
		{"the front end closes it", func() { m.Closed("m1"); m.Closed("m1") }, ``},
		{"the kernel closes it too", func() { model.Close(nil) }, ``},
		{"nothing is left", func() { m.Control("c9", msg(`{"method": "request_states"}`)) },
			`send c9 {"buffer_paths":[],"method":"update_states","states":{}} {"version":"1.0.0"} for "p"`},
	} {
		row.do()
		if got := r.take(); got != row.sent {
			t.Errorf("%s: sent\n%s, want\n%s", row.name, got, row.sent)
		}
	}
	if got, want := strings.Join(heard, "; "), `changed map[n:3]; changed map[b:[110 101 119]]; `+
		`custom {"x": 1} ["b"] for "p"; closed`; got != want {
		t.Errorf("heard %s, want %s", got, want)
	}
	if len(logged) != 6 {
		t.Errorf("%d lines in the log, want one for each message without sense: %q", len(logged), logged)
	}
}

// Two models can't have one id, and the kernel closes a model once.
func TestModelsAreApart(t *testing.T) {
	r := &recorder{}
	m := widget.NewManager(r, t.Logf)
	a, err := m.New(nil, "a", &widget.Options{State: widget.AnyWidget("a", "export default {}")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.New(nil, "a", &widget.Options{}); err == nil {
		t.Error("there are two models of one id")
	}
	r.take()
	a.Close(nil)
	a.Close(nil)
	if got := r.take(); got != "close a {}" {
		t.Errorf("closing twice sent %q", got)
	}
}

// Whatever a state looks like: what one side takes apart, the other puts together.
func TestBuffersComeBack(t *testing.T) {
	value := rapid.OneOf(
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 1, 3), func(b []byte) any { return b }),
		rapid.Map(rapid.Int(), func(n int) any { return float64(n) }),
		rapid.Map(rapid.String(), func(s string) any { return s }),
	)
	deep := rapid.Deferred(func() *rapid.Generator[any] { return value })
	for range 3 {
		inner := deep
		deep = rapid.OneOf(inner,
			rapid.Map(rapid.SliceOfN(inner, 0, 3), func(l []any) any { return l }),
			rapid.Map(rapid.MapOfN(rapid.StringN(1, 3, 5), inner, 0, 3), func(m map[string]any) any { return m }))
	}
	rapid.Check(t, func(t *rapid.T) {
		state := rapid.MapOfN(rapid.StringN(1, 3, 5), deep, 0, 4).Draw(t, "state")
		r := &recorder{}
		m := widget.NewManager(r, t.Logf)
		from, err := m.New(nil, "from", &widget.Options{State: state})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.New(nil, "to", &widget.Options{}); err != nil {
			t.Fatal(err)
		}
		if err := from.Set(nil, state); err != nil {
			t.Fatal(err)
		}
		m.Message("to", r.last) // what is an update in one direction is one in the other
		echo := r.last
		var a, b any
		if err := from.Set(nil, state); err != nil || json.Unmarshal(r.last.Data, &a) != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(strings.Replace(string(echo.Data), "echo_update", "update", 1)), &b); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(a) != fmt.Sprint(b) || fmt.Sprint(echo.Buffers) != fmt.Sprint(r.last.Buffers) {
			t.Fatalf("%v came back as %v, buffers %q as %q", a, b, r.last.Buffers, echo.Buffers)
		}
	})
}
