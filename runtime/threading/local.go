package threading

// This file defines data that each thread has for itself.

import (
	"sync"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// A Local is threading.local: attributes that each thread has for itself. The zero Local has none. What a thread stored
// is freed when the thread ends; what a plain goroutine stored stays as long as the Local, because Go doesn't report
// when a goroutine ends.
type Local struct {
	init func(*Local)
	id   gil.Identity

	mu    sync.Mutex // protects plain; held briefly
	plain map[int64]map[string]any
}

// NewLocal returns a Local. init, if given, is called in each thread when the thread uses the Local for the first time,
// as __init__ of a subclass is.
func NewLocal(init ...func(l *Local)) *Local {
	l := &Local{}
	if len(init) > 0 {
		l.init = init[0]
	}
	return l
}

// attributes returns the calling thread's attributes.
func (l *Local) attributes() map[string]any {
	t := machine.Current()
	if t != nil {
		if a, ok := t.Local(l).(map[string]any); ok {
			return a
		}
		a := map[string]any{}
		t.SetLocal(l, a)
		l.begin()
		return a
	}
	id := machine.GoroutineID()
	l.mu.Lock()
	a := l.plain[id]
	if a != nil {
		l.mu.Unlock()
		return a
	}
	if l.plain == nil {
		l.plain = map[int64]map[string]any{}
	}
	a = map[string]any{}
	l.plain[id] = a
	l.mu.Unlock()
	l.begin()
	return a
}

func (l *Local) begin() {
	if l.init != nil {
		l.init(l)
	}
}

// Get returns an attribute: d.x. It panics with an AttributeError if the thread hasn't set it.
func (l *Local) Get(name string) any {
	v, ok := l.attributes()[name]
	if !ok {
		panic(noAttribute(name))
	}
	return v
}

// Lookup returns an attribute and whether the thread has set it: getattr(d, "x", None).
func (l *Local) Lookup(name string) (any, bool) {
	v, ok := l.attributes()[name]
	return v, ok
}

// Set sets an attribute for the calling thread: d.x = 1.
func (l *Local) Set(name string, value any) { l.attributes()[name] = value }

// Delete deletes an attribute: del d.x. It panics with an AttributeError if the thread hasn't set it.
func (l *Local) Delete(name string) {
	a := l.attributes()
	if _, ok := a[name]; !ok {
		panic(noAttribute(name))
	}
	delete(a, name)
}

func noAttribute(name string) error {
	module := "_thread"
	if in := gil.Current(); in != nil && in.Profile().Version == "2.7" {
		module = "thread"
	}
	return &exceptions.AttributeError{Message: "'" + module + "._local' object has no attribute '" + name + "'"}
}
