package exec

// This file defines how a source is parsed and type-checked against all sources before it.

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"strings"

	"gilkernel/kernel/extent"
)

// check parses and type-checks a source.
func (e *Engine) check(name, text string) (*source, error) {
	src := &source{name: name, fset: token.NewFileSet(), info: newInfo()}
	file, err := parser.ParseFile(src.fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		var list scanner.ErrorList
		if errors.As(err, &list) && len(list) > 0 {
			return nil, &Error{Pos: list[0].Pos, Msg: list[0].Msg}
		}
		return nil, &Error{Msg: err.Error()}
	}
	src.file = file
	hidden := map[string]bool{} // what it declares again
	for _, name := range declaredNames(file) {
		if e.pkg.Scope().Lookup(name) != nil {
			hidden[name] = true
		}
	}
	if len(hidden) > 0 {
		e.unscope(e.pkg, hidden)
	}
	if e.foreignMethods(file) {
		return src, e.checkTwice(src)
	}
	return src, e.checkFiles(src, e.pkg, file, false)
}

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{}, Implicits: map[ast.Node]types.Object{},
	}
}

// checkFiles checks one file as part of a package, whose scope is as before if it fails.
func (e *Engine) checkFiles(src *source, pkg *types.Package, file *ast.File, signatures bool) error {
	var first *Error
	conf := types.Config{
		Importer: e.importer, IgnoreFuncBodies: signatures, GoVersion: "go1.26", Sizes: extent.Sizes{},
		Error: func(err error) {
			var te types.Error
			if first == nil && errors.As(err, &te) && !tolerated(te.Msg) {
				first = &Error{Pos: te.Fset.Position(te.Pos), Msg: te.Msg}
			}
		},
	}
	fresh := map[string]bool{} // what the file would add; the scope itself may be large
	for _, name := range declaredNames(file) {
		fresh[name] = pkg.Scope().Lookup(name) == nil
	}
	_ = types.NewChecker(&conf, src.fset, pkg, src.info).Files([]*ast.File{file})
	if first == nil {
		return nil
	}
	e.unscope(pkg, fresh)
	return first
}

// declaredNames are the names that a file declares for its package.
func declaredNames(file *ast.File) []string {
	var names []string
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name.Name)
				case *ast.ValueSpec:
					for _, id := range s.Names {
						names = append(names, id.Name)
					}
				}
			}
		}
	}
	return names
}

// tolerated reports whether a source may have this fault: what is defined now may be used later.
func tolerated(msg string) bool {
	return strings.HasPrefix(msg, "declared and not used: ") || strings.HasSuffix(msg, " imported and not used") ||
		strings.Contains(msg, " imported as ") && strings.HasSuffix(msg, " and not used") || strings.HasPrefix(msg, "label ") && strings.HasSuffix(msg, "declared and not used")
}

// unscope takes names out of a package's scope, which go/types has no way to do.
func (e *Engine) unscope(pkg *types.Package, drop map[string]bool) {
	old := pkg.Scope()
	fresh := types.NewPackage(pkg.Path(), pkg.Name()).Scope()
	for _, n := range old.Names() {
		if !drop[n] {
			fresh.Insert(old.Lookup(n))
		}
	}
	*old = *fresh
}

// foreignMethods reports whether a file has methods of types that earlier files declared.
func (e *Engine) foreignMethods(file *ast.File) bool {
	own := ownTypes(file)
	for _, d := range file.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv != nil && !own[receiverBase(fd)] {
			return true
		}
	}
	return false
}

