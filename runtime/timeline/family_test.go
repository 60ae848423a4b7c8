package timeline_test

// This file tests parts and families: how the timelines of several processes become one.

import (
	"encoding/json"
	"reflect"
	"slices"
	"sync"
	"testing"

	"gilkernel/runtime/timeline"
)

// What Next returns, part by part, is what Snapshot returns.
func TestPartsAreTheWhole(t *testing.T) {
	for _, virtual := range []bool{false, true} {
		r := timeline.NewRecorder(1<<10, timeline.Info{Virtual: virtual})
		var c timeline.Cursor
		var parts []timeline.Part
		next := func() {
			if p, ok := r.Next(&c, false); ok {
				parts = append(parts, p)
			}
		}
		next()
		for i := range 3000 {
			if i%900 == 0 {
				r.Thread(timeline.Thread{Name: string(rune('a' + i/900))})
			}
			r.Add(timeline.Event{At: int64(i), Thread: int32(i/900) + 1, Kind: timeline.Mark,
				Object: r.Name(string(rune('A' + i%7))), Value: int32(i), Cell: 3, Line: 4, Core: 5})
			if i%100 == 99 {
				next()
			}
		}
		if p, ok := r.Next(&c, false); ok {
			t.Errorf("there is more: %v", p)
		}
		got := timeline.Assemble(parts)
		if got.Lost != 0 || len(got.Events) != 3000 {
			t.Fatalf("%d events, %d lost", len(got.Events), got.Lost)
		}
		whole := r.Snapshot()
		if !slices.Equal(got.Events[3000-len(whole.Events):], whole.Events) && virtual {
			t.Error("the events differ")
		}
		if !reflect.DeepEqual(got.Threads, whole.Threads) || !slices.Equal(got.Names, whole.Names) {
			t.Errorf("%v %v, want %v %v", got.Threads, got.Names, whole.Threads, whole.Names)
		}
	}
}

// Each event is in one part or is counted as lost, while threads write.
func TestPartsWhileThreadsWrite(t *testing.T) {
	const threads, each = 4, 20_000
	r := timeline.NewRecorder(1<<8, timeline.Info{})
	for range threads {
		r.Thread(timeline.Thread{})
	}
	var c timeline.Cursor
	var parts []timeline.Part
	next := func() {
		if p, ok := r.Next(&c, false); ok {
			parts = append(parts, p)
		}
	}
	var writers sync.WaitGroup
	for n := range threads {
		writers.Go(func() {
			for i := range each {
				r.Add(timeline.Event{At: int64(i), Thread: int32(n + 1), Kind: timeline.Mark, Value: int32(i)})
			}
		})
	}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	for open := true; open; {
		select {
		case <-done:
			open = false
		default:
		}
		next()
	}
	tl := timeline.Assemble(parts)
	if n := int64(len(tl.Events)) + tl.Lost; n != threads*each {
		t.Errorf("%d events and %d lost are %d of %d", len(tl.Events), tl.Lost, n, threads*each)
	}
	seen := map[[2]int32]bool{}
	for _, e := range tl.Events {
		k := [2]int32{e.Thread, e.Value}
		if seen[k] {
			t.Fatalf("%v is there twice", k)
		}
		seen[k] = true
	}
}

// A part of a process that lies, or was killed as it wrote, is no end of ours.
func TestAssembleIsCareful(t *testing.T) {
	r := timeline.NewRecorder(8, timeline.Info{})
	r.Thread(timeline.Thread{Name: "only"})
	r.Add(timeline.Event{Thread: 1, Other: 99, Object: 99, Kind: timeline.Run})
	var c timeline.Cursor
	p, _ := r.Next(&c, true)
	whole := slices.Clone(p.Events)
	for n := range len(whole) {
		p.Events = whole[:n]
		if got := len(timeline.Assemble([]timeline.Part{p}).Events); got != 0 {
			t.Errorf("%d bytes are %d events", n, got)
		}
	}
	p.Events = whole
	for i := range whole {
		p.Events[i] ^= 0xff
		tl := timeline.Assemble([]timeline.Part{p, {Events: p.Events}})
		_ = tl.String()
		p.Events[i] ^= 0xff
	}
}

