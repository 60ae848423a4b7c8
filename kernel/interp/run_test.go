package interp_test

import (
	"strings"
	"testing"

	"gilkernel/kernel/link"
)

func TestValue(t *testing.T) {
	p := begin(t)
	r := p.run("1+1\n").ok(t)
	if !r.started || r.text() != `"2"` || r.displays[0].Display.Kind != "execute_result" {
		t.Errorf("got %+v %s", r, r.text())
	}
	if got := p.run("func() (int, string, error) { return 1, \"a\", nil }()\n").ok(t).text(); got !=
		`"1, \"a\", \u003cnil\u003e"` {
		t.Errorf("got %s", got)
	}
}

func TestDefinitionsStay(t *testing.T) {
	p := begin(t)
	p.run("var x int\ntype T struct{ n int }\nfunc (t T) twice() int { return 2 * t.n }\n" +
		"func f(a int) T { return T{a + x} }\n---\nx = 20\n").ok(t)
	if got := p.run("x++\nf(0).twice()\n").ok(t).text(); got != `"42"` {
		t.Errorf("got %s", got)
	}
}

func TestPanicInCell(t *testing.T) {
	p := begin(t)
	r := p.run(`func f(n int) {
	panic("boom")
}
---
f(3)
`)
	if got := trace(r.done.Error); !strings.HasPrefix(got, "In[1]:5:1\n") ||
		!strings.Contains(got, "\nIn[1]:2:2 in f\n") {
		t.Errorf("got %s", got)
	}
	if r.done.Status != "error" || r.done.Error.Name != "panic" || r.done.Error.Value != "boom" {
		t.Errorf("got %+v", r.done)
	}
}

func TestSourceRefused(t *testing.T) {
	p := begin(t)
	q := p.request("1\n")
	q.Source = strings.Replace(q.Source, "1", "var x int = undefinedName", 1)
	p.send(&link.Request{Run: q})
	r := p.wait(q.ID)
	if r.started || !r.done.Compile || r.done.Error.Name != "InterpreterLimit" ||
		!strings.Contains(trace(r.done.Error), "In[1]:2:13") {
		t.Errorf("got %+v %s", r.done, trace(r.done.Error))
	}
	if got := p.run("2\n").ok(t).text(); got != `"2"` {
		t.Errorf("got %s", got)
	}
}
