package sharedmemory

// This file defines the memory of a block as Python's memoryview shows it.

import (
	"fmt"
	"sync"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/process"
)

// A Buffer is the memory of a SharedMemory: the memoryview in Python's buf. Negative indices count from the end. After
// Close of the SharedMemory, its methods except String panic with a ValueError, "operation forbidden on released
// memoryview object". They may be called by several threads at once, which must synchronize their accesses to the
// memory. The zero value can't be used.
type Buffer struct {
	block *process.Block

	mu      sync.Mutex // protects the field below
	exports int        // how many calls of use are running
}

// use calls f with the memory, which can't be closed while f runs.
func (b *Buffer) use(f func(mem []byte)) {
	if b == nil || b.block == nil {
		panic(exceptions.Type("a Buffer is what Buf of a SharedMemory returns: its zero value can't be used"))
	}
	b.mu.Lock()
	if b.block.Closed() {
		b.mu.Unlock()
		panic(exceptions.Value("operation forbidden on released memoryview object: SharedMemory '%s' is closed in "+
			"this process", b.block.Name()))
	}
	b.exports++
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.exports--
	}()
	f(b.block.Bytes())
}

func (b *Buffer) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.exports > 0 {
		panic(
			&exceptions.BufferError{Message: "cannot close exported pointers exist: a With of the Buf of " +
				"SharedMemory '" + b.block.Name() + "' is running"})
	}
	b.block.Close(machine.Current())
}

// Len returns the number of bytes: len(buf).
func (b *Buffer) Len() (n int) {
	b.use(func(mem []byte) { n = len(mem) })
	return n
}

func index(i, n int) int {
	at := i
	if at < 0 {
		at += n
	}
	if at < 0 || at >= n {
		panic(
			&exceptions.IndexError{Message: fmt.Sprintf("index out of bounds on dimension 1: there are %d bytes, and "+
				"no byte %d", n, i)})
	}
	return at
}

// Get returns a byte: buf[i]. It panics with an IndexError if there is no such byte.
func (b *Buffer) Get(i int) (x byte) {
	b.use(func(mem []byte) { x = mem[index(i, len(mem))] })
	return x
}

// Set sets a byte: buf[i] = x. It panics with an IndexError if there is no such byte.
func (b *Buffer) Set(i int, x byte) {
	b.use(func(mem []byte) { mem[index(i, len(mem))] = x })
}

// bounds returns the bounds of a slice of n bytes. limits has up to two elements: from, and to.
func bounds(limits []int, n int) (from, to int) {
	clamp := func(i int) int {
		if i < 0 {
			i += n
		}
		return min(max(i, 0), n)
	}
	to = n
	if len(limits) > 0 {
		from = clamp(limits[0])
	}
	if len(limits) > 1 {
		to = clamp(limits[1])
	}
	return from, max(from, to)
}

// Slice returns a copy of bytes: Slice() is bytes(buf), Slice(1) is bytes(buf[1:]), Slice(1, 3) is bytes(buf[1:3]).
// Each call allocates the copy: for large reads that repeat, CopyTo is faster.
func (b *Buffer) Slice(limits ...int) (list []byte) {
	b.use(func(mem []byte) {
		from, to := bounds(limits, len(mem))
		list = append(pickle.Uncleared(to-from), mem[from:to]...)
	})
	return list[:len(list):len(list)]
}

// CopyTo copies bytes into dst and returns their number: CopyTo(dst) is memoryview(dst)[:] = buf, CopyTo(dst, 1, 3)
// copies buf[1:3]. It panics with a ValueError if dst doesn't have exactly the same length.
func (b *Buffer) CopyTo(dst []byte, limits ...int) (n int) {
	b.use(func(mem []byte) {
		from, to := bounds(limits, len(mem))
		if len(dst) != to-from {
			panic(exceptions.Value("memoryview assignment: lvalue and rvalue have different structures: %d bytes "+
				"don't fit %d", to-from, len(dst)))
		}
		n = copy(dst, mem[from:to])
	})
	return n
}

// SetSlice sets the bytes from one index up to another: buf[from:to] = values. It panics with a ValueError if there are
// more or fewer values than bytes.
func (b *Buffer) SetSlice(from, to int, values []byte) {
	b.use(func(mem []byte) {
		i, j := bounds([]int{from, to}, len(mem))
		if len(values) != j-i {
			panic(exceptions.Value("memoryview assignment: lvalue and rvalue have different structures: %d bytes "+
				"don't fit %d", len(values), j-i))
		}
		copy(mem[i:j], values)
	})
}

// With calls f with the memory itself, for fast access. While f runs, Close panics with a BufferError. Don't keep the
// slice: after Close it may show another block.
func (b *Buffer) With(f func(mem []byte)) { b.use(f) }

// Reduce implements pickle.Reducer: it refuses, because a buffer belongs to its process.
func (b *Buffer) Reduce(*pickle.Pickler) (any, error) {
	return nil, exceptions.Type("cannot pickle 'memoryview' object: send the SharedMemory, or its name")
}

// Restore implements pickle.Restorer.
func (b *Buffer) Restore(*pickle.Unpickler, any) error { return errStrange }

// String returns a text with the block's name: "<memory of 'psm_21467', 16 bytes>".
func (b *Buffer) String() string {
	switch {
	case b == nil || b.block == nil:
		return "<memory>"
	case b.block.Closed():
		return "<released memory of '" + b.block.Name() + "'>"
	}
	return fmt.Sprintf("<memory of '%s', %d bytes>", b.block.Name(), len(b.block.Bytes()))
}
