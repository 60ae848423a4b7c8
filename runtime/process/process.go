package process

// This file defines processes as others see them.

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// A Process is a process of the family, as another one sees it. Its methods are safe for concurrent use.
type Process struct {
	s   *System
	n   int
	gen uint32

	running Running // nil unless this process has started it
	mu      sync.Mutex
	ended   bool // it has, and code is how; only its parent knows that for good
	code    int
	notify  []func() // called when it has ended
}

// Notify makes the end of a child call f, once, on its parent's watch and on no thread; it calls f at once if the child
// has ended.
func (p *Process) Notify(f func()) {
	p.mu.Lock()
	ended := p.ended
	if !ended {
		p.notify = append(p.notify, f)
	}
	p.mu.Unlock()
	if ended {
		f()
	}
}

// finished records how a child has ended.
func (p *Process) finished(code int) (notify []func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended, p.code = true, code
	notify, p.notify = p.notify, nil
	return notify
}

// ErrNotChild says that only the parent of a process can do something with it.
var ErrNotChild = errors.New("can only test a child process")

// PID returns the process's number for the operating system, a made-up one on a simulated machine; 0 before it has one.
func (p *Process) PID() int {
	if e := p.entry(); e.gen() == p.gen {
		return e.pid()
	}
	return 0
}

func (p *Process) entry() entry { return p.s.arena.entry(p.n) }

// Name returns the process's name.
func (p *Process) Name() string {
	if e := p.entry(); e.gen() == p.gen {
		return e.name()
	}
	return "a process that has ended"
}

// SetName renames the process for others.
func (p *Process) SetName(name string) { p.entry().setName(name) }

// Exit returns how the process ended: its exit code, or a signal's number times -1. ended is false if the process is
// still running. code is 0 for an ended process that isn't a child of this one.
func (p *Process) Exit(t *machine.Thread) (code int, ended bool) {
	if !p.gone(t) {
		return 0, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.entry(); !p.ended && e.gen() == p.gen {
		return int(int32(p.s.arena.u32(e.at(entCode)).Load())), true
	}
	return p.code, true
}

// over reports whether the process's parent knows that it has ended.
func (p *Process) over() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended
}

// gone reports whether the process has ended.
func (p *Process) gone(t *machine.Thread) bool {
	p.mu.Lock()
	over := p.ended
	p.mu.Unlock()
	e := p.entry()
	return over || e.gen() != p.gen || p.s.arena.word(e.at(entOver)).Load(t) == 1
}

// Wait waits until the process has ended, for at most d; a negative d has no end. It reports whether it has. The caller
// releases its GIL meanwhile.
func (p *Process) Wait(t *machine.Thread, d time.Duration) bool {
	if p.gone(t) || d == 0 {
		return p.gone(t)
	}
	end := machine.Deadline(t, d)
	w := p.s.arena.word(p.entry().at(entOver))
	t.Detach()
	defer t.Attach()
	for !p.gone(t) {
		rest := machine.Remaining(t, end)
		if rest == 0 {
			return false
		}
		t.Wait(w, 0, rest, machine.Why{Kind: timeline.WaitJoin, On: ending{p}, Owned: true, Beyond: true})
	}
	return true
}

// Watch waits until the process has ended, for a server: see End.Serve.
func (p *Process) Watch(t *machine.Thread) {
	w := p.s.arena.word(p.entry().at(entOver))
	t.Detach()
	defer t.Attach()
	for !p.gone(t) {
		t.Wait(w, 0, forever, machine.Why{Kind: timeline.WaitJoin, On: watched{p}, Beyond: true})
	}
}

// watched is what a Watch waits for.
type watched struct{ p *Process }

func (w watched) Name() string { return "the end of " + w.p.Name() }

// Holders returns nil: nothing waits for the Watch.
func (w watched) Holders() []machine.Holder { return nil }

// Serves says that the wait is no part of a deadlock.
func (w watched) Serves() {}

// Same reports whether both are the same process.
func (p *Process) Same(q *Process) bool { return p.n == q.n && p.gen == q.gen }

// Identity returns what no other process of the family has or will have.
func (p *Process) Identity() [2]int { return [2]int{p.n, int(p.gen)} }

// ending is what a Wait waits for.
type ending struct{ p *Process }

func (e ending) Name() string { return "the end of " + e.p.Name() }

// Holders returns the threads of the process that run on the same machine.
func (e ending) Holders() []machine.Holder {
	if s := e.p.s.arena.system(e.p.n); s != nil && s.main != nil {
		return []machine.Holder{{Thread: s.main}}
	}
	return nil
}

// Ends says that what is waited for is the end of the holder.
func (e ending) Ends() {}

// Signal sends a signal to the process, by its number; a process that has ended gets none.
func (p *Process) Signal(sig int) error {
	if p.running == nil {
		return ErrNotChild
	}
	if p.gone(nil) {
		return nil
	}
	return p.running.Signal(sig)
}

func (p *Process) ready(t *machine.Thread) bool { return p.gone(t) }

// Handle returns the process as a number for one message.
func (p *Process) Handle() Handle {
	return Handle{kind: kindProcess, n: uint32(p.n), gen: p.gen, from: p.s.arena}
}

// SetPID sets the process's number, which a Launcher knows.
func (p *Process) SetPID(pid int) { p.s.arena.u32(p.entry().at(entPID)).Store(uint32(pid)) }

// A Memorial is a Running that knows whether its process ended because memory ran out.
type Memorial interface {
	// OutOfMemory returns which memory was used up, such as "memory had run out"; "" if the process runs or ended for
	// another reason.
	OutOfMemory() string
}

// OutOfMemory returns which memory was used up when the process ended because of that; "" if it didn't, or if that
// isn't known.
func (p *Process) OutOfMemory() string {
	if m, ok := p.running.(Memorial); ok {
		return m.OutOfMemory()
	}
	return ""
}

// Printed is System.Printed of the process, as its parent reads it.
func (p *Process) Printed() uint32 { return p.s.arena.u32(p.entry().at(entPrinted)).Load() }

// Printed returns a count that the host of a process adds to whenever it has passed a piece of output to the host of
// the parent. That one compares it with what has arrived: a message that the process sends may be faster than its
// output.
func (s *System) Printed() *atomic.Uint32 { return s.arena.u32(s.arena.entry(s.self).at(entPrinted)) }

// printed passes on what the process has printed.
func (s *System) printed() {
	if s.flush != nil {
		s.flush()
	}
}

// An Adopter is a Running whose output belongs to a cell.
type Adopter interface {
	// Adopt makes the output of the process belong to the calling goroutine's cell from now on. It reports whether that
	// is a change.
	Adopt() bool
}

// Adopt makes the output of the process belong to the calling thread's cell, where outputs belong to cells, and reports
// whether that is a change.
func (p *Process) Adopt() bool {
	a, ok := p.running.(Adopter)
	return ok && a.Adopt()
}
