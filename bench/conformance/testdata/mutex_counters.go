package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

type Container struct {
	mu       sync.Mutex
	counters map[string]int
}

func (c *Container) inc(name string) { c.mu.Lock(); defer c.mu.Unlock(); c.counters[name]++ }
func main() {
	c := Container{counters: map[string]int{"a": 0, "b": 0}}
	var wg sync.WaitGroup
	var n atomic.Uint64
	var p atomic.Pointer[Container]
	p.Store(&c)
	doInc := func(name string, k int) {
		for range k {
			p.Load().inc(name)
			n.Add(1)
		}
		wg.Done()
	}
	wg.Add(3)
	go doInc("a", 1000)
	go doInc("a", 1000)
	go doInc("b", 1000)
	wg.Wait()
	fmt.Println(c.counters, n.Load())
}
