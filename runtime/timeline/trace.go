package timeline

// This file defines the export to Chrome's trace-event format, which Perfetto (ui.perfetto.dev) opens.

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// A traceEvent is an entry of the format. Times are microseconds.
type traceEvent struct {
	Name  string         `json:"name"`
	Cat   string         `json:"cat,omitempty"`
	Phase string         `json:"ph"`
	TS    *micros        `json:"ts,omitempty"` // absent in metadata
	Dur   *micros        `json:"dur,omitempty"`
	PID   int            `json:"pid"`
	TID   int            `json:"tid"`
	ID    int            `json:"id,omitempty"`
	Scope string         `json:"s,omitempty"`
	Bind  string         `json:"bp,omitempty"`
	Args  map[string]any `json:"args,omitempty"`

	at int64 // for the order
}

// micros are nanoseconds that are written as microseconds, exactly.
type micros int64

func (m micros) MarshalJSON() ([]byte, error) {
	sign := ""
	if m < 0 {
		sign, m = "-", -m
	}
	return fmt.Appendf(nil, "%s%d.%03d", sign, m/1000, m%1000), nil
}

// WriteTrace writes the timeline as Chrome trace-event JSON, ordered by time. Threads are named and ordered as here,
// under their processes; above them is a row for each GIL that says who holds it; states are slices, the rest are
// instants, and arrows go from the old holder of a GIL to the new one, from the thread that releases a lock to the one
// that gets it, from the thread that starts a process to that process, and from a message's sending to its arrival.
// Thread ids are the lanes' numbers; native ids are in the names.
func (tl *Timeline) WriteTrace(w io.Writer) error {
	t := trace{tl: tl}
	t.metadata()
	t.states()
	t.gils()
	t.instants()
	slices.SortStableFunc(t.events, func(a, b traceEvent) int {
		if (a.TS == nil) != (b.TS == nil) {
			if a.TS == nil {
				return -1 // metadata first
			}
			return 1
		}
		return cmp.Compare(a.at, b.at)
	})
	buf := bufio.NewWriter(w)
	fmt.Fprint(buf, `{"displayTimeUnit":"ns","otherData":{"headline":`, quote(tl.Info.Headline()), `,"overwritten":`,
		quote(strconv.FormatInt(tl.Lost, 10)), `},"traceEvents":[`)
	for i, e := range t.events {
		b, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("writing trace event %d: %w", i, err)
		}
		if i > 0 {
			buf.WriteByte(',')
		}
		buf.WriteByte('\n')
		buf.Write(b)
	}
	fmt.Fprint(buf, "\n]}\n")
	if err := buf.Flush(); err != nil {
		return fmt.Errorf("writing the trace: %w", err)
	}
	return nil
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// A trace collects the events of one export.
type trace struct {
	tl     *Timeline
	events []traceEvent
	flows  int
}

// pid returns a process's number; the format has no process 0.
func (t *trace) pid(id int32) int { return max(1, t.tl.Thread(id).PID) }

// gilTID returns the row of the n-th GIL: after all threads in number, before them in order.
func (t *trace) gilTID(n int) int { return len(t.tl.Threads) + 1 + n }

func (t *trace) add(e traceEvent, at int64) {
	ts := micros(at)
	e.TS, e.at = &ts, at
	t.events = append(t.events, e)
}

func (t *trace) metadata() {
	meta := func(name string, pid, tid int, arg string, v any) {
		t.events = append(t.events,
			traceEvent{Name: name, Phase: "M", PID: pid, TID: tid, Args: map[string]any{arg: v}})
	}
	seen := map[int]bool{}
	for i, th := range t.tl.Threads {
		id := int32(i + 1)
		pid := t.pid(id)
		if !seen[pid] {
			seen[pid] = true
			meta("process_name", pid, int(id), "name", cmp.Or(th.Process, "process "+strconv.Itoa(pid)))
			meta("process_sort_index", pid, int(id), "sort_index", len(seen))
		}
		name := fmt.Sprintf("T%d %s", id, th.Name)
		if th.TID != 0 {
			name += fmt.Sprintf(" (tid %d)", th.TID)
		}
		meta("thread_name", pid, int(id), "name", name)
		meta("thread_sort_index", pid, int(id), "sort_index", int(id))
	}
	for n, g := range t.tl.GILs() {
		name := "who holds the GIL"
		if g.Name != "GIL" {
			name += " of " + g.Name
		}
		meta("thread_name", max(1, g.PID), t.gilTID(n), "name", name)
		meta("thread_sort_index", max(1, g.PID), t.gilTID(n), "sort_index", -len(t.tl.Threads)+n)
	}
}

