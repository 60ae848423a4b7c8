package exec

// This file defines what a function may use: package variables, other functions, methods by name, types. A process that
// runs the function needs the values of these variables.

import (
	"go/types"
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

// uses is what the code of one function mentions, function literals in it included.
type uses struct {
	globals []types.Object
	further *furtherUses // nil: none
}

// furtherUses are what fewer functions use: a session has many functions, and the first values of variables are some.
type furtherUses struct {
	funcs   []*funcRef
	codes   []*code // of function literals
	dynamic []string
	types   []*types.Named
}

// rest returns the further uses. They must not be changed.
func (u *uses) rest() *furtherUses {
	if u.further == nil {
		return &furtherUses{}
	}
	return u.further
}

// add returns the further uses to be changed.
func (u *uses) add() *furtherUses {
	if u.further == nil {
		u.further = &furtherUses{}
	}
	return u.further
}

// useKind says what is used.
type useKind uint8

const (
	useGlobal useKind = iota
	useFunc
	useCode
	useDynamic
)

// use notes something that this function uses, and all functions that it is in.
func (c *fn) use(kind useKind, x any) {
	for ; c != nil; c = c.parent {
		u := &c.code.uses
		switch kind {
		case useGlobal:
			u.globals = note(u.globals, x.(types.Object))
		case useFunc:
			u.add().funcs = note(u.rest().funcs, x.(*funcRef))
		case useCode:
			u.add().codes = note(u.rest().codes, x.(*code))
		case useDynamic:
			u.add().dynamic = note(u.rest().dynamic, x.(string))
		}
	}
}

func note[T comparable](list []T, x T) []T {
	if slices.Contains(list, x) {
		return list
	}
	return append(list, x)
}

// useType notes a type that a cell declared: compiled code may call its methods.
func (c *fn) useType(t types.Type) {
	n := namedOf(t)
	if n == nil || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != mainPath || c.code == nil {
		return
	}
	more := c.code.uses.add()
	more.types = note(more.types, n)
}

// Global is a package variable that a function uses.
type Global struct {
	Name    string // as other processes know it
	Shown   string // as the learner knows it
	Type    reflect.Type
	Pointer unsafe.Pointer
}

// Global returns a package variable by the name that holds in other processes.
func (e *Engine) Global(name string) (Global, bool) { return e.GlobalIn(nil, name) }

// GlobalIn returns a package variable of an image.
func (e *Engine) GlobalIn(m *Image, name string) (Global, bool) {
	s := e.slot(name)
	if s == nil {
		return Global{}, false
	}
	return Global{name, shownName(name), e.reflect(s.t), s.in(m)}, true
}

// GlobalsOf returns the package variables that functions use, by way of the functions that they call too. What they
// call by an interface counts as every method of that name. It doesn't follow the values of variables, and ignores
// compiled functions.
func (e *Engine) GlobalsOf(fs ...reflect.Value) []Global { return e.GlobalsIn(nil, fs...) }

// GlobalsIn is GlobalsOf for an image.
func (e *Engine) GlobalsIn(m *Image, fs ...reflect.Value) []Global {
	w := newUsesWalk(e, m)
	for _, f := range fs {
		if f.Kind() == reflect.Func && !f.IsNil() {
			if c := e.closureOf(funcWord(f)); c != nil {
				w.code(c.target())
			}
		}
	}
	return w.globalsUsed()
}

// Live returns all package variables of an image that later sources can mention, but for those that the host has made.
func (e *Engine) Live(m *Image) (list []Global) {
	e.compileMu.Lock()
	slots := map[types.Object]*globalSlot{}
	for o, v := range e.globals {
		if v.global != nil && v.global.n > 0 && ownPackage(o) && !strings.HasPrefix(o.Name(), "__") {
			slots[o] = v.global
		}
	}
	e.compileMu.Unlock()
	for o, s := range slots {
		if name := e.ids.nameOf(o); name != "" {
			list = append(list, Global{name, o.Name(), e.reflect(s.t), s.in(m)})
		}
	}
	slices.SortFunc(list, func(a, b Global) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// funcWord is the memory of a function value.
func funcWord(f reflect.Value) unsafe.Pointer {
	p := reflect.New(f.Type())
	p.Elem().Set(f)
	return *(*unsafe.Pointer)(p.UnsafePointer())
}

type usesWalk struct {
	e       *Engine
	image   *Image
	todo    []*code
	codes   map[*code]bool
	names   map[string]bool // of methods that are called by interfaces
	types   []*types.Named
	globals map[types.Object]bool
	found   []Global

	modules   bool     // it goes through functions of modules that are compiled
	inModules []Global // what it has found there
}

func newUsesWalk(e *Engine, m *Image) *usesWalk {
	return &usesWalk{e: e, image: m, codes: map[*code]bool{}, names: map[string]bool{},
		globals: map[types.Object]bool{}}
}

// globalsUsed returns the variables, in the order of their names.
func (w *usesWalk) globalsUsed() []Global {
	w.run()
	slices.SortFunc(w.found, func(a, b Global) int { return strings.Compare(a.Name, b.Name) })
	return w.found
}

func (w *usesWalk) code(k *code) {
	if k != nil && !w.codes[k] {
		w.codes[k] = true
		w.todo = append(w.todo, k)
	}
}

func (w *usesWalk) run() {
	for len(w.todo) > 0 {
		k := w.todo[len(w.todo)-1]
		w.todo = w.todo[:len(w.todo)-1]
		for _, o := range k.uses.globals {
			w.global(o)
		}
		more := k.uses.rest()
		for _, r := range more.funcs {
			w.ref(r)
		}
		for _, l := range more.codes {
			w.code(l)
		}
		if k.bound != nil {
			w.method(k.bound.t, k.bound.fn.Name())
			if types.IsInterface(k.bound.t) {
				w.dynamic(k.bound.fn.Name())
			}
		}
		for _, name := range more.dynamic {
			w.dynamic(name)
		}
		for _, n := range more.types {
			for i := range n.NumMethods() {
				w.method(n, n.Method(i).Name())
			}
		}
	}
}

// ref adds a function, unless it can't be compiled: then no code calls it either.
func (w *usesWalk) ref(r *funcRef) {
	defer func() {
		if v := recover(); v != nil {
			if _, ok := v.(*Error); !ok {
				panic(v)
			}
		}
	}()
	if r.decl != nil && r.decl.src.module {
		if w.modules { // else there is nothing to find: it knows no variables of cells
			w.code(r.code.Load())
		}
		return
	}
	if r.code.Load() != nil || r.compile != nil {
		w.code(r.get())
	}
}

func (w *usesWalk) global(o types.Object) {
	if w.globals[o] {
		return
	}
	w.globals[o] = true
	w.e.compileMu.Lock()
	v := w.e.global(o)
	if v != nil && w.modules && o.Pkg() != nil && w.e.modules.has(o.Pkg().Path()) {
		w.inModules = append(w.inModules, w.e.moduleVariable(o))
	}
	w.e.compileMu.Unlock()
	if v != nil && o.Pkg() != nil && o.Pkg().Path() == mainPath {
		w.found = append(w.found, Global{w.e.ids.nameOf(o), o.Name(), w.e.reflect(v.t), v.global.in(w.image)})
	}
}

// method adds a method that a cell declares.
func (w *usesWalk) method(t types.Type, name string) {
	n := namedOf(t)
	if n == nil || types.IsInterface(n) {
		return
	}
	obj, _, _ := types.LookupFieldOrMethod(n, true, w.e.pkg, name)
	fn, ok := obj.(*types.Func)
	if !ok {
		return
	}
	w.e.compileMu.Lock()
	var ref *funcRef
	if w.e.isOwn(fn) && !types.IsInterface(fn.Signature().Recv().Type()) {
		if recv := namedOf(fn.Signature().Recv().Type()); recv != nil &&
			(recv.TypeArgs().Len() > 0 || recv.TypeParams().Len() == 0) {
			ref = w.e.methodRef(recv, fn)
		}
	}
	w.e.compileMu.Unlock()
	if ref != nil {
		w.ref(ref)
	}
}

// dynamic adds every method that has this name.
func (w *usesWalk) dynamic(name string) {
	if w.names[name] {
		return
	}
	w.names[name] = true
	if w.types == nil {
		w.e.reflectMu.Lock()
		for _, s := range w.e.named {
			w.types = append(w.types, s.named)
		}
		w.e.reflectMu.Unlock()
	}
	for _, n := range w.types {
		w.method(n, name)
	}
}
