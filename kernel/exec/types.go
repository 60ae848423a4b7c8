package exec

// This file defines what the engine knows about a type: its memory and its reflect type.

import (
	"go/types"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"gilkernel/kernel/extent"
)

// class says how expressions of a type are computed.
type class uint8

const (
	classMem    class = iota // anything else: a pointer to the value
	classBool                // func(*frame) bool
	classInt                 // func(*frame) int64, for all integers: extended to 64 bits by their own signedness
	classFloat               // func(*frame) float64
	classString              // func(*frame) string
	classPtr                 // func(*frame) unsafe.Pointer: pointers, maps, channels, functions
	classNone                // no value: calls of functions without results
	classTuple               // several values
)

// typ is a type in one form for all parts of the engine. Identical types have one typ.
type typ struct {
	t     types.Type // substituted: no type parameters
	u     types.Type // its underlying type
	kind  reflect.Kind
	class class // how its expressions are computed
	size  uintptr
	align uintptr

	rt    reflect.Type   // set by reflect, valid once ready
	rtPtr unsafe.Pointer // the descriptor that rt is
	ready atomic.Bool    // rt has its structure; until then it may be a shell

	move func(dst, src unsafe.Pointer) // copies a value, with the collector's write barriers

	elemOnce sync.Once // guards elemTyp
	elemTyp  *typ      // of its elements, if it has any

	methods sync.Map // name → *methodImpl, for dynamic calls
}

var sizes extent.Sizes

// basicKinds are the kinds of basic types.
var basicKinds = map[types.BasicKind]reflect.Kind{
	types.Bool: reflect.Bool, types.Int: reflect.Int, types.Int8: reflect.Int8, types.Int16: reflect.Int16,
	types.Int32: reflect.Int32,
	types.Int64: reflect.Int64, types.Uint: reflect.Uint, types.Uint8: reflect.Uint8, types.Uint16: reflect.Uint16,
	types.Uint32: reflect.Uint32,
	types.Uint64: reflect.Uint64, types.Uintptr: reflect.Uintptr, types.Float32: reflect.Float32,
	types.Float64:   reflect.Float64,
	types.Complex64: reflect.Complex64, types.Complex128: reflect.Complex128, types.String: reflect.String,
	types.UnsafePointer: reflect.UnsafePointer,
	types.UntypedBool:   reflect.Bool, types.UntypedInt: reflect.Int, types.UntypedRune: reflect.Int32,
	types.UntypedFloat:   reflect.Float64,
	types.UntypedComplex: reflect.Complex128, types.UntypedString: reflect.String,
}

func kindOf(u types.Type) reflect.Kind {
	switch u := u.(type) {
	case *types.Basic:
		return basicKinds[u.Kind()]
	case *types.Pointer:
		return reflect.Pointer
	case *types.Slice:
		return reflect.Slice
	case *types.Array:
		return reflect.Array
	case *types.Map:
		return reflect.Map
	case *types.Chan:
		return reflect.Chan
	case *types.Signature:
		return reflect.Func
	case *types.Struct:
		return reflect.Struct
	case *types.Interface:
		return reflect.Interface
	}
	return reflect.Invalid
}

func classOf(k reflect.Kind) class {
	switch k {
	case reflect.Bool:
		return classBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8,
		reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return classInt
	case reflect.Float32, reflect.Float64:
		return classFloat
	case reflect.String:
		return classString
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return classPtr
	}
	return classMem
}

// typ returns the engine's form of t, which has no type parameters.
func (e *Engine) typ(t types.Type) *typ {
	e.typesMu.Lock()
	defer e.typesMu.Unlock()
	return e.typLocked(t)
}

