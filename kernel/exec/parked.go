package exec

// This file defines what other goroutines can learn about a blocked one.

import (
	"unsafe"

	"gilkernel/kernel/std/frees"
)

// waitKind is an operation on channels that waits.
type waitKind uint8

const (
	waitNone waitKind = iota
	waitSend
	waitReceive
	waitSelect
	waitForever // select {}, or one whose channels are all nil
	waitNilSend
	waitNilReceive
)

// text completes "waits for".
func (k waitKind) text() string {
	switch k {
	case waitSend:
		return "a receiver on its channel"
	case waitReceive:
		return "a value on its channel"
	case waitSelect:
		return "a case of its select"
	case waitForever:
		return "a select without a case that can ever run"
	case waitNilSend:
		return "a send on a nil channel"
	case waitNilReceive:
		return "a receive from a nil channel"
	}
	return ""
}

// on returns the kind for an operation on this channel.
func (k waitKind) on(ch unsafe.Pointer) waitKind {
	switch {
	case ch != nil:
		return k
	case k == waitSend:
		return waitNilSend
	}
	return waitNilReceive
}

// fromOutside reports whether something other than a goroutine may send on channels of this element: a timer, or a
// signal of the operating system. Compiled code has no other such channels.
func fromOutside(elem *typ) bool {
	switch elem.t.String() {
	case "time.Time", "os.Signal":
		return true
	}
	return false
}

// blocking calls fn, which waits at a channel, without the GIL. outside says that a timer or a signal may end the wait;
// in the goroutine's stack, the function that calls fn shows this.
func (g *G) blocking(kind waitKind, outside bool, fn func()) {
	wait := fn
	if outside {
		wait = func() { g.Outside(fn) }
	}
	g.waits = kind
	name := "channel"
	if outside {
		name = OutsideChannel
	}
	if g.thread != nil {
		g.thread.Blocking(frees.Event, name, wait)
	} else if o, ok := g.host.(Origin); ok {
		o.Blocking(frees.Event, name, wait)
	} else {
		wait()
	}
	g.waits = waitNone
}

// OutsideChannel is what Blocking calls a wait at channels on which a timer or the operating system may send.
const OutsideChannel = "timer or signal"

// OutsideFrame is the name of Outside in a stack trace.
const OutsideFrame = "gilkernel/kernel/exec.(*G).Outside"

// Outside calls fn, which blocks until a timer or something outside the process may wake it. Its frame in a stack trace
// says so.
//
//go:noinline
func (g *G) Outside(fn func()) { fn() }

// Parked returns what a goroutine waits for and its open calls, the innermost first. what is empty if it isn't known.
// Another goroutine may call it, but only while the goroutine is parked: this makes the reads safe. The race detector
// can't see that, so it is disabled here.
//
//go:norace
func (g *G) Parked() (what string, calls []TraceFrame) {
	what = g.waits.text()
	for f := g.cur; f != nil && len(calls) < maxTrace; f = f.up {
		k := f.code
		if k.hidden || k.src.native {
			continue
		}
		pos := f.place
		if !pos.IsValid() && f.pc < len(k.places) {
			pos = k.places[f.pc]
		}
		calls = append(calls, TraceFrame{Func: k.name, Pos: k.src.position(pos)})
	}
	return what, calls
}

// An Origin is an origin that receives the goroutine's state. A Host passes it to the function of Host.Go.
type Origin interface {
	// Runs is called by the goroutine before it executes anything.
	Runs(g *G)
	// Blocking calls fn, in which the goroutine waits. what and name are as in Thread.
	Blocking(what frees.How, name string, fn func())
}
