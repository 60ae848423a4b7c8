package plot_test

// This file tests what is said of threads that share one core.

import (
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
	for cores, want := range map[int]string{1: "took turns: at any moment at most one ran, though there is no GIL to wait for.", 2: "ran side by side"} {
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
