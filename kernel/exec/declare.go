package exec

// This file defines declarations: what a checked source adds to the engine.

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"unsafe"
	"weak"

	"gilkernel/kernel/exec/rtype"
)

// declare gives all that a source declares its place, and compiles its functions.
func (e *Engine) declare(p *Program, declares map[string]bool) {
	src := p.src
	e.ids.add(src)
	var compile []func()
	var commit []func()
	var inits []*code
	for _, d := range src.file.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				e.declareVars(src, d)
			}
			if d.Tok == token.TYPE {
				for _, s := range d.Specs {
					e.supersede(src, s.(*ast.TypeSpec).Name)
				}
			}
		case *ast.FuncDecl:
			fd := &funcDecl{src: src, decl: d, refs: map[string]*funcRef{}}
			fd.fn, _ = src.info.Defs[d.Name].(*types.Func)
			if fd.fn == nil {
				continue
			}
			if d.Recv == nil && d.Name.Name == "init" {
				compile = append(compile, func() { inits = append(inits, e.compileFunc(fd, nil)) })
				continue
			}
			if d.Body == nil {
				panic(limit{d.Pos(), "functions without a body can't be interpreted"})
			}
			if d.Name.Name == "_" {
				continue
			}
			fd.scan = e.scan(src, d.Body)
			key := e.identity(fd)
			src.decls = append(src.decls, fd)
			old := e.decls[key]
			if old != nil {
				fd.refs = old.refs
			} else {
				e.decls[key] = fd
				src.funcs = append(src.funcs, key)
			}
			if generic(fd.fn) {
				e.generics = e.generics || !src.native
				commit = append(commit, func() { e.redefine(key, fd) })
				continue
			}
			name := shownName(d.Name.Name)
			again := d.Recv == nil && old == nil && !strings.HasPrefix(name, "__")
			if again {
				fd.pinned = &funcRef{eng: e, name: name, decl: fd}
				// Code that runs calls it by its name: from now on it calls the new one, if that has the same signature.
				name += e.keyLocked(fd.fn.Signature())
				if prev := e.functions[name]; prev != nil {
					fd.refs = prev.refs
				}
			}
			ref := e.refOf(fd, "", nil)
			compile = append(compile, func() {
				k := e.compileFunc(fd, nil)
				commit = append(commit, func() {
					ref.code.Store(k)
					e.decls[key] = fd
					if again {
						fd.pinned.code.Store(k)
						e.functions[name] = fd
					}
				})
			})
		}
	}
	commit = append(commit, e.initials(src, declares))
	for _, f := range compile {
		f()
	}
	for _, in := range src.info.InitOrder {
		k := e.compileInit(src, in)
		p.steps = append(p.steps, k)
		first := &initial{code: k, scan: e.scan(src, in.Rhs)}
		for _, o := range in.Lhs {
			if e.globals[o] != nil {
				first.vars = append(first.vars, o)
			}
		}
		commit = append(commit, func() { e.addInitial(first) })
	}
	p.steps = append(p.steps, inits...)
	for _, f := range commit {
		f()
	}
	for _, n := range src.extended {
		e.remethod(n)
	}
	src.forgetBodies()
}

// redefine replaces a generic function: instances are compiled again when they are called.
func (e *Engine) redefine(key *types.Func, fd *funcDecl) {
	for _, ref := range fd.refs {
		ref.code.Store(nil)
	}
	e.decls[key] = fd
}

// identity returns the object that others know a function by.
func (e *Engine) identity(fd *funcDecl) *types.Func {
	fn := fd.fn
	if o, ok := fd.src.first[fd.decl].(*types.Func); ok {
		fn = o
	}
	if recv := fn.Signature().Recv(); recv != nil {
		if n := namedOf(recv.Type()); n != nil {
			n = n.Origin()
			for i := range n.NumMethods() {
				if n.Method(i).Name() == fn.Name() {
					return n.Method(i).Origin()
				}
			}
		}
	}
	return fn
}

// forget takes back what a source declared that can't be compiled.
func (e *Engine) forget(src *source) {
	for _, fn := range src.funcs {
		delete(e.decls, fn)
	}
	drop := map[string]bool{}
	for _, name := range declaredNames(src.file) {
		drop[name] = true
	}
	e.unscope(e.pkg, drop)
}

