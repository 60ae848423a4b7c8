package cell

// This file defines errors: what is wrong with a cell, in Go's words, with the place in the learner's
// text.

import (
	"fmt"
	"strings"
)

// A Position is a place in a cell.
type Position struct {
	Label string // "In[3]"
	Line  int    // from 1
	Col   int    // from 1, in bytes
}

// String returns the position as Go's tools print it.
func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.Label, p.Line, p.Col) }

// A Diagnostic is one thing that is wrong.
type Diagnostic struct {
	Pos     Position
	Message string
	Line    string // the source line
}

// An Error says why a cell was refused. Nothing of it was defined or run.
type Error struct {
	// Name is the kind: "SyntaxError", "TypeError", "InterpreterLimit", "NameError", "InternalError", "UsageError".
	Name        string
	Message     string // the first diagnostic's message, or the whole error when there are none
	Diagnostics []Diagnostic
	Limit       bool // the interpreter can't do what is right Go
}

// Error returns the first message, with its place.
func (e *Error) Error() string {
	if len(e.Diagnostics) > 0 {
		return e.Diagnostics[0].Pos.String() + ": " + e.Message
	}
	return e.Message
}

// maxDiagnostics is how many are shown: the first ones matter, the rest often follows from them.
const maxDiagnostics = 8

// Traceback returns the lines that a front end shows, with ANSI colours.
func (e *Error) Traceback() []string {
	var lines []string
	for i, d := range e.Diagnostics {
		if i == maxDiagnostics {
			lines = append(lines, fmt.Sprintf("… and %d more", len(e.Diagnostics)-i))
			break
		}
		lines = append(lines, fmt.Sprintf("\x1b[36m%s\x1b[0m: %s", d.Pos, d.Message))
		if strings.TrimSpace(d.Line) != "" {
			lines = append(lines, "    "+expandTabs(d.Line), "    "+caret(d.Line, d.Pos.Col))
		}
	}
	last := fmt.Sprintf("\x1b[31m%s\x1b[0m: %s", e.Name, e.Message)
	return append(lines, last)
}

// caret returns a line with ^ under the column, counted in bytes of line.
func caret(line string, col int) string {
	col = max(0, min(col-1, len(line)))
	return strings.Repeat(" ", len([]rune(expandTabs(line[:col])))) + "\x1b[31m^\x1b[0m"
}

// expandTabs shows tabs as four columns; a terminal's eight would push the caret off its place in a page.
func expandTabs(s string) string { return strings.ReplaceAll(s, "\t", "    ") }

// limitWords begin every error about what the interpreter can't do.
const limitWords = "a limit of the interpreter, not your mistake: "
