package symbols_test

// This file tests that structs have the sizes and offsets for cells that they have in this program.

import (
	"go/types"
	"reflect"
	"runtime"
	"testing"

	"gilkernel/kernel/std"
	"gilkernel/kernel/std/symbols"
)

// Whichever release of Go has built the program, for whichever system: a cell finds each field of a struct where
// compiled code has it.
func TestLayouts(t *testing.T) {
	tables := &symbols.Tables{}
	imp := &std.Importer{Real: tables.Type}
	sizes := types.SizesFor("gc", runtime.GOARCH)
	structs := 0
	for _, path := range std.Packages() {
		p, err := imp.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range p.Scope().Names() {
			o, ok := p.Scope().Lookup(name).(*types.TypeName)
			if !ok || !o.Exported() || o.IsAlias() {
				continue
			}
			s, ok := o.Type().Underlying().(*types.Struct)
			real := tables.Type(path, name)
			if !ok || real == nil || real.Kind() != reflect.Struct {
				continue
			}
			structs++
			if said := sizes.Sizeof(s); said != int64(real.Size()) {
				t.Errorf("%s.%s has %d bytes for cells, and %d", path, name, said, real.Size())
			}
			var fields []*types.Var
			for v := range s.Fields() {
				fields = append(fields, v)
			}
			for i, at := range sizes.Offsetsof(fields) {
				if f, ok := real.FieldByName(fields[i].Name()); ok && len(f.Index) == 1 && int64(f.Offset) != at {
					t.Errorf("%s.%s.%s is at %d for cells, and at %d", path, name, f.Name, at, f.Offset)
				}
			}
		}
	}
	if structs < 500 {
		t.Errorf("only %d structs", structs)
	}
}
