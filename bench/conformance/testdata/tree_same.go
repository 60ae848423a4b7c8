package main

import "fmt"

type Tree struct {
	Left  *Tree
	Value int
	Right *Tree
}

func insert(t *Tree, v int) *Tree {
	if t == nil {
		return &Tree{nil, v, nil}
	}
	if v < t.Value {
		t.Left = insert(t.Left, v)
	} else {
		t.Right = insert(t.Right, v)
	}
	return t
}
func New(order ...int) (t *Tree) {
	for _, v := range order {
		t = insert(t, v)
	}
	return
}
func Walk(t *Tree, c chan int) {
	var walk func(*Tree)
	walk = func(t *Tree) {
		if t == nil {
			return
		}
		walk(t.Left)
		c <- t.Value
		walk(t.Right)
	}
	walk(t)
	close(c)
}
func Same(a, b *Tree) bool {
	x, y := make(chan int), make(chan int)
	go Walk(a, x)
	go Walk(b, y)
	for {
		v, ok := <-x
		w, ok2 := <-y
		if ok != ok2 || v != w {
			return false
		}
		if !ok {
			return true
		}
	}
}
func main() { fmt.Println(Same(New(3, 1, 2), New(1, 2, 3)), Same(New(1, 2), New(1, 2, 3))) }
