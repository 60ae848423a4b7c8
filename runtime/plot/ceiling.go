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

// ceilingPiece is how long each measurement takes: longer than a few of the schedulers' turns, and so short that the
// whole takes about a second.
const ceilingPiece = 50 * time.Millisecond

// ceilingChunk is how many steps a worker does between two readings of the clock: some 30 µs.
const ceilingChunk = 1 << 14

// maxCeiling bounds the workers: beyond, threads cost more than they measure.
const maxCeiling = 256

// Ceiling measures what this computer's cores give at best: how often the same loop, which touches no memory and no
// lock, goes round in 50 ms with each of the numbers of workers, every worker on a thread of the system's own, by the
// median of how often it does with one. Time is given and work is counted, because given work takes as long as the
// worker that got the least of the cores: a program can divide its work better. All numbers take turns in each round,
// so that a neighbour who comes in the midst of it disturbs all alike. rounds of 0 or less are 5; no workers are the
// powers of two up to the number of cores, that number and twice it. It takes 50 ms for each number and round, and
// can't be interrupted.
//
// The result holds for the time of the measurement: on a shared machine, and where hyper-threads count as cores, that's
// less than the number of cores, and another time something else. The dots in the picture show how much it varied. A
// number of workers below 1 or above 256 is refused: Speedup says so.
func Ceiling(workers []int, rounds int) Series {
	if rounds <= 0 {
		rounds = 5
	}
	s := Series{Name: "ceiling", Workers: slices.Clone(workers)}
	if len(workers) == 0 {
		cores := min(runtime.NumCPU(), maxCeiling/2)
		for n := 1; n < cores; n *= 2 {
			s.Workers = append(s.Workers, n)
		}
		s.Workers = append(s.Workers, cores, 2*cores)
	}
	for _, n := range s.Workers {
		if n < 1 || n > maxCeiling {
			s.wrong = fmt.Sprintf("the ceiling is measured with 1 to %d workers, not with %d", maxCeiling, n)
			return s
		}
	}
	s.Speedups = make([][]float64, len(s.Workers))
	together(1) // wakes a processor that slept
	var one []float64
	for range rounds {
		one = append(one, together(1))
		for i, n := range s.Workers {
			if n == 1 {
				s.Speedups[i] = append(s.Speedups[i], one[len(one)-1])
				continue
			}
			s.Speedups[i] = append(s.Speedups[i], together(n))
		}
	}
	base := median(one)
	for _, reps := range s.Speedups {
		for i := range reps {
			reps[i] = math.Max(reps[i], 1) / math.Max(base, 1) // 0 if the machine stood still: it gave next to nothing
		}
	}
	return s
}

// together returns how many chunks n workers do in a ceilingPiece.
func together(n int) (chunks float64) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	var end time.Time // set before start is closed
	counts, sums := make([]int, n), make([]uint64, n)
	for i := range n {
		ready.Add(1)
		// Each ends at the time that is given, or after a chunk more.
		done.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			ready.Done()
			<-start
			x, count := uint64(i)+1, 0 // its own: counts are beside each other in memory
			for {
				x = spin(x, ceilingChunk)
				if !time.Now().Before(end) {
					break
				}
				count++
			}
			counts[i], sums[i] = count, x
		})
	}
	ready.Wait()
	end = time.Now().Add(ceilingPiece)
	close(start)
	done.Wait()
	for i, c := range counts {
		chunks += float64(c)
		if sums[i] == 0 { // never, but the compiler doesn't know, and leaves the loop in
			panic("xorshift reached 0")
		}
	}
	return chunks
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
