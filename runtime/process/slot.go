package process

// This file defines slots: the objects of an arena, and which processes refer to them.

import (
	"encoding/binary"
	"errors"
	"math/bits"

	"gilkernel/runtime/machine"
)

// A kind says what a slot holds.
type kind uint32

const (
	kindFree kind = iota
	kindSemaphore
	kindRing
	kindMemory
	kindProcess // never in a slot: handles of processes
	kindEnd     // the same: handles of the ends of pipes
	kindBlock
	kindCarried // never in a slot: handles of what System.Carry was given
)

// The fields of a slot, by their offsets. A kind's own fields begin at atOwn.
const (
	atKind    = 0
	atGen     = 4  // changes when the slot is used anew
	atFlight  = 8  // how many messages under way carry it, for each side
	atExtent  = 16 // 64 bits: where its data are
	atSize    = 24 // 64 bits: how many bytes these are
	atOwn     = 32
	atSent    = 88 // how often a message carried it, for each side
	atName    = 96
	nameSize  = 32
	atHolders = 128 // for each side 64 bytes, a bit for each process
	holdBytes = maxProcesses / 8
)

// ErrFull says that an arena has no room for another object.
var ErrFull = errors.New("too many shared objects: at most 32768 semaphores, pipes and memory blocks can exist at " +
	"once; release some of them")

// ErrMemory says that an object would be larger than the memory of the machine.
var ErrMemory = errors.New("there is less memory in this machine")

// A slot is an object of an arena as a process sees it.
type slot struct {
	a   *Arena
	n   uint32
	gen uint32
}

func (s slot) at(field int64) int64 { return slotsAt + int64(s.n)*slotSize + field }

func (s slot) word(field int64) *machine.Word { return s.a.word(s.at(field)) }

func (s slot) kind() kind { return kind(s.a.u32(s.at(atKind)).Load()) }

