package rtype

import (
	"cmp"
	"reflect"
	"slices"
	"sync/atomic"
	"unsafe"
)

// Method is a method of a forged type.
type Method struct {
	Name    string
	PkgPath string       // of an unexported method; "" for an exported one
	Pointer bool         // declared, or promoted, for *T only
	Type    reflect.Type // the function type without the receiver
	// Call runs the method. recv always points to a T: for a method of *T it
	// is the receiver itself, for a method of T it points to a copy made for
	// this call, which Call may write to and keep. The number and types of
	// args are those of Type, the last one a slice if Type is variadic.
	Call func(recv unsafe.Pointer, args []reflect.Value) []reflect.Value
}

// methodKey identifies methods that may share their stubs.
type methodKey struct {
	name, pkgPath string
	pointer       bool
	typ           *Descriptor
}

// methodImpl is the code of one method.
type methodImpl struct {
	call atomic.Pointer[Method] // replaced when the method is declared anew
	// The offsets of the code: for an interface that holds a T, for a T
	// given by value, for a *T.
	iface, value, pointer int32
}

// methodSet holds every method a type ever had.
type methodSet map[methodKey]*methodImpl

// SetMethods gives T and *T their methods.
//
// The list replaces that of an earlier call. A method with an unchanged signature keeps its code address and gets the
// new Call, which also calls through interface values made before will see. A method that is new is seen by reflection
// at once, whereas the runtime remembers forever that T did not implement an interface when it was asked: see
// [Named.Rehash].
//
// T and all parameters and results must be complete. No other goroutine may
// use reflection on the type during the call.
func (n *Named) SetMethods(methods []Method) {
	f := &registry
	f.lock()
	defer f.unlock()
	if n.state != stateFilled {
		panic("rtype: SetMethods of " + n.str + ", which has no underlying type")
	}
	if k := reflect.Kind(n.t.Kind); len(methods) > 0 && (k == reflect.Interface || k == reflect.Pointer) {
		panic("rtype: SetMethods of " + n.str + ": a type of kind " + k.String() + " has no methods")
	}
	if n.methods == nil {
		n.methods = methodSet{}
	}
	f.setMethods(n.t, n.ptr, n.pkgPath, n.methods, methods)
}

// Rehash makes native code forget that T and *T lacked methods.
//
// The runtime keeps each answer to "does this type implement that interface", filed by the type's hash: in a table of
// all answers, and some where a piece of code asked. Rehash empties the first and changes the hash, so that the
// question is asked anew, with a small chance that a piece of code finds an old answer nevertheless. The price:
// reflect.FuncOf and reflect.StructOf find their types by the same hash, thus func(T) and struct{ F T } made from now
// on differ from those made before. So call it only for a type that got a method late.
func (n *Named) Rehash() {
	f := &registry
	f.lock()
	defer f.unlock()
	f.rehash(n.t, n.pkgPath+"\x00"+n.str)
	f.rehash(n.ptr, "*"+n.str)
}

// setMethods writes the method tables of t and of its pointer type.
func (f *forge) setMethods(t, ptr *Descriptor, pkgPath string, known methodSet, methods []Method) {
	methods = slices.Clone(methods)
	// The order of the linker's tables, which the runtime's search relies on.
	slices.SortFunc(methods, func(a, b Method) int {
		return cmp.Or(
			cmp.Compare(min(len(a.PkgPath), 1), min(len(b.PkgPath), 1)),
			cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.PkgPath, b.PkgPath))
	})
	str := reflectOf(t).String()
	var ofT, ofPtr []abiMethod
	var exportedT, exportedPtr int
	for i := range methods {
		m := &methods[i]
		if i > 0 && m.Name == methods[i-1].Name && m.PkgPath == methods[i-1].PkgPath {
			panic("rtype: type " + str + " has two methods " + m.Name)
		}
		impl := f.implement(t, str, known, m)
		k := nameKey{name: m.Name, pkgPath: m.PkgPath}
		if m.PkgPath == "" {
			k.bits = nameExported
			exportedPtr++
			if !m.Pointer {
				exportedT++
			}
		}
		am := abiMethod{Name: f.name(k), Mtyp: typeOff(abiOf(m.Type))}
		if !m.Pointer {
			am.Ifn, am.Tfn = impl.iface, impl.value
			ofT = append(ofT, am)
		}
		am.Ifn, am.Tfn = impl.pointer, impl.pointer
		ofPtr = append(ofPtr, am)
	}
	f.writeTable(t, ofT, exportedT)
	f.writeTable(ptr, ofPtr, exportedPtr)
}

// writeTable puts a method table into the arena and makes t's point to it.
func (f *forge) writeTable(t *Descriptor, ms []abiMethod, exported int) {
	u := t.uncommon()
	if len(ms) == 0 {
		u.Mcount, u.Xcount = 0, 0
		return
	}
	p := f.alloc(uintptr(len(ms)) * unsafe.Sizeof(abiMethod{}) / wordSize)
	copy(unsafe.Slice((*abiMethod)(unsafe.Pointer(p)), len(ms)), ms)
	// The place first: a table that is too long harms a reader less than one
	// that is too short.
	atomic.StoreUint32(&u.Moff, uint32(uintptr(unsafe.Pointer(p))-uintptr(unsafe.Pointer(u))))
	u.Mcount, u.Xcount = uint16(len(ms)), uint16(exported)
}

