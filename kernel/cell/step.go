// Package cell is a cell as text, before anything is known of what its names mean.
//
//	Parse        cuts it into steps: Go code, magics, shell commands     step.go, step_cut.go
//	GoText       blanks what isn't Go, so that offsets stay               gotext.go
//	Pieces       cuts Go code into declarations and statements            pieces.go
//	IsComplete   says whether it is still being typed                     iscomplete.go
//	Bounded      refuses what is too long to be walked over               bounds.go
//	Error        says what is wrong and where, as a front end shows it    errors.go, syntax.go
package cell

// This file defines the steps of a cell: Go code, magics and shell commands in their order.

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// StepKind is the kind of a Step.
type StepKind int

// The kinds of steps.
const (
	StepGo    StepKind = iota // Go code: declarations, statements, expressions
	StepLine                  // a line "%name args"
	StepCell                  // "%%name args" on the first line; the rest of the cell is its body
	StepShell                 // a line "!command"
)

// String returns the kind in words.
func (k StepKind) String() string {
	switch k {
	case StepGo:
		return "Go"
	case StepLine:
		return "line magic"
	case StepCell:
		return "cell magic"
	case StepShell:
		return "shell command"
	}
	return "unknown step"
}

// Step is one part of a cell that is done as a whole.
type Step struct {
	Kind StepKind
	Line int // of its first line in the cell, from 1

	// Code is the Go text that the step carries, with newlines and spaces before it so that lines and columns (in
	// bytes) are those of the cell: all of a StepGo, the arguments of a StepLine, the body of a StepCell. Only the
	// magic knows whether its arguments are Go code.
	Code string

	Name string // of the magic, without % signs
	Args string // what follows the name, or the shell command; without the blanks around it
	Body string // of a StepCell: all below the first line, as it is
}

// Parse cuts a cell into its steps. A cell of Go code alone is one step; an empty one, or one with
// nothing but comments, has none. A magic is a line that begins with %name or !command where a statement
// could begin outside of all brackets, strings and comments; so the remainder operator and the negation
// inside an expression stay Go.
//
// "!name" alone is both a command and a Go expression. Parse takes it for Go if known says that the session has the
// name, or if the cell itself mentions it before; a nil known knows nothing.
//
// The only error is a cell magic that isn't the first thing in its cell; it is an *Error. Parse may be
// called concurrently.
func Parse(code string, known func(name string) bool) ([]Step, error) {
	if name, at, ok := CellMagic(code); ok {
		return []Step{cellStep(code, name, at)}, nil
	}
	var steps []Step
	line, counted := 1, 0 // line is the line of offset counted
	for _, c := range cut(code, known) {
		line += strings.Count(code[counted:c.start], "\n")
		counted = c.start
		text := code[c.start:c.end]
		switch c.kind {
		case StepGo:
			steps = append(steps, Step{Kind: StepGo, Line: line, Code: strings.Repeat("\n", line-1) + text})
		case StepShell:
			indent := len(text) - len(strings.TrimLeft(text, " \t\r"))
			cmd := joinLines(strings.TrimPrefix(text[indent:], "!"))
			steps = append(steps, Step{Kind: StepShell, Line: line, Args: strings.TrimSpace(cmd)})
		case StepLine:
			step, at := Step{Kind: StepLine, Line: line}, 0
			at = strings.IndexByte(text, '%') + 1
			step.Name = MagicName(text[at:])
			at += len(step.Name)
			step.Args = strings.TrimSpace(text[at:])
			step.Code = strings.Repeat("\n", line-1) + strings.Repeat(" ", at) + strings.TrimRight(text[at:], "\r\n")
			steps = append(steps, step)
		case StepCell:
			at := strings.Index(text, "%%")
			msg := "%%" + MagicName(text[at+2:]) + " must be the first line of its cell"
			first, _, _ := strings.Cut(text, "\n")
			return nil, &Error{Name: "UsageError", Message: msg, Diagnostics: []Diagnostic{
				{Pos: Position{Label: "cell", Line: line, Col: at + 1}, Message: msg,
					Line: strings.TrimRight(first, "\r")}}}
		}
	}
	return steps, nil
}

// CellMagic reports whether the first line of the cell that isn't blank is %%name, where the name stands
// and what it is.
func CellMagic(code string) (name string, at int, ok bool) {
	rest := strings.TrimLeftFunc(code, unicode.IsSpace)
	if !strings.HasPrefix(rest, "%%") {
		return "", 0, false
	}
	at = len(code) - len(rest) + 2
	name = MagicName(code[at:])
	return name, at, name != ""
}

// cellStep returns the only step of a cell whose first line is a cell magic.
func cellStep(code, name string, at int) Step {
	line := 1 + strings.Count(code[:at], "\n")
	args, body, found := strings.Cut(code[at+len(name):], "\n")
	step := Step{Kind: StepCell, Line: line, Name: name, Args: strings.TrimSpace(args), Body: body}
	if found {
		step.Code = strings.Repeat("\n", line) + body
	}
	return step
}

// MagicName returns the name of a magic that s begins with, "" for none.
func MagicName(s string) string {
	for i, r := range s {
		if r == '_' || unicode.IsLetter(r) || i > 0 && unicode.IsDigit(r) {
			continue
		}
		if r == '.' && i > 0 && digitAt(s, i-1) && digitAt(s, i+1) {
			continue // python3.12
		}
		if r == utf8.RuneError {
			return ""
		}
		return s[:i]
	}
	return s
}

func digitAt(s string, i int) bool { return i < len(s) && s[i] >= '0' && s[i] <= '9' }

// joinLines makes one line of a command whose lines end in a backslash, as a shell would; what comes after the last of
// them is discarded.
func joinLines(s string) string {
	var b strings.Builder
	for {
		line, rest, more := strings.Cut(s, "\n")
		line = strings.TrimSuffix(line, "\r")
		if cont, ok := strings.CutSuffix(line, "\\"); ok && more {
			b.WriteString(cont)
			s = rest
			continue
		}
		b.WriteString(line)
		return b.String()
	}
}
