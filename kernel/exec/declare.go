package exec

// This file defines declarations: what a checked source adds to the engine.

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"unsafe"
	"weak"

	"gilkernel/kernel/exec/rtype"
)

// declare gives everything that a source declares its place, and compiles its functions: at their first call if lazy,
// otherwise now.
func (e *Engine) declare(p *Program, lazy bool) {
	src := p.src
	e.ids.add(src)
	e.noteStructs(src.info)
	d := &declaring{e: e, p: p, src: src, lazy: lazy}
	if src.unit != nil {
		if slices.ContainsFunc(src.unit.Vars, func(v *types.Var) bool { return hidden(v.Type(), 0) }) {
			e.learnUses(src.info)
		}
		for _, v := range src.unit.Vars {
			e.declareVar(src, v)
		}
	}
	for _, gd := range src.file.Decls {
		if gd, ok := gd.(*ast.GenDecl); ok {
			switch gd.Tok {
			case token.VAR:
				e.declareVars(src, gd)
			case token.TYPE:
				for _, s := range gd.Specs {
					e.declareType(src, s.(*ast.TypeSpec).Name)
				}
			}
		}
	}
	for _, fd := range src.file.Decls {
		if fd, ok := fd.(*ast.FuncDecl); ok {
			d.function(fd)
		}
	}
	if src.unit != nil {
		for _, s := range src.unit.Stale {
			d.commit = append(d.commit, func() { e.stale(s.Func, s.Why) })
		}
	}
	if !src.module {
		d.commit = append(d.commit, e.initials(src))
	}
	for _, f := range d.compile {
		f()
	}
	for _, in := range src.info.InitOrder {
		k := e.compileInit(src, in)
		p.steps = append(p.steps, k)
		if src.module {
			continue
		}
		first := &initial{code: k, scan: e.scan(src, in.Rhs)}
		for _, o := range in.Lhs {
			if e.globals[o] != nil {
				first.vars = append(first.vars, o)
			}
		}
		d.commit = append(d.commit, func() { e.addInitial(first) })
	}
	if src.unit == nil || src.unit.Entry == nil { // else the entry calls them
		p.steps = append(p.steps, src.inits...)
	}
	for _, f := range d.commit {
		f()
	}
	for _, n := range src.extended {
		e.remethod(n)
	}
	src.forgetBodies()
}

// declaring is the state of declare.
type declaring struct {
	e       *Engine
	p       *Program
	src     *source
	lazy    bool
	compile []func()
	commit  []func() // what others see of it, once all is compiled
}

// function declares a function or a method.
func (d *declaring) function(decl *ast.FuncDecl) {
	e, src := d.e, d.src
	fd := &funcDecl{src: src, decl: decl, refs: &funcRefs{}}
	fd.fn, _ = src.info.Defs[decl.Name].(*types.Func)
	if fd.fn == nil {
		return
	}
	if decl.Recv == nil && decl.Name.Name == "init" {
		d.compile = append(d.compile, func() { src.inits = append(src.inits, e.compileFunc(fd, nil)) })
		return
	}
	if decl.Body == nil {
		panic(limit{decl.Pos(), "the function " + decl.Name.Name + " has no body in Go"})
	}
	if decl.Name.Name == "_" {
		return
	}
	fd.from, fd.to = decl.Pos(), decl.End()
	if !src.module { // what a module's function does isn't looked at: it counts as having an effect
		fd.scan = e.scan(src, decl.Body)
	}
	key := e.identity(fd)
	fd.key = key
	entry := src.unit != nil && decl == src.unit.Entry
	if decl.Recv == nil && !entry && !src.module {
		fd.name = e.define(src, key)
	}
	src.decls = append(src.decls, fd)
	old := e.decls[key]
	if old != nil {
		fd.refs = old.refs
	} else {
		e.decls[key] = fd
		src.funcs = append(src.funcs, key)
	}
	if generic(fd.fn) {
		e.generics = e.generics || !src.native && !src.module
		d.commit = append(d.commit, func() { e.redefine(key, fd) })
		return
	}
	again := decl.Recv == nil && old == nil && !entry && !src.module
	if again {
		fd.pinned = &funcRef{eng: e, name: decl.Name.Name, decl: fd, compile: func() *code { return e.codeOf(fd) }}
		// Code that runs calls it by its name: from now on it calls the new one, if that has the same signature.
		fd.line = decl.Name.Name + e.keyLocked(fd.fn.Signature())
		if prev := e.functions[fd.line]; prev != nil {
			fd.refs = prev.refs
		}
	}
	ref := e.refOf(fd, "", nil)
	if entry {
		d.p.entry = ref
	}
	var k *code
	if d.lazy {
		src.lazy++
	} else {
		d.compile = append(d.compile, func() { k = e.compileFunc(fd, nil) })
	}
	d.commit = append(d.commit, func() {
		ref.code.Store(k)
		e.decls[key] = fd
		if again {
			fd.pinned.code.Store(k)
			e.functions[fd.line] = fd
		}
	})
}

// codeOf compiles a function that waited for its first call. It is called with compileMu held.
func (e *Engine) codeOf(fd *funcDecl) *code {
	if fd.code == nil {
		fd.code = e.compileFunc(fd, nil)
		if s := fd.src; s.lazy > 0 {
			s.lazy--
			s.forgetBodies()
		}
	}
	return fd.code
}

