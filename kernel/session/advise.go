package session

// This file defines the advice in a cell's errors: the Go form of a Python spelling, and the name that a misspelled one
// may mean.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"iter"
	"slices"
	"strings"

	"gilkernel/kernel/advice"
	"gilkernel/kernel/cell"
	"gilkernel/kernel/std"
)

// maxAdvice is the number of errors of a cell that get advice: the first ones, which often cause the others.
const maxAdvice = 3

// adviseSyntax gives advice on the first syntax error.
func adviseSyntax(e *cell.Error, code string) *cell.Error {
	if len(e.Diagnostics) > 0 {
		d := &e.Diagnostics[0]
		d.Advice = advice.For(advice.Mistake{Syntax: true, Message: d.Message, Lines: strings.Split(code, "\n"),
			Line: d.Pos.Line, Col: d.Pos.Col})
	}
	return e
}

// advise gives advice on type errors.
func (c *compilation) advise(e *cell.Error) *cell.Error {
	lines := strings.Split(c.code, "\n")
	given := []string{}
	for i := range e.Diagnostics {
		d := &e.Diagnostics[i]
		if d.Pos.Label != c.label || len(given) == maxAdvice {
			continue
		}
		m := advice.Mistake{Message: d.Message, Lines: lines, Line: d.Pos.Line, Col: d.Pos.Col}
		likely, perhaps := c.meant(d)
		text := likely
		if text == "" {
			text = advice.For(m)
		}
		if text == "" {
			text = perhaps
		}
		if text != "" && !slices.Contains(given, text) {
			d.Advice = text
			given = append(given, text)
		}
	}
	return e
}

// meant returns advice that names what an undefined name may mean. likely has precedence over other advice, perhaps
// doesn't.
func (c *compilation) meant(d *cell.Diagnostic) (likely, perhaps string) {
	name, undefined := strings.CutPrefix(d.Message, "undefined: ")
	switch {
	case undefined && !strings.Contains(name, "."):
		return c.meantName(name, d.At)
	case undefined || strings.Contains(d.Message, " undefined (type "):
		if sel := c.selector(d.At); sel != nil {
			return "", c.meantMember(sel, d.Message)
		}
	case strings.Contains(d.Message, "conversion") || strings.HasPrefix(d.Message, "cannot convert"):
		return c.meantConstructor(d.At), ""
	}
	return "", ""
}

// didYouMean returns a question that suggests a name, "" for "".
func didYouMean(name string) string {
	if name == "" {
		return ""
	}
	return "Did you mean " + name + "?"
}

// meantName returns advice for an undefined name: likely names one in scope that differs only in spelling convention,
// perhaps another likely or the nearest name.
func (c *compilation) meantName(name string, pos token.Pos) (likely, perhaps string) {
	near := c.reach(pos)
	if like := advice.Like(name, near); like != "" {
		return didYouMean(like), ""
	}
	// In Python, from … import makes the module's name unnecessary.
	for _, pkg := range []string{"threading", "queue", "futures", "asyncio"} {
		if like := advice.Like(name, slices.Values(std.Exports(std.Own+pkg))); like != "" ||
			slices.Contains(std.Exports(std.Own+pkg), name) {
			if like == "" || !strings.HasPrefix(like, "New") && slices.Contains(std.Exports(std.Own+pkg), name) {
				like = name
			}
			return "", didYouMean(pkg + "." + like)
		}
	}
	names := near
	if c.isQualifier(pos) {
		names = func(yield func(string) bool) {
			for n := range near {
				if !yield(n) {
					return
				}
			}
			for n := range std.Names() {
				if !yield(n) {
					return
				}
			}
		}
		if like := advice.Like(name, names); like != "" {
			return didYouMean(like), ""
		}
	} else {
		names = func(yield func(string) bool) {
			for n := range near {
				if !yield(n) {
					return
				}
			}
			for _, n := range types.Universe.Names() {
				if !yield(n) {
					return
				}
			}
		}
		if like := advice.Like(name, slices.Values(types.Universe.Names())); like != "" {
			return "", didYouMean(like)
		}
	}
	return "", didYouMean(advice.Nearest(name, names, advice.Close(name)))
}

// reach yields the names in scope at a position in the cell: those of the session, and those that the cell defines.
func (c *compilation) reach(pos token.Pos) iter.Seq[string] {
	return func(yield func(string) bool) {
		for name, d := range c.s.live {
			if d.kind != kindOut && !strings.HasPrefix(name, "__") && !yield(name) {
				return
			}
		}
		for id, o := range c.info.Defs {
			if o == nil || id.Name == "_" || strings.HasPrefix(id.Name, "__") ||
				id.NamePos >= pos && o.Parent() != nil && o.Parent() != c.s.pkg.Scope() {
				continue
			}
			if v, ok := o.(*types.Var); ok && v.IsField() {
				continue
			}
			if scope := o.Parent(); scope != nil && scope.Pos().IsValid() && !scope.Contains(pos) {
				continue
			}
			if !yield(id.Name) {
				return
			}
		}
	}
}

