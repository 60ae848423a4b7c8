package interp

// This file defines the words for a panic's value.

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"

	"gilkernel/kernel/exec"
	"gilkernel/runtime/display"
	"gilkernel/runtime/exceptions"
	rt "gilkernel/runtime/machine"
)

// stale is what a function panics with that was compiled against something that is no more.
type stale string

// explain returns the name and the text of a panic: "panic" and the value as Go prints it, or
// "runtime error" and Go's words for one.
func explain(value any) (name, text string) {
	name, text = words(value)
	return name, roots().short(text)
}

// words is explain with the places of this program as they are.
func words(value any) (name, text string) {
	switch v := value.(type) {
	case exceptions.Exception:
		return v.Exception(), v.Error()
	case *rt.Deadlock:
		return "Deadlock", strings.TrimPrefix(v.Error(), "deadlock: ")
	case stale:
		return "StaleDefinition", string(v)
	case *exec.Error:
		return limitName, limitText + v.Msg
	case interface {
		error
		Recursion()
	}:
		return "RecursionError", v.Error()
	case runtime.Error:
		if text, ok := strings.CutPrefix(v.Error(), "runtime error: "); ok {
			return "runtime error", text
		}
		if _, ok := v.(*runtime.PanicNilError); ok {
			return "panic", v.Error()
		}
		return "runtime error", v.Error()
	}
	return "panic", panicText(value)
}

// panicText is how Go prints the value of an explicit panic.
func panicText(v any) (text string) {
	defer func() {
		if recover() != nil { // in the value's own method
			text = fmt.Sprintf("(%T)", v)
		}
	}()
	switch x := v.(type) {
	case error:
		return x.Error()
	case fmt.Stringer:
		return x.String()
	case string:
		return x
	}
	return display.Format(reflect.ValueOf(v), nil)
}
