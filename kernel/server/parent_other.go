//go:build !linux

package server

// This file defines the watching of a process where there is no descriptor for it: by looking once a second, and only
// when there is a process to watch.

import (
	"os"
	"sync"
	"time"
)

func exists(pid int) bool { return os.Getppid() == pid }

// watch calls gone when the process is this one's parent no longer, unless stop was called before.
func watch(pid int, gone func()) (stop func(), err error) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	// Ends with the parent or by stop.
	wg.Go(func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-done:
				return
			case <-t.C:
				if !exists(pid) {
					gone()
					return
				}
			}
		}
	})
	return func() {
		close(done)
		wg.Wait()
	}, nil
}
