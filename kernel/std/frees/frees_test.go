package frees

// This file tests the table from within: each of its names must exist.

import (
	"go/types"
	"testing"

	"gilkernel/kernel/std"
)

func TestNamesExist(t *testing.T) {
	imp := &std.Importer{}
	for path, names := range table {
		pkg, err := imp.Import(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if len(names) == 0 {
			t.Errorf("%s: no names", path)
		}
		for name, how := range names {
			if name != "*" && !exists(pkg, name) {
				t.Errorf("%s has no function or method %s", path, name)
			}
			if all, ok := names["*"]; ok && name != "*" && how == all {
				t.Errorf("%s.%s says the same as *", path, name)
			}
		}
	}
}

// exists reports whether a package has a function of this name, or a type with such a method. Digests have theirs
// through the interface hash.Hash.
func exists(pkg *types.Package, name string) bool {
	for _, symbol := range pkg.Scope().Names() {
		o := pkg.Scope().Lookup(symbol)
		if _, ok := o.(*types.Func); ok {
			if symbol == name || returns(o.Type().(*types.Signature), name) {
				return true
			}
			continue
		}
		if tn, ok := o.(*types.TypeName); ok && method(tn.Type(), name) {
			return true
		}
	}
	return false
}

func returns(sig *types.Signature, name string) bool {
	for v := range sig.Results().Variables() {
		if method(v.Type(), name) {
			return true
		}
	}
	return false
}

func method(t types.Type, name string) bool {
	o, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	_, ok := o.(*types.Func)
	return ok
}

func TestOf(t *testing.T) {
	rows := []struct {
		path, name string
		how        How
	}{
		{"net", "Dial", IO},
		{"net", "ParseIP", Holds},
		{"time", "Sleep", Knows},
		{"time", "Now", Holds},
		{"gilkernel/runtime/threading", "NewLock", Knows},
		{"crypto/internal/fips140/sha256", "Write", Much},
		{"vendor/golang.org/x/net/dns", "Read", Holds},
		{"sort", "Ints", Holds},
	}
	for _, row := range rows {
		if how := Of(row.path, row.name); how != row.how {
			t.Errorf("Of(%q, %q) is %d, want %d", row.path, row.name, how, row.how)
		}
	}
}
