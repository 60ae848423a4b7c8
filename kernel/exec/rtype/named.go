package rtype

import (
	"fmt"
	"reflect"
	"unsafe"
)

// namedWords is the number of words after the Descriptor of a defined type. The
// kind isn't known when the descriptor is made, so there must be room for the
// largest one: a function with many parameters.
const namedWords = 64

// Named is a defined type in the making.
type Named struct {
	t, ptr  *Descriptor
	str     string
	pkgPath string
	state   namedState
	equal   func(p, q unsafe.Pointer) bool // of the underlying type
	methods methodSet
}

type namedState int

const (
	stateNew    namedState = iota // no size yet
	stateLaid                     // SetLayout was called
	stateFilled                   // SetUnderlying was called
)

// Layout announces the memory layout of a type that isn't complete.
type Layout struct {
	Kind       reflect.Kind // the kind it will have
	Size       uintptr      // as reflect.Type.Size will report
	Align      uint8        // as reflect.Type.Align will report
	FieldAlign uint8        // zero means the same as Align
	PtrWords   []bool       // which words of a value hold pointers; missing ones hold none
	Comparable bool         // whether values may be compared
}

// NewNamed makes a defined type that has no underlying type yet.
//
// Its string is pkgName.name, or name alone without a pkgName; name may
// contain type arguments. Two calls make two types, even with equal arguments.
// Until SetLayout or SetUnderlying the type may only be used where its size
// doesn't matter: in PointerTo, SliceOf, ChanOf and FuncOf.
func NewNamed(pkgPath, pkgName, name string) *Named {
	f := &registry
	f.lock()
	defer f.unlock()
	str := name
	if pkgName != "" {
		str = pkgName + "." + name
	}
	t := f.allocType(namedWords)
	t.Hash = f.hash(pkgPath + "\x00" + str)
	t.TFlag = flagNamed | flagUncommon
	// The name after the last dot decides about being exported, as nothing
	// reads this bit the lazy answer is good enough.
	t.Str = f.name(nameKey{name: str, bits: nameExported})
	n := &Named{t: t, str: str, pkgPath: pkgPath}
	n.setCommon(reflect.Invalid)
	n.ptr = f.pointerFor(t, str, t.uncommon().PkgPath)
	f.named[t] = n
	return n
}

// Type gives the type, the same one through all stages.
func (n *Named) Type() reflect.Type { return reflectOf(n.t) }

// Rename gives the type and its pointer another text for String and %T: it should not look like the newer type of the
// same name. Types that were made from it keep their texts.
func (n *Named) Rename(str string) {
	f := &registry
	f.lock()
	defer f.unlock()
	n.t.Str = f.name(nameKey{name: str, bits: nameExported})
	n.ptr.Str = f.name(nameKey{name: "*" + str, bits: nameExported})
}

// setCommon sets the kind and puts the uncommon part where it belongs for it.
func (n *Named) setCommon(k reflect.Kind) {
	clear(n.t.words(typeWords + namedWords)[typeWords:])
	n.t.Kind = uint8(k)
	u := n.t.uncommon()
	if n.pkgPath != "" {
		u.PkgPath = registry.name(nameKey{name: n.pkgPath})
	}
	u.Moff = uint32(commonSize)
}

