package timeline_test

// This file defines the tests of the questions that a timeline answers.

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gilkernel/runtime/timeline"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; -update rewrites it\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}

const ms = 1_000_000

// script records a run that is written as one line for each event:
// time in milliseconds, thread, kind, and object=, other=, value=, core=, line=.
func script(info timeline.Info, threads []timeline.Thread, text string) *timeline.Timeline {
	info.Virtual = true
	r := timeline.NewRecorder(0, info)
	for _, t := range threads {
		r.Thread(t)
	}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			continue
		}
		if k := fields[2]; k == "take" || k == "drop" {
			fields[2] += "-GIL"
		}
		var e timeline.Event
		var at float64
		fmt.Sscan(fields[0], &at)
		fmt.Sscan(fields[1], &e.Thread)
		e.At = int64(math.Round(at * ms))
		for k := timeline.Kind(1); e.Kind == 0; k++ {
			if strings.ReplaceAll(k.String(), " ", "-") == fields[2] {
				e.Kind = k
			} else if k == 255 {
				panic("no kind " + fields[2])
			}
		}
		for _, f := range fields[3:] {
			key, value, _ := strings.Cut(f, "=")
			var n int32
			fmt.Sscan(value, &n)
			switch key {
			case "object":
				e.Object = r.Name(value)
			case "other":
				e.Other = n
			case "value":
				e.Value = n
			case "core":
				e.Core = uint16(n)
			case "line":
				e.Cell, e.Line = 3, uint16(n)
			}
		}
		r.Add(e)
	}
	return r.Snapshot()
}

func workers(gil string) []timeline.Thread {
	return []timeline.Thread{
		{Name: "MainThread", Process: "MainProcess", PID: 431, GIL: gil},
		{Name: "worker-a", Process: "MainProcess", PID: 431, GIL: gil},
		{Name: "worker-b", Process: "MainProcess", PID: 431, GIL: gil, TID: 437},
	}
}

// turns is two threads that take turns, with a lock and a queue at the end.
func turns() *timeline.Timeline {
	return script(timeline.Info{Title: "two workers", Python: "3.13", Model: "modern", Cores: 2, Interval: 5 * ms}, workers("GIL"), `
		0  1 take
		0  1 run core=1 line=1
		0  2 start other=1
		0  1 spawn other=2
		0  3 start other=1
		0  1 spawn other=3
		0  1 drop
		0  1 wait-for-join other=2 line=4
		0  2 switch other=1
		0  2 run core=1 line=2
		0  3 wait-for-GIL line=2
		5  3 drop-request other=2
		5  2 drop
		5  3 switch other=2
		5  3 run core=2 line=2
		5  2 wait-for-GIL line=2
		10 2 drop-request other=3
		10 3 drop
		10 2 switch other=3
		10 2 run core=1 line=2
		10 3 wait-for-GIL line=2
		15 2 drop
		15 2 done
		15 3 switch other=2
		15 3 run core=2 line=2
		15 1 wait-for-GIL line=4
		16 3 drop
		16 3 I/O object=read line=5
		16 1 switch other=3
		16 1 run core=1 line=5
		17 1 put object=q value=1
		18 1 drop
		18 1 wait-for-lock object=counter-lock other=3 line=6
		19 3 take
		19 3 run core=2 line=6
		19 3 release object=counter-lock other=1
		19 3 drop
		19 3 done
		19 1 take
		19 1 acquire object=counter-lock
		19 1 run core=1
		20 1 drop
		20 1 done
	`)
}

// free is the same without a GIL.
func free() *timeline.Timeline {
	return script(timeline.Info{Title: "no GIL", Python: "3.14t", Model: "free-threaded", Cores: 2}, workers(""), `
		0  1 run core=1
		0  1 wait-for-join other=2
		0  2 run core=1
		0  3 run core=2
		10 2 done
		10 1 run core=1
		11 3 done
		11 1 done
	`)
}

