package page

// This file defines how code is highlighted: by classes, with colours for light pages and for dark ones.
//
// Notebooks here have three languages, whose rules are in lexers.go in any case. Chroma did the rest before; with its
// own regular expressions it took 0.7 MB of each program.

import (
	"fmt"
	"html/template"
	"strings"
)

// highlighter highlights the code of one notebook.
type highlighter struct {
	name   string
	lexers map[string]*lexer
	css    string
}

// newHighlighter returns a highlighter for code in the language name, "" for Go. It is made when a page is: to compile
// the lexers' patterns takes longer than most cells do.
func newHighlighter(name string) *highlighter {
	if name == "" {
		name = "go"
	}
	return &highlighter{name: name, lexers: newLexers(),
		css: rules(light()) + "@media (prefers-color-scheme: dark) {\n" + rules(dark()) + "}\n"}
}

// colours are declarations of a style sheet by what they are for: classes, of which one rule may serve several.
type colours [][2]string

// light returns the colours on a light page. They and dark's keep a contrast of at least 4.5 to 1.
func light() colours {
	return colours{
		{"k kd kn", "color: #9a1f6a; font-weight: bold"}, {"nb", "color: #6b3fa0"}, {"nf", "color: #0b5394"},
		{"s", "color: #1d6b2e"}, {"m", "color: #8a4b00"}, {"c", "color: #5d6570; font-style: italic"},
		{"cp", "color: #00696f"}, {"", "color: #1a1a1a"},
	}
}

// dark returns the colours on a dark page.
func dark() colours {
	return colours{
		{"k kd kn", "color: #ff9ad5; font-weight: bold"}, {"nb", "color: #c9a6ff"}, {"nf", "color: #8ab4f8"},
		{"s", "color: #8fd19e"}, {"m", "color: #ffb86b"}, {"c", "color: #9aa3ae; font-style: italic"},
		{"cp", "color: #7fdbe0"}, {"", "color: #e4e6ea"},
	}
}

// rules returns a style sheet of colours.
func rules(all colours) string {
	var b strings.Builder
	for _, c := range all {
		selectors := []string{".hl"}
		if c[0] != "" {
			selectors = strings.Fields(c[0])
			for i, name := range selectors {
				selectors[i] = ".hl ." + name
			}
		}
		fmt.Fprintf(&b, "%s { %s }\n", strings.Join(selectors, ", "), c[1])
	}
	return b.String()
}

// html highlights a cell: its first line may name another language by a cell magic.
func (h *highlighter) html(code string) template.HTML {
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
func (h *highlighter) language(code, name string) template.HTML {
	var b strings.Builder
	b.WriteString(`<pre class="hl"><code>`)
	piece := func(text string, c class) {
		if c != "" {
			fmt.Fprintf(&b, `<span class="%s">`, c)
		}
		b.WriteString(template.HTMLEscapeString(text))
		if c != "" {
			b.WriteString("</span>")
		}
	}
	if l := h.lexers[name]; l != nil {
		l.split(code, piece)
	} else {
		piece(code, "")
	}
	b.WriteString("</code></pre>")
	return template.HTML(b.String())
}
