package cell

// This file defines the answer to is_complete_request: whether a cell typed in a console can be run as it
// stands, or is still being typed.

import (
	"go/scanner"
	"go/token"
	"strings"
)

// maxIsComplete is the length in bytes beyond which IsComplete answers "unknown": a console waits for the answer at
// every Enter.
const maxIsComplete = 128 << 10

// IsComplete says whether code can be run as it is: "complete", "incomplete" (more lines are needed, the next one
// should begin with indent), "invalid" (no more lines can repair it) or "unknown". It reads only the syntax, so it
// never blocks; it is safe for concurrent use. See is_complete_request in the protocol's messages.
func IsComplete(code string) (status, indent string) {
	switch {
	case strings.TrimSpace(code) == "":
		return "complete", ""
	case len(code) > maxIsComplete, tooLong(code) >= 0:
		return "unknown", ""
	}
	if _, _, ok := CellMagic(code); ok {
		// The body may be anything: as in IPython an empty line ends it.
		trimmed := strings.TrimRight(code, " \t\r")
		if strings.HasSuffix(trimmed, "\n") && strings.HasSuffix(strings.TrimRight(trimmed[:len(trimmed)-1], " \t\r"),
			"\n") {
			return "complete", ""
		}
		return "incomplete", leading(lastLine(code))
	}
	chunks := cut(code, nil)
	if len(chunks) == 0 {
		// Comments only.
		if scanEnd(code).open {
			return "incomplete", ""
		}
		return "complete", ""
	}
	status = "complete"
	for i, c := range chunks {
		last := i == len(chunks)-1
		text := code[c.start:c.end]
		switch c.kind {
		case StepCell:
			return "invalid", ""
		case StepShell:
			if last && strings.HasSuffix(strings.TrimRight(text, "\r\n"), "\\") {
				return "incomplete", ""
			}
		case StepLine:
			at := strings.IndexByte(text, '%') + 1
			name := MagicName(text[at:])
			if m, _ := MagicOf(name); last && m.Arg == ArgGo {
				if s, in := goComplete(strings.TrimLeft(text[at+len(name):], " \t")); s == "incomplete" {
					return s, in
				}
			}
		case StepGo:
			s, in := goComplete(text)
			if s == "invalid" || s == "incomplete" && !last {
				return "invalid", ""
			}
			status, indent = s, in
			continue
		}
		status, indent = "complete", ""
	}
	return status, indent
}

// goComplete is IsComplete for Go code alone.
func goComplete(code string) (status, indent string) {
	end := scanEnd(code)
	switch {
	case end.invalid:
		return "invalid", ""
	case end.open: // what is typed next is text, not code
		return "incomplete", ""
	case end.depth > 0 || !end.statement:
		return "incomplete", end.indent(code)
	}
	pieces := Pieces(code)
	for i, p := range pieces {
		switch p.check() {
		case pieceCutOff:
			if i == len(pieces)-1 {
				return "incomplete", end.indent(code)
			}
			return "invalid", ""
		case pieceWrong:
			return "invalid", ""
		}
	}
	return "complete", ""
}

// An ending is what Go's scanner knows at the end of a text.
type ending struct {
	invalid   bool        // a bracket or a string is wrong, whatever follows
	open      bool        // inside of a raw string or a comment
	statement bool        // a newline here ends a statement
	depth     int         // open brackets
	last      token.Token // the last token that isn't a semicolon of a newline
	lineOpens bool        // a bracket of the last line is open
	inCases   bool        // the innermost open brace is that of a switch or a select
}

// scanEnd reads the whole text.
func scanEnd(code string) ending {
	var e ending
	type bracket struct {
		tok   token.Token
		at    int
		cases bool
	}
	var stack []bracket
	src := []byte(code)
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", 1, len(src))
	s.Init(file, src, func(_ token.Position, msg string) {
		switch {
		case msg == "raw string literal not terminated", msg == "comment not terminated":
			e.open = true
		default:
			e.invalid = true
		}
	}, 0)
	tail := strings.LastIndexByte(strings.TrimRight(code, " \t\r\n"), '\n') + 1
	e.statement = true
	cases := -1 // the depth at which a switch or select waits for its brace
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		at := int(pos) - 1
		switch tok {
		case token.SWITCH, token.SELECT:
			cases = len(stack)
		case token.LPAREN, token.LBRACK, token.LBRACE:
			stack = append(stack, bracket{tok, at, tok == token.LBRACE && cases == len(stack)})
			if tok == token.LBRACE && cases == len(stack)-1 {
				cases = -1
			}
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(stack) == 0 || stack[len(stack)-1].tok != opening(tok) {
				e.invalid = true
				return e
			}
			stack = stack[:len(stack)-1]
		}
		e.statement = tok == token.SEMICOLON
		if tok != token.SEMICOLON || lit != "\n" {
			e.last = tok
		}
	}
	e.depth = len(stack)
	if e.depth > 0 {
		e.inCases = stack[e.depth-1].cases
		e.lineOpens = stack[e.depth-1].at >= tail
	}
	return e
}

// opening returns the bracket that tok closes.
func opening(tok token.Token) token.Token {
	switch tok {
	case token.RPAREN:
		return token.LPAREN
	case token.RBRACK:
		return token.LBRACK
	}
	return token.LBRACE
}

// indent returns the blanks that the next line should begin with: those of the last line that isn't blank, and a tab
// more behind an opening bracket, a case or a label. As in gofmt's style, the cases of a switch have no extra tab.
func (e ending) indent(code string) string {
	line := lastLine(code)
	in := leading(line)
	switch {
	case e.lineOpens && !(e.inCases && e.last == token.LBRACE), e.last == token.COLON && e.depth > 0:
		in += "\t"
	}
	return in
}

// lastLine returns the last line of code that isn't blank.
func lastLine(code string) string {
	code = strings.TrimRight(code, " \t\r\n")
	return code[strings.LastIndexByte(code, '\n')+1:]
}

// leading returns the spaces and tabs that line begins with.
func leading(line string) string {
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}
