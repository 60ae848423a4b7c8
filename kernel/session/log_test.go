package session_test

// This file tests the log, from which a new interpreter gets the same definitions.

import (
	"fmt"
	"strings"
	"testing"

	"gilkernel/kernel/session"
)

func TestReplayLeavesOut(t *testing.T) {
	five := func(code string) (cells []string) {
		for i := range 5 {
			cells = append(cells, strings.ReplaceAll(code, "N", fmt.Sprint(i)))
		}
		return cells
	}
	for _, row := range []struct {
		name  string
		cells []string
		want  string // the numbers of the remaining cells
	}{
		{"a function that is defined five times", five("func f() int { return N }"), "5"},
		{"a type with its methods", five("type T struct{ aN int }\nfunc (t T) M() int { return t.aN }"), "5"},
		{"the same type", five("type T struct{}\nvar x T"), "1"},
		// the second imports
		{"statements", append([]string{"x := 1", "fmt.Println(x)"}, five("x = N; x += 1")...), "1 2"},
		{"variables of other types", []string{"x := 1", "x := `a`", "x := 2.5", "y := x"}, "3 4"},
		{"what is used between", []string{"func f() int { return 1 }", "func g() int { return f() }",
			"func f() int { return 2 }", "func f() int { return 3 }"}, "1 2 4"},
		{"what a variable is of", []string{"type T struct{ a int }", "x := T{1}", "type T struct{ b int }",
			"type T struct{ c int }"}, "1 2 4"},
		{"a method of an earlier type",
			[]string{"type T struct{}", "func (T) M() {}", "func f() {}", "func f() { T{}.M() }"}, "1 2 4"},
		{"values", []string{"1 + 1", "2 + 2", "x := Out[2]", "3 + 3"}, "1 2 3"},
		{"the last value", []string{"1 + 1", "2 + 2", "x := _"}, "1 2 3"},
		{"values that nothing mentions", []string{"1 + 1", "x := 3", "2 + 2"}, "2"},
		{"an import", []string{"import r `math/rand`", "func f() int { return r.Int() }", "func f() int { return 1 }"},
			"1 3"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newSides()
			for i, code := range row.cells {
				p, err := s.kernel.Compile(fmt.Sprintf("In[%d]", i+1), code)
				if err != nil {
					t.Fatalf("%s: %v", code, err)
				}
				s.commit(t, p)
			}
			s.replayed(t)
			var got []string
			for _, p := range s.kernel.Replay() {
				got = append(got, strings.Trim(p.Label, "In[]"))
			}
			if fmt.Sprint(got) != fmt.Sprint(strings.Fields(row.want)) {
				t.Errorf("cells %v are left, not [%s]", got, row.want)
			}
		})
	}
}

// Names that are forgotten between cells are forgotten in the other session, too, and in a later one.
func TestChanges(t *testing.T) {
	s := newSides()
	n := 0
	run := func(code string) error {
		t.Helper()
		n++
		p, err := s.kernel.Compile(fmt.Sprintf("In[%d]", n), code)
		if err == nil {
			s.commit(t, p)
		}
		return err
	}
	for _, code := range []string{"x, y := 1, 2", "import r `math/rand`", "time := 5"} {
		if err := run(code); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.kernel.Delete([]string{"x", "r", "time"}); err != nil {
		t.Fatal(err)
	}
	if err := run("func x() int { return int(time.Second) }\nx() + y"); err != nil {
		t.Fatal(err)
	}
	s.replayed(t)
	code, forget, err := s.kernel.Receive("answer", 7, "map[string]any")
	if err != nil {
		t.Fatal(err)
	}
	if err := run(code); err != nil {
		t.Fatal(err)
	}
	forget()
	if err := run("len(answer)"); err != nil {
		t.Fatal(err)
	}
	s.replayed(t)
	s.kernel.Reset()
	if err := run("y"); err == nil {
		t.Error("y still exists after Reset")
	}
	if err := run("y := `new`"); err != nil {
		t.Fatal(err)
	}
	s.replayed(t)
	if got := s.interpreter.Variables(); len(got) != 1 ||
		got[0] != (session.Variable{Name: "y", Type: "string", Cell: fmt.Sprintf("In[%d]", n)}) {
		t.Errorf("the interpreter has %v", got)
	}
}

// Values can also be lost between cells, as by a change of the engine.
func TestValuesLostInNoCell(t *testing.T) {
	s := session.New(nil)
	p, err := s.Compile("In[1]", "x := 1")
	if err != nil {
		t.Fatal(err)
	}
	s.Commit(p)
	s.LoseValues("")
	if _, err := s.Compile("In[2]", "x + 1"); err == nil ||
		!strings.Contains(err.Error(), "the value of x is gone with the interpreter that had it; run In[1] again") {
		t.Errorf("got %v", err)
	}
	if _, err := s.Compile("In[2]", "x := 2; x + 1"); err != nil {
		t.Error(err)
	}
}
