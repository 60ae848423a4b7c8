package exceptions_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"slices"
	"strconv"
	"testing"

	"gilkernel/runtime/exceptions"
)

// panicOf returns what fn panics with.
func panicOf(fn func()) (v any) {
	defer func() { v = recover() }()
	fn()
	return nil
}

func TestOf(t *testing.T) {
	zero, none, long := 0, -1, 1<<62
	var p *struct{ x int }
	var m map[string]int
	var c chan int
	var a any = "text"
	closed := make(chan int)
	close(closed)
	xs := []int{1}
	returned := func(_ any, err error) any { return err }
	for _, row := range []struct {
		name string
		v    any
		want string
	}{
		{"division", panicOf(func() { _ = 1 / zero }), "ZeroDivisionError"},
		{"remainder", panicOf(func() { _ = 1 % zero }), "ZeroDivisionError"},
		{"index", panicOf(func() { _ = xs[zero+1] }), "IndexError"},
		{"negative index", panicOf(func() { _ = xs[none] }), "IndexError"},
		{"slice", panicOf(func() { _ = xs[:zero+5] }), "IndexError"},
		{"text", panicOf(func() { _ = "x"[zero+1] }), "IndexError"},
		{"nil pointer", panicOf(func() { _ = p.x }), "AttributeError"},
		{"nil function", panicOf(func() { var f func(); f() }), "AttributeError"},
		{"nil map", panicOf(func() { m["x"] = 1 }), "TypeError"},
		{"assertion", panicOf(func() { _ = a.(int) }), "TypeError"},
		{"assertion of nil", panicOf(func() { _ = any(nil).(int) }), "TypeError"},
		{"hash", panicOf(func() { _ = map[any]int{}[any(xs)] }), "TypeError"},
		{"comparison", panicOf(func() { _ = any(xs) == any(xs) }), "TypeError"},
		{"shift", panicOf(func() { _ = 1 << none }), "ValueError"},
		{"make", panicOf(func() { _ = make([]int, none) }), "ValueError"},
		{"make much", panicOf(func() { _ = make([]int, zero, long) }), "MemoryError"},
		{"array", panicOf(func() { _ = [2]int(xs) }), "ValueError"},
		{"send", panicOf(func() { closed <- 1 }), "ValueError"},
		{"close", panicOf(func() { close(closed) }), "ValueError"},
		{"close nil", panicOf(func() { close(c) }), "ValueError"},
		{"not a number", returned(strconv.Atoi("x")), "ValueError"},
		{"not a float", returned(strconv.ParseFloat("x", 64)), "ValueError"},
		{"too large a number", returned(strconv.Atoi("99999999999999999999")), "OverflowError"},
		{"no file", returned(os.Open("/nowhere/at/all")), "FileNotFoundError"},
		{"wrapped", fmt.Errorf("reading: %w", fs.ErrPermission), "PermissionError"},
		{"directory", returned(os.ReadFile(".")), "IsADirectoryError"},
		{"address", returned(net.Dial("tcp", "127.0.0.1:1")), "ConnectionRefusedError"},
		{"end of file", io.EOF, "EOFError"},
		{"deadline", context.DeadlineExceeded, "TimeoutError"},
		{"cancelled", context.Canceled, "CancelledError"},
		{"a text", "boom", "RuntimeError"},
		{"an exception", exceptions.Value("no"), "ValueError"},
		{"a wrapped one", fmt.Errorf("in f: %w", exceptions.Type("no")), "TypeError"},
		{"an error that Python has no name for", errors.New("boom"), ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			e := exceptions.Of(row.v)
			if bases := exceptions.Bases(e); row.want == "" && bases != nil ||
				row.want != "" &&
					(len(bases) < 3 && row.want != "CancelledError" || bases[0] != row.want ||
						bases[len(bases)-1] != "BaseException") {
				t.Errorf("%v is %v, not %s", row.v, bases, row.want)
			}
			if cause, ok := row.v.(error); ok && !errors.Is(e, cause) {
				t.Errorf("%v isn't what it was made of", e)
			}
			if row.want != "" && (!exceptions.Is(row.v, row.want) || exceptions.Is(row.v, "StopIteration")) {
				t.Errorf("Is doesn't know %v", row.v)
			}
		})
	}
	if exceptions.Of(nil) != nil || exceptions.Is(nil, "BaseException") {
		t.Error("nil is an exception")
	}
}

