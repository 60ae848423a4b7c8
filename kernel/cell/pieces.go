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
	Text      string      // without the semicolon behind it
	Start     int         // its offset
	Tok       token.Token // the first token
	Decl      bool        // it is a declaration that stays outside of the function
	Semicolon bool        // the learner wrote one behind it
}

// End returns the offset behind the piece.
func (p Piece) End() int { return p.Start + len(p.Text) }

// maxHeader is how many semicolons the header of a statement has at most: those of "for".
const maxHeader = 2

// Pieces cuts Go code at the semicolons outside of all brackets.
func Pieces(code string) []Piece {
	var pieces []Piece
	s := NewScanner([]byte(code), 0)
	depth, start := 0, -1
	var toks, after []token.Token // the first two of the piece, and the first two behind the brackets that follow func
	header := 0                   // how many more semicolons the header may have that the piece begins with
	braced := false               // the header has had braces, those of a literal or of the block
	last := token.EOF
	begins, named := true, false // the next token begins a statement; the last one may be its label
	for {
		pos, tok, lit := s.Scan()
		at := int(pos) - 1
		if tok == token.EOF {
			at = len(code)
		}
		if tok == token.EOF || tok == token.SEMICOLON && depth == 0 {
			if start >= 0 {
				p := Piece{Text: code[start:at], Start: start, Tok: toks[0], Decl: isDecl(toks, after),
					Semicolon: lit == ";"}
				if p.Semicolon && header > 0 && (!braced || !p.Right()) {
					header--
					continue
				}
				pieces = append(pieces, p)
			}
			if tok == token.EOF {
				return pieces
			}
			start, toks, after, header, braced = -1, toks[:0], after[:0], 0, false
			begins, named = true, false
			continue
		}
		if start < 0 {
			start = at
		}
		if begins && (tok == token.FOR || tok == token.IF || tok == token.SWITCH) {
			header = maxHeader
		}
		if last == token.ELSE && tok == token.IF && depth == 0 {
			header = maxHeader
		}
		last = tok
		begins, named = named && tok == token.COLON, begins && tok == token.IDENT // a label has a statement behind it
		behind := depth == 0 && len(toks) == 2 && toks[0] == token.FUNC && toks[1] == token.LPAREN
		if len(toks) < 2 {
			toks = append(toks, tok)
		} else if behind && len(after) < 2 {
			after = append(after, tok)
		}
		switch tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			braced = braced || depth == 0 && tok == token.LBRACE
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth = max(depth-1, 0)
		}
	}
}

// isDecl reports whether a piece with these tokens is a declaration: "func f(" or "func (r T) f(", and not "func(x int)
// string {…}(1)". A method of which only the name has been typed is a declaration, too.
func isDecl(toks, after []token.Token) bool {
	switch toks[0] {
	case token.IMPORT, token.CONST, token.TYPE, token.VAR:
		return true
	case token.FUNC:
		return len(toks) > 1 && toks[1] == token.IDENT ||
			len(after) > 0 && after[0] == token.IDENT && (len(after) == 1 || after[1] == token.LPAREN)
	}
	return false
}

// A verdict is the parser's opinion of a piece.
type verdict int

const (
	pieceRight  verdict = iota
	pieceCutOff         // more text could make it valid
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
	// More text could repair an error at or behind the last character.
	if list[0].Pos.Offset >= len(head)+len(strings.TrimRight(p.Text, " \t\r\n")) {
		return pieceCutOff
	}
	return pieceWrong
}

// Right reports whether the piece is valid syntax on its own.
func (p Piece) Right() bool { return p.check() == pieceRight }
