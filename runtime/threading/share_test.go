package threading_test

// This file tests who gets a lock that its holder releases and acquires again at once, on the simulated machine.

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
)

// No thread starves. CPythons of all these versions share the lock 50 to 50 down to 60 to 40 if its holder sleeps with
// it; if it computes, a semaphore's smaller share is anything up to a half, as the scheduler places the threads.
func TestReleasedLockIsShared(t *testing.T) {
	for _, version := range []string{"2.7", "3.6", "3.8", "3.11", "3.12", "3.13", "3.14", "3.14t"} {
		for _, cores := range []int{1, 2, 8} {
			for _, kind := range []string{"sleep", "compute", "rlock"} {
				for seed := range uint64(2) {
					w := newWorld(t, true, version, machine.Options{Cores: cores, Seed: seed})
					counts := make([]float64, 2)
					err := w.run(func() {
						var lock threading.Locker = threading.NewLock()
						if kind == "rlock" {
							lock = threading.NewRLock()
						}
						var all []*threading.Thread
						for i := range counts {
							all = append(all, threading.NewThread(func() {
								th := machine.Current()
								for end := th.Now() + time.Second/2; th.Now() < end; {
									lock.Acquire()
									counts[i]++
									if kind == "compute" {
										for until := th.Now() + time.Millisecond; th.Now() < until; {
											th.CheckN(4)
										}
									} else {
										th.Sleep(time.Millisecond)
									}
									lock.Release()
									th.CheckN(1)
								}
							}))
						}
						for _, th := range all {
							th.Start()
						}
						for _, th := range all {
							th.Join()
						}
					})
					least := 0.15
					if kind == "compute" {
						least = 0.03
					}
					if share := slices.Min(counts) / (counts[0] + counts[1]); err != nil || share < least {
						t.Errorf("%s, %d cores, %s, seed %d: the smaller share is %.3f of %v, %v", version, cores, kind,
							seed, share, fmt.Sprint(counts), err)
					}
				}
			}
		}
	}
}