func TestStats(t *testing.T) {
	s := turns().Stats()
	for _, row := range []struct {
		what      string
		got, want any
	}{
		{"wall", s.Wall, int64(20 * ms)},
		{"busy", s.Busy, int64(19 * ms)},
		{"overlap", s.Overlap, 0.95},
		{"peak", s.Peak, 1},
		{"parallel", s.Parallel, int64(0)},
		{"idle", s.Idle, int64(1 * ms)},
		{"held", s.Held, int64(19 * ms)},
		{"switches", s.Switches, 7}, // 1→2→3→2→3→1→3→1, written as switch or as take
		{"a second", s.SwitchesPerSec, 350.0},
		{"requests", s.Requests, 2},
		{"waits for the GIL", s.WaitGIL, int64(16 * ms)},
		{"longest wait", s.LongestWait.Duration(), int64(5 * ms)},
		{"who waited longest", s.LongestWait.Thread, int32(3)},
		{"where", s.LongestWait.Line, uint16(2)},
		{"longest hold", s.LongestHold.Duration(), int64(5 * ms)},
		{"T1's wait for join and lock", s.Threads[0].WaitLock, int64(16 * ms)},
		{"T2's life", s.Threads[1].Life, int64(15 * ms)},
		{"T2's hold", s.Threads[1].Hold, int64(10 * ms)},
		{"T2's takes", s.Threads[1].Takes, 2},
		{"T2's share", s.Threads[1].Share, 10.0 / 15},
		{"T3's hold", s.Threads[2].Hold, int64(6 * ms)},
		{"T3's wait", s.Threads[2].WaitGIL, int64(10 * ms)},
		{"T3's I/O", s.Threads[2].IO, int64(3 * ms)},
		{"locks", len(s.Locks), 3},
		{"the longest waited for", s.Locks[0].Name, "worker-a"},
		{"the lock", s.Locks[1], timeline.LockStats{Name: "counter-lock", State: timeline.WaitLock, Waits: 1, Wait: ms,
			Longest: ms, Acquires: 1}},
		{"the queue", s.Locks[2], timeline.LockStats{Name: "q", State: timeline.WaitQueue, Acquires: 1}},
	} {
		if row.got != row.want {
			t.Errorf("%s: %v, want %v", row.what, row.got, row.want)
		}
	}
}

func TestStatsWithoutGIL(t *testing.T) {
	s := free().Stats()
	if s.Peak != 2 || s.Parallel != 11*ms || s.WaitGIL != 0 || s.Held != 0 || s.Switches != 0 || s.Fairness != 1 ||
		s.Idle != 0 {
		t.Errorf("%+v", s)
	}
}

