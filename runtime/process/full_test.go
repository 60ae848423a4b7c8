//go:build unix

package process_test

import (
	"errors"
	"testing"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
	"gilkernel/runtime/process/processtest"
)

// A full arena has room again as soon as nothing refers to what is in it, for objects of any size.
func TestFullArena(t *testing.T) {
	w := processtest.NewWorld(t, true, "3.13", 1)
	err := w.Run(func(th *machine.Thread) {
		s, err := process.Of(w.Interpreter)
		if err != nil {
			t.Fatal(err)
		}
		fill := func(size int) (n int, err error) {
			var kept []*process.Memory
			for {
				m, err := s.NewMemory(th, size)
				if err != nil {
					return len(kept), err
				}
				kept = append(kept, m)
			}
		}
		for range 2 {
			if n, err := fill(64); n < 30_000 || !errors.Is(err, process.ErrFull) {
				t.Errorf("%d objects fit: %v", n, err)
			}
		}
		for _, size := range []int{0, 64, 500, 2 << 20} {
			if _, err := s.NewMemory(th, size); err != nil {
				t.Errorf("%d bytes: %v", size, err)
			}
		}
	})
	if err != nil {
		t.Error(err)
	}
}
