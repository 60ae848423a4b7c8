package builtins

// This file defines the texts of values: repr.

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"gilkernel/runtime/exceptions"
)

// Repr returns a value's text as Python's repr shows it, as far as Go's values are like Python's: None, True, 'text',
// 1.0, [1, 2], {'a': 1}, ValueError('no'). Values with a String method are shown by it; the rest as fmt shows them.
func Repr(v any) string {
	looks()
	return (&reprs{}).text(v)
}

// reprs is the state of one Repr: Py_ReprEnter.
type reprs struct{ open []any }

func (r *reprs) text(v any) string {
	switch x := v.(type) {
	case nil:
		return "None"
	case string:
		return quote(x)
	case bool:
		if x {
			return "True"
		}
		return "False"
	case int:
		return strconv.Itoa(x)
	case float64:
		return floatText(x)
	case *List:
		if x == nil {
			return "None"
		}
		return r.enter(x, "[...]", func() string { return "[" + r.list(x.snapshot()) + "]" })
	case *Dict:
		if x == nil {
			return "None"
		}
		return r.enter(x, "{...}", func() string {
			var parts []string
			for _, e := range x.pairs() {
				parts = append(parts, r.text(e.key)+": "+r.text(e.value))
			}
			return "{" + strings.Join(parts, ", ") + "}"
		})
	case exceptions.Exception:
		if s := x.Error(); s != "" {
			return x.Exception() + "(" + quote(s) + ")"
		}
		return x.Exception() + "()"
	case fmt.Stringer:
		if p := reflect.ValueOf(v); p.Kind() != reflect.Pointer || !p.IsNil() {
			return x.String()
		}
	case error:
		return fmt.Sprintf("Exception(%s)", quote(x.Error()))
	}
	return r.other(reflect.ValueOf(v))
}

// other is text for what has no type of its own above.
func (r *reprs) other(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		return quote(v.String())
	case reflect.Float32:
		return floatText(v.Float())
	case reflect.Bool:
		return r.text(v.Bool())
	case reflect.Pointer, reflect.Func, reflect.Chan:
		if v.IsNil() {
			return "None"
		}
	case reflect.Slice, reflect.Array:
		if len(r.open) > 20 {
			return "[...]"
		}
		r.open = append(r.open, nil)
		defer func() { r.open = r.open[:len(r.open)-1] }()
		items := make([]any, v.Len())
		for i := range items {
			items[i] = v.Index(i).Interface()
		}
		return "[" + r.list(items) + "]"
	case reflect.Map:
		var parts []string
		for _, k := range sortedKeys(v) {
			parts = append(parts, r.text(k)+": "+r.text(v.MapIndex(reflect.ValueOf(k)).Interface()))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v.Interface())
}

func (r *reprs) list(items []any) string {
	parts := make([]string, len(items))
	for i, x := range items {
		parts[i] = r.text(x)
	}
	return strings.Join(parts, ", ")
}

// enter writes a thing, unless it is being written already.
func (r *reprs) enter(x any, again string, write func() string) string {
	for _, o := range r.open {
		if o == x {
			return again
		}
	}
	r.open = append(r.open, x)
	defer func() { r.open = r.open[:len(r.open)-1] }()
	return write()
}

// quote writes a text as a literal of Python's.
func quote(s string) string {
	q := '\''
	if strings.ContainsRune(s, '\'') && !strings.ContainsRune(s, '"') {
		q = '"'
	}
	var b strings.Builder
	b.WriteRune(q)
	for _, c := range s {
		switch {
		case c == q || c == '\\':
			b.WriteRune('\\')
			b.WriteRune(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\r':
			b.WriteString(`\r`)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		case !unicode.IsPrint(c) && c < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteRune(c)
		}
	}
	b.WriteRune(q)
	return b.String()
}

// floatText is float.__repr__.
func floatText(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// String returns the list's repr: "[1, 'a']". A list that contains itself has "[...]" there.
func (l *List) String() string { return Repr(l) }

// GoString is String, so that %#v shows the same.
func (l *List) GoString() string { return Repr(l) }

// String returns the dictionary's repr: "{'a': 1}".
func (d *Dict) String() string { return Repr(d) }

// GoString is String, so that %#v shows the same.
func (d *Dict) GoString() string { return Repr(d) }
