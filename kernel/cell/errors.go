package cell

// This file defines errors: what is wrong with a cell, in Go's words, with the place in the learner's
// text.

import (
	"cmp"
	"fmt"
	"go/token"
	"strings"
	"unicode/utf8"

	"gilkernel/kernel/ink"
)

// A Position is a place in a cell.
type Position struct {
	Label string // "In[3]"
	Line  int    // from 1
	Col   int    // from 1, in bytes
}

// String returns the position as Go's tools print it.
func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.Label, p.Line, p.Col) }

// A Diagnostic is one error in a cell.
type Diagnostic struct {
	Pos     Position
	Name    string // the kind, if it isn't the Error's
	Message string
	Line    string // the source line
	Advice  string // one line for users of Python, or the name that may be meant; mostly ""

	At token.Pos // where that is in the trees of the session that checked the cell; zero for syntax errors
}

// An Error says why a cell was refused. Nothing of it was defined or run.
type Error struct {
	// Name is the kind of the first diagnostic: "SyntaxError", "NameError" (an undefined name), "AttributeError" (a
	// value has no such member), "TypeError", "InterpreterLimit", "InternalError", "UsageError".
	Name        string
	Message     string // the first diagnostic's message, or the whole error when there are none
	Diagnostics []Diagnostic
	Limit       bool // it is valid Go, and the interpreter can't do it
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

// Traceback returns the lines that a front end shows, with ANSI colours. Each message stands once, below its caret.
func (e *Error) Traceback() []string {
	if len(e.Diagnostics) == 0 {
		return []string{ink.Kind(e.Name) + ": " + e.words(e.Name, e.Message)}
	}
	var lines []string
	for i, d := range e.Diagnostics {
		if i == maxDiagnostics {
			lines = append(lines, fmt.Sprintf("… and %d more", len(e.Diagnostics)-i))
			break
		}
		lines = append(lines, ink.Place(d.Pos.String()))
		if strings.TrimSpace(d.Line) != "" {
			lines = append(lines, "    "+expandTabs(d.Line), "    "+caret(d.Line, d.Pos.Col))
		}
		name := cmp.Or(d.Name, e.Name)
		lines = append(lines, ink.Kind(name)+": "+e.words(name, d.Message))
		if d.Advice != "" {
			lines = append(lines, folded(d.Advice)...)
		}
	}
	return lines
}

// foldAt is how long a line of advice may be: a notebook in a small window breaks longer ones in the middle of a word.
const foldAt = 80

// folded breaks advice between words, and not within code.
func folded(advice string) (lines []string) {
	line, code := "", false
	for _, word := range strings.Split(advice, " ") {
		if line != "" && !code && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > foldAt {
			lines, line = append(lines, line), word
		} else if line != "" {
			line += " " + word
		} else {
			line = word
		}
		if strings.Count(word, "`")%2 == 1 {
			code = !code
		}
	}
	return append(lines, line)
}

// words returns a message without the kind of error, which stands before it.
func (e *Error) words(name, message string) string {
	if name == "SyntaxError" {
		return strings.TrimPrefix(message, "syntax error: ")
	}
	return message
}

// caret returns a line with ^ under the column, counted in bytes of line.
func caret(line string, col int) string {
	col = max(0, min(col-1, len(line)))
	return strings.Repeat(" ", len([]rune(expandTabs(line[:col])))) + ink.Mark("^")
}

// expandTabs shows tabs as four columns; a terminal's eight would shift the caret in a page.
func expandTabs(s string) string { return strings.ReplaceAll(s, "\t", "    ") }

// LimitWords begin every error about what the interpreter can't do.
const LimitWords = "a limit of the interpreter, not your mistake: "
