package main

import (
	"fmt"
	"time"
)

func main() {
	bursty := make(chan time.Time, 3)
	for range 3 {
		bursty <- time.Now()
	}
	stop := make(chan bool)
	go func() {
		t := time.NewTicker(2 * time.Millisecond)
		defer t.Stop()
		for {
			select {
			case x := <-t.C:
				bursty <- x
			case <-stop:
				return
			}
		}
	}()
	requests := make(chan int, 5)
	for i := range 5 {
		requests <- i
	}
	close(requests)
	for r := range requests {
		<-bursty
		fmt.Println("request", r)
	}
	close(stop)
}
