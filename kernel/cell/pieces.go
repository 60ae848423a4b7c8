package cell

// This file defines the pieces of Go code: what stands at its top level.

import (
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// A Piece is one declaration or statement at the top level of a cell.
type Piece struct {
	Text  string
	Start int         // its offset
	Tok   token.Token // the first token
	Decl  bool        // it is a declaration that stays outside of the function
}

// Pieces cuts Go code at the semicolons outside of all brackets.
func Pieces(code string) []Piece {
	var pieces []Piece
	s := NewScanner([]byte(code), 0)
	depth, start := 0, -1
	var toks [2]token.Token // the first tokens of the piece
	n, after := 0, token.ILLEGAL
	add := func(end int) {
		if start >= 0 {
			p := Piece{Text: code[start:end], Start: start, Tok: toks[0]}
			switch toks[0] {
			case token.IMPORT, token.CONST, token.TYPE, token.VAR:
				p.Decl = true
			case token.FUNC: // func f( or func (r T) f(, not func (x int) {…}(1)
				p.Decl = toks[1] == token.IDENT || after == token.IDENT
			}
			pieces = append(pieces, p)
		}
		start, n, after = -1, 0, token.ILLEGAL
	}
	closed := false // the bracket behind func was closed just now
	header := false // between for, if or switch and its block
	for {
		pos, tok, _ := s.Scan()
		at := int(pos) - 1
		if tok == token.EOF {
			add(len(code))
			return pieces
		}
		if depth == 0 {
			switch tok {
			case token.FOR, token.IF, token.SWITCH:
				header = true // the semicolons before its block are part of it
			case token.LBRACE:
				header = false
			}
		}
		if tok == token.SEMICOLON && depth == 0 && !header {
			add(at)
			closed = false
			continue
		}
		if start < 0 {
			start = at
		}
		if n < len(toks) {
			toks[n] = tok
		}
		n++
		if closed {
			after, closed = tok, false
		}
		switch tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth = max(depth-1, 0)
			closed = depth == 0 && after == token.ILLEGAL && toks[0] == token.FUNC && toks[1] == token.LPAREN
		}
	}
}

// A verdict is what the parser says of a piece.
type verdict int

const (
	pieceRight  verdict = iota
	pieceCutOff         // more text could make it right
	pieceWrong
)

// check parses the piece on its own.
func (p Piece) check() verdict {
	head, tail := "package p;", "\n"
	if !p.Decl {
		head, tail = "package p;func _(){", "\n}"
	}
	src := head + p.Text + tail
	_, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	list, ok := err.(scanner.ErrorList)
	if err == nil {
		return pieceRight
	}
	if !ok || len(list) == 0 {
		return pieceWrong
	}
	// An error at or behind the last character is one that more text could mend.
	if list[0].Pos.Offset >= len(head)+len(strings.TrimRight(p.Text, " \t\r\n")) {
		return pieceCutOff
	}
	return pieceWrong
}

// Right reports whether the piece is right syntax on its own.
func (p Piece) Right() bool { return p.check() == pieceRight }
