package multiprocessing

// This file defines optional arguments.

import (
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
)

// An Option is an optional argument of NewProcess: Args, Name, Daemon. The zero Option is none.
type Option struct {
	what   optionKind
	args   []any
	name   string
	daemon bool
}

type optionKind uint8

const (
	_ optionKind = iota
	optArgs
	optName
	optDaemon
)

// Args are the arguments that the target is called with: copies, as they are sent to the new process.
func Args(a ...any) Option { return Option{what: optArgs, args: a} }

// Name is the process's name; an empty one leaves the default, "Process-1", or "Process-1:2" for the second child of
// the first.
func Name(name string) Option { return Option{what: optName, name: name} }

// Daemon(true) makes a process that is terminated at the end of the one that starts it. The default is that of the
// process that makes it.
func Daemon(daemon bool) Option { return Option{what: optDaemon, daemon: daemon} }

// A WaitOption is an optional argument of functions that wait: Block or Timeout. The zero WaitOption is none.
type WaitOption struct {
	noBlock, timed bool
	d              time.Duration
}

// Block(false) makes Acquire, Put and Get return at once: acquire(block=False).
func Block(wait bool) WaitOption { return WaitOption{noBlock: !wait} }

// Timeout limits a wait: acquire(timeout=…), join(timeout=…), get(timeout=…). A negative one is 0, as in Python.
func Timeout(d time.Duration) WaitOption { return WaitOption{timed: true, d: max(d, 0)} }

// forever is a time-out that never comes.
const forever = machine.Forever

// patience returns for how long options let wait.
func patience(opts []WaitOption) time.Duration {
	if len(opts) == 0 {
		return forever
	}
	return patienceOf(opts)
}

func patienceOf(opts []WaitOption) time.Duration {
	d := forever
	for _, o := range opts {
		switch {
		case o.noBlock:
			return 0
		case o.timed:
			d = o.d
		}
	}
	return d
}

// timeout is patience for what has no argument block; call names it.
func timeout(call string, opts []WaitOption) time.Duration {
	for _, o := range opts {
		if o.noBlock {
			panic(exceptions.Type("%s() got an unexpected keyword argument 'block'", call))
		}
	}
	return patience(opts)
}
