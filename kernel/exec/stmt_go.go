package exec

// This file defines go and defer.

import (
	"go/ast"
	"go/types"
)

// prepared compiles the call of a go or defer statement: the first result evaluates the function and its
// arguments and returns what calls them in a goroutine, with the frame that then counts as the caller.
func (c *fn) prepared(e *ast.CallExpr, deferred bool) func(fr *frame) func(g *G, up *frame) {
	if name := c.builtinName(e.Fun); name != "" {
		return c.preparedBuiltin(e, name)
	}
	if tv := c.src.info.Types[e.Fun]; tv.IsType() {
		c.fail(e.Pos(), "this is a conversion and not a call")
	}
	prep, _ := c.prepare(e)
	var step func(fr *frame)
	if name := c.synced(e); name != "" {
		step = c.site("sync", name, e.Pos(), nil).nowhere()
	}
	flags := uintptr(0)
	if deferred {
		flags = frameDeferred
	}
	return func(fr *frame) func(g *G, up *frame) {
		f := prep(fr)
		return func(g *G, up *frame) {
			f.g = g
			f.flags = flags
			if step != nil {
				step(f)
			}
			f.call(up)
			g.release(f)
		}
	}
}

// preparedBuiltin is prepared for a builtin: its arguments are held in variables of their own.
func (c *fn) preparedBuiltin(e *ast.CallExpr, name string) func(fr *frame) func(g *G, up *frame) {
	if name == "recover" {
		// As if the function that defers called it, once it is about to return: that one may be a deferred function.
		return func(*frame) func(*G, *frame) {
			return func(_ *G, up *frame) {
				if up != nil && (up.panic_ == nil || !up.panic_.active) { // its own panic hides the outer one
					recover_(up)
				}
			}
		}
	}
	// A function of its own, whose parameters are the arguments.
	var params []*types.Var
	var args []*expr
	call := *e
	call.Args = nil
	w := c.e.newFn(c.src, c.env, name, nil, e.Pos())
	w.code.hidden = true
	info := c.src.info
	for i, a := range e.Args {
		tv := info.Types[a]
		if tv.Value != nil || tv.IsType() || tv.IsNil() {
			call.Args = append(call.Args, a)
			continue
		}
		x := c.expr(a)
		id := &ast.Ident{Name: "arg" + itoa(i), NamePos: a.Pos()}
		o := types.NewParam(a.Pos(), nil, id.Name, x.t.t)
		params = append(params, o)
		args = append(args, x)
		info.Uses[id] = o
		info.Types[id] = types.TypeAndValue{Type: x.t.t}
		call.Args = append(call.Args, id)
	}
	info.Types[&call] = info.Types[e]
	sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), nil, false)
	w.params(nil, sig)
	w.do(e.Pos(), w.expr(&call).eval())
	w.emit(e.Pos(), func(*frame) int { return opReturn })
	ref := &funcRef{eng: c.e, name: name}
	ref.code.Store(w.finish())
	prep := c.prepareStatic(ref, c.e.layout(sig), nil, args, pooled)
	return func(fr *frame) func(g *G, up *frame) {
		f := prep(fr)
		return func(g *G, up *frame) {
			f.g = g
			f.call(up)
			g.release(f)
		}
	}
}

func (c *fn) deferStmt(s *ast.DeferStmt) {
	prep := c.prepared(s.Call, true)
	c.do(s.Pos(), func(fr *frame) {
		call := prep(fr)
		fr.defer_ = &deferred{fr.defer_, func(up *frame) { call(up.g, up) }}
	})
}

func (c *fn) goStmt(s *ast.GoStmt) {
	prep := c.prepared(s.Call, false)
	site := c.src.position(s.Pos())
	c.do(s.Pos(), func(fr *frame) {
		call := prep(fr)
		e, host, image := fr.g.eng, fr.g.host, fr.g.image
		e.host.Go(host, site, func(host any) {
			g := e.newG(host)
			g.image = image
			defer e.leaving(g)
			call(g, nil)
		})
	})
}
