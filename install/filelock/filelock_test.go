package filelock_test

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"gilkernel/install/filelock"
)

// Reading and writing the counter are two steps with no other guard, so that updates are lost when two hold the lock at
// once. The steps are atomic, because the race detector knows nothing of files.
func TestHammer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made", "on", "the", "way", "lock")
	const workers, rounds = 8, 20
	var counter atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range rounds {
				l, err := filelock.Acquire(t.Context(), path, nil)
				if err != nil {
					t.Error(err)
					return
				}
				n := counter.Load()
				runtime.Gosched()
				counter.Store(n + 1)
				if err := l.Release(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := counter.Load(); n != workers*rounds {
		t.Errorf("counter = %d, want %d", n, workers*rounds)
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
