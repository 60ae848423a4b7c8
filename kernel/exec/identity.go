package exec

// This file defines the identity of functions: a name that denotes the same function in every engine made from the same
// sources. It survives redefinition: each declaration has a name of its own, and a literal is identified by its
// position.

import (
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"unsafe"
	"weak"
)

// identities is what an engine knows of names that hold in other engines too.
type identities struct {
	natives sync.Map // function value's memory → name, of compiled functions that sources mention as values

	mu       sync.Mutex // protects the fields below
	sources  map[string]weak.Pointer[source]
	literals map[string]weak.Pointer[code] // by the name that Identify gives
	// those of functions that Identify has named: a message may be all that refers to one
	sent      map[*source]bool
	locals    map[string]*types.TypeName // types that functions declare, by source and position
	places    map[*types.TypeName]string // the reverse
	instances map[*types.TypeName]local  // those of generic functions, for one set of type arguments
	byName    map[string]types.Object    // package-level definitions that later sources can mention, see define
	// Most names are defined once: these two hold what byName doesn't say.
	defined map[string]int          // how often a name was defined, unless it was once and byName has it
	names   map[types.Object]string // the names of definitions that aren't their own
	sweep   int                     // size of the maps at which dead entries are removed
}

// local is a type of a generic function's.
type local struct {
	of  *types.TypeName
	env *env
}

// captured is a variable that a function has captured.
type captured struct {
	name string // as the learner knows it; "" for a method's receiver
	t    *typ
}

// boundTo is what a method as a value is made of.
type boundTo struct {
	kind byte // 'V': the receiver is captured; 'X': it is the first parameter
	t    types.Type
	fn   *types.Func
}

func (ids *identities) init() {
	ids.sources, ids.literals, ids.sweep = map[string]weak.Pointer[source]{}, map[string]weak.Pointer[code]{}, 256
	ids.sent = map[*source]bool{}
	ids.locals, ids.places, ids.instances = map[string]*types.TypeName{}, map[*types.TypeName]string{},
		map[*types.TypeName]local{}
	ids.defined, ids.byName, ids.names = map[string]int{}, map[string]types.Object{}, map[types.Object]string{}
}

// define gives a package-level definition of a source a name of its own, which is the same in all processes with the
// same sources: a name that is defined again gets a number. What learners see is shownName of it.
func (e *Engine) define(src *source, o types.Object) string {
	src.defined = append(src.defined, o)
	ids := &e.ids
	ids.mu.Lock()
	defer ids.mu.Unlock()
	name := o.Name()
	if n := ids.timesLocked(name) + 1; n > 1 {
		ids.defined[name] = n
		name += "#" + strconv.Itoa(n)
		ids.names[o] = name
	}
	ids.byName[name] = o
	return name
}

// timesLocked returns how often a name was defined.
func (ids *identities) timesLocked(name string) int {
	if n := ids.defined[name]; n > 0 || ids.byName[name] == nil {
		return n
	}
	return 1
}

// nameLocked returns the name of a definition, "" if it has none.
func (ids *identities) nameLocked(o types.Object) string {
	if name, ok := ids.names[o]; ok {
		return name
	}
	if ids.byName[o.Name()] == o {
		return o.Name()
	}
	return ""
}

// shownName returns what a learner calls the definition with a name that define has given.
func shownName(name string) string {
	name, _, _ = strings.Cut(name, "#")
	return name
}

// takeBack removes the definitions of a source that other processes don't compile.
func (ids *identities) takeBack(list []types.Object) {
	for _, o := range list {
		ids.undefine(o)
		ids.mu.Lock()
		if ids.defined[o.Name()]--; ids.defined[o.Name()] <= 0 {
			delete(ids.defined, o.Name())
		}
		ids.mu.Unlock()
	}
}

// undefine forgets a definition that no later source mentions.
func (ids *identities) undefine(o types.Object) {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	if name := ids.nameLocked(o); name != "" {
		ids.defined[o.Name()] = ids.timesLocked(o.Name())
		delete(ids.byName, name)
		delete(ids.names, o)
	}
}

// object returns the definition with a name, nil if there is none.
func (ids *identities) object(name string) types.Object {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	return ids.byName[name]
}

// nameOf returns the name of a definition, "" if it has none.
func (ids *identities) nameOf(o types.Object) string {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	return ids.nameLocked(o)
}

// add makes a source known.
func (ids *identities) add(src *source) {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	ids.sources[src.name] = weak.Make(src)
	for _, o := range src.info.Defs {
		if tn, ok := o.(*types.TypeName); ok && o.Pkg() != nil && o.Parent() != o.Pkg().Scope() {
			if _, param := tn.Type().(*types.TypeParam); !param {
				place := placeName(src, o.Pos())
				ids.locals[place], ids.places[tn] = tn, place
			}
		}
	}
}

// keep keeps a source, and so all its functions, alive.
func (ids *identities) keep(src *source) {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	ids.sent[src] = true
}

// placeName names a place of a source.
func placeName(src *source, pos token.Pos) string {
	return strconv.Quote(src.name) + strconv.Itoa(int(pos)) + ";"
}

