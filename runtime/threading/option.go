package threading

// This file defines the optional arguments of calls that wait.

import (
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// TimeoutMax is the longest time-out that Python takes: TIMEOUT_MAX.
const TimeoutMax = 9223372036 * time.Second

// A WaitOption is an optional argument of Acquire, Join and Wait: Blocking or Timeout. The zero WaitOption is none.
type WaitOption struct {
	blocking, noBlock, timed bool
	d                        time.Duration
}

// Blocking(false) makes Acquire return false instead of waiting: acquire(blocking=False). Only Acquire has it.
func Blocking(wait bool) WaitOption { return WaitOption{blocking: wait, noBlock: !wait} }

// Timeout limits a wait: acquire(timeout=…), join(timeout=…), wait(timeout=…). For Acquire of a Lock and an RLock -1
// (or -1 second) is no limit, and other negative times are a ValueError; elsewhere they are 0, as in Python. More than
// TimeoutMax is an OverflowError.
func Timeout(d time.Duration) WaitOption { return WaitOption{timed: true, d: d} }

// forever is a time-out that never comes.
const forever = machine.Forever

// merge puts all options into one; later ones win.
func merge(opts []WaitOption) (o WaitOption) {
	for _, p := range opts {
		if p.blocking || p.noBlock {
			o.blocking, o.noBlock = p.blocking, p.noBlock
		}
		if p.timed {
			o.timed, o.d = true, p.d
		}
	}
	if o.timed && o.d > TimeoutMax {
		text := "timestamp out of range for platform time_t"
		if gil.Current().Minor() < 311 {
			text = "timestamp too large to convert to C _PyTime_t"
		}
		panic(&exceptions.OverflowError{Message: text})
	}
	return o
}

// lockTime returns for how long Lock.acquire and RLock.acquire wait: lock_acquire_parse_args.
func lockTime(t *machine.Thread, opts []WaitOption) time.Duration {
	o := merge(opts)
	unset := !o.timed || o.d == -1 || o.d == -time.Second
	switch {
	case o.noBlock && !unset:
		panic(exceptions.Value("can't specify a timeout for a non-blocking call"))
	case o.noBlock:
		return 0
	case unset:
		return forever
	case o.d < 0:
		panic(exceptions.Value("%s", negativeTimeout(t)))
	}
	return o.d
}

// negativeTimeout is the error of lock_acquire_parse_args, whose words changed in 3.13.
func negativeTimeout(t *machine.Thread) string {
	if gil.Of(t).Minor() < 313 {
		return "timeout value must be positive"
	}
	return "timeout value must be a non-negative number"
}

// semaphoreTime is lockTime for Semaphore.acquire, which is Python code.
func semaphoreTime(opts []WaitOption) time.Duration {
	o := merge(opts)
	switch {
	case o.noBlock && o.timed:
		panic(exceptions.Value("can't specify timeout for non-blocking acquire"))
	case o.noBlock:
		return 0
	}
	return o.limit()
}

// waitTime is the time for calls without the argument blocking; call names the caller.
func waitTime(call string, opts []WaitOption) time.Duration {
	o := merge(opts)
	if o.blocking || o.noBlock {
		panic(exceptions.Type("%s() got an unexpected keyword argument 'blocking'", call))
	}
	return o.limit()
}

func (o WaitOption) limit() time.Duration {
	if !o.timed {
		return forever
	}
	return max(o.d, 0)
}
