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

// A Buffer is the memory of a SharedMemory: the memoryview that buf is. Indices count from the end if they are
// negative. Its methods panic with a ValueError, "operation forbidden on released memoryview object", after the Close
// of the SharedMemory.
type Buffer struct {
	block *process.Block

	mu      sync.Mutex // protects the field below
	exports int        // how many With are running
}

// use calls f with the memory, which isn't closed meanwhile.
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

// Len returns how many bytes there are: len(buf).
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

// Get returns a byte: buf[i]. It panics with an IndexError if there is none.
func (b *Buffer) Get(i int) (x byte) {
	b.use(func(mem []byte) { x = mem[index(i, len(mem))] })
	return x
}

// Set sets a byte: buf[i] = x. It panics with an IndexError if there is none.
func (b *Buffer) Set(i int, x byte) {
	b.use(func(mem []byte) { mem[index(i, len(mem))] = x })
}

// bounds are those of a slice: all, from, or from to.
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
// Each call allocates the copy: where much is read again and again, CopyTo is faster.
func (b *Buffer) Slice(limits ...int) (list []byte) {
	b.use(func(mem []byte) {
		from, to := bounds(limits, len(mem))
		list = append(pickle.Uncleared(to-from), mem[from:to]...)
	})
	return list[:len(list):len(list)]
}

// CopyTo copies bytes into dst and returns how many: CopyTo(dst) is memoryview(dst)[:] = buf, CopyTo(dst, 1, 3) copies
// buf[1:3]. It panics with a ValueError if dst has room for more bytes or fewer.
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

// SetSlice sets bytes from an index up to another: buf[from:to] = values. It panics with a ValueError if there are more
// or fewer values.
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

// With calls f with the memory itself, for fast access; Close panics with a BufferError meanwhile. Don't keep the
// slice: after Close it may show another block.
func (b *Buffer) With(f func(mem []byte)) { b.use(f) }

// Reduce implements pickle.Reducer: a buffer belongs to its process.
func (b *Buffer) Reduce(*pickle.Pickler) (any, error) {
	return nil, exceptions.Type("cannot pickle 'memoryview' object: send the SharedMemory, or its name")
}

// Restore implements pickle.Restorer.
func (b *Buffer) Restore(*pickle.Unpickler, any) error { return errStrange }

// String names the block: "<memory of 'psm_21467', 16 bytes>".
func (b *Buffer) String() string {
	switch {
	case b == nil || b.block == nil:
		return "<memory>"
	case b.block.Closed():
		return "<released memory of '" + b.block.Name() + "'>"
	}
	return fmt.Sprintf("<memory of '%s', %d bytes>", b.block.Name(), len(b.block.Bytes()))
}
