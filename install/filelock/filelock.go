// Package filelock makes processes take turns by a lock on a file.
package filelock

// This file defines the lock; the two system calls behind it are in the files named after the systems.

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Lock is a held lock. The operating system releases it when the process dies, so a crash leaves none behind;
// that is why it is not a file whose mere existence locks.
type Lock struct {
	f *os.File
}

// Acquire blocks until this process holds the lock on the file at path, which it creates if it does not exist. It
// returns ctx's error when ctx ends. Two callers in one process exclude each other as two processes do. waiting, if not
// nil, is called once when another holder has the lock.
func Acquire(ctx context.Context, path string, waiting func()) (*Lock, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("making the lock's folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening the lock file: %w", err)
	}
	// Polling, because a blocking call could not be ended by ctx. The first rounds are quick: most holders only look.
	pause := 5 * time.Millisecond
	for {
		ok, err := try(f)
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("locking %s: %w", path, err)
		}
		if ok {
			return &Lock{f: f}, nil
		}
		if waiting != nil {
			waiting()
			waiting = nil
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			f.Close()
			return nil, ctx.Err()
		case <-timer.C:
		}
		pause = min(2*pause, 200*time.Millisecond)
	}
}

// Release releases the lock. The file stays, because removing it would let two processes lock two files of one name. A
// second Release returns an error and does nothing.
func (l *Lock) Release() error {
	return l.f.Close()
}
