package main

import (
	"container/heap"
	"fmt"
)

type task struct {
	at    int
	name  string
	index int
}
type queue []*task

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].at < q[j].at }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i]; q[i].index = i; q[j].index = j }
func (q *queue) Push(x any)        { t := x.(*task); t.index = len(*q); *q = append(*q, t) }
func (q *queue) Pop() any          { old := *q; n := len(old); t := old[n-1]; *q = old[:n-1]; return t }
func main() {
	q := &queue{}
	for i, n := range []string{"c", "a", "d", "b"} {
		heap.Push(q, &task{at: int(n[0]), name: n, index: i})
	}
	(*q)[2].at = 0
	heap.Fix(q, 2)
	for q.Len() > 0 {
		fmt.Println(heap.Pop(q).(*task).name)
	}
}
