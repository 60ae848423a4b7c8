package server_test

// This file tests that a cell is stepped through, and explored, in the packages of modules too.

import "testing"

// tally is a module whose threads lose updates, and one that shows itself by a method.
func tally() map[string]string {
	return map[string]string{
		"example.com/tally@v1.0.0/go.mod": "module example.com/tally\n\ngo 1.21\n",
		"example.com/tally@v1.0.0/tally.go": `// Package tally counts.
package tally

import "fmt"

// A Tally is a counter.
type Tally struct{ n int }

// Add adds one.
func (t *Tally) Add() { t.n++ }

// An Adder adds.
type Adder interface{ Add() }

// Sum is what was counted.
func (t *Tally) Sum() int { return t.n }

// String implements fmt.Stringer.
func (t *Tally) String() string { return fmt.Sprintf("tally of %d", t.n) }

// Bad panics.
func (t *Tally) Bad() { panic("bad tally") }
`,
	}
}

// The lines of a module that counts as Python code are steps, with the module's file; of another one, only its calls
// are. String, which is code of the module, isn't called to describe a value.
func TestModuleSteps(t *testing.T) {
	const cell = "t := new(tally.Tally)\nadd := func() { t.Add() }\n" +
		"a, b := threading.NewThread(add), threading.NewThread(add)\n" +
		"a.Start(); b.Start(); a.Join(); b.Join()\nt.Sum()"
	const indirect = "t := new(tally.Tally)\nvar adder tally.Adder = t\nadd := func() { adder.Add() }\n" +
		"a, b := threading.NewThread(add), threading.NewThread(func() { n = t.Sum() })\n" +
		"a.Start(); b.Start(); a.Join(); b.Join()\nn"
	for _, row := range []struct {
		name, get string
		cells     []moduleCell
	}{
		{"native", "%get example.com/tally", []moduleCell{
			{"%%step\n" + cell, "2", "«t.Add»"},
			{"%%explore python=3.9\n" + cell, "", "The result is always 2."},
			{"n := 0", "", ""},
			{"%%explore python=3.9\n" + indirect, "", "the result depends on the schedule: 1, or"},
		}},
		{"checks", "%get example.com/tally --checks", []moduleCell{
			{"%%step\n" + cell, "2", "tally.go:10  func (t *Tally) Add() { «t.n»++…  writes t.n: 0 → 1"},
			{cell, "2", ""},
			{"%%step\nt := new(tally.Tally)\nt.Add()", "", "tally.go is example.com/tally@v1.0.0/tally.go"},
			{"%%explore python=3.9\n" + cell, "", "depends on the schedule: 2, or with 1 preemption 1."},
			{"%%replay 3.9/-\n" + cell, "", "tally.go:10"},
			{"%%explore python=3.9\n" + cell + "\nt.Bad()", "", "bad tally (line 7)"},
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, _ := moduleKernel(t, tally())
			runModuleCells(t, c, append([]moduleCell{
				{row.get, "", "v1.0.0"},
				{"import (\n\t\"example.com/tally\"\n\t\"gilkernel/runtime/threading\"\n)", "", ""},
			}, row.cells...))
		})
	}
}
