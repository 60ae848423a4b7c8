package exercise

// This file defines run, a trial in progress: its threads, how long it waits for them, and the faults that any solution
// can have.

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
)

// patience is how much virtual time join gives each thread before it looks for one that still runs.
const patience = time.Second

// run is a trial in progress. Its fields belong to the machine's threads, of which one runs at a time.
type run struct {
	gate     *threading.Event // start's threads wait for it, so that they begin at the same time
	threads  []*worker
	panics   []string // the panics of the learner's code
	spinning string   // the thread that still ran when patience was over, or ""
	native   bool     // that thread waits in compiled code, for something that the machine doesn't know
	deadlock *machine.Deadlock
	patience time.Duration // 0 is patience; shorter where a solution that spins would take long
}

// mostPanics ends a run: a loop that starts a thread for each error of Accept would start thousands, which all fail.
const mostPanics = 30

// worker is a thread of a run, with what the machine calls it.
type worker struct {
	*threading.Thread
	on *machine.Thread
}

// start starts a thread that calls f, the learner's code, once the gate opens.
func (r *run) start(name string, f func()) {
	if r.gate == nil {
		r.gate = threading.NewEvent("start")
	}
	w := &worker{}
	w.Thread = threading.NewThread(func() {
		w.on = machine.Current()
		r.gate.Wait()
		f()
	}, threading.Name(name), threading.Daemon(true))
	r.threads = append(r.threads, w)
	w.Start()
}

// join waits for the threads that start started. Threads that wait for each other end the run with a Deadlock; a thread
// that never stops running is recorded in spinning.
func (r *run) join() {
	r.gate.Set()
	if r.patience == 0 {
		r.patience = patience
	}
	for _, t := range r.threads {
		if r.await(t) {
			r.spins(t)
			return
		}
	}
	for _, t := range r.threads {
		t.Join(threading.Timeout(r.patience / 10)) // it may have been woken a moment ago
		if t.IsAlive() && !t.on.Waits() {
			r.spins(t)
			return
		}
	}
	for _, t := range r.threads {
		if r.polls(t) {
			return
		}
	}
}

// spins records the thread that still runs.
func (r *run) spins(w *worker) {
	r.spinning, r.native = w.Name(), w.on.HasFlag(machine.FlagForfeit)
}

// A run polls if its threads use a core in so many looks, each after so long.
const (
	pollLooks = 3
	pollLook  = 10 * time.Second
	pollMost  = 1000 * time.Second // no thread that polls waits longer than that in between
)

// polls waits until t has ended, or panics with the Deadlock that it is a part of. Threads that wait with time-outs,
// again and again, never deadlock: polls records the one that does so in spinning, and returns true.
func (r *run) polls(t *worker) bool {
	self := machine.Current()
	used := func() map[*machine.Thread]time.Duration {
		all := map[*machine.Thread]time.Duration{}
		for _, u := range self.Machine().Threads() {
			if u != self {
				all[u] = u.CPUTime()
			}
		}
		return all
	}
	last, looks := used(), 0
	for wait := pollLook; wait <= pollMost; {
		t.Join(threading.Timeout(wait))
		if !t.IsAlive() {
			return false
		}
		now := used()
		if maps.Equal(now, last) {
			wait *= 10
			continue
		}
		if looks++; looks == pollLooks {
			r.spins(t)
			for _, u := range r.threads {
				if now[u.on] != last[u.on] {
					r.spins(u)
					break
				}
			}
			return true
		}
		last = now
	}
	t.Join()
	return false
}

// A thread of a run with a long patience spins if it computes each time that it is looked at, so many times, or has
// used a core for so long.
const (
	spinLooks = 4
	spinCPU   = 200 * time.Millisecond
)

