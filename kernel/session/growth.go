package session

// This file estimates from the text how types grow from line to line: go/types walks all fields of a declared type and
// writes out the type arguments of each call, so both must be bounded before it sees the cell.
//
// The size of a composite type is the sum of its parts, each counted as often as it is mentioned. So the size of a
// generic type or of a generic function's result is a sum too: a constant, and a multiple of the size of each type
// argument.

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"gilkernel/kernel/extent"
)

// maxCall bounds the estimated number of parts of a call's type. An estimate may be several times too high, so the
// bound is higher than that of the type itself, which is known later.
const maxCall = 50 * extent.MaxParts

// A form is a size: base, and for each type parameter a multiple of that parameter's size.
type form struct {
	base float64
	per  []float64
}

// at returns the size for type arguments; missing ones count as zero.
func (f form) at(args []float64) float64 {
	n := f.base
	for i, k := range f.per {
		if i < len(args) {
			n += k * args[i]
		}
	}
	return n
}

// plus adds n times another size. Both have the same parameters.
func (f *form) plus(o form, n float64) {
	f.base += n * o.base
	for i, k := range o.per {
		for len(f.per) <= i {
			f.per = append(f.per, 0)
		}
		f.per[i] += n * k
	}
}

// A growing is a name that the cell declares, in any scope.
type growing struct {
	params []string // type parameters
	typ    ast.Expr // of a type
	types  []ast.Expr
	value  ast.Expr // of a variable
	form   form
	known  bool
	open   bool
}

// growth measures the types that a cell declares.
type growth struct {
	t     trees
	scale *extent.Scale
	names map[string][]*growing
}

// grown returns the position of a type, or of a call whose type, is too large, and what is wrong; token.NoPos if there
// is none.
func (t trees) grown() (at token.Pos, text string) {
	g := &growth{t: t, scale: new(extent.Scale), names: map[string][]*growing{}}
	files := []*ast.File{t.decls, t.stmts}
	for _, f := range files {
		ast.Inspect(f, g.collect)
	}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				for _, d := range g.names[n.Name.Name] {
					if d.typ == n.Type && g.declared(d).at(nil) > extent.MaxFields {
						at, text = n.Name.Pos(),
							fmt.Sprintf("a value of type %s has more than %d fields; use pointers for its parts",
								n.Name.Name, extent.MaxFields)
					}
				}
			case *ast.IndexExpr, *ast.IndexListExpr:
				if g.fields(n.(ast.Expr), nil).base > extent.MaxFields {
					at, text = n.Pos(),
						fmt.Sprintf("a value of this type has more than %d fields; use pointers for its parts",
							extent.MaxFields)
				}
			case *ast.CallExpr:
				if !at.IsValid() && g.value(n) > maxCall {
					at, text = n.Pos(),
						fmt.Sprintf("written out, the type of this call has more than %d parts; declare a type for "+
							"what it is made of", extent.MaxParts)
				}
			}
			return !at.IsValid()
		})
	}
	return at, text
}

// collect records the names that a node declares.
func (g *growth) collect(n ast.Node) bool {
	add := func(id *ast.Ident, d *growing) {
		if id.Name != "_" {
			g.names[id.Name] = append(g.names[id.Name], d)
		}
	}
	switch n := n.(type) {
	case *ast.TypeSpec:
		add(n.Name, &growing{params: paramNames(n.TypeParams), typ: n.Type})
	case *ast.FuncDecl:
		if n.Recv == nil && n.Type.TypeParams != nil {
			d := &growing{params: paramNames(n.Type.TypeParams)}
			if n.Type.Results != nil {
				for _, f := range n.Type.Results.List {
					d.types = append(d.types, f.Type)
				}
			}
			add(n.Name, d)
		}
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			break
		}
		for i, x := range n.Lhs {
			if id, ok := x.(*ast.Ident); ok {
				add(id, &growing{value: n.Rhs[min(i, len(n.Rhs)-1)]})
			}
		}
	case *ast.ValueSpec:
		for i, id := range n.Names {
			if len(n.Values) > 0 && n.Type == nil {
				add(id, &growing{value: n.Values[min(i, len(n.Values)-1)]})
			}
		}
	}
	return true
}

// paramNames returns the names of type parameters.
func paramNames(list *ast.FieldList) (names []string) {
	if list == nil {
		return nil
	}
	for _, f := range list.List {
		for _, id := range f.Names {
			names = append(names, id.Name)
		}
	}
	return names
}

// declared returns the number of fields of a declared type, or of parts of a function's largest result.
func (g *growth) declared(d *growing) form {
	switch {
	case d.known:
		return d.form
	case d.open: // it contains itself, which go/types refuses
		return form{base: 1}
	}
	d.open = true
	f := form{per: make([]float64, len(d.params))}
	if d.typ != nil {
		f = g.fields(d.typ, d.params)
	}
	for _, t := range d.types {
		f.plus(g.parts(t, d.params), 1)
	}
	if d.value != nil {
		f.base = g.value(d.value)
	}
	d.form, d.known, d.open = f, true, false
	return f
}

// param returns the form of a type parameter.
func param(name string, params []string) (form, bool) {
	for i, p := range params {
		if p == name {
			f := form{per: make([]float64, len(params))}
			f.per[i] = 1
			return f, true
		}
	}
	return form{}, false
}

