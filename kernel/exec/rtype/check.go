package rtype

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"unsafe"
)

// Check reports whether the running toolchain's type descriptors have the
// layout that this package writes.
//
// The package calls it before it forges the first type, and panics with its error, so that an unsupported toolchain is
// reported instead of crashing the process. Check only reads.
func Check() error {
	rt := reflect.TypeOf(reflect.TypeFor[int]()).Elem() // reflect.rtype, which wraps an abi.Type
	if rt.Kind() != reflect.Struct || rt.NumField() != 1 {
		return misfit("reflect.rtype")
	}
	for _, p := range []struct{ theirs, ours reflect.Type }{
		{rt.Field(0).Type, reflect.TypeFor[Descriptor]()},
		{resultOf("uncommon"), reflect.TypeFor[abiUncommon]()},
	} {
		if err := sameLayout(p.theirs, p.ours); err != nil {
			return err
		}
	}
	for _, c := range []struct {
		what string
		ok   func() bool
	}{
		{"a defined type", checkNamed},
		{"a struct type", checkStruct},
		{"a type with an element", checkElem},
		{"a function type", checkFunc},
		{"a map type", checkMap},
		{"an interface type", checkInterface},
		{"a method table", checkMethods},
		{"the flags of a type", checkFlags},
	} {
		if !c.ok() {
			return misfit(c.what)
		}
	}
	return nil
}

func misfit(what string) error {
	return fmt.Errorf("built with %s, which gilkernel doesn't know (its layout of %s is another one); build it with "+
		"Go 1.26 or Go 1.27", runtime.Version(), what)
}

// resultOf gives the type that the result of a method of reflect.Type points to.
func resultOf(method string) reflect.Type {
	m, ok := reflect.TypeFor[reflect.Type]().MethodByName(method)
	if !ok || m.Type.NumOut() != 1 || m.Type.Out(0).Kind() != reflect.Pointer {
		return nil
	}
	return m.Type.Out(0).Elem()
}

// sameLayout compares two structs by the offsets, sizes and kinds of their fields.
func sameLayout(theirs, ours reflect.Type) error {
	if theirs == nil || theirs.Kind() != reflect.Struct || theirs.Size() != ours.Size() ||
		theirs.NumField() != ours.NumField() {
		return misfit(strings.TrimPrefix(ours.Name(), "abi"))
	}
	for i := range ours.NumField() {
		a, b := theirs.Field(i), ours.Field(i)
		if a.Offset != b.Offset || a.Type.Kind() != b.Type.Kind() || a.Type.Size() != b.Type.Size() ||
			b.Name != "_" && trimUnderscore(a.Name) != b.Name {
			return misfit("field " + a.Name + " of " + theirs.String())
		}
	}
	return nil
}

func trimUnderscore(s string) string {
	if n := len(s) - 1; n > 0 && s[n] == '_' {
		return s[:n]
	}
	return s
}

// specimen is a type whose description is known.
type specimen struct {
	first  int32 `tag:"t"`
	Second *string
	fmt.Stringer
}

// Probe is an exported method, so that the specimen has a method table.
func (s *specimen) Probe(n int) string { return fmt.Sprint(n, s.first) }

// specimenFace is an interface whose description is known.
type specimenFace interface {
	error
	fmt.Stringer
}

func specimenType() *Descriptor { return abiOf(reflect.TypeFor[specimen]()) }

func checkNamed() bool {
	t := specimenType()
	return t.Size == 32 && t.PtrBytes == 32 && t.Align == 8 && t.Kind == uint8(reflect.Struct) &&
		t.TFlag&(flagNamed|flagUncommon|flagDirectIface|flagRegular) == flagNamed|flagUncommon &&
		t.Equal != nil && t.GCData != nil && *t.GCData == 0b1010 // an interface's first word points outside of the heap
}

func checkStruct() bool {
	st := (*abiStruct)(unsafe.Pointer(specimenType()))
	if len(st.Fields) != 3 || cap(st.Fields) != 3 || st.PkgPath == nil ||
		nameText(st.PkgPath) != reflect.TypeFor[specimen]().PkgPath() {
		return false
	}
	a, b, c := st.Fields[0], st.Fields[1], st.Fields[2]
	return nameText(a.Name) == "first" && nameTagText(a.Name) == `tag:"t"` && *a.Name == nameTag && a.Offset == 0 &&
		a.Typ == abiOf(reflect.TypeFor[int32]()) &&
		nameText(b.Name) == "Second" && *b.Name == nameExported && b.Offset == 8 &&
		b.Typ == abiOf(reflect.TypeFor[*string]()) &&
		nameText(c.Name) == "Stringer" && *c.Name == nameExported|nameEmbedded && c.Offset == 16
}

func checkElem() bool {
	elem := abiOf(reflect.TypeFor[int32]())
	a := (*abiArray)(unsafe.Pointer(abiOf(reflect.TypeFor[[3]int32]())))
	c := (*abiChan)(unsafe.Pointer(abiOf(reflect.TypeFor[<-chan int32]())))
	p := (*abiElem)(unsafe.Pointer(abiOf(reflect.TypeFor[*int32]())))
	s := (*abiElem)(unsafe.Pointer(abiOf(reflect.TypeFor[[]int32]())))
	return a.Elem == elem && a.Slice == &s.Descriptor && a.Len == 3 &&
		c.Elem == elem && c.Dir == int(reflect.RecvDir) && p.Elem == elem && s.Elem == elem
}

func checkFunc() bool {
	t := abiOf(reflect.TypeFor[func(int32, ...string) (bool, error)]())
	f := (*abiFunc)(unsafe.Pointer(t))
	if f.In != 2 || f.Out != 2|1<<15 {
		return false
	}
	for i, want := range []reflect.Type{reflect.TypeFor[int32](), reflect.TypeFor[[]string](), reflect.TypeFor[bool](),
		reflect.TypeFor[error]()} {
		if t.params()[i] != abiOf(want) {
			return false
		}
	}
	return true
}

func checkMap() bool {
	m := (*abiMap)(unsafe.Pointer(abiOf(reflect.TypeFor[map[string]int32]())))
	return m.Key == abiOf(reflect.TypeFor[string]()) && m.Elem == abiOf(reflect.TypeFor[int32]()) &&
		m.Group != nil && m.Group.Size == m.GroupSize && m.hasSlots()
}

func checkInterface() bool {
	i := (*abiInterface)(unsafe.Pointer(abiOf(reflect.TypeFor[specimenFace]())))
	return len(i.Methods) == 2 && nameText(i.PkgPath) == reflect.TypeFor[specimen]().PkgPath()
}

func checkMethods() bool {
	t := specimenType()
	p := abiOf(reflect.TypeFor[*specimen]())
	u, pu := t.uncommon(), p.uncommon()
	return u != nil && pu != nil && u.Mcount == 1 && u.Xcount == 1 && // String, from the embedded interface
		pu.Mcount == 2 && pu.Xcount == 2 && u.Moff >= uint32(commonSize) &&
		unsafe.Sizeof(abiMethod{}) == 16 && unsafe.Sizeof(abiImethod{}) == 8
}

func checkFlags() bool {
	flags := func(t reflect.Type) uint8 { return abiOf(t).TFlag &^ (flagExtraStar | flagMaskOnDmnd) }
	return flags(reflect.TypeFor[int]()) == flagUncommon|flagNamed|flagRegular &&
		flags(reflect.TypeFor[*int]())&^flagUncommon == flagDirectIface|flagRegular &&
		flags(reflect.TypeFor[[]int]()) == 0
}
