package server_test

// This file tests cells that are explored, through all of a kernel.

import (
	"strings"
	"testing"
)

const explored = `import "gilkernel/runtime/threading"
n := 0
work := func() { for range times { n++ } }
a, b := threading.NewThread(work), threading.NewThread(work)
a.Start(); b.Start()
a.Join(); b.Join()
n`

// displays returns the texts that messages show.
func displays(all []message) string {
	var texts []string
	for _, m := range all {
		data, _ := m.field("data").(map[string]any)
		text, _ := data["text/plain"].(string)
		switch m.Header.MsgType {
		case "display_data":
			texts = append(texts, text)
		case "update_display_data": // of what said how far a search is
			texts = append(texts[:max(len(texts)-1, 0)], text)
		}
	}
	return strings.Join(texts, "\n")
}

// What a search finds is replayed by the line that it shows, and neither leaves anything in the session.
func TestExploreAndReplay(t *testing.T) {
	k := realKernel(t)
	c := k.client()
	c.execute("n := 5")
	cell := strings.Replace(explored, "times", "1", 1)
	_, out := c.execute("%%explore python=3.9\n" + cell)
	found := displays(out)
	for _, want := range []string{"Under Python 3.9 the result depends on the schedule: 2, or with 1 preemption 1.\n",
		"Tried: all ", "one update is lost"} {
		if !strings.Contains(found, want) {
			t.Errorf("%q isn't in\n%s", want, found)
		}
	}
	at := strings.Index(found, "%%replay ")
	if at < 0 {
		t.Fatal(found)
	}
	line, _, _ := strings.Cut(found[at:], "\n")
	_, out = c.execute(line + "\n" + cell)
	if got := displays(out); !strings.Contains(got, "Under Python 3.9 this schedule gives 1.\n") ||
		strings.Contains(got, "differs") {
		t.Errorf("%s shows\n%s", line, got)
	}
	if _, out := c.execute("n"); result(out) != "5" {
		t.Errorf("afterwards n is %v", out)
	}
}

// An interrupt shows what was found until then.
func TestExploreInterrupted(t *testing.T) {
	k := realKernel(t)
	c := k.client()
	c.execute("state := 41")
	cell := strings.Replace(explored, "times", "50", 1)
	id := c.send("shell", "execute_request",
		map[string]any{"code": "%%explore python=3.12 time=10m schedules=1000000000\n" + cell})
	c.await("progress", func(m message) bool { return m.parent() == id && m.Header.MsgType == "display_data" })
	c.ask("control", "interrupt_request", "{}")
	r := c.reply(id)
	if r.field("ename") != "KeyboardInterrupt" {
		t.Errorf("%v", r)
	}
	if got := displays(c.idle(id)); !strings.Contains(got, "then it was interrupted.") ||
		strings.Contains(got, "so far") {
		t.Errorf("it shows\n%s", got)
	}
	if _, out := c.execute("state + 1"); result(out) != "42" {
		t.Errorf("afterwards: %v", out)
	}
}
