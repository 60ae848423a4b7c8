package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

type key string

func leaf(ctx context.Context, name string, wg *sync.WaitGroup, out chan<- string) {
	defer wg.Done()
	<-ctx.Done()
	out <- fmt.Sprint(name, " ", ctx.Value(key("who")), " ", ctx.Err(), " ", context.Cause(ctx))
}
func main() {
	root, cancel := context.WithCancelCause(context.WithValue(context.Background(), key("who"), "root"))
	child, stop := context.WithTimeout(root, time.Hour)
	defer stop()
	var wg sync.WaitGroup
	out := make(chan string, 3)
	wg.Add(1)
	go leaf(child, "child", &wg, out)
	cancel(errors.New("enough"))
	wg.Wait()
	fmt.Println(<-out)
	short, c2 := context.WithTimeout(context.Background(), time.Millisecond)
	defer c2()
	<-short.Done()
	fmt.Println(errors.Is(short.Err(), context.DeadlineExceeded))
}
