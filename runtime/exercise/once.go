package exercise

// This file defines the exercise once: double-checked locking.

import (
	"fmt"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

func onceTask() *task {
	return &task{
		id:     "once",
		lesson: lessonGIL,
		title:  "Made once, by the first thread that needs it",
		text: "Fix `newLazy`. It returns a function `get` that several threads call: the first call makes a value " +
			"with `build()`, which takes long, and all calls return that value. `build` must be called once at most, " +
			"not before the first `get`, and no call may return before there is a value. The code below looks twice, " +
			"with a lock in between, which is a good idea; but it tells others that the value is there before it is. " +
			"(Ordinary Go has `sync.Once` for this. A simulated thread must not block in it, so use a lock of " +
			"`threading` here.)",
		signature: "func(build func() int) (get func() int)",
		start: `newLazy := func(build func() int) (get func() int) {
	value, made := 0, false
	lock := threading.NewLock("lazy")
	get = func() int {
		if !made {
			lock.Acquire()
			if !made {
				made = true
				value = build()
			}
			lock.Release()
		}
		return value
	}
	return get
}`,
		hints: []string{
			"While one thread is in `build`, another calls `get`. What does it find in `made`, and what does it " +
				"return?",
			"The look without the lock may be trusted only if `made` is the last thing that is set. (With one lock " +
				"around everything you needn't think about it, and each call pays for the lock.)",
			"Swap the two lines: `value = build()`, then `made = true`. Keep the second look inside of the lock: " +
				"without it, two threads that both found false would both build.",
		},
		solution: `newLazy := func(build func() int) (get func() int) {
	value, made := 0, false
	lock := threading.NewLock("lazy")
	get = func() int {
		if !made {
			lock.Acquire()
			if !made {
				value = build()
				made = true
			}
			lock.Release()
		}
		return value
	}
	return get
}`,
		why: "A thread that finds `made` true finds the value, too, because it was there first. In Python that holds " +
			"under the GIL and without it; in languages such as Go and Java, a look without the lock needs an atomic " +
			"variable, or `sync.Once`.",
		praise: "The value was made once, and no call returned without it.",
		worlds: restlessWorlds(),
		proof: &proof{[]string{"3.9", "3.14t"}, `made := 0
get := newLazy(func() int { made++; return 42 })
use := func() {
	value := get()
	explore.Assert(value == 42, "get returned ", value, ", and the value is 42")
}
a := threading.NewThread(use, threading.Name("A"))
b := threading.NewThread(use, threading.Name("B"))
a.Start(); b.Start()
a.Join(); b.Join()
explore.Assert(made == 1, "build was called ", made, " times")`},
		trial: func(solution any) trial {
			f, ok := solution.(func(func() int) func() int)
			if !ok || f == nil {
				return nil
			}
			return &onceTrial{f: f}
		},
	}
}

const (
	onceThreads = 4
	onceBuild   = time.Millisecond
)

type onceTrial struct {
	f       func(func() int) func() int
	value   int
	built   int
	eager   bool // build was called before the first get
	got     []int
	started bool
	used    time.Duration
}

func (o *onceTrial) body(r *run) {
	seed := machine.Current().Machine().Seed()
	o.value = 40 + int(seed%7)
	var get func() int
	r.call(func() {
		get = o.f(func() int {
			o.built++
			o.eager = o.eager || !o.started
			machine.Current().Sleep(onceBuild)
			return o.value + 100*(o.built-1)
		})
	})
	if get == nil {
		if len(r.panics) == 0 {
			r.panics = append(r.panics, "TypeError: newLazy returned nil in place of a function")
		}
		return
	}
	for i := range onceThreads {
		r.start(fmt.Sprintf("thread %d", i+1), func() {
			t := machine.Current()
			// at the same time, while it is built, or later
			t.Sleep(onceBuild / 3 * time.Duration(i) * time.Duration(seed%3))
			o.started = true
			began := t.CPUTime()
			value := get()
			o.used = max(o.used, t.CPUTime()-began)
			o.got = append(o.got, value)
		})
	}
	r.join()
	if r.spinning == "" && len(r.panics) == 0 {
		r.start("late thread", func() { o.got = append(o.got, get()) })
		r.join()
	}
}

func (o *onceTrial) judge(r *run, _ *timeline.Timeline) *fault {
	if f := r.common(); f != nil {
		return f
	}
	switch {
	case o.eager:
		return &fault{text: "`build` was called before the first call of `get`: perhaps nobody will ever need the " +
			"value."}
	case o.built > 1:
		return &fault{text: fmt.Sprintf("`build` was called %d times: several threads found that there was no value, "+
			"and each of them made one. Look again when you hold the lock.", o.built),
			misconception: "What I saw before I acquired the lock is still true."}
	}
	for _, got := range o.got {
		if got != o.value {
			f := &fault{text: fmt.Sprintf("The value is %d, and a call of `get` returned %d.", o.value, got)}
			if got == 0 {
				f.text += " It found that the value is there, while another thread was still making it: set the flag " +
					"last."
				f.misconception = "Inside of a lock the order of two lines makes no difference. (It does to threads " +
					"that look without the lock.)"
			}
			return f
		}
	}
	if o.used > onceBuild/2 {
		return &fault{text: "The value was made once, but a thread used a core for as long as it waited for it: it " +
			"checks again and again. Let it wait for a lock or a signal.",
			misconception: "A loop that checks a variable until it changes is a way to wait."}
	}
	return nil
}
