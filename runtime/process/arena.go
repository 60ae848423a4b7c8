package process

// This file defines the arena: the memory that a family of processes shares, and how it is divided.

import (
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"

	"gilkernel/runtime/machine"
)

// How an arena is divided:
//
//	header    headerSize bytes: magic, lock, counters
//	table     maxProcesses entries of entrySize bytes: the processes, see table.go
//	slots     maxSlots entries of slotSize bytes: the objects, see slot.go
//	data      segments of segmentSize bytes, and blocks that are larger: what slots point to
const (
	headerSize   = 4096
	maxProcesses = 512
	entrySize    = 4096
	maxSlots     = 1 << 15
	slotSize     = 256
	tableAt      = headerSize
	slotsAt      = tableAt + maxProcesses*entrySize
	dataAt       = (slotsAt + maxSlots*slotSize + segmentSize - 1) / segmentSize * segmentSize
	segmentSize  = 1 << 20
)

// The header's fields, by their offsets.
const (
	atMagic   = 0
	atLock    = 4  // robust lock of what follows and of the slots' kinds
	atSlots   = 8  // slots below this one have been used
	atAnySeq  = 12 // changes when anything happens that WaitAny may wait for
	atAnyWait = 16 // how many do
	atLive    = 20 // processes that haven't ended
	atNames   = 24 // numbers processes
	atTop     = 32 // 64 bits: the end of the data
	atSources = 40 // of the program that the family runs
	atTaken   = 44 // slots below this one are all taken
)

// magic begins an arena; it changes with its layout.
const magic = 0x67696c33

// memory is where an arena's bytes are.
type memory interface {
	// grow makes the memory at least size bytes long.
	grow(size int64) error
	// at returns n bytes from an offset on; they stay where they are.
	at(offset int64, n int) ([]byte, error)
	// drop frees what bytes hold; they read as zeros afterwards. It reports whether at returns other bytes from then
	// on.
	drop(offset int64, n int) (moved bool)
}

// An Arena is the memory that the processes of a family share. NewArena makes one for a simulated machine, CreateArena
// and OpenArena make one for real processes. Its methods are safe for concurrent use.
type Arena struct {
	mem     memory
	head    []byte // header, table and slots
	collect bool   // objects are freed when the garbage collector finds them
	any     signal // of what WaitAny may wait for

	mu       sync.Mutex // protects the fields below; held briefly
	words    map[int64]*machine.Word
	segments map[int64][]byte
	systems  map[int]*System // the processes that run here, by their numbers
}

// NewArena returns an arena in this process's own memory: processes that share it are simulated.
func NewArena() *Arena {
	a, err := newArena(&heap{segments: map[int64][]byte{}}, true)
	if err != nil {
		panic(err) // can't happen: no operation can fail
	}
	return a
}

func newArena(mem memory, create bool) (*Arena, error) {
	a := &Arena{mem: mem, words: map[int64]*machine.Word{}, segments: map[int64][]byte{}, systems: map[int]*System{}}
	if create {
		if err := mem.grow(dataAt); err != nil {
			return nil, fmt.Errorf("making shared memory: %w", err)
		}
	}
	var err error
	if a.head, err = mem.at(0, dataAt); err != nil {
		return nil, fmt.Errorf("mapping shared memory: %w", err)
	}
	if create {
		a.u64(atTop).Store(dataAt)
		a.u32(atMagic).Store(magic)
	}
	a.any = signal{a.word(atAnySeq), a.word(atAnyWait)}
	if got := a.u32(atMagic).Load(); got != magic {
		return nil,
			fmt.Errorf("mapping shared memory: it begins with %#x and not with %#x; all processes must run the same "+
				"program", got, magic)
	}
	return a, nil
}

// u32 and u64 return fields of the header, the table or the slots.
func (a *Arena) u32(at int64) *atomic.Uint32 { return (*atomic.Uint32)(unsafe.Pointer(&a.head[at])) }
func (a *Arena) u64(at int64) *atomic.Uint64 { return (*atomic.Uint64)(unsafe.Pointer(&a.head[at])) }

// word returns the Word of a field: the same one for all callers.
func (a *Arena) word(at int64) *machine.Word {
	a.mu.Lock()
	defer a.mu.Unlock()
	w := a.words[at]
	if w == nil {
		w = machine.SharedWord((*uint32)(unsafe.Pointer(&a.head[at])))
		a.words[at] = w
	}
	return w
}

// lock acquires the arena's lock for the process self. It is held briefly and never across a wait; if the holder was
// killed, its lock is broken.
func (a *Arena) lock(t *machine.Thread, self int) {
	w := a.word(atLock)
	for !w.CompareAndSwap(t, 0, uint32(self)+1) {
		v := w.Load(t)
		if v == 0 {
			continue
		}
		if t.Wait(w, v, lockPatience, machine.Why{}) == machine.TimedOut && !a.entry(int(v)-1).runs() {
			w.CompareAndSwap(t, v, 0)
		}
	}
}

func (a *Arena) unlock(t *machine.Thread) {
	w := a.word(atLock)
	w.Store(t, 0)
	w.Wake(t, 1)
}

// segment returns n bytes of data from an offset on.
func (a *Arena) segment(offset int64, n int) ([]byte, error) {
	base, length := offset, n
	if n <= segmentSize {
		base = offset / segmentSize * segmentSize
		length = segmentSize
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	b := a.segments[base]
	if len(b) < length {
		var err error
		if b, err = a.mem.at(base, length); err != nil {
			return nil, fmt.Errorf("mapping shared memory: %w", err)
		}
		a.segments[base] = b
	}
	return b[offset-base:][:n:n], nil
}

// drop frees what an object of more than a segment held.
func (a *Arena) drop(offset int64, n int) {
	if a.mem.drop(offset, n) {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.segments, offset)
	}
}

// heap is the memory of an arena of simulated processes.
type heap struct {
	mu       sync.Mutex
	segments map[int64][]byte
}

func (h *heap) grow(int64) error { return nil }

func (h *heap) at(offset int64, n int) ([]byte, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if b := h.segments[offset]; len(b) >= n {
		return b, nil
	}
	words := make([]uint64, (n+7)/8) // aligned for atomic operations
	b := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), len(words)*8)
	h.segments[offset] = b
	return b, nil
}

// drop leaves the bytes to the garbage collector: slices of them may be in use.
func (h *heap) drop(offset int64, _ int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.segments, offset)
	return true
}

// Collects reports whether unreferenced objects are freed eventually: on real machines.
func (a *Arena) Collects() bool { return a.collect }

// SetSources announces to the family that its program has n sources now, if that is more than before; Sources returns
// the number. A process that doesn't find a function waits for the sources that it doesn't have yet. The host counts
// them.
func (a *Arena) SetSources(n int) {
	for f := a.u32(atSources); ; {
		old := f.Load()
		if uint32(n) <= old || f.CompareAndSwap(old, uint32(n)) {
			return
		}
	}
}

// Sources returns the number that SetSources was given.
func (a *Arena) Sources() int { return int(a.u32(atSources).Load()) }
