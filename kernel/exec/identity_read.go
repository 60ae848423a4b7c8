package exec

// This file defines how the names of types and functions are read. The bytes that hold them may be corrupt.

import (
	"fmt"
	"go/token"
	"go/types"
	"strconv"
)

// badName is what a nameReader panics with.
type badName string

type nameReader struct {
	e     *Engine
	s     string
	depth int
}

func (r *nameReader) fail(format string, args ...any) { panic(badName(fmt.Sprintf(format, args...))) }

func (r *nameReader) quoted() string {
	q, err := strconv.QuotedPrefix(r.s)
	if err != nil {
		r.fail("a name that isn't one")
	}
	r.s = r.s[len(q):]
	s, err := strconv.Unquote(q)
	if err != nil {
		r.fail("a name that isn't one")
	}
	return s
}

func (r *nameReader) number() int {
	i := 0
	for i < len(r.s) && i < 10 && r.s[i] >= '0' && r.s[i] <= '9' {
		i++
	}
	n, err := strconv.Atoi(r.s[:i])
	if err != nil || i == len(r.s) || r.s[i] != ';' {
		r.fail("a name without a number")
	}
	r.s = r.s[i+1:]
	return n
}

func (r *nameReader) byte() byte {
	if r.s == "" {
		r.fail("a name that ends too early")
	}
	c := r.s[0]
	r.s = r.s[1:]
	return c
}

// count reads a number of parts of the name.
func (r *nameReader) count() int {
	n := r.number()
	if n > len(r.s) {
		r.fail("a name that ends too early")
	}
	return n
}

func (r *nameReader) types() []types.Type {
	if r.byte() != '[' {
		r.fail("a name without type arguments")
	}
	ts := make([]types.Type, r.count())
	for i := range ts {
		ts[i] = r.typ()
	}
	if r.byte() != ']' {
		r.fail("a name whose type arguments don't end")
	}
	return ts
}

// declared reads a declared function.
func (r *nameReader) declared() (*funcRef, *types.Signature) {
	pkg, name, args := r.quoted(), r.quoted(), r.types()
	e := r.e
	o := e.ids.object(name)
	if pkg != "" {
		p, err := e.importer.Import(pkg)
		if err != nil {
			r.fail("there is no package %s", pkg)
		}
		o = p.Scope().Lookup(name)
	}
	e.compileMu.Lock()
	defer e.compileMu.Unlock()
	var fd *funcDecl
	if fn, ok := o.(*types.Func); ok {
		fd = e.declOf(fn)
	} else if pkg == "" {
		fd = e.superseded(name)
	}
	name = shownName(name)
	if fd == nil {
		r.fail("the function %s isn't known here any more", name)
	}
	sig := fd.fn.Signature()
	if len(args) == 0 {
		if generic(fd.fn) {
			r.fail("the function %s needs type arguments", name)
		}
		ref := fd.pinned
		if ref == nil {
			ref = e.refOf(fd, "", nil)
		}
		return ref, plainSignature(sig)
	}
	if len(args) != sig.TypeParams().Len() {
		r.fail("the function %s has other type parameters", name)
	}
	inst, err := types.Instantiate(e.context, sig, args, true)
	if err != nil {
		r.fail("%v", err)
	}
	ref := e.instanceOf(fd, args)
	if ref == nil {
		r.fail("the function %s has other type parameters", name)
	}
	return ref, plainSignature(inst.(*types.Signature))
}

// superseded finds a replaced function that a source still holds. It is called with compileMu held.
func (e *Engine) superseded(name string) *funcDecl {
	e.ids.mu.Lock()
	defer e.ids.mu.Unlock()
	for _, s := range e.ids.sources {
		if src := s.Value(); src != nil {
			for _, fd := range src.decls {
				if fd.name == name {
					return fd
				}
			}
		}
	}
	return nil
}

func plainSignature(sig *types.Signature) *types.Signature {
	return types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
}

