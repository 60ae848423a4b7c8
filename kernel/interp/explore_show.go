package interp

// This file defines runs that are shown: with a record of their steps, and with what they print.

import (
	"encoding/json"
	"fmt"
	"reflect"
	"unsafe"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/link"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/search"
	view "gilkernel/runtime/steps"
)

// recorded calls run, which makes one run of the cell under a schedule, and keeps what it shows.
func (x *exploring) recorded(schedule string, run func() search.Outcome) (out link.Outcome, v *view.View) {
	x.shown, x.path, x.answer.Printed = true, path{}, ""
	x.rec = view.New(view.Config{Python: x.version, Schedule: schedule, Source: x.s.host.sources.text,
		Thread: func(t *rt.Thread) string { return stepName(x.home, t) }, Locks: true, Told: true,
		Interpreted: x.s.host.engine.Interprets,
		Where: func(value any, stack []byte) (string, int) {
			if b := x.run.panicked(value, stack); b != nil {
				return b.label, b.line
			}
			return "", 0
		}})
	defer func() { x.shown, x.rec, x.home = false, nil, nil }()
	out = x.outcomeOf(run())
	x.path.settle(x.rec)
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
		x.followPath(s)
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

// path is how far a run that is shown has followed a schedule.
type path struct {
	// These are places in the record, and then, when the run is over, how many steps are before them.
	turns []int         // where each turn came
	last  map[visit]int // and where the thread was last where one of the schedule's turns is; -1: it never was
	// accesses are two that are looked for.
	accesses [2]access
}

// access is one of those that a thread makes.
type access struct {
	thread int
	nth    int // as the how manieth of the thread, from 1
	made   int // how many it has made
	step   int // the number of its step in the view, from 1; 0: it wasn't made

	t     *rt.Thread // whose it is, when it was made
	place int        // in the record
}

// accessed counts an access of a run that is shown.
func (p *path) accessed(t *rt.Thread, rec *view.Recorder) {
	for i := range p.accesses {
		if a := &p.accesses[i]; a.thread == t.ID() {
			if a.made++; a.made == a.nth {
				a.t, a.place = t, rec.Place()
			}
		}
	}
}

// settle finds the steps of the places, when the run is over: until then a step may turn out to be a part of another.
func (p *path) settle(rec *view.Recorder) {
	for i, n := range p.turns {
		p.turns[i] = rec.Before(n)
	}
	for v, n := range p.last {
		if n >= 0 {
			p.last[v] = rec.Before(n)
		}
	}
	for i := range p.accesses {
		if a := &p.accesses[i]; a.t != nil {
			a.step = rec.After(a.place, a.t)
		}
	}
}

// visit is a thread, by its number, at a statement, as Places calls it.
type visit struct {
	thread int
	place  string
}

// followPath begins to note how far a run follows a schedule.
func (x *exploring) followPath(s search.Schedule) {
	x.path.last = map[visit]int{}
	for _, t := range s {
		x.path.last[visit{t.Thread, t.Place}] = -1
	}
}

// turned notes that another thread than the first gets the core in a run that is shown.
func (x *exploring) turned() { x.path.turns = append(x.path.turns, x.rec.Place()) }

// comes notes where a thread is in such a run.
func (x *exploring) comes(t *rt.Thread) {
	if len(x.path.last) == 0 {
		return
	}
	at := visit{t.ID(), x.place(t)}
	if _, ok := x.path.last[at]; ok {
		x.path.last[at] = x.rec.Place()
	}
}

// differs says where a run that was just shown parts from its schedule, whose next turn didn't come: at the first step
// that the turn's thread has made since it was last at the turn's statement, or, if it never was, since the last turn.
// A call isn't one: what differs is in the function.
func (x *exploring) differs(turn search.Turn) *link.Differs {
	d := &link.Differs{Step: 1, Label: x.q.Label, Turn: search.Schedule{turn}.String()}
	v := new(view.View)
	if json.Unmarshal(x.answer.View, v) != nil || len(v.Steps) == 0 {
		return d
	}
	from := 0
	if n := len(x.path.turns); n > 0 {
		from = x.path.turns[n-1]
	}
	if n := x.path.last[visit{turn.Thread, turn.Place}]; n >= from {
		from = n + 1
	}
	at, last := -1, -1
	for i, step := range v.Steps {
		if v.Threads[step.Thread].ID != turn.Thread || step.Line == 0 || step.Op == view.Call {
			continue
		}
		if last = i; i >= from {
			at = i
			break
		}
	}
	if at < 0 { // it has made none since then
		at = last
	}
	if at < 0 {
		at = min(from, len(v.Steps)-1)
	}
	step := v.Steps[at]
	d.Step, d.Line = at+1, step.Line
	if step.Source >= 0 {
		d.Label = v.Sources[step.Source].Label
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
	a.Key, a.Share = part(site, at, at)
	if n == 1 && site.IsVariable() {
		a.Get = func() any { return site.Value(at) }
	}
	return a
}

// part returns what identifies the variable at an address, and the part of it that a site accesses, nil for all.
func part(site *exec.Site, at unsafe.Pointer, variable any) (key, share any) {
	if !site.IsMap() || at == nil {
		return variable, nil
	}
	if !site.IsWholeMap() {
		share = at
	}
	return site.Map(at), share
}

// shares shows that t accesses a number that processes share: the statement only calls a method, which may or may not
// do so.
func (x *exploring) shares(t *rt.Thread, e multiprocessing.Element, write bool) {
	a := &view.Access{Op: view.Read, Name: "a shared number", Key: e}
	if write {
		a.Op = view.Write
	}
	a.Label, a.Line = x.placeOf(x.run.p.site(t))
	for _, n := range x.cell.names {
		g, ok := x.s.host.engine.GlobalIn(x.run.image, n)
		if !ok {
			continue
		}
		of, ok := reflect.NewAt(g.Type, g.Pointer).Elem().Interface().(multiprocessing.Numbers)
		if !ok || !e.In(of) {
			continue
		}
		a.Name, a.Get = g.Shown, func() any { return e.Number(of) }
		if _, list := of.(*multiprocessing.Array); list {
			a.Name = fmt.Sprintf("%s[%d]", g.Shown, e.Index())
		}
		break
	}
	x.rec.Step(t, 0, a)
}
