package exercise

// This file defines the exercise slower: threads that spend their time at one lock.

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

func slowerTask() *task {
	return &task{
		id:     "slower",
		lesson: lessonThreading,
		title:  "Why is my threaded code slower?",
		text: "`countWords` counts how often each word occurs, with several threads, and is slower than one thread: " +
			"it acquires a lock for every word. Keep the threads and the right counts, but acquire the lock at most " +
			"twice per thread, and don't make the threads wait for each other while they count: under Python 3.14t, " +
			"which has no GIL, they must count at the same time. (Under a GIL they can't, and every acquire is pure " +
			"loss.)",
		signature: "func(words []string, threads int) map[string]int",
		start: `countWords := func(words []string, threads int) map[string]int {
	counts := map[string]int{}
	lock := threading.NewLock("counts")
	work := func(part []string) {
		for _, word := range part {
			lock.Acquire()
			counts[word]++
			lock.Release()
		}
	}
	workers := []*threading.Thread{}
	for i := range threads {
		part := words[i*len(words)/threads : (i+1)*len(words)/threads]
		worker := threading.NewThread(work, threading.Args(part))
		worker.Start()
		workers = append(workers, worker)
	}
	for _, worker := range workers {
		worker.Join()
	}
	return counts
}`,
		hints: []string{
			"What is shared that doesn't have to be? A thread that counts into a map of its own needs no lock for " +
				"that.",
			"Give each thread a part of the words and a map of its own. It needs the lock only at the end, to add " +
				"its counts to the shared map.",
			"In the thread: `mine := map[string]int{}`, count into it without a lock, then acquire the lock once, " +
				"add `mine` to the shared map, and release the lock.",
		},
		solution: `countWords := func(words []string, threads int) map[string]int {
	counts := map[string]int{}
	lock := threading.NewLock("counts")
	work := func(part []string) {
		mine := map[string]int{}
		for _, word := range part {
			mine[word]++
		}
		lock.Acquire()
		for word, n := range mine {
			counts[word] += n
		}
		lock.Release()
	}
	workers := []*threading.Thread{}
	for i := range threads {
		part := words[i*len(words)/threads : (i+1)*len(words)/threads]
		worker := threading.NewThread(work, threading.Args(part))
		worker.Start()
		workers = append(workers, worker)
	}
	for _, worker := range workers {
		worker.Join()
	}
	return counts
}`,
		why: "A thread that counts into a map of its own needs no lock; it acquires the lock once, to add up the " +
			"counts.",
		praise: "The counts are right, the lock was acquired at most twice per thread, and without a GIL the threads " +
			"counted at the same time.",
		worlds: worlds(),
		trial: func(solution any) trial {
			f, ok := solution.(func([]string, int) map[string]int)
			if !ok || f == nil {
				return nil
			}
			return &slowerTrial{f: f}
		},
	}
}

const (
	slowerThreads = 3
	slowerWords   = 2400
	slowerKinds   = 400 // many, so that adding up takes long enough for two threads to meet in it
	// slowerMore is how many times as many words there are without a GIL, so that counting takes longer than starting a
	// thread.
	slowerMore = 6
	// slowerTogether is the least share of the threads' time in which several run, without a GIL. Right solutions have
	// more than half; those that hold a lock while they count, next to nothing.
	slowerTogether = 0.2
)

type slowerTrial struct {
	f     func([]string, int) map[string]int
	words int
	got   map[string]int
	want  map[string]int
	left  int // how many threads still ran when f returned
}

func (s *slowerTrial) body(r *run) {
	var words []string
	s.words = slowerWords
	if !gil.IsGILEnabled() {
		s.words *= slowerMore
	}
	for i := range s.words {
		words = append(words, fmt.Sprint("word ", i%slowerKinds))
	}
	s.want = map[string]int{}
	for _, w := range words {
		s.want[w]++
	}
	r.call(func() { s.got = s.f(words, slowerThreads) })
	s.left = threading.ActiveCount() - 1
}

// counted requests a timeline for every run: this exercise is about how often a lock is acquired.
func (*slowerTrial) counted() {}

