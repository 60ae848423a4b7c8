package page_test

// This file defines the tests of highlighting: what each piece of code becomes.

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"gilkernel/kernel/notebook"
	"gilkernel/kernel/page"
)

// pieces returns the code of a page's first cell, with each piece that has a class written as class‹text›.
func pieces(t *testing.T, code, language string) string {
	t.Helper()
	nb := &notebook.Notebook{Cells: []*notebook.Cell{{Type: notebook.Code, Source: code}}}
	b, err := page.Render(nb, &page.Options{Language: language})
	if err != nil {
		t.Fatal(err)
	}
	_, shown, found := strings.Cut(string(b), `<pre class="hl"><code>`)
	shown, _, closed := strings.Cut(shown, "</code></pre>")
	if !found || !closed {
		t.Fatalf("no code in %s", b)
	}
	shown = regexp.MustCompile(`<span class="(\w+)">([^<]*)</span>`).ReplaceAllString(shown, "$1‹$2›")
	return html.UnescapeString(shown)
}

func TestHighlighting(t *testing.T) {
	for _, row := range []struct{ name, language, code, want string }{
		{"go words", "", "func add(a int) { return go1 }", "kd‹func› nf‹add›(a nb‹int›) { k‹return› go1 }"},
		{"go imports", "", `import "fmt" // why`, `kn‹import› s‹"fmt"› c‹// why›`},
		{"go strings", "", "x := \"a \\\" func\" + `if\n\"` + 'a'", "x := s‹\"a \\\" func\"› + s‹`if\n\"`› + s‹'a'›"},
		{"go numbers", "", "0x_fF+1_000.5e-3i-a1", "m‹0x_fF›+m‹1_000.5e-3i›-a1"},
		{"go comments", "", "/* if\n\"else\" */x", "c‹/* if\n\"else\" */›x"},
		{"go other letters", "", "größefor := für(1)", "größefor := nf‹für›(m‹1›)"},
		{"magics of a line", "", "%time x\n!ls\n?x\n100%3", "cp‹%time x›\ncp‹!ls›\ncp‹?x›\nm‹100›%m‹3›"},
		{"html", "", `x < "<b>&"`, `x < s‹"<b>&"›`},
		{"python", "python", "from x import f'a' # c\nprint(True, 1j, \"\"\"if\n\"\"\")",
			"kn‹from› x kn‹import› s‹f'a'› c‹# c›\nnb‹print›(nb‹True›, m‹1j›, s‹\"\"\"if\n\"\"\"›)"},
		{"a cell magic's language", "", "%%python 3.13t\nimport os", "cp‹%%python 3.13t›\nkn‹import› os"},
		{"a cell magic of Go", "", "%%step\nimport \"os\"", "cp‹%%step›\nkn‹import› s‹\"os\"›"},
		{"shell", "sh", "if [ $HOME ]; then # home\necho a#b \"fi\"; fi",
			"k‹if› [ nb‹$HOME› ]; k‹then›c‹ # home›\necho a#b s‹\"fi\"›; k‹fi›"},
		{"an unknown language", "cobol", "if \"x\"", "if \"x\""},
		{"no code", "", "", ""},
		{"an open string", "", "\"abc\nif", "\"abc\nk‹if›"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := pieces(t, row.code, row.language); got != row.want {
				t.Errorf("%q is shown as\n%s\nwant\n%s", row.code, got, row.want)
			}
		})
	}
}

// Each class has a colour on light pages and one on dark pages.
func TestEachClassHasColours(t *testing.T) {
	b, err := page.Render(&notebook.Notebook{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, class := range strings.Fields("k kd kn nb nf s m c cp") {
		if n := len(regexp.MustCompile(fmt.Sprintf(`\.hl \.%s\b`, class)).FindAll(b, -1)); n != 2 {
			t.Errorf("the class %s has %d rules, want 2", class, n)
		}
	}
}
