package machine

// This file defines what a machine must know of the interpreter whose threads it runs.

import "time"

// An Interpreter is the Python to which threads belong: package gil has one for each form of the GIL. A
// machine only calls it at the moments that its methods name, always on the thread's own goroutine. It
// must be comparable: the threads that share one can wait for each other, see Deadlock.
type Interpreter interface {
	// Attach blocks until t may run interpreted code: PyEval_RestoreThread.
	Attach(t *Thread)
	// Detach gives up that right: PyEval_SaveThread.
	Detach(t *Thread)
	// Break does the work of a check that found its flag set or its ticks used up: the eval breaker.
	Break(t *Thread)
	// Begin is called before t's first Attach, End after its last Detach.
	Begin(t *Thread)
	End(t *Thread)
	// Process names the process and GIL in timelines, see timeline.Thread.
	Process() (name string, pid int, gil string)
}

// A Sharer is an Interpreter in one process with others, whose threads may have the same locks and queues.
type Sharer interface {
	// Shares returns the same one of them for all.
	Shares() Interpreter
}

// Pace says what interpreted code costs. An interpreter sets it for each of its threads.
type Pace struct {
	Check      time.Duration // virtual time per check: a loop iteration or a call
	Step       time.Duration // virtual time per access to something shared
	CheckTicks int32         // ticks per check, for the legacy GIL
	StepTicks  int32         // ticks per step
	// StepChecks makes each step a check too: Pythons through 3.9 look at their eval breaker before almost
	// every instruction.
	StepChecks bool
	// StepOrders makes each step wait until no other thread is behind in time: threads without a GIL
	// see each other's writes in the order in which they happen.
	StepOrders bool
}
