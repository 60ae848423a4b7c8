package pickle

// This file defines the errors.

import (
	"fmt"
	"strings"
)

// Error says what can't be sent, and what to do instead. It is Python's PicklingError ("cannot pickle '_thread.lock'
// object"), with the place.
type Error struct {
	Path string // as it is typed: "args[1].conn"; "target: captured variable ch"; "" for the value itself
	Item int    // in which of the items it is; -1 if that isn't known
	Refusal
}

// Refusal says why a value of some type can't be sent. A Reducer returns one to be quoted in an Error.
type Refusal struct {
	What   string // "a net.Conn"
	Why    string // "", or why not in this state: "while it is locked"
	Advice string // "send its address and connect there"
}

// Error implements error.
func (r *Refusal) Error() string {
	var b strings.Builder
	b.WriteString(r.What + " can't be sent to another process")
	if r.Why != "" {
		b.WriteString(" " + r.Why)
	}
	if r.Advice != "" {
		b.WriteString(": " + r.Advice)
	}
	return b.String()
}

// Error implements error.
func (e *Error) Error() string {
	if e.Path == "" {
		return e.Refusal.Error()
	}
	return e.Path + ": " + e.Refusal.Error()
}

// Malformed says what is wrong with bytes that should hold a value. It is Python's UnpicklingError.
type Malformed struct {
	Offset int // of the byte that was read last
	Msg    string
}

// Error implements error.
func (e *Malformed) Error() string {
	return fmt.Sprintf("the message is damaged or comes from another program (byte %d: %s)", e.Offset, e.Msg)
}

// stop is what the walker, the writer and the reader panic with on an error. It never leaves the package.
type stop struct{ err error }

// article returns a type's name with "a" or "an".
func article(name string) string {
	first := strings.TrimLeft(name, "*[]0123456789")
	if first != "" && strings.ContainsRune("aeiouAEIOU", rune(first[0])) {
		return "an " + name
	}
	return "a " + name
}
