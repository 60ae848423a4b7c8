package exec

// This file defines the names of types that hold in all engines with the same sources, as they are written and read. A
// name is text in prefix form:
//
//	B"int"                      a basic type
//	M"T#2"[2;A A]               a type that a cell declares, with its type arguments
//	C"net/http""Client"[0;]     a compiled package's type
//	U"src"123;[1;A]             a type that a function declares, by its place
//	P A, S A, A3;A, H1;A, K A A pointer, slice, array, channel, map
//	F0;2;1;A A A                a function: variadic, parameters, results
//	T1;"name""pkg"0;"tag" A     a struct's fields
//	I1;"name""pkg" A            an interface's methods

import (
	"fmt"
	"go/types"
	"reflect"
	"strconv"
	"strings"
)

type nameWriter struct {
	e     *Engine
	b     strings.Builder
	err   error
	depth int
}

func (w *nameWriter) quoted(s string) { w.b.WriteString(strconv.Quote(s)) }

func (w *nameWriter) number(n int) { w.b.WriteString(strconv.Itoa(n) + ";") }

// flag writes 1 for true and 0 for false.
func (w *nameWriter) flag(b bool) {
	n := 0
	if b {
		n = 1
	}
	w.number(n)
}

func (w *nameWriter) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

// env writes the type arguments of a function's instance.
func (w *nameWriter) env(v *env) {
	if v == nil {
		w.types(nil)
		return
	}
	w.types(v.args)
}

func (w *nameWriter) types(ts []types.Type) {
	w.b.WriteByte('[')
	w.number(len(ts))
	for _, t := range ts {
		w.typ(t)
	}
	w.b.WriteByte(']')
}

// declared writes a declared function with its type arguments.
func (w *nameWriter) declared(fd *funcDecl, targs []types.Type) {
	w.b.WriteByte('D')
	pkg := ""
	if p := fd.fn.Pkg(); p != nil && p.Path() != mainPath {
		pkg = p.Path()
	}
	w.quoted(pkg)
	if pkg == "" {
		w.quoted(fd.name)
	} else {
		w.quoted(fd.fn.Name())
	}
	w.types(targs)
}

// member writes a method's name.
func (w *nameWriter) member(fn *types.Func) {
	w.quoted(fn.Name())
	w.flag(fn.Exported())
}

func (w *nameWriter) typ(t types.Type) {
	if w.depth++; w.depth > 64 {
		w.fail("its type is nested too deep")
		return
	}
	defer func() { w.depth-- }()
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		w.b.WriteByte('B')
		w.quoted(types.Default(t).(*types.Basic).Name())
	case *types.Named:
		w.named(t)
	case *types.Pointer:
		w.b.WriteByte('P')
		w.typ(t.Elem())
	case *types.Slice:
		w.b.WriteByte('S')
		w.typ(t.Elem())
	case *types.Array:
		w.b.WriteByte('A')
		w.number(int(t.Len()))
		w.typ(t.Elem())
	case *types.Chan:
		w.b.WriteByte('H')
		w.number(int(t.Dir()))
		w.typ(t.Elem())
	case *types.Map:
		w.b.WriteByte('K')
		w.typ(t.Key())
		w.typ(t.Elem())
	case *types.Signature:
		w.signature(t)
	case *types.Struct:
		w.b.WriteByte('T')
		w.number(t.NumFields())
		for i := range t.NumFields() {
			f := t.Field(i)
			w.quoted(f.Name())
			w.pkg(f)
			w.flag(f.Embedded())
			w.quoted(t.Tag(i))
			w.typ(f.Type())
		}
	case *types.Interface:
		w.b.WriteByte('I')
		w.number(t.NumMethods())
		for i := range t.NumMethods() {
			m := t.Method(i)
			w.quoted(m.Name())
			w.pkg(m)
			w.typ(m.Signature())
		}
	default:
		w.fail("the type %s has no name that other processes know", t)
	}
}

// pkg writes the package that an unexported member belongs to.
func (w *nameWriter) pkg(o types.Object) {
	if o.Exported() || o.Pkg() == nil {
		w.quoted("")
		return
	}
	w.quoted(o.Pkg().Path())
}

func (w *nameWriter) signature(t *types.Signature) {
	w.b.WriteByte('F')
	w.flag(t.Variadic())
	w.number(t.Params().Len())
	w.number(t.Results().Len())
	for _, list := range []*types.Tuple{t.Params(), t.Results()} {
		for i := range list.Len() {
			w.typ(list.At(i).Type())
		}
	}
}

