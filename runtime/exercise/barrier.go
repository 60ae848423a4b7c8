package exercise

// This file defines the exercise barrier: threads that meet again and again.

import (
	"fmt"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

func barrierTask() *task {
	return &task{
		id:     "barrier",
		lesson: lessonConcurrency,
		title:  "A barrier that works twice",
		text: "Fix `newBarrier`. It returns a function that each of `n` threads calls at the end of each round. No " +
			"call returns before all `n` threads have called in that round; then all do, and the next round begins. " +
			"The barrier below works once. `threading.NewCondition(nil, \"barrier\")` is " +
			"Python's `Condition()`: `nil` says that it makes its own lock, and the text is its name in reports. " +
			"(`threading.NewBarrier` is Python's own; here you build one.)",
		signature: "func(n int) (wait func())",
		start: `newBarrier := func(n int) (wait func()) {
	count := 0
	changed := threading.NewCondition(nil, "barrier")
	wait = func() {
		changed.Acquire()
		defer changed.Release()
		count++
		if count == n {
			changed.NotifyAll()
		}
		for count < n {
			changed.Wait()
		}
	}
	return wait
}`,
		hints: []string{
			"After the first round `count` is `n`, and stays there. What does a thread find that comes to the " +
				"barrier again? And if the last thread sets it to 0: what does a thread find that is woken after that?",
			"A thread that waits must wait for something that no later round can undo. The number of the round, for " +
				"example: it only grows.",
			"Keep `round`, too. A thread remembers the round in which it came. The last thread sets `count` to 0, " +
				"adds 1 to `round` and notifies all; the others wait while `round` is the one that they remember.",
		},
		solution: `newBarrier := func(n int) (wait func()) {
	count, round := 0, 0
	changed := threading.NewCondition(nil, "barrier")
	wait = func() {
		changed.Acquire()
		defer changed.Release()
		mine := round
		count++
		if count == n {
			count = 0
			round++
			changed.NotifyAll()
		}
		for round == mine {
			changed.Wait()
		}
	}
	return wait
}`,
		why: "The threads wait for the number of the round to change. A thread that is quick and comes again can't " +
			"change it back.",
		praise: "In each round all threads waited for the last one, and nothing was left over for the next round.",
		worlds: restlessWorlds(),
		proof: &proof{[]string{"3.13", "3.14t"}, `wait := newBarrier(2)
rounds := []int{0, 0}
work := func(me int) {
	for n := 1; n <= 2; n++ {
		rounds[me] = n
		wait()
		explore.Assert(rounds[1-me] >= n, "a thread left the barrier in round ", n, " before the other had come")
	}
}
a := threading.NewThread(work, threading.Args(0), threading.Name("A"))
b := threading.NewThread(work, threading.Args(1), threading.Name("B"))
a.Start(); b.Start()
a.Join(); b.Join()`},
		trial: func(solution any) trial {
			f, ok := solution.(func(int) func())
			if !ok || f == nil {
				return nil
			}
			return &barrierTrial{f: f}
		},
	}
}

const barrierRounds = 4

// barrierLate is how much later than the others one of the threads comes in the last round, at some seeds.
const barrierLate = 2 * time.Millisecond

type barrierTrial struct {
	f     func(int) func()
	n     int
	here  [barrierRounds]int
	early int // the round in which a thread left too early, from 1; 0: none did
	seen  int // and how many had come by then
	used  time.Duration
	late  bool
}

func (b *barrierTrial) body(r *run) {
	seed := machine.Current().Machine().Seed()
	b.n, b.late = 2+int(seed%3), seed%4 == 3
	var wait func()
	r.call(func() { wait = b.f(b.n) })
	if wait == nil {
		if len(r.panics) == 0 {
			r.panics = append(r.panics, "TypeError: newBarrier returned nil in place of a function")
		}
		return
	}
	for i := range b.n {
		r.start(fmt.Sprintf("thread %d", i+1), func() {
			t := machine.Current()
			for round := range barrierRounds {
				if i == 0 && b.late && round == barrierRounds-1 {
					t.Sleep(barrierLate)
				}
				b.here[round]++
				began := t.CPUTime()
				wait()
				b.used = max(b.used, t.CPUTime()-began)
				if b.here[round] < b.n && b.early == 0 {
					b.early, b.seen = round+1, b.here[round]
				}
			}
		})
	}
	r.join()
}

func (b *barrierTrial) judge(r *run, _ *timeline.Timeline) *fault {
	if b.early > 0 {
		f := &fault{text: fmt.Sprintf("A thread left the barrier in round %d, when %d of %d threads had come.", b.early,
			b.seen, b.n)}
		if b.early > 1 {
			f.text += " In the first round it worked: something of an earlier round was still there."
			f.misconception = "What a barrier has counted is gone when the threads have passed."
		} else {
			f.misconception = "A notification, or a place in a semaphore, means that all have come."
		}
		return f
	}
	if r.deadlock != nil && len(r.panics) == 0 {
		round := 0
		for round < barrierRounds-1 && b.here[round] == b.n {
			round++
		}
		return &fault{text: fmt.Sprintf("In round %d the threads wait for ever: %s. A thread that was woken found its "+
			"condition undone by one that had already come again, or was never woken.", max(round, 1),
			sentence(r.deadlock)),
			misconception: "A thread that is notified runs at once. (Others may run first, and change what it waits " +
				"for.)"}
	}
	if f := r.common(); f != nil {
		return f
	}
	if b.late && b.used > barrierLate/2 {
		return &fault{text: "The rounds are right, but a thread used a core for as long as it waited: it checks " +
			"again and again whether all have come. Let it wait for a signal.",
			misconception: "A loop that checks a variable until it changes is a way to wait."}
	}
	return nil
}
