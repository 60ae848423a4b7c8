package page

// This file defines how Markdown becomes HTML: goldmark with GitHub's extensions, code blocks
// highlighted, attachments and pictures from files written into the page, the result sanitized.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"gilkernel/kernel/notebook"
)

// markdown renders the Markdown of one notebook.
type markdown struct {
	dir    string
	warn   func(string)
	policy *bluemonday.Policy
	md     goldmark.Markdown
}

// newMarkdown returns a renderer that embeds pictures from dir and reports those that it can't to warn.
func newMarkdown(dir string, hl *highlighter, warn func(string)) *markdown {
	return &markdown{dir, warn, newPolicy(), goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		// notebooks use HTML in Markdown; the policy removes what isn't harmless
		goldmark.WithRendererOptions(html.WithUnsafe(),
			renderer.WithNodeRenderers(util.Prioritized(codeBlocks{hl}, 100))),
	)}
}

func (m *markdown) render(c *notebook.Cell) (template.HTML, error) {
	var attached map[string]map[string]string
	_ = json.Unmarshal(c.Attachments, &attached) // malformed attachments are none
	return m.renderText(c.Source, attached)
}

// renderText renders source; attached is nbformat's map of names to MIME bundles of base64.
func (m *markdown) renderText(source string, attached map[string]map[string]string) (template.HTML, error) {
	src := []byte(source)
	doc := m.md.Parser().Parse(text.NewReader(src))
	missing := map[*ast.Image]string{}
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function returns no error
		if img, ok := n.(*ast.Image); ok && entering {
			dest, err := m.link(string(img.Destination), attached)
			if err != nil {
				missing[img] = fmt.Sprintf("the picture %s is not shown: %v", img.Destination, err)
			}
			img.Destination = []byte(dest)
		}
		return ast.WalkContinue, nil
	})
	for img, why := range missing {
		m.warn(why)
		img.Parent().ReplaceChild(img.Parent(), img, ast.NewString([]byte("["+why+"]")))
	}
	var buf bytes.Buffer
	if err := m.md.Renderer().Render(&buf, src, doc); err != nil {
		return "", fmt.Errorf("rendering Markdown: %w", err)
	}
	return m.clean(buf.String()), nil
}

// clean returns HTML without what could do harm.
func (m *markdown) clean(s string) template.HTML { return template.HTML(m.policy.Sanitize(s)) }

// codeBlocks renders fenced code through the highlighter.
type codeBlocks struct{ hl *highlighter }

func (c codeBlocks) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindFencedCodeBlock, func(
		w util.BufWriter, src []byte, n ast.Node, entering bool,
	) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		block := n.(*ast.FencedCodeBlock)
		var code bytes.Buffer
		for i := range block.Lines().Len() {
			line := block.Lines().At(i)
			code.Write(line.Value(src))
		}
		_, err := w.WriteString(string(c.hl.language(code.String(), string(block.Language(src)))))
		return ast.WalkContinue, err
	})
}
