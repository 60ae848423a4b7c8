package session

// This file defines the split: a cell mixes declarations and statements, Go keeps them apart. Two texts
// are made of it, one for each kind, in which the other kind is blanked, so that every token keeps its
// line and column.

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// item is a top-level piece of a cell: code[start:end], without the semicolon behind it.
type item struct {
	start, end int
	tok        token.Token // IMPORT, CONST, TYPE, VAR, FUNC, PACKAGE; ILLEGAL for a statement
	semicolon  bool        // the learner wrote one behind it
}

// splitCell cuts code at the semicolons outside of all brackets.
func splitCell(code string) []item {
	var sc scanner.Scanner
	src := []byte(code)
	file := token.NewFileSet().AddFile("", -1, len(src))
	sc.Init(file, src, func(token.Position, string) {}, 0) // the parser reports what is wrong
	type tok struct {
		tok  token.Token
		off  int
		lit  string
		size int
	}
	var (
		items  []item
		cur    []tok
		depth  int
		header bool // between for, if or switch and its block
	)
	cut := func(semicolon bool) {
		if len(cur) == 0 {
			return
		}
		last := cur[len(cur)-1]
		it := item{start: cur[0].off, end: last.off + last.size, tok: token.ILLEGAL, semicolon: semicolon}
		switch t := cur[0].tok; t {
		case token.IMPORT, token.CONST, token.TYPE, token.VAR, token.PACKAGE:
			it.tok = t
		case token.FUNC:
			if len(cur) > 1 && cur[1].tok == token.IDENT {
				it.tok = token.FUNC
			} else if len(cur) > 1 && cur[1].tok == token.LPAREN {
				// A method if a name and its parameters follow the receiver; else a literal.
				open, i := 0, 1
				for ; i < len(cur); i++ {
					switch cur[i].tok {
					case token.LPAREN:
						open++
					case token.RPAREN:
						open--
					}
					if open == 0 {
						break
					}
				}
				if i+2 < len(cur) && cur[i+1].tok == token.IDENT && cur[i+2].tok == token.LPAREN {
					it.tok = token.FUNC
				}
			}
		}
		items = append(items, it)
		cur = cur[:0]
	}
	for {
		pos, t, lit := sc.Scan()
		if t == token.EOF {
			cut(false)
			return items
		}
		off := file.Offset(pos)
		switch t {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			header = header && (depth > 0 || t != token.LBRACE)
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		case token.FOR, token.IF, token.SWITCH:
			header = header || depth == 0 // the semicolons before its block are part of it
		case token.SEMICOLON:
			if depth <= 0 && !(header && lit == ";") {
				cut(lit == ";")
				depth = 0
				continue
			}
		}
		size := len(lit)
		if !t.IsLiteral() && !t.IsKeyword() && t != token.ILLEGAL {
			size = len(t.String())
		}
		size = min(size, len(code)-off)
		if t == token.SEMICOLON && lit == "\n" {
			size = 0
		}
		if t == token.STRING && strings.HasPrefix(lit, "`") {
			// The scanner strips carriage returns from raw strings: measure in the source.
			if n := strings.IndexByte(code[off+1:], '`'); n >= 0 {
				size = n + 2
			}
		}
		cur = append(cur, tok{t, off, lit, size})
	}
}

// isDecl reports whether the item stays outside of the cell's function.
func (it item) isDecl() bool {
	return it.tok == token.IMPORT || it.tok == token.CONST || it.tok == token.TYPE || it.tok == token.FUNC
}

// blank returns code with every byte outside of the kept items blanked; newlines stay. Comments
// between items stay too where they lead a kept item.
func blank(code string, items []item, keep func(item) bool) string {
	b := []byte(code)
	last := 0 // end of the last item
	if len(items) == 0 && strings.TrimLeft(code, "; \t\r\n") == "" {
		return strings.ReplaceAll(code, ";", " ")
	}
	for _, it := range items {
		from := it.start
		if !keep(it) {
			from = last // the comments before it go with it
		}
		if !keep(it) {
			for i := from; i < it.end; i++ {
				if b[i] != '\n' {
					b[i] = ' '
				}
			}
			if it.end < len(b) && b[it.end] == ';' {
				b[it.end] = ' '
			}
		}
		last = it.end
	}
	return string(b)
}

// srcPart is source that is parsed and checked as a file of its own.
type srcPart struct {
	label string
	code  string // the learner's text
	line  int    // its first line in the cell
	head  int    // length of what was parsed before the code
	file  *ast.File
	own   bool    // it is of the cell that is being compiled, not of an earlier one
	dep   string  // name of the earlier definition that is compiled again, "" for the cell's own
	of    *method // the method that is compiled again, of the type dep
}

// parsePart parses a part whose text is head+body.
func parsePart(fset *token.FileSet, u *srcPart, name, head, body, tail string) error {
	u.head = len(head)
	f, err := parser.ParseFile(fset, name, head+body+tail,
		parser.ParseComments|parser.SkipObjectResolution|parser.AllErrors)
	u.file = f
	return err
}

// offset returns where pos is in the part's code.
func (u *srcPart) offset(fset *token.FileSet, pos token.Pos) int {
	return fset.File(pos).Offset(pos) - u.head
}
