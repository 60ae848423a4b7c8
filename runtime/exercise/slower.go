package exercise

// This file defines the exercise slower: threads that spend their time at one lock.

import (
	"fmt"
	"maps"

	"gilkernel/runtime/timeline"
)

func slowerTask() *task {
	return &task{
		id:    "slower",
		title: "Why is my threaded code slower?",
		text: "`countWords` counts how often each word occurs, with several threads, and is slower than one thread: it acquires a lock for every word. " +
			"Keep the threads and the right counts, but acquire the lock at most twice per thread. (How many CPU cores there are doesn't matter here: " +
			"under a GIL the threads don't run in parallel anyway, so every acquire is pure loss.)",
		signature: "func(words []string, threads int) map[string]int",
		hints: []string{
			"What is shared that doesn't have to be? A thread that counts into a map of its own needs no lock for that.",
			"Give each thread a part of the words and a map of its own. It needs the lock only at the end, to add its counts to the shared map.",
			"In the thread: `mine := map[string]int{}`, count into it without a lock, then acquire the lock once, add `mine` to the shared map, and release the lock.",
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
		why:    "A thread that counts into a map of its own needs no lock; it acquires the lock once, to add up the counts.",
		praise: "The counts are right, and the lock was acquired at most twice per thread.",
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
)

type slowerTrial struct {
	f    func([]string, int) map[string]int
	got  map[string]int
	want map[string]int
}

func (s *slowerTrial) body(r *run) {
	var words []string
	for i := range slowerWords {
		words = append(words, fmt.Sprint("word ", i%slowerKinds))
	}
	s.want = map[string]int{}
	for _, w := range words {
		s.want[w]++
	}
	r.call(func() { s.got = s.f(words, slowerThreads) })
}

// counted requests a timeline for every run: this exercise is about how often a lock is acquired.
func (*slowerTrial) counted() {}

func (s *slowerTrial) judge(r *run, tl *timeline.Timeline) *fault {
	if f := r.common(); f != nil {
		return f
	}
	if !maps.Equal(s.got, s.want) {
		got, want := 0, 0
		for _, n := range s.got {
			got += n
		}
		for _, n := range s.want {
			want += n
		}
		switch {
		case got < want:
			return &fault{text: fmt.Sprintf("%d of %d words were not counted: threads changed the shared map at the same time, or the result was returned before all threads had ended.", want-got, want),
				misconception: "A map needs no lock, because each thread has different words. (Two threads can change the same word's count, and they change the same map.)"}
		case got > want:
			return &fault{text: fmt.Sprintf("%d words were counted, and there are %d: the threads' parts overlap.", got, want)}
		default:
			return &fault{text: "The number of words is right, but not how often each occurs."}
		}
	}
	threads := 0
	for _, e := range tl.Events {
		if e.Kind == timeline.Spawn {
			threads++
		}
	}
	if threads < slowerThreads {
		return &fault{text: fmt.Sprintf("%d threads were started, and `threads` is %d. One thread alone can count right, but this exercise asks for several.", threads, slowerThreads)}
	}
	if _, acquires := locksOf(tl); acquires > 2*slowerThreads {
		return &fault{text: fmt.Sprintf("The counts are right, but the lock was acquired %d times for %d words by %d threads. That is where the time goes: at each acquire a thread may have to wait for another.", acquires, slowerWords, slowerThreads),
			misconception: "More threads make it faster; the lock costs nothing."}
	}
	return nil
}
