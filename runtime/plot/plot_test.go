package plot_test

// This file defines the tests of the pictures: what is in them, not how each pixel is.

import (
	"bytes"
	"encoding/json"
	"flag"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"gilkernel/runtime/display"
	"gilkernel/runtime/plot"
	"gilkernel/runtime/timeline"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const ms = 1_000_000

// turns is two threads that take turns under a GIL, n times each.
func turns(n int) *timeline.Timeline {
	r := timeline.NewRecorder(0, timeline.Info{Title: "two workers", Python: "3.13", Model: "modern", Cores: 2,
		Interval: 5 * ms, Virtual: true})
	for _, name := range []string{"MainThread", "worker-a", "worker-b"} {
		r.Thread(timeline.Thread{Name: name, PID: 1, GIL: "GIL"})
	}
	add := func(at int64, thread int32, k timeline.Kind) {
		r.Add(timeline.Event{At: at, Thread: thread, Kind: k, Cell: 3, Line: 7})
	}
	add(0, 1, timeline.Start)
	add(0, 1, timeline.WaitJoin)
	add(0, 3, timeline.WaitGIL)
	var at int64
	for i := range 2 * n {
		me, other := int32(2+i%2), int32(3-i%2)
		add(at, me, timeline.Take)
		add(at, me, timeline.Run)
		at += 5 * ms
		add(at, me, timeline.Drop)
		add(at, me, timeline.WaitGIL)
		_ = other
	}
	add(at, 2, timeline.Done)
	add(at, 3, timeline.IO)
	add(at, 1, timeline.Run)
	add(at+4*ms, 3, timeline.Done)
	add(at+4*ms, 1, timeline.Done)
	return r.Snapshot()
}

func TestText(t *testing.T) {
	for name, f := range gallery(t) {
		path := filepath.Join("testdata", name+".txt")
		got := f.String()
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
			t.Errorf("%s: got:\n%s\nwant:\n%s", name, got, want)
		}
		for line := range strings.Lines(got) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 100 {
				t.Errorf("%s: a line of %d columns: %s", name, n, line)
			}
		}
		if !strings.Contains(strings.Join(strings.Fields(got), " "), f.Caption) {
			t.Errorf("%s: the text lacks the caption %q", name, f.Caption)
		}
	}
}

