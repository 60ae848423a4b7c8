package main

import (
	"fmt"
	"sync"
)

type Queue[T any] struct {
	mu     sync.Mutex
	c      *sync.Cond
	items  []T
	closed bool
}

func NewQueue[T any]() *Queue[T] { q := &Queue[T]{}; q.c = sync.NewCond(&q.mu); return q }
func (q *Queue[T]) Put(v T)      { q.mu.Lock(); q.items = append(q.items, v); q.mu.Unlock(); q.c.Signal() }
func (q *Queue[T]) Get() (v T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && !q.closed {
		q.c.Wait()
	}
	if len(q.items) == 0 {
		return v, false
	}
	v = q.items[0]
	q.items = q.items[1:]
	return v, true
}
func (q *Queue[T]) Close() { q.mu.Lock(); q.closed = true; q.mu.Unlock(); q.c.Broadcast() }
func main() {
	q := NewQueue[int]()
	sums := make(chan int, 3)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			s := 0
			for {
				v, ok := q.Get()
				if !ok {
					break
				}
				s += v
			}
			sums <- s
		})
	}
	for i := range 101 {
		q.Put(i)
	}
	q.Close()
	wg.Wait()
	close(sums)
	t := 0
	for s := range sums {
		t += s
	}
	fmt.Println(t)
}
