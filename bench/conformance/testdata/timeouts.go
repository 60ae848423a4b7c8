package main

import (
	"fmt"
	"time"
)

func main() {
	slow := make(chan string)
	select {
	case r := <-slow:
		fmt.Println(r)
	case <-time.After(5 * time.Millisecond):
		fmt.Println("timeout")
	}
	quick := make(chan string, 1)
	quick <- "result"
	select {
	case r := <-quick:
		fmt.Println(r)
	case <-time.After(time.Minute):
		fmt.Println("timeout")
	}
	select {
	case r, ok := <-quick:
		fmt.Println(r, ok)
	default:
		fmt.Println("nothing")
	}
	t := time.NewTimer(time.Hour)
	fmt.Println(t.Stop())
	done := make(chan bool)
	time.AfterFunc(time.Millisecond, func() { done <- true })
	fmt.Println(<-done)
}
