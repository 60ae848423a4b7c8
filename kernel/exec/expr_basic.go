package exec

// This file defines the expressions that name, select and index.

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"
)

// expr compiles an expression.
func (c *fn) expr(e ast.Expr) *expr {
	x := c.expr0(e)
	x.pos = e.Pos()
	return x
}

func (c *fn) expr0(e ast.Expr) *expr {
	if tv, ok := c.src.info.Types[e]; ok && tv.Value != nil {
		t := c.typ(tv.Type)
		if !isInterface(t) {
			return c.constExpr(t, tv.Value)
		}
		return c.convert(c.constExpr(c.typ(types.Default(types.Typ[untypedKind(tv.Value)])), tv.Value), t, e.Pos())
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.expr0(e.X)
	case *ast.Ident:
		return c.reads(e, c.ident(e))
	case *ast.FuncLit:
		return c.funcLit(e)
	case *ast.CompositeLit:
		return c.compositeLit(e)
	case *ast.SelectorExpr:
		return c.reads(e, c.selector(e))
	case *ast.IndexExpr:
		if c.src.steps != NoSteps && !c.isFunc(e.X) {
			return c.reads(e, c.index(e))
		}
		return c.index(e)
	case *ast.IndexListExpr:
		return c.instance(e.X, e)
	case *ast.SliceExpr:
		return c.sliceExpr(e)
	case *ast.StarExpr:
		return c.reads(e, c.deref(e))
	case *ast.TypeAssertExpr:
		return c.typeAssert(e, false)
	case *ast.CallExpr:
		return c.callExpr(e)
	case *ast.UnaryExpr:
		return c.unary(e)
	case *ast.BinaryExpr:
		return c.binary(e)
	}
	c.fail(e.Pos(), "this expression isn't known to the interpreter (%T)", e)
	return nil
}

func (c *fn) ident(id *ast.Ident) *expr {
	switch o := c.object(id).(type) {
	case *types.Nil:
		return &expr{t: c.typ(c.typeOf(id)), nil: true, p: func(*frame) unsafe.Pointer { return nil }}
	case *types.Var:
		if v := c.lookup(o); v != nil {
			return v.read()
		}
		if o.Pkg() != nil && !c.e.ours(o.Pkg()) { // of a dot import
			return c.nativeVar(o, id.Pos())
		}
	case *types.Func:
		if inst, ok := c.src.info.Instances[id]; ok {
			return c.funcValue(o, c.args(inst), id.Pos())
		}
		return c.funcValue(o, nil, id.Pos())
	case *types.Const:
		return c.constExpr(c.typ(o.Type()), o.Val())
	}
	c.fail(id.Pos(), "%s isn't known to the interpreter", id.Name)
	return nil
}

// args returns the type arguments of an instance.
func (c *fn) args(inst types.Instance) []types.Type {
	var args []types.Type
	for i := range inst.TypeArgs.Len() {
		args = append(args, c.e.subst(c.env, inst.TypeArgs.At(i)))
	}
	return args
}

// instance compiles a generic function with type arguments that the learner wrote.
func (c *fn) instance(f ast.Expr, whole ast.Expr) *expr {
	for {
		p, ok := f.(*ast.ParenExpr)
		if !ok {
			break
		}
		f = p.X
	}
	switch f := f.(type) {
	case *ast.Ident:
		return c.ident(f)
	case *ast.SelectorExpr:
		return c.selector(f)
	}
	c.fail(whole.Pos(), "this instance isn't known to the interpreter")
	return nil
}

// nilCheck raises Go's error for a nil pointer.
func nilCheck(p unsafe.Pointer) unsafe.Pointer {
	if p == nil {
		nilPanic()
	}
	return p
}

func nilPanic() {
	var p *int
	*p = 0
}

func (c *fn) deref(e *ast.StarExpr) *expr {
	x := c.expr(e.X)
	return c.derefOf(x)
}

// derefOf is what a pointer points to.
func (c *fn) derefOf(x *expr) *expr {
	t := c.e.elem(x.t)
	p := x.p
	if t.class == classMem {
		return loadVar(t, func(fr *frame) unsafe.Pointer { return nilCheck(p(fr)) })
	}
	if t.size == 0 {
		return loadVar(t, func(fr *frame) unsafe.Pointer { return nilCheck(p(fr)) })
	}
	y := loadVar(t, p)
	y.addr = func(fr *frame) unsafe.Pointer { return nilCheck(p(fr)) }
	return y
}

// selection is a SelectorExpr's meaning in this instance of the function.
type selection struct {
	kind  types.SelectionKind
	recv  types.Type
	obj   types.Object
	index []int
}

func (c *fn) selection(e *ast.SelectorExpr) *selection {
	sel := c.src.info.Selections[e]
	if sel == nil {
		return nil
	}
	if c.env == nil {
		return &selection{sel.Kind(), sel.Recv(), sel.Obj(), sel.Index()}
	}
	recv := c.e.subst(c.env, sel.Recv())
	obj, index, _ := types.LookupFieldOrMethod(recv, true, sel.Obj().Pkg(), sel.Obj().Name())
	if obj == nil {
		// A field of a constraint's core type, or a method that only the type parameter's pointer has.
		return &selection{sel.Kind(), recv, sel.Obj(), sel.Index()}
	}
	return &selection{sel.Kind(), recv, obj, index}
}

