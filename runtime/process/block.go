package process

// This file defines shared memory.

import (
	"runtime"
	"unsafe"

	"gilkernel/runtime/machine"
)

// Memory is bytes that processes share. Callers make sure that no two processes write them at the same time.
type Memory struct {
	s *System
	v slot
	b []byte
}

// unknownMemory is the assumed memory, in bytes, of a machine that doesn't report it.
const unknownMemory = 64 << 30

// memSize is the field of a memory's slot with its length.
const memSize = atOwn

// NewMemory makes shared memory of n bytes, which are zero and aligned to at least 8. The error is ErrFull, or one of
// the system's.
func (s *System) NewMemory(t *machine.Thread, n int) (*Memory, error) {
	v, err := s.newSlot(t, kindMemory, n, "", func(v slot) error {
		s.arena.u64(v.at(memSize)).Store(uint64(n))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.memory(v)
}

func (s *System) memory(v slot) (*Memory, error) {
	b, err := v.data(int(s.arena.u64(v.at(memSize)).Load()))
	if err != nil {
		return nil, err
	}
	m := &Memory{s: s, v: v, b: b}
	if s.arena.collect {
		runtime.AddCleanup(m, func(v slot) { s.give(nil, v, 0) }, v)
	}
	return m, nil
}

// Bytes returns the memory. It is valid as long as m is reachable; keep m with it.
func (m *Memory) Bytes() []byte { return m.b }

// Pointer returns the address of the bytes at an offset.
func (m *Memory) Pointer(offset int) unsafe.Pointer { return unsafe.Pointer(&m.b[offset]) }

// Handle returns the memory as a number for one message.
func (m *Memory) Handle() Handle {
	h := Handle{kind: kindMemory, n: m.v.n, gen: m.v.gen, from: m.v.a}
	h.keep(m.v.a)
	runtime.KeepAlive(m)
	return h
}

// Number returns a number that distinguishes this memory from others of the arena, as long as any process refers to it.
func (m *Memory) Number() int { return int(m.v.n) }

// System returns the process that this object belongs to.
func (m *Memory) System() *System { return m.s }
