package rtype

// This file defines interface types.

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unsafe"
)

// InterfaceMethod is a method that an interface type asks for.
type InterfaceMethod struct {
	Name    string
	PkgPath string       // of an unexported method; "" for an exported one
	Type    reflect.Type // the function type
}

// InterfaceOf makes an unnamed interface type with the given methods, in any order, those of embedded interfaces
// among them, and with the given string, such as "interface { Area() float64 }".
//
// The same methods give the same type, which is the one of the binary where that has a pointer to it. Values are laid
// out as in compiled code: with methods, the first word is an itab. pkgPath is the package in which the type is
// written; reflection asks for it if a method is unexported.
func InterfaceOf(pkgPath, str string, methods []InterfaceMethod) reflect.Type {
	if len(methods) == 0 {
		return reflect.TypeFor[any]()
	}
	methods = slices.Clone(methods)
	// The order of the linker's tables, which the runtime's search relies on.
	slices.SortFunc(methods, func(a, b InterfaceMethod) int {
		return cmp.Or(
			cmp.Compare(min(len(a.PkgPath), 1), min(len(b.PkgPath), 1)),
			cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.PkgPath, b.PkgPath))
	})
	var key strings.Builder
	for i, m := range methods {
		if m.Type == nil || m.Type.Kind() != reflect.Func {
			panic(fmt.Sprintf("rtype: method %s of %s lacks a function type", m.Name, str))
		}
		if i > 0 && m.Name == methods[i-1].Name && m.PkgPath == methods[i-1].PkgPath {
			panic("rtype: type " + str + " has two methods " + m.Name)
		}
		fmt.Fprintf(&key, "%s|%s|%s;", m.PkgPath, m.Name,
			strconv.FormatUint(uint64(uintptr(unsafe.Pointer(abiOf(m.Type)))), 36))
	}
	f := &registry
	f.lock()
	defer f.unlock()
	if t, ok := f.ifaces[key.String()]; ok {
		return reflectOf(t)
	}
	t := f.compiledInterface(str, methods)
	if t == nil {
		t = f.forgeInterface(pkgPath, str, methods)
	}
	f.ifaces[key.String()] = t
	return reflectOf(t)
}

// compiledInterface returns the binary's type with these methods, nil if it isn't found.
func (f *forge) compiledInterface(str string, methods []InterfaceMethod) *Descriptor {
	for _, p := range typesByString("*" + str) {
		if reflect.Kind(p.Kind) != reflect.Pointer {
			continue
		}
		t := (*abiElem)(unsafe.Pointer(p)).Elem
		if reflect.Kind(t.Kind) != reflect.Interface || t.TFlag&flagNamed != 0 {
			continue
		}
		rt := reflectOf(t)
		same := rt.NumMethod() == len(methods)
		for i := 0; same && i < len(methods); i++ {
			m := rt.Method(i)
			same = m.Name == methods[i].Name && m.PkgPath == methods[i].PkgPath && m.Type == methods[i].Type
		}
		if same {
			return t
		}
	}
	return nil
}

// withMethod is an interface type of the binary that has methods: all such are laid out, compared and hashed alike.
type withMethod = interface{ rtypeInterface() }

func (f *forge) forgeInterface(pkgPath, str string, methods []InterfaceMethod) *Descriptor {
	model := abiOf(reflect.TypeFor[withMethod]())
	t := f.allocType(kindWords(reflect.Interface))
	t.Size, t.PtrBytes, t.GCData = model.Size, model.PtrBytes, model.GCData
	t.Align, t.FieldAlign, t.Kind = model.Align, model.FieldAlign, model.Kind
	t.Equal = model.Equal
	t.Hash = f.hash(str)
	t.Str = f.name(nameKey{name: str})
	ms := unsafe.Slice(
		(*abiImethod)(unsafe.Pointer(f.alloc(uintptr(len(methods))*unsafe.Sizeof(abiImethod{})/wordSize))),
		len(methods))
	for i, m := range methods {
		k := nameKey{name: m.Name, pkgPath: m.PkgPath}
		if m.PkgPath == "" {
			k.bits = nameExported
		}
		ms[i] = abiImethod{Name: f.name(k), Typ: typeOff(abiOf(m.Type))}
		f.hold(m.Type)
	}
	it := (*abiInterface)(unsafe.Pointer(t))
	it.Methods = ms
	if pkgPath != "" {
		it.PkgPath = f.nameOf(nameKey{name: pkgPath})
	}
	return t
}
