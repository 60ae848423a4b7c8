package main

import (
	"fmt"
	"slices"
	"sync"
)

func gen(ns ...int) <-chan int {
	c := make(chan int)
	go func() {
		defer close(c)
		for _, n := range ns {
			c <- n
		}
	}()
	return c
}
func sq(in <-chan int) <-chan int {
	c := make(chan int)
	go func() {
		defer close(c)
		for n := range in {
			c <- n * n
		}
	}()
	return c
}
func merge(cs ...<-chan int) <-chan int {
	var wg sync.WaitGroup
	out := make(chan int)
	for _, c := range cs {
		wg.Go(func() {
			for n := range c {
				out <- n
			}
		})
	}
	go func() { wg.Wait(); close(out) }()
	return out
}
func main() {
	in := gen(1, 2, 3, 4, 5)
	var got []int
	for n := range merge(sq(in), sq(in), sq(in)) {
		got = append(got, n)
	}
	slices.Sort(got)
	fmt.Println(got)
}
