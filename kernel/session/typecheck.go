package session

// This file defines the order in which the parts of a cell are checked.
//
// A cell's functions may mention variables that its statements define, and its statements call its functions. So the
// declarations without bodies are checked first, together with the statements, which determines the types of the
// variables; then the bodies are checked, as functions of a package that has all of these.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/std"
	"gilkernel/kernel/unit"
)

// typecheck checks the cell. It drops earlier definitions that no longer compile and checks the rest again.
func (c *compilation) typecheck() error {
	for {
		c.info, c.first = newInfo(), map[*ast.FuncDecl]*types.Func{}
		c.hoisted, c.hoist = nil, map[types.Object]*hoist{}
		names := map[string]bool{}
		own := map[string]bool{}
		for _, u := range c.units {
			mentioned(names, u.file)
			for _, id := range declared(u.file) {
				own[id.Name] = true
			}
		}
		mentioned(names, c.body)
		c.resolveImports(own)
		faults := c.aliasReceivers(own)
		if faults == nil {
			faults = c.addMethods(names, own)
		}
		if faults == nil {
			faults = c.checkStatements(names, own)
		}
		if faults == nil {
			faults = c.checkBodies(names, own)
		}
		if faults == nil {
			c.initializers(names)
			if c.s.checked {
				return nil
			}
			if err := c.lost(names, own); err != nil {
				return err
			}
			return c.phantoms()
		}
		dropped := false
		for _, f := range faults {
			for _, u := range slices.Clone(c.units) {
				if !u.own && c.fset.File(f.pos) == c.fset.File(u.file.Pos()) {
					c.drop(u, f.msg)
					dropped = true
				}
			}
		}
		if !dropped {
			return c.advise(diagnostics(c.fset, "TypeError", c.code, c.explain(c.directCycles(faults))))
		}
	}
}

// defined returns the names that a top-level statement defines.
func defined(st ast.Stmt) []*ast.Ident {
	var ids []*ast.Ident
	switch st := st.(type) {
	case *ast.AssignStmt:
		if st.Tok == token.DEFINE {
			for _, e := range st.Lhs {
				if id, ok := e.(*ast.Ident); ok {
					ids = append(ids, id)
				}
			}
		}
	case *ast.DeclStmt:
		if gd, ok := st.Decl.(*ast.GenDecl); ok && gd.Tok == token.VAR {
			for _, s := range gd.Specs {
				ids = append(ids, s.(*ast.ValueSpec).Names...)
			}
		}
	case *ast.LabeledStmt:
		return defined(st.Stmt)
	}
	return ids
}

// resolveImports adds to every file the imports that it needs: those of the cell, those of earlier cells, and packages
// that are used without an import, found as goimports finds them.
func (c *compilation) resolveImports(own map[string]bool) {
	c.imports, c.dots = map[string]importName{}, slices.Clone(c.s.dots)
	for _, spec := range c.explicit {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := ""
		if spec.Name != nil {
			name = spec.Name.Name
		} else {
			name = c.importedName(path)
		}
		if name == "." {
			c.dots = append(slices.DeleteFunc(slices.Clone(c.dots), func(p string) bool { return p == path }), path)
			c.imports[dotImport+path] = importName{path, true}
			continue
		}
		if name == "_" {
			if c.s.loader != nil { // the initialization of a module's package may have effects
				c.imports[dotImport+"_"+path] = importName{path, true}
			}
			continue
		}
		c.imports[name] = importName{path, true}
	}
	locals := map[string]bool{}
	for _, st := range c.body.List {
		for _, id := range defined(st) {
			locals[id.Name] = true
		}
	}
	selectors := map[string]map[string]bool{}
	visit := func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok {
				if selectors[id.Name] == nil {
					selectors[id.Name] = map[string]bool{}
				}
				selectors[id.Name][sel.Sel.Name] = true
			}
		}
		return true
	}
	for _, u := range c.units {
		ast.Inspect(u.file, visit)
	}
	ast.Inspect(c.body, visit)
	for name, sels := range selectors {
		if _, ok := c.imports[name]; ok || own[name] || locals[name] || c.s.live[name] != nil {
			continue
		}
		if path, ok := c.s.imports[name]; ok {
			c.imports[name] = importName{path: path}
		} else if paths := std.Lookup(name, slices.Sorted(maps.Keys(sels))); len(paths) > 0 {
			c.imports[name] = importName{path: paths[0]}
		}
	}
	for _, u := range append(slices.Clone(c.units), c.stmts) {
		c.addImports(u.file)
	}
}