func (e *Engine) typLocked(t types.Type) *typ {
	if ty := e.byType[t]; ty != nil {
		return ty
	}
	if b, ok := t.(*types.Basic); ok && b.Kind() == types.UntypedNil {
		t = types.Typ[types.UnsafePointer]
	} else if ok && b.Info()&types.IsUntyped != 0 {
		t = types.Default(t)
	}
	e.bounded(t)
	key := e.key(t)
	ty := e.byKey[key]
	if ty == nil {
		u := t.Underlying()
		k := kindOf(u)
		ty = &typ{t: types.Unalias(t), u: u, kind: k, class: classOf(k)}
		if k != reflect.Invalid {
			ty.size, ty.align = uintptr(sizes.Sizeof(t)), uintptr(sizes.Alignof(t))
		}
		if tup, ok := t.(*types.Tuple); ok {
			ty.class = classTuple
			if tup.Len() == 0 {
				ty.class = classNone
			}
		}
		ty.move = e.mover(ty)
		e.byKey[key] = ty
	}
	e.byType[t] = ty
	return ty
}

// bounded refuses a type that is too large to be walked. The session refuses those that a cell names; instances of
// generic functions make more.
func (e *Engine) bounded(t types.Type) {
	if text := e.scale.Excess(t, e.qualifier); text != "" {
		panic(limit{msg: text})
	}
}

// elem returns the element of a pointer, slice, array, map or channel.
func (e *Engine) elem(t *typ) *typ {
	t.elemOnce.Do(func() {
		switch u := t.u.(type) {
		case *types.Pointer:
			t.elemTyp = e.typ(u.Elem())
		case *types.Slice:
			t.elemTyp = e.typ(u.Elem())
		case *types.Array:
			t.elemTyp = e.typ(u.Elem())
		case *types.Map:
			t.elemTyp = e.typ(u.Elem())
		case *types.Chan:
			t.elemTyp = e.typ(u.Elem())
		case *types.Basic:
			t.elemTyp = e.typ(types.Typ[types.Uint8])
		}
	})
	return t.elemTyp
}

// rtype returns the runtime's pointer to the type.
func (e *Engine) rtype(t *typ) unsafe.Pointer {
	e.reflect(t)
	return t.rtPtr
}

// reflect returns the reflect type.
func (e *Engine) reflect(t *typ) reflect.Type {
	if !t.ready.Load() {
		e.makeReflect(t)
	}
	return t.rt
}

// mover returns how values of the type are copied.
func (e *Engine) mover(t *typ) func(dst, src unsafe.Pointer) {
	switch t.kind {
	case reflect.Slice:
		return func(dst, src unsafe.Pointer) { *(*slice)(dst) = *(*slice)(src) }
	case reflect.Interface:
		return func(dst, src unsafe.Pointer) { *(*eface)(dst) = *(*eface)(src) }
	case reflect.String:
		return func(dst, src unsafe.Pointer) { *(*string)(dst) = *(*string)(src) }
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return func(dst, src unsafe.Pointer) { *(*unsafe.Pointer)(dst) = *(*unsafe.Pointer)(src) }
	case reflect.Complex64:
		return func(dst, src unsafe.Pointer) { *(*complex64)(dst) = *(*complex64)(src) }
	case reflect.Complex128:
		return func(dst, src unsafe.Pointer) { *(*complex128)(dst) = *(*complex128)(src) }
	case reflect.Struct, reflect.Array:
		if t.size == 0 {
			return func(dst, src unsafe.Pointer) {}
		}
		if !hasPointers(t.t) {
			switch t.size {
			case 8:
				if t.align == 8 {
					return func(dst, src unsafe.Pointer) { *(*[1]uint64)(dst) = *(*[1]uint64)(src) }
				}
			case 16:
				if t.align == 8 {
					return func(dst, src unsafe.Pointer) { *(*[2]uint64)(dst) = *(*[2]uint64)(src) }
				}
			}
			n := int(t.size)
			return func(dst, src unsafe.Pointer) {
				copy(unsafe.Slice((*byte)(dst), n), unsafe.Slice((*byte)(src), n))
			}
		}
		return func(dst, src unsafe.Pointer) { typedmemmove(e.rtype(t), dst, src) }
	}
	switch t.size {
	case 1:
		return func(dst, src unsafe.Pointer) { *(*uint8)(dst) = *(*uint8)(src) }
	case 2:
		return func(dst, src unsafe.Pointer) { *(*uint16)(dst) = *(*uint16)(src) }
	case 4:
		return func(dst, src unsafe.Pointer) { *(*uint32)(dst) = *(*uint32)(src) }
	case 8:
		return func(dst, src unsafe.Pointer) { *(*uint64)(dst) = *(*uint64)(src) }
	}
	return func(dst, src unsafe.Pointer) { panic("exec: move of " + t.t.String()) }
}

