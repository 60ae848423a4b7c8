package process

// This file defines waiting for several things: connection.wait.

import (
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// A Waitable is what WaitAny waits for: an *End that has something to receive, a *Process that has ended.
type Waitable interface {
	ready(t *machine.Thread) bool
}

// WaitAny waits until one of the list is ready, for at most d, and returns all that are, in their order; a negative d
// has no end. The caller releases its GIL meanwhile.
func (s *System) WaitAny(t *machine.Thread, list []Waitable, d time.Duration) (ready []Waitable) {
	t.Detach()
	defer t.Attach()
	s.arena.any.wait(t, func() bool {
		ready = nil
		for _, w := range list {
			if w.ready(t) {
				ready = append(ready, w)
			}
		}
		return len(ready) > 0
	}, d, machine.Why{Kind: timeline.WaitQueue, On: &several{list}, Beyond: s.family()})
	return ready
}

// several is what a WaitAny waits for.
type several struct{ list []Waitable }

func (*several) Name() string              { return "one of several pipes and processes" }
func (*several) Holders() []machine.Holder { return nil }

// notifyAny wakes the threads that wait for several things, because one of those things has changed.
func (a *Arena) notifyAny(t *machine.Thread) {
	a.any.notify(t, all)
}
