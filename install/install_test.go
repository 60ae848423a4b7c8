package install_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"gilkernel/install"
	"gilkernel/install/jupyterdir"
)

// world is a machine of its own for a command: a home, a cache, a program.
type world struct {
	*install.Options
	home, data, cache string
	env               map[string]string
	out, err          bytes.Buffer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	template, err := os.ReadFile("../kernel.json")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{home: t.TempDir(), env: map[string]string{}}
	w.data = filepath.Join(w.home, "data")
	w.cache = filepath.Join(w.home, "cache")
	w.env["JUPYTER_DATA_DIR"] = w.data
	t.Setenv("JUPYTER_DATA_DIR", w.data) // for processes
	w.Options = &install.Options{
		Version: "1.2.3", Template: template, Stdin: strings.NewReader(""), Stdout: &w.out, Stderr: &w.err,
		Cache: w.cache,
		System: &jupyterdir.System{GOOS: runtime.GOOS, Home: w.home,
			Getenv: func(name string) string { return w.env[name] }},
		Executable: w.program(t, "gilkernel", "#!/bin/sh\necho gilkernel 1.2.3\n"),
	}
	t.Setenv("PATH", t.TempDir()) // no jupyter, no Python
	return w
}

// program writes a program into the home. t.TempDir is below os.TempDir, where programs count as passing.
func (w *world) program(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(w.home, name)
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// elsewhere makes the home no temporary place any more.
func elsewhere(t *testing.T) {
	t.Helper()
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "another"))
}

func (w *world) kernel(t *testing.T, dir string) map[string]any {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestInstallIntoPlaces(t *testing.T) {
	tests := []struct {
		name  string
		args  []string
		env   map[string]string
		where string // below the home
	}{
		{"for the user by default", nil, nil, "data/kernels/gilkernel"},
		{"for the user", []string{"--user"}, nil, "data/kernels/gilkernel"},
		{"prefix", []string{"--prefix", "HOME/env"}, nil, "env/share/jupyter/kernels/gilkernel"},
		{"prefix with =", []string{"--prefix=HOME/env"}, nil, "env/share/jupyter/kernels/gilkernel"},
		{"one dash", []string{"-prefix", "HOME/env"}, nil, "env/share/jupyter/kernels/gilkernel"},
		{"virtual environment", []string{"--sys-prefix"}, map[string]string{"VIRTUAL_ENV": "HOME/v"},
			"v/share/jupyter/kernels/gilkernel"},
		{"conda environment", []string{"--sys-prefix"}, map[string]string{"CONDA_PREFIX": "HOME/c"},
			"c/share/jupyter/kernels/gilkernel"},
		{"another name", []string{"--name", "go-2"}, nil, "data/kernels/go-2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			for i := range tt.args {
				tt.args[i] = strings.ReplaceAll(tt.args[i], "HOME", w.home)
			}
			for k, v := range tt.env {
				w.env[k] = strings.ReplaceAll(v, "HOME", w.home)
			}
			if code := install.Install(tt.args, w.Options); code != 0 {
				t.Fatalf("exit status %d: %s", code, &w.err)
			}
			dir := filepath.Join(w.home, filepath.FromSlash(tt.where))
			w.kernel(t, dir)
			if !strings.Contains(w.out.String(), dir) {
				t.Errorf("the message does not say where: %s", &w.out)
			}
		})
	}
}

func TestInstallContent(t *testing.T) {
	w := newWorld(t)
	elsewhere(t)
	args := []string{"--name", "other", "--env", "A=1", "--env", "B=x=y"}
	if code := install.Install(args, w.Options); code != 0 {
		t.Fatalf("exit status %d: %s", code, &w.err)
	}
	m := w.kernel(t, filepath.Join(w.data, "kernels", "other"))
	if argv := m["argv"].([]any); argv[0] != w.Executable {
		t.Errorf("argv = %v, want the program where it is: %s", argv, w.Executable)
	}
	if env := m["env"].(map[string]any); env["A"] != "1" || env["B"] != "x=y" {
		t.Errorf("env = %v", env)
	}
	if m["display_name"] != "other" {
		t.Errorf("display_name = %v, want the name, as with ipykernel", m["display_name"])
	}
	if code := install.Install([]string{"--name", "other", "--display-name", "My Go"}, w.Options); code != 0 {
		t.Fatalf("installing again: exit status %d: %s", code, &w.err)
	}
	if m := w.kernel(t, filepath.Join(w.data, "kernels", "other")); m["display_name"] != "My Go" || m["env"] != nil {
		t.Errorf("after installing again: %v", m)
	}
}

