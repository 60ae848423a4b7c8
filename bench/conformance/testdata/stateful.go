package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

type read struct {
	key  int
	resp chan int
}
type write struct {
	key, val int
	resp     chan bool
}

func main() {
	var ops atomic.Int64
	reads, writes, done := make(chan read), make(chan write), make(chan struct{})
	go func() {
		state := map[int]int{}
		for {
			select {
			case r := <-reads:
				r.resp <- state[r.key]
			case w := <-writes:
				state[w.key] += w.val
				w.resp <- true
			case <-done:
				return
			}
		}
	}()
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for range 50 {
				w := write{g, 1, make(chan bool)}
				writes <- w
				<-w.resp
				ops.Add(1)
			}
		})
	}
	wg.Wait()
	for k := range 4 {
		r := read{k, make(chan int)}
		reads <- r
		fmt.Println(k, <-r.resp)
	}
	close(done)
	fmt.Println(ops.Load())
}
