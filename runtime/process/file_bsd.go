//go:build unix && !linux

package process

// This file defines what other Unixes have for memory that processes share.

import "os"

// nameless makes a file and removes its name.
func nameless() (*os.File, error) {
	f, err := os.CreateTemp("", "gilkernel-arena-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// punch zeroes a part of the file, because not every system can free its space.
func punch(f *os.File, offset int64, n int) {
	zeros := make([]byte, 64<<10)
	for n > 0 {
		k, err := f.WriteAt(zeros[:min(n, len(zeros))], offset)
		if err != nil {
			return
		}
		offset, n = offset+int64(k), n-k
	}
}
