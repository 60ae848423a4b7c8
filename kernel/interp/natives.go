package interp

// This file defines the package __rt of lowered sources: what the cell compiler calls on behalf of the
// learner's code.

import (
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"time"

	"github.com/traefik/yaegi/interp"

	"gilkernel/kernel/interp/link"
)

// rtPath is the import path of __rt.
const rtPath = "gilkernel/rt"

// staleness is the value of the panic of a function whose dependencies changed under it.
type staleness string

func (s staleness) Error() string { return string(s) }

// natives returns the table of __rt, bound to this session.
func (s *session) natives() interp.Exports {
	return interp.Exports{rtPath + "/rt": {
		"Tick":        reflect.ValueOf(func() { s.tick(s.threads.current()) }),
		"Note":        reflect.ValueOf(s.note),
		"Go":          reflect.ValueOf(s.goroutine),
		"WaitGroupGo": reflect.ValueOf(s.waitGroupGo),
		"AfterFunc":   reflect.ValueOf(s.afterFunc),
		"Result":      reflect.ValueOf(func(v ...any) { s.result(nil, v...) }),
		"ResultWith":  reflect.ValueOf(func(m map[string]any, v any) { s.result(m, v) }),
		"ShowWith":    reflect.ValueOf(func(m map[string]any, v any) { s.display().show(m, v) }),
		"SetOut":      reflect.ValueOf(s.setOut),
		"Out":         reflect.ValueOf(s.getOut),
		"Stale":       reflect.ValueOf(func(msg string) { panic(staleness(msg)) }),
		"Stdin":       reflect.ValueOf(s.stdin),
		"Stdout":      reflect.ValueOf(&stream{s, "stdout"}),
		"Stderr":      reflect.ValueOf(&stream{s, "stderr"}),
	}}
}

// goroutine runs f in a goroutine of the calling thread's cell. A panic in it is reported in that
// cell and ends nothing else.
func (s *session) goroutine(site string, f func()) {
	t := s.threads.current()
	c := s.cellOf(t)
	if t != nil {
		s.tick(t)
	}
	// Ends with f, or with the process: goroutines of cells are the learner's, nobody waits for them.
	go s.contained(&thread{cell: c, site: site}, f)
}

// contained runs f as t, catching its panic.
func (s *session) contained(t *thread, f func()) {
	s.threads.do(t, func() {
		defer func() {
			if v := recover(); v != nil && !isInterruption(v) {
				s.out.send(&link.Event{Cell: t.cell.id, Error: s.failure(t, v)})
			}
		}()
		f()
	})
}

func (s *session) waitGroupGo(wg *sync.WaitGroup, site string, f func()) {
	wg.Add(1)
	c := s.cellOf(s.threads.current())
	// As in goroutine. Done comes after a panic was reported: whoever waits then sees the report before
	// what follows the wait.
	go func() {
		defer wg.Done()
		s.contained(&thread{cell: c, site: site}, f)
	}()
}

// afterFunc is time.AfterFunc whose goroutine belongs to the calling thread's cell.
func (s *session) afterFunc(d time.Duration, site string, f func()) *time.Timer {
	c := s.cellOf(s.threads.current())
	return time.AfterFunc(d, func() {
		if c.dying.Load() {
			return
		}
		s.contained(&thread{cell: c, site: site}, f)
	})
}

// result keeps the value of a last expression; show sends it when the cell has ended.
func (s *session) result(methods map[string]any, v ...any) {
	c := s.cellOf(s.threads.current())
	c.mu.Lock()
	defer c.mu.Unlock()
	c.result = &value{methods: methods, values: v}
}

func (s *session) setOut(n int, v any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outs[n] = v
}

func (s *session) getOut(n int) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.outs[n]
	if !ok {
		panic(fmt.Errorf("Out[%d] has no value", n)) //nolint: Out is a name
	}
	return v
}

// show answers a run that ended well with its value.
func (s *session) show(c *cell) *link.Done {
	done := &link.Done{Status: "ok"}
	c.mu.Lock()
	v := c.result
	c.mu.Unlock()
	if v == nil || c.value == "" || c.dying.Load() {
		return done
	}
	d, err := s.bundle(v)
	if err != nil {
		return &link.Done{Status: "error", Error: err}
	}
	d.Kind = "execute_result"
	if c.value == "return" {
		done.Result = d
	} else {
		s.out.send(&link.Event{Cell: c.id, Display: d})
	}
	return done
}

// exiting ends the process as the cell asked, leaving word on the crash descriptor.
func (s *session) exiting(by string, code int) {
	pos := ""
	if p, ok := s.decode(*s.pos); ok {
		pos = p.String()
	}
	s.out.flush()
	fmt.Fprintf(s.crash, "gilkernel-exit: code=%d pos=%s by=%s\n", code, pos, by)
	exit(code)
	runtime.Goexit()
}
