package exec_test

// This file defines the tables of testdata: sources with what they print, with their steps, and such as are refused.

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/tools/txtar"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/std"
)

// table reads an archive of testdata.
func table(t testing.TB, name string) []txtar.File {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return a.Files
}

// A row is a row of sources.txtar.
type row struct {
	name    string
	sources []string
	out     string
}

// rows reads sources.txtar.
func rows(t testing.TB) (all []row) {
	t.Helper()
	for _, f := range table(t, "sources.txtar") {
		name, isRow := strings.CutPrefix(f.Name, "row: ")
		switch {
		case isRow:
			all = append(all, row{name: name})
		case f.Name == "source":
			all[len(all)-1].sources = append(all[len(all)-1].sources, string(f.Data))
		case f.Name == "out":
			all[len(all)-1].out = string(f.Data)
		default:
			t.Fatalf("sources.txtar: what is %q?", f.Name)
		}
	}
	return all
}

func TestSources(t *testing.T) {
	for _, row := range rows(t) {
		t.Run(row.name, func(t *testing.T) {
			got := run(t, row.sources...)
			if strings.TrimSuffix(got, "\n") != strings.TrimSuffix(row.out, "\n") {
				t.Errorf("got\n%s\nwant\n%s", got, row.out)
			}
		})
	}
}

// A source that can't be compiled leaves the engine as it was.
func TestRefused(t *testing.T) {
	e, _ := newEngine()
	for _, f := range table(t, "refused.txtar") {
		var at *exec.Error
		if _, err := e.Compile("s.go", string(f.Data)); !errors.As(err, &at) || at.Msg == "" {
			t.Errorf("%s\ngot %v, want an *Error", f.Data, err)
		}
	}
	if _, err := e.Compile("s.go", "package main\ntype T string\nfunc f() T { return \"s\" }"); err != nil {
		t.Errorf("the names of a refused source are still taken: %v", err)
	}
}

// stepHost records the steps reported to it.
type stepHost struct {
	*host
	steps []string
}

// Step implements exec.Stepper.
func (h *stepHost) Step(_ any, site *exec.Site, at unsafe.Pointer, n int) {
	s := site.Op
	if site.Name != "" {
		s += " " + site.Name
	}
	if site.IsVariable() && at != nil && n == 1 {
		s += fmt.Sprintf("=%v", site.Value(at))
	}
	h.steps = append(h.steps, s)
}

// stepped is the source around a body of steps.txtar.
const stepped = `package main
import "sync"
import "gilkernel/runtime/builtins"
var mu sync.Mutex
var l = builtins.NewList()
type T struct{ c int }
var n int
var p = &T{5}
var m = map[int]int{1: 3}
func f() {}
func main() {
%s
}
`

func TestSteps(t *testing.T) {
	kinds := map[string]exec.Steps{"none": exec.NoSteps, "calls": exec.StepCalls, "access": exec.StepAccess}
	files := table(t, "steps.txtar")
	for i := 0; i+1 < len(files); i += 2 {
		kind, known := kinds[files[i].Name]
		body, want := strings.TrimSpace(string(files[i].Data)), string(files[i+1].Data)
		if !known || files[i+1].Name != "steps" {
			t.Fatalf("steps.txtar: what is %q, %q?", files[i].Name, files[i+1].Name)
		}
		_, h := newEngine()
		sh := &stepHost{host: h}
		e := exec.New(sh, &std.Importer{})
		p, err := e.CompileSteps("s.go", fmt.Sprintf(stepped, body), kind)
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		p.Init(nil)
		sh.steps = nil
		e.Call(nil, "main")
		got := strings.ReplaceAll(strings.Join(sh.steps, "\n"), "&{5}", "{5}")
		if got != strings.TrimSpace(want) {
			t.Errorf("%s:\ngot\n%s\nwant\n%s", body, got, want)
		}
	}
}

// Any bytes are a source: they compile or are refused.
func FuzzCompile(f *testing.F) {
	for _, row := range rows(f) {
		for _, s := range row.sources {
			f.Add(s)
		}
	}
	for i, file := range table(f, "steps.txtar") {
		if i%2 == 0 {
			f.Add(strings.TrimPrefix(fmt.Sprintf(stepped, file.Data), "package main\n"))
		}
	}
	for _, name := range []string{"refused.txtar", "fragments.txtar"} {
		for _, file := range table(f, name) {
			f.Add(string(file.Data))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, _ := newEngine()
		_, err := e.Compile("s.go", "package main\n"+text)
		if err != nil && strings.Contains(err.Error(), "please report it") {
			t.Errorf("%q: %v", text, err)
		}
	})
}
