package cell

// This file defines what a session learns from a program that the interpreter has compiled, and how a
// fresh interpreter learns it again.

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// replay is a program's definitions, for a fresh interpreter.
type replay struct {
	label, source, entry string
	key                  int
}

// Replay returns the programs that bring all definitions back in a fresh interpreter: functions,
// types and constants as they are, variables at zero. They are run in order.
func (s *Session) Replay() []*Program {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var ps []*Program
	for _, r := range s.replays {
		ps = append(ps, &Program{Label: r.label, Source: r.source, Entry: r.entry, Key: r.key})
	}
	return ps
}

// committer returns the function that makes the session know the program.
func (c *compilation) committer(p *Program, source, entry string) func(*Session) {
	return func(s *Session) {
		for name, path := range c.usedImports {
			s.imports[name] = path
		}
		for name, imp := range c.imports {
			if imp.explicit && !strings.HasPrefix(name, dotImport) {
				s.imports[name] = imp.path
				delete(s.live, name) // time := 5, then import "time": the import is what is meant now
			}
		}
		s.dots = c.dots
		for tn, name := range c.types {
			s.typeNames[tn] = name
			s.typeCells[tn] = c.label
		}
		for _, u := range c.units {
			for _, d := range u.file.Decls {
				c.commitDecl(s, u, d)
			}
		}
		for _, m := range c.bodies {
			c.commitMethod(s, m)
		}
		for name, fn := range c.staleNames {
			if d := s.live[name]; d != nil {
				d.internal, d.stale = fn, c.stale[name]
			}
		}
		for _, h := range c.hoisted {
			if c.fresh[h.name] != "" {
				continue
			}
			s.live[h.name] = &decl{name: h.name, kind: kindVar, obj: types.NewVar(h.obj.Pos(), c.s.pkg, h.name, h.typ), internal: h.internal,
				label: c.label, line: c.fset.Position(h.obj.Pos()).Line, src: c.lineOf(h.obj.Pos())}
		}
		if p.Out > 0 {
			name := outName(p.Out)
			s.latest = p.Out
			s.live[name] = &decl{name: name, kind: kindOut, obj: types.NewVar(token.NoPos, c.s.pkg, name, c.outType), internal: c.outInternal,
				label: c.label, out: p.Out, native: c.outNative}
		}
		if source != "" {
			s.replays = append(s.replays, replay{c.label, source, entry, c.key})
		}
	}
}

// lineOf returns the learner's line at pos.
func (c *compilation) lineOf(pos token.Pos) string {
	lines := strings.Split(c.code, "\n")
	if n := c.fset.Position(pos).Line; n >= 1 && n <= len(lines) {
		return strings.TrimSpace(lines[n-1])
	}
	return ""
}

// commitDecl makes the session know a declaration.
func (c *compilation) commitDecl(s *Session, u *unit, d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && d.Name.Name != "init" && d.Name.Name != "_" {
			nd := c.newDecl(u, d.Name, d, d.Doc, d)
			nd.refs = c.refersTo(false, d.Body).all
			s.live[d.Name.Name] = nd
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				doc := spec.Doc
				if doc == nil {
					doc = d.Doc
				}
				nd := c.newDecl(u, spec.Name, spec, doc, spec.Type)
				nd.methods = map[string]*method{}
				s.live[spec.Name.Name] = nd
			case *ast.ValueSpec:
				for _, id := range spec.Names {
					if id.Name != "_" {
						s.live[id.Name] = c.newDecl(u, id, d, d.Doc, d)
					}
				}
			}
		}
	}
}

// newDecl returns the live definition of id, whose text is that of whole, and which uses what
// parts use.
func (c *compilation) newDecl(u *unit, id *ast.Ident, whole ast.Node, doc *ast.CommentGroup, parts ...ast.Node) *decl {
	d := &decl{name: id.Name, obj: c.scope.Lookup(id.Name), internal: c.names[id.Name], label: u.label,
		line: c.fset.Position(whole.Pos()).Line, src: specText(c.fset, u, whole), doc: doc.Text(), uses: c.usesOf(parts...)}
	d.kind = kindOf(d.obj)
	delete(d.uses, id.Name)
	return d
}

// commitMethod makes the session know a method.
func (c *compilation) commitMethod(s *Session, b methodBody) {
	d := s.live[b.base]
	if d == nil || d.kind != kindType {
		return
	}
	if d.methods == nil {
		d.methods = map[string]*method{}
	}
	m := &method{name: b.decl.Name.Name, label: b.unit.label, line: c.fset.Position(b.decl.Pos()).Line, src: specText(c.fset, b.unit, b.decl),
		doc: b.decl.Doc.Text(), uses: c.usesOf(b.decl), refs: c.refersTo(false, b.decl.Body).all}
	d.methods[m.name] = m
}
