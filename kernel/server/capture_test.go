package server_test

// This file tests %%capture with real interpreters.

import (
	"fmt"
	"strings"
	"testing"

	"gilkernel/kernel/server"
	"gilkernel/kernel/worker"
)

// outline writes what a cell has shown: a line for each output, "kind: text".
func outline(out []message) string {
	var b strings.Builder
	for _, m := range out {
		switch kind := m.Header.MsgType; kind {
		case "stream":
			fmt.Fprintf(&b, "%s: %q\n", m.field("name"), m.field("text"))
		case "display_data", "update_display_data", "execute_result":
			data, _ := m.field("data").(map[string]any)
			fmt.Fprintf(&b, "%s: %v\n", kind, data["text/plain"])
		case "error":
			fmt.Fprintf(&b, "error: %v\n", m.field("ename"))
		case "clear_output":
			fmt.Fprintf(&b, "clear\n")
		}
	}
	return b.String()
}

// captureRows are cells in order, and their outlines.
var captureRows = []struct{ name, code, want string }{
	{"all of a cell", "%%capture out\nfmt.Print(\"printed\")\nfmt.Fprint(os.Stderr, \"wrong\")\n" +
		"display.Show(1)\n\"value\"", ""},
	{"is a value", "fmt.Println(out.Stdout, out.Stderr, len(out.Outputs))\nout.Outputs[0]",
		"stdout: \"printed wrong 2\\n\"\nexecute_result: 1\n"},
	{"is shown again", "out.Show()",
		"stdout: \"printed\"\nstderr: \"wrong\"\ndisplay_data: 1\ndisplay_data: \"value\"\n"},
	{"says what it is", "out", "execute_result: captured output: 7 bytes to Stdout, 5 bytes to Stderr, 2 outputs\n"},
	{"a value counts as one of the session", "%whos *display.CapturedIO",
		"stdout: \"Variable   Type                  Cell\\nout        *display.CapturedIO   In[1]\\n\"\n"},
	{"without standard output", "%%capture --no-stdout out\nfmt.Print(\"printed\")\nfmt.Fprintln(os.Stderr, \"wrong\")",
		"stdout: \"printed\"\n"},
	{"is another one now",
		"fmt.Printf(\"%q %q\", out.Stdout, out.Stderr)", "stdout: \"\\\"\\\" \\\"wrong\\\\n\\\"\"\n"},
	{"without standard error",
		"%%capture --no-stderr out\nfmt.Print(\"printed\")\nfmt.Fprintln(os.Stderr, \"wrong\")",
		"stderr: \"wrong\\n\"\n"},
	{"without displays", "%%capture --no-display out\nfmt.Print(\"printed\")\n42", "execute_result: 42\n"},
	{"without a name", "%%capture\nfmt.Print(\"printed\")", ""},
	{"a name that had another type", "out := 1", ""},
	{"takes the name", "%%capture out\nx := 7", ""},
	{"definitions are the session's", "x", "execute_result: 7\n"},
	{"shell commands and processes", "%%capture out\n!echo from the shell\n!echo wrong >&2", ""},
	{"as text", "out.Stdout + out.Stderr", "execute_result: \"from the shell\\nwrong\\n\"\n"},
	{"magics below it", "%%capture out\n%%time\nfmt.Println(\"timed\")", ""},
	{"a magic's output", "strings.Contains(out.Stdout, \"Wall time\") && strings.HasPrefix(out.Stdout, \"timed\")",
		"execute_result: true\n"},
	{"within another", "%%capture outer\n%%capture --no-stderr inner\nfmt.Print(1)\n" +
		"fmt.Fprintln(os.Stderr, 2)", ""},
	{"each has its own", "fmt.Printf(\"%q %q %q\", inner.Stdout, outer.Stdout, outer.Stderr)",
		"stdout: \"\\\"1\\\" \\\"\\\" \\\"2\\\\n\\\"\"\n"},
	{"clears displays only", "%%capture out\nfmt.Print(\"a\")\ndisplay.Show(1)\n" +
		"display.Clear(false)\ndisplay.Show(2)", ""},
	{"and keeps what follows", "fmt.Println(out.Stdout, out.Outputs[0].Data[\"text/plain\"], len(out.Outputs))",
		"stdout: \"a 2 1\\n\"\n"},
	{"a display that is updated", "%%capture out\ndisplay.ShowID(\"p\", 1)\ndisplay.Update(\"p\", 2)", ""},
	{"is updated again", "out.Outputs[1].Update && out.Outputs[1].ID == \"p\"", "execute_result: true\n"},
	{"fails", "%%capture out\nfmt.Print(\"before\")\npanic(\"boom\")", "error: panic\n"},
	{"what came before is kept", "out.Stdout", "execute_result: \"before\"\n"},
	{"isn't Go", "%%capture out\nfmt.Print(", "error: SyntaxError\n"},
	{"is empty then", "out.Stdout", "execute_result: \"\"\n"},
	{"ends the process", "%%capture out\nfmt.Println(\"last words\")\nos.Exit(3)", "error: SystemExit\n"},
	{"which isn't lost", "out.Stdout", "execute_result: \"last words\\n\"\n"},
	{"a goroutine that lives on", "%%capture out\ngo1, done := make(chan bool), make(chan bool)\n" +
		"go func() {\n\tfmt.Print(\"early \")\n\tdone <- true\n\t<-go1\n\tfmt.Print(\"late\")\n" +
		"\tdone <- true\n}()\n<-done", ""},
	{"prints into its cell", "close(go1)\n<-done\nout.Stdout", "execute_result: \"early \"\n"},
}

