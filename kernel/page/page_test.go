package page_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gilkernel/kernel/notebook"
	"gilkernel/kernel/page"
)

func raw(v any) json.RawMessage {
	b, _ := json.Marshal(v)
	return b
}

// png is the beginning of every PNG.
const png = "\x89PNG\r\n\x1a\n"

func TestRender(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "pic.png"), []byte(png), 0o600); err != nil {
		t.Fatal(err)
	}
	data := func(m map[string]json.RawMessage) notebook.Output {
		return notebook.Output{Type: "display_data", Data: m}
	}
	for _, test := range []struct {
		name string
		cell notebook.Cell
		want []string
		not  []string
	}{
		{"heading", notebook.Cell{Type: notebook.Markdown, Source: "# Hello <b>you</b>\n\n|a|b|\n|-|-|\n|1|2|"},
			[]string{"<h1", "<table>", "<b>you</b>"}, nil},
		{"fenced code", notebook.Cell{Type: notebook.Markdown, Source: "```go\nfunc f() {}\n```"},
			[]string{`class="kd"`}, nil},
		{"picture from a file", notebook.Cell{Type: notebook.Markdown, Source: "![p](pic.png)"},
			[]string{"data:image/png;base64,iVBORw0KGgo="}, []string{`src="pic.png"`}},
		{"picture from the web", notebook.Cell{Type: notebook.Markdown, Source: "![p](https://example.org/a.png)"},
			[]string{"https://example.org/a.png"}, nil},
		{"attachment",
			notebook.Cell{Type: notebook.Markdown, Source: "![p](attachment:a.png)",
				Attachments: raw(map[string]any{"a.png": map[string]string{"image/png": "QUJD"}})},
			[]string{"data:image/png;base64,QUJD"}, []string{"attachment:"}},
		{"code", notebook.Cell{Type: notebook.Code, Source: "if a < b {\n}", ExecutionCount: 7},
			[]string{"[7]:", "&lt;", `class="k"`}, []string{"a < b"}},
		{"code not run", notebook.Cell{Type: notebook.Code, Source: "x"}, []string{"[ ]:"}, nil},
		{"cell magic", notebook.Cell{Type: notebook.Code, Source: "%%python\nimport os\n"}, []string{`class="kn"`},
			nil},
		{"stream",
			notebook.Cell{Type: notebook.Code,
				Outputs: []notebook.Output{{Type: "stream", Name: "stdout", Text: "1%\r99% <x>\n"}}},
			[]string{"stream stdout", "99% &lt;x&gt;"}, []string{"1%"}},
		{"error",
			notebook.Cell{Type: notebook.Code,
				Outputs: []notebook.Output{{Type: "error", Traceback: []string{"\x1b[31mboom\x1b[0m", "at <x>"}}}},
			[]string{`<span class="ansi-1">boom</span>`, "at &lt;x&gt;"}, []string{"\x1b"}},
		{"error without traceback",
			notebook.Cell{Type: notebook.Code,
				Outputs: []notebook.Output{{Type: "error", EName: "panic", EValue: "boom"}}}, []string{"panic: boom"},
			nil},
		{"png",
			notebook.Cell{Type: notebook.Code,
				Outputs: []notebook.Output{data(map[string]json.RawMessage{"image/png": raw("iVBO\nRw0K\n"),
					"text/plain": raw("a \"plot\"")})}},
			[]string{`src="data:image/png;base64,iVBORw0K"`, `alt="a &#34;plot&#34;"`}, nil},
		{"html wins over text",
			notebook.Cell{Type: notebook.Code,
				Outputs: []notebook.Output{data(map[string]json.RawMessage{"text/html": raw("<i>rich</i>"),
					"text/plain": raw("poor")})}}, []string{"<i>rich</i>"}, []string{"poor"}},
		{"picture twin of a chart",
			notebook.Cell{Type: notebook.Code,
				Outputs: []notebook.Output{data(
					map[string]json.RawMessage{"application/vnd.vegalite.v5+json": raw(map[string]int{"a": 1}),
						"image/png": raw("iVBO")})}}, []string{"data:image/png;base64,iVBO"}, nil},
		{"markdown output",
			notebook.Cell{Type: notebook.Code,
				Outputs: []notebook.Output{data(map[string]json.RawMessage{"text/markdown": raw("**bold**")})}},
			[]string{"<strong>bold</strong>"}, nil},
		{"nothing to show",
			notebook.Cell{Type: notebook.Code,
				Outputs: []notebook.Output{data(map[string]json.RawMessage{"application/x-odd": raw(1)})}},
			[]string{"an output that this page can&#39;t show"}, nil},
		{"raw", notebook.Cell{Type: notebook.Raw, Source: "<raw>"}, []string{"&lt;raw&gt;"}, nil},
	} {
		b, err := page.Render(&notebook.Notebook{Cells: []*notebook.Cell{&test.cell}}, &page.Options{Dir: dir})
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		_, body, _ := strings.Cut(string(b), "<body>")
		for _, want := range test.want {
			if !strings.Contains(body, want) && !strings.Contains(body, strings.ReplaceAll(want, "&#39;", "'")) {
				t.Errorf("%s: no %q in\n%s", test.name, want, body)
			}
		}
		for _, not := range test.not {
			if strings.Contains(body, not) {
				t.Errorf("%s: %q in\n%s", test.name, not, body)
			}
		}
	}
}

func TestSelfContained(t *testing.T) {
	nb := &notebook.Notebook{Cells: []*notebook.Cell{{Type: notebook.Markdown, Source: "intro\n\n# The title\n"}}}
	b, err := page.Render(nb, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, outside := range []string{"<script", "<link", "http://", "https://", "@import"} {
		if strings.Contains(string(b), outside) {
			t.Errorf("the page has %q: it must load nothing", outside)
		}
	}
	if !strings.Contains(string(b), "<title>The title</title>") {
		t.Error("the first heading isn't the title")
	}
}
