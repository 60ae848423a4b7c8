package main

// This file defines the rows: what is measured, and its bounds.

import "cmp"

// ask runs an experiment on one of the platforms.
type ask func(name string, a args) ([]float64, error)

// value is one number of a row.
type value struct {
	name     string
	unit     string
	low, max float64 // accepted
	info     bool    // nothing is asked of it
	apart    bool    // the cells have no bounds
	own      bool    // the real machine, which does this in its own way, has no bounds
	cpython  string  // the reference figure, for computers without such a CPython
}

// row is a comparison.
type row struct {
	id       string
	what     string
	versions []string // each is measured
	cores    int      // 0: as many as there are; 2 on a simulated machine
	values   []value
	measure  func(ask ask) ([]float64, error)
	info     bool // no bounds: it is only shown
}

// sizes holds the lengths of experiments. Short ones are for tests.
type sizes struct {
	turns   int     // of a countdown
	updates int     // of a counter
	naps    int     // at small intervals
	seconds float64 // of what lasts
}

func (s sizes) napsAt(interval float64) int { return max(int(float64(s.naps)/(1+interval/4)), 9) }

var intervals = []float64{0.5, 1, 5, 20, 100}

// rows returns the table. Ids, texts and bounds of G1 to G20 are the project's acceptance rows.
func rows(s sizes) []row {
	one := func(name string, a args) func(ask) ([]float64, error) {
		return func(f ask) ([]float64, error) { return f(name, a) }
	}
	// line fits one of an experiment's results against the switch interval.
	line := func(name string, which int, more func(interval float64) args) func(ask) ([]float64, error) {
		return func(f ask) ([]float64, error) {
			var ys []float64
			for _, i := range intervals {
				a := more(i)
				a["ms"] = i
				v, err := f(name, a)
				if err != nil {
					return nil, err
				}
				ys = append(ys, v[which])
			}
			k, d := slope(intervals, ys)
			return []float64{k, d}, nil
		}
	}
	ratio := func(name string, which int, a, b args) func(ask) ([]float64, error) {
		return func(f ask) ([]float64, error) {
			x, err := f(name, a)
			if err != nil {
				return nil, err
			}
			y, err := f(name, b)
			if err != nil {
				return nil, err
			}
			return []float64{x[which] / y[which]}, nil
		}
	}
	forms := func(kind string, n int) func(ask) ([]float64, error) {
		return func(f ask) (list []float64, err error) {
			for _, form := range []string{"one", "threads", "processes"} {
				v, err := f("servers", args{"kind": kind, "form": form, "k": 3, "n": n})
				if err != nil {
					return nil, err
				}
				list = append(list, v[0])
			}
			return []float64{list[1] / list[0], list[2] / list[0]}, nil
		}
	}
	return []row{
		{id: "G1", what: "two CPU threads, same total work, over one; modern GIL",
			versions: []string{"3.6", "3.11", "3.13"},
			values:   []value{{low: 0.85, max: 1.25, cpython: "0.86 to 1.16"}},
			measure:  one("threads", args{"k": 2, "n": s.turns})},
		{id: "G2", what: "the same, legacy GIL, 2 cores", versions: []string{"2.7"},
			values: []value{{low: 1.5, max: 3, cpython: "2.18"}}, measure: one("threads", args{"k": 2, "n": s.turns})},
		{id: "G3", what: "the same, legacy GIL, 1 core", versions: []string{"2.7"}, cores: 1,
			values:  []value{{low: 0.85, max: 1.25, cpython: "0.96"}},
			measure: one("threads", args{"k": 2, "n": s.turns, "cores": 1})},
		{id: "G4", what: "the same, free-threaded, 2 cores", versions: []string{"3.14t", "3.13t"},
			values:  []value{{low: 0.45, max: 0.75, cpython: "0.49 to 0.67"}},
			measure: one("threads", args{"k": 2, "n": s.turns})},
		{id: "G5", what: "two processes, same total work, over one; start-up excluded", versions: []string{"3.11"},
			values:  []value{{low: 0.45, max: 0.85, cpython: "0.52 to 0.81"}},
			measure: one("processes", args{"k": 2, "n": s.turns})},
		{id: "G6", what: "wake-up latency beside a CPU thread against the switch interval: slope, intercept",
			versions: []string{"3.11", "3.13"},
			values: []value{
				{low: 0.95, max: 1.05, cpython: "1.00"},
				{name: "intercept", unit: "ms", max: 0.4, cpython: "0.10 to 0.25"},
			},
			measure: line("wake", 0, func(i float64) args { return args{"cpu": 1, "n": s.napsAt(i)} })},
		{id: "G7", what: "wake-up latency alone", versions: []string{"3.11"},
			values:  []value{{unit: "ms", max: 0.3, cpython: "0.07 to 0.10"}},
			measure: one("wake", args{"ms": 5, "cpu": 0, "n": s.naps})},
		{id: "G8", what: "time that a CPU thread holds the GIL over the interval, at 5, 20, 100 ms",
			versions: []string{"3.11", "3.13"},
			values: []value{
				{name: "5 ms", low: 0.98, max: 1.08, cpython: "1.00 to 1.03"},
				{name: "20 ms", low: 0.98, max: 1.08, cpython: "1.00 to 1.03"},
				{name: "100 ms", low: 0.98, max: 1.08, cpython: "1.00 to 1.03"},
			},
			measure: func(f ask) (list []float64, err error) {
				for _, i := range []float64{5, 20, 100} {
					v, err := f("hold", args{"ms": i, "k": 2, "seconds": s.seconds * (0.5 + i/40)})
					if err != nil {
						return nil, err
					}
					list = append(list, v[0]/i)
				}
				return list, nil
			}},
		{id: "G9", what: "GIL switches a second with 8 CPU threads over those with 2",
			versions: []string{"3.11", "3.13"},
			values:   []value{{low: 0.85, max: 1.15, cpython: "0.93 to 1.07"}},
			measure: ratio("hold", 1, args{"ms": 5, "k": 8, "seconds": s.seconds},
				args{"ms": 5, "k": 2, "seconds": s.seconds})},
		{id: "G10", what: "convoy: round trips a second beside a CPU thread times the interval (5 ms)",
			versions: []string{"3.11", "3.13"},
			values:   []value{{low: 0.6, max: 1, cpython: "0.72 to 0.83"}},
			measure: func(f ask) ([]float64, error) {
				v, err := f("echo", args{"ms": 5, "cpu": 1, "seconds": s.seconds})
				if err != nil {
					return nil, err
				}
				return []float64{v[0] * 0.005}, nil
			}},
		{id: "G11", what: "round-trip time beside a CPU thread against the switch interval: slope",
			versions: []string{"3.11"},
			values: []value{
				{low: 0.93, max: 1.07, cpython: "1.00"},
				{name: "intercept", unit: "ms", info: true, cpython: "0.1 to 0.3"},
			},
			measure: line("echo", 1,
				func(i float64) args { return args{"cpu": 1, "seconds": s.seconds * (0.3 + i/60)} })},
		{id: "G12", what: "round trips a second beside a CPU thread over alone; legacy GIL, 2 cores",
			versions: []string{"2.7"},
			values:   []value{{low: 0.5, max: 2, cpython: "1.3"}},
			measure: ratio("echo", 0, args{"cpu": 1, "ms": 0, "seconds": s.seconds},
				args{"cpu": 0, "ms": 0, "seconds": s.seconds})},
		{id: "G13", what: "the same, free-threaded", versions: []string{"3.14t"},
			values: []value{{low: 0.7, max: 8, cpython: "3 to 6"}},
			measure: ratio("echo", 0, args{"cpu": 1, "ms": 0, "seconds": s.seconds},
				args{"cpu": 0, "ms": 0, "seconds": s.seconds})},
		{id: "G14", what: "legacy GIL: switches a second at check interval 100 over 1,000", versions: []string{"2.7"},
			// In cells a turn takes longer, and 1,000 ticks longer than the other thread needs to wake and miss the
			// lock.
			values: []value{{low: 6, max: 18, apart: true, cpython: "11.8"}},
			measure: ratio("hold", 1, args{"ms": 0, "ticks": 100, "k": 2, "seconds": s.seconds},
				args{"ms": 0, "ticks": 1000, "k": 2, "seconds": s.seconds})},
		{id: "G15", what: "share of each of 4 CPU threads: smallest, largest", versions: []string{"3.11"},
			values: []value{
				{name: "smallest", low: 0.15, max: 0.35, cpython: "0.22"},
				{name: "largest", low: 0.15, max: 0.35, cpython: "0.31"},
			}, measure: one("share", args{"k": 4, "seconds": 3 * s.seconds})},
		{id: "G16", what: "lost updates of an unlocked counter += 1", versions: []string{"2.7", "3.6", "3.8"},
			values:  []value{{unit: "%", low: 3, max: 50, cpython: "28 to 35"}},
			measure: one("lost", args{"kind": "plain", "n": s.updates})},
		{id: "G17", what: "the same since 3.10", versions: []string{"3.10", "3.12", "3.13", "3.14"},
			values: []value{{unit: "%", cpython: "0"}}, measure: one("lost", args{"kind": "plain", "n": s.updates})},
		{id: "G18", what: "the same with a call between read and write",
			versions: []string{"3.10", "3.12", "3.13", "3.14"},
			values:   []value{{unit: "%", low: 3, max: 50, cpython: "22 to 37"}},
			measure:  one("lost", args{"kind": "call", "n": s.updates})},
		{id: "G19", what: "the same under a Lock", versions: []string{"2.7", "3.8", "3.11", "3.13", "3.14t"},
			values:  []value{{unit: "%", cpython: "0"}},
			measure: one("lost", args{"kind": "locked", "n": s.updates / 10})},
		{id: "G20", what: "stall of a ticker during a 500 ms native call that keeps the GIL, over the call",
			versions: []string{"2.7", "3.11"},
			values:   []value{{low: 0.9, max: 1.1, cpython: "1.0"}}, measure: one("stall", args{"n": s.turns * 5})},
		{id: "W1", what: "wake-up latency beside 2, 4, 8 CPU threads over that beside one: median, nine in ten",
			versions: []string{"3.8", "3.11", "3.13"},
			values: []value{{name: "2", low: 0.7, max: 5, cpython: "0.8 to 2.7"},
				{name: "4", low: 0.7, max: 8, cpython: "0.8 to 6"}, {name: "8", low: 0.7, max: 15, cpython: "0.8 to 6"},
				{name: "2, p90", low: 1.5, max: 20, cpython: "3 to 8"},
				{name: "4, p90", low: 2, max: 40, cpython: "5 to 16"},
				{name: "8, p90", low: 3, max: 80, cpython: "11 to 29"}},
			measure: func(f ask) ([]float64, error) {
				list := make([]float64, 6)
				one, err := f("wake", args{"ms": 5, "cpu": 1, "n": s.naps})
				for i, k := range []int{2, 4, 8} {
					v, more := f("wake", args{"ms": 5, "cpu": k, "n": s.naps})
					if err = cmp.Or(err, more); err != nil {
						return nil, err
					}
					list[i], list[i+3] = v[0]/one[0], v[1]/one[0]
				}
				return list, nil
			}},
		{id: "W2",
			what: "two threads release a lock and acquire it again at once, and sleep 1 ms with it: the smaller " +
				"share",
			versions: []string{"2.7", "3.8", "3.11", "3.13"},
			values:   []value{{low: 0.03, max: 0.5, cpython: "0.40 to 0.50"}},
			measure:  one("barge", args{"kind": "sleep", "seconds": s.seconds})},
		{id: "W3", what: "the same, and compute for 1 ms with it", versions: []string{"2.7", "3.8", "3.11"},
			values:  []value{{max: 0.5, cpython: "0.001 to 0.49"}},
			measure: one("barge", args{"kind": "compute", "seconds": s.seconds})},
		{id: "W4", what: "the same with a lock that is handed over", versions: []string{"3.13"},
			values:  []value{{low: 0.3, max: 0.5, cpython: "0.39 to 0.49"}},
			measure: one("barge", args{"kind": "compute", "seconds": s.seconds})},

		{id: "P1", what: "two threads, and two processes with their start, same total work, over one thread",
			versions: []string{"2.7", "3.11", "3.13"},
			values: []value{
				{name: "threads", low: 0.85, max: 3, cpython: "0.86 to 1.16; 2.2 in 2.7"},
				{name: "processes", low: 0.45, max: 0.9, cpython: "0.52 to 0.85"},
			},
			measure: func(f ask) ([]float64, error) {
				x, err := f("together", args{"kind": "threads", "k": 2, "n": s.turns})
				if err != nil {
					return nil, err
				}
				y, err := f("together", args{"kind": "processes", "k": 2, "n": s.turns})
				if err != nil {
					return nil, err
				}
				return []float64{x[0], y[0]}, nil
			}},
		{id: "P2", what: "start and join of a process that does nothing: spawn over forkserver, forkserver over fork",
			versions: []string{"3.8", "3.11", "3.13"},
			values: []value{{name: "spawn/forkserver", low: 2.5, max: 10, own: true, cpython: "4 to 7"},
				{name: "forkserver/fork", low: 2.5, max: 20, own: true, cpython: "5 to 14"},
				{name: "fork", unit: "ms", info: true, cpython: "1.5 to 4.8"},
				{name: "forkserver", unit: "ms", info: true, cpython: "9 to 41"},
				{name: "spawn", unit: "ms", info: true, cpython: "39 to 260"}},
			measure: func(f ask) ([]float64, error) {
				var took []float64
				for _, method := range []string{"fork", "forkserver", "spawn"} {
					v, err := f("begin", args{"method": method, "n": 9})
					if err != nil {
						return nil, err
					}
					took = append(took, v[0])
				}
				return append([]float64{took[2] / took[1], took[1] / took[0]}, took...), nil
			}},
		{id: "P3", what: "a message through a Pipe by its size: 10 KB and 1 MB over 100 B",
			versions: []string{"3.8", "3.11", "3.13"},
			// A real machine sends a message without a system call, so a short one costs little.
			values: []value{
				{name: "10 KB", low: 1, max: 4, own: true, cpython: "1.2 to 2"},
				{name: "1 MB", low: 30, max: 500, own: true, cpython: "60 to 500"},
				{name: "100 B", unit: "µs", info: true, cpython: "8 to 60"},
			},
			measure: func(f ask) ([]float64, error) {
				var took []float64
				for _, c := range [][2]int{{100, 5000}, {10_000, 3000}, {1_000_000, 100}} {
					v, err := f("pipe", args{"size": c[0], "n": c[1]})
					if err != nil {
						return nil, err
					}
					took = append(took, v[0])
				}
				return []float64{took[1] / took[0], took[2] / took[0], took[0]}, nil
			}},
		{id: "S1", what: "three clients at once, answers computed by the interpreter: a server with threads, and one " +
			"with processes, over one that serves one after the other", versions: []string{"3.11", "3.13"},
			values: []value{
				{name: "threads", low: 0.85, max: 1.5, cpython: "0.9 to 1.2"},
				{name: "processes", low: 0.5, max: 0.95, cpython: "0.5 to 0.8"},
			}, measure: forms("python", s.turns/2)},
		{id: "S2", what: "three clients at once, answers of one native call that keeps the GIL: a server with " +
			"threads, and one with processes, over one that serves one after the other",
			versions: []string{"3.11", "3.13"},
			values: []value{
				{name: "threads", low: 0.85, max: 1.25, cpython: "0.9 to 1.1"},
				{name: "processes", low: 0.5, max: 0.95, cpython: "0.5 to 0.8"},
			}, measure: forms("native", s.turns/2)},
		{id: "S3", what: "three clients at once, answers for which the server waits: a server with threads, and one " +
			"with processes, over one that serves one after the other", versions: []string{"3.11", "3.13"},
			values: []value{
				{name: "threads", low: 0.3, max: 0.45, cpython: "0.34"},
				{name: "processes", low: 0.3, max: 0.55, cpython: "0.36"},
			}, measure: forms("io", s.turns/2)},

		{id: "F1", what: "lost updates without a GIL", versions: []string{"3.14t"}, info: true,
			values:  []value{{unit: "%", cpython: "38 to 42"}},
			measure: one("lost", args{"kind": "plain", "n": s.updates})},
		{id: "F2", what: "eight threads that sleep at once, over one", versions: []string{"3.11"}, info: true,
			values: []value{{cpython: "1.0"}}, measure: one("overlap", args{"k": 8, "ms": 20})},
		{id: "F3", what: "throughput of two threads in native calls that release the GIL, over one",
			versions: []string{"3.11"}, info: true,
			values: []value{{cpython: "1.4 to 2.0"}}, measure: one("native", args{"free": 1, "n": 10})},
		{id: "F4", what: "the same in calls that don't", versions: []string{"3.11"}, info: true,
			values: []value{{cpython: "0.8 to 1.0"}}, measure: one("native", args{"free": 0, "n": 10})},
		{id: "F5", what: "four and eight CPU threads over one; modern GIL", versions: []string{"3.11"}, info: true,
			values: []value{{name: "4", cpython: "0.9 to 1.2"}, {name: "8", cpython: "0.9 to 1.25"}},
			measure: func(f ask) (list []float64, err error) {
				for _, k := range []int{4, 8} {
					v, err := f("threads", args{"k": k, "n": s.turns})
					if err != nil {
						return nil, err
					}
					list = append(list, v[0])
				}
				return list, nil
			}},
		{id: "F6", what: "the same, legacy GIL, 2 cores", versions: []string{"2.7"}, info: true,
			values: []value{{name: "4", cpython: "2.33"}, {name: "8", cpython: "2.61"}},
			measure: func(f ask) (list []float64, err error) {
				for _, k := range []int{4, 8} {
					v, err := f("threads", args{"k": k, "n": s.turns})
					if err != nil {
						return nil, err
					}
					list = append(list, v[0])
				}
				return list, nil
			}},
		{id: "F7", what: "hand-offs a second between two threads by locks, thousands",
			versions: []string{"2.7", "3.11", "3.13"}, info: true,
			values: []value{{unit: "k", cpython: "33 to 118"}},
			measure: func(f ask) ([]float64, error) {
				v, err := f("handoff", args{"n": s.updates / 50})
				if err != nil {
					return nil, err
				}
				return []float64{v[0] / 1000}, nil
			}},
		{id: "F8", what: "a thread's start and join", versions: []string{"3.11"}, info: true,
			values: []value{{unit: "ms", cpython: "0.07 to 0.12"}}, measure: one("spawn", args{"n": 200})},
		{id: "F9", what: "legacy GIL: switches a second at check interval 100; time held", versions: []string{"2.7"},
			info: true,
			values: []value{
				{name: "held", unit: "ms", cpython: "0.041"},
				{name: "switches", unit: "/s", cpython: "16,300"},
			}, measure: one("hold", args{"ms": 0, "ticks": 100, "k": 2, "seconds": s.seconds})},
	}
}
