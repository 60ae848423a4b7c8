package std_test

// This file tests the index of names and the documentation.

import (
	"go/types"
	"slices"
	"strings"
	"testing"

	"gilkernel/kernel/std"
)

func TestLookup(t *testing.T) {
	for _, test := range []struct {
		name, selectors string
		want            string // import paths
	}{
		{"fmt", "Println", "fmt"},
		{"http", "Get HandleFunc", "net/http"},
		{"rand", "", "crypto/rand math/rand/v2 math/rand"},
		{"rand", "Int", "crypto/rand math/rand/v2 math/rand"},
		{"rand", "Prime", "crypto/rand"},
		{"rand", "IntN", "math/rand/v2"},
		{"rand", "Intn", "math/rand"},
		{"rand", "Perm", "math/rand/v2 math/rand"},
		{"rand", "Perm Seed", "math/rand"},
		{"rand", "Seed IntN", "math/rand/v2 math/rand crypto/rand"}, // no package has both
		{"template", "New Must", "text/template html/template"},
		{"template", "HTML", "html/template"},
		{"scanner", "Scanner", "text/scanner go/scanner"},
		{"scanner", "ErrorList", "go/scanner"},
		{"pprof", "StartCPUProfile", "runtime/pprof"},
		{"pprof", "Index", "net/http/pprof"},
		{"fmt", "Printn", "fmt"}, // so that the error can be about Printn
		{"unsafe", "Sizeof", "unsafe"},
		{"nosuch", "Println", ""},
		{"", "", ""},
		{"plugin", "Open", ""},
	} {
		got := strings.Join(std.Lookup(test.name, strings.Fields(test.selectors)), " ")
		if got != test.want {
			t.Errorf("Lookup(%q, %s) = %q, want %q", test.name, test.selectors, got, test.want)
		}
	}
}

func TestNames(t *testing.T) {
	names := std.Names()
	for _, path := range std.Packages() {
		if !slices.ContainsFunc(slices.Collect(func(yield func([]string) bool) {
			for _, paths := range names {
				if !yield(paths) {
					return
				}
			}
		}), func(paths []string) bool { return slices.Contains(paths, path) }) {
			t.Errorf("%s has no name", path)
		}
	}
	if got := names["rand"]; !slices.Equal(got, std.Lookup("rand", nil)) {
		t.Errorf("rand: %v", got)
	}
}

// The index and the export data are of the same packages.
func TestExportsAreThoseOfTheTypes(t *testing.T) {
	var im std.Importer
	for _, path := range std.Packages() {
		p, err := im.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, name := range p.Scope().Names() {
			if types.Object.Exported(p.Scope().Lookup(name)) {
				want = append(want, name)
			}
		}
		if got := std.Exports(path); !slices.Equal(got, want) {
			t.Errorf("%s: the index has %v, the export data %v", path, got, want)
		}
	}
	if got := std.Exports("nosuch"); got != nil {
		t.Errorf("Exports of no package: %v", got)
	}
}

func TestDoc(t *testing.T) {
	for _, test := range []struct{ path, symbol, declaration, comment string }{
		{"fmt", "", `package fmt // import "fmt"`, "formatted I/O"},
		{"fmt", "Println", "func Println(a ...any) (n int, err error)", "Spaces are always added"},
		{"sync", "Mutex", "type Mutex struct {\n\t// contains filtered or unexported fields\n}",
			"mutual exclusion lock"},
		{"sync", "Mutex.Lock", "func (m *Mutex) Lock()", "Lock locks m."},
		{"io", "Reader.Read", "func (Reader) Read(p []byte) (n int, err error)", ""},
		{"net/http", "Server.Addr", "field Addr string", "TCP address"},
		{"net/http", "StatusNotFound", "const StatusNotFound = 404", "RFC 9110"},
		{"time", "Sunday", "const Sunday Weekday = 0", ""},
		{"time", "Second", "const Second Duration = 1000000000", "Common durations"},
		{"math", "Pi", "const Pi = 3.14159265358979323846264338327950288419716939937510582097494459",
			"Mathematical constants"},
		{"os", "Args", "var Args []string", "command-line arguments"},
		{"io", "EOF", "var EOF error", "no more input"},
		{"slices", "Sort", "func Sort[S ~[]E, E cmp.Ordered](x S)", "ascending order"},
		{"builtin", "append", "func append(slice []Type, elems ...Type) []Type", "end of a slice"},
		{"unsafe", "Sizeof", "func Sizeof(x ArbitraryType) uintptr", "hypothetical variable"},
		{"syscall", "SIGINT", "const SIGINT Signal = 2", ""},
	} {
		got, ok := std.Doc(test.path, test.symbol)
		declaration, comment, _ := strings.Cut(got, "\n\n")
		if !ok || declaration != test.declaration ||
			!strings.Contains(strings.ReplaceAll(comment, "\n", " "), test.comment) {
			t.Errorf("Doc(%q, %q) = %v\n%s", test.path, test.symbol, ok, got)
		}
	}
	for _, missing := range [][2]string{
		{"fmt", "Printn"},
		{"fmt", "println"},
		{"nosuch", ""},
		{"", ""},
		{"sync", "Mutex.state"},
	} {
		if got, ok := std.Doc(missing[0], missing[1]); ok {
			t.Errorf("Doc%q = %q", missing, got)
		}
	}
}

// Every package is documented. That all names are is checked by the generator: asking for each takes
// seconds.
func TestEveryPackageHasDoc(t *testing.T) {
	for _, path := range std.Packages() {
		if _, ok := std.Doc(path, ""); !ok {
			t.Errorf("%s: no package documentation", path)
		}
		for _, name := range std.Exports(path)[:min(1, len(std.Exports(path)))] {
			if _, ok := std.Doc(path, name); !ok {
				t.Errorf("%s.%s: no documentation", path, name)
			}
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		std.Lookup("rand", []string{"IntN"})
	}
}

func BenchmarkDoc(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		std.Doc("net/http", "Server.Addr")
	}
}
