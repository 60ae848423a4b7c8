package session

// This file makes a unit for the engine out of a checked cell, and what else the session reports about the cell.

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"math"
	"slices"
	"strings"

	"gilkernel/kernel/unit"
)

// entryName is the name of the function whose body is a cell's statements. The engine calls it.
const entryName = "__cell"

// build makes the program of a checked cell.
func (c *compilation) build() (*Program, error) {
	u := &unit.Unit{Name: c.label, Fset: c.fset, Info: c.info, Objects: c.first}
	for _, from := range c.units {
		for _, d := range from.file.Decls {
			if gd, ok := d.(*ast.GenDecl); !ok || gd.Tok != token.IMPORT {
				u.Decls = append(u.Decls, d)
			}
		}
		for _, id := range declared(from.file) {
			if id.Name != "_" && id.Name != "init" {
				c.fresh[id.Name] = true
			}
		}
	}
	if len(c.body.List) > 0 || c.main() != nil {
		u.Entry, u.Main = c.stmts.file.Decls[len(c.stmts.file.Decls)-1].(*ast.FuncDecl), c.main()
		u.InitAt = c.initAt()
	}
	u.Extends = c.extended()
	if err := c.value(u); err != nil {
		return nil, err
	}
	c.hoistVars(u)
	for _, name := range slices.Sorted(maps.Keys(c.stale)) {
		// This cell's own statements must not call the old one either.
		if d := c.s.live[name]; d != nil && d.kind == kindFunc && !c.fresh[name] {
			if fn := d.obj.(*types.Func); fn.Signature().TypeParams().Len() == 0 {
				u.Stale = append(u.Stale, unit.Stale{Func: fn, Why: c.stale[name]})
			}
		}
	}
	u.Forget = c.replaced()
	c.s.tellModules()
	p := &Program{
		Label:     c.label,
		Code:      c.code,
		Source:    c.code,
		Expr:      c.aside,
		Unit:      u,
		HasResult: u.Value != nil && !u.Value.Drop,
		Notes:     c.notes,
		Before:    slices.Clone(c.s.told),
	}
	c.define(p)
	p.commit = c.committer(p)
	return p, nil
}

// main returns the function main if the cell itself declares it.
func (c *compilation) main() *types.Func {
	if !c.declaresOwn("main") {
		return nil
	}
	fn, _ := c.scope.Lookup("main").(*types.Func)
	return fn
}

// extended returns the types of earlier cells to which the program adds methods.
func (c *compilation) extended() (list []*types.Named) {
	for _, key := range slices.Sorted(maps.Keys(c.methods)) {
		base, _, _ := strings.Cut(key, ".")
		if n, ok := types.Unalias(c.s.live[base].obj.Type()).(*types.Named); ok && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}

// hoistVars replaces the variables of the cell's top level by the package's variables, wherever its statements mention
// them.
func (c *compilation) hoistVars(u *unit.Unit) {
	means := map[types.Object]types.Object{}
	for _, h := range c.hoisted {
		if !slices.Contains(u.Vars, h.global) {
			u.Vars = append(u.Vars, h.global)
		}
		means[h.obj] = h.global
	}
	if c.latest != nil {
		means[c.lastVar] = c.latest.obj
	}
	if c.outVar != nil {
		u.Vars = append(u.Vars, c.outVar)
	}
	if len(means) == 0 {
		return
	}
	for _, m := range []map[*ast.Ident]types.Object{c.info.Defs, c.info.Uses} {
		for id, o := range m {
			if global := means[o]; global != nil {
				m[id] = global
			}
		}
	}
}

// value decides what happens to the value of the last expression: it is shown, discarded, or there is none.
func (c *compilation) value(u *unit.Unit) error {
	e := c.last
	if e == nil || c.prints(e) {
		return nil
	}
	tv := c.info.Types[e]
	if c.mute {
		if c.unused(e, tv) {
			u.Value = &unit.Value{Drop: true}
			return c.settle(e)
		}
		return nil
	}
	switch t := tv.Type.(type) {
	case nil:
		return nil
	case *types.Tuple:
		if t.Len() >= 2 {
			u.Value = &unit.Value{}
		}
		return nil
	}
	if tv.IsVoid() || tv.IsType() {
		return nil
	}
	u.Value = &unit.Value{}
	if tv.IsNil() {
		return nil
	}
	u.Value.Type = types.Default(tv.Type)
	if c.out > 0 && !c.aside {
		c.outVar = types.NewVar(token.NoPos, c.s.pkg, outName(c.out), u.Value.Type)
		u.Value.Out = c.outVar
	}
	return c.settle(e)
}

// settle gives an untyped expression its default type, as an assignment to a variable would.
func (c *compilation) settle(e ast.Expr) error {
	tv := c.info.Types[e]
	if !untyped(tv.Type) {
		return nil
	}
	t := types.Default(tv.Type).(*types.Basic)
	var faults []fault
	if tv.Value != nil && !fits(tv.Value, t) {
		faults = append(faults,
			fault{e.Pos(), fmt.Sprintf("cannot use %s (%s constant %s) as %s value (overflows)", types.ExprString(e),
				tv.Type, tv.Value, t)})
	}
	ast.Inspect(e, func(n ast.Node) bool {
		x, ok := n.(ast.Expr)
		tv, known := c.info.Types[x]
		if !ok || !known || !untyped(tv.Type) {
			return n != nil && !ok
		}
		if s, ok := x.(*ast.BinaryExpr); ok && (s.Op == token.SHL || s.Op == token.SHR) && tv.Value == nil &&
			t.Info()&types.IsInteger == 0 {
			faults = append(faults,
				fault{s.X.Pos(), fmt.Sprintf("invalid operation: shifted operand %s (type %s) must be integer",
					types.ExprString(s.X), t)})
		}
		tv.Type = t
		c.info.Types[x] = tv
		return true
	})
	if faults != nil {
		return c.advise(diagnostics(c.fset, "TypeError", c.code, faults))
	}
	return nil
}

func untyped(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0 && b.Kind() != types.UntypedNil
}

// fits reports whether a constant fits t, the default type of such constants.
func fits(v constant.Value, t *types.Basic) bool {
	switch t.Kind() {
	case types.Int:
		_, exact := constant.Int64Val(constant.ToInt(v))
		return exact
	case types.Int32:
		n, exact := constant.Int64Val(constant.ToInt(v))
		return exact && n == int64(int32(n))
	case types.Float64:
		f, _ := constant.Float64Val(v)
		return !math.IsInf(f, 0)
	case types.Complex128:
		re, _ := constant.Float64Val(constant.Real(v))
		im, _ := constant.Float64Val(constant.Imag(v))
		return !math.IsInf(re, 0) && !math.IsInf(im, 0)
	}
	return true
}

// unused reports whether a last expression whose value isn't shown must be evaluated as a value and discarded. Calls
// and receives are statements already.
func (c *compilation) unused(e ast.Expr, tv types.TypeAndValue) bool {
	if !tv.IsValue() || tv.IsNil() {
		return false
	}
	switch x := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		fun := c.info.Types[x.Fun]
		return fun.IsType() || fun.IsBuiltin()
	case *ast.UnaryExpr:
		return x.Op != token.ARROW
	}
	return true
}