func TestCapture(t *testing.T) {
	for _, engine := range []string{"exec", "yaegi"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			c := start(t, &server.Options{Worker: &worker.Options{Spare: true, Engine: engine}}).client()
			for _, row := range captureRows {
				_, out := c.execute(row.code)
				if got := outline(out); got != row.want {
					t.Errorf("%s:\n%s\ngot\n%swant\n%s", row.name, row.code, got, row.want)
				}
			}
		})
	}
}

// What a goroutine prints after its cell has ended is no longer captured: it appears below that cell.
func TestCaptureOfALateGoroutine(t *testing.T) {
	c := realKernel(t).client()
	id := c.send("shell", "execute_request", map[string]any{"code": "%%capture out\nstart, done := make(chan bool), " +
		"make(chan bool)\ngo func() {\n\t<-start\n\tfmt.Print(\"late\")\n\tdone <- true\n}()"})
	c.idle(id)
	c.execute("close(start)\n<-done")
	c.await("its output", func(m message) bool { return m.parent() == id && m.field("text") == "late" })
}

func TestCaptureIsBounded(t *testing.T) {
	c := start(t, &server.Options{Worker: &worker.Options{Spare: true}, OutputLimit: 1000}).client()
	_, out := c.execute("%%capture out\nfor range 100 {\n\tfmt.Println(\"a line of twenty by\")\n}")
	if got := outline(out); !strings.Contains(got, "bytes of output were dropped") {
		t.Errorf("got %s", got)
	}
	if _, out := c.execute("len(out.Stdout) <= 1000 && len(out.Stdout) > 0"); result(out) != "true" {
		t.Errorf("got %v", result(out))
	}
}

func TestCaptureInterrupted(t *testing.T) {
	c := realKernel(t).client()
	id := c.send("shell", "execute_request", map[string]any{"code": "%%capture --no-stderr out\nfmt.Println(`kept`)\nprintln(1)\nfor {\n}"})
	c.await("output", func(m message) bool { return m.parent() == id && m.Header.MsgType == "stream" })
	c.ask("control", "interrupt_request", "{}")
	if r := c.reply(id); r.field("ename") != "KeyboardInterrupt" {
		t.Errorf("got %v", r)
	}
	c.idle(id)
	// What came until then is kept, as in IPython.
	if _, out := c.execute("out.Stdout"); outline(out) != "execute_result: \"kept\\n\"\n" {
		t.Errorf("got %v", outline(out))
	}
}
