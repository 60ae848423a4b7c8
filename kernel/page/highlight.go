package page

// This file defines how code is highlighted: chroma with classes, one style for light pages and one
// for dark ones.

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/alecthomas/chroma/v2/styles"
)

// highlighter highlights the code of one notebook.
type highlighter struct {
	name string
	f    *html.Formatter
	css  string
}

func newHighlighter(name string) (*highlighter, error) {
	if name == "" {
		name = "go"
	}
	h := &highlighter{name: name, f: html.New(html.WithClasses(true), html.PreventSurroundingPre(false))}
	var light, dark strings.Builder
	if err := h.f.WriteCSS(&light, styles.Get("github")); err != nil {
		return nil, fmt.Errorf("writing styles: %w", err)
	}
	if err := h.f.WriteCSS(&dark, styles.Get("github-dark")); err != nil {
		return nil, fmt.Errorf("writing styles: %w", err)
	}
	// The background is the page's: a style's own would make a box within the box.
	h.css = light.String() + "@media (prefers-color-scheme: dark) {\n" + dark.String() + "}\n.chroma, .bg { background: none !important; }\n"
	return h, nil
}

// html highlights a cell: its first line may name another language by a cell magic.
func (h *highlighter) html(code string) (template.HTML, error) {
	name := h.name
	if magic, ok := strings.CutPrefix(code, "%%"); ok {
		word, _, _ := strings.Cut(magic, "\n")
		if f := strings.Fields(word); len(f) > 0 && lexers.Get(f[0]) != nil {
			name = f[0]
		}
	}
	return h.language(code, name)
}

func (h *highlighter) language(code, name string) (template.HTML, error) {
	lexer := lexers.Get(name)
	if lexer == nil {
		lexer = lexers.Fallback
	}
	tokens, err := chroma.Coalesce(lexer).Tokenise(nil, code)
	if err != nil {
		return "", fmt.Errorf("reading %s code: %w", name, err)
	}
	var b strings.Builder
	if err := h.f.Format(&b, styles.Get("github"), tokens); err != nil {
		return "", fmt.Errorf("writing %s code: %w", name, err)
	}
	return template.HTML(b.String()), nil
}
