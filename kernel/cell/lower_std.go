package cell

// This file defines the generic functions of the standard library that cells use most. The interpreter
// has no symbols for generic functions, so a program that mentions one brings along its own, written out
// for the types of the call.

import (
	"go/ast"
	"go/types"
	"strings"
)

// stdGenerics holds, by name, the parameters' letters and the function, in which $F is its name and $S
// and the like stand for the type arguments. sort. is the package sort.
var stdGenerics = map[string]struct{ params, text string }{
	"slices.Sort":           {"SE", "func $F(x $S) { f := func(i, j int) bool { return x[i] < x[j] }; sort.Slice(x, f) }"},
	"slices.SortFunc":       {"SE", "func $F(x $S, cmp func(a, b $E) int) { f := func(i, j int) bool { return cmp(x[i], x[j]) < 0 }; sort.Slice(x, f) }"},
	"slices.SortStableFunc": {"SE", "func $F(x $S, cmp func(a, b $E) int) { f := func(i, j int) bool { return cmp(x[i], x[j]) < 0 }; sort.SliceStable(x, f) }"},
	"slices.Contains":       {"SE", "func $F(x $S, v $E) bool { for i := range x { if x[i] == v { return true } }; return false }"},
	"slices.ContainsFunc":   {"SE", "func $F(x $S, f func($E) bool) bool { for i := range x { if f(x[i]) { return true } }; return false }"},
	"slices.Index":          {"SE", "func $F(x $S, v $E) int { for i := range x { if x[i] == v { return i } }; return -1 }"},
	"slices.IndexFunc":      {"SE", "func $F(x $S, f func($E) bool) int { for i := range x { if f(x[i]) { return i } }; return -1 }"},
	"slices.Max":            {"SE", `func $F(x $S) $E { if len(x) == 0 { panic("slices.Max: empty list") }; m := x[0]; for _, v := range x { if v > m { m = v } }; return m }`},
	"slices.Min":            {"SE", `func $F(x $S) $E { if len(x) == 0 { panic("slices.Min: empty list") }; m := x[0]; for _, v := range x { if v < m { m = v } }; return m }`},
	"slices.Reverse":        {"SE", "func $F(x $S) { for i, j := 0, len(x)-1; i < j; i, j = i+1, j-1 { t := x[i]; x[i] = x[j]; x[j] = t } }"},
	"slices.Equal":          {"SE", "func $F(a, b $S) bool { if len(a) != len(b) { return false }; for i := range a { if a[i] != b[i] { return false } }; return true }"},
	"slices.Clone":          {"SE", "func $F(x $S) $S { if x == nil { return nil }; y := make($S, len(x)); copy(y, x); return y }"},
	"slices.Insert":         {"SE", "func $F(x $S, i int, vs ...$E) $S { _ = x[i:]; y := make($S, 0, len(x)+len(vs)); y = append(y, x[:i]...); y = append(y, vs...); y = append(y, x[i:]...); return y }"},
	"slices.Delete":         {"SE", "func $F(x $S, i, j int) $S { _ = x[i:j]; n := copy(x[i:], x[j:]); var z $E; for k := i + n; k < len(x); k++ { x[k] = z }; return x[:i+n] }"},
	"slices.Compact":        {"SE", "func $F(x $S) $S { if len(x) < 2 { return x }; n := 1; for k := 1; k < len(x); k++ { if x[k] != x[k-1] { x[n] = x[k]; n++ } }; var z $E; for k := n; k < len(x); k++ { x[k] = z }; return x[:n] }"},
	"slices.BinarySearch":   {"SE", "func $F(x $S, v $E) (int, bool) { i, j := 0, len(x); for i < j { h := (i + j) / 2; if x[h] < v { i = h + 1 } else { j = h } }; return i, i < len(x) && x[i] == v }"},
	"slices.Collect":        {"E", "func $F(seq func(func($E) bool)) []$E { var x []$E; f := func(v $E) bool { x = append(x, v); return true }; seq(f); return x }"},
	"slices.Sorted":         {"E", "func $F(seq func(func($E) bool)) []$E { var x []$E; f := func(v $E) bool { x = append(x, v); return true }; seq(f); g := func(i, j int) bool { return x[i] < x[j] }; sort.Slice(x, g); return x }"},
	"slices.Values":         {"SE", "func $F(x $S) func(func($E) bool) { return func(yield func($E) bool) { for _, v := range x { if !yield(v) { return } } } }"},
	"slices.All":            {"SE", "func $F(x $S) func(func(int, $E) bool) { return func(yield func(int, $E) bool) { for i, v := range x { if !yield(i, v) { return } } } }"},
	"slices.Backward":       {"SE", "func $F(x $S) func(func(int, $E) bool) { return func(yield func(int, $E) bool) { for i := len(x) - 1; i >= 0; i-- { if !yield(i, x[i]) { return } } } }"},
	"maps.Keys":             {"MKV", "func $F(m $M) func(func($K) bool) { return func(yield func($K) bool) { for k := range m { if !yield(k) { return } } } }"},
	"maps.Values":           {"MKV", "func $F(m $M) func(func($V) bool) { return func(yield func($V) bool) { for _, v := range m { if !yield(v) { return } } } }"},
	"maps.Clone":            {"MKV", "func $F(m $M) $M { if m == nil { return nil }; c := make($M, len(m)); for k, v := range m { c[k] = v }; return c }"},
	"maps.Copy":             {"MNKV", "func $F(dst $M, src $N) { for k, v := range src { dst[k] = v } }"},
	"maps.DeleteFunc":       {"MKV", "func $F(m $M, del func($K, $V) bool) { for k, v := range m { if del(k, v) { delete(m, k) } } }"},
	"cmp.Compare":           {"T", "func $F(x, y $T) int { if x < y || x != x && y == y { return -1 }; if x > y || y != y && x == x { return 1 }; return 0 }"},
	"cmp.Less":              {"T", "func $F(x, y $T) bool { return x < y || x != x && y == y }"},
	"cmp.Or":                {"T", "func $F(vs ...$T) $T { var z $T; for _, v := range vs { if v != z { return v } }; return z }"},
	"sync.OnceValue":        {"T", "func $F(f func() $T) func() $T { var o sync.Once; var r $T; g := func() { v := f(); r = v }; return func() $T { o.Do(g); return r } }"},
}

