package plot_test

// This file defines the tests of the pictures: what is in them, not how each pixel is.

import (
	"bytes"
	"encoding/json"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

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
			bundle, _ := json.Marshal(map[string]any{"data": display.Encode(data), "metadata": metadata})
			for ext, b := range map[string][]byte{".png": data["image/png"].([]byte), ".vl.json": spec, ".bundle.json": bundle} {
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
		"turns": {turns(300), "Two threads took turns: at any moment at most one held the GIL, and they waited for it 50 % of the time."},
		"empty": {nil, "Nothing was recorded."},
	} {
		if got := plot.GIL(row.tl).Caption; got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}
