package server

// This file defines how output of a cell is kept instead of published: %%capture.

import (
	"context"
	"strings"
	"sync"

	"gilkernel/kernel/iopub"
	"gilkernel/kernel/link"
	"gilkernel/kernel/magic"
	"gilkernel/kernel/worker"
)

// capturedOut is the number of a captured output until it is a variable: those of cells and of Pythons stay below.
const capturedOut = 1 << 41

// maxCaptured is how many bytes a capture keeps where cells have no limit: the interpreter reads no larger packet.
const maxCaptured = link.MaxPacket / 4

// A capture keeps output of a cell. Its methods may be called concurrently.
type capture struct {
	what  magic.Capturing
	outer *capture // what takes the rest; nil: the page

	mu             sync.Mutex // protects the fields below
	stdout, stderr strings.Builder
	outputs        []link.Display
	left           int64 // bytes that it still keeps
	dropped        int64 // bytes that it didn't
}

// stream keeps text, and reports whether it was for this capture or one around it.
func (c *capture) stream(name, text string) bool {
	if c == nil {
		return false
	}
	b := &c.stdout
	wanted := c.what.Stdout
	if name == "stderr" {
		b, wanted = &c.stderr, c.what.Stderr
	}
	if !wanted {
		return c.outer.stream(name, text)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.roomLocked(int64(len(text))) {
		b.WriteString(text)
	}
	return true
}

// display keeps what is shown, and reports whether it was for this capture or one around it.
func (c *capture) display(d *link.Display) bool {
	switch {
	case c == nil:
		return false
	case !c.what.Display:
		return c.outer.display(d)
	}
	size := int64(0)
	for mime, data := range d.Data {
		size += int64(len(mime) + len(data))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.roomLocked(size) {
		c.outputs = append(c.outputs, *d)
	}
	return true
}

// clear forgets what was shown, and reports whether that was kept here or in a capture around it. Text stays, as in
// IPython.
func (c *capture) clear() bool {
	switch {
	case c == nil:
		return false
	case !c.what.Display:
		return c.outer.clear()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outputs = nil
	return true
}

// roomLocked reports whether so many bytes are kept. Once some aren't, none that follow are: a text has no hole.
func (c *capture) roomLocked(n int64) bool {
	if c.dropped > 0 || n > c.left {
		c.dropped += n
		return false
	}
	c.left -= n
	return true
}

// A captureHost is magic.Captures.
type captureHost struct{ x *execution }

// Capture keeps what the cell prints and shows until end is called.
func (h captureHost) Capture(what magic.Capturing) (end func(name string) error) {
	x := h.x
	left := x.s.limits.output
	if left == 0 || left > maxCaptured {
		left = maxCaptured
	}
	c := &capture{what: what, outer: x.origin.capture.Load(), left: left}
	x.origin.capture.Store(c)
	return func(name string) error {
		x.origin.capture.Store(c.outer)
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.dropped > 0 {
			x.stream("stderr", iopub.Dropped(c.dropped, left))
		}
		if name == "" {
			return nil
		}
		return x.afterwards(func() error {
			return h.define(name, link.Capture{Label: x.label, N: capturedOut, Stdout: c.stdout.String(),
				Stderr: c.stderr.String(), Outputs: c.outputs})
		})
	}
}

// define makes a variable of what was captured.
func (h captureHost) define(name string, q link.Capture) error {
	_, failed := h.x.ask(func(id int) worker.Result {
		q.ID = id
		return h.x.s.worker.Capture(h.x.until(), q)
	})
	if failed != nil {
		return asError(failed)
	}
	return receive(h.x, name, q.N, "*display.CapturedIO")
}

// receive makes a value that the interpreter keeps under a number a variable of the session.
func receive(x *execution, name string, n int, typ string) error {
	code, forget, err := x.s.cells.Receive(name, n, typ)
	if err != nil {
		return asError(x.compileError(err))
	}
	defer forget()
	_, failed := x.run(x.code(code, ""))
	return asError(failed)
}

// RunCell runs the steps of a cell that is a part of this one.
func (h codeHost) RunCell(_ context.Context, code string) error {
	steps, err := h.x.s.cells.Parse(code)
	if err != nil {
		return asError(compileError(err))
	}
	return asError(h.x.doSteps(steps))
}

// print sends text of a cell to its page, or to what captures it.
func (s *Server) print(o *origin, name, text string) {
	if !o.capture.Load().stream(name, text) && !o.silent {
		s.pub.Stream(o.parent, name, text)
	}
}

// clear empties a cell's output, or what captures it.
func (s *Server) clear(o *origin, wait bool) {
	if !o.capture.Load().clear() && !o.silent {
		s.pub.Clear(o.parent, wait)
	}
}

// display sends display_data, update_display_data or execute_result of a cell to its page, or to what captures it.
func (s *Server) display(o *origin, d *link.Display) {
	if o.capture.Load().display(d) || o.silent {
		return
	}
	b := iopub.Bundle{Data: d.Data, Metadata: d.Metadata, ID: d.ID}
	switch d.Kind {
	case "execute_result":
		s.pub.Result(o.parent, o.count, b)
		s.keepResult(o, d)
	case "update_display_data":
		s.pub.Update(o.parent, b)
	default:
		s.pub.Display(o.parent, b)
	}
}
