package futures_test

// This file tests pools whose workers are killed, as the threads of an interrupted cell are.

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"gilkernel/runtime/futures"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/queue"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

// Each call is made, whether its Submit comes before or after the kill, and as many at once as the pool allows.
func TestKilledWorkers(t *testing.T) {
	for _, version := range []string{"3.7", "3.8", "3.11", "3.12", "3.14", "3.14t"} {
		for _, real := range []bool{false, true} {
			for seed := range uint64(5) {
				t.Run(fmt.Sprintf("%s/real=%v/%d", version, real, seed), func(t *testing.T) {
					t.Parallel()
					err := twin.NewWorld(t, real, version, seed).Run(func() {
						for _, late := range []bool{false, true} {
							killWorkers(t, late)
						}
						killStubborn(t)
					})
					if err != nil {
						t.Fatal(err)
					}
				})
			}
		}
	}
}

// killWorkers kills the idle workers of a pool just before it gets more calls, or just after.
func killWorkers(t *testing.T, late bool) {
	const max = 3
	ex := futures.NewThreadPoolExecutor(max)
	var found []*futures.Future
	all := threading.NewBarrier(max)
	for range max {
		found = append(found, ex.Submit(func() *machine.Thread {
			all.Wait() // so that no worker gets two of the calls
			return machine.Current()
		}))
	}
	var workers []*machine.Thread
	for _, f := range found {
		v, _ := f.Result()
		workers = append(workers, v.(*machine.Thread))
	}
	for slices.ContainsFunc(workers, func(w *machine.Thread) bool { return !w.Waits() }) {
		machine.Current().Sleep(time.Millisecond)
	}
	kill := func() {
		for _, w := range workers {
			w.Kill(&machine.Stopped{Reason: context.Canceled})
		}
	}
	if !late {
		kill()
	}
	var calls []*futures.Future
	for i := range max {
		calls = append(calls, ex.Submit(func() int {
			if !late {
				all.Wait()
			}
			return i
		}))
	}
	if late {
		kill()
	}
	for i, f := range calls {
		v, err := f.Result(futures.Timeout(time.Minute))
		if late && err != nil && f.Done() {
			continue // the worker had begun the call
		}
		if v != i || err != nil {
			t.Fatalf("late %v, call %d: got %v, %v, want %d", late, i, v, err, i)
		}
	}
	ex.Shutdown()
}

// killStubborn kills workers in calls that take their time to end. No other call waits for that.
func killStubborn(t *testing.T) {
	const max = 2
	ex := futures.NewThreadPoolExecutor(max)
	end := threading.NewEvent()
	began := queue.NewSimpleQueue()
	for range max {
		ex.Submit(func() {
			defer end.Wait()
			began.Put(machine.Current())
			end.Wait()
		})
	}
	for range max {
		began.Get().(*machine.Thread).Kill(&machine.Stopped{Reason: context.Canceled})
	}
	for i := range 2 * max {
		v, err := ex.Submit(func() int { return i }).Result(futures.Timeout(time.Minute))
		if v != i || err != nil {
			t.Fatalf("call %d beside stubborn ones: got %v, %v, want %d", i, v, err, i)
		}
	}
	end.Set()
	ex.Shutdown()
}
