package filelock_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"gilkernel/install/filelock"
)

// The counter has no other guard, so the race detector and the sum both tell when two hold the lock at once.
func TestHammer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made", "on", "the", "way", "lock")
	const workers, rounds = 8, 20
	counter := 0
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range rounds {
				l, err := filelock.Acquire(t.Context(), path, nil)
				if err != nil {
					t.Error(err)
					return
				}
				counter++
				if err := l.Release(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if counter != workers*rounds {
		t.Errorf("counter = %d, want %d", counter, workers*rounds)
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	l, err := filelock.Acquire(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Release()
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	_, err = filelock.Acquire(ctx, path, func() { calls++; cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("second Acquire: %v, want context.Canceled", err)
	}
	if calls != 1 {
		t.Errorf("waiting was called %d times, want 1", calls)
	}
}
