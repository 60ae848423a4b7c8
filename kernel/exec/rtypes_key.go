package exec

// This file defines the keys of types: identical types have the same.

import (
	"fmt"
	"go/types"
	"sort"
	"strconv"
	"strings"
)

// key returns a string that identical types have in common and no other type has.
func (e *Engine) key(t types.Type) string {
	var b strings.Builder
	e.writeKey(&b, t)
	return b.String()
}

func (e *Engine) objectID(o *types.TypeName) int {
	if o.Pkg() != nil && !e.ours(o.Pkg()) && o.Parent() == o.Pkg().Scope() {
		// The importer may hold a package in more than one copy.
		name := o.Pkg().Path() + "." + o.Name()
		id, ok := e.nativeIDs[name]
		if !ok {
			id = len(e.nativeIDs) + len(e.objectIDs) + 1
			e.nativeIDs[name] = id
		}
		return id
	}
	id, ok := e.objectIDs[o]
	if !ok {
		id = len(e.nativeIDs) + len(e.objectIDs) + 1
		e.objectIDs[o] = id
	}
	return id
}

func (e *Engine) writeKey(b *strings.Builder, t types.Type) {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		b.WriteString(types.Typ[t.Kind()].Name())
		if t.Info()&types.IsUntyped != 0 {
			b.WriteString("?")
		}
	case *types.Named:
		b.WriteByte('#')
		b.WriteString(strconv.Itoa(e.objectID(t.Origin().Obj())))
		if args := t.TypeArgs(); args.Len() > 0 {
			b.WriteByte('[')
			for i := range args.Len() {
				if i > 0 {
					b.WriteByte(',')
				}
				e.writeKey(b, args.At(i))
			}
			b.WriteByte(']')
		}
	case *types.Pointer:
		b.WriteByte('*')
		e.writeKey(b, t.Elem())
	case *types.Slice:
		b.WriteString("[]")
		e.writeKey(b, t.Elem())
	case *types.Array:
		fmt.Fprintf(b, "[%d]", t.Len())
		e.writeKey(b, t.Elem())
	case *types.Map:
		b.WriteString("map[")
		e.writeKey(b, t.Key())
		b.WriteByte(']')
		e.writeKey(b, t.Elem())
	case *types.Chan:
		b.WriteString([...]string{"chan(", "chan<-(", "<-chan("}[t.Dir()])
		e.writeKey(b, t.Elem())
		b.WriteByte(')')
	case *types.Signature:
		b.WriteString("func")
		e.writeKey(b, t.Params())
		if t.Variadic() {
			b.WriteString("...")
		}
		e.writeKey(b, t.Results())
	case *types.Tuple:
		b.WriteByte('(')
		for i := range t.Len() {
			if i > 0 {
				b.WriteByte(',')
			}
			e.writeKey(b, t.At(i).Type())
		}
		b.WriteByte(')')
	case *types.Struct:
		b.WriteString("struct{")
		for i := range t.NumFields() {
			f := t.Field(i)
			if f.Embedded() {
				b.WriteByte('!')
			}
			if !f.Exported() && f.Pkg() != nil {
				b.WriteString(f.Pkg().Path() + ".")
			}
			b.WriteString(f.Name() + " ")
			e.writeKey(b, f.Type())
			if tag := t.Tag(i); tag != "" {
				b.WriteString(strconv.Quote(tag))
			}
			b.WriteByte(';')
		}
		b.WriteByte('}')
	case *types.Interface:
		b.WriteString("interface{")
		var ms []string
		for i := range t.NumMethods() {
			m := t.Method(i)
			var mb strings.Builder
			if !m.Exported() && m.Pkg() != nil {
				mb.WriteString(m.Pkg().Path() + ".")
			}
			mb.WriteString(m.Name())
			e.writeKey(&mb, m.Type())
			ms = append(ms, mb.String())
		}
		sort.Strings(ms)
		b.WriteString(strings.Join(ms, ";"))
		b.WriteByte('}')
	case *types.TypeParam:
		fmt.Fprintf(b, "$%p", t)
	default:
		fmt.Fprintf(b, "?%T %v", t, t)
	}
}