func (s slot) name() string {
	b := s.a.head[s.at(atName):][:nameSize]
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

// data returns the bytes of the slot.
func (s slot) data(n int) ([]byte, error) {
	if n == 0 {
		return nil, nil
	}
	return s.a.segment(int64(s.a.u64(s.at(atExtent)).Load()), n)
}

// class returns how many bytes are set aside for n: a power of two, so that freed space fits again. That of a block is
// large even if n is small, so no other kind of object ever lies where one was: programs may keep slices of blocks that
// have been closed.
func (k kind) class(n int) int64 {
	switch {
	case n <= 0:
		return 0
	case k == kindBlock:
		n = max(n, 2*segmentSize)
	}
	return max(64, int64(1)<<bits.Len64(uint64(n)-1))
}

// collections is how often newSlot collects garbage before it gives up: the references in a message that will never be
// received are dropped by the collection after the one that frees the pipe.
const collections = 3

// newSlot finds a free slot with room for size bytes, and zeroes both. init sets the kind's own fields before others
// can see the slot. A full arena is searched again after this process has collected its garbage.
func (s *System) newSlot(t *machine.Thread, k kind, size int, name string, init func(slot) error) (slot, error) {
	if int64(size) > physical() {
		return slot{}, ErrMemory
	}
	v, err := s.fill(t, k, size, name, init)
	for tries := 0; errors.Is(err, ErrFull) && s.arena.collect && tries < collections; tries++ {
		collectGarbage() // objects that nothing refers to any more occupy slots until they are collected
		v, err = s.fill(t, k, size, name, init)
	}
	return v, err
}

// fill is newSlot without another try: it returns ErrFull if there is no slot.
func (s *System) fill(t *machine.Thread, k kind, size int, name string, init func(slot) error) (slot, error) {
	a := s.arena
	a.lock(t, s.self)
	defer a.unlock(t)
	want := k.class(size)
	used := a.u32(atSlots).Load()
	first, found, fresh, other := uint32(maxSlots), uint32(maxSlots), uint32(maxSlots), uint32(maxSlots)
	for n := a.u32(atTaken).Load(); n < used && found == maxSlots; n++ {
		v := slot{a: a, n: n}
		if v.kind() != kindFree {
			continue
		}
		first = min(first, n)
		switch int64(a.u64(v.at(atSize)).Load()) {
		case want:
			found = n
		case 0:
			fresh = min(fresh, n)
		default:
			other = min(other, n)
		}
	}
	if found == maxSlots && fresh == maxSlots && used < maxSlots {
		fresh = used
		a.u32(atSlots).Store(used + 1)
	}
	if found == maxSlots {
		found = fresh
	}
	if found == maxSlots && other < maxSlots {
		// all that are free have data of other sizes: this one's place in the arena is lost
		found = other
		a.u64(slot{a: a, n: found}.at(atSize)).Store(0)
	}
	if found == maxSlots {
		return slot{}, ErrFull
	}
	a.u32(atTaken).Store(min(first, used)) // a slot is still free now, and found again when this process is killed here
	v := slot{a: a, n: found}
	v.gen = a.u32(v.at(atGen)).Add(1)
	if want > 0 && a.u64(v.at(atSize)).Load() == 0 {
		if err := a.carve(v, want); err != nil {
			return slot{}, err
		}
	} else if b, err := v.data(size); err != nil {
		return slot{}, err
	} else if want <= segmentSize {
		clear(b) // larger ones were dropped
	}
	clear(a.head[v.at(atOwn):v.at(slotSize)])
	a.u32(v.at(atFlight)).Store(0)
	a.u32(v.at(atFlight + 4)).Store(0)
	copy(a.head[v.at(atName):][:nameSize], name)
	if init != nil {
		if err := init(v); err != nil {
			return slot{}, err
		}
	}
	s.take(v, 0)
	if k == kindRing {
		s.take(v, 1)
	}
	a.u32(v.at(atKind)).Store(uint32(k))
	return v, nil
}

// carve sets data aside for a slot. The caller holds the lock.
func (a *Arena) carve(v slot, size int64) error {
	align := min(size, segmentSize)
	from := (int64(a.u64(atTop).Load()) + align - 1) / align * align
	to := (from + size + segmentSize - 1) / segmentSize * segmentSize
	if err := a.mem.grow(to); err != nil {
		return err
	}
	// first: if this process is killed here, the space is lost, but not assigned twice
	a.u64(atTop).Store(uint64(from + size))
	a.u64(v.at(atExtent)).Store(uint64(from))
	a.u64(v.at(atSize)).Store(uint64(size))
	return nil
}

// A ref is a reference to one side of a slot: a ring has two, 0 to read and 1 to write, all else only 0.
type ref struct {
	n, gen uint32
	side   int
}

// take notes that this process has one more reference to a side of a slot.
func (s *System) take(v slot, side int) {
	s.arena.mu.Lock()
	defer s.arena.mu.Unlock()
	r := ref{v.n, v.gen, side}
	s.refs[r]++
	if s.refs[r] == 1 {
		s.arena.u64(v.holder(side, s.self)).Or(1 << (s.self % 64))
	}
}

// holder returns the offset of the 64 bits that hold a process's bit.
func (v slot) holder(side, process int) int64 {
	return v.at(atHolders + int64(side)*holdBytes + int64(process/64)*8)
}

// held reports whether any process, or any message under way, refers to a side of the slot. A message's sender may have
// dropped its reference already, and its receiver may not have one yet: a receiver takes the side before the message
// counts as arrived, so messages are looked at before processes, and once more if one was sent meanwhile.
func (v slot) held(side int) bool {
	flight, sent := v.a.u32(v.at(atFlight+4*int64(side))), v.a.u32(v.at(atSent+4*int64(side)))
	for {
		before := sent.Load()
		if flight.Load() != 0 {
			return true
		}
		for i := int64(0); i < holdBytes; i += 8 {
			if v.a.u64(v.at(atHolders+int64(side)*holdBytes+i)).Load() != 0 {
				return true
			}
		}
		if sent.Load() == before {
			return false
		}
	}
}

// heldBy reports whether a process refers to a side of the slot.
func (v slot) heldBy(side, process int) bool {
	return v.a.u64(v.holder(side, process)).Load()&(1<<(process%64)) != 0
}

// give drops a reference. With the last one of this process it wakes the threads that wait, and with the last one of
// all it frees the slot.
func (s *System) give(t *machine.Thread, v slot, side int) {
	a := s.arena
	a.mu.Lock()
	r := ref{v.n, v.gen, side}
	if s.refs[r] == 0 {
		a.mu.Unlock()
		return
	}
	s.refs[r]--
	last := s.refs[r] == 0
	if last {
		delete(s.refs, r)
	}
	a.mu.Unlock()
	if last {
		v.clear(t, s, side, s.self)
		a.judgeAll()
	}
}

// clear removes a process from a side.
func (v slot) clear(t *machine.Thread, s *System, side, process int) {
	v.a.u64(v.holder(side, process)).And(^uint64(1 << (process % 64)))
	s.dropped(t, v)
}

// fly and land count a slot in messages under way.
func (v slot) fly(side int) {
	v.a.u32(v.at(atFlight + 4*int64(side))).Add(1)
	v.a.u32(v.at(atSent + 4*int64(side))).Add(1) // behind it: see held
}

func (v slot) land(side int) { v.a.u32(v.at(atFlight + 4*int64(side))).Add(^uint32(0)) }

// dropped is called when a process or a message has dropped its reference to a slot.
func (s *System) dropped(t *machine.Thread, v slot) {
	if v.kind() == kindRing {
		r := ringOf(v)
		r.notify(t)
		if !v.held(0) && v.held(1) && r.used(t) > 0 {
			s.drain(t, r)
		}
	}
	if v.held(0) || v.held(1) {
		return
	}
	for _, h := range s.free(t, v) { // a message that won't be received may carry references itself
		s.Drop(t, h)
	}
}

// free makes a slot without references available to newSlot, and returns the handles in it.
func (s *System) free(t *machine.Thread, v slot) (inside []Handle) {
	a := v.a
	a.lock(t, s.self)
	defer a.unlock(t)
	if v.kind() == kindFree || a.u32(v.at(atGen)).Load() != v.gen || v.held(0) || v.held(1) {
		return nil
	}
	if v.kind() == kindRing {
		inside = ringOf(v).abandoned()
	}
	if size := int64(a.u64(v.at(atSize)).Load()); size > segmentSize {
		a.drop(int64(a.u64(v.at(atExtent)).Load()), int(size))
	}
	a.u32(atTaken).Store(min(a.u32(atTaken).Load(), v.n))
	a.u32(v.at(atKind)).Store(uint32(kindFree))
	return inside
}

// A Handle is an object of the arena as a number, which travels beside a message: the receiver's System.Open makes an
// object of it. The zero Handle stands for no object.
type Handle struct {
	kind       kind
	side       uint32 // of an end: which of its two rings it has
	n, gen     uint32 // of the slot, or of the process; for an end what it reads from
	out, outOf uint32 // of an end: what it writes to, and the generation
	from       *Arena // where the object is; nil for a handle that came with a message, and for what was carried
}

const (
	handleSize = 24
	canRead    = 1
	canWrite   = 2
)

func (h Handle) append(b []byte) []byte {
	for _, v := range []uint32{uint32(h.kind), h.side, h.n, h.gen, h.out, h.outOf} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

func handleOf(b []byte) Handle {
	f := func(i int) uint32 { return binary.LittleEndian.Uint32(b[4*i:]) }
	return Handle{kind(f(0)), f(1), f(2), f(3), f(4), f(5), nil}
}

// parts calls f for each side of a slot that a handle stands for.
func (h Handle) parts(a *Arena, f func(v slot, side int)) {
	switch h.kind {
	case kindSemaphore, kindMemory, kindBlock:
		f(slot{a, h.n, h.gen}, 0)
	case kindEnd:
		if h.side&canRead != 0 {
			f(slot{a, h.n, h.gen}, 0)
		}
		if h.side&canWrite != 0 {
			f(slot{a, h.out, h.outOf}, 1)
		}
	}
}

// keep counts what a handle stands for as being under way.
func (h Handle) keep(a *Arena) { h.parts(a, func(v slot, side int) { v.fly(side) }) }

// Drop releases a handle that was neither sent nor opened.
func (s *System) Drop(t *machine.Thread, h Handle) {
	if h.kind == kindCarried {
		if c := s.carried(h); c != nil {
			_ = c.Close(t) // the message is lost anyway
		}
		return
	}
	h.parts(s.arena, func(v slot, side int) {
		v.land(side)
		s.dropped(t, v)
	})
	s.arena.judgeAll()
}

// Open makes an object of a handle that came with a message: a *Semaphore, an *End, a *Memory, a *Block, a *Process or
// a Carried. Each handle can be opened once. It returns nil for the zero Handle, and for something carried whose sender
// has ended.
func (s *System) Open(t *machine.Thread, h Handle) any {
	h.parts(s.arena, func(v slot, side int) { s.take(v, side) })
	defer h.parts(s.arena, func(v slot, side int) { v.land(side) })
	switch h.kind {
	case kindSemaphore:
		return s.semaphore(slot{s.arena, h.n, h.gen})
	case kindMemory:
		m, err := s.memory(slot{s.arena, h.n, h.gen})
		if err != nil {
			panic(err)
		}
		return m
	case kindBlock:
		b, err := s.block(slot{s.arena, h.n, h.gen})
		if err != nil {
			panic(err)
		}
		return b
	case kindEnd:
		return s.end(h)
	case kindProcess:
		return &Process{s: s, n: int(h.n), gen: h.gen}
	case kindCarried:
		if c := s.carried(h); c != nil {
			return c
		}
	}
	return nil
}
