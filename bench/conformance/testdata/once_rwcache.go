package main

import (
	"fmt"
	"sync"
)

type cache struct {
	sync.RWMutex
	m      map[int]*entry
	misses int
}
type entry struct {
	once sync.Once
	v    int
}

func (c *cache) get(k int, f func(int) int) int {
	c.RLock()
	e := c.m[k]
	c.RUnlock()
	if e == nil {
		c.Lock()
		if e = c.m[k]; e == nil {
			e = &entry{}
			c.m[k] = e
			c.misses++
		}
		c.Unlock()
	}
	e.once.Do(func() { e.v = f(k) })
	return e.v
}

var compute = sync.OnceValue(func() int { fmt.Println("computed"); return 42 })

func main() {
	c := cache{m: map[int]*entry{}}
	var wg sync.WaitGroup
	for i := range 30 {
		wg.Go(func() {
			if c.get(i%5, func(k int) int { return k * k }) != (i%5)*(i%5) {
				panic(i)
			}
		})
	}
	wg.Wait()
	fmt.Println(c.misses, compute(), compute())
}
