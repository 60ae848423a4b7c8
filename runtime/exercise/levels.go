package exercise

// This file defines the levels in which the learner is the scheduler: programs to break.

func breakCounterTask() *task {
	return level(task{
		id:     "breakcounter",
		lesson: lessonConcurrency,
		title:  "Break it: the counter",
		text:   "Two threads add 1 to the same number. You decide which of them goes next. Make them lose an addition.",
		start:  `breakCounter := ""`,
		hints: []string{
			"`n++` is a read, an addition and a write. What must happen between A's read and A's write?",
			"Let A go until it has read `n`, and no further.",
			"Then let B go to its end, and then A: it writes what it has read before, plus one.",
		},
		solution: `breakCounter := "3.9/2:8yn.2>1,1:ma0|3"`,
		why: "A thread reads 0 and is stopped; the other one counts to 1 and ends; the first writes 1, too. One " +
			"preemption is enough.",
	}, "assertion", "3.9", `n := 0
add := func() { n++ }
a := threading.NewThread(add, threading.Name("A"))
b := threading.NewThread(add, threading.Name("B"))
a.Start(); b.Start()
a.Join(); b.Join()
explore.Assert(n == 2, "an addition is lost: n is ", n)`)
}

func breakTransferTask() *task {
	return level(task{
		id:     "breaktransfer",
		lesson: lessonConcurrency,
		title:  "Break it: two locks",
		text: "Two threads acquire two locks, in two orders. You decide which of them goes next. Make them wait " +
			"for ever.",
		start: `breakTransfer := ""`,
		hints: []string{
			"A deadlock is a circle: A holds what B waits for, and B holds what A waits for.",
			"Let A acquire x, and stop it there.",
			"Then let B go: it acquires y, and waits for x. Whatever you choose then, A waits for y.",
		},
		solution: `breakTransfer := "3.13/2:l18>1,1:la1|3"`,
		why:      "Each thread is stopped with one lock in hand. From there, no choice helps any more.",
	}, "deadlock", "3.13", `x, y := threading.NewLock("x"), threading.NewLock("y")
move := func(from, to *threading.Lock) {
	from.Acquire()
	to.Acquire()
	to.Release()
	from.Release()
}
a := threading.NewThread(func() { move(x, y) }, threading.Name("A"))
b := threading.NewThread(func() { move(y, x) }, threading.Name("B"))
a.Start(); b.Start()
a.Join(); b.Join()`)
}

func breakOnceTask() *task {
	return level(task{
		id:     "breakonce",
		lesson: lessonGIL,
		title:  "Break it: look twice",
		text: "Two threads want a value that is made once. They look, acquire a lock, and look again. You decide " +
			"which of them goes next. Make one of them use the value before it is there.",
		start: `breakOnce := ""`,
		hints: []string{
			"Which line says that the value is there? And which one makes it?",
			"Let A go until it has set `made`, and stop it before it sets `value`.",
			"Then let B go to its end: it finds `made` true, needs no lock, and uses 0.",
		},
		solution: `breakOnce := "3.14t/2:mz7>1,1:ma0|3"`,
		why:      "The flag is set before the value. B looks at the flag without the lock, exactly in between.",
	}, "assertion", "3.14t", `value, made := 0, false
lock := threading.NewLock("lazy")
use := func() {
	if !made {
		lock.Acquire()
		if !made {
			made = true
			value = 42
		}
		lock.Release()
	}
	explore.Assert(value == 42, "the value is used before it is there")
}
a := threading.NewThread(use, threading.Name("A"))
b := threading.NewThread(use, threading.Name("B"))
a.Start(); b.Start()
a.Join(); b.Join()`)
}

func breakWakeupTask() *task {
	return level(task{
		id:     "breakwakeup",
		lesson: lessonThreading,
		title:  "Break it: the wake-up",
		text: "A waits until B says that it is ready. You decide which of them goes next. Make A wait for ever, " +
			"although B has said so.",
		start: `breakWakeup := ""`,
		hints: []string{
			"A notification reaches only threads that wait at that moment.",
			"Let A look at `ready`, and stop it before it waits.",
			"Then let B go to its end: it notifies nobody. Then A begins to wait.",
		},
		solution: `breakWakeup := "3.14t/2:h0n.2>1,1:ma0|3"`,
		why: "A has seen that B isn't ready, and doesn't wait yet. B's notification comes in between, and is " +
			"lost.",
	}, "deadlock", "3.14t", `ready := false
changed := threading.NewCondition(nil, "changed")
wait := func() {
	if !ready {
		changed.With(func() { changed.Wait() })
	}
}
set := func() {
	ready = true
	changed.With(func() { changed.NotifyAll() })
}
a := threading.NewThread(wait, threading.Name("A"))
b := threading.NewThread(set, threading.Name("B"))
a.Start(); b.Start()
a.Join(); b.Join()`)
}
