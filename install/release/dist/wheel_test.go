package dist_test

// This file defines the test of a wheel in a Python environment: installed, moved, used, uninstalled.

import (
	"bytes"
	"debug/elf"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"gilkernel/install/release/dist"
	"gilkernel/install/testenv"
	"gilkernel/skip"
)

// parametrized has a parameter of each kind, whose defaults are none of those that the test gives.
const parametrized = `{"cells": [
 {"cell_type": "code", "execution_count": null, "id": "a", "metadata": {"tags": ["parameters"]}, "outputs": [],
  "source": "x := 1\nname := \"nobody\"\nhalf := 0.25\non := false\nlist := []int{}\ntable := map[string]any{}"},
 {"cell_type": "code", "execution_count": null, "id": "b", "metadata": {}, "outputs": [],
  "source": "fmt.Printf(\"%d %s %g %t %v %v|\", x*2, name, half, on, list, table)"}],
 "metadata": {"kernelspec": {"name": "gilkernel", "display_name": "Go (GIL)", "language": "go"}},
 "nbformat": 4, "nbformat_minor": 5}`

func TestWheelInEnvironment(t *testing.T) {
	targets, err := dist.Parse([]string{runtime.GOOS + "/" + runtime.GOARCH})
	if err != nil {
		skip.Missing(t, err.Error())
	}
	tools := testenv.NewTools(t)
	// What the fresh environment must know is in it alone.
	if err := os.RemoveAll(filepath.Join(tools.Data, "kernels")); err != nil {
		t.Fatal(err)
	}
	out, place := t.TempDir(), t.TempDir()
	r := &dist.Release{Texts: os.DirFS(tools.Root), Version: "1.2.0", Build: dist.GoBuild(tools.Root)}
	names, err := r.Write(t.Context(), out, targets)
	if err != nil {
		t.Fatal(err)
	}
	wheel := filepath.Join(out, names[slices.IndexFunc(names, func(n string) bool {
		return strings.HasSuffix(n, ".whl")
	})])

	acceptable(t, wheel)

	env := filepath.Join(place, "env")
	do(t, tools.Cmd(t, "python", "-m", "venv", "--without-pip", env))
	// The tools are lent by a path file, pip among them, so that nothing is downloaded.
	lent := strings.TrimSpace(do(t, tools.Cmd(t, "python", "-c", "import papermill, pathlib; "+
		"print(pathlib.Path(papermill.__file__).parents[1])")))
	found, err := filepath.Glob(filepath.Join(env, "lib", "python*", "site-packages"))
	if err != nil || len(found) != 1 {
		t.Fatalf("site-packages: %v, %v", found, err)
	}
	if err := os.WriteFile(filepath.Join(found[0], "lent.pth"), []byte(lent+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	python := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), filepath.Join(env, "bin", "python"), args...)
		cmd.Env = append(slices.Clone(tools.Env), "PYTHONDONTWRITEBYTECODE=1")
		cmd.Dir = place
		cmd.WaitDelay = 10 * time.Second
		return do(t, cmd)
	}
	empty := tree(t, env)
	python("-m", "pip", "install", "--no-index", "--no-compile", wheel)

	// Everything below is in the moved environment.
	moved := filepath.Join(place, "moved")
	if err := os.Rename(env, moved); err != nil {
		t.Fatal(err)
	}
	env = moved
	folder := filepath.Join(env, "share", "jupyter", "kernels", "gilkernel")
	// The command jupyter would run the tools' own jupyter-kernelspec.
	if got := python("-m", "jupyter_client.kernelspecapp", "list"); !strings.Contains(got, folder) {
		t.Errorf("jupyter kernelspec list doesn't show %s: %s", folder, got)
	}
	if runtime.GOOS == "linux" {
		static(t, filepath.Join(folder, "gilkernel"))
	}
	link := filepath.Join(place, "link")
	if err := os.Symlink(filepath.Join("moved", "bin", "gilkernel"), link); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{filepath.Join(env, "bin", "gilkernel"), link} {
		if got := do(t, exec.CommandContext(t.Context(), command, "version")); got != "gilkernel 1.2.0\n" {
			t.Errorf("%s version prints %q", command, got)
		}
	}

	lessonsInside(t, filepath.Join(folder, "gilkernel"), filepath.Join(tools.Root, "notebooks"))

	if err := os.WriteFile(filepath.Join(place, "in.ipynb"), []byte(parametrized), 0o644); err != nil {
		t.Fatal(err)
	}
	python("-m", "papermill", "in.ipynb", "out.ipynb", "-p", "x", "5", "-p", "name", "say \"hi\"", "-p", "half", "0.5",
		"-p", "on", "True", "-y", "{list: [1, 2], table: {a: 1, b: two}}")
	b, err := os.ReadFile(filepath.Join(place, "out.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	if want := `10 say \"hi\" 0.5 true [1 2] map[a:1 b:two]|`; !strings.Contains(string(b), want) {
		t.Errorf("papermill's notebook lacks %s: %s", want, b)
	}
	// Not by papermill: it takes a cell's tag raises-exception for no permission to fail.
	b, err = os.ReadFile(filepath.Join(tools.Root, "notebooks", "00-start.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(place, "lesson.ipynb"), b, 0o644); err != nil {
		t.Fatal(err)
	}
	python("-c", "from nbclient.cli import main; main()", "lesson.ipynb")

	python("-m", "pip", "uninstall", "-y", "gilkernel")
	if left := tree(t, env); !slices.Equal(left, empty) {
		t.Errorf("uninstalling leaves %v, before there was %v", left, empty)
	}
}

// lessonsInside checks that a program has the lessons in it, as they are: lab copies them before it misses a Python.
func lessonsInside(t *testing.T, program, notebooks string) {
	t.Helper()
	home := t.TempDir()
	cmd := exec.CommandContext(t.Context(), program, "lab", "--prepare")
	cmd.Env = []string{"HOME=" + home, "PATH=" + home}
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "no Python") {
		t.Errorf("lab --prepare without Python: %v, %s", err, out)
	}
	for _, name := range []string{"00-start.ipynb", "exercises/solutions/01-concurrency.ipynb"} {
		want, err := os.ReadFile(filepath.Join(notebooks, name))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(home, "gilkernel-lessons", name)); err != nil ||
			!bytes.Equal(got, want) {
			t.Errorf("the program has another %s: %v", name, err)
		}
	}
}

