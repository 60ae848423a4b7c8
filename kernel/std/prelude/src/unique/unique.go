// Package unique is the interpreter's own version of the generic part of the standard library's.
package unique

import (
	"reflect"
	"sync"
)

// maps has a *sync.Map for each type, from its values to pointers to them. Unlike those of the standard library, values
// stay.
var maps sync.Map

// Handle stands for a value. Its memory is that of the standard library's.
type Handle[T comparable] struct {
	value *T
}

// Value returns the value.
func (h Handle[T]) Value() T { return *h.value }

// Make returns the handle of a value: the same for values that are equal.
func Make[T comparable](value T) Handle[T] {
	t := reflect.TypeOf((*T)(nil))
	m, ok := maps.Load(t)
	if !ok {
		m, _ = maps.LoadOrStore(t, new(sync.Map))
	}
	of := m.(*sync.Map)
	p, ok := of.Load(value)
	if !ok {
		p, _ = of.LoadOrStore(value, &value)
	}
	return Handle[T]{p.(*T)}
}
