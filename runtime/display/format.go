package display

// This file defines the text of a value: Go's syntax, with the limits that a page needs.
//
// Strings are quoted, as IPython does it: "12" and 12 are different answers to a learner's question. A
// value with String or Error says itself what it is.

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"
)

// cellsPath is the package path of the types that cells declare: nothing of those is hidden from the learner.
const cellsPath = "main"

const (
	formatWidth = 100  // columns of a line
	formatItems = 200  // elements shown of one slice, map or array
	formatTotal = 4000 // parts shown of one value
	formatDepth = 12   // levels shown
	formatText  = 64 << 10
)

// Format returns the text of a value: Go's syntax, shortened if it is long. unwrap is asked for what a
// value found on the way stands for, see BundleWith; it may be nil. A String or Error method that
// panics is taken for absent.
func Format(v reflect.Value, unwrap func(reflect.Value) reflect.Value) string {
	if unwrap == nil {
		unwrap = open
	}
	f := &formatter{left: formatTotal, seen: map[uintptr]bool{}, unwrap: unwrap}
	d := f.doc(v, 0)
	var b strings.Builder
	d.write(&b, 0)
	text := b.String()
	if len(text) > formatText {
		whole := strings.ToValidUTF8(text[:formatText], "")
		text = whole + fmt.Sprintf("… %d bytes more", len(text)-len(whole))
	}
	return text
}

// A doc is a text, or a bracketed list that is written on one line if it fits.
type doc struct {
	text        string
	open, close string
	items       []doc
	list        bool
}

func (d doc) width() int {
	if !d.list {
		return utf8.RuneCountInString(d.text)
	}
	n := utf8.RuneCountInString(d.text) + len(d.open) + len(d.close)
	for _, i := range d.items {
		if n += i.width() + 2; n > formatWidth {
			return n
		}
	}
	return n
}

func (d doc) write(b *strings.Builder, indent int) {
	b.WriteString(d.text)
	if !d.list {
		return
	}
	b.WriteString(d.open)
	if indent+d.width() <= formatWidth {
		for i, item := range d.items {
			if i > 0 {
				b.WriteString(", ")
			}
			item.write(b, 0)
		}
		b.WriteString(d.close)
		return
	}
	const step = 2
	column := formatWidth
	for _, item := range d.items {
		w := item.width() + 2
		if item.list || column+w > formatWidth {
			b.WriteString("\n" + strings.Repeat(" ", indent+step))
			column = indent + step
		} else {
			b.WriteString(" ")
		}
		item.write(b, indent+step)
		b.WriteString(",")
		if column += w; item.list {
			column = formatWidth
		}
	}
	b.WriteString("\n" + strings.Repeat(" ", indent) + d.close)
}

// A formatter is the state of one goSyntax.
type formatter struct {
	left   int
	seen   map[uintptr]bool // pointers that are being written
	unwrap func(reflect.Value) reflect.Value
}

// open returns what an interface holds.
func open(v reflect.Value) reflect.Value {
	for v.IsValid() && v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	return v
}

func leaf(format string, args ...any) doc { return doc{text: fmt.Sprintf(format, args...)} }

