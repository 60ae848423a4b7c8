package main

import (
	"fmt"
	"sync"
)

type Broker[T any] struct {
	mu   sync.RWMutex
	subs map[string][]chan T
}

func (b *Broker[T]) Subscribe(topic string) <-chan T {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := make(chan T, 8)
	if b.subs == nil {
		b.subs = map[string][]chan T{}
	}
	b.subs[topic] = append(b.subs[topic], c)
	return c
}
func (b *Broker[T]) Publish(topic string, v T) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, c := range b.subs[topic] {
		c <- v
	}
}
func (b *Broker[T]) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, cs := range b.subs {
		for _, c := range cs {
			close(c)
		}
	}
}

type msg struct {
	n int
	s string
}

func main() {
	var b Broker[msg]
	x, y := b.Subscribe("t"), b.Subscribe("t")
	for i := range 3 {
		b.Publish("t", msg{i, fmt.Sprint("m", i)})
	}
	b.Close()
	for m := range x {
		fmt.Printf("%+v %T\n", m, m)
	}
	n := 0
	for range y {
		n++
	}
	fmt.Println(n, fmt.Sprintf("%T", &b))
}
