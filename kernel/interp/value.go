package interp

// This file defines what the values of cells look like.

import (
	"encoding/json"
	"reflect"
	"strings"

	"gilkernel/kernel/link"
	"gilkernel/runtime/display"
)

// render makes the bundle of a value. A method that panics is left out, and its failure returned
// beside the bundle of the rest.
func (s *runner) render(v any) (data, metadata map[string]any, failed *failure) {
	failed = s.contain(func() { data, metadata = display.BundleWith(v, nil) })
	if failed == nil {
		return data, metadata, nil
	}
	if failed.interrupted() {
		panic(failed.value)
	}
	return map[string]any{"text/plain": display.Format(reflect.ValueOf(v), nil)}, nil, failed
}

// renderAll makes the bundle of the values of an expression.
func (s *runner) renderAll(vs []any) (data, metadata map[string]any, failed *failure) {
	if len(vs) == 1 {
		return s.render(vs[0])
	}
	texts := make([]string, len(vs))
	for i, v := range vs {
		texts[i] = display.Format(reflect.ValueOf(v), nil)
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
