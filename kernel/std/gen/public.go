package main

// This file defines what the export data say: what a cell can mention, and what that needs. A package's own types lead
// through unexported fields and methods to nearly all of a module: a session that imported multiprocessing read 3 MB of
// types of which it could mention few, and each process that it started read them again.

import "go/types"

// public copies the types of packages without what no cell can mention: of an unexported field it keeps the layout, and
// no unexported method but those by which a type implements an interface.
type public struct {
	packages map[*types.Package]*types.Package
	named    map[*types.TypeName]types.Type
	params   map[*types.TypeParam]*types.TypeParam
	shared   *types.Context

	interfaces []*types.Interface // to be completed
	asked      map[string]bool    // the Ids of unexported methods of interfaces
	methods    []method           // unexported ones that are left out so far
}

// method is one of a type that was copied.
type method struct {
	of *types.Named
	fn *types.Func
}

func newPublic() *public {
	return &public{packages: map[*types.Package]*types.Package{}, named: map[*types.TypeName]types.Type{},
		params: map[*types.TypeParam]*types.TypeParam{}, shared: types.NewContext(), asked: map[string]bool{}}
}

// copy returns the copies of packages. What they share is copied once.
func (c *public) copy(packages []*pkg) []*types.Package {
	var list []*types.Package
	for _, p := range packages {
		list = append(list, c.pkg(p.types))
		for _, name := range p.types.Scope().Names() {
			if o := p.types.Scope().Lookup(name); o.Exported() {
				c.object(o)
			}
		}
	}
	for again := true; again; { // a signature may lead to another interface
		again = false
		methods := c.methods
		c.methods = nil
		for _, m := range methods {
			if !c.asked[m.fn.Id()] {
				c.methods = append(c.methods, m)
				continue
			}
			again = true
			m.of.AddMethod(c.function(m.fn))
		}
	}
	for _, t := range c.interfaces {
		t.Complete()
	}
	return list
}

func (c *public) pkg(p *types.Package) *types.Package {
	if p == nil || p == types.Unsafe {
		return p
	}
	q := c.packages[p]
	if q == nil {
		q = types.NewPackage(p.Path(), p.Name())
		q.MarkComplete()
		c.packages[p] = q
	}
	return q
}

// object copies a package's object into the copy's scope.
func (c *public) object(o types.Object) {
	p := c.pkg(o.Pkg())
	switch o := o.(type) {
	case *types.TypeName:
		c.typ(o.Type())
		if p.Scope().Lookup(o.Name()) == nil { // an alias whose right side is no type of its own
			p.Scope().Insert(types.NewTypeName(o.Pos(), p, o.Name(), c.typ(o.Type())))
		}
	case *types.Const:
		p.Scope().Insert(types.NewConst(o.Pos(), p, o.Name(), c.typ(o.Type()), o.Val()))
	case *types.Var:
		p.Scope().Insert(types.NewVar(o.Pos(), p, o.Name(), c.typ(o.Type())))
	case *types.Func:
		p.Scope().Insert(c.function(o))
	}
}

func (c *public) function(f *types.Func) *types.Func {
	return types.NewFunc(f.Pos(), c.pkg(f.Pkg()), f.Name(), c.signature(f.Signature(), true))
}

// variable copies a field, parameter or result.
func (c *public) variable(v *types.Var) *types.Var {
	return types.NewParam(v.Pos(), c.pkg(v.Pkg()), v.Name(), c.typ(v.Type()))
}

func (c *public) tuple(t *types.Tuple) *types.Tuple {
	var list []*types.Var
	for v := range t.Variables() {
		list = append(list, c.variable(v))
	}
	return types.NewTuple(list...)
}

func (c *public) typeParams(list *types.TypeParamList) []*types.TypeParam {
	var copies []*types.TypeParam
	for p := range list.TypeParams() {
		copies = append(copies, c.param(p))
	}
	return copies
}

func (c *public) param(p *types.TypeParam) *types.TypeParam {
	q := c.params[p]
	if q == nil {
		q = types.NewTypeParam(types.NewTypeName(p.Obj().Pos(), c.pkg(p.Obj().Pkg()), p.Obj().Name(), nil),
			types.Universe.Lookup("any").Type())
		c.params[p] = q // it may mention itself
		q.SetConstraint(c.typ(p.Constraint()))
	}
	return q
}

func (c *public) signature(s *types.Signature, receiver bool) *types.Signature {
	var recv *types.Var
	if s.Recv() != nil && receiver {
		recv = c.variable(s.Recv())
	}
	var of []*types.TypeParam
	if recv != nil {
		of = c.typeParams(s.RecvTypeParams())
	}
	return types.NewSignatureType(recv, of, c.typeParams(s.TypeParams()), c.tuple(s.Params()), c.tuple(s.Results()),
		s.Variadic())
}

func (c *public) arguments(list *types.TypeList) []types.Type {
	var copies []types.Type
	for t := range list.Types() {
		copies = append(copies, c.typ(t))
	}
	return copies
}

