//go:build linux

package robust_test

// This file defines the tests of what cells print: where it arrives, in which order, and how much.

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Whatever way text takes out of a cell, it arrives as a stream of the right name.
func TestStreams(t *testing.T) {
	p := open(t)
	for _, row := range []struct{ name, code, stdout, stderr string }{
		{"fmt", `fmt.Print("a", "b"); fmt.Fprint(os.Stderr, "e")`, "ab", "e"},
		{"os", `os.Stdout.WriteString("o"); os.Stderr.Write([]byte("e"))`, "o", "e"},
		{"variable", "w := os.Stdout\nw.WriteString(\"o\")", "o", ""},
		{"interface", "var out io.Writer = os.Stdout\nio.WriteString(out, \"o\")", "o", ""},
		{"println", `println("built in", 1)`, "", "built in 1\n"},
		{"log", "log.SetFlags(0)\nlog.Print(\"logged\")", "", "logged\n"},
		{"log.New", `log.New(os.Stdout, "own ", 0).Print("logged")`, "own logged\n", ""},
		{"slog", `slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a ` +
			`slog.Attr) slog.Attr { if a.Key == "time" { return slog.Attr{} }; return a }})).Info("m", "k", 1)`,
			"level=INFO msg=m k=1\n", ""},
		{"descriptors", `syscall.Write(1, []byte("one\n")); syscall.Write(2, []byte("two\n"))`, "one\n", "two\n"},
		{"child", "cmd := exec.Command(\"sh\", \"-c\", \"echo out; echo err >&2\")\n" +
			"cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr\ncmd.Run()", "out\n", "err\n"},
		{"inherited", "pid, _ := os.StartProcess(\"/bin/sh\", []string{\"sh\", \"-c\", \"echo out; echo err >&2\"}, " +
			"&os.ProcAttr{Files: []*os.File{nil, os.NewFile(1, \"1\"), os.NewFile(2, \"2\")}})\npid.Wait()", "out\n",
			"err\n"},
		{"shell", "!echo out; echo err >&2", "out\n", "err\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			p.t = t
			c := p.run(row.code)
			if c.res.Status != "ok" {
				t.Fatalf("%+v", c.res)
			}
			// What a descriptor says may come behind the cell's end.
			p.await(fmt.Sprintf("%q, %q", row.stdout, row.stderr), func() bool {
				return len(c.text("stdout")) >= len(row.stdout) && len(c.text("stderr")) >= len(row.stderr)
			})
			if out, err := c.text("stdout"), c.text("stderr"); out != row.stdout || err != row.stderr {
				t.Errorf("stdout %q, stderr %q; want %q, %q", out, err, row.stdout, row.stderr)
			}
		})
	}
	c := p.run(`slog.Info("m", "k", 1)`)
	if !strings.HasSuffix(c.text("stderr"), "INFO m k=1\n") {
		t.Errorf("slog.Info: %q", c.text("stderr"))
	}
}

// A goroutine that outlives its cell prints into it, in order, while other cells print into theirs.
func TestOutlivingGoroutine(t *testing.T) {
	const lines = 200
	p := open(t)
	first := p.run(fmt.Sprintf("gate := make(chan int)\ngo func() {\n\tfor i := 0; i < %d; i++ {\n\t\t<-gate\n"+
		"\t\tfmt.Println(\"line\", i)\n\t}\n}()", lines))
	second := p.run(fmt.Sprintf("for i := 0; i < %d; i++ {\n\tgate <- i\n\tfmt.Println(\"mine\", i)\n}", lines))
	var want, mine strings.Builder
	for i := range lines {
		fmt.Fprintln(&want, "line", i)
		fmt.Fprintln(&mine, "mine", i)
	}
	p.await("the last line", func() bool { return len(first.text("stdout")) >= want.Len() })
	if first.text("stdout") != want.String() {
		t.Errorf("the first cell shows %q", first.text("stdout"))
	}
	if second.text("stdout") != mine.String() {
		t.Errorf("the second cell shows %q", second.text("stdout"))
	}
}

// With one stream, all that would be on stderr is on stdout, in its place: println, log, descriptor 2, the kernel's
// own.
func TestOneStream(t *testing.T) {
	p := open(t, "GILKERNEL_STDERR=stdout", "GILKERNEL_OUTPUT_LIMIT=200")
	c := p.run("fmt.Println(1)\nprintln(2)\nfmt.Fprintln(os.Stderr, 3)\nlog.SetFlags(0)\nlog.Println(4)\n" +
		"fmt.Println(5)")
	if out, errs := c.text("stdout"), c.text("stderr"); out != "1\n2\n3\n4\n5\n" || errs != "" {
		t.Errorf("stdout is %q, stderr %q", out, errs)
	}
	c = p.run("syscall.Write(2, []byte(\"raw\\n\"))")
	if out, errs := c.text("stdout"), c.text("stderr"); out != "raw\n" || errs != "" {
		t.Errorf("stdout is %q, stderr %q", out, errs)
	}
	c = p.run("fmt.Println(strings.Repeat(\"x\", 1000))")
	if out, errs := c.text("stdout"), c.text("stderr"); !strings.Contains(out, "were dropped") || errs != "" {
		t.Errorf("stdout is %q, stderr %q", out, errs)
	}
}

