package interp_test

import (
	"fmt"
	"strings"
	"testing"

	"gilkernel/kernel/interp/link"
	"gilkernel/runtime/symbols"
)

// Every package can be imported, alone in a fresh interpreter and beside all others.
func TestImports(t *testing.T) {
	together := begin(t)
	for _, path := range symbols.Packages() {
		if path == "unsafe" {
			continue // the interpreter has it built in
		}
		code := fmt.Sprintf("import _ %q\n__rt.Result(1)\n", path)
		if r := together.run(code); r.done.Status != "ok" {
			t.Errorf("%s: %s", path, trace(r.done.Error))
		}
	}
	if got := together.run("import (\"strings\"; \"net/http\"; r \"math/rand/v2\")\n_ = r.IntN(3)\n__rt.Result(strings.ToUpper(http.MethodGet))\n").ok(t).text(); got != `"\"GET\""` {
		t.Errorf("got %s", got)
	}
	r := together.run("import \"example.com/none\"\n__rt.Result(1)\n")
	if !r.done.Compile || !strings.Contains(r.done.Error.Value, "package example.com/none is not in the interpreter's tables") {
		t.Errorf("got %+v", r.done)
	}
}

// A cell's value goes into an interface of a package that the cell doesn't import itself.
func TestWrappersOfOtherPackages(t *testing.T) {
	p := begin(t)
	r := p.run(`import ("bufio"; "fmt")
type zeros struct{ n int }
func (z *zeros) Read(b []byte) (int, error) { z.n++; copy(b, "0\n"); return 2, nil }
---
s := bufio.NewScanner(&zeros{})
s.Scan()
fmt.Print(s.Text())
`).ok(t)
	if r.out[1] != "0" {
		t.Errorf("got %q", r.out[1])
	}
}

// An import is repeated for each cell whose functions a source holds.
func TestRepeatedImports(t *testing.T) {
	p := begin(t)
	q := p.request("import \"fmt\"\nimport \"fmt\"\nimport f \"fmt\"\nfunc say() { fmt.Print(1); f.Print(2) }\n---\nsay()\n")
	p.send(&link.Request{Run: q})
	if r := p.wait(q.ID).ok(t); r.out[1] != "12" {
		t.Errorf("got %q", r.out[1])
	}
}
