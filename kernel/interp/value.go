package interp

// This file makes the bundles that show values of cells.

import (
	"encoding/json"
	"reflect"
	"strings"

	"gilkernel/kernel/link"
	"gilkernel/runtime/display"
)

// render returns the bundle of a value. If one of the value's methods panics, it returns the plain text of the value
// and the failure.
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

// renderAll returns the bundle of the values of an expression.
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

// encodeDisplay returns the event for a bundle. Metadata that can't be encoded is omitted.
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
