package multiprocessing

// This file defines functions with which other packages of the library build servers that start processes.

import (
	"gilkernel/runtime/pickle"
)

// Sendable returns nil if a value could be passed to a process in Args now; otherwise it returns the error with which
// Start would panic, and which begins with name. So a program can check a value before it needs the process.
func Sendable(name string, v any) error {
	t, m := here("Sendable")
	old := t.Local(spawningKey{})
	t.SetLocal(spawningKey{}, true)
	defer t.SetLocal(spawningKey{}, old)
	_, handles, err := m.s.DumpItems(t, []pickle.Item{{Name: name, Value: v}})
	if err != nil {
		return unsendable(err)
	}
	for _, h := range handles {
		m.s.Drop(t, h)
	}
	return nil
}

// Notify calls f once, when the process ends, or immediately if it has ended. f runs on no thread of this process and
// must not block.
func (s Sentinel) Notify(f func()) { s.p.Notify(f) }
