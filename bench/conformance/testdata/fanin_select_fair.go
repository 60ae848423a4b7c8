package main

import "fmt"

func source(name string, n int) <-chan string {
	c := make(chan string)
	go func() {
		for i := range n {
			c <- fmt.Sprintf("%s%d", name, i)
		}
		close(c)
	}()
	return c
}
func fanIn(a, b <-chan string) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		for a != nil || b != nil {
			select {
			case s, ok := <-a:
				if !ok {
					a = nil
					continue
				}
				out <- s
			case s, ok := <-b:
				if !ok {
					b = nil
					continue
				}
				out <- s
			}
		}
	}()
	return out
}
func main() {
	got := map[string]bool{}
	for s := range fanIn(source("a", 5), source("b", 7)) {
		got[s] = true
	}
	fmt.Println(len(got), got["a4"], got["b6"], got["b7"])
}