// Drop takes a function out that will not be called by its name again, such as a cell's statements when
// they have run; goroutines and closures keep what they need of it.
func (e *Engine) Drop(name string) {
	e.compileMu.Lock()
	defer e.compileMu.Unlock()
	if fn, ok := e.pkg.Scope().Lookup(name).(*types.Func); ok {
		e.drop(fn)
	}
}

func (e *Engine) drop(fn *types.Func) {
	delete(e.decls, fn)
	e.dropped = append(e.dropped, fn.Name())
	if len(e.dropped) < dropTogether {
		return // a scope can only be made anew
	}
	drop := map[string]bool{}
	for _, n := range e.dropped {
		drop[n] = true
	}
	e.dropped = e.dropped[:0]
	e.unscope(e.pkg, drop)
}

// Forget gives up a package variable or a function that no later source mentions: it lives as long as something that
// was compiled earlier, or a goroutine, refers to it.
func (e *Engine) Forget(name string) {
	e.compileMu.Lock()
	defer e.compileMu.Unlock()
	o := e.pkg.Scope().Lookup(name)
	if fn, ok := o.(*types.Func); ok {
		// A generic function is compiled for new types whenever it is called with them, and may mention this one.
		if !e.generics {
			e.drop(fn)
		}
		return
	}
	v := e.globals[o]
	// Without a size there is nothing to free, and no place of its own.
	if v != nil && v.global != nil && (*rtype.Descriptor)(e.rtype(v.t)).Size > 0 {
		e.forgetVariable(o, v)
		e.dropInitial(o)
	}
}

// dropTogether is how many names leave the scope at a time.
const dropTogether = 64

func generic(fn *types.Func) bool {
	sig := fn.Signature()
	return sig.TypeParams().Len() > 0 || sig.RecvTypeParams().Len() > 0
}

func (e *Engine) declareVars(src *source, d *ast.GenDecl) {
	for _, s := range d.Specs {
		for _, id := range s.(*ast.ValueSpec).Names {
			o, ok := src.info.Defs[id].(*types.Var)
			if !ok || id.Name == "_" {
				continue
			}
			t := e.typ(o.Type())
			e.globals[o] = &variable{t: t, global: e.newSlot(t)}
		}
	}
}

// global returns the place of a package variable, nil if it isn't one.
func (e *Engine) global(o types.Object) *variable {
	v := e.globals[o]
	if v == nil || v.global != nil {
		return v
	}
	// A generic function that mentions a forgotten variable is instantiated once more.
	f := e.forgotten[o]
	place := unsafe.Pointer(f.place.Value())
	if place == nil {
		place = unsafeNew(e.rtype(v.t))
		e.forgotten[o] = forgottenSlot{f.n, weak.Make((*byte)(place))}
	}
	return &variable{t: v.t, global: &globalSlot{f.n, v.t, place}}
}

// Variable returns the address and the type of a package variable.
func (e *Engine) Variable(name string) (p unsafe.Pointer, t types.Type) {
	e.compileMu.Lock()
	defer e.compileMu.Unlock()
	o := e.pkg.Scope().Lookup(name)
	if v := e.global(o); v != nil {
		return v.global.place, o.Type()
	}
	return nil, nil
}

// refOf returns the place of an instance's code.
func (e *Engine) refOf(fd *funcDecl, key string, v *env) *funcRef {
	ref := fd.refs[key]
	if ref == nil {
		ref = &funcRef{eng: e, name: fd.fn.Name(), decl: fd}
		if v != nil {
			ref.targs = v.args
		}
		fd.refs[key] = ref
		id := e.identity(fd)
		ref.compile = func() *code {
			d := e.decls[id]
			if d == nil {
				d = fd
			}
			return e.compileFunc(d, e.rebind(d, v))
		}
	}
	return ref
}

// rebind gives an env the type parameters of another declaration of the same function.
func (e *Engine) rebind(fd *funcDecl, v *env) *env {
	if v == nil {
		return nil
	}
	params := typeParams(fd.fn)
	return e.newEnv(nil, params, v.args)
}

// typeParams are the type parameters of a function, or those of its receiver.
func typeParams(fn *types.Func) []*types.TypeParam {
	sig := fn.Signature()
	list := sig.TypeParams()
	if sig.RecvTypeParams().Len() > 0 {
		list = sig.RecvTypeParams()
	}
	var ps []*types.TypeParam
	for i := range list.Len() {
		ps = append(ps, list.At(i))
	}
	return ps
}

