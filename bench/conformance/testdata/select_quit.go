package main

import "fmt"

func fibonacci(c, quit chan int) {
	x, y := 0, 1
	for {
		select {
		case c <- x:
			x, y = y, x+y
		case <-quit:
			fmt.Println("quit")
			return
		}
	}
}
func main() {
	c, quit := make(chan int), make(chan int)
	go func() {
		for range 10 {
			fmt.Println(<-c)
		}
		quit <- 0
	}()
	fibonacci(c, quit)
outer:
	for i := 0; ; i++ {
		select {
		case v, ok := <-c:
			_, _ = v, ok
		default:
			if i == 3 {
				break outer
			}
			continue outer
		}
	}
	fmt.Println("left")
}
