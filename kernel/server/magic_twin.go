package server

// This file defines how magics compare real Pythons with Go: %twin and %%twin.

import (
	"context"
	"encoding/json"
	"math"
	"strconv"

	"gilkernel/kernel/link"
	"gilkernel/kernel/magic"
	"gilkernel/kernel/worker"
)

// A twinHost is magic.Twins.
type twinHost struct {
	x     *execution
	shown bool // a line of Progress was shown
}

// TwinPythons returns the CPythons of the computer, one for each minor version.
func (h *twinHost) TwinPythons(context.Context) ([]magic.TwinPython, error) {
	done, failed := h.x.ask(func(id int) worker.Result {
		return h.x.s.worker.Python(h.x.until(), link.Python{ID: id, Label: h.x.label, List: true, Twin: true})
	})
	if failed != nil {
		return nil, asError(failed)
	}
	var all []magic.TwinPython
	seen := map[string]bool{}
	for _, p := range done.Pythons {
		if p.CPython && !seen[p.Name] {
			seen[p.Name] = true
			all = append(all, magic.TwinPython{Name: p.Name, Path: p.Path})
		}
	}
	return all, nil
}

// RunTwin runs a program in a real Python and measures it.
func (h *twinHost) RunTwin(_ context.Context, python, source string, line, threads int) (string, float64, error) {
	done, failed := h.x.ask(func(id int) worker.Result {
		return h.x.s.worker.Python(h.x.until(), link.Python{ID: id, Label: h.x.label, Which: python, Source: source,
			Line: line, Twin: true, Input: h.x.mayAsk(),
			In: map[string]string{"threads": strconv.Itoa(threads)}})
	})
	if failed != nil {
		return done.Printed, done.Seconds, pythonError(failed)
	}
	return done.Printed, done.Seconds, nil
}

// RunGoTwin runs Go code on a machine of its own and measures it.
func (h *twinHost) RunGoTwin(_ context.Context, text, machine string) (string, float64, error) {
	c := h.x.code(text, "")
	c.python, c.twin = machine, true
	done, failed := h.x.run(c)
	return done.Printed, done.Seconds, asError(failed)
}

// ShowTwins draws the figures of a program in real Pythons and in Go.
func (h *twinHost) ShowTwins(_ context.Context, t *magic.TwinTable) error {
	q := link.Twins{Label: h.x.label, Title: t.Title, Unit: t.Unit, Caption: t.Caption, Columns: t.Columns,
		Base: t.Base}
	for _, r := range t.Rows {
		q.Rows = append(q.Rows, link.Twin{Name: r.Name, Python: pointers(r.Python), Real: pointers(r.Real),
			Simulated: pointers(r.Simulated), Recorded: r.Recorded})
	}
	_, failed := h.x.ask(func(id int) worker.Result {
		q.ID = id
		return h.x.s.worker.Twins(h.x.until(), q)
	})
	return asError(failed)
}

// pointers returns pointers to numbers, nil for what JSON has no number for.
func pointers(list []float64) []*float64 {
	var out []*float64
	for _, v := range list {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			out = append(out, nil)
		} else {
			out = append(out, &v)
		}
	}
	return out
}

// Progress shows a line that the next one replaces; "" removes it.
func (h *twinHost) Progress(text string) {
	if h.x.content.Silent {
		return
	}
	d := link.Display{Kind: "update_display_data", ID: "gilkernel-progress-" + h.x.label,
		Data: map[string]json.RawMessage{"text/plain": h.x.s.marshal(text)}}
	if !h.shown {
		h.shown = true
		d.Kind = "display_data"
	}
	h.x.s.display(h.x.origin, &d)
}