// record makes a part as a process would send it.
func record(t *testing.T, pid int, zero int64, names []string, events ...timeline.Event) timeline.Record {
	t.Helper()
	r := timeline.NewRecorder(64, timeline.Info{})
	for _, n := range names {
		r.Thread(timeline.Thread{Name: n, GIL: "GIL"})
	}
	for _, e := range events {
		r.Add(e)
	}
	var c timeline.Cursor
	p, _ := r.Next(&c, true)
	b, err := json.Marshal(timeline.Record{PID: pid, Zero: zero, Part: p})
	if err != nil {
		t.Fatal(err)
	}
	var out timeline.Record
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestFamily(t *testing.T) {
	own := &timeline.Timeline{Info: timeline.Info{Cores: 2}, Names: []string{""}, End: 1000,
		Threads: []timeline.Thread{{Name: "MainThread", GIL: "GIL"}, {Name: "helper", GIL: "GIL"}},
		Events:  []timeline.Event{{At: 0, Thread: 1, Kind: timeline.Run}, {At: 1000, Thread: 1, Kind: timeline.Done}}}
	var f timeline.Family
	if got := f.Join(own, 5000, 10, "MainProcess"); got != own {
		t.Error("one process is no family")
	}
	// The clock that all have in common shows 5000 when the first process's shows 0.
	f.Born(timeline.Birth{PID: 11, Name: "killed", GIL: "GIL", Parent: 10, Lane: 2, At: 5100})
	f.Born(timeline.Birth{PID: 12, Name: "grandchild", GIL: "GIL", Parent: 11, Lane: 1, At: 5300})
	f.Born(timeline.Birth{PID: 13, Name: "silent", GIL: "GIL", Parent: 10, Lane: 1, At: 5400})
	f.Told(record(t, 11, 5150, []string{"MainThread", "busy"}, timeline.Event{At: 50, Thread: 1, Kind: timeline.Run},
		timeline.Event{At: 60, Thread: 2, Kind: timeline.Sleep}))
	f.Told(record(t, 12, 5310, []string{"MainThread"}, timeline.Event{At: 90, Thread: 1, Kind: timeline.Run},
		timeline.Event{At: 190, Thread: 1, Kind: timeline.Done}))
	f.Told(record(t, 77, 0, []string{"a stranger"}))
	f.Died(timeline.Death{PID: 12, At: 5520})
	f.Died(timeline.Death{PID: 11, At: 5700, Failed: true, How: "SIGKILL"})
	tl := f.Join(own, 5000, 10, "MainProcess")
	var lanes []string
	for _, th := range tl.Threads {
		lanes = append(lanes, th.Process+"/"+th.Name)
	}
	if want := []string{"MainProcess/MainThread", "MainProcess/helper", "killed/MainThread", "killed/busy",
		"grandchild/MainThread", "silent/MainThread"}; !slices.Equal(lanes, want) {
		t.Fatalf("lanes %v, want %v", lanes, want)
	}
	type row struct {
		thread   int32
		state    timeline.Kind
		from, to int64
	}
	var got []row
	for _, lane := range tl.Lanes() {
		for _, iv := range lane {
			got = append(got, row{iv.Thread, iv.State, iv.From, iv.To})
		}
	}
	want := []row{{1, timeline.Run, 0, 1000},
		{3, timeline.Start, 100, 100}, // has no width, and is left out
		{3, timeline.IO, 100, 200}, {3, timeline.Run, 200, 700}, {4, timeline.Sleep, 210, 700},
		{5, timeline.IO, 300, 400}, {5, timeline.Run, 400, 500}, {6, timeline.IO, 400, 1000}}
	want = slices.DeleteFunc(want, func(r row) bool { return r.state == timeline.Start })
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	var births [][3]int64
	ends := map[int32]string{}
	for _, e := range tl.Events {
		switch {
		case e.Kind == timeline.Spawn:
			births = append(births, [3]int64{e.At, int64(e.Thread), int64(e.Other)})
		case e.Kind.IsEnd():
			ends[e.Thread] = e.Kind.String() + " " + tl.Name(e.Object)
		}
	}
	if want := [][3]int64{{100, 2, 3}, {300, 3, 5}, {400, 1, 6}}; !slices.Equal(births, want) {
		t.Errorf("starts %v, want %v", births, want)
	}
	if want := map[int32]string{1: "done ", 3: "ended by exception SIGKILL", 4: "done ",
		5: "done "}; !reflect.DeepEqual(ends, want) {
		t.Errorf("ends %v, want %v", ends, want)
	}
	if tl.Start != 0 || tl.End != 1000 || len(tl.GILs()) != 4 {
		t.Errorf("from %d to %d, %d GILs", tl.Start, tl.End, len(tl.GILs()))
	}
}

// TestZero: a process that loses its core while it compares two clocks compares them again, and no pause is taken for a
// difference between them.
func TestZero(t *testing.T) {
	const zero = 7_000_000_000
	for _, row := range []struct {
		name  string
		pause map[int]int64 // how long the process doesn't run before a reading, by the readings' number from 0
	}{
		{"none", nil},
		{"in the first comparison", map[int]int64{1: 50_000_000}},
		{"in its second half", map[int]int64{2: 50_000_000}},
		{"in all comparisons but one", map[int]int64{1: 9000, 4: 9000, 7: 9000, 10: 9000, 16: 9000, 19: 9000, 22: 9000,
			25: 9000, 28: 9000, 31: 9000, 34: 9000, 37: 9000, 40: 9000, 43: 9000, 46: 9000}},
	} {
		now, n := int64(zero+123), 0
		reading := func(from int64) func() int64 {
			return func() int64 {
				now += 40 + row.pause[n]
				n++
				return now - from
			}
		}
		if got := timeline.Zero(reading(0), reading(zero)); got != zero {
			t.Errorf("%s: 0 of the process's clock is %d of the common one, %d off", row.name, got, got-zero)
		}
	}
}
