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
		"example.com/tally@v1.1.0/go.mod": "module example.com/tally\n\ngo 1.21\n",
		"example.com/tally@v1.1.0/tally.go": "package tally\n\n// A Tally is a counter.\ntype Tally struct{ n int }\n\n" +
			"// Sum is what was counted.\nfunc Sum(t *Tally) int { return t.n }\n",
		"example.com/tally@v1.0.0/beside/beside.go": "package beside\n\n// N is a number.\nvar N int\n\n" +
			"var wait = make(chan int)\n\nfunc init() { go func() { <-wait }() }\n",
		"example.com/tally@v1.0.0/state/state.go": `// Package state has variables.
package state

import "sync"

// N, Cache, List and Made are variables.
var (
	N     int
	Cache = map[string]int{}
	List  = make([]int, 0, 8)
	Made  *int
	once  sync.Once
	done  int
	bell  = make(chan int, 1000)
)

func init() { once.Do(func() { done++ }) }

// Next counts in all of them.
func Next() int {
	once.Do(func() { done++ })
	if N++; Made == nil {
		Made = new(int)
	}
	*Made++
	Cache["n"] += *Made
	List = append(List, Cache["n"])
	return N + *Made + Cache["n"] + List[len(List)-1] + len(List) + done
}

// Twice calls f between two reads, and Adder returns a function of the package.
func Twice(f func()) int {
	n := N
	f()
	return N - n
}

// Adder adds.
func Adder() func() { return func() { N++ } }

// Ring rings.
func Ring() int { bell <- 1; return 0 }
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
		{"native", "%get example.com/tally@v1.0.0", []moduleCell{
			{"%%step\n" + cell, "2", "«t.Add»"},
			{"%%explore python=3.9\n" + cell, "", "The result is always 2."},
			{"n := 0", "", ""},
			{"%%explore python=3.9\n" + indirect, "", "the result depends on the schedule: 1, or"},
		}},
		{"checks", "%get example.com/tally@v1.0.0 --checks", []moduleCell{
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

// A run of %%explore that changes package variables of a module leaves them as they were, and what isn't as it is in
// the session is named.
func TestModuleStatesExplored(t *testing.T) {
	const cell = "f := func() { state.Next() }\na, b := threading.NewThread(f), threading.NewThread(f)\n" +
		"a.Start(); b.Start(); a.Join(); b.Join()\nstate.Next()"
	for _, checks := range []string{"", " --checks"} {
		t.Run("checks"+checks, func(t *testing.T) {
			c, _ := moduleKernel(t, tally())
			runModuleCells(t, c, []moduleCell{
				{"%get example.com/tally@v1.0.0" + checks, "", "v1.0.0"},
				{"import (\n\t\"example.com/tally/state\"\n\t\"gilkernel/runtime/threading\"\n)", "", ""},
				{"%%explore\n" + cell, "", "The result is always 22."},
				{"%%explore\n" + cell, "", "The result is always 22."},
				{"state.N", "0", ""},
				{"state.Next()", "6", ""},
				{"%%explore\n" + cell, "", "each run begins with these variables of modules as their packages " +
					"initialise them, while the session's have changed: state.Cache, state.List, state.Made, state.N"},
				// The GIL can be lost in the function that the module calls, and another thread's is the module's own.
				{"%%explore python=3.9\na := threading.NewThread(state.Adder())\na.Start()\n" +
					"n := state.Twice(func() {})\na.Join()\nn", "", "depends on the schedule: 0, or"},
				{"%%explore python=3.9\nx := 0\na := threading.NewThread(state.Adder())\na.Start()\n" +
					"n := state.Twice(func() { x++ })\na.Join()\nn", "", "depends on the schedule: 0, or"},
				{"%%explore\nstate.Ring()", "", "can't be put back before the next run: state.bell"},
				{"%%explore\nimport \"example.com/tally/beside\"\nbeside.N++\nbeside.N", "",
					"a goroutine that a module has started when it was initialised"},
			})
		})
	}
}

// A value of a type of the module as it was is told from one as it is.
func TestModuleOfAnotherVersion(t *testing.T) {
	c, _ := moduleKernel(t, tally())
	runModuleCells(t, c, []moduleCell{
		{"%get example.com/tally@v1.0.0", "", "v1.0.0"},
		{"import \"example.com/tally\"\nt := new(tally.Tally)", "", ""},
		{"%get example.com/tally@v1.1.0", "", "what imports example.com/tally@v1.0.0 gets example.com/tally@v1.1.0"},
		{"tally.Sum(t)", "", "t has the type Tally as it was before its module was loaded again: run In["},
		{"t = new(tally.Tally)", "", "t has the type Tally as it was before its module was loaded again: run In["},
		{"t := new(tally.Tally)\ntally.Sum(t)", "0", ""},
	})
}
