package assist

// This file defines what stands at the cursor, and how to cut off a text there so that a parser understands most of it.

import (
	"go/scanner"
	"go/token"
	"strings"

	"gilkernel/kernel/cell"
)

// A place is what stands at the cursor.
type place struct {
	kind  placeKind
	start int    // of the word before the cursor
	word  string // may be empty
}

type placeKind int

const (
	placeNothing placeKind = iota // text, a number, a name that is being declared
	placeName
	placeMember // behind a dot
	placeImport // in the string of an import
)

// placeAt determines what stands at the end of text.
func placeAt(text string) place {
	nothing := place{start: len(text)}
	s := cell.NewScanner([]byte(text), scanner.ScanComments)
	type tok struct {
		tok        token.Token
		start, end int
	}
	var before, last tok // the two last tokens, without comments
	depth, first := 0, token.ILLEGAL
	for {
		pos, t, lit := s.Scan()
		at := int(pos) - 1
		if t == token.EOF || t == token.SEMICOLON && at >= len(text) {
			break
		}
		switch t {
		case token.COMMENT:
			if line := strings.HasPrefix(lit, "//"); line && at+len(lit) >= len(strings.TrimRight(text, "\r")) ||
				!line && (len(lit) < 4 || !strings.HasSuffix(lit, "*/")) {
				return nothing
			}
			continue
		case token.SEMICOLON:
			if depth == 0 {
				first = token.ILLEGAL
			}
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth = max(depth-1, 0)
		}
		if first == token.ILLEGAL && t != token.SEMICOLON {
			first = t
		}
		before, last = last, tok{t, at, at + len(lit)}
	}
	p := place{kind: placeName, start: len(text)}
	prev := last.tok // the token before the word
	switch {
	case last.tok == token.STRING || last.tok == token.CHAR:
		lit := text[last.start:]
		switch {
		case closedString(lit) && last.end < len(text):
		case first == token.IMPORT && lit[0] != '\'' && !closedString(lit):
			return place{kind: placeImport, start: last.start + 1, word: lit[1:]}
		default:
			return nothing
		}
	case last.tok == token.IDENT || last.tok.IsKeyword():
		if last.end == len(text) {
			p.start, p.word, prev = last.start, text[last.start:], before.tok
		}
	case last.tok.IsLiteral() && last.end >= len(text):
		return nothing // a number
	}
	switch prev {
	case token.PERIOD:
		p.kind = placeMember
	case token.VAR, token.CONST, token.TYPE, token.PACKAGE, token.IMPORT, token.GOTO, token.BREAK, token.CONTINUE:
		p.kind = placeNothing
	case token.FUNC:
		if first == token.FUNC && depth == 0 {
			p.kind = placeNothing
		}
	}
	return p
}

// closedString reports whether a string literal, which may continue to the end of the text, is closed.
func closedString(lit string) bool {
	switch lit[0] {
	case '`':
		return strings.Count(lit, "`") >= 2
	default:
		for i := 1; i < len(lit); i++ {
			switch lit[i] {
			case '\\':
				i++
			case lit[0]:
				return true
			case '\n':
				return false
			}
		}
		return false
	}
}

// closing returns what has to follow text, which is the beginning of a statement or a declaration, so that a parser
// accepts it: the closing brackets of open ones, and the bodies, colons and calls that Go's statements require.
func closing(text string) string {
	type level struct {
		closer string
		first  token.Token // of the statement that isn't yet whole
		paren  bool        // the last bracket closed on this level was a parenthesis
	}
	levels := []level{{}}
	s := cell.NewScanner([]byte(text), 0)
	for {
		pos, tok, _ := s.Scan()
		if tok == token.EOF || int(pos) > len(text) { // or the newline that the scanner sees there
			break
		}
		top := &levels[len(levels)-1]
		switch tok {
		case token.SEMICOLON:
			switch top.first {
			case token.IF, token.FOR, token.SWITCH, token.SELECT: // their header continues
			default:
				top.first = token.ILLEGAL
			}
			continue
		case token.COLON:
			top.first = token.ILLEGAL
			continue
		case token.LPAREN:
			levels = append(levels, level{closer: ")", first: token.LPAREN})
			continue
		case token.LBRACK:
			levels = append(levels, level{closer: "]", first: token.LBRACK})
			continue
		case token.LBRACE:
			switch top.first {
			case token.IF, token.FOR, token.SWITCH, token.SELECT:
				top.first = token.LBRACE // here is the body
			}
			levels = append(levels, level{closer: "}"})
			continue
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(levels) > 1 {
				levels = levels[:len(levels)-1]
				levels[len(levels)-1].paren = tok == token.RPAREN
			}
			continue
		case token.IF:
			if top.first == token.LBRACE {
				top.first = token.IF // else if
			}
		}
		top.paren = false
		if top.first == token.ILLEGAL {
			top.first = tok
		}
	}
	var b strings.Builder
	for i := len(levels) - 1; i >= 0; i-- {
		l := levels[i]
		switch l.first {
		case token.IF, token.FOR, token.SWITCH, token.SELECT:
			b.WriteString("{}")
		case token.CASE, token.DEFAULT:
			b.WriteString(":")
		case token.GO, token.DEFER:
			if called := i < len(levels)-1 && levels[i+1].closer == ")" || i == len(levels)-1 && l.paren; !called {
				b.WriteString("()")
			}
		}
		b.WriteString(l.closer)
	}
	return b.String()
}