// acceptable checks a wheel as a package index and its users' pip will: the description is one that it can show, and
// the program runs on what the wheel's tags promise.
func acceptable(t *testing.T, wheel string) {
	t.Helper()
	python := testenv.Publishing(t)
	do(t, exec.CommandContext(t.Context(), python, "-m", "twine", "check", "--strict", wheel))
	if runtime.GOOS != "linux" {
		return // auditwheel knows Linux
	}
	got := do(t, exec.CommandContext(t.Context(), python, "-m", "auditwheel", "show", wheel))
	got = strings.Join(strings.Fields(got), " ") // it breaks lines where it likes
	for _, want := range []string{"is consistent with the following platform tag",
		"requires no external shared libraries",
		"references no external versioned symbols"} {
		if !strings.Contains(got, want) {
			t.Errorf("auditwheel doesn't say that the wheel %s: %s", want, got)
		}
	}
}

// maxSize is how many bytes a program for Linux may have.
const maxSize = 30_000_000

// static checks that a program needs no library of the system's, and that it isn't larger than it may be.
func static(t *testing.T, program string) {
	t.Helper()
	f, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > maxSize {
		t.Errorf("the program has %d bytes, more than %d", info.Size(), maxSize)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("the program is linked dynamically: it has a segment %v", p.Type)
		}
	}
}

// do runs a command, which must succeed, and returns what it printed to both outputs.
func do(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	b, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, b)
	}
	return string(b)
}

// tree lists the files below a folder: pip leaves the empty folders that other packages use, too.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
