package session

// This file finds the definitions of cells that another definition uses. Names alone aren't enough: a field, a
// parameter, a local variable or a label may have the name of a definition.

import (
	"go/ast"
	"go/token"
)

// usesOf returns the names of the cells' definitions that nodes use, as the checker resolved them.
func (c *compilation) usesOf(nodes ...ast.Node) map[string]bool {
	uses := map[string]bool{}
	for _, n := range nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if o := c.info.Uses[id]; o != nil && (packageLevel(o) || c.hoist[o] != nil) {
					uses[id.Name] = true
				}
			}
			return true
		})
	}
	return uses
}

// typeMentions collects the names that an unchecked type mentions, without those of its fields, methods and parameters,
// and those that packages export.
func typeMentions(into map[string]bool, t ast.Node) {
	ast.Inspect(t, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			typeMentions(into, n.Type)
			return false
		case *ast.SelectorExpr:
			typeMentions(into, n.X)
			return false
		case *ast.Ident:
			into[n.Name] = true
		}
		return true
	})
}

// unchanged returns the live types and constants that the cell declares again without a change, also in the definitions
// that they mention. Such a type stays the same type, and old values get the methods that the cell defines again.
//
// Types may mention each other in a cycle, so it is the greatest such set: it begins with all declarations whose text
// is the same, and removes those that mention a name that the cell declares anew until there are none.
func (c *compilation) unchanged() map[string]bool {
	same := map[string]bool{}
	users := map[string][]string{} // name → those of same that mention it
	keep := func(name string, mentions map[string]bool) {
		same[name] = true
		for use := range mentions {
			users[use] = append(users[use], name)
		}
	}
	for _, d := range c.decls.file.Decls {
		gd, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		switch gd.Tok {
		case token.TYPE:
			for _, spec := range gd.Specs {
				spec := spec.(*ast.TypeSpec)
				live := c.s.live[spec.Name.Name]
				if live != nil && live.kind == kindType && spec.TypeParams == nil &&
					normal(specText(c.fset, c.decls, spec)) == normal(live.src) {
					mentions := map[string]bool{}
					typeMentions(mentions, spec.Type)
					keep(spec.Name.Name, mentions)
				}
			}
		case token.CONST:
			text, mentions := normal(specText(c.fset, c.decls, gd)), map[string]bool{}
			mentioned(mentions, gd)
			for _, spec := range gd.Specs {
				for _, id := range spec.(*ast.ValueSpec).Names {
					if live := c.s.live[id.Name]; live != nil && live.kind == kindConst && text == normal(live.src) {
						keep(id.Name, mentions)
					}
				}
			}
		}
	}
	var anew []string
	for _, id := range declared(c.decls.file) {
		if !same[id.Name] {
			anew = append(anew, id.Name)
		}
	}
	for len(anew) > 0 {
		name := anew[len(anew)-1]
		anew = anew[:len(anew)-1]
		for _, user := range users[name] {
			if same[user] {
				delete(same, user)
				anew = append(anew, user)
			}
		}
	}
	return same
}
