package session

// This file defines when the init functions of a cell run. In a package of Go, all variables have their first values
// before. A cell's variables get theirs by statements, which may come behind others that do something, so the functions
// run as soon as the variables that they use have their values.

import (
	"go/ast"
	"go/token"
	"maps"
	"slices"
)

// initAt returns how many statements of the cell come before its init functions: those that declare variables at its
// beginning, and all through the last one that declares what the functions use.
func (c *compilation) initAt() int {
	var uses []string
	any := false
	for _, d := range c.decls.file.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv == nil && fd.Name.Name == "init" && fd.Body != nil {
			any = true
			uses = slices.AppendSeq(uses, maps.Keys(c.refersTo(false, fd.Body).all))
		}
	}
	if !any {
		return 0
	}
	slices.Sort(uses)
	g := c.newInitGraph(true)
	n, begins := 0, true
	for i, st := range c.body.List {
		names := assigned(st)
		begins = begins && names != nil
		if begins || slices.ContainsFunc(names, func(name string) bool { return g.path(uses, name, true) != nil }) {
			n = i + 1
		}
	}
	return n
}

// assigned returns the names of the variables that a statement declares; nil if it isn't a declaration of variables.
func assigned(st ast.Stmt) (names []string) {
	switch st := st.(type) {
	case *ast.AssignStmt:
		if st.Tok == token.DEFINE {
			for _, e := range st.Lhs {
				if id, ok := e.(*ast.Ident); ok {
					names = append(names, id.Name)
				}
			}
		}
	case *ast.DeclStmt:
		for _, spec := range varSpecs(st.Decl) {
			for _, id := range spec.Names {
				names = append(names, id.Name)
			}
		}
	}
	return names
}
