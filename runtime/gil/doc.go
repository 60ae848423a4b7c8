// Package gil is CPython's global interpreter lock, in each of its historical forms.
//
// An Interpreter is what threads of a machine belong to. It has a GIL: the legacy one (through 3.1), the modern one
// (3.2 through 3.14), one for each interpreter (PEP 684), or none (PEP 703). The algorithms are CPython's, written on
// machine.Word as the originals are on pthreads, so that they are the same on a real and on a simulated machine.
//
//	t.Check ─► Interpreter.Break ─► drop, take     the eval loop that finds its breaker set
//	t.Wait, Sleep, Blocking ─► Detach … Attach     Py_BEGIN_ALLOW_THREADS … Py_END_ALLOW_THREADS
//
// # For cells
//
// The functions without a receiver act on the interpreter of the calling thread, as those of Python's module sys
// do. A plain goroutine belongs to no interpreter.
//
//	Python                          Go
//	sys.setswitchinterval(0.005)    gil.SetSwitchInterval(5 * time.Millisecond)
//	sys.getswitchinterval()         gil.GetSwitchInterval()
//	sys.setcheckinterval(100)       gil.SetCheckInterval(100)
//	sys.getcheckinterval()          gil.GetCheckInterval()
//	sys._is_gil_enabled()           gil.IsGILEnabled()
//	Py_BEGIN_ALLOW_THREADS …        gil.AllowThreads(func() { … })
//	a C call that keeps the GIL     gil.Native(d)
//
// What differs from CPython: signals, pending calls and asynchronous exceptions aren't modelled but for the
// interrupt of a cell; neither is the garbage collector; without a GIL, reference counts and per-object locks cost
// what the profile's Check says and nothing else.
package gil
