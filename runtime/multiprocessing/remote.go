package multiprocessing

// This file defines how the exception of a task is sent back: ExceptionWithTraceback.

import (
	"errors"
	"reflect"
	"strings"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
	"gilkernel/runtime/threading"
)

// remote is an exception on its way.
type remote struct {
	Err       error
	Class     string
	Traceback string
}

// dumpError returns a failure of a task as bytes.
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
		panic(failed) // it has only strings
	}
	return b, handles
}

// loadError is the opposite of dumpError.
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

// copies returns which errors may be sent for one, the best first: what says the same inside of what only an
// interpreter knows, and the Python exception that it is.
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

// className is what Python calls an exception; other errors of Go are RuntimeErrors.
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

// encodingError is what there is instead of a value that can't be sent.
func encodingError(v any, why error) *machine.Failure {
	return &machine.Failure{Value: &MaybeEncodingError{Exc: why.Error(), Value: clip(shown(v))}}
}
