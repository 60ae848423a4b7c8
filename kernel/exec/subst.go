package exec

// This file defines substitution: the types of a generic function's body with type arguments in place of
// its type parameters.

import (
	"go/types"
	"strings"
)

// env is what a function's type parameters stand for. nil is the env of a function that has none.
type env struct {
	params map[*types.TypeParam]types.Type
	key    string // of the type arguments
	args   []types.Type
	cache  map[types.Type]types.Type
	locals map[*types.TypeName]*types.Named // types that are declared in the function
}

func (e *Engine) newEnv(outer *env, params []*types.TypeParam, args []types.Type) *env {
	v := &env{params: map[*types.TypeParam]types.Type{}, cache: map[types.Type]types.Type{},
		locals: map[*types.TypeName]*types.Named{}}
	var b strings.Builder
	if outer != nil {
		b.WriteString(outer.key)
		for p, a := range outer.params {
			v.params[p] = a
		}
	}
	for i := range params {
		e.bounded(args[i])
	}
	e.typesMu.Lock()
	for i, p := range params {
		v.params[p] = args[i]
		e.writeKey(&b, args[i])
		b.WriteByte(';')
	}
	e.typesMu.Unlock()
	v.key, v.args = b.String(), args
	return v
}

// subst returns t without the type parameters of the env.
func (e *Engine) subst(v *env, t types.Type) types.Type {
	if v == nil || t == nil {
		return t
	}
	if r, ok := v.cache[t]; ok {
		return r
	}
	r := e.substType(v, t)
	v.cache[t] = r
	return r
}

func (e *Engine) substType(v *env, t types.Type) types.Type {
	switch t := t.(type) {
	case *types.Alias:
		return e.subst(v, types.Unalias(t))
	case *types.TypeParam:
		if a, ok := v.params[t]; ok {
			return a
		}
		return t
	case *types.Pointer:
		if el := e.subst(v, t.Elem()); el != t.Elem() {
			return types.NewPointer(el)
		}
	case *types.Slice:
		if el := e.subst(v, t.Elem()); el != t.Elem() {
			return types.NewSlice(el)
		}
	case *types.Array:
		if el := e.subst(v, t.Elem()); el != t.Elem() {
			return types.NewArray(el, t.Len())
		}
	case *types.Map:
		if k, el := e.subst(v, t.Key()), e.subst(v, t.Elem()); k != t.Key() || el != t.Elem() {
			return types.NewMap(k, el)
		}
	case *types.Chan:
		if el := e.subst(v, t.Elem()); el != t.Elem() {
			return types.NewChan(t.Dir(), el)
		}
	case *types.Tuple:
		if t == nil {
			return t
		}
		return e.substTuple(v, t)
	case *types.Signature:
		p, r := e.substTuple(v, t.Params()), e.substTuple(v, t.Results())
		if p != t.Params() || r != t.Results() {
			return types.NewSignatureType(nil, nil, nil, p, r, t.Variadic())
		}
	case *types.Struct:
		var fields []*types.Var
		var tags []string
		changed := false
		for i := range t.NumFields() {
			f := t.Field(i)
			ft := e.subst(v, f.Type())
			if ft != f.Type() {
				changed = true
				f = types.NewField(f.Pos(), f.Pkg(), f.Name(), ft, f.Embedded())
			}
			fields = append(fields, f)
			tags = append(tags, t.Tag(i))
		}
		if changed {
			return types.NewStruct(fields, tags)
		}
	case *types.Interface:
		return e.substInterface(v, t)
	case *types.Named:
		return e.substNamed(v, t)
	}
	return t
}

func (e *Engine) substTuple(v *env, t *types.Tuple) *types.Tuple {
	if t == nil {
		return nil
	}
	var vars []*types.Var
	changed := false
	for i := range t.Len() {
		o := t.At(i)
		ot := e.subst(v, o.Type())
		if ot != o.Type() {
			changed = true
			o = types.NewParam(o.Pos(), o.Pkg(), o.Name(), ot)
		}
		vars = append(vars, o)
	}
	if !changed {
		return t
	}
	return types.NewTuple(vars...)
}

