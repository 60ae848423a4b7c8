package symbols_test

// This file tests the tables against the export data that the cell compiler reads.

import (
	"errors"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gilkernel/kernel/cell/stdlib"
	"gilkernel/runtime/symbols"
)

// The generated files must be what the generator writes with this toolchain.
func TestUpToDate(t *testing.T) {
	out, err := exec.Command("go", "env", "GOVERSION").Output()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("there is no go command to compare the tables with")
	} else if err != nil {
		t.Fatal(err)
	}
	if version := strings.TrimSpace(string(out)); version != symbols.GoVersion() {
		t.Skipf("the tables were made with %s, the go command is %s", symbols.GoVersion(), version)
	}
	// The go command runs a test again if a file changed that it opened. What the generator opens isn't
	// seen, so this opens the generator.
	sources, err := filepath.Glob("gen/*.go")
	if err != nil || len(sources) == 0 {
		t.Fatalf("finding the generator: %v %v", sources, err)
	}
	for _, name := range sources {
		if _, err := os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	out, err = exec.Command("go", "run", "./gen", "-check").CombinedOutput()
	if err != nil {
		t.Errorf("%v: these files are out of date, run \"go generate ./runtime/symbols\":\n%s", err, out)
	}
}

func TestPackagesAreThoseOfTheCellCompiler(t *testing.T) {
	got, want := symbols.Packages(), stdlib.Packages()
	if !slices.Equal(got, want) {
		t.Errorf("tables for %v\nexport data for %v", got, want)
	}
	if !slices.IsSorted(got) {
		t.Error("not sorted")
	}
	for _, path := range []string{"fmt", "net/http", "math/rand/v2", "unsafe", "gilkernel/runtime/display"} {
		if !slices.Contains(got, path) {
			t.Errorf("no table for %s", path)
		}
	}
}

// Every exported name has a row or is recorded as one that can't have any, and no row is of another
// name.
func TestNamesAreThoseOfTheExportData(t *testing.T) {
	for _, path := range symbols.Packages() {
		var got []string
		for name := range symbols.Load(path) {
			if name[0] != '_' {
				got = append(got, name)
			}
		}
		generic := symbols.Generic(path)
		for _, name := range generic {
			if slices.Contains(got, name) {
				t.Errorf("%s.%s has a row and is called generic", path, name)
			}
		}
		got = append(got, generic...)
		slices.Sort(got)
		if path == "unsafe" {
			got = append(got, "Slice", "SliceData") // built-ins of a kind that no function can stand in for
			slices.Sort(got)
		}
		if want := stdlib.Exports(path); !slices.Equal(got, want) {
			t.Errorf("%s: the table has\n%v, the export data\n%v", path, got, want)
		}
	}
}

// sameGo reports whether the tables were generated with the release of Go that builds the program. A newer one may
// have moved a type, leaving an alias, and changed a constant.
func sameGo() bool {
	release := func(v string) string { return strings.Join(strings.SplitN(v, ".", 3)[:2], ".") }
	return release(symbols.GoVersion()) == release(runtime.Version())
}

// Each row is of the kind that go/types says, and a constant has its value.
func TestRowsAreOfTheRightKind(t *testing.T) {
	var im stdlib.Importer
	for _, path := range symbols.Packages() {
		p, err := im.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range symbols.Load(path) {
			if name[0] == '_' || path == "unsafe" {
				continue
			}
			o := p.Scope().Lookup(name)
			ok := true
			switch o := o.(type) {
			case *types.Func:
				sig := o.Signature()
				ok = v.Kind() == reflect.Func && !v.IsNil() && v.Type().NumIn() == sig.Params().Len() && v.Type().NumOut() == sig.Results().Len() && v.Type().IsVariadic() == sig.Variadic()
			case *types.Var:
				ok = v.CanSet()
			case *types.TypeName:
				ok = v.Kind() == reflect.Pointer && v.IsNil()
				if _, isNamed := o.Type().(*types.Named); ok && isNamed {
					ok = !sameGo() || v.Type().Elem().Name() == name && v.Type().Elem().PkgPath() == path
				}
			case *types.Const:
				ok = !sameGo() || sameConstant(o, v)
			}
			if !ok {
				t.Errorf("%s.%s: %v has the row %v", path, name, o, v)
			}
		}
	}
}

// sameConstant compares a row with the constant that it stands for. Values are compared only where
// the export data was made for this platform.
func sameConstant(o *types.Const, v reflect.Value) bool {
	c, untyped := v.Interface().(constant.Value)
	if b, ok := o.Type().(*types.Basic); (ok && b.Info()&types.IsUntyped != 0) != untyped && o.Val().Kind() != constant.Bool {
		return false
	}
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		return true
	}
	if !untyped {
		switch {
		case v.CanInt():
			c = constant.MakeInt64(v.Int())
		case v.CanUint():
			c = constant.MakeUint64(v.Uint())
		case v.CanFloat():
			c = constant.MakeFloat64(v.Float())
		case v.Kind() == reflect.Bool:
			c = constant.MakeBool(v.Bool())
		case v.Kind() == reflect.String:
			c = constant.MakeString(v.String())
		default:
			return false
		}
	}
	if o.Val().Kind() == constant.Float {
		got, _ := constant.Float64Val(c)
		want, _ := constant.Float64Val(o.Val())
		return got == want && got != 0 && !math.IsInf(got, 0)
	}
	return constant.Compare(c, token.EQL, o.Val())
}

