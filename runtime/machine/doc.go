// Package machine is where threads run: for real, or simulated.
//
// A Machine has threads, a clock, and one thing to wait for, the Word. Everything above (the GIL, locks, queues,
// pools) is written once on these and doesn't ask on which machine it is:
//
//	Real      goroutines locked to threads of the operating system, its futexes, its clock
//	Simulate  coroutines, one at a time, on virtual cores with a virtual clock and a model of the operating
//	          system's scheduler (OS); the same seed gives the same run
//
// A Chooser decides what a simulated machine leaves open, a Preempter also where threads lose their cores: a search
// over schedules is a Preempter.
//
// A thread may belong to an Interpreter, which package gil implements: it is attached while it runs interpreted
// code, and releases the GIL while it waits.
//
// All times are nanoseconds since the machine's start.
package machine
