package server_test

// This file defines the tests with real interpreter processes: what a cell can do to a kernel, and
// what the person who typed it sees.

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"gilkernel/kernel/connection"
	"gilkernel/kernel/server"
	"gilkernel/kernel/transport"
	"gilkernel/kernel/worker"
	"gilkernel/skip"
)

// realKernel serves a kernel with interpreter processes.
func realKernel(t testing.TB) *kernel {
	return start(t, &server.Options{Worker: &worker.Options{Spare: true, MemoryLimit: 1 << 30}})
}

// result returns the text of the execute_result, "" if there is none.
func result(out []message) string {
	for _, m := range out {
		if m.Header.MsgType == "execute_result" {
			data, _ := m.field("data").(map[string]any)
			s, _ := data["text/plain"].(string)
			return s
		}
	}
	return ""
}

// errorsIn returns the error messages among outputs.
func errorsIn(out []message) (found []message) {
	for _, m := range out {
		if m.Header.MsgType == "error" {
			found = append(found, m)
		}
	}
	return found
}

// plain returns the traceback of an error without colours.
func plain(m message) string {
	var c struct{ Traceback []string }
	json.Unmarshal(m.Content, &c)
	return colours.ReplaceAllString(strings.Join(c.Traceback, "\n"), "")
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Whatever a cell does, it gets its red error, the definitions survive and the next cell runs; the
// heartbeat and kernel_info are answered before, meanwhile and after.
func TestWhatCellsDo(t *testing.T) {
	if testing.Short() {
		skip.Missing(t, "-short: it starts many interpreters")
	}
	for _, row := range []struct {
		name, cell string
		want       []string // in the traceback
		kept       bool     // the values of variables survive
	}{
		{"panics", `panic("boom")`, []string{"panic", "boom"}, true},
		{"nil map", "var m map[string]int\nm[\"a\"] = 1", []string{"nil map"}, true},
		{"index", "s := []int{1}\ni := 5\ns[i]", []string{"out of range", "In[2]:3"}, true},
		{"a goroutine panics", "var wg sync.WaitGroup\nwg.Go(func() {\n\tpanic(\"boom in goroutine\")\n})\nwg.Wait()",
			[]string{"boom in goroutine"}, true},
		{"map writes", "m := map[int]int{}\nfor g := 0; g < 4; g++ {\n\tgo func() {\n\t\tfor i := 0; ; i++ {\n" +
			"\t\t\tm[i%100] = i\n\t\t}\n\t}()\n}\ntime.Sleep(time.Hour)",
			[]string{"same map", "state"}, false},
		{"unlock", "var mu sync.Mutex\nmu.Unlock()", []string{"not locked", "state"}, false},
		{"recursion", "type T int\nfunc (t T) String() string { return fmt.Sprint(t) }\nfmt.Println(T(1))",
			[]string{"without end", "state"}, false},
		{"os.Exit", "os.Exit(3)", []string{"3", "state is gone"}, false},
		{"log.Fatal", `log.Fatal("fatal words")`, []string{"state is gone"}, false},
		{"kills itself", "syscall.Kill(os.Getpid(), syscall.SIGKILL)", []string{"state is gone"}, false},
		{"memory", "var all [][]byte\nfor {\n\tb := make([]byte, 16<<20)\n\tfor i := 0; i < len(b); i += 4096 {\n" +
			"\t\tb[i] = 1\n\t}\n\tall = append(all, b)\n}", []string{"memory", "state"}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if raceEnabled && (row.name == "recursion" || row.name == "memory") {
				return // the race detector itself dies of it, with words of its own
			}
			k := realKernel(t)
			c := k.client()
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			hb, err := transport.DialRequester(ctx, k.info.Endpoint(connection.HB), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer hb.Close()
			if r, _ := c.execute("state := 41\nfunc twice(n int) int { return 2 * n }"); r.field("status") != "ok" {
				t.Fatalf("%v", r)
			}
			id := c.send("shell", "execute_request", map[string]any{"code": row.cell})
			c.ask("control", "kernel_info_request", "{}")
			if err := hb.Ping(ctx); err != nil {
				t.Errorf("heartbeat: %v", err)
			}
			r := c.reply(id)
			out := c.idle(id)
			errs := errorsIn(out)
			if r.field("status") != "error" || len(errs) != 1 {
				t.Fatalf("%v, %v", r, out)
			}
			if string(raw(t, errs[0].field("traceback"))) != string(raw(t, r.field("traceback"))) {
				t.Errorf("the reply says %v, iopub %v", r, errs[0])
			}
			for _, want := range row.want {
				if !strings.Contains(plain(errs[0]), want) {
					t.Errorf("%q isn't in the traceback:\n%s", want, plain(errs[0]))
				}
			}
			if _, out := c.execute("twice(21)"); result(out) != "42" {
				t.Errorf("afterwards: %v", out)
			}
			r, out = c.execute("state + 1")
			if row.kept && result(out) != "42" {
				t.Errorf("the variable is lost: %v", out)
			}
			if !row.kept && r.field("status") != "error" {
				t.Errorf("the variable has a value again: %v", out)
			}
			if err := hb.Ping(ctx); err != nil {
				t.Errorf("heartbeat: %v", err)
			}
		})
	}
}

// An interrupt ends whatever a cell waits for; values are kept, and what it printed has arrived.
func TestInterruptEnds(t *testing.T) {
	k := realKernel(t)
	c := k.client()
	c.execute("state := 41\ngo time.Sleep(time.Hour) // or the cells that wait are deadlocks")
	for _, cell := range []string{
		"for {\n}",
		"time.Sleep(time.Hour)",
		"ch := make(chan int)\n<-ch",
		"select {}",
		"var mu sync.Mutex\nmu.Lock()\nmu.Lock()",
		"var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()",
		"l, _ := net.Listen(\"tcp\", \"127.0.0.1:0\")\nl.Accept()",
		"for i := 0; ; i++ {\n\tfmt.Println(i)\n}",
		"var name string\nfmt.Scanln(&name)",
	} {
		id := c.send("shell", "execute_request", map[string]any{"code": "fmt.Println(\"go\")\n" + cell})
		c.await("output", func(m message) bool { return m.parent() == id && m.Header.MsgType == "stream" })
		c.ask("control", "interrupt_request", "{}")
		r := c.reply(id)
		if r.field("ename") != "KeyboardInterrupt" {
			t.Errorf("%s: %v", cell, r)
		}
		if out := c.idle(id); len(errorsIn(out)) != 1 {
			t.Errorf("%s: %d errors", cell, len(errorsIn(out)))
		}
		if r, out := c.execute("state + 1"); result(out) != "42" {
			t.Errorf("after %s: %v, %v", cell, r, out)
		}
	}
}

// What doesn't listen to a first interrupt doesn't survive the second: the interpreter is killed, the
// error has the name of an interrupt, definitions are back.
func TestSecondInterrupt(t *testing.T) {
	c := realKernel(t).client()
	c.execute("func twice(n int) int { return 2 * n }")
	id := c.send("shell", "execute_request",
		map[string]any{"code": "fmt.Println(\"go\")\nexec.Command(\"sleep\", \"1000\").Run()"})
	c.await("output", func(m message) bool { return m.parent() == id && m.Header.MsgType == "stream" })
	c.ask("control", "interrupt_request", "{}")
	c.ask("control", "interrupt_request", "{}")
	if r := c.reply(id); r.field("ename") != "KeyboardInterrupt" {
		t.Errorf("%v", r)
	}
	c.idle(id)
	if _, out := c.execute("twice(21)"); result(out) != "42" {
		t.Errorf("%v", out)
	}
}

// A goroutine that a cell has left behind prints into that cell, and panics there.
func TestGoroutinesOutliveTheirCell(t *testing.T) {
	c := realKernel(t).client()
	first := c.send("shell", "execute_request", map[string]any{"code": `speak := make(chan string)
go func() {
	for s := range speak {
		fmt.Println("heard", s)
	}
	panic("nothing more to hear")
}()`})
	c.idle(first)
	c.execute(`speak <- "one"`)
	c.execute(`speak <- "two"; close(speak)`)
	for _, want := range []string{"heard one\n", "heard two\n"} {
		c.await(want, func(m message) bool {
			s, _ := m.field("text").(string)
			return m.parent() == first && strings.Contains(s, want)
		})
	}
	c.await("the panic", func(m message) bool {
		return m.parent() == first && m.Header.MsgType == "error" &&
			strings.Contains(string(m.Content), "nothing more to hear")
	})
	if _, out := c.execute("1 + 1"); result(out) != "2" {
		t.Errorf("%v", out)
	}
}

// Input reaches fmt.Scan, bufio on os.Stdin and the end of file, in the middle of output.
func TestInputForReal(t *testing.T) {
	c := realKernel(t).client()
	id := c.send("shell", "execute_request", map[string]any{"allow_stdin": true, "code": `var n int
fmt.Print("n? ")
fmt.Scanln(&n)
r := bufio.NewReader(os.Stdin)
line, err := r.ReadString('\n')
fmt.Printf("%d %q %v\n", n, line, err)
_, err = r.ReadString('\n')
fmt.Println(err)`})
	asked := 0
	for _, answer := range []string{"7", "a line", "\x04"} {
		q := c.await("a question", func(m message) bool { return m.at >= asked && m.Header.MsgType == "input_request" })
		asked = q.at + 1
		c.send("stdin", "input_reply", map[string]any{"value": answer})
	}
	c.reply(id)
	if got := text(c.idle(id), "stdout"); !strings.Contains(got, "7 \"a line\\n\" <nil>\nEOF\n") {
		t.Errorf("%q", got)
	}
	if r, _ := c.execute("1"); r.field("status") != "ok" {
		t.Errorf("%v", r)
	}
	r := c.ask("shell", "execute_request",
		map[string]any{"allow_stdin": false,
			"code": "var m int\nif _, err := fmt.Scanln(&m); err != nil {\n\tpanic(err)\n}"})
	if r.field("status") != "error" || !strings.Contains(string(r.Content), "not available") {
		t.Errorf("%v", r)
	}
}

// Out, _ and the count belong together; a cell that isn't stored changes none of them.
func TestRecall(t *testing.T) {
	c := realKernel(t).client()
	c.execute("40 + 1")
	c.ask("shell", "execute_request", map[string]any{"code": "99", "store_history": false})
	if _, out := c.execute("Out[1] + 1"); result(out) != "42" {
		t.Errorf("%v", out)
	}
}

// Cells that have no number are told from each other: in the text of an error, and in a table of steps.
func TestUnnumberedCells(t *testing.T) {
	c := realKernel(t).client()
	for _, code := range []string{"n := 0\nfunc up() {\n\tn++\n}", "m := 0\nfunc down() { m-- }"} {
		c.ask("shell", "execute_request", map[string]any{"code": code, "store_history": false})
	}
	r, out := c.execute("%%explore python=3.9\nup()\ndown()\npanic(1)")
	for _, want := range []string{"In[*1]:3 ", "In[*2]:2 "} {
		if got := displays(out); !strings.Contains(got, want) {
			t.Errorf("%v: %q isn't in\n%s", r, want, got)
		}
	}
}

// Magics work on the cells' own world: the environment, the directory, the time.
func TestMagicsForReal(t *testing.T) {
	c := realKernel(t).client()
	dir := t.TempDir()
	for _, cell := range []struct{ code, want string }{
		{"%env GREETING=hello", "GREETING"},
		{`fmt.Println(os.Getenv("GREETING"))`, "hello\n"},
		{"!echo $GREETING from the shell", "hello from the shell\n"},
		{"%cd " + dir, dir},
		{"%%writefile note.txt\nremember\n", "note.txt"},
		{"b, _ := os.ReadFile(\"note.txt\")\nfmt.Print(string(b))", "remember\n"},
		{"%time time.Sleep(10 * time.Millisecond)", "Wall time: "},
		{"%who", "b"},
		{"!echo to stderr >&2; exit 3", ""},
		{"%%bash\ncat note.txt", "remember\n"},
	} {
		r, out := c.execute(cell.code)
		if r.field("status") != "ok" || !strings.Contains(text(out, "stdout"), cell.want) {
			t.Errorf("%s: %v, %v", cell.code, r, out)
		}
	}
	c.execute("os.Exit(1)")
	if _, out := c.execute(`fmt.Println(os.Getenv("GREETING"))` + "\n!pwd"); text(out, "stdout") != "hello\n"+dir+"\n" {
		t.Errorf("after a crash: %v", out)
	}
}

// Output is cut at the limit, with a line that says so, and the kernel is otherwise unimpaired.
func TestOutputLimit(t *testing.T) {
	c := start(t, &server.Options{OutputLimit: 10_000}).client()
	r, out := c.execute("for i := 0; i < 100000; i++ {\n\tfmt.Println(\"line\", i)\n}")
	if n := len(text(out, "stdout")); r.field("status") != "ok" || n < 9_000 || n > 10_100 ||
		text(out, "stderr") == "" {
		t.Errorf("%v, %d bytes, %q", r, n, text(out, "stderr"))
	}
	if _, out := c.execute(`fmt.Print("after")`); text(out, "stdout") != "after" {
		t.Errorf("%v", out)
	}
}

// Nothing printed is lost or out of order.
func TestManyLines(t *testing.T) {
	const lines = 20000
	c := realKernel(t).client()
	_, out := c.execute(fmt.Sprintf("for i := 0; i < %d; i++ {\n\tfmt.Println(i)\n}", lines))
	var want strings.Builder
	for i := range lines {
		fmt.Fprintln(&want, i)
	}
	if got := text(out, "stdout"); got != want.String() {
		t.Errorf("%d bytes, want %d", len(got), want.Len())
	}
}
