package rtype

import (
	"reflect"
	"strconv"
	"strings"
	"unsafe"
)

// StructOf makes an unnamed struct type.
//
// Unlike reflect.StructOf it takes embedded fields of any type, also
// unexported ones, and blank fields. Only Name, PkgPath, Type, Tag and
// Anonymous of the fields are used. Identical fields give the same type, which
// is the one of the binary, or of reflect.StructOf, where such exists. The
// result has no promoted methods: see [StructWithMethods].
func StructOf(fields []reflect.StructField) reflect.Type {
	f := &registry
	f.lock()
	defer f.unlock()
	t, _ := f.structOf(fields)
	return reflectOf(t)
}

// StructWithMethods makes an unnamed struct type with promoted methods.
//
// It is the type that StructOf makes of the same fields; methods are added
// unless the type is one of the binary, which has its own. The rules for
// repeated calls are those of [Named.SetMethods].
func StructWithMethods(fields []reflect.StructField, methods []Method) reflect.Type {
	f := &registry
	f.lock()
	defer f.unlock()
	t, known := f.structOf(fields)
	if known != nil {
		_, pkgPath := f.structFields(fields)
		f.setMethods(t, f.pointerOf(t), pkgPath, known, methods)
	}
	return reflectOf(t)
}

func (f *forge) pointerOf(t *Descriptor) *Descriptor { return abiOf(reflect.PointerTo(reflectOf(t))) }

// structOf finds or makes a struct type. The method set is nil for a type that
// isn't forged.
func (f *forge) structOf(fields []reflect.StructField) (*Descriptor, methodSet) {
	for i, fl := range fields {
		if fl.Type == nil || abiOf(fl.Type).Kind == 0 {
			panic("rtype: StructOf: the type of field " + strconv.Itoa(i) + " (" + fl.Name + ") has no known size")
		}
	}
	if plainFields(fields) {
		return abiOf(reflect.StructOf(fields)), nil
	}
	fs, pkgPath := f.structFields(fields)
	key := structKey(fs, pkgPath)
	if s, ok := f.structs[key]; ok {
		return s.t, s.methods
	}
	s := f.forgeStruct(fs, pkgPath)
	f.structs[key] = s
	return s.t, s.methods
}

// structEntry is a struct type that StructOf gave out.
type structEntry struct {
	t       *Descriptor
	methods methodSet // nil if the type is the binary's
}

// plainFields reports whether reflect.StructOf makes the same type from the
// fields that the compiler would. It treats blank fields as ordinary ones when
// comparing, and promotes methods in its own way.
func plainFields(fields []reflect.StructField) bool {
	for _, fl := range fields {
		if fl.Anonymous || fl.Name == "_" {
			return false
		}
	}
	return true
}

// structFields lays the fields out as the compiler does.
func (f *forge) structFields(fields []reflect.StructField) (fs []abiField, pkgPath string) {
	fs = make([]abiField, len(fields))
	var at uintptr
	for i, fl := range fields {
		if fl.PkgPath != "" {
			if pkgPath != "" && pkgPath != fl.PkgPath {
				panic("rtype: StructOf: fields of package " + pkgPath + " as well as " + fl.PkgPath)
			}
			pkgPath = fl.PkgPath
		}
		k := nameKey{name: fl.Name, tag: string(fl.Tag)}
		if fl.PkgPath == "" {
			k.bits |= nameExported
		}
		if fl.Anonymous {
			k.bits |= nameEmbedded
		}
		t := abiOf(fl.Type)
		at = align(at, uintptr(t.Align))
		fs[i] = abiField{Name: f.nameOf(k), Typ: t, Offset: at}
		at += t.Size
	}
	return fs, pkgPath
}

func align(x, a uintptr) uintptr { return (x + a - 1) &^ (a - 1) }

// structKey identifies a struct type.
func structKey(fs []abiField, pkgPath string) string {
	var b strings.Builder
	b.WriteString(pkgPath)
	for _, fl := range fs {
		// Names are interned, tag and flags are part of them.
		b.WriteByte('|')
		b.WriteString(strconv.FormatUint(uint64(uintptr(unsafe.Pointer(fl.Name))), 36))
		b.WriteByte(':')
		b.WriteString(strconv.FormatUint(uint64(uintptr(unsafe.Pointer(fl.Typ))), 36))
	}
	return b.String()
}

// forgeStruct makes the type with these fields unless the binary has it.
func (f *forge) forgeStruct(fs []abiField, pkgPath string) *structEntry {
	str := structString(fs)
	for _, t := range typesByString(str) {
		if sameStruct(t, fs, pkgPath) {
			return &structEntry{t: t}
		}
	}
	t := f.allocType(kindWords(reflect.Struct) + commonSize/wordSize)
	st := (*abiStruct)(unsafe.Pointer(t))
	t.Kind = uint8(reflect.Struct)
	t.Str = f.name(nameKey{name: str})
	t.Hash = f.hash(pkgPath + "\x00" + str)
	t.TFlag = flagUncommon
	st.Fields = unsafe.Slice(
		(*abiField)(unsafe.Pointer(f.alloc(max(1, uintptr(len(fs))*unsafe.Sizeof(abiField{})/wordSize)))), len(fs))
	copy(st.Fields, fs)
	if pkgPath != "" {
		st.PkgPath = f.nameOf(nameKey{name: pkgPath})
		t.uncommon().PkgPath = f.name(nameKey{name: pkgPath})
	}
	t.uncommon().Moff = uint32(commonSize)
	for _, fl := range fs {
		f.hold(reflectOf(fl.Typ))
	}
	f.measure(t, fs)
	f.pointerFor(t, str, t.uncommon().PkgPath)
	return &structEntry{t: t, methods: methodSet{}}
}

