package exec_test

// This file defines the benchmarks of sessions with many definitions: the time of a cell must not grow with their
// number.

import (
	"strconv"
	"testing"
)

// BenchmarkRedeclare runs a cell again that declares a variable anew, in sessions of different lengths.
func BenchmarkRedeclare(b *testing.B) {
	for _, cells := range []int{10, 100, 1000, 10000} {
		b.Run(strconv.Itoa(cells), func(b *testing.B) {
			n := newCells(b)
			for i := range cells {
				n.run("v" + strconv.Itoa(i) + " := " + strconv.Itoa(i))
			}
			types := []string{"var v int = 1", "var v string = `a`"}
			for i := 0; b.Loop(); i++ {
				n.run(types[i%2])
			}
		})
	}
}
