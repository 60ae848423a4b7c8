package interp

// This file defines runs that are shown: with a record of their steps, and with what they print.

import (
	"encoding/json"
	"unsafe"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/link"
	"gilkernel/runtime/search"
	view "gilkernel/runtime/steps"
)

// recorded calls run, which makes one run of the cell under a schedule, and keeps what it shows.
func (x *exploring) recorded(schedule string, run func() search.Outcome) (out link.Outcome, v *view.View) {
	x.shown, x.turns, x.answer.Printed = true, nil, ""
	x.rec = view.New(view.Config{Python: x.version, Schedule: schedule, Source: x.s.host.sources.text,
		Locks: true})
	defer func() { x.shown, x.rec = false, nil }()
	out = outcomeOf(run())
	return out, x.rec.View(view.Outcome{Kind: out.Kind, Text: out.Text})
}

// keep makes a view a part of the answer.
func (x *exploring) keep(v *view.View) {
	b, err := json.Marshal(v)
	if err == nil {
		x.answer.View = b
	}
}

// show runs the cell once under a schedule, to show that run.
func (x *exploring) show(s search.Schedule) (out link.Outcome, followed int) {
	out, v := x.recorded(x.text(s), func() (got search.Outcome) {
		got, followed = search.Replay(s, x.place, x.program)
		return got
	})
	x.keep(v)
	return out, followed
}

// choices runs the cell once under the choices of the request.
func (x *exploring) choices() {
	c := &chooser{x: x, list: x.q.Choices, bad: -1}
	out, v := x.recorded("", func() search.Outcome { return x.program(c) })
	if c.bad >= 0 {
		x.answer.Bad = &c.bad
	}
	if c.stopped {
		v = c.view
	} else {
		x.answer.Outcomes = []link.Outcome{out}
	}
	x.keep(v)
}

// turned notes that another thread than the first gets the core in a run that is shown.
func (x *exploring) turned() { x.turns = append(x.turns, x.rec.Len()) }

// differs says where a run that was just shown parts from its schedule, whose next turn didn't come.
func (x *exploring) differs(turn search.Schedule) *link.Differs {
	d := &link.Differs{Step: 1, Label: x.q.Label, Turn: turn.String()}
	if n := len(x.turns); n > 0 {
		d.Step = x.turns[n-1] + 1
	}
	v := new(view.View)
	if json.Unmarshal(x.answer.View, v) != nil || len(v.Steps) == 0 {
		return d
	}
	at := v.Steps[min(d.Step, len(v.Steps))-1]
	if d.Line = at.Line; at.Source >= 0 {
		d.Label = v.Sources[at.Source].Label
	}
	return d
}

// access returns what a recorder receives about a step.
func (x *exploring) access(site *exec.Site, at unsafe.Pointer, n int) *view.Access {
	p := x.s.host.sources.parse(site.Pos)
	a := &view.Access{Op: site.Op, Name: site.Name, Label: p.label, Line: p.line, Column: p.column}
	if site.Op == "range" {
		a.Op = view.Read
	}
	if at == nil {
		return a
	}
	a.Key = at
	if n == 1 && site.IsVariable() {
		a.Get = func() any { return site.Value(at) }
	}
	return a
}