// measure sets what follows from the fields: size, alignment, pointers,
// equality.
func (f *forge) measure(t *Descriptor, fs []abiField) {
	var end, lastZero uintptr
	t.Align = 1
	comparable, regular := true, true
	for _, fl := range fs {
		ft := fl.Typ
		t.Align = max(t.Align, ft.Align)
		regular = regular && fl.Offset == end && ft.TFlag&flagRegular != 0 && nameText(fl.Name) != "_"
		comparable = comparable && ft.Equal != nil
		end = fl.Offset + ft.Size
		if ft.Size == 0 {
			lastZero = end
		}
	}
	if end > 0 && lastZero == end {
		end++ // a pointer to the empty last field must not leave the struct
		regular = false
	}
	t.FieldAlign = t.Align
	t.Size = align(end, uintptr(t.Align))
	if regular && t.Size == end {
		t.TFlag |= flagRegular
	}
	t.GCData, t.PtrBytes = f.mask(pointerWords(t.Size, fs))
	if t.Size == wordSize && t.PtrBytes == wordSize {
		t.TFlag |= flagDirectIface
	}
	if comparable {
		t.Equal = structEqual(fs)
		f.hold(t.Equal)
	}
}

// structEqual compares structs field by field, leaving out the blank ones.
func structEqual(fs []abiField) func(p, q unsafe.Pointer) bool {
	return func(p, q unsafe.Pointer) bool {
		for i := range fs {
			fl := &fs[i]
			if nameText(fl.Name) == "_" {
				continue
			}
			if !fl.Typ.Equal(unsafe.Add(p, fl.Offset), unsafe.Add(q, fl.Offset)) {
				return false
			}
		}
		return true
	}
}

// pointerWords tells which words of a struct hold pointers.
func pointerWords(size uintptr, fs []abiField) []bool {
	ptrs := make([]bool, (size+wordSize-1)/wordSize)
	for _, fl := range fs {
		addPointers(ptrs[min(uintptr(len(ptrs)), fl.Offset/wordSize):], fl.Typ)
	}
	return ptrs
}

// addPointers marks the pointers of a value of type t at the start of ptrs.
func addPointers(ptrs []bool, t *Descriptor) {
	switch k := reflect.Kind(t.Kind); {
	case t.PtrBytes == 0:
	case t.TFlag&flagMaskOnDmnd == 0:
		for i := range t.PtrBytes / wordSize {
			ptrs[i] = pointerAt(t, i)
		}
	case k == reflect.Array:
		a := (*abiArray)(unsafe.Pointer(t))
		for i := range a.Len {
			addPointers(ptrs[i*a.Elem.Size/wordSize:], a.Elem)
		}
	case k == reflect.Struct:
		for _, fl := range (*abiStruct)(unsafe.Pointer(t)).Fields {
			addPointers(ptrs[fl.Offset/wordSize:], fl.Typ)
		}
	default:
		panic("rtype: the pointers of " + reflectOf(t).String() + " aren't known")
	}
}

// structString gives the string of a struct type as the compiler writes it.
func structString(fs []abiField) string {
	var b strings.Builder
	b.WriteString("struct {")
	for i, fl := range fs {
		if i > 0 {
			b.WriteByte(';')
		}
		if *fl.Name&nameEmbedded == 0 {
			b.WriteString(" " + nameText(fl.Name))
		}
		b.WriteString(" " + reflectOf(fl.Typ).String())
		if tag := nameTagText(fl.Name); tag != "" {
			b.WriteString(" " + strconv.Quote(tag))
		}
	}
	if len(fs) > 0 {
		b.WriteByte(' ')
	}
	b.WriteByte('}')
	return b.String()
}

// sameStruct reports whether t, a type of the binary, has these fields.
func sameStruct(t *Descriptor, fs []abiField, pkgPath string) bool {
	if reflect.Kind(t.Kind) != reflect.Struct || t.TFlag&flagNamed != 0 {
		return false
	}
	st := (*abiStruct)(unsafe.Pointer(t))
	if len(st.Fields) != len(fs) || nameText(st.PkgPath) != pkgPath {
		return false
	}
	for i, a := range st.Fields {
		b := fs[i]
		if a.Typ != b.Typ || a.Offset != b.Offset || (*a.Name^*b.Name)&nameEmbedded != 0 ||
			nameText(a.Name) != nameText(b.Name) || nameTagText(a.Name) != nameTagText(b.Name) {
			return false
		}
	}
	return true
}

// nameText reads the name out of its encoding.
func nameText(p *byte) string {
	if p == nil {
		return ""
	}
	s, _ := countedText(unsafe.Add(unsafe.Pointer(p), 1))
	return s
}

// nameTagText reads the tag out of an encoded name.
func nameTagText(p *byte) string {
	if p == nil || *p&nameTag == 0 {
		return ""
	}
	_, rest := countedText(unsafe.Add(unsafe.Pointer(p), 1))
	s, _ := countedText(rest)
	return s
}

func countedText(p unsafe.Pointer) (text string, rest unsafe.Pointer) {
	n := 0
	for shift := 0; ; shift += 7 {
		b := *(*byte)(p)
		p = unsafe.Add(p, 1)
		n |= int(b&0x7f) << shift
		if b&0x80 == 0 {
			break
		}
	}
	return unsafe.String((*byte)(p), n), unsafe.Add(p, n)
}
