package assist

// This file defines which names may stand at the cursor: of members, of scopes, of packages.

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"gilkernel/kernel/session"
	"gilkernel/kernel/std"
)

// imports finds the paths of packages.
func (f *finder) imports() {
	for _, p := range std.Packages() {
		group := strings.Count(p, "/")
		f.add(group, p, func() Match { return Match{Text: p, Type: "module"} })
	}
	for p := range f.v.Importable() {
		f.add(strings.Count(p, "/"), p, func() Match { return Match{Text: p, Type: "module"} })
	}
}

// members finds what may stand behind the dot.
func (f *finder) members() {
	if f.sv == nil {
		return
	}
	nodes := f.sv.path()
	if len(nodes) < 2 {
		return
	}
	sel, ok := nodes[len(nodes)-2].(*ast.SelectorExpr)
	if !ok {
		return
	}
	if id, ok := sel.X.(*ast.Ident); ok {
		if pkg, ok := f.sv.info.Uses[id].(*types.PkgName); ok {
			f.exports(pkg.Imported())
			if strings.HasPrefix(pkg.Imported().Path(), std.Own) && !isTypePlace(nodes) {
				f.constructors(pkg.Imported())
			}
			return
		}
	}
	tv, ok := f.sv.info.Types[sel.X]
	if !ok || tv.Type == nil {
		return
	}
	f.methods(tv.Type)
	if !tv.IsType() {
		f.fields(tv.Type)
	}
}

// exports finds what a package exports.
func (f *finder) exports(pkg *types.Package) {
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		if token.IsExported(name) && f.fits(name) {
			f.addObject(0, scope.Lookup(name))
		}
	}
}

// constructors finds the functions that make what the word is the beginning of: NewThread for Thr. Python calls the
// class, so they stand first.
func (f *finder) constructors(pkg *types.Package) {
	for _, name := range pkg.Scope().Names() {
		class, ok := strings.CutPrefix(name, "New")
		o := pkg.Scope().Lookup(name)
		if _, isFunc := o.(*types.Func); !ok || !isFunc || f.word == "" || f.seen[name] || !f.fits(class) {
			continue
		}
		if _, isType := pkg.Scope().Lookup(class).(*types.TypeName); isType {
			f.seen[name] = true
			f.found = append(f.found, candidate{matchOf(o), class, strings.HasPrefix(class, f.word), -1})
		}
	}
}

// isTypePlace reports whether the selector at the end of a path stands where a type must.
func isTypePlace(nodes []ast.Node) bool {
	if len(nodes) < 3 {
		return false
	}
	sel := nodes[len(nodes)-2]
	switch parent := nodes[len(nodes)-3].(type) {
	case *ast.Field, *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.TypeSpec, *ast.TypeAssertExpr, *ast.StarExpr:
		return true
	case *ast.ValueSpec:
		return parent.Type == sel
	case *ast.CompositeLit:
		return parent.Type == sel
	}
	return false
}

// methods finds the methods of a value of type t.
func (f *finder) methods(t types.Type) {
	for sel := range session.Methods(t) {
		f.add(len(sel.Index()), sel.Obj().Name(), func() Match {
			m := matchOf(sel.Obj())
			m.Signature = strings.TrimPrefix(types.TypeString(sel.Type(), session.Qualifier), "func")
			return m
		})
	}
}

// fields finds the fields of a value of type t.
func (f *finder) fields(t types.Type) {
	for field, depth := range session.Fields(t) {
		f.addObject(depth, field)
	}
}

// names finds all names that can be used at the cursor.
func (f *finder) names() {
	only := false
	if f.sv != nil {
		only = f.keys()
	}
	if only {
		return
	}
	if f.sv != nil {
		f.scopes()
	}
	for name, live := range f.v.All() {
		f.add(groupSession, name, func() Match { return liveMatch(name, live) })
	}
	module := func(name, path string) func() Match {
		return func() Match { return Match{Text: name, Type: "module", Signature: path} }
	}
	if f.sv != nil {
		for name, path := range f.sv.imports {
			f.add(groupPackage, name, module(name, path))
		}
	}
	for name, path := range f.v.Imports() {
		f.add(groupPackage, name, module(name, path))
	}
	for _, name := range types.Universe.Names() {
		f.addObject(groupBuiltin, types.Universe.Lookup(name))
	}
	if f.word == "" {
		return // the rest is too much to read
	}
	for tok := token.BREAK; tok <= token.VAR; tok++ {
		f.add(groupBuiltin, tok.String(), func() Match { return Match{Text: tok.String(), Type: "keyword"} })
	}
	for _, p := range std.Packages() {
		name := std.NameOf(p)
		if !f.fits(name) || strings.HasPrefix(p, "internal/") {
			continue
		}
		if paths := std.Lookup(name, nil); len(paths) > 0 {
			f.add(groupElswhere+strings.Count(paths[0], "/"), name, module(name, paths[0]))
		}
	}
}

// liveMatch describes a definition of the session.
func liveMatch(name string, live session.Live) Match {
	m := matchOf(live.Object())
	m.Text = name
	return m
}

// scopes finds the names of the scopes around the cursor, up to the cell's own declarations.
func (f *finder) scopes() {
	pkg := f.sv.pkg.Scope()
	scope := pkg.Innermost(f.sv.pos)
	for group := 0; scope != nil && scope != types.Universe; scope = scope.Parent() {
		for _, name := range scope.Names() {
			if !f.fits(name) {
				continue
			}
			_, o := scope.LookupParent(name, f.sv.pos) // nil before its declaration
			if o == nil || f.sv.live[o].Exists() {
				continue
			}
			if _, ok := o.(*types.PkgName); !ok {
				f.addObject(min(group, groupSession-1), o)
			}
		}
		group++
	}
	// Innermost finds nothing where broken code ends; the cell's own declarations are there all the same.
	for _, name := range pkg.Names() {
		if o := pkg.Lookup(name); !f.sv.live[o].Exists() {
			f.addObject(groupSession-1, o)
		}
	}
}

// keys finds the fields that a composite literal can set at the cursor. only: nothing else can stand
// there, because other elements have keys.
func (f *finder) keys() (only bool) {
	nodes := f.sv.path()
	if len(nodes) < 2 {
		return false
	}
	lit, ok := nodes[len(nodes)-2].(*ast.CompositeLit)
	if !ok {
		kv, isKV := nodes[len(nodes)-2].(*ast.KeyValueExpr)
		if !isKV || len(nodes) < 3 || kv.Key != nodes[len(nodes)-1] {
			return false
		}
		if lit, ok = nodes[len(nodes)-3].(*ast.CompositeLit); !ok {
			return false
		}
	}
	t := f.sv.info.Types[lit].Type
	if t == nil {
		return false
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem() // of []*T{{…}}
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	set := map[string]bool{}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok {
				set[id.Name], only = true, true
			}
		}
	}
	for field := range st.Fields() {
		if session.Visible(field) && !set[field.Name()] {
			f.add(-1, field.Name(), func() Match {
				m := matchOf(field)
				m.Text += ": "
				return m
			})
		}
	}
	return only
}
