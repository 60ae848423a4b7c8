package machine

// This file defines checks: the places where a thread can lose the GIL without calling anything.

import (
	"sync/atomic"
	"time"
)

// The bits of Thread.Flag.
const (
	// FlagAlways is set on simulated machines: a check costs virtual time there.
	FlagAlways uint32 = 1 << iota
	// FlagDrop is a request to release the GIL.
	FlagDrop
	// FlagTicks is set while checks are counted: the legacy GIL, from the second thread on. Without it interpreted
	// code wouldn't call Check.
	FlagTicks
	// FlagPending is work for the interpreter that isn't a drop of the GIL: signals, pending calls.
	FlagPending
	// FlagStop means that the thread must end.
	FlagStop
	// FlagForfeit means that the thread may have lost the GIL in native code.
	FlagForfeit
)

const breaking = FlagDrop | FlagPending | FlagStop | FlagForfeit

// Flag returns the word that says whether Check must be called: at each loop's back-edge and at each function's entry,
// an interpreter looks at it and calls Check if it isn't 0. The pointer never changes.
func (t *Thread) Flag() *atomic.Uint32 { return &t.flag }

// SetFlag sets bits of the flag. May be called by any goroutine.
func (t *Thread) SetFlag(bits uint32) { t.flag.Or(bits) }

// ClearFlag clears bits of the flag. May be called by any goroutine.
func (t *Thread) ClearFlag(bits uint32) { t.flag.And(^bits) }

// HasFlag reports whether any of the bits is set. May be called by any goroutine.
func (t *Thread) HasFlag(bits uint32) bool { return t.flag.Load()&bits != 0 }

// SetPace sets what the thread's code costs from now on. On a real machine only the ticks and StepChecks count. The
// thread's interpreter calls it.
func (t *Thread) SetPace(p Pace) {
	if t.m.Explored() {
		t.pace = pace{stepChecks: p.StepChecks, stepOrder: p.StepOrders}
		return
	}
	t.pace = pace{
		check: max(int64(p.Check), 1), step: max(int64(p.Step), 1),
		checkTicks: p.CheckTicks, stepTicks: p.StepTicks,
		stepChecks: p.StepChecks, stepOrder: p.StepOrders,
	}
}

// Budget returns how many ticks are left until Interpreter.Break is called. It may be negative.
func (t *Thread) Budget() int64 { return t.budget }

// SetBudget sets the number of ticks. An interpreter that doesn't count ticks never calls it.
func (t *Thread) SetBudget(ticks int64) { t.budget = ticks }

// Check is what CPython does where it looks at its eval breaker: at a loop's back-edge and at a function's entry. It
// may let other threads run, and panics if the thread must end. It takes 2 to 4 ns if there is nothing to do.
func (t *Thread) Check() {
	t.back()
	t.budget -= int64(t.pace.checkTicks)
	if t.m.sim != nil {
		t.clock += t.pace.check
		if t.clock >= t.horizon {
			t.m.sim.point(t)
		}
	}
	if t.budget < 0 || t.flag.Load()&breaking != 0 {
		t.breakIn()
	}
}

// Spend charges the cost of a check without making one, for interpreted code that stands in for native code. It does
// nothing on a real machine.
func (t *Thread) Spend() {
	t.back()
	if s := t.m.sim; s != nil {
		t.clock += t.pace.check
		if t.clock >= t.horizon {
			s.pass(t)
		}
	}
}

// CheckN is n checks at once, for loops that are native or simulated: on a simulated machine the price is that
// of the switches among them, not of the checks. A negative n is 0.
func (t *Thread) CheckN(n int) { t.spend(int64(n), t.pace.check, int64(t.pace.checkTicks)) }

func (t *Thread) spend(n, cost, ticks int64) {
	t.back()
	if s := t.m.sim; n > 0 && s != nil && s.explore != nil { // together they are one point
		t.Check()
		return
	}
	for n > 0 {
		k := n
		if ticks > 0 {
			k = min(k, max(t.budget, 0)/ticks+1)
		}
		if t.m.sim != nil {
			k = min(k, max((t.horizon-t.clock+cost-1)/cost, 1))
			t.clock += k * cost
			if t.clock >= t.horizon {
				t.m.sim.point(t)
			}
		}
		n -= k
		t.budget -= k * ticks
		if t.budget < 0 || t.flag.Load()&breaking != 0 {
			t.breakIn()
		}
	}
}