// prints reports whether e is a call of one of fmt's functions that print, whose results are not worth showing.
func (c *compilation) prints(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	fn, ok := c.info.Uses[sel.Sel].(*types.Func)
	if !ok || fn.Pkg() == nil || fn.Pkg().Path() != "fmt" {
		return false
	}
	switch fn.Name() {
	case "Print", "Printf", "Println", "Fprint", "Fprintf", "Fprintln":
		return true
	}
	return false
}

// declaresOwn reports whether the cell itself declares a name.
func (c *compilation) declaresOwn(name string) bool {
	return slices.ContainsFunc(declared(c.decls.file), func(id *ast.Ident) bool { return id.Name == name })
}

// define lists the definitions of the cell itself in p.
func (c *compilation) define(p *Program) {
	for _, d := range c.decls.file.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv != nil {
			p.Defines = append(p.Defines, Definition{unit.Receiver(fd) + "." + fd.Name.Name, "method", ""})
		}
	}
	for _, id := range declared(c.decls.file) {
		if o := c.scope.Lookup(id.Name); o != nil {
			p.Defines = append(p.Defines,
				Definition{id.Name, kindOf(o).String(), types.TypeString(o.Type(), Qualifier)})
		}
	}
	for _, h := range c.hoisted {
		p.Defines = append(p.Defines, Definition{h.name, "var", types.TypeString(h.typ, Qualifier)})
	}
}

func kindOf(o types.Object) kind {
	switch o.(type) {
	case *types.Func:
		return kindFunc
	case *types.TypeName:
		return kindType
	case *types.Const:
		return kindConst
	}
	return kindVar
}

// String returns Go's word for the kind.
func (k kind) String() string { return [...]string{"var", "const", "func", "type", "value"}[k] }

// replaced returns the variables and functions of earlier cells that the program replaces by new definitions.
func (c *compilation) replaced() (list []types.Object) {
	anew := maps.Clone(c.fresh)
	for _, h := range c.hoisted {
		if d := c.s.live[h.name]; d != nil && d.obj != h.global {
			anew[h.name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(anew)) {
		if d := c.s.live[name]; d != nil && (d.kind == kindVar || d.kind == kindFunc) {
			list = append(list, d.obj)
		}
	}
	return list
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
	return o.Pkg() != nil && o.Pkg().Path() == unit.Path && o.Parent() != nil && o.Parent().Parent() == types.Universe
}
