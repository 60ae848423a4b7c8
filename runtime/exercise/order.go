package exercise

// This file defines the exercise order: a list that child processes append to, and that stays empty in their parent.

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

func orderTask() *task {
	return &task{
		id:     "order",
		lesson: lessonServers,
		title:  "The list that stays empty",
		text: "Fix `serveAll`. It serves request 0, 1, 2, …: for each it starts a `multiprocessing.NewProcess`, in " +
			"which the work is `time.Sleep(works[i])`. It returns the numbers of the requests in " +
			"the order in which their work was done, when all processes have ended. In the talk the children append " +
			"to a list, and their parent prints an empty one.",
		signature: "func(works []time.Duration) []int",
		start: `serveAll := func(works []time.Duration) []int {
	order := []int{}
	request := func(i int, work time.Duration) {
		time.Sleep(work)
		order = append(order, i)
	}
	processes := []*multiprocessing.Process{}
	for i, work := range works {
		p := multiprocessing.NewProcess(request, multiprocessing.Args(i, work))
		p.Start()
		processes = append(processes, p)
	}
	for _, p := range processes {
		p.Join()
	}
	return order
}`,
		hints: []string{
			"Each process has memory of its own. Which `order` does the child append to, and which one does the " +
				"parent return?",
			"The child must send its number to the parent: through a `multiprocessing.NewQueue()`, a `Pipe`, or a " +
				"list of a `Manager`, which are made for that. Give it to the child as an argument.",
			"In the child: `done.Put(i)` after the work. In the parent: as many `done.Get()` as there are requests, " +
				"then join the processes.",
		},
		solution: `serveAll := func(works []time.Duration) []int {
	order := []int{}
	request := func(i int, work time.Duration, done *multiprocessing.SimpleQueue) {
		time.Sleep(work)
		done.Put(i)
	}
	done := multiprocessing.NewSimpleQueue()
	processes := []*multiprocessing.Process{}
	for i, work := range works {
		p := multiprocessing.NewProcess(request, multiprocessing.Args(i, work, done))
		p.Start()
		processes = append(processes, p)
	}
	for range works {
		order = append(order, done.Get().(int))
	}
	for _, p := range processes {
		p.Join()
	}
	return order
}`,
		why: "A queue of `multiprocessing` carries values from one process to another; the numbers arrive in the " +
			"order in which the children put them in.",
		praise: "The parent learnt from its children in which order they were done, whichever took longest.",
		worlds: []World{{Python: "3.13", Cores: 4}, {Python: "3.14", Cores: 4}}, // fork, and forkserver
		seeds:  20,
		trial: func(solution any) trial {
			f, ok := solution.(func([]time.Duration) []int)
			if !ok || f == nil {
				return nil
			}
			return &orderTrial{f: f}
		},
	}
}

type orderTrial struct {
	f     func([]time.Duration) []int
	works []time.Duration
	got   []int
	took  time.Duration
	alive int // processes that hadn't ended when serveAll returned
}

// counted requests a timeline for every run: it has the processes.
func (*orderTrial) counted() {}

func (o *orderTrial) body(r *run) {
	seed := int(machine.Current().Machine().Seed())
	n := 3 + seed%2
	for i := range n {
		o.works = append(o.works, time.Duration(1+(i*(1+2*(seed/2%2))+seed)%n)*100*time.Millisecond)
	}
	if n == 3 && seed/2%2 == 1 { // a step of 3 in a circle of 3 would give each the same
		o.works = []time.Duration{300 * time.Millisecond, 200 * time.Millisecond, 100 * time.Millisecond}
	}
	works := slices.Clone(o.works)
	r.patience = 10 * time.Second
	r.start("server", func() {
		t := machine.Current()
		began := t.Now()
		o.got = o.f(works)
		o.took = t.Now() - began
		o.alive = children()
	})
	r.join()
}

func (o *orderTrial) judge(r *run, tl *timeline.Timeline) *fault {
	if r.deadlock != nil && len(r.panics) == 0 {
		return &fault{text: "The processes wait for ever: " + sentence(r.deadlock) +
			". Does every child put something in for each thing that the parent takes out?"}
	}
	if f := r.common(); f != nil {
		return f
	}
	n := len(o.works)
	want := make([]int, n)
	for i := range want {
		want[i] = i
	}
	slices.SortStableFunc(want, func(i, j int) int { return cmp.Compare(o.works[i], o.works[j]) })
	var sum time.Duration
	for _, d := range o.works {
		sum += d
	}
	started := tl.Processes() - 1
	switch {
	case len(o.got) == 0 && started >= n:
		return &fault{text: fmt.Sprintf("%d processes did their work, and `serveAll` returned an empty list: each "+
			"child appended to the list in its own memory, which ended with it. Send the numbers to the parent, "+
			"through a queue or a pipe.", started),
			misconception: "Globals and captured variables are shared with child processes."}
	case started < n:
		return &fault{text: fmt.Sprintf("%d processes were started for %d requests. This exercise is about "+
			"processes: threads share a list, and a computed order is no observed one.", max(started, 0), n)}
	case o.took > sum-10*time.Millisecond:
		return &fault{text: "The requests were served one after another: start all processes before you wait for one.",
			misconception: "Whatever runs in processes runs at the same time."}
	case slices.Equal(o.got, want) && o.took > o.works[want[n-1]]*2:
		return &fault{text: fmt.Sprintf("The order is right, and `serveAll` took %v, though the longest work takes "+
			"%v: a sleep is no way to wait for a process.", o.took.Round(time.Millisecond), o.works[want[n-1]]),
			misconception: "`time.Sleep` is a way to wait."}
	case o.took < o.works[want[n-1]]:
		return &fault{text: fmt.Sprintf("`serveAll` returned after %v, before the last work of %v was done. Join "+
			"every process.", o.took.Round(time.Millisecond), o.works[want[n-1]]),
			misconception: "When `Start` returns, the work is done."}
	case slices.Equal(o.got, want) && o.alive > 0:
		return &fault{text: fmt.Sprintf("The order is right, and %d processes hadn't ended when `serveAll` returned: "+
			"a process that has sent its number still has its end before it. Join every process.", o.alive),
			misconception: "When the result is there, the process has ended."}
	case slices.Equal(o.got, want):
		return nil
	}
	return &fault{text: fmt.Sprintf("The works took %v, so they were done in the order %v, and `serveAll` returned "+
		"%v. The order of the starts, or of the joins, isn't the order in which the work is done: each child must "+
		"send its number when it has done its work.", o.works, want, o.got),
		misconception: "start order = run order."}
}
