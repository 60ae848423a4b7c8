package server_test

// This file tests that the compilation of a cell is no reason to wait.

import (
	"strings"
	"testing"
)

// ■ answers while a cell of some megabytes is being compiled, and the next cell runs.
func TestInterruptOfACompilation(t *testing.T) {
	c := realKernel(t).client()
	id := c.send("shell", "execute_request", map[string]any{"code": "x := 1\n" + strings.Repeat("x = x*3 + len(\"text\")\n", 60_000)})
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
