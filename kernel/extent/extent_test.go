package extent_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"runtime"
	"strings"
	"testing"

	"gilkernel/kernel/extent"
)

// check returns the package that a source is.
func check(t *testing.T, src string) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "x.go", "package main\n"+src, 0)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil), Sizes: extent.Sizes{}}
	pkg, err := conf.Check("main", fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

// Sizes are those that go/types computes.
func TestSizes(t *testing.T) {
	pkg := check(t, `
import ("sync"; "sync/atomic"; "time")
type (
	A struct{}
	B struct { a bool; b int64; c bool }
	C struct { a int32; b struct{} }
	D struct { a [3]B; b [0]int; c string; d any; e []int; f map[int]int; g func(); h chan int; i *D; j error }
	E [7]D
	F struct { a [0]func(); b byte }
	G struct { E; *F; c complex128; d uintptr; e float32; f [2][3]bool }
	H [0]G
	I struct { sync.Mutex; n atomic.Int64; b atomic.Bool; t time.Time }
	J struct { b bool; n atomic.Uint64 }
	K struct { a, b time.Timer }
	L[T any] struct { a bool; b T }
	M L[L[int16]]
	N struct { a L[string]; b L[A]; c byte }
	O interface { m() }
	P func(int) int
	Q rune
)`)
	want := types.SizesFor("gc", runtime.GOARCH)
	got := extent.Sizes{}
	for _, name := range pkg.Scope().Names() {
		typ := pkg.Scope().Lookup(name).Type()
		if n, ok := typ.(*types.Named); ok && n.TypeParams().Len() > 0 {
			continue
		}
		if g, w := got.Sizeof(typ), want.Sizeof(typ); g != w {
			t.Errorf("%s has %d bytes, want %d", name, g, w)
		}
		if g, w := got.Alignof(typ), want.Alignof(typ); g != w {
			t.Errorf("%s is aligned to %d, want %d", name, g, w)
		}
		if st, ok := typ.Underlying().(*types.Struct); ok {
			var fields []*types.Var
			for f := range st.Fields() {
				fields = append(fields, f)
			}
			if g, w := fmt.Sprint(got.Offsetsof(fields)), fmt.Sprint(want.Offsetsof(fields)); g != w {
				t.Errorf("%s has its fields at %s, want %s", name, g, w)
			}
		}
	}
}

// rows returns lines made of format with i and i-1.
func rows(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format+"\n", i+1, i)
	}
	return b.String()
}

func TestExcess(t *testing.T) {
	for _, row := range []struct{ name, src, want string }{
		{"a list", "type L struct { next *L; v int }\ntype X struct { l L; m map[string]*X }", ""},
		{"a long chain", "type A0 int\n" + rows(400, "type A%d struct{ a A%d }") + "type X A400", ""},
		{"boxes in boxes",
			"type B[T any] struct{ v T }\ntype X " + strings.Repeat("B[", 300) + "int" + strings.Repeat("]", 300), ""},
		{"a large array", "type X [1<<24]int", ""},
		{"too large an array", "type X [1<<40]int",
			"a value of type X takes more than 256 MiB; use a slice or a pointer for its large part"},
		{"an array behind a pointer", "type X struct{ p *[1<<40]int }",
			"a value of type [1099511627776]int takes more than 256 MiB"},
		{"an array behind a map", "type X map[string][]chan func(a [1<<40]int)",
			"a value of type [1099511627776]int takes more than 256 MiB"},
		{"an array of arrays", "type A0 [8]int\n" + rows(40, "type A%d [8]A%d") + "type X *A40",
			"a value of type A40 takes more than 256 MiB"},
		{"twice the last", "type A0 struct{ a, b int }\n" + rows(17, "type A%d struct{ a, b A%[2]d }") + "type X A17",
			"a value of type X has more than 100000 fields"},
		{"twice nothing",
			"type A0 struct{}\n" + rows(17, "type A%d struct{ a, b A%[2]d }") + "type X struct { p *A17 }",
			"a value of type A17"},
		{"twice nothing as a field", "type A0 [0]int\n" + rows(17, "type A%d struct{ a, b A%[2]d }") + "type X A17",
			"a value of type X has more than 100000 fields"},
		{"arguments",
			"type D[T any] struct{ a, b T }\ntype X " + strings.Repeat("D[", 17) + "int" + strings.Repeat("]", 17),
			"a value of type X has more than 100000 fields"},
		{"arguments of arrays",
			"type D[T any] [2]T\ntype X " + strings.Repeat("D[", 200) + "int" + strings.Repeat("]", 200),
			"a value of type X takes more than 256 MiB"},
		{"twice the argument",
			"type P[A, B any] struct{}\ntype T0[T any] struct{ v T }\n" +
				rows(17, "type T%d[T any] struct{ v T%d[P[T, T]] }") + "type X T17[int]", "written out, the type T"},
		{"a function of functions",
			"type F0 = func()\ntype P[T any] struct{ a, b func(T) T }\ntype X " + strings.Repeat("P[", 300) + "int" +
				strings.Repeat("]", 300), ""},
	} {
		pkg := check(t, row.src)
		got := new(extent.Scale).Excess(pkg.Scope().Lookup("X").Type(), types.RelativeTo(pkg))
		if got != row.want && (row.want == "" || !strings.HasPrefix(got, row.want)) {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
	}
}
