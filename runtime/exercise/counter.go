package exercise

// This file defines the exercise counter: a lost update, and the lock that prevents it.

import (
	"fmt"
	"strings"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

func counterTask() *task {
	return &task{
		id:     "counter",
		lesson: lessonConcurrency,
		title:  "A counter for several threads",
		text: "Fix `newCounter`. It returns two functions: `add` adds one to a count, `total` returns the count. " +
			"Several threads call `add` at the same time, and no addition may be lost, under any Python. `total` is " +
			"called when they have ended, so it needs no lock.",
		signature: "func() (add func(), total func() int)",
		start: `newCounter := func() (add func(), total func() int) {
	n := 0
	add = func() { n++ }
	total = func() int { return n }
	return add, total
}`,
		hints: []string{
			"`n++` is three steps: read `n`, add one, write `n`. What happens if another thread takes all three " +
				"between your read and your write?",
			"`threading.NewLock()` makes a lock. Only one thread at a time can be between `lock.Acquire()` and " +
				"`lock.Release()`. Which of the three steps must be between them?",
			"Make one lock in `newCounter`, beside `n`, so that all calls of `add` use the same one. Acquire it " +
				"before you read `n`, and release it after you have written `n`.",
		},
		solution: `newCounter := func() (add func(), total func() int) {
	n := 0
	lock := threading.NewLock("counter")
	add = func() {
		lock.Acquire()
		n++
		lock.Release()
	}
	total = func() int { return n }
	return add, total
}`,
		why:    "The lock is made once, beside the count that it protects, and held from the read to the write.",
		praise: "No addition was lost, whichever thread was interrupted where.",
		worlds: worlds(),
		proof: &proof{[]string{"3.9", "3.14t"}, `add, total := newCounter()
a := threading.NewThread(add, threading.Name("A"))
b := threading.NewThread(add, threading.Name("B"))
a.Start(); b.Start()
a.Join(); b.Join()
explore.Assert(total() == 2, "A and B each called add once, and total() is ", total())`},
		trial: func(solution any) trial {
			f, ok := solution.(func() (func(), func() int))
			if !ok || f == nil {
				return nil
			}
			return &counterTrial{f: f}
		},
	}
}

const (
	counterThreads = 3
	counterAdds    = 400
)

type counterTrial struct {
	f    func() (func(), func() int)
	adds int // of each thread; it differs from seed to seed, so that no constant is right
	got  int
}

func (c *counterTrial) body(r *run) {
	var add func()
	var total func() int
	r.call(func() { add, total = c.f() })
	if add == nil || total == nil {
		if len(r.panics) == 0 {
			r.panics = append(r.panics, "TypeError: newCounter returned nil in place of a function")
		}
		return
	}
	c.adds = counterAdds + int(machine.Current().Machine().Seed()%7)
	for i := range counterThreads {
		r.start(fmt.Sprintf("adder %d", i+1), func() {
			for range c.adds {
				add()
			}
		})
	}
	r.join()
	if r.spinning == "" && len(r.panics) == 0 {
		r.call(func() { c.got = total() })
		r.start("reader", func() { total() }) // again: the first call may have left a lock held
		r.join()
	}
}

func (c *counterTrial) judge(r *run, tl *timeline.Timeline) *fault {
	if f := r.common(); f != nil {
		return f
	}
	want := counterThreads * c.adds
	switch lost := want - c.got; {
	case lost == 0:
		return nil
	case lost < 0:
		return &fault{text: fmt.Sprintf("%d threads called `add` %d times each, and `total()` is %d: that is more "+
			"than they added.", counterThreads, c.adds, c.got)}
	case c.got == 0:
		return &fault{text: fmt.Sprintf("`add` was called %d times and `total()` is 0: they don't use the same "+
			"variable, or `add` does nothing.", want)}
	default:
		f := &fault{
			text: fmt.Sprintf("%d of %d additions were lost: two threads read the same `n`, and both wrote that "+
				"number plus one.", lost, want),
		}
		switch locks, acquires := locksOf(tl); {
		case acquires == 0:
			f.text += " No lock was held while `n` was changed."
			f.misconception = "The GIL makes my code thread-safe, so x += 1 can't be interrupted."
		case locks > 1:
			f.text += " The threads used different locks: a lock keeps out only threads that acquire the same one. " +
				"Make it once, where `n` is made."
			f.misconception = "A lock protects a piece of code. (It protects data, from threads that acquire the " +
				"same lock.)"
		case acquires < want:
			f.text += fmt.Sprintf(" `add` was called %d times, and a lock was acquired %d times: every call of `add` "+
				"needs it.", want, acquires)
			f.misconception = "It is enough if some of the threads that use the data acquire the lock."
		default:
			f.text += " A lock is used, but it isn't held all the way from the read of `n` to the write."
			f.misconception = "A lock around the write is enough."
		}
		return f
	}
}

// locksOf returns how many locks were acquired in a run, and how often. Locks of the same name count as one, or as two
// if several were held at the same time.
func locksOf(tl *timeline.Timeline) (locks, acquires int) {
	if tl == nil {
		return 0, 0
	}
	for _, l := range tl.Stats().Locks {
		if l.State == timeline.WaitLock && l.Acquires > 0 {
			locks++
			acquires += l.Acquires
		}
	}
	if locks == 1 && namesakes(tl) {
		locks = 2
	}
	return locks, acquires
}

// namesakes reports whether two threads held locks of one name at the same time, so that these were two locks.
func namesakes(tl *timeline.Timeline) bool {
	holder := map[timeline.Name]int32{}
	for _, e := range tl.Events {
		if e.Kind != timeline.Acquire && e.Kind != timeline.Release || !strings.HasPrefix(tl.Name(e.Object), "Lock") {
			continue
		}
		switch held, ok := holder[e.Object]; {
		case e.Kind == timeline.Acquire && ok && held != e.Thread:
			return true
		case e.Kind == timeline.Acquire:
			holder[e.Object] = e.Thread
		case held == e.Thread:
			delete(holder, e.Object)
		}
	}
	return false
}
