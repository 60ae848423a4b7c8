package page_test

// This file defines the tests of notebooks that want to do harm, or lack something.

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gilkernel/kernel/notebook"
	"gilkernel/kernel/page"
	"gilkernel/skip"
)

// render renders one cell and returns the page's body and what it warned of.
func render(t *testing.T, c *notebook.Cell, o page.Options) (body string, warnings []string) {
	t.Helper()
	o.Warn = func(s string) { warnings = append(warnings, s) }
	b, err := page.Render(&notebook.Notebook{Cells: []*notebook.Cell{c}}, &o)
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ = strings.Cut(string(b), "<body>")
	return body, warnings
}

// Nothing that runs, loads or lies over the page gets through, by whichever way the HTML comes.
func TestHTMLIsSanitized(t *testing.T) {
	for _, row := range []struct{ html, keeps string }{
		{`<script>alert(1)</script>`, ""},
		{`<SCRIPT SRC=x.js></SCRIPT>`, ""},
		{`<img src=x onerror=alert(1)>`, ""},
		{`<img src="x.png" onerror="alert(1)" alt="a">`, `alt="a"`},
		{`<a href="javascript:alert(1)">x</a>`, "x"},
		{`<a href=" java&#10;script:alert(1)">x</a>`, "x"},
		{`<a href="https://example.org/">x</a>`, `href="https://example.org/"`},
		{`<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>`, "x"},
		{`<iframe src="https://example.org"></iframe>`, ""},
		{`<object data="x.swf"></object><embed src="x.swf">`, ""},
		{`<form action="https://example.org"><button formaction="javascript:alert(1)">x</button></form>`, "x"},
		{`<svg onload=alert(1)><script>alert(1)</script></svg>`, ""},
		{`<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>`, ""},
		{`<div style="position:fixed;top:0;background:url(https://example.org/x)">x</div>`, "x"},
		{`<span style="color: red">x</span>`, `color: red`},
		{`<style>@import "https://example.org/x.css"; body { display: none }</style>`, ""},
		{`<link rel=stylesheet href="https://example.org/x.css">`, ""},
		{`<meta http-equiv=refresh content="0;url=https://example.org">`, ""},
		{`<base href="https://example.org/">`, ""},
		{`<body onload=alert(1)>`, ""},
		{`<details open ontoggle=alert(1)><summary>s</summary>x</details>`, "<summary>s</summary>"},
		{`<video><source onerror="alert(1)"></video>`, ""},
		{`<input type=image src=x onerror=alert(1)>`, ""},
		{`<img src="data:image/svg+xml;base64,PHN2Zz4=">`, "data:image/svg+xml;base64,PHN2Zz4="},
		{`<img src="data:text/html,<script>alert(1)</script>">`, ""},
		{`<b>bold</b> <kbd>Esc</kbd> <table><tr><td colspan="2">t</td></tr></table>`, `colspan="2"`},
	} {
		lower := strings.ToLower
		for way, c := range map[string]*notebook.Cell{
			"Markdown": {Type: notebook.Markdown, Source: "text\n\n" + row.html + "\n\ntext " + row.html},
			"Markdown output": {Type: notebook.Code,
				Outputs: []notebook.Output{{Type: "display_data",
					Data: map[string]json.RawMessage{"text/markdown": raw(row.html)}}}},
			"HTML output": {Type: notebook.Code,
				Outputs: []notebook.Output{{Type: "execute_result",
					Data: map[string]json.RawMessage{"text/html": raw(row.html)}}}},
		} {
			body, _ := render(t, c, page.Options{})
			for _, bad := range []string{"<script", "onerror", "onload", "ontoggle", "javascript:", "<iframe",
				"<object", "<embed", "<form", "<style", "<link", "<meta", "<base", "position", "url(", "type=\"image\"",
				"data:text/html", "formaction"} {
				if strings.Contains(lower(body), bad) {
					t.Errorf("%s: %s leaves %q:\n%s", way, row.html, bad, body)
				}
			}
			if !strings.Contains(body, row.keeps) {
				t.Errorf("%s: %s loses %q:\n%s", way, row.html, row.keeps, body)
			}
		}
	}
}

// An attachment's media type and name are a stranger's words too.
func TestHostileAttachment(t *testing.T) {
	c := &notebook.Cell{Type: notebook.Markdown, Source: "![a](attachment:a) ![b](attachment:b) " +
		"![c](attachment:a%20b.png)", Attachments: raw(map[string]any{
		"a":       map[string]string{`image/png"><script>alert(1)</script>`: "QUJD", "text/html": "QUJD"},
		"b":       map[string]string{"image/png": `"><script>alert(1)</script>`},
		"a b.png": map[string]string{"image/png": "QU\nJD"},
	})}
	body, _ := render(t, c, page.Options{})
	if strings.Contains(body, "<script") || strings.Contains(body, "text/html") ||
		!strings.Contains(body, "data:image/png;base64,QUJD") {
		t.Error(body)
	}
}

