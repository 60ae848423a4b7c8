package main

import (
	"fmt"
	"sync"
)

type Barrier struct {
	mu                sync.Mutex
	c                 *sync.Cond
	n, waiting, round int
}

func NewBarrier(n int) *Barrier { b := &Barrier{n: n}; b.c = sync.NewCond(&b.mu); return b }
func (b *Barrier) Wait() {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.round
	if b.waiting++; b.waiting == b.n {
		b.waiting = 0
		b.round++
		b.c.Broadcast()
		return
	}
	for r == b.round {
		b.c.Wait()
	}
}
func main() {
	const n, rounds = 4, 5
	b := NewBarrier(n)
	var mu sync.Mutex
	var counts [rounds]int
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for r := range rounds {
				mu.Lock()
				counts[r]++
				mu.Unlock()
				b.Wait()
				mu.Lock()
				if counts[r] != n {
					fmt.Println("too early")
				}
				mu.Unlock()
				b.Wait()
			}
		})
	}
	wg.Wait()
	fmt.Println(counts)
}