func TestLoad(t *testing.T) {
	for _, test := range []struct {
		path, name string
		ok         func(reflect.Value) bool
	}{
		{"os", "Args", func(v reflect.Value) bool { return v.Addr().Interface() == any(&os.Args) }},
		{"strings", "ToUpper", func(v reflect.Value) bool { return v.Interface().(func(string) string)("go") == "GO" }},
		{"math", "MaxUint64", func(v reflect.Value) bool {
			return v.Interface().(constant.Value).ExactString() == "18446744073709551615"
		}},
		{"math", "Pi", func(v reflect.Value) bool {
			f, _ := constant.Float64Val(v.Interface().(constant.Value))
			return f == math.Pi
		}},
		{"math", "SmallestNonzeroFloat64", func(v reflect.Value) bool {
			f, _ := constant.Float64Val(v.Interface().(constant.Value))
			return f == math.SmallestNonzeroFloat64
		}},
		{"math", "MaxFloat32", func(v reflect.Value) bool {
			f, _ := constant.Float32Val(v.Interface().(constant.Value))
			return f == math.MaxFloat32
		}},
		{"runtime", "GOOS", func(v reflect.Value) bool { return v.Interface() == runtime.GOOS }},
		{"io", "Reader", func(v reflect.Value) bool { return v.Type().Elem().String() == "io.Reader" }},
		{"math/rand/v2", "IntN", func(v reflect.Value) bool { return v.Interface().(func(int) int)(1) == 0 }},
	} {
		v, ok := symbols.Load(test.path)[test.name]
		if !ok || !test.ok(v) {
			t.Errorf("%s.%s: %v", test.path, test.name, v)
		}
	}
}

func TestNoTable(t *testing.T) {
	for _, path := range []string{"", "nosuch", "internal/abi", "fm", "fmtt", "plugin"} {
		if symbols.Load(path) != nil || symbols.Name(path) != "" || symbols.Generic(path) != nil || symbols.Needs(path) != nil {
			t.Errorf("there is a table for %q", path)
		}
	}
}

// A loaded table is the caller's: binding os.Exit in one interpreter leaves the others alone.
func TestTablesAreIndependent(t *testing.T) {
	first := symbols.Load("fmt")
	delete(first, "Println")
	first["Print"] = reflect.ValueOf(1)
	second := symbols.Load("fmt")
	if !second["Println"].IsValid() || second["Print"].Kind() != reflect.Func {
		t.Error("a change of one map showed in another")
	}
	m := symbols.MapTypes()
	clear(m)
	if len(symbols.MapTypes()) == 0 {
		t.Error("a change of one map showed in another")
	}
}

func TestNames(t *testing.T) {
	for path, want := range map[string]string{"fmt": "fmt", "net/http": "http", "math/rand/v2": "rand", "unsafe": "unsafe"} {
		if got := symbols.Name(path); got != want {
			t.Errorf("Name(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestGeneric(t *testing.T) {
	for _, test := range []struct{ path, name string }{{"slices", "Sort"}, {"maps", "Keys"}, {"cmp", "Ordered"}, {"sync", "OnceValue"}, {"sync/atomic", "Pointer"}, {"math/rand/v2", "N"}, {"iter", "Seq"}} {
		if !slices.Contains(symbols.Generic(test.path), test.name) {
			t.Errorf("Generic(%q) hasn't got %s: %v", test.path, test.name, symbols.Generic(test.path))
		}
	}
}

// Whoever loads a package with all that it needs has every wrapper that yaegi may look for.
func TestNeeds(t *testing.T) {
	for _, path := range symbols.Packages() {
		loaded := append(symbols.Needs(path), path)
		for _, need := range loaded {
			if symbols.Name(need) == "" {
				t.Errorf("%s needs %s, which has no table", path, need)
			}
		}
		own := symbols.Load(path)
		for key, wanted := range symbols.MapTypes() {
			if !slices.ContainsFunc(slices.Collect(maps.Values(own)), func(v reflect.Value) bool { return v == key }) {
				continue
			}
			for _, typ := range wanted {
				if typ.Kind() == reflect.Interface && typ.PkgPath() != "" && (sameGo() || symbols.Name(typ.PkgPath()) != "") && !slices.Contains(loaded, typ.PkgPath()) {
					t.Errorf("%s asks for %s, but doesn't need %s", path, typ, typ.PkgPath())
				}
			}
		}
	}
	for _, test := range []struct{ path, need string }{{"bufio", "io"}, {"net/http", "io"}, {"net/http", "net"}, {"log", "fmt"}, {"encoding/json", "encoding"}} {
		if needs := symbols.Needs(test.path); !slices.Contains(needs, test.need) {
			t.Errorf("Needs(%q) = %v, want %s in it", test.path, needs, test.need)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, path := range []string{"fmt", "net/http", "syscall"} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				symbols.Load(path)
			}
		})
	}
	b.Run("all", func(b *testing.B) {
		b.ReportAllocs()
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		all := map[string]map[string]reflect.Value{}
		for b.Loop() {
			for _, path := range symbols.Packages() {
				all[path] = symbols.Load(path)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc)-float64(before.HeapAlloc), "kept-B")
		runtime.KeepAlive(all)
	})
}
