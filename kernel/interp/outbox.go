package interp

// This file defines how requests reach a process that may not read them.

import (
	"sync"

	"gilkernel/kernel/link"
)

// An outbox sends requests to a process in order without blocking the caller: a process that compiles, has no core or
// was stopped reads nothing, and must not block a cell. The queue holds the text of definitions, which all outboxes
// share. Its methods may be called concurrently.
type outbox struct {
	w *link.Writer

	mu      sync.Mutex // protects the fields below
	waiting []*link.Request
	sending bool
}

// send sends a request. If the process has ended, nothing happens.
func (o *outbox) send(q *link.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting = append(o.waiting, q)
	if !o.sending {
		o.sending = true
		go o.work() // ends when everything is sent, or with the process
	}
}

func (o *outbox) work() {
	for {
		o.mu.Lock()
		if len(o.waiting) == 0 {
			o.sending = false
			o.mu.Unlock()
			return
		}
		q := o.waiting[0]
		o.waiting = o.waiting[1:]
		o.mu.Unlock()
		_ = o.w.Write(q) // an error says that the process has ended
	}
}
