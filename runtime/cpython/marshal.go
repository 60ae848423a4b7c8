package cpython

// This file defines how values of Go become values of Python.

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxValue is the largest value in bytes of JSON that Marshal makes and Unmarshal takes.
const MaxValue = 64 << 20

// An Unsendable is the error for a value that can't be sent to Python: it names the part, and says what to do instead.
type Unsendable struct {
	Path string // in Go's words: `x.items[3].lock`
	What string // "a chan int"
	Do   string // one sentence without its stop; "" if there is nothing to advise
}

// Error returns one sentence, and another one with the advice.
func (e *Unsendable) Error() string {
	s := fmt.Sprintf("%s is %s, which can't be sent to Python", e.Path, e.What)
	if e.Do != "" {
		s += ": " + e.Do
	}
	return s
}

// Marshal returns the JSON for a value that is called name in errors, which are *Unsendable. Booleans, numbers and
// texts become Python's, whatever their size; nil is None; []byte becomes bytes, slices and arrays lists, maps dicts; a
// struct becomes a dict of all of its fields, unexported ones too, a pointer what it points to. NaN and the infinities
// arrive as themselves. A time.Duration is its number of seconds, a time.Time its text in RFC 3339. Marshal only reads
// the value; it must not change meanwhile.
func Marshal(name string, v any) (string, error) {
	w := &writer{}
	if err := w.value(name, reflect.ValueOf(v)); err != nil {
		return "", err
	}
	return w.b.String(), nil
}

// A writer writes one value.
type writer struct {
	b     strings.Builder
	above []uintptr // pointers, maps and slices that the value is within
}

// mark is the only key of an object that stands for what JSON has no form for. boot.py has the same.
const mark = `"\u0000"`

func (w *writer) special(kind, text string) { fmt.Fprintf(&w.b, `{%s:[%q,%s]}`, mark, kind, text) }

func (w *writer) value(path string, v reflect.Value) error {
	if w.b.Len() > MaxValue {
		return &Unsendable{path, fmt.Sprintf("part of more than %d MiB", MaxValue>>20),
			"write it to a file, and let Python read that"}
	}
	if !v.IsValid() {
		w.b.WriteString("null")
		return nil
	}
	if known, err := w.known(path, v); known {
		return err
	}
	switch v.Kind() {
	case reflect.Bool:
		w.b.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		w.b.WriteString(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		w.b.WriteString(strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32, reflect.Float64:
		w.float(v.Float(), v.Type().Bits())
	case reflect.String:
		return w.text(path, v.String())
	case reflect.Interface:
		return w.value(path, v.Elem())
	case reflect.Pointer:
		if v.IsNil() {
			w.b.WriteString("null")
			return nil
		}
		return w.within(path, v.Pointer(), func() error { return w.value(path, v.Elem()) })
	case reflect.Slice:
		if v.IsNil() && v.Type().Elem().Kind() != reflect.Uint8 {
			w.b.WriteString("[]")
			return nil
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			w.special("bytes", strconv.Quote(base64.StdEncoding.EncodeToString(v.Bytes())))
			return nil
		}
		if v.Len() == 0 {
			w.b.WriteString("[]")
			return nil
		}
		return w.within(path, v.Pointer(), func() error { return w.list(path, v) })
	case reflect.Array:
		return w.list(path, v)
	case reflect.Map:
		if v.IsNil() {
			w.b.WriteString("{}")
			return nil
		}
		return w.within(path, v.Pointer(), func() error { return w.dict(path, v) })
	case reflect.Struct:
		return w.object(path, v)
	default:
		return unsendable(path, v)
	}
	return nil
}

// known writes values of types with a form of their own, and reports whether it is one.
func (w *writer) known(path string, v reflect.Value) (bool, error) {
	switch v.Type() {
	case reflect.TypeFor[big.Int]():
		if v.CanAddr() && v.Addr().CanInterface() {
			w.b.WriteString(v.Addr().Interface().(*big.Int).String())
			return true, nil
		}
		if v.CanInterface() {
			n := v.Interface().(big.Int)
			w.b.WriteString(n.String())
			return true, nil
		}
		return true, &Unsendable{path, "an unexported big.Int", "send the number itself"}
	case reflect.TypeFor[time.Duration]():
		w.float(time.Duration(v.Int()).Seconds(), 64)
		return true, nil
	case reflect.TypeFor[time.Time]():
		if v.CanInterface() {
			return true, w.text(path, v.Interface().(time.Time).Format(time.RFC3339Nano))
		}
		return true, &Unsendable{path, "an unexported time.Time", "send its text, by the method Format"}
	}
	return false, nil
}

// float writes a number that stays a float in Python.
func (w *writer) float(x float64, bits int) {
	switch {
	case math.IsNaN(x):
		w.special("float", `"nan"`)
	case math.IsInf(x, 1):
		w.special("float", `"inf"`)
	case math.IsInf(x, -1):
		w.special("float", `"-inf"`)
	default:
		s := strconv.FormatFloat(x, 'g', -1, bits)
		if !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		w.b.WriteString(s)
	}
}

func (w *writer) text(path, s string) error {
	if !utf8.ValidString(s) {
		return &Unsendable{path, "a string that is no valid UTF-8", "send []byte(" + path + "), which arrives as bytes"}
	}
	b, _ := json.Marshal(s) // valid text can be encoded
	w.b.Write(b)
	return nil
}

// within writes what is behind a pointer, once.
func (w *writer) within(path string, p uintptr, write func() error) error {
	if slices.Contains(w.above, p) {
		return &Unsendable{path, "a value that contains itself", "send the parts of it that Python needs"}
	}
	if len(w.above) > 1000 {
		return &Unsendable{path, "nested more than 1,000 deep", "send a slice of what it holds"}
	}
	w.above = append(w.above, p)
	defer func() { w.above = w.above[:len(w.above)-1] }()
	return write()
}

func (w *writer) list(path string, v reflect.Value) error {
	if v.Type().Elem().Kind() == reflect.Uint8 { // an array
		b := make([]byte, v.Len())
		reflect.Copy(reflect.ValueOf(b), v)
		w.special("bytes", strconv.Quote(base64.StdEncoding.EncodeToString(b)))
		return nil
	}
	w.b.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			w.b.WriteByte(',')
		}
		if err := w.value(fmt.Sprintf("%s[%d]", path, i), v.Index(i)); err != nil {
			return err
		}
	}
	w.b.WriteByte(']')
	return nil
}

