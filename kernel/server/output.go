package server

// This file passes the events of the interpreter on to iopub, each with the request that caused it.

import (
	"encoding/json"
	"sync"
	"sync/atomic"

	"gilkernel/kernel/history"
	"gilkernel/kernel/link"
)

// maxOrigins is how many runs are remembered: output of goroutines started more runs ago is discarded. An origin
// takes about 300 bytes.
const maxOrigins = 10000

// An origin is what output needs to know of the execute_request that caused it. Only capture changes.
type origin struct {
	// capture keeps output instead of publishing it; nil: none does. The executor stores it.
	capture atomic.Pointer[capture]

	parent json.RawMessage // the header of the request, byte for byte
	label  string
	count  int
	store  bool
	silent bool
	mayAsk bool
}

func newOrigin(x *execution) *origin {
	return &origin{parent: append(json.RawMessage(nil), x.request.RawHeader...), label: x.label, count: x.count,
		store: x.store, silent: x.content.Silent, mayAsk: isTrue(x.content.AllowStdin)}
}

// origins remembers which run belongs to which request. Its methods may be called concurrently.
type origins struct {
	mu   sync.Mutex // protects the fields below
	ring []belongs  // the run with the number id is at id%maxOrigins
}

// belongs is a run and its origin.
type belongs struct {
	id     int
	origin *origin
}

func newOrigins() *origins { return &origins{} }

func (os *origins) add(id int, o *origin) {
	os.mu.Lock()
	defer os.mu.Unlock()
	i := id % maxOrigins
	if more := i + 1 - len(os.ring); more > 0 {
		os.ring = append(os.ring, make([]belongs, more)...)
	}
	os.ring[i] = belongs{id, o}
}

// get returns the origin of a run, nil if it is not remembered.
func (os *origins) get(id int) *origin {
	os.mu.Lock()
	defer os.mu.Unlock()
	if i := id % maxOrigins; i >= 0 && i < len(os.ring) && os.ring[i].id == id {
		return os.ring[i].origin
	}
	return nil
}

// Event takes an event of the interpreter; it is called by the worker, in order, from one goroutine.
func (s *Server) Event(ev link.Event) {
	o := s.origins.get(ev.Cell)
	if o == nil {
		s.opts.logf("an event of run %d, which is not remembered", ev.Cell)
		o = &origin{silent: true}
	}
	if ev.Input != nil {
		s.ask(o, ev.Input)
		return
	}
	if ev.Error != nil {
		s.goroutineError(o, ev.Error)
		return
	}
	if o.silent && o.capture.Load() == nil {
		return // silent means: nothing on iopub
	}
	// The front ends' pace is the cell's: until there is room, nothing more is read from the interpreter,
	// whose writes wait then. An interrupt drops what waits.
	s.pub.Room(s.ctx)
	switch {
	case ev.Stream != nil:
		s.print(o, ev.Stream.Name, ev.Stream.Text)
	case ev.Display != nil:
		s.display(o, ev.Display)
	case ev.Clear != nil:
		s.clear(o, ev.Clear.Wait)
	}
}

// keepResult keeps the text of a result in the history.
func (s *Server) keepResult(o *origin, d *link.Display) {
	var text string
	if !o.store || json.Unmarshal(d.Data["text/plain"], &text) != nil {
		return
	}
	s.history.keep(func(h *history.History) error { return h.AddOutput(o.count, text) })
}

// flush waits until all output that o has caused so far has left, or the kernel ends.
func (s *Server) flush(o *origin) {
	if err := s.pub.Flush(s.ctx, o.parent); err != nil && !s.closing() {
		s.opts.logf("flushing the output of a cell: %v", err)
	}
}

// goroutineError publishes the panic of a goroutine that a cell has started, in that cell, however
// long ago it ended.
func (s *Server) goroutineError(o *origin, e *link.Error) {
	s.mu.Lock()
	if x := s.current; x != nil && x.origin == o && x.failed == nil {
		x.failed = e
	}
	s.mu.Unlock()
	if !o.silent {
		s.publishError(o, e)
	}
}

func (s *Server) publishError(o *origin, e *link.Error) {
	s.pub.Error(o.parent, e.Name, e.Value, traceback(e))
}
