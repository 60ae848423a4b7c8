//go:build !linux

package machine

// This file defines how real threads wait where there is no futex: in a table of queues.

import (
	"errors"
	"runtime"
	"sync"
	"time"
	"unsafe"
)

// bed is where goroutines sleep while they wait for words whose addresses hash to it.
type bed struct {
	mu       sync.Mutex
	sleepers map[*Word][]chan struct{}
}

// beds is the kernel's table of futex queues, which belongs to the process as theirs does.
var beds [64]bed

func (w *Word) bed() *bed { return &beds[uintptr(unsafe.Pointer(w))/64%uintptr(len(beds))] }

// The pauses between two looks at a word that other processes change, because they can't wake a thread of this process.
const (
	firstPause = int64(20 * time.Microsecond)
	lastPause  = int64(2 * time.Millisecond)
)

// sleepOn blocks the calling goroutine while w holds old, for at most d nanoseconds if d >= 0.
func sleepOn(w *Word, old uint32, d int64) Status {
	if w.shared == nil {
		return sleepHere(w, old, d)
	}
	begun := time.Now()
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		left := pause
		if d >= 0 {
			left = min(left, max(d-int64(time.Since(begun)), 0))
		}
		if status := sleepHere(w, old, left); status != TimedOut {
			return status
		}
		if d >= 0 && int64(time.Since(begun)) >= d {
			return TimedOut
		}
	}
}

// sleepHere is sleepOn for a word that only this process changes.
func sleepHere(w *Word, old uint32, d int64) Status {
	b := w.bed()
	b.mu.Lock()
	if w.value().Load() != old {
		b.mu.Unlock()
		return Changed
	}
	w.sleepers.Add(1)
	defer w.sleepers.Add(-1)
	c := make(chan struct{})
	if b.sleepers == nil {
		b.sleepers = map[*Word][]chan struct{}{}
	}
	b.sleepers[w] = append(b.sleepers[w], c)
	b.mu.Unlock()
	if d < 0 {
		<-c
		return Woken
	}
	timer := time.NewTimer(time.Duration(d))
	defer timer.Stop()
	select {
	case <-c:
		return Woken
	case <-timer.C:
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	list := b.sleepers[w]
	for i, o := range list {
		if o == c {
			b.set(w, append(list[:i], list[i+1:]...))
			return TimedOut
		}
	}
	return Woken // at the last moment
}

func (b *bed) set(w *Word, list []chan struct{}) {
	if len(list) == 0 {
		delete(b.sleepers, w)
		return
	}
	b.sleepers[w] = list
}

// wakeUp wakes up to n goroutines that sleep on w.
func wakeUp(w *Word, n int) int {
	if w.sleepers.Load() == 0 {
		return 0
	}
	b := w.bed()
	b.mu.Lock()
	defer b.mu.Unlock()
	list := b.sleepers[w]
	k := min(n, len(list))
	for _, c := range list[:k] {
		close(c)
	}
	b.set(w, list[k:])
	return k
}

func osYield() { runtime.Gosched() }

// threadID returns 0: it isn't known.
func threadID() int64 { return 0 }

// threadTime returns the wall's time: the thread's own isn't known.
func threadTime() int64 { return time.Now().UnixNano() }

// threadTimeOf isn't known.
func threadTimeOf(int64) (int64, bool) { return 0, false }

// affinity is the cores that threads are pinned to.
type affinity struct{}

func newAffinity(int) (*affinity, error) {
	return nil, errors.New("threads can't be pinned to cores on this system; simulate the machine instead")
}

func (*affinity) apply() {}
func (*affinity) undo()  {}

// canInterrupt says that interruptThread does something.
const canInterrupt = false

// interruptThread would make a system call return: there is no way without cgo, so calls are short, see PollLimit.
func interruptThread(int64) {}
