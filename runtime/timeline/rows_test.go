package timeline_test

// This file defines the tests of the rows of locks, queues and tasks.

import (
	"fmt"
	"strings"
	"testing"

	"gilkernel/runtime/timeline"
)

// events makes a timeline of words: thread, kind, object, value at the word's place in time, 1 ms apart.
func events(t *testing.T, threads int, words ...string) *timeline.Timeline {
	t.Helper()
	r := timeline.NewRecorder(0, timeline.Info{})
	for i := range threads {
		r.Thread(timeline.Thread{Name: fmt.Sprintf("w%d", i+1)})
	}
	kinds := map[string]timeline.Kind{"take": timeline.Acquire, "free": timeline.Release, "wait": timeline.WaitLock,
		"run": timeline.Run,
		"put": timeline.Put, "get": timeline.Get, "step": timeline.Step, "done": timeline.Done}
	for i, w := range words {
		var thread, value int32
		var kind, object string
		if _, err := fmt.Sscanf(strings.ReplaceAll(w, ":", " "), "%d %s %s %d", &thread, &kind, &object,
			&value); err != nil && kind == "" {
			t.Fatalf("%q: %v", w, err)
		}
		e := timeline.Event{At: int64(i) * 1e6, Thread: thread, Kind: kinds[kind], Value: value}
		if object != "-" {
			e.Object = r.Name(object)
		}
		r.Add(e)
	}
	return r.SnapshotAt(int64(len(words)) * 1e6)
}

func TestLocks(t *testing.T) {
	for name, row := range map[string]struct {
		words []string
		want  string
	}{
		"one after the other": {[]string{"1:take:a", "2:wait:a", "1:free:a", "2:take:a", "2:free:a"},
			"a: T1 0-2, T2 3-4; 1 waits, 4 ms"},
		"reentrant": {[]string{"1:take:a", "1:take:a", "1:free:a", "1:free:a"}, "a: T1 0-3; 0 waits, 0 ms"},
		"never released": {[]string{"1:take:a", "2:take:b", "1:wait:b", "2:wait:a"},
			"b: T2 1-4; 1 waits, 2 ms | a: T1 0-4; 1 waits, 1 ms"},
		"released by another": {[]string{"1:take:a", "2:free:a", "1:take:a", "1:free:a"},
			"a: T1 0-1, T1 2-3; 0 waits, 0 ms"},
		"a semaphore": {[]string{"1:take:s", "2:take:s", "1:free:s", "2:free:s"}, ""},
		"free only":   {[]string{"1:free:a"}, ""},
	} {
		var got []string
		for _, l := range events(t, 2, row.words...).Locks() {
			var holds []string
			for _, h := range l.Holds {
				holds = append(holds, fmt.Sprintf("T%d %d-%d", h.Thread, h.From/1e6, h.To/1e6))
			}
			got = append(got, fmt.Sprintf("%s: %s; %d waits, %d ms", l.Name, strings.Join(holds, ", "), l.Waits,
				l.Wait/1e6))
		}
		if s := strings.Join(got, " | "); s != row.want {
			t.Errorf("%s: %s, want %s", name, s, row.want)
		}
	}
}

func TestQueues(t *testing.T) {
	q := events(t, 2, "1:put:q:1", "1:put:q:2", "2:get:q:1", "2:get:q:0").Queues()
	if len(q) != 1 || q[0].Most != 2 || q[0].Mean != 1 || len(q[0].Levels) != 4 ||
		q[0].Levels[1] != (timeline.Level{From: 1e6, To: 2e6, Size: 2}) {
		t.Errorf("got %+v", q)
	}
}

func TestTasks(t *testing.T) {
	var got []string
	for _, k := range events(t, 2, "1:step:a", "1:step:b", "1:step:b", "1:step:-", "1:step:a", "2:step:a",
		"1:done:-").Tasks() {
		longest := k.Longest()
		got = append(got, fmt.Sprintf("%s of T%d: %d, longest %d-%d", k.Name, k.Thread, len(k.Steps), longest.From/1e6,
			longest.To/1e6))
	}
	want := "a of T1: 2, longest 4-6 | b of T1: 1, longest 1-3 | a of T2: 1, longest 5-7"
	if s := strings.Join(got, " | "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

func TestStatsString(t *testing.T) {
	tl := events(t, 2, "1:run:-", "1:take:a", "2:wait:a", "1:free:a", "2:run:-", "1:done:-", "2:done:-")
	tl.Threads[0].CPU = 4_500_000
	want := `7.00 ms in all, 1.00 cores busy on average, 2 at most

thread    lived      ran      CPU  held GIL  waited for GIL  longest  for locks  I/O, sleep  no core
T1 w1   5.00 ms  5.00 ms  4.50 ms      0 ns            0 ns     0 ns       0 ns        0 ns     0 ns
T2 w2   4.00 ms  2.00 ms     0 ns      0 ns            0 ns     0 ns    2.00 ms        0 ns     0 ns

waited for  waits   in all  longest  used
lock a          1  2.00 ms  2.00 ms     1
`
	if got := fmt.Sprint(tl.Stats()); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got := (timeline.Stats{}).String(); got != "nothing was recorded\n" {
		t.Errorf("of nothing: %q", got)
	}
}
