package session

// This file splits a cell, which mixes declarations and statements, into a text for each: in each text, the other kind
// is blanked, so that every token keeps its line and column.

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"

	"gilkernel/kernel/cell"
)

// blank returns code with every byte outside of the kept pieces blanked, except newlines and comments that precede a
// kept piece. A kept piece keeps its semicolon; all other semicolons are blanked, because Go has no empty declarations.
func blank(code string, pieces []cell.Piece, keep func(cell.Piece) bool) string {
	b := []byte(code)
	last := 0 // end of the last piece
	for _, p := range pieces {
		if !keep(p) {
			spaces(b[last:p.End()]) // with the comments before it
			last = p.End()
			continue
		}
		blankSemicolons(b[last:p.Start])
		last = p.End()
		if p.Semicolon {
			last++
		}
	}
	blankSemicolons(b[last:])
	return string(b)
}

// spaces blanks all of b but newlines.
func spaces(b []byte) {
	for i, c := range b {
		if c != '\n' {
			b[i] = ' '
		}
	}
}

// blankSemicolons blanks the semicolons of b, which otherwise holds only blanks and comments.
func blankSemicolons(b []byte) {
	if bytes.IndexByte(b, ';') < 0 {
		return
	}
	s := cell.NewScanner(bytes.Clone(b), 0)
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return
		}
		if tok == token.SEMICOLON && lit == ";" {
			b[pos-1] = ' '
		}
	}
}

// srcPart is source that is parsed and checked as a file of its own.
type srcPart struct {
	label string
	code  string // the learner's text
	line  int    // its first line in the cell
	head  int    // length of the text that was parsed before the code
	file  *ast.File
	own   bool    // it belongs to the cell that is being compiled, not to an earlier one
	dep   string  // name of the earlier definition that is compiled again, "" for the cell's own
	of    *method // the method that is compiled again, of the type dep
}

// parsePart parses the text head+body+tail as the file of a part.
func parsePart(fset *token.FileSet, u *srcPart, name, head, body, tail string) error {
	u.head = len(head)
	f, err := parser.ParseFile(fset, name, head+body+tail,
		parser.ParseComments|parser.SkipObjectResolution|parser.AllErrors)
	u.file = f
	return err
}

// empty makes the part a file that declares nothing, as parsing one would: most cells have only statements, and running
// three parsers for each cell took a quarter of the time of the check.
func (u *srcPart) empty(fset *token.FileSet, name string) {
	const text = "package main\n"
	u.head = len(text)
	pos := token.Pos(fset.AddFile(name, -1, len(text)).Base())
	u.file = &ast.File{Package: pos, Name: &ast.Ident{Name: "main", NamePos: pos + token.Pos(len("package "))},
		FileStart: pos, FileEnd: pos + token.Pos(len(text))}
}

// offset returns the offset of pos in the part's code.
func (u *srcPart) offset(fset *token.FileSet, pos token.Pos) int {
	return fset.File(pos).Offset(pos) - u.head
}
