package magic_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"gilkernel/kernel/magic"
)

// A twin runs under each version that there is, and without a GIL; a missing Python has no figure.
func TestTwin(t *testing.T) {
	f := newFake(t)
	f.pythons = []magic.TwinPython{
		{Name: "3.9", Path: "/p39"},
		{Name: "3.13", Path: "/p313"},
		{Name: "2.7", Path: "/p27"},
	}
	var ran []string
	f.twin = func(where, code string, line, threads int) (string, float64, error) {
		ran = append(ran, fmt.Sprintf("%s|%q|%d|%d", where, code, line, threads))
		if where == "python /p27" {
			return "", 0, &magic.PythonError{Name: "SyntaxError", Message: "no"}
		}
		return "", float64(len(where)), nil
	}
	if err := run(t, magic.New(), f,
		"\n%%twin --rounds 1 --cores 8\nx = threads\n--- go\nx := threads\n_ = x\n"); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(ran[:10], "\n"); got != `python /p27|"x = threads\n"|3|1
real python=2.7|"\n\n\n{ threads := 1; _ = threads\nx := threads\n_ = x\n\n}"|0|0
real python=2.7|"\n\n\n{ threads := 2; _ = threads\nx := threads\n_ = x\n\n}"|0|0
real python=2.7|"\n\n\n{ threads := 4; _ = threads\nx := threads\n_ = x\n\n}"|0|0
simulated python=2.7 cores=8 seed=1|"\n\n\n{ threads := 1; _ = threads\nx := threads\n_ = x\n\n}"|0|0
simulated python=2.7 cores=8 seed=1|"\n\n\n{ threads := 2; _ = threads\nx := threads\n_ = x\n\n}"|0|0
simulated python=2.7 cores=8 seed=1|"\n\n\n{ threads := 4; _ = threads\nx := threads\n_ = x\n\n}"|0|0
python /p39|"x = threads\n"|3|1
python /p39|"x = threads\n"|3|2
python /p39|"x = threads\n"|3|4` {
		t.Errorf("ran\n%s", got)
	}
	if got := fmt.Sprintf("%v",
		f.table.Rows); got != "[{2.7 [] [1 1] [1 1] } {3.9 [1 1] [1 1] [1 1] } {3.13 [1 1] [1 1] [1 1] } {3.14t [] "+
		"[1 1] [1 1] }]" || *f.table.Base != 1 {
		t.Errorf("the table is %s", got)
	}
	if got := f.out.String(); got != "[Python 2.7: SyntaxError: no\n]" {
		t.Errorf("printed %q", got)
	}
}

// Pythons that aren't there have their recorded figures, and say so.
func TestTwinRecorded(t *testing.T) {
	f := newFake(t)
	f.pythons = []magic.TwinPython{{Name: "3.13", Path: "/p"}}
	f.twin = func(string, string, int, int) (string, float64, error) { return "7", 1, nil }
	if err := run(t, magic.New(), f, "%twin race"); err != nil {
		t.Fatal(err)
	}
	recorded := 0
	for _, r := range f.table.Rows {
		switch {
		case r.Name == "3.13" && (r.Recorded != "" || fmt.Sprint(r.Python) != "[7]"):
			t.Errorf("what is here isn't taken from the record: %+v", r)
		case r.Recorded != "":
			recorded++
			if !strings.Contains(r.Recorded, "cores, 20") || len(r.Python) != 1 {
				t.Errorf("%+v", r)
			}
		}
	}
	if recorded < 4 {
		t.Errorf("%d versions are recorded: %+v", recorded, f.table.Rows)
	}
	if err := run(t, magic.New(), f, "%twin race --python 3.11,3.14t"); err != nil || len(f.table.Rows) != 2 ||
		f.table.Rows[0].Recorded == "" || f.table.Rows[1].Recorded != "" {
		t.Errorf("%v, %+v", err, f.table.Rows)
	}
}

// Where the block of Go's text begins.
func TestTwinBlock(t *testing.T) {
	f := newFake(t)
	for text, want := range map[string]string{
		"import \"fmt\"\nfmt.Println(threads)": "\n\n\nimport \"fmt\"\n" +
			"{ threads := 2; _ = threads; fmt.Println(threads)\n}",
		"import (\n\"fmt\"\n\"os\"\n)\n\nx := 1": "\n\n\nimport (\n\"fmt\"\n\"os\"\n)\n" +
			"{ threads := 2; _ = threads; \nx := 1\n}",
		"import (\"fmt\"; \"os\")\nx := 1": "\n\n\nimport (\"fmt\"; \"os\")\n{ threads := 2; _ = threads; x := 1\n}",
		"func f() {}\nf()":                 "\n\nthreads := 2; _ = threads\nfunc f() {}\nf()",
		"func() { println(threads) }()":    "\n\n{ threads := 2; _ = threads\nfunc() { println(threads) }()\n}",
	} {
		f.twin = func(where, code string, _, _ int) (string, float64, error) {
			if code != want {
				t.Errorf("%q became %q, want %q", text, code, want)
			}
			return "", 1, errors.New("enough")
		}
		if err := run(t, magic.New(), f, "%%twin --threads 2 --python 3.13\nx\n--- go\n"+text); err == nil ||
			err.Error() != "enough" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestTwinMistakes(t *testing.T) {
	for code, want := range map[string]string{
		"%twin nope": `there is no experiment "nope"; there are cpu`, "%twin cpo": "did you mean cpu?",
		"%twin cpu io": "unexpected", "%%twin cpu\nx\n--- go\ny": "leave the name out",
		"%%twin\n": "name an experiment", "%%twin\nprint(1)": `a line "--- go"`,
		"%twin cpu --threads x": "no number of threads", "%twin cpu --threads": "--threads needs a value",
		"%twin cpu --python x": "needs versions such as", "%twin cpu --python 3": "needs versions",
		"%twin cpu --cores 0": "--cores needs a number from 1", "%twin cpu --rounds 1000": "--rounds needs a number",
		"%twin cpu --frob 1": "no option",
		"%twin processes --threads 4": "this experiment compares one thread, two threads, two processes, not numbers " +
			"of threads", "%twin start --python 2.7": "Python 2.7 can't do this: the experiment needs 3.4",
		"%%twin\nnames: a,b,c,d,e,f,g\n--- python\nx\n--- go\ny": "choose at most 6",
		"%%twin\nsince: x\n--- python\nx\n--- go\ny":             "no version of Python",
		"%twin cpu 'x": "isn't closed",
	} {
		f := newFake(t)
		f.twin = func(string, string, int, int) (string, float64, error) { t.Errorf("%q ran", code); return "", 0, nil }
		wantErr(t, run(t, magic.New(), f, code), "UsageError", want)
	}
	f := newFake(t)
	f.twin = func(string, string, int, int) (string, float64, error) { return "no figure", 0, nil }
	wantErr(t, run(t, magic.New(), f, "%twin race --python 3.13"), "UsageError",
		`Go, real machine: the last thing that it printed is "figure", not a number`)
	if err := run(t, magic.New(), f, "%twin"); err != nil || !strings.Contains(f.out.String(), "sleeper") {
		t.Error(err, f.out.String())
	}
	f = newFake(t)
	if err := run(t, magic.New(), f, "%twin cpu --show"); err != nil ||
		!strings.Contains(f.out.String(), "--- go\nimport") {
		t.Error(err, f.out.String())
	}
	f = newFake(t)
	f.err = errors.New("interrupted")
	if err := run(t, magic.New(), f, "%twin cpu"); err != f.err {
		t.Error(err)
	}
}