func (r *nameReader) typ() types.Type {
	if r.depth++; r.depth > 64 {
		r.fail("a type's name that is nested too deep")
	}
	defer func() { r.depth-- }()
	switch k := r.byte(); k {
	case 'B':
		name := r.quoted()
		if tn, ok := types.Universe.Lookup(name).(*types.TypeName); ok {
			return tn.Type()
		}
		if name == "Pointer" || name == "unsafe.Pointer" {
			return types.Typ[types.UnsafePointer]
		}
		r.fail("there is no type %s", name)
	case 'M':
		name := r.quoted()
		return r.named(r.e.ids.object(name), shownName(name), r.types())
	case 'C':
		path, name := r.quoted(), r.quoted()
		args := r.types()
		p, err := r.e.importer.Import(path)
		if err != nil {
			r.fail("there is no package %s", path)
		}
		return r.named(p.Scope().Lookup(name), path+"."+name, args)
	case 'U':
		return r.local()
	case 'P':
		return types.NewPointer(r.typ())
	case 'S':
		return types.NewSlice(r.typ())
	case 'A':
		n := r.number()
		return types.NewArray(r.typ(), int64(n))
	case 'H':
		d := r.number()
		if d > int(types.RecvOnly) {
			r.fail("a channel's direction %d", d)
		}
		return types.NewChan(types.ChanDir(d), r.typ())
	case 'K':
		key := r.typ()
		if !types.Comparable(key) {
			r.fail("a map whose keys can't be compared")
		}
		return types.NewMap(key, r.typ())
	case 'F':
		return r.signature()
	case 'T':
		return r.structure()
	case 'I':
		return r.iface()
	default:
		r.fail("a type of kind %q", k)
	}
	return nil
}

func (r *nameReader) named(o types.Object, name string, args []types.Type) types.Type {
	tn, ok := o.(*types.TypeName)
	if !ok {
		r.fail("there is no type %s", name)
	}
	n, ok := types.Unalias(tn.Type()).(*types.Named)
	if !ok || n.TypeParams().Len() != len(args) {
		r.fail("the type %s has other type parameters", name)
	}
	if len(args) == 0 {
		return n
	}
	inst, err := types.Instantiate(r.e.context, n, args, true)
	if err != nil {
		r.fail("%v", err)
	}
	return inst
}

// local reads a type that a function declares.
func (r *nameReader) local() types.Type {
	src, pos := r.quoted(), r.number()
	args := r.types()
	e := r.e
	e.ids.mu.Lock()
	tn := e.ids.locals[strconv.Quote(src)+strconv.Itoa(pos)+";"]
	e.ids.mu.Unlock()
	if tn == nil {
		r.fail("a type that a function declares isn't known here any more")
	}
	if len(args) == 0 {
		return tn.Type()
	}
	ref := e.enclosing(src, token.Pos(pos), args)
	if ref == nil {
		r.fail("a type that a function declares isn't known here any more")
	}
	k := ref.get()
	if k.env == nil {
		r.fail("a type that a generic function declares, without type arguments")
	}
	e.compileMu.Lock()
	defer e.compileMu.Unlock()
	return e.subst(k.env, tn.Type())
}

func (r *nameReader) signature() *types.Signature {
	variadic, params, results := r.number() == 1, r.count(), r.count()
	tuple := func(n int) *types.Tuple {
		vs := make([]*types.Var, n)
		for i := range vs {
			vs[i] = types.NewParam(token.NoPos, r.e.pkg, "", r.typ())
		}
		return types.NewTuple(vs...)
	}
	ps := tuple(params)
	rs := tuple(results)
	if variadic {
		if params == 0 {
			r.fail("a variadic function without parameters")
		}
		if _, ok := ps.At(params - 1).Type().(*types.Slice); !ok {
			r.fail("a variadic function without a slice")
		}
	}
	return types.NewSignatureType(nil, nil, nil, ps, rs, variadic)
}

// pkg reads the package of a member.
func (r *nameReader) pkg() *types.Package {
	switch path := r.quoted(); path {
	case "", mainPath:
		return r.e.pkg
	default:
		p, err := r.e.importer.Import(path)
		if err != nil {
			r.fail("there is no package %s", path)
		}
		return p
	}
}

func (r *nameReader) structure() types.Type {
	var fields []*types.Var
	var tags []string
	seen := map[string]bool{}
	for range r.count() {
		name, pkg := r.quoted(), r.pkg()
		embedded := r.number() == 1
		tags = append(tags, r.quoted())
		if seen[name] && name != "_" {
			r.fail("a struct with two fields %s", name)
		}
		seen[name] = true
		fields = append(fields, types.NewField(token.NoPos, pkg, name, r.typ(), embedded))
	}
	return types.NewStruct(fields, tags)
}

func (r *nameReader) iface() types.Type {
	var ms []*types.Func
	seen := map[string]bool{}
	for range r.count() {
		name, pkg := r.quoted(), r.pkg()
		sig, ok := r.typ().(*types.Signature)
		if !ok || seen[name] {
			r.fail("an interface with a method that isn't one")
		}
		seen[name] = true
		ms = append(ms, types.NewFunc(token.NoPos, pkg, name, sig))
	}
	return types.NewInterfaceType(ms, nil).Complete()
}
