package interp

// This file reads from the stacks of all goroutines which of them wait, and what could wake each. Go provides the
// stacks only as text, and stops the world while it writes them, so they are consistent.

import (
	"runtime"
	"slices"
	"strconv"
	"strings"

	"gilkernel/kernel/exec"
)

// maxStacks is the maximum size of the text in bytes. If there is more, nothing is known.
const maxStacks = 64 << 20

// A stack is the stack of a goroutine.
type stack struct {
	id     int64
	state  string   // "chan receive", "IO wait", "running"
	frames []string // names of functions, innermost first
	by     string   // the function that started it, "" for the first goroutine
	parent int64    // the number of the goroutine that started it
}

// stacks returns the stacks of all goroutines but the calling one; nil if the text is too large.
func stacks() []stack {
	all, _ := stacksInto(make([]byte, 256<<10))
	return all
}

// stacksInto is stacks for repeated calls: it writes the text into text, or into larger memory if necessary, which it
// returns for the next call.
func stacksInto(text []byte) ([]stack, []byte) {
	for {
		n := runtime.Stack(text, true)
		if n < len(text) {
			return parseStacks(string(text[:n]))[1:], text
		}
		if len(text) >= maxStacks {
			return nil, text
		}
		text = make([]byte, max(4*len(text), 16<<10))
	}
}

// parseStacks parses the text of runtime.Stack.
func parseStacks(text string) []stack {
	var all []stack
	for part := range strings.SplitSeq(text, "\n\n") {
		head, rest, _ := strings.Cut(part, "\n")
		number, state, ok := strings.Cut(strings.TrimPrefix(head, "goroutine "), " [")
		id, err := strconv.ParseInt(number, 10, 64)
		if !ok || err != nil {
			continue
		}
		g := stack{id: id, state: state[:max(strings.IndexAny(state, ",]"), 0)]}
		g.state, _, _ = strings.Cut(g.state, " labels:")
		for line := range strings.SplitSeq(rest, "\n") {
			if line == "" || line[0] == '\t' || line[0] == '.' {
				continue
			}
			if by, ok := strings.CutPrefix(line, "created by "); ok {
				by, parent, _ := strings.Cut(by, " in goroutine ")
				g.by = by
				g.parent, _ = strconv.ParseInt(parent, 10, 64)
				continue
			}
			if i := strings.LastIndexByte(line, '('); i > 0 {
				line = line[:i]
			}
			g.frames = append(g.frames, line)
		}
		all = append(all, g)
	}
	return all
}

// A wakeable tells what could wake a goroutine.
type wakeable uint8

const (
	byAnything  wakeable = iota // it runs, or something outside of the process could wake it, or that isn't known
	byGoroutine                 // only another goroutine
	byMachine                   // it is a thread, and the machine knows
	// it belongs to the kernel or a package, and does nothing for cells unless another goroutine runs
	byNobody
)

// Frames by which stacks are recognized; a test makes each of them occur.
const (
	execFrame    = "gilkernel/kernel/exec."
	interpFrame  = "gilkernel/kernel/interp."
	runFrame     = interpFrame + "(*ending).run"
	syncsFrame   = interpFrame + "syncs."
	stdinFrame   = interpFrame + "(*stdin)."
	testFrame    = interpFrame + "testHost." // a goroutine of package testing waits for a thread
	testingFrame = "testing."
	runtimeFrame = "gilkernel/runtime/"
	machineFrame = runtimeFrame + "machine."
	graceFrame   = machineFrame + "(*simulator).call"
	plainFrame   = machineFrame + "waitPlain" // a goroutine that is no thread waits for a lock or queue of ours
	ourFrame     = "gilkernel/"
	pipeFrame    = "io.(*pipe)."

	coroutineFrame = "runtime.corostart"
)

