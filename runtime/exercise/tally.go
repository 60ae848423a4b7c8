package exercise

// This file defines the exercise tally: a counter of several processes, which needs shared memory, and a lock for it.

import (
	"fmt"
	"strings"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/timeline"
)

func tallyTask() *task {
	return &task{
		id:     "tally",
		lesson: lessonProcesses,
		title:  "A counter for several processes",
		text: "Fix `countAll`. It starts as many processes as `processes` says, each of which adds 1 to a counter " +
			"`times` times, all at the same time, and returns the counter's value when all have ended. " +
			"A process has memory of its own, and what processes share can be changed by two of them at once.",
		signature: "func(processes, times int) int",
		start: `countAll := func(processes, times int) int {
	total := 0
	work := func() {
		for range times {
			total++
		}
	}
	workers := []*multiprocessing.Process{}
	for range processes {
		p := multiprocessing.NewProcess(work)
		p.Start()
		workers = append(workers, p)
	}
	for _, p := range workers {
		p.Join()
	}
	return total
}`,
		hints: []string{
			"Which `total` does a child change, and which one does the parent return? What a child changes in its " +
				"own memory ends with it.",
			"`total := multiprocessing.NewValue(\"i\", 0)` is a number in memory that processes share; pass it with " +
				"`multiprocessing.Args`. But to add 1 is to read and to write: `Value()` and `SetValue()` each take " +
				"the value's lock, and another process can come in between.",
			"In the child: `total.With(func() { total.SetValue(total.Int() + 1) })` holds the value's lock for both. " +
				"In the parent: join all processes, then return `total.Int()`.",
		},
		solution: `countAll := func(processes, times int) int {
	total := multiprocessing.NewValue("i", 0)
	work := func(total *multiprocessing.Value) {
		for range times {
			total.With(func() { total.SetValue(total.Int() + 1) })
		}
	}
	workers := []*multiprocessing.Process{}
	for range processes {
		p := multiprocessing.NewProcess(work, multiprocessing.Args(total))
		p.Start()
		workers = append(workers, p)
	}
	for _, p := range workers {
		p.Join()
	}
	return total.Int()
}`,
		why: "A `Value` is in memory that all processes share, and its lock, held for the read and the write " +
			"together, keeps the others out in between.",
		praise: "No increment was lost, though the processes counted at the same time.",
		// the first finds races; fork, and forkserver
		worlds: []World{
			{Python: "3.13", Cores: 1, Restless: true},
			{Python: "3.13", Cores: 4},
			{Python: "3.14", Cores: 4},
		},
		seeds: 20,
		trial: func(solution any) trial {
			f, ok := solution.(func(int, int) int)
			if !ok || f == nil {
				return nil
			}
			return &tallyTrial{f: f}
		},
	}
}

type tallyTrial struct {
	f                func(int, int) int
	processes, times int
	got              int
	alive            int // processes that hadn't ended when countAll returned
}

// counted requests a timeline for every run: it has the processes.
func (*tallyTrial) counted() {}

func (c *tallyTrial) body(r *run) {
	seed := int(machine.Current().Machine().Seed())
	c.processes, c.times = 3+seed%2, 30+seed%5 // not always the same, so that no constant is right
	r.patience = 10 * time.Second
	r.start("parent", func() {
		c.got = c.f(c.processes, c.times)
		c.alive = children()
	})
	r.join()
}

// children returns how many processes that the learner's code started haven't ended. A manager's process, which ends
// with the interpreter, doesn't count.
func children() (alive int) {
	for _, p := range multiprocessing.ActiveChildren() {
		if !strings.HasPrefix(p.Name(), "SyncManager-") {
			alive++
		}
	}
	return alive
}

func (c *tallyTrial) judge(r *run, tl *timeline.Timeline) *fault {
	if f := r.common(); f != nil {
		return f
	}
	want := c.processes * c.times
	started := tl.Processes() - 1
	counts := fmt.Sprintf("%d processes added 1 to the counter %d times each, and `countAll` returned %d", c.processes,
		c.times, c.got)
	switch {
	case started < c.processes:
		return &fault{text: fmt.Sprintf("%d processes were started, and `processes` is %d. This exercise is about "+
			"processes: threads share a variable.", max(started, 0), c.processes)}
	case c.alive > 0:
		return &fault{text: fmt.Sprintf("`countAll` returned %d while %d processes still ran. Join every process "+
			"before you read the counter.", c.got, c.alive), misconception: startIsDone}
	case c.got == 0:
		return &fault{text: counts + ": each child counted in its own memory, which ended with it. The counter must " +
			"be in shared memory, or the children must send what they have counted.",
			misconception: "Globals and captured variables are shared with child processes."}
	case apart(tl):
		return &fault{text: "The processes counted one after another: start all of them before you join the first.",
			misconception: "Whatever runs in processes runs at the same time."}
	case c.got == want:
		return nil
	case c.got == c.times:
		return &fault{text: counts + ". That is the count of one process: what the others counted was replaced, not " +
			"added."}
	case c.got < want:
		return &fault{text: counts + fmt.Sprintf(": %d increments were lost. To add 1 is to read and to write, and "+
			"another process did the same in between. Hold one lock, the same for all processes, from the read to "+
			"the write.", want-c.got),
			misconception: "A shared `Value` has a lock, so `v.value += 1` is atomic. (The read takes the lock, and " +
				"the write takes it again.)"}
	}
	return &fault{text: counts + fmt.Sprintf(", which is %d too many.", c.got-want)}
}

// apart reports whether no two processes of those that the timeline's first process started lived at the same time.
func apart(tl *timeline.Timeline) bool {
	type life struct{ from, to int64 }
	lives := map[int]life{}
	for i, lane := range tl.Lanes() {
		p := tl.Threads[i].PID
		if p == tl.Threads[0].PID || len(lane) == 0 {
			continue
		}
		l, ok := lives[p]
		if !ok {
			l = life{lane[0].From, lane[len(lane)-1].To}
		}
		lives[p] = life{min(l.from, lane[0].From), max(l.to, lane[len(lane)-1].To)}
	}
	for p, a := range lives {
		for q, b := range lives {
			if p < q && a.from < b.to && b.from < a.to {
				return false
			}
		}
	}
	return true
}
