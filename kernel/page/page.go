// Package page renders a notebook as one self-contained HTML file.
package page

// This file defines the page: its frame, its cells and what of each output is shown.

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"

	"gilkernel/kernel/notebook"
)

//go:embed page.css
var pageCSS string

//go:embed page.html
var pageHTML string

// Options says how to render. The zero value and nil are usable.
type Options struct {
	Title string // "": the first heading of the notebook, else "Notebook"
	// Dir is the folder that relative picture links in Markdown are looked up in; such pictures are
	// written into the page. "": relative links stay as they are.
	Dir string
	// Trusted reports whether the outputs of a cell were made just now, by the user of the page: their HTML is written
	// as it is, scripts included. All other HTML is sanitized, as JupyterLab does with what it hasn't run. nil: none is
	// trusted.
	Trusted func(*notebook.Cell) bool
	// Warn is called for each picture that the page lacks, with one sentence; nil discards it.
	Warn func(string)
	// Language is the highlighter's name for the code, "" for Go.
	Language string
}

type pageView struct {
	Title string
	CSS   template.CSS
	Cells []cellView
}

type cellView struct {
	Kind    string // code, markdown or raw
	Count   string
	Body    template.HTML
	Outputs []outputView
}

type outputView struct {
	Class string
	Body  template.HTML
}

// Render returns the page. Everything that it shows is in it: styles, pictures from the notebook's
// folder, outputs; only pictures on the web are loaded. Markdown and outputs that aren't trusted are
// sanitized. A picture that is missing is named in its place. The only errors are the renderer's own.
func Render(nb *notebook.Notebook, o *Options) ([]byte, error) {
	if o == nil {
		o = &Options{}
	}
	hl := newHighlighter(o.Language)
	cell := 0
	md := newMarkdown(o.Dir, hl, func(why string) {
		if o.Warn != nil {
			o.Warn(fmt.Sprintf("cell %d: %s", cell, why))
		}
	})
	view := pageView{Title: o.Title, CSS: template.CSS(pageCSS + hl.css)}
	if view.Title == "" {
		view.Title = title(nb)
	}
	for i, c := range nb.Cells {
		cell = i + 1
		cv := cellView{Kind: c.Type}
		trusted := o.Trusted != nil && o.Trusted(c)
		switch c.Type {
		case notebook.Markdown:
			body, err := md.render(c)
			if err != nil {
				return nil, fmt.Errorf("rendering cell %d: %w", i+1, err)
			}
			cv.Body = body
		case notebook.Code:
			cv.Count = " "
			if c.ExecutionCount > 0 {
				cv.Count = fmt.Sprint(c.ExecutionCount)
			}
			cv.Body = hl.html(c.Source)
			for _, out := range c.Outputs {
				ov, err := output(&out, md, trusted)
				if err != nil {
					return nil, fmt.Errorf("rendering an output of cell %d: %w", i+1, err)
				}
				cv.Outputs = append(cv.Outputs, ov)
			}
		default:
			cv.Body = template.HTML("<pre>" + template.HTMLEscapeString(c.Source) + "</pre>")
		}
		view.Cells = append(view.Cells, cv)
	}
	t, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return nil, fmt.Errorf("parsing page template: %w", err)
	}
	var buf bytes.Buffer
	if err := t.Execute(&buf, view); err != nil {
		return nil, fmt.Errorf("rendering page: %w", err)
	}
	return buf.Bytes(), nil
}

func title(nb *notebook.Notebook) string {
	for _, c := range nb.Cells {
		if c.Type != notebook.Markdown {
			continue
		}
		for line := range strings.Lines(c.Source) {
			if t, ok := strings.CutPrefix(strings.TrimSpace(line), "# "); ok {
				return t
			}
		}
	}
	return "Notebook"
}

// shown lists the MIME types that a page can show without scripts, the richest first. Vega-Lite and
// widgets need scripts; what the runtime draws has a PNG and a text twin, and those are shown.
var shown = [...]string{
	"text/html", "image/svg+xml", "image/png", "image/jpeg", "image/gif", "text/markdown", "text/latex", "text/plain",
}

func output(o *notebook.Output, md *markdown, trusted bool) (outputView, error) {
	switch o.Type {
	case "stream":
		return outputView{"stream " + o.Name,
			template.HTML("<pre>" + ansiHTML(notebook.FoldCarriageReturns(o.Text)) + "</pre>")}, nil
	case "error":
		text := strings.Join(o.Traceback, "\n")
		if text == "" {
			text = o.EName + ": " + o.EValue
		}
		return outputView{"error", template.HTML("<pre>" + ansiHTML(text) + "</pre>")}, nil
	}
	for _, mime := range shown {
		s, ok := o.DataText(mime)
		if !ok {
			continue
		}
		switch mime {
		case "text/html", "image/svg+xml":
			if trusted {
				return outputView{"data", template.HTML(s)}, nil
			}
			if mime == "image/svg+xml" { // as a picture it runs no script
				return outputView{"data",
					template.HTML(`<img alt="" src="data:image/svg+xml;base64,` +
						base64.StdEncoding.EncodeToString([]byte(s)) + `">`)}, nil
			}
			return outputView{"data", md.clean(s)}, nil
		case "image/png", "image/jpeg", "image/gif":
			alt, _ := o.DataText("text/plain")
			return outputView{"data", template.HTML(fmt.Sprintf(`<img alt="%s" src="data:%s;base64,%s">`,
					template.HTMLEscapeString(alt), mime,
					template.HTMLEscapeString(strings.Join(strings.Fields(s), ""))))},
				nil
		case "text/markdown":
			body, err := md.renderText(s, nil)
			return outputView{"data", body}, err
		default:
			return outputView{"data", template.HTML("<pre>" + ansiHTML(s) + "</pre>")}, nil
		}
	}
	return outputView{"data", template.HTML("<pre>(an output that this page can't show)</pre>")}, nil
}