func TestEmpty(t *testing.T) {
	for name, tl := range map[string]*timeline.Timeline{
		"zero": {}, "nil recorder": (*timeline.Recorder)(nil).Snapshot(),
		"lanes only": script(timeline.Info{}, workers("GIL"), ""),
	} {
		s := tl.Stats()
		if s.Wall != 0 || s.Overlap != 0 || s.Fairness != 1 || s.Idle != 0 || math.IsNaN(s.SwitchesPerSec) {
			t.Errorf("%s: %+v", name, s)
		}
		if got := tl.String(); got != "nothing was recorded\n" && name != "lanes only" {
			t.Errorf("%s: %q", name, got)
		}
		if tl.Slice(0, 100); len(tl.Slice(5, 1).Events) != 0 {
			t.Errorf("%s: a slice of nothing has events", name)
		}
		_ = timeline.Compare(tl, tl).String()
		if err := tl.WriteTrace(new(bytes.Buffer)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHolds(t *testing.T) {
	one := []timeline.Thread{{Name: "a", GIL: "GIL"}, {Name: "b", GIL: "GIL"}}
	for _, row := range []struct {
		name, events string
		want         string
		switches     int
	}{
		{"taken without a core", "0 1 take\n0 1 wait-for-core\n4 1 run\n6 1 drop\n6 1 done", "1:0-6", 0},
		{"taken before the beginning", "1 1 run\n3 1 drop\n4 2 take\n4 2 run\n6 2 done", "1:1-3 2:4-6", 1},
		{"never dropped", "0 1 take\n5 2 wait-for-GIL", "1:0-5", 0},
		{"ended without a drop", "0 1 take\n5 1 done\n9 2 start", "1:0-5", 0},
		{"nothing said: who runs holds",
			"0 1 run\n2 1 wait-for-GIL\n2 2 native-call\n5 2 native-call-without-the-GIL\n6 2 done\n6 1 run\n7 1 done",
			"1:0-2 2:2-5 1:6-7", 2},
		{"taken again by the same", "0 1 take\n1 1 drop\n1 1 take\n2 1 drop", "1:0-1 1:1-2", 0},
	} {
		gils := script(timeline.Info{}, one, row.events).GILs()
		if len(gils) != 1 {
			t.Errorf("%s: %d locks", row.name, len(gils))
			continue
		}
		var got []string
		for _, h := range gils[0].Holds {
			got = append(got, fmt.Sprintf("%d:%d-%d", h.Thread, h.From/ms, h.To/ms))
		}
		if s := strings.Join(got, " "); s != row.want || gils[0].Switches != row.switches {
			t.Errorf("%s: %s, %d switches; want %s, %d", row.name, s, gils[0].Switches, row.want, row.switches)
		}
	}
}

// On a real clock a thread runs Python code only while it holds the GIL, whatever it said last: the operating system
// may have taken it off its core before it could say that it waits. Nothing is known of the time before the first hold,
// and native calls without the GIL continue.
func TestRunningWithoutTheGIL(t *testing.T) {
	one := []timeline.Thread{{Name: "a", GIL: "GIL"}, {Name: "b", GIL: "GIL"}}
	for _, row := range []struct{ name, events, real, virtual string }{
		{"preempted after a drop",
			"0 1 take\n0 1 run\n4 1 drop\n4 2 take\n4 2 run\n9 1 wait-for-GIL\n10 2 drop\n10 2 done\n10 1 done",
			"1 run 0-4, 1 wait for GIL 4-10, 2 run 4-10", "1 run 0-9, 1 wait for GIL 9-10, 2 run 4-10"},
		{"taken again", "0 1 take\n0 1 run\n2 1 drop\n2 2 take\n2 2 run\n3 2 drop\n3 2 sleep\n5 1 take\n7 1 drop\n" +
			"7 1 done\n7 2 done",
			"1 run 0-2, 1 wait for GIL 2-5, 1 run 5-7, 2 run 2-3, 2 sleep 3-7", "1 run 0-7, 2 run 2-3, 2 sleep 3-7"},
		{"dropped and taken again at once", "0 1 take\n0 1 run\n2 1 drop\n3 1 take\n4 1 drop\n4 1 done", "1 run 0-4",
			"1 run 0-4"},
		{"before the first hold", "0 1 run\n3 2 take\n3 2 run\n5 2 drop\n5 2 done\n6 1 done", "1 run 0-3, 2 run 3-5",
			"1 run 0-6, 2 run 3-5"},
		{"native without the GIL", "0 1 take\n0 1 run\n1 1 drop\n1 1 native-call-without-the-GIL\n1 2 take\n1 2 run\n" +
			"5 2 drop\n5 2 done\n6 1 done",
			"1 run 0-1, 1 native call without the GIL 1-6, 2 run 1-5",
			"1 run 0-1, 1 native call without the GIL 1-6, 2 run 1-5"},
	} {
		for _, virtual := range []bool{false, true} {
			tl := script(timeline.Info{}, one, row.events)
			tl.Info.Virtual = virtual
			var got []string
			for _, lane := range tl.Lanes() {
				for _, iv := range lane {
					got = append(got, fmt.Sprintf("%d %v %d-%d", iv.Thread, iv.State, iv.From/ms, iv.To/ms))
				}
			}
			want := row.real
			if virtual {
				want = row.virtual
			}
			if s := strings.Join(got, ", "); s != want {
				t.Errorf("%s, virtual %v: %s, want %s", row.name, virtual, s, want)
			}
			if s := tl.Stats(); !virtual && row.name != "native without the GIL" && (s.Peak > 1 || s.Overlap > 1) {
				t.Errorf("%s: %d cores were busy, %v on average", row.name, s.Peak, s.Overlap)
			}
		}
	}
}

func TestGILsOfProcessesAndInterpreters(t *testing.T) {
	tl := script(timeline.Info{}, []timeline.Thread{
		{Name: "MainThread", Process: "MainProcess", PID: 1, GIL: "GIL"},
		{Name: "MainThread", Process: "Process-1", PID: 2, GIL: "GIL"},
		{Name: "interp", Process: "MainProcess", PID: 1, GIL: "interpreter 1"},
		{Name: "goroutine", Process: "MainProcess", PID: 1},
	}, `
		0 1 take
		0 2 take
		0 3 take
		0 4 run
		5 1 drop
		6 1 take object=interpreter_1
		9 4 done
	`)
	gils := tl.GILs()
	if len(gils) != 4 || gils[0].PID != 1 || gils[1].Process != "Process-1" || gils[2].Name != "interpreter 1" ||
		gils[3].Name != "interpreter_1" {
		t.Fatalf("%+v", gils)
	}
	if tl.Label(2) != "T2 MainThread (Process-1)" || tl.Processes() != 2 {
		t.Errorf("%q, %d processes", tl.Label(2), tl.Processes())
	}
}

func TestSlice(t *testing.T) {
	tl := turns().Slice(12*ms, 17*ms)
	s := tl.Stats()
	if s.Wall != 5*ms || s.Threads[1].Hold != 3*ms || s.Threads[2].WaitGIL != 3*ms || s.Threads[0].WaitLock != 3*ms ||
		s.Switches != 2 {
		t.Errorf("%+v", s)
	}
	if tl := turns().Slice(-5, 1000*ms); tl.Wall() != 20*ms || len(tl.Events) != len(turns().Events) {
		t.Errorf("the whole: %d ns, %d events", tl.Wall(), len(tl.Events))
	}
	// Nothing happens in it, but threads are in the midst of something.
	if s := turns().Slice(11*ms, 12*ms).Stats(); s.Threads[1].Hold != ms || s.Threads[2].WaitGIL != ms {
		t.Errorf("a quiet slice: %+v", s.Threads)
	}
}

func TestMerge(t *testing.T) {
	a, b := turns(), free().Shift(30*ms)
	tl := timeline.Merge(a, b)
	if len(tl.Threads) != 6 || tl.Start != 0 || tl.End != 41*ms || len(tl.Events) != len(a.Events)+len(b.Events) {
		t.Fatalf("%d lanes from %d to %d, %d events", len(tl.Threads), tl.Start, tl.End, len(tl.Events))
	}
	s := tl.Stats()
	if s.Threads[4].Busy != 10*ms || s.Locks[1].Name != "worker-a" || free().Events[0].At != 0 {
		t.Errorf("%+v", s)
	}
	if tl := timeline.Merge(); len(tl.Events) != 0 {
		t.Errorf("nothing merged is %+v", tl)
	}
}

func TestFairness(t *testing.T) {
	for _, row := range []struct {
		events string
		want   float64
	}{
		{"0 1 run\n5 1 done\n0 2 run\n5 2 done", 1},
		{"0 1 run\n10 1 done\n0 2 wait-for-GIL\n10 2 done", 0.5},
		{"0 1 run\n10 1 done\n0 2 sleep\n10 2 done", 1}, // who wants nothing isn't treated badly
	} {
		s := script(timeline.Info{}, workers("GIL"), row.events).Stats()
		if math.Abs(s.Fairness-row.want) > 1e-9 {
			t.Errorf("%q: %v, want %v", row.events, s.Fairness, row.want)
		}
	}
}

func TestKinds(t *testing.T) {
	names := map[string]bool{}
	for k := timeline.Kind(1); k <= timeline.Mark; k++ {
		name := k.String()
		if name == "no event" || names[name] {
			t.Errorf("kind %d is called %q", k, name)
		}
		names[name] = true
		if k.IsBusy() && k.IsWait() || k.IsEnd() && !k.IsState() || !k.IsState() && k.Letter() != ' ' {
			t.Errorf("%v contradicts itself", k)
		}
	}
	if timeline.Kind(0).String() != "no event" || timeline.Kind(255).Letter() != ' ' || timeline.Kind(0).IsState() {
		t.Error("what isn't a kind has a name")
	}
}

func TestWords(t *testing.T) {
	for ns, want := range map[int64]string{
		0: "0 ns", 999: "999 ns", 1000: "1.00 µs", 5_130_000: "5.13 ms", 51_300_000: "51.3 ms", 999_600_000: "1.00 s",
		12_345_000_000: "12.3 s",
		-5_130_000:     "-5.13 ms", 1_234_000_000_000: "1234 s", 9_996_000: "10.0 ms",
	} {
		if got := timeline.Nanoseconds(ns); got != want {
			t.Errorf("%d ns is %q, want %q", ns, got, want)
		}
	}
	for _, row := range []struct {
		part, whole int64
		want        string
	}{
		{0, 5, "0 %"},
		{1, 0, "0 %"},
		{1, 1000, "<1 %"},
		{49, 100, "49 %"},
		{999, 1000, ">99 %"},
		{1000, 1000, "100 %"},
		{199, 100, "199 %"},
	} {
		if got := timeline.Percent(row.part, row.whole); got != row.want {
			t.Errorf("%d of %d is %q, want %q", row.part, row.whole, got, row.want)
		}
	}
}

func TestGolden(t *testing.T) {
	golden(t, "turns.txt", turns().String())
	golden(t, "free.txt", free().String())
	golden(t, "compare.txt", timeline.Compare(turns(), free()).String())
	var b bytes.Buffer
	if err := turns().WriteTrace(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "turns.trace.json", b.String())
}

// The rules are those of "Trace Event Format", the document that both Chrome and Perfetto name.
func TestTraceFollowsTheFormat(t *testing.T) {
	for name, tl := range map[string]*timeline.Timeline{
		"turns": turns(), "free": free(), "merged": timeline.Merge(turns(), free().Shift(7)), "empty": {},
		"negative": turns().Shift(-7 * ms),
	} {
		var b bytes.Buffer
		if err := tl.WriteTrace(&b); err != nil {
			t.Fatal(err)
		}
		checkTrace(t, name, b.Bytes())
	}
}

func checkTrace(t *testing.T, name string, b []byte) {
	t.Helper()
	type row struct{ pid, tid int }
	var doc struct {
		TraceEvents []struct {
			Name, Ph, S, BP, Cat string
			TS, Dur              *float64
			PID, TID, ID         int
			Args                 map[string]any
		}
		DisplayTimeUnit string
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	named, open, ends := map[row]bool{}, map[int]float64{}, map[row]float64{}
	last := math.Inf(-1)
	for i, e := range doc.TraceEvents {
		at := row{e.PID, e.TID}
		if e.Name == "" && e.Ph != "s" && e.Ph != "f" || e.PID <= 0 || e.TID <= 0 {
			t.Errorf("%s: event %d has no name or row: %+v", name, i, e)
		}
		if e.Ph == "M" {
			if e.TS != nil || len(e.Args) != 1 {
				t.Errorf("%s: metadata %+v", name, e)
			}
			named[at] = named[at] || e.Name == "thread_name"
			continue
		}
		if e.TS == nil || *e.TS < last {
			t.Fatalf("%s: event %d is out of order", name, i)
		}
		last = *e.TS
		if !named[at] {
			t.Errorf("%s: event %d is in a row without a name: %+v", name, i, at)
		}
		switch e.Ph {
		case "X":
			if e.Dur == nil || *e.Dur < 0 || *e.TS < ends[at]-1e-6 && ends[at] != 0 {
				t.Errorf("%s: slice %d overlaps the one before it, or has no length: %+v", name, i, e)
			}
			ends[at] = *e.TS + *e.Dur
		case "i":
			if e.S != "t" {
				t.Errorf("%s: instant %+v", name, e)
			}
		case "s":
			open[e.ID] = *e.TS
		case "f":
			if from, ok := open[e.ID]; !ok || e.BP != "e" || from > *e.TS {
				t.Errorf("%s: an arrow without a beginning: %+v", name, e)
			}
			delete(open, e.ID)
		default:
			t.Errorf("%s: phase %q", name, e.Ph)
		}
	}
	if len(open) != 0 {
		t.Errorf("%s: %d arrows without an end", name, len(open))
	}
}

// Whatever a machine writes, however wrong, is answered.
func FuzzTimeline(f *testing.F) {
	f.Add([]byte{1, 1, 4, 2, 1, 17, 3, 2, 7, 4, 1, 15})
	f.Fuzz(func(t *testing.T, in []byte) {
		r := timeline.NewRecorder(16, timeline.Info{Virtual: true})
		for _, th := range workers("GIL") {
			r.Thread(th)
		}
		for ; len(in) >= 3; in = in[3:] {
			r.Add(timeline.Event{At: int64(int8(in[0])), Thread: int32(int8(in[1])), Kind: timeline.Kind(in[2]),
				Other: int32(int8(in[1])), Object: timeline.Name(int8(in[0]))})
		}
		tl := r.Snapshot()
		s := tl.Stats()
		if s.Busy < 0 || s.Idle < 0 || s.Held > s.Wall || math.IsNaN(s.Fairness) {
			t.Errorf("%+v", s)
		}
		_, _ = tl.String(), tl.Slice(-5, 5).String()
		var b bytes.Buffer
		if err := tl.WriteTrace(&b); err != nil {
			t.Fatal(err)
		}
		checkTrace(t, "fuzz", b.Bytes())
	})
}
