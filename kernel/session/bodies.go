package session

// This file checks function bodies, after everything that they mention was checked.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"gilkernel/kernel/unit"
)

// checkBodies checks the bodies of functions. go/types can't check a body alone, so the functions are checked again
// under other names: calls in the bodies refer to the functions that other cells call, too.
func (c *compilation) checkBodies(names, own map[string]bool) []fault {
	type body struct{ decl, as *ast.FuncDecl }
	var files []*ast.File
	var bodies []body
	for _, u := range c.units {
		f := &ast.File{Package: u.file.Package, Name: u.file.Name}
		c.addImports(f)
		any := false
		for _, d := range u.file.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Body == nil || receiverGeneric(fd) {
				continue
			}
			any = true
			if fd.Recv == nil && fd.Name.Name == "init" {
				f.Decls = append(f.Decls, fd)
				continue
			}
			b := body{fd, asFunction(fd, fmt.Sprintf("%s%d", bodyPrefix, len(bodies)))}
			bodies = append(bodies, b)
			f.Decls = append(f.Decls, b.as)
		}
		if any {
			files = append(files, f)
		}
	}
	if files == nil {
		return nil
	}
	var objs []types.Object
	except := map[string]bool{}
	for _, h := range c.hoisted {
		if !except[h.name] && !own[h.name] {
			objs = append(objs, h.global)
			except[h.name] = true
		}
	}
	scope := c.scope
	for name := range own {
		if o := scope.Lookup(name); o != nil && !except[name] {
			objs = append(objs, o)
			except[name] = true
		}
	}
	ck := &checker{fset: c.fset, imp: c.s.imp, pkg: c.s.pkg, info: c.info, heads: map[*ast.Ident]*types.Func{}}
	for _, b := range bodies {
		if fn, ok := scope.Lookup(b.decl.Name.Name).(*types.Func); ok && b.decl.Recv == nil {
			c.first[b.decl], ck.heads[b.as.Name] = fn, fn
		}
	}
	ck.check(files, append(objs, c.objects(names, except)...))
	for _, b := range bodies {
		if fn, ok := c.info.Defs[b.as.Name].(*types.Func); ok {
			delete(c.info.Defs, b.as.Name)
			if b.decl.Recv != nil {
				fn = asMethod(fn, b.decl.Name.Name)
			} else {
				fn = types.NewFunc(fn.Pos(), fn.Pkg(), b.decl.Name.Name, fn.Signature())
			}
			c.info.Defs[b.decl.Name] = fn
		}
	}
	return ck.faults
}

// bodyPrefix is the prefix of the names under which bodies are checked.
const bodyPrefix = "__body"

// asMethod turns a function that asFunction made of a method back into the method.
func asMethod(fn *types.Func, name string) *types.Func {
	sig := fn.Signature()
	return types.NewFunc(fn.Pos(), fn.Pkg(), name, types.NewSignatureType(sig.Params().At(0), nil, nil,
		types.NewTuple(slices.Collect(sig.Params().Variables())[1:]...), sig.Results(), sig.Variadic()))
}

// initializers computes the order in which the variables of a whole program are initialized, which depends on the
// bodies of functions.
func (c *compilation) initializers(names map[string]bool) {
	vars := map[token.Pos]*types.Var{}
	for _, u := range c.units {
		for _, d := range u.file.Decls {
			if gd, ok := d.(*ast.GenDecl); ok && gd.Tok == token.VAR {
				for _, spec := range gd.Specs {
					for _, id := range spec.(*ast.ValueSpec).Names {
						if v, ok := c.info.Defs[id].(*types.Var); ok {
							vars[id.Pos()] = v
						}
					}
				}
			}
		}
	}
	c.info.InitOrder = nil
	if len(vars) == 0 {
		return
	}
	var files []*ast.File
	own := map[string]bool{}
	for _, u := range c.units {
		f := *u.file
		f.Decls = slices.Clone(f.Decls)
		for i, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv != nil &&
				c.methods[unit.Receiver(fd)+"."+fd.Name.Name] != nil {
				f.Decls[i] = asFunction(fd, fmt.Sprintf("%sm%d", bodyPrefix, i))
			}
		}
		files = append(files, &f)
		for _, id := range declared(u.file) {
			own[id.Name] = true
		}
	}
	var objs []types.Object
	for _, h := range c.hoisted {
		if !own[h.name] {
			own[h.name] = true
			objs = append(objs, h.global)
		}
	}
	ck := &checker{fset: c.fset, imp: c.s.imp, pkg: c.s.pkg, info: newInfo()}
	ck.check(files, append(objs, c.objects(names, own)...))
	for _, in := range ck.info.InitOrder {
		order := &types.Initializer{Rhs: in.Rhs}
		for _, v := range in.Lhs {
			order.Lhs = append(order.Lhs, vars[v.Pos()])
		}
		c.info.InitOrder = append(c.info.InitOrder, order)
	}
}
