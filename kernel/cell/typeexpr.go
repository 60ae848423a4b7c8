package cell

// This file defines how a type is written in the lowered source, where cells' types have versions and
// packages have the names under which that source imports them.

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"
)

// typeWriter writes types.
type typeWriter struct {
	internal func(*types.TypeName) (string, bool) // name in the interpreter of a cell's type
	imported func(*types.Package) string          // name under which a package is imported
}

// expr returns t as source; ok is false for types that can't be written outside of where they were
// declared: types local to a function, and what packages don't export.
func (w *typeWriter) expr(t types.Type) (s string, ok bool) {
	var b strings.Builder
	ok = w.write(&b, t)
	return b.String(), ok
}

func (w *typeWriter) write(b *strings.Builder, t types.Type) bool {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			b.WriteString(w.imported(types.Unsafe) + ".Pointer")
			return true
		}
		if t.Info()&types.IsUntyped != 0 || t.Kind() == types.Invalid {
			return false
		}
		b.WriteString(t.Name())
		return true
	case *types.Alias:
		if obj := t.Obj(); obj.Pkg() == nil {
			b.WriteString(obj.Name()) // any
			return true
		}
		return w.write(b, types.Unalias(t))
	case *types.Named:
		return w.named(b, t)
	case *types.Pointer:
		b.WriteByte('*')
		return w.write(b, t.Elem())
	case *types.Slice:
		b.WriteString("[]")
		return w.write(b, t.Elem())
	case *types.Array:
		fmt.Fprintf(b, "[%d]", t.Len())
		return w.write(b, t.Elem())
	case *types.Map:
		b.WriteString("map[")
		ok := w.write(b, t.Key())
		b.WriteByte(']')
		return ok && w.write(b, t.Elem())
	case *types.Chan:
		b.WriteString([]string{types.SendRecv: "chan ", types.SendOnly: "chan<- ", types.RecvOnly: "<-chan "}[t.Dir()])
		if c, ok := t.Elem().(*types.Chan); ok && c.Dir() == types.RecvOnly {
			b.WriteByte('(')
			defer b.WriteByte(')')
		}
		return w.write(b, t.Elem())
	case *types.Signature:
		if t.TypeParams().Len() > 0 {
			return false
		}
		b.WriteString("func")
		return w.signature(b, t, nil)
	case *types.Struct:
		return w.structure(b, t)
	case *types.Interface:
		return w.iface(b, t)
	case *types.TypeParam:
		b.WriteString(t.Obj().Name())
		return true
	}
	return false
}

func (w *typeWriter) named(b *strings.Builder, t *types.Named) bool {
	obj := t.Obj()
	switch {
	case obj.Pkg() == nil: // error, comparable
		b.WriteString(obj.Name())
	case obj.Pkg().Path() == mainPath:
		name, ok := w.internal(obj)
		if !ok {
			return false
		}
		b.WriteString(name)
	case obj.Pkg().Path() == "iter": // generic, which the interpreter's packages can't be
		return w.write(b, t.Underlying())
	case !obj.Exported() || obj.Parent() != nil && obj.Parent() != obj.Pkg().Scope():
		return false
	default:
		b.WriteString(w.imported(obj.Pkg()) + "." + obj.Name())
	}
	if args := t.TypeArgs(); args.Len() > 0 {
		b.WriteByte('[')
		for i := range args.Len() {
			if i > 0 {
				b.WriteString(", ")
			}
			if !w.write(b, args.At(i)) {
				return false
			}
		}
		b.WriteByte(']')
	}
	return true
}

// signature writes parameters and results; names, if not nil, names the parameters.
func (w *typeWriter) signature(b *strings.Builder, t *types.Signature, names []string) bool {
	b.WriteByte('(')
	for i := range t.Params().Len() {
		if i > 0 {
			b.WriteString(", ")
		}
		if names != nil {
			b.WriteString(names[i] + " ")
		}
		pt := t.Params().At(i).Type()
		if t.Variadic() && i == t.Params().Len()-1 {
			b.WriteString("...")
			pt = pt.(*types.Slice).Elem()
		}
		if !w.write(b, pt) {
			return false
		}
	}
	b.WriteByte(')')
	switch t.Results().Len() {
	case 0:
	case 1:
		b.WriteByte(' ')
		return w.write(b, t.Results().At(0).Type())
	default:
		b.WriteString(" (")
		for i := range t.Results().Len() {
			if i > 0 {
				b.WriteString(", ")
			}
			if !w.write(b, t.Results().At(i).Type()) {
				return false
			}
		}
		b.WriteByte(')')
	}
	return true
}

func (w *typeWriter) structure(b *strings.Builder, t *types.Struct) bool {
	b.WriteString("struct {")
	for i := range t.NumFields() {
		f := t.Field(i)
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteByte(' ')
		if !f.Embedded() {
			b.WriteString(f.Name() + " ")
		}
		if !w.write(b, f.Type()) {
			return false
		}
		if tag := t.Tag(i); tag != "" {
			b.WriteString(" " + strconv.Quote(tag))
		}
	}
	b.WriteString(" }")
	return true
}

func (w *typeWriter) iface(b *strings.Builder, t *types.Interface) bool {
	if t.Empty() {
		b.WriteString("interface{}")
		return true
	}
	b.WriteString("interface {")
	sep := " "
	for i := range t.NumEmbeddeds() {
		b.WriteString(sep)
		sep = "; "
		if !w.write(b, t.EmbeddedType(i)) {
			return false
		}
	}
	for i := range t.NumExplicitMethods() {
		m := t.ExplicitMethod(i)
		b.WriteString(sep + m.Name())
		sep = "; "
		if !w.signature(b, m.Signature(), nil) {
			return false
		}
	}
	b.WriteString(" }")
	return true
}
