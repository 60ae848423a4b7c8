//go:build unix

package process_test

import (
	"testing"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
	"gilkernel/runtime/process/processtest"
)

// BenchmarkSemaphore acquires and releases a lock that no other thread wants.
func BenchmarkSemaphore(b *testing.B) {
	for name, real := range map[string]bool{"simulated": false, "real": true} {
		b.Run(name, func(b *testing.B) {
			w, err := processtest.Open(real, "3.13", 1)
			if err != nil {
				b.Fatal(err)
			}
			defer w.System.End()
			err = w.Run(func(t *machine.Thread) {
				m, err := w.System.NewSemaphore(t, process.Counting, 1, 1, "Lock-1")
				if err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					m.Acquire(t, -1)
					_ = m.Release(t) // it is held
				}
			})
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}
