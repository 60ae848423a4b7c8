package display

// This file defines what a value looks like.

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"reflect"
	"strings"
)

// Bundle returns a value's MIME bundle, and metadata for it or nil. There is always a text/plain. What
// it holds is decided by the first of these that the value has:
//
//	MIMEBundle() map[string]any, or with a second result for metadata
//	HTML(), SVG(), Markdown(), LaTeX() string; PNG(), JPEG() []byte; JSON() any: as many as there are
//	image.Image: a picture
//	error, fmt.Stringer: their text
//	slices of structs, of maps with string keys, of slices of strings: a table
//	everything else: Go's syntax, see Format
//
// A method that panics is the caller's to recover.
func Bundle(v any) (data, metadata map[string]any) { return BundleWith(v, nil) }

// BundleWith is Bundle for an interpreter, whose values stand for others: unwrap is given every value that is found in
// v, v itself too, and returns the value to make its text from. It opens interfaces.
func BundleWith(v any, unwrap func(reflect.Value) reflect.Value) (data, metadata map[string]any) {
	data = map[string]any{}
	switch x := v.(type) {
	case HTML:
		data["text/html"] = string(x)
	case Markdown:
		data["text/markdown"] = string(x)
	case SVG:
		data["image/svg+xml"] = string(x)
	case LaTeX:
		data["text/latex"] = string(x)
	case PNG:
		data["image/png"] = []byte(x)
	case JPEG:
		data["image/jpeg"] = []byte(x)
	case JSON:
		data["application/json"] = x.V
	case MIME:
		for k, v := range x {
			data[k] = v
		}
	case interface{ MIMEBundle() map[string]any }:
		if !isNil(v) {
			for k, v := range x.MIMEBundle() {
				data[k] = v
			}
		}
	case interface {
		MIMEBundle() (map[string]any, map[string]any)
	}:
		if !isNil(v) {
			d, m := x.MIMEBundle()
			for k, v := range d {
				data[k] = v
			}
			metadata = m
		}
	default:
		if !isNil(v) {
			methods(v, data, unwrap)
		}
	}
	if _, ok := data["text/plain"]; !ok {
		if data["text/plain"] = placeholder(v); data["text/plain"] == "" {
			data["text/plain"] = plain(v, unwrap)
		}
	}
	return data, metadata
}

// placeholder is the text twin of a value that is a text itself: a notebook stores that once. Other values have "".
func placeholder(v any) string {
	switch x := v.(type) {
	case HTML:
		return "(HTML)"
	case Markdown:
		return "(Markdown)"
	case LaTeX:
		return "(LaTeX)"
	case JSON:
		if _, err := json.Marshal(x.V); err == nil {
			return "(JSON)"
		}
	}
	return ""
}

// methods asks a value for each form that it offers.
func methods(v any, data map[string]any, unwrap func(reflect.Value) reflect.Value) {
	if x, ok := v.(interface{ HTML() string }); ok {
		data["text/html"] = x.HTML()
	}
	if x, ok := v.(interface{ SVG() string }); ok {
		data["image/svg+xml"] = x.SVG()
	}
	if x, ok := v.(interface{ Markdown() string }); ok {
		data["text/markdown"] = x.Markdown()
	}
	if x, ok := v.(interface{ LaTeX() string }); ok {
		data["text/latex"] = x.LaTeX()
	}
	if x, ok := v.(interface{ PNG() []byte }); ok {
		data["image/png"] = x.PNG()
	}
	if x, ok := v.(interface{ JPEG() []byte }); ok {
		data["image/jpeg"] = x.JPEG()
	}
	if x, ok := v.(interface{ JSON() any }); ok {
		data["application/json"] = x.JSON()
	}
	if len(data) > 0 {
		return
	}
	if img, ok := v.(image.Image); ok {
		var b bytes.Buffer
		if png.Encode(&b, img) == nil {
			data["image/png"] = b.Bytes()
			size := img.Bounds().Size()
			data["text/plain"] = fmt.Sprintf("(a picture of %d × %d pixels)", size.X, size.Y)
		}
	}
	switch v.(type) {
	case error, fmt.Stringer:
		return
	}
	if t, ok := tableOf(reflect.ValueOf(v), unwrap); ok {
		data["text/html"], data["text/plain"] = t.html(), t.text()
	}
}

func isNil(v any) bool {
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Interface, reflect.Chan:
		return rv.IsNil()
	}
	return false
}

// plain returns the text twin of a value.
func plain(v any, unwrap func(reflect.Value) reflect.Value) string {
	if !isNil(v) {
		switch x := v.(type) {
		case error:
			return x.Error()
		case fmt.Stringer:
			return x.String()
		}
	}
	return Format(reflect.ValueOf(v), unwrap)
}

// Encode returns data as Jupyter wants it: strings for text, base64 for pictures, documents for JSON
// types, also if they come as strings or bytes of JSON. What encoding/json refuses is left out, with
// its reason as text/plain if nothing else is left.
func Encode(data map[string]any) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	var refused error
	for mime, v := range data {
		b, err := encode(mime, v)
		if err != nil {
			refused = fmt.Errorf("%s: %w", mime, err)
			continue
		}
		out[mime] = b
	}
	if len(out) == 0 && refused != nil {
		out["text/plain"], _ = json.Marshal(refused.Error())
	}
	return out
}

func encode(mime string, v any) (json.RawMessage, error) {
	kind, _, _ := strings.Cut(mime, ";")
	isJSON := kind == "application/json" || strings.HasSuffix(kind, "+json")
	isText := strings.HasPrefix(kind, "text/") || kind == "image/svg+xml" || kind == "application/javascript"
	switch x := v.(type) {
	case json.RawMessage:
		v = []byte(x)
	case string:
		if isJSON && json.Valid([]byte(x)) && strings.ContainsAny(x[:1], "{[") {
			return json.RawMessage(x), nil
		}
	case fmt.Stringer:
		if isText {
			v = x.String()
		}
	}
	if x, ok := v.([]byte); ok {
		switch {
		case isJSON && json.Valid(x):
			return json.RawMessage(x), nil
		case isText:
			v = string(x)
		default:
			v = base64.StdEncoding.EncodeToString(x)
		}
	}
	return json.Marshal(v)
}
