package interp

// This file defines what a search has found: its outcomes, their shortest schedules, and which of them broke the cell.

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gilkernel/kernel/link"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/search"
	view "gilkernel/runtime/steps"
)

// add adds an outcome to those of an answer.
func (x *exploring) add(a *link.Explored, f search.Found, count, sampled int) {
	out := x.outcomeOf(f.Outcome)
	for i := range a.Outcomes {
		if o := &a.Outcomes[i]; o.Kind == out.Kind && o.Text == out.Text {
			o.Count += count
			o.Sampled += sampled
			return
		}
	}
	out.Count, out.Sampled, out.Preemptions = count, sampled, f.Preemptions
	out.Schedule = x.text(f.Schedule)
	a.Outcomes = append(a.Outcomes, out)
}

// different returns the index of the first outcome with an error, or else of the first result that differs from that of
// the plain run; -1 if there is none.
func different(list []link.Outcome) int {
	values, other := 0, -1
	for i, o := range list {
		if o.Kind != view.Value {
			return i
		}
		if values++; values == 2 {
			other = i
		}
	}
	return other
}

// shorten makes the schedule of an outcome shorter, for at most d, and returns it.
func (x *exploring) shorten(o *link.Outcome, d time.Duration) (search.Schedule, error) {
	_, s, err := x.parse(o.Schedule)
	if err != nil {
		return nil, err
	}
	s = search.Shrink(&search.Options{Places: x.place, Stop: x.stop, Time: max(d, 1)}, s, x.program)
	o.Schedule, o.Preemptions = x.text(s), s.Preemptions()
	return s, nil
}

// outcomeOf returns an outcome as it is reported.
func (x *exploring) outcomeOf(o search.Outcome) link.Outcome {
	if o.Err == nil {
		return link.Outcome{Kind: view.Value, Text: o.Value}
	}
	switch err := o.Err.(type) {
	case *broken:
		out := link.Outcome{Kind: err.kind, Text: err.text, Line: err.line}
		if err.label != x.q.Label {
			out.Label = err.label
		}
		return out
	case *search.Endless:
		return link.Outcome{Kind: view.Endless, Text: err.Error()}
	case *search.Starvation:
		return link.Outcome{Kind: view.Starves, Text: err.Error()}
	}
	return link.Outcome{Kind: view.Panicked, Text: o.Err.Error()}
}

// race returns a data race as an outcome.
func (x *exploring) race(r *search.Race) link.Outcome {
	does := func(a *search.Access) string {
		verb := "reads"
		switch {
		case a.Write:
			verb = "writes"
		case a.May:
			verb = "may read"
		}
		if a.Compiled {
			if a.Site.Line == 0 || a.Site.File != "" {
				return "compiled code that " + a.Name + " calls " + verb
			}
			return fmt.Sprintf("compiled code that %s calls in %s %s", a.Name, x.lineOf(a.Site), verb)
		}
		switch {
		case a.Site.File != "":
			return fmt.Sprintf("%s %s in %s", a.Name, verb, a.Site)
		case a.Site.Line > 0:
			return fmt.Sprintf("%s %s in %s", a.Name, verb, x.lineOf(a.Site))
		}
		return a.Name + " " + verb
	}
	out := link.Outcome{Kind: view.Race, Text: fmt.Sprintf("%s what %s, and nothing orders the two", does(&r.First),
		does(&r.Second)), Possible: r.Possible(), Preemptions: r.Preemptions,
		Schedule: x.text(r.Schedule)}
	if r.Second.Site.Cell > 0 {
		out.Line = int(r.Second.Site.Line)
	}
	return out
}

// lineOf names a line of the cell, or of another one.
func (x *exploring) lineOf(site rt.Site) string {
	line := fmt.Sprintf("line %d", site.Line)
	if label, _ := x.placeOf(site); label != x.q.Label {
		return label + ", " + line
	}
	return line
}

// judge says what is broken, and runs it to show it. Of the schedules, it makes that one shorter for at most shrink,
// and those that only samples have found for at most others.
func (x *exploring) judge(shrink, others time.Duration) {
	a := &x.answer
	a.Broken = different(a.Outcomes)
	var raced *search.Race // that is shown
	for _, r := range distinct(x.races) {
		if a.Outcomes = append(a.Outcomes, x.race(r)); a.Broken < 0 {
			a.Broken, raced = len(a.Outcomes)-1, r
		}
	}
	if a.Broken < 0 || x.interrupted() {
		return
	}
	o := &a.Outcomes[a.Broken]
	if o.Kind == view.Race {
		x.showRace(raced)
		return
	}
	ends, spins := false, true
	if o.Kind == view.Endless && o.Preemptions == 0 && len(a.Outcomes) == 1 {
		ends, spins = x.endsLater()
	}
	o.Possible = !spins
	if ends {
		a.Outcomes, a.Broken, a.Schedules, a.Bound, a.Endless = nil, -1, 0, -1, 0
		x.note(link.ExploreNote{Label: x.q.Label, Fatal: true,
			Text: fmt.Sprintf("a run of it takes more than %d steps", search.DefaultPoints)})
		return
	}
	s, err := x.shorten(o, shrink)
	if err != nil {
		return
	}
	x.shortenOthers(others)
	got, followed := x.show(s)
	if x.interrupted() { // in the middle of that run
		a.View, a.Printed = nil, ""
		return
	}
	if got.Kind != o.Kind || got.Text != o.Text || followed != len(s) || len(x.notes) > 0 && !x.holds(o, s) {
		x.varies()
	}
	if got.Kind != o.Kind || got.Text != o.Text { // it would explain something else
		a.View, a.Printed = nil, ""
	}
}

