package exec

// This file defines how generic functions and types of the standard library get bodies: compiled code has none
// for them, so package prelude has their sources.

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"

	"gilkernel/kernel/std/prelude"
	"gilkernel/kernel/std/prelude/compiled"
	"gilkernel/kernel/unit"
)

// preludeDecl finds the source of a generic function or method of a compiled package, nil if there is none.
func (e *Engine) preludeDecl(fn *types.Func) *funcDecl {
	fn = fn.Origin()
	if fd, ok := e.decls[fn]; ok {
		return fd
	}
	if fn.Pkg() == nil || e.ours(fn.Pkg()) {
		return nil
	}
	recv := ""
	if r := fn.Signature().Recv(); r != nil {
		n := namedOf(r.Type())
		if n == nil || n.TypeParams().Len() == 0 {
			return nil
		}
		recv = n.Obj().Name()
	} else if fn.Signature().TypeParams().Len() == 0 {
		return nil
	}
	src := e.prelude(fn.Pkg().Path())
	if src == nil {
		return nil
	}
	for _, d := range src.file.Decls {
		fd, ok := d.(*ast.FuncDecl)
		if !ok || fd.Name.Name != fn.Name() || (fd.Recv != nil) != (recv != "") ||
			recv != "" && unit.Receiver(fd) != recv {
			continue
		}
		own := src.info.Defs[fd.Name].(*types.Func)
		d := e.decls[own]
		if d == nil {
			d = &funcDecl{src: src, decl: fd, fn: own, refs: &funcRefs{}}
			e.decls[own] = d
		}
		e.decls[fn] = d
		return d
	}
	return nil
}

// prelude returns a package's source, checked; nil if there is none.
func (e *Engine) prelude(path string) *source {
	if src, ok := e.preludes[path]; ok {
		return src
	}
	name, text, ok := prelude.Source(path)
	if !ok {
		e.preludes[path] = nil
		return nil
	}
	src := &source{name: path, fset: token.NewFileSet(), info: newInfo(), native: true}
	e.preludes[path] = src
	file, err := parser.ParseFile(src.fset, path+".go", text, parser.SkipObjectResolution)
	if err != nil {
		panic("exec: prelude: " + err.Error())
	}
	src.file = file
	pkg := types.NewPackage(path, name)
	if err := e.checkFile(src, pkg, file); err != nil {
		panic("exec: prelude: " + err.Error())
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if own, ok := src.info.Defs[d.Name].(*types.Func); ok {
				e.decls[own] = &funcDecl{src: src, decl: d, fn: own, refs: &funcRefs{}}
			}
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				e.declareVars(src, d)
			}
		}
	}
	return src
}

// preludeImporter imports packages for the prelude: those that cells import, and package compiled.
type preludeImporter struct{ e *Engine }

// Import implements types.Importer.
func (p preludeImporter) Import(path string) (*types.Package, error) {
	e := p.e
	if path != compiled.Path {
		return e.importer.Import(path)
	}
	if e.compiled == nil {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, compiled.Source(), parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		conf := types.Config{Importer: e.importer, IgnoreFuncBodies: true,
			Error: func(error) {}} // what only bodies use isn't used
		e.compiled, _ = conf.Check(path, fset, []*ast.File{file}, nil)
	}
	return e.compiled, nil
}