// Of the hundreds of runs of a check, one is shown: what the solution printed where it was wrong.
func TestCheckPrints(t *testing.T) {
	p := open(t, "GILKERNEL_PROGRESS="+filepath.Join(t.TempDir(), "progress"))
	p.wants("import \"gilkernel/runtime/exercise\"\nimport \"gilkernel/runtime/threading\"\n1", "1")
	for _, row := range []struct{ park, want string }{
		{"free := threading.NewSemaphore(places)\n" +
			"return func() { println(\"in\"); free.Acquire() }, func() { fmt.Println(\"out\"); free.Release() }", ""},
		{"return func() { println(\"in\") }, func() { fmt.Println(\"out\") }", "In that run it printed:\n\n    in\n"},
	} {
		c := p.run("park := func(places int) (enter, leave func()) {\n" + row.park + "\n}\n" +
			"exercise.Check(\"carpark\", park)")
		if c.text("stdout")+c.text("stderr") != "" {
			t.Errorf("the check printed %q and %q", c.text("stdout"), c.text("stderr"))
		}
		got := c.value()
		if row.want == "" && !strings.Contains(got, "Right.") || !strings.Contains(got, row.want) {
			t.Errorf("%q, want %q in it", got, row.want)
		}
	}
	// What comes after a check is shown again.
	if c := p.run("exercise.Check(\"carpark\", park)\nprintln(\"after\")"); c.text("stderr") != "after\n" {
		t.Errorf("stderr is %q", c.text("stderr"))
	}
}

// 100 MB: all below the limit arrives, in messages that are few and not too many for JupyterLab; the
// last line says how many bytes were dropped, to the byte; the next cell is not affected.
func TestFlood(t *testing.T) {
	const limit, line, lines = 200_000, 1000, 100_000
	p := open(t, "GILKERNEL_OUTPUT_LIMIT="+strconv.Itoa(limit))
	stop := p.alive()
	begin := time.Now()
	c := p.run(fmt.Sprintf("pad := strings.Repeat(\"x\", %d)\nfor i := 0; i < %d; i++ {\n"+
		"\tfmt.Printf(\"%%06d%%s\\n\", i, pad)\n}", line-7, lines))
	stop()
	out := c.text("stdout")
	t.Logf("%d bytes in %d messages after %v, then %q", len(out), len(c.outputs()),
		time.Since(begin).Round(time.Millisecond), c.text("stderr"))
	if c.res.Status != "ok" || len(out) > limit || len(out) < limit-line {
		t.Errorf("%+v, %d bytes", c.res, len(out))
	}
	for i, l := range strings.Split(strings.TrimSuffix(out, "\n"), "\n") {
		if len(l) != line-1 || l[:6] != fmt.Sprintf("%06d", i) {
			t.Fatalf("line %d is %.20q", i, l)
		}
	}
	outputs := c.outputs()
	last := outputs[len(outputs)-1]
	dropped, _, _ := strings.Cut(strings.TrimPrefix(last.Text, "\n… "), " bytes of output were dropped")
	if n, err := strconv.Atoi(strings.ReplaceAll(dropped, ",", "")); last.Name != "stderr" || err != nil ||
		n != lines*line-len(out) {
		t.Errorf("the last line is %q, dropped were %d bytes", last.Text, lines*line-len(out))
	}
	if n := len(outputs); n > 100 {
		t.Errorf("%d messages for %d bytes", n, len(out))
	}
	p.wants("6 * 7", "42")
}

// 6 MB in little pieces: twice what JupyterLab lets through in its window. All of it arrives, in few messages, and
// takes at least a window: how long it took to arrive tells on a loaded computer too, when each of it arrived does not.
// That no window has more than JupyterLab's server allows is tested in iopub, with a clock of its own.
func TestRates(t *testing.T) {
	const lines, window, maxBytes, maxMessages = 60_000, 3 * time.Second, 3_000_000, 3_000
	p := open(t)
	begun := time.Now()
	c := p.begin(fmt.Sprintf("pad := strings.Repeat(\"x\", 92)\nfor i := 0; i < %d; i++ {\n"+
		"\tfmt.Printf(\"%%06d %%s\\n\", i, pad)\n}", lines), nil)
	messages, seen := 0, 0
	p.await("all lines", func() bool {
		outputs := c.outputs()
		for _, o := range outputs[messages:] {
			seen += len(o.Text)
		}
		messages = len(outputs)
		return seen >= lines*100
	})
	took := time.Since(begun)
	c.wait()
	if out := c.text("stdout"); len(out) != lines*100 ||
		!strings.HasSuffix(out, fmt.Sprintf("%06d %s\n", lines-1, strings.Repeat("x", 92))) {
		t.Errorf("%d bytes, want %d", len(out), lines*100)
	}
	if took < (lines*100/maxBytes-1)*window || messages > maxMessages {
		t.Errorf("%d bytes in %d messages within %v", seen, messages, took)
	}
	t.Logf("%d messages within %v", messages, took)
}
