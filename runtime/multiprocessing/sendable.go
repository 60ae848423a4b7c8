package multiprocessing

// This file defines what other packages of the library build servers of processes with.

import (
	"gilkernel/runtime/pickle"
)

// Sendable returns nil if a value could be passed to a process in Args now, and else the error that Start would panic
// with, which begins with name. A program can ask before it needs the process.
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

// Notify makes the end of the process call f, once, or calls it at once if the process has ended. f runs on no thread
// of this process: it must not block.
func (s Sentinel) Notify(f func()) { s.p.Notify(f) }
