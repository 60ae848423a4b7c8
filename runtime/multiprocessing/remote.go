package multiprocessing

// This file defines how a worker sends back the exception of a task: ExceptionWithTraceback.

import (
	"errors"
	"reflect"
	"strings"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
	"gilkernel/runtime/threading"
)

// remote is an exception as it is sent.
type remote struct {
	Err       error
	Class     string
	Traceback string
}

// dumpError returns the failure of a task as bytes: the best copy that can be sent, or a StandIn.
func dumpError(t *machine.Thread, s *process.System, f *machine.Failure) (b []byte, handles []process.Handle) {
	text := threading.FormatException(t, f.Value, f.Stack)
	err := exceptions.Of(f.Value)
	class := className(err)
	for _, e := range copies(err) {
		if b, handles, failed := s.Dumps(t, remote{e, class, text}); failed == nil {
			return b, handles
		}
	}
	b, handles, failed := s.Dumps(t, remote{&StandIn{class, exceptions.Bases(err), err.Error()}, class, text})
	if failed != nil {
		panic(failed) // it consists of strings
	}
	return b, handles
}

// loadError is the inverse of dumpError: it returns the *TaskError, or why there is none.
func loadError(t *machine.Thread, s *process.System, b []byte, handles []process.Handle) error {
	v, err := s.Loads(t, b, handles)
	r, ok := v.(remote)
	switch {
	case err != nil:
		return err
	case !ok || r.Err == nil:
		return strange("TaskError")
	}
	return &TaskError{r.Err, r.Class, &RemoteTraceback{r.Traceback}}
}

// copies returns the errors that can be sent in place of err, best first: err and the errors that it wraps, as long as
// the text is the same, without the interpreter's own types, then the Python exception that it wraps.
func copies(err error) (list []error) {
	for e := err; e != nil; e = errors.Unwrap(e) {
		if e.Error() != err.Error() {
			break
		}
		t := reflect.TypeOf(e)
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.PkgPath() != "" && !strings.HasPrefix(t.PkgPath(), "gilkernel/kernel/") {
			list = append(list, e)
		}
	}
	var known exceptions.Exception
	if errors.As(err, &known) && known.Error() == err.Error() {
		if e, ok := known.(error); ok {
			list = append(list, e)
		}
	}
	return list
}

// className returns Python's name of an exception; "RuntimeError" for other Go errors.
func className(err error) string {
	var known exceptions.Exception
	if errors.As(err, &known) {
		return known.Exception()
	}
	if d := new(machine.Deadlock); errors.As(err, &d) {
		return "Deadlock"
	}
	return "RuntimeError"
}

// encodingError returns the failure that replaces a result that can't be sent.
func encodingError(v any, why error) *machine.Failure {
	return &machine.Failure{Value: &MaybeEncodingError{Exc: why.Error(), Value: clip(shown(v))}}
}
