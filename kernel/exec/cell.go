package exec

// This file defines what the statements of a cell have beyond those of a function: the value of the last one is handed
// to the host, and standard streams that are passed on are the host's.

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"

	"gilkernel/kernel/unit"
)

// HostPath is the path under which Host.Symbol finds what the engine calls of the host itself:
//
//	Result     func(...any): is given the values of a cell's last expression
//	Stale      func(string): panics with the sentence that says why a function can't be called
//	os.Stdout  func() any: what stands for the variable of package os where it is passed as an interface, or called a
//	           method of; so for each variable that has such a function
const HostPath = "gilkernel/rt"

// cell compiles the body of a unit's entry.
func (c *fn) cell(u *unit.Unit) {
	body := *u.Entry.Body
	body.List = nil
	c.special = map[ast.Stmt]func(){}
	inits := func() {
		for _, k := range c.src.inits {
			body.List = append(body.List, c.own(k.pos, func() {
				c.callFor(func(fr *frame) *frame { return fr.g.frame(k) }, k.pos)
			}))
		}
	}
	for i, s := range u.Entry.Body.List {
		if i == u.InitAt {
			inits()
		}
		if es, ok := s.(*ast.ExprStmt); ok && u.Value != nil && i == len(u.Entry.Body.List)-1 {
			c.special[s] = func() { c.value(u.Value, es.X) }
		}
		body.List = append(body.List, c.topLevel(s)...)
	}
	if u.InitAt == len(u.Entry.Body.List) {
		inits()
	}
	if u.Main != nil {
		body.List = append(body.List, c.own(body.Rbrace, func() { c.callMain(u.Main, body.Rbrace) }))
	}
	c.body(&body)
}

// own returns a statement that f compiles.
func (c *fn) own(pos token.Pos, f func()) ast.Stmt {
	s := &ast.ExprStmt{X: &ast.BadExpr{From: pos, To: pos}}
	c.special[s] = f
	return s
}

// topLevel returns a statement of the cell's top level with assignments to package variables in the place of
// declarations.
func (c *fn) topLevel(s ast.Stmt) []ast.Stmt {
	switch s := s.(type) {
	case *ast.LabeledStmt:
		labeled, list := *s, c.topLevel(s.Stmt)
		labeled.Stmt = list[0]
		return append([]ast.Stmt{&labeled}, list[1:]...)
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			assign := *s
			assign.Tok = token.ASSIGN
			return []ast.Stmt{&assign}
		}
	case *ast.DeclStmt:
		gd := s.Decl.(*ast.GenDecl)
		if gd.Tok != token.VAR {
			break
		}
		var list []ast.Stmt
		for _, spec := range gd.Specs {
			spec := spec.(*ast.ValueSpec)
			assign := &ast.AssignStmt{TokPos: spec.Pos(), Tok: token.ASSIGN, Rhs: spec.Values}
			for _, id := range spec.Names {
				assign.Lhs = append(assign.Lhs, id)
			}
			if len(spec.Values) > 0 {
				list = append(list, assign)
			} else {
				list = append(list, c.own(spec.Pos(), func() { c.zeroGlobals(spec.Names) }))
			}
		}
		if list == nil { // var ()
			list = append(list, &ast.EmptyStmt{Semicolon: s.Pos()})
		}
		return list
	}
	return []ast.Stmt{s}
}

// zeroGlobals compiles the declaration of package variables without values: they may have some from an earlier run of
// the cell.
func (c *fn) zeroGlobals(names []*ast.Ident) {
	for _, id := range names {
		if o := c.src.info.Defs[id]; o != nil && id.Name != "_" {
			v := c.lookup(o)
			clr, addr := c.e.clear(v.t), v.address()
			c.do(id.Pos(), func(fr *frame) { clr(addr(fr)) })
		}
	}
}

// callMain compiles the call of the function main of a whole program.
func (c *fn) callMain(main *types.Func, pos token.Pos) {
	sig := main.Signature()
	prep := c.prepareFunc(main, types.Instance{}, sig, c.e.layout(sig), nil, pos, pooled)
	c.callFor(prep, pos)
}

// callFor emits a call whose results are discarded.
func (c *fn) callFor(prep func(fr *frame) *frame, pos token.Pos) {
	c.do(pos, func(fr *frame) {
		f := prep(fr)
		f.call(fr)
		fr.g.release(f)
	})
}

