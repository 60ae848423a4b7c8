package interp

// This file defines captured output as a value of cells.

import (
	"encoding/json"

	"gilkernel/kernel/link"
	"gilkernel/runtime/display"
)

// startCapture keeps captured output under a number.
func (s *runner) startCapture(q *link.Capture) {
	r := s.begin(q.ID, q.Label)
	s.finish(r, func() *link.Done {
		s.started(r)
		var outputs []display.RichOutput
		for _, d := range q.Outputs {
			outputs = append(outputs, display.RichOutput{Data: document(d.Data), Metadata: document(d.Metadata),
				ID: d.ID, Update: d.Kind == "update_display_data"})
		}
		s.setOut(q.N, display.New(page{s}).NewCapturedIO(q.Stdout, q.Stderr, outputs))
		return &link.Done{Status: "ok"}
	}, func() {})
}

// document decodes a MIME bundle.
func document(raw map[string]json.RawMessage) map[string]any {
	if raw == nil {
		return nil
	}
	data := map[string]any{}
	for mime, b := range raw {
		var v any
		if json.Unmarshal(b, &v) == nil { // it is what an interpreter encoded
			data[mime] = v
		}
	}
	return data
}

// Stream prints text in the calling goroutine's cell, see display.Sink.
func (p page) Stream(name, text string) {
	w := p.s.currentOut()
	if name == "stderr" {
		w = p.s.currentErr()
	}
	_, _ = w.WriteString(text)
}
