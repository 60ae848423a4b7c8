package celltest_test

// This file tests %test in kernels: each file of testdata has cells, the arguments of %test, and what that prints.

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"gilkernel/kernel/client"
	"gilkernel/kernel/kerneltest"
	"gilkernel/kernel/notebook"
	"gilkernel/skip"
)

// patience is after how long a test gives up on a cell.
const patience = 2 * time.Minute

func TestMain(m *testing.M) { kerneltest.Main(m, nil) }

var update = flag.Bool("update", false, "write what %test prints into testdata")

// A page is a kernel whose cells it runs.
type page struct {
	t *testing.T
	k *client.Kernel
}

func open(t *testing.T, engine string) *page {
	t.Helper()
	k, err := client.Start(t.Context(), &client.StartOptions{Argv: kerneltest.Kernel(),
		Env: []string{"GILKERNEL_ENGINE=" + engine}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Stop)
	return &page{t, k}
}

// run runs a cell and returns what it prints and shows, its error in a last line.
func (p *page) run(code string) string {
	p.t.Helper()
	var b strings.Builder
	output := func(o *notebook.Output, _ bool) {
		switch {
		case o == nil || o.Type == "error":
		case o.Type == "stream" && o.Name == "stderr":
			b.WriteString("[" + strings.TrimSuffix(string(o.Text), "\n") + "]\n")
		case o.Type == "stream":
			b.WriteString(string(o.Text))
		default:
			text, _ := o.DataText("text/plain")
			b.WriteString("<" + text + ">\n")
		}
	}
	result, err := p.k.Execute(p.t.Context(), &client.Execution{Code: code, StoreHistory: true, Output: output})
	if err != nil {
		p.t.Fatalf("%v in\n%s", err, code)
	}
	if result.Status != "ok" {
		b.WriteString(result.EName + ": " + result.EValue + "\n")
	}
	return b.String()
}

// A row is a file of testdata.
type row struct {
	path  string
	ar    *txtar.Archive
	cells []string
	lines []string // of %test
	want  string
	same  bool // go test reports the same functions
}

func rows(t *testing.T) []row {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no rows", err)
	}
	var all []row
	for _, path := range paths {
		ar, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		r := row{path: path, ar: ar, same: !strings.Contains(string(ar.Comment), "Unlike go test")}
		for _, f := range ar.Files {
			switch f.Name {
			case "cell":
				r.cells = append(r.cells, string(f.Data))
			case "run":
				r.lines = strings.Split(strings.TrimSpace(string(f.Data)), "\n")
			case "want":
				r.want = string(f.Data)
			}
		}
		all = append(all, r)
	}
	return all
}

// steady replaces what isn't the same in each run.
func steady(text string) string {
	for _, r := range []struct{ from, to string }{
		{`\(\d+\.\d\ds\)`, "(0.00s)"},
		{`\tcells\t\d+\.\d{3}s`, "\tcells\t0.000s"},
		{`(?m)^(Benchmark\S*?)(-\d+)?[ \t]+\t.*$`, "$1 …"},
		{`(?m)^(--- BENCH: \S*?)(-\d+)?$`, "$1"},
		{`(?m)^cpu: .*\n`, ""},
		{`(?m)^goos: .*\ngoarch: .*$`, "goos, goarch"},
	} {
		text = regexp.MustCompile(r.from).ReplaceAllString(text, r.to)
	}
	return text
}

func TestRows(t *testing.T) {
	for _, engine := range []string{"exec", "yaegi"} {
		t.Run(engine, func(t *testing.T) {
			for _, r := range rows(t) {
				t.Run(strings.TrimSuffix(filepath.Base(r.path), ".txtar"), func(t *testing.T) {
					p := open(t, engine)
					for _, code := range r.cells {
						if got := p.run(code); strings.Contains(got, "Error") {
							t.Fatalf("%s\nprints %s", code, got)
						}
					}
					var b strings.Builder
					for _, line := range r.lines {
						b.WriteString("% " + line + "\n" + p.run(line))
					}
					got := steady(b.String())
					if *update {
						r.set(t, got)
					} else if got != r.want {
						t.Errorf("got\n%s\nwant\n%s", got, r.want)
					}
				})
			}
		})
	}
}

