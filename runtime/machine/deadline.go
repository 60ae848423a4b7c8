package machine

// This file defines how the primitives of Python's modules count time-outs.

import "time"

// Forever is a time-out, or a result of Deadline, that never comes. So is every negative one.
const Forever = time.Duration(-1)

// Now returns the time on t's clock, and for a plain goroutine, whose t is nil, the wall clock's.
func Now(t *Thread) time.Duration {
	if t == nil {
		return time.Duration(time.Now().UnixNano())
	}
	return t.Now()
}

// Deadline returns the time of Now at which a time-out that begins now ends: Forever if d is negative, or so long that
// the sum overflows.
func Deadline(t *Thread, d time.Duration) time.Duration {
	if d < 0 {
		return Forever
	}
	if n := Now(t); d < 1<<62-n {
		return n + d
	}
	return Forever
}

// Remaining returns the time left until a result of Deadline: 0 if it has passed, Forever if it never comes.
func Remaining(t *Thread, deadline time.Duration) time.Duration {
	if deadline < 0 {
		return Forever
	}
	return max(deadline-Now(t), 0)
}
