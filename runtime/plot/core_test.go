package plot_test

// This file tests what is said of threads that share one core.

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/plot"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// Without a GIL two threads still take turns if there is only one core for both.
func TestTurnsOnOneCore(t *testing.T) {
	for cores, want := range map[int]string{1: "took turns: at any moment at most one ran, though there is no GIL to " +
		"wait for.", 2: "ran side by side"} {
		rec := timeline.NewRecorder(1<<12, timeline.Info{})
		m, err := machine.Simulate(&machine.Options{Cores: cores, Recorder: rec})
		if err != nil {
			t.Fatal(err)
		}
		in, err := gil.New(m, &gil.Options{Version: "3.14t"})
		if err != nil {
			t.Fatal(err)
		}
		err = threading.Main(in).Run(func(*machine.Thread) {
			a := threading.NewThread(func() { gil.Work(20 * time.Millisecond) })
			b := threading.NewThread(func() { gil.Work(20 * time.Millisecond) })
			a.Start()
			b.Start()
			a.Join()
			b.Join()
		})
		if err != nil {
			t.Fatal(err)
		}
		tl := rec.SnapshotAt(int64(m.Now()))
		tl.Info = in.Info()
		if got := plot.GIL(tl).Caption; !strings.Contains(got, want) {
			t.Errorf("%d cores: %q, without %q", cores, got, want)
		}
	}
}

// Threads that wait together are said to wait, not to be one thread at work; and what is too small to be seen doesn't
// make a picture coarse.
func TestSentenceOfWaits(t *testing.T) {
	const ms = time.Millisecond
	for want, waits := range map[string][]time.Duration{
		"Ten threads mostly waited, several at a time: 0.00 cores were busy on average, and no thread waited long " +
			"for a GIL.": {200 * ms, 200 * ms, 200 * ms, 200 * ms, 200 * ms, 200 * ms, 200 * ms, 200 * ms, 200 * ms,
			200 * ms},
		"T2 sleeper 1 mostly waited: 0.00 cores were busy on average, and no thread waited long for a GIL.": {100 * ms},
	} {
		rec := timeline.NewRecorder(1<<12, timeline.Info{})
		m, err := machine.Simulate(&machine.Options{Cores: 2, Recorder: rec})
		if err != nil {
			t.Fatal(err)
		}
		in, err := gil.New(m, &gil.Options{Version: "3.13"})
		if err != nil {
			t.Fatal(err)
		}
		err = threading.Main(in).Run(func(*machine.Thread) {
			var all []*threading.Thread
			for i, d := range waits {
				w := threading.NewThread(func() { machine.Current().Sleep(d) },
					threading.Name(fmt.Sprint("sleeper ", i+1)))
				w.Start()
				all = append(all, w)
			}
			for _, w := range all {
				w.Join()
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		tl := rec.SnapshotAt(int64(m.Now()))
		tl.Info = in.Info()
		f := plot.GIL(tl)
		if f.Caption != want {
			t.Errorf("%d waits: %q, not %q", len(waits), f.Caption, want)
		}
		spec, err := json.Marshal(f.Spec())
		if err != nil || strings.Contains(string(spec), "too many") {
			t.Errorf("%d waits: a coarse picture, %v", len(waits), err)
		}
	}
}