// SetLayout announces size, pointers and kind before SetUnderlying.
//
// From then on the type may be used by value in ArrayOf, MapOf and StructOf, which recursive types need. No value of it
// may be made yet, and no function that has it as a parameter may be called, or made with reflect.MakeFunc.
func (n *Named) SetLayout(l Layout) {
	f := &registry
	f.lock()
	defer f.unlock()
	if n.state != stateNew {
		panic("rtype: SetLayout of " + n.str + ", which has a layout already")
	}
	if l.FieldAlign == 0 {
		l.FieldAlign = l.Align
	}
	if l.Kind == reflect.Invalid || l.Align == 0 || l.Size%uintptr(l.Align) != 0 {
		panic(fmt.Sprintf("rtype: SetLayout of %s with kind %v, size %d, alignment %d", n.str, l.Kind, l.Size, l.Align))
	}
	n.setCommon(l.Kind)
	t := n.t
	t.Size = l.Size
	t.Align = l.Align
	t.FieldAlign = l.FieldAlign
	t.GCData, t.PtrBytes = f.mask(l.PtrWords)
	if t.PtrBytes > t.Size {
		panic("rtype: SetLayout of " + n.str + " with pointers beyond its size")
	}
	if t.Size == wordSize && t.PtrBytes == wordSize {
		t.TFlag |= flagDirectIface
	}
	if l.Comparable {
		// Arrays of the type take this function along, so it has to find
		// the real one later.
		t.Equal = func(p, q unsafe.Pointer) bool { return n.equal(p, q) }
		f.hold(t.Equal)
	}
	switch l.Kind {
	case reflect.Struct:
		(*abiStruct)(unsafe.Pointer(t)).Fields = f.standIns(l.PtrWords)
	case reflect.Array:
		a := (*abiArray)(unsafe.Pointer(t))
		a.Elem, a.Len = f.standIn(t, l.PtrWords), 1
	}
	n.state = stateLaid
}

// mask encodes which words hold pointers.
func (f *forge) mask(ptrs []bool) (gcData *byte, ptrBytes uintptr) {
	bits := make([]byte, (len(ptrs)+63)/64*8) // the runtime reads whole words
	for i, p := range ptrs {
		if p {
			bits[i/8] |= 1 << (i % 8)
			ptrBytes = uintptr(i+1) * wordSize
		}
	}
	if ptrBytes == 0 {
		return nil, 0
	}
	return f.allocBytes(bits), ptrBytes
}

// standIns makes fields that stand for those of an unfinished struct. Package
// reflect walks a type's fields for the pointers in it, for the question
// whether a map must rewrite its keys, and whether hashing may panic: blank
// pointers answer the first, an empty array of interfaces gives the cautious
// answer to the others.
func (f *forge) standIns(ptrs []bool) []abiField {
	blank := f.nameOf(nameKey{name: "_"})
	ptr := abiOf(reflect.TypeFor[unsafe.Pointer]())
	fields := []abiField{{Name: blank, Typ: abiOf(reflect.TypeFor[[0]any]())}}
	for i, p := range ptrs {
		if p {
			fields = append(fields, abiField{Name: blank, Typ: ptr, Offset: uintptr(i) * wordSize})
		}
	}
	f.hold(fields)
	return fields
}

// standIn makes a struct as large as t that stands for the element of t.
func (f *forge) standIn(t *Descriptor, ptrs []bool) *Descriptor {
	e := f.allocType(kindWords(reflect.Struct))
	e.Size, e.PtrBytes, e.GCData = t.Size, t.PtrBytes, t.GCData
	e.Align, e.FieldAlign = t.Align, t.FieldAlign
	e.Kind = uint8(reflect.Struct)
	e.Str = f.name(nameKey{name: "struct { incomplete }"})
	e.Hash = f.hash("incomplete")
	(*abiStruct)(unsafe.Pointer(e)).Fields = f.standIns(ptrs)
	return e
}

