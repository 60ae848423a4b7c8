package process

// This file defines blocks: shared memory that has a name.

import (
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"gilkernel/runtime/machine"
)

// The errors of names of blocks.
var (
	// ErrExist says that there is a block of that name.
	ErrExist = errors.New("file exists")
	// ErrNotExist says that there is none.
	ErrNotExist = errors.New("no such file or directory")
)

// The fields of a block's slot. Its name lies behind its bytes.
const (
	blockSize   = atOwn
	blockName   = atOwn + 8  // the length of the name
	blockLinked = atOwn + 12 // 1: Attach finds it
)

// attachCost is what making or attaching a block takes a simulated machine: shm_open, ftruncate and mmap.
const attachCost = 20 * time.Microsecond

// A Block is memory that processes of the family find by a name: what shm_open has on POSIX. The name is one of the
// arena and not of a file system, so only the family finds the block, and no block outlives the family. The block is
// freed when it is unlinked and no process refers to it. Its methods are safe for concurrent use.
type Block struct {
	s      *System
	v      slot
	name   string
	b      []byte
	refs   blockRef
	closed *atomic.Bool
}

// blockRef is what a Block has of the arena, apart from it so that the garbage collector can find the Block.
type blockRef struct {
	s      *System
	v      slot
	closed *atomic.Bool
}

func (r blockRef) close(t *machine.Thread) {
	if r.closed.CompareAndSwap(false, true) {
		r.s.give(t, r.v, 0)
	}
}

// NewBlock makes a block of n bytes, which are zero; "" gives it a name of its own. The error is ErrExist if there is
// one of that name, ErrFull, ErrMemory, or one of the system's.
func (s *System) NewBlock(t *machine.Thread, name string, n int) (*Block, error) {
	t.Cost(attachCost)
	own := name == ""
	size := n + len(name)
	if own {
		size = n + len(ownName(slot{}, 0))
	}
	if size < n {
		return nil, ErrMemory
	}
	v, err := s.newSlot(t, kindBlock, size, "", func(v slot) error {
		if own {
			for again := uint32(0); again == 0 || s.linked(name) >= 0; again++ { // programs may have chosen one
				name = ownName(v, again)
			}
		} else if s.linked(name) >= 0 {
			return ErrExist
		}
		b, err := v.data(n + len(name))
		if err != nil {
			return err
		}
		copy(b[n:], name)
		s.arena.u64(v.at(blockSize)).Store(uint64(n))
		s.arena.u32(v.at(blockName)).Store(uint32(len(name)))
		s.arena.u32(v.at(blockLinked)).Store(1)
		v.fly(0) // the name keeps it
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.block(v)
}

// ownName returns a name as Python makes them: at first one that no other slot has.
func ownName(v slot, again uint32) string {
	return fmt.Sprintf("psm_%08x", (v.n|v.gen<<15)*0x9e3779b1+again)
}

// AttachBlock returns the block of a name, ErrNotExist if there is none.
func (s *System) AttachBlock(t *machine.Thread, name string) (*Block, error) {
	t.Cost(attachCost)
	s.arena.lock(t, s.self)
	n := s.linked(name)
	if n < 0 {
		s.arena.unlock(t)
		return nil, ErrNotExist
	}
	v := slot{a: s.arena, n: uint32(n), gen: s.arena.u32(slot{a: s.arena, n: uint32(n)}.at(atGen)).Load()}
	s.take(v, 0)
	s.arena.unlock(t)
	return s.block(v)
}

// linked returns the number of the slot with the block of a name, -1 if there is none. The caller holds the arena's
// lock.
func (s *System) linked(name string) int {
	a := s.arena
	for n := range a.u32(atSlots).Load() {
		v := slot{a: a, n: n}
		if v.kind() == kindBlock && a.u32(v.at(blockLinked)).Load() == 1 &&
			int(a.u32(v.at(blockName)).Load()) == len(name) {
			if b, err := v.data(int(a.u64(v.at(blockSize)).Load()) + len(name)); err == nil &&
				string(b[len(b)-len(name):]) == name {
				return int(n)
			}
		}
	}
	return -1
}

// block makes the Block of a slot that this process refers to.
func (s *System) block(v slot) (*Block, error) {
	n, m := int(s.arena.u64(v.at(blockSize)).Load()), int(s.arena.u32(v.at(blockName)).Load())
	b, err := v.data(n + m)
	if err != nil {
		s.give(nil, v, 0)
		return nil, err
	}
	k := &Block{s: s, v: v, name: string(b[n:]), b: b[:n:n], closed: &atomic.Bool{}}
	k.refs = blockRef{s, v, k.closed}
	if s.arena.collect {
		runtime.AddCleanup(k, func(r blockRef) { r.close(nil) }, k.refs)
	}
	return k, nil
}

// Name returns the block's name.
func (k *Block) Name() string { return k.name }

// Bytes returns the memory, as long as NewBlock was asked for. It stays accessible when the block is closed or freed,
// and may be another block's then.
func (k *Block) Bytes() []byte { return k.b }

// Close detaches this process from the block. Closing it again does nothing.
func (k *Block) Close(t *machine.Thread) { k.refs.close(t) }

// Closed reports whether Close was called.
func (k *Block) Closed() bool { return k.closed.Load() }

// Unlink removes the name: nothing attaches the block from then on, and it is freed when the last process has closed
// it. It works after Close, too. The error is ErrNotExist if that has been done before.
func (k *Block) Unlink(t *machine.Thread) error {
	a := k.s.arena
	a.lock(t, k.s.self)
	same := a.u32(k.v.at(atGen)).Load() == k.v.gen && k.v.kind() == kindBlock
	if same = same && a.u32(k.v.at(blockLinked)).CompareAndSwap(1, 0); same {
		k.v.land(0)
	}
	a.unlock(t)
	if !same {
		return ErrNotExist
	}
	k.s.dropped(t, k.v)
	return nil
}

// Handle returns the block as a number for one message.
func (k *Block) Handle() Handle {
	h := Handle{kind: kindBlock, n: k.v.n, gen: k.v.gen, from: k.v.a}
	h.keep(k.v.a)
	return h
}

// System returns the process that this object belongs to.
func (k *Block) System() *System { return k.s }
