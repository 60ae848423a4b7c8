package cell

// This file defines lowering: names get their versions, variables of the cell's top level become the
// session's, and the value of the last expression is handed over. All else is the engine's: it runs Go as
// it is. Text is edited rather than printed from the tree, so that every line and column stays where
// the learner wrote it.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// lower lowers all units and the statements.
func (c *compilation) lower() error {
	c.assignNames()
	for _, u := range c.units {
		l := &lowerer{c: c, u: u}
		l.decls()
		if err := l.err(); err != nil {
			return err
		}
	}
	l := &lowerer{c: c, u: c.stmts}
	l.topLevel()
	return l.err()
}

// assignNames gives what the program declares its names in the interpreter.
func (c *compilation) assignNames() {
	for _, u := range c.units {
		for _, id := range declared(u.file) {
			name := id.Name
			if name == "_" || name == "init" {
				continue
			}
			c.fresh[name] = c.s.newName(name)
			c.names[name] = c.fresh[name]
			if tn, ok := c.scope.Lookup(name).(*types.TypeName); ok {
				c.types[tn] = c.names[name]
			}
		}
	}
	for name := range c.stale { // this cell's own statements must not call the old one either
		if d := c.s.live[name]; d != nil && d.kind == kindFunc && c.fresh[name] == "" {
			sig := d.obj.(*types.Func).Signature()
			if _, ok := c.writer().expr(sig); ok {
				c.staleNames[name] = c.s.newName(name)
				c.names[name] = c.staleNames[name]
			}
		}
	}
	for _, h := range c.hoisted {
		d := c.s.live[h.name]
		h.expr, _ = c.writer().expr(h.typ)
		if d != nil && d.kind == kindVar && types.Identical(d.obj.Type(), h.typ) && c.fresh[h.name] == "" {
			h.internal = d.internal
		} else {
			h.internal, h.fresh = c.s.newName(h.name), true
		}
		c.names[h.name] = h.internal
	}
}

// writer returns the type writer of this program.
func (c *compilation) writer() *typeWriter {
	return &typeWriter{
		internal: func(tn *types.TypeName) (string, bool) {
			if name, ok := c.types[tn]; ok {
				return name, true
			}
			name, ok := c.s.typeNames[tn]
			return name, ok
		},
		imported: func(p *types.Package) string {
			if c.aliases == nil {
				c.aliases = map[string]string{}
			}
			alias, ok := c.aliases[p.Path()]
			if !ok {
				alias = fmt.Sprintf("__%s%d", p.Name(), len(c.aliases))
				c.aliases[p.Path()] = alias
			}
			return alias
		},
	}
}

// lowerer lowers one unit.
type lowerer struct {
	c      *compilation
	u      *unit
	faults []fault
}

func (l *lowerer) err() error {
	if len(l.faults) == 0 {
		return nil
	}
	e := diagnostics(l.c.fset, "InterpreterLimit", l.c.code, l.faults)
	e.Limit = true
	return e
}

func (l *lowerer) insert(pos token.Pos, text string) { l.replace(pos, pos, text) }

func (l *lowerer) replace(from, to token.Pos, text string) {
	i, j := l.u.offset(l.c.fset, from), l.u.offset(l.c.fset, to)
	if i < 0 || j > len(l.u.code) {
		return // of the head: the braces of the cell's own function
	}
	// A newline that goes takes the line numbers behind it along: keep it.
	text += strings.Repeat("\n", max(0, strings.Count(l.u.code[i:j], "\n")-strings.Count(text, "\n")))
	l.u.edits = append(l.u.edits, edit{i, j, text})
}

// temp returns a number for temporary names.
func (l *lowerer) temp() int {
	l.c.temps++
	return l.c.temps
}

// topLevel lowers the cell's statements.
func (l *lowerer) topLevel() {
	for i, st := range l.c.body.List {
		if i == len(l.c.body.List)-1 && l.c.last != nil && l.result() {
			continue
		}
		l.topStmt(st)
	}
}

// topStmt lowers a statement whose variables are hoisted.
func (l *lowerer) topStmt(st ast.Stmt) {
	switch st := st.(type) {
	case *ast.AssignStmt:
		if st.Tok == token.DEFINE {
			l.replace(st.TokPos, st.TokPos+2, "=")
			for _, e := range st.Lhs {
				l.expr(e)
			}
			for _, e := range st.Rhs {
				l.expr(e)
			}
			return
		}
	case *ast.DeclStmt:
		if gd := st.Decl.(*ast.GenDecl); gd.Tok == token.VAR {
			l.hoistVars(gd)
			return
		}
	}
	l.expr(st)
}

// hoistVars turns a var declaration into assignments.
func (l *lowerer) hoistVars(gd *ast.GenDecl) {
	from := gd.Pos()
	for i, s := range gd.Specs {
		spec := s.(*ast.ValueSpec)
		sep := ""
		if i > 0 {
			sep = "; "
		}
		if len(spec.Values) == 0 {
			text := sep
			for _, id := range spec.Names {
				if h := l.c.hoist[l.c.info.Defs[id]]; h != nil {
					// The variable may be there from an earlier run of the cell.
					n := l.temp()
					text += fmt.Sprintf("var __z%d %s; %s = __z%d; ", n, h.expr, h.internal, n)
				}
			}
			l.replace(from, spec.End(), strings.TrimSuffix(text, "; "))
			from = spec.End()
			continue
		}
		var names []string
		for _, id := range spec.Names {
			name := "_"
			if h := l.c.hoist[l.c.info.Defs[id]]; h != nil {
				name = h.internal
			}
			names = append(names, name)
		}
		l.replace(from, spec.Values[0].Pos(), sep+strings.Join(names, ", ")+" = ")
		for _, e := range spec.Values {
			l.expr(e)
		}
		from = spec.End()
	}
	if gd.Rparen.IsValid() {
		l.replace(from, gd.Rparen+1, "")
	}
}

// decls lowers a unit of declarations.
func (l *lowerer) decls() {
	for _, d := range l.u.file.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			if d.Tok == token.TYPE {
				l.typeDecl(d)
			} else if d.Tok != token.IMPORT {
				l.expr(d)
			}
		case *ast.FuncDecl:
			l.funcDecl(d)
		}
	}
}

// typeDecl lowers type declarations, with the parentheses that unnamed has put there: the engine's checker needs them too.
func (l *lowerer) typeDecl(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		spec := spec.(*ast.TypeSpec)
		if p, ok := spec.Type.(*ast.ParenExpr); ok {
			if id, ok := p.X.(*ast.Ident); ok && id.Pos() == p.Pos() {
				l.ident(spec.Name)
				if spec.TypeParams != nil {
					l.expr(spec.TypeParams)
				}
				l.replace(id.Pos(), id.End(), "("+l.rename(id)+")")
				continue
			}
		}
		l.expr(spec)
	}
}

func (l *lowerer) funcDecl(d *ast.FuncDecl) {
	switch {
	case d.Recv == nil && d.Name.Name == "init":
		name := l.c.s.newName("init")
		l.c.inits = append(l.c.inits, name)
		l.replace(d.Name.Pos(), d.Name.End(), name)
	case d.Recv == nil:
		l.ident(d.Name)
	default:
		if !receiverGeneric(d) {
			l.c.bodies = append(l.c.bodies, methodBody{base: receiverBase(d), decl: d, unit: l.u})
		}
		l.expr(d.Recv)
	}
	l.expr(d.Type)
	if d.Body != nil {
		l.expr(d.Body)
	}
}
