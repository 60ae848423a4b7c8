package exec

// This file defines the names of type arguments in the names of types.

import (
	"fmt"
	"go/types"
	"strings"
)

// reflectArgName is how compiled Go writes a type argument in a type's name: packages by their paths, no aliases, and
// blanks within the braces.
func (e *Engine) reflectArgName(t types.Type) string {
	var b strings.Builder
	writeArgName(&b, t)
	return b.String()
}

func writeArgName(b *strings.Builder, t types.Type) {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		b.WriteString(basicType(t).String())
	case *types.Pointer:
		b.WriteByte('*')
		writeArgName(b, t.Elem())
	case *types.Slice:
		b.WriteString("[]")
		writeArgName(b, t.Elem())
	case *types.Array:
		fmt.Fprintf(b, "[%d]", t.Len())
		writeArgName(b, t.Elem())
	case *types.Map:
		b.WriteString("map[")
		writeArgName(b, t.Key())
		b.WriteByte(']')
		writeArgName(b, t.Elem())
	case *types.Chan:
		b.WriteString([...]string{"chan ", "chan<- ", "<-chan "}[t.Dir()])
		el, ok := types.Unalias(t.Elem()).(*types.Chan)
		if ok = ok && t.Dir() != types.SendOnly && el.Dir() == types.RecvOnly; ok {
			b.WriteByte('(')
		}
		writeArgName(b, t.Elem())
		if ok {
			b.WriteByte(')')
		}
	case *types.Signature:
		b.WriteString("func")
		writeArgSignature(b, t)
	case *types.Struct:
		b.WriteString("struct {")
		for i := range t.NumFields() {
			f := t.Field(i)
			b.WriteString([]string{" ", "; "}[min(i, 1)])
			if !f.Embedded() {
				b.WriteString(argMember(f) + " ")
			}
			writeArgName(b, f.Type())
			if tag := t.Tag(i); tag != "" {
				fmt.Fprintf(b, " %q", tag)
			}
		}
		b.WriteString([]string{"}", " }"}[min(t.NumFields(), 1)])
	case *types.Interface:
		b.WriteString("interface {")
		for i := range t.NumMethods() {
			m := t.Method(i)
			b.WriteString([]string{" ", "; "}[min(i, 1)] + argMember(m))
			writeArgSignature(b, m.Signature())
		}
		b.WriteString([]string{"}", " }"}[min(t.NumMethods(), 1)])
	case *types.Named:
		if p := t.Obj().Pkg(); p != nil {
			b.WriteString(p.Path() + ".")
		}
		b.WriteString(t.Obj().Name())
		for i, a := range listOf(t.TypeArgs()) {
			b.WriteString([]string{"[", ","}[min(i, 1)])
			writeArgName(b, a)
		}
		if t.TypeArgs().Len() > 0 {
			b.WriteByte(']')
		}
	default:
		b.WriteString(t.String())
	}
}

// argMember is the name of a field or method, which belongs to its package if it is unexported.
func argMember(o types.Object) string {
	if o.Exported() || o.Pkg() == nil {
		return o.Name()
	}
	return o.Pkg().Path() + "." + o.Name()
}

func listOf(l *types.TypeList) (ts []types.Type) {
	for i := range l.Len() {
		ts = append(ts, l.At(i))
	}
	return ts
}

func writeArgSignature(b *strings.Builder, sig *types.Signature) {
	list := func(t *types.Tuple, variadic bool) {
		for i := range t.Len() {
			if i > 0 {
				b.WriteString(", ")
			}
			pt := t.At(i).Type()
			if variadic && i == t.Len()-1 {
				b.WriteString("...")
				pt = pt.(*types.Slice).Elem()
			}
			writeArgName(b, pt)
		}
	}
	b.WriteByte('(')
	list(sig.Params(), sig.Variadic())
	b.WriteByte(')')
	switch n := sig.Results().Len(); {
	case n == 1:
		b.WriteByte(' ')
		list(sig.Results(), false)
	case n > 1:
		b.WriteString(" (")
		list(sig.Results(), false)
		b.WriteByte(')')
	}
}
