package gil

// This file defines condition variables, as glibc has had them since 2.25 (nptl/pthread_cond_wait.c,
// pthread_cond_signal.c, pthread_cond_common.c; the algorithm is Torvald Riegel's). Which of several waiters a signal
// wakes decides how long a thread waits for the GIL, so the algorithm is followed step by step: that of 2.41, as a
// signal could be lost before (bug 25847 of glibc).

import (
	"sync/atomic"
	"time"

	"gilkernel/runtime/machine"
)

// cond is pthread_cond_t. Its waiters are in two groups. New ones enter G2; a signal goes to G1, and only when no
// waiter is left in G1 to take one do the groups change places. Within its group the first waiter to take a signal has
// it: one that is just about to sleep takes it from the one that the signal wakes. A waiter that times out leaves its
// group and, if it waits again, enters G2 behind all others.
//
// wait enters and signal is called with the mutex that wait releases; cancel comes without it.
type cond struct {
	waiters machine.Word // __wrefs
	entered uint64       // __wseq: how many have ever entered; owned by the mutex's holder
	g2      int          // index of the group that is entered; owned by the mutex's holder

	start atomic.Uint64 // __g1_start: earlier waiters are in no group any more; written under guard
	guard mutex         // the internal lock; protects the fields below
	orig  uint64        // how many were in G1 when it became that
	group [2]group
}

// group is one of the two groups of waiters.
type group struct {
	signals machine.Word // G1: start, plus one for each signal that wasn't taken
	size    int          // G1: how many still need a signal; G2: less 1 for each that has left
}

// wait releases m until a signal, for at most d if d >= 0, and reports whether it ended before that. Like any
// condition variable's it may return for no reason.
func (c *cond) wait(t *machine.Thread, m *mutex, d time.Duration) (signalled bool) {
	g, seq := &c.group[c.g2], c.entered
	c.entered++
	c.waiters.Add(t, 1)
	var until time.Duration
	if d >= 0 {
		until = t.Now() + d
	}
	m.unlock(t)
	for signalled = true; ; {
		v := g.signals.Load(t)
		start := c.start.Load()
		if seq < start { // the group was closed: there were signals for all who were in it
			break
		}
		if int32(v-uint32(start)) > 0 {
			if g.signals.CompareAndSwap(t, v, v-1) {
				break
			}
			continue
		}
		left := d
		if d >= 0 {
			left = max(until-t.Now(), 0)
		}
		if t.Wait(&g.signals, v, left, inner) == machine.TimedOut {
			c.cancel(t, g, seq)
			signalled = false
			break
		}
	}
	c.waiters.Add(t, -1)
	m.lock(t)
	return signalled
}

// cancel takes a waiter out of its group. A signal that only this waiter could have taken stays where it is.
func (c *cond) cancel(t *machine.Thread, g *group, seq uint64) {
	c.guard.lock(t)
	defer c.guard.unlock(t)
	start := c.start.Load()
	switch {
	case start > seq: // in none
	case start+c.orig <= seq: // in G2
		g.size--
	case g.size > 0: // in G1
		g.size--
	}
}

// signal wakes one waiter.
func (c *cond) signal(t *machine.Thread) {
	if c.waiters.Load(t) == 0 {
		return
	}
	c.guard.lock(t)
	wakes := c.group[1-c.g2].size > 0 || c.change(t)
	g := &c.group[1-c.g2]
	if wakes {
		g.signals.Add(t, 1)
		g.size--
	}
	c.guard.unlock(t)
	if wakes {
		g.signals.Wake(t, 1)
	}
}

// change closes G1 and makes G2 the new G1, and reports whether a waiter in it needs a signal: __condvar_switch_g1.
func (c *cond) change(t *machine.Thread) bool {
	g2 := &c.group[c.g2]
	start := c.start.Load()
	fresh := c.entered - start - c.orig
	if int(fresh)+g2.size == 0 {
		return false
	}
	start += c.orig
	c.start.Store(start)
	c.orig = fresh
	c.g2 = 1 - c.g2
	g2.size += int(fresh)
	g2.signals.Store(t, uint32(start))
	return g2.size > 0
}
