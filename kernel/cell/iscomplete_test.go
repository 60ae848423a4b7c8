package cell_test

// This file tests IsComplete.

import (
	"strings"
	"testing"

	"gilkernel/kernel/cell"
)

var isCompleteRows = []struct{ code, status, indent string }{
	{"", "complete", ""},
	{" \n\t", "complete", ""},
	{"// a comment", "complete", ""},
	{"/* a comment", "incomplete", ""},
	{"x := 1", "complete", ""},
	{"1", "complete", ""},
	{"import \"fmt\"\nfmt.Println(1)\n", "complete", ""},
	{"func f(x int) int {\n\treturn x\n}", "complete", ""},
	{"func (t T) f() {}\nfunc(x int) {}(1)\nfunc() {}()", "complete", ""},
	{"func(x int) int { return x }(1)", "complete", ""},
	{"func(s string) pkg.T { return pkg.T{} }(\"\")", "complete", ""},
	{"func (t T) f", "incomplete", ""},
	{"if s := []int{1}; len(s) > 0 {\n}\ny()", "complete", ""},
	{"if f := func() bool { return true }; f() {}; y()", "complete", ""},
	{"for i, s := 0, []int{1}; i < len(s); i++ {}; type T int", "complete", ""},
	{"if x {}; y(); type T int", "complete", ""},
	{"loop:\nfor n := 0; ; n++ {\n\tbreak loop\n}", "complete", ""},
	{"a: b: switch x := f(); x {}; y()", "complete", ""},
	{"L: for i := 0; i < 3; i++", "incomplete", ""},
	{"if a := f(); a {} else if b := f(); b {} else if c := f(); c {} else if d := f(); d {}; y()", "complete", ""},
	{"for i := 0; i < 3; i++", "incomplete", ""},
	{"type T struct{}\nx := T{}\nfor range 3 { x = T{} }", "complete", ""},
	{"for i := 0; i < 3; i++ {\n\tf(i)\n}", "complete", ""},
	{"if x := f(); x {\n} else if y := g(); y {\n}", "complete", ""},
	{"switch x := f(); x {\n}\ny", "complete", ""},
	{"for i := 0; i < 3; i++ {", "incomplete", "\t"},
	{"func f(", "incomplete", "\t"},
	{"func f() {", "incomplete", "\t"},
	{"func f() {\n\tif x {", "incomplete", "\t\t"},
	{"func f() {\n\tif x {\n\t\ty()\n\t}", "incomplete", "\t"},
	{"func f() {\n\tx()\n\n", "incomplete", "\t"},
	{"f(1,\n\t2,", "incomplete", "\t"},
	{"f(func() {", "incomplete", "\t"},
	{"x := []int{", "incomplete", "\t"},
	{"x := m[", "incomplete", "\t"},
	{"switch x {", "incomplete", ""},
	{"switch x {\ncase 1:", "incomplete", "\t"},
	{"switch x {\ncase 1:\n\tf()\ndefault:", "incomplete", "\t"},
	{"select {", "incomplete", ""},
	{"select {\ncase <-c:\n\tif x {", "incomplete", "\t\t"},
	{"for _, s := range []S{{1}} { switch s {", "incomplete", ""},
	{"x := switchy {", "incomplete", "\t"},
	{"1 +", "incomplete", ""},
	{"x :=", "incomplete", ""},
	{"fmt.", "incomplete", ""},
	{"f()\n.g()", "invalid", ""},
	{"if x {\n}", "complete", ""},
	{"if x {\n} else", "incomplete", ""},
	{"if x {\n} else {", "incomplete", "\t"},
	{"if x", "incomplete", ""},
	{"for", "incomplete", ""},
	{"go", "incomplete", ""},
	{"func", "incomplete", ""},
	{"var", "incomplete", ""},
	{"var x", "incomplete", ""},
	{"type T", "incomplete", ""},
	{"import", "incomplete", ""},
	{"return", "complete", ""},
	{"label:", "incomplete", ""},
	{"s := `abc\n\tdef", "incomplete", ""},
	{"s := \"abc", "invalid", ""},
	{"r := 'a", "invalid", ""},
	{"}", "invalid", ""},
	{"f(]", "invalid", ""},
	{"f(}\n{", "invalid", ""},
	{"x y", "invalid", ""},
	{"1 2\nf(", "incomplete", "\t"},
	{"var x\ny := 1", "invalid", ""},
	{"if if {}", "invalid", ""},
	{"x := 1 # no", "invalid", ""},
	{"%who", "complete", ""},
	{"%time f(", "incomplete", "\t"},
	{"%time f()", "complete", ""},
	{"%timeit", "complete", ""},
	{"!ls (", "complete", ""},
	{"!ls \\", "incomplete", ""},
	{"!ls \\\n-l", "complete", ""},
	{"func f() {\n%who\n", "incomplete", ""},
	{"x :=\n%who\n", "invalid", ""},
	{"x := 1\n%%time\ny", "invalid", ""},
	{"%%bash", "incomplete", ""},
	{"%%bash\nls (", "incomplete", ""},
	{"%%bash\nls\n", "incomplete", ""},
	{"%%bash\nls (\n\n", "complete", ""},
	{"%%bash\n  for\n", "incomplete", "  "},
	{"%%bash\r\nls\r\n\r\n", "complete", ""},
}

func TestIsComplete(t *testing.T) {
	for _, r := range isCompleteRows {
		if status, indent := cell.IsComplete(r.code); status != r.status || indent != r.indent {
			t.Errorf("IsComplete(%q) = %s, %q; want %s, %q", r.code, status, indent, r.status, r.indent)
		}
	}
}

func TestIsCompleteOfHugeCellHasNoOpinion(t *testing.T) {
	if status, _ := cell.IsComplete(strings.Repeat("x := 1\n", 1<<20)); status != "unknown" {
		t.Errorf("got %s", status)
	}
}

func FuzzIsComplete(f *testing.F) {
	for _, r := range isCompleteRows {
		f.Add(r.code)
	}
	for _, r := range parseRows {
		f.Add(r.code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		status, indent := cell.IsComplete(code)
		switch status {
		case "incomplete":
		case "complete", "invalid", "unknown":
			if indent != "" {
				t.Errorf("IsComplete(%q) = %s with indent %q", code, status, indent)
			}
		default:
			t.Errorf("IsComplete(%q) = %q", code, status)
		}
		if strings.Trim(indent, " \t") != "" {
			t.Errorf("IsComplete(%q): indent %q", code, indent)
		}
	})
}

func BenchmarkIsComplete(b *testing.B) {
	code := strings.Repeat("func f(x int) int {\n\tif x > 1 {\n\t\treturn f(x-1)\n\t}\n\treturn 1\n}\n", 20)
	for b.Loop() {
		cell.IsComplete(code)
	}
}
