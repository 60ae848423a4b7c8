package timeline_test

// This file defines the recorder's tests.

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"gilkernel/runtime/timeline"
)

func TestEventIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(timeline.Event{}); n != 32 {
		t.Errorf("an Event has %d bytes, want 32", n)
	}
}

func TestNilRecorderIsOff(t *testing.T) {
	var r *timeline.Recorder
	r.Add(timeline.Event{At: 1, Thread: 1, Kind: timeline.Run})
	r.SetThread(1, timeline.Thread{})
	r.SetInfo(timeline.Info{})
	r.Reset()
	if r.On() || r.Name("lock") != 0 || r.Thread(timeline.Thread{}) != 0 {
		t.Error("a nil Recorder keeps something")
	}
	if tl := r.Snapshot(); len(tl.Events) != 0 || tl.Wall() != 0 {
		t.Errorf("a nil Recorder's Snapshot is %+v", tl)
	}
	if n := testing.AllocsPerRun(100, func() { r.Add(timeline.Event{At: 1, Thread: 1}) }); n != 0 {
		t.Errorf("Add on a nil Recorder allocates %v times", n)
	}
}

func TestNames(t *testing.T) {
	r := timeline.NewRecorder(8, timeline.Info{})
	a, b, again, empty := r.Name("a"), r.Name("b"), r.Name("a"), r.Name("")
	if a != again || a == b || empty != 0 {
		t.Errorf("names are %d %d %d %d", a, b, again, empty)
	}
	tl := r.Snapshot()
	if tl.Name(a) != "a" || tl.Name(b) != "b" || tl.Name(0) != "" || tl.Name(99) != "" || tl.Name(-1) != "" {
		t.Errorf("names come back as %q", tl.Names)
	}
}

func TestThreads(t *testing.T) {
	r := timeline.NewRecorder(8, timeline.Info{Cores: 2})
	one, two := r.Thread(timeline.Thread{Name: "one"}), r.Thread(timeline.Thread{Name: "two"})
	r.SetThread(two, timeline.Thread{Name: "second", TID: 437})
	r.SetThread(77, timeline.Thread{Name: "nobody"})
	r.SetInfo(timeline.Info{Cores: 8})
	tl := r.Snapshot()
	if one != 1 || two != 2 || len(tl.Threads) != 2 {
		t.Fatalf("lanes %d %d of %v", one, two, tl.Threads)
	}
	if tl.Thread(2).Name != "second" || tl.Thread(2).TID != 437 || tl.Thread(0).Name != "" || tl.Thread(3).Name != "" {
		t.Errorf("lanes are %+v", tl.Threads)
	}
	if tl.Info.Cores != 8 {
		t.Errorf("info is %+v", tl.Info)
	}
}

func TestSnapshotIsOrdered(t *testing.T) {
	r := timeline.NewRecorder(0, timeline.Info{})
	a, b := r.Thread(timeline.Thread{}), r.Thread(timeline.Thread{})
	for _, e := range []timeline.Event{
		{At: 30, Thread: a, Kind: timeline.Run},
		{At: 10, Thread: b, Kind: timeline.Start},
		{At: 30, Thread: a, Kind: timeline.Done},
		{At: 20, Thread: b, Kind: timeline.Run},
		{At: 25, Thread: 99, Kind: timeline.Run}, // of no lane
	} {
		r.Add(e)
	}
	tl := r.SnapshotAt(100)
	var got []int64
	for _, e := range tl.Events {
		got = append(got, e.At*100+int64(e.Kind))
	}
	want := []int64{1000 + int64(timeline.Start), 2000 + int64(timeline.Run), 3000 + int64(timeline.Run),
		3000 + int64(timeline.Done)}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if tl.Start != 10 || tl.End != 100 || tl.Wall() != 90 {
		t.Errorf("from %d to %d", tl.Start, tl.End)
	}
	if r.Reset(); len(r.Snapshot().Events) != 0 || r.Snapshot().Lost != 0 {
		t.Error("Reset keeps events")
	}
	r.Add(timeline.Event{At: 5, Thread: a, Kind: timeline.Run})
	if tl := r.Snapshot(); len(tl.Events) != 1 || tl.Lost != 0 {
		t.Errorf("after a Reset there are %d events, %d lost", len(tl.Events), tl.Lost)
	}
}

func TestRingOverwrites(t *testing.T) {
	for _, row := range []struct {
		size, events int
		kept, lost   int
	}{
		{8, 0, 0, 0},
		{8, 5, 5, 0},
		{8, 8, 8, 0},
		{8, 9, 8, 1},
		{5, 100, 8, 92}, // 5 is rounded up to 8
		{1, 3, 1, 2},
		{0, timeline.DefaultEvents + 1, timeline.DefaultEvents, 1},
	} {
		r := timeline.NewRecorder(row.size, timeline.Info{})
		id := r.Thread(timeline.Thread{})
		for i := range row.events {
			r.Add(timeline.Event{At: int64(i), Thread: id, Kind: timeline.Run})
		}
		tl := r.Snapshot()
		if len(tl.Events) != row.kept || int(tl.Lost) != row.lost {
			t.Errorf("%d events in a ring of %d: %d kept, %d lost; want %d, %d", row.events, row.size, len(tl.Events),
				tl.Lost, row.kept, row.lost)
		}
		if n := len(tl.Events); n > 0 && tl.Events[n-1].At != int64(row.events-1) {
			t.Errorf("%d events in a ring of %d: the last is lost", row.events, row.size)
		}
	}
}

