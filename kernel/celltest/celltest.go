// Package celltest runs the tests of cells with Go's package testing: what would end a test's program ends the test.
//
//	Run       runs tests, benchmarks, fuzz targets and examples as the program does that go test makes   run.go
//	Method    replaces methods of *testing.T, *testing.B and *testing.F that cells call                  method.go
//	          those that look for their caller's line, and those that start goroutines
//	pipe      what package testing prints, in the order in which it and the cells print                  pipe.go
//	deps      what package testing wants of go test                                                      deps.go
package celltest

// This file defines a Runner and what it needs of the process around it.

import (
	"flag"
	"os"
	"slices"
	"sync"
	"testing"
)

// A Host is the process around a Runner. Its methods may be called concurrently.
type Host interface {
	// Print takes what package testing has printed, and what examples have that have no output to compare.
	Print(p []byte)
	// Explain returns the text of a panic that has ended a test, some lines, and "" for one that isn't the test's
	// doing: an interrupt, which ends all that follow.
	Explain(v any) string
	// Call calls f as code of cells is called, on a thread of its own with a name, and returns when f has returned or
	// ended its goroutine. f recovers its panics.
	Call(name string, f func())
	// Wait calls f, which waits for other tests, while these can use what the calling thread holds. f may end its
	// goroutine, which may be another than the caller's.
	Wait(f func())
	// Panics returns how many goroutines that tests have started have panicked: each is reported by itself, and ends
	// neither the test nor the process.
	Panics() int
	// Stopped reports whether an interrupt ends the tests of the calling goroutine.
	Stopped() bool
}

// A Func is a function of a cell that go test would run.
type Func struct {
	Name      string
	F         any    // func(*testing.T), func(*testing.B), func(*testing.F), func(), or TestMain's func(*testing.M)
	Output    string // of an example: what it should print
	Unordered bool   // the lines of Output may come in any order
}

// A Result says how tests have ended.
type Result struct {
	Code   int      // what the program of go test would exit with; 0: all is well
	Failed []string // the functions that have failed, in order
}

// A Runner runs the tests of one process. Make one with New; its methods may be called concurrently, except that tests
// run one Run at a time.
type Runner struct {
	host Host

	mu      sync.Mutex // protects the fields below
	flags   *flag.FlagSet
	counted bool // package testing knows how many threads may run at once
	failed  []string
	helpers map[testing.TB]map[string]bool // functions that have called Helper
	waits   map[any]*sync.WaitGroup        // of a *testing.T or its like, see call
	pipes   []*pipe                        // of runs that haven't ended, the present one last
}

// New returns a Runner. before is the flag set of the program before cells got one of their own: package testing may
// have put its flags there.
func New(host Host, before *flag.FlagSet) *Runner {
	x := &Runner{host: host, helpers: map[testing.TB]map[string]bool{}, waits: map[any]*sync.WaitGroup{}}
	if before != nil && before.Lookup(verbose) != nil {
		x.flags = before
	}
	return x
}

// Running reports whether tests are running.
func (x *Runner) Running() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.pipes) > 0
}

// Settle hands to the host what package testing has printed until now.
func (x *Runner) Settle() {
	x.mu.Lock()
	pipes := slices.Clone(x.pipes)
	x.mu.Unlock()
	for _, p := range pipes {
		p.drain()
	}
}

// Owns reports whether a file is what os.Stdout and os.Stderr are for package testing: cells that print there print to
// their cell. It knows those of runs that were abandoned, too.
func (x *Runner) Owns(f *os.File) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.ContainsFunc(x.pipes, func(p *pipe) bool { return p.w == f })
}

// fail notes that a function has failed.
func (x *Runner) fail(name string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !slices.Contains(x.failed, name) {
		x.failed = append(x.failed, name)
	}
}

// An Exit is what os.Exit panics with in a test, and in TestMain: no recover of a cell sees it.
type Exit struct {
	Code int
	By   string // the function that was called, such as "os.Exit"
}

// Uncatchable keeps recover from seeing it.
func (Exit) Uncatchable() {}
