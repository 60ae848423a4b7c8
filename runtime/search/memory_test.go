package search_test

// This file holds the memory of a search against the number of its schedules.

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/search"
)

// heapAt makes a search of so many runs, and returns the live heap in bytes at each of the numbers of runs.
func heapAt(t testing.TB, o *search.Options, states int, at ...int) (heap []uint64, rep *search.Report) {
	run := python(t, "3.9", adders(3, 4, false))
	runs := 0
	counting := func(e machine.Explorer) search.Outcome {
		if runs++; len(heap) < len(at) && runs == at[len(heap)] {
			runtime.GC()
			runtime.GC() // what finalizers and pools keep
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			heap = append(heap, m.HeapAlloc)
		}
		return run(e)
	}
	stop := make(chan struct{})
	o.Stop = stop
	last := at[len(at)-1]
	rep, _ = search.SearchKnowing(o, states, func(e machine.Explorer) search.Outcome {
		if runs == last {
			close(stop)
		}
		return counting(e)
	})
	if len(heap) < len(at) {
		t.Fatalf("the search ended after %d runs", runs)
	}
	return heap, rep
}

// TestFlatMemory holds the heap of a search that remembers few states and ends after 20,000 runs against that after
// 2,000. Its answer says that it has counted some schedules more than once.
func TestFlatMemory(t *testing.T) {
	heap, rep := heapAt(t, &search.Options{Preemptions: 40, All: true, Schedules: 1e6}, 512, 2_000, 20_000)
	const page = 256 << 10 // what the test's own memory, such as that of goroutines, may grow by
	if heap[1] > heap[0]+page {
		t.Errorf("%d bytes after 2,000 runs, %d after 20,000", heap[0], heap[1])
	}
	if !rep.Forgot || rep.Complete {
		t.Errorf("forgot %v, complete %v", rep.Forgot, rep.Complete)
	}
}

// TestMemo puts more hashes into a memory than it can keep.
func TestMemo(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, most := range []int{0, 1, 7, 8, 100, 1 << 12} {
		m := search.NewMemo(most)
		all := map[uint64]int32{0: 0}
		m.Put(0, 0)
		for i := range int32(3 * most) {
			h := rng.Uint64() >> (i % 8)
			m.Put(h, i)
			all[h] = i
			if n, ok := m.Get(h); most >= 8 && (!ok || n != i) {
				t.Fatalf("%d of %d: %d %v", i, most, n, ok)
			}
		}
		kept := 0
		for h, want := range all {
			n, ok := m.Get(h)
			if ok && n != want {
				t.Errorf("%d instead of %d", n, want)
			}
			if ok {
				kept++
			}
		}
		if kept > most || m.Lost() < len(all)-kept || most >= 100 && kept < most/4 {
			t.Errorf("%d of %d kept, %d lost, at most %d", kept, len(all), m.Lost(), most)
		}
	}
	few := search.NewMemo(1 << 12)
	for i := range int32(1 << 9) {
		few.Put(rng.Uint64(), i)
	}
	if few.Lost() != 0 {
		t.Errorf("%d lost of few", few.Lost())
	}
}

// BenchmarkMemory reports the live heap of a search after 10,000 and after 100,000 runs, and after 300,000.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		heap, _ := heapAt(b, &search.Options{Preemptions: 40, All: true, Schedules: 1e6}, 1<<20, 10_000, 100_000,
			300_000)
		for i, n := range []string{"10,000", "100,000", "300,000"} {
			b.ReportMetric(float64(heap[i])/(1<<20), "MB-at-"+n)
		}
	}
}
