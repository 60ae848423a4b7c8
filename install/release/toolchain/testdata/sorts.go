// Command sorts prints how package slices sorts by a function, and what the runtime knows of functions.
package main

import (
	"runtime"
	"slices"
	"strings"
)

type pair struct{ key, at int }

// pairs returns n pairs, in an order that depends on n alone, with many equal keys.
func pairs(n int) []pair {
	all, x := make([]pair, n), uint32(n)
	for i := range all {
		x = x*1664525 + 1013904223
		all[i] = pair{int(x>>16) % (n/3 + 1), i}
	}
	return all
}

func byKey(a, b pair) int { return a.key - b.key }

//go:noinline
func where[T any](T) string {
	pc, file, line, _ := runtime.Caller(0)
	return runtime.FuncForPC(pc).Name() + " " + file[strings.LastIndexByte(file, '/')+1:] + " " + string(rune('0'+line/10)) +
		string(rune('0'+line%10))
}

func main() {
	for _, n := range []int{0, 1, 2, 11, 12, 13, 50, 51, 1000} {
		unstable, stable, sorted := pairs(n), pairs(n), pairs(n)
		calls := 0
		slices.SortFunc(unstable, func(a, b pair) int { calls++; return byKey(a, b) })
		slices.SortStableFunc(stable, func(a, b pair) int { calls++; return byKey(a, b) })
		slices.SortStableFunc(sorted, func(a, b pair) int { calls++; return a.at - b.at })
		sum := 0
		for i := range unstable {
			sum = sum*31 + unstable[i].at*3 + stable[i].at*5 + sorted[i].at
		}
		println(n, calls, sum)
	}
	println(where(1), where("x"))
	defer func() { println(recover().(runtime.Error).Error()) }()
	slices.Insert([]int{1}, 2, 3)
}
