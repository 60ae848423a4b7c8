package plot_test

// This file defines the tests of the pictures: what is in them, not how each pixel is.

import (
	"bytes"
	"encoding/json"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"gilkernel/runtime/display"
	"gilkernel/runtime/plot"
	"gilkernel/runtime/timeline"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const ms = 1_000_000

// turns is two threads that take turns under a GIL, n times each.
func turns(n int) *timeline.Timeline {
	r := timeline.NewRecorder(0, timeline.Info{Title: "two workers", Python: "3.13", Model: "modern", Cores: 2, Interval: 5 * ms, Virtual: true})
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
	path := filepath.Join("testdata", "turns.txt")
	got := plot.GIL(turns(3)).String()
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
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestBundle(t *testing.T) {
	for name, tl := range map[string]*timeline.Timeline{"turns": turns(3), "many": turns(400), "very many": turns(9000), "empty": {}, "nil": nil} {
		f := plot.GIL(tl)
		data, metadata := display.Bundle(f)
		if data["text/plain"] == "" || f.Caption == "" {
			t.Errorf("%s: no text", name)
		}
		img, err := png.Decode(bytes.NewReader(data["image/png"].([]byte)))
		if err != nil {
			t.Fatal(err)
		}
		size := metadata["image/png"].(map[string]any)
		if b := img.Bounds(); b.Dx() != 2*size["width"].(int) || b.Dy() != 2*size["height"].(int) {
			t.Errorf("%s: %v for %v", name, b, size)
		}
		if _, _, _, a := img.At(0, 0).RGBA(); a != 0xffff {
			t.Errorf("%s: the paper can be seen through", name)
		}
		spec, err := json.Marshal(data["application/vnd.vegalite.v5+json"])
		if err != nil || len(spec) > 300_000 {
			t.Errorf("%s: a specification of %d bytes, %v", name, len(spec), err)
		}
		if dir := os.Getenv("PLOT_OUT"); dir != "" { // to be looked at
			os.WriteFile(filepath.Join(dir, name+".png"), data["image/png"].([]byte), 0o644)
			os.WriteFile(filepath.Join(dir, name+".vl.json"), spec, 0o644)
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
		"turns": {turns(300), "Two threads took turns: at any moment at most one held the GIL, and they waited for it 50 % of the time."},
		"empty": {nil, "Nothing was recorded."},
	} {
		if got := plot.GIL(row.tl).Caption; got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

func TestWaits(t *testing.T) {
	for name, row := range map[string]struct {
		tl   *timeline.Timeline
		want string
	}{
		"turns": {turns(3), "Of 6 waits for the GIL half took 5.00 ms or less; the longest took 5.00 ms."},
		"nil":   {nil, "Nobody waited for the GIL."},
	} {
		f := plot.Waits(row.tl)
		if f.Caption != row.want || len(f.PNG()) == 0 {
			t.Errorf("%s: %q, want %q", name, f.Caption, row.want)
		}
		if dir := os.Getenv("PLOT_OUT"); dir != "" {
			os.WriteFile(filepath.Join(dir, "waits-"+name+".png"), f.PNG(), 0o644)
		}
	}
}
