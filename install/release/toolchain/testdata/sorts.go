// Command sorts prints how package slices sorts by a function, and what the runtime knows of functions.
package main

import (
	"reflect"
	"runtime"
	"slices"
	"strings"
	_ "time"
	_ "time/tzdata"
	_ "unsafe" // for the directive below
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

// A base is embedded in types whose methods are the same code.
type base struct {
	at   *int
	name string
}

func (b *base) Name() string { return b.name + strings.Repeat("!", *b.at) }

type (
	one struct{ *base }
	two struct{ *base }
)

// last is the same code for all pointers, and for no other type.
//
//go:noinline
func last[T any](all []T, grow func() T) (T, *T) {
	x := grow()
	all = append(all, x)
	runtime.GC()
	return all[len(all)-1], &all[0]
}

func same() {
	n := 2
	for _, x := range []interface{ Name() string }{one{&base{&n, "one"}}, two{&base{&n, "two"}}} {
		println(x.Name(), reflect.ValueOf(x).MethodByName(strings.ToTitle("n") + "ame").Call(nil)[0].String())
	}
	a, b := last([]int{1}, func() int { return 2 })
	c, d := last([]uint{3}, func() uint { return 4 })
	e, f := last([]*int{&a}, func() *int { return new(5) })
	g, h := last([]uintptr{6}, func() uintptr { return 7 })
	println(a, *b, c, *d, *e, **f, g, *h)
}

// zone is what package time asks where the computer has no time zones.
//
//go:linkname zone time/tzdata.loadFromEmbeddedTZData
func zone(string) (string, error)

func zones() {
	for _, name := range []string{"Europe/Berlin", "Africa/Accra", "Zulu", "Nowhere"} {
		text, err := zone(name)
		sum := 0
		for i := range len(text) {
			sum = sum*31 + int(text[i])
		}
		println(name, len(text), sum, err == nil)
	}
}

func main() {
	same()
	zones()
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
