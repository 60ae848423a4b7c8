package rtype

import (
	"reflect"
	"sync"
	"unsafe"
)

// The variables below, with the slots of the stubs, are one registry, the package's exception to the rule against
// mutable package variables: the runtime itself keeps the types it is given forever, in one table for the whole
// process, so a registry per interpreter could neither free anything nor be distinguished from this one.
var (
	// registry is guarded by its mutex.
	registry forge
	// arena is the memory of all descriptors. It is static since a method
	// table has to lie at a higher address than its type, less than 4 GiB
	// away. Being free of pointers in the collector's eyes it costs
	// nothing until used; what it points to is held by forge.keep.
	arena [arenaWords]uintptr
)

// arenaWords is the size of the arena: 32 MiB of address space, room for
// roughly 35,000 types. A limit on the process's data counts all of it.
const arenaWords = 4 << 20

// forge is the state behind the arena.
type forge struct {
	mu      sync.Mutex
	checked bool    // the layout of this toolchain's types was found good
	used    uintptr // words of the arena in use
	stubs   stubs
	names   map[nameKey]encodedName
	hashes  map[uint32]bool // hashes in use
	named   map[*Descriptor]*Named
	structs map[string]*structEntry
	ifaces  map[string]*Descriptor // InterfaceOf's by their methods
	keep    []any                  // what only the arena points to
	itabs   *unsafe.Pointer        // the runtime's variable with its table of itabs, nil where it isn't known
}

// nameKey identifies an encoded name.
type nameKey struct {
	name, tag, pkgPath string
	bits               byte
}

// lock acquires the registry's mutex and makes sure that forging is possible.
func (f *forge) lock() {
	f.mu.Lock()
	if f.checked {
		return
	}
	if err := Check(); err != nil {
		f.mu.Unlock()
		panic("rtype: " + err.Error())
	}
	f.names = make(map[nameKey]encodedName)
	f.hashes = make(map[uint32]bool)
	f.named = make(map[*Descriptor]*Named)
	f.structs = make(map[string]*structEntry)
	f.ifaces = make(map[string]*Descriptor)
	// The runtime hands out -1 first, which is also its sentinel for "no
	// such type" and "no such method": that one must not become ours.
	addReflectOff(unsafe.Pointer(f.alloc(1)))
	f.itabs = findItabs()
	f.checked = true
}

func (f *forge) unlock() { f.mu.Unlock() }

// alloc takes n zeroed words from the arena.
func (f *forge) alloc(n uintptr) *uintptr {
	// Descriptors start at even words: the runtime never needs more.
	at := (f.used + 1) &^ 1
	if at+n > arenaWords {
		panic("rtype: the memory for interpreted types is used up; restart the process")
	}
	f.used = at + n
	return &arena[at]
}

// allocType takes a descriptor with the given number of words after it.
func (f *forge) allocType(extra uintptr) *Descriptor {
	return (*Descriptor)(unsafe.Pointer(f.alloc(typeWords + extra)))
}

// allocBytes takes a copy of b from the arena.
func (f *forge) allocBytes(b []byte) *byte {
	p := (*byte)(unsafe.Pointer(f.alloc((uintptr(len(b)) + wordSize - 1) / wordSize)))
	copy(unsafe.Slice(p, len(b)), b)
	return p
}

// hold keeps v alive forever.
func (f *forge) hold(v any) { f.keep = append(f.keep, v) }

// hash gives a number that no other forged type has, well spread since the
// runtime's tables use its low bits.
func (f *forge) hash(s string) uint32 {
	// Cells that are run again declare the same names again and again: the
	// count keeps their hashes from meeting.
	h := fnv(2166136261, s) + uint32(len(f.hashes))*0x85ebca77
	for {
		h = mix(h + 0x9e3779b9)
		if !f.hashes[h] && h != 0 {
			f.hashes[h] = true
			return h
		}
	}
}

// fnv continues a hash with a string.
func fnv(h uint32, s string) uint32 {
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

// mix spreads every bit of h over all of the result.
func mix(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}

// encodedName is a name in the arena and its offset, zero if not asked for.
type encodedName struct {
	p   *byte
	off int32
}

// name gives the offset of an encoded name.
func (f *forge) name(k nameKey) int32 {
	p := f.nameOf(k)
	e := f.names[k]
	if e.off == 0 {
		e = encodedName{p, addReflectOff(unsafe.Pointer(p))}
		f.names[k] = e
	}
	return e.off
}

// nameOf gives an encoded name; equal keys have the same one.
func (f *forge) nameOf(k nameKey) *byte {
	if e, ok := f.names[k]; ok {
		return e.p
	}
	p := f.nameBytes(k)
	f.names[k] = encodedName{p: p}
	return p
}

// nameBytes encodes a name: a byte of flags, the name and the tag with their
// lengths as varints, the offset of the package path.
func (f *forge) nameBytes(k nameKey) *byte {
	bits := k.bits
	if k.tag != "" {
		bits |= nameTag
	}
	if k.pkgPath != "" {
		bits |= namePkgPath
	}
	b := appendCounted([]byte{bits}, k.name)
	if k.tag != "" {
		b = appendCounted(b, k.tag)
	}
	if k.pkgPath != "" {
		off := f.name(nameKey{name: k.pkgPath})
		b = append(b, (*[4]byte)(unsafe.Pointer(&off))[:]...)
	}
	return f.allocBytes(b)
}

func appendCounted(b []byte, s string) []byte {
	n := len(s)
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	b = append(b, byte(n))
	return append(b, s...)
}

// typeOff gives the offset of a type.
func typeOff(t *Descriptor) int32 { return addReflectOff(unsafe.Pointer(t)) }

// textOff gives the offset of code.
func textOff(pc unsafe.Pointer) int32 { return addReflectOff(pc) }

// addReflectOff makes the runtime resolve the offset it returns to p, in
// descriptors that don't belong to the binary.
//
//go:linkname addReflectOff reflect.addReflectOff
func addReflectOff(p unsafe.Pointer) int32

// typesByString gives the types of the binary that have the string s.
//
//go:linkname typesByString reflect.typesByString
func typesByString(s string) []*Descriptor

// pointerFor forges the pointer type of t, with room for methods, so that
// reflect.PointerTo(t) finds it.
func (f *forge) pointerFor(t *Descriptor, str string, pkgPath int32) *Descriptor {
	p := f.allocType(kindWords(reflect.Pointer) + commonSize/wordSize)
	proto := abiOf(reflect.TypeFor[*unsafe.Pointer]())
	p.Size = proto.Size
	p.PtrBytes = proto.PtrBytes
	p.Hash = f.hash("*" + str)
	p.TFlag = proto.TFlag&(flagRegular|flagDirectIface) | flagUncommon
	p.Align = proto.Align
	p.FieldAlign = proto.FieldAlign
	p.Kind = proto.Kind
	p.Equal = proto.Equal
	p.GCData = proto.GCData
	p.Str = f.name(nameKey{name: "*" + str})
	(*abiElem)(unsafe.Pointer(p)).Elem = t
	p.uncommon().PkgPath = pkgPath
	p.uncommon().Moff = uint32(commonSize)
	t.PtrToThis = typeOff(p)
	return p
}