// clear returns how memory of the type is zeroed.
func (e *Engine) clear(t *typ) func(p unsafe.Pointer) {
	switch t.class {
	case classBool, classInt, classFloat:
		switch t.size {
		case 1:
			return func(p unsafe.Pointer) { *(*uint8)(p) = 0 }
		case 2:
			return func(p unsafe.Pointer) { *(*uint16)(p) = 0 }
		case 4:
			return func(p unsafe.Pointer) { *(*uint32)(p) = 0 }
		}
		return func(p unsafe.Pointer) { *(*uint64)(p) = 0 }
	case classString:
		return func(p unsafe.Pointer) { *(*string)(p) = "" }
	case classPtr:
		return func(p unsafe.Pointer) { *(*unsafe.Pointer)(p) = nil }
	}
	switch t.kind {
	case reflect.Slice:
		return func(p unsafe.Pointer) { *(*slice)(p) = slice{} }
	case reflect.Interface:
		return func(p unsafe.Pointer) { *(*eface)(p) = eface{} }
	}
	if t.size == 0 {
		return func(unsafe.Pointer) {}
	}
	if !hasPointers(t.t) {
		n := int(t.size)
		return func(p unsafe.Pointer) { clear(unsafe.Slice((*byte)(p), n)) }
	}
	return func(p unsafe.Pointer) { typedmemclr(e.rtype(t), p) }
}

// hasPointers reports whether values of the type hold pointers.
func hasPointers(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.String || u.Kind() == types.UnsafePointer || u.Kind() == types.UntypedString ||
			u.Kind() == types.UntypedNil
	case *types.Array:
		return u.Len() > 0 && hasPointers(u.Elem())
	case *types.Struct:
		for i := range u.NumFields() {
			if hasPointers(u.Field(i).Type()) {
				return true
			}
		}
		return false
	}
	return true
}

// pointerWords marks the words that hold pointers in a value of the type at off.
func pointerWords(t types.Type, off uintptr, mark func(word uintptr)) {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if hasPointers(u) {
			mark(off / 8)
		}
	case *types.Array:
		if u.Len() == 0 || !hasPointers(u.Elem()) {
			return
		}
		size := uintptr(sizes.Sizeof(u.Elem()))
		for i := range uintptr(u.Len()) {
			pointerWords(u.Elem(), off+i*size, mark)
		}
	case *types.Struct:
		offs := fieldOffsets(u)
		for i := range u.NumFields() {
			pointerWords(u.Field(i).Type(), off+offs[i], mark)
		}
	case *types.Interface:
		mark(off / 8)
		mark(off/8 + 1)
	default:
		mark(off / 8)
	}
}

// fieldOffsets returns the offsets of a struct's fields in bytes.
func fieldOffsets(s *types.Struct) []uintptr {
	var fields []*types.Var
	for i := range s.NumFields() {
		fields = append(fields, s.Field(i))
	}
	offs := sizes.Offsetsof(fields)
	out := make([]uintptr, len(offs))
	for i, o := range offs {
		out[i] = uintptr(o)
	}
	return out
}

func isInterface(t *typ) bool { return t.kind == reflect.Interface }

// signed reports whether an integer kind is signed.
func signed(k reflect.Kind) bool { return k >= reflect.Int && k <= reflect.Int64 }
