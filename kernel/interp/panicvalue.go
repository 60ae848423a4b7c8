package interp

// This file defines the words for a panic's value.

import (
	"fmt"
	"reflect"
	"regexp"
	"runtime"
	"strings"

	"gilkernel/runtime/display"
)

// stale is what a function panics with that was compiled against something that is no more.
type stale string

// explain returns the name and the text of a panic: "panic" and the value as Go prints it, or
// "runtime error" and Go's words for what the interpreter's reflection calls otherwise.
func explain(value any) (name, text string) {
	if v, ok := value.(reflect.Value); ok {
		v = unwrapPanic(v)
		if !v.IsValid() {
			return "panic", "panic called with nil argument (use GODEBUG=panicnil=1 to disable)"
		}
		return "panic", panicText(v)
	}
	switch v := value.(type) {
	case stale:
		return "StaleDefinition", string(v)
	case limitError:
		return limitName, limitText + string(v)
	case runtime.Error:
		return "runtime error", strings.TrimPrefix(v.Error(), "runtime error: ")
	case *reflect.ValueError:
		if v.Kind == reflect.Invalid {
			return "runtime error", nilText
		}
		return translate(v.Error())
	case error:
		return translate(v.Error())
	case string:
		return translate(v)
	}
	return "panic", panicText(reflect.ValueOf(value))
}

const nilText = "invalid memory address or nil pointer dereference"

// unwrapPanic removes yaegi's forms, but not a wrapper with methods: it knows the value's text.
func unwrapPanic(v reflect.Value) reflect.Value {
	for v.IsValid() {
		switch {
		case v.Kind() == reflect.Interface:
			v = v.Elem()
		case v.Kind() == reflect.Struct && isValueInterface(v.Type()):
			c := reflect.New(v.Type()).Elem()
			c.Set(v)
			v = field(c, "value").Interface().(reflect.Value)
		default:
			return v
		}
	}
	return v
}

// panicText is how Go prints the value of an explicit panic.
func panicText(v reflect.Value) (text string) {
	defer func() {
		if recover() != nil { // in the value's own method
			text = "(" + v.Type().String() + ")"
		}
	}()
	if v.CanInterface() {
		switch x := v.Interface().(type) {
		case error:
			return x.Error()
		case fmt.Stringer:
			return x.String()
		case string:
			return x
		}
	}
	return display.Format(v, unwrap)
}

// phrases are what yaegi, or reflect under it, says for something that Go has other words for. The
// order matters: the last rows catch what is the interpreter's fault.
var phrases = []struct {
	pattern *regexp.Regexp
	name    string // of the error; "" for a runtime error
	text    string // with the pattern's groups
}{
	{regexp.MustCompile(`^reflect: (?:slice|array|string) index out of range$`), "", "index out of range"},
	{regexp.MustCompile(`^reflect\.Value\.(?:Slice|Slice3): .*out of bounds$`), "", "slice bounds out of range"},
	{regexp.MustCompile(`^reflect: call of reflect\.Value\.\w+ on zero Value$`), "", nilText},
	{regexp.MustCompile(`^reflect: call of reflect\.Value\.\w+ on (?:ptr|interface|nil) Value$`), "", nilText},
	{regexp.MustCompile(`^reflect: (?:Method|NumMethod) on nil interface value$`), "", nilText},
	{regexp.MustCompile(`^reflect: call of nil function$|^reflect\.Value\.Call: call of nil function$|^reflect: function value is nil$`), "", nilText},
	{regexp.MustCompile(`^reflect\.MakeSlice: negative len$`), "", "makeslice: len out of range"},
	{regexp.MustCompile(`^reflect\.MakeSlice: negative cap$|^reflect\.MakeSlice: len > cap$`), "", "makeslice: cap out of range"},
	{regexp.MustCompile(`^reflect\.MakeChan: negative buffer size$`), "", "makechan: size out of range"},
	{regexp.MustCompile(`^(?:\S+:\d+:\d+: )?(interface conversion: .*)$`), "", "$1"},
	{regexp.MustCompile(`^runtime error: (.*)$`), "", "$1"},
	{regexp.MustCompile(`^(reflect[:.].*|.*\binterp\.valueInterface\b.*|.*unsafe2\.dummy.*)$`), limitName, limitText + "$1"},
}

// translate finds the words for the text of an error or string that the machinery panicked with, and
// compiled packages too: sync's "negative WaitGroup counter" is said as it is.
func translate(text string) (name, said string) {
	for _, p := range phrases {
		if m := p.pattern.FindStringSubmatchIndex(text); m != nil {
			name = p.name
			if name == "" {
				name = "runtime error"
			}
			return name, string(p.pattern.ExpandString(nil, p.text, text, m))
		}
	}
	return "panic", text
}
