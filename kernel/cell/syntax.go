package cell

// This file defines syntax errors: what go/parser says, in the words of the go command.

import (
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// SyntaxError converts a parser's error to an Error.
func SyntaxError(label, code string, err error) *Error {
	e := &Error{Name: "SyntaxError"}
	lines := strings.Split(strings.TrimRight(code, " \t\r\n"), "\n")
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		e.Message = err.Error()
		return e
	}
	if line, col, text := stray(code); text != "" {
		d := Diagnostic{Pos: Position{label, line, col}, Message: "syntax error: unexpected " + text,
			Line: strings.Split(code, "\n")[line-1]}
		return &Error{Name: e.Name, Message: d.Message, Diagnostics: []Diagnostic{d}}
	}
	list.RemoveMultiples()
	for _, pe := range list {
		d := Diagnostic{Pos: Position{label, pe.Pos.Line, pe.Pos.Column}}
		end := pe.Pos.Filename != label || d.Pos.Line > len(lines) || d.Pos.Line < 1
		if end {
			if e.Diagnostics != nil {
				break // it follows from the first one
			}
			// The parser continued into what the compiler puts behind the cell.
			d.Pos.Line = len(lines)
			d.Pos.Col = len(lines[len(lines)-1]) + 1
		}
		d.Message = "syntax error: " + syntaxWords(pe.Msg, end)
		d.Line = lines[d.Pos.Line-1]
		if strings.Contains(pe.Msg, "ILLEGAL") && d.Pos.Col <= len(d.Line) {
			r, _ := utf8.DecodeRuneInString(d.Line[d.Pos.Col-1:])
			d.Message = fmt.Sprintf("invalid character %U %q", r, r)
		}
		e.Diagnostics = append(e.Diagnostics, d)
	}
	e.Message = e.Diagnostics[0].Message
	return e
}

// stray finds a closing bracket that nothing has opened.
func stray(code string) (line, col int, text string) {
	src := []byte(code)
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(src))
	var s scanner.Scanner
	s.Init(file, src, func(token.Position, string) {}, 0)
	var open []token.Token
	closes := map[token.Token]token.Token{token.RPAREN: token.LPAREN, token.RBRACK: token.LBRACK,
		token.RBRACE: token.LBRACE}
	for {
		pos, tok, _ := s.Scan()
		switch tok {
		case token.EOF:
			return 0, 0, ""
		case token.LPAREN, token.LBRACK, token.LBRACE:
			open = append(open, tok)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(open) == 0 {
				p := file.PositionFor(pos, false)
				return p.Line, p.Column, tok.String()
			}
			if open[len(open)-1] != closes[tok] {
				return 0, 0, "" // the parser knows more
			}
			open = open[:len(open)-1]
		}
	}
}

var expected = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^expected (.*), found (.*)$`)
})

// syntaxWords returns the compiler's words for an error. end: at the end of the cell.
func syntaxWords(msg string, end bool) string {
	if rest, ok := strings.CutPrefix(msg, "missing ',' before newline in "); ok {
		return "unexpected newline in " + rest + "; possibly missing comma or )"
	}
	m := expected().FindStringSubmatch(msg)
	if m == nil {
		return msg
	}
	want, found := strings.Trim(m[1], "'"), foundWords(m[2])
	switch {
	case end && (want == ";" || want == "declaration" || want == "statement"):
		return "unexpected end of cell, expected }"
	case end:
		found = "end of cell"
	}
	switch want {
	case ";":
		return "unexpected " + found + " at end of statement"
	case "operand":
		want = "expression"
	}
	return "unexpected " + found + ", expected " + want
}

// foundWords returns the kind of token that was found.
func foundWords(found string) string {
	if text, ok := strings.CutPrefix(found, "'"); ok && strings.HasSuffix(text, "'") {
		text = strings.TrimSuffix(text, "'")
		if token.IsKeyword(text) {
			return "keyword " + text
		}
		if text != "" && !token.IsIdentifier(text) {
			return text
		}
	}
	switch {
	case found == "newline" || found == "EOF":
		return found
	case token.IsIdentifier(found):
		return "name " + found
	}
	return "literal " + found
}