// place returns the arguments that say where and with what.
func (t *trace) place(object Name, other int32, cell, line, core uint16) map[string]any {
	args := map[string]any{}
	if s := t.tl.Name(object); s != "" {
		args["object"] = s
	}
	if other > 0 {
		args["other"] = t.tl.Label(other)
	}
	if cell > 0 {
		args["cell"] = cell
	}
	if line > 0 {
		args["line"] = line
	}
	if core > 0 {
		args["core"] = core
	}
	return args
}

func (t *trace) states() {
	for i, lane := range t.tl.Lanes() {
		for _, iv := range lane {
			name := iv.State.String()
			if s := t.tl.Name(iv.Object); s != "" {
				name += " " + s
			}
			dur := micros(iv.Duration())
			t.add(traceEvent{Name: name, Cat: "state", Phase: "X", Dur: &dur, PID: t.pid(iv.Thread), TID: i + 1,
				Args: t.place(0, iv.Other, iv.Cell, iv.Line, iv.Core)}, iv.From)
		}
	}
}

// gils writes the rows of the GILs and the arrows from holder to holder.
func (t *trace) gils() {
	for n, g := range t.tl.GILs() {
		for i, h := range g.Holds {
			dur := micros(h.Duration())
			t.add(traceEvent{Name: t.tl.Label(h.Thread), Cat: "gil", Phase: "X", Dur: &dur, PID: max(1, g.PID),
				TID: t.gilTID(n)}, h.From)
			if i > 0 && g.Holds[i-1].Thread != h.Thread {
				// An arrow hangs on the slice that is open at its time: the old holder's ends at To.
				t.arrow("GIL", g.Holds[i-1].Thread, max(g.Holds[i-1].To-1, g.Holds[i-1].From), h.Thread, h.From)
			}
		}
	}
}

func (t *trace) arrow(name string, from int32, at int64, to int32, then int64) {
	t.flows++
	t.add(traceEvent{Name: name, Cat: "flow", Phase: "s", ID: t.flows, PID: t.pid(from), TID: int(from)}, at)
	t.add(traceEvent{Name: name, Cat: "flow", Phase: "f", Bind: "e", ID: t.flows, PID: t.pid(to), TID: int(to)}, then)
}

// instants writes what isn't a state, and the arrows of locks and messages.
func (t *trace) instants() {
	type given struct {
		from int32
		at   int64
	}
	type waiting struct {
		object Name
		value  int32 // the thread that gets a lock
	}
	locks := map[waiting]given{}
	for _, m := range t.tl.Deliveries() {
		t.arrow("message", m.From, m.Sent, m.To, m.Received)
	}
	for _, e := range t.tl.Events {
		if e.Thread <= 0 || int(e.Thread) > len(t.tl.Threads) {
			continue
		}
		switch e.Kind {
		case Release:
			if e.Other > 0 {
				locks[waiting{e.Object, e.Other}] = given{e.Thread, e.At}
			}
		case Acquire:
			k := waiting{e.Object, e.Thread}
			if g, ok := locks[k]; ok {
				t.arrow(t.tl.Name(e.Object), g.from, g.at, e.Thread, e.At)
				delete(locks, k)
			}
		case Spawn:
			if e.Other > 0 && t.pid(e.Other) != t.pid(e.Thread) {
				t.arrow("start of "+t.tl.Thread(e.Other).Process, e.Thread, e.At, e.Other, e.At)
			}
		}
		if e.Kind.IsState() && e.Kind != Start && !e.Kind.IsEnd() {
			continue
		}
		name := e.Kind.String()
		if s := t.tl.Name(e.Object); s != "" {
			name += " " + s
		}
		args := t.place(0, e.Other, e.Cell, e.Line, e.Core)
		if e.Value != 0 {
			args["value"] = e.Value
		}
		t.add(traceEvent{Name: name, Cat: "event", Phase: "i", Scope: "t", PID: t.pid(e.Thread), TID: int(e.Thread),
			Args: args}, e.At)
	}
}
