package main

import (
	"fmt"
	"iter"
	"maps"
	"slices"
)

func Count(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer fmt.Println("stopped")
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}
func Filter[T any](s iter.Seq[T], ok func(T) bool) iter.Seq[T] {
	return func(yield func(T) bool) {
		for v := range s {
			if ok(v) && !yield(v) {
				return
			}
		}
	}
}
func first(s iter.Seq[int]) (r int) {
	defer func() { r *= 10 }()
	for v := range s {
		if v > 3 {
			return v
		}
	}
	return -1
}
func main() {
	for v := range Filter(Count(10), func(n int) bool { return n%3 == 0 }) {
		if v > 6 {
			break
		}
		fmt.Println(v)
	}
	fmt.Println(first(Count(100)))
	next, stop := iter.Pull(Count(3))
	fmt.Println(next())
	fmt.Println(next())
	stop()
	fmt.Println(next())
	m := map[string]int{"a": 1, "b": 2, "c": 3}
	fmt.Println(slices.Sorted(maps.Keys(m)), slices.Collect(slices.Values([]int{1, 2})))
outer:
	for i := range Count(5) {
		for j := range Count(5) {
			if j == 2 {
				continue outer
			}
			if i == 2 {
				break outer
			}
			fmt.Println(i, j)
		}
	}
}