func (f *formatter) doc(v reflect.Value, depth int) doc {
	if f.left--; f.left < 0 || depth > formatDepth {
		return leaf("…")
	}
	if text, ok := said(v); ok {
		return leaf("%s", text)
	}
	v = f.unwrap(v)
	if !v.IsValid() {
		return leaf("<nil>")
	}
	if text, ok := said(v); ok {
		return leaf("%s", text)
	}
	switch v.Kind() {
	case reflect.String:
		return leaf("%q", v.String())
	case reflect.Bool:
		return leaf("%t", v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return leaf("%d", v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return leaf("%d", v.Uint())
	case reflect.Uintptr:
		return leaf("%#x", v.Uint())
	case reflect.Float32:
		return leaf("%s", strconv.FormatFloat(v.Float(), 'g', -1, 32))
	case reflect.Float64:
		return leaf("%v", v.Float())
	case reflect.Complex64, reflect.Complex128:
		return leaf("%v", v.Complex())
	case reflect.Func:
		if v.IsNil() {
			return leaf("<nil>")
		}
		return leaf("%s", typeName(v.Type(), "func"))
	case reflect.Chan:
		if v.IsNil() {
			return leaf("<nil>")
		}
		return leaf("%s (%d of %d)", typeName(v.Type(), "chan"), v.Len(), v.Cap())
	case reflect.UnsafePointer:
		return leaf("unsafe.Pointer(%#x)", v.Pointer())
	case reflect.Interface:
		return leaf("<nil>") // the others have been opened
	case reflect.Pointer:
		return f.pointer(v, depth)
	case reflect.Struct:
		return f.structure(v, depth)
	case reflect.Map:
		return f.mapping(v, depth)
	case reflect.Slice:
		if v.IsNil() {
			return leaf("%s(nil)", typeName(v.Type(), "[]"))
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			if b := v.Bytes(); printable(b) {
				return leaf("%s(%q)", typeName(v.Type(), "[]byte"), b)
			}
		}
	}
	return f.sequence(v, depth)
}

// said returns what a compiled value's own String or Error method says.
func said(v reflect.Value) (text string, ok bool) {
	if !v.IsValid() || !v.CanInterface() || v.Kind() == reflect.Pointer && v.IsNil() ||
		v.Kind() == reflect.Interface && v.IsNil() {
		return "", false
	}
	defer func() {
		if recover() != nil {
			text, ok = "", false
		}
	}()
	switch x := v.Interface().(type) {
	case reflect.Value:
		return "", false
	case error:
		return x.Error(), true
	case fmt.Stringer:
		return x.String(), true
	}
	if x, ok := Pointed(v).(fmt.Stringer); ok {
		return x.String(), true
	}
	return "", false
}

// runtimePath is how the package paths begin of what cells import of us.
const runtimePath = "gilkernel/runtime/"

// Pointed returns a pointer to a value of a package under runtime whose methods are those of its pointer, such as a
// threading.Lock, which says what it is as a *threading.Lock does; nil for other values. It points to a copy unless v
// is addressable.
func Pointed(v reflect.Value) any {
	if v.Kind() != reflect.Struct || !v.CanInterface() || !strings.HasPrefix(v.Type().PkgPath(), runtimePath) {
		return nil
	}
	if v.CanAddr() {
		return v.Addr().Interface()
	}
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p.Interface()
}

// addressable returns a struct of a cell's in which revealed can look.
func addressable(v reflect.Value) reflect.Value {
	if v.CanAddr() || !v.CanInterface() {
		return v
	}
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	return c
}

// revealed returns a field of an addressable struct so that its methods can be called, though its name isn't exported:
// nothing of a cell's own types is hidden from the learner.
func revealed(field reflect.Value) reflect.Value {
	if field.CanInterface() || !field.CanAddr() {
		return field
	}
	return reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()
}

func (f *formatter) pointer(v reflect.Value, depth int) doc {
	if v.IsNil() {
		return leaf("<nil>")
	}
	p := v.Pointer()
	if f.seen[p] {
		return leaf("&{…}") // a ring
	}
	f.seen[p] = true
	defer delete(f.seen, p)
	e := f.unwrap(v.Elem())
	if !e.IsValid() {
		return leaf("&<nil>")
	}
	switch e.Kind() {
	case reflect.Struct, reflect.Slice, reflect.Array, reflect.Map:
		d := f.doc(e, depth+1)
		d.text = "&" + d.text
		return d
	}
	d := f.doc(e, depth+1)
	if d.list {
		return d
	}
	return leaf("&(%s)", d.text)
}

func (f *formatter) structure(v reflect.Value, depth int) doc {
	t := v.Type()
	d := doc{text: typeName(t, ""), open: "{", close: "}", list: true}
	hidden := t.NumField() > 0 && t.PkgPath() != "" && t.PkgPath() != cellsPath
	for i := range t.NumField() {
		hidden = hidden && !t.Field(i).IsExported()
	}
	if hidden { // such as sync.Mutex: its insides say nothing
		return leaf("%s{…}", d.text)
	}
	own := t.PkgPath() == cellsPath || t.PkgPath() == ""
	if own {
		v = addressable(v)
	}
	for i := range t.NumField() {
		field := v.Field(i)
		if own {
			field = revealed(field)
		}
		item := f.doc(field, depth+1)
		item.text = t.Field(i).Name + ": " + item.text
		d.items = append(d.items, item)
	}
	return d
}

func (f *formatter) sequence(v reflect.Value, depth int) doc {
	d := doc{text: typeName(v.Type(), ""), open: "{", close: "}", list: true}
	if d.text == "" {
		d.open, d.close = "[", "]"
	}
	for i := range v.Len() {
		if i == formatItems || f.left <= 0 {
			d.items = append(d.items, leaf("… %d more", v.Len()-i))
			break
		}
		d.items = append(d.items, f.doc(v.Index(i), depth+1))
	}
	return d
}

func (f *formatter) mapping(v reflect.Value, depth int) doc {
	name := typeName(v.Type(), "map")
	if v.IsNil() {
		return leaf("%s(nil)", name)
	}
	d := doc{text: name, open: "{", close: "}", list: true}
	for i, k := range f.sortedKeys(v) {
		if i == formatItems || f.left <= 0 {
			d.items = append(d.items, leaf("… %d more", v.Len()-i))
			break
		}
		item, key := f.doc(v.MapIndex(k), depth+1), f.doc(k, depth+1)
		var b strings.Builder
		key.write(&b, 0)
		item.text = b.String() + ": " + item.text
		d.items = append(d.items, item)
	}
	return d
}

// sortedKeys returns a map's keys in the order of their values, or of their texts.
func (f *formatter) sortedKeys(v reflect.Value) []reflect.Value {
	keys := v.MapKeys()
	slices.SortStableFunc(keys, func(a, b reflect.Value) int {
		a, b = f.unwrap(a), f.unwrap(b)
		if a.IsValid() && b.IsValid() && a.Kind() == b.Kind() {
			switch {
			case a.CanInt():
				return cmp.Compare(a.Int(), b.Int())
			case a.CanUint():
				return cmp.Compare(a.Uint(), b.Uint())
			case a.CanFloat():
				return cmp.Compare(a.Float(), b.Float())
			case a.Kind() == reflect.String:
				return strings.Compare(a.String(), b.String())
			}
		}
		return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
	return keys
}

// typeName returns how Go writes a type, or instead if the interpreter has lost its name.
func typeName(t reflect.Type, instead string) string {
	name := t.String()
	if strings.Contains(name, "struct {") || strings.Contains(name, "valueInterface") ||
		strings.Contains(name, "unsafe2.") {
		return instead
	}
	name = strings.ReplaceAll(name, "interface {}", "any")
	name = strings.ReplaceAll(name, "[]uint8", "[]byte")
	return name
}

func printable(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	for _, c := range string(b) {
		if !unicode.IsPrint(c) && c != '\n' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}
