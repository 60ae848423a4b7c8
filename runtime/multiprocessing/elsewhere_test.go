//go:build unix

package multiprocessing_test

// This file tests what is shared between processes on one machine and then used on another: cells keep variables.

import (
	"strings"
	"testing"

	mp "gilkernel/runtime/multiprocessing"
)

func ignore(any) {}

func TestObjectsOfAnotherMachine(t *testing.T) {
	for _, row := range []struct {
		name string
		make func() any
	}{
		{"a value", func() any { return mp.NewValue("i", 1) }},
		{"an array", func() any { return mp.NewArray("d", 3) }},
		{"a lock", func() any { return mp.NewLock() }},
		{"a condition", func() any { return mp.NewCondition(nil) }},
		{"a barrier", func() any { return mp.NewBarrier(2) }},
		{"a queue", func() any { return mp.NewQueue() }},
		{"an end of a pipe", func() any { a, _ := mp.Pipe(); return a }},
	} {
		for _, from := range []bool{true, false} {
			var old any
			run(t, from, "3.13", func(func(...any)) { old = row.make() })
			run(t, !from, "3.13", func(log func(...any)) {
				err := mp.Sendable("x", old)
				if err == nil || !strings.Contains(err.Error(), "it was made on another machine") {
					t.Errorf("%s of a real machine: %v: %v", row.name, from, err)
				}
				func() {
					defer func() {
						if recover() == nil {
							t.Errorf("%s: a process was started with it", row.name)
						}
					}()
					mp.NewProcess(ignore, mp.Args(old)).Start()
				}()
				q := mp.NewQueue() // objects of this machine are unharmed
				p := mp.NewProcess(putMuch, mp.Args(q))
				p.Start()
				q.Get()
				p.Join()
			})
		}
	}
}
