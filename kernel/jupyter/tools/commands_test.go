package tools_test

// This file defines the tests of the commands that the README names for other tools.

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gilkernel/install/testenv"
)

// write writes a notebook of our kernel with these cells of code.
func write(t *testing.T, path string, cells ...string) {
	t.Helper()
	nb := map[string]any{"nbformat": 4, "nbformat_minor": 4, "metadata": map[string]any{"kernelspec": map[string]any{
		"name": "gilkernel", "display_name": "Go (GIL)", "language": "go"}}}
	var all []map[string]any
	for _, source := range cells {
		all = append(all, map[string]any{"cell_type": "code", "metadata": map[string]any{}, "source": source,
			"outputs": []any{}, "execution_count": nil})
	}
	nb["cells"] = all
	text, err := json.Marshal(nb)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o666); err != nil {
		t.Fatal(err)
	}
}

// sum is a cell with a function and a test, which a want of 3 passes.
func sum(want string) string {
	return "func Sum(a, b int) int { return a + b }\nfunc TestSum(t *testing.T) {\n\tif Sum(1, 2) != " + want +
		" {\n\t\tt.Error(\"not " + want + "\")\n\t}\n}"
}

// A notebook goes to text and back by jupytext's command, with its magics, and runs to a page and to slides.
func TestCommands(t *testing.T) {
	env := testenv.NewTools(t)
	dir := t.TempDir()
	run := func(ok bool, name string, args ...string) string {
		t.Helper()
		cmd := env.Cmd(t, name, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if (err == nil) != ok {
			t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	read := func(name string) string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}

	captured := "%%capture out\nfmt.Println(\"kept\")"
	write(t, filepath.Join(dir, "lesson.ipynb"), sum("3"), "%test -v", captured, "out.Stdout")
	run(true, "jupytext", "--to", "go:percent", "lesson.ipynb")
	if text := read("lesson.go"); !strings.Contains(text, "func TestSum") || !strings.Contains(text, "%%capture out") {
		t.Errorf("the text is\n%s", text)
	}
	run(true, "jupytext", "--to", "ipynb", "-o", "back.ipynb", "lesson.go")
	for _, format := range []string{"html", "slides"} {
		run(true, "jupyter", "nbconvert", "--to", format, "--execute", "back.ipynb")
		page := read(map[string]string{"html": "back.html", "slides": "back.slides.html"}[format])
		for _, want := range []string{"--- PASS: TestSum", "kept\\n"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s has no %q", format, want)
			}
		}
	}

	// What fails a test fails those who run the notebook.
	write(t, filepath.Join(dir, "fails.ipynb"), sum("4"), "%test", "fmt.Println(\"behind\")")
	if out := run(false, "jupyter", "nbconvert", "--to", "html", "--execute", "fails.ipynb"); !strings.Contains(out,
		"TestSum failed") {
		t.Errorf("nbconvert says\n%s", out)
	}
	run(true, "jupyter", "nbconvert", "--to", "html", "--execute", "--allow-errors", "fails.ipynb")
	if page := read("fails.html"); !strings.Contains(page, "not 4") || !strings.Contains(page, "behind") {
		t.Error("the page lacks what came before the error, or behind it")
	}
	if out := run(false, "papermill", "fails.ipynb", "failed.ipynb"); !strings.Contains(out, "TestSum failed") {
		t.Errorf("papermill says\n%s", out)
	}
}
