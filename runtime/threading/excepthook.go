package threading

// This file defines what happens to a panic that ends a thread.

import (
	"bytes"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
)

// ExceptHookArgs is what a hook is called with.
type ExceptHookArgs struct {
	ExcType      string  // Python's or Go's name of the type: "RuntimeError"
	ExcValue     any     // what the thread panicked with
	ExcTraceback string  // where, for humans
	Thread       *Thread // which it ended; nil if it is none of this package's
	text         string
}

// ExceptHook is the default hook, threading.__excepthook__: it prints "Exception in thread Thread-1 (f):", the
// traceback and the exception to the interpreter's stderr. SystemExit and the end of a machine are silent, and so is a
// deadlock that another thread reports. In a plain goroutine it does nothing.
func ExceptHook(args ExceptHookArgs) {
	m := of(machine.Current())
	if m == nil || silent(args.ExcValue) {
		return
	}
	m.print(m.theHost().Stderr, args)
}

// SetExceptHook sets the function that is called with a panic that ends a thread of the calling thread's interpreter:
// threading.excepthook = f. It is called in the thread, before that ends. nil is the default. A hook that panics is
// reported.
func SetExceptHook(hook func(ExceptHookArgs)) {
	t := machine.Current()
	m := must(t, "SetExceptHook")
	m.hooked.Touch(t)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hook = hook
}

// GetExceptHook returns the hook, ExceptHook if none was set.
func GetExceptHook() func(ExceptHookArgs) {
	t := machine.Current()
	m := must(t, "GetExceptHook")
	m.hooked.Load(t)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.hook == nil {
		return ExceptHook
	}
	return m.hook
}

// uncaught calls the hook for a panic of th, in its thread.
func (m *module) uncaught(th *Thread, v any, stack []byte) {
	switch v.(type) {
	case *machine.Stopped: // nothing more runs on this machine
		return
	case *machine.Deadlocked: // another one reports it
		return
	}
	m.hooked.Load(machine.Current())
	m.mu.Lock()
	hook := m.hook
	m.mu.Unlock()
	if hook == nil {
		hook = ExceptHook
	}
	defer func() {
		if e := recover(); e != nil && !silent(e) {
			w := m.theHost().Stderr
			_, _ = io.WriteString(w, "Exception in threading.excepthook:\n")
			args := m.describe(nil, e, debug.Stack())
			_, _ = fmt.Fprint(w, args.body())
		}
	}()
	hook(m.describe(th, v, stack))
}

// PrintException prints a panic to the stderr of t's interpreter: a headline, the traceback and the exception, as
// traceback.print_exc does, and notes, a line each, as it prints __notes__ (PEP 678). stack is debug.Stack's.
func PrintException(t *machine.Thread, headline string, v any, stack []byte, notes ...string) {
	m := of(t)
	if m == nil {
		return
	}
	var b strings.Builder
	b.WriteString(headline + m.describe(nil, v, stack).body())
	for _, n := range notes {
		b.WriteString(n + "\n")
	}
	_, _ = io.WriteString(m.theHost().Stderr, b.String())
}

// describe returns the name and the text of a panic.
func (m *module) describe(th *Thread, v any, stack []byte) ExceptHookArgs {
	a := ExceptHookArgs{ExcValue: v, Thread: th}
	if h := m.theHost(); h.Describe != nil {
		// Without a line of the learner's the traceback stays empty: lines of this library would tell a learner
		// nothing.
		a.ExcType, a.text, a.ExcTraceback = h.Describe(v, stack)
	} else {
		a.ExcTraceback = traceback(stack)
	}
	if a.ExcType == "" {
		a.ExcType, a.text = nameOf(v)
	}
	return a
}

// nameOf returns Python's name for a panic's value, and what it says.
func nameOf(v any) (name, text string) {
	switch v := v.(type) {
	case exceptions.Exception:
		return v.Exception(), v.Error()
	case *machine.Deadlock:
		return "Deadlock", strings.TrimPrefix(v.Error(), "deadlock: ")
	case error:
		return "RuntimeError", v.Error()
	}
	return "RuntimeError", fmt.Sprint(v)
}

// body is the traceback and the exception.
func (a ExceptHookArgs) body() string {
	var b strings.Builder
	if a.ExcTraceback != "" {
		b.WriteString(strings.TrimRight(a.ExcTraceback, "\n") + "\n")
	}
	typ, text := a.ExcType, a.text
	if typ == "" {
		typ, text = nameOf(a.ExcValue)
	}
	b.WriteString(typ)
	if text != "" {
		b.WriteString(": " + text)
	}
	return b.String() + "\n"
}

// print writes what the default hook prints, in one piece.
func (m *module) print(w io.Writer, a ExceptHookArgs) {
	name := fmt.Sprint(GetIdent())
	if a.Thread != nil {
		name = a.Thread.Label()
	}
	_, _ = io.WriteString(w, "Exception in thread "+name+":\n"+a.body())
}

// traceback converts the output of debug.Stack to the calls between a thread's target and its panic, the last one last,
// as Python prints them.
func traceback(stack []byte) string {
	type frame struct{ call, place string }
	var frames []frame
	lines := strings.Split(string(bytes.TrimSpace(stack)), "\n")
	for i := 1; i+1 < len(lines); i += 2 {
		call, place := lines[i], strings.TrimSpace(lines[i+1])
		if strings.HasPrefix(call, "panic(") {
			frames = nil // what is above is the recovery
			continue
		}
		if strings.HasPrefix(call, "gilkernel/runtime/threading.callTarget(") ||
			strings.HasPrefix(call, "gilkernel/runtime/threading.(*Thread).Run(") {
			break
		}
		if strings.HasPrefix(call, "reflect.") || strings.HasPrefix(call, "runtime.") ||
			strings.HasPrefix(call, "runtime/") {
			continue
		}
		if j := strings.LastIndexByte(call, '('); j > 0 {
			call = call[:j]
		}
		if j := strings.LastIndex(place, " +0x"); j > 0 {
			place = place[:j]
		}
		frames = append(frames, frame{call, place})
	}
	if len(frames) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("Traceback (most recent call last):\n")
	for i := len(frames) - 1; i >= 0; i-- {
		f := frames[i]
		file, line := f.place, ""
		if j := strings.LastIndexByte(file, ':'); j > 0 {
			file, line = file[:j], file[j+1:]
		}
		fmt.Fprintf(&b, "  File \"%s\", line %s, in %s\n", file, line, f.call)
	}
	return b.String()
}
