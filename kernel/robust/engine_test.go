//go:build linux

package robust_test

// This file defines the test of %engine.

import (
	"strings"
	"testing"
)

func TestEngine(t *testing.T) {
	p := open(t)
	p.run("import \"fmt\"\ntype point struct{ x, y int }\nfunc (p *point) move(n int) int { p.x += n; return p.x }\n" +
		"func (p point) String() string { return fmt.Sprint(\"at \", p.x) }\n" +
		"func total[T ~int](xs ...T) (t T) { for _, x := range xs { t += x }; return t }")
	p.run(define)
	if got := p.run("%engine").text("stdout"); got != "exec\n" {
		t.Errorf("%%engine: %q", got)
	}
	for _, row := range []struct{ engine, want string }{
		{"yaegi", "yaegi runs cells from now on. The variable kept is gone; all definitions are back.\n"},
		{"yaegi", ""},
		// it was gone before
		{"exec", "exec runs cells from now on. No variable was lost; all definitions are back.\n"},
	} {
		if got := p.run("%engine " + row.engine).text("stdout"); got != row.want {
			t.Errorf("%%engine %s: %q, want %q", row.engine, got, row.want)
		}
		if got, want := p.run("%engine").text("stdout"), row.engine+"\n"; got != want {
			t.Errorf("%%engine: %q, want %q", got, want)
		}
		p.wants("fmt.Sprint(twice(4), total(1, 2), (&point{3, 0}).move(2), []point{{7, 0}})", "\"8 3 5 [at 7]\"")
	}
	p.run("%engine yaegi")
	// What ends cells otherwise ends them here.
	c := p.begin("fmt.Println(\"on\")\nfor {\n}", nil)
	p.await("its beginning", func() bool { return strings.HasSuffix(c.text("stdout"), "\n") })
	c.stop(t)
	p.run("import \"os\"\nos.Exit(3)")
	p.wants("twice(5)", "10")
	if got := p.run("%engine").text("stdout"); got != "yaegi\n" {
		t.Errorf("after a crash: %q", got)
	}
}
