package main

// This file defines the experiments on models. They do what the functions of the same names in fidelity.py
// do.

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
)

// args are the arguments of an experiment, in fidelity.py's names.
type args map[string]any

func (a args) int(name string) int {
	switch v := a[name].(type) {
	case int:
		return v
	case float64:
		return int(v)
	}
	return 0
}

func (a args) float(name string) float64 {
	switch v := a[name].(type) {
	case int:
		return float64(v)
	case float64:
		return v
	}
	return 0
}

// experiment runs on a model, as its MainThread.
type experiment func(p *model, t *machine.Thread, a args) []float64

func experiments() map[string]experiment {
	return map[string]experiment{
		"threads": threads, "processes": processes, "wake": wake, "hold": hold, "echo": echo, "share": share,
		"lost":  lost,
		"stall": stall, "overlap": overlap, "native": native, "handoff": handoff, "barge": barge, "spawn": spawn,
	}
}

// median returns the middle value, 0 if there is none.
func median[T cmp.Ordered](xs []T) (m T) {
	xs = slices.Sorted(slices.Values(xs))
	if len(xs) > 0 {
		m = xs[len(xs)/2]
	}
	return m
}

// quantile returns the value below which a share q of the values lies, 0 if there is none.
func quantile[T cmp.Ordered](xs []T, q float64) (m T) {
	xs = slices.Sorted(slices.Values(xs))
	if len(xs) > 0 {
		m = xs[int(float64(len(xs))*q)]
	}
	return m
}

func threads(p *model, t *machine.Thread, a args) []float64 {
	k, n := a.int("k"), a.int("n")
	began := t.Now()
	p.countdown(t, n)
	one := t.Now() - began
	began = t.Now()
	each(t, k, func(t *machine.Thread, _ int) { p.countdown(t, n/k) })
	return []float64{ms(t.Now()-began) / ms(one)}
}

// until tells threads of a model when to stop; each looks at it at its own times.
func until(t *machine.Thread, seconds float64) func(t *machine.Thread) bool {
	end := t.Now() + time.Duration(seconds*float64(time.Second))
	return func(t *machine.Thread) bool { return t.Now() < end }
}

func wake(p *model, t *machine.Thread, a args) []float64 {
	var late []time.Duration
	var stop atomic.Bool
	each(t, a.int("cpu")+1, func(t *machine.Thread, i int) {
		if i < a.int("cpu") {
			for !stop.Load() {
				p.countdown(t, 1000)
			}
			return
		}
		for range a.int("n") {
			began := t.Now()
			t.Sleep(time.Millisecond)
			late = append(late, t.Now()-began-time.Millisecond)
		}
		stop.Store(true)
	})
	return []float64{ms(median(late)), ms(quantile(late, 0.9))}
}

func hold(p *model, t *machine.Thread, a args) []float64 {
	k, seconds := a.int("k"), a.float("seconds")
	more := until(t, seconds)
	began, last := make([]time.Duration, k), make([]time.Duration, k)
	owner := 0
	var holds []time.Duration
	each(t, k, func(t *machine.Thread, me int) {
		for more(t) {
			now := t.Now()
			if owner != me { // the GIL protects these variables
				was := owner
				owner = me
				holds = append(holds, last[was]-began[was])
				began[me] = now
			}
			last[me] = now
			p.countdown(t, 2) // Python's loop does about this much more than a countdown
		}
	})
	var p50 float64
	if len(holds) > 1 {
		p50 = ms(median(holds[1:]))
	}
	return []float64{p50, float64(len(holds)) / seconds}
}

func share(p *model, t *machine.Thread, a args) []float64 {
	more := until(t, a.float("seconds"))
	counts := make([]float64, a.int("k"))
	each(t, len(counts), func(t *machine.Thread, i int) {
		for more(t) {
			p.countdown(t, 1000)
			counts[i]++
		}
	})
	total := 0.0
	for _, n := range counts {
		total += n
	}
	return []float64{slices.Min(counts) / total, slices.Max(counts) / total}
}

// lost increments a counter as the interpreter does: a read, a step, a write, and the check of the loop. Between a read
// and a write there is no check, unless the version has one there or the code calls a function.
func lost(p *model, t *machine.Thread, a args) []float64 {
	n := a.int("n")
	var counter atomic.Int64 // atomic, so that free threads lose updates and do nothing worse
	lock := threading.NewLock()
	each(t, 2, func(t *machine.Thread, _ int) {
		for range n {
			if a["kind"] == "locked" {
				lock.Acquire()
			}
			x := counter.Load()
			if a["kind"] == "call" {
				p.countdown(t, 1) // the function's RESUME
			}
			if !p.simulated {
				runtime.KeepAlive(busy(p.step))
			}
			t.Step()
			counter.Store(x + 1)
			if a["kind"] == "locked" {
				lock.Release()
			}
			p.countdown(t, 1)
		}
	})
	return []float64{100 * (1 - float64(counter.Load())/float64(2*n))}
}

