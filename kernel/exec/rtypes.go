package exec

// This file defines how a type of go/types becomes a real type of the running program.

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"unsafe"

	"gilkernel/kernel/exec/rtype"
	"gilkernel/kernel/unit"
)

// mainPath is the package path of all that cells declare.
const mainPath = unit.Path

// A shell is a named type that has an address but not yet its structure.
type shell struct {
	named *types.Named
	n     *rtype.Named
	state int // 0 pending, 1 in progress, 2 complete
}

// makeReflect sets t's reflect type and completes all types that it brings along.
func (e *Engine) makeReflect(t *typ) {
	e.reflectMu.Lock()
	defer e.reflectMu.Unlock()
	e.publish(t, e.reflectType(t.t))
	e.finishTypes()
}

func (e *Engine) publish(t *typ, rt reflect.Type) {
	if t.ready.Load() {
		return
	}
	t.rt, t.rtPtr = rt, rtypeOf(rt)
	e.byRtype.Store(t.rtPtr, t)
	t.ready.Store(true)
}

// finishTypes completes shells and then gives them their methods, until there are no more.
func (e *Engine) finishTypes() {
	type ready struct {
		n  *rtype.Named
		ms []rtype.Method
	}
	var all []ready
	for len(e.shells) > 0 || len(e.methodless) > 0 {
		if n := len(e.shells); n > 0 {
			s := e.shells[n-1]
			e.shells = e.shells[:n-1]
			e.complete(s)
			continue
		}
		n := len(e.methodless)
		s := e.methodless[n-1]
		e.methodless = e.methodless[:n-1]
		e.publish(e.typ(s.named), s.n.Type())
		pt := e.typ(types.NewPointer(s.named))
		e.publish(pt, reflect.PointerTo(s.n.Type()))
		e.named[s.n.Type()] = s
		if ms := e.methodsOf(s.named); len(ms) > 0 {
			all = append(all, ready{s.n, ms}) // which name types that may not be complete yet
		}
	}
	for _, r := range all {
		r.n.SetMethods(r.ms)
	}
}

// remethod tells compiled code about methods that were added to a type that it may know already.
func (e *Engine) remethod(n *types.Named) {
	rt := e.reflect(e.typ(n))
	e.reflectMu.Lock()
	defer e.reflectMu.Unlock()
	if s := e.named[rt]; s != nil {
		ms := e.methodsOf(n)
		e.finishTypes()
		s.n.SetMethods(ms)
		s.n.Rehash()
	}
}

