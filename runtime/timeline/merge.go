package timeline

// This file defines how the timelines of several processes become one.

import (
	"cmp"
	"slices"
)

// Shift returns the timeline on a clock that shows by nanoseconds more: a process that started later
// than its parent has its own zero.
func (tl *Timeline) Shift(by int64) *Timeline {
	out := *tl
	out.Start, out.End = tl.Start+by, tl.End+by
	out.Events = slices.Clone(tl.Events)
	for i := range out.Events {
		out.Events[i].At += by
	}
	return &out
}

// Merge returns one timeline with the lanes of all, the first one's first and its Info. Their clocks
// must be the same: see Shift.
func Merge(parts ...*Timeline) *Timeline {
	out := &Timeline{Names: []string{""}}
	ids := map[string]Name{"": 0}
	for i, tl := range parts {
		if i == 0 {
			out.Info, out.Start, out.End = tl.Info, tl.Start, tl.End
		}
		out.Start, out.End = min(out.Start, tl.Start), max(out.End, tl.End)
		out.Lost += tl.Lost
		threads := int32(len(out.Threads))
		out.Threads = append(out.Threads, tl.Threads...)
		names := make([]Name, len(tl.Names))
		for n, s := range tl.Names {
			id, ok := ids[s]
			if !ok {
				id = Name(len(out.Names))
				ids[s] = id
				out.Names = append(out.Names, s)
			}
			names[n] = id
		}
		for _, e := range tl.Events {
			e.Thread += threads
			if e.Other > 0 {
				e.Other += threads
			}
			if e.Object > 0 && int(e.Object) < len(names) {
				e.Object = names[e.Object]
			}
			out.Events = append(out.Events, e)
		}
	}
	slices.SortStableFunc(out.Events, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	return out
}