// instance notes that n is local type o of a generic function in this env.
func (ids *identities) instance(n, o *types.TypeName, v *env) {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	ids.instances[n] = local{o, v}
}

// addLiteral notes the code of a function literal. It is called with compileMu held.
func (e *Engine) addLiteral(k *code) {
	name, err := e.literalName(k)
	if err != nil {
		return
	}
	ids := &e.ids
	ids.mu.Lock()
	defer ids.mu.Unlock()
	ids.literals[name] = weak.Make(k)
	if len(ids.literals)+len(ids.sources) < ids.sweep {
		return
	}
	for name, k := range ids.literals {
		if k.Value() == nil {
			delete(ids.literals, name)
		}
	}
	for name, s := range ids.sources {
		if s.Value() == nil {
			delete(ids.sources, name)
		}
	}
	ids.sweep = 2 * (len(ids.literals) + len(ids.sources) + 128)
}

func (e *Engine) literalName(k *code) (string, error) {
	if k.src.name == "" {
		return "", errors.New("a function without a source")
	}
	w := &nameWriter{e: e}
	w.b.WriteString("L" + placeName(k.src, k.pos))
	w.env(k.env)
	return w.b.String(), w.err
}

func nativeName(path, name string) string { return "N" + strconv.Quote(path) + strconv.Quote(name) }

// Captured is a variable that a function value has captured.
type Captured struct {
	Name    string // as the learner knows it; "" for the receiver of a method
	Type    reflect.Type
	Pointer unsafe.Pointer
}

// CapturedBy returns the variables that a function value has captured, as far as the engine knows them: not those of a
// compiled function.
func (e *Engine) CapturedBy(f reflect.Value) (vars []Captured) {
	c := e.closureOf(funcWord(f))
	if c == nil || c.eng != e || c.ref != nil {
		return nil
	}
	for i, cp := range c.target().caps {
		if i < len(c.caps) {
			vars = append(vars, Captured{cp.name, e.reflect(cp.t), c.caps[i]})
		}
	}
	return vars
}

// Unsendable is the error for a function that has no name.
type Unsendable struct {
	What string // "the function os.init.func1"
	Why  string // what to do instead
}

// Error implements error.
func (u *Unsendable) Error() string { return u.What + ": " + u.Why }

// Identify names a function value, which isn't nil, so that another engine finds it, and returns the variables that it
// has captured. The error is an *Unsendable.
func (e *Engine) Identify(f reflect.Value) (name string, vars []Captured, err error) {
	p := funcWord(f)
	c := e.closureOf(p)
	if c == nil {
		return e.identifyNative(p, f)
	}
	if c.eng != e {
		return "", nil, &Unsendable{"a function of another process", "send one of this process"}
	}
	if c.ref != nil {
		if c.ref.native != "" {
			return c.ref.native, nil, nil
		}
		if c.ref.decl != nil {
			e.ids.keep(c.ref.decl.src)
			w := &nameWriter{e: e}
			w.declared(c.ref.decl, c.ref.targs)
			if w.err != nil {
				return "", nil, &Unsendable{"the function " + c.ref.name, w.err.Error()}
			}
			return w.b.String(), nil, nil
		}
	}
	k := c.target()
	switch {
	case k.bound != nil:
		w := &nameWriter{e: e}
		w.b.WriteByte(k.bound.kind)
		w.typ(k.bound.t)
		w.member(k.bound.fn)
		name, err = w.b.String(), w.err
	case k.typ != nil:
		e.ids.keep(k.src)
		name, err = e.literalName(k)
	default:
		return "", nil, &Unsendable{"the body of a loop over a function", "send a function that holds the loop"}
	}
	if err != nil {
		return "", nil, &Unsendable{"the function " + k.name, err.Error()}
	}
	for i, cp := range k.caps {
		vars = append(vars, Captured{cp.name, e.reflect(cp.t), c.caps[i]})
	}
	return name, vars, nil
}

// identifyNative names a compiled function.
func (e *Engine) identifyNative(p unsafe.Pointer, f reflect.Value) (string, []Captured, error) {
	if name, ok := e.ids.natives.Load(p); ok {
		return name.(string), nil, nil
	}
	full := "a compiled function"
	if fn := runtime.FuncForPC(*(*uintptr)(p)); fn != nil {
		full = fn.Name()
		slash := strings.LastIndexByte(full, '/')
		if pkg, name, ok := strings.Cut(full[slash+1:], "."); ok {
			path := full[:slash+1] + pkg
			if v, ok := e.symbol(path, name); ok && v.Kind() == reflect.Func && funcWord(v) == p {
				return nativeName(path, name), nil, nil
			}
		}
		full = "the compiled function " + full[slash+1:]
	}
	return "", nil, &Unsendable{full, "send a function of a cell that calls it"}
}

// Found is a function that Find has made. Its captured variables must be set before it is called.
type Found struct {
	Func     unsafe.Pointer // the memory of the function value
	Captured []reflect.Type
	Set      func(i int, variable unsafe.Pointer)
}

