package exceptions

// This file defines the exception of waits whose time is up.

// TimeoutError is a wait whose time is up. The zero TimeoutError has the usual words.
type TimeoutError struct{ Message string }

// Error returns the message, or says that the time is up.
func (e *TimeoutError) Error() string {
	if e.Message == "" {
		return "the time is up"
	}
	return e.Message
}

// Exception returns "TimeoutError".
func (*TimeoutError) Exception() string { return "TimeoutError" }

// Is makes errors.Is take all of them for the same, whatever they say.
func (*TimeoutError) Is(target error) bool { _, ok := target.(*TimeoutError); return ok }
