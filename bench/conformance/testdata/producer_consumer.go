package main

import (
	"fmt"
	"sync"
)

type item struct{ producer, n int }

func main() {
	buf := make(chan item, 4)
	var prod, cons sync.WaitGroup
	for p := range 3 {
		prod.Add(1)
		go func(id int) {
			defer prod.Done()
			for n := range 10 {
				buf <- item{id, n}
			}
		}(p)
	}
	var mu sync.Mutex
	last := map[int]int{0: -1, 1: -1, 2: -1}
	count := map[int]int{}
	cons.Go(func() {
		for it := range buf {
			mu.Lock()
			if it.n <= last[it.producer] {
				fmt.Println("out of order")
			}
			last[it.producer] = it.n
			count[it.producer]++
			mu.Unlock()
		}
	})
	prod.Wait()
	close(buf)
	cons.Wait()
	fmt.Println(count, last)
}
