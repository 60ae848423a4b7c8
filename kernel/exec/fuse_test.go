package exec_test

// This file tests that statements which became one operation do what they did as several, see fuse.go and
// frame_under.go.

import (
	"testing"

	"gilkernel/kernel/exec/exectest"
)

func TestFused(t *testing.T) {
	for _, row := range []struct{ name, source, want string }{
		{"comparisons of all kinds", `
func main() {
	n, k := 0, 7
	for i := 0; i < k; i++ { n++ }
	for i := 0; i <= k; i++ { n++ }
	for i := k; i > 0; i-- { n++ }
	for i := k; i >= 0; i-- { n++ }
	for i := 0; k > i; i += 2 { n++ }
	for i := 0; 7 >= i; i += k { n++ }
	for i := 0; i != k; i++ { n++ }
	for i := uint(3); i > 0; i-- { n++ }
	for i := int8(120); i > 0; i++ { n++ }
	println(n)
}`, "54\n"},
		{"limits and steps that change", `
func main() {
	n := 0
	for i, k, d := 0, 20, 1; i < k; i += d { k--; d++; n += i }
	s := []int{1}
	for i := 0; i < len(s); i++ { if len(s) < 9 { s = append(s, s[i]*2) }; n += s[i] }
	for i := 0; i < 10; i++ { i++; n++ }
	println(n, len(s))
}`, "546 9\n"},
		{"jumps within", `
func find(s []int, x int) int { for i := 0; i < len(s); i++ { if s[i] == x { return i } }; return -1 }
func main() {
	n := 0
outer:
	for i := 0; i < 5; i++ {
		for j := 0; j < 5; j++ {
			if j == 3 { continue outer }
			if i == 3 { break outer }
			if i > 0 { n += 10 } else { n++ }
		}
	}
	i := 0
again:
	if i < 3 { i++; n += 100; goto again }
	if n > 0 { for { n++; if n%7 == 0 { break } } }
	println(n, find([]int{4, 5}, 5), find(nil, 1))
	if n > 0 { L: n++; if n < 400 { goto L } }
	println(n)
	for { n++; if n > 500 { return } }
}`, "364 1 -1\n400\n"},
		{"ranges", `
func main() {
	n := 0
	for i := range 5 { i *= 2; n += i }
	for i := range int8(3) { n += int(i) }
	for range 3 { n++ }
	s := []int{1, 2, 3}
	for i, x := range s { s = append(s, x); n += i + x }
	for i := range s { s[i] += i }
	for _, b := range []bool{true, false} { if b { n += 1000 } }
	for i, c := range "aé" { n += i + int(c) }
	var fs []func() int
	for i := range 3 { fs = append(fs, func() int { i++; return i }) }
	for _, f := range fs { n += f() + f() }
	var i int
	for i = range 4 {}
	println(n, i, len(s), s[5])
}`, "1381 3 6 8\n"},
		{"the line of a panic", `
func main() {
	s := make([]int, 3)
	for i := 0; i < 2; i++ {
		for j := 0; j < 9; j++ {
			if i == 1 {
				s[0]++
				s[j] = i
			}
		}
	}
}`, "panic: runtime error: index out of range [3] with length 3; main s0.go:9:5"},
		{"the line of a condition", `
func main() {
	s, n := []int{2, 2}, 0
	for i := 0; s[i] > 1; i++ {
		n++
	}
}`, "panic: runtime error: index out of range [2] with length 2; main s0.go:5:14"},
		{"an operand behind the smallest integer", `
func main() {
	const most = 1<<63 - 1
	x, n := most, 0
	if most < x { n++ }
	if most <= x { n += 2 }
	if x > most { n += 4 }
	if most >= x { n += 8 }
	println(n)
}`, "10\n"},
		{"arguments that are calls", `
func add(a, b int) int { return a + b }
func ack(m, n int) int { if m == 0 { return n + 1 }; if n == 0 { return ack(m-1, 1) }; return ack(m-1, ack(m, n-1)) }
func join(a, b string) string { return a + b }
func main() { println(add(add(1, 2), add(3, add(4, 5))), ack(2, 3), join(join("a", "b"), join("c", join("d", "e")))) }`, "15 9 abcde\n"},
		{"a frame left by a panic", `
func risky(n int) (r int) { defer func() { if recover() != nil { r = -n } }(); return deep(n) }
func deep(n int) int { if n == 3 { panic("three") }; if n == 0 { return 0 }; return deep(n-1) + 1 }
func main() { for i := 0; i < 6; i++ { print(deep(2), " ", risky(i), " ") }; println() }`, "2 0 2 1 2 2 2 -3 2 -4 2 -5 \n"},
		{"calls while deferred functions run", `
func id(n int) int { return n }
func f() (n int) {
	defer func() { n += id(10) }()
	defer func() { recover(); n += id(100) }()
	var s []int
	return id(1) + s[id(5)]
}
func main() { println(f(), f()) }`, "110 110\n"},
		{"what a kept frame holds", `
type node struct{ next *node }
func length(n *node) int { if n == nil { return 0 }; return 1 + length(n.next) }
func twice(f func(int) int, n int) int { return f(f(n)) }
func main() {
	println(length(&node{&node{}}), length(nil), length(&node{}))
	k := 3
	println(twice(func(n int) int { return n + k }, 1), twice(func(n int) int { return n * k }, 2))
}`, "2 0 1\n7 18\n"},
		{"an iterator whose body calls", `
func seq(n int) func(func(int) bool) { return func(yield func(int) bool) { for i := 0; i < n; i++ { if !yield(i) { return } } } }
func sum(n int) int { s := 0; for i := range seq(n) { for j := 0; j < i; j++ { s += sum(i - 1) + 1 } }; return s }
func main() { println(sum(4), sum(3)) }`, "9 3\n"},
		{"recursion in a goroutine for each", `
func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
func main() {
	c := make(chan int)
	for i := range 4 { go func() { c <- fib(10 + i) }() }
	s := 0
	for range 4 { s += <-c }
	println(s)
}`, "521\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := run(t, row.source); got != row.want {
				t.Errorf("got  %q\nwant %q", got, row.want)
			}
		})
	}
}

