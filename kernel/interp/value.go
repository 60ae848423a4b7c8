package interp

// This file defines what the values of cells look like.

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"gilkernel/kernel/interp/link"
	"gilkernel/runtime/display"
)

// methods are the display methods of a value whose type a cell declared: compiled code can't see
// them on the value, so the lowered source hands them over by name.
type methods map[string]any

// bundleMethods are the methods that make one MIME type.
var bundleMethods = []struct{ name, mime string }{
	{"HTML", "text/html"},
	{"SVG", "image/svg+xml"},
	{"PNG", "image/png"},
	{"JPEG", "image/jpeg"},
	{"Markdown", "text/markdown"},
	{"LaTeX", "text/latex"},
	{"JSON", "application/json"},
}

// render makes the bundle of a value. A method that panics is left out, and its failure returned
// beside the bundle of the rest.
func (s *session) render(m methods, v any) (data, metadata map[string]any, failed *failure) {
	call := func(f func()) bool {
		e := s.contain(f)
		if e == nil {
			return true
		}
		if e.interrupted() {
			panic(e.value)
		}
		failed = e
		return false
	}
	if len(m) == 0 {
		if !call(func() { data, metadata = display.BundleWith(v, unwrap) }) {
			data = map[string]any{"text/plain": display.Format(reflect.ValueOf(v), unwrap)}
		}
		return data, metadata, failed
	}
	data = map[string]any{}
	ask := func(name string) (results []any) {
		if f, ok := m[name]; ok {
			call(func() { results = callMethod(f) })
		}
		return results
	}
	if r := ask("MIMEBundle"); len(r) > 0 {
		data = stringMap(r[0])
		if len(r) > 1 {
			metadata = stringMap(r[1])
		}
	} else {
		for _, b := range bundleMethods {
			if r := ask(b.name); len(r) > 0 {
				data[b.mime] = r[0]
			}
		}
	}
	for _, name := range []string{"Error", "String"} {
		if _, ok := data["text/plain"]; ok {
			break
		}
		if r := ask(name); len(r) > 0 {
			data["text/plain"] = fmt.Sprint(r[0])
		}
	}
	if _, ok := data["text/plain"]; !ok {
		data["text/plain"] = display.Format(reflect.ValueOf(v), unwrap)
	}
	return data, metadata, failed
}

// callMethod calls a function without parameters that the interpreter made.
func callMethod(f any) []any {
	v := unwrap(reflect.ValueOf(f))
	if v.Kind() != reflect.Func || v.IsNil() || v.Type().NumIn() > 0 {
		return nil
	}
	var results []any
	for _, r := range v.Call(nil) {
		if r = unwrap(r); r.IsValid() {
			results = append(results, r.Interface())
		} else {
			results = append(results, nil)
		}
	}
	return results
}

// stringMap opens a map[string]any, also if the interpreter has wrapped what is in it.
func stringMap(from any) map[string]any {
	to := map[string]any{}
	m := reflect.ValueOf(from)
	if m.Kind() != reflect.Map || m.Type().Key().Kind() != reflect.String {
		return to
	}
	for i := m.MapRange(); i.Next(); {
		if v := unwrap(i.Value()); v.IsValid() {
			to[i.Key().String()] = v.Interface()
		}
	}
	return to
}

// renderAll makes the bundle of the values of an expression.
func (s *session) renderAll(vs []any) (data, metadata map[string]any, failed *failure) {
	if len(vs) == 1 {
		return s.render(nil, vs[0])
	}
	texts := make([]string, len(vs))
	for i, v := range vs {
		texts[i] = display.Format(reflect.ValueOf(v), unwrap)
	}
	return map[string]any{"text/plain": strings.Join(texts, ", ")}, nil, nil
}

// encodeDisplay makes the event for a bundle.
func encodeDisplay(kind, id string, data, metadata map[string]any) *link.Display {
	d := &link.Display{Kind: kind, ID: id, Data: display.Encode(data)}
	for k, v := range metadata {
		if b, err := json.Marshal(v); err == nil {
			if d.Metadata == nil {
				d.Metadata = map[string]json.RawMessage{}
			}
			d.Metadata[k] = b
		}
	}
	return d
}
