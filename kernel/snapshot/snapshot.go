// Package snapshot puts variables back to what they were: it copies the memory that they lead to, and writes back what
// has changed. Pointers stay valid, because each value is put back where it lies.
//
//	Take              copies                                           snapshot.go
//	* walk            what a variable leads to                         walk.go
//	* special         memory that isn't a plain value: maps, pools     special.go
//	Snapshot.Restore  writes back                                      snapshot.go
//	Digest            compares variables of two processes              digest.go
package snapshot

import (
	"maps"
	"reflect"
	"slices"
	"unsafe"
)

// A Variable is a variable of any type.
type Variable struct {
	Name    string // as a person knows it
	Type    reflect.Type
	Pointer unsafe.Pointer
}

// Options say what is known of the program. The zero Options know of no interpreted code.
type Options struct {
	// Interpreted reports whether a package's types are interpreted code's. nil: none is.
	Interpreted func(path string) bool
	// Captured returns the variables that a function value, which isn't nil, has captured, as far as they are known.
	// nil: none are.
	Captured func(f reflect.Value) []Variable
	// Running says that code may run meanwhile that uses the variables: a digest knows of maps only how long they are,
	// because reading a map that is written ends the process.
	Running bool
}

// maxBytes is how much a Snapshot copies at most, and maxBlocks in how many pieces.
const (
	maxBytes  = 64 << 20
	maxBlocks = 400_000
)

// A Snapshot is what variables led to when it was taken. Only one goroutine at a time may use it, while no code runs
// that uses the variables.
type Snapshot struct {
	o       Options
	blocks  []block
	watched []block // only compared
	special []special
	seen    map[memory]bool
	holes   map[reflect.Type]bool // see hasHoles
	name    string                // of the variable that is copied
	bytes   int
	missed  map[string]bool // variables of which a part isn't copied, because it is too much
}

// A block is memory and its copy.
type block struct {
	at, copy reflect.Value // slices of the same length
	from, to unsafe.Pointer
	size     uintptr
	name     string // of a variable that leads to it
}

// memory identifies a block.
type memory struct {
	p unsafe.Pointer
	t reflect.Type
	n int
}

// Take copies what variables lead to: their own memory, what pointers, slices, maps and interfaces refer to, and what
// functions have captured. Of the standard library's types it copies those that are plain data, and watches others.
func Take(vars []Variable, o Options) *Snapshot {
	s := &Snapshot{o: o, seen: map[memory]bool{}, holes: map[reflect.Type]bool{}, missed: map[string]bool{}}
	for _, v := range vars {
		s.name = v.Name
		s.memory(v.Type, v.Pointer, 1)
	}
	s.seen = nil
	return s
}

// Restore writes back all that has changed. It returns the names of variables that lead to something that has changed
// and can't be put back, or may have, because it was too much to copy.
func (s *Snapshot) Restore() []string {
	lost := maps.Clone(s.missed)
	for i := range s.blocks {
		if b := &s.blocks[i]; b.changed() {
			reflect.Copy(b.at, b.copy)
		}
	}
	for i := range s.watched {
		if b := &s.watched[i]; b.changed() {
			lost[b.name] = true
			reflect.Copy(b.copy, b.at) // it is told once
		}
	}
	for _, x := range s.special {
		if !x.restore() {
			lost[x.variable()] = true
		}
	}
	return slices.Sorted(maps.Keys(lost))
}

// changed reports whether the memory isn't what it was.
func (b *block) changed() bool {
	return string(unsafe.Slice((*byte)(b.from), b.size)) != string(unsafe.Slice((*byte)(b.to), b.size))
}

// newBlock copies n values in a row.
func (s *Snapshot) newBlock(t reflect.Type, p unsafe.Pointer, n int) (b block, ok bool) {
	size := t.Size() * uintptr(n)
	if size == 0 {
		return b, false
	}
	if s.bytes += int(size); s.bytes > maxBytes || len(s.blocks)+len(s.watched) >= maxBlocks {
		s.missed[s.name] = true
		return b, false
	}
	list := reflect.SliceOf(t)
	header := &struct {
		p        unsafe.Pointer
		len, cap int
	}{p, n, n}
	b = block{at: reflect.NewAt(list, unsafe.Pointer(header)).Elem(), copy: reflect.MakeSlice(list, n, n), from: p,
		size: size, name: s.name}
	b.to = b.copy.UnsafePointer()
	reflect.Copy(b.copy, b.at)
	return b, true
}