// funcRef returns the function that o is, or its instance.
func (e *Engine) funcRef(o *types.Func, targs []types.Type, c *fn, pos token.Pos) *funcRef {
	fd := e.declOf(o)
	if fd == nil {
		c.fail(pos, "the function %s isn't known to the interpreter", o.Name())
	}
	if len(targs) == 0 {
		return e.refOf(fd, "", nil)
	}
	v := e.newEnv(nil, typeParams(fd.fn), targs)
	return e.refOf(fd, v.key, v)
}

// methodRef returns a method of a type.
func (e *Engine) methodRef(recv types.Type, fn *types.Func) *funcRef {
	fd := e.declOf(fn)
	if fd == nil {
		panic(limit{fn.Pos(), "the method " + fn.Name() + " isn't known to the interpreter"})
	}
	n := namedOf(recv)
	if n == nil || n.TypeArgs().Len() == 0 {
		return e.refOf(fd, "", nil)
	}
	var targs []types.Type
	for i := range n.TypeArgs().Len() {
		targs = append(targs, n.TypeArgs().At(i))
	}
	v := e.newEnv(nil, typeParams(fd.fn), targs)
	return e.refOf(fd, v.key, v)
}

func (e *Engine) declOf(o *types.Func) *funcDecl {
	o = o.Origin()
	if fd := e.decls[o]; fd != nil {
		return fd
	}
	if recv := o.Signature().Recv(); recv != nil {
		if n := namedOf(recv.Type()); n != nil {
			n = n.Origin()
			for i := range n.NumMethods() {
				if m := n.Method(i).Origin(); m.Name() == o.Name() && e.decls[m] != nil {
					return e.decls[m]
				}
			}
		}
	}
	return e.preludeDecl(o)
}

// compileFunc compiles a declared function for one set of type arguments.
func (e *Engine) compileFunc(fd *funcDecl, v *env) *code {
	name := shownName(fd.fn.Name())
	sig := fd.fn.Signature()
	if recv := sig.Recv(); recv != nil {
		if n := namedOf(recv.Type()); n != nil {
			name = shownName(n.Obj().Name()) + "." + name
		}
	}
	if fd.fn.Pkg() != nil && fd.fn.Pkg().Path() != mainPath {
		name = fd.fn.Pkg().Name() + "." + name
	}
	c := e.newFn(fd.src, v, name, sig, fd.decl.Pos())
	c.boxed = e.escape(fd.src, v, fd.decl)
	c.code.defers = hasDefer(fd.decl.Body)
	c.code.scan = fd.scan
	c.params(sig.Recv(), sig)
	c.do(fd.decl.Pos(), c.check("call", fd.decl.Name.Pos()))
	c.body(fd.decl.Body)
	return c.finish()
}

// compileInit compiles the initialisation of package variables.
func (e *Engine) compileInit(src *source, in *types.Initializer) *code {
	c := e.newFn(src, nil, "", types.NewSignatureType(nil, nil, nil, nil, nil, false), in.Rhs.Pos())
	c.boxed = e.escape(src, nil, in.Rhs)
	c.curLine = src.line(in.Rhs.Pos())
	x := c.rhs(in.Rhs, len(in.Lhs) > 1)
	parts := []*expr{x}
	if len(in.Lhs) > 1 {
		do, ps := c.spread(x)
		c.do(in.Rhs.Pos(), do)
		parts = ps
	}
	for i, o := range in.Lhs {
		v := e.globals[o]
		if v == nil { // the blank identifier
			if !parts[i].nil {
				c.do(in.Rhs.Pos(), c.convert(parts[i], c.typ(o.Type()), in.Rhs.Pos()).eval())
			}
			continue
		}
		c.do(in.Rhs.Pos(), storeAt(c.convert(parts[i], v.t, in.Rhs.Pos()), v.address()))
	}
	c.emit(in.Rhs.Pos(), func(*frame) int { return opReturn })
	k := c.finish()
	for _, o := range in.Lhs {
		if v := e.globals[o]; v != nil {
			v.init = k
		}
	}
	return k
}

// forgetBodies drops what only the compilation needed, unless a generic function will need it again.
func (s *source) forgetBodies() {
	for _, d := range s.file.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok {
			if fn, ok := s.info.Defs[fd.Name].(*types.Func); ok && generic(fn) {
				return
			}
		}
	}
	s.info, s.file = nil, nil
}
