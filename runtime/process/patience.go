package process

// This file defines how the threads of a pool wait: for work, and until something else happens.

import (
	"errors"
	"runtime"

	"gilkernel/runtime/machine"
)

// ErrStopped says that a Patience has ended a wait.
var ErrStopped = errors.New("stopped waiting")

var (
	errFull  = errors.New("the pipe is full")
	errAgain = errors.New("the message was received by another")
)

// A Patience says how SendWith and RecvWith wait. The zero Patience waits as Send and Recv do.
type Patience struct {
	// Stop ends the wait with ErrStopped when it returns true; began says that a part of the message was sent or
	// received, which is lost then. A message that is there is received first. After a change of what Stop looks at,
	// Poke wakes the threads that wait. nil never stops.
	Stop func(began bool) bool
	// Idle says that the thread waits for work, and that no other thread depends on it: the wait is in no report of a
	// deadlock. Several idle threads may wait at one end.
	Idle bool
	// Into is memory for a message to receive: it lies there if that has room.
	Into []byte

	// Quiet says that a message for which some receiver is awake, or is about to be, needn't wake another one. The
	// sender checks whether it is received: see Unread and Nudge.
	Quiet bool

	now bool // doesn't wait
}

func (p Patience) why(w machine.Why) machine.Why {
	if on, ok := w.On.(waitFor); ok && p.Idle {
		w.On, w.Beyond = idleAt{on}, true
	}
	return w
}

// idleAt is what an idle thread waits for.
type idleAt struct{ waitFor }

// Idle marks it.
func (idleAt) Idle() {}

// SendWith is Send that waits with a Patience.
func (e *End) SendWith(t *machine.Thread, b []byte, handles []Handle, p Patience) error {
	defer runtime.KeepAlive(e)
	if err := e.check(e.out); err != nil {
		for _, h := range handles {
			e.s.Drop(t, h)
		}
		return err
	}
	t.Detach()
	defer t.Attach()
	e.cost(t, len(b))
	return e.s.write(t, e.out, b, handles, p)
}

// TrySend is Send that doesn't wait for room: ok is false if there is none now, and the caller keeps the handles. If
// other threads of this process send through the same end, it may wait for these. quiet is as in Patience.
func (e *End) TrySend(t *machine.Thread, b []byte, handles []Handle, quiet bool) (ok bool, err error) {
	err = e.SendWith(t, b, handles, Patience{now: true, Quiet: quiet})
	if errors.Is(err, errFull) {
		return false, nil
	}
	return true, err
}

// RecvWith is Recv that waits with a Patience.
func (e *End) RecvWith(t *machine.Thread, p Patience) (b []byte, handles []Handle, err error) {
	defer runtime.KeepAlive(e)
	if err := e.check(e.in); err != nil {
		return nil, nil, err
	}
	t.Detach()
	defer t.Attach()
	for {
		b, handles, err = e.s.read(t, e.in, p.Into, -1, forever, p)
		if !errors.Is(err, errAgain) {
			e.cost(t, len(b))
			return b, handles, err
		}
	}
}

// Poke wakes the threads of all processes that wait at the pipe, so that each looks at its Stop again.
func (e *End) Poke(t *machine.Thread) {
	if e.in != nil {
		e.in.filled.notify(t, all)
	}
	if e.out != nil {
		e.out.drained.notify(t, all)
	}
}

// Unread reports whether what was sent into the end waits to be received, and returns a number that changes when some
// of it is.
func (e *End) Unread(t *machine.Thread) (unread bool, taken uint32) {
	if e.check(e.out) != nil {
		return false, 0
	}
	return e.out.used(t) > 0, e.out.head.Load(t)
}

// Nudge wakes up to n threads that wait to receive what was sent into the end.
func (e *End) Nudge(t *machine.Thread, n int) {
	if e.check(e.out) == nil {
		e.out.filled.notify(t, n)
	}
}
