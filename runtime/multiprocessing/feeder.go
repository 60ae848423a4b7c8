package multiprocessing

// This file defines the thread that feeds the pipe of a queue: Queue._feed.

import (
	"errors"
	"runtime/debug"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
	"sync"
)

// feeding is what a process has of a queue for itself.
type feeding struct {
	m *module

	mu     sync.Mutex // protects the fields below; held briefly, never while anything waits
	buffer []any
	closed bool
	over   bool // the thread has nothing more to expect
	thread *machine.Thread
	joins  bool   // the end of the process waits for the thread
	cancel func() // of that

	more machine.Word // changes with buffer and over
}

func newFeeding(s *process.System) *feeding { return &feeding{m: of(s), joins: true} }

// add gives an item to the thread, which it starts for the first one.
func (f *feeding) add(q *Queue, item any) {
	t := machine.Current()
	f.mu.Lock()
	f.buffer = append(f.buffer, item)
	start := f.thread == nil
	if start {
		in := f.m.s.Interpreter()
		f.thread = in.Machine().NewThread(in, "QueueFeederThread")
	}
	thread, joins := f.thread, f.joins
	f.mu.Unlock()
	if !start {
		f.more.Add(t, 1)
		f.more.Wake(t, 1)
		return
	}
	thread.Start(t, func(t *machine.Thread) { f.feed(t, q) }) // ends when the queue is closed, or with its process
	stop := f.m.finally(10, func(*machine.Thread) { f.finish() })
	if !joins {
		return
	}
	cancel := f.m.finally(-5, func(t *machine.Thread) { f.join(t) })
	f.mu.Lock()
	f.cancel = cancel
	f.mu.Unlock()
	_ = stop // the end of the process finishes what Close didn't
}

// next returns the next item. ok is false when there is none any more.
func (f *feeding) next(t *machine.Thread) (item any, ok bool) {
	for {
		seen := f.more.Load(t)
		f.mu.Lock()
		if len(f.buffer) > 0 {
			item = f.buffer[0]
			f.buffer[0] = nil
			f.buffer = f.buffer[1:]
			f.mu.Unlock()
			return item, true
		}
		over := f.over
		f.mu.Unlock()
		if over {
			return nil, false
		}
		t.Detach()
		t.Wait(&f.more, seen, forever, machine.Why{Kind: timeline.WaitQueue, On: idle{}, Beyond: true})
		t.Attach()
	}
}

// idle is what a feeder waits for: items of its own process.
type idle struct{}

func (idle) Name() string              { return "something to send" }
func (idle) Holders() []machine.Holder { return nil }

// Idle says that no thread depends on one that waits for this.
func (idle) Idle() {}

// feed is what the thread does.
func (f *feeding) feed(t *machine.Thread, q *Queue) {
	defer func() {
		if v := recover(); v != nil {
			var deadlock *machine.Deadlocked
			if err, ok := v.(error); !exceptions.Uncatchable(v) && !(ok && errors.As(err, &deadlock)) {
				threading.PrintException(t, "", v, debug.Stack())
			}
			panic(v)
		}
	}()
	for {
		item, ok := f.next(t)
		if !ok {
			q.reader.end.Close(t)
			q.writer.end.Close(t)
			return
		}
		b, handles, err := q.writer.s.Dumps(t, item)
		if err != nil { // Python prints it and continues: the item is lost
			q.sem.release()
			threading.PrintException(t, "", unsendable(err), nil)
			continue
		}
		q.wlock.With(func() { err = q.writer.end.Send(t, b, handles) })
		q.writer.s.Recycle(b)
		switch {
		case errors.Is(err, process.ErrBroken), errors.Is(err, process.ErrClosed):
			return
		case err != nil:
			panic(q.writer.fault(err, true))
		}
	}
}

// close says that no more items will be put.
func (f *feeding) close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.finish()
}

// finish ends the thread when it has sent everything.
func (f *feeding) finish() {
	t := machine.Current()
	f.mu.Lock()
	f.over = true
	f.mu.Unlock()
	f.more.Add(t, 1)
	f.more.Wake(t, 1)
}

// join waits for the thread.
func (f *feeding) join(t *machine.Thread) {
	f.mu.Lock()
	thread, joins := f.thread, f.joins
	f.mu.Unlock()
	if thread != nil && joins {
		thread.Join(t, forever)
	}
}

func (f *feeding) cancelJoin() {
	f.mu.Lock()
	f.joins = false
	cancel := f.cancel
	f.cancel = nil
	f.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}
