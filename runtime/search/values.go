package search

// This file defines what threads know, which says what they do next: more runs have it in common than what happened.
//
// A thread does what follows from where it is and from what it has read. Where values of variables are known, that is
// less than the order of all accesses before: two runs in which a thread has read the same numbers go on alike for it,
// whoever wrote them. So what a search remembers of threads is kept under what they know, which is called their mind
// here; and if all that threads know and things hold at the end of a run is what it was at the end of a former one, the
// run has the same outcome. Which schedules are different is still a matter of what happened.

import (
	"unsafe"

	"gilkernel/runtime/machine"
)

// A Value is where a value lies that has no parts and leads nowhere: a number, a truth value or a text. The zero Value
// is none.
type Value struct {
	At   unsafe.Pointer
	Size uintptr // at most 16
	Text bool    // it is a string
	word *machine.Word
}

// known reports whether there is a value.
func (v Value) known() bool { return v.At != nil || v.word != nil }

// hash is the same for equal values.
func (v Value) hash() uint64 {
	switch {
	case v.word != nil:
		return mix(3, uint64(v.word.Peek()))
	case v.Text:
		h := uint64(5)
		for _, b := range []byte(*(*string)(v.At)) {
			h = (h ^ uint64(b)) * 0x100000001b3
		}
		return mix(h, 5)
	}
	h := uint64(0)
	for i := uintptr(0); i < v.Size; {
		at := unsafe.Add(v.At, i)
		switch n := v.Size - i; {
		case n >= 8:
			h = mix(h, *(*uint64)(at))
			i += 8
		case n >= 4:
			h = mix(h, uint64(*(*uint32)(at)))
			i += 4
		default:
			h = mix(h, uint64(*(*uint8)(at)))
			i++
		}
	}
	return h
}

// seen is what is known of the value that an access reads, or leaves behind.
type seen struct {
	known  bool
	failed bool // the access ends its thread, which a panic has ended
	hash   uint64
}

// knows returns what stands for all that a thread knows.
func (r *trace) knows(s *step) uint64 {
	if r.value == nil {
		return s.hash
	}
	return s.mind
}

// called returns what stands for a thing in what threads know.
func (r *trace) called(th *thing) uint64 {
	if r.value == nil {
		return th.id
	}
	return th.called
}

// find returns the thing that called returns a hash for, nil if nothing has touched it yet.
func (r *trace) find(called uint64) *thing {
	if r.value == nil {
		return r.thing(called)
	}
	for _, x := range r.pool.all[:r.pool.used] {
		if x.called == called {
			return x
		}
	}
	return nil
}

// sees brings up to date what s knows after an access to th. Of what has no known value, such as a Word, it learns
// all that those knew who have changed it before.
func (r *trace) sees(s *step, th *thing, write bool, v seen) {
	if r.value == nil {
		return
	}
	if th.called == 0 {
		switch {
		case th.name != 0:
			th.called = mix(th.name, 8)
		case s.forgot:
			th.called = th.id // how manieth it is doesn't tell any more what it is
		default:
			th.called = mix(mix(s.mind, s.touched), 7)
		}
	}
	s.mind = mix(mix(s.mind, r.wild), th.called)
	s.failed, v.failed = s.failed || v.failed, false
	switch {
	case !v.known:
		s.mind = mix(s.mind, th.holds.hash)
		if write {
			th.holds = seen{hash: s.mind}
		}
	case th.ends: // what is done to a Word depends on its value
		s.mind = mix(s.mind, th.holds.hash)
		th.holds = v
	case write:
		s.mind = mix(s.mind, 5)
		th.holds = v
	default:
		s.mind = mix(s.mind, v.hash)
		th.holds = v
	}
}

// seesAll is sees for an access to anything, after which nothing is known of any value.
func (r *trace) seesAll(s *step) {
	if r.value == nil {
		return
	}
	s.mind = mix(s.mind, r.wild)
	for _, th := range r.pool.all[:r.pool.used] {
		th.holds = seen{hash: r.wild}
	}
}

