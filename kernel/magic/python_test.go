package magic_test

import (
	"errors"
	"fmt"
	"testing"

	"gilkernel/kernel/magic"
)

func TestPythonWords(t *testing.T) {
	for words, want := range map[string]string{
		"":                                 `"" in [] out [] options [] args []`,
		"3.11":                             `"3.11" in [] out [] options [] args []`,
		"3.13t a b":                        `"3.13t" in [] out [] options [] args ["a" "b"]`,
		"pypy3.10":                         `"pypy3.10" in [] out [] options [] args []`,
		"python3.11":                       `"python3.11" in [] out [] options [] args []`,
		"~/env -u":                         `"~/env" in [] out [] options ["-u"] args []`,
		"'/a b/python' x":                  `"/a b/python" in [] out [] options [] args ["x"]`,
		"-u":                               `"" in [] out [] options ["-u"] args []`,
		"-W error -Xdev 3 -OO":             `"3" in [] out [] options ["-W" "error" "-Xdev" "-OO"] args []`,
		"data.csv 3.11":                    `"" in [] out [] options [] args ["data.csv" "3.11"]`,
		"data.csv -u":                      `"" in [] out [] options [] args ["data.csv" "-u"]`,
		"-- 3.11 --in x":                   `"" in [] out [] options [] args ["3.11" "--in" "x"]`,
		"3.11 -- -v --x":                   `"3.11" in [] out [] options [] args ["-v" "--x"]`,
		"--in x":                           `"" in ["x"] out [] options [] args []`,
		"--in x,y --out z":                 `"" in ["x" "y"] out ["z"] options [] args []`,
		"3 --in x, y --out z,w a":          `"3" in ["x" "y"] out ["z" "w"] options [] args ["a"]`,
		"--in=x,y --in z --in x --out=_a1": `"" in ["x" "y" "z"] out ["_a1"] options [] args []`,
		"a --in x":                         `"" in ["x"] out [] options [] args ["a"]`,
		"- a":                              `"" in [] out [] options [] args ["-" "a"]`,
	} {
		f := newFake(t)
		for _, name := range []string{"python", "python3"} {
			if err := run(t, magic.New(), f, "\n%%"+name+" "+words+"\nprint(1)\n"); err != nil {
				t.Errorf("%q: %v", words, err)
				continue
			}
			p := f.python[len(f.python)-1]
			if got := fmt.Sprintf("%q in %q out %q options %q args %q", p.Which, p.In, p.Out, p.Options,
				p.Args); got != want || p.Source != "print(1)\n" || p.Line != 3 {
				t.Errorf("%q: %s, line %d of %q; want %s", words, got, p.Line, p.Source, want)
			}
		}
	}
	for words, want := range map[string]string{
		"--in":            "a name is missing behind --in",
		"--in ,":          "a name is missing behind --in",
		"--in x,,y":       "a name is missing behind --in",
		"--out --in x":    "a name is missing behind --out",
		"--in class":      `"class" can't be the name of a variable in Python`,
		"--in x.y":        `"x.y" can't be the name`,
		"--in größe":      `"größe" can't be the name`,
		"--out 1a":        `"1a" can't be the name`,
		"--input x":       `no option "--input"; did you mean --in?`,
		"--optinal":       "did you mean --optional?",
		"--frob":          `no option "--frob"; arguments of the program that begin with a dash come behind --`,
		"-m timeit":       "!python3 -m",
		"-c 'print(1)'":   "!python3 -c",
		"-V":              `"-V" is no option`,
		"-X":              "-X needs a value",
		"'3.11":           "isn't closed",
		"--in x --out x-": `"x-" can't be the name`,
	} {
		f := newFake(t)
		wantErr(t, run(t, magic.New(), f, "%%python "+words+"\nprint(1)\n"), "UsageError", want)
		if len(f.python) > 0 {
			t.Errorf("%q ran", words)
		}
	}
}

func TestPythonFailures(t *testing.T) {
	none := &magic.PythonError{Name: magic.NoPython, Message: "there is no Python 9"}
	wrong := &magic.PythonError{Name: "ValueError", Message: "no", Traceback: []string{"Traceback", "ValueError: no"}}
	for _, r := range []struct {
		words   string
		err     error
		failed  bool
		printed string
	}{
		{"9", none, true, ""},
		{"9 --optional", none, false, "Not run: there is no Python 9.\n"},
		{"9 --no-raise-error", none, true, ""},
		{"", none, false, "No Python 3 was found on this computer, so this cell ran nothing. To run it, install " +
			"Python 3; the other cells don't need it.\n"},
		{"", wrong, true, ""},
		{"--optional", wrong, true, ""},
		{"--no-raise-error", wrong, false, "[Traceback\nValueError: no\n]"},
		{"--no-raise-error", &magic.PythonError{Name: "KeyboardInterrupt"}, true, ""},
		{"--optional --no-raise-error", errors.New("lost"), true, ""},
	} {
		f := newFake(t)
		f.err = r.err
		if err := run(t, magic.New(), f, "%%python "+r.words+"\nx"); (err != nil) != r.failed ||
			f.out.String() != r.printed {
			t.Errorf("%s with %v: %v, printed %q", r.words, r.err, err, f.out.String())
		}
	}
	f := newFake(t)
	wantErr(t, run(t, magic.New(), f, "%pythons 3.11"), "UsageError", "usage: %pythons")
	if err := run(t, magic.New(), f, "%pythons"); err != nil || f.out.String() != "the Pythons\n" {
		t.Errorf("%v, printed %q", err, f.out.String())
	}
}
