package yaegi_test

// This file runs rows of testdata/*.txtar with both engines: a section is a program whose main prints, "want" behind it
// is what it prints. More rows are exec's own, see TestYaegi there, and those of cells, see kernel.TestCellsOfYaegi.

import (
	"fmt"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/exec/exectest"
	"gilkernel/kernel/yaegi"
)

// run returns what a program prints. bodies runs its functions; nil: exec.
func run(text string, bodies exec.Bodies) (out string) {
	h := new(exectest.Host)
	e := exectest.New(h, bodies, yaegi.MaxCalls)
	p, err := e.Compile("p.go", "package main\n"+text)
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	func() {
		defer func() {
			if v := recover(); v != nil {
				h.Print(fmt.Appendf(nil, "panic: %v\n", v.(*exec.Panic).Value))
			}
		}()
		p.Init(nil)
		e.Call(nil, "main")
	}()
	h.Wait()
	return h.Printed()
}

func TestRows(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no rows: %v", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(a.Files); i += 2 {
			name, text, want := a.Files[i].Name, string(a.Files[i].Data), string(a.Files[i+1].Data)
			t.Run(name, func(t *testing.T) {
				if got := run(text, yaegi.Engine{}); got != want {
					t.Errorf("%s\nyaegi: %s\n want: %s", text, got, want)
				}
				if got := run(text, nil); got != want {
					t.Errorf("%s\nexec: %s\nwant: %s", text, got, want)
				}
			})
		}
	}
}

// Endless recursion panics before the goroutine's stack is full, and the panic can be recovered.
func TestEndlessRecursion(t *testing.T) {
	out := run(`func f(n int) int { return f(n+1) + 1 }
func main() {
	defer func() { println(recover().(error).Error()) }()
	f(0)
}`, yaegi.Engine{})
	if want := "maximum recursion depth exceeded\n"; out != want {
		t.Errorf("it printed %q, want %q", out, want)
	}
}

// refusing refuses each body.
type refusing struct{}

func (refusing) Compile(b *exec.Body) func(fr *exec.Frame) {
	b.Refuse(b.Block(), yaegi.Refusal(b.Name(), "it is a test"))
	return nil
}

// A body that is refused says so by name, and what runs it.
func TestRefused(t *testing.T) {
	out := run("func main() {}", refusing{})
	if want := "error: p.go:2:13: yaegi can't run main (it is a test): `%engine exec` runs it\n"; out != want {
		t.Errorf("got %q, want %q", out, want)
	}
}