// distinct returns races without those that are the same in another order, at most maxRaces. Those that are only
// possible come behind the others.
func distinct(races []search.Race) (list []*search.Race) {
	type pair struct {
		a, b         int
		aSite, bSite rt.Site
	}
	known := map[pair]bool{}
	for _, possible := range []bool{false, true} {
		for i := range races {
			r := &races[i]
			p := pair{r.First.Thread, r.Second.Thread, r.First.Site, r.Second.Site}
			if r.Possible() != possible || known[p] || len(list) == maxRaces {
				continue
			}
			known[p], known[pair{p.b, p.a, p.bSite, p.aSite}] = true, true
			list = append(list, r)
		}
	}
	return list
}

// showRace runs the cell once, to show a race.
func (x *exploring) showRace(r *search.Race) {
	_, v := x.recorded(x.text(r.Schedule), func() search.Outcome {
		x.path.accesses = [2]access{{thread: r.First.Thread, nth: r.First.Nth},
			{thread: r.Second.Thread, nth: r.Second.Nth}}
		got, _ := search.Replay(r.Schedule, x.place, x.program)
		return got
	})
	text := x.race(r).Text
	v.Outcome = view.Outcome{Kind: view.Race, Text: strings.ToUpper(text[:1]) + text[1:]}
	if !r.First.Compiled && !r.Second.Compiled { // whose accesses are no steps
		v.Outcome.First, v.Outcome.Second = x.path.accesses[0].step, x.path.accesses[1].step
	}
	v.Sentence = view.Explain(v)
	x.keep(v)
}

// replayRaces adds the races of a run that was replayed and has ended with a value. They are shown unless its steps say
// what went wrong already.
func (x *exploring) replayRaces(s search.Schedule) {
	races := distinct(search.Races(s, x.place, x.program))
	for _, r := range races {
		x.answer.Outcomes = append(x.answer.Outcomes, x.race(r))
	}
	v := new(view.View)
	if len(races) > 0 && json.Unmarshal(x.answer.View, v) == nil && v.Sentence == "" {
		printed := x.answer.Printed
		x.showRace(races[0])
		x.answer.Printed = printed
	}
}

// endsLater reports whether the plain schedule, which a search has stopped for its length, has an end after all, and
// otherwise whether its threads do the same again and again: if they don't, the run may only be long.
func (x *exploring) endsLater() (ends, spins bool) {
	s := &spinner{}
	out := x.outcomeOf(x.program(s))
	ends = out.Kind != view.Endless && !x.interrupted()
	return ends, !ends && s.spins
}

// holdRuns is how often a schedule is tried in a cell in which something isn't repeatable, and holdTime for how long.
const (
	holdRuns = 8
	holdTime = 200 * time.Millisecond
)

// holds reports whether a schedule always leads to an outcome, as far as a few runs show it.
func (x *exploring) holds(o *link.Outcome, s search.Schedule) bool {
	ends := time.Now().Add(holdTime)
	for i := 0; i < holdRuns && time.Now().Before(ends) && !x.interrupted(); i++ {
		got, _ := search.Replay(s, x.place, x.program)
		if out := x.outcomeOf(got); !x.interrupted() && (out.Kind != o.Kind || out.Text != o.Text) {
			return false
		}
	}
	return true
}

// varies notes that two runs under one schedule weren't the same.
func (x *exploring) varies() {
	x.answer.Varies = true
	x.note(link.ExploreNote{Label: x.q.Label, Text: "two runs under the same schedule weren't the same"})
}

// shortenOthers makes the schedules shorter that samples have found.
func (x *exploring) shortenOthers(d time.Duration) {
	ends := time.Now().Add(d)
	for i := range x.answer.Outcomes {
		o := &x.answer.Outcomes[i]
		rest := time.Until(ends)
		if rest <= 0 || x.interrupted() {
			return
		}
		if i != x.answer.Broken && o.Count == 0 && o.Sampled > 0 {
			_, _ = x.shorten(o, rest)
		}
	}
}

// maxRaces is how many data races are listed at most.
const maxRaces = 6
