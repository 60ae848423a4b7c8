package exercise

// This file defines the exercise rendezvous: two threads that meet.

import (
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

func rendezvousTask() *task {
	return &task{
		id:     "rendezvous",
		lesson: lessonConcurrency,
		title:  "Two threads meet",
		text: "Fix `newRendezvous`. It returns two functions; thread A calls the first when it arrives, thread B " +
			"the second. Neither call may return " +
			"before both threads have arrived, whichever comes first. Then both must return. They meet once.",
		signature: "func() (a, b func())",
		start: `newRendezvous := func() (a, b func()) {
	aHere, bHere := threading.NewEvent("A is here"), threading.NewEvent("B is here")
	a = func() {
		bHere.Wait()
		aHere.Set()
	}
	b = func() {
		aHere.Wait()
		bHere.Set()
	}
	return a, b
}`,
		hints: []string{
			"Each thread has two things to do: signal that it has arrived, and wait for the other. In which order?",
			"In the cell as it stands, each waits first, so neither signals. Each must signal first, then wait.",
			"Swap the two steps of `a`, and those of `b`: `a` signals that A is here, and then waits for B; `b` " +
				"signals that B is here, and then waits for A.",
		},
		solution: `newRendezvous := func() (a, b func()) {
	aHere, bHere := threading.NewEvent("A is here"), threading.NewEvent("B is here")
	a = func() {
		aHere.Set()
		bHere.Wait()
	}
	b = func() {
		bHere.Set()
		aHere.Wait()
	}
	return a, b
}`,
		why: "Each thread signals that it has arrived before it waits for the other, so the thread that comes " +
			"second finds the first one's signal already set.",
		praise: "Neither thread continued before the other had arrived, whichever came first.",
		worlds: worlds(),
		proof: &proof{[]string{"3.13", "3.14t"}, `meetA, meetB := newRendezvous()
here := map[string]bool{}
a := threading.NewThread(func() {
	here["A"] = true
	meetA()
	explore.Assert(here["B"], "thread A continues before thread B has arrived")
}, threading.Name("A"))
b := threading.NewThread(func() {
	here["B"] = true
	meetB()
	explore.Assert(here["A"], "thread B continues before thread A has arrived")
}, threading.Name("B"))
a.Start(); b.Start()
a.Join(); b.Join()`},
		trial: func(solution any) trial {
			f, ok := solution.(func() (func(), func()))
			if !ok || f == nil {
				return nil
			}
			return &rendezvousTrial{f: f}
		},
	}
}

type rendezvousTrial struct {
	f           func() (func(), func())
	here, early [2]bool
	passed      [2]bool
	who         [2]string
	used        [2]time.Duration // of a core, in the call
}

func (m *rendezvousTrial) body(r *run) {
	var calls [2]func()
	r.call(func() { calls[0], calls[1] = m.f() })
	if calls[0] == nil || calls[1] == nil {
		if len(r.panics) == 0 {
			r.panics = append(r.panics, "TypeError: newRendezvous returned nil in place of a function")
		}
		return
	}
	m.who = [2]string{"A", "B"}
	// The seed decides which thread comes first, and by how much: not at all, by less than a switch takes, by a lot, or
	// by more than any sleep.
	lates := []time.Duration{0, rendezvousLate, 3 * time.Microsecond, time.Millisecond}
	t := machine.Current()
	seed := t.Machine().Seed()
	late := lates[seed/2%uint64(len(lates))]
	second := int(seed % 2)
	m.meet(r, 1-second, calls[1-second], 0)
	if late == rendezvousLate {
		r.gate.Set()
		t.Sleep(late)
		late = 0
	}
	m.meet(r, second, calls[second], late)
	r.join()
}

// rendezvousLate is how much later than the first thread the second comes at most: solutions that sleep don't sleep
// that long.
const rendezvousLate = 3 * patience

// meet starts thread i, which calls the learner's function after a time.
func (m *rendezvousTrial) meet(r *run, i int, call func(), late time.Duration) {
	r.start("thread "+m.who[i], func() {
		t := machine.Current()
		if late > 0 {
			t.Sleep(late)
		}
		m.here[i] = true
		began := t.CPUTime()
		call()
		m.used[i] = t.CPUTime() - began
		m.early[i] = !m.here[1-i]
		m.passed[i] = true
	})
}

func (m *rendezvousTrial) judge(r *run, _ *timeline.Timeline) *fault {
	if r.deadlock != nil {
		f := r.common()
		if !m.passed[0] && !m.passed[1] {
			f.text = "Both threads wait for ever: " + sentence(r.deadlock) +
				". Each waits before it has signalled its own arrival."
			f.misconception = "One thread has to wait first. (If both wait before they signal, neither signals.)"
		} else {
			f.text = "One thread continued, and the other waits for ever: " + sentence(r.deadlock) +
				". A signal that comes before the wait must not be lost, and each thread needs its own."
			f.misconception = "A notification is kept until a thread waits for it."
		}
		return f
	}
	if f := r.common(); f != nil {
		return f
	}
	for i := range m.early {
		if m.early[i] {
			return &fault{text: "Thread " + m.who[i] + " continued before thread " + m.who[1-i] + " had arrived.",
				misconception: "The other will surely be there by then. (Neither a sleep nor the order of the starts " +
					"makes one thread wait for another.)"}
		}
	}
	for i := range m.used {
		if m.used[i] > patience/10 {
			return &fault{text: "Both met, but thread " + m.who[i] + " used a core for as long as it waited: it " +
				"checks again and again whether the other has arrived. Let it wait for a signal.",
				misconception: "A loop that checks a variable until it changes is a way to wait."}
		}
	}
	return nil
}