// Find makes the function value of a name that Identify has given in an engine with the same sources. t is the type of
// the function value, which may be a defined one.
func (e *Engine) Find(name string, t reflect.Type) (Found, error) {
	c, err := e.find(name)
	if err != nil {
		return Found{}, err
	}
	if c.native.IsValid() {
		if !c.native.Type().ConvertibleTo(t) {
			return Found{}, fmt.Errorf("a %s isn't a %s", c.native.Type(), t)
		}
		return Found{Func: funcWord(c.native)}, nil
	}
	if rt := e.reflect(c.typ); !rt.ConvertibleTo(t) {
		return Found{}, fmt.Errorf("a %s isn't a %s", rt, t)
	}
	var types []reflect.Type
	var caps []unsafe.Pointer
	if c.code != nil && len(c.code.caps) > 0 {
		caps = make([]unsafe.Pointer, len(c.code.caps))
		for _, v := range c.code.caps {
			types = append(types, e.reflect(v.t))
		}
	}
	p := e.newClosure(e.head(c.typ), c.typ, c.code, c.ref, caps, nil)
	return Found{p, types, func(i int, v unsafe.Pointer) { caps[i] = v }}, nil
}

// found is what a name means: code or a ref with a type, or a compiled function.
type found struct {
	typ    *typ
	code   *code
	ref    *funcRef
	native reflect.Value
}

// find may compile.
func (e *Engine) find(name string) (f found, err error) {
	if name == "" {
		return f, errors.New("there is no function without a name")
	}
	r := &nameReader{e: e, s: name[1:]}
	defer func() {
		switch v := recover().(type) {
		case nil:
		case badName:
			err = errors.New(string(v))
		case *Error: // an instance that can't be compiled
			err = v
		default:
			panic(v)
		}
	}()
	switch name[0] {
	case 'N':
		path, symbol := r.quoted(), r.quoted()
		v, ok := e.symbol(path, symbol)
		if !ok || v.Kind() != reflect.Func {
			return f, fmt.Errorf("there is no function %s.%s", path, symbol)
		}
		e.ids.natives.Store(funcWord(v), name)
		return found{native: v}, nil
	case 'D':
		ref, sig := r.declared()
		return found{typ: e.typ(sig), ref: ref}, nil
	case 'V', 'X':
		t := r.typ()
		return e.findBound(name[0], t, r)
	case 'L':
		src, pos := r.quoted(), r.number()
		args := r.types()
		k := e.literal(name)
		if k == nil {
			if ref := e.enclosing(src, token.Pos(pos), args); ref != nil {
				ref.get()
				k = e.literal(name)
			}
		}
		if k == nil {
			return f, fmt.Errorf("the function literal at %s isn't known here any more", src)
		}
		return found{typ: k.typ, code: k}, nil
	}
	return f, fmt.Errorf("%q doesn't name a function", name)
}

func (e *Engine) findBound(kind byte, t types.Type, r *nameReader) (found, error) {
	name, exported := r.quoted(), r.number() != 0
	var pkg *types.Package
	if !exported {
		pkg = e.pkg
	}
	obj, path, _ := types.LookupFieldOrMethod(t, true, pkg, name)
	fn, ok := obj.(*types.Func)
	if !ok || kind == 'V' && len(path) > 1 && !types.IsInterface(t) {
		return found{}, fmt.Errorf("%s has no method %s", t, name)
	}
	sig := fn.Signature()
	plain := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	var ref *funcRef
	if kind == 'V' {
		ref = e.boundMethod(e.typ(t), fn, plain, token.NoPos)
	} else {
		ps := []*types.Var{types.NewParam(token.NoPos, e.pkg, "", t)}
		for i := range sig.Params().Len() {
			ps = append(ps, sig.Params().At(i))
		}
		plain = types.NewSignatureType(nil, nil, nil, types.NewTuple(ps...), sig.Results(), sig.Variadic())
		ref = e.methodFunc(plain, fn, path, token.NoPos)
	}
	return found{typ: e.typ(plain), code: ref.get()}, nil
}

func (e *Engine) literal(name string) *code {
	e.ids.mu.Lock()
	defer e.ids.mu.Unlock()
	return e.ids.literals[name].Value()
}

// enclosing returns the declared function that a place is in, for these type arguments; nil if it isn't known.
func (e *Engine) enclosing(name string, pos token.Pos, args []types.Type) *funcRef {
	e.compileMu.Lock()
	defer e.compileMu.Unlock()
	e.ids.mu.Lock()
	src := e.ids.sources[name].Value()
	e.ids.mu.Unlock()
	if src == nil {
		src = e.preludes[name]
	}
	if src == nil {
		return nil
	}
	for _, fd := range src.decls {
		if fd.from <= pos && pos < fd.to {
			return e.instanceOf(fd, args)
		}
	}
	return nil
}

// instanceOf is called with compileMu held.
func (e *Engine) instanceOf(fd *funcDecl, args []types.Type) *funcRef {
	if len(typeParams(fd.fn)) != len(args) {
		return nil
	}
	if len(args) == 0 {
		return e.refOf(fd, "", nil)
	}
	v := e.newEnv(nil, typeParams(fd.fn), args)
	return e.refOf(fd, v.key, v)
}
