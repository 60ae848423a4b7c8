package process

// This file defines how threads of several real processes are found to wait for each other. A simulated machine finds that out
// itself.
//
// Each process looks at its own threads again and again, and writes into its entry of the table what they wait for without an end. The
// first process of the family looks at all entries: if all that run in all processes do so, twice in a row, nobody will ever go on.
// It tells its own threads, and the other processes by their entries. A thread that waits for what a process holds that was killed is
// told at once, by its own process.

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gilkernel/runtime/machine"
)

// The fields of an entry that have to do with it, by their offsets.
const (
	entLooks   = 100 // counts the looks
	entStill   = 104 // changes with what is written; 0: something runs
	entVerdict = 108 // set by the first process: what to do with the threads that wait
	entLength  = 112 // of the report, in bytes
	reportSize = entrySize - entReport
)

// The verdicts.
const (
	verdictNone  uint32 = iota
	verdictQuiet        // they end, another process says why
	verdictTell         // they end, and one of them says why
)

// lookTime is the time between two looks.
const lookTime = 25 * time.Millisecond

// A sighting is what a thread waits for, as other processes read it.
type sighting struct {
	Thread string
	For    string
	HeldBy []string       `json:",omitempty"`
	Held   []machine.Site `json:",omitempty"`
	Join   bool           `json:",omitempty"`
	At     machine.Site
	Since  time.Duration
}

// watch looks, until the process ends. It is the only one that writes the entry's report.
func (s *System) watch() {
	e := s.arena.entry(s.self)
	a := s.arena
	looks, still, verdict, length := a.u32(e.at(entLooks)), a.u32(e.at(entStill)), a.u32(e.at(entVerdict)), a.u32(e.at(entLength))
	last, number := "", uint32(0)
	root := &root{s: s}
	for {
		time.Sleep(lookTime)
		if !e.runs() || e.gen() != s.gen {
			return
		}
		waits, all := s.in.Machine().Waits(s.in)
		s.dead(waits)
		text := ""
		if all {
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
			s.sentence(waits, s.graph(), v == verdictTell)
			continue
		}
		if e.parent() < 0 {
			root.look(all)
		}
	}
}

// sightings returns what threads wait for as text, which fits into an entry. Those that have an Idle resource are left out: they wait
// for work, and nobody for them.
func (s *System) sightings(waits []machine.Wait) string {
	list := []sighting{}
	for _, w := range waits {
		if _, idle := w.On.(interface{ Idle() }); idle {
			continue
		}
		list = append(list, sighting{w.Waiting.Thread, w.For, w.HeldBy, w.Held, w.Join, w.At, w.Since})
	}
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

// root is what the first process knows of the others.
type root struct {
	s    *System
	seen map[int][2]uint32 // numbers of looks and reports, by process
}

// familyOf returns the numbers of the processes that descend from the first process n, itself too.
func (a *Arena) familyOf(n int) (list []int) {
	list = []int{n}
	for i := 0; i < len(list); i++ {
		list = append(list, a.children(list[i])...)
	}
	return list
}

// look finds out whether all processes of the family stand still.
func (r *root) look(all bool) {
	a := r.s.arena
	list := a.familyOf(r.s.self)
	now := map[int][2]uint32{}
	for _, n := range list {
		e := a.entry(n)
		still := a.u32(e.at(entStill)).Load()
		if still == 0 || e.state() != entryRuns {
			r.seen = nil
			return
		}
		now[n] = [2]uint32{a.u32(e.at(entLooks)).Load(), still}
	}
	if r.seen == nil || len(r.seen) != len(now) {
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
	graph := r.s.graph()
	if len(graph.Waits) == 0 {
		return
	}
	waits, still := r.s.in.Machine().Waits(r.s.in)
	told := still && all && len(waits) > 0
	for _, n := range list[1:] {
		v := verdictQuiet
		if !told {
			v, told = verdictTell, true
		}
		a.u32(a.entry(n).at(entVerdict)).Store(v)
	}
	if len(waits) > 0 && still {
		r.s.sentence(waits, graph, true)
	}
}

// graph returns what the threads of all processes of the family wait for.
func (s *System) graph() *machine.Deadlock {
	a := s.arena
	first := s.self
	for a.entry(first).parent() >= 0 {
		first = a.entry(first).parent()
	}
	d := &machine.Deadlock{}
	for _, n := range a.familyOf(first) {
		e := a.entry(n)
		b := a.head[e.at(entReport):][:min(a.u32(e.at(entLength)).Load(), reportSize)]
		var list []sighting
		if json.Unmarshal(append([]byte(nil), b...), &list) != nil {
			continue // it is being written
		}
		for _, w := range list {
			name := w.Thread
			if n != first || name != "MainThread" {
				name = fmt.Sprintf("%s of %s", w.Thread, e.name())
			}
			d.Waits = append(d.Waits, machine.Waiting{Thread: name, For: w.For, HeldBy: w.HeldBy, Held: w.Held, Join: w.Join, At: w.At, Since: w.Since})
		}
	}
	return d
}

// sentence ends threads that wait. If one is to say why, it is the main one, or the first.
func (s *System) sentence(waits []machine.Wait, d *machine.Deadlock, tell bool) {
	for i, w := range waits {
		var err error = &machine.Deadlocked{Deadlock: d}
		if tell && i == 0 {
			err = d
		}
		w.Thread.Kill(err)
	}
}

// dead ends threads that wait for what a process holds that was killed.
func (s *System) dead(waits []machine.Wait) {
	for _, w := range waits {
		h, ok := w.On.(heldBy)
		if !ok {
			continue
		}
		who := h.m.holder()
		if who.process < 0 || who.t != nil {
			continue
		}
		e := s.arena.entry(who.process)
		gone := e.gen() != who.gen
		if !gone && !e.runs() {
			code := int32(s.arena.u32(e.at(entCode)).Load())
			gone = code != 0 || h.m.kind == Recursive // who ends well may mean another to release it
		}
		if gone && strings.Contains(w.For, ", held by") {
			d := &machine.Deadlock{Waits: []machine.Waiting{w.Waiting}}
			w.Thread.Kill(d)
		}
	}
}
