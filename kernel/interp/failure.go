package interp

// This file defines how a panic becomes an error in Jupyter's form.

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/ink"
	"gilkernel/kernel/link"
	"gilkernel/runtime/exceptions"
	rt "gilkernel/runtime/machine"
)

// A failure is a panic that left a cell or a goroutine.
type failure struct {
	value     any
	goroutine int64
	trace     *exec.Trace // nil if it isn't known
}

func (f *failure) interrupted() bool { return isInterrupted(f.value) }

// deadlocked reports whether the run waited for what could not come; a nil f is no failure.
func (f *failure) deadlocked() bool {
	if f == nil {
		return false
	}
	err, _ := f.value.(error)
	return errors.As(err, new(*rt.Deadlock)) || errors.As(err, new(*rt.Deadlocked))
}

// asserted reports whether an assertion failed; a nil f is no failure.
func (f *failure) asserted() bool {
	if f == nil {
		return false
	}
	err, _ := f.value.(error)
	return errors.As(err, new(*exceptions.AssertionError))
}

// A frame is one line of a traceback.
type frame struct {
	place    place
	function string // "" for the cell's own statements
	more     int    // calls like this one that the trace left out
}

// plainError is an error without a traceback of its own.
func plainError(name, value string) *link.Error {
	return &link.Error{Name: name, Value: value, Traceback: []string{headline(name, value)}}
}

// runError is the error of a cell.
func (s *runner) runError(f *failure) *link.Error {
	name, value := explain(f.value)
	return &link.Error{Name: name, Value: value,
		Traceback: append(causeOf(f.value), s.traceback(name, value, s.frames(f))...)}
}

// causeOf returns what Python shows above the traceback of an exception that has a cause: the task of a pool, in
// another process.
func causeOf(value any) []string {
	var caused interface {
		error
		CausedBy() error
	}
	err, ok := value.(error)
	if !ok || !errors.As(err, &caused) {
		return nil
	}
	cause := caused.CausedBy()
	name, _ := explain(cause)
	lines := strings.Split(name+": "+cause.Error(), "\n")
	return append(lines, "", "The above exception was the direct cause of the following exception:", "")
}

// goroutineError is the error of a goroutine that a cell started.
func (s *runner) goroutineError(f *failure, site string) *link.Error {
	e := s.runError(f)
	e.Traceback = s.traceback(e.Name, e.Value, s.frames(f))
	where := fmt.Sprintf("goroutine %d", f.goroutine)
	if site != "" {
		where += ", started at " + site
	}
	last := len(e.Traceback) - 1
	e.Traceback = append(e.Traceback[:last:last], where, e.Traceback[last])
	return e
}

// interruptError is the error of an interrupted cell. f is nil if its goroutine didn't end, or ended
// without a panic.
func (s *runner) interruptError(f *failure) *link.Error {
	e := &link.Error{Name: "KeyboardInterrupt", Value: "the cell was interrupted"}
	var frames []frame
	if f != nil {
		frames = s.frames(f)
	}
	e.Traceback = s.traceback(e.Name, e.Value, frames)
	return e
}

// frames makes the frames of a traceback, the outermost first as Python has them.
func (s *runner) frames(f *failure) []frame {
	if f.trace == nil {
		return nil
	}
	var list []frame
	for i := len(f.trace.Frames) - 1; i >= 0; i-- {
		t := f.trace.Frames[i]
		fr := frame{place: s.host.sources.parse(t.Pos), function: functionName(t.Func)}
		fr.more = f.trace.More
		if fr.place.label != "" {
			list = append(list, fr)
		}
	}
	return list
}

// literal is how the engine calls a function literal: by the function that it stands in.
var literal = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(.*)\.func\d+$`)
})

// functionName returns what a learner calls a function of a cell; "" for the cell itself.
func functionName(name string) string {
	if m := literal().FindStringSubmatch(name); m != nil {
		if outer := functionName(m[1]); outer != "" {
			return "a function literal in " + outer
		}
		return "a function literal"
	}
	if strings.HasPrefix(name, "__") {
		return ""
	}
	return name
}

// around is the number of lines that a traceback shows before and after the failing line.
const around = 2

// headline is the last line of a traceback, in Go's words.
func headline(name, value string) string {
	if name == "runtime error" {
		name, value = "panic", "runtime error: "+value
	}
	return ink.Kind(name) + ": " + value
}

// traceback writes the lines of an error.
func (s *runner) traceback(name, value string, frames []frame) []string {
	var lines []string
	repeated := 0
	for i, f := range frames {
		// Python's way to show a recursion.
		if i > 0 && f == frames[i-1] {
			if repeated++; repeated >= 3 {
				if i+1 == len(frames) || frames[i+1] != f {
					lines = append(lines, fmt.Sprintf("  [Previous line repeated %d more times]", repeated-2+f.more))
				}
				continue
			}
		} else {
			repeated = 0
		}
		line := ink.Place("in " + f.function)
		if f.place.label != "" {
			line = ink.Place(f.place.String())
			if f.function != "" {
				line += " in " + ink.Place(f.function)
			}
		}
		lines = append(lines, line)
		lines = append(lines, s.excerpt(f.place)...)
	}
	return append(lines, headline(name, value))
}

// excerpt returns the source lines around a place, with an arrow.
func (s *runner) excerpt(p place) []string {
	if p.label == "" {
		return nil
	}
	code := s.host.sources.text(p.label)
	if p.line < 1 || p.line > len(code) {
		return nil
	}
	var lines []string
	for n := max(1, p.line-around); n <= min(len(code), p.line+around); n++ {
		text := strings.TrimRight(code[n-1], "\r")
		if n == p.line {
			lines = append(lines, ink.Mark(fmt.Sprintf("----> %d", n))+" "+text)
		} else {
			lines = append(lines, fmt.Sprintf("%7d %s", n, text))
		}
	}
	return lines
}
