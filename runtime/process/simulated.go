package process

// This file defines simulated processes: an interpreter each, on one machine.

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// Simulated is the Launcher of a machine whose processes are interpreters on it. The zero Simulated is ready.
type Simulated struct {
	// Enter is called in a new process, as its MainThread, before anything else; nil is nothing. It may set up the
	// interpreter as its host does, and returns the codec of the new process, nil for that of its parent.
	Enter func(parent, child *System) *pickle.Codec

	numbers atomic.Int64
}

// What starting a process takes on a simulated machine, as measured with CPython 3.12 through 3.14 on the machine of
// reference figures: a fork copies page tables; a fork server forks a small process, which imports what the child
// needs; a spawned process is a new Python that does so.
const (
	forkCall    = 700 * time.Microsecond
	forkStart   = 800 * time.Microsecond
	serverCall  = 300 * time.Microsecond
	serverStart = 9 * time.Millisecond
	spawnCall   = 900 * time.Microsecond
	spawnStart  = 38 * time.Millisecond
)

// startCost returns what a start takes the parent and the child.
func startCost(method string) (call, start time.Duration) {
	switch method {
	case "fork":
		return forkCall, forkStart
	case "forkserver":
		return serverCall, serverStart
	}
	return spawnCall, spawnStart
}

// Killed ends the threads of a simulated process that got a signal, or 0 if it left with an exit code.
type Killed struct{ Signal, Code int }

// Error names the signal, or the exit code.
func (k *Killed) Error() string {
	if k.Signal == 0 {
		return fmt.Sprintf("exit code %d", k.Code)
	}
	return SignalName(k.Signal)
}

// Uncatchable keeps recover of interpreted code from seeing it.
func (*Killed) Uncatchable() {}

// simulatedProcess is a process on a machine.
type simulatedProcess struct {
	in     *gil.Interpreter
	main   *machine.Thread
	signal atomic.Int64 // that ended it; 0: none
	// handles is set once the process handles interrupts.
	handles atomic.Bool
	exit    atomic.Int64 // the exit code of Leave plus 1; 0: it wasn't called
}

// interrupt is SIGINT.
const interrupt = 2

// Signal implements Running. An interrupt is an exception of the main thread, as soon as there is a Python that has a
// handler for it.
func (p *simulatedProcess) Signal(sig int) error {
	if sig == interrupt && p.handles.Load() {
		p.main.Kill(&exceptions.KeyboardInterrupt{})
		return nil
	}
	p.signal.CompareAndSwap(0, int64(sig))
	p.stop(int(p.signal.Load()), 0, nil)
	return nil
}

// stop ends all threads of the process but one, with a signal or an exit code.
func (p *simulatedProcess) stop(sig, code int, but *machine.Thread) {
	for _, t := range p.in.Machine().Threads() {
		if t != but && t.Interpreter() == machine.Interpreter(p.in) {
			why := error(&Killed{sig, code})
			if t != p.main { // they end with their process, which isn't their failure
				why = &machine.Stopped{Reason: why}
			}
			t.Kill(why)
		}
	}
}

// Launch implements Launcher.
func (l *Simulated) Launch(
	t *machine.Thread, s *System, p *Process, spec *Spec, ended func(*machine.Thread, int),
) (Running, error) {
	drop := func(t *machine.Thread) {
		for _, h := range spec.Handles {
			s.Drop(t, h)
		}
	}
	if t == nil {
		drop(t)
		return nil, errors.New("a plain goroutine can't start processes of a simulated machine")
	}
	root := s.arena.entry(0)
	pid := root.pid() + int(l.numbers.Add(1))
	s.arena.u32(p.entry().at(entPID)).Store(uint32(pid))
	in, err := gil.New(s.in.Machine(), &gil.Options{Version: s.in.Profile().Version,
		SwitchInterval: s.in.SwitchInterval(), CheckInterval: s.in.CheckInterval(),
		Process: spec.Name, PID: pid})
	if err != nil {
		drop(t)
		return nil, err
	}
	r := &simulatedProcess{in: in}
	call, start := startCost(spec.Method)
	t.Cost(call)
	child := Join(in, s.arena, p.n, Options{Launcher: l, Codec: s.codec})
	Attach(in, child)
	child.simulated = r
	child.main = threading.Main(in)
	r.main = child.main
	child.main.Start(t, func(t *machine.Thread) {
		code, loaded := 1, false
		defer func() {
			if !loaded {
				drop(t)
			}
			if sig := r.signal.Load(); sig != 0 {
				code = -int(sig)
			} else if exit := r.exit.Load(); exit != 0 {
				code = int(exit-1) & 0xff
			}
			r.stop(0, code, t)
			v := recover()
			if v != nil {
				defer panic(v) // for the machine, whose lane ends with it
			} else if code != 0 && t.Recording() {
				t.Record(timeline.Failed, nil, t.ObjectName(fmt.Sprintf("exit code %d", code)), 0)
			}
			if v, ok := v.(error); !ok || !errors.As(v, new(*machine.Stopped)) {
				// nothing happens on a machine that was stopped
				child.release(t)
				child.unload(t)
			}
			s.arena.forgetSystem(p.n)
			ended(t, code)
		}()
		if sig := r.signal.Load(); sig != 0 {
			panic(&Killed{Signal: int(sig)})
		}
		t.IO("start of a process", start)
		if l.Enter != nil {
			if c := l.Enter(s, child); c != nil {
				child.codec = c
			}
		}
		loaded = true
		r.handles.Store(true)
		code = spec.Main(child, spec.Data, spec.Handles)
	})
	return r, nil
}

// Leave ends a simulated process at once, from one of its threads: os._exit. It returns if the process is none that was
// started, or a real one, which ends as its program does.
func (s *System) Leave(t *machine.Thread, code int) {
	r := s.simulated
	if r == nil {
		return
	}
	r.exit.CompareAndSwap(0, int64(code)+1)
	r.stop(0, code, t)
	panic(&Killed{Code: code})
}

// OnEnd registers f for the end of a simulated process, however it ends: f releases what the operating system would
// release for a real one, such as sockets. It does nothing in other processes.
func (s *System) OnEnd(f func(t *machine.Thread)) {
	if s.simulated == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ends = append(s.ends, f)
}

// release calls what OnEnd has registered.
func (s *System) release(t *machine.Thread) {
	s.mu.Lock()
	list := s.ends
	s.ends = nil
	s.mu.Unlock()
	for _, f := range list {
		f(t)
	}
}

func (a *Arena) forgetSystem(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.systems, n)
}
