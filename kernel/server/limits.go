package server

// This file defines the limits that a user can see and change: %limit.

import (
	"os"
	"strconv"

	"gilkernel/kernel/iopub"
	"gilkernel/kernel/link"
	"gilkernel/kernel/magic"
)

// limits are the limits of a cell in bytes; 0 is none. The executor owns them.
type limits struct {
	memory, output int64
}

func newLimits(o *Options) limits {
	l := limits{output: o.OutputLimit}
	l.memory, _ = link.ParseMemory(os.Getenv(link.MemoryVariable)) // Environment refuses what is no size
	if l.output == 0 {
		l.output = iopub.DefaultOutputLimit
	}
	return l
}

// A settingHost is magic.Settings.
type settingHost struct{ s *Server }

// Limits returns the limits that can be set.
func (h settingHost) Limits() []magic.Limit {
	l := h.s.limits
	return []magic.Limit{
		{Name: "memory", Value: link.FormatSize(l.memory),
			Help: "total memory for all cells; takes effect when the interpreter next restarts"},
		{Name: "output", Value: link.FormatSize(l.output),
			Help: "what a cell may print and show; the rest is discarded"},
	}
}

// SetLimit sets one of Limits.
func (h settingHost) SetLimit(name, value string) error {
	parse := link.ParseSize
	if name == "memory" {
		parse = link.ParseMemory
	}
	n, err := parse(value)
	if err != nil {
		return &magic.Error{Name: "UsageError", Message: err.Error()}
	}
	switch name {
	case "memory":
		h.s.limits.memory = n
		if n == 0 {
			n = -1 // no limit, in the words of the worker
		}
		h.s.worker.SetMemoryLimit(n)
	case "output":
		h.s.limits.output = n
		if n == 0 {
			n = link.MaxSize
		}
		h.s.pub.SetOutputLimit(n)
	default:
		return &magic.Error{Name: "UsageError",
			Message: "there is no limit " + strconv.Quote(name) + ", there are memory and output"}
	}
	return nil
}

// Notes reports whether notes are shown.
func (h settingHost) Notes() bool { return !h.s.notesOff }

// SetNotes switches notes on or off, for this cell and all that follow.
func (h settingHost) SetNotes(on bool) { h.s.notesOff = !on }