// On a virtual clock many things happen at one time, and their order is the one they were added in.
func TestVirtualOrder(t *testing.T) {
	r := timeline.NewRecorder(0, timeline.Info{Virtual: true})
	var ids []int32
	for range 5 {
		ids = append(ids, r.Thread(timeline.Thread{}))
	}
	for i := range int32(1000) {
		r.Add(timeline.Event{At: int64(i / 100), Thread: ids[i*7%5], Value: i, Kind: timeline.Mark})
	}
	for i, e := range r.Snapshot().Events {
		if e.Value != int32(i) {
			t.Fatalf("event %d is at place %d", e.Value, i)
		}
	}
}

// No event is torn, and each is either there or counted, whatever the writers and readers do.
func TestRecorderHammer(t *testing.T) {
	const writers, events = 8, 5000
	for _, size := range []int{2, 64, writers * events} {
		r := timeline.NewRecorder(size, timeline.Info{Virtual: size == 64}) // one ring and many
		var writing, reading sync.WaitGroup
		var stop atomic.Bool
		check := func(tl *timeline.Timeline) {
			last := map[int32]int32{}
			for _, e := range tl.Events {
				if e.At != int64(e.Value) || e.Other != e.Thread || int32(e.Object) != e.Value^e.Thread {
					t.Errorf("a torn event: %+v", e)
					return
				}
				if e.Value < last[e.Thread] {
					t.Errorf("events of thread %d change their order", e.Thread)
					return
				}
				last[e.Thread] = e.Value
			}
		}
		for range 2 {
			reading.Go(func() {
				for !stop.Load() {
					check(r.Snapshot())
				}
			})
		}
		for range writers {
			writing.Go(func() {
				id := r.Thread(timeline.Thread{})
				for i := range int32(events) {
					r.Add(timeline.Event{At: int64(i), Thread: id, Other: id, Value: i, Object: timeline.Name(i ^ id),
						Kind: timeline.Mark})
					if i%100 == 0 {
						r.Name("lock")
						r.SetThread(id, timeline.Thread{Name: "again"})
					}
				}
			})
		}
		writing.Wait()
		stop.Store(true)
		reading.Wait()
		tl := r.Snapshot()
		check(tl)
		if got := int64(len(tl.Events)) + tl.Lost; got != writers*events {
			t.Errorf("a ring of %d: %d events kept and lost, want %d", size, got, writers*events)
		}
	}
}

func BenchmarkAdd(b *testing.B) {
	r := timeline.NewRecorder(0, timeline.Info{})
	id := r.Thread(timeline.Thread{})
	b.ReportAllocs()
	for i := range b.N {
		r.Add(timeline.Event{At: int64(i), Thread: id, Kind: timeline.Run, Core: 1})
	}
}

func BenchmarkAddParallel(b *testing.B) {
	r := timeline.NewRecorder(0, timeline.Info{})
	b.RunParallel(func(pb *testing.PB) {
		id := r.Thread(timeline.Thread{})
		for i := int64(0); pb.Next(); i++ {
			r.Add(timeline.Event{At: i, Thread: id, Kind: timeline.Run, Core: 1})
		}
	})
}

func BenchmarkAddOff(b *testing.B) {
	var r *timeline.Recorder
	for i := range b.N {
		r.Add(timeline.Event{At: int64(i), Thread: 1, Kind: timeline.Run})
	}
}

func BenchmarkSnapshot(b *testing.B) {
	r := timeline.NewRecorder(0, timeline.Info{})
	id := r.Thread(timeline.Thread{})
	for i := range timeline.DefaultEvents {
		r.Add(timeline.Event{At: int64(i), Thread: id, Kind: timeline.Run})
	}
	for b.Loop() {
		r.Snapshot()
	}
}

// A released recorder has freed its memory, and still accepts events, lanes and snapshots.
func TestRelease(t *testing.T) {
	r := timeline.NewRecorder(1<<16, timeline.Info{})
	lane := r.Thread(timeline.Thread{Name: "a"})
	for range 1000 {
		r.Add(timeline.Event{Thread: lane, Kind: timeline.Run})
	}
	r.Release()
	r.Release()
	other := r.Thread(timeline.Thread{Name: "b"})
	r.Add(timeline.Event{Thread: lane, Kind: timeline.Run})
	r.Add(timeline.Event{Thread: other, Kind: timeline.Run})
	if n := len(r.Snapshot().Events); n > 2 {
		t.Errorf("it keeps %d events", n)
	}
}
