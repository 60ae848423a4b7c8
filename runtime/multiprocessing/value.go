package multiprocessing

// This file defines values in shared memory: multiprocessing/sharedctypes.py.

import (
	"fmt"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
)

// A LockOption is an optional argument of NewValue and NewArray: UseLock.
type LockOption struct {
	lock Locker
	none bool
}

// UseLock sets the lock of a value, which other values may share; with nil the value has no lock: lock=False.
func UseLock(lock Locker) LockOption { return LockOption{lock, lock == nil} }

// synchronized is n numbers in shared memory with their lock.
type synchronized struct {
	mem  *process.Memory
	code typecode
	lock Locker // nil: no lock
	n    int
}

func (m *module) synchronized(t *machine.Thread, code string, n int, opts []LockOption, kind string) synchronized {
	c := typecodeOf(code)
	mem, err := m.s.NewMemory(t, n*c.size)
	if err != nil {
		panic(&exceptions.OSError{Class: "MemoryError", Message: err.Error()})
	}
	s := synchronized{mem: mem, code: c, n: n}
	none := false
	for _, o := range opts {
		s.lock, none = o.lock, o.none
	}
	if s.lock == nil && !none {
		s.lock = m.newRLock(t, m.name(kind, nil))
	}
	return s
}

// hold acquires the lock and returns it, nil if there is none. The caller must defer drop. It panics with a TypeError
// for the zero value.
func (s *synchronized) hold() *semLock {
	if s.mem == nil {
		panic(exceptions.Type("a value that processes share is made by NewValue or NewArray: its zero value can't be " +
			"used"))
	}
	if s.lock == nil {
		return nil
	}
	l := s.lock.lock()
	l.acquire(nil)
	return l
}

// drop releases the lock that hold has acquired. On a nil lock it does nothing.
func (l *semLock) drop() {
	if l != nil {
		l.release()
	}
}

// integer returns number i, and false if the type isn't an integer type.
func (s *synchronized) integer(i int) (int, bool) {
	if s.code.isFloat() || s.code.code == 'c' {
		return 0, false
	}
	return s.code.integer(s.mem, i), true
}

// GetLock returns the lock, which each read and each write acquires for itself: get_lock(). Hold it where a read and a
// write belong together. It panics with an AttributeError if there is no lock.
func (s *synchronized) GetLock() Locker {
	if s.lock == nil {
		panic(&exceptions.AttributeError{Message: "'" + s.code.ctype + "' object has no attribute 'get_lock'"})
	}
	return s.lock
}

// Acquire acquires the lock, as Lock.Acquire does. It panics with an AttributeError if there is no lock.
func (s *synchronized) Acquire(opts ...WaitOption) bool { return s.GetLock().Acquire(opts...) }

// Release releases the lock, as Lock.Release does. It panics with an AttributeError if there is no lock.
func (s *synchronized) Release() { s.GetLock().Release() }

// With acquires the lock, calls fn and releases the lock, also after a panic: "with v.get_lock(): …".
func (s *synchronized) With(fn func()) { s.GetLock().With(fn) }

// A Value is multiprocessing.Value: a C number that processes share. Each read and each write acquires its lock. An
// increment is a read and a write, and another process may write between them: hold the lock for it. NewValue makes
// one; its zero value can't be used. A Value can be sent to other processes only in the arguments of NewProcess.
type Value struct{ synchronized }

// NewValue returns a number of the type that typecode names, as in Python's module array: "i" is a C int, "q" a 64-bit
// integer, "d" a float64, "c" a byte. value is its first value; nil is 0. The number has an RLock of its own unless
// UseLock sets another. NewValue panics with a TypeError for an unknown type code or a value of another type, and with
// a MemoryError if there is no memory left.
func NewValue(typecode string, value any, opts ...LockOption) *Value {
	t, m := here("NewValue")
	v := &Value{m.synchronized(t, typecode, 1, opts, "Value")}
	if value != nil {
		v.code.set(v.mem, 0, value)
	}
	return v
}

// NewRawValue is NewValue without a lock: RawValue.
func NewRawValue(typecode string, value any) *Value { return NewValue(typecode, value, UseLock(nil)) }

// Value returns the number: an int, a float64, or a []byte of one for "c": v.value.
func (v *Value) Value() any {
	defer v.hold().drop()
	v.touch(0, false)
	return v.code.get(v.mem, 0)
}

// SetValue sets the number: v.value = x. It panics with a TypeError if x isn't a number of the type; an integer that is
// too large loses its upper bits, as in C.
func (v *Value) SetValue(x any) {
	defer v.hold().drop()
	v.touch(0, true)
	v.code.set(v.mem, 0, x)
}

// Int returns the number as an int: v.Value().(int). It panics with a TypeError if the type isn't an integer type.
func (v *Value) Int() int {
	defer v.hold().drop()
	v.touch(0, false)
	n, ok := v.integer(0)
	if !ok {
		panic(exceptions.Type("a value of type '%s' is no int; Float returns it", v.code.ctype))
	}
	return n
}

// Float returns the number as a float64. It panics with a TypeError if the type is "c".
func (v *Value) Float() float64 {
	defer v.hold().drop()
	v.touch(0, false)
	if v.code.isFloat() {
		return v.code.float(v.mem, 0)
	}
	if n, ok := v.integer(0); ok {
		return float64(n)
	}
	panic(exceptions.Type("a value of type '%s' is no number", v.code.ctype))
}

// GetObj returns the same number without the lock: get_obj().
func (v *Value) GetObj() *Value {
	o := &Value{v.synchronized}
	o.lock = nil
	return o
}

// String returns what repr shows: "<Synchronized wrapper for c_int(7)>".
func (v *Value) String() string {
	text := fmt.Sprintf("%s(%s)", v.code.ctype, show(v.Value()))
	if v.lock == nil {
		return text
	}
	return "<Synchronized wrapper for " + text + ">"
}

// show returns repr of a number or of bytes.
func show(x any) string {
	switch x := x.(type) {
	case []byte:
		return fmt.Sprintf("b'%s'", x)
	case float64:
		if x == float64(int64(x)) {
			return fmt.Sprintf("%.1f", x)
		}
	}
	return fmt.Sprint(x)
}
