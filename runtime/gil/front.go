package gil

// This file defines what cells call.

import (
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// Of returns the interpreter that a thread belongs to, nil if t is nil or belongs to none.
func Of(t *machine.Thread) *Interpreter {
	if t == nil {
		return nil
	}
	in, _ := t.Interpreter().(*Interpreter)
	return in
}

// Current returns the calling thread's interpreter, nil for a plain goroutine.
func Current() *Interpreter { return Of(machine.Current()) }

// must is Current for callers that need an interpreter.
func must(call string) *Interpreter {
	in := Current()
	if in == nil {
		panic(exceptions.Runtime("gil.%s: a plain goroutine belongs to no Python interpreter; call it in the cell or "+
			"in a threading.Thread", call))
	}
	return in
}

// SetSwitchInterval sets how long a thread waits for the GIL before it asks the holder to release it:
// sys.setswitchinterval. It is kept in whole microseconds, as in Python: less than one is stored as 0, and waits for
// one. It panics with a ValueError unless d is positive. The legacy GIL ignores it.
func SetSwitchInterval(d time.Duration) {
	if err := must("SetSwitchInterval").setSwitchInterval(d); err != nil {
		panic(err)
	}
}

// GetSwitchInterval returns the switch interval: 5 ms by default.
func GetSwitchInterval() time.Duration { return must("GetSwitchInterval").SwitchInterval() }

// SetCheckInterval sets after how many ticks the legacy GIL is released: sys.setcheckinterval. With n <= 0 that is
// before each instruction. Since 3.2 it does nothing, and Python removed it in 3.9: from then on it panics with an
// AttributeError.
func SetCheckInterval(n int) {
	in := must("SetCheckInterval")
	in.checkIntervalExists("setcheckinterval")
	in.gil.legacy.interval.Store(int64(n))
}

// GetCheckInterval returns the check interval: 100 by default.
func GetCheckInterval() int {
	in := must("GetCheckInterval")
	in.checkIntervalExists("getcheckinterval")
	return int(in.gil.legacy.interval.Load())
}

// IsGILEnabled reports whether the interpreter has a GIL: sys._is_gil_enabled, for all versions. In a plain goroutine,
// which never sees one, it is false.
func IsGILEnabled() bool {
	in := Current()
	return in != nil && in.gil.kind != FreeThreaded
}

// Version returns the version of Python that the calling thread's interpreter is a model of, "" in a plain
// goroutine.
func Version() string {
	if in := Current(); in != nil {
		return in.profile.Version
	}
	return ""
}

// AllowThreads calls f without the GIL: Py_BEGIN_ALLOW_THREADS. f must not touch what other threads use. In a plain
// goroutine it only calls f. If f panics, the panic continues with the GIL held again.
func AllowThreads(f func()) {
	if f == nil {
		panic(exceptions.Type("gil.AllowThreads needs a function, not nil"))
	}
	t := machine.Current()
	if Of(t) == nil {
		f()
		return
	}
	t.Free("AllowThreads", f)
}

// Native is a call into C that takes d of the core's time and doesn't release the GIL: such as a sort of a million
// numbers. It panics with a ValueError if d is negative. In a plain goroutine it takes d all the same.
func Native(d time.Duration) {
	if d < 0 {
		panic(exceptions.Value("gil.Native: a call can't take %v", d))
	}
	if t := machine.Current(); t != nil {
		t.Native("gil.Native", d)
		return
	}
	time.Sleep(d)
}

// Work uses the core for d, as native code does within AllowThreads: with the GIL if the thread holds it. It panics
// with a ValueError if d is negative.
func Work(d time.Duration) {
	if d < 0 {
		panic(exceptions.Value("gil.Work: work can't take %v", d))
	}
	if t := machine.Current(); t != nil {
		t.Work(d)
		return
	}
	time.Sleep(d)
}

// Check does what the interpreter does at the end of each loop iteration. Interpreted code does it by itself; Check is
// for compiled Go that stands in for Python code.
func Check() {
	if t := machine.Current(); t != nil {
		t.Check()
	}
}

// Checks is Check n times: a loop of n turns. A negative n is 0.
func Checks(n int) {
	if t := machine.Current(); t != nil {
		t.CheckN(n)
	}
}

// CheckInterval returns the legacy GIL's interval in ticks.
func (in *Interpreter) CheckInterval() int { return int(in.gil.legacy.interval.Load()) }

// Info returns what a picture of the interpreter's threads must know.
func (in *Interpreter) Info() timeline.Info {
	i := timeline.Info{Python: in.profile.Version, Cores: in.m.Cores(), Virtual: in.m.Simulated()}
	switch in.gil.kind {
	case Legacy:
		i.Model = "legacy"
	case Modern:
		i.Model, i.Interval = "modern", int64(in.SwitchInterval())
		if in.gil.text != "" {
			i.Model = "per interpreter"
		}
	case FreeThreaded:
		i.Model = "free-threaded"
	}
	return i
}

// SwitchInterval returns the interval.
func (in *Interpreter) SwitchInterval() time.Duration {
	return time.Duration(in.gil.modern.interval.Load())
}

func (in *Interpreter) setSwitchInterval(d time.Duration) error {
	if d <= 0 {
		return exceptions.Value("switch interval must be strictly positive")
	}
	in.gil.modern.interval.Store(int64(d.Truncate(time.Microsecond)))
	return nil
}

// checkIntervalExists panics if this Python has no check interval.
func (in *Interpreter) checkIntervalExists(name string) {
	switch in.profile.Version {
	case "3.9", "3.10", "3.11", "3.12", "3.13", "3.13t", "3.14", "3.14t":
		panic(&exceptions.AttributeError{Message: "module 'sys' has no attribute '" + name + "'"})
	}
}
