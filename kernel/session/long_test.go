package session_test

// This file measures sessions with many definitions: the time that a cell takes must not grow with them.

import (
	"strconv"
	"testing"

	"gilkernel/kernel/session"
)

// BenchmarkRedefine compiles again a cell that defines a function on which one other depends, in sessions of different
// lengths.
func BenchmarkRedefine(b *testing.B) {
	for _, cells := range []int{10, 100, 1000, 10000} {
		b.Run(strconv.Itoa(cells), func(b *testing.B) {
			s := session.New(nil)
			n := 0
			run := func(code string) {
				n++
				p, err := s.Compile("In["+strconv.Itoa(n)+"]", code)
				if err != nil {
					b.Fatal(err)
				}
				s.Commit(p)
			}
			run("func f() int { return 1 }")
			run("func g() int { return f() }")
			for i := range cells {
				run("func f" + strconv.Itoa(i) + "() int { return " + strconv.Itoa(i) + " }")
			}
			for b.Loop() {
				run("func f() int { return 2 }")
			}
		})
	}
}