// What the learner's own cells made just now is written as it is; SVG of others is a picture.
func TestTrustedOutputs(t *testing.T) {
	ours := &notebook.Cell{Type: notebook.Code,
		Outputs: []notebook.Output{{Type: "display_data",
			Data: map[string]json.RawMessage{"text/html": raw(`<div style="width:5px" onclick="f()">x</div>`)}}}}
	body, _ := render(t, ours, page.Options{Trusted: func(c *notebook.Cell) bool { return c == ours }})
	if !strings.Contains(body, `<div style="width:5px" onclick="f()">x</div>`) {
		t.Error(body)
	}
	svg := &notebook.Cell{Type: notebook.Code,
		Outputs: []notebook.Output{{Type: "display_data",
			Data: map[string]json.RawMessage{"image/svg+xml": raw(`<svg onload="f()"></svg>`)}}}}
	body, _ = render(t, svg, page.Options{})
	if strings.Contains(body, "onload") || !strings.Contains(body, `<img alt="" src="data:image/svg+xml;base64,`) {
		t.Error(body)
	}
}

// Only pictures in the notebook's folder are embedded; each other is named in its place, and the page is
// made all the same.
func TestPictures(t *testing.T) {
	place := t.TempDir()
	dir := filepath.Join(place, "notebooks")
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, err := range []error{
		os.MkdirAll(in("sub"), 0o700),
		os.WriteFile(filepath.Join(place, "secret.txt"), []byte("SECRET"), 0o600),
		os.WriteFile(filepath.Join(place, "secret.png"), []byte(png+"SECRET"), 0o600),
		os.WriteFile(in("sub/in.png"), []byte(png), 0o600),
		os.WriteFile(in("a b.png"), []byte(png), 0o600),
		os.WriteFile(in("text.png"), []byte("SECRET"), 0o600),
		os.WriteFile(in("v.svg"), []byte("<?xml version=\"1.0\"?>\n<svg></svg>"), 0o600),
		os.WriteFile(in("empty.png"), nil, 0o600),
		os.Symlink("../secret.png", in("link.png")),
		os.Symlink("sub/in.png", in("inner.png")),
		os.Symlink("..", in("up")),
	} {
		if err != nil {
			skip.Missing(t, err.Error())
		}
	}
	_ = exec.Command("mkfifo", in("fifo.png")).Run() // without it the row says that there is no such file
	const outside, no = "it is outside of the notebook's folder", "the file is not a picture"
	for _, row := range []struct{ link, want string }{
		{"sub/in.png", ""}, {"./sub/../sub/in.png", ""}, {"a%20b.png", ""}, {"inner.png", ""}, {"v.svg", ""},
		{"../secret.txt", outside}, {"../secret.png", outside}, {"%2e%2e/secret.png", outside},
		{"sub/../../secret.png", outside},
		{"link.png", outside}, {"up/secret.png", outside}, {filepath.ToSlash(place) + "/secret.png", outside},
		{"/etc/passwd", outside},
		{"file:///etc/passwd", outside}, {"file:secret.png", outside}, {"ftp:x.png", outside},
		{"text.png", no}, {"empty.png", no}, {"sub", no}, {".", no},
		{"missing.png", "there is no such file"}, {"sub/in.png/x", outside},
		{"attachment:none.png", "the cell has no such attachment"},
		{"%zz", "the link is malformed"}, {"sub%00/in.png", outside},
	} {
		body, warnings := render(t,
			&notebook.Cell{Type: notebook.Markdown, Source: "before ![t](<" + row.link + ">) after"},
			page.Options{Dir: dir})
		if strings.Contains(body, "SECRET") || strings.Contains(body, "U0VDUkVU") || strings.Contains(body, "NFQ1JFV") {
			t.Errorf("%s: the secret is in the page", row.link)
		}
		embedded := strings.Contains(body, `src="data:image/`)
		if embedded != (row.want == "") || !strings.Contains(body, "before") || !strings.Contains(body, "after") {
			t.Errorf("%s: %s", row.link, body)
		}
		if row.want != "" && !slices.Contains(warnings, "cell 1: the picture "+row.link+" is not shown: "+row.want) {
			t.Errorf("%s: warned of %q, want %q", row.link, warnings, row.want)
		}
	}
	body, warnings := render(t, &notebook.Cell{Type: notebook.Markdown, Source: "![t](fifo.png)"},
		page.Options{Dir: dir})
	if len(warnings) != 1 || strings.Contains(body, "<img") {
		t.Errorf("a FIFO: %q", warnings)
	}
}
