package symbols_test

// This file tests the tables against the export data that the session reads.

import (
	"errors"
	"fmt"
	"go/types"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gilkernel/kernel/std"
	"gilkernel/kernel/std/symbols"
	"gilkernel/skip"
)

// The generated files must be what the generator writes with this toolchain.
func TestUpToDate(t *testing.T) {
	out, err := exec.Command("go", "env", "GOVERSION").Output()
	if errors.Is(err, exec.ErrNotFound) {
		skip.Missing(t, "there is no go command to compare the tables with")
	} else if err != nil {
		t.Fatal(err)
	}
	if version := strings.TrimSpace(string(out)); version != symbols.GoVersion() {
		skip.Missing(t, fmt.Sprintf("the tables were made with %s, the go command is %s", symbols.GoVersion(), version))
	}
	// The go command runs a test again if a file changed that it opened. What the generator opens isn't
	// seen, so this opens the generator.
	sources, err := filepath.Glob("../gen/*.go")
	if err != nil || len(sources) == 0 {
		t.Fatalf("finding the generator: %v %v", sources, err)
	}
	for _, name := range sources {
		if _, err := os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	out, err = exec.Command("go", "run", "../gen", "-check").CombinedOutput()
	if err != nil {
		t.Errorf("%v: these files are out of date, run \"go generate ./kernel/std\":\n%s", err, out)
	}
}

func TestPackagesAreThoseOfTheCellCompiler(t *testing.T) {
	got, want := symbols.Packages(), std.Packages()
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

// Every exported name has a row, but for constants and what is generic, and no row is of another name.
func TestNamesAreThoseOfTheExportData(t *testing.T) {
	var im std.Importer
	for _, path := range symbols.Packages() {
		if path == "unsafe" {
			continue // the compiler's
		}
		p, err := im.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, name := range std.Exports(path) {
			if hasRow(p.Scope().Lookup(name)) {
				want = append(want, name)
			}
		}
		if got := slices.Sorted(maps.Keys(symbols.Load(path))); !slices.Equal(got, want) {
			t.Errorf("%s: the table has\n%v, the export data\n%v", path, got, want)
		}
	}
}

// hasRow reports whether reflection can hold what is declared, and an engine asks for it.
func hasRow(o types.Object) bool {
	switch o := o.(type) {
	case *types.Const:
		return false
	case *types.Func:
		return o.Signature().TypeParams().Len() == 0
	case *types.TypeName:
		if t, ok := o.Type().(interface{ TypeParams() *types.TypeParamList }); ok && t.TypeParams().Len() > 0 {
			return false
		}
		i, ok := o.Type().Underlying().(*types.Interface)
		return !ok || i.IsMethodSet()
	}
	return true
}

// sameGo reports whether the tables were generated with the release of Go that builds the program. A newer one may
// have moved a type, leaving an alias, and changed a constant.
func sameGo() bool {
	release := func(v string) string { return strings.Join(strings.SplitN(v, ".", 3)[:2], ".") }
	return release(symbols.GoVersion()) == release(runtime.Version())
}

// Each row is of the kind that go/types says.
func TestRowsAreOfTheRightKind(t *testing.T) {
	var im std.Importer
	for _, path := range symbols.Packages() {
		p, err := im.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range symbols.Load(path) {
			if path == "unsafe" {
				continue
			}
			o := p.Scope().Lookup(name)
			ok := true
			switch o := o.(type) {
			case *types.Func:
				sig := o.Signature()
				ok = v.Kind() == reflect.Func && !v.IsNil() && v.Type().NumIn() == sig.Params().Len() &&
					v.Type().NumOut() == sig.Results().Len() && v.Type().IsVariadic() == sig.Variadic()
			case *types.Var:
				ok = v.CanSet()
			case *types.TypeName:
				ok = v.Kind() == reflect.Pointer && v.IsNil()
				if _, isNamed := o.Type().(*types.Named); ok && isNamed {
					ok = !sameGo() || v.Type().Elem().Name() == name && v.Type().Elem().PkgPath() == path
				}
			}
			if !ok {
				t.Errorf("%s.%s: %v has the row %v", path, name, o, v)
			}
		}
	}
}

func TestLoad(t *testing.T) {
	for _, test := range []struct {
		path, name string
		ok         func(reflect.Value) bool
	}{
		{"os", "Args", func(v reflect.Value) bool { return v.Addr().Interface() == any(&os.Args) }},
		{"strings", "ToUpper", func(v reflect.Value) bool { return v.Interface().(func(string) string)("go") == "GO" }},
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
		if symbols.Load(path) != nil {
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