func stall(p *model, t *machine.Thread, a args) []float64 {
	const call = 500 * time.Millisecond
	var ticks []time.Duration
	var stop atomic.Bool
	ticker := t.Go("ticker", func(t *machine.Thread) {
		for !stop.Load() {
			t.Sleep(time.Millisecond)
			ticks = append(ticks, t.Now())
		}
	})
	t.Sleep(50 * time.Millisecond)
	began := t.Now()
	t.Native("sum", call)
	took := t.Now() - began
	t.Sleep(50 * time.Millisecond)
	stop.Store(true)
	ticker.Join(t, -1)
	var longest time.Duration
	for i := 1; i < len(ticks); i++ {
		longest = max(longest, ticks[i]-ticks[i-1])
	}
	return []float64{ms(longest) / ms(took)}
}

func overlap(p *model, t *machine.Thread, a args) []float64 {
	nap := time.Duration(a.int("ms")) * time.Millisecond
	began := t.Now()
	each(t, 1, func(t *machine.Thread, _ int) { t.Sleep(nap) })
	one := t.Now() - began
	began = t.Now()
	each(t, a.int("k"), func(t *machine.Thread, _ int) { t.Sleep(nap) })
	return []float64{ms(t.Now()-began) / ms(one)}
}

func native(p *model, t *machine.Thread, a args) []float64 {
	const call = 10 * time.Millisecond
	work := func(t *machine.Thread, _ int) {
		for range a.int("n") {
			if a.int("free") != 0 {
				t.Detach()
				t.Work(call)
				t.Attach()
			} else {
				t.Native("sum", call)
			}
		}
	}
	began := t.Now()
	work(t, 0)
	one := t.Now() - began
	began = t.Now()
	each(t, 2, work)
	return []float64{2 * ms(one) / ms(t.Now()-began)}
}

func handoff(p *model, t *machine.Thread, a args) []float64 {
	n := a.int("n")
	x, y := threading.NewLock(), threading.NewLock()
	y.Acquire()
	began := t.Now()
	each(t, 2, func(t *machine.Thread, i int) {
		for range n {
			if i == 0 {
				x.Acquire()
				y.Release()
			} else {
				y.Acquire()
				x.Release()
			}
		}
	})
	return []float64{float64(2*n) / (t.Now() - began).Seconds()}
}

// barge runs two threads that release a lock and acquire it again immediately. While they hold the lock, they sleep or
// compute for a millisecond, or do nothing that takes time.
func barge(p *model, t *machine.Thread, a args) []float64 {
	more := until(t, a.float("seconds"))
	lock := threading.NewLock()
	counts := make([]float64, 2)
	each(t, 2, func(t *machine.Thread, i int) {
		for more(t) {
			lock.Acquire()
			counts[i]++
			switch a["kind"] {
			case "sleep":
				t.Sleep(time.Millisecond)
			case "compute":
				for end := t.Now() + time.Millisecond; t.Now() < end; {
					p.countdown(t, 4) // Python's loop does about this much more than a countdown
				}
			}
			lock.Release()
			p.countdown(t, 1)
		}
	})
	return []float64{slices.Min(counts) / (counts[0] + counts[1]), (counts[0] + counts[1]) / a.float("seconds")}
}

func spawn(p *model, t *machine.Thread, a args) []float64 {
	n := a.int("n")
	began := t.Now()
	for range n {
		each(t, 1, func(*machine.Thread, int) {})
	}
	return []float64{ms(t.Now()-began) / float64(n)}
}

// slope fits a line to points, and returns its slope and its value at x = 0.
func slope(xs, ys []float64) (k, d float64) {
	var sx, sy, sxx, sxy float64
	n := float64(len(xs))
	for i, x := range xs {
		sx, sy, sxx, sxy = sx+x, sy+ys[i], sxx+x*x, sxy+x*ys[i]
	}
	k = (n*sxy - sx*sy) / (n*sxx - sx*sx)
	if math.IsNaN(k) {
		return 0, 0
	}
	return k, (sy - k*sx) / n
}
