package packages_test

import (
	"fmt"
	"go/ast"
	"strings"
	"testing"
)

// Long tables of bytes become strings; other literals stay as they are.
func TestTables(t *testing.T) {
	list := func(n int, last string) string { return strings.Repeat("1, 0x2, ", n) + last }
	m := module(t, map[string]string{"m.go": fmt.Sprintf("package m\n\nvar (\n\tA = []byte{%s}\n\tB = []byte{1}\n"+
		"\tC = []byte{%s}\n\tD = []uint16{%s}\n\tE = [...]byte{%s}\n)\n\nconst c = 3\n", list(200, "255"), list(200, "c"),
		list(200, "300"), list(200, "4"))})
	l := loader(true, m)
	if _, err := l.Import("example.com/m"); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"A": true, "B": false, "C": false, "D": false, "E": false}
	for _, in := range l.Of("example.com/m").Unit().Info.InitOrder {
		name := in.Lhs[0].Name()
		call, ok := in.Rhs.(*ast.CallExpr)
		if ok != want[name] {
			t.Errorf("%s: %T", name, in.Rhs)
		}
		if ok {
			value := l.Of("example.com/m").Unit().Info.Types[call.Args[0]].Value.ExactString()
			if !strings.HasPrefix(value, `"\x01\x02\x01`) || !strings.HasSuffix(value, `\xff"`) {
				t.Errorf("%.30s…", value)
			}
		}
	}
}
