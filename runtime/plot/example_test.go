package plot_test

import (
	"fmt"
	"time"

	"gilkernel/runtime/plot"
	"gilkernel/runtime/timeline"
)

func ExampleGIL() {
	rec := timeline.NewRecorder(0, timeline.Info{Title: "two threads", Cores: 2, Virtual: true})
	a := rec.Thread(timeline.Thread{Name: "a", PID: 1, GIL: "GIL"})
	b := rec.Thread(timeline.Thread{Name: "b", PID: 1, GIL: "GIL"})
	for _, e := range []timeline.Event{
		{At: 0, Thread: a, Kind: timeline.Run}, {At: 0, Thread: b, Kind: timeline.WaitGIL},
		{At: 10_000_000, Thread: a, Kind: timeline.WaitGIL}, {At: 10_000_000, Thread: b, Kind: timeline.Run},
		{At: 20_000_000, Thread: a, Kind: timeline.Run}, {At: 20_000_000, Thread: b, Kind: timeline.Done},
		{At: 25_000_000, Thread: a, Kind: timeline.Done},
	} {
		rec.Add(e)
	}
	fmt.Print(plot.GIL(rec.Snapshot()))
	// Output:
	// two threads: 2 cores, simulated
	// Two threads took turns: at any moment at most one held the GIL, and they waited for it 44 % of the
	// time.
	// All work (25.0 ms) spread evenly over 2 cores would take 12.5 ms at best; it took 25.0 ms.
	//
	//                    0 to 25.0 ms                                          held waited max wait  turns
	// holds GIL          1111111111111111111112222222222222222222221111111111
	// T1 a               RRRRRRRRRRRRRRRRRRRRrWWWWWWWWWWWWWWWWWWWWwRRRRRRRRRR  60 %   40 %  10.0 ms      1
	// T2 b               WWWWWWWWWWWWWWWWWWWWwRRRRRRRRRRRRRRRRRRRRR            50 %   50 %  10.0 ms      1
	// cores busy         1111111111111111111111111111111111111111111111111111
	//
	// R run; W wait for GIL; small: not all of the column
}

func ExampleSpeedup() {
	ms := time.Millisecond
	// or plot.Ceiling(nil, 0)
	ceiling := plot.Series{Name: "ceiling", Workers: []int{1, 2, 4}, Speedups: [][]float64{{1}, {1.95}, {3.6}}}
	threads := plot.Times("threads", []int{1, 2, 4},
		[][]time.Duration{{800 * ms, 810 * ms, 795 * ms}, {815 * ms}, {830 * ms}})
	free := plot.Times("free-threaded", []int{1, 2, 4}, [][]time.Duration{{900 * ms}, {480 * ms}, {270 * ms}})
	fmt.Print(plot.Speedup(ceiling, threads, free))
	// Output:
	// Speed-up: how many times as fast as one worker, median (lowest to highest)
	// Threads reached 0.96× with 4 workers (Amdahl's serial part 100 %); free-threaded reached 3.33× with
	// 4 workers (Amdahl's serial part 3 %); this machine itself gives 3.60× with 4 workers.
	//
	// workers           threads     free-threaded           ceiling
	//       1 1.00× (0.988–1.01)             1.00×             1.00×
	//       2             0.98×             1.88×             1.95×
	//       4             0.96×             3.33×             3.60×
	//  serial             100 %               3 %
}