func (s *slowerTrial) judge(r *run, tl *timeline.Timeline) *fault {
	if f := r.common(); f != nil {
		return f
	}
	if !maps.Equal(s.got, s.want) {
		return s.miscounted(tl)
	}
	threads := 0
	for _, e := range tl.Events {
		if e.Kind == timeline.Spawn {
			threads++
		}
	}
	if threads < slowerThreads {
		return &fault{text: fmt.Sprintf("%d threads were started, and `threads` is %d. One thread alone can count "+
			"right, but this exercise asks for several.", threads, slowerThreads)}
	}
	if _, acquires := locksOf(tl); acquires > 2*slowerThreads {
		return &fault{text: fmt.Sprintf("The counts are right, but the lock was acquired %d times for %d words by %d "+
			"threads. That is where the time goes: at each acquire a thread may have to wait for another.", acquires,
			s.words, slowerThreads),
			misconception: "More threads make it faster; the lock costs nothing."}
	}
	if tl.Info.Interval == 0 && together(tl) < slowerTogether {
		f := &fault{text: "The counts are right, but under Python 3.14t, on four cores, the threads didn't count at " +
			"the same time: each of them waited until another was done."}
		if waited(tl) {
			f.text += " A thread holds the lock while it counts. It needs the lock only while it changes what all " +
				"threads share."
			f.misconception = "A lock that is acquired once costs next to nothing. (It costs what all others wait " +
				"while it is held.)"
		} else {
			f.text += " Start all threads before you wait for one: a `Join` right after each `Start` runs them one " +
				"after another."
			f.misconception = "Whatever runs in threads runs at the same time."
		}
		return f
	}
	return nil
}

// miscounted returns the fault of a wrong result.
func (s *slowerTrial) miscounted(tl *timeline.Timeline) *fault {
	got := 0
	oneThread := true // whether each count is that of one thread's part
	for word, n := range s.want {
		got += s.got[word]
		oneThread = oneThread && s.got[word]*slowerThreads == n
	}
	missing := fmt.Sprintf("%d of %d words are missing from the counts", s.words-got, s.words)
	if s.words-got == 1 {
		missing = fmt.Sprintf("1 of %d words is missing from the counts", s.words)
	}
	locks, acquires := locksOf(tl)
	switch {
	case s.left > 0 && got < s.words:
		return &fault{text: fmt.Sprintf("%s: `countWords` returned while %d of its threads still ran. Join all of "+
			"them before you return.", missing, s.left),
			misconception: startIsDone}
	case got == 0:
		return &fault{text: "The map that `countWords` returned is empty: the threads counted into other maps. Add " +
			"their counts to the map that you return."}
	case oneThread:
		return &fault{text: missing + ": the result has the counts of one thread only. `=` replaces what another " +
			"thread has added; `+=` adds to it."}
	case got < s.words && locks > 1:
		return &fault{text: missing + ". The threads used different locks: a lock keeps out only threads that " +
			"acquire the same one. Make it once, beside the map that it protects.",
			misconception: "A lock protects a piece of code. (It protects data, from threads that acquire the same " +
				"lock.)"}
	case got < s.words && acquires == 0:
		return &fault{text: missing + ": threads changed the shared map at the same time, and no lock was held.",
			misconception: "A map needs no lock, because each thread has different words. (Two threads can change " +
				"the same word's count, and they change the same map.)"}
	case got < s.words:
		return &fault{text: missing + ". A lock is used, but not for every change of the shared map."}
	case got > s.words:
		return &fault{text: fmt.Sprintf("%d words were counted, and there are %d: the threads' parts overlap.", got,
			s.words)}
	default:
		return &fault{text: "The number of words is right, but not how often each occurs."}
	}
}

// waited reports whether a thread waited for a lock.
func waited(tl *timeline.Timeline) bool {
	return slices.ContainsFunc(tl.Stats().Locks,
		func(l timeline.LockStats) bool { return l.State == timeline.WaitLock && l.Waits > 0 })
}

// together returns which share of the time in which any thread but MainThread runs is time in which several do.
func together(tl *timeline.Timeline) float64 {
	type edge struct {
		at   int64
		step int
	}
	var edges []edge
	for thread, lane := range tl.Lanes() {
		if tl.Threads[thread].Name == "MainThread" {
			continue
		}
		for _, iv := range lane {
			if iv.State.IsBusy() {
				edges = append(edges, edge{iv.From, 1}, edge{iv.To, -1})
			}
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.at, b.at), a.step-b.step) })
	var one, several int64
	running := 0
	for i, e := range edges {
		if i > 0 && running > 0 {
			one += e.at - edges[i-1].at
			if running > 1 {
				several += e.at - edges[i-1].at
			}
		}
		running += e.step
	}
	return float64(several) / float64(max(one, 1))
}
