package exec_test

// This file tests that a struct of a cell has the memory that compiled code would give it.

import (
	"fmt"
	"go/types"
	"strings"
	"testing"

	"gilkernel/kernel/std"
)

// The engine computes the layout of a cell's struct from types of the standard library as export data have them, before
// their real ones are in it: each of these fits, also where a struct of package runtime has pointers that are none.
func TestStructsOfTheStandardLibrary(t *testing.T) {
	imp := importer()
	for _, path := range std.Packages() {
		p, err := imp.Import(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		var text strings.Builder
		for _, name := range p.Scope().Names() {
			o, ok := p.Scope().Lookup(name).(*types.TypeName)
			if !ok || !o.Exported() {
				continue
			}
			n, ok := o.Type().(*types.Named)
			if !ok || n.TypeParams().Len() > 0 {
				continue
			}
			if _, ok := n.Underlying().(*types.Struct); ok {
				fmt.Fprintf(&text, "type W%s struct {\n\ta bool\n\tf x.%[1]s\n\tb bool\n}\n"+
					"var V%[1]s any = [2]W%[1]s{}\n", name)
			}
		}
		if text.Len() > 0 {
			newCells(t).run(fmt.Sprintf("import x %q\n", path) + text.String())
		}
	}
}
