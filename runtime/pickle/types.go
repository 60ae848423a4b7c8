package pickle

// This file defines the wire form of types: a compiled type by its name, a type of a cell by the name that the Resolver
// gives it, and others by what they are made of.

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"strings"
	"unsafe"
)

// What a type's wire form begins with; below, a number of a basic type.
const (
	typePointerTo = 0x40 + iota
	typeSlice
	typeArray
	typeMap
	typeChan
	typeFunc
	typeStruct
	typeCompiled // a package's path, and the type as reflect writes it
	typeNamed    // by the Resolver
)

// maxTypeDepth is how deep types may be nested in a message's types.
const maxTypeDepth = 64

// maxTypes is how many wire forms a codec remembers.
const maxTypes = 1 << 14

// typesByString is the runtime's way to find the types of the program by how they are written. It keeps the name for
// packages outside of the standard library (go.dev/issue/67401).
//
//go:linkname typesByString reflect.typesByString
func typesByString(s string) []unsafe.Pointer

// compiledType finds a type that the program was compiled with, which for unexported ones no other way does: the
// compiler describes a pointer to each. It returns nil if there are several or none.
func compiledType(path, text string) (found reflect.Type) {
	for _, p := range typesByString("*" + text) {
		pt := asType(p)
		if pt.Kind() != reflect.Pointer {
			continue
		}
		if t := pt.Elem(); t.String() == text && t.PkgPath() == path {
			if found != nil && found != t {
				return nil // two functions may each declare a type of this name
			}
			found = t
		}
	}
	return found
}

// typeWire returns the wire form of a type, nil if it has none.
func (c *Codec) typeWire(t reflect.Type) []byte {
	b, err := c.appendType(nil, t, 0)
	if err != nil {
		return nil
	}
	return b
}

func basicCode(t reflect.Type) int {
	if k := t.Kind(); t.PkgPath() == "" && t.Name() != "" && k != reflect.Interface && k != reflect.UnsafePointer {
		return int(k)
	}
	switch t {
	case reflect.TypeFor[any]():
		return int(reflect.Interface)
	case reflect.TypeFor[error]():
		return codeError
	}
	return 0
}

func (c *Codec) appendType(b []byte, t reflect.Type, depth int) (_ []byte, err error) {
	if depth > maxTypeDepth {
		return nil, fmt.Errorf("the type is nested too deep")
	}
	if k := basicCode(t); k != 0 {
		return append(b, byte(k)), nil
	}
	if isForeign(t) && compiledType(t.PkgPath(), t.String()) == t {
		return appendString(appendString(append(b, typeCompiled), t.PkgPath()), t.String()), nil
	}
	if t.PkgPath() != "" || t.Kind() == reflect.Struct || t.Kind() == reflect.Interface {
		if name, ok := c.r.TypeName(t); ok {
			return appendString(append(b, typeNamed), name), nil
		}
		if t.PkgPath() != "" {
			return nil, fmt.Errorf("the type %s has no name that other processes know", t)
		}
	}
	if t.Kind() == reflect.Interface && compiledType("", t.String()) == t {
		return appendString(appendString(append(b, typeCompiled), ""), t.String()), nil
	}
	switch t.Kind() {
	case reflect.UnsafePointer:
		return append(b, byte(reflect.UnsafePointer)), nil
	case reflect.Pointer:
		return c.appendType(append(b, typePointerTo), t.Elem(), depth+1)
	case reflect.Slice:
		return c.appendType(append(b, typeSlice), t.Elem(), depth+1)
	case reflect.Array:
		return c.appendType(binary.AppendUvarint(append(b, typeArray), uint64(t.Len())), t.Elem(), depth+1)
	case reflect.Chan:
		return c.appendType(append(b, typeChan, byte(t.ChanDir())), t.Elem(), depth+1)
	case reflect.Map:
		if b, err = c.appendType(append(b, typeMap), t.Key(), depth+1); err != nil {
			return nil, err
		}
		return c.appendType(b, t.Elem(), depth+1)
	case reflect.Func:
		b = append(b, typeFunc, 0)
		if t.IsVariadic() {
			b[len(b)-1] = 1
		}
		b = binary.AppendUvarint(b, uint64(t.NumIn()))
		b = binary.AppendUvarint(b, uint64(t.NumOut()))
		for i := range t.NumIn() {
			if b, err = c.appendType(b, t.In(i), depth+1); err != nil {
				return nil, err
			}
		}
		for i := range t.NumOut() {
			if b, err = c.appendType(b, t.Out(i), depth+1); err != nil {
				return nil, err
			}
		}
		return b, nil
	case reflect.Struct:
		b = binary.AppendUvarint(append(b, typeStruct), uint64(t.NumField()))
		for i := range t.NumField() {
			f := t.Field(i)
			b = appendString(appendString(appendString(b, f.Name), f.PkgPath), string(f.Tag))
			if b = append(b, 0); f.Anonymous {
				b[len(b)-1] = 1
			}
			if b, err = c.appendType(b, f.Type, depth+1); err != nil {
				return nil, err
			}
		}
		return b, nil
	}
	return nil, fmt.Errorf("the type %s has no name that other processes know", t)
}

// typeReader reads wire forms of types.
type typeReader struct {
	c *Codec
	b []byte
}

// planOf returns the plan of a wire form.
func (c *Codec) planOf(wire []byte) (*plan, error) {
	if p, ok := c.byWire.Load(string(wire)); ok {
		return p.(*plan), nil
	}
	r := &typeReader{c, wire}
	t, err := r.read(0)
	if err != nil {
		return nil, err
	}
	if len(r.b) > 0 {
		return nil, fmt.Errorf("bytes behind a type")
	}
	p := c.plan(t)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.wires < maxTypes {
		c.wires++
		c.byWire.Store(strings.Clone(string(wire)), p)
	}
	return p, nil
}