// The kernel of another engine stands beside the usual one.
func TestInstallEngine(t *testing.T) {
	w := newWorld(t)
	elsewhere(t)
	for _, args := range [][]string{nil, {"--engine", "yaegi"}} {
		if code := install.Install(args, w.Options); code != 0 {
			t.Fatalf("%v: exit status %d: %s", args, code, &w.err)
		}
	}
	m := w.kernel(t, filepath.Join(w.data, "kernels", "gilkernel-yaegi"))
	argv := m["argv"].([]any)
	if n := len(argv); argv[n-2] != "--engine" || argv[n-1] != "yaegi" || m["display_name"] != "Go (GIL, yaegi)" {
		t.Errorf("%v is called %q", argv, m["display_name"])
	}
	if m := w.kernel(t, filepath.Join(w.data, "kernels", "gilkernel")); m["display_name"] != "Go (GIL)" {
		t.Errorf("the usual kernel is called %q", m["display_name"])
	}
}

// What `go run` has built is gone tomorrow, so the kernelspec gets a copy.
func TestInstallCopiesAPassingProgram(t *testing.T) {
	w := newWorld(t)
	elsewhere(t)
	built := filepath.Join(w.home, "go-build123", "b001", "exe")
	if err := os.MkdirAll(built, 0o755); err != nil {
		t.Fatal(err)
	}
	w.Executable = filepath.Join(built, "main")
	if err := os.WriteFile(w.Executable, []byte("#!/bin/sh\necho gilkernel 1.2.3\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if code := install.Install(nil, w.Options); code != 0 {
		t.Fatalf("exit status %d: %s", code, &w.err)
	}
	dir := filepath.Join(w.data, "kernels", "gilkernel")
	want := filepath.Join(dir, "gilkernel")
	if argv := w.kernel(t, dir)["argv"].([]any); argv[0] != want {
		t.Errorf("argv = %v, want %s", argv, want)
	}
	os.RemoveAll(built)
	if code := install.List(t.Context(), nil, w.Options); code != 0 ||
		!strings.Contains(w.out.String(), "works (gilkernel 1.2.3)") {
		t.Errorf("List: %d\n%s", code, &w.out)
	}
}

func TestBadInput(t *testing.T) {
	type run = func([]string, *install.Options) int
	lab := func(args []string, o *install.Options) int { return install.Lab(context.Background(), args, o) }
	list := func(args []string, o *install.Options) int { return install.List(context.Background(), args, o) }
	doctor := func(args []string, o *install.Options) int { return install.Doctor(context.Background(), args, o) }
	tests := []struct {
		name string
		run  run
		args []string
		code int
		want string
	}{
		{"install: unknown flag", install.Install, []string{"--bogus"}, 2, "there is no flag --bogus"},
		{"install: two places", install.Install, []string{"--user", "--prefix", "/x"}, 2, "exclude each other"},
		{"install: bad name", install.Install, []string{"--name", "a/b"}, 2, "can't be a kernel's name"},
		{"install: bad variable", install.Install, []string{"--env", "A"}, 2, "NAME=VALUE"},
		{"install: no such engine", install.Install, []string{"--engine", "v8"}, 2, `there is no engine "v8"`},
		{"install: value missing", install.Install, []string{"--name"}, 2, "a value is missing after --name"},
		{"install: argument", install.Install, []string{"here"}, 2, `unexpected argument "here"`},
		{"install: no environment", install.Install, []string{"--sys-prefix"}, 1, "--prefix DIR"},
		{"uninstall: nothing there", install.Uninstall, []string{"--yes"}, 1, `no kernel "gilkernel" is installed`},
		{"uninstall: argument", install.Uninstall, []string{"gilkernel"}, 2, "--name"},
		{"uninstall: bad name", install.Uninstall, []string{"--name", ".."}, 2, "can't be a kernel's name"},
		{"list: argument", list, []string{"x"}, 2, "takes no arguments"},
		{"doctor: argument", doctor, []string{"x"}, 2, "takes no arguments"},
		{"lab: no such folder", lab, []string{"/no/such/folder"}, 1, "there is no folder /no/such/folder"},
		{"lab: a file", lab, []string{"install_test.go"}, 1, "install_test.go is not a folder"},
		{"lab: no lessons in it", lab, nil, 1, "this program has no lessons in it"},
		{"lab: two folders", lab, []string{".", "."}, 2, "takes one directory"},
		{"lab: port 0", lab, []string{"--port", "0", "."}, 2, "0 is no port"},
		{"lab: port 70000", lab, []string{".", "--port=70000"}, 2, "70000 is no port"},
		{"lab: port in words", lab, []string{"--port", "http"}, 2, `--port can't be "http": it takes a whole number`},
		{"lab: foreign address", lab, []string{"--ip", "192.0.2.1", "."}, 1,
			`"192.0.2.1" is no address of this computer`},
		{"lab: no Jupyter there", lab, []string{"--jupyter", "/no/jupyter", "."}, 1,
			"there is no JupyterLab at /no/jupyter"},
		{"lab: folder without Jupyter", lab, []string{"--jupyter", ".", "."}, 1, "there is no JupyterLab in"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			code := tt.run(tt.args, w.Options)
			if code != tt.code || !strings.Contains(w.err.String(), tt.want) {
				t.Errorf("exit status %d, want %d; said %q, want %q in it", code, tt.code, &w.err, tt.want)
			}
			lines := strings.Count(w.err.String(), "\n")
			if want := tt.code; lines != want { // a sentence, and for bad usage a hint
				t.Errorf("%d lines, want %d:\n%s", lines, want, &w.err)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	for name, run := range map[string]func([]string, *install.Options) int{
		"install":   install.Install,
		"uninstall": install.Uninstall,
		"list":      func(a []string, o *install.Options) int { return install.List(context.Background(), a, o) },
		"doctor":    func(a []string, o *install.Options) int { return install.Doctor(context.Background(), a, o) },
		"lab":       func(a []string, o *install.Options) int { return install.Lab(context.Background(), a, o) },
	} {
		for _, flag := range []string{"-h", "--help"} {
			w := newWorld(t)
			if code := run([]string{flag}, w.Options); code != 0 ||
				!strings.HasPrefix(w.out.String(), "Usage: gilkernel "+name) {
				t.Errorf("%s %s: exit status %d\n%s", name, flag, code, &w.out)
			}
		}
	}
}

func TestForeignKernelIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	dir := filepath.Join(w.data, "kernels", "gilkernel")
	const theirs = `{"argv":["python3"],"display_name":"Py","language":"python"}`
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "kernel.json"), []byte(theirs), 0o644); err != nil {
		t.Fatal(err)
	}
	if code := install.Install(nil, w.Options); code != 1 || !strings.Contains(w.err.String(), "--force") {
		t.Errorf("Install: exit status %d: %s", code, &w.err)
	}
	w.err.Reset()
	if code := install.Uninstall([]string{"--yes"}, w.Options); code != 1 ||
		!strings.Contains(w.err.String(), "left alone") {
		t.Errorf("Uninstall: exit status %d: %s", code, &w.err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "kernel.json")); err != nil || string(b) != theirs {
		t.Errorf("kernel.json is now %s, %v", b, err)
	}
	if code := install.Install([]string{"--force"}, w.Options); code != 0 {
		t.Errorf("Install --force: exit status %d: %s", code, &w.err)
	}
}

func TestUninstallAsks(t *testing.T) {
	dirOf := func(w *world) string { return filepath.Join(w.data, "kernels", "gilkernel") }
	for _, tt := range []struct {
		answer string
		args   []string
		gone   bool
	}{
		{"y\n", nil, true}, {"YES\n", nil, true}, {"n\n", nil, false}, {"\n", nil, false}, {"", nil, false},
		{"", []string{"--yes"}, true}, {"", []string{"--yes", "--user"}, true},
		{"", []string{"--yes", "--prefix", "/nowhere"}, false},
	} {
		w := newWorld(t)
		if code := install.Install(nil, w.Options); code != 0 {
			t.Fatalf("Install: exit status %d: %s", code, &w.err)
		}
		w.Stdin = strings.NewReader(tt.answer)
		code := install.Uninstall(tt.args, w.Options)
		_, err := os.Stat(dirOf(w))
		if gone := errors.Is(err, os.ErrNotExist); gone != tt.gone || (code == 0) != tt.gone {
			t.Errorf("answer %q, args %q: gone %v, want %v; exit status %d", tt.answer, tt.args, gone, tt.gone, code)
		}
	}
}

func TestDryRun(t *testing.T) {
	w := newWorld(t)
	if code := install.Install([]string{"--dry-run"}, w.Options); code != 0 ||
		!strings.Contains(w.out.String(), w.data) {
		t.Errorf("exit status %d: %s", code, &w.out)
	}
	if _, err := os.Stat(w.data); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something was made: %v", err)
	}
}