func (e *Engine) substInterface(v *env, t *types.Interface) types.Type {
	changed := false
	var methods []*types.Func
	for i := range t.NumExplicitMethods() {
		m := t.ExplicitMethod(i)
		sig := e.subst(v, m.Type()).(*types.Signature)
		if sig != m.Type() {
			changed = true
			m = types.NewFunc(m.Pos(), m.Pkg(), m.Name(), sig)
		}
		methods = append(methods, m)
	}
	var embeds []types.Type
	for i := range t.NumEmbeddeds() {
		em := e.subst(v, t.EmbeddedType(i))
		changed = changed || em != t.EmbeddedType(i)
		embeds = append(embeds, em)
	}
	if !changed {
		return t
	}
	return types.NewInterfaceType(methods, embeds).Complete()
}

func (e *Engine) substNamed(v *env, t *types.Named) types.Type {
	if args := t.TypeArgs(); args.Len() > 0 {
		var as []types.Type
		changed := false
		for i := range args.Len() {
			a := e.subst(v, args.At(i))
			changed = changed || a != args.At(i)
			as = append(as, a)
		}
		if !changed {
			return t
		}
		inst, err := types.Instantiate(e.context, t.Origin(), as, false)
		if err != nil {
			return t
		}
		return inst
	}
	obj := t.Obj()
	if obj.Pkg() == nil || obj.Parent() == nil || obj.Parent() == obj.Pkg().Scope() ||
		!mentions(t.Underlying(), map[types.Type]bool{t: true}) && !e.inGeneric(obj) {
		return t
	}
	// A type that is declared in a generic function is another one for each instance.
	if n := v.locals[obj]; n != nil {
		return n
	}
	var args []string
	for _, a := range v.args {
		args = append(args, e.reflectArgName(a))
	}
	name := obj.Name() + "[" + strings.Join(args, ",") + "]" // as compiled Go calls it
	n := types.NewNamed(types.NewTypeName(obj.Pos(), obj.Pkg(), name, nil), nil, nil)
	v.locals[obj] = n
	e.ids.instance(n.Obj(), obj, v)
	v.cache[t] = n
	n.SetUnderlying(e.subst(v, t.Underlying()).Underlying())
	return n
}

// inGeneric reports whether a type is declared within a generic function.
func (e *Engine) inGeneric(obj *types.TypeName) bool {
	for s := obj.Parent(); s != nil; s = s.Parent() {
		for _, name := range s.Names() {
			if tn, ok := s.Lookup(name).(*types.TypeName); ok {
				if _, ok := tn.Type().(*types.TypeParam); ok {
					return true
				}
			}
		}
	}
	return false
}

// mentions reports whether a type holds a type parameter.
func mentions(t types.Type, seen map[types.Type]bool) bool {
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam:
		return true
	case *types.Pointer:
		return mentions(t.Elem(), seen)
	case *types.Slice:
		return mentions(t.Elem(), seen)
	case *types.Array:
		return mentions(t.Elem(), seen)
	case *types.Map:
		return mentions(t.Key(), seen) || mentions(t.Elem(), seen)
	case *types.Chan:
		return mentions(t.Elem(), seen)
	case *types.Tuple:
		for i := range t.Len() {
			if mentions(t.At(i).Type(), seen) {
				return true
			}
		}
	case *types.Signature:
		return mentions(t.Params(), seen) || mentions(t.Results(), seen)
	case *types.Struct:
		for i := range t.NumFields() {
			if mentions(t.Field(i).Type(), seen) {
				return true
			}
		}
	case *types.Interface:
		for i := range t.NumMethods() {
			if mentions(t.Method(i).Type(), seen) {
				return true
			}
		}
		for i := range t.NumEmbeddeds() {
			if mentions(t.EmbeddedType(i), seen) {
				return true
			}
		}
	case *types.Named:
		for i := range t.TypeArgs().Len() {
			if mentions(t.TypeArgs().At(i), seen) {
				return true
			}
		}
		if !seen[t] && t.Obj().Parent() != nil && t.Obj().Pkg() != nil && t.Obj().Parent() != t.Obj().Pkg().Scope() {
			seen[t] = true
			return mentions(t.Underlying(), seen)
		}
	}
	return false
}
