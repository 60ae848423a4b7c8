package server_test

// This file defines the tests of requests that are too large.

import (
	"strings"
	"testing"
)

// A cell that is too large is refused with one sentence, is not echoed as a whole, and costs the cells
// after it nothing; what is asked about such code while the user types has an answer.
func TestHugeCell(t *testing.T) {
	o, _ := fake()
	c := start(t, o).client()
	huge := "// é" + strings.Repeat("x", 9<<20) + "\n1"
	r, out := c.execute(huge)
	if r.field("status") != "error" ||
		!strings.Contains(r.field("evalue").(string), "this cell has 9MiB, and at most 8MiB can be compiled") {
		t.Errorf("%.300s", r)
	}
	for _, m := range out {
		if len(m.Content) > 64<<10 {
			t.Errorf("%s has %d bytes", m.Header.MsgType, len(m.Content))
		}
	}
	for _, msgType := range []string{"complete_request", "inspect_request", "is_complete_request"} {
		if r := c.ask("shell", msgType, map[string]any{"code": huge, "cursor_pos": 5}); r.field("status") == "error" {
			t.Errorf("%s: %s", msgType, r)
		}
	}
	if r, out := c.execute(cellFor("out after")); r.field("status") != "ok" || text(out, "stdout") != "after\n" {
		t.Errorf("%v", r)
	}
}
