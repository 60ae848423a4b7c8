package exec_test

// This file tests how definitions are restored: by units whose functions are compiled at their first call.

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestLazy(t *testing.T) {
	n := newCells(t)
	n.lazy = true
	for _, code := range []string{
		"func f() int { return 1 }\nfunc g() int { return f() }\nvar kept = f",
		"type T struct{ n int }\nfunc (t T) M() int { return t.n + g() }\n" +
			"func each[E any](list []E, do func(E)) { for _, x := range list { do(x) } }",
		"func f() int { return 2 }",
		"func (t T) M() int { return 10*t.n + g() }\nfunc even(n int) bool { return n == 0 || odd(n-1) }\n" +
			"func odd(n int) bool { return n != 0 && even(n-1) }",
	} {
		n.compile(code)
	}
	n.lazy = false
	n.run("var i interface{ M() int } = T{3}\nsum := 0\neach([]int{1, 2}, func(x int) { sum += x })\n" +
		"println(f(), g(), T{3}.M(), i.M(), sum, even(7), kept == nil)")
	n.run("func f() int { return 3 }")
	n.run("println(f(), g())")
	if got, want := n.h.Printed(), "2 2 32 32 3 false true\n3 3\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What is superseded before it is called is never compiled.
func TestSupersededIsNotCompiled(t *testing.T) {
	n := newCells(t)
	n.h.Symbols.Load = func(string) map[string]reflect.Value { return nil } // to compile a call of strings fails
	n.lazy = true
	for range 5 {
		n.compile("func f() string { return strings.ToUpper(`a`) }\nfunc g() string { return f() }")
	}
	n.compile("func f() string { return `b` }")
	n.lazy = false
	n.run("println(f(), g())")
	if got := n.h.Printed(); got != "b b\n" {
		t.Errorf("got %q", got)
	}
}

// A literal of statements that have never run is found by its name.
func TestLazyLiteral(t *testing.T) {
	a, b := newCells(t), newCells(t)
	b.lazy = true
	for _, n := range []*cells{a, b} {
		n.compile("func twice(n int) int { return 2 * n }")
	}
	code := "base := 4\nadd := func(n int) int { return twice(n) + base }"
	a.run(code)
	b.compile(code)
	f, err := send(t, a.e, b.e, get(t, a.e, "add"))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(f.Call([]reflect.Value{reflect.ValueOf(5)})[0]); got != "10" { // base is zero there
		t.Errorf("got %s", got)
	}
	if name, _, err := b.e.Identify(f); err != nil || !strings.HasPrefix(name, "L") {
		t.Errorf("%s %v", name, err)
	}
}