// A fused loop has as many checks as before: one for each turn and one at its end, or one for each turn of a range, and
// each call has one.
func TestFusedChecks(t *testing.T) {
	for _, row := range []struct {
		body string
		want int // beside that of main
	}{
		{"for i := 0; i < 3; i++ { n += i }", 4},
		{"for i := 0; i < 3; i++ { n += i; m += i; k += i }", 4},
		{"for i := 0; i < 3; i++ {}", 4},
		{"for n*n < 9 { n++ }", 4},
		{"for range 3 { n++ }", 3},
		{"for i, x := range []int{5, 6} { n += i; m += x }", 2},
		{"for _, c := range \"ab\" { n += int(c) }", 2},
		{"for i := 0; i < 2; i++ { for j := 0; j < 2; j++ { n += j } }", 9},
		{"for i := 0; i < 3; i++ { if i == 1 { n++ } else { m++ } }", 4},
		{"for i := 0; i < 3; i++ { if i == 1 { continue }; n += f(i) }", 6},
		{"n = f(f(1)) + f(2)", 3},
	} {
		counted := &checkCounter{}
		e := exectest.New(counted, nil, 0)
		if _, err := e.Compile("s.go",
			"package main\nfunc f(n int) int { return n }\nfunc main() { n, m, k := 0, 0, 0; "+row.body+
				"; _, _, _ = n, m, k }"); err != nil {
			t.Fatal(err)
		}
		e.Flag().Store(1)
		e.Call(nil, "main")
		if counted.checks != row.want+1 {
			t.Errorf("%s: %d checks, want %d", row.body, counted.checks-1, row.want)
		}
	}
}

// checkCounter counts the checks that find the flag up, as it always is.
type checkCounter struct {
	exectest.Host
	checks int
}

func (h *checkCounter) Tick(any) { h.checks++ }
