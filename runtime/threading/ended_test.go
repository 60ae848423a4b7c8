package threading_test

// This file tests that a thread's lane in the timeline ends with the thread.

import (
	"testing"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// A thread that ends wakes the one that joins it, and may lose its core to it: it isn't at work again when it gets the
// core back.
func TestLanesEndWithTheirThreads(t *testing.T) {
	for _, version := range []string{"2.7", "3.9", "3.13", "3.14t"} {
		for seed := range uint64(20) {
			for _, cores := range []int{1, 2} {
				rec := timeline.NewRecorder(1<<12, timeline.Info{})
				m, err := machine.Simulate(&machine.Options{Cores: cores, Seed: seed, Recorder: rec})
				if err != nil {
					t.Fatal(err)
				}
				in, err := gil.New(m, &gil.Options{Version: version})
				if err != nil {
					t.Fatal(err)
				}
				err = threading.Main(in).Run(func(*machine.Thread) {
					var all []*threading.Thread
					for range 3 {
						th := threading.NewThread(func() { gil.Work(2 * time.Millisecond) })
						th.Start()
						all = append(all, th)
					}
					for _, th := range all {
						th.Join()
					}
				})
				if err != nil {
					t.Fatal(err)
				}
				ended := map[int32]bool{}
				for _, e := range rec.SnapshotAt(int64(m.Now())).Events {
					if ended[e.Thread] && e.Kind.IsState() {
						t.Fatalf("%s, %d cores, seed %d: thread %d is in state %q after its end", version, cores, seed,
							e.Thread, e.Kind)
					}
					ended[e.Thread] = ended[e.Thread] || e.Kind.IsEnd()
				}
			}
		}
	}
}
