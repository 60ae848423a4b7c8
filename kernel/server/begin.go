package server

// This file defines how a cell begins, and which states front ends receive.

import (
	"strconv"
	"strings"

	"gilkernel/kernel/history"
)

// begin counts the cell. It returns false if the cell was aborted before it began.
func (x *execution) begin() bool {
	s, c := x.s, &x.content
	x.store = !c.Silent && isTrue(c.StoreHistory)
	s.mu.Lock()
	// An interrupt aborts what hasn't begun, then looks at current: it finds the cell here or there.
	if s.queue.begin(x.request) {
		s.mu.Unlock()
		return false
	}
	if x.store {
		s.count++
		x.label = "In[" + strconv.Itoa(s.count) + "]"
	} else { // its value can't be recalled, but it is told from others
		s.uncounted++
		x.label = "In[*" + strconv.Itoa(s.uncounted) + "]"
	}
	x.count = s.count
	x.origin = newOrigin(x)
	s.current = x
	s.mu.Unlock()
	return true
}

// soonBytes is how large a cell may be that is announced after its check, which takes a fraction of a millisecond.
const soonBytes = 1000

// soon reports whether the cell is announced when its first step is with the interpreter, not before: the front end has
// as much to do then as the interpreter, and on a computer with two cores one of them would wait for the other.
// A package that is imported may be large.
func (x *execution) soon() bool {
	return x.ahead != 0 && len(x.content.Code) <= soonBytes && !strings.Contains(x.content.Code, "import")
}

// announce publishes what runs, once; if later is set it leaves with what is published next, or with the publisher's
// Release.
func (x *execution) announce(later bool) {
	if x.announced {
		return
	}
	x.announced = true
	s, c := x.s, &x.content
	if c.Silent {
		s.busy(x.request)
		return
	}
	x.request.busy = true
	s.pub.Begin(x.origin.parent, echo(c.Code), x.count, later)
	if x.store && c.Code != "" {
		count, code := x.count, c.Code
		s.history.keep(func(h *history.History) error { return h.Add(count, code) })
	}
}

// idleAfterCell says that all output of a queued request is out, and that nothing runs.
func (s *Server) idleAfterCell(r *request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = nil
	s.pub.Status(r.RawHeader, "idle")
}

// idleBeside says that a request is done that was answered beside the cells. Front ends show the last state that they
// received, whatever its parent: if a cell runs, its busy is published once more.
func (s *Server) idleBeside(r *request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pub.Status(r.RawHeader, "idle")
	if s.current != nil {
		s.pub.Status(s.current.origin.parent, "busy")
	}
}
