package display

// This file defines tables: slices whose elements have columns.

import (
	"fmt"
	"html"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxRows    = 200 // rows shown; the rest is counted
	maxColumns = 50  // columns shown
	maxWidth   = 60  // code points of a column in the text twin
)

type table struct {
	columns []string
	rows    [][]string
	right   []bool // columns of numbers
	more    int    // rows that are not shown
}

// tableOf returns a slice or array of structs, of maps with string keys or of slices of strings as a
// table. unwrap is that of BundleWith.
func tableOf(rv reflect.Value, unwrap func(reflect.Value) reflect.Value) (*table, bool) {
	if unwrap == nil {
		unwrap = open
	}
	rv = unwrap(rv)
	if !rv.IsValid() || rv.Kind() != reflect.Slice && rv.Kind() != reflect.Array || rv.Len() == 0 {
		return nil, false
	}
	elem := rv.Type().Elem()
	if elem.Kind() == reflect.Pointer {
		elem = elem.Elem()
	}
	if stringer := reflect.TypeFor[fmt.Stringer](); elem.Implements(stringer) ||
		reflect.PointerTo(elem).Implements(stringer) {
		return nil, false // it has a form of its own
	}
	t := &table{more: max(0, rv.Len()-maxRows)}
	text := func(v reflect.Value) string { return cellText(v, unwrap) }
	var cells func(reflect.Value) []string
	switch {
	case elem.Kind() == reflect.Struct && elem.NumField() > 0:
		fields := structFields(elem)
		for _, f := range fields {
			t.columns = append(t.columns, f.Name)
			t.right = append(t.right, isNumber(f.Type.Kind()))
		}
		cells = func(e reflect.Value) (row []string) {
			for _, f := range fields {
				row = append(row, text(e.FieldByIndex(f.Index)))
			}
			return row
		}
	case elem.Kind() == reflect.Map && elem.Key().Kind() == reflect.String:
		t.columns = keysOf(rv)
		cells = func(e reflect.Value) (row []string) {
			for _, c := range t.columns {
				s := ""
				if v := e.MapIndex(reflect.ValueOf(c).Convert(e.Type().Key())); v.IsValid() {
					s = text(v)
				}
				row = append(row, s)
			}
			return row
		}
	case elem.Kind() == reflect.Slice && elem.Elem().Kind() == reflect.String:
		width := 0
		for i := range min(rv.Len(), maxRows) {
			if e := reflect.Indirect(rv.Index(i)); e.IsValid() {
				width = max(width, e.Len())
			}
		}
		t.columns = make([]string, min(width, maxColumns))
		cells = func(e reflect.Value) []string {
			row := make([]string, len(t.columns))
			for i := range min(e.Len(), len(row)) {
				row[i] = e.Index(i).String()
			}
			return row
		}
	}
	if len(t.columns) == 0 {
		return nil, false
	}
	if t.right == nil {
		t.right = make([]bool, len(t.columns))
	}
	for i := range min(rv.Len(), maxRows) {
		e := rv.Index(i)
		if e.Kind() == reflect.Pointer {
			if e.IsNil() {
				t.rows = append(t.rows, append([]string{"<nil>"}, make([]string, len(t.columns)-1)...))
				continue
			}
			e = e.Elem()
		}
		t.rows = append(t.rows, cells(e))
	}
	return t, true
}

// structFields returns the fields that become columns.
func structFields(t reflect.Type) (fields []reflect.StructField) {
	for i := range t.NumField() {
		if f := t.Field(i); (f.IsExported() || f.PkgPath == cellsPath) && len(fields) < maxColumns {
			fields = append(fields, f)
		}
	}
	return fields
}

// keysOf returns the keys of the maps in a slice that become columns.
func keysOf(rv reflect.Value) []string {
	seen := map[string]bool{}
	for i := range min(rv.Len(), maxRows) {
		if e := reflect.Indirect(rv.Index(i)); e.IsValid() {
			for _, k := range e.MapKeys() {
				seen[k.String()] = true
			}
		}
	}
	keys := slices.Sorted(maps.Keys(seen))
	return keys[:min(len(keys), maxColumns)]
}

func isNumber(k reflect.Kind) bool { return k >= reflect.Int && k <= reflect.Complex128 }

// cellText is the text of a value in a table: strings have no quotes there.
func cellText(v reflect.Value, unwrap func(reflect.Value) reflect.Value) string {
	if text, ok := said(v); ok {
		return text
	}
	if x := unwrap(v); x.IsValid() && x.Kind() == reflect.String {
		if text, ok := said(x); ok {
			return text
		}
		return x.String()
	}
	return Format(v, unwrap)
}

func (t *table) html() string {
	var b strings.Builder
	b.WriteString("<table>\n")
	if strings.Join(t.columns, "") != "" {
		b.WriteString("<thead><tr>")
		for _, c := range t.columns {
			b.WriteString("<th>" + html.EscapeString(c) + "</th>")
		}
		b.WriteString("</tr></thead>\n")
	}
	b.WriteString("<tbody>\n")
	for _, row := range t.rows {
		b.WriteString("<tr>")
		for i, c := range row {
			style := ""
			if t.right[i] {
				style = ` style="text-align: right"`
			}
			fmt.Fprintf(&b, "<td%s>%s</td>", style, html.EscapeString(c))
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table>")
	if t.more > 0 {
		fmt.Fprintf(&b, "<p>… and %d more rows</p>", t.more)
	}
	return b.String()
}

func (t *table) text() string {
	width := make([]int, len(t.columns))
	lines := append([][]string{t.columns}, t.rows...)
	if strings.Join(t.columns, "") == "" {
		lines = t.rows
	}
	for _, row := range lines {
		for i, c := range row {
			width[i] = max(width[i], min(maxWidth, utf8.RuneCountInString(oneLine(c))))
		}
	}
	var b strings.Builder
	for n, row := range lines {
		for i, c := range row {
			c = oneLine(c)
			if r := []rune(c); len(r) > maxWidth {
				c = string(r[:maxWidth-1]) + "…"
			}
			if i > 0 {
				b.WriteString("  ")
			}
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(c))
			switch {
			case t.right[i]:
				b.WriteString(pad + c)
			case i == len(row)-1:
				b.WriteString(c)
			default:
				b.WriteString(c + pad)
			}
		}
		if n < len(lines)-1 {
			b.WriteByte('\n')
		}
	}
	if t.more > 0 {
		fmt.Fprintf(&b, "\n… and %d more rows", t.more)
	}
	return b.String()
}

// oneLine keeps a cell's lines from breaking the text's.
func oneLine(s string) string {
	if strings.ContainsAny(s, "\n\r\t") {
		return strings.Join(strings.Fields(s), " ")
	}
	return s
}
