package exercise

// This file defines the exercise unsendable: an argument that can't be sent to another process.

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

func unsendableTask() *task {
	return &task{
		id:     "unsendable",
		lesson: lessonProcesses,
		title:  "The unsendable argument",
		text: "Fix `logAll`. It starts a process for each name. Each writes two lines, `NAME begins` and `NAME " +
			"ends`, into a queue, and no other process's line may come between the two. `logAll` returns all lines " +
			"when the processes have ended. The code below works with threads. With processes it fails: an argument " +
			"can't be sent.",
		signature: "func(names []string) []string",
		start: `logAll := func(names []string) []string {
	lines := multiprocessing.NewSimpleQueue()
	lock := threading.NewLock("log")
	work := func(name string, lines *multiprocessing.SimpleQueue, lock *threading.Lock) {
		lock.Acquire()
		lines.Put(name + " begins")
		lines.Put(name + " ends")
		lock.Release()
	}
	workers := []*multiprocessing.Process{}
	for _, name := range names {
		p := multiprocessing.NewProcess(work, multiprocessing.Args(name, lines, lock))
		p.Start()
		workers = append(workers, p)
	}
	all := []string{}
	for range 2 * len(names) {
		all = append(all, lines.Get().(string))
	}
	for _, p := range workers {
		p.Join()
	}
	return all
}`,
		hints: []string{
			"Read the error. Arguments are copied to the other process, by pickle. What would a copy of a lock keep " +
				"out?",
			"A lock of `threading` belongs to one process. `multiprocessing` has locks that several processes share, " +
				"and that can be sent. (A lock that each child makes for itself keeps nobody out.)",
			"`lock := multiprocessing.NewLock()`, and `lock *multiprocessing.Lock` as the parameter. Or send both " +
				"lines as one message: then no lock is needed.",
		},
		solution: `logAll := func(names []string) []string {
	lines := multiprocessing.NewSimpleQueue()
	lock := multiprocessing.NewLock()
	work := func(name string, lines *multiprocessing.SimpleQueue, lock *multiprocessing.Lock) {
		lock.Acquire()
		lines.Put(name + " begins")
		lines.Put(name + " ends")
		lock.Release()
	}
	workers := []*multiprocessing.Process{}
	for _, name := range names {
		p := multiprocessing.NewProcess(work, multiprocessing.Args(name, lines, lock))
		p.Start()
		workers = append(workers, p)
	}
	all := []string{}
	for range 2 * len(names) {
		all = append(all, lines.Get().(string))
	}
	for _, p := range workers {
		p.Join()
	}
	return all
}`,
		why: "A lock of `multiprocessing` is a semaphore of the operating system, and what is sent is its name: all " +
			"processes have the same one.",
		praise: "The processes ran at the same time, and each one's lines stayed together.",
		worlds: []World{
			{Python: "3.13", Cores: 1, Restless: true},
			{Python: "3.13", Cores: 4},
			{Python: "3.14", Cores: 4},
		},
		seeds: 15,
		trial: func(solution any) trial {
			f, ok := solution.(func([]string) []string)
			if !ok || f == nil {
				return nil
			}
			return &unsendableTrial{f: f}
		},
	}
}

type unsendableTrial struct {
	f     func([]string) []string
	names []string
	got   []string
	alive int
}

// counted requests a timeline for every run: it has the processes.
func (*unsendableTrial) counted() {}

func (u *unsendableTrial) body(r *run) {
	seed := int(machine.Current().Machine().Seed())
	u.names = []string{"Ada", "Bob", "Cleo", "Dora"}[:3+seed%2]
	names := slices.Clone(u.names)
	r.patience = 10 * time.Second
	r.start("parent", func() {
		u.got = u.f(names)
		u.alive = children()
	})
	r.join()
}

func (u *unsendableTrial) judge(r *run, tl *timeline.Timeline) *fault {
	if len(r.panics) > 0 && strings.Contains(r.panics[0], "can't be sent") {
		return &fault{text: fmt.Sprintf("A thread failed with `%s`. Arguments are copied to the other process, and "+
			"this one belongs to its own.", r.panics[0]),
			misconception: "Whatever can be passed to a thread can be passed to a process."}
	}
	if f := r.common(); f != nil {
		return f
	}
	var want []string
	for _, name := range u.names {
		want = append(want, name+" begins", name+" ends")
	}
	got := slices.Sorted(slices.Values(u.got))
	switch started := tl.Processes() - 1; {
	case started < len(u.names):
		return &fault{text: fmt.Sprintf("%d processes were started for %d names: one for each.", max(started, 0),
			len(u.names))}
	case u.alive > 0:
		return &fault{text: fmt.Sprintf("`logAll` returned while %d processes still ran. Join all of them.", u.alive),
			misconception: startIsDone}
	case !slices.Equal(got, slices.Sorted(slices.Values(want))):
		return &fault{text: fmt.Sprintf("`logAll` returned %q, and each of %v writes two lines.", u.got, u.names),
			misconception: "A list that is captured is shared with child processes."}
	case apart(tl):
		return &fault{text: "The processes ran one after another: start all of them before you wait for the first.",
			misconception: "The safest lock is to do one thing after another. (Then processes are of no use.)"}
	}
	for i := 0; i < len(u.got); i += 2 {
		name := strings.TrimSuffix(u.got[i], " begins")
		if u.got[i+1] != name+" ends" {
			return &fault{text: fmt.Sprintf("After %q came %q: another process wrote in between. A lock keeps out "+
				"only those that acquire the same one.", u.got[i], u.got[i+1]),
				misconception: "Each process can make its own lock, as long as it has the same name."}
		}
	}
	return nil
}