func (w *nameWriter) named(t *types.Named) {
	o := t.Obj()
	switch {
	case o.Pkg() == nil:
		w.b.WriteByte('B')
		w.quoted(o.Name())
		return
	case o.Pkg().Path() != mainPath && (!w.e.ours(o.Pkg()) || o.Parent() == o.Pkg().Scope()):
		w.b.WriteByte('C')
		w.quoted(o.Pkg().Path())
		w.quoted(o.Name())
	case w.e.ids.nameOf(o) != "":
		w.b.WriteByte('M')
		w.quoted(w.e.ids.nameOf(o))
	default:
		w.e.ids.mu.Lock()
		l, ok := w.e.ids.instances[o]
		w.e.ids.mu.Unlock()
		if !ok {
			l = local{of: o}
		}
		w.local(l)
		return
	}
	var args []types.Type
	for i := range t.TypeArgs().Len() {
		args = append(args, t.TypeArgs().At(i))
	}
	w.types(args)
}

// local writes a type that a function declares.
func (w *nameWriter) local(l local) {
	w.e.ids.mu.Lock()
	place := w.e.ids.places[l.of]
	w.e.ids.mu.Unlock()
	if place == "" {
		w.fail("the type %s has no name that other processes know", l.of.Name())
		return
	}
	w.b.WriteString("U" + place)
	w.env(l.env)
}

// TypeName names a type so that another engine with the same sources finds it. ok is false for types that this engine
// hasn't made.
func (e *Engine) TypeName(t reflect.Type) (name string, ok bool) {
	w := &nameWriter{e: e}
	if t.PkgPath() != "" {
		v, ok := e.byRtype.Load(rtypeOf(t))
		if !ok {
			return "", false
		}
		if n, ok := v.(*typ).t.(*types.Named); !ok || n.Obj().Pkg() == nil ||
			!w.e.ours(n.Obj().Pkg()) && n.TypeArgs().Len() == 0 {
			return "", false
		}
	}
	w.rtype(t)
	return w.b.String(), w.err == nil
}

// rtype writes a type of the running program, which may be made of the engine's types without being one that it knows.
func (w *nameWriter) rtype(t reflect.Type) {
	if v, ok := w.e.byRtype.Load(rtypeOf(t)); ok {
		w.typ(v.(*typ).t)
		return
	}
	if w.depth++; w.depth > 64 {
		w.fail("its type is nested too deep")
		return
	}
	defer func() { w.depth-- }()
	switch {
	case t.PkgPath() != "":
		if strings.Contains(t.Name(), "[") || t.PkgPath() == mainPath {
			w.fail("the type %s has no name that other processes know", t)
		}
		w.b.WriteByte('C')
		w.quoted(t.PkgPath())
		w.quoted(t.Name())
		w.types(nil)
		return
	case t.Name() != "":
		w.b.WriteByte('B')
		w.quoted(t.Name())
		return
	}
	switch t.Kind() {
	case reflect.Pointer:
		w.b.WriteByte('P')
		w.rtype(t.Elem())
	case reflect.Slice:
		w.b.WriteByte('S')
		w.rtype(t.Elem())
	case reflect.Array:
		w.b.WriteByte('A')
		w.number(t.Len())
		w.rtype(t.Elem())
	case reflect.Chan:
		w.b.WriteByte('H')
		w.number(map[reflect.ChanDir]int{reflect.BothDir: int(types.SendRecv), reflect.SendDir: int(types.SendOnly),
			reflect.RecvDir: int(types.RecvOnly)}[t.ChanDir()])
		w.rtype(t.Elem())
	case reflect.Map:
		w.b.WriteByte('K')
		w.rtype(t.Key())
		w.rtype(t.Elem())
	case reflect.Func:
		w.rfunc(t)
	case reflect.Struct:
		w.b.WriteByte('T')
		w.number(t.NumField())
		for i := range t.NumField() {
			f := t.Field(i)
			w.quoted(f.Name)
			w.quoted(f.PkgPath)
			w.flag(f.Anonymous)
			w.quoted(string(f.Tag))
			w.rtype(f.Type)
		}
	case reflect.Interface:
		w.b.WriteByte('I')
		w.number(t.NumMethod())
		for i := range t.NumMethod() {
			m := t.Method(i)
			w.quoted(m.Name)
			w.quoted(m.PkgPath)
			w.rfunc(m.Type)
		}
	default:
		w.fail("the type %s has no name that other processes know", t)
	}
}

func (w *nameWriter) rfunc(t reflect.Type) {
	w.b.WriteByte('F')
	w.flag(t.IsVariadic())
	w.number(t.NumIn())
	w.number(t.NumOut())
	for i := range t.NumIn() {
		w.rtype(t.In(i))
	}
	for i := range t.NumOut() {
		w.rtype(t.Out(i))
	}
}

// TypeOf finds a type by the name that TypeName has given.
func (e *Engine) TypeOf(name string) (t reflect.Type, err error) {
	r := &nameReader{e: e, s: name}
	defer func() {
		switch v := recover().(type) {
		case nil:
		case badName:
			err = fmt.Errorf("%s", string(v))
		case limit:
			err = fmt.Errorf("%s", v.msg)
		default:
			panic(v)
		}
	}()
	tt := r.typ()
	if r.s != "" {
		r.fail("there is more than a type's name")
	}
	return e.reflect(e.typ(tt)), nil
}