func (c *fn) selector(e *ast.SelectorExpr) *expr {
	sel := c.selection(e)
	if sel == nil { // package.Name
		switch o := c.src.info.Uses[e.Sel].(type) {
		case *types.Var:
			if v := c.lookup(o); v != nil { // of a module
				return v.read()
			}
			return c.nativeVar(o, e.Pos())
		case *types.Func:
			if inst, ok := c.src.info.Instances[e.Sel]; ok {
				return c.funcValue(o, c.args(inst), e.Pos())
			}
			return c.funcValue(o, nil, e.Pos())
		case *types.Const:
			return c.constExpr(c.typ(o.Type()), o.Val())
		}
		c.fail(e.Pos(), "%s isn't known to the interpreter", types.ExprString(e))
	}
	switch sel.kind {
	case types.FieldVal:
		return c.field(c.expr(e.X), sel.index, e.Sel.Pos())
	case types.MethodVal:
		return c.methodValue(e, sel)
	}
	return c.methodExpr(e, sel)
}

// field follows a path of fields from x.
func (c *fn) field(x *expr, path []int, pos token.Pos) *expr {
	for n, i := range path {
		if x.t.kind == reflect.Pointer {
			x = c.derefOf(x)
		}
		s, ok := x.t.u.(*types.Struct)
		if !ok {
			c.fail(pos, "%s has no fields", x.t.t)
		}
		off := fieldOffsets(s)[i]
		ft := c.e.typ(s.Field(i).Type())
		switch {
		case x.local:
			x = loadLocal(ft, x.off+off)
		case x.addr != nil:
			x = c.fieldAt(ft, x.addr, off, true)
		default:
			x = c.fieldAt(ft, x.p, off, false)
		}
		if n < len(path)-1 {
			x = c.through(x, s.Field(i), pos)
		}
	}
	return x
}

func (c *fn) fieldAt(t *typ, base ptrFn, off uintptr, variable bool) *expr {
	addr := base
	if off != 0 {
		addr = func(fr *frame) unsafe.Pointer { return unsafe.Add(base(fr), off) }
	}
	if variable {
		y := loadVar(t, addr)
		if t.class == classInt && t.size == 8 {
			y.i = func(fr *frame) int64 { return *(*int64)(unsafe.Add(base(fr), off)) }
		}
		return y
	}
	return load(t, addr)
}

// index compiles x[i].
func (c *fn) index(e *ast.IndexExpr) *expr {
	xt := c.typeOf2(e.X)
	if sig, ok := xt.(*types.Signature); ok && sig != nil {
		return c.instance(e.X, e)
	}
	x := c.expr(e.X)
	switch u := x.t.u.(type) {
	case *types.Map:
		return c.mapIndex(x, u, e, false)
	case *types.Pointer:
		x = c.derefOf(x)
	}
	i := c.expr(e.Index)
	t := c.elemOf(x.t)
	size := t.size
	in := c.indexInt(i)
	switch u := x.t.u.(type) {
	case *types.Basic: // string
		s := x.s
		return &expr{t: t, i: func(fr *frame) int64 {
			str := s(fr)
			return int64(str[in(fr)])
		}}
	case *types.Slice:
		sl := x.p
		if x.local && i.local && i.t.size == 8 && signed(i.t.kind) {
			return c.localIndex(t, x.off, i.off)
		}
		return loadVar(t, func(fr *frame) unsafe.Pointer {
			s := *(*slice)(sl(fr))
			k := in(fr)
			if uint(k) >= uint(s.len) {
				indexPanic(k, s.len)
			}
			return unsafe.Add(s.data, uintptr(k)*size)
		})
	case *types.Array:
		n := int(u.Len())
		base := x.p
		if x.addr != nil { // only an element is read
			base = x.addr
		}
		addr := func(fr *frame) unsafe.Pointer {
			k := in(fr)
			if uint(k) >= uint(n) {
				indexPanic(k, n)
			}
			return unsafe.Add(base(fr), uintptr(k)*size)
		}
		if i.cv != nil && x.local {
			if k := i.i(nil); k >= 0 && int(k) < n {
				return loadLocal(t, x.off+uintptr(k)*size)
			}
		}
		if x.addr != nil {
			return loadVar(t, addr)
		}
		return load(t, addr)
	}
	c.fail(e.Pos(), "this can't be indexed: %s", x.t.t)
	return nil
}

