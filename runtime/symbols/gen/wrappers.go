package main

// This file defines the interface wrappers: structs through which a type that was declared in a
// cell satisfies an interface that was compiled.

import (
	"bytes"
	"fmt"
	"go/types"
	"os"
	"strings"
)

// wrapper is one of them. yaegi finds it in the interface's package under "_" and the interface's
// name, sets the first field to the value, and each further one, "W" and a method's name, to that
// method.
type wrapper struct {
	name    string
	methods []method
}

// method is one method's Go source.
type method struct{ name, params, args, results string }

// wrap returns the wrapper for the interface o. An alias needs none: reflection knows the interface
// by its real package.
func (f *file) wrap(u *universe, p *pkg, o *types.TypeName) (wrapper, bool) {
	iface, ok := o.Type().Underlying().(*types.Interface)
	if !ok {
		return wrapper{}, false
	}
	if o.IsAlias() {
		if named, ok := types.Unalias(o.Type()).(*types.Named); ok && named.Obj().Pkg() != nil && u.lookup(named.Obj().Pkg().Path()) == nil {
			fmt.Fprintf(os.Stderr, "gen: %s.%s has no wrapper: it is declared in %s\n", p.Path, o.Name(), named.Obj().Pkg().Path())
		}
		return wrapper{}, false
	}
	qualify := func(other *types.Package) string {
		f.imports[other.Path()] = true
		return alias(other.Path())
	}
	w := wrapper{name: "_" + alias(p.Path) + "_" + o.Name()}
	for m := range iface.Methods() {
		if !m.Exported() {
			continue // no other package can have it; such an interface can't be satisfied by a cell's own type
		}
		w.methods = append(w.methods, methodOf(m, qualify))
	}
	return w, true
}

// methodOf renders a signature. Parameters are renamed, because their own names could hide a
// package.
func methodOf(m *types.Func, qualify types.Qualifier) method {
	sig := m.Signature()
	var params, args, results []string
	for i := range sig.Params().Len() {
		name := fmt.Sprintf("a%d", i)
		typ := types.TypeString(sig.Params().At(i).Type(), qualify)
		arg := name
		if sig.Variadic() && i == sig.Params().Len()-1 {
			typ = "..." + strings.TrimPrefix(typ, "[]")
			arg += "..."
		}
		params = append(params, name+" "+typ)
		args = append(args, arg)
	}
	for v := range sig.Results().Variables() {
		results = append(results, types.TypeString(v.Type(), qualify))
	}
	return method{
		name:    m.Name(),
		params:  "(" + strings.Join(params, ", ") + ")",
		args:    "(" + strings.Join(args, ", ") + ")",
		results: "(" + strings.Join(results, ", ") + ")",
	}
}

// render writes the type and its methods. yaegi makes wrappers that have no String method set, and
// fmt calls it.
func (w wrapper) render(b *bytes.Buffer) {
	fmt.Fprintf(b, "type %s struct {\nIValue any\n", w.name)
	for _, m := range w.methods {
		fmt.Fprintf(b, "W%s func%s %s\n", m.name, m.params, m.results)
	}
	b.WriteString("}\n\n")
	for _, m := range w.methods {
		fmt.Fprintf(b, "func (w %s) %s%s %s {\n", w.name, m.name, m.params, m.results)
		if m.name == "String" && m.params == "()" && m.results == "(string)" {
			b.WriteString("if w.WString == nil {\nreturn \"\"\n}\n")
		}
		if m.results != "()" {
			b.WriteString("return ")
		}
		fmt.Fprintf(b, "w.W%s%s\n}\n\n", m.name, m.args)
	}
}
