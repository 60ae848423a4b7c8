package exec

// This file defines which types of the running program the types of compiled packages are. Exported ones have a name in
// the tables; the others are found by way of what shows them: a variable, a function, a method, a field.

import (
	"go/types"
	"reflect"
)

// nativeType returns the compiled package's type, nil if it isn't known. It is called with reflectMu held.
func (e *Engine) nativeType(obj *types.TypeName) reflect.Type {
	path := obj.Pkg().Path()
	if rt := e.learned[path+"."+obj.Name()]; rt != nil {
		return rt
	}
	if v, ok := e.symbol(path, obj.Name()); ok && v.Kind() == reflect.Pointer {
		return v.Type().Elem()
	}
	if !obj.Exported() && obj.Parent() == obj.Pkg().Scope() {
		e.learnPackage(obj.Pkg())
	}
	return e.learned[path+"."+obj.Name()]
}

// learnPackage notes the types that what a package exports shows. It is called with reflectMu held.
func (e *Engine) learnPackage(pkg *types.Package) {
	for _, name := range pkg.Scope().Names() {
		o := pkg.Scope().Lookup(name)
		if !o.Exported() {
			continue
		}
		v, ok := e.symbol(pkg.Path(), name)
		if !ok {
			continue
		}
		tn, isType := o.(*types.TypeName)
		if !isType {
			e.learnLocked(o.Type(), v.Type(), 0)
			continue
		}
		named, ok := types.Unalias(tn.Type()).(*types.Named)
		if !ok || named.TypeParams().Len() > 0 || v.Kind() != reflect.Pointer {
			continue
		}
		e.learnLocked(named.Underlying(), v.Type().Elem(), 0)
		for m := range named.Methods() {
			if rm, ok := v.Type().MethodByName(m.Name()); ok && m.Exported() {
				e.learnLocked(m.Signature(), withoutRecv(rm.Type), 0)
			}
		}
	}
}

// learnUses notes what the compiled functions and variables show that a source mentions: a variable of it may have such
// a type, and has its place before they are compiled. Packages return types of other packages that can't be imported.
func (e *Engine) learnUses(info *types.Info) {
	for _, o := range info.Uses {
		e.learnUse(o)
	}
}

func (e *Engine) learnUse(o types.Object) {
	if o.Pkg() == nil || e.ours(o.Pkg()) {
		return
	}
	switch o := o.(type) {
	case *types.Var:
		if o.IsField() {
			return
		}
	case *types.Func:
		if recv := o.Signature().Recv(); recv != nil || o.Signature().TypeParams().Len() > 0 {
			return
		}
	default:
		return
	}
	if v, ok := e.symbol(o.Pkg().Path(), o.Name()); ok {
		e.learn(o.Type(), v.Type(), 0)
	}
}

// noteStructs notes the structs of compiled packages that a source mentions: it may define types by them.
func (e *Engine) noteStructs(info *types.Info) {
	e.reflectMu.Lock()
	defer e.reflectMu.Unlock()
	for _, o := range info.Uses {
		if tn, ok := o.(*types.TypeName); ok && tn.Pkg() != nil && !e.ours(tn.Pkg()) {
			if st, ok := tn.Type().Underlying().(*types.Struct); ok && hides(st) {
				e.structs[st] = tn
			}
		}
	}
}

// hides reports whether a struct has unexported fields, of whose types the export data may have the layout alone.
func hides(st *types.Struct) bool {
	for f := range st.Fields() {
		if !f.Exported() {
			return true
		}
	}
	return false
}

// nativeStruct returns the compiled type that a struct is the structure of, nil if it isn't one or has no unexported
// fields. A cell that declares type T time.Time defines T by it: the fields that the export data have are not those
// that reflection must find in a T. It is called with reflectMu held.
func (e *Engine) nativeStruct(st *types.Struct) reflect.Type {
	obj := e.structs[st]
	if obj == nil {
		return nil
	}
	rt := e.nativeType(obj)
	if rt == nil || rt.Kind() != reflect.Struct || rt.Size() != uintptr(sizes.Sizeof(st)) {
		return nil
	}
	return rt
}

// hidden reports whether a type has a part that no table has by name.
func hidden(t types.Type, depth int) bool {
	if depth > 4 {
		return false
	}
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		o := t.Obj()
		return o.Pkg() != nil && o.Pkg().Path() != mainPath && !o.Exported()
	case *types.Pointer:
		return hidden(t.Elem(), depth+1)
	case *types.Slice:
		return hidden(t.Elem(), depth+1)
	case *types.Array:
		return hidden(t.Elem(), depth+1)
	case *types.Chan:
		return hidden(t.Elem(), depth+1)
	case *types.Map:
		return hidden(t.Key(), depth+1) || hidden(t.Elem(), depth+1)
	case *types.Signature:
		for v := range t.Params().Variables() {
			if hidden(v.Type(), depth+1) {
				return true
			}
		}
		for v := range t.Results().Variables() {
			if hidden(v.Type(), depth+1) {
				return true
			}
		}
	}
	return false
}

// learn notes the types that a compiled value's type shows and no table has by name: unexported ones.
func (e *Engine) learn(t types.Type, rt reflect.Type, depth int) {
	e.reflectMu.Lock()
	defer e.reflectMu.Unlock()
	e.learnLocked(t, rt, depth)
}

func (e *Engine) learnLocked(t types.Type, rt reflect.Type, depth int) {
	if depth > 4 {
		return
	}
	elem := func(t types.Type) { e.learnLocked(t, rt.Elem(), depth+1) }
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		obj := t.Obj()
		if obj.Pkg() == nil || e.ours(obj.Pkg()) || obj.Exported() || t.TypeArgs().Len() > 0 {
			return
		}
		if e.learned[obj.Pkg().Path()+"."+obj.Name()] == nil {
			e.learned[obj.Pkg().Path()+"."+obj.Name()] = rt
			e.learnLocked(t.Underlying(), rt, depth+1)
		}
	case *types.Pointer:
		if rt.Kind() == reflect.Pointer {
			elem(t.Elem())
		}
	case *types.Slice:
		if rt.Kind() == reflect.Slice {
			elem(t.Elem())
		}
	case *types.Array:
		if rt.Kind() == reflect.Array {
			elem(t.Elem())
		}
	case *types.Chan:
		if rt.Kind() == reflect.Chan {
			elem(t.Elem())
		}
	case *types.Map:
		if rt.Kind() == reflect.Map {
			e.learnLocked(t.Key(), rt.Key(), depth+1)
			elem(t.Elem())
		}
	case *types.Struct:
		if rt.Kind() == reflect.Struct && rt.NumField() == t.NumFields() {
			for i := range t.NumFields() {
				e.learnLocked(t.Field(i).Type(), rt.Field(i).Type, depth+1)
			}
		}
	case *types.Signature:
		if rt.Kind() != reflect.Func || rt.NumIn() != t.Params().Len() || rt.NumOut() != t.Results().Len() {
			return
		}
		for i := range rt.NumIn() {
			e.learnLocked(t.Params().At(i).Type(), rt.In(i), depth+1)
		}
		for i := range rt.NumOut() {
			e.learnLocked(t.Results().At(i).Type(), rt.Out(i), depth+1)
		}
	}
}