// isQualifier reports whether a dot follows the name at a position.
func (c *compilation) isQualifier(pos token.Pos) (found bool) {
	c.inspect(func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.X.Pos() == pos {
			_, isName := sel.X.(*ast.Ident)
			found = found || isName
		}
		return !found
	})
	return found
}

// inspect walks the cell's own trees.
func (c *compilation) inspect(visit func(ast.Node) bool) {
	for _, f := range []*ast.File{c.decls.file, c.stmts.file} {
		ast.Inspect(f, visit)
	}
}

// selector returns the selector x.y whose y is at a position, nil if there is none.
func (c *compilation) selector(pos token.Pos) (found *ast.SelectorExpr) {
	c.inspect(func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Pos() == pos {
			found = sel
		}
		return found == nil
	})
	return found
}

// meantMember returns advice that names the member of a package or a value that may be meant, "" if there is none.
func (c *compilation) meantMember(sel *ast.SelectorExpr, message string) string {
	if strings.Contains(message, "but does have") {
		return "" // Go's message has the advice
	}
	var names []string
	if id, ok := sel.X.(*ast.Ident); ok {
		if pkg, ok := c.info.Uses[id].(*types.PkgName); ok {
			for _, name := range pkg.Imported().Scope().Names() {
				if token.IsExported(name) {
					names = append(names, name)
				}
			}
		}
	}
	if t := c.info.TypeOf(sel.X); names == nil && t != nil {
		names = membersOf(t)
	}
	name := advice.Like(sel.Sel.Name, slices.Values(names))
	if name == "" {
		name = advice.Nearest(sel.Sel.Name, slices.Values(names), advice.Close(sel.Sel.Name))
	}
	if name == "" {
		return ""
	}
	if slices.Contains(names, "New"+name) && c.isCalled(sel) {
		name = "New" + name // Python calls the class
	}
	x := types.ExprString(sel.X)
	if strings.Contains(x, "(") {
		x = "" // long
	}
	return didYouMean(x + "." + name)
}

// isCalled reports whether the cell calls x.
func (c *compilation) isCalled(x ast.Expr) (found bool) {
	c.inspect(func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		found = found || ok && call.Fun == x
		return !found
	})
	return found
}

// membersOf returns the names of the fields and methods of values of a type.
func membersOf(t types.Type) (names []string) {
	add := func(o types.Object) {
		if name := o.Name(); name != "_" && !strings.HasPrefix(name, "__") && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for sel := range Methods(t) {
		add(sel.Obj())
	}
	for field := range Fields(t) {
		add(field)
	}
	return names
}

// meantConstructor returns advice on making a value of a type that the cell calls like a Python class, "" if it
// doesn't.
func (c *compilation) meantConstructor(pos token.Pos) string {
	var call *ast.CallExpr
	c.inspect(func(n ast.Node) bool {
		if x, ok := n.(*ast.CallExpr); ok && x.Pos() <= pos && pos <= x.End() && c.info.Types[x.Fun].IsType() {
			call = x
		}
		return true
	})
	if call == nil {
		return ""
	}
	named, ok := types.Unalias(c.info.TypeOf(call.Fun)).(*types.Named)
	if !ok {
		return ""
	}
	if _, isStruct := named.Underlying().(*types.Struct); !isStruct {
		return ""
	}
	class := types.ExprString(call.Fun)
	pkg, name := "", class
	if i := strings.LastIndexByte(class, '.'); i >= 0 {
		pkg, name = class[:i+1], class[i+1:]
	}
	var fn *types.Func
	if p := named.Obj().Pkg(); p != nil && pkg != "" {
		fn, _ = p.Scope().Lookup("New" + name).(*types.Func)
	} else if d := c.s.live["New"+name]; d != nil {
		fn, _ = d.obj.(*types.Func)
	}
	if fn == nil {
		return fmt.Sprintf("In Python a class is called to make an object; in Go braces make a value: `%s{}`.", class)
	}
	sig := fn.Signature()
	need := sig.Params().Len()
	if sig.Variadic() {
		need--
	}
	if len(call.Args) < need || len(call.Args) > sig.Params().Len() && !sig.Variadic() {
		return fmt.Sprintf("In Python a class is called to make an object; in Go a function does: %sNew%s%s.", pkg,
			name,
			strings.TrimPrefix(types.TypeString(sig, Qualifier), "func"))
	}
	args := make([]string, len(call.Args))
	for i, a := range call.Args {
		args[i] = types.ExprString(ast.Unparen(a))
		if _, isFunc := ast.Unparen(a).(*ast.FuncLit); isFunc {
			args[i] = "work" // a literal usually has several lines, and only its position matters
		}
	}
	return fmt.Sprintf("In Python a class is called to make an object; in Go a function does: `%sNew%s(%s)`.", pkg,
		name, strings.Join(args, ", "))
}
