package interp

// This file defines fmt's printing functions, which show the values of package threading and its like as their pointers
// do.
//
// The methods of a threading.Lock are its pointer's, so fmt would show the insides of one that is passed as a value.
// That isn't what a learner asks for, and a copy of a lock in use is a mistake of its own that the text doesn't have to
// add to.

import (
	"fmt"
	"io"
	"reflect"
	"strings"

	"gilkernel/runtime/display"
)

// standIn returns what is printed in the place of an argument, nil for the argument itself.
func standIn(a any) any {
	if p, ok := display.Pointed(reflect.ValueOf(a)).(fmt.Stringer); ok {
		return p
	}
	return nil
}

// printed returns what fmt is given in the place of arguments.
func printed(args []any) []any {
	all := args
	for i, a := range args {
		if p := standIn(a); p != nil {
			all = replace(args, all, i, p)
		}
	}
	return all
}

// replace sets an element of all, which is made a copy of args first if it isn't one.
func replace(args, all []any, i int, p any) []any {
	if &all[0] == &args[0] {
		all = append([]any(nil), args...)
	}
	all[i] = p
	return all
}

// printedBy is printed for a format: a verb that asks for the type or the address of an argument gets what it asks for.
func printedBy(format string, args []any) []any {
	if !strings.Contains(format, "%") || strings.ContainsAny(format, "[*") {
		return args // which argument is whose takes a parser to know
	}
	all, next := args, 0
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		i++
		for i < len(format) && strings.IndexByte("+-# 0123456789.", format[i]) >= 0 {
			i++
		}
		if i == len(format) || format[i] == '%' {
			continue
		}
		if format[i] != 'T' && format[i] != 'p' && next < len(args) {
			if p := standIn(args[next]); p != nil {
				all = replace(args, all, next, p)
			}
		}
		next++
	}
	return all
}

// prints returns the functions of fmt that print.
func (s *runner) prints() map[string]any {
	return map[string]any{
		"Print": func(a ...any) (int, error) { return fmt.Fprint(s.currentOut(), printed(a)...) },
		"Printf": func(format string, a ...any) (int, error) {
			return fmt.Fprintf(s.currentOut(), format, printedBy(format, a)...)
		},
		"Println": func(a ...any) (int, error) { return fmt.Fprintln(s.currentOut(), printed(a)...) },
		"Fprint":  func(w io.Writer, a ...any) (int, error) { return fmt.Fprint(w, printed(a)...) },
		"Fprintf": func(w io.Writer, format string, a ...any) (int, error) {
			return fmt.Fprintf(w, format, printedBy(format, a)...)
		},
		"Fprintln": func(w io.Writer, a ...any) (int, error) { return fmt.Fprintln(w, printed(a)...) },
		"Sprint":   func(a ...any) string { return fmt.Sprint(printed(a)...) },
		"Sprintf":  func(format string, a ...any) string { return fmt.Sprintf(format, printedBy(format, a)...) },
		"Sprintln": func(a ...any) string { return fmt.Sprintln(printed(a)...) },
	}
}