// redefine replaces a generic function: instances are compiled again when they are called.
func (e *Engine) redefine(key *types.Func, fd *funcDecl) {
	fd.refs.again()
	e.decls[key] = fd
}

// identity returns the object that others know a function by.
func (e *Engine) identity(fd *funcDecl) *types.Func {
	if fd.key != nil {
		return fd.key
	}
	fn := fd.fn
	if o := fd.src.first[fd.decl]; o != nil {
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
	e.ids.takeBack(src.defined)
}

// Drop removes the entry, which will not be called again; goroutines and closures keep what they need from it.
func (p *Program) Drop() {
	if p.entry == nil {
		return
	}
	p.e.compileMu.Lock()
	defer p.e.compileMu.Unlock()
	key := p.entry.decl.key
	delete(p.e.decls, key)
	if k := p.entry.code.Load(); k != nil && len(k.uses.rest().codes) == 0 {
		// nothing in it can be asked for by its place
		p.src.decls = slices.DeleteFunc(p.src.decls, func(fd *funcDecl) bool { return fd.key == key })
	}
}

// Commit discards what the program's unit replaces: variables and functions live as long as something that was compiled
// earlier, or a goroutine, refers to them.
func (p *Program) Commit() {
	p.e.compileMu.Lock()
	defer p.e.compileMu.Unlock()
	for _, o := range p.forget {
		p.e.giveUp(o)
	}
}

// giveUp must be called with compileMu held.
func (e *Engine) giveUp(o types.Object) {
	if fn, ok := o.(*types.Func); ok {
		// A generic function is compiled for new types whenever it is called with them, and may mention this one.
		if !e.generics {
			delete(e.decls, fn)
			e.ids.undefine(fn)
		}
		return
	}
	v := e.globals[o]
	// Without a size there is nothing to free, and no place of its own.
	if v != nil && v.global != nil && (*rtype.Descriptor)(e.rtype(v.t)).Size > 0 {
		e.dropInitial(o)
		e.forgetVariable(o, v)
		e.ids.undefine(o)
	}
}

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
			e.declareVar(src, o)
		}
	}
}

// declareVar gives a package variable its place, unless it has one.
func (e *Engine) declareVar(src *source, o *types.Var) {
	if e.globals[o] == nil {
		t := e.typ(o.Type())
		if src.module {
			e.globals[o] = &variable{t: t, global: &globalSlot{t: t, place: unsafeNew(e.rtype(t))}}
			src.vars = append(src.vars, o)
			return
		}
		e.globals[o] = &variable{t: t, global: e.newSlot(t)}
		e.define(src, o)
	}
}

// Place makes a variable of the session's exist that no cell has declared, with a value; nil is its zero value.
func (e *Engine) Place(v *types.Var, value any) {
	e.compileMu.Lock()
	defer e.compileMu.Unlock()
	e.declareVar(&source{}, v)
	if g := e.globals[v].global; value != nil {
		setValue(e, g.t, g.place, reflect.ValueOf(value))
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

// refOf returns the place of an instance's code.
func (e *Engine) refOf(fd *funcDecl, key string, v *env) *funcRef {
	ref := fd.refs.at(key)
	if ref == nil {
		ref = &funcRef{eng: e, name: fd.fn.Name(), decl: fd}
		if v != nil {
			ref.targs = v.args
		}
		fd.refs.add(key, ref)
		id := e.identity(fd)
		if line := fd.line; line != "" { // the newest of that name; what is superseded isn't kept by those that call it
			ref.compile = func() *code { return e.codeOf(e.functions[line]) }
			return ref
		}
		ref.compile = func() *code {
			d := e.decls[id]
			if d == nil {
				d = fd
			}
			if v == nil {
				return e.codeOf(d)
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
	name := fd.fn.Name()
	sig := fd.fn.Signature()
	if recv := sig.Recv(); recv != nil {
		if n := namedOf(recv.Type()); n != nil {
			name = n.Obj().Name() + "." + name
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
	if fd.src.announces {
		c.do(fd.decl.Pos(), c.entered(fd.decl.Name.Pos()))
	}
	if u := fd.src.unit; u != nil && u.Entry == fd.decl {
		c.cell(u)
	} else {
		c.body(fd.decl.Body)
	}
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

// forgetBodies drops what only the compilation needed, unless a function is still to be compiled.
func (s *source) forgetBodies() {
	if s.lazy > 0 || s.file == nil || s.module { // a module's functions may be compiled again, with steps
		return
	}
	for _, d := range s.file.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok {
			if fn, ok := s.info.Defs[fd.Name].(*types.Func); ok && generic(fn) {
				return
			}
		}
	}
	for _, fd := range s.decls {
		if fd.key != nil && (s.unit == nil || s.unit.Entry != fd.decl) {
			fd.fn = fd.key // the session has it anyway, and not the scopes of the body
		} else if sig := fd.fn.Signature(); sig.Recv() == nil && sig.Params().Len() == 0 && sig.Results().Len() == 0 {
			// What the checker made holds the scopes of the body.
			fd.fn = types.NewFunc(fd.fn.Pos(), fd.fn.Pkg(), fd.fn.Name(),
				types.NewSignatureType(nil, nil, nil, nil, nil, false))
		}
		fd.decl = nil
	}
	s.info, s.file, s.unit, s.first, s.assigned = nil, nil, nil, nil, nil
}
