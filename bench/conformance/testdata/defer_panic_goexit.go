package main

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
)

type E struct{ s string }

func (e E) Error() string { return "E:" + e.s }
func nested() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("recovered %v", r)
		}
	}()
	defer func() { defer func() { fmt.Println("inner", recover()) }(); panic("second") }()
	defer func() { panic(E{"third"}) }()
	panic("first")
}
func loop() {
	for i := range 3 {
		defer func(n int) { fmt.Print(n, " ", i, ";") }(i * i)
	}
	fmt.Println()
}
func main() {
	fmt.Println(nested())
	loop()
	fmt.Println()
	var wg sync.WaitGroup
	wg.Go(func() {
		defer fmt.Println("deferred")
		func() { defer fmt.Println("inner"); runtime.Goexit() }()
		fmt.Println("never")
	})
	wg.Wait()
	func() {
		defer func() { r := recover(); err, ok := r.(runtime.Error); fmt.Println(ok, err) }()
		var a []int
		i := 5
		_ = a[i]
	}()
	func() { defer func() { fmt.Println(recover()) }(); var x any = "s"; _ = x.(fmt.Stringer) }()
	func() {
		defer func() { var e E; fmt.Println(errors.As(recover().(error), &e), e.s) }()
		panic(fmt.Errorf("w: %w", E{"in"}))
	}()
}