func TestHierarchy(t *testing.T) {
	for _, row := range []struct {
		e    error
		want []string
	}{
		{&exceptions.ZeroDivisionError{},
			[]string{"ZeroDivisionError", "ArithmeticError", "Exception", "BaseException"}},
		{&exceptions.KeyError{Key: 1}, []string{"KeyError", "LookupError", "Exception", "BaseException"}},
		{&exceptions.RecursionError{}, []string{"RecursionError", "RuntimeError", "Exception", "BaseException"}},
		{&exceptions.TimeoutError{}, []string{"TimeoutError", "OSError", "Exception", "BaseException"}},
		{exceptions.Of(fmt.Errorf("x: %w", io.EOF)), []string{"EOFError", "Exception", "BaseException"}},
		{&exceptions.KeyboardInterrupt{}, []string{"KeyboardInterrupt", "BaseException"}},
		{&exceptions.SystemExit{}, []string{"SystemExit", "BaseException"}},
		{&exceptions.ExceptionGroup{Exceptions: []error{exceptions.Value("no")}},
			[]string{"ExceptionGroup", "BaseExceptionGroup", "Exception", "BaseException"}},
		{&exceptions.ExceptionGroup{Exceptions: []error{&exceptions.SystemExit{}}},
			[]string{"BaseExceptionGroup", "BaseException"}},
	} {
		if got := exceptions.Bases(row.e); !slices.Equal(got, row.want) {
			t.Errorf("%T is %v, not %v", row.e, got, row.want)
		}
	}
}

func TestTry(t *testing.T) {
	zero := 0
	var division *exceptions.ZeroDivisionError
	if err := exceptions.Try(func() { _ = 1 / zero }); !errors.As(err, &division) ||
		!errors.Is(err, &exceptions.ZeroDivisionError{}) {
		t.Errorf("a division by zero is %v", err)
	}
	if err := exceptions.Try(func() {}); err != nil {
		t.Errorf("nothing is %v", err)
	}
	if v := panicOf(func() { _ = exceptions.Try(func() { panic(&exceptions.SystemExit{}) }) }); !exceptions.Is(v,
		"SystemExit") {
		t.Errorf("SystemExit became %v", v)
	}
	if v := panicOf(func() { _ = exceptions.Try(nil) }); !exceptions.Is(v, "TypeError") {
		t.Errorf("Try(nil) panics with %v", v)
	}
}

func ExampleTry() {
	prices := []int{3, 4}
	err := exceptions.Try(func() { fmt.Println(prices[len(prices)]) })
	fmt.Println(exceptions.Is(err, "LookupError"), err)
	// Output: true index out of range [2] with length 2
}

func ExampleExceptionGroup_Split() {
	inner := &exceptions.ExceptionGroup{Message: "inner",
		Exceptions: []error{exceptions.Type("a"), exceptions.Value("b")}}
	group := &exceptions.ExceptionGroup{Message: "outer", Exceptions: []error{exceptions.Value("c"), inner}}
	match, rest := group.Split("ValueError")
	fmt.Println(match.Text())
	fmt.Println(rest.Text())
	fmt.Println(errors.Is(group, &exceptions.TypeError{}), group.Subgroup("KeyError") == nil)
	// Output:
	// ExceptionGroup: outer (2 sub-exceptions)
	//   ValueError: c
	//   ExceptionGroup: inner (1 sub-exception)
	//     ValueError: b
	// ExceptionGroup: outer (1 sub-exception)
	//   ExceptionGroup: inner (1 sub-exception)
	//     TypeError: a
	// true true
}
