package exec

// This file finds the statement at which a goroutine is, as text: the text stays the same while a learner changes other
// statements.

import (
	"bytes"
	"go/ast"
	"go/printer"
	"go/token"
	"strings"
	"unicode"

	"gilkernel/kernel/unit"
)

// Statement returns the text of the statement at which a goroutine is in a learner's function, without white space and
// comments, and without the bodies of loops and the like; "" if it isn't known. Only the goroutine itself may call it,
// or another goroutine while this one can't run.
func (g *G) Statement() string {
	f := g.cur
	for f != nil && (f.code.hidden || f.code.src.native) {
		f = f.up
	}
	if f == nil {
		return ""
	}
	k, pos := f.code, f.place
	if f.pc < len(k.places) && !pos.IsValid() {
		pos = k.places[f.pc]
	}
	if text, ok := k.statements.Load(pos); ok {
		return text.(string)
	}
	text := k.src.statement(pos)
	k.statements.Store(pos, text)
	return text
}

// statement returns the text of the innermost statement at a position.
func (s *source) statement(pos token.Pos) string {
	if s.fset == nil || s.text == nil || !pos.IsValid() {
		return ""
	}
	var found ast.Node
	for _, d := range s.text.Decls {
		ast.Inspect(d, func(n ast.Node) bool {
			if n == nil || pos < n.Pos() || pos >= n.End() {
				return false
			}
			switch n.(type) {
			case *ast.BlockStmt, *ast.LabeledStmt, *ast.DeclStmt:
			case ast.Stmt, ast.Spec, *ast.FuncLit, *ast.FuncDecl:
				found = n
			}
			return true
		})
	}
	return s.plainText(found)
}

// plainText returns what a statement says, in one line.
func (s *source) plainText(n ast.Node) string {
	if n == nil {
		return ""
	}
	empty := &ast.BlockStmt{}
	switch m := n.(type) {
	case *ast.IfStmt:
		n = &ast.IfStmt{Init: m.Init, Cond: m.Cond, Body: empty}
	case *ast.ForStmt:
		n = &ast.ForStmt{Init: m.Init, Cond: m.Cond, Post: m.Post, Body: empty}
	case *ast.RangeStmt:
		n = &ast.RangeStmt{Key: m.Key, Value: m.Value, Tok: m.Tok, X: m.X, Body: empty}
	case *ast.SwitchStmt:
		n = &ast.SwitchStmt{Init: m.Init, Tag: m.Tag, Body: empty}
	case *ast.TypeSwitchStmt:
		n = &ast.TypeSwitchStmt{Init: m.Init, Assign: m.Assign, Body: empty}
	case *ast.SelectStmt:
		n = &ast.SelectStmt{Body: empty}
	case *ast.CaseClause:
		n = &ast.CaseClause{List: m.List}
	case *ast.CommClause:
		n = &ast.CommClause{Comm: m.Comm}
	case *ast.FuncLit:
		n = &ast.FuncLit{Type: m.Type, Body: empty}
	case *ast.FuncDecl:
		n = &ast.FuncDecl{Recv: m.Recv, Name: m.Name, Type: m.Type, Body: empty}
	}
	var b bytes.Buffer
	if printer.Fprint(&b, token.NewFileSet(), n) != nil {
		return ""
	}
	text := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, b.String())
	return strings.NewReplacer(",)", ")", ",}", "}").Replace(text) // a list in several lines has a comma more
}

// Globals returns the package variables that a program uses, as GlobalsOf does for functions; those that it declares
// are among them.
func (p *Program) Globals() []Global {
	w := newUsesWalk(p.e, nil)
	for _, k := range p.steps {
		w.code(k)
	}
	if p.entry != nil {
		w.ref(p.entry)
	}
	return w.globalsUsed()
}

// Declares reports whether the program declares functions or types, which may have taken the place of earlier ones.
func (p *Program) Declares() bool { return p.declares }

// declaresCode is Declares for a unit.
func declaresCode(u *unit.Unit) bool {
	for _, d := range u.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			return true
		case *ast.GenDecl:
			if d.Tok == token.TYPE {
				return true
			}
		}
	}
	return len(u.Extends) > 0
}