// value compiles the last expression of a cell.
func (c *fn) value(v *unit.Value, e ast.Expr) {
	pos := e.Pos()
	c.curLine = c.src.line(pos)
	x := c.expr(e)
	if v.Drop {
		c.do(pos, x.eval())
		return
	}
	var parts []*expr
	if len(x.slots) > 0 {
		do, ps := c.spread(x)
		c.do(pos, do)
		parts = ps
	} else {
		if v.Type != nil {
			x = c.convert(x, c.typ(v.Type), pos)
		}
		hold, held := c.hold(x)
		c.do(pos, hold)
		parts = []*expr{held}
		if v.Out != nil {
			c.do(pos, storeAt(held, c.lookup(v.Out).address()))
		}
	}
	c.callHost("Result", parts, pos)
}

// callHost emits the call of a host's function that takes any number of values.
func (c *fn) callHost(name string, args []*expr, pos token.Pos) {
	f, ok := c.e.symbol(HostPath, name)
	if !ok {
		c.fail(pos, "values can't be shown here")
	}
	list := types.NewSlice(types.Universe.Lookup("any").Type())
	sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(types.NewParam(token.NoPos, nil, "", list)), nil, true)
	prep := c.prepareStatic(c.e.nativeFunc(f, HostPath, name, sig), c.e.layout(sig), nil,
		[]*expr{c.variadic(c.typ(list), args, pos)}, pooled)
	c.callFor(prep, pos)
}

// stale makes a function that no longer fits what was defined after it panic. It is called with compileMu held.
func (e *Engine) stale(fn *types.Func, why string) {
	fd := e.decls[fn]
	f, ok := e.symbol(HostPath, "Stale")
	if fd == nil || generic(fd.fn) || !ok {
		return
	}
	say := f.Interface().(func(string))
	c := e.newFn(&source{}, nil, fn.Name(), fd.fn.Signature(), token.NoPos)
	c.code.hidden = true
	c.params(nil, fd.fn.Signature())
	c.emit(token.NoPos, func(*frame) int { say(why); return opReturn })
	e.refOf(fd, "", nil).code.Store(c.finish())
}

// argument compiles what is passed as a parameter of type t.
func (c *fn) argument(e ast.Expr, t types.Type) *expr {
	if x := c.standing(e, t); x != nil {
		return x
	}
	return c.expr(e)
}

// standing returns the host's substitute for a compiled package's variable where an interface of type t is needed. It
// returns nil if e is not such a variable, or if the substitute lacks a method.
func (c *fn) standing(e ast.Expr, t types.Type) *expr {
	i, ok := t.Underlying().(*types.Interface)
	if !ok || i.NumMethods() == 0 {
		return nil
	}
	var id *ast.Ident
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	default:
		return nil
	}
	o, ok := c.src.info.Uses[id].(*types.Var)
	if !ok || o.IsField() || o.Pkg() == nil || o.Parent() != o.Pkg().Scope() || ownPackage(o) {
		return nil
	}
	f, ok := c.e.symbol(HostPath, o.Pkg().Path()+"."+o.Name())
	if !ok {
		return nil
	}
	get, it := f.Interface().(func() any), c.typ(t)
	rt := c.e.reflect(it)
	if !reflect.TypeOf(get()).Implements(rt) {
		return nil
	}
	return &expr{t: it, p: func(fr *frame) unsafe.Pointer {
		p := unsafeNew(c.e.rtype(it))
		valueAt(rt, p).Set(reflect.ValueOf(get()))
		return p
	}}
}

// standingMethod returns the host's substitute for a compiled package's variable whose method is called, and the
// method; the expression is nil if the variable's own method is called.
func (c *fn) standingMethod(e *ast.SelectorExpr, fn *types.Func) (*expr, *types.Func) {
	if fn.Pkg() == nil || ownPackage(fn) {
		return nil, nil
	}
	sig := fn.Signature()
	m := types.NewFunc(token.NoPos, fn.Pkg(), fn.Name(),
		types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic()))
	t := types.NewInterfaceType([]*types.Func{m}, nil).Complete()
	return c.standing(e.X, t), m
}
