package session_test

import (
	"fmt"
	"strings"
	"testing"

	"gilkernel/kernel/session"
)

func TestTests(t *testing.T) {
	for _, row := range []struct {
		cells []string
		want  string
	}{
		{[]string{"func f() {}\nx := 1"}, ""},
		{[]string{"func TestB(t *testing.T) {}\nfunc TestA(t *testing.T) {}",
			"func Testing() {}\nfunc Test(*testing.T) {}"},
			"TestB TestA Test"},
		{[]string{"func TestA(t *testing.T) {}", "func TestB(t *testing.T) {}", "func TestA(t *testing.T) {}"},
			"TestB TestA"},
		{[]string{"func BenchmarkA(b *testing.B) {}\nfunc FuzzA(f *testing.F) {}\nfunc TestMain(m *testing.M) {}"},
			"BenchmarkA FuzzA TestMain"},
		{[]string{"func ExampleA() {\n\t// Output: a\n}",
			"func ExampleB() {\n\t// unordered output:\n\t// b\n\t// c\n}",
			"func ExampleC() {}", "func ExampleD() {\n\t// Output:\n}"},
			`ExampleA="a\n" ExampleB="b\nc\n"? ExampleD`},
		{[]string{"func TestA(n int) {}"}, "wrong signature for TestA in In[1], must be: func TestA(t *testing.T)"},
		{[]string{"func BenchmarkA(b *testing.T) {}"},
			"wrong signature for BenchmarkA in In[1], must be: func BenchmarkA(b *testing.B)"},
		{[]string{"func ExampleA(n int) {}"}, "wrong signature for ExampleA in In[1], must be: func ExampleA()"},
	} {
		s := session.New(nil)
		for i, code := range row.cells {
			p, err := s.Compile(fmt.Sprintf("In[%d]", i+1), code)
			if err != nil {
				t.Fatal(err)
			}
			s.Commit(p)
		}
		tests, err := s.Tests()
		var list []string
		for _, f := range tests {
			text := f.Name
			if f.Output != "" {
				text += fmt.Sprintf("=%q", f.Output)
			}
			if f.Unordered {
				text += "?"
			}
			list = append(list, text)
		}
		got := strings.Join(list, " ")
		if err != nil {
			got = err.Error()
		}
		if got != row.want {
			t.Errorf("%q\ngot  %s\nwant %s", row.cells, got, row.want)
		}
	}
}
