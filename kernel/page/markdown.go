package page

// This file defines how Markdown becomes HTML: goldmark with GitHub's extensions, code blocks
// highlighted, attachments and pictures from files written into the page.

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"mime"
	"net/url"
	"os"
	"path/filepath"
	"strings"

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
	dir string
	md  goldmark.Markdown
}

func newMarkdown(dir string, hl *highlighter) *markdown {
	return &markdown{dir, goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(html.WithUnsafe(), // notebooks use HTML in Markdown, and the page trusts them
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
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if img, ok := n.(*ast.Image); ok && entering {
			dest, err := m.inline(string(img.Destination), attached)
			if err != nil {
				return ast.WalkStop, err
			}
			img.Destination = []byte(dest)
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return "", err
	}
	var buf bytes.Buffer
	if err := m.md.Renderer().Render(&buf, src, doc); err != nil {
		return "", fmt.Errorf("rendering Markdown: %w", err)
	}
	return template.HTML(buf.String()), nil
}

// inline returns a data URI for a picture that is at hand, and the link itself for any other.
func (m *markdown) inline(dest string, attached map[string]map[string]string) (string, error) {
	if name, ok := strings.CutPrefix(dest, "attachment:"); ok {
		for mime, data := range attached[name] {
			return "data:" + mime + ";base64," + data, nil
		}
		return dest, nil
	}
	u, err := url.Parse(dest)
	if err != nil || u.Scheme != "" || u.Host != "" || filepath.IsAbs(u.Path) || m.dir == "" {
		return dest, nil
	}
	b, err := os.ReadFile(filepath.Join(m.dir, filepath.FromSlash(u.Path)))
	if err != nil {
		return "", fmt.Errorf("reading a picture: %w", err)
	}
	kind := mime.TypeByExtension(filepath.Ext(u.Path))
	if kind == "" {
		kind = "application/octet-stream"
	}
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(b), nil
}

// codeBlocks renders fenced code through the highlighter.
type codeBlocks struct{ hl *highlighter }

func (c codeBlocks) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindFencedCodeBlock, func(w util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		block := n.(*ast.FencedCodeBlock)
		var code bytes.Buffer
		for i := range block.Lines().Len() {
			line := block.Lines().At(i)
			code.Write(line.Value(src))
		}
		h, err := c.hl.language(code.String(), string(block.Language(src)))
		if err != nil {
			return ast.WalkStop, err
		}
		_, err = w.WriteString(string(h))
		return ast.WalkContinue, err
	})
}
