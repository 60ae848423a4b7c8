package queue

// This file defines the optional arguments of Put and Get.

import (
	"math"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
)

// An Option is an optional argument of Put and Get: Block or Timeout. The zero Option is none.
type Option struct {
	noBlock, timed bool
	d              time.Duration
}

// Block(false) makes Put and Get fail instead of waiting: put(x, block=False).
func Block(wait bool) Option { return Option{noBlock: !wait} }

// Timeout limits a wait: put(x, timeout=…). A negative one is a ValueError.
func Timeout(d time.Duration) Option { return Option{timed: true, d: d} }

// patience is how long a caller waits.
type patience struct {
	not, timed bool
	d          time.Duration
}

func patienceOf(opts []Option) (p patience) {
	for _, o := range opts {
		if o.timed {
			p.timed, p.d = true, o.d
		} else {
			p.not = o.noBlock
		}
	}
	return p
}

// check panics if the time is negative: Python looks at it only where it would wait.
func (p patience) check() {
	if !p.not && p.timed && p.d < 0 {
		panic(exceptions.Value("'timeout' must be a non-negative number"))
	}
}

// until is when it is over, on a thread's clock.
func (p patience) until(t *machine.Thread) time.Duration {
	if n := machine.Now(t); p.d < math.MaxInt64-n {
		return n + p.d
	}
	return math.MaxInt64 // 292 years
}
