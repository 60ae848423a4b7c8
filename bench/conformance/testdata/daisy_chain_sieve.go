package main

import "fmt"

func f(left, right chan int) { left <- 1 + <-right }
func generate(ch chan<- int) {
	for i := 2; ; i++ {
		ch <- i
	}
}
func filter(in <-chan int, out chan<- int, prime int) {
	for {
		if i := <-in; i%prime != 0 {
			out <- i
		}
	}
}
func main() {
	const n = 1000
	leftmost := make(chan int)
	left, right := leftmost, leftmost
	for range n {
		right = make(chan int)
		go f(left, right)
		left = right
	}
	go func(c chan int) { c <- 1 }(right)
	fmt.Println(<-leftmost)
	ch := make(chan int)
	go generate(ch)
	for range 12 {
		p := <-ch
		fmt.Print(p, " ")
		c1 := make(chan int)
		go filter(ch, c1, p)
		ch = c1
	}
	fmt.Println()
}