// set writes what the row should print.
func (r *row) set(t *testing.T, want string) {
	t.Helper()
	i := slices.IndexFunc(r.ar.Files, func(f txtar.File) bool { return f.Name == "want" })
	if i < 0 {
		i = len(r.ar.Files)
		r.ar.Files = append(r.ar.Files, txtar.File{Name: "want"})
	}
	r.ar.Files[i].Data = []byte(want)
	if err := os.WriteFile(r.path, txtar.Format(r.ar), 0o666); err != nil {
		t.Fatal(err)
	}
}

// An interrupt ends the test that runs and those behind it; what is left of them disturbs no later cell.
func TestInterrupt(t *testing.T) {
	p := open(t, "exec")
	p.run("kept := 41")
	p.run(`func TestFirst(t *testing.T) { fmt.Println("begun") }
func TestSpins(t *testing.T)  { t.Run("sub", func(t *testing.T) { for { } }) }
func TestSleeps(t *testing.T) { time.Sleep(time.Hour) }
func TestReads(t *testing.T)  { r, _, _ := os.Pipe(); r.Read(make([]byte, 1)) }
func TestLast(t *testing.T)   { fmt.Println("last") }
func ExampleSpins() {
	for {
	}
	// Output:
}`)
	for _, name := range []string{"TestSpins", "TestSleeps", "TestReads", "ExampleSpins"} {
		begun := make(chan struct{})
		var once sync.Once
		var out strings.Builder
		go func() { // ends with the test
			select {
			case <-begun:
				if err := p.k.Interrupt(t.Context()); err != nil {
					t.Error(err)
				}
			case <-t.Context().Done():
			}
		}()
		result, err := p.k.Execute(t.Context(), &client.Execution{Code: "%test -v -run 'TestFirst|TestLast|" + name + "'",
			StoreHistory: true, Output: func(o *notebook.Output, _ bool) {
				if o != nil && o.Type == "stream" {
					out.WriteString(string(o.Text))
				}
				if strings.Contains(out.String(), name) {
					once.Do(func() { close(begun) })
				}
			}})
		if err != nil {
			t.Fatal(err)
		}
		if result.EName != "KeyboardInterrupt" || strings.Contains(out.String(), "cells") {
			t.Errorf("%s: %s in\n%s", name, result.EName, out.String())
		}
		if got := p.run("fmt.Println(kept + 1)\n%test -run TestLast"); steady(got) !=
			"42\nlast\nPASS\nok  \tcells\t0.000s\n" {
			t.Errorf("after %s:\n%s", name, got)
		}
	}
}

// verdicts are the lines that name a function and say how it ended, in order, without times.
func verdicts(text string) []string {
	var list []string
	for _, m := range regexp.MustCompile(`(?m)^ *--- (PASS|FAIL|SKIP): (\S+)`).FindAllStringSubmatch(text, -1) {
		list = append(list, m[1]+" "+m[2])
	}
	return list
}

// The real go test says the same of the same functions, and in the same order unless they run at the same time.
func TestAsGoTest(t *testing.T) {
	program, err := exec.LookPath("go")
	if err != nil {
		skip.Missing(t, "go is not installed")
	}
	for _, r := range rows(t) {
		if !r.same {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(r.path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			source := "package cells\n\n" + strings.Join(r.cells, "\n")
			for name, text := range map[string]string{"go.mod": "module cells\n\ngo 1.26\n", "cells_test.go": source} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			var all strings.Builder
			for _, line := range r.lines {
				args := append([]string{"test", "-vet=off"}, strings.Fields(line)[1:]...)
				c := exec.CommandContext(ctx, program, args...)
				c.Dir = dir
				c.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
				out, _ := c.CombinedOutput() // its exit status is that of the tests
				all.Write(out)
			}
			got, want := verdicts(r.want), verdicts(all.String())
			slices.Sort(got)
			slices.Sort(want)
			if len(want) == 0 || !slices.Equal(got, want) {
				t.Errorf("%%test says\n%s\ngo test\n%s\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"), all.String())
			}
		})
	}
}
