package socketserver_test

// This file defines how fast servers are on the simulated network with many clients at once.

import (
	"fmt"
	"testing"

	"gilkernel/runtime/socketserver"
)

// BenchmarkClientsAtOnce is what a client of the talk costs, of so many that come at once to a server with a thread for
// each: all these threads want one GIL.
func BenchmarkClientsAtOnce(b *testing.B) {
	for _, n := range []int{250, 1000, 4000} {
		b.Run(fmt.Sprintf("clients=%d", n), func(b *testing.B) {
			for b.Loop() {
				w := newWorld(b, kind{simulated: true, cores: 4, seed: 1})
				if err := w.run(func() {
					talk(b, socketserver.NewThreadingTCPServer, framedServer(func() {}), framedClient, n,
						socketserver.RequestQueueSize(4096))
				}); err != nil {
					b.Fatal(err)
				}
				w.stop()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/client")
		})
	}
}
