package server

// This file defines the queue of execute requests, and which of them an error or an interrupt aborts.
//
// "Run all" sends all cells at once, so a failing cell must abort those behind it: the requests that the front end sent
// before it could know of the error, and no others. Those are the ones that wait in the queue; and, because a cell may
// fail before the ones behind it have arrived, also those that arrive later and were sent earlier. A window of time
// (ipykernel's stop_on_error_timeout) would abort what a person or a program sends in answer to the error. Headers
// carry the time at which they were made, by the front end's clock: a request that was made within T after the failing
// one, where T is the time between the failing one's arrival here and its reply, was made before the reply was there.
// Both clocks only measure differences, so they needn't agree.

import (
	"sync"
	"time"
)

// queue holds the execute requests that wait. Its methods may be called concurrently.
type queue struct {
	wake chan struct{} // holds one token when there may be something to do

	mu      sync.Mutex // protects the fields below
	waiting []*request
	taken   *request          // by pop, and not yet begun
	cutoffs map[string]cutoff // by session
	closed  bool
}

// A cutoff aborts what a session made from one time to another by its own clock, and only until a time by ours: a
// client whose clock stands still or is set back must not be aborted forever.
type cutoff struct{ from, to, until time.Time }

// transit is how long a request that was sent before a reply may be on its way.
const transit = 2 * time.Second

// maxCutoffs bounds the sessions that are remembered; beyond it all are forgotten, which at worst misses an abort.
const maxCutoffs = 1000

func newQueue() *queue {
	return &queue{wake: make(chan struct{}, 1), cutoffs: map[string]cutoff{}}
}

// push adds a request at the end. On a closed queue it does nothing.
func (q *queue) push(r *request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	if cutoff, ok := q.cutoffs[r.Header.Session]; ok {
		if made, err := made(r); err == nil && !made.Before(cutoff.from) && made.Before(cutoff.to) &&
			time.Now().Before(cutoff.until) {
			r.aborted = true
		}
	}
	q.waiting = append(q.waiting, r)
	q.signalLocked()
}

// pop waits for the first request and takes it out; ok is false when the queue is closed.
func (q *queue) pop() (r *request, ok bool) {
	for {
		q.mu.Lock()
		if q.closed {
			q.mu.Unlock()
			return nil, false
		}
		if len(q.waiting) > 0 {
			r = q.waiting[0]
			q.waiting[0] = nil // releases the message
			q.waiting = q.waiting[1:]
			q.taken = r
			q.mu.Unlock()
			return r, true
		}
		q.mu.Unlock()
		<-q.wake
	}
}

// begin says that r, which pop returned, begins now, and reports whether it was aborted instead.
func (q *queue) begin(r *request) (aborted bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.taken = nil
	return r.aborted
}

// abortWaiting marks all that hasn't begun.
func (q *queue) abortWaiting() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.abortLocked()
}

func (q *queue) abortLocked() {
	for _, r := range q.waiting {
		r.aborted = true
	}
	if q.taken != nil {
		q.taken.aborted = true
	}
}

// abortBehind marks what was sent before the reply to the failing request r, which is made now.
func (q *queue) abortBehind(r *request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.abortLocked()
	made, err := made(r)
	if err != nil {
		return // a front end without dates (before 5.1): what waits is all that can be known
	}
	if len(q.cutoffs) >= maxCutoffs {
		clear(q.cutoffs)
	}
	q.cutoffs[r.Header.Session] = cutoff{made, made.Add(time.Since(r.received)), time.Now().Add(transit)}
}

// close discards what waits and ends pop.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.waiting = true, nil
	q.signalLocked()
}

func (q *queue) signalLocked() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// made returns when the front end made a request, by its own clock.
func made(r *request) (time.Time, error) { return time.Parse(time.RFC3339Nano, r.Header.Date) }
