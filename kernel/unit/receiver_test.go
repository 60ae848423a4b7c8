package unit_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"gilkernel/kernel/unit"
)

func TestReceiver(t *testing.T) {
	for code, want := range map[string]string{
		"func f() {}":                 "",
		"func (T) m() {}":             "T",
		"func (x *T) m() {}":          "T",
		"func (x *(T)) m() {}":        "T",
		"func (x T[K]) m() {}":        "T",
		"func (x *T[K, V]) m() {}":    "T",
		"func (x, y T) m() {}":        "T",
		"func (x T, y U) m() {}":      "",
		"func () m() {}":              "",
		"func (x []T) m() {}":         "",
		"func (x struct{ T }) m() {}": "",
	} {
		f, _ := parser.ParseFile(token.NewFileSet(), "", "package p\n"+code, parser.SkipObjectResolution)
		if got := unit.Receiver(f.Decls[0].(*ast.FuncDecl)); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}