// fields counts the fields of a value of a type that are part of the value itself.
func (g *growth) fields(t ast.Expr, params []string) form {
	switch t := t.(type) {
	case *ast.ParenExpr:
		return g.fields(t.X, params)
	case *ast.Ident:
		if f, ok := param(t.Name, params); ok {
			return f
		}
		return form{base: g.typeName(t.Name).at(nil)}
	case *ast.ArrayType:
		if t.Len != nil {
			return g.fields(t.Elt, params)
		}
	case *ast.StructType:
		f := form{}
		for _, field := range t.Fields.List {
			f.plus(g.fields(field.Type, params), float64(max(1, len(field.Names))))
		}
		f.base = max(f.base, 1)
		return f
	case *ast.IndexExpr:
		return g.instance(t.X, []ast.Expr{t.Index}, params)
	case *ast.IndexListExpr:
		return g.instance(t.X, t.Indices, params)
	}
	return form{base: 1}
}

// instance counts the fields of an instance of a generic type.
func (g *growth) instance(x ast.Expr, args []ast.Expr, params []string) form {
	generic := form{base: 1}
	if id, ok := ast.Unparen(x).(*ast.Ident); ok {
		generic = g.typeName(id.Name)
	}
	f := form{base: generic.base}
	for i, k := range generic.per {
		if i < len(args) && k > 0 {
			f.plus(g.fields(args[i], params), k)
		}
	}
	return f
}

// typeName counts the fields of the type that a name means: the maximum over its declarations.
func (g *growth) typeName(name string) form {
	most := form{base: 1}
	if d := g.t.live[name]; d != nil && d.kind == kindType {
		most = g.liveType(d.obj.Type())
	}
	for _, d := range g.names[name] {
		if d.typ != nil {
			most = larger(most, g.declared(d))
		}
	}
	return most
}

func larger(a, b form) form {
	f := form{base: max(a.base, b.base)}
	for i := range max(len(a.per), len(b.per)) {
		k := 0.0
		if i < len(a.per) {
			k = a.per[i]
		}
		if i < len(b.per) {
			k = max(k, b.per[i])
		}
		f.per = append(f.per, k)
	}
	return f
}

// liveType counts the fields of a type of an earlier cell.
func (g *growth) liveType(t types.Type) form {
	f := form{base: float64(g.scale.Fields(t))}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		for p := range n.TypeParams().TypeParams() {
			f.per = append(f.per, float64(extent.Holds(t, p)))
		}
	}
	return f
}

// parts counts the parts of a type as it is written.
func (g *growth) parts(t ast.Expr, params []string) form {
	f := form{per: make([]float64, len(params))}
	ast.Inspect(t, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			f.plus(g.parts(n.Type, params), float64(max(1, len(n.Names))))
			return false
		case *ast.Ident:
			if p, ok := param(n.Name, params); ok {
				f.plus(p, 1)
				return false
			}
		case nil:
			return false
		}
		f.base++
		return true
	})
	return f
}

// value counts the parts of an expression's type, as far as they may come from a call of a generic function.
func (g *growth) value(x ast.Expr) float64 {
	most := func(list ...ast.Expr) float64 {
		n := 1.0
		for _, x := range list {
			n = max(n, g.value(x))
		}
		return n
	}
	switch x := x.(type) {
	case *ast.Ident:
		n := 1.0
		if d := g.t.live[x.Name]; d != nil && d.kind == kindVar {
			n = float64(g.scale.Parts(d.obj.Type()))
		}
		for _, d := range g.names[x.Name] {
			if d.value != nil {
				n = max(n, g.declared(d).base)
			}
		}
		return n
	case *ast.ParenExpr:
		return most(x.X)
	case *ast.UnaryExpr:
		return 1 + most(x.X)
	case *ast.StarExpr:
		return most(x.X)
	case *ast.SelectorExpr:
		return most(x.X)
	case *ast.IndexExpr:
		return most(x.X)
	case *ast.SliceExpr:
		return most(x.X)
	case *ast.CompositeLit:
		return most(x.Elts...)
	case *ast.KeyValueExpr:
		return most(x.Value)
	case *ast.CallExpr:
		args := most(x.Args...)
		fn, ok := ast.Unparen(x.Fun).(*ast.Ident)
		if !ok {
			return max(args, most(x.Fun))
		}
		result := form{}
		if d := g.t.live[fn.Name]; d != nil && d.kind == kindFunc {
			sig, _ := d.obj.Type().(*types.Signature)
			result = g.liveResult(sig)
		}
		for _, d := range g.names[fn.Name] {
			if d.params != nil && d.typ == nil {
				result = larger(result, g.declared(d))
			}
		}
		n := max(1, result.base)
		for _, k := range result.per {
			n += k * args
		}
		return n
	}
	return 1
}

// liveResult counts the parts of the results of an earlier cell's function.
func (g *growth) liveResult(sig *types.Signature) form {
	if sig == nil || sig.TypeParams().Len() == 0 {
		return form{}
	}
	f := form{}
	if sig.Results() != nil {
		f.base = float64(g.scale.Parts(sig.Results()))
	}
	for p := range sig.TypeParams().TypeParams() {
		f.per = append(f.per, float64(extent.Mentions(sig.Results(), p)))
	}
	return f
}

// large refuses types whose values are too large, or that are too long when written out. It examines all expressions
// and declarations, so that nothing walks such a type after the check.
func (c *compilation) large() error {
	type place struct {
		pos token.Pos
		typ types.Type
	}
	var places []place
	scale, found := new(extent.Scale), false
	add := func(pos token.Pos, t types.Type) {
		if t != nil {
			places = append(places, place{pos, t})
			found = found || scale.Excess(t, nil) != ""
		}
	}
	for id, o := range c.info.Defs {
		if o != nil {
			add(id.Pos(), o.Type())
		}
	}
	for x, tv := range c.info.Types {
		add(x.Pos(), tv.Type)
	}
	if !found {
		return nil
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.pos, b.pos) })
	scale = new(extent.Scale)
	for _, p := range places {
		if text := scale.Excess(p.typ, types.RelativeTo(c.s.pkg)); text != "" {
			return c.limit(p.pos, text)
		}
	}
	return nil
}