// Step comes before each read and each write of what other threads may see: `counter += 1` is Step, read,
// Step, write. In a Python that looks at its eval breaker before almost every instruction (through 3.9)
// it is a check too; without a GIL, a simulated machine brings the accesses of all cores into the order of
// their times here. An explored machine may switch here.
func (t *Thread) Step() { t.StepOn(nil, true) }

// StepOn is Step before an access to what key, a comparable value, stands for: an Explorer can tell accesses to
// different things apart.
func (t *Thread) StepOn(key any, write bool) {
	t.back()
	t.budget -= int64(t.pace.stepTicks)
	if s := t.m.sim; s != nil {
		t.clock += t.pace.step
		if s.explore != nil {
			s.accessed(t, key, write)
		} else if t.clock >= t.horizon || t.pace.stepOrder && t.clock >= t.exact || s.preempter != nil {
			s.step(t)
		}
	}
	if t.pace.stepChecks && (t.budget < 0 || t.flag.Load()&breaking != 0) {
		t.breakIn()
	}
}

// breakIn is the slow half of a check.
func (t *Thread) breakIn() {
	t.regain()
	t.die()
	if t.inside {
		if s := t.m.sim; s != nil && t.HasFlag(FlagDrop) {
			t.clock += s.upTo(s.os.Notice)
		}
		t.interp.Break(t)
		t.die()
	} else if t.budget < 0 {
		t.budget = 0 // nothing is counted outside of the interpreter
	}
}

// die panics if the thread must end.
func (t *Thread) die() {
	if t.flag.Load()&FlagStop == 0 {
		return
	}
	f := t.fate.Load()
	if f == nil {
		t.unflag() // it was for a fate that is over
		return
	}
	if f.once && t.fate.CompareAndSwap(f, nil) {
		t.unflag()
	}
	panic(f.err)
}

// unflag clears the flag, unless another fate was set in the meantime: a fate is set before its flag.
func (t *Thread) unflag() {
	t.ClearFlag(FlagStop)
	if t.fate.Load() != nil {
		t.SetFlag(FlagStop)
	}
}

// Kill makes the thread panic with err once: at its next check, or at once if it waits for anything but the GIL. A
// second Kill before that is ignored. May be called by any goroutine; on a simulated machine, a run is repeatable only
// if the caller is one of its threads or the machine stands still. The interrupt of a cell is a Kill of its main
// thread.
func (t *Thread) Kill(err error) {
	t.killed.Store(true)
	t.fate.CompareAndSwap(nil, &fate{err: err, once: true})
	t.SetFlag(FlagStop)
	t.m.backend.kill(t)
}

// Killed reports whether Kill or Machine.Stop was called since the last Pardon: the thread may not have noticed it yet,
// or may be running its deferred functions. May be called by any goroutine.
func (t *Thread) Killed() bool { return t.killed.Load() }

// Pardon cancels a Kill that the thread hasn't noticed yet. It can't cancel Machine.Stop.
func (t *Thread) Pardon() {
	t.killed.Store(false)
	if t.m.stop.Load() != nil {
		t.killed.Store(true)
	}
	if f := t.fate.Load(); f != nil && f.once && t.fate.CompareAndSwap(f, nil) {
		t.unflag()
	}
}

// kill is a Kill that can't be pardoned.
func (t *Thread) kill(err error) {
	t.killed.Store(true)
	t.fate.Store(&fate{err: err})
	t.SetFlag(FlagStop)
	t.m.backend.kill(t)
}

// Now returns the thread's time since the machine's start.
func (t *Thread) Now() time.Duration {
	t.access(Clock{}, false)
	return time.Duration(t.m.backend.now(t))
}

// Cost lets d of virtual time pass, as something that the model knows to take so long would: the modelled interpreter's
// way to an uncontended lock. It does nothing on a real machine, where such things take real time.
func (t *Thread) Cost(d time.Duration) {
	if t.m.sim != nil && d > 0 {
		t.m.sim.advance(t, int64(d))
	}
}
