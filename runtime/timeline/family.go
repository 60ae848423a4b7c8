package timeline

// This file defines families: the timelines of processes that one process has started, on its clock.

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// maxFamily is how many events of all processes a Family keeps: the last ones, in 32 MB. A process is one of many, so
// it may have all of them or a part.
const maxFamily = 1 << 20

// A Family collects what the processes of a family report of themselves, and of each other. All times are on the clock
// that they have in common, in nanoseconds. The zero Family is empty and keeps nothing of more processes than
// maxMembers. It is not safe for concurrent use.
type Family struct {
	members []*member // in the order in which they were started
	kept    int       // events
	more    int       // processes that were too many
}

// maxMembers is how many processes a Family keeps.
const maxMembers = 256

// A member is a process of a family.
type member struct {
	Birth
	parts []Part
	kept  int
	ended bool
	end   Death
}

// A Birth is the start of a process.
type Birth struct {
	PID    int
	Name   string // as in Python, such as "Process-1"
	GIL    string // as Thread.GIL of its threads
	Parent int    // the parent's PID
	Lane   int32  // of the thread that started it, in its parent's timeline; 0 is unknown
	At     int64
}

// A Death is the end of a process.
type Death struct {
	PID    int
	At     int64
	Failed bool
	How    string // such as "SIGKILL" or "exit code 3"; "" for what needs no word
}

// A Record is a Part of a process's timeline.
type Record struct {
	PID  int
	Zero int64 // what the common clock showed when the process's own showed 0
	Part Part
}

func (f *Family) member(pid int) *member {
	for _, m := range slices.Backward(f.members) { // a number may be used again
		if m.PID == pid {
			return m
		}
	}
	return nil
}

// zeroReadings is how often Zero compares two clocks.
const zeroReadings = 16

// Zero returns what the clock common showed when the clock own showed 0, both in nanoseconds, for Record.Zero. A
// process may lose its core between two readings, and each event of it would be off by as long: an answer would be read
// before it was written. So the clocks are compared several times, and the comparison that took the shortest time
// counts: it is wrong by at most half of that.
func Zero(common, own func() int64) int64 {
	var zero int64
	shortest := int64(math.MaxInt64)
	for range zeroReadings {
		before := common()
		now := own()
		took := common() - before
		if took < shortest {
			shortest, zero = took, before+took/2-now
		}
	}
	return zero
}

// Born records the start of a process.
func (f *Family) Born(b Birth) {
	if len(f.members) == maxMembers {
		f.more++
		return
	}
	f.members = append(f.members, &member{Birth: b})
}

// Told keeps a part of a process's timeline; of a process that wasn't Born it keeps nothing.
func (f *Family) Told(r Record) {
	m := f.member(r.PID)
	if m == nil {
		return
	}
	shift(r.Part.Events, r.Zero)
	m.parts = append(m.parts, r.Part)
	m.kept += r.Part.Count()
	f.kept += r.Part.Count()
	for f.kept > maxFamily {
		most := slices.MaxFunc(f.members, func(a, b *member) int { return cmp.Compare(a.kept, b.kept) })
		n := most.forget()
		f.kept -= n
	}
}

// forget drops the oldest events of a process, but no names, and returns how many.
func (m *member) forget() int {
	for i := range m.parts {
		if n := m.parts[i].Count(); n > 0 {
			m.parts[i].Events = nil
			m.parts[i].Lost += int64(n)
			m.kept -= n
			return n
		}
	}
	return 0
}

// Died records the end of a process.
func (f *Family) Died(d Death) {
	if m := f.member(d.PID); m != nil && !m.ended {
		m.ended, m.end = true, d
	}
}

// shift moves the events of a Part.
func shift(b []byte, by int64) {
	for ; len(b) >= eventSize; b = b[eventSize:] {
		e := eventOf(b)
		e.At += by
		e.append(b[:0])
	}
}