// SetUnderlying completes the type, giving it the structure of u.
//
// u may be of any kind, defined or not; its methods aren't taken over. When
// SetLayout was called before, u must have the announced layout.
func (n *Named) SetUnderlying(u reflect.Type) {
	f := &registry
	f.lock()
	defer f.unlock()
	ua := abiOf(u)
	switch {
	case n.state == stateFilled:
		panic("rtype: SetUnderlying of " + n.str + ", which has an underlying type already")
	case f.named[ua] != nil && f.named[ua].state != stateFilled:
		panic("rtype: SetUnderlying of " + n.str + " with " + f.named[ua].str + ", which has no underlying type itself")
	case n.state == stateLaid:
		n.compareLayout(ua)
	}
	t := n.t
	n.setCommon(u.Kind())
	t.Size = ua.Size
	t.PtrBytes = ua.PtrBytes
	t.TFlag = flagNamed | flagUncommon | ua.TFlag&(flagRegular|flagDirectIface|flagMaskOnDmnd)
	t.Align = ua.Align
	t.FieldAlign = ua.FieldAlign
	t.Equal = ua.Equal
	t.GCData = ua.GCData
	n.equal = ua.Equal
	own := kindWords(u.Kind())
	// Copied as plain words: the collector doesn't look at the arena, and u,
	// which stays alive, points to the same things.
	copy(t.words(typeWords + own)[typeWords:], ua.words(typeWords + own)[typeWords:])
	f.hold(u)
	switch u.Kind() {
	case reflect.Func:
		if typeWords+own+commonSize/wordSize+uintptr(len(ua.params())) > typeWords+namedWords {
			panic("rtype: the function type " + n.str + " has too many parameters")
		}
		copy(t.params(), ua.params())
	case reflect.Interface:
		f.copyImethods(t, u)
	}
	n.state = stateFilled
}

// compareLayout panics unless u has the layout that was announced.
func (n *Named) compareLayout(u *Descriptor) {
	t := n.t
	same := t.Kind == u.Kind && t.Size == u.Size && t.PtrBytes == u.PtrBytes && t.Align == u.Align &&
		(t.Equal == nil) == (u.Equal == nil)
	if same && u.TFlag&flagMaskOnDmnd == 0 {
		for i := range u.PtrBytes / wordSize {
			// An interface's first word may count as a pointer or not.
			same = same && (pointerAt(t, i) || !pointerAt(u, i))
		}
	}
	if !same {
		panic(fmt.Sprintf("rtype: SetUnderlying of %s: %v (size %d, alignment %d, pointers in %d bytes, comparable "+
			"%v) has not the layout that SetLayout announced (%v, size %d, alignment %d, pointers in %d bytes, "+
			"comparable %v)",
			n.str, reflectOf(u), u.Size, u.Align, u.PtrBytes, u.Equal != nil,
			reflect.Kind(t.Kind), t.Size, t.Align, t.PtrBytes, t.Equal != nil))
	}
}

// pointerAt reports whether word i of a value of type t holds a pointer.
func pointerAt(t *Descriptor, i uintptr) bool {
	return *(*byte)(unsafe.Add(unsafe.Pointer(t.GCData), i/8))>>(i%8)&1 != 0
}

// copyImethods gives t methods of its own that equal those of the interface
// u: offsets of the binary's types mean nothing outside of the binary.
func (f *forge) copyImethods(t *Descriptor, u reflect.Type) {
	n := u.NumMethod()
	if n == 0 {
		return
	}
	ms := unsafe.Slice((*abiImethod)(unsafe.Pointer(f.alloc(uintptr(n)*unsafe.Sizeof(abiImethod{})/wordSize))), n)
	for i := range ms {
		m := u.Method(i)
		k := nameKey{name: m.Name, pkgPath: m.PkgPath}
		if m.PkgPath == "" {
			k.bits = nameExported
		}
		ms[i] = abiImethod{Name: f.name(k), Typ: typeOff(abiOf(m.Type))}
	}
	(*abiInterface)(unsafe.Pointer(t)).Methods = ms
}

// complete reports whether values of type t can exist: neither t nor what it
// holds by value waits for SetUnderlying.
func (f *forge) complete(t *Descriptor) bool {
	if n, ok := f.named[t]; ok && n.state != stateFilled {
		return false
	}
	switch reflect.Kind(t.Kind) {
	case reflect.Array:
		return f.complete((*abiArray)(unsafe.Pointer(t)).Elem)
	case reflect.Struct:
		for _, fl := range (*abiStruct)(unsafe.Pointer(t)).Fields {
			if !f.complete(fl.Typ) {
				return false
			}
		}
	}
	return true
}
