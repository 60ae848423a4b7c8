package gil

// This file defines what cells can do with further interpreters: the least of Python's module concurrent.interpreters
// (PEP 734).

import (
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
)

// NewInterpreter makes an interpreter beside that of the calling thread, in the same process, with a GIL of its own:
// interpreters.create() (PEP 684). In a notebook it has global variables of its own, which begin as they are declared.
// What a function has captured, and what pointers lead to, isn't copied: unlike Python's interpreters they share that,
// and nothing protects it. It panics with a RuntimeError in a plain goroutine, and if the version can't do that: Python
// 3.12 brought it.
func NewInterpreter() *Interpreter {
	sub, err := must("NewInterpreter").Sub(true)
	if err != nil {
		panic(exceptions.Runtime("%v", err))
	}
	return sub
}

// CallInThread calls f in a new thread of the interpreter: Interpreter.call_in_thread. Join it with its Join. It panics
// with a RuntimeError in a plain goroutine.
func (in *Interpreter) CallInThread(name string, f func()) *machine.Thread {
	if f == nil {
		panic(exceptions.Type("CallInThread needs a function, not nil"))
	}
	by := machine.Current()
	if Of(by) == nil {
		panic(exceptions.Runtime("CallInThread: a plain goroutine belongs to no Python interpreter; call it in the " +
			"cell or in a threading.Thread"))
	}
	t := in.m.NewThread(in, name)
	t.Start(by, func(*machine.Thread) { f() })
	return t
}