// Join returns a timeline of the first process with the others as further lanes, in the order in which they were
// started. zero is what the common clock showed when the first process's own showed 0. Each process begins with its
// start, from when it was started until it did something, and ends when it ended; threads of a process that was killed
// are in their last known states until then. The first process's lanes are named after it, pid and name, if they have
// no process.
func (f *Family) Join(tl *Timeline, zero int64, pid int, name string) *Timeline {
	if len(f.members) == 0 && !slices.ContainsFunc(tl.Threads, func(t Thread) bool { return t.PID != 0 }) {
		return tl
	}
	first := *tl
	first.Threads = slices.Clone(tl.Threads)
	for i := range first.Threads {
		if t := &first.Threads[i]; t.PID == 0 {
			t.PID, t.Process = pid, cmp.Or(t.Process, name)
		}
	}
	parts := []*Timeline{&first}
	lanes := map[int]int32{pid: 0} // the lane before a process's first, by its number
	next := int32(len(first.Threads))
	for _, m := range f.members {
		lanes[m.PID] = next
		part := m.timeline(tl.End + zero).Shift(-zero)
		next += int32(len(part.Threads))
		parts = append(parts, part)
	}
	out := Merge(parts...)
	out.Start = tl.Start
	out.End = max(tl.End, tl.Start)
	for _, m := range f.members {
		before, ok := lanes[m.Parent]
		if !ok || m.Lane <= 0 {
			continue
		}
		out.Events = append(out.Events,
			Event{At: m.At - zero, Thread: before + m.Lane, Other: lanes[m.PID] + 1, Kind: Spawn})
	}
	slices.SortStableFunc(out.Events, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	for n := len(out.Events); n > 0 && out.Events[n-1].At > out.End; n-- { // of a process that outlives the run
		out.Events = out.Events[:n-1]
	}
	return out
}

// timeline returns what a process did, on the common clock.
func (m *member) timeline(now int64) *Timeline {
	tl := Assemble(m.parts)
	if len(tl.Threads) == 0 {
		tl.Threads = []Thread{{Name: "MainThread", GIL: m.GIL}}
	}
	for i := range tl.Threads {
		tl.Threads[i].Process, tl.Threads[i].PID = m.Name, m.PID
	}
	name := func(s string) Name {
		if s == "" {
			return 0
		}
		tl.Names = append(tl.Names, s)
		return Name(len(tl.Names) - 1)
	}
	begin := []Event{
		{At: m.At, Thread: 1, Kind: Start},
		{At: m.At, Thread: 1, Kind: IO, Object: name("start of the process")},
	}
	if n := slices.IndexFunc(tl.Events, func(e Event) bool { return e.Thread == 1 && e.Kind.IsState() }); n >= 0 &&
		tl.Events[n].Kind == Start {
		begin = begin[1:]
	}
	tl.Events = append(begin, tl.Events...)
	if m.ended {
		over := make([]bool, len(tl.Threads)) // the lane has ended
		seen := make([]bool, len(tl.Threads))
		for _, e := range tl.Events {
			seen[e.Thread-1] = true
			over[e.Thread-1] = over[e.Thread-1] || e.Kind.IsEnd()
		}
		last := m.end.At
		if n := len(tl.Events); n > 0 {
			last = max(last, tl.Events[n-1].At)
		}
		for i := range tl.Threads {
			if over[i] || !seen[i] {
				continue
			}
			e := Event{At: last, Thread: int32(i + 1), Kind: Done}
			if m.end.Failed && i == 0 {
				e.Kind, e.Object = Failed, name(m.end.How)
			}
			tl.Events = append(tl.Events, e)
		}
		now = last
	}
	slices.SortStableFunc(tl.Events, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	tl.Start, tl.End = m.At, max(now, m.At)
	return tl
}

// Left says how many processes are in no lane, "" if none.
func (f *Family) Left() string {
	if f.more == 0 {
		return ""
	}
	return "The first " + strconv.Itoa(maxMembers) + " processes were recorded, and " + strconv.Itoa(f.more) +
		" more were not."
}
