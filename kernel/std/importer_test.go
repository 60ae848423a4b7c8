package std_test

// This file tests the importer.

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"sync"
	"testing"

	"gilkernel/kernel/std"
)

// check type-checks a file as the session does.
func check(im types.Importer, src string) error {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "cell.go", src, 0)
	if err != nil {
		return err
	}
	conf := types.Config{Importer: im}
	_, err = conf.Check("main", fset, []*ast.File{f}, nil)
	return err
}

func TestEveryPackageImports(t *testing.T) {
	var im std.Importer
	for _, path := range std.Packages() {
		p, err := im.Import(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if p.Path() != path || !p.Complete() {
			t.Errorf("Import(%q) returned %s, complete: %v", path, p.Path(), p.Complete())
		}
		if again, _ := im.Import(path); again != p {
			t.Errorf("%s: the second import returned another package", path)
		}
	}
}

// A type that is reached through two packages must be one type, whichever was imported first.
func TestTypesAreShared(t *testing.T) {
	const src = `package main
import ("bufio"; "context"; "fmt"; "io"; "io/fs"; "net"; "net/http"; "os"; "strings"; "time")
var r io.Reader = bufio.NewReader(strings.NewReader(""))
var w io.Writer = http.ResponseWriter(nil)
var c context.Context = (&http.Request{}).Context()
var d time.Duration = (&http.Server{}).ReadTimeout
var l net.Listener = func() net.Listener { l, _ := net.Listen("tcp", ""); _ = http.Serve(l, nil); return l }()
var i os.FileInfo = fs.FileInfo(nil)
var s fmt.Stringer = d
`
	orders := [][]string{{}, {"net/http"}, {"io", "net/http"}, {"bufio", "io"}, {"strings", "fmt", "context"}}
	for _, first := range orders {
		var im std.Importer
		for _, path := range first {
			if _, err := im.Import(path); err != nil {
				t.Fatal(err)
			}
		}
		if err := check(&im, src); err != nil {
			t.Errorf("after %v: %v", first, err)
		}
	}
}

// Generics, constraints and iterators must survive being written and read.
func TestGenerics(t *testing.T) {
	const src = `package main
import ("cmp"; "iter"; "maps"; "slices"; "sync"; "sync/atomic")
func Max[T cmp.Ordered](s []T) T { return slices.Max(s) }
var m = Max([]float64{1, 2})
var p atomic.Pointer[int]
var once func() string = sync.OnceValue(func() string { return "" })
var seq iter.Seq[string] = maps.Keys(map[string]int{})
var sorted []string = slices.Sorted(seq)
`
	var im std.Importer
	if err := check(&im, src); err != nil {
		t.Error(err)
	}
}

func TestImportErrors(t *testing.T) {
	var im std.Importer
	for _, path := range []string{"", "nosuch", "internal/abi", "plugin", "C", "fmt/", "vendor/golang.org/x/net/idna"} {
		if p, err := im.Import(path); err == nil {
			t.Errorf("Import(%q) returned %v", path, p)
		}
	}
	// An error leaves the importer usable.
	if _, err := im.Import("fmt"); err != nil {
		t.Error(err)
	}
}

// Importing fmt must not read everything.
func TestImportIsLazy(t *testing.T) {
	var im std.Importer
	p, err := im.Import("fmt")
	if err != nil {
		t.Fatal(err)
	}
	for _, dep := range p.Imports() {
		if dep.Complete() {
			t.Errorf("importing fmt read all of %s", dep.Path())
		}
	}
}

// Hammer: sessions check cells with one importer while it reads further packages.
func TestHammerImporter(t *testing.T) {
	sources := []string{
		"package main\nimport \"fmt\"\nvar _ = fmt.Sprint(1)",
		"package main\nimport (\"io\"; \"os\")\nvar _ io.Reader = os.Stdin",
		"package main\nimport (\"net/http\"; \"io\")\nvar _ io.ReadCloser = (&http.Request{}).Body",
		"package main\nimport (\"bufio\"; \"context\"; \"strings\")\n" +
			"var _ = bufio.NewReader(strings.NewReader(\"\"))\nvar _ = context.Background()",
		"package main\nimport (\"slices\"; \"cmp\")\nvar _ = slices.MaxFunc([]int{1}, cmp.Compare[int])",
	}
	for range 5 {
		var im std.Importer
		var wg sync.WaitGroup
		for g := range 2 * len(sources) {
			wg.Go(func() {
				if err := check(&im, sources[g%len(sources)]); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
}

func BenchmarkImport(b *testing.B) {
	for _, path := range []string{"fmt", "net/http", "go/types"} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var im std.Importer
				if _, err := im.Import(path); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
