package gil_test

import (
	"strings"
	"testing"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// Interpreters with GILs of their own run side by side, and versions before 3.12 haven't got them.
func TestNewInterpreter(t *testing.T) {
	run := func(version string, f func(t *machine.Thread)) error {
		m, err := machine.Simulate(&machine.Options{Cores: 4})
		if err != nil {
			t.Fatal(err)
		}
		in, err := gil.New(m, &gil.Options{Version: version})
		if err != nil {
			t.Fatal(err)
		}
		return m.NewThread(in, "MainThread").Run(f)
	}
	if err := run("3.12", func(mt *machine.Thread) {
		began := mt.Now()
		gil.Checks(1_000_000)
		one := mt.Now() - began
		began = mt.Now()
		var list []*machine.Thread
		for range 3 {
			list = append(list, gil.NewInterpreter().CallInThread("worker", func() { gil.Checks(1_000_000) }))
		}
		for _, c := range list {
			c.Join(mt, -1)
		}
		if took := mt.Now() - began; took > one*11/10 {
			t.Errorf("three interpreters took %v, one %v", took, one)
		}
	}); err != nil {
		t.Error(err)
	}
	err := run("3.11", func(*machine.Thread) { gil.NewInterpreter() })
	if err == nil ||
		!strings.Contains(err.Error(), "interpreters with a GIL of their own came with Python 3.12, and this is 3.11") {
		t.Errorf("got %v", err)
	}
	defer func() {
		if v := recover(); v == nil {
			t.Error("a plain goroutine made an interpreter")
		}
	}()
	gil.NewInterpreter()
}
