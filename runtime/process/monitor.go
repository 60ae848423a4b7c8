package process

// This file defines how threads of several real processes are found to wait for each other. A simulated machine detects
// that itself.
//
// Each process periodically looks at its own threads, and writes into its entry of the table what they wait for without
// an end. The first process of the family looks at all entries: processes that do so, and that only such processes
// could wake, twice in a row, will never run again. It ends its own threads, and the others through the entries of
// their processes. A thread that waits for a lock which only a process that has ended could release is ended at once,
// by its own process. Threads of one process share its memory, so one that sleeps speaks for all of them: a cycle of
// recursive locks over real processes is found when no thread of these processes runs.

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"gilkernel/runtime/machine"
)

// The fields of an entry for that purpose, by their offsets.
const (
	entLooks   = 100 // counts the looks
	entStill   = 104 // changes with what is written; 0: something runs
	entVerdict = 108 // set by the first process: what to do with the threads that wait
	entLength  = 112 // of the report, in bytes
	entPrinted = 116 // counts what its host has passed to the parent's, see System.Printed
	reportSize = entrySize - entReport
)

// The verdicts.
const (
	verdictNone  uint32 = iota
	verdictQuiet        // they end, another process says why
	verdictTell         // they end, and one of them says why
)

// lookTime is the time between two looks. Of a process that waits for work it grows up to idleTime: each look wakes
// threads of Go's runtime too, and 64 idle processes that look every 25 ms use a core. Of a large family, whose
// processes may all be busy, each looks less often: see lookPause.
const (
	lookTime  = 25 * time.Millisecond
	idleTime  = 200 * time.Millisecond
	largeSize = 16 // processes
)

// lookPause returns the time between two looks: lookTime in a family of largeSize processes, and more in a larger one,
// so that together they look as often.
func (a *Arena) lookPause() time.Duration {
	return min(lookTime*time.Duration(max(a.u32(atLive).Load(), largeSize))/largeSize, idleTime)
}

// A sighting is what a thread waits for, as other processes read it.
type sighting struct {
	ID     int // of the thread
	Thread string
	For    string
	HeldBy []string       `json:",omitempty"`
	Held   []machine.Site `json:",omitempty"`
	Join   bool           `json:",omitempty"`
	Serves bool           `json:",omitempty"` // a server waits for work: no part of a deadlock
	At     machine.Site
	Since  time.Duration
	// By are the numbers of the processes that may end the wait; nil: it isn't known, any may.
	By []int
	// Of is the thread that holds what is waited for, if that is in another process of the operating system; nil: there
	// is none, or it isn't known.
	Of *elsewhere `json:",omitempty"`
}

// elsewhere is a thread of another process.
type elsewhere struct {
	Process int
	Thread  int    // its number; 0 is the main one, whose end is waited for
	Name    string // of what it holds
	Since   machine.Site
}

func (h heldBy) elsewhere() *elsewhere {
	a, who := h.m.v.a, h.m.holder()
	if who.process < 0 || who.t != nil || !who.in(a.entry(who.process).gen()) || !a.entry(who.process).runs() {
		return nil
	}
	return &elsewhere{who.process, who.id, h.m.Name(), who.since}
}

func (e ending) elsewhere() *elsewhere { return &elsewhere{Process: e.p.n} }

// by returns which processes may end a wait of this process's.
func (s *System) by(w machine.Wait) []int {
	if e, ok := w.On.(enders); ok {
		list, ok := e.enders()
		if !ok {
			return nil
		}
		return append([]int{}, list...)
	}
	if w.Beyond {
		return nil
	}
	return []int{s.self}
}

// stands reports whether all threads of this process wait, and only other processes can end their waits. Between two
// cells the threads of the first process wait for the next cell, which may do anything.
func (s *System) stands(waits []machine.Wait, all bool) bool {
	if !all || len(waits) == 0 || s.buries.Load() > 0 || slices.ContainsFunc(waits, waking) {
		return false
	}
	return s.arena.entry(s.self).parent() >= 0 ||
		slices.ContainsFunc(waits, func(w machine.Wait) bool { return w.Runs })
}

