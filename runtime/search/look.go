package search

// This file defines what a search does with what its machine tells it of a run.

import (
	"errors"

	"gilkernel/runtime/machine"
)

// Next implements machine.Explorer.
func (w *tree) Next(p *machine.Point) int {
	if w.passes(p.Threads[0]) {
		return 0
	}
	w.settles()
	w.watch.next(p)
	if w.skim.on {
		if i, ok := w.skimTurn(p); ok {
			return i
		}
	}
	i := w.chooses(p)
	w.put(beat{what: turning, thread: int32(p.Threads[i].ID()), n: int32(i)})
	return i
}

// chooses chooses the thread that runs next, by its index.
func (w *tree) chooses(p *machine.Point) int {
	w.turns = false
	if w.looks {
		w.looks = false
		return 0
	}
	x := &w.spot
	x.ids, x.ready, x.goes, x.ending = x.ids[:0], p.Ready, p.Goes, false
	for _, t := range p.Threads {
		w.trace.of(t)
		x.ids = append(x.ids, t.ID())
		x.ending = x.ending || t.HasFlag(ending)
	}
	w.stateOf(x)
	at, nodes := w.at, len(w.path)
	i := w.turn(x)
	if w.at > at {
		w.passed(at, at < nodes)
	}
	if w.fore.on && !w.again && !w.astray && w.watch.stuck == nil {
		w.fore.came(&w.trace, x, i)
		w.fore.last = p.Threads[i]
	}
	if w.known = w.known || w.astray; w.known {
		w.fore.drop()
	}
	return i
}

// Checked implements machine.Explorer.
func (w *tree) Checked(t *machine.Thread) bool {
	if w.passes(t) {
		return false
	}
	w.watch.checked(t)
	b := beat{what: checking, thread: int32(t.ID())}
	if w.skim.on {
		return w.skimCheck(t, b)
	}
	w.settles()
	s := w.trace.of(t)
	turns, before := s.turns, w.trace.atCheck(s)
	s.turned(func() uint64 { return w.has(t) })
	if s.turns > turns {
		b.n = int32(turns%maxPeriod + 1)
	}
	mind := w.trace.thinks(s, t, before)
	if w.records() {
		w.fore.actsAt(before, &w.trace, s, t)
		w.fore.checked(s, t, before, mind)
	}
	b.answer = w.asks(w.trace.checked(s))
	s.supposes(mind, before)
	w.put(b)
	return b.answer
}

// has returns what a thread has of its own, as far as that is known.
func (w *tree) has(t *machine.Thread) uint64 {
	if w.own == nil {
		return 0
	}
	return w.own(t)
}

// Accessing implements machine.Explorer.
func (w *tree) Accessing(t *machine.Thread, key any, write bool) bool {
	if w.known {
		return false
	}
	w.watch.accessing(t)
	b := beat{what: moving, thread: int32(t.ID()), write: write}
	if w.skim.on {
		return w.skimmed(b)
	}
	w.settles()
	s := w.trace.of(t)
	if w.records() {
		w.fore.acts(&w.trace, s, t)
		w.fore.accessing(s)
	}
	_, word := key.(*machine.Word)
	b.answer = w.asks(s.accessing(word, write))
	w.put(b)
	return b.answer
}

// restMost is how much may happen in a run after it was known. A short rest takes less time than to end all threads.
const restMost = 100

// errKnown ends a run whose rest is long.
var errKnown = errors.New("a former run has shown the rest of this one")

// passes reports whether the run does only what a former one did: that is not looked at. t does something.
func (w *tree) passes(t *machine.Thread) bool {
	if !w.known {
		return false
	}
	if w.rest++; w.rest == restMost {
		t.Machine().Stop(errKnown)
	}
	return true
}

// asks returns whether a point is wanted here: because the search may turn there, or to look at it.
func (w *tree) asks(turns bool) bool {
	if turns = turns || w.turns; turns { // of a step over several things, any may want the point
		w.turns, w.looks = true, false
		return true
	}
	w.looks = w.watch.look()
	return w.looks
}

// Accessed implements machine.Explorer.
func (w *tree) Accessed(t *machine.Thread, key any, write bool) {
	w.turns, w.looks = false, false
	if w.passes(t) {
		return
	}
	w.watch.accessed(t, key)
	if w.skim.on {
		w.skimAccess(t, key, write)
		return
	}
	w.settles()
	s := w.trace.of(t)
	if w.records() {
		w.fore.acts(&w.trace, s, t)
	}
	before, knew, things := s.hash, w.trace.knows(s), w.trace.pool.used
	th := w.trace.access(t, key, write)
	b := beat{what: touchingAll, thread: int32(t.ID()), write: write}
	if th != nil {
		b.what, b.n, b.first = touching, int32(th.n), w.trace.pool.used > things
	}
	if u, ok := key.(*machine.Thread); ok && u != t {
		w.put(beat{what: starting, thread: b.thread, child: int32(u.ID()), n: int32(things)})
		if w.records() {
			w.fore.started(s, knew, t, u.ID())
		}
		w.starts(s, w.trace.by(u.ID()))
		return
	}
	w.put(b)
	if w.records() {
		w.fore.accessed(&w.trace, s, knew, t, key, th, write)
	}
	w.touched(s, before, th, write)
}

// Waits implements machine.Witness.
func (w *tree) Waits(t *machine.Thread, on *machine.Word, blocks bool) {
	if w.known || w.skim.on {
		return
	}
	w.settles()
	s, th := w.trace.of(t), w.trace.things.get(on)
	if w.records() {
		w.fore.waits(&w.trace, s, th, blocks)
	}
	if blocks {
		w.trace.blocked(s, th)
	}
}

// Wakes implements machine.Witness.
func (w *tree) Wakes(_ *machine.Thread, _ *machine.Word, n int) {
	if w.records() {
		w.fore.does.wakes = int32(min(n, 1<<30))
	}
}

// Roused implements machine.Witness.
func (w *tree) Roused(t *machine.Thread) {
	if w.known || w.skim.on {
		return
	}
	s := w.trace.of(t)
	s.waits = nil
	if w.records() {
		w.fore.put(happening{what: roused, thread: int32(s.thread)})
	}
}

// Left implements machine.Witness.
func (w *tree) Left(t *machine.Thread) {
	w.settles()
	if w.records() {
		w.fore.left(&w.trace, w.trace.of(t))
	}
}
