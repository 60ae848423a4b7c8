// Package errors is the interpreter's own version of the generic part of the standard library's.
package errors

import "errors"

// AsType finds the first error in err's tree that is an E.
func AsType[E error](err error) (E, bool) {
	var target E
	if err == nil {
		return target, false
	}
	ok := errors.As(err, &target)
	return target, ok
}