// wakeable returns what could wake the goroutine, which follows from where it waits.
func (g *stack) wakeable() wakeable {
	switch {
	case g.own(), g.idle():
		return byNobody
	case g.state == "coroutine":
		return byMachine
	}
	at := g.outer()
	waits := strings.HasPrefix(g.state, "chan ") || strings.HasPrefix(g.state, "select") ||
		strings.HasPrefix(g.state, "sync.") || g.state == "semacquire"
	switch {
	case g.calls(plainFrame) && (g.state == "syscall" || waits):
		return byGoroutine
	case g.calls(graceFrame): // a simulated machine waits briefly for a call
	case strings.HasPrefix(at, machineFrame): // a thread, or the driver of a simulated machine
		if g.state == "syscall" || waits {
			return byMachine
		}
	case !waits || g.calls(exec.OutsideFrame):
	case strings.HasPrefix(at, execFrame), strings.HasPrefix(at, syncsFrame), strings.HasPrefix(at, pipeFrame),
		strings.HasPrefix(at, testFrame), strings.HasPrefix(at, testingFrame):
		return byGoroutine
	}
	return byAnything
}

// own reports whether the goroutine belongs to the kernel and waits.
func (g *stack) own() bool {
	if g.by == "" {
		return true
	}
	if len(g.frames) == 0 {
		return false
	}
	switch root := g.frames[len(g.frames)-1]; {
	case root == runFrame, root == interpFrame+"(*runner).startIn.func1",
		strings.HasPrefix(root, syncsFrame):
		return false
	case root == coroutineFrame: // a thread of a simulated machine, or an iterator of iter.Pull: it may be printing
		return false
	case strings.HasPrefix(root, interpFrame), strings.HasPrefix(root, runtimeFrame+"process."),
		strings.HasPrefix(root, "gilkernel/kernel/celltest."), strings.HasPrefix(root, "os/signal."), strings.HasPrefix(root, "runtime."):
		return g.state != "running" && g.state != "runnable"
	}
	return false
}

// idle reports whether the goroutine was left behind by a package of the standard library and only serves goroutines
// that wait in that package, whose own stacks say what can wake them.
func (g *stack) idle() bool {
	switch g.by {
	case "context.(*cancelCtx).propagateCancel", // waits for a parent context of the learner's own type
		"net/http.(*Transport).dialConn", // keep a connection alive for the next request
		"database/sql.OpenDB",            // opens connections for queries
		"testing.runExample":             // reads what an example prints
	default:
		return false
	}
	// it waits in code of a cell, such as a net.Conn
	inCell := slices.ContainsFunc(g.frames, func(f string) bool { return strings.HasPrefix(f, execFrame) })
	return g.state != "running" && g.state != "runnable" && !inCell
}

// runs reports whether the goroutine is the own goroutine of a run, or a thread of a real machine.
func (g *stack) runs() bool {
	switch g.frames[len(g.frames)-1] {
	case runFrame, machineFrame + "(*realMachine).start.func1":
		return true
	}
	return false
}

// outer returns the function that waits: the innermost one outside of Go's runtime, internal packages, sync, reflect
// and syscall.
func (g *stack) outer() string {
	for _, f := range g.frames {
		if !strings.HasPrefix(f, "runtime.") && !strings.HasPrefix(f, "internal/") && !strings.HasPrefix(f, "sync.") &&
			!strings.HasPrefix(f, "reflect.") && !strings.HasPrefix(f, "syscall.") {
			return f
		}
	}
	return ""
}

// calls reports whether the goroutine has a frame of a function.
func (g *stack) calls(name string) bool {
	for _, f := range g.frames {
		if f == name {
			return true
		}
	}
	return false
}

// native reports whether the goroutine waits in compiled code that interpreted code has called.
func (g *stack) native() bool {
	switch g.state {
	case "running", "runnable", "coroutine", "preempted", "copystack":
		return false
	}
	for _, f := range g.frames {
		switch {
		case strings.HasPrefix(f, execFrame), strings.HasPrefix(f, syncsFrame), strings.HasPrefix(f, stdinFrame):
			return true
		case strings.HasPrefix(f, interpFrame): // a function that replaces a compiled one, such as fmt.Fprintln
		case strings.HasPrefix(f, ourFrame):
			return false
		}
	}
	return false
}
