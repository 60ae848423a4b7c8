//go:build unix

package multiprocessing_test

// This file tests pools that have many more workers than the computer has cores.

import (
	"runtime"
	"testing"

	"gilkernel/runtime/machine"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/process/processtest"
)

func prepareMeeting(there, b *mp.Barrier) {
	gates.Store(mp.CurrentProcess(), b)
	there.Wait()
}

// meet returns once as many tasks are under way as there are workers.
func meet(x int) int {
	b, _ := gates.Load(mp.CurrentProcess())
	b.(*mp.Barrier).Wait()
	return x
}

// Tasks that wait for each other need all workers of a large pool, though only some workers are woken immediately.
func TestLargePoolWakesAllWorkers(t *testing.T) {
	n := 4*runtime.NumCPU() + 4
	w := processtest.NewWorld(t, true, "3.13", 1)
	err := w.Run(func(*machine.Thread) {
		there := mp.NewBarrier(n + 1)
		p := mp.NewPool(n, mp.Initializer(prepareMeeting, there, mp.NewBarrier(n)))
		defer p.Terminate()
		there.Wait()
		for range 3 {
			for i, v := range p.Map(meet, n, mp.Chunksize(1)) {
				if v != i {
					t.Errorf("task %d returned %v", i, v)
				}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