// addImports puts the imports at the head of a file's tree.
func (c *compilation) addImports(f *ast.File) {
	f.Decls = slices.DeleteFunc(f.Decls, func(d ast.Decl) bool {
		gd, ok := d.(*ast.GenDecl)
		return ok && gd.Tok == token.IMPORT
	})
	gd := &ast.GenDecl{Tok: token.IMPORT}
	for _, name := range slices.Sorted(maps.Keys(c.imports)) {
		imp := c.imports[name]
		spec := &ast.ImportSpec{Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(imp.path),
			ValuePos: f.Package},
			Name: &ast.Ident{Name: name, NamePos: f.Package}}
		if strings.HasPrefix(name, dotImport) {
			spec.Name.Name = "_" // go/types reports a missing package; dotted finds the names that it exports
		}
		for _, e := range c.explicit {
			if e.Path.Value == spec.Path.Value {
				spec.Path.ValuePos, spec.Name.NamePos = e.Path.ValuePos, e.Path.ValuePos // errors are reported there
			}
		}
		gd.Specs = append(gd.Specs, spec)
	}
	if len(gd.Specs) > 0 {
		f.Decls = append([]ast.Decl{gd}, f.Decls...)
	}
}

// dotImport is the prefix of the keys of packages that a cell imports with a dot.
const dotImport = "."

// dotted returns the object that a name means because a cell has imported a package with a dot, nil if there is none.
// Definitions of cells have precedence, so such an import can last without hiding any.
func (c *compilation) dotted(name string) types.Object {
	if !token.IsExported(name) {
		return nil
	}
	for _, path := range slices.Backward(c.dots) {
		if pkg, err := c.s.imp.Import(path); err == nil {
			if o := pkg.Scope().Lookup(name); o != nil {
				return o
			}
		}
	}
	return nil
}

// packageName returns the usual name of the package with a path.
func packageName(path string) string {
	parts := strings.Split(path, "/")
	base := parts[len(parts)-1]
	if len(parts) > 1 && len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = parts[len(parts)-2]
	}
	return base
}

// addMethods checks the signatures of methods that this cell adds to types of earlier cells, and adds them to the
// types. go/types can't remove a method, so a method of a cell that then fails remains; phantoms refuses code that
// calls it.
func (c *compilation) addMethods(names, own map[string]bool) []fault {
	var files []*ast.File
	type added struct {
		base string
		fd   *ast.FuncDecl
		fn   string
	}
	var methods []added
	except := maps.Clone(own)
	for _, u := range c.units {
		var fns []ast.Decl
		for _, d := range u.file.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Recv == nil || own[unit.Receiver(fd)] {
				continue
			}
			base := unit.Receiver(fd)
			if receiverGeneric(fd) {
				if c.s.live[base] != nil {
					return []fault{{fd.Name.Pos(),
						cell.LimitWords +
							"a method of a generic type of another cell; write it in the cell that declares " + base}}
				}
				continue
			}
			if live := c.s.live[base]; live == nil || live.kind != kindType {
				continue
			}
			fn := fmt.Sprintf("__%s_%s", base, fd.Name.Name)
			f := asFunction(fd, fn)
			f.Body = nil
			fns = append(fns, f)
			methods = append(methods, added{base, fd, fn})
		}
		if fns != nil {
			f := &ast.File{Package: u.file.Package, Name: u.file.Name, Decls: fns}
			c.addImports(f)
			files = append(files, f)
		}
	}
	if methods == nil {
		return nil
	}
	if meets(names, own) && len(own) > 0 {
		// A method of an old type may mention a type of this cell in its signature: check both together.
		for _, u := range c.units {
			f := stripped(u.file)
			f.Decls = slices.DeleteFunc(slices.Clone(f.Decls), func(d ast.Decl) bool {
				fd, ok := d.(*ast.FuncDecl)
				return ok && fd.Recv != nil && !own[unit.Receiver(fd)]
			})
			files = append(files, f)
		}
	}
	ck := &checker{fset: c.fset, imp: c.s.imp, pkg: c.s.pkg, info: newInfo()}
	ck.check(files, c.objects(names, except))
	if ck.faults != nil {
		return ck.faults
	}
	for _, m := range methods {
		fn, ok := ck.scope.Lookup(m.fn).(*types.Func)
		if !ok {
			continue
		}
		named, ok := types.Unalias(c.s.live[m.base].obj.Type()).(*types.Named)
		if !ok {
			return []fault{{m.fd.Recv.Pos(), "invalid receiver type " + m.base}}
		}
		meth := asMethod(fn, m.fd.Name.Name)
		for i := range named.NumMethods() {
			old := named.Method(i)
			if old.Name() == meth.Name() && !types.Identical(old.Type(), meth.Type()) {
				return []fault{{m.fd.Name.Pos(), fmt.Sprintf("the method %s of %s has another signature since %s; "+
					"run the cell that declares the type %s again to change it",
					meth.Name(), m.base, c.s.live[m.base].label, m.base)}}
			}
		}
		named.AddMethod(meth)
		c.methods[m.base+"."+m.fd.Name.Name] = meth
	}
	return nil
}

