package exceptions

// This file defines the exception of a dictionary that has no such key.

import "fmt"

// KeyError is a key that a dictionary doesn't have.
type KeyError struct {
	Key     any
	Message string // what str(e) is: the key's repr. If it is empty the key stands for it.
}

// Error returns the message, which is the key in Python's form.
func (e *KeyError) Error() string {
	if e.Message != "" {
		return e.Message
	}
	if k, ok := e.Key.(string); ok {
		return quote(k)
	}
	return fmt.Sprint(e.Key)
}

// Exception returns "KeyError".
func (*KeyError) Exception() string { return "KeyError" }

// Is reports whether target is a KeyError too, whatever its key.
func (*KeyError) Is(target error) bool { _, ok := target.(*KeyError); return ok }
