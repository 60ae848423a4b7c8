package steps

// This file defines the text of a value in a step: short, and made without calling code of cells, which would be steps
// of its own.

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Limits of a value's text.
const (
	maxValue      = 40 // bytes
	maxValueItems = 8
	maxValueDepth = 3
)

// cellsPath is the package path of the types that cells declare.
const cellsPath = "main"

// format returns the text of a value, "" for none.
func (r *Recorder) format(v reflect.Value) string {
	if !v.IsValid() {
		return "nil"
	}
	var b strings.Builder
	r.write(&b, v, maxValueDepth)
	text := strings.ReplaceAll(b.String(), "\n", " ")
	if len(text) > maxValue {
		text = strings.ToValidUTF8(text[:maxValue], "") + "…"
	}
	return text
}

func (r *Recorder) write(b *strings.Builder, v reflect.Value, depth int) {
	if b.Len() > maxValue {
		return
	}
	if text, ok := r.said(v); ok {
		b.WriteString(text)
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		fmt.Fprint(b, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		fmt.Fprint(b, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		fmt.Fprint(b, v.Uint())
	case reflect.Float32, reflect.Float64:
		fmt.Fprint(b, v.Float())
	case reflect.Complex64, reflect.Complex128:
		fmt.Fprint(b, v.Complex())
	case reflect.String:
		s := v.String()
		b.WriteString(strconv.Quote(s[:min(len(s), maxValue)]))
	case reflect.Interface:
		if v.IsNil() {
			b.WriteString("nil")
		} else {
			r.write(b, v.Elem(), depth)
		}
	case reflect.Pointer:
		r.writePointer(b, v, depth)
	case reflect.Struct:
		if p := v.Type().PkgPath(); p != "" && p != cellsPath { // what is in it is its package's business
			b.WriteString(v.Type().String())
			return
		}
		b.WriteByte('{')
		for i := range v.NumField() {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(v.Type().Field(i).Name + ":")
			r.write(b, v.Field(i), depth-1)
		}
		b.WriteByte('}')
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			b.WriteString("nil")
			return
		}
		b.WriteByte('[')
		for i := range min(v.Len(), maxValueItems) {
			if i > 0 {
				b.WriteByte(' ')
			}
			r.write(b, v.Index(i), depth-1)
		}
		if v.Len() > maxValueItems {
			b.WriteString(" …")
		}
		b.WriteByte(']')
	case reflect.Map:
		r.writeMap(b, v, depth)
	default: // a function, a channel
		if v.IsNil() {
			b.WriteString("nil")
		} else {
			b.WriteString(v.Type().String())
		}
	}
}

func (r *Recorder) writePointer(b *strings.Builder, v reflect.Value, depth int) {
	switch {
	case v.IsNil():
		b.WriteString("nil")
	case depth == 0:
		b.WriteString("&…")
	default:
		b.WriteByte('&')
		r.write(b, v.Elem(), depth-1)
	}
}

// writeMap writes a map in the order of its keys' texts. A map that another thread may write isn't looked into.
func (r *Recorder) writeMap(b *strings.Builder, v reflect.Value, depth int) {
	switch {
	case v.IsNil():
		b.WriteString("nil")
	case r.c.Parallel || v.Len() > maxValueItems:
		fmt.Fprintf(b, "a map of %d", v.Len())
	default:
		items := map[string]string{}
		for it := v.MapRange(); it.Next(); {
			var key, value strings.Builder
			r.write(&key, it.Key(), depth-1)
			r.write(&value, it.Value(), depth-1)
			items[key.String()] = value.String()
		}
		b.WriteString("map[")
		for i, k := range sortedKeys(items) {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(k + ":" + items[k])
		}
		b.WriteByte(']')
	}
}

// said returns the text that a value has by itself: of errors, times and the like of compiled packages, and of locks
// and threads their names.
func (r *Recorder) said(v reflect.Value) (string, bool) {
	t := v.Type()
	if !v.CanInterface() || r.interpreted(t) || t.Kind() == reflect.Pointer && (v.IsNil() ||
		r.interpreted(t.Elem())) || t.Kind() == reflect.Interface {
		return "", false
	}
	if t.PkgPath() == "" && t.Kind() != reflect.Pointer || t.Kind() == reflect.Struct && t.PkgPath() != "time" {
		return "", false
	}
	switch x := v.Interface().(type) {
	case interface{ Label() string }: // whose Name is a step
		return x.Label(), true
	case interface{ Name() string }:
		return x.Name(), true
	case error:
		return x.Error(), true
	case fmt.Stringer:
		if own(t) {
			return t.String()[1:], true
		}
		return x.String(), true
	}
	return "", false
}

// interpreted reports whether a type's methods may make steps.
func (r *Recorder) interpreted(t reflect.Type) bool {
	path := t.PkgPath()
	return path == cellsPath || path != "" && r.c.Interpreted != nil && r.c.Interpreted(path)
}

// own reports whether a pointer is to something of this library, whose String may acquire a lock, as that of a
// multiprocessing.Value does: to describe a step would be a step itself.
func own(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer && strings.HasPrefix(t.Elem().PkgPath(), "gilkernel/runtime/")
}
