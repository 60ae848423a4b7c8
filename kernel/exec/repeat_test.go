package exec_test

// This file defines the tests of functions that compiled code calls many times.

import (
	"fmt"
	"strings"
	"testing"
	"unsafe"
)

const repeatedSource = `import "errors"
var n = 0
var Square = func(x int) int { n++; return x*x }
var Greet = func(s string) (string, error) { if s == "" { return s, errors.New("nobody") }; return "hello "+s, nil }
var Divide = div
func div(x int) int { return 10 / x }
var Count = func(x any) { n++ }
var Pair = func(x int) (int, int) { return x, x }
var Named = func(x error) int { return 1 }
`

// A function that is called many times does what single calls do: its results, errors and panics are the same.
func TestRepeated(t *testing.T) {
	e, _ := newEngine()
	p, err := e.Compile("s.go", "package main\n"+repeatedSource)
	if err != nil {
		t.Fatal(err)
	}
	p.Init(nil)
	fn := func(name string) any { return get(t, e, name).Interface() }

	ints, squares := []int{2, 3, 1000}, make([]int, 3)
	e.Repeated(fn("Square"))(func(call func(arg, result unsafe.Pointer) error) {
		for i := range ints {
			if err := call(unsafe.Pointer(&ints[i]), unsafe.Pointer(&squares[i])); err != nil {
				t.Error(err)
			}
		}
	})
	if fmt.Sprint(squares) != "[4 9 1000000]" {
		t.Errorf("got %v", squares)
	}
	var greeted []string
	e.Repeated(fn("Greet"))(func(call func(arg, result unsafe.Pointer) error) {
		for _, s := range []string{"Guido", ""} {
			var r string
			err := call(unsafe.Pointer(&s), unsafe.Pointer(&r))
			greeted = append(greeted, fmt.Sprint(r, err))
		}
	})
	if fmt.Sprint(greeted) != "[hello Guido<nil> nobody]" {
		t.Errorf("got %q", greeted)
	}
	e.Repeated(fn("Count"))(func(call func(arg, result unsafe.Pointer) error) {
		var x any = "x"
		if err := call(unsafe.Pointer(&x), nil); err != nil {
			t.Error(err)
		}
	})
	if n := fn("n"); n != 4 {
		t.Errorf("%v calls were made", n)
	}
	func() {
		defer func() {
			v := recover()
			if got := describe(v); !strings.Contains(got, "divide by zero; div s.go:") {
				t.Errorf("got %s", got)
			}
		}()
		e.Repeated(fn("Divide"))(func(call func(arg, result unsafe.Pointer) error) {
			for x := 1; ; x-- {
				_ = call(unsafe.Pointer(&x), unsafe.Pointer(&squares[0]))
			}
		})
	}()
	for name, f := range map[string]any{"a tuple": fn("Pair"), "an interface": fn("Named"), "compiled": func(int) {},
		"nil": (func(int))(nil), "no function": 7, "nothing": nil} {
		if e.Repeated(f) != nil {
			t.Errorf("%s can be called", name)
		}
	}
}
