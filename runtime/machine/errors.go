package machine

// This file defines the panic that ends a thread.

// A Stopped is what a thread panics with after Machine.Stop.
type Stopped struct{ Reason error }

// Error returns the reason in words.
func (s *Stopped) Error() string {
	if s.Reason == nil {
		return "the machine was stopped"
	}
	return "the machine was stopped: " + s.Reason.Error()
}

// cause returns the reason, or s itself if there is none: a run that was stopped isn't one that went well.
func (s *Stopped) cause() error {
	if s.Reason == nil {
		return s
	}
	return s.Reason
}

// Unwrap returns the reason.
func (s *Stopped) Unwrap() error { return s.Reason }

// Uncatchable keeps interpreted code's recover from seeing it.
func (s *Stopped) Uncatchable() {}