// watch looks periodically until the process ends. Only watch writes the entry's report.
func (s *System) watch() {
	e := s.arena.entry(s.self)
	a := s.arena
	looks, still, verdict, length := a.u32(e.at(entLooks)), a.u32(e.at(entStill)), a.u32(e.at(entVerdict)),
		a.u32(e.at(entLength))
	last, number := "", uint32(0)
	root := &root{s: s}
	pause := a.lookPause()
	for {
		slept := pause
		time.Sleep(slept)
		if !e.runs() || e.gen() != s.gen {
			return
		}
		waits, all := s.in.Machine().Waits(s.in)
		if pause = a.lookPause(); all && e.parent() >= 0 &&
			!slices.ContainsFunc(waits, func(w machine.Wait) bool { return !serves(w) }) {
			pause = min(2*slept, idleTime)
		}
		s.dead(waits)
		text := ""
		if all = s.stands(waits, all); all {
			text = s.sightings(waits)
		}
		if text != last {
			number++
			still.Store(0)
			copy(a.head[e.at(entReport):][:reportSize], text)
			length.Store(uint32(len(text)))
			if last = text; text != "" {
				still.Store(number)
			}
		}
		looks.Add(1)
		if v := verdict.Swap(verdictNone); v != verdictNone && all {
			s.sentence(waits, s.graph(s.arena.familyOf(s.first())), v == verdictTell)
			continue
		}
		if e.parent() < 0 {
			root.look()
		}
	}
}

// first returns the number of the first process of the family.
func (s *System) first() int {
	n := s.self
	for s.arena.entry(n).parent() >= 0 {
		n = s.arena.entry(n).parent()
	}
	return n
}

// isIdle reports whether a thread waits for work: its resource has a method Idle.
func isIdle(w machine.Wait) bool {
	_, idle := w.On.(interface{ Idle() })
	return idle
}

// sightings returns what threads wait for as text, which fits into an entry. Idle threads are left out if their work
// comes from their own process, as no thread depends on them.
func (s *System) sightings(waits []machine.Wait) string {
	list := s.see(waits)
	for {
		b, err := json.Marshal(list)
		if err == nil && len(b) <= reportSize {
			return string(b)
		}
		if err != nil || len(list) == 0 {
			return "[]"
		}
		list = list[:len(list)*3/4] // the first ones say enough
	}
}

// see returns what threads wait for.
func (s *System) see(waits []machine.Wait) []sighting {
	list := []sighting{}
	for _, w := range waits {
		if _, known := w.On.(enders); isIdle(w) && !known {
			continue
		}
		seen := sighting{w.Thread.ID(), w.Waiting.Thread, w.For, w.HeldBy, w.Held, w.Join, serves(w), w.At, w.Since,
			s.by(w), nil}
		if on, ok := w.On.(interface{ elsewhere() *elsewhere }); ok && len(w.HeldBy) == 0 {
			seen.Of = on.elsewhere()
		}
		list = append(list, seen)
	}
	return list
}

// root is what the first process knows of the others.
type root struct {
	s    *System
	seen map[int][2]uint32 // numbers of looks and reports, by process that is stuck
	read map[int]reading   // what processes have reported
}

// reading is a report that was read, and its number.
type reading struct {
	number uint32
	gen    uint32
	list   []sighting
}

// sightings returns the report of an entry, which has that number. Each is read once.
func (r *root) sightings(e entry, number uint32) []sighting {
	old, gen := r.read[e.n], e.gen()
	if old.number == number && old.gen == gen && old.list != nil {
		return old.list
	}
	list := e.sightings()
	if e.a.u32(e.at(entStill)).Load() != number {
		return nil // it was being written
	}
	if r.read == nil {
		r.read = map[int]reading{}
	}
	r.read[e.n] = reading{number, gen, list}
	return list
}

// familyOf returns the numbers of the processes that descend from the first process n, itself too.
func (a *Arena) familyOf(n int) (list []int) {
	list = []int{n}
	for i := 0; i < len(list); i++ {
		list = append(list, a.children(list[i])...)
	}
	return list
}

// lost returns the processes of the family that stand still and that no other one can wake, with what they wrote.
func (r *root) lost() map[int]uint32 {
	a := r.s.arena
	still := map[int]uint32{}
	waits := map[int][]sighting{}
	family := a.familyOf(r.s.self)
	for _, n := range family {
		e := a.entry(n)
		if v := a.u32(e.at(entStill)).Load(); v != 0 && e.state() == entryRuns {
			if list := r.sightings(e, v); len(list) > 0 {
				still[n], waits[n] = v, list
			}
		}
	}
	a.settle(waits, len(family))
	maps.DeleteFunc(still, func(n int, _ uint32) bool { return waits[n] == nil })
	return still
}

// settle deletes the processes that a process outside of waits could wake; the family has size processes. It leaves
// none if all that are left are servers, which wait for work.
func (a *Arena) settle(waits map[int][]sighting, size int) {
	for again := true; again; {
		again = false
		for n, list := range waits {
			if slices.ContainsFunc(list, func(w sighting) bool {
				return w.By == nil && len(waits) < size ||
					slices.ContainsFunc(w.By, func(by int) bool { return waits[by] == nil && a.entry(by).runs() })
			}) {
				delete(waits, n)
				again = true
			}
		}
	}
	for _, list := range waits {
		if slices.ContainsFunc(list, func(w sighting) bool { return !w.Serves }) {
			return
		}
	}
	clear(waits)
}

