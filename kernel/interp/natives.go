package interp

// This file defines the package that lowered sources import as __rt.

import (
	"reflect"
)

// nativesPath is the import path of what lowered sources call of the kernel.
const nativesPath = "gilkernel/rt"

// nativesSource declares, for the type checker, what natives holds.
const nativesSource = `package rt

import "io/fs"

func Result(vs ...any) {}
func SetOut(n int, v any) {}
func Out(n int) any { return nil }
func Stale(msg string) {}

type Stream struct{ _ *int }

func (*Stream) Write(p []byte) (int, error)       { return 0, nil }
func (*Stream) WriteString(s string) (int, error) { return 0, nil }
func (*Stream) Fd() uintptr                       { return 0 }
func (*Stream) Name() string                      { return "" }
func (*Stream) Close() error                      { return nil }
func (*Stream) Sync() error                       { return nil }

type Input struct{ _ *int }

func (*Input) Fd() uintptr                  { return 0 }
func (*Input) Name() string                 { return "" }
func (*Input) Close() error                 { return nil }
func (*Input) Stat() (fs.FileInfo, error)   { return nil, nil }
func (*Input) Read(p []byte) (int, error)   { return 0, nil }
func (*Input) ReadRune() (rune, int, error) { return 0, 0, nil }
func (*Input) UnreadRune() error            { return nil }

func Stdin() *Input   { return nil }
func Stdout() *Stream { return nil }
func Stderr() *Stream { return nil }
`

// natives returns the symbols of __rt, bound to the session.
func (s *session) natives() map[string]reflect.Value {
	return map[string]reflect.Value{
		"Result": reflect.ValueOf(s.showResult),
		"SetOut": reflect.ValueOf(s.setOut),
		"Out":    reflect.ValueOf(s.getOut),
		"Stale":  reflect.ValueOf(func(msg string) { panic(stale(msg)) }),
		"Stream": reflect.ValueOf((*stream)(nil)),
		"Input":  reflect.ValueOf((*stdin)(nil)),
		"Stdin":  reflect.ValueOf(s.currentIn),
		"Stdout": reflect.ValueOf(s.currentOut),
		"Stderr": reflect.ValueOf(s.currentErr),
	}
}

// setOut keeps a value for Out[n].
func (s *session) setOut(n int, v any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outs[n] = v
}

// getOut returns Out[n].
func (s *session) getOut(n int) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.outs[n]
}
