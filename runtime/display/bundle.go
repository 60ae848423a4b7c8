package display

// This file defines what a value looks like: the rules by which it becomes a MIME bundle.

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

// Bundle returns how a value is shown: MIME types to what they hold, and metadata, which may be nil.
// text/plain is always there. The first rule that fits decides:
//
//	the package's own types (HTML, Markdown, SVG, LaTeX, PNG, JPEG, JSON, MIME)
//	MIMEBundle() map[string]any, also with a second result for metadata
//	HTML(), SVG(), Markdown(), LaTeX() string; PNG(), JPEG() []byte; JSON() any: as many as there are
//	image.Image: a picture
//	error, fmt.Stringer: their text
//	slices of structs, of maps with string keys, of slices of strings: a table
//	everything else: as fmt prints it with %v
//
// A method that panics is the caller's to recover.
func Bundle(v any) (data, metadata map[string]any) {
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
		for k, v := range x.MIMEBundle() {
			data[k] = v
		}
	case interface {
		MIMEBundle() (map[string]any, map[string]any)
	}:
		data, metadata = x.MIMEBundle()
	default:
		methods(v, data)
	}
	if _, ok := data["text/plain"]; !ok {
		data["text/plain"] = plain(v, data)
	}
	return data, metadata
}

// methods asks a value for each form that it offers.
func methods(v any, data map[string]any) {
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
	if img, ok := v.(image.Image); ok && !isNil(v) {
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
	if t, ok := tableOf(v); ok {
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
func plain(v any, data map[string]any) string {
	switch x := v.(type) {
	case PNG, JPEG:
		return "(a picture)"
	case JSON:
		b, err := json.MarshalIndent(x.V, "", "  ")
		if err == nil {
			return string(b)
		}
	case MIME:
		names := []string{}
		for name := range data {
			names = append(names, name)
		}
		return "(" + strings.Join(names, ", ") + ")"
	case error:
		if isNil(v) {
			return "<nil>"
		}
		return x.Error()
	case fmt.Stringer:
		if isNil(v) {
			return "<nil>"
		}
		return x.String()
	}
	return fmt.Sprintf("%v", v)
}

// Encode returns data as Jupyter wants it: strings for text, base64 for pictures, documents for JSON
// types. What encoding/json refuses is left out, with its reason as text/plain if nothing else is left.
func Encode(data map[string]any) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	var refused error
	for mime, v := range data {
		switch x := v.(type) {
		case []byte:
			if mime == "image/svg+xml" || strings.HasPrefix(mime, "text/") {
				v = string(x)
			} else {
				v = base64.StdEncoding.EncodeToString(x)
			}
		case fmt.Stringer:
			if strings.HasPrefix(mime, "text/") {
				v = x.String()
			}
		}
		b, err := json.Marshal(v)
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
