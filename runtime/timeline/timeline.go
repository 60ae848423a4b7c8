package timeline

// This file defines the timeline: a recorder's events at rest.

import (
	"slices"
	"strconv"
)

// A Timeline is what happened on a machine. Its methods don't change it, so they are safe for concurrent use as long as
// its fields aren't written. The zero Timeline is one in which nothing happened.
type Timeline struct {
	Info    Info
	Threads []Thread // the lanes in order of creation: Event.Thread n is Threads[n-1]
	Names   []string // the strings of Event.Object
	Events  []Event  // ordered by time
	Start   int64    // when it begins, in nanoseconds since the machine's start
	End     int64    // when it ends
	Lost    int64    // how many earlier events were overwritten
}

// Wall returns how long the timeline is, in nanoseconds.
func (tl *Timeline) Wall() int64 { return tl.End - tl.Start }

// Name returns the string of a Name, and "" for one that isn't known.
func (tl *Timeline) Name(n Name) string {
	if n > 0 && int(n) < len(tl.Names) {
		return tl.Names[n]
	}
	return ""
}

// Thread returns a lane by its number, and an empty one for a number that no lane has.
func (tl *Timeline) Thread(id int32) Thread {
	if id > 0 && int(id) <= len(tl.Threads) {
		return tl.Threads[id-1]
	}
	return Thread{}
}

// Slice returns the part from one time to another, in nanoseconds since the machine's start: what a cell did, for
// instance. A state that a thread is in at from begins at from in the part, and so does its hold of the GIL, if it
// holds the GIL then.
func (tl *Timeline) Slice(from, to int64) *Timeline {
	from, to = max(from, tl.Start), min(to, tl.End)
	out := &Timeline{Info: tl.Info, Threads: tl.Threads, Names: tl.Names, Start: from, End: max(from, to),
		Lost: tl.Lost}
	states := make([]Event, len(tl.Threads)) // the last before from
	holds := make([]Event, len(tl.Threads))
	var began bool
	begin := func() {
		if began {
			return
		}
		began = true
		for i := range states {
			holds[i].Other = 0 // the hand-over itself was before
			for _, e := range []Event{states[i], holds[i]} {
				if e.Kind != 0 && !e.Kind.IsEnd() && e.Kind != Drop {
					e.At = from
					out.Events = append(out.Events, e)
				}
			}
		}
	}
	for _, e := range tl.Events {
		if e.At > to {
			break
		}
		if e.At >= from {
			begin()
			out.Events = append(out.Events, e)
			continue
		}
		switch {
		case e.Thread <= 0 || int(e.Thread) > len(states):
		case e.Kind.IsState():
			states[e.Thread-1] = e
		case e.Kind == Take || e.Kind == Switch || e.Kind == Drop:
			holds[e.Thread-1] = e
		}
	}
	begin()
	out.Events = slices.Clip(out.Events)
	return out
}

// Overwritten says how many earlier events a recorder has lost: "1 earlier event was overwritten".
func Overwritten(n int64) string {
	if n == 1 {
		return "1 earlier event was overwritten"
	}
	return strconv.FormatInt(n, 10) + " earlier events were overwritten"
}
