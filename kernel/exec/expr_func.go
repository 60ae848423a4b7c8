package exec

// This file defines functions as values.

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"
)

// funcValue is a declared function as a value.
func (c *fn) funcValue(o *types.Func, targs []types.Type, pos token.Pos) *expr {
	if !c.e.isOwn(o) {
		v, ok := c.e.symbol(o.Pkg().Path(), o.Name())
		if !ok {
			c.fail(pos, "%s.%s isn't in the interpreter's tables", o.Pkg().Name(), o.Name())
		}
		t := c.typ(o.Type())
		i := v.Interface()
		p := (*eface)(unsafe.Pointer(&i)).data
		if v.Type() != c.e.reflect(t) {
			p = c.e.adapt(v, t, nativeName(o.Pkg().Path(), o.Name()))
		} else {
			c.e.ids.natives.Store(p, nativeName(o.Pkg().Path(), o.Name()))
		}
		return &expr{t: t, p: func(*frame) unsafe.Pointer { return p }}
	}
	ref := c.e.funcRef(o, targs, c, pos)
	if fd := c.e.declOf(o); len(targs) == 0 && fd.pinned != nil {
		ref = fd.pinned
	}
	sig := o.Signature()
	if len(targs) > 0 {
		inst, err := types.Instantiate(c.e.context, sig, targs, false)
		if err != nil {
			c.fail(pos, "%v", err)
		}
		sig = inst.(*types.Signature)
	}
	t := c.typ(types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic()))
	c.use(useFunc, ref)
	p := c.e.newClosure(c.e.head(t), t, nil, ref, nil, nil)
	return &expr{t: t, p: func(*frame) unsafe.Pointer { return p }}
}

// adapt makes a function of type t that calls v, for a type whose interfaces have another memory. name is what Identify
// calls it.
func (e *Engine) adapt(v reflect.Value, t *typ, name string) unsafe.Pointer {
	ref := e.nativeFunc(v, "", "func", t.u.(*types.Signature))
	ref.native = name
	return e.newClosure(e.head(t), t, nil, ref, nil, nil)
}

// funcLit compiles a function literal.
func (c *fn) funcLit(e *ast.FuncLit) *expr {
	sig := c.typeOf(e).(*types.Signature)
	t := c.e.typ(sig)
	root := c
	for root.parent != nil {
		root = root.parent
	}
	root.lits++
	w := c.e.newFn(c.src, c.env, root.name+".func"+itoa(root.lits), sig, e.Pos())
	w.parent, w.boxed = c, c.boxed
	w.code.assigned = c.src.assignedTo(e)
	w.code.typ = t
	orig := c.src.info.Types[e].Type.(*types.Signature)
	w.code.defers = hasDefer(e.Body)
	w.params(nil, orig)
	w.do(e.Pos(), w.check("call", e.Pos()))
	if w.src.announces {
		w.do(e.Pos(), w.entered(e.Pos()))
	}
	w.body(e.Body)
	k := w.finish()
	var froms []uintptr
	for _, cp := range w.captures {
		froms = append(froms, cp.from)
		k.caps = append(k.caps, captured{cp.name, cp.t})
	}
	c.use(useCode, k)
	eng := c.e
	eng.addLiteral(k)
	head := func() *funcHead { return eng.head(t) }
	h := head()
	n := len(froms)
	return &expr{t: t, p: func(fr *frame) unsafe.Pointer {
		var caps []unsafe.Pointer
		if n > 0 {
			caps = make([]unsafe.Pointer, n)
			for i, from := range froms {
				caps[i] = *(*unsafe.Pointer)(fr.at(from))
			}
		}
		return eng.newClosure(h, t, k, nil, caps, fr.g.host)
	}}
}

// assignedTo returns the name of the variable that a function literal is assigned to or declared with, "" if it is
// none. That of a variable says more than "func1" does.
func (s *source) assignedTo(e *ast.FuncLit) string {
	if s.file == nil {
		return ""
	}
	if s.assigned == nil {
		s.assigned = map[*ast.FuncLit]string{}
		name := func(l, r ast.Expr) {
			id, isIdent := ast.Unparen(l).(*ast.Ident)
			if lit, ok := ast.Unparen(r).(*ast.FuncLit); ok && isIdent && id.Name != "_" {
				s.assigned[lit] = id.Name
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				if len(n.Lhs) == len(n.Rhs) {
					for i, l := range n.Lhs {
						name(l, n.Rhs[i])
					}
				}
			case *ast.ValueSpec:
				for i := range min(len(n.Names), len(n.Values)) {
					name(n.Names[i], n.Values[i])
				}
			}
			return true
		})
	}
	return s.assigned[e]
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// hasDefer reports whether a function defers, literals in it apart.
func hasDefer(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.DeferStmt:
			found = true
		case *ast.FuncLit:
			return false
		}
		return !found
	})
	return found
}
