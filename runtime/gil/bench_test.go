package gil_test

// This file defines how fast a simulated machine is when thousands of threads want one GIL.

import (
	"fmt"
	"testing"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// BenchmarkWokenTogether is how long a thread takes, of thousands that are woken by one event, to get the GIL, to run
// for a little and to end. What a thread takes must not depend on how many there are by more than the model says: each
// asks for the GIL every 5 ms.
func BenchmarkWokenTogether(b *testing.B) {
	for _, version := range []string{"2.7", "3.13"} {
		for _, n := range []int{500, 1000, 2000, 4000} {
			b.Run(fmt.Sprintf("python=%s/threads=%d", version, n), func(b *testing.B) {
				for b.Loop() {
					w := newWorld(b, true, machine.Options{Cores: 4}, gil.Options{Version: version})
					var event machine.Word
					w.run(b, func(main *machine.Thread) {
						var all []*machine.Thread
						for range n {
							all = append(all, main.Go("worker", func(t *machine.Thread) {
								t.Detach()
								for event.Load(t) == 0 {
									t.Wait(&event, 0, forever, machine.Why{Kind: timeline.WaitEvent})
								}
								t.Attach()
								t.CheckN(1000)
							}))
						}
						main.Sleep(1000 * ms)
						event.Store(main, 1)
						event.Wake(main, n)
						for _, t := range all {
							t.Join(main, forever)
						}
					})
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/thread")
			})
		}
	}
}
