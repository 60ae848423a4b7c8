package machine

// This file defines the queue of the threads that are ready and have no core.

import (
	"slices"
	"sort"
)

// A readyQueue keeps threads by their virtual run time, and those of the same by their arrival. It is a sorted slice
// and no heap: thousands of threads that are woken together have run equally much, and a core that is free takes any
// one of these; a heap would have to be emptied to number them. The zero queue is empty.
type readyQueue struct {
	list []*Thread // the next thread is the last of the list
}

func (q *readyQueue) len() int { return len(q.list) }

// first returns the next thread of a queue that isn't empty.
func (q *readyQueue) first() *Thread { return q.list[len(q.list)-1] }

func (q *readyQueue) push(t *Thread) {
	i := sort.Search(len(q.list), func(i int) bool {
		u := q.list[i]
		return u.sim.vruntime < t.sim.vruntime || u.sim.vruntime == t.sim.vruntime && u.sim.seq < t.sim.seq
	})
	q.list = slices.Insert(q.list, i, t)
}

// pop takes the next thread.
func (q *readyQueue) pop() *Thread { return q.take(0) }

// take takes the thread that comes i-th, from 0.
func (q *readyQueue) take(i int) *Thread {
	i = len(q.list) - 1 - i
	t := q.list[i]
	q.list = slices.Delete(q.list, i, i+1)
	return t
}

// ties returns how many threads have run as little as the next one, that one among them.
func (q *readyQueue) ties() int {
	least := q.first().sim.vruntime
	if n := len(q.list); n == 1 || q.list[n-2].sim.vruntime != least {
		return 1
	}
	return len(q.list) - sort.Search(len(q.list), func(i int) bool { return q.list[i].sim.vruntime <= least })
}

// head returns the first n threads in order.
func (q *readyQueue) head(n int) []*Thread {
	list := slices.Clone(q.list[len(q.list)-n:])
	slices.Reverse(list)
	return list
}