// implement gives the code of m, making it if the type has none such yet.
func (f *forge) implement(t *Descriptor, str string, known methodSet, m *Method) *methodImpl {
	if m.Type == nil || m.Type.Kind() != reflect.Func || m.Call == nil {
		panic("rtype: method " + str + "." + m.Name + " lacks a function type or Call")
	}
	key := methodKey{m.Name, m.PkgPath, m.Pointer, abiOf(m.Type)}
	own := *m
	if impl, ok := known[key]; ok {
		impl.call.Store(&own)
		return impl
	}
	if !f.complete(t) {
		panic("rtype: method " + str + "." + m.Name + " of a type that isn't complete")
	}
	for _, p := range abiOf(m.Type).params() {
		if !f.complete(p) {
			panic("rtype: method " + str + "." + m.Name + " uses " + reflectOf(p).String() + ", which isn't complete")
		}
	}
	impl := &methodImpl{}
	impl.call.Store(&own)
	impl.pointer = f.stub(impl.viaPointer(t, str), pointerRecv(), m.Type)
	switch {
	case m.Pointer:
	case t.TFlag&flagDirectIface != 0:
		// The receiver is one pointer, which travels in the same register
		// whether as a T or as an interface's word.
		impl.iface = f.stub(impl.viaWord(), pointerRecv(), m.Type)
		impl.value = impl.iface
	default:
		impl.iface = impl.pointer
		impl.value = f.stub(impl.viaValue(), reflectOf(t), m.Type)
	}
	known[key] = impl
	return impl
}

func pointerRecv() reflect.Type { return reflect.TypeFor[unsafe.Pointer]() }

// method is the code of a method that gets its receiver in some form.
type method func(recv reflect.Value, args []reflect.Value) []reflect.Value

// viaPointer is the code for a receiver word that points to the T.
func (impl *methodImpl) viaPointer(t *Descriptor, str string) method {
	typ := reflectOf(t)
	return func(recv reflect.Value, args []reflect.Value) []reflect.Value {
		m := impl.call.Load()
		p := recv.UnsafePointer()
		if m.Pointer {
			return m.Call(p, args)
		}
		if p == nil {
			panic(nilReceiver("value method " + str + "." + m.Name + " called using nil *" + typeName(str) +
				" pointer"))
		}
		own := reflect.New(typ)
		own.Elem().Set(reflect.NewAt(typ, p).Elem())
		return m.Call(own.UnsafePointer(), args)
	}
}

// viaWord is the code for a receiver word that is the T.
func (impl *methodImpl) viaWord() method {
	return func(recv reflect.Value, args []reflect.Value) []reflect.Value {
		word := recv.UnsafePointer()
		return impl.call.Load().Call(unsafe.Pointer(&word), args)
	}
}

// viaValue is the code for a T passed by value.
func (impl *methodImpl) viaValue() method {
	return func(recv reflect.Value, args []reflect.Value) []reflect.Value {
		p := reflect.New(recv.Type())
		p.Elem().Set(recv)
		return impl.call.Load().Call(p.UnsafePointer(), args)
	}
}

// nilReceiver is the error of a value method called with a nil pointer. As in
// compiled code it is a runtime error.
type nilReceiver string

// Error gives the runtime's sentence.
func (e nilReceiver) Error() string { return string(e) }

// RuntimeError marks the error as one of the runtime's kind.
func (nilReceiver) RuntimeError() {}

// typeName gives the last part of a type's string.
func typeName(str string) string {
	depth := 0
	for i := len(str) - 1; i >= 0; i-- {
		switch {
		case str[i] == ']':
			depth++
		case str[i] == '[':
			depth--
		case str[i] == '.' && depth == 0:
			return str[i+1:]
		}
	}
	return str
}

// stub gives the offset of code that calls fn, for a method with signature sig
// and a receiver of type recv.
func (f *forge) stub(fn method, recv, sig reflect.Type) int32 {
	code := shortcut(fn, recv, sig)
	if code == nil {
		in := make([]reflect.Type, 0, 1+sig.NumIn())
		in = append(in, recv)
		in = slices.AppendSeq(in, sig.Ins())
		code = reflect.MakeFunc(reflect.FuncOf(in, slices.Collect(sig.Outs()),
			sig.IsVariadic()), func(args []reflect.Value) []reflect.Value {
			return fn(args[0], args[1:])
		}).Interface()
	}
	pc := f.stubs.take(recv, sig, (*[2]unsafe.Pointer)(unsafe.Pointer(&code))[1])
	if pc == nil {
		pc = exhausted()
	}
	return textOff(pc)
}

// exhausted gives the address of noStub.
func exhausted() unsafe.Pointer {
	fn := noStub
	return **(**unsafe.Pointer)(unsafe.Pointer(&fn))
}

// noStub is the code of methods for which no stub was left. It can be called
// with any arguments since it looks at none.
func noStub() {
	panic("rtype: a method of an interpreted type was called by compiled code, but this process has no more entry " +
		"points for such methods; restart it")
}
