package session

// This file finds the functions of cells that are tests by the rules of go test.

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Test is a function of a cell that go test would run.
type Test struct {
	Name      string
	Output    string // of an example: the expected output
	Unordered bool   // the lines of Output may come in any order
}

// testKinds returns the prefixes of the names of tests, and the type in package testing to which their parameter
// points; "" for an example, which has none.
func testKinds() [][2]string {
	return [][2]string{{"Test", "T"}, {"Benchmark", "B"}, {"Fuzz", "F"}, {"Example", ""}}
}

// Tests returns the tests, benchmarks, fuzz targets and examples of the session, and TestMain, in the order of their
// cells. An example without an output comment is omitted: go test doesn't run it either. The error names the first
// function that has the name of a test and another signature.
func (s *Session) Tests() ([]Test, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var list []*decl
	for _, d := range s.live {
		if _, ok := d.obj.(*types.Func); ok && d.kind == kindFunc {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b *decl) int {
		return cmp.Or(cmp.Compare(cellNumber(a.label), cellNumber(b.label)), cmp.Compare(a.line, b.line),
			strings.Compare(a.name, b.name))
	})
	var tests []Test
	for _, d := range list {
		for _, k := range testKinds() {
			if !isTest(d.name, k[0]) {
				continue
			}
			t := Test{Name: d.name}
			if !takes(d.obj, k[1]) && !(d.name == "TestMain" && takes(d.obj, "M")) {
				return nil, fmt.Errorf("wrong signature for %s in %s, must be: %s", d.name, d.label,
					signature(d.name, k[1]))
			}
			if k[1] == "" && !t.example(d.src) {
				continue
			}
			tests = append(tests, t)
		}
	}
	return tests, nil
}

// cellNumber returns n of the label In[n], 0 for another one.
func cellNumber(label string) int {
	n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(label, "In["), "]"))
	return n
}

// isTest reports whether a name is the prefix, or continues it with anything but a lower-case letter.
func isTest(name, prefix string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	first, _ := utf8.DecodeRuneInString(rest)
	return ok && (rest == "" || !unicode.IsLower(first))
}

// takes reports whether a function has exactly one parameter, a pointer to the type in package testing, and no results;
// for "", whether it has neither.
func takes(f types.Object, typ string) bool {
	sig := f.Type().(*types.Signature)
	if sig.Results().Len() > 0 || sig.TypeParams().Len() > 0 || sig.Variadic() {
		return false
	}
	if typ == "" {
		return sig.Params().Len() == 0
	}
	return sig.Params().Len() == 1 && types.TypeString(sig.Params().At(0).Type(), nil) == "*testing."+typ
}

// signature returns the signature that a test must have.
func signature(name, typ string) string {
	if typ == "" {
		return "func " + name + "()"
	}
	return fmt.Sprintf("func %s(%s *testing.%s)", name, strings.ToLower(typ), typ)
}

// example reads the expected output of an example from the text of its declaration, and reports whether there is one.
func (t *Test) example(src string) bool {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+src, parser.ParseComments)
	if err != nil { // the session has checked it
		return false
	}
	if all := file.Decls; len(all) > 1 { // keep only this example
		file.Decls = slices.DeleteFunc(all, func(d ast.Decl) bool {
			f, ok := d.(*ast.FuncDecl)
			return !ok || f.Name.Name != t.Name
		})
	}
	for _, e := range doc.Examples(file) {
		t.Output, t.Unordered = e.Output, e.Unordered
		return e.Output != "" || e.EmptyOutput
	}
	return false
}
