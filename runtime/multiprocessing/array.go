package multiprocessing

// This file defines arrays in shared memory.

import (
	"bytes"
	"fmt"
	"reflect"
	"runtime"
	"strings"

	"gilkernel/runtime/exceptions"
)

// An Array is multiprocessing.Array: a fixed number of C's numbers, which processes share. Each access acquires the
// array's lock. NewArray makes one. Indices count from the end if they are negative.
type Array struct{ synchronized }

// NewArray returns numbers of a type, whose code is as for NewValue. sizeOrValues is how many, all 0, or a slice of
// their first values; a string or a []byte for "c". It panics with a ValueError if there would be less than none.
func NewArray(typecode string, sizeOrValues any, opts ...LockOption) *Array {
	t, m := here("NewArray")
	if s, ok := sizeOrValues.(string); ok {
		sizeOrValues = []byte(s)
	}
	v := reflect.ValueOf(sizeOrValues)
	switch v.Kind() {
	case reflect.Int:
		n := int(v.Int())
		if n < 0 {
			panic(exceptions.Value("Array length must be >= 0"))
		}
		return &Array{m.synchronized(t, typecode, n, opts, "Array")}
	case reflect.Slice, reflect.Array:
		a := &Array{m.synchronized(t, typecode, v.Len(), opts, "Array")}
		for i := range v.Len() {
			a.code.set(a.mem, i, v.Index(i).Interface())
		}
		return a
	}
	panic(exceptions.Type("NewArray takes a length or a slice, not %T", sizeOrValues))
}

// NewRawArray is NewArray without a lock: RawArray.
func NewRawArray(typecode string, sizeOrValues any) *Array {
	return NewArray(typecode, sizeOrValues, UseLock(nil))
}

// Len returns the number of elements: len(a).
func (a *Array) Len() int { return a.n }

// index returns the place of an index. It panics with an IndexError if there is none.
func (a *Array) index(i int) int {
	if i < 0 {
		i += a.n
	}
	if i < 0 || i >= a.n {
		panic(&exceptions.IndexError{Message: "invalid index"})
	}
	return i
}

// Get returns a number: a[i]. It panics with an IndexError, "invalid index", if there is none.
func (a *Array) Get(i int) any {
	defer a.hold().drop()
	i = a.index(i)
	a.touch(i, false)
	return a.code.get(a.mem, i)
}

// Int returns a number of an integer type as an int: a.Get(i).(int).
func (a *Array) Int(i int) int {
	defer a.hold().drop()
	i = a.index(i)
	a.touch(i, false)
	n, ok := a.integer(i)
	if !ok {
		panic(exceptions.Type("an element of type '%s' is no int", a.code.ctype))
	}
	return n
}

// Set sets a number: a[i] = x. It panics as Get and as Value.SetValue do.
func (a *Array) Set(i int, x any) {
	defer a.hold().drop()
	i = a.index(i)
	a.touch(i, true)
	a.code.set(a.mem, i, x)
}

// bounds are those of a slice: from, from to, or all.
func (a *Array) bounds(limits []int) (from, to int) {
	clamp := func(i int) int {
		if i < 0 {
			i += a.n
		}
		return min(max(i, 0), a.n)
	}
	to = a.n
	if len(limits) > 0 {
		from = clamp(limits[0])
	}
	if len(limits) > 1 {
		to = clamp(limits[1])
	}
	return from, max(from, to)
}

// Slice returns copies of numbers: Slice() is a[:], Slice(1) is a[1:], Slice(1, 3) is a[1:3].
func (a *Array) Slice(limits ...int) []any {
	defer a.hold().drop()
	from, to := a.bounds(limits)
	list := make([]any, 0, to-from)
	for i := from; i < to; i++ {
		a.touch(i, false)
		list = append(list, a.code.get(a.mem, i))
	}
	return list
}

// SetSlice sets numbers from an index up to another: a[from:to] = values. It panics with a ValueError if there are more
// or fewer values: "Can only assign sequence of same size".
func (a *Array) SetSlice(from, to int, values any) {
	v := reflect.ValueOf(values)
	if k := v.Kind(); k != reflect.Slice && k != reflect.Array {
		panic(exceptions.Type("SetSlice takes a slice, not %T", values))
	}
	defer a.hold().drop()
	from, to = a.bounds([]int{from, to})
	if v.Len() != to-from {
		panic(exceptions.Value("Can only assign sequence of same size"))
	}
	for i := range v.Len() {
		a.touch(from+i, true)
		a.code.set(a.mem, from+i, v.Index(i).Interface())
	}
}

// touchAll is touch for all numbers.
func (a *Array) touchAll(write bool) {
	for i := range a.n {
		a.touch(i, write)
	}
}

// Raw returns the bytes of an array of "c": a.raw.
func (a *Array) Raw() []byte {
	a.chars("raw")
	defer a.hold().drop()
	defer runtime.KeepAlive(a)
	a.touchAll(false)
	return bytes.Clone(a.mem.Bytes()[:a.n])
}

// Value returns the bytes of an array of "c" up to the first 0: a.value.
func (a *Array) Value() []byte {
	a.chars("value")
	b, _, _ := bytes.Cut(a.Raw(), []byte{0})
	return b
}

// SetValue sets the bytes of an array of "c", with a 0 behind them if there is room: a.value = b"…". It panics with a
// ValueError, "byte string too long".
func (a *Array) SetValue(b []byte) {
	a.chars("value")
	if len(b) > a.n {
		panic(exceptions.Value("byte string too long"))
	}
	defer a.hold().drop()
	defer runtime.KeepAlive(a)
	a.touchAll(true)
	if n := copy(a.mem.Bytes()[:a.n], b); n < a.n {
		a.mem.Bytes()[n] = 0
	}
}

// chars panics with an AttributeError unless this is an array of "c".
func (a *Array) chars(name string) {
	if a.code.code != 'c' {
		panic(&exceptions.AttributeError{Message: fmt.Sprintf("'%s_Array_%d' object has no attribute '%s'",
			a.code.ctype, a.n, name)})
	}
}

// GetObj returns the array without its lock: get_obj().
func (a *Array) GetObj() *Array {
	o := &Array{a.synchronized}
	o.lock = nil
	return o
}

// String shows the numbers: "Array[0 1 2]".
func (a *Array) String() string {
	if a == nil || a.mem == nil {
		return "Array[]"
	}
	var parts []string
	for _, x := range a.Slice(0, 100) {
		parts = append(parts, show(x))
	}
	if a.n > 100 {
		parts = append(parts, "…")
	}
	return "Array[" + strings.Join(parts, " ") + "]"
}
