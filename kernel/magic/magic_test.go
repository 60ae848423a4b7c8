package magic_test

// This file tests what each magic does.

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/magic"
	"gilkernel/kernel/session"
)

// program puts a program into the directory that is on the fake's PATH.
func program(t *testing.T, f *fake, name string) string {
	t.Helper()
	path := filepath.Join(f.dir, name)
	if err := os.WriteFile(path, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// Every magic that cells know does something, and nothing else does.
func TestTableIsWhole(t *testing.T) {
	table := magic.New()
	for _, m := range cell.Magics() {
		for mark, usage := range map[cell.StepKind]string{cell.StepLine: m.Line, cell.StepCell: m.Cell} {
			if m.Name == "!" {
				continue
			}
			err := table.Run(t.Context(), newFake(t), cell.Step{Kind: mark, Name: m.Name})
			unknown := err != nil && strings.Contains(err.Error(), "there is no") &&
				strings.Contains(err.Error(), "magic")
			if unknown != (usage == "") {
				t.Errorf("%s %s, usage %q: %v", mark, m.Name, usage, err)
			}
		}
		if m.Help == "" || !strings.HasSuffix(m.Help, ".") && !strings.HasSuffix(m.Help, "limit.") {
			t.Errorf("%s: help %q isn't a sentence", m.Name, m.Help)
		}
	}
}

func TestUnknownMagicNamesTheNearest(t *testing.T) {
	for code, want := range map[string]string{
		"%tiem f()":          "did you mean %time?",
		"%Time f()":          "did you mean %time?",
		"%lsmagics":          "did you mean %lsmagic?",
		"%histroy":           "did you mean %history?",
		"%bahs":              "did you mean %%bash?",
		"%%tmeit\nx":         "did you mean %%timeit?",
		"%%who\nx":           "%who is a line magic: %who [type…]",
		"%writefile x":       "%%writefile is a cell magic: %%writefile [-a] file",
		"%nothing_like_it":   "there is no magic %nothing_like_it; %lsmagic lists",
		"%matplotlib inline": "package plot draws figures",
		"%pip install numpy": "there is no magic %pip: cells run Go",
		"%%python3.12\nx": "%%python 3.12 runs the body in the real Python 3.12 of this computer, and %%simulate " +
			"python=3.12",
		"%run a.py": "%load file",
		"%ls":       "!ls runs a shell command",
	} {
		wantErr(t, run(t, magic.New(), newFake(t), code), "UsageError", want)
	}
}

// outputs are cells and what they print, on a fake with some variables and inputs.
var outputs = []struct{ code, want string }{
	{"%who", "a\tb\tlonger\n"},
	{"%who int string", "a\tlonger\n"},
	{"%who bool", "There are no variables of type bool.\n"},
	{"%env A", "1\n"},
	{"%env B=two words\n%env B", "env: B=two words\ntwo words\n"},
	{"%env B two\n%env B", "env: B=two\ntwo\n"},
	{"%env B = 'x y'\n%env B", "env: B=x y\nx y\n"},
	{"%env B=\n%env B", "env: B=\n\n"},
	{"%set_env B=a=b\n%env B", "env: B=a=b\na=b\n"},
	{"%history", "x := 1\nfmt.Println(x)\nfunc f() {\n}\n"},
	{"%history -n", "   1: x := 1\n   2: fmt.Println(x)\n   3: func f() {\n}\n"},
	{"%hist -n 2-", "   2: fmt.Println(x)\n   3: func f() {\n}\n"},
	{"%hist -n 3 1-1", "   3: func f() {\n}\n   1: x := 1\n"},
	{"%hist -n -2", "UsageError: there is no option \"-2\"; usage: %hist [-n] [-l count] [-g pattern] [range…]"},
	{"%hist -l 1", "func f() {\n}\n"},
	{"%hist -l2 -n", "   2: fmt.Println(x)\n   3: func f() {\n}\n"},
	{"%hist -g P*(x)", "fmt.Println(x)\n"},
	{"%hist -g nowhere", ""},
	{"%limit", "memory   2GiB   Of the interpreter.\n"},
	{"%limit memory 4GiB\n%limit", "memory   4GiB   Of the interpreter.\n"},
	{"%notes", "Notes are on.\n"},
	{"%notes off\n%notes", "Notes are off.\nNotes are off.\n"},
	{"%notes off\n%notes on", "Notes are off.\nNotes are on.\n"},
	{"%notes maybe", "UsageError: notes are on or off, not \"maybe\"; usage: %notes [on|off]"},
	{"%machine", "machine: \n"},
	{"%machine simulated python=3.11", "machine: simulated python=3.11\n"},
	{"%engine", "exec\n"},
	{"%engine yaegi\n%engine", "engine: yaegi\nyaegi\n"},
	{"%engine exec", ""},
	{"%engine other", "UsageError: there is no engine \"other\"; usage: %engine [exec|yaegi]"},
	{"%engine exec yaegi", "UsageError: it takes one name; usage: %engine [exec|yaegi]"},
	{"%%capture\nf()", "capture {Stdout:true Stderr:true Display:true}\ncaptured as \n"},
	{"%%capture --no-stdout out --no-display\nf()",
		"capture {Stdout:false Stderr:true Display:false}\ncaptured as out\n"},
	{"%%capture --no-stderr\n%%time\nf()", "capture {Stdout:true Stderr:false Display:true}\ncaptured as \n"},
	{"%test -run=Sum -test.v --count 2 -bench .", "test 1 map[bench:. count:2 run:Sum v:true]\n"},
	{"%test", "test 1 map[]\n"},
	{"%get a.org/b", "get a.org/b  false\n"},
	{"%get \"a.org/b@v1\" --checks", "get a.org/b v1 true\n"},
	{"%get https://a.org/b.git/", "get a.org/b  false\n"},
	{"%time f()", "CPU times: user 1 ms, sys: 500 µs, total: 1.5 ms\nWall time: 2 ms\n"},
	{"%%time\nf()", "CPU times: user 1 ms, sys: 500 µs, total: 1.5 ms\nWall time: 2 ms\n"},
}

func TestOutputs(t *testing.T) {
	for _, r := range outputs {
		f := newFake(t)
		f.env = append(f.env, "A=1")
		f.vars = []session.Variable{
			{Name: "b", Type: "float64"},
			{Name: "longer", Type: "string"},
			{Name: "a", Type: "int"},
		}
		f.inputs = []magic.Input{{1, "x := 1"}, {2, "fmt.Println(x)"}, {3, "func f() {\n}\n"}}
		f.tests = []session.Test{{Name: "TestSum"}}
		f.timing = magic.Timing{Wall: 2 * ms, User: ms, System: ms / 2, CPU: true}
		got := ""
		if err := run(t, magic.New(), f, r.code); err != nil {
			got = err.Error()
		}
		if got = f.out.String() + got; got != r.want {
			t.Errorf("%s\nprints %q\nwant   %q", r.code, got, r.want)
		}
	}
}

func TestUsageErrors(t *testing.T) {
	for code, want := range map[string]string{
		"%who_is":                            "did you mean",
		"%test":                              "no cell has a function to test with",
		"%test -fuzz .":                      "there is no -fuzz: fuzzing needs",
		"%test -racy":                        "there is no flag -racy",
		"%test -h":                           "?%test explains its flags",
		"%test -cuont 2":                     "there is no flag -cuont: did you mean -count?",
		"%test -count":                       "a value is missing after -count",
		"%test x":                            `unexpected "x"`,
		"%test -parallel 0":                  "it takes a positive number",
		"%test -shuffle no":                  "it takes on, off or a number",
		"%%capture a b\nf()":                 `unexpected "b": it takes one name`,
		"%%capture --no-out\nf()":            `there is no option "--no-out"`,
		"%%capture func\nf()":                `"func" can't be the name of a variable`,
		"%%capture _\nf()":                   `"_" can't be the name of a variable`,
		"%capture out":                       "%%capture",
		"%env NOPE":                          `no variable "NOPE"`,
		"%env =x":                            "a name and a value",
		"%env -u":                            "-u takes one name",
		"%set_env A":                         "usage: %set_env NAME value",
		"%reset":                             "asks for -f",
		"%get":                               "it takes the path of a module",
		"%get a.org/b c.org/d":               "it takes one module: write %get for each",
		"%get a.org/b v1.2.3":                "a version stands behind an @: %get a.org/b@v1.2.3",
		"%get a.org/b@1.2.3":                 "a version begins with v: %get a.org/b@v1.2.3",
		"%get a.org/b@":                      "lacks a part",
		"%lsmagic x":                         `unexpected "x"; usage: %lsmagic`,
		"%hist a-b":                          "isn't a range",
		"%hist -":                            `no option "-"`,
		"%hist -l x":                         "-l takes a number",
		"%hist -g [":                         "-g takes a pattern",
		"%limit memory":                      "usage: %limit [name value]",
		"%limit cores 3":                     `there is no limit "cores"`,
		"%time":                              "nothing to time; usage: %time statement",
		"%%time\n \n":                        "nothing to time",
		"%%step\n \n":                        "nothing to step through",
		"%%explore\n \n":                     "nothing to explore",
		"%%explore schedules=0\n1":           "schedules= needs a number from 1 to",
		"%%explore preemptions=-1\n1":        "preemptions= needs a number from 0",
		"%%explore time=0s\n1":               "time= needs a time such as 10s",
		"%%explore time=5\n1":                "time= needs a time such as 10s",
		"%%explore seed=x\n1":                "seed= needs a whole number",
		"%%explore python=\n1":               "python= needs a version",
		"%%explore preemption=2\n1":          `unexpected "preemption=2", did you mean preemptions=2?`,
		"%%explore Python=3.9\n1":            "did you mean python=3.9?",
		"%%explore preemptions = 2\n1":       "write preemptions=2 without spaces",
		"%%explore preemptions= 2\n1":        "write preemptions=2 without spaces",
		"%%explore preemptions\n1":           "write preemptions= and a value",
		"%%explore seed=1 time=1s seed=1\n1": "seed is there twice",
		"%%schedule gaol=deadlock\n1":        "did you mean goal=deadlock?",
		"%%schedule wigdet\n1":               "did you mean widget?",
		"%%schedule text text\n1":            "is there twice",
		"%%step pyhton=3.9\n1":               "did you mean python=3.9?",
		"%%explore\n%time f()": "line 2 is a magic, and %%explore takes Go code alone: put %time into " +
			"a cell of its own",
		"%%explore\n1\n!ls -l": "line 3 is a shell command, and %%explore takes Go code alone: put !ls -l into a " +
			"cell of its own",
		"%%replay 3.9/-\n!ls":          "line 2 is a shell command, and %%replay takes Go code alone",
		"%%schedule\n!ls":              "line 2 is a shell command, and %%schedule takes Go code alone",
		"%%explore\n%%replay 3.9/-\n1": "%%explore takes Go code alone: put %%replay into a cell of its own",
		"%%time\nx := 1\n%%explore\nx": "line 3 is a magic, and %%time takes Go code alone",
		"%%explore cores=2\n1":         `unexpected "cores=2"; usage: %%explore [python=version]`,
		"%%replay\n1":                  "name the schedule",
		"%%replay a b\n1":              "a schedule is one word",
		"%%replay 3.9/-\n":             "nothing to replay",
		"%%step python=x\n1":           "python= needs a version",
		"%%simulate\n \n":              "nothing to run; usage: %%simulate [python=version]",
		"%%simulate real\n1":           `it is simulated already, without "real"`,
		"%%real\n":                     "nothing to run; usage: %%real",
		"%%time x\ny":                  `unexpected "x"`,
		"%timeit -n 3":                 "nothing to time",
		"%timeit -r 0 f()":             "-r takes a number from 1",
		"%load":                        "a file is needed",
		"%load https://a/b":            "not addresses",
		"%load a.ipynb":                "is a notebook",
		"%%writefile\nx":               "a file is needed",
		"%%script\nx":                  "a program is needed",
		"%%bash 'a\nx":                 "the quote ' isn't closed",
		"%cd -":                        "no directory before",
		"%pwd x":                       "usage: %pwd",
		"%%html x\n<b>y</b>":           `unexpected "x"`,
	} {
		wantErr(t, run(t, magic.New(), newFake(t), code), "UsageError", want)
	}
}

// A cell's own machine is asked for in the words of %machine.
func TestOwnMachine(t *testing.T) {
	for code, want := range map[string]string{
		"%%simulate\nf()":                     "simulated: \nf()",
		"%%simulate cores=8 python=3.11\nf()": "simulated cores=8 python=3.11: \nf()",
		"%%real cores=1\nf()":                 "real cores=1: \nf()",
	} {
		f := newFake(t)
		if err := run(t, magic.New(), f, code); err != nil || len(f.ran) != 1 || f.ran[0] != want {
			t.Errorf("%q: %v, ran %q, want %q", code, err, f.ran, want)
		}
	}
}

func TestEnvHidesSecretsInTheList(t *testing.T) {
	f := newFake(t)
	f.env = []string{"Z=1", "API_KEY=swordfish", "github_token=x=y", "A="}
	if err := run(t, magic.New(), f, "%env"); err != nil {
		t.Fatal(err)
	}
	if got, want := f.out.String(), "A=\nAPI_KEY=<hidden>\nZ=1\ngithub_token=<hidden>\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEnvRemoves(t *testing.T) {
	f := newFake(t)
	f.env = []string{"A=1", "B=2"}
	if err := run(t, magic.New(), f, "%env -u A"); err != nil || strings.Join(f.env, " ") != "B=2" {
		t.Errorf("%v, environment %q", err, f.env)
	}
}

func TestReset(t *testing.T) {
	f := newFake(t)
	if err := run(t, magic.New(), f, "%reset -f"); err != nil || f.resets != 1 {
		t.Errorf("%v, %d resets", err, f.resets)
	}
}

func TestWhoWithoutVariables(t *testing.T) {
	f := newFake(t)
	if err := run(t, magic.New(), f, "%who\n%whos"); err != nil ||
		f.out.String() != strings.Repeat("There are no variables.\n", 2) {
		t.Errorf("%v, %q", err, f.out.String())
	}
}

func TestCd(t *testing.T) {
	f, table := newFake(t), magic.New()
	top := f.dir
	sub := filepath.Join(top, "a b")
	if err := os.Mkdir(sub, 0o777); err != nil {
		t.Fatal(err)
	}
	program(t, f, "file")
	for _, r := range []struct{ code, dir string }{
		{"%cd a b", sub}, {"%cd ..", top}, {"%cd -", sub}, {"%cd -", top}, {`%cd "a b"`, sub}, {"%cd ~", top},
		{"%cd ~/a b", sub},
		{"%cd", top}, {"%cd -q a b", sub}, {"%cd " + top, top},
	} {
		f.out.Reset()
		if err := run(t, table, f, r.code); err != nil || f.dir != r.dir {
			t.Fatalf("%s: %v, now in %s, want %s", r.code, err, f.dir, r.dir)
		}
		want := r.dir + "\n"
		if strings.Contains(r.code, "-q") {
			want = ""
		}
		if f.out.String() != want {
			t.Errorf("%s printed %q", r.code, f.out.String())
		}
	}
	wantErr(t, run(t, table, f, "%cd nowhere"), "OSError", "no such file or directory")
	wantErr(t, run(t, table, f, "%cd file"), "OSError", "isn't a directory")
	if f.dir != top {
		t.Errorf("a failed %%cd changed the directory to %s", f.dir)
	}
}

func TestWritefileAndLoad(t *testing.T) {
	f := newFake(t)
	for _, r := range []struct{ code, out, text string }{
		{"%%writefile a.go\nx := 1\n", "Writing a.go\n", "x := 1\n"},
		{"%%writefile -a a.go\ny := 2\n", "Appending to a.go\n", "x := 1\ny := 2\n"},
		{"%%writefile 'a.go'\nx := 3", "Overwriting a.go\n", "x := 3"},
		{"%%writefile a.go\nx := 3\r\ny := 4\nz := 5\n\n", "Overwriting a.go\n", "x := 3\r\ny := 4\nz := 5\n\n"},
	} {
		f.out.Reset()
		err := run(t, magic.New(), f, r.code)
		text, _ := os.ReadFile(filepath.Join(f.dir, "a.go"))
		if err != nil || f.out.String() != r.out || string(text) != r.text {
			t.Errorf("%q: %v, printed %q, wrote %q", r.code, err, f.out.String(), text)
		}
	}
	for _, r := range []struct{ code, next string }{
		{"%load a.go", "// %load a.go\nx := 3\ny := 4\nz := 5"},
		{"%load a", "// %load a\nx := 3\ny := 4\nz := 5"},
		{"%load -r 2 a.go", "// %load -r 2 a.go\ny := 4"},
		{"%load -r 2-3 a.go", "// %load -r 2-3 a.go\ny := 4\nz := 5"},
		{"%load ~/a.go", "// %load ~/a.go\nx := 3\ny := 4\nz := 5"},
	} {
		if err := run(t, magic.New(), f, r.code); err != nil || f.next != r.next || !f.replaced {
			t.Errorf("%s: %v, next input %q, want %q", r.code, err, f.next, r.next)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	f := newFake(t)
	for name, text := range map[string]string{"binary": "\xff\xfe", "huge": strings.Repeat("x", 1<<20+1)} {
		if err := os.WriteFile(filepath.Join(f.dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for code, want := range map[string]string{
		"%load binary": "isn't text in UTF-8", "%load huge": "at most", "%load .": "isn't a regular file",
		"%load nowhere": "no such file",
	} {
		wantErr(t, run(t, magic.New(), f, code), "OSError", want)
	}
	if f.next != "" {
		t.Errorf("something was loaded: %.20q", f.next)
	}
}

func TestTimeKeepsPlaces(t *testing.T) {
	f := newFake(t)
	if err := run(t, magic.New(), f, "x := 1\n%time f(\n\tx)"); err != nil {
		t.Fatal(err)
	}
	if len(f.ran) != 2 || f.ran[1] != "\n      f(\n\tx)" {
		t.Errorf("ran %q", f.ran)
	}
}

func TestTimeOfFailureIsNotPrinted(t *testing.T) {
	f := newFake(t)
	f.err = errors.New("panic: no")
	if err := run(t, magic.New(), f, "%time f()"); err != f.err || f.out.Len() > 0 {
		t.Errorf("got %v, printed %q", err, f.out.String())
	}
}

func TestCommands(t *testing.T) {
	f := newFake(t)
	bash, sh := program(t, f, "bash"), program(t, f, "sh")
	for _, r := range []struct {
		code  string
		argv  []string
		stdin string
	}{
		{"!echo 'a b' | wc", []string{bash, "-c", "echo 'a b' | wc"}, ""},
		{"%%bash\nls\n", []string{bash}, "ls\n"},
		{"%%bash -e -u\nls\n", []string{bash, "-e", "-u"}, "ls\n"},
		{"%%sh\nls", []string{sh}, "ls"},
		{"%%script bash -c 'x y'\n", []string{bash, "-c", "x y"}, ""},
		{"%%script ./sh\nls", []string{sh}, "ls"},
	} {
		f.argv, f.stdin = nil, "?"
		if err := run(t, magic.New(), f, r.code); err != nil {
			t.Errorf("%q: %v", r.code, err)
			continue
		}
		if len(f.argv) != 1 || strings.Join(f.argv[0], "|") != strings.Join(r.argv, "|") || f.stdin != r.stdin {
			t.Errorf("%q ran %q with %q", r.code, f.argv, f.stdin)
		}
	}
}

func TestCommandFailures(t *testing.T) {
	f := newFake(t)
	wantErr(t, run(t, magic.New(), f, "!ls"), "OSError", "no bash or sh")
	wantErr(t, run(t, magic.New(), f, "%%script ruby\n1"), "OSError", "no ruby")
	program(t, f, "bash")
	f.exit = 3
	wantErr(t, run(t, magic.New(), f, "%%bash\nexit 3"), "CalledProcessError", "bash ended with exit status 3")
	if err := run(t, magic.New(), f, "%%bash --no-raise-error\nexit 3"); err != nil {
		t.Error(err)
	}
	if err := run(t, magic.New(), f, "!exit 3"); err != nil || f.out.String() != "[exit status 3\n]" {
		t.Errorf("%v, printed %q", err, f.out.String())
	}
	f.err = errors.New("interrupted")
	if err := run(t, magic.New(), f, "!sleep 9"); err != f.err {
		t.Errorf("got %v", err)
	}
}

func TestShow(t *testing.T) {
	f := newFake(t)
	for name, media := range map[string]string{"html": "text/html", "markdown": "text/markdown", "svg": "image/svg+xml",
		"latex": "text/latex"} {
		f.shown = nil
		if err := run(t, magic.New(), f, "%%"+name+"\n<b>\n"); err != nil || len(f.shown) != 1 ||
			f.shown[0][media] != "<b>\n" || f.shown[0]["text/plain"] == "<b>\n" {
			t.Errorf("%%%%%s: %v, shown %v", name, err, f.shown)
		}
	}
}

func TestLsmagicNamesAll(t *testing.T) {
	f := newFake(t)
	if err := run(t, magic.New(), f, "%lsmagic"); err != nil {
		t.Fatal(err)
	}
	words := strings.Join(strings.Fields(f.out.String()), " ")
	for _, m := range cell.Magics() {
		if m.Of != "" {
			m.Line, m.Cell, m.Help = "%"+m.Name, "", ""
		}
		if !strings.Contains(words, m.Line) || !strings.Contains(words, m.Cell) || !strings.Contains(words, m.Help) {
			t.Errorf("%s isn't in the list", m.Name)
		}
	}
	for line := range strings.Lines(f.out.String()) {
		if len([]rune(line)) > 101 {
			t.Errorf("a line is too long to read: %s", line)
		}
	}
	at := 0
	for _, first := range []string{"%%simulate", "%%real", "%%step", "%%python", "%machine", "Measure"} {
		i := strings.Index(words, first+" ")
		if i < at {
			t.Errorf("%s isn't in its place", first)
		}
		at = i
	}
}