func (r *typeReader) byte() (byte, error) {
	if len(r.b) == 0 {
		return 0, fmt.Errorf("a type that ends too early")
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c, nil
}

// count reads a number of things that take at least one byte each.
func (r *typeReader) count() (int, error) {
	n, err := r.number()
	if err == nil && n > uint64(len(r.b)) {
		err = fmt.Errorf("a type that ends too early")
	}
	return int(n), err
}

func (r *typeReader) number() (uint64, error) {
	n, k := binary.Uvarint(r.b)
	if k <= 0 {
		return 0, fmt.Errorf("a type that ends too early")
	}
	r.b = r.b[k:]
	return n, nil
}

func (r *typeReader) text() (string, error) {
	n, err := r.count()
	if err != nil {
		return "", err
	}
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s, nil
}

// maxArray is the largest size, in bytes, of an array type that a message may create.
const maxArray = 1 << 28

func (r *typeReader) read(depth int) (reflect.Type, error) {
	k, err := r.byte()
	if err != nil {
		return nil, err
	}
	if depth > maxTypeDepth {
		return nil, fmt.Errorf("the type is nested too deep")
	}
	if k < firstType {
		if k == byte(reflect.UnsafePointer) {
			return reflect.TypeFor[unsafe.Pointer](), nil
		}
		if t := r.c.basic[k]; t != nil && basicCode(t.t) == int(k) {
			return t.t, nil
		}
		return nil, fmt.Errorf("a type of number %d", k)
	}
	switch k {
	case typePointerTo, typeSlice, typeChan, typeArray:
		var n uint64
		if k == typeChan {
			var d byte
			if d, err = r.byte(); err == nil && (d < 1 || d > 3) {
				err = fmt.Errorf("a channel's direction %d", d)
			}
			n = uint64(d)
		} else if k == typeArray {
			n, err = r.number()
		}
		if err != nil {
			return nil, err
		}
		e, err := r.read(depth + 1)
		if err != nil {
			return nil, err
		}
		switch k {
		case typePointerTo:
			return reflect.PointerTo(e), nil
		case typeSlice:
			return reflect.SliceOf(e), nil
		case typeChan:
			if e.Size() >= 1<<16 {
				return nil, fmt.Errorf("a channel of large elements")
			}
			return reflect.ChanOf(reflect.ChanDir(n), e), nil
		}
		if n > maxArray || uint64(e.Size())*n > maxArray {
			return nil, fmt.Errorf("an array of %d × %d bytes", n, e.Size())
		}
		return reflect.ArrayOf(int(n), e), nil
	case typeMap:
		key, err := r.read(depth + 1)
		if err != nil {
			return nil, err
		}
		e, err := r.read(depth + 1)
		if err != nil {
			return nil, err
		}
		if !key.Comparable() {
			return nil, fmt.Errorf("a map with keys of type %s", key)
		}
		return reflect.MapOf(key, e), nil
	case typeFunc:
		return r.function(depth)
	case typeStruct:
		return r.structure(depth)
	case typeCompiled:
		path, err := r.text()
		if err != nil {
			return nil, err
		}
		text, err := r.text()
		if err != nil {
			return nil, err
		}
		if t := compiledType(path, text); t != nil {
			return t, nil
		}
		return nil, fmt.Errorf("there is no type %s", text)
	case typeNamed:
		name, err := r.text()
		if err != nil {
			return nil, err
		}
		return r.c.r.Type(name)
	}
	return nil, fmt.Errorf("a type of kind %d", k)
}

func (r *typeReader) function(depth int) (reflect.Type, error) {
	variadic, err := r.byte()
	if err != nil {
		return nil, err
	}
	in, err := r.count()
	if err != nil {
		return nil, err
	}
	out, err := r.count()
	if err != nil {
		return nil, err
	}
	if in+out > 128 {
		return nil, fmt.Errorf("a function with %d parameters and results", in+out)
	}
	ts := make([]reflect.Type, in+out)
	for i := range ts {
		if ts[i], err = r.read(depth + 1); err != nil {
			return nil, err
		}
	}
	if variadic == 1 && (in == 0 || ts[in-1].Kind() != reflect.Slice) || variadic > 1 {
		return nil, fmt.Errorf("a variadic function without a slice")
	}
	return reflect.FuncOf(ts[:in], ts[in:], variadic == 1), nil
}

func (r *typeReader) structure(depth int) (t reflect.Type, err error) {
	n, err := r.count()
	if err != nil {
		return nil, err
	}
	fields := make([]reflect.StructField, n)
	size := uintptr(0)
	for i := range fields {
		f := &fields[i]
		if f.Name, err = r.text(); err != nil {
			return nil, err
		}
		if f.PkgPath, err = r.text(); err != nil {
			return nil, err
		}
		tag, err := r.text()
		if err != nil {
			return nil, err
		}
		f.Tag = reflect.StructTag(tag)
		embedded, err := r.byte()
		if err != nil {
			return nil, err
		}
		f.Anonymous = embedded == 1
		if f.Type, err = r.read(depth + 1); err != nil {
			return nil, err
		}
		if size += f.Type.Size(); size > maxArray {
			return nil, fmt.Errorf("a struct of more than %d bytes", maxArray)
		}
	}
	defer func() { // reflect panics at what isn't a struct, and at some that it can't make
		if v := recover(); v != nil {
			t, err = nil, fmt.Errorf("making a struct type: %v", v)
		}
	}()
	return reflect.StructOf(fields), nil
}