func TestBundle(t *testing.T) {
	for name, f := range gallery(t) {
		data, metadata := display.Bundle(f)
		if data["text/plain"] == "" || f.Caption == "" {
			t.Errorf("%s: no text", name)
		}
		img, err := png.Decode(bytes.NewReader(data["image/png"].([]byte)))
		if err != nil {
			t.Fatal(err)
		}
		size := metadata["image/png"].(map[string]any)
		if size["alt"] != f.Caption {
			t.Errorf("%s: the picture is called %q", name, size["alt"])
		}
		// What a window of 1100 pixels leaves beside JupyterLab's file browser, without the chart's menu.
		if wide := size["width"].(int); wide > 660-38 {
			t.Errorf("%s is %d pixels wide", name, wide)
		}
		b := img.Bounds()
		zoom := float64(b.Dx()) / float64(size["width"].(int))
		if high := float64(b.Dy()) / float64(size["height"].(int)); zoom < 1 || zoom > 2 || math.Abs(high-zoom) > 0.01 {
			t.Errorf("%s: %v for %v", name, b, size)
		}
		// What a notebook stores: lists and objects on lines of their own, one space for each level.
		stored,
			err := json.MarshalIndent(map[string]any{"outputs": []any{map[string]any{"data": display.Encode(data)}}},
			"   ", " ")
		if err != nil {
			t.Fatal(err)
		}
		if len(stored) > 60_000 {
			t.Errorf("%s takes %d bytes in a notebook, %d of them for the picture, at %v", name, len(stored),
				len(data["image/png"].([]byte))*4/3, zoom)
		}
		if _, _, _, a := img.At(0, 0).RGBA(); a != 0xffff {
			t.Errorf("%s: the paper can be seen through", name)
		}
		spec, err := json.Marshal(data["application/vnd.vegalite.v5+json"])
		if err != nil || len(spec) > 300_000 {
			t.Errorf("%s: a specification of %d bytes, %v", name, len(spec), err)
		}
		if dir := os.Getenv("PLOT_OUT"); dir != "" { // to be looked at
			bundle, _ := json.Marshal(map[string]any{"data": display.Encode(data), "metadata": metadata})
			for ext, b := range map[string][]byte{".png": data["image/png"].([]byte), ".vl.json": spec,
				".bundle.json": bundle} {
				if err := os.WriteFile(filepath.Join(dir, name+ext), b, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

func TestAmdahl(t *testing.T) {
	for _, row := range []struct {
		threads  []int
		speedups []float64
		want     float64
	}{
		{nil, nil, 1},
		{[]int{1}, []float64{1}, 1},
		{[]int{1, 2, 4}, []float64{1, 2, 4}, 0},
		{[]int{2, 4}, []float64{1, 1}, 1},
		{[]int{2, 4}, []float64{0.5, 0.4}, 1}, // slower than one thread: nothing is more serial than all
		{[]int{2, 4, 8}, []float64{1 / 0.75, 1 / 0.625, 1 / 0.5625}, 0.5},
		{[]int{2, 4}, []float64{0, -1}, 1},
	} {
		if got := plot.Amdahl(row.threads, row.speedups); got < row.want-1e-9 || got > row.want+1e-9 {
			t.Errorf("%v %v: %v, want %v", row.threads, row.speedups, got, row.want)
		}
	}
}

func TestCaption(t *testing.T) {
	for name, row := range map[string]struct {
		tl   *timeline.Timeline
		want string
	}{
		"turns": {turns(300),
			"Two threads took turns: at any moment at most one held the GIL, and they waited for it 50 % of the time."},
		// Only one of them waited, so there were no turns; that isn't side by side.
		"in a row": {&timeline.Timeline{
			Threads: []timeline.Thread{{Name: "A", GIL: "GIL"}, {Name: "B", GIL: "GIL"}},
			Events: []timeline.Event{{Thread: 1, Kind: timeline.Run}, {Thread: 2, Kind: timeline.WaitGIL},
				{At: 50, Thread: 1, Kind: timeline.Done},
				{At: 50, Thread: 2, Kind: timeline.Run}, {At: 100, Thread: 2, Kind: timeline.Done}},
			End: 100,
		}, "Two threads ran one at a time: 1.00 cores were busy on average, and those that waited for a GIL did so " +
			"50 % of the time."},
		"empty": {nil, "Nothing was recorded."},
	} {
		if got := plot.GIL(row.tl).Caption; got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

// TestBad is what can't be drawn: each is one sentence, and valid JSON.
func TestBad(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	one := func(v float64) plot.Series {
		return plot.Series{Name: "threads", Workers: []int{2}, Speedups: [][]float64{{v}}}
	}
	many := make([]plot.Series, 5)
	moment := &timeline.Timeline{Threads: make([]timeline.Thread, 1),
		Events: []timeline.Event{{Thread: 1, Kind: timeline.Start}}}
	for name, row := range map[string]struct {
		f    *plot.Figure
		want string
	}{
		"no series": {plot.Speedup(plot.Series{}), "Nothing was measured: there is no series."},
		"five series": {plot.Speedup(plot.Series{}, many...),
			"At most 4 series can be told apart in one picture, and there are 5."},
		"no workers": {plot.Speedup(plot.Series{}, plot.Series{Name: "threads"}),
			"Nothing is drawn: series “threads” has no numbers of workers."},
		"lengths": {plot.Speedup(plot.Series{},
			plot.Series{Name: "threads", Workers: []int{1, 2}, Speedups: [][]float64{{1}}}),
			"Nothing is drawn: series “threads” has 2 numbers of workers, but 1 list of measurements."},
		"no repetition": {plot.Speedup(plot.Series{},
			plot.Series{Name: "threads", Workers: []int{1}, Speedups: [][]float64{nil}}),
			"Nothing is drawn: series “threads” has no measurement with 1 worker."},
		"twice": {plot.Speedup(plot.Series{},
			plot.Series{Name: "threads", Workers: []int{1, 1}, Speedups: [][]float64{{1}, {1}}}),
			"Nothing is drawn: series “threads” has 1 worker twice."},
		"no worker": {plot.Speedup(plot.Series{},
			plot.Series{Name: "threads", Workers: []int{0}, Speedups: [][]float64{{1}}}),
			"Nothing is drawn: series “threads” has 0 workers: there must be one at least."},
		"zero": {plot.Speedup(plot.Series{}, one(0)), "Nothing is drawn: series “threads” has a speed-up " +
			"of 0 with 2 workers: it must be a positive number, and relative to a time with 1 worker."},
		"negative": {plot.Speedup(plot.Series{}, one(-1)), "Nothing is drawn: series “threads” has a speed-up " +
			"of -1 with 2 workers: it must be a positive number, and relative to a time with 1 worker."},
		"NaN": {plot.Speedup(plot.Series{}, one(nan)), "Nothing is drawn: series “threads” has a " +
			"speed-up of NaN with 2 workers: it must be a positive number, and relative to a time with 1 worker."},
		"infinite": {plot.Speedup(one(inf)), "Nothing is drawn: series “threads” has a speed-up of +Inf with " +
			"2 workers: it must be a positive number, and relative to a time with 1 worker."},
		"no time with 1": {plot.Speedup(plot.Series{}, plot.Times("threads", []int{2}, [][]time.Duration{{1}})),
			"Nothing is drawn: series “threads” has a speed-up of NaN with 2 workers: it must be a positive number, " +
				"and relative to a time with 1 worker."},
		"no time": {plot.Speedup(plot.Series{}, plot.Times("threads", []int{1}, [][]time.Duration{{0}})),
			"Nothing is drawn: series “threads” has a speed-up of NaN with 1 worker: it must be a positive number, " +
				"and relative to a time with 1 worker."},
		"ceiling of none": {plot.Speedup(plot.Ceiling([]int{1, 0}, 1)),
			"Nothing is drawn: the ceiling is measured with 1 to 256 workers, not with 0."},
		"no runs":    {plot.Compare(), "Two to four runs can be set side by side, not 0."},
		"empty runs": {plot.Compare(nil, &timeline.Timeline{}), "Nothing was recorded in any of the runs."},
		"first run empty": {plot.Compare(nil, turns(1)),
			"Nothing was recorded of A, so there is nothing to compare the others with."},
		"a moment": {plot.GIL(moment), "All that was recorded happened at one moment: there is no time to draw."},
		"no waits": {plot.Waits(moment), "No thread waited for a GIL or a lock."},
		"huge": {plot.Speedup(plot.Series{}, plot.Series{Name: "threads", Workers: []int{1, 1 << 40},
			Speedups: [][]float64{{1e-300}, {1e300}}}), "Threads reached 1000000000000000"},
	} {
		if !strings.HasPrefix(row.f.Caption, row.want) {
			t.Errorf("%s: %q, want %q", name, row.f.Caption, row.want)
		}
		if _, err := json.Marshal(row.f.Spec()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(row.f.PNG()) == 0 {
			t.Errorf("%s: no picture", name)
		}
	}
}

func TestTimes(t *testing.T) {
	s := plot.Times("threads", []int{2, 1}, [][]time.Duration{{500, 400}, {1000, 900, 1300}})
	want := [][]float64{{2, 2.5}, {1, 1000.0 / 900, 1000.0 / 1300}}
	for i := range want {
		if !slices.Equal(s.Speedups[i], want[i]) {
			t.Errorf("with %d workers: %v, want %v", s.Workers[i], s.Speedups[i], want[i])
		}
	}
}

// TestCeiling can't say how fast this computer is, but that it is measured.
func TestCeiling(t *testing.T) {
	s := plot.Ceiling([]int{1, 2}, 2)
	if len(s.Speedups) != 2 || len(s.Speedups[0]) != 2 || len(s.Speedups[1]) != 2 {
		t.Fatalf("got %v", s)
	}
	for i, reps := range s.Speedups {
		for _, v := range reps {
			if !(v > 0 && v < 50) {
				t.Errorf("%d workers: %v", s.Workers[i], v)
			}
		}
	}
	if f := plot.Speedup(s); !strings.HasPrefix(f.Caption, "This machine itself gives ") {
		t.Errorf("%q", f.Caption)
	}
}

// TestAnything draws timelines of events at random: whatever was recorded, there is a figure.
func TestAnything(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 100 {
		r := timeline.NewRecorder(64, timeline.Info{Cores: random.IntN(3), Interval: int64(random.IntN(3)) * 1000,
			Virtual: true})
		threads := random.IntN(20)
		for i := range threads {
			r.Thread(timeline.Thread{Name: strings.Repeat("long name ", i%5), PID: random.IntN(5),
				TID: int64(random.IntN(2)), GIL: []string{"", "GIL", "other"}[random.IntN(3)]})
		}
		for range random.IntN(200) {
			r.Add(timeline.Event{At: random.Int64N(1 << random.IntN(63)), Thread: int32(random.IntN(threads + 2)),
				Other:  int32(random.IntN(threads + 2)),
				Kind:   timeline.Kind(random.IntN(int(timeline.Mark) + 3)),
				Object: r.Name([]string{"", "a", "b"}[random.IntN(3)])})
		}
		tl := r.Snapshot()
		for name, f := range map[string]*plot.Figure{"GIL": plot.GIL(tl), "Waits": plot.Waits(tl),
			"Compare": plot.Compare(tl, turns(1), nil)} {
			if _, err := json.Marshal(f.Spec()); err != nil {
				t.Errorf("%s of %d: %v", name, n, err)
			}
			if n%30 == 0 && len(f.PNG()) == 0 {
				t.Errorf("%s of %d: no picture", name, n)
			}
			for line := range strings.Lines(f.String()) {
				if c := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); c > 100 {
					t.Errorf("%s of %d: a line of %d columns: %s", name, n, c, line)
				}
			}
		}
	}
}
