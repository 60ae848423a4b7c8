package interp

// This file defines what the engine calls of the session by itself, see exec.HostPath.

import (
	"reflect"
)

// natives returns the symbols of exec.HostPath.
func (s *runner) natives() map[string]reflect.Value {
	return map[string]reflect.Value{
		"Result":    reflect.ValueOf(s.showResult),
		"Stale":     reflect.ValueOf(func(why string) { panic(stale(why)) }),
		"os.Stdin":  reflect.ValueOf(func() any { return s.currentIn() }),
		"os.Stdout": reflect.ValueOf(func() any { return s.currentOut() }),
		"os.Stderr": reflect.ValueOf(func() any { return s.currentErr() }),
	}
}

// setOut keeps a value under a number, until a cell makes it a variable.
func (s *runner) setOut(n int, v any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outs[n] = v
}

// getOut returns the value of a number.
func (s *runner) getOut(n int) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.outs[n]
}

// dropOuts forgets the values of numbers: variables have them.
func (s *runner) dropOuts(numbers []int) {
	if len(numbers) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range numbers {
		delete(s.outs, n)
	}
}
