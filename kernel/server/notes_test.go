package server_test

// This file tests notes: where and how they are shown, and that they can be switched off.

import (
	"strings"
	"testing"
)

// shownNotes returns the text of the notes in a cell's output, and where among the messages they stood.
func shownNotes(t *testing.T, out []message) (plain string, at int) {
	t.Helper()
	at = -1
	for i, m := range out {
		data, _ := m.field("data").(map[string]any)
		if html, _ := data["text/html"].(string); m.Header.MsgType == "display_data" && strings.Contains(html, "note") {
			plain, at = data["text/plain"].(string), i
			if n := strings.Count(html, "<div "); n != strings.Count(plain, "\n")+1 {
				t.Errorf("%d lines as HTML: %s", n, html)
			}
		}
	}
	return plain, at
}

func TestNotes(t *testing.T) {
	o, _ := fake()
	c := start(t, o).client()
	show := func(code string) string {
		_, out := c.execute(code)
		plain, _ := shownNotes(t, out)
		return plain
	}
	cell := cellFor("note 4 it is\nnote 2 <b> comes\nfirst\nnote 4 it is\nout text")
	want := "note, line 2: <b> comes\nnote, line 4: it is"
	if got := show(cell); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := show(cellFor("note 7")); got != "" {
		t.Errorf("a thread that still runs is a note by itself: %q", got)
	}
	if got := show(cellFor(strings.Repeat("note 1 a\nnote 1 b\nnote 1 c\nnote 1 d\n", 2) +
		"note 1 e\nnote 1 f\nnote 1 g")); !strings.HasSuffix(got, "\n… and 2 more notes") {
		t.Errorf("%q", got)
	}
	c.execute("%notes off")
	if got := show(cell); got != "" {
		t.Errorf("switched off: %q", got)
	}
	c.execute("%notes on")
	if got := show(cell); got != want {
		t.Errorf("switched on again: %q", got)
	}
	id := c.send("shell", "execute_request", map[string]any{"code": cell, "silent": true})
	if got, _ := shownNotes(t, c.idle(id)); got != "" {
		t.Errorf("a silent cell: %q", got)
	}
}

// The error is the last thing that a cell shows: it is what the eye looks for first.
func TestNotesStandAboveTheError(t *testing.T) {
	o, _ := fake()
	c := start(t, o).client()
	_, out := c.execute(cellFor("note 1 this") + "\n%nosuchmagic")
	_, at := shownNotes(t, out)
	failed := -1
	for i, m := range out {
		if m.Header.MsgType == "error" {
			failed = i
		}
	}
	if at < 0 || failed < at {
		t.Errorf("the note is message %d, the error %d", at, failed)
	}
}
