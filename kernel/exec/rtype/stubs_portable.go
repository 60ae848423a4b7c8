//go:build portable || (!amd64 && !arm64)

package rtype

// This file defines the stubs for processors without assembler: functions of Go, some of each shape of signature that
// the standard library's interfaces have. Two signatures whose words are passed alike have one shape, whatever their
// types, so that a function of that shape hands its arguments on as they are. The tag "portable" chooses these stubs on
// any processor, for the tests.

import (
	"reflect"
	"runtime"
	"unsafe"
)

// pool is the functions of one shape.
type pool struct {
	shape string // words of the parameters, ">", words of the results
	code  []any  // the functions
	slots []unsafe.Pointer
	used  int
}

// stubs hands out functions of Go.
type stubs struct {
	byShape map[string]*pool
}

// take returns the address of code that calls a function value with a pointer as its receiver, then sig's parameters;
// nil if none is left. code is the value's memory.
func (s *stubs) take(recv, sig reflect.Type, code unsafe.Pointer) unsafe.Pointer {
	if s.byShape == nil {
		s.byShape = map[string]*pool{}
		for _, p := range pools() {
			s.byShape[p.shape] = &p
		}
	}
	shape, ok := shapeOf(sig)
	p := s.byShape[shape]
	if recv != pointerRecv() || !ok || p == nil {
		fn := noShape
		return **(**unsafe.Pointer)(unsafe.Pointer(&fn))
	}
	if p.used == len(p.slots) {
		return nil
	}
	fn := p.code[p.used]
	p.slots[p.used] = code
	p.used++
	return *(*unsafe.Pointer)((*[2]unsafe.Pointer)(unsafe.Pointer(&fn))[1])
}

// noShape is the code of methods whose signatures no function of Go was written for. It can be called with any
// arguments since it looks at none.
func noShape() {
	panic("rtype: compiled code called a method of an interpreted type, and on " + runtime.GOARCH +
		" it can only call those with parameters and results " +
		"like the ones of the standard library's interfaces")
}

// shapeOf returns the shape of a signature; ok is false if it has parts that aren't passed as words.
func shapeOf(sig reflect.Type) (shape string, ok bool) {
	var words []byte
	narrow := false
	var add func(t reflect.Type) bool
	add = func(t reflect.Type) bool {
		// Where arguments travel on the stack, less than a word may share one with the next.
		if narrow && !inRegisters() {
			return false
		}
		switch t.Kind() {
		case reflect.Bool, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16,
			reflect.Uint32, reflect.Uint64,
			reflect.Int, reflect.Uint, reflect.Uintptr:
			if t.Size() > wordSize {
				return false
			}
			narrow = t.Size() < wordSize
			words = append(words, 'I')
		case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
			words = append(words, 'P')
		case reflect.String:
			words = append(words, 'P', 'I')
		case reflect.Slice:
			words = append(words, 'P', 'I', 'I')
		case reflect.Interface:
			words = append(words, 'P', 'P')
		default: // a float, a struct, an array
			return false
		}
		return true
	}
	for t := range sig.Ins() {
		if !add(t) {
			return "", false
		}
	}
	words, narrow = append(words, '>'), false
	for t := range sig.Outs() {
		if !add(t) {
			return "", false
		}
	}
	return string(words), true
}

// inRegisters reports whether this processor's calling convention passes arguments in registers, see cmd/compile's
// abi-internal.md.
func inRegisters() bool {
	switch runtime.GOARCH {
	case "386", "arm", "mips", "mipsle", "mips64", "mips64le", "wasm":
		return false
	}
	return true
}
