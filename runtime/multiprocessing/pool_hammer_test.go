//go:build unix

package multiprocessing_test

import (
	"os"
	"runtime"
	"slices"
	"testing"

	"gilkernel/runtime/machine"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/process/processtest"
)

// With 64 workers and many tasks, no result is lost, no task runs twice, and memory doesn't grow. With
// GILKERNEL_HAMMER=1 it runs 100,000 tasks of each kind.
func TestManyTasks(t *testing.T) {
	workers, tasks := 64, 10_000
	if os.Getenv("GILKERNEL_HAMMER") == "1" {
		tasks = 100_000
	}
	w := processtest.NewWorld(t, true, "3.13", 1)
	err := w.Run(func(*machine.Thread) {
		done := mp.NewArray("i", tasks, mp.UseLock(nil))
		p := mp.NewPool(workers, mp.Initializer(prepareCount, done))
		defer p.Terminate()
		check := func(kind string, got []any, times int) {
			if len(got) != tasks {
				t.Fatalf("%s: %d results", kind, len(got))
			}
			for i, v := range got {
				if v != i*i {
					t.Fatalf("%s: result %d is %v", kind, i, v)
				}
				if n := done.Get(i); n != times {
					t.Fatalf("%s: task %d was done %v times, not %d", kind, i, n, times)
				}
			}
		}
		heap := func() uint64 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		check("map", p.Map(count, tasks, mp.Chunksize(1)), 1)
		before := heap()
		check("map in chunks", p.Map(count, tasks), 2)
		var list []any
		for v := range p.Imap(count, tasks) {
			list = append(list, v)
		}
		check("imap", list, 3)
		list = list[:0]
		for v := range p.ImapUnordered(count, tasks, mp.Chunksize(7)) {
			list = append(list, v)
		}
		slices.SortFunc(list, func(a, b any) int { return a.(int) - b.(int) })
		check("imap unordered", list, 4)
		results := make([]*mp.AsyncResult, tasks)
		for i := range results {
			results[i] = p.ApplyAsync(count, i)
		}
		for i, r := range results {
			list[i] = r.Get()
		}
		check("apply", list, 5)
		results, list = nil, nil
		if after := heap(); after > before+8<<20 {
			t.Errorf("the heap had %d bytes, and after %d tasks %d", before, 4*tasks, after)
		}
		p.Close()
		p.Join()
	})
	if err != nil {
		t.Fatal(err)
	}
}

func prepareCount(a *mp.Array) { gates.Store(mp.CurrentProcess(), a) }

func count(i int) int {
	a, _ := gates.Load(mp.CurrentProcess())
	list := a.(*mp.Array)
	list.Set(i, list.Get(i).(int)+1)
	return i * i
}
