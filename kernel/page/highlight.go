package page

// This file defines how code is highlighted: chroma with classes, one style for light pages and one
// for dark ones.
//
// Chroma's own packages of lexers and styles register hundreds of each when a program starts: 11 ms
// and 4.6 MB in every kernel and interpreter process, which are this same binary. So the lexers and the
// styles that notebooks need are defined here, on chroma's core, and made when a page is.

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/formatters/html"
)

// highlighter highlights the code of one notebook.
type highlighter struct {
	name   string
	lexers map[string]chroma.Lexer
	style  *chroma.Style
	f      *html.Formatter
	css    string
}

func newHighlighter(name string) (*highlighter, error) {
	if name == "" {
		name = "go"
	}
	h := &highlighter{name: name, f: html.New(html.WithClasses(true))}
	var err error
	if h.lexers, err = newLexers(); err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, s := range []struct {
		name, head, tail string
		colours          chroma.StyleEntries
	}{
		{"light", "", "", light()},
		{"dark", "@media (prefers-color-scheme: dark) {\n", "}\n", dark()},
	} {
		style, err := chroma.NewStyle(s.name, s.colours)
		if err != nil {
			return nil, fmt.Errorf("making the %s style: %w", s.name, err)
		}
		h.style = style
		b.WriteString(s.head)
		if err := h.f.WriteCSS(&b, style); err != nil {
			return nil, fmt.Errorf("writing the %s style: %w", s.name, err)
		}
		b.WriteString(s.tail)
	}
	// The background is the page's: a style's own would make a box within the box.
	h.css = b.String() + ".chroma, .bg { background: none !important; }\n"
	return h, nil
}

// html highlights a cell: its first line may name another language by a cell magic.
func (h *highlighter) html(code string) (template.HTML, error) {
	name := h.name
	if magic, ok := strings.CutPrefix(code, "%%"); ok {
		word, _, _ := strings.Cut(magic, "\n")
		if f := strings.Fields(word); len(f) > 0 && h.lexers[f[0]] != nil {
			name = f[0]
		}
	}
	return h.language(code, name)
}

// language highlights code; a language that isn't known is shown plain.
func (h *highlighter) language(code, name string) (template.HTML, error) {
	tokens := chroma.Literator(chroma.Token{Type: chroma.Text, Value: code})
	if lexer := h.lexers[name]; lexer != nil {
		var err error
		if tokens, err = chroma.Coalesce(lexer).Tokenise(nil, code); err != nil {
			return "", fmt.Errorf("reading %s code: %w", name, err)
		}
	}
	var b strings.Builder
	if err := h.f.Format(&b, h.style, tokens); err != nil {
		return "", fmt.Errorf("writing %s code: %w", name, err)
	}
	return template.HTML(b.String()), nil
}
