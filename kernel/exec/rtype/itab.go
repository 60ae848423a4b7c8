//go:build !portable && (amd64 || arm64)

package rtype

// This file defines how the runtime forgets which interfaces a type implements.
//
// The runtime keeps each answer to "has this type the methods of that interface" forever, in a hash table by the hashes
// of both types. For a type with a new hash the runtime computes the answers anew, but the old ones stay, and since Go
// 1.27 the runtime dies when it grows a table that holds an answer twice. So the old answers must be found and changed.
// The table is a variable of the runtime that has no public accessor. Its address is read from the code of
// runtime.getitab, to which packages may refer, and used only if the table there holds a known answer.

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"unsafe"
)

// itab mirrors internal/abi.ITab: the answer to the question which methods a type has for an interface.
type itab struct {
	Inter *abiInterface
	Type  *Descriptor
	Hash  uint32
	Fun   [1]unsafe.Pointer
}

// itabTable mirrors the head of runtime.itabTableType; the slots follow it in memory.
type itabTable struct {
	Size  uintptr // number of slots, a power of two
	Count uintptr // of those in use
}

// getitab is the runtime's search, kept for packages outside of the standard library.
//
//go:linkname getitab runtime.getitab
func getitab(inter *abiInterface, typ *Descriptor, canfail bool) *itab

// entries returns the slots. The runtime writes to empty ones, atomically.
func (t *itabTable) entries() []unsafe.Pointer {
	return unsafe.Slice((*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(t), unsafe.Sizeof(itabTable{}))), t.Size)
}

// findItabs returns the variable that points to the runtime's table, nil if it isn't found.
//
//go:nocheckptr
func findItabs() (table *unsafe.Pointer) {
	fn := getitab
	pc := **(**unsafe.Pointer)(unsafe.Pointer(&fn))
	if f := runtime.FuncForPC(uintptr(pc)); f == nil || f.Name() != "runtime.getitab" || f.Entry() != uintptr(pc) {
		return nil
	}
	const (
		enough   = 256 // bytes; the table is loaded early
		codeSpan = 8   // what variable looks at
	)
	code := unsafe.Slice((*byte)(pc), enough)
	for i := 0; i+codeSpan <= enough; i += codeStep {
		addr, ok := variable(code[i:], uintptr(pc)+uintptr(i))
		if v := *(**unsafe.Pointer)(unsafe.Pointer(&addr)); ok && holdsItabs(v) {
			return v
		}
	}
	return nil
}

// holdsItabs reports whether v points to a table that has an answer which is known to be there.
func holdsItabs(v *unsafe.Pointer) (yes bool) {
	// What looks like an instruction may be a part of another, with any address in it.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			yes = false
		}
	}()
	if uintptr(unsafe.Pointer(v))%wordSize != 0 {
		return false
	}
	var s fmt.Stringer = &specimen{}
	known := *(*unsafe.Pointer)(unsafe.Pointer(&s))
	t := (*itabTable)(atomic.LoadPointer(v))
	if t == nil || uintptr(unsafe.Pointer(t))%wordSize != 0 || t.Size < 512 || t.Size > 1<<24 ||
		t.Size&(t.Size-1) != 0 || t.Count > t.Size {
		return false
	}
	for i := range t.entries() {
		if atomic.LoadPointer(&t.entries()[i]) == known {
			return true
		}
	}
	return false
}

// rehash gives t another hash, so that what is stored under the old one isn't found. Without the table it does nothing.
func (f *forge) rehash(t *Descriptor, key string) {
	if f.itabs == nil {
		return
	}
	f.forgetItabs(t)
	// Pieces of code keep answers too, in small tables of their own with linear probing: the next slot is free unless
	// another type happens to be there, and a search ends at a free one.
	for next := uint16(t.Hash + 1); ; {
		h := f.hash(key)&^0xffff | uint32(next)
		if h != 0 && !f.hashes[h] {
			f.hashes[h] = true
			t.Hash = h
			break
		}
	}
	f.forgetItabs(t) // those of a goroutine that asked meanwhile
}

// forgetItabs turns the answers about t into answers about interfaces that are never looked up. They stay in the table,
// because interface values point to them.
func (f *forge) forgetItabs(t *Descriptor) {
	entries := (*itabTable)(atomic.LoadPointer(f.itabs)).entries()
	for i := range entries {
		m := (*itab)(atomic.LoadPointer(&entries[i]))
		if m == nil || m.Type != t {
			continue
		}
		nobodys := (*abiInterface)(unsafe.Pointer(f.alloc(unsafe.Sizeof(abiInterface{}) / wordSize)))
		*nobodys = *m.Inter
		atomic.StorePointer((*unsafe.Pointer)(unsafe.Pointer(&m.Inter)), unsafe.Pointer(nobodys))
	}
}
