package main

import (
	"fmt"
	"sync"
)

type fork struct{ sync.Mutex }
type philosopher struct {
	id            int
	first, second *fork
	meals         int
}

func (p *philosopher) dine(wg *sync.WaitGroup) {
	defer wg.Done()
	for range 20 {
		p.first.Lock()
		p.second.Lock()
		p.meals++
		p.second.Unlock()
		p.first.Unlock()
	}
}
func main() {
	forks := make([]*fork, 5)
	for i := range forks {
		forks[i] = new(fork)
	}
	var wg sync.WaitGroup
	ps := make([]*philosopher, 5)
	for i := range ps {
		a, b := i, (i+1)%5
		if a > b {
			a, b = b, a
		}
		ps[i] = &philosopher{id: i, first: forks[a], second: forks[b]}
		wg.Add(1)
		go ps[i].dine(&wg)
	}
	wg.Wait()
	for _, p := range ps {
		fmt.Println(p.id, p.meals)
	}
}
