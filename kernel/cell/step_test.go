package cell_test

// This file tests Parse.

import (
	"fmt"
	"strings"
	"testing"

	"gilkernel/kernel/cell"
)

// parseRows are cells and their steps, written one a line as kind@line name|args.
var parseRows = []struct{ name, code, want string }{
	{"empty", "", ""},
	{"blank", " \n\t\n", ""},
	{"comment", "// %time x\n/* !ls */", ""},
	{"go", "x := 1\nx", "Go@1"},
	{"line magic", "%cd /tmp", "line magic@1 cd|/tmp"},
	{"indented magic", "  %who  \n", "line magic@1 who|"},
	{"mixed", "x := 1\n%who\ny := 2\n!ls -l | wc\nz",
		"Go@1\nline magic@2 who|\nGo@3\nshell command@4 |ls -l | wc\nGo@5"},
	{"magic behind comment lines", "x := 1\n// a\n/* b\n%who */\n%who", "Go@1\nline magic@5 who|"},
	{"magic behind a line comment", "x := 1 // it's\n%who", "Go@1\nline magic@2 who|"},
	{"quotes in a command", "!echo \"it's `\nx := 1", "shell command@1 |echo \"it's `\nGo@2"},
	{"comment in a command", "!ls /*\nx := 1 /* a\n!no */\n!ls */",
		"shell command@1 |ls /*\nGo@2\nshell command@4 |ls */"},
	{"raw string", "s := `\n%who\n!ls\n`\n%who", "Go@1\nline magic@5 who|"},
	{"call over lines", "f(\n%who\n)", "Go@1"},
	{"operator at the end of a line", "ok := a &&\n!b\nr := 7 %\nk", "Go@1"},
	{"remainder", "a % b", "Go@1"},
	{"remainder over lines", "x := a\n% b", "Go@1"},
	{"percent alone", "%", "Go@1"},
	{"inside braces", "if a {\n!b\n%c\n}", "Go@1"},
	{"unbalanced", ")\n}\n%who", "Go@1\nline magic@3 who|"},
	{"behind a declaration", "func f() int {\n\treturn 1\n}\n%time f()", "Go@1\nline magic@4 time|f()"},
	{"time over lines", "%time func() {\n\tf()\n}()\nx", "line magic@1 time|func() {\n\tf()\n}()\nGo@4"},
	{"time with raw string", "%time f(`\n%who\n`)\n%who", "line magic@1 time|f(`\n%who\n`)\nline magic@4 who|"},
	{"time alone", "%time\nx", "line magic@1 time|\nGo@2"},
	{"time unclosed", "%time f(\nx", "line magic@1 time|f(\nx"},
	{"time comment", "%time f() // %who\nx", "line magic@1 time|f() // %who\nGo@2"},
	{"shell over lines", "!echo a \\\n  b\nx", "shell command@1 |echo a   b\nGo@3"},
	{"shell at the end", "!echo a \\", "shell command@1 |echo a \\"},
	{"shell with a blank", "! ls", "shell command@1 |ls"},
	{"shell twice", "!ls\n!ls", "shell command@1 |ls\nshell command@2 |ls"},
	{"exclamation mark alone", "!\n!!", "Go@1"},
	{"negation of a name of this cell", "ok := f()\n!ok", "Go@1"},
	{"negation not last", "ok := f()\n!ok\nx", "Go@1\nshell command@2 |ok\nGo@3"},
	{"negation behind a magic", "ok := f()\n%who\n!ok", "Go@1\nline magic@2 who|\nGo@3"},
	{"negation of true", "!true", "Go@1"},
	{"negation of a call", "func f() bool { return true }\n!f()", "Go@1"},
	{"and list of commands", "!ls && pwd", "shell command@1 |ls && pwd"},
	{"windows lines", "x := 1\r\n%cd a\r\n!ls\r\ny\r\n", "Go@1\nline magic@2 cd|a\nshell command@3 |ls\nGo@4"},
	{"cell magic", "%%bash -e\nls\n%who\n", "cell magic@1 bash|-e"},
	{"cell magic below blank lines", "\n \n%%time\nx", "cell magic@3 time|"},
	{"cell magic alone", "%%time", "cell magic@1 time|"},
	{"cell magic without a name", "%% \nx", "Go@1"},
	{"cell magic later", "x := 1\n\n%%time\ny", "error: cell:3:1: %%time must be the first line of its cell"},
	{"no letters", "%\xff", "Go@1"},
}

func show(steps []cell.Step) string {
	var b strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&b, "%s@%d", s.Kind, s.Line)
		if s.Kind != cell.StepGo {
			fmt.Fprintf(&b, " %s|%s", s.Name, s.Args)
		}
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func TestParse(t *testing.T) {
	for _, r := range parseRows {
		t.Run(r.name, func(t *testing.T) {
			steps, err := cell.Parse(r.code, nil)
			got := show(steps)
			if err != nil {
				got = "error: " + err.Error()
			}
			if got != r.want {
				t.Errorf("Parse(%q):\n%s\nwant:\n%s", r.code, got, r.want)
			}
			checkPlaces(t, r.code, steps)
		})
	}
}

// checkPlaces checks that whatever a step carries stands where the cell has it.
func checkPlaces(t *testing.T, code string, steps []cell.Step) {
	t.Helper()
	lines := strings.Split(code, "\n")
	for _, s := range steps {
		for i, l := range strings.Split(s.Code, "\n") {
			at := len(l) - len(strings.TrimLeft(l, " \t\r"))
			if strings.TrimSpace(l) == "" {
				continue
			}
			if i >= len(lines) || at > len(lines[i]) || !strings.HasPrefix(lines[i][at:], l[at:]) {
				t.Errorf("Parse(%q): line %d of a %s is %q", code, i+1, s.Kind, l)
			}
			if i+1 < s.Line {
				t.Errorf("Parse(%q): a %s of line %d has code on line %d", code, s.Kind, s.Line, i+1)
			}
		}
	}
}

func TestParseCellBody(t *testing.T) {
	steps, err := cell.Parse("\n%%time -v\n\nfor {\n}\n", nil)
	if err != nil || len(steps) != 1 {
		t.Fatalf("%v, %v", steps, err)
	}
	want := cell.Step{Kind: cell.StepCell, Line: 2, Name: "time", Args: "-v", Body: "\nfor {\n}\n",
		Code: "\n\n\nfor {\n}\n"}
	if steps[0] != want {
		t.Errorf("got %+v, want %+v", steps[0], want)
	}
}

func FuzzParse(f *testing.F) {
	for _, r := range parseRows {
		f.Add(r.code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		steps, err := cell.Parse(code, nil)
		if err != nil {
			return
		}
		checkPlaces(t, code, steps)
		line := 0
		for _, s := range steps {
			if s.Line <= line {
				t.Errorf("Parse(%q): lines of steps don't grow: %s", code, show(steps))
			}
			line = s.Line
		}
	})
}
