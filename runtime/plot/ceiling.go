package plot

// This file defines the measurement of what the machine itself gives.

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"
)

// ceilingPiece is how long one worker is to be busy in each round. It is longer than a scheduler's turn, and
// so short that the whole takes about a second.
const ceilingPiece = 20 * time.Millisecond

// maxCeiling bounds the workers: beyond, threads cost more than they measure.
const maxCeiling = 256

// Ceiling measures what this machine's cores give at best: the same loop, which touches no memory and no lock, on
// each of the numbers of workers, every worker on a thread of the system's own. With n workers n times
// the work is done, so the speed-up is n times the median time of one worker by the time it took. All
// numbers take turns in each round, so that a neighbour who comes in the midst of it disturbs all alike. rounds of 0
// or less are 5; no workers are 1 to the number of cores that Go may use. It takes about 20 ms for
// each worker that a core has, and each round, and can't be interrupted.
//
// It says what there was while it measured: on a shared machine, and where hyper-threads count as cores, that's
// less than the number of cores, and another time something else. A number of workers below 1 or above 256 is
// refused: Speedup says so. The dots in the picture show how much it
// varied.
func Ceiling(workers []int, rounds int) Series {
	if rounds <= 0 {
		rounds = 5
	}
	s := Series{Name: "ceiling", Workers: slices.Clone(workers)}
	if len(workers) == 0 {
		for n := range runtime.GOMAXPROCS(0) {
			s.Workers = append(s.Workers, n+1)
		}
	}
	for _, n := range s.Workers {
		if n < 1 || n > maxCeiling {
			s.wrong = fmt.Sprintf("the ceiling is measured with 1 to %d workers, not with %d", maxCeiling, n)
			return s
		}
	}
	s.Speedups = make([][]float64, len(s.Workers))
	work := calibrate()
	took := make([][]float64, len(s.Workers))
	var one []float64
	for range rounds {
		one = append(one, float64(together(1, work)))
		for i, n := range s.Workers {
			if n == 1 {
				took[i] = append(took[i], one[len(one)-1])
				continue
			}
			took[i] = append(took[i], float64(together(n, work)))
		}
	}
	base := median(one)
	for i, n := range s.Workers {
		for _, t := range took[i] {
			s.Speedups[i] = append(s.Speedups[i], float64(n)*base/math.Max(t, 1))
		}
	}
	return s
}

// calibrate returns how many rounds of spin take ceilingPiece, and wakes a processor that slept.
func calibrate() int {
	for n := 1 << 16; ; n *= 2 {
		if took := together(1, n); took >= ceilingPiece/2 || n >= 1<<34 {
			return int(float64(n) * float64(ceilingPiece) / float64(max(took, 1)))
		}
	}
}

// together returns how long n workers take who each spin work times.
func together(n, work int) time.Duration {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	sums := make([]uint64, n)
	for i := range n {
		ready.Add(1)
		// Each ends after its work.
		done.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			ready.Done()
			<-start
			sums[i] = spin(uint64(i)+1, work)
		})
	}
	ready.Wait()
	begin := time.Now()
	close(start)
	done.Wait()
	took := time.Since(begin)
	for _, s := range sums {
		if s == 0 { // never, but the compiler doesn't know, and leaves the loop in
			panic("xorshift reached 0")
		}
	}
	return took
}

// spin is Marsaglia's xorshift: registers only, and no step before the last one's end.
func spin(x uint64, n int) uint64 {
	for range n {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}
