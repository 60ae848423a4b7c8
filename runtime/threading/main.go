package threading

// This file defines what an interpreter's host does with its threads.

import (
	"runtime/debug"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// Main returns the interpreter's main thread, "MainThread", and creates it on the first call. A host runs its cells
// with the thread's Run. May be called by any goroutine.
func Main(in *gil.Interpreter) *machine.Thread {
	m := moduleOf(in)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.main == nil {
		th := &Thread{in: in, kind: mainThread, name: "MainThread"}
		mt := in.Machine().NewThread(in, th.name)
		th.mt.Store(mt)
		mt.SetLocal(threadKey{}, th) // its goroutine doesn't exist yet
		m.main = th
	}
	return m.main.mt.Load()
}

// RegisterAtExit adds a function that Shutdown calls before it joins threads, the last one first:
// threading._register_atexit. It panics with a RuntimeError after Shutdown. A nil t does nothing.
func RegisterAtExit(t *machine.Thread, fn func()) {
	m := of(t)
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closing {
		panic(exceptions.Runtime("can't register atexit after shutdown"))
	}
	m.exits = append(m.exits, fn)
}

// Shutdown is the end of the program: the main thread calls the functions that RegisterAtExit has added and joins all
// threads that aren't daemons, including those that are started meanwhile. Daemons run until the machine is stopped. It
// returns what ended the main thread, such as a deadlock. It must not be called while the main thread runs.
func Shutdown(in *gil.Interpreter) error { return Main(in).Run(Finish) }

// Finish is Shutdown for a main thread that is still running, such as that of a child process: it calls the functions
// of RegisterAtExit, joins the threads, and calls the functions of AtExit.
func Finish(t *machine.Thread) {
	m := of(t)
	m.mu.Lock()
	exits := m.exits
	m.exits, m.closing = nil, true
	m.mu.Unlock()
	for i := len(exits) - 1; i >= 0; i-- {
		exits[i]()
	}
	for th := m.pending(t); th != nil; th = m.pending(t) {
		th.mt.Load().Join(t, forever)
	}
	m.mu.Lock()
	lasts := m.lasts
	m.lasts = nil
	m.mu.Unlock()
	for i := len(lasts) - 1; i >= 0; i-- {
		lasts[i]()
	}
}

// AtExit adds a function that Shutdown calls when it has joined the threads, the last one first: atexit.register. A nil
// t does nothing.
func AtExit(t *machine.Thread, fn func()) {
	if m := of(t); m != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.lasts = append(m.lasts, fn)
	}
}

// pending returns a thread that Shutdown must wait for, nil if there is none.
func (m *module) pending(t *machine.Thread) *Thread {
	for _, th := range m.list(t) {
		if th.kind == usual && !th.Daemon() && !th.mt.Load().Ended() {
			return th
		}
	}
	return nil
}

// StartNewThread starts a thread that calls target with args, and returns its ident: _thread.start_new_thread. It can't
// be joined, the end of the program doesn't wait for it, and Enumerate doesn't return it. A panic in it is reported as
// that of a Thread is. It panics with a TypeError, "first arg must be callable", and in a plain goroutine as NewThread
// does.
func StartNewThread(target any, args ...any) int64 {
	callable(target, "first arg must be callable")
	t := machine.Current()
	m := must(t, "StartNewThread")
	name := funcName(target, m.theHost())
	mt := t.Machine().NewThread(t.Interpreter(), "start_new_thread("+name+")")
	mt.Start(t, func(mt *machine.Thread) {
		defer func() {
			if v := recover(); v != nil {
				stack := debug.Stack()
				m.unraisable(mt, name, v, stack)
				panic(v)
			}
		}()
		callTarget(gil.Of(mt), target, name, args)
	})
	return int64(mt.ID())
}

// unraisable is what _thread.start_new_thread does with an exception: thread_run calls sys.unraisablehook.
func (m *module) unraisable(mt *machine.Thread, name string, v any, stack []byte) {
	if silent(v) {
		return
	}
	a := m.describe(nil, v, stack)
	text := "Exception ignored in thread started by: <function " + name + ">\n" + a.body()
	if gil.Of(mt).Profile().Kind == gil.Legacy {
		text = "Unhandled exception in thread started by <function " + name + ">\n" + a.body()
	}
	_, _ = m.theHost().Stderr.Write([]byte(text))
}

// Exit ends the calling thread silently: _thread.exit, sys.exit. In the cell it ends the cell.
func Exit() { panic(&exceptions.SystemExit{}) }

// InterruptMain makes the main thread panic with a KeyboardInterrupt, at its next check, or at once if it waits for
// anything but the GIL: _thread.interrupt_main.
func InterruptMain() {
	m := must(machine.Current(), "InterruptMain")
	m.mu.Lock()
	th := m.main
	m.mu.Unlock()
	if th != nil {
		th.mt.Load().Kill(&exceptions.KeyboardInterrupt{})
	}
}
