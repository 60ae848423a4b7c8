package socket

// This file defines what may go wrong.

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/network"
)

// A TimeoutError is a call that took longer than SetTimeout says: socket.timeout, which is TimeoutError from 3.10 on.
type TimeoutError struct{ old bool }

// Error returns "timed out".
func (*TimeoutError) Error() string { return "timed out" }

// Exception returns "TimeoutError", "timeout" in versions before 3.10.
func (e *TimeoutError) Exception() string {
	if e.old {
		return "timeout"
	}
	return "TimeoutError"
}

// Bases returns "OSError".
func (*TimeoutError) Bases() []string { return []string{"OSError"} }

// Timeout reports true: the error is one of a net.Error's.
func (*TimeoutError) Timeout() bool { return true }

// Is makes errors.Is take all of them for the same, and for an exceptions.TimeoutError.
func (*TimeoutError) Is(target error) bool {
	switch target.(type) {
	case *TimeoutError, *exceptions.TimeoutError:
		return true
	}
	return false
}

// A GAIError is a host that has no address: socket.gaierror.
type GAIError struct {
	Errno   int
	Message string
}

// Error returns "[Errno -2] Name or service not known".
func (e *GAIError) Error() string { return fmt.Sprintf("[Errno %d] %s", e.Errno, e.Message) }

// Exception returns "gaierror".
func (*GAIError) Exception() string { return "gaierror" }

// Bases returns "OSError".
func (*GAIError) Bases() []string { return []string{"OSError"} }

// Is makes errors.Is treat all of them as equal.
func (*GAIError) Is(target error) bool { _, ok := target.(*GAIError); return ok }

// raise converts an error of package network to Python's exception.
func raise(err error) error {
	var number syscall.Errno
	var host *network.LookupError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &host):
		return &GAIError{host.Code, host.Text}
	case errors.As(err, &number):
		return exceptions.System(number)
	}
	return err
}

// inUse is the error of a port that is in use: it says by what, as far as that is known.
func (s *Socket) inUse(t *machine.Thread, addr netip.AddrPort, err error) error {
	if !errors.Is(err, syscall.EADDRINUSE) {
		return raise(err)
	}
	e := exceptions.System(syscall.EADDRINUSE)
	if by := s.net.Occupant(t, s.kind, addr); by != "" {
		e.Note = fmt.Sprintf("port %d is %s", addr.Port(), by)
	}
	return e
}

// minor returns the version as 2.7 → 207, 3.14 → 314; without an interpreter it is the newest.
func minor(t *machine.Thread) int {
	in := gil.Of(t)
	if in == nil {
		return 399
	}
	var major, minor int
	_, _ = fmt.Sscanf(in.Profile().Version, "%d.%d", &major, &minor)
	return 100*major + minor
}

// timedOut returns the error of a call that took too long.
func timedOut(t *machine.Thread) error { return &TimeoutError{old: minor(t) < 310} }

// badFD makes the system call that fails on a closed socket, as sock_call_impl does with the descriptor -1: it takes a
// call's time, without the GIL. A loop that ignores the error therefore lets other threads run, and simulated time
// passes in it. It returns the error.
func badFD() error {
	c := enter("closed socket")
	defer c.leave()
	if c.t != nil {
		c.t.Cost(machine.CallCost)
	}
	return exceptions.System(syscall.EBADF)
}
