package interp

// This file defines how the values of cells are shown.

import (
	"encoding/json"
	"fmt"
	"strings"

	"gilkernel/kernel/interp/link"
	"gilkernel/runtime/display"
)

// value is what a cell results in: the values of its last expression. methods are the display methods
// of a value whose type a cell declared: native code can't call those by itself.
type value struct {
	methods map[string]any
	values  []any
}

// bundle returns a value's display. A display method that panics makes the cell fail.
func (s *session) bundle(v *value) (d *link.Display, failed *link.Error) {
	defer func() {
		if p := recover(); p != nil {
			if isInterruption(p) {
				panic(p)
			}
			name, text := describe(p)
			text = "while showing the value: " + text
			failed = &link.Error{Name: name, Value: text, Traceback: []string{red(name) + ": " + text}}
		}
	}()
	switch {
	case v.methods != nil && len(v.values) == 1:
		data, metadata := display.Bundle(withMethods(v.methods, v.values[0]))
		return encode("", "", data, metadata), nil
	case len(v.values) == 1:
		data, metadata := display.Bundle(v.values[0])
		return encode("", "", data, metadata), nil
	}
	var texts []string
	for _, x := range v.values {
		data, _ := display.Bundle(x)
		texts = append(texts, fmt.Sprint(data["text/plain"]))
	}
	return encode("", "", map[string]any{"text/plain": "(" + strings.Join(texts, ", ") + ")"}, nil), nil
}

// withMethods asks the methods that the lowering found. The result is a bundle, or the value itself
// when none of them says what it looks like.
func withMethods(methods map[string]any, v any) any {
	if f, ok := methods["MIMEBundle"].(func() map[string]any); ok {
		return display.MIME(f())
	}
	m := display.MIME{}
	for name, mime := range map[string]string{"HTML": "text/html", "SVG": "image/svg+xml", "Markdown": "text/markdown", "LaTeX": "text/latex"} {
		if f, ok := methods[name].(func() string); ok {
			m[mime] = f()
		}
	}
	for name, mime := range map[string]string{"PNG": "image/png", "JPEG": "image/jpeg"} {
		if f, ok := methods[name].(func() []byte); ok {
			m[mime] = f()
		}
	}
	if f, ok := methods["JSON"].(func() any); ok {
		m["application/json"] = f()
	}
	for _, name := range []string{"Error", "String"} {
		if f, ok := methods[name].(func() string); ok {
			m["text/plain"] = f()
			break
		}
	}
	if len(m) == 0 {
		return v
	}
	if _, ok := m["text/plain"]; !ok {
		m["text/plain"] = fmt.Sprintf("%v", v)
	}
	return m
}

func encode(kind, id string, data, metadata map[string]any) *link.Display {
	d := &link.Display{Kind: kind, ID: id, Data: display.Encode(data)}
	if len(metadata) > 0 {
		d.Metadata = map[string]json.RawMessage{}
		for k, v := range metadata {
			if b, err := json.Marshal(v); err == nil {
				d.Metadata[k] = b
			}
		}
	}
	return d
}

// sink is the notebook as package display sees it.
type sink struct{ s *session }

// display returns the session's sink.
func (s *session) display() *sink { return &sink{s} }

func (k *sink) display() *display.Display { return display.New(k) }

func (k *sink) Display(kind, id string, data, metadata map[string]any) {
	t := k.s.threads.current()
	if t != nil && t.cell.dying.Load() {
		k.s.tick(t)
		return
	}
	if c := k.s.cellOf(t); c != nil && !c.quiet {
		k.s.out.send(&link.Event{Cell: c.id, Display: encode(kind, id, data, metadata)})
	}
}

func (k *sink) Clear(wait bool) {
	if c := k.s.cellOf(k.s.threads.current()); c != nil && !c.quiet {
		k.s.out.send(&link.Event{Cell: c.id, Clear: &link.Clear{Wait: wait}})
	}
}

func (k *sink) Input(prompt string, password bool) (string, error) {
	return k.s.stdin.ask(prompt, password)
}

// show shows a value with the display methods that the lowering found.
func (k *sink) show(methods map[string]any, v any) {
	data, metadata := display.Bundle(withMethods(methods, v))
	k.Display("display_data", "", data, metadata)
}
