//go:build unix

package process

// This file defines the memory of real processes: a file without a name that each of them maps.

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// CreateArena returns an arena for real processes, and the file that another process inherits to open it. The file has
// no name, and the system frees it with the last process that has opened it. It belongs to the arena: goroutines that
// send a process its work, and the garbage collector's cleanups, map and shrink it after the process has ended. Don't
// close it.
func CreateArena() (*Arena, *os.File, error) {
	f, err := nameless()
	if err != nil {
		return nil, nil, fmt.Errorf("making shared memory: %w", err)
	}
	a, err := newArena(&file{f: f}, true)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	a.collect = true
	return a, f, nil
}

// OpenArena returns the arena of a file that CreateArena made, here or in another process. The file belongs to the
// arena from then on.
func OpenArena(f *os.File) (*Arena, error) {
	a, err := newArena(&file{f: f}, false)
	if err != nil {
		return nil, err
	}
	a.collect = true
	return a, nil
}

// file is memory that is mapped from one.
type file struct{ f *os.File }

func (m *file) grow(size int64) error {
	info, err := m.f.Stat()
	if err != nil {
		return err
	}
	if info.Size() >= size {
		return nil
	}
	return m.f.Truncate(size)
}

func (m *file) at(offset int64, n int) ([]byte, error) {
	return unix.Mmap(int(m.f.Fd()), offset, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
}

func (m *file) drop(offset int64, n int) bool {
	punch(m.f, offset, n)
	return false
}