// phantoms returns an error if the cell uses a method that only a failed cell has defined.
func (c *compilation) phantoms() error {
	var faults []fault
	for sel, s := range c.info.Selections {
		fn, ok := s.Obj().(*types.Func)
		if !ok || fn.Pkg() == nil || fn.Pkg().Path() != unit.Path {
			continue
		}
		recv := fn.Signature().Recv()
		if recv == nil {
			continue
		}
		t := recv.Type()
		if p, ok := t.(*types.Pointer); ok {
			t = p.Elem()
		}
		named, ok := types.Unalias(t).(*types.Named)
		if !ok {
			continue
		}
		name := named.Obj().Name()
		d := c.s.live[name]
		if d == nil || d.obj != named.Obj() || d.has().methods[fn.Name()] != nil || c.methods[name+"."+fn.Name()] != nil {
			continue
		}
		if types.IsInterface(named) || named.TypeParams().Len() > 0 {
			continue
		}
		faults = append(faults,
			fault{sel.Sel.Pos(), fmt.Sprintf("%s undefined (type %s has no field or method %s)", types.ExprString(sel),
				name, fn.Name())})
	}
	if faults == nil {
		return nil
	}
	return c.advise(diagnostics(c.fset, "TypeError", c.code, faults))
}

// checkStatements checks the declarations without bodies, and the statements.
func (c *compilation) checkStatements(names, own map[string]bool) []fault {
	var files []*ast.File
	for _, u := range c.units {
		f := stripped(u.file)
		f.Decls = slices.DeleteFunc(slices.Clone(f.Decls), func(d ast.Decl) bool {
			fd, ok := d.(*ast.FuncDecl)
			if ok && fd.Recv != nil {
				return c.methods[unit.Receiver(fd)+"."+fd.Name.Name] != nil
			}
			return ok && fd.Name.Name == "init" && fd.Recv == nil
		})
		files = append(files, f)
	}
	files = append(files, c.stmts.file)
	ck := &checker{fset: c.fset, imp: c.s.imp, pkg: c.s.pkg, info: c.info}
	ck.check(files, c.objects(names, own))
	c.scope = ck.scope
	faults := slices.DeleteFunc(ck.faults, func(f fault) bool {
		return c.last != nil && strings.HasSuffix(f.msg, "is not used") && f.pos >= c.last.Pos() &&
			f.pos <= c.last.End()
	})
	for _, st := range c.body.List {
		for _, id := range defined(st) {
			obj := c.info.Defs[id]
			if obj == nil || id.Name == "_" {
				continue
			}
			h := &hoist{name: id.Name, obj: obj, typ: obj.Type()}
			if c.holds(h) && !own[id.Name] {
				h.global = c.s.live[h.name].obj.(*types.Var)
			} else {
				h.global = types.NewVar(obj.Pos(), c.s.pkg, h.name, h.typ)
			}
			c.hoisted = append(c.hoisted, h)
			c.hoist[obj] = h
		}
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}
