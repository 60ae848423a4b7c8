package exercise

// This file defines the exercise wakeup: a notification that comes before the wait, and is lost.

import (
	"fmt"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

func wakeupTask() *task {
	return &task{
		id:     "wakeup",
		lesson: lessonThreading,
		title:  "The lost wake-up",
		text: "Fix `newResult`. It returns two functions: `set` stores a value, once; `get` waits until it has been " +
			"stored and returns it. Several threads call `get`, before and after `set`, and each must get the value. " +
			"The code below works if the threads that wait come early enough, and then sometimes not.",
		signature: "func() (set func(value int), get func() int)",
		start: `newResult := func() (set func(value int), get func() int) {
	result, ready := 0, false
	stored := threading.NewCondition(nil, "result")
	set = func(value int) {
		result, ready = value, true
		stored.With(func() { stored.Notify() })
	}
	get = func() int {
		if !ready {
			stored.With(func() { stored.Wait() })
		}
		return result
	}
	return set, get
}`,
		hints: []string{
			"`get` looks at `ready`, and it is false. Then `set` runs, from its first line to its last. Then `get` " +
				"waits. Who wakes it?",
			"A notification isn't stored: only threads that wait at that moment get it. So between the look at " +
				"`ready` " +
				"and the wait, `set` must be kept out. What keeps it out? And how many threads does `Notify` wake?",
			"Acquire the condition's lock in `get` before you look, and look in a loop: `for !ready { stored.Wait() " +
				"}`. In `set`, change both variables while you hold it, and call `NotifyAll`.",
		},
		solution: `newResult := func() (set func(value int), get func() int) {
	result, ready := 0, false
	stored := threading.NewCondition(nil, "result")
	set = func(value int) {
		stored.Acquire()
		defer stored.Release()
		result, ready = value, true
		stored.NotifyAll()
	}
	get = func() int {
		stored.Acquire()
		defer stored.Release()
		for !ready {
			stored.Wait()
		}
		return result
	}
	return set, get
}`,
		why: "`Wait` releases the lock and begins to wait in one step, so no notification can come between the look " +
			"and the wait. `threading.Event` does the same for a flag.",
		praise: "Every thread got the value, whether it came before or after it was stored.",
		worlds: restlessWorlds(),
		proof: &proof{[]string{"3.9", "3.14t"}, `set, get := newResult()
read := func() {
	value := get()
	explore.Assert(value == 7, "the value is 7, and get returned ", value)
}
a := threading.NewThread(read, threading.Name("A"))
b := threading.NewThread(read, threading.Name("B"))
a.Start(); b.Start()
set(7)
a.Join(); b.Join()`},
		trial: func(solution any) trial {
			f, ok := solution.(func() (func(int), func() int))
			if !ok || f == nil {
				return nil
			}
			return &wakeupTrial{f: f}
		},
	}
}

const (
	wakeupReaders = 3
	wakeupLate    = 2 * time.Millisecond
)

type wakeupTrial struct {
	f       func() (func(int), func() int)
	value   int
	got     []int
	stored  bool // set has been called
	early   bool // get returned before that
	used    time.Duration
	waiting bool // set comes late, so that all readers wait
}

func (w *wakeupTrial) body(r *run) {
	seed := machine.Current().Machine().Seed()
	w.value, w.waiting = 40+int(seed%7), seed%3 == 2
	var set func(int)
	var get func() int
	r.call(func() { set, get = w.f() })
	if set == nil || get == nil {
		if len(r.panics) == 0 {
			r.panics = append(r.panics, "TypeError: newResult returned nil in place of a function")
		}
		return
	}
	for i := range wakeupReaders {
		r.start(fmt.Sprintf("reader %d", i+1), func() {
			t := machine.Current()
			if !w.waiting { // one comes at once, the others about when the value does
				t.Sleep(time.Duration(i) * time.Microsecond * time.Duration(seed%5))
			}
			began := t.CPUTime()
			value := get()
			w.used = max(w.used, t.CPUTime()-began)
			w.early = w.early || !w.stored
			w.got = append(w.got, value)
		})
	}
	r.start("writer", func() {
		t := machine.Current()
		if w.waiting {
			t.Sleep(wakeupLate)
		} else {
			t.Sleep(time.Microsecond * time.Duration(seed%4))
		}
		w.stored = true
		set(w.value)
	})
	r.join()
	if r.spinning == "" && len(r.panics) == 0 {
		r.start("late reader", func() { w.got = append(w.got, get()) })
		r.join()
	}
}

func (w *wakeupTrial) judge(r *run, _ *timeline.Timeline) *fault {
	switch {
	case w.early:
		return &fault{text: "`get` returned before a value was stored.",
			misconception: "When `Wait` returns, or a time-out is over, what I waited for is there."}
	case r.deadlock != nil && len(r.panics) == 0:
		f := &fault{text: fmt.Sprintf("The value was stored, and %d of %d calls of `get` have returned; the threads "+
			"wait for ever: %s.", len(w.got), wakeupReaders, sentence(r.deadlock))}
		if w.waiting && len(w.got) > 0 {
			f.text += " All of them waited, and not all were woken."
			f.misconception = "One notification wakes all threads that wait."
		} else if len(cycle(r.deadlock)) == 0 {
			f.text += " A notification isn't stored: a thread that waits later never gets it. And `Notify` wakes one " +
				"thread, however many wait."
			f.misconception = "A notification is kept until a thread waits for it, and reaches all that do."
		}
		return f
	}
	if f := r.common(); f != nil {
		return f
	}
	for _, got := range w.got {
		if got != w.value {
			return &fault{text: fmt.Sprintf("%d was stored, and `get` returned %d.", w.value, got),
				misconception: "Two assignments in one line are one step. (Another thread can see the first without " +
					"the second.)"}
		}
	}
	if w.waiting && w.used > wakeupLate/4 {
		return &fault{text: "Every thread got the value, but one used a core for as long as it waited: it checks " +
			"again and again. Let it wait for a signal.",
			misconception: "A loop that checks a variable until it changes is a way to wait."}
	}
	return nil
}
