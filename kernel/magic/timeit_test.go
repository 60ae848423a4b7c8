package magic_test

// This file tests the program that %timeit writes.

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"strings"
	"testing"

	"gilkernel/kernel/magic"
	"gilkernel/kernel/std"
)

// timeitRows are cells and the lines that the person's code has in the program.
var timeitRows = []struct{ code, line string }{
	{"%timeit f(1)", "1:f(1)"},
	{"\n\n%timeit -n 5 -r2 f(1)", "3:f(1)"},
	{"%timeit -q f(1)", "1:f(1)"},
	{"%timeit n + 1", "1:_ = n + 1"},
	{"%timeit -- -n", "1:_ = -n"},
	{"%timeit -n", "1:_ = -n"},
	{"%timeit len(s)", "1:_ = len(s)"},
	{"%timeit []byte(s)", "1:_ = []byte(s)"},
	{"%timeit <-c", "1:<-c"},
	{"%timeit x := f(2); _ = x", "1:x := f(2); _ = x"},
	{"%timeit f(1) // why", "1:f(1) // why"},
	{"%timeit f(\n\tn,\n)", "2:\tn,"},
	{"%%timeit\nx := n\n_ = x", "2:x := n"},
	{"%%timeit -n 10 m := n // the setup\n\nfor range m {\n\tf(m)\n}", "3:for range m {"},
}

var timeitImport = regexp.MustCompile(`import timeit\w+ "\w+"; `)

var directive = regexp.MustCompile(`/\*line [^*]*\*/`)

func TestTimeitProgramIsGo(t *testing.T) {
	for _, r := range timeitRows {
		f := newFake(t)
		if err := run(t, magic.New(), f, r.code); err != nil {
			t.Errorf("%s: %v", r.code, err)
			continue
		}
		program := f.ran[0]
		number, text, _ := strings.Cut(r.line, ":")
		lines := strings.Split(program, "\n")
		if line := directive.ReplaceAllString(lines[int(number[0]-'1')], ""); !strings.Contains(line, text) {
			t.Errorf("%s: line %s is %q, want %q in it", r.code, number, line, text)
		}
		head := `package p; import (timeitFmt "fmt"; timeitMath "math"; timeitTime "time"); var (n, fmt, math, time ` +
			`int; s string; c chan int; _ = timeitFmt.Print; _ = timeitMath.Sqrt; _ timeitTime.Duration); func ` +
			`f(int) int { return 1 }; func _() {`
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "", head+timeitImport.ReplaceAllString(program, "")+"\n}", 0)
		if err != nil {
			t.Errorf("%s: %v\n%s", r.code, err, program)
			continue
		}
		conf := types.Config{Importer: &std.Importer{}, Error: func(err error) {
			if !strings.Contains(err.Error(), "declared and not used") { // cells may
				t.Errorf("%s: %v", r.code, err)
			}
		}}
		conf.Check("p", fset, []*ast.File{file}, nil)
		if quiet := strings.Contains(r.code, "-q"); quiet == strings.Contains(program, "Printf") {
			t.Errorf("%s: prints %v", r.code, !quiet)
		}
	}
}

func TestTimeitChecksTheStatementInItsPlace(t *testing.T) {
	f := newFake(t)
	f.checkErr = errors.New("undefined: g")
	if err := run(t, magic.New(), f, "\n%timeit -n 5 g()"); err != f.checkErr {
		t.Errorf("got %v", err)
	}
	if len(f.ran) > 0 || len(f.checked) != 1 || f.checked[0] != "\n             g()" {
		t.Errorf("checked %q, ran %q", f.checked, f.ran)
	}
}
