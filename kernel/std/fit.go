package std

// This file defines how structs get the layout that they have in this program. The export data are of one release of
// Go, for one system: another release has given tls.ConnectionState and some dozens of structs other fields, and on
// another system some fields have other types. Cells and compiled code share values, so that a wrong size or offset is
// wrong memory.

import (
	"go/token"
	"go/types"
	"reflect"
	"runtime"
)

// fitting gives structs of packages the layout of the program's own.
type fitting struct {
	real  func(path, name string) reflect.Type
	sizes types.Sizes
	seen  map[*types.TypeName]bool
	pairs []pair // of what the last call of fit has seen
}

// pair is a type of the export data, and the program's own.
type pair struct {
	t    *types.Named
	real reflect.Type
}

func newFitting(real func(path, name string) reflect.Type) *fitting {
	return &fitting{real: real, sizes: types.SizesFor("gc", runtime.GOARCH), seen: map[*types.TypeName]bool{}}
}

// fit fits the structs that packages have and that no earlier call has seen.
func (f *fitting) fit(packages map[string]*types.Package) {
	f.pairs = f.pairs[:0]
	for path, p := range packages {
		for _, name := range p.Scope().Names() {
			o, ok := p.Scope().Lookup(name).(*types.TypeName)
			if !ok || !o.Exported() || o.IsAlias() || f.seen[o] {
				continue
			}
			if _, ok := o.Type().Underlying().(*types.Struct); ok {
				if t := f.real(path, name); t != nil {
					f.add(o.Type(), t)
				}
			}
		}
	}
	// A struct fits when those that it has in it fit.
	for changed := true; changed; {
		changed = false
		for _, p := range f.pairs {
			s := p.t.Underlying().(*types.Struct)
			if f.fits(s, p.real) {
				continue
			}
			if other := f.like(p.t.Obj().Pkg(), s, p.real); !types.Identical(other, s) {
				p.t.SetUnderlying(other)
				changed = true
			}
		}
	}
}

// add notes a struct, and the structs without an exported name that it has in it.
func (f *fitting) add(t types.Type, real reflect.Type) {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || f.seen[n.Obj()] || n.TypeParams().Len() > 0 || n.TypeArgs().Len() > 0 || real.Kind() != reflect.Struct {
		return
	}
	s, ok := n.Underlying().(*types.Struct)
	if !ok {
		return
	}
	f.seen[n.Obj()] = true
	f.pairs = append(f.pairs, pair{n, real})
	for v := range s.Fields() {
		if inner, ok := types.Unalias(v.Type()).(*types.Named); ok && !inner.Obj().Exported() {
			if r, ok := real.FieldByName(v.Name()); ok && len(r.Index) == 1 {
				f.add(inner, r.Type)
			}
		}
	}
}

// fits reports whether a struct has the layout of the program's own.
func (f *fitting) fits(s *types.Struct, real reflect.Type) bool {
	if s.NumFields() != real.NumField() || f.sizes.Sizeof(s) != int64(real.Size()) {
		return false
	}
	var fields []*types.Var
	for v := range s.Fields() {
		fields = append(fields, v)
	}
	for i, at := range f.sizes.Offsetsof(fields) {
		if r := real.Field(i); r.Name != fields[i].Name() && fields[i].Name() != "_" || int64(r.Offset) != at ||
			!f.alike(fields[i].Type(), r.Type) {
			return false
		}
	}
	return true
}

