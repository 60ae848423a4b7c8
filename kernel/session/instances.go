package session

// This file finds instantiation cycles: generic code that would need infinitely many instances.
//
// go/types looks for them only in packages without faults, but a cell may have some, such as an unused variable.
//
// Each instantiation of a generic type or function passes type arguments to type parameters. If a type argument
// mentions another type parameter, that flows into the first; if it mentions it inside a larger type, each round makes
// a larger instance. So a cycle with such a step never ends.

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// A flow is a step from a type parameter to another.
type flow struct {
	from, to *types.TypeParam
	grows    bool
	pos      token.Pos // of the instantiation
	arg      types.Type
}

// flows collects the steps in the files.
type flows struct {
	info  *types.Info
	files []*ast.File
	all   []flow
	// canon maps the parameters of a method's receiver to those of its type, and the parameters of a function's body to
	// those of the function: they are different objects.
	canon map[*types.TypeParam]*types.TypeParam
}

// instanceCycles returns the fault of the first instantiation in an infinite cycle, nil if there is none.
func instanceCycles(
	info *types.Info, heads map[*ast.Ident]*types.Func, files []*ast.File, qualify types.Qualifier,
) []fault {
	if len(info.Instances) == 0 {
		return nil
	}
	fs := &flows{info: info, files: files, canon: map[*types.TypeParam]*types.TypeParam{}}
	for _, o := range info.Defs {
		if fn, ok := o.(*types.Func); ok {
			fs.method(fn)
		}
	}
	for id, head := range heads {
		if body, ok := info.Defs[id].(*types.Func); ok {
			own := head.Signature().TypeParams()
			for i, p := range slices.Collect(body.Signature().TypeParams().TypeParams()) {
				fs.canon[p] = own.At(i)
			}
		}
	}
	for id, inst := range info.Instances {
		params := paramsOf(info.Uses[id])
		for i := range min(params.Len(), inst.TypeArgs.Len()) {
			arg := inst.TypeArgs.At(i)
			fs.walk(params.At(i), arg, arg, id.Pos(), 0)
		}
	}
	slices.SortFunc(fs.all, func(a, b flow) int { return cmp.Compare(a.pos, b.pos) })
	next := map[*types.TypeParam][]flow{}
	for _, f := range fs.all {
		next[f.from] = append(next[f.from], f)
	}
	for _, f := range fs.all {
		if !f.grows {
			continue
		}
		if back, ok := way(next, f.to, f.from); ok {
			// The first position is in the cell itself: definitions of earlier cells that depend on it come later.
			for _, b := range back {
				f.pos = min(f.pos, b.pos)
			}
			return []fault{{f.pos, fmt.Sprintf("instantiation cycle: %s instantiated as %s", f.to.Obj().Name(),
				types.TypeString(f.arg, qualify))}}
		}
	}
	return nil
}

// paramsOf returns the type parameters of an instantiated function or type.
func paramsOf(o types.Object) *types.TypeParamList {
	switch o := o.(type) {
	case *types.Func:
		return o.Origin().Signature().TypeParams()
	case *types.TypeName:
		switch t := o.Type().(type) {
		case *types.Named:
			return t.Origin().TypeParams()
		case *types.Alias:
			return t.Origin().TypeParams()
		}
	}
	return nil
}

// method records which type parameters of its type the parameters of a method's receiver are.
func (fs *flows) method(fn *types.Func) {
	sig := fn.Signature()
	if sig.Recv() == nil || sig.RecvTypeParams().Len() == 0 {
		return
	}
	t := sig.Recv().Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		own := n.Origin().TypeParams()
		for i := range min(own.Len(), sig.RecvTypeParams().Len()) {
			fs.canon[sig.RecvTypeParams().At(i)] = own.At(i)
		}
	}
}

func (fs *flows) canonical(p *types.TypeParam) *types.TypeParam {
	if own, ok := fs.canon[p]; ok {
		return own
	}
	return p
}

// walk adds the steps from the type parameters in t, a part of arg, to a parameter.
func (fs *flows) walk(to *types.TypeParam, t, arg types.Type, pos token.Pos, depth int) {
	if depth > maxDepth {
		return // the text is bounded, and so are its types
	}
	part := func(t types.Type) { fs.walk(to, t, arg, pos, depth+1) }
	switch t := t.(type) {
	case *types.Alias:
		fs.walk(to, types.Unalias(t), arg, pos, depth)
	case *types.TypeParam:
		fs.all = append(fs.all, flow{fs.canonical(t), fs.canonical(to), depth > 0, pos, arg})
	case *types.Named:
		for a := range t.TypeArgs().Types() {
			part(a)
		}
		// A type of a generic function is another one for each of the function's instances.
		for _, p := range fs.around(t.Origin().Obj()) {
			fs.all = append(fs.all, flow{fs.canonical(p), fs.canonical(to), true, pos, arg})
		}
	case *types.Pointer:
		part(t.Elem())
	case *types.Slice:
		part(t.Elem())
	case *types.Array:
		part(t.Elem())
	case *types.Chan:
		part(t.Elem())
	case *types.Map:
		part(t.Key())
		part(t.Elem())
	case *types.Signature:
		for v := range t.Params().Variables() {
			part(v.Type())
		}
		for v := range t.Results().Variables() {
			part(v.Type())
		}
	case *types.Struct:
		for f := range t.Fields() {
			part(f.Type())
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			part(m.Signature())
		}
		for e := range t.EmbeddedTypes() {
			part(e)
		}
	}
}

// around returns the type parameters of the function in which a type is declared.
func (fs *flows) around(o *types.TypeName) (params []*types.TypeParam) {
	for _, f := range fs.files {
		if o.Pos() < f.Pos() || o.Pos() > f.End() {
			continue
		}
		for _, d := range f.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Body == nil || o.Pos() < fd.Body.Pos() || o.Pos() > fd.Body.End() {
				continue
			}
			if fn, ok := fs.info.Defs[fd.Name].(*types.Func); ok {
				params = slices.AppendSeq(params, fn.Signature().TypeParams().TypeParams())
				params = slices.AppendSeq(params, fn.Signature().RecvTypeParams().TypeParams())
			}
		}
	}
	return params
}

// way returns the steps from one parameter to another, none if they are the same, and whether there is a way.
func way(next map[*types.TypeParam][]flow, from, to *types.TypeParam) ([]flow, bool) {
	by := map[*types.TypeParam]flow{from: {}} // the step to each that was found
	for work := []*types.TypeParam{from}; len(work) > 0; {
		p := work[0]
		work = work[1:]
		if p == to {
			var steps []flow
			for p != from {
				steps = append(steps, by[p])
				p = by[p].from
			}
			return steps, true
		}
		for _, f := range next[p] {
			if _, seen := by[f.to]; !seen {
				by[f.to] = f
				work = append(work, f.to)
			}
		}
	}
	return nil, false
}
