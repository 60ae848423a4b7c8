package interp

// This file defines how values of two runs are compared: by what a program can see of them, without addresses.

import (
	"encoding"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math"
	"reflect"
	"strings"
	"time"
)

// walkValues is how many values a walk looks at.
const walkValues = 256

// walk goes through a value and what it leads to.
type walk struct {
	hash  maphash.Hash
	left  int              // how many values it may still look at
	seen  map[uintptr]bool // pointers that it has followed; nil: none
	timer bool             // it has found a timer
}

// add hashes a number.
func (w *walk) add(n uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n)
	_, _ = w.hash.Write(b[:])
}

func (w *walk) text(s string) {
	w.add(uint64(len(s)))
	_, _ = w.hash.WriteString(s)
}

// value goes through v. What isn't open to a program, inside of a compiled package's type, is only searched for timers.
func (w *walk) value(v reflect.Value, open bool) {
	if w.left == 0 || !v.IsValid() {
		return
	}
	w.left--
	t := v.Type()
	switch t {
	case reflect.TypeFor[time.Timer](), reflect.TypeFor[time.Ticker]():
		w.timer = true
		return
	case reflect.TypeFor[reflect.Value]():
		if v.CanInterface() {
			w.value(v.Interface().(reflect.Value), open)
		}
		return
	}
	if open && w.described(v) {
		open = false // the rest is in the text
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		w.leads(v, open)
	case reflect.Struct:
		if internal(t) {
			return
		}
		for i := range v.NumField() {
			w.value(v.Field(i), open && (t.Field(i).IsExported() || !compiledType(t)))
		}
	case reflect.Slice, reflect.Array:
		if open {
			w.add(uint64(v.Len()))
		}
		for i := range min(v.Len(), w.left) {
			w.value(v.Index(i), open)
		}
	case reflect.Map:
		w.mapped(v, open)
	case reflect.Chan:
		w.timer = w.timer || t.Elem() == reflect.TypeFor[time.Time]()
	default:
		if open {
			w.basic(v)
		}
	}
}

// basic hashes a value without parts. The number of an address isn't the same in each run.
func (w *walk) basic(v reflect.Value) {
	switch {
	case v.Kind() == reflect.String:
		w.text(withoutAddresses(v.String()))
	case v.Kind() == reflect.Bool:
		if v.Bool() {
			w.add(1)
		} else {
			w.add(0)
		}
	case v.CanInt():
		w.add(uint64(v.Int()))
	case v.Kind() != reflect.Uintptr && v.CanUint():
		w.add(v.Uint())
	case v.CanFloat():
		w.add(math.Float64bits(v.Float()))
	case v.CanComplex():
		w.add(math.Float64bits(real(v.Complex())))
		w.add(math.Float64bits(imag(v.Complex())))
	}
}

// leads follows a pointer, or looks into an interface.
func (w *walk) leads(v reflect.Value, open bool) {
	if v.IsNil() {
		w.add(0)
		return
	}
	w.add(1)
	if v.Kind() == reflect.Pointer {
		at := v.Pointer()
		if w.seen[at] || internal(v.Type().Elem()) {
			return
		}
		if w.seen == nil {
			w.seen = map[uintptr]bool{}
		}
		w.seen[at] = true
	} else if open {
		w.text(v.Elem().Type().String())
	}
	w.value(v.Elem(), open)
}

// mapped hashes a map of a few elements, in whatever order they come.
func (w *walk) mapped(v reflect.Value, open bool) {
	if !open || v.Len() > w.left {
		return
	}
	sum := uint64(0)
	for it := v.MapRange(); it.Next(); {
		one := &walk{left: min(w.left, walkValues/16), seen: w.seen}
		one.hash.SetSeed(w.hash.Seed())
		one.value(it.Key(), open)
		one.value(it.Value(), open)
		sum += one.hash.Sum64()
		w.timer = w.timer || one.timer
	}
	w.left -= min(w.left, v.Len())
	w.add(sum)
}

// described hashes the text of a value of a type of the standard library that has one. It reports whether it has.
func (w *walk) described(v reflect.Value) (ok bool) {
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if !compiledType(t) || internal(t) || !v.CanInterface() || v.Kind() == reflect.Pointer && v.IsNil() {
		return false
	}
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	x := v.Interface()
	if v.CanAddr() {
		x = v.Addr().Interface()
	}
	switch x := x.(type) {
	case encoding.TextMarshaler:
		b, err := x.MarshalText()
		if err != nil {
			return false
		}
		w.text(string(b))
	case error:
		w.text(withoutAddresses(x.Error()))
	case fmt.Stringer:
		w.text(withoutAddresses(x.String()))
	default:
		return false
	}
	return true
}

// compiledType reports whether a type is one of the standard library.
func compiledType(t reflect.Type) bool {
	first, _, _ := strings.Cut(t.PkgPath(), "/")
	return first != "" && first != "main" && first != "gilkernel" && !strings.Contains(first, ".")
}

// internal reports whether a type is one whose inside says nothing of a program's own timers and values.
func internal(t reflect.Type) bool {
	first, _, _ := strings.Cut(t.PkgPath(), "/")
	switch first {
	case "reflect", "runtime", "internal", "sync", "unsafe", "gilkernel":
		return true
	}
	return false
}