// Doctor names the packages without which a Jupyter shows no widget.
func TestDoctorNamesWhatWidgetsLack(t *testing.T) {
	for _, tt := range []struct{ there, want string }{
		{"", "lacks jupyterlab_widgets and anywidget: %%schedule asks in text there"},
		{"anywidget", "lacks jupyterlab_widgets: %%schedule asks in text there"},
		{"@jupyter-widgets/jupyterlab-manager", "python3 -m pip install anywidget shows its widget"},
		{"anywidget @jupyter-widgets/jupyterlab-manager", "shows the widget of %%schedule"},
	} {
		w := newWorld(t)
		bin := t.TempDir()
		t.Setenv("PATH", bin)
		data := filepath.Join(w.home, "theirs")
		script := "#!/bin/sh\nif [ \"$1\" = --paths ]; then echo '{\"data\": [\"/nowhere\", \"" + data + "\"]}'; fi\n"
		if err := os.WriteFile(filepath.Join(bin, "jupyter"), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range strings.Fields(tt.there) {
			dir := filepath.Join(data, "labextensions", name)
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte("{}"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		install.Doctor(t.Context(), nil, w.Options)
		if !strings.Contains(w.out.String(), tt.want) {
			t.Errorf("with %q: want %q in\n%s", tt.there, tt.want, &w.out)
		}
	}
}

func TestDoctor(t *testing.T) {
	w := newWorld(t)
	if code := install.Doctor(t.Context(), nil, w.Options); code != 1 ||
		!strings.Contains(w.out.String(), "✗ no Jupyter knows this kernel\n  → gilkernel install") {
		t.Errorf("with nothing installed: exit status %d\n%s", code, &w.out)
	}
	if code := install.Install([]string{"--env", "A=1"}, w.Options); code != 0 {
		t.Fatalf("Install: exit status %d: %s", code, &w.err)
	}

	var probed []string
	w.Probe = func(_ context.Context, argv, env []string) (install.Report, error) {
		probed = argv
		if !strings.Contains(strings.Join(env, "\n"), "\nA=1") {
			t.Error("the kernelspec's variables are not in the environment")
		}
		return install.Report{Implementation: "gilkernel", Version: "1.2.3", Protocol: "5.5",
			Start: 120 * time.Millisecond}, nil
	}
	w.out.Reset()
	if code := install.Doctor(t.Context(), nil, w.Options); code != 0 ||
		!strings.Contains(w.out.String(), "works: gilkernel 1.2.3, protocol 5.5, answered after 120ms") {
		t.Errorf("with a kernel that works: exit status %d\n%s", code, &w.out)
	}
	if len(probed) != 4 || probed[3] != "{connection_file}" {
		t.Errorf("the probe was given %q", probed)
	}

	w.Probe = func(context.Context, []string, []string) (install.Report, error) {
		return install.Report{}, errors.New("it does not answer")
	}
	w.out.Reset()
	if code := install.Doctor(t.Context(), nil, w.Options); code != 1 ||
		!strings.Contains(w.out.String(), "does not work: it does not answer") {
		t.Errorf("with a kernel that does not work: exit status %d\n%s", code, &w.out)
	}

	if err := os.Remove(filepath.Join(w.data, "kernels", "gilkernel", "gilkernel")); err != nil {
		t.Fatal(err)
	}
	w.out.Reset()
	if code := install.Doctor(t.Context(), nil, w.Options); code != 1 ||
		!strings.Contains(w.out.String(), "which is not there\n  → gilkernel install") {
		t.Errorf("with the program gone: exit status %d\n%s", code, &w.out)
	}
	w.out.Reset()
	if install.List(t.Context(), nil, w.Options); !strings.Contains(w.out.String(), "which is gone: install again") {
		t.Errorf("List with the program gone:\n%s", &w.out)
	}
}