// instance returns an instance of a generic type that was copied.
func (c *public) instance(origin types.Type, arguments *types.TypeList) types.Type {
	t, err := types.Instantiate(c.shared, origin, c.arguments(arguments), false)
	if err != nil {
		panic(err) // nothing is validated
	}
	return t
}

func (c *public) typ(t types.Type) types.Type {
	switch t := t.(type) {
	case *types.Alias:
		if t.Obj().Pkg() == nil {
			return t
		}
		if t.Origin() != t {
			return c.instance(c.typ(t.Origin()), t.TypeArgs())
		}
		return c.alias(t)
	case *types.Named:
		if t.Obj().Pkg() == nil {
			return t
		}
		if t.Origin() != t {
			return c.instance(c.typ(t.Origin()), t.TypeArgs())
		}
		return c.namedType(t)
	case *types.TypeParam:
		return c.param(t)
	case *types.Pointer:
		return types.NewPointer(c.typ(t.Elem()))
	case *types.Slice:
		return types.NewSlice(c.typ(t.Elem()))
	case *types.Array:
		return types.NewArray(c.typ(t.Elem()), t.Len())
	case *types.Map:
		return types.NewMap(c.typ(t.Key()), c.typ(t.Elem()))
	case *types.Chan:
		return types.NewChan(t.Dir(), c.typ(t.Elem()))
	case *types.Signature:
		return c.signature(t, false)
	case *types.Struct:
		return c.structOf(t)
	case *types.Interface:
		return c.interfaceOf(t)
	case *types.Union:
		var terms []*types.Term
		for term := range t.Terms() {
			terms = append(terms, types.NewTerm(term.Tilde(), c.typ(term.Type())))
		}
		return types.NewUnion(terms)
	}
	return t // a Basic
}

func (c *public) alias(t *types.Alias) types.Type {
	if known := c.named[t.Obj()]; known != nil {
		return known
	}
	p := c.pkg(t.Obj().Pkg())
	o := types.NewTypeName(t.Obj().Pos(), p, t.Obj().Name(), nil)
	of := c.typeParams(t.TypeParams())
	a := types.NewAlias(o, c.typ(t.Rhs()))
	a.SetTypeParams(of)
	c.named[t.Obj()] = a
	p.Scope().Insert(o)
	return a
}

func (c *public) namedType(t *types.Named) types.Type {
	if known := c.named[t.Obj()]; known != nil {
		return known
	}
	p := c.pkg(t.Obj().Pkg())
	o := types.NewTypeName(t.Obj().Pos(), p, t.Obj().Name(), nil)
	n := types.NewNamed(o, nil, nil)
	c.named[t.Obj()] = n // it may lead to itself
	p.Scope().Insert(o)
	n.SetTypeParams(c.typeParams(t.TypeParams()))
	if st, ok := t.Underlying().(*types.Struct); ok && t.TypeParams().Len() == 0 {
		n.SetUnderlying(c.hidden(st))
	} else { // the layout of a generic struct depends on its arguments
		n.SetUnderlying(c.typ(t.Underlying()))
	}
	for m := range t.Methods() {
		if m.Exported() {
			n.AddMethod(c.function(m))
		} else {
			c.methods = append(c.methods, method{n, m})
		}
	}
	return n
}

func (c *public) interfaceOf(t *types.Interface) types.Type {
	var methods []*types.Func
	for m := range t.ExplicitMethods() {
		if !m.Exported() {
			c.asked[m.Id()] = true
		}
		methods = append(methods, types.NewFunc(m.Pos(), c.pkg(m.Pkg()), m.Name(), c.signature(m.Signature(), false)))
	}
	var embedded []types.Type
	for e := range t.EmbeddedTypes() {
		embedded = append(embedded, c.typ(e))
	}
	u := types.NewInterfaceType(methods, embedded)
	if t.IsImplicit() {
		u.MarkImplicit()
	}
	c.interfaces = append(c.interfaces, u)
	return u
}

func (c *public) structOf(t *types.Struct) *types.Struct {
	var fields []*types.Var
	var tags []string
	for i := range t.NumFields() {
		f := t.Field(i)
		fields, tags = append(fields, types.NewField(f.Pos(), c.pkg(f.Pkg()), f.Name(), c.typ(f.Type()), f.Embedded())),
			append(tags, t.Tag(i))
	}
	return types.NewStruct(fields, tags)
}

// hidden copies the struct of a type, with the layouts of unexported fields. Embedded fields stay, for what they
// promote.
func (c *public) hidden(t *types.Struct) *types.Struct {
	var fields []*types.Var
	var tags []string
	for i := range t.NumFields() {
		f := t.Field(i)
		typ := types.Type(nil)
		if f.Exported() || f.Embedded() || locks(f.Type(), nil) {
			typ = c.typ(f.Type())
		} else {
			typ = c.layout(f.Type())
		}
		fields, tags = append(fields, types.NewField(f.Pos(), c.pkg(f.Pkg()), f.Name(), typ, f.Embedded())),
			append(tags, t.Tag(i))
	}
	return types.NewStruct(fields, tags)
}
