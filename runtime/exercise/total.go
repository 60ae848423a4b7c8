package exercise

// This file defines the exercise total: threads that are started and never joined, as the talk's are by
// _thread.start_new_thread.

import (
	"fmt"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

func totalTask() *task {
	return &task{
		id:     "total",
		lesson: lessonServers,
		title:  "How long did all clients take?",
		text: "Fix `measure`. It runs all `clients` at the same time, each in a thread of its own, and returns how " +
			"long it took until the last of them had its answer. " +
			"The talk starts its threads with `_thread.start_new_thread`, which returns nothing to join.",
		signature: "func(clients []func()) time.Duration",
		start: `measure := func(clients []func()) time.Duration {
	begin := time.Now()
	for _, client := range clients {
		threading.NewThread(client).Start()
	}
	return time.Since(begin)
}`,
		hints: []string{
			"When does `Start` return: when the thread has begun, or when it has ended?",
			"Keep the threads in a slice, and wait for each of them with `Join`. When may you call the first `Join`?",
			"Two loops: the first starts all threads and appends them to a slice, the second joins them. Then take " +
				"the time.",
		},
		solution: `measure := func(clients []func()) time.Duration {
	begin := time.Now()
	threads := []*threading.Thread{}
	for _, client := range clients {
		t := threading.NewThread(client)
		t.Start()
		threads = append(threads, t)
	}
	for _, t := range threads {
		t.Join()
	}
	return time.Since(begin)
}`,
		why: "All threads run before the first `Join`, and after the last `Join` all of them have ended, " +
			"whichever takes longest.",
		praise: "All clients ran at the same time, and the result is the time of the slowest, whichever that was.",
		worlds: worlds(),
		trial: func(solution any) trial {
			f, ok := solution.(func([]func()) time.Duration)
			if !ok || f == nil {
				return nil
			}
			return &totalTrial{f: f}
		},
	}
}

// totalSlack is by how much a result may differ from the time that passed: what the calls themselves take.
const totalSlack = 2 * time.Millisecond

type totalTrial struct {
	f       func([]func()) time.Duration
	takes   []time.Duration // each client
	running int
	most    int
	done    int
	atEnd   int           // how many were done when measure returned
	got     time.Duration // its result
	passed  time.Duration // until the last client was done
	used    time.Duration // of a core, by the caller
}

func (m *totalTrial) body(r *run) {
	seed := machine.Current().Machine().Seed()
	// The slowest is the first, the last, or one between them, so that no single Join is enough.
	base := time.Duration(20+seed%17) * time.Millisecond
	for i := range 3 + int(seed%2) {
		m.takes = append(m.takes, base+time.Duration((uint64(i)+seed)%3)*30*time.Millisecond)
	}
	var begun time.Duration
	clients := make([]func(), len(m.takes))
	for i, d := range m.takes {
		clients[i] = func() {
			t := machine.Current()
			m.running++
			m.most = max(m.most, m.running)
			t.Sleep(d)
			m.running--
			m.done++
			m.passed = max(m.passed, t.Now()-begun)
		}
	}
	r.start("the caller of measure", func() {
		t := machine.Current()
		begun = t.Now()
		cpu := t.CPUTime()
		m.got = m.f(clients)
		m.used = t.CPUTime() - cpu
		m.atEnd = m.done
	})
	r.join()
}

func (m *totalTrial) judge(r *run, tl *timeline.Timeline) *fault {
	if f := r.common(); f != nil {
		return f
	}
	n := len(m.takes)
	switch {
	case m.atEnd < n && m.done == 0 && m.running == 0:
		return &fault{text: "No client ran. Start each of them in a thread."}
	case m.atEnd < n:
		f := &fault{text: fmt.Sprintf("`measure` returned when %d of %d clients had their answers. Join every thread "+
			"before you take the time.", m.atEnd, n),
			misconception: startIsDone}
		if slept(tl, "the caller of measure") {
			f.text += " A sleep is too short for some clients and too long for others."
		}
		return f
	case m.most < n:
		return &fault{text: fmt.Sprintf("At most %d of %d clients ran at the same time. Start all threads before you "+
			"join the first.", m.most, n), misconception: "Whatever runs in threads runs at the same time."}
	case m.used > totalSlack*5:
		return &fault{text: fmt.Sprintf("The clients slept, and `measure` used a core for %v meanwhile: it checks "+
			"again and again whether they are done. `Join` waits without that.", m.used.Round(time.Millisecond)),
			misconception: "A loop that checks until something has happened is a way to wait."}
	case m.got > m.passed+totalSlack || m.got < m.passed-totalSlack:
		f := &fault{text: fmt.Sprintf("The last client had its answer after %v, and `measure` returned %v.",
			m.passed.Round(time.Millisecond), m.got.Round(time.Millisecond))}
		sum := time.Duration(0)
		for _, d := range m.takes {
			sum += d
		}
		switch {
		case m.got > sum-totalSlack*time.Duration(n) && m.got < sum+totalSlack*time.Duration(n):
			f.text += " That is the sum of what the clients took. They ran at the same time, so their times overlap."
			f.misconception = "Three clients take three times as long as one."
		case slept(tl, "the caller of measure"):
			f.text += " A sleep is too short for some clients and too long for others: `Join` returns when the " +
				"thread has ended."
			f.misconception = "`time.Sleep` is a way to wait for a thread."
		}
		return f
	}
	return nil
}