// dict writes a map in the order of its keys' texts. Keys that aren't texts make it a list of pairs.
func (w *writer) dict(path string, v reflect.Value) error {
	keys := v.MapKeys()
	texts := true
	for i, k := range keys {
		for k.Kind() == reflect.Interface && !k.IsNil() {
			k = k.Elem()
		}
		keys[i] = k
		switch k.Kind() {
		case reflect.String:
		case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint,
			reflect.Uint8, reflect.Uint16,
			reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
			texts = false
		default:
			return &Unsendable{path, fmt.Sprintf("a map with keys of type %s", k.Type()),
				"send a map whose keys are strings or numbers"}
		}
	}
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	open, between, end := "{", ":", ""
	if !texts {
		fmt.Fprintf(&w.b, `{%s:["dict",`, mark)
		open, between, end = "[", ",", "]"
	}
	w.b.WriteString(open)
	for i, k := range keys {
		if i > 0 {
			w.b.WriteByte(',')
		}
		if !texts {
			w.b.WriteByte('[')
		} else if k.String() == "\x00" {
			return &Unsendable{path, "a map with a key that is a zero character alone", "choose another key"}
		}
		if err := w.value(path+"'s key", k); err != nil {
			return err
		}
		w.b.WriteString(between)
		if err := w.value(fmt.Sprintf("%s[%s]", path, keyText(k)), v.MapIndex(original(v, k))); err != nil {
			return err
		}
		w.b.WriteString(end)
	}
	if !texts {
		w.b.WriteString("]]}")
		return nil
	}
	w.b.WriteByte('}')
	return nil
}

// original returns a key as the map has it.
func original(m, k reflect.Value) reflect.Value {
	if m.Type().Key().Kind() == reflect.Interface {
		key := reflect.New(m.Type().Key()).Elem()
		key.Set(k)
		return key
	}
	return k
}

// keyText returns a key as Go code has it.
func keyText(k reflect.Value) string {
	if k.Kind() == reflect.String {
		return strconv.Quote(k.String())
	}
	return fmt.Sprint(k)
}

// object writes a struct. Types of compiled packages without exported fields aren't values: their fields would mean
// nothing in Python.
func (w *writer) object(path string, v reflect.Value) error {
	t := v.Type()
	if own := t.PkgPath(); own != "" && own != "main" && t.Name() != "" && t.NumField() > 0 {
		exported := false
		for i := range t.NumField() {
			exported = exported || t.Field(i).IsExported()
		}
		if !exported {
			return unsendable(path, v)
		}
	}
	w.b.WriteByte('{')
	first := true
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Name == "_" {
			continue
		}
		if !first {
			w.b.WriteByte(',')
		}
		first = false
		_ = w.text("", f.Name) // names of fields are valid
		w.b.WriteByte(':')
		if err := w.value(path+"."+f.Name, v.Field(i)); err != nil {
			return err
		}
	}
	w.b.WriteByte('}')
	return nil
}

// unsendable returns the error for a value whose type has no form in Python.
func unsendable(path string, v reflect.Value) error {
	name := strings.ReplaceAll(v.Type().String(), "interface {}", "any")
	article := "a "
	if strings.ContainsRune("aeiouAEIOU", rune(name[0])) {
		article = "an "
	}
	do := "send the values that Python needs from it"
	switch v.Kind() {
	case reflect.Func:
		article, name, do = "", "a function", "send what it returns"
	case reflect.Chan:
		do = "receive from it in Go, and send what came"
	case reflect.Complex64, reflect.Complex128:
		do = fmt.Sprintf("send []float64{real(%s), imag(%s)}", path, path)
	case reflect.Uintptr, reflect.UnsafePointer:
		do = "an address means nothing in another process"
	}
	return &Unsendable{path, article + name, do}
}
