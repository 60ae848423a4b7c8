package server_test

// This file tests that the compilation of a cell is no reason to wait.

import (
	"strings"
	"testing"
)

// ■ answers while a cell of some megabytes is being compiled, and the next cell runs.
func TestInterruptOfACompilation(t *testing.T) {
	c := realKernel(t).client()
	id := c.send("shell", "execute_request",
		map[string]any{"code": "x := 1\n" + strings.Repeat("x = x*3 + len(\"text\")\n", 60_000)})
	c.await("its input", func(m message) bool { return m.parent() == id && m.Header.MsgType == "execute_input" })
	c.ask("control", "interrupt_request", "{}")
	if r := c.reply(id); r.field("ename") != "KeyboardInterrupt" {
		t.Errorf("%v", r)
	}
	c.idle(id)
	if _, out := c.execute("6 * 7"); result(out) != "42" {
		t.Errorf("the next cell: %v", out)
	}
}

// %del forgets names of every kind, and says which there isn't.
func TestDel(t *testing.T) {
	c := realKernel(t).client()
	for _, code := range []string{"x, y := make([]byte, 100), 2",
		"func f() int { return y }\ntype T struct{}\nconst k = 3", "import re \"regexp\"\nimport . \"strings\"",
		"41 + 1"} {
		if r, _ := c.execute(code); r.field("status") != "ok" {
			t.Fatalf("%s: %v", code, r)
		}
	}
	fails := func(code, words string) {
		t.Helper()
		r, _ := c.execute(code)
		if text, _ := r.field("evalue").(string); !strings.Contains(text, words) {
			t.Errorf("%s: %v, want %q", code, r, words)
		}
	}
	fails("%del x nosuch", "there is no nosuch to delete")
	fails("%del X", "did you mean x?")
	if _, out := c.execute("len(x)"); result(out) != "100" {
		t.Errorf("nothing is deleted when a name is wrong: %v", out)
	}
	if r, out := c.execute("%del x, T k re Out[4]"); r.field("status") != "ok" || len(out) > 3 {
		t.Errorf("%v, %v", r, out)
	}
	fails("x", "undefined: x")
	fails("var t T", "undefined: T")
	fails("k", "undefined: k")
	fails("re.Compile", "undefined: re")
	fails("Out[4]", "undefined: Out")
	if r, _ := c.execute("%del y"); r.field("status") != "ok" {
		t.Errorf("%v", r)
	}
	if _, out := c.execute("f()"); result(out) != "2" {
		t.Errorf("a function keeps the variable that it was compiled with: %v", out)
	}
	c.execute("%del f")
	fails("f()", "undefined: f")
	if _, out := c.execute("x := 5\nx"); result(out) != "5" {
		t.Errorf("a name can be defined again: %v", out)
	}
}
