package server

// This file defines how the history is written: in the background, so that cells don't wait for a disk. The end of the
// kernel does; a kernel that is killed loses what wasn't written yet.

import (
	"sync"

	"gilkernel/kernel/history"
)

// A keeper writes to a history in the background, in the order of its calls. Its methods may be called concurrently.
type keeper struct {
	history *history.History
	logf    func(format string, args ...any)

	mu      sync.Mutex // protects the fields below
	waiting []func(*history.History) error
	writing chan struct{} // closed when all is written; nil while nothing waits
}

// keep calls write soon, in the background. An error of write goes to the log.
func (k *keeper) keep(write func(*history.History) error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.waiting = append(k.waiting, write)
	if k.writing == nil {
		k.writing = make(chan struct{})
		go k.write() // ends when all is written; written, which Server.close calls, waits for that
	}
}

func (k *keeper) write() {
	for {
		k.mu.Lock()
		waiting := k.waiting
		k.waiting = nil
		if len(waiting) == 0 {
			close(k.writing)
			k.writing = nil
			k.mu.Unlock()
			return
		}
		k.mu.Unlock()
		for _, write := range waiting {
			if err := write(k.history); err != nil {
				k.logf("%v", err)
			}
		}
	}
}

// written returns the history once it has all that keep was called for before.
func (k *keeper) written() *history.History {
	k.mu.Lock()
	writing := k.writing
	k.mu.Unlock()
	if writing != nil {
		<-writing
	}
	return k.history
}