// stdGeneric returns the name of the program's own version of a generic function of the standard
// library; ok is false when there is none.
func (l *lowerer) stdGeneric(n *ast.SelectorExpr, pkg *types.PkgName) (name string, ok bool) {
	path := pkg.Imported().Path()
	g, ok := stdGenerics[path+"."+n.Sel.Name]
	inst, used := l.c.info.Instances[n.Sel]
	if !ok || !used || inst.TypeArgs.Len() != len(g.params) {
		return "", false
	}
	replace := []string{}
	id := path + "." + n.Sel.Name
	for i, letter := range g.params {
		t, ok := l.c.writer().expr(inst.TypeArgs.At(i))
		if !ok || hasTypeParam(inst.TypeArgs.At(i)) {
			return "", false
		}
		replace = append(replace, "$"+string(letter), t)
		id += "/" + t
	}
	for _, use := range []string{"sort", "sync"} {
		if !strings.Contains(g.text, use+".") {
			continue
		}
		p, err := l.c.s.imp.Import(use)
		if err != nil {
			return "", false
		}
		replace = append(replace, use+".", l.c.writer().imported(p)+".")
	}
	return l.c.helper(id, func(fn string) string {
		return strings.NewReplacer(append(replace, "$F", fn)...).Replace(g.text)
	}), true
}

// hasTypeParam reports whether a type depends on the type parameters of the function around.
func hasTypeParam(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam:
		return true
	case *types.Slice:
		return hasTypeParam(t.Elem())
	case *types.Array:
		return hasTypeParam(t.Elem())
	case *types.Pointer:
		return hasTypeParam(t.Elem())
	case *types.Chan:
		return hasTypeParam(t.Elem())
	case *types.Map:
		return hasTypeParam(t.Key()) || hasTypeParam(t.Elem())
	case *types.Named:
		for i := range t.TypeArgs().Len() {
			if hasTypeParam(t.TypeArgs().At(i)) {
				return true
			}
		}
	}
	return false
}

// index lowers x[i] where it isn't an index: instances of generic functions and types. It reports
// whether it has done all there is.
func (l *lowerer) index(n, x ast.Expr) bool {
	if tv := l.c.info.Types[n]; tv.IsType() {
		named, ok := types.Unalias(tv.Type).(*types.Named)
		if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "iter" {
			return false
		}
		text, ok := l.c.writer().expr(named)
		if ok {
			l.replace(n.Pos(), n.End(), text)
		}
		return ok
	}
	sel, ok := ast.Unparen(x).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	id, ok := sel.X.(*ast.Ident)
	if !ok {
		return false
	}
	pkg, ok := l.c.info.Uses[id].(*types.PkgName)
	if !ok {
		return false
	}
	name, ok := l.stdGeneric(sel, pkg)
	if ok {
		l.replace(n.Pos(), n.End(), name)
	}
	return ok
}