// alike reports whether a field can have the memory of the program's own: pointers are where it has pointers.
func (f *fitting) alike(t types.Type, real reflect.Type) bool {
	if f.sizes.Sizeof(t) != int64(real.Size()) || f.sizes.Alignof(t) != int64(real.Align()) {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		if _, named := types.Unalias(t).(*types.Named); named || real.Kind() != reflect.Struct {
			return real.Kind() == reflect.Struct
		}
		if u.NumFields() != real.NumField() {
			return false
		}
		for i := range u.NumFields() {
			if !f.alike(u.Field(i).Type(), real.Field(i).Type) {
				return false
			}
		}
		return true
	case *types.Array:
		return real.Kind() == reflect.Array && u.Len() == int64(real.Len()) && f.alike(u.Elem(), real.Elem())
	case *types.Basic:
		if b := basics[real.Kind()]; b != nil {
			return u.Kind() == b.Kind()
		}
		// A pointer to what isn't in the heap is a number in the export data.
		return real.Kind() == reflect.Pointer && (u.Kind() == types.UnsafePointer || u.Kind() == types.Uintptr)
	case *types.Pointer:
		return real.Kind() == reflect.Pointer
	case *types.Slice:
		return real.Kind() == reflect.Slice
	case *types.Map:
		return real.Kind() == reflect.Map
	case *types.Chan:
		return real.Kind() == reflect.Chan
	case *types.Signature:
		return real.Kind() == reflect.Func
	case *types.Interface:
		return real.Kind() == reflect.Interface
	}
	return true
}

// like returns a struct with the fields of the program's own: as the export data have them, where they fit or where a
// cell can name them, and otherwise with their layout alone. A field that the export data don't have has no name.
func (f *fitting) like(pkg *types.Package, s *types.Struct, real reflect.Type) *types.Struct {
	known := map[string]*types.Var{}
	for v := range s.Fields() {
		known[v.Name()] = v
	}
	var fields []*types.Var
	var tags []string
	for i := range real.NumField() {
		r := real.Field(i)
		v := known[r.Name]
		switch {
		case v != nil && v.Embedded() == r.Anonymous && (v.Exported() || v.Embedded() || f.alike(v.Type(), r.Type)):
		case v != nil && !v.Exported():
			v = types.NewField(token.NoPos, pkg, r.Name, layout(pkg, r.Type), false)
		default:
			v = types.NewField(token.NoPos, pkg, "_", layout(pkg, r.Type), false)
		}
		fields, tags = append(fields, v), append(tags, string(r.Tag))
	}
	return types.NewStruct(fields, tags)
}

// basics are the types of the kinds that have one.
var basics = map[reflect.Kind]*types.Basic{
	reflect.Bool: types.Typ[types.Bool], reflect.Int: types.Typ[types.Int], reflect.Int8: types.Typ[types.Int8],
	reflect.Int16: types.Typ[types.Int16], reflect.Int32: types.Typ[types.Int32], reflect.Int64: types.Typ[types.Int64],
	reflect.Uint: types.Typ[types.Uint], reflect.Uint8: types.Typ[types.Uint8], reflect.Uint16: types.Typ[types.Uint16],
	reflect.Uint32: types.Typ[types.Uint32], reflect.Uint64: types.Typ[types.Uint64],
	reflect.Uintptr: types.Typ[types.Uintptr], reflect.Float32: types.Typ[types.Float32],
	reflect.Float64: types.Typ[types.Float64], reflect.Complex64: types.Typ[types.Complex64],
	reflect.Complex128: types.Typ[types.Complex128], reflect.String: types.Typ[types.String],
	reflect.UnsafePointer: types.Typ[types.UnsafePointer],
}

// layout returns a plain type with the memory of a type, as kernel/std/gen writes one of what no cell can name.
func layout(pkg *types.Package, t reflect.Type) types.Type {
	boolean := types.Typ[types.Bool]
	switch t.Kind() {
	case reflect.Map:
		return types.NewMap(boolean, boolean)
	case reflect.Chan:
		return types.NewChan(types.SendRecv, boolean)
	case reflect.Slice:
		return types.NewSlice(boolean)
	case reflect.Func:
		return types.NewSignatureType(nil, nil, nil, nil, nil, false)
	case reflect.Interface:
		return types.Universe.Lookup("any").Type()
	case reflect.Array:
		return types.NewArray(layout(pkg, t.Elem()), int64(t.Len()))
	case reflect.Struct:
		var fields []*types.Var
		for i := range t.NumField() {
			f := t.Field(i)
			fields = append(fields, types.NewField(token.NoPos, pkg, f.Name, layout(pkg, f.Type), false))
		}
		return types.NewStruct(fields, nil)
	case reflect.Pointer:
		return types.Typ[types.UnsafePointer]
	}
	return basics[t.Kind()]
}
