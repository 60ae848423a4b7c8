package interp

// This file defines the package that lowered sources import as __rt.

import (
	"reflect"
	"sync"
	"time"
)

// natives returns the symbols of __rt, bound to the session.
func (s *session) natives() map[string]reflect.Value {
	return map[string]reflect.Value{
		"Tick":        reflect.ValueOf(s.tick),
		"Note":        reflect.ValueOf(s.note),
		"Enter":       reflect.ValueOf(func(f func()) { s.threads.current().entry = f }),
		"Go":          reflect.ValueOf(s.goAt),
		"WaitGroupGo": reflect.ValueOf(s.waitGroupGo),
		"AfterFunc":   reflect.ValueOf(s.afterFunc),
		"Result":      reflect.ValueOf(s.showResult),
		"ResultWith":  reflect.ValueOf(s.showResultWith),
		"ShowWith":    reflect.ValueOf(s.showWith),
		"SetOut":      reflect.ValueOf(s.setOut),
		"Out":         reflect.ValueOf(s.getOut),
		"Stale":       reflect.ValueOf(func(msg string) { panic(stale(msg)) }),
		"With":        reflect.ValueOf(s.with),
		"Deferred":    reflect.ValueOf((*Deferred)(nil)),
		"Recover":     reflect.ValueOf(s.recover),
		"Recovered":   reflect.ValueOf(recovered),
		"Stdin":       reflect.ValueOf(&s.input).Elem(),
		"Stdout":      reflect.ValueOf(&s.stdout).Elem(),
		"Stderr":      reflect.ValueOf(&s.stderr).Elem(),
	}
}

// waitGroupGo is (*sync.WaitGroup).Go.
func (s *session) waitGroupGo(wg *sync.WaitGroup, site string, f func()) {
	s.tick()
	wg.Add(1)
	// Done comes after a panic was reported: who waits sees the report before what follows the wait.
	s.start(site, f, wg.Done)
}

// afterFunc is time.AfterFunc.
func (s *session) afterFunc(d time.Duration, site string, f func()) *time.Timer {
	return time.AfterFunc(d, s.callback(site, f))
}

// recovered returns what recover returns in Go for what it returns in yaegi.
func recovered(v any) any {
	if x, ok := v.(reflect.Value); ok {
		x = unwrapPanic(x)
		if !x.IsValid() || !x.CanInterface() {
			return nil
		}
		return x.Interface()
	}
	switch v.(type) {
	case nil, interrupted, stale, limitError:
		return v
	}
	if name, text := explain(v); name == "runtime error" {
		return runtimeError(text)
	}
	return v
}

// A runtimeError is a run-time error in Go's words. It implements runtime.Error.
type runtimeError string

func (e runtimeError) Error() string { return "runtime error: " + string(e) }
func (e runtimeError) RuntimeError() {}

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
