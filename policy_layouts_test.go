package main

// This file defines the policy of mirrored layouts: a struct that says whose memory it mirrors has that memory.

import (
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"gilkernel/skip"
)

// A struct whose doc comment says "mirrors P.T" has the fields of that type at their offsets, in the source of the
// toolchain that runs the test. One that "mirrors the head of P.T" has fewer, one "whose head mirrors P.T" has more.
func TestLayoutsThatAreMirrored(t *testing.T) {
	theirs := importer.ForCompiler(token.NewFileSet(), "source", nil)
	sizes := types.SizesFor("gc", runtime.GOARCH)
	says := regexp.MustCompile(`(head )?mirrors\s+(the\s+head\s+of\s+)?((?:\w+/)*\w+)\.(\w+)`)
	seen := 0
	for _, r := range check(t) {
		for _, f := range r.files {
			for _, d := range structs(f) {
				m := says.FindStringSubmatch(d.doc)
				if m == nil {
					continue
				}
				seen++
				p, err := theirs.Import(m[3])
				if err != nil {
					skip.Missing(t, "the source of package "+m[3]+": "+err.Error())
				}
				o := p.Scope().Lookup(m[4])
				if o == nil {
					t.Errorf("%s.%s mirrors %s.%s, which this version of Go doesn't have", r.pkg.Path(), d.name, m[3],
						m[4])
					continue
				}
				ours := leaves(sizes, r.pkg.Scope().Lookup(d.name).Type())
				want := leaves(sizes, o.Type())
				if m[1] == "" && m[2] == "" && len(ours) != len(want) ||
					m[1] != "" && len(ours) < len(want) || m[2] != "" && len(ours) > len(want) {
					t.Errorf("%s.%s has %d fields, and %s.%s has %d", r.pkg.Path(), d.name, len(ours), m[3], m[4],
						len(want))
					continue
				}
				for i := range min(len(ours), len(want)) {
					a, b := ours[i], want[i]
					if a.offset != b.offset || a.size < b.size || elsewhere(a.name, b.name, want) {
						t.Errorf("%s.%s has %s of %d bytes at %d, where %s.%s has %s of %d bytes at %d", r.pkg.Path(),
							d.name, a.name, a.size, a.offset, m[3], m[4], b.name, b.size, b.offset)
					}
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d structs say what they mirror", seen)
	}
}

// structDoc is a declared struct with what is said of it.
type structDoc struct{ name, doc string }

// structs lists the structs that a file declares.
func structs(f *ast.File) (list []structDoc) {
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range g.Specs {
			ts, ok := s.(*ast.TypeSpec)
			if !ok {
				continue
			}
			if _, ok := ts.Type.(*ast.StructType); ok {
				doc := strings.Fields(g.Doc.Text() + ts.Doc.Text())
				list = append(list, structDoc{ts.Name.Name, strings.Join(doc, " ")})
			}
		}
	}
	return list
}

// leaf is a field that isn't a struct, of a struct or of one within it; offset and size are in bytes.
type leaf struct {
	name         string
	offset, size int64
}

// leaves lists the fields of a struct and of the structs within it, in their order. The words of strings, slices and
// interfaces, and the elements of short arrays, count as fields.
func leaves(sizes types.Sizes, typ types.Type) (list []leaf) {
	var walk func(name string, typ types.Type, base int64)
	words := func(name string, base, n int64) {
		size := sizes.Sizeof(types.Typ[types.Uintptr])
		for i := range n {
			list = append(list, leaf{name, base + i*size, size})
			name = "_"
		}
	}
	walk = func(name string, typ types.Type, base int64) {
		switch u := typ.Underlying().(type) {
		case *types.Struct:
			var fields []*types.Var
			for f := range u.Fields() {
				fields = append(fields, f)
			}
			for i, offset := range sizes.Offsetsof(fields) {
				walk(fields[i].Name(), fields[i].Type(), base+offset)
			}
			return
		case *types.Interface:
			words(name, base, 2)
			return
		case *types.Slice:
			words(name, base, 3)
			return
		case *types.Basic:
			if u.Kind() == types.String {
				words(name, base, 2)
				return
			}
		}
		list = append(list, leaf{name, base, sizes.Sizeof(typ)})
	}
	walk("", typ, 0)
	return list
}

// elsewhere reports whether a field that stands where theirs has the field b is called as another of theirs.
func elsewhere(a, b string, theirs []leaf) bool {
	plain := func(s string) string { return strings.ToLower(strings.Trim(s, "_")) }
	if a == "_" || plain(a) == plain(b) {
		return false
	}
	for _, l := range theirs {
		if l.name != "_" && plain(l.name) == plain(a) {
			return true
		}
	}
	return false
}
