package server

// This file defines how magics print, show and fill cells.

import (
	"encoding/json"

	"gilkernel/kernel/link"
)

// stream prints text in the cell's output.
func (x *execution) stream(name, text string) {
	x.s.print(x.origin, name, text)
}

// A pageHost is magic.Page.
type pageHost struct{ x *execution }

// Stream prints text in the cell's output.
func (h pageHost) Stream(name, text string) { h.x.stream(name, text) }

// Display shows data in the cell's output.
func (h pageHost) Display(data map[string]any) { h.Replace("", data) }

// Replace shows data in the place of a display of the cell, or as Display does if id is "".
func (h pageHost) Replace(id string, data map[string]any) {
	d := link.Display{Kind: "display_data", Data: map[string]json.RawMessage{}}
	if id != "" {
		d.Kind, d.ID = "update_display_data", id
	}
	for mime, v := range data {
		d.Data[mime] = h.x.s.marshal(v)
	}
	h.x.s.display(h.x.origin, &d)
}

// SetNextInput adds a payload that front ends turn into a cell.
func (h pageHost) SetNextInput(text string, replace bool) {
	h.x.payload = append(h.x.payload, map[string]any{"source": "set_next_input", "text": text, "replace": replace})
}
