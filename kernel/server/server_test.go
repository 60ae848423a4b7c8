package server_test

// This file defines the tests of what needs more than one client, or a look behind the scenes.

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gilkernel/kernel/link"
)

// cellFor returns a cell that makes the fake worker do what the commands say.
func cellFor(commands ...string) string {
	return fmt.Sprintf("_ = %q", "fake: "+strings.Join(commands, "\n"))
}

// What a goroutine prints appears in the cell that started it, whatever runs at that time.
func TestOutputOfEarlierCells(t *testing.T) {
	o, w := fake()
	c := start(t, o).client()
	first := c.send("shell", "execute_request", map[string]any{"code": cellFor("out first")})
	c.idle(first)
	_, run := w().counts()
	second := c.send("shell", "execute_request", map[string]any{"code": cellFor("out second", "block")})
	c.await("second", func(m message) bool { return m.parent() == second && m.Header.MsgType == "stream" })
	w().stream(run, "stdout", "late\n")
	w().event(link.Event{Cell: run, Error: &link.Error{Name: "panic", Value: "late, too", Traceback: []string{}}})
	c.await("the late line", func(m message) bool { return m.parent() == first && m.field("text") == "late\n" })
	c.await("the late panic", func(m message) bool { return m.parent() == first && m.field("evalue") == "late, too" })
	w().Interrupt()
	if r := c.reply(second); r.field("ename") != "KeyboardInterrupt" {
		t.Errorf("a late panic of another cell made this: %v", r)
	}
	c.idle(second)
}

// An interpreter that dies between two cells is reported in the cell whose fault it was; the next
// cell finds all definitions.
func TestDeathBetweenCells(t *testing.T) {
	o, w := fake()
	c := start(t, o).client()
	guilty := c.send("shell", "execute_request",
		map[string]any{"code": "func f() int { return 1 }\n" + cellFor("out x")})
	c.idle(guilty)
	_, run := w().counts()
	c.execute("counter := 1")
	w().die(run)
	e := c.await("the error", func(m message) bool { return m.Header.MsgType == "error" })
	if e.parent() != guilty || !strings.Contains(string(e.Content), "counter is gone") {
		t.Errorf("%v of %s", e, e.parent())
	}
	if r, out := c.execute(cellFor("out after")); r.field("status") != "ok" || text(out, "stdout") != "after\n" {
		t.Errorf("%v, %v", r, out)
	}
	if replays, _ := w().counts(); replays != 1 {
		t.Errorf("the definitions of three cells were brought back in %d requests, want 1", replays)
	}
	// The values are gone: Go would not know, the session does.
	if r, _ := c.execute("counter + 1"); r.field("status") != "error" {
		t.Errorf("%v", r)
	}
}

// Inputs are kept over a restart, and are found by all three kinds of question.
func TestHistoryOverRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.jsonl")
	var last message
	for _, cells := range [][]string{{cellFor("result 42"), "x := 1"}, {"x := 2"}} {
		o, _ := fake()
		o.History = path
		k := start(t, o)
		c := k.client()
		for _, cell := range cells {
			c.execute(cell)
		}
		c.ask("shell", "execute_request", map[string]any{"code": cellFor("out not kept"), "store_history": false})
		for _, q := range []struct{ content, want string }{
			{`{"hist_access_type": "tail", "n": 2, "output": false, "raw": true}`, `[[1,2,"x := 1"],[2,1,"x := 2"]]`},
			{`{"hist_access_type": "range", "session": 1, "start": 1, "stop": 2, "output": true, "raw": true}`,
				`[[1,1,["_ = \"fake: result 42\"","42"]]]`},
			{`{"hist_access_type": "search", "pattern": "x*", "unique": true, "n": 1, "output": true, "raw": true}`,
				`[[2,1,["x := 2",null]]]`},
		} {
			last = c.ask("shell", "history_request", q.content)
			if got := string(raw(t, last.field("history"))); got != q.want && len(cells) == 1 {
				t.Errorf("%s: %s, want %s", q.content, got, q.want)
			}
		}
		k.close()
	}
}

// usage_request has ipykernel's fields.
func TestUsage(t *testing.T) {
	o, _ := fake()
	c := start(t, o).client()
	c.ask("control", "usage_request", "{}")
	r := c.ask("control", "usage_request", "{}")
	if r.field("pid") != float64(os.Getpid()) || r.field("cpu_count").(float64) < 1 {
		t.Errorf("%v", r)
	}
	if _, err := os.Stat("/proc/self/smaps_rollup"); err != nil {
		return
	}
	if m, _ := r.field("kernel_memory").(float64); m < 1<<20 {
		t.Errorf("kernel_memory is %v", m)
	}
	host, _ := r.field("host_virtual_memory").(map[string]any)
	if total, _ := host["total"].(float64); total < 1<<20 || r.field("host_cpu_percent") == nil {
		t.Errorf("%v", r)
	}
}

// Many front ends at once: every request is answered, framed, and to whom it belongs.
func TestHammer(t *testing.T) {
	o, _ := fake()
	k := start(t, o)
	var wg sync.WaitGroup
	for i := range 4 {
		c := k.client()
		wg.Go(func() {
			var ids []string
			for j := range 25 {
				ids = append(ids,
					c.send("shell", "execute_request", map[string]any{"code": cellFor(fmt.Sprintf("out %d/%d", i, j))}),
					c.send("shell", "is_complete_request", `{"code": "1"}`),
					c.send("control", "kernel_info_request", "{}"))
			}
			for n, id := range ids {
				c.reply(id)
				if out := c.idle(id); n%3 == 0 && text(out, "stdout") != fmt.Sprintf("%d/%d\n", i, n/3) {
					t.Errorf("%d/%d: %v", i, n/3, out)
				}
			}
		})
	}
	wg.Wait()
}

// Whatever the content, a request gets its reply and is framed by busy and idle.
func FuzzRequests(f *testing.F) {
	types := []string{"execute_request", "complete_request", "inspect_request", "is_complete_request",
		"history_request", "comm_info_request",
		"comm_open", "comm_msg", "comm_close", "kernel_info_request", "connect_request", "interrupt_request",
		"usage_request", "debug_request", "nonsense"}
	for i := range types {
		f.Add(i, `{}`)
		f.Add(i, `{"code": "1 +", "cursor_pos": 9007199254740993, "detail_level": -1, "target_name": 5, `+
			`"hist_access_type": "tail", "n": -1}`)
		f.Add(i, `{"code": "\ud800%%\u0000", "cursor_pos": -1, "hist_access_type": "search", "pattern": "[", `+
			`"user_expressions": {"": ""}}`)
		f.Add(i, `{"code": null, "hist_access_type": "range", "session": -99, "start": 5, "stop": 1, "comm_id": ""}`)
	}
	o, _ := fake()
	o.Logf = func(string, ...any) {}
	c := start(f, o).client()
	f.Fuzz(func(t *testing.T, n int, content string) {
		c.t = t
		msgType := types[max(n, -n, 0)%len(types)]
		channel := "shell"
		if msgType == "debug_request" {
			channel = "control"
		}
		id := c.send(channel, msgType, content)
		if strings.HasSuffix(msgType, "_request") {
			r := c.reply(id)
			if s := r.field("status"); s != "ok" && s != "error" && msgType != "is_complete_request" &&
				msgType != "usage_request" {
				// those have another status, or none
				t.Errorf("%s: %v", msgType, r)
			}
		}
		c.idle(id)
		c.forget()
	})
}