// await gives a thread the run's patience. It reports whether the thread spins, as soon as that is known, if the
// patience is a long one: seconds of virtual time cost nothing if no thread runs, and minutes if one does.
func (r *run) await(t *worker) (spins bool) {
	if r.patience <= patience {
		t.Join(threading.Timeout(r.patience))
		return false
	}
	looks := 0
	for waited, next := time.Duration(0), 20*time.Millisecond; waited < r.patience; waited, next = waited+next, 2*next {
		next = min(next, r.patience-waited)
		t.Join(threading.Timeout(next))
		if !t.IsAlive() {
			return false
		}
		looks++
		if !t.on.Computes() {
			looks = 0
		}
		if looks == spinLooks || t.on.CPUTime() > spinCPU {
			r.patience = waited + next
			return true
		}
	}
	return false
}

// call calls the learner's code in MainThread and records its panic, or the deadlock that MainThread was a part of.
func (r *run) call(f func()) {
	defer func() {
		if v := recover(); v != nil {
			if exceptions.Uncatchable(v) {
				panic(v)
			}
			if err, ok := v.(error); ok && errors.As(err, &r.deadlock) {
				return
			}
			r.panics = append(r.panics, words(v))
		}
	}()
	f()
}

// noConnection is what a trial's handle panics with if it gets a nil connection.
const noConnection = "handle was called without a connection"

// releaseComes is the belief behind a deadlock of which no more is known.
const releaseComes = "A release always comes, sooner or later."

// common returns the fault that counts in every exercise, or nil if there is none.
func (r *run) common() *fault {
	switch {
	case len(r.panics) > 0 && r.panics[0] == noConnection:
		return &fault{text: "`handle` was called without a connection: `Accept` returned an error, and its other " +
			"results are nil then. It does so on a socket that doesn't listen, and on one that is closed.",
			misconception: "`Accept` always returns a connection."}
	case len(r.panics) > 0 && strings.Contains(r.panics[0], "un-acquired lock"):
		return &fault{text: fmt.Sprintf("A thread failed with `%s`: `Wait`, `Notify` and `NotifyAll` may be "+
			"called only while the condition's lock is held.", r.panics[0]),
			misconception: "A condition is an event. (It belongs to a lock, which protects what the threads wait for.)"}
	case len(r.panics) > 0 && strings.Contains(r.panics[0], "can't be sent"):
		return &fault{text: fmt.Sprintf("A thread failed with `%s`. What a process gets is a copy, and this can't be "+
			"copied.", r.panics[0]), misconception: "Whatever can be passed to a thread can be passed to a process."}
	case len(r.panics) > 0 && strings.Contains(r.panics[0], "release unlocked lock"):
		return &fault{text: fmt.Sprintf("A thread failed with `%s`: it releases a lock that no thread holds. Each "+
			"release needs an acquire before it.", r.panics[0])}
	case len(r.panics) > 0:
		return &fault{text: fmt.Sprintf("A thread failed with `%s`.", r.panics[0])}
	case r.deadlock != nil:
		f := &fault{text: "The threads wait for ever: " + sentence(r.deadlock) + "."}
		if self := cycle(r.deadlock); len(self) == 1 {
			f.text += fmt.Sprintf(" %s waits for a lock that it holds itself: a release is missing, or the lock is "+
				"acquired twice.", upper(self[0]))
			f.misconception = "A lock is released when its thread ends, or its function returns."
		} else {
			f.text += " Each of them waits for something that never comes; find out which thread should release or " +
				"signal it, and when."
			f.misconception = releaseComes
		}
		return f
	case r.spinning != "":
		if r.native {
			return &fault{text: fmt.Sprintf("%s waits in compiled code, for a lock of package `sync` or a channel: "+
				"these are Go's own, and a simulated machine doesn't know them. Use what `threading` and `queue` have.",
				upper(r.spinning))}
		}
		return &fault{text: fmt.Sprintf("%s was still running after %v of simulated time: it checks again and again "+
			"for something that never becomes true, or it sleeps for too long.", upper(r.spinning), r.patience),
			misconception: "A loop that checks a variable until it changes is a way to wait."}
	}
	return nil
}
