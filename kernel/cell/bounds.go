package cell

// This file defines the bounds of a cell's text, which keep every walk over it short.
//
// The parser, go/types and what comes behind them walk trees by recursion, and a stack overflow kills a Go process. So
// the depth is bounded before anything walks: here by the tokens, which costs one scan and no stack, then exactly, by
// package session, which has the trees.

import (
	"fmt"
	"go/token"
)

// maxPart is how many tokens may stand between two commas or semicolons, those of the enclosing brackets
// included. Each level of a tree takes a token, so no tree of the text is deeper.
const maxPart = 30_000

// Bounded returns an *Error for code that is too long in one piece to be parsed, nil for all other. label is the
// cell's.
func Bounded(label, code string) error {
	at := tooLong(code)
	if at < 0 {
		return nil
	}
	p := placeOf(code, at)
	d := Diagnostic{Pos: Position{label, p.line, p.col}, Line: p.text,
		Message: fmt.Sprintf("%sone statement has more than %d parts here; split it into several", LimitWords,
			maxPart/2)}
	return &Error{Name: "InterpreterLimit", Limit: true, Message: d.Message, Diagnostics: []Diagnostic{d}}
}

// tooLong finds where code has more tokens in one part than maxPart; the offset is -1 if it has not.
func tooLong(code string) (offset int) {
	s := NewScanner([]byte(code), 0)
	total, part := 0, 0
	var outer []int // parts of the enclosing brackets
	for {
		pos, tok, _ := s.Scan()
		switch tok {
		case token.EOF:
			return -1
		case token.COMMA, token.SEMICOLON, token.CASE, token.DEFAULT:
			total, part = total-part, 0
			continue
		case token.LPAREN, token.LBRACK, token.LBRACE:
			outer, part = append(outer, part+1), 0
			total++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			total -= part
			part = 0
			if n := len(outer); n > 0 {
				part, outer = outer[n-1], outer[:n-1]
			}
			fallthrough
		default:
			total++
			part++
		}
		if total > maxPart {
			return int(pos) - 1
		}
	}
}

// A textPlace is a place in a text.
type textPlace struct {
	line, col int
	text      string // of the line
}

// placeOf returns the place of an offset.
func placeOf(code string, offset int) textPlace {
	p := textPlace{line: 1}
	start := 0
	for i := range offset {
		if code[i] == '\n' {
			p.line, start = p.line+1, i+1
		}
	}
	p.col, p.text = offset-start+1, code[start:lineEnd([]byte(code), start)]
	return p
}

// lineEnd returns the offset behind the newline that ends the line of at.
func lineEnd(src []byte, at int) int {
	for ; at < len(src); at++ {
		if src[at] == '\n' {
			return at + 1
		}
	}
	return len(src)
}
