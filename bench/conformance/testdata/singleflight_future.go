package main

import (
	"errors"
	"fmt"
	"sync"
)

type Future[T any] struct {
	done chan struct{}
	v    T
	err  error
}

func Async[T any](f func() (T, error)) *Future[T] {
	x := &Future[T]{done: make(chan struct{})}
	go func() {
		defer close(x.done)
		defer func() {
			if r := recover(); r != nil {
				x.err = fmt.Errorf("panicked: %v", r)
			}
		}()
		x.v, x.err = f()
	}()
	return x
}
func (f *Future[T]) Get() (T, error) { <-f.done; return f.v, f.err }
func Then[A, B any](f *Future[A], g func(A) (B, error)) *Future[B] {
	return Async(func() (B, error) {
		a, err := f.Get()
		if err != nil {
			var z B
			return z, err
		}
		return g(a)
	})
}

var ErrOdd = errors.New("odd")

func main() {
	a := Async(func() (int, error) { return 20, nil })
	b := Then(a, func(n int) (string, error) { return fmt.Sprint(n + 1), nil })
	fmt.Println(b.Get())
	c := Then(b, func(s string) (float64, error) { return 0, fmt.Errorf("half of %s: %w", s, ErrOdd) })
	_, err := c.Get()
	fmt.Println(err, errors.Is(err, ErrOdd))
	d := Async(func() (int, error) { var m map[string]int; m["x"] = 1; return 0, nil })
	_, err = d.Get()
	fmt.Println(err)
	var mu sync.Mutex
	fmt.Println(mu.TryLock(), mu.TryLock())
}
