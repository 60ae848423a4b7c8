package exceptions

// This file defines groups of exceptions: PEP 654, Objects/exceptions.c.

import (
	"errors"
	"fmt"
	"strings"
)

// ExceptionGroup is several exceptions at once: what a TaskGroup fails with. errors.Is and errors.As look into it.
type ExceptionGroup struct {
	Message    string
	Exceptions []error
}

// Error returns the message and how many there are: "unhandled errors in a TaskGroup (2 sub-exceptions)".
func (g *ExceptionGroup) Error() string {
	s := "s"
	if len(g.Exceptions) == 1 {
		s = ""
	}
	return fmt.Sprintf("%s (%d sub-exception%s)", g.Message, len(g.Exceptions), s)
}

// Exception returns "ExceptionGroup", or "BaseExceptionGroup" if one of them isn't an Exception.
func (g *ExceptionGroup) Exception() string {
	for _, e := range g.Exceptions {
		if !Is(e, "Exception") {
			return "BaseExceptionGroup"
		}
	}
	return "ExceptionGroup"
}

// Bases returns the bases of the class.
func (g *ExceptionGroup) Bases() []string {
	if g.Exception() == "ExceptionGroup" {
		return []string{"BaseExceptionGroup", "Exception"}
	}
	return nil
}

// Unwrap returns the exceptions.
func (g *ExceptionGroup) Unwrap() []error { return g.Exceptions }

// Split parts a group into those that are of one of the classes and the others, each with the same nesting; nil if
// there are none: "except* ValueError:".
func (g *ExceptionGroup) Split(classes ...string) (match, rest *ExceptionGroup) {
	var in, out []error
	for _, e := range g.Exceptions {
		var inner *ExceptionGroup
		switch {
		case errors.As(e, &inner):
			a, b := inner.Split(classes...)
			if a != nil {
				in = append(in, a)
			}
			if b != nil {
				out = append(out, b)
			}
		case Is(e, classes...):
			in = append(in, e)
		default:
			out = append(out, e)
		}
	}
	return g.with(in), g.with(out)
}

// Subgroup returns those of a group that are of one of the classes, nil if there are none.
func (g *ExceptionGroup) Subgroup(classes ...string) *ExceptionGroup {
	match, _ := g.Split(classes...)
	return match
}

func (g *ExceptionGroup) with(list []error) *ExceptionGroup {
	if len(list) == 0 {
		return nil
	}
	return &ExceptionGroup{g.Message, list}
}

// Text returns the group as a traceback of Python's shows it: a line for each exception, indented by its depth.
func (g *ExceptionGroup) Text() string {
	var b strings.Builder
	g.text(&b, "")
	return strings.TrimSuffix(b.String(), "\n")
}

func (g *ExceptionGroup) text(b *strings.Builder, indent string) {
	fmt.Fprintf(b, "%s%s: %s\n", indent, g.Exception(), g.Error())
	for _, e := range g.Exceptions {
		var inner *ExceptionGroup
		var x Exception
		switch {
		case errors.As(e, &inner):
			inner.text(b, indent+"  ")
		case errors.As(e, &x):
			fmt.Fprintf(b, "%s  %s: %s\n", indent, x.Exception(), e.Error())
		default:
			fmt.Fprintf(b, "%s  %s\n", indent, e.Error())
		}
	}
}