// receiverBase returns the name of a method's receiver type.
func receiverBase(fd *ast.FuncDecl) string {
	t := fd.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// checkTwice checks a file that adds methods to earlier types: first what it declares, then, when the types
// have the methods, the bodies. go/types connects a method only with a type of the same files, and fails on
// others, so such methods are checked as functions whose first parameter is the receiver.
func (e *Engine) checkTwice(src *source) error {
	fresh := map[string]bool{}
	for _, name := range declaredNames(src.file) {
		fresh[name] = e.pkg.Scope().Lookup(name) == nil
	}
	own := ownTypes(src.file)
	heads := &ast.File{Package: src.file.Package, Name: src.file.Name, FileStart: src.file.FileStart, FileEnd: src.file.FileEnd}
	bodies := &ast.File{Package: src.file.Package, Name: src.file.Name, FileStart: src.file.FileStart, FileEnd: src.file.FileEnd}
	type pair struct{ decl, head, body *ast.FuncDecl }
	var pairs []pair
	for i, d := range src.file.Decls {
		fd, ok := d.(*ast.FuncDecl)
		if !ok {
			heads.Decls = append(heads.Decls, d)
			if gd := d.(*ast.GenDecl); gd.Tok == token.IMPORT {
				bodies.Decls = append(bodies.Decls, d)
			}
			continue
		}
		foreign := fd.Recv != nil && !own[receiverBase(fd)]
		if isGenericDecl(fd) && !foreign || fd.Body == nil || fd.Recv == nil && (fd.Name.Name == "init" || fd.Name.Name == "_") {
			heads.Decls = append(heads.Decls, fd)
			continue
		}
		p := pair{decl: fd}
		name := fmt.Sprintf("%s%d", bodyPrefix, i)
		head := *fd
		head.Body = nil
		if foreign {
			head = *asFunction(fd, name+"h")
			head.Body = nil
		}
		p.head, p.body = &head, asFunction(fd, name)
		heads.Decls = append(heads.Decls, p.head)
		bodies.Decls = append(bodies.Decls, p.body)
		pairs = append(pairs, p)
	}
	if err := e.checkFiles(src, e.pkg, heads, false); err != nil {
		return err
	}
	src.first = map[*ast.FuncDecl]*types.Func{}
	for _, p := range pairs {
		fn, _ := src.info.Defs[p.head.Name].(*types.Func)
		if p.head.Recv == nil && p.decl.Recv != nil {
			fn = asMethod(fn, p.decl.Name.Name)
			if n := namedOf(fn.Signature().Recv().Type()); n != nil && addMethod(n, fn) {
				src.extended = append(src.extended, n)
			}
		}
		src.first[p.decl] = fn
	}
	err := e.checkFiles(src, e.pkg, bodies, false)
	for _, p := range pairs {
		if fn, ok := src.info.Defs[p.body.Name].(*types.Func); ok {
			if p.decl.Recv != nil {
				fn = asMethod(fn, p.decl.Name.Name)
			} else {
				fn = types.NewFunc(fn.Pos(), fn.Pkg(), p.decl.Name.Name, fn.Signature())
			}
			src.info.Defs[p.decl.Name] = fn
		}
	}
	drop := map[string]bool{}
	if err != nil {
		drop = fresh
	}
	for _, n := range e.pkg.Scope().Names() {
		if strings.HasPrefix(n, bodyPrefix) {
			drop[n] = true
		}
	}
	e.unscope(e.pkg, drop)
	return err
}

// bodyPrefix begins the names under which bodies are checked after what they need was declared.
const bodyPrefix = "__body_"

// asFunction returns a function or method as a function with this name.
func asFunction(fd *ast.FuncDecl, name string) *ast.FuncDecl {
	f := *fd
	f.Name = &ast.Ident{Name: name, NamePos: fd.Name.Pos()}
	if fd.Recv == nil {
		return &f
	}
	t := *fd.Type
	params := &ast.FieldList{Opening: fd.Type.Params.Opening, Closing: fd.Type.Params.Closing}
	recv := *fd.Recv.List[0]
	if len(recv.Names) == 0 && len(fd.Type.Params.List) > 0 && len(fd.Type.Params.List[0].Names) > 0 {
		recv.Names = []*ast.Ident{{Name: "_", NamePos: recv.Pos()}}
	}
	params.List = append(params.List, &recv)
	for _, p := range fd.Type.Params.List {
		q := *p
		if len(q.Names) == 0 && len(recv.Names) > 0 {
			q.Names = []*ast.Ident{{Name: "_", NamePos: q.Pos()}}
		}
		params.List = append(params.List, &q)
	}
	t.Params = params
	f.Recv, f.Type = nil, &t
	return &f
}

// asMethod turns a function back into the method that it was made of.
func asMethod(fn *types.Func, name string) *types.Func {
	sig := fn.Signature()
	var params []*types.Var
	for i := 1; i < sig.Params().Len(); i++ {
		params = append(params, sig.Params().At(i))
	}
	return types.NewFunc(fn.Pos(), fn.Pkg(), name, types.NewSignatureType(sig.Params().At(0), nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic()))
}

func isGenericDecl(fd *ast.FuncDecl) bool {
	if fd.Type.TypeParams != nil {
		return true
	}
	if fd.Recv == nil {
		return false
	}
	t := fd.Recv.List[0].Type
	if s, ok := t.(*ast.StarExpr); ok {
		t = s.X
	}
	switch t.(type) {
	case *ast.IndexExpr, *ast.IndexListExpr:
		return true
	}
	return false
}

// ownTypes are the names of the types that a file declares.
func ownTypes(file *ast.File) map[string]bool {
	own := map[string]bool{}
	for _, d := range file.Decls {
		if gd, ok := d.(*ast.GenDecl); ok && gd.Tok == token.TYPE {
			for _, s := range gd.Specs {
				own[s.(*ast.TypeSpec).Name.Name] = true
			}
		}
	}
	return own
}

// addMethod gives a type a method, or leaves the one that it has. It reports which.
func addMethod(named *types.Named, fn *types.Func) bool {
	for i := range named.NumMethods() {
		if named.Method(i).Name() == fn.Name() {
			return false
		}
	}
	named.AddMethod(fn)
	return true
}
