package threading

// This file defines what threads call.

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"

	"gilkernel/runtime/call"
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// lambdaName is funcName for a value that may not be a function.
func lambdaName(target any, in *gil.Interpreter) string {
	if v := reflect.ValueOf(target); v.Kind() != reflect.Func || v.IsNil() {
		return ""
	}
	return funcName(target, moduleOf(in).theHost())
}

// notCallable is what Python says when it calls what isn't a function.
func notCallable(target any) string {
	return fmt.Sprintf("'%s' object is not callable", typeName(target))
}

// callable panics with a TypeError unless target is a function.
func callable(target any, words string) {
	if v := reflect.ValueOf(target); v.Kind() != reflect.Func || v.IsNil() {
		panic(exceptions.Type("%s", words))
	}
}

// Call calls target, any function, with args in t, as a Thread does: a panic with a TypeError in Python's words if
// there are too many or too few, or if one isn't of the right type. t belongs to an interpreter.
func Call(t *machine.Thread, target any, args []any) {
	in := gil.Of(t)
	callTarget(in, target, lambdaName(target, in), args)
}

// callTarget calls target with args: a panic with a TypeError in Python's words if there are too many or too few, or if
// one isn't of the right type. Functions without arguments are called without reflection.
func callTarget(in *gil.Interpreter, target any, name string, args []any) {
	if f, ok := target.(func()); ok && len(args) == 0 {
		f()
		return
	}
	if name == "" {
		name = "func"
	}
	f := reflect.ValueOf(target)
	typ := f.Type()
	need := typ.NumIn()
	if typ.IsVariadic() {
		need--
	}
	if n := in.Minor(); n < 303 && (len(args) < need || len(args) > need && !typ.IsVariadic()) {
		panic(exceptions.Type("%s", miscounted(name, need, len(args), typ.IsVariadic(), n < 300)))
	}
	if len(args) < need {
		panic(exceptions.Type("%s", missing(name, typ, need, len(args))))
	}
	if len(args) > need && !typ.IsVariadic() {
		panic(exceptions.Type("%s", surplus(name, need, len(args))))
	}
	values := make([]reflect.Value, len(args))
	for i, a := range args {
		want := typ.In(min(i, typ.NumIn()-1))
		if typ.IsVariadic() && i >= need {
			want = typ.In(typ.NumIn() - 1).Elem()
		}
		v, ok := call.Fit(a, want)
		if !ok {
			panic(exceptions.Type("%s() argument %d must be %v, not %s", name, i+1, want, typeName(a)))
		}
		values[i] = v
	}
	f.Call(values)
}

func typeName(a any) string {
	if a == nil {
		return "nil"
	}
	return fmt.Sprintf("%T", a)
}

// surplus is Python's error for too many arguments.
func surplus(name string, takes, given int) string {
	s, was := "s", "were"
	if takes == 1 {
		s = ""
	}
	if given == 1 {
		was = "was"
	}
	return fmt.Sprintf("%s() takes %d positional argument%s but %d %s given", name, takes, s, given, was)
}

// miscounted is the error for too many or too few arguments before 3.3.
func miscounted(name string, takes, given int, more, two bool) string {
	how, what, s := "exactly", "positional argument", "s"
	if more {
		how = "at least"
	}
	if two {
		what = "argument"
	}
	if takes == 1 {
		s = ""
	}
	if takes == 0 {
		return fmt.Sprintf("%s() takes no arguments (%d given)", name, given)
	}
	return fmt.Sprintf("%s() takes %s %d %s%s (%d given)", name, how, takes, what, s, given)
}

// missing is the error for too few. Go's runtime doesn't know what parameters are called: their types stand for them.
func missing(name string, typ reflect.Type, need, given int) string {
	var list []string
	for i := given; i < need; i++ {
		list = append(list, "'"+typ.In(i).String()+"'")
	}
	s := "s"
	if len(list) == 1 {
		s = ""
	}
	text := strings.Join(list, " and ")
	if n := len(list); n > 2 {
		text = strings.Join(list[:n-1], ", ") + ", and " + list[n-1]
	}
	return fmt.Sprintf("%s() missing %d required positional argument%s: %s", name, len(list), s, text)
}

// funcName returns the name of a function, "" if that isn't known. That of a literal is "<lambda>", as in Python.
func funcName(target any, h Host) string {
	if h.FuncName != nil {
		if name := h.FuncName(target); name != "" {
			return name
		}
	}
	f := runtime.FuncForPC(reflect.ValueOf(target).Pointer())
	if f == nil || strings.HasPrefix(f.Name(), "reflect.") {
		return ""
	}
	name := f.Name()
	name = name[strings.LastIndexByte(name, '/')+1:]
	name = strings.TrimSuffix(name, "-fm") // a method value
	name = strings.TrimSuffix(name, "[...]")
	name = name[strings.LastIndexByte(name, '.')+1:]
	rest := strings.TrimPrefix(name, "func")
	if rest == "" || strings.Trim(rest, "0123456789") == "" {
		return "<lambda>"
	}
	return name
}
