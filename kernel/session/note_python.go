package session

// This file defines the notes about code that means one thing in Python and another in Go.

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"strings"
)

// notePrint adds a note about the first call of the builtin functions print and println in a file.
func (c *compilation) notePrint(f *ast.File) {
	found := false
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		id, ok := ast.Unparen(call.Fun).(*ast.Ident)
		if !ok {
			return true
		}
		b, ok := c.info.Uses[id].(*types.Builtin)
		switch {
		case ok && b.Name() == "print" && len(call.Args) > 0:
			c.note(id.Pos(),
				"Go's print writes to stderr, without spaces and without a newline; fmt.Println is Python's print")
			found = true
		case ok && b.Name() == "println":
			c.note(id.Pos(), "Go's println writes to stderr; fmt.Println is Python's print")
			found = true
		}
		return !found
	})
}

// noteDivision adds notes about comments that look like the divisor of Python's //: the comment follows an operand and
// is a number, or the name of a variable whose value is one. Real comments are neither.
func (c *compilation) noteDivision() {
	var s scanner.Scanner
	src := []byte(c.code)
	file := token.NewFileSet().AddFile("", -1, len(src))
	s.Init(file, src, func(token.Position, string) {}, scanner.ScanComments)
	before, line := token.SEMICOLON, 0
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return
		}
		at := file.PositionFor(pos, false)
		if tok == token.COMMENT && strings.HasPrefix(text, "//") && at.Line == line &&
			c.isDivisor(strings.TrimSpace(text[2:])) {
			switch before {
			case token.INT, token.FLOAT, token.IDENT, token.RPAREN, token.RBRACK:
				c.notes = append(c.notes, Note{Line: at.Line, Col: at.Column,
					Text: "// begins a comment in Go; / divides, and between two int values it drops the remainder, " +
						"as in 7 / 2 == 3"})
			}
		}
		if tok != token.SEMICOLON || text != "\n" {
			before, line = tok, at.Line
		}
	}
}

// isDivisor reports whether the text of a comment is a number, or a variable of a numeric type.
func (c *compilation) isDivisor(text string) bool {
	x, err := parser.ParseExpr(text)
	if err != nil {
		return false
	}
	switch x := x.(type) {
	case *ast.BasicLit:
		return x.Kind == token.INT || x.Kind == token.FLOAT
	case *ast.Ident:
		var t types.Type
		if d := c.s.live[x.Name]; d != nil && d.obj != nil && d.kind == kindVar {
			t = d.obj.Type()
		}
		for _, h := range c.hoisted {
			if h.name == x.Name {
				t = h.typ
			}
		}
		b, ok := types.Default(orInvalid(t)).Underlying().(*types.Basic)
		return ok && b.Info()&types.IsNumeric != 0
	}
	return false
}

// orInvalid returns t, or the invalid type if t is nil.
func orInvalid(t types.Type) types.Type {
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return t
}
