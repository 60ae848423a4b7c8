package threading

// This file defines the module's globals, which each interpreter has for itself.

import (
	"io"
	"os"
	"strconv"
	"sync"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// module is what an interpreter keeps of this package.
type module struct {
	mu       sync.Mutex // protects the fields below; held briefly, never while anything waits
	counters []counter  // few, so that a look at each is faster than a map
	threads  []*Thread  // started and not over, in order of their starts
	main     *Thread
	exits    []func()
	lasts    []func() // called when the threads have been joined
	closing  bool
	hook     func(ExceptHookArgs)
	hooked   machine.Word // stands for hook, where an explorer looks
	host     Host
	stack    int
	// unstarted is for Unstarted.
	unstarted []*Thread

	order machine.Word // touched before the list of threads is: its changes have their places in time
}

type moduleKey struct{}

// moduleOf returns an interpreter's module.
func moduleOf(in *gil.Interpreter) *module {
	return in.State(moduleKey{}, func() any { return &module{} }).(*module)
}

// of returns the module of t's interpreter, nil if t has none.
func of(t *machine.Thread) *module {
	if in := gil.Of(t); in != nil {
		return moduleOf(in)
	}
	return nil
}

// number counts what is called "<kind>-1", "<kind>-2", …
func (m *module) number(kind string) string { return kind + "-" + strconv.Itoa(m.next(kind)) }

func (m *module) next(kind string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.counters {
		if c := &m.counters[i]; c.kind == kind {
			c.n++
			return c.n
		}
	}
	m.counters = append(m.counters, counter{kind, 1})
	return 1
}

// counter is how many objects of a kind there are.
type counter struct {
	kind string
	n    int
}

// Host is what an interpreter's host gives to the module. The zero Host is the defaults.
type Host struct {
	// Stderr is where ExceptHook prints; nil is os.Stderr. Several threads may write to it at once.
	Stderr io.Writer
	// Describe returns the name of a panic (Python's or Go's name of its type), its text, and where it came from, for
	// humans; stack is debug.Stack's. An empty name selects the default.
	Describe func(value any, stack []byte) (name, text, traceback string)
	// FuncName returns the name of a thread's target, "" if it doesn't know: interpreted functions have names that Go's
	// runtime doesn't know.
	FuncName func(target any) string
	// Line returns the text of the line at a place of the learner's code, "" if it doesn't know.
	Line func(site machine.Site) string
}

// SetHost sets the interpreter's host. It may be called at any time by any goroutine.
func SetHost(in *gil.Interpreter, h Host) {
	m := moduleOf(in)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.host = h
}

// theHost returns the host, with defaults filled in.
func (m *module) theHost() Host {
	m.mu.Lock()
	h := m.host
	m.mu.Unlock()
	if h.Stderr == nil {
		h.Stderr = os.Stderr
	}
	return h
}
