package display

// This file defines tables: slices whose elements have columns.

import (
	"fmt"
	"html"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxRows  = 100 // rows shown; the rest is counted
	maxWidth = 60  // code points of a column in the text twin
)

type table struct {
	columns []string
	rows    [][]string
	right   []bool // columns of numbers
	more    int    // rows that are not shown
}

// tableOf returns a slice or array of structs, of maps with string keys or of slices of strings as a table.
func tableOf(v any) (*table, bool) {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Slice && rv.Kind() != reflect.Array || rv.Len() == 0 {
		return nil, false
	}
	elem := rv.Type().Elem()
	if elem.Kind() == reflect.Pointer {
		elem = elem.Elem()
	}
	if stringer := reflect.TypeFor[fmt.Stringer](); elem.Implements(stringer) || reflect.PointerTo(elem).Implements(stringer) {
		return nil, false // it has a form of its own
	}
	t := &table{more: max(0, rv.Len()-maxRows)}
	var cells func(reflect.Value) []string
	switch {
	case elem.Kind() == reflect.Struct && elem.NumField() > 0:
		for i := range elem.NumField() {
			t.columns = append(t.columns, fieldName(elem.Field(i)))
			t.right = append(t.right, isNumber(elem.Field(i).Type.Kind()))
		}
		cells = func(e reflect.Value) (row []string) {
			for i := range e.NumField() {
				row = append(row, cellText(e.Field(i)))
			}
			return row
		}
	case elem.Kind() == reflect.Map && elem.Key().Kind() == reflect.String:
		seen := map[string]bool{}
		for i := range min(rv.Len(), maxRows) {
			for _, k := range reflect.Indirect(rv.Index(i)).MapKeys() {
				if !seen[k.String()] {
					seen[k.String()] = true
					t.columns = append(t.columns, k.String())
				}
			}
		}
		slices.Sort(t.columns)
		cells = func(e reflect.Value) (row []string) {
			for _, c := range t.columns {
				text := ""
				if v := e.MapIndex(reflect.ValueOf(c).Convert(e.Type().Key())); v.IsValid() {
					text = cellText(v)
				}
				row = append(row, text)
			}
			return row
		}
	case elem.Kind() == reflect.Slice && elem.Elem().Kind() == reflect.String:
		width := 0
		for i := range rv.Len() {
			width = max(width, rv.Index(i).Len())
		}
		t.columns = make([]string, width)
		cells = func(e reflect.Value) []string {
			row := make([]string, width)
			for i := range e.Len() {
				row[i] = e.Index(i).String()
			}
			return row
		}
	default:
		return nil, false
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

// fieldName is the learner's name of a field: the interpreter marks lower-case fields with an X.
func fieldName(f reflect.StructField) string {
	if rest, ok := strings.CutPrefix(f.Name, "X"); ok && rest != "" && rest[0] >= 'a' && rest[0] <= 'z' {
		return rest
	}
	return f.Name
}

func isNumber(k reflect.Kind) bool { return k >= reflect.Int && k <= reflect.Complex128 }

func cellText(v reflect.Value) string {
	if v.CanInterface() {
		return fmt.Sprint(v.Interface())
	}
	return fmt.Sprint(v) // fmt prints what a reflect.Value holds, unexported fields too
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
			width[i] = max(width[i], min(maxWidth, utf8.RuneCountInString(c)))
		}
	}
	var b strings.Builder
	for n, row := range lines {
		for i, c := range row {
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
