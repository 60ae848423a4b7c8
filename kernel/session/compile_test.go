package session_test

import (
	"errors"
	"fmt"
	"go/ast"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/session"
)

// rowCells returns the cells of the table in testdata.
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

// sides are the sessions of the kernel process and of the interpreter process.
type sides struct{ kernel, interpreter *session.Session }

func newSides() sides {
	return sides{session.New(nil), session.New(&session.Options{Checked: true})}
}

// commit compiles a program of the kernel's session in the interpreter's, which must produce the same unit, and commits
// both.
func (s sides) commit(t *testing.T, p *session.Program) {
	t.Helper()
	for _, ch := range p.Before {
		if _, err := s.interpreter.Apply(ch); err != nil {
			t.Fatal(err)
		}
	}
	q, err := s.interpreter.Compile(p.Label, p.Source)
	if err != nil {
		t.Fatalf("Compile(%q) in the interpreter: %v", p.Source, err)
	}
	if got, want := describeUnit(q), describeUnit(p); got != want {
		t.Errorf("Compile(%q): the kernel has\n%s\nthe interpreter\n%s", p.Source, want, got)
	}
	s.kernel.Commit(p)
	s.interpreter.Commit(q)
}

// describeUnit describes what an engine gets from a program: declarations with their positions and objects.
func describeUnit(p *session.Program) string {
	u := p.Unit
	var b strings.Builder
	list := slices.Clone(u.Decls)
	if u.Entry != nil {
		list = append(list, u.Entry)
	}
	for _, d := range list {
		ast.Inspect(d, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				fmt.Fprintf(&b, "%d %s %v %v\n", id.Pos(), id.Name, u.Info.Defs[id], u.Info.Uses[id])
			}
			return true
		})
	}
	for _, v := range u.Vars {
		fmt.Fprintf(&b, "var %v\n", v)
	}
	if u.Value != nil {
		fmt.Fprintf(&b, "value %v %v %v\n", u.Value.Type, u.Value.Out, u.Value.Drop)
	}
	for _, f := range u.Stale {
		fmt.Fprintf(&b, "stale %v %s\n", f.Func, f.Why)
	}
	for _, o := range u.Forget {
		fmt.Fprintf(&b, "forget %v\n", o)
	}
	return b.String()
}

// compileTwice compiles a cell in a new session and once more after itself. The result must be the same in a second
// session, or an error with positions within the cell.
func compileTwice(t *testing.T, code string) {
	t.Helper()
	s := newSides()
	for i := 1; i <= 2; i++ {
		p, err := s.kernel.Compile(fmt.Sprintf("In[%d]", i), code)
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
		s.commit(t, p)
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
	for _, c := range []struct{ name, code string }{
		{"1+1", "1 + 1"},
		{"30lines",
			"{\n" + thirty[:len(thirty)/6*1] + "}\n" +
				strings.Repeat("{\nx := 1\nfor i := range 10 {\n\tx += i\n}\nfmt.Println(x)\n}\n", 4)},
	} {
		for _, side := range []string{"kernel", "interpreter"} {
			b.Run(c.name+"/"+side, func(b *testing.B) {
				s := session.New(&session.Options{Checked: side == "interpreter"})
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
}