// waiting returns which of the last checks of a thread at a check had read what it has read now, as bits, with how many
// there were: 0 if none had. If one had, it may wait in a loop. Whether it does, see turned, depends on what has
// happened, and not only on what it knows.
func (s *step) waiting() (which uint64) {
	if s.wrote || s.looks == 0 {
		return 0
	}
	for i := range min(s.turns, maxPeriod) {
		if s.seen[i] == s.looks {
			which |= 1 << i
		}
	}
	if which != 0 {
		which += uint64(s.turns) << maxPeriod
	}
	return which
}

// atCheck returns what stands for all that the check depends on that a thread is about to make.
func (r *trace) atCheck(s *step) uint64 {
	if r.value == nil {
		return s.hash
	}
	if which := s.waiting(); which != 0 {
		return mix(mix(s.mind, s.looks), which<<8+11)
	}
	return s.mind
}

// turnedAs is turned for a check that has the same result as in another run.
func (s *step) turnedAs(again int) {
	if s.again = again; s.wrote {
		s.turns = 0
	} else if s.looks != 0 {
		s.seen[s.turns%maxPeriod] = s.looks
		s.turns++
	}
}

// thinks returns what a thread knows behind a check, before which atCheck returned before. If where it is, and what it
// has of its own, is known, that is all: unless there is something else that depends on what it did.
func (r *trace) thinks(s *step, t *machine.Thread, before uint64) uint64 {
	if r.value != nil && r.local != nil && s.wrote && s.spawned == 0 && s.over != nil {
		if h, ok := r.local(t); ok {
			return mix(mix(s.id, h), 6)
		}
	}
	return mix(before, 2)
}

// supposes makes what a thread knows behind a check what thinks has returned; before is what atCheck did.
func (s *step) supposes(mind, before uint64) {
	s.forgot = s.forgot || mind != mix(before, 2)
	s.mind = mind
}

// all returns what stands for all that threads know that haven't ended, and all that things hold: what happens next
// depends on nothing else.
func (r *trace) all() (sum uint64) {
	for _, s := range r.threads {
		if s != nil && !s.gone {
			sum += mix(s.id, s.mind)
		}
	}
	for _, th := range r.pool.all[:r.pool.used] {
		if th.called != 0 {
			sum += mix(th.called, th.holds.hash)
		}
	}
	return mix(sum, r.wild)
}

// noWord is the hash of a Word that is zero.
var noWord = mix(3, 0)

// failed reports whether a panic has ended a thread.
func (r *trace) failed() bool {
	for _, s := range r.threads {
		if s != nil && s.failed {
			return true
		}
	}
	return false
}

// wrote is a write whose value isn't there yet.
type wrote struct {
	th *thing
	v  Value
}

// settles takes note of the value that was written last, now that it is there.
func (w *tree) settles() {
	r := &w.trace
	if r.wrote.th == nil {
		return
	}
	v := seen{known: true, hash: r.wrote.v.hash()}
	r.wrote.th.holds, r.wrote.th = v, nil
	w.fore.wrote(v)
}

// looksAt returns what is known of the value that an access is to, and notes a write whose value is to come.
func (r *trace) looksAt(t *machine.Thread, key any, th *thing, write bool) (v seen) {
	if r.value == nil || th == nil {
		return v
	}
	x := Value{}
	if word, ok := key.(*machine.Word); !ok {
		x = r.value(t, key)
	} else if th.ends {
		x.word = word
	}
	switch {
	case !x.known():
		return v
	case write:
		r.wrote = wrote{th, x}
		return seen{known: true, failed: th.ends && t.Failure() != nil}
	}
	v = seen{known: true, hash: x.hash()}
	switch {
	case th.holds.known:
		r.doubt = r.doubt || th.holds != v
	case th.called == 0 && th.name != 0 && r.wild == 0:
		first, ok := r.firsts[th.name]
		r.doubt = r.doubt || ok && first != v.hash
		r.firsts[th.name] = v.hash
	}
	return v
}

// first returns the value that a variable has at the beginning of each run, by its name, as far as that is known.
func (r *trace) first(name uint64) (v seen) {
	if r.wild == 0 {
		v.hash, v.known = r.firsts[name]
	}
	return v
}
