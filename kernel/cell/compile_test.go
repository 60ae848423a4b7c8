package cell_test

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"gilkernel/kernel/cell"
)

// rowCells returns the cells of the table in testdata, which package kernel runs.
func rowCells(tb testing.TB) (cells []string) {
	tb.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no rows: %v", err)
	}
	for _, name := range files {
		a, err := txtar.ParseFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		for _, f := range a.Files {
			if f.Name == "cell" || f.Name == "program" {
				cells = append(cells, string(f.Data))
			}
		}
	}
	return cells
}

// compileTwice compiles a cell in a fresh session and once more behind itself. What comes of it is a
// program that Go's parser takes, or an error with places within the cell.
func compileTwice(t *testing.T, code string) {
	t.Helper()
	s := cell.NewSession(nil)
	for i := 1; i <= 2; i++ {
		p, err := s.Compile(fmt.Sprintf("In[%d]", i), code)
		if err != nil {
			var e *cell.Error
			if !errors.As(err, &e) {
				t.Fatalf("Compile(%q): %T is no *cell.Error", code, err)
			}
			if e.Name == "InternalError" {
				t.Errorf("Compile(%q): %v", code, e)
			}
			lines := strings.Split(code, "\n")
			for _, d := range e.Diagnostics {
				if strings.HasPrefix(d.Pos.Label, "In[") && (d.Pos.Line < 1 || d.Pos.Line > len(lines)) {
					t.Errorf("Compile(%q): %v is not in the cell", code, d.Pos)
				}
			}
			_ = e.Traceback()
			return
		}
		if _, err := parser.ParseFile(token.NewFileSet(), "", p.Source, parser.SkipObjectResolution); err != nil {
			t.Errorf("Compile(%q): %v\n%s", code, err, p.Source)
		}
		s.Commit(p)
	}
}

func TestCompileRows(t *testing.T) {
	for _, code := range rowCells(t) {
		compileTwice(t, code)
	}
}

func FuzzCompile(f *testing.F) {
	for _, code := range rowCells(f) {
		f.Add(code)
	}
	f.Fuzz(compileTwice)
}

func BenchmarkCompile(b *testing.B) {
	thirty := strings.Repeat("x := 1\nfor i := range 10 {\n\tx += i\n}\nfmt.Println(x)\n", 6)
	for _, c := range []struct{ name, code string }{{"1+1", "1 + 1"}, {"30lines", "{\n" + thirty[:len(thirty)/6*1] + "}\n" + strings.Repeat("{\nx := 1\nfor i := range 10 {\n\tx += i\n}\nfmt.Println(x)\n}\n", 4)}} {
		b.Run(c.name, func(b *testing.B) {
			s := cell.NewSession(nil)
			for b.Loop() {
				p, err := s.Compile("In[1]", c.code)
				if err != nil {
					b.Fatal(err)
				}
				s.Commit(p)
			}
		})
	}
}
