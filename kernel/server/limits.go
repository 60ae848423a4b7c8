package server

// This file defines the limits that a person can look at and change: %limit.

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

// Limits returns the limits that can be set.
func (x *execution) Limits() []magic.Limit {
	l := x.s.limits
	return []magic.Limit{
		{Name: "memory", Value: link.FormatSize(l.memory), Help: "total memory for all cells; takes effect when the interpreter next restarts"},
		{Name: "output", Value: link.FormatSize(l.output), Help: "what a cell may print and show; the rest is discarded"},
	}
}

// SetLimit sets one of Limits.
func (x *execution) SetLimit(name, value string) error {
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
		x.s.limits.memory = n
		if n == 0 {
			n = -1 // no limit, in the words of the engine
		}
		x.s.engine.SetMemoryLimit(n)
	case "output":
		x.s.limits.output = n
		if n == 0 {
			n = link.MaxSize
		}
		x.s.pub.SetOutputLimit(n)
	default:
		return &magic.Error{Name: "UsageError", Message: "there is no limit " + strconv.Quote(name) + ", there are memory and output"}
	}
	return nil
}
