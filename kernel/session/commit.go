package session

// This file defines what a session learns from a program that the interpreter has compiled, and how a
// fresh interpreter learns it again.

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// committer returns the function that makes the session know the program.
func (c *compilation) committer(p *Program) func(*Session) {
	return func(s *Session) {
		c.replacedNames, c.defined = map[string]bool{}, len(c.fresh) > 0
		for name := range c.fresh {
			c.replacedNames[name] = s.live[name] != nil
		}
		more := c.commitImports(s)
		for _, u := range c.units {
			for _, id := range declared(u.file) {
				if tn, ok := c.scope.Lookup(id.Name).(*types.TypeName); ok {
					s.typeCells[tn] = c.label
				}
			}
		}
		for _, u := range c.units {
			for _, d := range u.file.Decls {
				c.commitDecl(s, u, d)
			}
		}
		for _, u := range c.units {
			for _, d := range u.file.Decls {
				if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv != nil && !receiverGeneric(fd) {
					c.commitMethod(s, u, fd)
				}
			}
		}
		for _, st := range p.Unit.Stale {
			s.live[st.Func.Name()].stale = st.Why
		}
		for _, h := range c.hoisted {
			if c.fresh[h.name] {
				continue
			}
			if d := s.live[h.name]; d == nil || d.obj != h.global {
				c.defined = true
				c.replacedNames[h.name] = d != nil
			}
			s.live[h.name] = &decl{name: h.name, kind: kindVar, obj: h.global, label: c.label,
				line: c.fset.Position(h.obj.Pos()).Line, src: c.lineOf(h.obj.Pos())}
		}
		if c.outVar != nil {
			s.latest = c.out
			s.live[c.outVar.Name()] = &decl{name: c.outVar.Name(), kind: kindOut, obj: c.outVar, label: c.label,
				out: c.out}
		}
		s.record(c, p, more)
	}
}

// commitImports makes the session know the packages that the program has imported or used. It reports whether there is
// a new one.
func (c *compilation) commitImports(s *Session) (learned bool) {
	set := func(name, path string) {
		learned = learned || s.imports[name] != path
		s.imports[name] = path
	}
	for id, o := range c.info.Uses {
		if pkg, ok := o.(*types.PkgName); ok {
			set(id.Name, pkg.Imported().Path())
		}
	}
	for name, imp := range c.imports {
		if imp.explicit && !strings.HasPrefix(name, dotImport) {
			set(name, imp.path)
			delete(s.live, name) // time := 5, then import "time": the import is what is meant now
			learned = true
		}
	}
	learned = learned || !slices.Equal(s.dots, c.dots)
	s.dots = c.dots
	return learned
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
func (c *compilation) commitDecl(s *Session, u *srcPart, d ast.Decl) {
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
func (c *compilation) newDecl(
	u *srcPart, id *ast.Ident, whole ast.Node, doc *ast.CommentGroup, parts ...ast.Node,
) *decl {
	d := &decl{name: id.Name, obj: c.scope.Lookup(id.Name), label: u.label,
		line: c.fset.Position(whole.Pos()).Line, src: specText(c.fset, u, whole), doc: doc.Text(),
		uses: c.usesOf(parts...)}
	d.kind = kindOf(d.obj)
	delete(d.uses, id.Name)
	return d
}

// commitMethod makes the session know a method.
func (c *compilation) commitMethod(s *Session, u *srcPart, fd *ast.FuncDecl) {
	d := s.live[receiverBase(fd)]
	if d == nil || d.kind != kindType {
		return
	}
	if d.methods == nil {
		d.methods = map[string]*method{}
	}
	m := &method{name: fd.Name.Name, label: u.label, line: c.fset.Position(fd.Pos()).Line, src: specText(c.fset, u, fd),
		doc: fd.Doc.Text(), uses: c.usesOf(fd), refs: c.refersTo(false, fd.Body).all}
	d.methods[m.name] = m
}
