//go:build unix

package linear

// This file checks the histories of pools.

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"gilkernel/runtime/machine"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/process/processtest"
)

// counters holds the counter of each process of a pool, by process, because simulated processes share this variable.
var counters sync.Map // *mp.Process → *mp.Value

func prepare(v *mp.Value) { counters.Store(mp.CurrentProcess(), v) }

// ticket is the task of a pool: it takes the next number.
func ticket() (n int) {
	c, _ := counters.Load(mp.CurrentProcess())
	v := c.(*mp.Value)
	v.With(func() {
		n = v.Int() + 1
		v.SetValue(n)
	})
	return n
}

// tickets runs n tasks in a pool, at most clients at once, and returns when each was submitted and when its result
// came.
func tickets(n int) (h []event) {
	v := mp.NewValue("i", 0)
	p := mp.NewPool(clients, mp.Initializer(prepare, v))
	defer p.Terminate()
	var results [clients]*mp.AsyncResult
	var calls [clients]int64
	for i := range n + clients {
		id := i % clients
		if r := results[id]; r != nil {
			out := r.Get().(int)
			h = append(h,
				event{Client: id, Op: "add", Arg: 1, Out: out, Call: calls[id], Return: time.Now().UnixNano()})
		}
		if i < n {
			calls[id] = time.Now().UnixNano()
			results[id] = p.ApplyAsync(ticket)
		}
	}
	now := time.Now().UnixNano()
	return append(h, event{Op: "read", Out: v.Int(), Call: now, Return: now + 1})
}

// Each task of a pool runs once: the numbers that tasks take have no gaps, and none is taken twice.
func TestPoolIsLinearizable(t *testing.T) {
	for _, real := range []bool{true, false} {
		t.Run(fmt.Sprintf("real=%v", real), func(t *testing.T) {
			const n = 100
			var h []event
			w := processtest.NewWorld(t, real, "3.13", 1)
			if err := w.Run(func(*machine.Thread) { h = tickets(n) }); err != nil {
				t.Fatal(err)
			}
			if len(h) != n+1 {
				t.Fatalf("the history has %d operations", len(h))
			}
			for _, row := range []struct {
				name   string
				damage func(h []event) []event
				want   porcupine.CheckResult
			}{
				{"nothing", func(h []event) []event { return h }, porcupine.Ok},
				{"a task done twice", func(h []event) []event {
					for i := range h {
						if h[i].Out > n/2 {
							h[i].Out++
						}
					}
					return h
				}, porcupine.Illegal},
				{"a result of another task", repeat("add"), porcupine.Illegal},
				{"a lost task", func(h []event) []event { return slices.Delete(h, n/2, n/2+1) }, porcupine.Illegal},
			} {
				if got := porcupine.CheckOperationsTimeout(numberModel, operations(row.damage(slices.Clone(h)), ""),
					30*time.Second); got != row.want {
					t.Errorf("damaged by %s: the history is %s", row.name, got)
				}
			}
		})
	}
}
