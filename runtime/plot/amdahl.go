package plot

// This file defines the fit of Amdahl's law to measured speed-ups.

import (
	"math"
	"slices"
)

// Amdahl returns the serial part s, from 0 to 1, for which 1/(s + (1-s)/n) fits the measured speed-ups
// best: speedups[i] with workers[i] workers, least squares of 1/speed-up, in which the law is linear.
// Points with one worker or less, or without a positive speed-up, say nothing; with none left s is 1.
func Amdahl(workers []int, speedups []float64) (serial float64) {
	n := make([]float64, len(workers))
	for i, w := range workers {
		n[i] = float64(w)
	}
	s, ok := amdahl(n, speedups)
	if !ok {
		return 1
	}
	return s
}

// amdahl is Amdahl for workers that count as parts of one, too. It reports whether any point said
// something.
func amdahl(workers, speedups []float64) (serial float64, ok bool) {
	var num, den float64
	for i := range min(len(workers), len(speedups)) {
		n, v := workers[i], speedups[i]
		if !(n > 1) || !(v > 0) || math.IsInf(v, 0) {
			continue
		}
		// 1/v = 1/n + s(1 - 1/n)
		x := 1 - 1/n
		num += x * (1/v - 1/n)
		den += x * x
	}
	if den == 0 {
		return 0, false
	}
	return min(1, max(0, num/den)), true
}

// Law returns Amdahl's law as a Series: what workers can reach at best if the part serial of the work, from 0 to 1,
// can't be divided.
func Law(serial float64, workers []int) Series {
	s := Series{Name: "Amdahl, " + percent(serial), Workers: slices.Clone(workers), law: true}
	for _, n := range workers {
		s.Speedups = append(s.Speedups, []float64{1 / (serial + (1-serial)/float64(n))})
	}
	return s
}
