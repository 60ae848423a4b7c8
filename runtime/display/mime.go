package display

// This file defines the types whose values are shown as what they are: HTML as HTML, and so on.

import (
	"encoding/json"
	"fmt"
	"html"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// HTML is shown as a piece of a page.
type HTML string

// Markdown is shown formatted.
type Markdown string

// SVG is shown as a drawing.
type SVG string

// LaTeX is shown typeset; formulas stand between dollar signs.
type LaTeX string

// PNG is shown as a picture: the bytes of a PNG file.
type PNG []byte

// JPEG is shown as a picture: the bytes of a JPEG file.
type JPEG []byte

// JSON is shown as a tree that can be unfolded. V is anything that encoding/json takes.
type JSON struct{ V any }

// VegaLite is shown as a chart, with twins for front ends that draw none.
type VegaLite struct {
	Spec any    // a Vega-Lite 5 specification: what encoding/json takes, or a string or bytes of JSON
	PNG  []byte // the chart as a picture; may be nil
	Text string // the chart in words; "" only says that it is one
}

// MIME is a bundle of its own making: MIME types to what they hold. Text types and pictures hold
// strings or bytes, JSON types anything that encoding/json takes. A text/plain twin should be in it.
type MIME map[string]any

// Table returns a slice or array of structs, of maps with string keys, or of slices of strings as a
// table. Anything else becomes a table of one cell.
func Table(rows any) MIME {
	t, ok := tableOf(reflect.ValueOf(rows), nil)
	if !ok {
		t, _ = tableOf(reflect.ValueOf([][]string{{fmt.Sprint(rows)}}), nil)
	}
	return MIME{"text/html": t.html(), "text/plain": t.text()}
}

// String returns the text between the tags.
func (h HTML) String() string {
	s := hiddenElement().ReplaceAllString(string(h), "")
	s = breakingTag().ReplaceAllString(s, "\n")
	return strings.TrimSpace(html.UnescapeString(anyTag().ReplaceAllString(s, "")))
}

var (
	hiddenElement = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?is)<(script|style)\b.*?</(script|style)\s*>`)
	})
	breakingTag = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)<(br|/p|/div|/h[1-6]|/li|/tr)\b[^>]*>`)
	})
	anyTag = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?s)<[^>]*>`)
	})
)

// String returns the text itself.
func (m Markdown) String() string { return string(m) }

// String returns the text of the title element, because the source of a drawing isn't readable.
func (s SVG) String() string {
	if m := titleElement().FindStringSubmatch(string(s)); m != nil {
		return html.UnescapeString(strings.TrimSpace(m[1]))
	}
	return "(a drawing)"
}

var titleElement = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?is)<title\b[^>]*>(.*?)</title\s*>`)
})

// String returns the text itself.
func (l LaTeX) String() string { return string(l) }

// String says what it is.
func (p PNG) String() string { return "(a picture)" }

// String says what it is.
func (j JPEG) String() string { return "(a picture)" }

// String returns the document with indentation, or what is wrong with it.
func (j JSON) String() string {
	b, err := json.MarshalIndent(j.V, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// String returns the text twin.
func (v VegaLite) String() string {
	if v.Text != "" {
		return v.Text
	}
	return "(a chart)"
}

// MIMEBundle returns what there is of the three forms.
func (v VegaLite) MIMEBundle() map[string]any {
	m := map[string]any{"text/plain": v.String()}
	if v.Spec != nil {
		m["application/vnd.vegalite.v5+json"] = v.Spec
	}
	if len(v.PNG) > 0 {
		m["image/png"] = v.PNG
	}
	return m
}

// String returns the text twin, or the names of what is there instead.
func (m MIME) String() string {
	if text, ok := m["text/plain"]; ok {
		return fmt.Sprint(text)
	}
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return "(" + strings.Join(names, ", ") + ")"
}
