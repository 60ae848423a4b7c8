package symbols_test

// This file tests what the export data say of what no cell can mention: the layout of unexported fields, and none of
// their types.

import (
	"go/types"
	"reflect"
	"runtime"
	"testing"

	"gilkernel/kernel/std"
	"gilkernel/kernel/std/symbols"
)

// The size, the alignment and the comparability of each type that cells can name must be those of the compiled program:
// an engine lays out memory by the first two, and whether values can be compared is the checker's to say.
func TestLayoutsAreThoseOfTheProgram(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" || !sameGo() {
		return // the types are those of linux/amd64, and of one release of Go
	}
	var im std.Importer
	sizes := types.SizesFor("gc", "amd64")
	seen := 0
	for _, path := range symbols.Packages() {
		p, err := im.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		table := symbols.Load(path)
		for _, name := range p.Scope().Names() {
			tn, ok := p.Scope().Lookup(name).(*types.TypeName)
			if !ok || !tn.Exported() {
				continue
			}
			value, ok := table[name]
			if !ok || value.Kind() != reflect.Pointer {
				continue // a generic type has no symbol
			}
			real, typ := value.Type().Elem(), tn.Type()
			if named, ok := types.Unalias(typ).(*types.Named); ok && named.TypeParams().Len() > 0 ||
				real.Name() == "" && !tn.IsAlias() {
				continue
			}
			if types.IsInterface(typ) {
				continue
			}
			seen++
			if got, want := sizes.Sizeof(typ), int64(real.Size()); got != want {
				t.Errorf("%s.%s has %d bytes, and %d in the program", path, name, got, want)
			}
			if got, want := sizes.Alignof(typ), int64(real.Align()); got != want {
				t.Errorf("%s.%s is aligned to %d, and to %d in the program", path, name, got, want)
			}
			if got, want := types.Comparable(typ), real.Comparable(); got != want {
				t.Errorf("%s.%s is comparable: %v, and in the program: %v", path, name, got, want)
			}
		}
	}
	if seen < 1000 {
		t.Errorf("only %d types were compared", seen)
	}
}

// A method that no cell can call is there only where an interface asks for it: its signature would lead to types that a
// module keeps to itself, and each process of a session would read them.
func TestMethodsThatNoCellCanCall(t *testing.T) {
	var im std.Importer
	asked := map[string]bool{} // by interfaces
	var methods []*types.Func
	for _, path := range symbols.Packages() {
		p, err := im.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range p.Scope().Names() {
			tn, ok := p.Scope().Lookup(name).(*types.TypeName)
			if !ok {
				continue
			}
			switch u := tn.Type().Underlying().(type) {
			case *types.Interface:
				for m := range u.Methods() {
					asked[m.Id()] = true
				}
			default:
				if named, ok := tn.Type().(*types.Named); ok {
					for m := range named.Methods() {
						methods = append(methods, m)
					}
				}
			}
		}
	}
	if len(methods) < 3000 {
		t.Errorf("only %d methods", len(methods))
	}
	for _, m := range methods {
		if !m.Exported() && !asked[m.Id()] {
			t.Errorf("%s is there", m.FullName())
		}
	}
}
