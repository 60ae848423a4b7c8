package session

// This file defines the note about a variable that is read while the thread that sets it still runs.

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"

	"gilkernel/kernel/std"
)

// noteReads adds notes about variables that a thread's target sets and that the cell's statements read after the thread
// was made. A Join or a lock in between shows that the learner is aware of it. Whether the thread still runs is known
// when the cell ends, see Note.Thread.
func (c *compilation) noteReads() {
	sets := map[string]int{} // variables → lines of the NewThread
	for _, st := range c.body.List {
		if c.synchronises(st) {
			return
		}
		if len(sets) > 0 {
			c.noteRead(st, sets)
		}
		ast.Inspect(st, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && c.calls(call, "threading", "NewThread") && len(call.Args) > 0 {
				for name := range c.setBy(call.Args[0]) {
					sets[name] = c.fset.Position(call.Pos()).Line
				}
			}
			return true
		})
	}
}

// noteRead adds a note about the first read of each variable in a statement.
func (c *compilation) noteRead(st ast.Stmt, sets map[string]int) {
	written := map[*ast.Ident]bool{}
	ast.Inspect(st, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // its body runs later
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				if id, ok := x.(*ast.Ident); ok && (n.Tok == token.ASSIGN || n.Tok == token.DEFINE) {
					written[id] = true
				}
			}
		case *ast.Ident:
			line, ok := sets[n.Name]
			if v, isVar := c.info.Uses[n].(*types.Var); ok && isVar && !written[n] && !v.IsField() && c.isGlobal(v) {
				c.addNote(n.Pos(), Note{Thread: line,
					Text: n.Name + " was read here, and the thread that sets it was still running; wait for its end " +
						"with its Join method first"})
				delete(sets, n.Name)
			}
		}
		return true
	})
}

// isGlobal reports whether v is a variable of the session, or becomes one.
func (c *compilation) isGlobal(v *types.Var) bool {
	d := c.s.live[v.Name()]
	return c.hoist[v] != nil || d != nil && d.obj == v || c.scope != nil && c.scope.Lookup(v.Name()) == v
}

// calls reports whether call calls the function name of pkg, one of Python's modules.
func (c *compilation) calls(call *ast.CallExpr, pkg, name string) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	fn, ok := c.info.Uses[sel.Sel].(*types.Func)
	return ok && fn.Pkg() != nil && fn.Pkg().Path() == std.Own+pkg && fn.Name() == name
}

// synchronises reports whether a statement itself, not a function literal in it, waits for other threads or acquires a
// lock.
func (c *compilation) synchronises(st ast.Stmt) (found bool) {
	ast.Inspect(st, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.SelectStmt:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.CallExpr:
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok {
				switch sel.Sel.Name {
				case "Join", "Wait", "Acquire", "Lock", "RLock", "With", "Get", "Result", "Shutdown", "Load":
					found = true
				}
			}
		}
		return !found
	})
	return found
}

// setBy returns the variables outside a function that the function sets. The function is a literal, or the name of a
// function of this cell or the session; for others setBy returns nil.
func (c *compilation) setBy(target ast.Expr) map[string]bool {
	set := map[string]bool{}
	var body *ast.BlockStmt
	local := func(id *ast.Ident) bool { return false }
	switch x := ast.Unparen(target).(type) {
	case *ast.FuncLit:
		body = x.Body
		local = func(id *ast.Ident) bool {
			o := c.info.ObjectOf(id)
			return o == nil || o.Pos() >= x.Pos() && o.Pos() < x.End()
		}
	case *ast.Ident:
		fd := c.function(x.Name)
		if fd == nil || fd.Body == nil {
			return nil
		}
		body = fd.Body
		own := map[string]bool{} // parameters and local variables, by name only
		ast.Inspect(fd, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Field:
				for _, id := range n.Names {
					own[id.Name] = true
				}
			case *ast.AssignStmt:
				for _, l := range n.Lhs {
					if id, ok := l.(*ast.Ident); ok && n.Tok == token.DEFINE {
						own[id.Name] = true
					}
				}
			case *ast.ValueSpec:
				for _, id := range n.Names {
					own[id.Name] = true
				}
			}
			return true
		})
		local = func(id *ast.Ident) bool { return own[id.Name] }
	default:
		return nil
	}
	add := func(x ast.Expr) {
		if id := rootIdent(x); id != nil && id.Name != "_" && !local(id) {
			set[id.Name] = true
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				add(x)
			}
		case *ast.IncDecStmt:
			add(n.X)
		}
		return true
	})
	return set
}

// function returns the declaration of a function of the cell or of the session, nil if there is none.
func (c *compilation) function(name string) *ast.FuncDecl {
	for _, d := range c.decls.file.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv == nil && fd.Name.Name == name {
			return fd
		}
	}
	d := c.s.live[name]
	if d == nil || d.kind != kindFunc {
		return nil
	}
	f, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+d.src, parser.SkipObjectResolution)
	if err != nil || len(f.Decls) != 1 {
		return nil
	}
	fd, _ := f.Decls[0].(*ast.FuncDecl)
	return fd
}

// rootIdent returns the x of x.y[i].z, nil if the expression has no such root.
func rootIdent(x ast.Expr) *ast.Ident {
	for {
		switch y := x.(type) {
		case *ast.Ident:
			return y
		case *ast.SelectorExpr:
			x = y.X
		case *ast.IndexExpr:
			x = y.X
		case *ast.ParenExpr:
			x = y.X
		case *ast.StarExpr:
			x = y.X
		default:
			return nil
		}
	}
}
