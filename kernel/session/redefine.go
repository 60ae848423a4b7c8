package session

// This file defines redefinition: when a cell defines a name again, definitions of earlier cells that use it are
// compiled again, so that a function calls the newest versions, as the reader of a notebook expects. Values keep the
// types with which they were made.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"gilkernel/kernel/unit"
)

// redefine finds the live names that the cell declares again and adds the definitions that depend on them, with the
// methods of types that change, as units to be compiled again.
func (c *compilation) redefine() error {
	changed := map[string]bool{}
	same := c.unchanged()
	for _, id := range declared(c.decls.file) {
		d := c.s.live[id.Name]
		switch {
		case d == nil:
		case !same[id.Name]:
			changed[id.Name] = true
		case d.kind == kindType:
			c.kept[id.Name] = true
		}
	}
	c.keepTypes()
	return c.addDependents(changed)
}

// specText returns the text of a node.
func specText(fset *token.FileSet, u *srcPart, n ast.Node) string {
	return u.code[u.offset(fset, n.Pos()):u.offset(fset, n.End())]
}

// normal returns text with its white space normalized.
func normal(text string) string { return strings.Join(strings.Fields(text), " ") }

// keepTypes removes the declarations of kept types from the tree.
func (c *compilation) keepTypes() {
	f := c.decls.file
	f.Decls = slices.DeleteFunc(f.Decls, func(d ast.Decl) bool {
		gd, ok := d.(*ast.GenDecl)
		if !ok || gd.Tok != token.TYPE {
			return false
		}
		gd.Specs = slices.DeleteFunc(gd.Specs, func(s ast.Spec) bool { return c.kept[s.(*ast.TypeSpec).Name.Name] })
		return len(gd.Specs) == 0
	})
}

// addDependents adds, as units, the live definitions that mention a changed name, directly or indirectly, and their
// methods. It adds the names of these definitions to changed.
func (c *compilation) addDependents(changed map[string]bool) error {
	if len(changed) == 0 {
		return nil // most cells: the cost of a cell must not grow with the session
	}
	own := map[string]bool{}
	ownMethods := map[string]bool{}
	for _, d := range c.decls.file.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv != nil {
			ownMethods[unit.Receiver(fd)+"."+fd.Name.Name] = true
		}
	}
	for _, id := range declared(c.decls.file) {
		own[id.Name] = true
	}
	again := map[string]bool{}
	types := map[string]bool{} // that change, or may have a method that mentions a changed name
	for todo := slices.Collect(maps.Keys(changed)); len(todo) > 0; {
		use := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		types[use] = true
		for name := range c.s.users[use] {
			types[name] = true
			d := c.s.live[name]
			if d == nil || changed[name] || d.kind == kindVar || d.kind == kindOut ||
				!slices.Contains(d.has().uses, use) {
				continue
			}
			changed[name], again[name] = true, true
			todo = append(todo, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(again)) {
		if d := c.s.live[name]; !own[name] {
			c.addUnit(d, nil)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(types)) {
		d := c.s.live[name]
		if d == nil || d.kind != kindType {
			continue
		}
		methods := d.has().methods
		for _, m := range slices.Sorted(maps.Keys(methods)) {
			if !ownMethods[name+"."+m] && (changed[name] || meetsAny(methods[m].uses, changed)) {
				c.addUnit(d, methods[m])
			}
		}
	}
	for _, u := range c.units {
		if u.own || u.file != nil {
			continue
		}
		head := fmt.Sprintf("package main\n//line %s:%d:1\n", u.label, u.line)
		if err := parsePart(c.fset, u, fmt.Sprintf("dep%d.go", len(u.dep)), head, u.code, "\n"); err != nil {
			return fmt.Errorf("parsing the earlier definition of %s: %w", u.dep, err)
		}
	}
	return nil
}

// mentions records that the definition of name, or a method of that type, mentions the names in uses, so that
// redefinition finds the dependents of a name without a walk over all live definitions. The record isn't removed when a
// later definition of name no longer mentions a name: readers must check the definition.
func (s *Session) mentions(name string, uses []string) {
	for _, use := range uses {
		if s.users[use] == nil {
			s.users[use] = map[string]bool{}
		}
		s.users[use][name] = true
	}
}

func (c *compilation) addUnit(d *decl, m *method) {
	for _, u := range c.units {
		if u.dep == d.name && u.of == m || m == nil && d.kind == kindConst && u.code == d.src && u.label == d.label {
			return
		}
	}
	u := &srcPart{label: d.label, code: d.src, line: int(d.line), dep: d.name, of: m}
	if m != nil {
		u.label, u.code, u.line = m.label, m.src, m.line
	} else if d.kind == kindType {
		u.code = "type " + d.src
	}
	c.units = append(c.units, u)
}

// retyped adds the dependents of variables that the cell defines with another type, or in place of a definition that
// wasn't a variable. It reports whether the cell must be checked again.
func (c *compilation) retyped() (bool, error) {
	changed := map[string]bool{}
	for _, h := range c.hoisted {
		d := c.s.live[h.name]
		if d == nil || c.changed[h.name] || d.kind == kindVar && types.Identical(d.obj.Type(), h.typ) {
			continue
		}
		changed[h.name], c.changed[h.name] = true, true
	}
	before := len(c.units)
	if len(changed) == 0 {
		return false, nil
	}
	err := c.addDependents(changed)
	return len(c.units) > before, err
}

func meets(a, b map[string]bool) bool {
	for name := range a {
		if b[name] {
			return true
		}
	}
	return false
}

func meetsAny(names []string, set map[string]bool) bool {
	for _, name := range names {
		if set[name] {
			return true
		}
	}
	return false
}

// drop removes a dependent that no longer compiles from the program, and records why.
func (c *compilation) drop(u *srcPart, why string) {
	c.units = slices.DeleteFunc(c.units, func(x *srcPart) bool { return x == u })
	name := u.dep
	if u.of != nil {
		name += "." + u.of.name
	}
	c.stale[name] = fmt.Sprintf("%s, of %s, no longer fits what %s defines: %s; run the cell that defines %s again",
		name, u.label, c.label, why, name)
}