// cellOf is the number of the cell in a position: In[3]:4:2.
var cellOf = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^In\[(\d+)\]`)
})

// declareType takes note of where a type is declared, and marks the type that had the name before: its values
// live on, and are shown as those of "T (cell 3)".
func (e *Engine) declareType(src *source, id *ast.Ident) {
	tn, ok := src.info.Defs[id].(*types.TypeName)
	if !ok {
		return
	}
	e.define(src, tn)
	old := e.latest[id.Name]
	e.latest[id.Name] = latestType{tn, src.position(id.Pos())}
	m := cellOf().FindStringSubmatch(old.pos)
	if old.tn == nil || old.tn.IsAlias() || m == nil {
		return
	}
	if named, ok := old.tn.Type().(*types.Named); ok && named.TypeParams().Len() == 0 {
		rt := e.reflect(e.typ(named))
		e.reflectMu.Lock()
		defer e.reflectMu.Unlock()
		if s := e.named[rt]; s != nil {
			s.n.Rename("main." + id.Name + " (cell " + m[1] + ")")
		}
	}
}

// latestType is the newest type with a name.
type latestType struct {
	tn  *types.TypeName
	pos string
}

// reflectType is called with reflectMu held.
func (e *Engine) reflectType(t types.Type) reflect.Type {
	t = types.Unalias(t)
	if b, ok := t.(*types.Basic); ok {
		return basicType(b)
	}
	key := e.keyLocked(t)
	if rt := e.rts[key]; rt != nil {
		return rt
	}
	rt := e.newReflectType(t, key)
	e.rts[key] = rt
	return rt
}

func (e *Engine) keyLocked(t types.Type) string {
	e.typesMu.Lock()
	defer e.typesMu.Unlock()
	return e.key(t)
}

func (e *Engine) newReflectType(t types.Type, key string) reflect.Type {
	switch t := t.(type) {
	case *types.Named:
		return e.namedType(t, key)
	case *types.Pointer:
		return reflect.PointerTo(e.reflectType(t.Elem()))
	case *types.Slice:
		return reflect.SliceOf(e.reflectType(t.Elem()))
	case *types.Array:
		e.needWhole(t.Elem())
		return reflect.ArrayOf(int(t.Len()), e.reflectType(t.Elem()))
	case *types.Map:
		k, v := e.reflectType(t.Key()), e.reflectType(t.Elem())
		e.needWhole(t.Key())
		return reflect.MapOf(k, v)
	case *types.Chan:
		return reflect.ChanOf([...]reflect.ChanDir{reflect.BothDir, reflect.SendDir, reflect.RecvDir}[t.Dir()],
			e.reflectType(t.Elem()))
	case *types.Signature:
		return e.funcType(t)
	case *types.Struct:
		fields := e.structFields(t)
		if ms := e.methodsOf(t); len(ms) > 0 {
			return rtype.StructWithMethods(fields, ms)
		}
		return rtype.StructOf(fields)
	case *types.Interface:
		if t.NumMethods() == 0 {
			return reflect.TypeFor[any]()
		}
		return e.interfaceType(t)
	}
	panic(fmt.Sprintf("exec: no reflect type for %T %v", t, t))
}

// interfaceType returns the type of an interface that has methods.
func (e *Engine) interfaceType(t *types.Interface) reflect.Type {
	text := types.TypeString(t, e.qualifier) // reflect has blanks within the braces, and the methods in order
	var methods []rtype.InterfaceMethod
	path := mainPath
	var parts []string
	for i := range t.NumMethods() {
		m := t.Method(i)
		im := rtype.InterfaceMethod{Name: m.Name()}
		if !m.Exported() {
			im.PkgPath = m.Pkg().Path()
			path = im.PkgPath
		}
		if im.Type = e.compiledMethod(m); im.Type == nil {
			im.Type = e.funcType(m.Signature())
		}
		methods = append(methods, im)
		parts = append(parts, m.Name()+strings.TrimPrefix(im.Type.String(), "func"))
	}
	if t.IsMethodSet() {
		text = "interface { " + strings.Join(parts, "; ") + " }"
	}
	return rtype.InterfaceOf(path, text, methods)
}

// compiledMethod returns the type of a method that an interface has of one of a compiled package, nil if it is
// another's. Unexported ones may name types that nothing else shows.
func (e *Engine) compiledMethod(m *types.Func) reflect.Type {
	if m.Pkg() == nil || e.ours(m.Pkg()) {
		return nil
	}
	n := namedOf(m.Signature().Recv().Type())
	if n == nil || n.TypeArgs().Len() > 0 {
		return nil
	}
	rt := e.nativeType(n.Obj())
	if rt == nil || rt.Kind() != reflect.Interface {
		return nil
	}
	rm, _ := rt.MethodByName(m.Name())
	return rm.Type
}

// qualifier names packages as reflect does.
func (e *Engine) qualifier(p *types.Package) string { return p.Name() }

func (e *Engine) funcType(sig *types.Signature) reflect.Type {
	var in, out []reflect.Type
	for i := range sig.Params().Len() {
		in = append(in, e.reflectType(sig.Params().At(i).Type()))
	}
	for i := range sig.Results().Len() {
		out = append(out, e.reflectType(sig.Results().At(i).Type()))
	}
	return reflect.FuncOf(in, out, sig.Variadic())
}

func (e *Engine) structFields(t *types.Struct) []reflect.StructField {
	var fields []reflect.StructField
	offs := fieldOffsets(t)
	for i := range t.NumFields() {
		f := t.Field(i)
		e.needWhole(f.Type())
		sf := reflect.StructField{Name: f.Name(), Type: e.reflectType(f.Type()), Tag: reflect.StructTag(t.Tag(i)),
			Offset: offs[i], Anonymous: f.Embedded()}
		if !f.Exported() {
			sf.PkgPath = mainPath
			if f.Pkg() != nil {
				sf.PkgPath = f.Pkg().Path()
			}
		}
		fields = append(fields, sf)
	}
	return fields
}

// needWhole completes the named types that a value of type t holds in itself.
func (e *Engine) needWhole(t types.Type) {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		rt := e.reflectType(t)
		if s := e.shellOf[rt]; s != nil {
			e.complete(s)
		}
	case *types.Array:
		e.needWhole(t.Elem())
	case *types.Struct:
		for i := range t.NumFields() {
			e.needWhole(t.Field(i).Type())
		}
	}
}

func (e *Engine) complete(s *shell) {
	if s.state != 0 {
		return
	}
	s.state = 1
	u := s.named.Underlying()
	switch u := u.(type) {
	case *types.Struct:
		rt := e.nativeStruct(u)
		if rt == nil {
			rt = rtype.StructOf(e.structFields(u))
		}
		s.n.SetUnderlying(rt)
	default:
		s.n.SetUnderlying(e.reflectType(u))
	}
	s.state = 2
	delete(e.shellOf, s.n.Type())
	e.methodless = append(e.methodless, s)
}

// namedType returns a named type: a compiled package's own, or one made for what cells declare.
func (e *Engine) namedType(t *types.Named, key string) reflect.Type {
	obj := t.Obj()
	if obj.Pkg() == nil { // error, comparable
		return reflect.TypeFor[error]()
	}
	if !e.ours(obj.Pkg()) && t.TypeArgs().Len() == 0 {
		if rt := e.nativeType(obj); rt != nil {
			return rt
		}
	}
	name := obj.Name()
	if args := t.TypeArgs(); args.Len() > 0 {
		var ss []string
		for i := range args.Len() {
			ss = append(ss, e.reflectArgName(args.At(i)))
		}
		name += "[" + strings.Join(ss, ",") + "]"
	}
	n := rtype.NewNamed(obj.Pkg().Path(), obj.Pkg().Name(), name)
	e.rts[key] = n.Type()
	size := uintptr(sizes.Sizeof(t))
	l := rtype.Layout{Kind: kindOf(t.Underlying()), Size: size, Align: uint8(sizes.Alignof(t)),
		FieldAlign: uint8(sizes.Alignof(t)),
		PtrWords:   make([]bool, (size+7)/8), Comparable: types.Comparable(t)}
	if hasPointers(t) {
		pointerWords(t, 0, func(w uintptr) { l.PtrWords[w] = true })
	}
	n.SetLayout(l)
	s := &shell{named: t, n: n}
	e.shells = append(e.shells, s)
	e.shellOf[n.Type()] = s
	return n.Type()
}

func basicType(b *types.Basic) reflect.Type {
	switch b.Kind() {
	case types.Bool, types.UntypedBool:
		return reflect.TypeFor[bool]()
	case types.Int, types.UntypedInt:
		return reflect.TypeFor[int]()
	case types.Int8:
		return reflect.TypeFor[int8]()
	case types.Int16:
		return reflect.TypeFor[int16]()
	case types.Int32, types.UntypedRune:
		return reflect.TypeFor[int32]()
	case types.Int64:
		return reflect.TypeFor[int64]()
	case types.Uint:
		return reflect.TypeFor[uint]()
	case types.Uint8:
		return reflect.TypeFor[uint8]()
	case types.Uint16:
		return reflect.TypeFor[uint16]()
	case types.Uint32:
		return reflect.TypeFor[uint32]()
	case types.Uint64:
		return reflect.TypeFor[uint64]()
	case types.Uintptr:
		return reflect.TypeFor[uintptr]()
	case types.Float32:
		return reflect.TypeFor[float32]()
	case types.Float64, types.UntypedFloat:
		return reflect.TypeFor[float64]()
	case types.Complex64:
		return reflect.TypeFor[complex64]()
	case types.Complex128, types.UntypedComplex:
		return reflect.TypeFor[complex128]()
	case types.String, types.UntypedString:
		return reflect.TypeFor[string]()
	}
	return reflect.TypeFor[unsafe.Pointer]()
}

// methodsOf returns the methods of a named or struct type as compiled code calls them.
func (e *Engine) methodsOf(t types.Type) []rtype.Method {
	if types.IsInterface(t) {
		return nil
	}
	if s, ok := t.(*types.Struct); ok {
		embeds := false
		for i := range s.NumFields() {
			embeds = embeds || s.Field(i).Embedded()
		}
		if !embeds {
			return nil
		}
	}
	values := types.NewMethodSet(t)
	pt := types.NewPointer(t)
	set := types.NewMethodSet(pt)
	var ms []rtype.Method
	for i := range set.Len() {
		sel := set.At(i)
		fn := sel.Obj().(*types.Func)
		m := rtype.Method{Name: fn.Name(), Pointer: values.Lookup(fn.Pkg(), fn.Name()) == nil}
		if !fn.Exported() {
			m.PkgPath = fn.Pkg().Path()
		}
		sig := sel.Type().(*types.Signature)
		m.Type = e.funcType(sig)
		m.Call = e.methodCall(e.typ(pt), fn)
		ms = append(ms, m)
	}
	return ms
}
