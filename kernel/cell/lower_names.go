package cell

// This file defines the names of a lowered cell: those of definitions get their versions.

import (
	"fmt"
	"go/ast"
	"go/types"
)

// expr lowers a node: an expression, a statement or a declaration.
func (l *lowerer) expr(n ast.Node) {
	if n == nil {
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			l.selector(n)
			return false
		case *ast.CallExpr:
			return l.call(n)
		case *ast.Ident:
			l.ident(n)
		}
		return true
	})
}

func (l *lowerer) ident(id *ast.Ident) {
	if name := l.rename(id); name != id.Name {
		l.replace(id.Pos(), id.End(), name)
	}
}

// selector lowers x.f. Standard input and output of cells are the notebook's.
func (l *lowerer) selector(n *ast.SelectorExpr) {
	if id, ok := n.X.(*ast.Ident); ok {
		if pkg, ok := l.c.info.Uses[id].(*types.PkgName); ok {
			if l.c.s.versions[id.Name] > 0 {
				// Something had this name: for the interpreter it has it still.
				l.replace(id.Pos(), id.End(), l.c.writer().imported(pkg.Imported()))
			}
			return
		}
	}
	if id, ok := n.X.(*ast.SelectorExpr); ok && l.stdStream(id) != "" && streamMethod(id.Sel.Name, n.Sel.Name) {
		l.replace(id.Pos(), id.End(), l.stdStream(id)) // os.Stdout.WriteString and the like
		return
	}
	l.expr(n.X)
	if v, ok := l.c.info.Uses[n.Sel].(*types.Var); ok && v.Embedded() {
		if name, ok := l.embedded(v.Type()); ok && name != n.Sel.Name {
			l.replace(n.Sel.Pos(), n.Sel.End(), name)
		}
	}
}

// call lowers the arguments of a call that are standard streams. It returns true when there are none.
func (l *lowerer) call(n *ast.CallExpr) bool {
	sig, _ := l.c.info.TypeOf(n.Fun).(*types.Signature)
	if sig == nil {
		return true
	}
	any := false
	for i, arg := range n.Args {
		sel, ok := arg.(*ast.SelectorExpr)
		any = any || ok && l.stdStream(sel) != "" && streamServes(sel.Sel.Name, paramType(sig, i))
	}
	if !any {
		return true
	}
	l.expr(n.Fun)
	for i, arg := range n.Args {
		if sel, ok := arg.(*ast.SelectorExpr); ok && l.stdStream(sel) != "" && streamServes(sel.Sel.Name, paramType(sig, i)) {
			l.replace(sel.Pos(), sel.End(), l.stdStream(sel))
			continue
		}
		l.expr(arg)
	}
	return false
}

// paramType returns the type of a call's i-th argument's parameter.
func paramType(sig *types.Signature, i int) types.Type {
	n := sig.Params().Len()
	if sig.Variadic() && i >= n-1 {
		return sig.Params().At(n - 1).Type().(*types.Slice).Elem()
	}
	if i < n {
		return sig.Params().At(i).Type()
	}
	return types.Typ[types.Invalid]
}

// object returns what an identifier means.
func (c *compilation) object(id *ast.Ident) types.Object {
	if o := c.info.Uses[id]; o != nil {
		return o
	}
	return c.info.Defs[id]
}

// packageLevel reports whether o is a definition of a cell.
func packageLevel(o types.Object) bool {
	return o.Pkg() != nil && o.Pkg().Path() == mainPath && o.Parent() != nil && o.Parent().Parent() == types.Universe
}

// rename returns an identifier's name in the interpreter.
func (l *lowerer) rename(id *ast.Ident) string {
	o := l.c.object(id)
	if o == nil {
		return id.Name
	}
	if h := l.c.hoist[o]; h != nil {
		return h.internal
	}
	if v, ok := o.(*types.Var); ok && v.IsField() {
		if v.Embedded() {
			if name, ok := l.embedded(v.Type()); ok {
				return name
			}
		}
		return id.Name
	}
	if pkg := o.Pkg(); pkg != nil && pkg.Path() != mainPath && o.Parent() == pkg.Scope() { // see dotted
		return l.c.writer().imported(pkg) + "." + id.Name
	}
	if !packageLevel(o) {
		return id.Name
	}
	if tn, ok := o.(*types.TypeName); ok {
		if name, ok := l.c.writer().internal(tn); ok {
			return name
		}
	}
	d := l.c.s.live[id.Name]
	if id.Name == lastName {
		d = l.c.latest
	}
	if d != nil && d.kind == kindOut && d.native {
		t, _ := l.c.writer().expr(d.obj.Type())
		return fmt.Sprintf("__rt.Out(%d).(%s)", d.out, t)
	}
	if name, ok := l.c.names[id.Name]; ok {
		return name
	}
	return id.Name
}

// embedded returns the name of an embedded field of a cell's type: it follows the type's version.
func (l *lowerer) embedded(t types.Type) (string, bool) {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if a, ok := t.(*types.Alias); ok { // the field has the alias's name
		return l.c.writer().internal(a.Obj())
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != mainPath {
		return "", false
	}
	return l.c.writer().internal(n.Obj())
}

// streamMethod reports whether the notebook's stream in the place of os.Stdin, os.Stdout or os.Stderr has a method.
// The others, such as Seek, are the file's.
func streamMethod(stream, method string) bool {
	switch method {
	case "Fd", "Name", "Close":
		return true
	case "Read", "Stat":
		return stream == "Stdin"
	case "Write", "WriteString", "Sync":
		return stream != "Stdin"
	}
	return false
}

// streamServes reports whether the notebook's stream can be passed where a function wants t.
func streamServes(stream string, t types.Type) bool {
	i, ok := t.Underlying().(*types.Interface)
	if !ok {
		return false
	}
	for m := range i.Methods() {
		if !streamMethod(stream, m.Name()) {
			return false
		}
	}
	return true
}

// stdStream returns the notebook's stream for os.Stdin, os.Stdout and os.Stderr, "" for the rest.
func (l *lowerer) stdStream(n *ast.SelectorExpr) string {
	id, ok := n.X.(*ast.Ident)
	if !ok {
		return ""
	}
	pkg, ok := l.c.info.Uses[id].(*types.PkgName)
	if !ok || pkg.Imported().Path() != "os" {
		return ""
	}
	switch n.Sel.Name {
	case "Stdin", "Stdout", "Stderr":
		return "__rt." + n.Sel.Name + "()"
	}
	return ""
}
