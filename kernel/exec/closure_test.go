package exec_test

import (
	"go/importer"
	"go/token"
	"go/types"
	"runtime"
	"testing"

	"gilkernel/kernel/exec"
	"gilkernel/skip"
)

// The head of a function value must have the fields of reflect's makeFuncImpl, in its order and at its offsets.
func TestClosureMirrorsReflect(t *testing.T) {
	p, err := importer.ForCompiler(token.NewFileSet(), "source", nil).Import("reflect")
	if err != nil {
		skip.Missing(t, "the source of package reflect: "+err.Error())
	}
	sizes := types.SizesFor("gc", runtime.GOARCH)
	type field struct {
		name   string
		offset int64
	}
	var want []field
	var flatten func(s *types.Struct, base int64)
	flatten = func(s *types.Struct, base int64) {
		var fields []*types.Var
		for f := range s.Fields() {
			fields = append(fields, f)
		}
		for i, offset := range sizes.Offsetsof(fields) {
			if fields[i].Embedded() {
				flatten(fields[i].Type().Underlying().(*types.Struct), base+offset)
				continue
			}
			want = append(want, field{fields[i].Name(), base + offset})
		}
	}
	flatten(p.Scope().Lookup("makeFuncImpl").Type().Underlying().(*types.Struct), 0)
	// reflect calls both the stub and the function that it leads to fn.
	names := []string{"fn", "stack", "argLen", "regPtrs", "ftyp", "fn"}
	if len(want) != len(names) {
		t.Fatalf("makeFuncImpl has %v, want the fields %v", want, names)
	}
	for i, name := range names {
		if got := int64(exec.Closure().Field(i).Offset); want[i].name != name || want[i].offset != got {
			t.Errorf("%s of closure is at %d, for which reflect has %s at %d", exec.Closure().Field(i).Name, got,
				want[i].name, want[i].offset)
		}
	}
}
