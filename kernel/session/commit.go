package session

// This file adds a program that the interpreter has compiled to the session.

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"gilkernel/kernel/unit"
)

// committer returns the function that adds the program to the session.
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
			s.live[st.Func.Name()].set().stale = st.Why
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
				line: int32(c.fset.Position(h.obj.Pos()).Line), src: c.lineOf(h.obj.Pos())}
		}
		if c.outVar != nil {
			s.latest = c.out
			s.live[c.outVar.Name()] = &decl{name: c.outVar.Name(), kind: kindOut, obj: c.outVar, label: c.label,
				out: int32(c.out)}
		}
		s.record(c, p, more)
	}
}

// commitImports adds the packages that the program imports or uses to the session. It reports whether one is new.
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
			delete(s.live, name) // after time := 5, import "time" makes the name mean the package
			learned = true
		}
	}
	for name := range c.imports {
		learned = learned || strings.HasPrefix(name, dotImport+"_")
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

// commitDecl adds a declaration to the session.
func (c *compilation) commitDecl(s *Session, u *srcPart, d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && d.Name.Name != "init" && d.Name.Name != "_" {
			nd := c.newDecl(u, d.Name, d, d.Doc, d)
			if refs := c.refs(d.Body); refs != nil {
				nd.set().refs = refs
			}
			s.live[d.Name.Name] = nd
			forgetParameters(nd.obj)
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
				nd.set().methods = map[string]*method{}
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

// forgetParameters empties the scope of a function's parameters, which refer to it. The scope is as large as everything
// else that is kept of a small function, and only the check of the body, which is complete, looks up names in it.
func forgetParameters(o types.Object) {
	fn, ok := o.(*types.Func)
	if !ok {
		return
	}
	for _, list := range []*types.Tuple{fn.Signature().Params(), fn.Signature().Results()} {
		for v := range list.Variables() {
			if s := v.Parent(); s != nil && s != fn.Parent() {
				*s = *types.NewScope(nil, token.NoPos, token.NoPos, "")
				return // all have the same scope
			}
		}
	}
}

// newDecl returns the live definition of id, whose text is that of whole and which uses the names that parts use.
func (c *compilation) newDecl(
	u *srcPart, id *ast.Ident, whole ast.Node, doc *ast.CommentGroup, parts ...ast.Node,
) *decl {
	d := &decl{name: id.Name, obj: c.scope.Lookup(id.Name), label: u.label,
		line: int32(c.fset.Position(whole.Pos()).Line), src: specText(c.fset, u, whole)}
	d.kind = kindOf(d.obj)
	mentioned := c.usesOf(parts...)
	delete(mentioned, id.Name)
	uses := sortedNames(mentioned)
	if text := doc.Text(); text != "" || uses != nil {
		d.more = &more{doc: text, uses: uses}
	}
	c.s.mentions(d.name, uses)
	return d
}

// sortedNames returns the keys of a map, which take less memory than the map, sorted; nil if there are none.
func sortedNames[V any](m map[string]V) []string {
	if len(m) == 0 {
		return nil
	}
	names := slices.AppendSeq(make([]string, 0, len(m)), maps.Keys(m))
	slices.Sort(names)
	return names
}

// refs returns the names to which the body of a function refers, for initOrder.
func (c *compilation) refs(body *ast.BlockStmt) []string {
	if c.s.checked {
		return nil // the references are not needed
	}
	return sortedNames(c.refersTo(false, body).all)
}

// commitMethod adds a method to the session.
func (c *compilation) commitMethod(s *Session, u *srcPart, fd *ast.FuncDecl) {
	d := s.live[unit.Receiver(fd)]
	if d == nil || d.kind != kindType {
		return
	}
	more := d.set()
	if more.methods == nil {
		more.methods = map[string]*method{}
	}
	m := &method{name: fd.Name.Name, label: u.label, line: c.fset.Position(fd.Pos()).Line, src: specText(c.fset, u, fd),
		doc: fd.Doc.Text(), uses: sortedNames(c.usesOf(fd)), refs: c.refs(fd.Body)}
	more.methods[m.name] = m
	s.mentions(d.name, m.uses)
}
