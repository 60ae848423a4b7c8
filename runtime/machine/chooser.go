package machine

// This file defines the seam for what decides which thread runs next.

import (
	"math/rand/v2"
	"time"
)

// A Moment says which decision a Chooser has to make.
type Moment uint8

const (
	// Tie: all the threads are on cores of their own and at the same time; the chosen one goes first.
	Tie Moment = iota + 1
	// Dispatch: a core is free and several threads have run equally much; the chosen one gets it.
	Dispatch
	// Wakeup: several threads wait for the same word; the chosen one is woken. The threads are in the
	// order in which they came: the operating system's own choice would be the first.
	Wakeup
	// Preempt: a thread (the first) is about to touch something shared, or at a check, and the second could run
	// instead. Only a Preempter is asked.
	Preempt
)

// A Chooser decides what a simulated machine leaves open. The machine calls it from one goroutine at a time. It must
// give the same answers to the same questions or runs aren't repeatable.
type Chooser interface {
	// Choose returns the index of the chosen thread. There are at least two. It must not keep the slice.
	Choose(at time.Duration, m Moment, threads []*Thread) int
}

// A Preempter is a Chooser that is also asked whether a thread loses its core before it touches something shared. A
// machine with one core then shows all interleavings: this is where the machine that explores them plugs in.
type Preempter interface {
	Chooser
	// Preempt returns the index of the thread that runs next: 0 is the one that runs, the others could.
	Preempt(at time.Duration, threads []*Thread) int
}

// seeded is the default Chooser: by chance, except that waits are served in the order of arrival, as
// Linux does.
type seeded struct{ r *rand.Rand }

func (s seeded) Choose(_ time.Duration, m Moment, threads []*Thread) int {
	if m == Wakeup {
		return 0
	}
	return s.r.IntN(len(threads))
}

// FirstInOrder is a Chooser that always takes the thread that comes first, without chance. The zero value is
// ready.
type FirstInOrder struct{}

// Choose returns 0.
func (FirstInOrder) Choose(time.Duration, Moment, []*Thread) int { return 0 }