// look determines whether processes of the family wait for each other, and ends their waits.
func (r *root) look() {
	a := r.s.arena
	now := map[int][2]uint32{}
	for n, v := range r.lost() {
		now[n] = [2]uint32{a.u32(a.entry(n).at(entLooks)).Load(), v}
	}
	if len(now) == 0 || len(r.seen) != len(now) {
		r.seen = now
		return
	}
	for n, v := range now {
		old, ok := r.seen[n]
		if !ok || old[1] != v[1] {
			r.seen = now
			return
		}
		if v[0]-old[0] < 2 {
			return // it hasn't looked again yet
		}
	}
	r.seen = nil
	list := slices.Sorted(maps.Keys(now))
	graph := r.s.graph(list)
	told := false
	for _, n := range list {
		if a.entry(n).serves() {
			continue
		}
		if n == r.s.self {
			waits, all := r.s.in.Machine().Waits(r.s.in)
			if !all || len(waits) == 0 {
				return
			}
			r.s.sentence(waits, graph, true)
			told = true
			continue
		}
		v := verdictQuiet
		if !told && !a.entry(n).serves() {
			v, told = verdictTell, true
		}
		a.u32(a.entry(n).at(entVerdict)).Store(v)
	}
}

// sightings returns what the entry's process wrote, nil if it is being written.
func (e entry) sightings() (list []sighting) {
	b := e.a.head[e.at(entReport):][:min(e.a.u32(e.at(entLength)).Load(), reportSize)]
	if json.Unmarshal(append([]byte(nil), b...), &list) != nil {
		return nil
	}
	return list
}

// graph returns what the threads of processes of the family wait for. A holder is named as in its own wait.
func (s *System) graph(list []int) *machine.Deadlock {
	d := &machine.Deadlock{}
	type key struct{ process, thread int }
	names := map[key]string{}
	seen := map[int][]sighting{}
	for _, n := range list {
		seen[n] = slices.DeleteFunc(s.arena.entry(n).sightings(), func(w sighting) bool { return w.Serves })
		for _, w := range seen[n] {
			names[key{n, w.ID}] = s.arena.entry(n).called(w.Thread)
			if names[key{n, 0}] == "" { // the main thread is the first one
				names[key{n, 0}] = names[key{n, w.ID}]
			}
		}
	}
	for _, n := range list {
		e := s.arena.entry(n)
		for _, w := range seen[n] {
			for i, h := range w.HeldBy { // threads of its own process
				w.HeldBy[i] = e.called(h)
			}
			if w.Of != nil && names[key{w.Of.Process, w.Of.Thread}] != "" {
				w.HeldBy, w.Held = []string{names[key{w.Of.Process, w.Of.Thread}]}, []machine.Site{w.Of.Since}
				w.Join, w.For = w.Of.Thread == 0, cmp.Or(w.Of.Name, w.For)
			}
			d.Waits = append(d.Waits, machine.Waiting{Thread: e.called(w.Thread), For: w.For, HeldBy: w.HeldBy,
				Held: w.Held, Join: w.Join, At: w.At, Since: w.Since})
		}
	}
	return d
}

// called returns what a report calls a thread of the process.
func (e entry) called(thread string) string {
	if e.parent() < 0 {
		return thread
	}
	return thread + " of " + e.name()
}

// serves reports whether a thread waits for work, as a server does.
func serves(w machine.Wait) bool {
	_, ok := w.On.(interface{ Serves() })
	return ok || isIdle(w)
}

// serves reports whether only servers wait in the process: no thread can report a deadlock.
func (e entry) serves() bool {
	for _, w := range e.sightings() {
		if !w.Serves {
			return false
		}
	}
	return true
}

// sentence ends threads that wait. With tell, the first of them, which is the main one if that waits, gets the
// Deadlock, and the others end quietly.
func (s *System) sentence(waits []machine.Wait, d *machine.Deadlock, tell bool) {
	for _, w := range waits {
		if serves(w) {
			continue
		}
		var err error = &machine.Deadlocked{Deadlock: d}
		if tell {
			err, tell = d, false
		}
		w.Thread.Kill(err)
	}
}

// dead ends threads that wait for a lock that only a process which has ended could release. Any other lock may be
// released by each process that refers to it, so a dead holder of one is no deadlock as long as such a process runs.
func (s *System) dead(waits []machine.Wait) {
	for _, w := range waits {
		if h, ok := w.On.(heldBy); ok && h.m.orphaned() && strings.Contains(w.For, ", held by") {
			w.Thread.Kill(&machine.Deadlock{Waits: []machine.Waiting{w.Waiting}})
		}
	}
}
