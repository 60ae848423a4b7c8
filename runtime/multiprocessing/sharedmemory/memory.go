package sharedmemory

// This file defines shared memory: Lib/multiprocessing/shared_memory.py.

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/process"
)

// A SharedMemory is shared_memory.SharedMemory: a block of memory that this process has attached. NewSharedMemory makes
// one; its zero value can't be used. It can be sent to other processes of the family, and so can its name. Its methods
// may be called by several threads at once; as in Python, the threads must synchronize their accesses to the memory
// with a lock.
type SharedMemory struct {
	block *process.Block
	buf   *Buffer
}

// An Option is an optional argument of NewSharedMemory and NewShareableList: Name, Create, Size. The zero Option is
// none.
type Option struct {
	what   optionKind
	name   string
	create bool
	size   int
}

type optionKind uint8

const (
	_ optionKind = iota
	optName
	optCreate
	optSize
)

// Name sets the name of the block to attach or to make. A block made without a name gets a unique one.
func Name(name string) Option { return Option{what: optName, name: name} }

// Create(true) makes NewSharedMemory make a new block; without it, NewSharedMemory attaches a block that exists.
func Create(create bool) Option { return Option{what: optCreate, create: create} }

// Size sets the number of bytes of a new block. For a block that exists it has no effect.
func Size(bytes int) Option { return Option{what: optSize, size: bytes} }

// maxName is the length of a name: NAME_MAX without its slash.
const maxName = 254

// NewSharedMemory makes, with Create(true) and a Size, a block of memory whose bytes are zero, or attaches the block of
// a Name. It panics with a FileExistsError if the name of a new block is in use, with a FileNotFoundError if there is
// no block to attach, with a ValueError for a size below 1 or without a name to attach, and with an OSError for a name
// that contains a slash or a size that exceeds the computer's memory.
func NewSharedMemory(opts ...Option) *SharedMemory {
	t, s := here("NewSharedMemory")
	var o Option
	for _, x := range opts {
		switch x.what {
		case optName:
			o.name = x.name
		case optCreate:
			o.create = x.create
		case optSize:
			o.size = x.size
		}
	}
	switch {
	case o.size < 0:
		panic(exceptions.Value("'size' must be a positive integer"))
	case o.create && o.size == 0:
		panic(exceptions.Value("'size' must be a positive number different from zero"))
	case !o.create && o.name == "":
		panic(exceptions.Value("'name' can only be None if create=True: pass Name(…) to attach a block, or " +
			"Create(true) and Size(n) to make one"))
	}
	return open(t, s, o)
}

func open(t *machine.Thread, s *process.System, o Option) *SharedMemory {
	name := strings.TrimPrefix(o.name, "/")
	if len(name) > maxName || strings.ContainsAny(name, "/\x00") {
		panic(fault(syscall.EINVAL, o.name))
	}
	var b *process.Block
	var err error
	if o.create {
		b, err = s.NewBlock(t, name, o.size)
	} else {
		b, err = s.AttachBlock(t, name)
	}
	switch {
	case errors.Is(err, process.ErrExist):
		panic(fault(syscall.EEXIST, name))
	case errors.Is(err, process.ErrNotExist):
		panic(fault(syscall.ENOENT, name))
	case errors.Is(err, process.ErrMemory):
		panic(&exceptions.OSError{Errno: int(syscall.ENOMEM),
			Note: fmt.Sprintf("%d bytes are more than this computer has", o.size)})
	case err != nil:
		panic(&exceptions.OSError{Message: err.Error()})
	}
	return of(b)
}

// fault returns the OSError of a system call that failed for a name, in Python's words.
func fault(number syscall.Errno, name string) error {
	return &exceptions.OSError{Errno: int(number), Note: "'/" + strings.TrimPrefix(name, "/") + "'"}
}

func of(b *process.Block) *SharedMemory {
	return &SharedMemory{block: b, buf: &Buffer{block: b}}
}

// here returns the calling thread and its process. It panics with a RuntimeError in a plain goroutine.
func here(call string) (*machine.Thread, *process.System) {
	t := machine.Current()
	in := gil.Of(t)
	if in == nil {
		panic(exceptions.Runtime("sharedmemory.%s: a plain goroutine belongs to no Python interpreter; call it in "+
			"the cell or in a threading.Thread", call))
	}
	s, err := process.Of(in)
	if err != nil {
		panic(exceptions.Runtime("sharedmemory.%s: %v", call, err))
	}
	return t, s
}

func (s *SharedMemory) check() *process.Block {
	if s == nil || s.block == nil {
		panic(exceptions.Type("a SharedMemory is made by NewSharedMemory: its zero value can't be used"))
	}
	return s.block
}

// Name returns the name by which other processes of the family attach the block.
func (s *SharedMemory) Name() string { return s.check().Name() }

// Size returns the number of bytes that was asked for; CPython on macOS rounds it up to whole pages.
func (s *SharedMemory) Size() int { return len(s.check().Bytes()) }

// Buf returns the memory: buf. After Close the methods of the Buffer panic with a ValueError.
func (s *SharedMemory) Buf() *Buffer { s.check(); return s.buf }

// Close detaches this process from the block: close(). The block remains for other processes, and can be attached
// again, until it is unlinked. Closing it again does nothing. Close panics with a BufferError, "cannot close exported
// pointers exist", while With of its Buf runs.
func (s *SharedMemory) Close() {
	s.check()
	s.buf.close()
}

// Unlink removes the name: unlink(). Afterwards no process can attach the block; it is freed when the last process has
// closed it. Unlink works after Close, too. It panics with a FileNotFoundError if any process has unlinked the block
// before.
func (s *SharedMemory) Unlink() {
	if err := s.check().Unlink(machine.Current()); err != nil {
		panic(fault(syscall.ENOENT, s.Name()))
	}
}

// String returns what repr shows: "SharedMemory('psm_21467', size=16)".
func (s *SharedMemory) String() string {
	if s == nil || s.block == nil {
		return "SharedMemory()"
	}
	return fmt.Sprintf("SharedMemory('%s', size=%d)", s.Name(), s.Size())
}

// Reduce implements pickle.Reducer. A block that is open here reaches the receiver even if it is unlinked; a closed one
// is attached by its name.
func (s *SharedMemory) Reduce(p *pickle.Pickler) (any, error) {
	b := s.check()
	if b.Closed() {
		return []any{-1, b.Name()}, nil
	}
	n, err := p.Keep(b.Handle())
	if err != nil {
		return nil, err
	}
	return []any{n, b.Name()}, nil
}

// Restore implements pickle.Restorer.
func (s *SharedMemory) Restore(u *pickle.Unpickler, state any) (err error) {
	list, _ := state.([]any)
	if len(list) != 2 {
		return errStrange
	}
	if n, _ := list[0].(int); n >= 0 {
		o, err := u.Handle(n)
		if err != nil {
			return err
		}
		b, ok := o.(*process.Block)
		if !ok {
			return errStrange
		}
		*s = *of(b)
		return nil
	}
	name, _ := list[1].(string)
	t, sys := here("NewSharedMemory")
	defer func() {
		if e, ok := recover().(error); ok {
			err = e
		}
	}()
	*s = *open(t, sys, Option{name: name})
	return nil
}

// errStrange says that a state wasn't made by Reduce.
var errStrange = errors.New("a SharedMemory can't be made of what was sent")
