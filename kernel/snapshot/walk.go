package snapshot

// This file defines what a variable leads to.

import (
	"reflect"
	"strings"
	"time"
	"unsafe"
)

// memory copies n values of a type in a row, and what they lead to.
func (s *Snapshot) memory(t reflect.Type, p unsafe.Pointer, n int) {
	key := memory{p, t, n}
	if p == nil || n == 0 || s.seen[key] || s.missed[s.name] {
		return
	}
	s.seen[key] = true
	s.copy(t, p, n)
	if !pointers(t) {
		return
	}
	for i := range n {
		s.within(t, unsafe.Add(p, uintptr(i)*t.Size()))
	}
}

// copy copies values, without the parts that are special.
func (s *Snapshot) copy(t reflect.Type, p unsafe.Pointer, n int) {
	switch {
	case !s.hasHoles(t):
		if b, ok := s.newBlock(t, p, n); ok {
			s.blocks = append(s.blocks, b)
		}
	case hole(t):
	case t.Kind() == reflect.Struct:
		for i := range n {
			for j := range t.NumField() {
				f := t.Field(j)
				s.copy(f.Type, unsafe.Add(p, uintptr(i)*t.Size()+f.Offset), 1)
			}
		}
	default: // an array
		s.copy(t.Elem(), p, n*t.Len())
	}
}

// hasHoles reports whether a part of a value is special.
func (s *Snapshot) hasHoles(t reflect.Type) bool {
	has, ok := s.holes[t]
	if ok {
		return has
	}
	switch {
	case hole(t):
		has = true
	case t.Kind() == reflect.Array:
		has = s.hasHoles(t.Elem())
	case t.Kind() == reflect.Struct:
		for i := 0; i < t.NumField() && !has; i++ {
			has = s.hasHoles(t.Field(i).Type)
		}
	}
	s.holes[t] = has
	return has
}

// within follows what a value at p leads to. The value itself is copied, or can't change.
func (s *Snapshot) within(t reflect.Type, p unsafe.Pointer) {
	v := reflect.NewAt(t, p).Elem()
	switch t.Kind() {
	case reflect.Pointer:
		s.pointee(t.Elem(), v.UnsafePointer())
	case reflect.Slice:
		s.memory(t.Elem(), v.UnsafePointer(), v.Cap())
	case reflect.Interface:
		s.dynamic(v)
	case reflect.Func:
		if !v.IsNil() && s.o.Captured != nil {
			for _, c := range s.o.Captured(v) {
				s.memory(c.Type, c.Pointer, 1)
			}
		}
	case reflect.Array:
		if pointers(t.Elem()) {
			for i := range t.Len() {
				s.within(t.Elem(), unsafe.Add(p, uintptr(i)*t.Elem().Size()))
			}
		}
	case reflect.Struct:
		s.fields(t, p)
	default:
		s.specially(t, p)
	}
}

func (s *Snapshot) fields(t reflect.Type, p unsafe.Pointer) {
	if s.specially(t, p) || !s.follows(t) {
		return
	}
	if elem, off, ok := atomicPointer(t); ok {
		s.pointee(elem, *(*unsafe.Pointer)(unsafe.Add(p, off)))
		return
	}
	for i := range t.NumField() {
		if f := t.Field(i); pointers(f.Type) {
			s.within(f.Type, unsafe.Add(p, f.Offset))
		}
	}
}

// pointee copies what a pointer points to. Of what isn't plain data it finds out only whether its own memory changes.
func (s *Snapshot) pointee(t reflect.Type, p unsafe.Pointer) {
	switch {
	case p == nil:
	case s.follows(t):
		s.memory(t, p, 1)
	case !s.seen[memory{p, t, 1}] && !s.missed[s.name]:
		s.seen[memory{p, t, 1}] = true
		if b, ok := s.newBlock(t, p, 1); ok {
			s.watched = append(s.watched, b)
		}
	}
}

// dynamic follows the value of an interface, which can't change itself.
func (s *Snapshot) dynamic(v reflect.Value) {
	if v.IsNil() {
		return
	}
	v = v.Elem()
	if t := v.Type(); pointers(t) {
		c := reflect.New(t)
		c.Elem().Set(v)
		s.within(t, c.UnsafePointer())
	}
}

// plainData are packages of the standard library whose types have no state outside of their memory.
func plainData(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	switch first {
	case "archive", "bufio", "bytes", "cmp", "compress", "container", "embed", "encoding", "errors", "expvar", "flag",
		"fmt", "go", "hash", "html", "image", "index", "iter", "log", "maps", "math", "mime", "path", "regexp", "slices", "sort",
		"strconv", "strings", "sync", "text", "time", "unicode", "vendor":
		return true
	}
	switch path {
	case "net/url", "net/netip", "net/mail", "net/textproto", "internal/sync":
		return true
	}
	return false
}

// follows reports whether all that a type's values lead to is copied.
func (s *Snapshot) follows(t reflect.Type) bool {
	path := t.PkgPath()
	return t != reflect.TypeFor[time.Timer]() && t != reflect.TypeFor[time.Ticker]() &&
		(path == "" || path == "main" || plainData(path) || s.o.Interpreted != nil && s.o.Interpreted(path))
}

// pointers reports whether a type's values may lead to other memory that can change.
func pointers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface, reflect.Func, reflect.Chan:
		return true
	case reflect.Array:
		return t.Len() > 0 && pointers(t.Elem())
	case reflect.Struct:
		if _, _, ok := atomicPointer(t); ok || hole(t) {
			return true
		}
		for i := range t.NumField() {
			if pointers(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}

// atomicPointer returns what an atomic.Pointer, compiled or interpreted, points to, and where in it the pointer is.
func atomicPointer(t reflect.Type) (elem reflect.Type, off uintptr, ok bool) {
	if t.PkgPath() != "sync/atomic" || t.Kind() != reflect.Struct || !strings.HasPrefix(t.Name(), "Pointer[") {
		return nil, 0, false
	}
	for i := range t.NumField() {
		switch f := t.Field(i); {
		case f.Type.Kind() == reflect.Array && f.Type.Elem().Kind() == reflect.Pointer:
			elem = f.Type.Elem().Elem()
		case f.Type.Kind() == reflect.UnsafePointer:
			off, ok = f.Offset, true
		}
	}
	return elem, off, ok && elem != nil
}