// localIndex is s[i] for a slice and an int that lie in the frame.
func (c *fn) localIndex(t *typ, so, io uintptr) *expr {
	size := t.size
	x := loadVar(t, func(fr *frame) unsafe.Pointer {
		s := (*slice)(unsafe.Add(unsafe.Pointer(fr), so))
		k := *(*int)(unsafe.Add(unsafe.Pointer(fr), io))
		if uint(k) >= uint(s.len) {
			indexPanic(k, s.len)
		}
		return unsafe.Add(s.data, uintptr(k)*size)
	})
	x.at = &localIndex{so, io}
	switch {
	case t.class == classInt && t.size == 8:
		x.i = func(fr *frame) int64 {
			s := (*[]int64)(unsafe.Add(unsafe.Pointer(fr), so))
			return (*s)[*(*int)(unsafe.Add(unsafe.Pointer(fr), io))]
		}
	case t.kind == reflect.Uint8:
		x.i = func(fr *frame) int64 {
			s := (*[]byte)(unsafe.Add(unsafe.Pointer(fr), so))
			return int64((*s)[*(*int)(unsafe.Add(unsafe.Pointer(fr), io))])
		}
	case t.class == classBool:
		x.b = func(fr *frame) bool {
			s := (*[]bool)(unsafe.Add(unsafe.Pointer(fr), so))
			return (*s)[*(*int)(unsafe.Add(unsafe.Pointer(fr), io))]
		}
	case t.kind == reflect.Float64:
		x.f = func(fr *frame) float64 {
			s := (*[]float64)(unsafe.Add(unsafe.Pointer(fr), so))
			return (*s)[*(*int)(unsafe.Add(unsafe.Pointer(fr), io))]
		}
	}
	return x
}

// typeOf2 is typeOf for what may be a generic function.
func (c *fn) typeOf2(e ast.Expr) types.Type {
	if tv, ok := c.src.info.Types[e]; ok && tv.Type != nil {
		return tv.Type
	}
	return c.typeOf(e)
}

// elemOf is the element type of what is indexed.
func (c *fn) elemOf(t *typ) *typ { return c.e.elem(t) }

// indexInt returns an index as an int. An unsigned index that is no int is out of every range.
func (c *fn) indexInt(x *expr) func(fr *frame) int {
	if x.cv != nil && x.i == nil {
		x = c.constExpr(c.typ(types.Typ[types.Int]), x.cv)
	}
	v := x.i
	if x.cv != nil {
		k := int(v(nil))
		return func(*frame) int { return k }
	}
	if x.local && x.t.size == 8 {
		off := x.off
		return func(fr *frame) int { return *(*int)(unsafe.Add(unsafe.Pointer(fr), off)) }
	}
	return func(fr *frame) int { return int(v(fr)) }
}

// indexPanic raises Go's own error.
func indexPanic(i, n int) {
	_ = make([]struct{}, n)[i]
}

func (c *fn) sliceExpr(e *ast.SliceExpr) *expr {
	x := c.expr(e.X)
	t := c.typ(c.typeOf(e))
	if x.t.kind == reflect.Pointer {
		x = c.derefOf(x)
	}
	bound := func(b ast.Expr) func(fr *frame) int {
		if b == nil {
			return nil
		}
		return c.indexInt(c.expr(b))
	}
	lo, hi, mx := bound(e.Low), bound(e.High), bound(e.Max)
	if x.t.class == classString {
		s := x.s
		return &expr{t: t, s: func(fr *frame) string {
			str := s(fr)
			l, h := 0, len(str)
			if lo != nil {
				l = lo(fr)
			}
			if hi != nil {
				h = hi(fr)
			}
			return str[l:h]
		}}
	}
	elem := c.elemOf(x.t)
	tmp := c.temp(t)
	base, isArray, n := x.p, x.t.kind == reflect.Array, 0
	if isArray {
		n = int(x.t.u.(*types.Array).Len())
		if x.addr != nil {
			base = x.addr
		}
	}
	return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
		var s slice
		if isArray {
			s = slice{base(fr), n, n}
		} else {
			s = *(*slice)(base(fr))
		}
		l, h, m := 0, s.len, s.cap
		if lo != nil {
			l = lo(fr)
		}
		if hi != nil {
			h = hi(fr)
		}
		if mx != nil {
			m = mx(fr)
			checkSlice3(l, h, m, s.cap, isArray)
		} else {
			checkSlice(l, h, s.cap, isArray)
		}
		d := s.data
		if m > l && l > 0 {
			d = unsafe.Add(d, uintptr(l)*elem.size)
		}
		p := tmp(fr)
		*(*slice)(p) = slice{d, h - l, m - l}
		return p
	}}
}

// checkSlice raises Go's own errors.
func checkSlice(l, h, c int, array bool) {
	if uint(h) <= uint(c) && uint(l) <= uint(h) {
		return
	}
	if array { // Go speaks of the length then
		var b byte
		_ = unsafe.String(&b, c)[l:h]
	}
	_ = make([]struct{}, 0, c)[l:h]
}

func checkSlice3(l, h, m, c int, array bool) {
	if uint(m) <= uint(c) && uint(h) <= uint(m) && uint(l) <= uint(h) {
		return
	}
	_ = make([]struct{}, 0, c)[l:h:m]
}
