package server

// This file defines how the history is written: in the background, so that cells don't wait for a disk. The end of the
// kernel does; a kernel that is killed loses what wasn't written yet.

import (
	"sync"
	"time"

	"gilkernel/kernel/history"
)

// A keeper writes to a history in the background, in the order of its calls. Its methods may be called concurrently.
type keeper struct {
	history *history.History
	logf    func(format string, args ...any)

	mu      sync.Mutex // protects the fields below
	waiting []func(*history.History) error
	writing chan struct{} // closed when all is written; nil while nothing waits
	hurry   chan struct{} // closed when someone waits for that; nil if it is closed, or nothing waits
}

// keepDelay is how long what is kept waits for more: a disk is slower than a small cell, and so is the opening of a
// file. A cell's input and its result are mostly written with one write, after the cell.
const keepDelay = 20 * time.Millisecond

// keep calls write soon, in the background. An error of write goes to the log.
func (k *keeper) keep(write func(*history.History) error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.waiting = append(k.waiting, write)
	if k.writing == nil {
		k.writing, k.hurry = make(chan struct{}), make(chan struct{})
		go k.write(k.hurry) // ends when all is written; written, which Server.close calls, waits for that
	}
}

func (k *keeper) write(hurry <-chan struct{}) {
	for {
		select {
		case <-hurry:
		case <-time.After(keepDelay):
		}
		k.mu.Lock()
		waiting := k.waiting
		k.waiting = nil
		if len(waiting) == 0 {
			close(k.writing)
			k.writing, k.hurry = nil, nil
			k.mu.Unlock()
			return
		}
		k.mu.Unlock()
		err := k.history.Together(func() {
			for _, write := range waiting {
				if err := write(k.history); err != nil {
					k.logf("%v", err)
				}
			}
		})
		if err != nil {
			k.logf("%v", err)
		}
	}
}

// written returns the history once it has all that keep was called for before.
func (k *keeper) written() *history.History {
	k.mu.Lock()
	writing := k.writing
	if k.hurry != nil {
		close(k.hurry)
		k.hurry = nil
	}
	k.mu.Unlock()
	if writing != nil {
		<-writing
	}
	return k.history
}
