package cpython_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gilkernel/runtime/cpython"
	"gilkernel/skip"
)

// A fake Python is a script that answers as one of this version.
func fake(t *testing.T, path, version, implementation string, free, gil bool, prefix, base string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	bit := map[bool]int{true: 1}
	text := fmt.Sprintf("#!/bin/sh\necho noise\nprintf '%%s\\n' gilkernel %s %s %d %d '%s' '%s' '%s' ''\n", version,
		implementation, bit[free], bit[gil], path, prefix, base)
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// A house is a home directory with Pythons in most of the places where there may be some.
func house(t *testing.T) (home string, e *cpython.Env) {
	t.Helper()
	if runtime.GOOS == "windows" {
		skip.Missing(t, "the Pythons of this test are shell scripts")
	}
	home = t.TempDir()
	in := func(elem ...string) string { return filepath.Join(append([]string{home}, elem...)...) }
	put := func(version string, elem ...string) {
		path := in(elem...)
		fake(t, path, version, "CPython", false, true, filepath.Dir(filepath.Dir(path)),
			filepath.Dir(filepath.Dir(path)))
	}
	put("3.12.4", "bin", "python3.12")
	for _, name := range []string{"python3", "python"} { // the same, by other names
		if err := os.Symlink("python3.12", in("bin", name)); err != nil {
			t.Fatal(err)
		}
	}
	put("2.7.18", ".pyenv", "versions", "2.7.18", "bin", "python2.7")
	put("3.9.1", ".pyenv", "versions", "3.9.1", "bin", "python3")
	put("3.9.18", ".pyenv", "versions", "3.9.18", "bin", "python3")
	put("3.11.3", "miniconda3", "envs", "science", "bin", "python")
	put("3.10.1", ".asdf", "installs", "python", "3.10.1", "bin", "python3")
	put("3.10.2", ".local", "share", "mise", "installs", "python", "3.10.2", "bin", "python3")
	fake(t, in(".local", "share", "uv", "python", "cpython-3.13.1+freethreaded", "bin", "python3.13t"), "3.13.1",
		"CPython", true, false, "/f", "/f")
	fake(t, in(".local", "share", "uv", "python", "cpython-3.14.0+freethreaded", "bin", "python3.14t"), "3.14.0",
		"CPython", true, true, "/g", "/g")
	fake(t, in(".local", "share", "uv", "python", "pypy-3.10", "bin", "pypy3.10"), "3.10.14", "PyPy", false, true, "/p",
		"/p")
	fake(t, in("work", ".venv", "bin", "python"), "3.12.4", "CPython", false, true, in("work", ".venv"), in("bin"))
	if err := os.WriteFile(in("work", ".venv", "pyvenv.cfg"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	// What doesn't run: a directory, no leave to execute, a link to nowhere, another program, a shim without a version.
	broken := map[string]string{"3.5.0": "exit 127", "3.4.0": "echo something else",
		"3.3.0": "echo gilkernel; echo 3.3.0"}
	for name, text := range broken {
		path := in(".pyenv", "versions", name, "bin", "python3")
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755),
			os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.WriteFile(in("bin", "python3.7"), []byte("MZ no program here"), 0o755),
		os.WriteFile(in("bin", "python3.6"), nil, 0o644),
		os.Mkdir(in("bin", "python3.5"), 0o755), os.Symlink("nowhere", in("bin", "python3.4")),
		os.WriteFile(in("bin", "python3-config"), []byte("#!/bin/sh\ntouch "+in("ran")), 0o755)); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"PATH": in("bin") + string(filepath.ListSeparator) + in("none")}
	return home,
		&cpython.Env{OS: runtime.GOOS, Home: home, Dir: in("work"), Getenv: func(k string) string { return env[k] }}
}

// own leaves out the Pythons of the computer that the test runs on.
func own(home string, list []cpython.Python) (own []cpython.Python) {
	for _, p := range list {
		if strings.HasPrefix(p.Path, home) {
			own = append(own, p)
		}
	}
	return own
}

func TestFind(t *testing.T) {
	home, e := house(t)
	f := &cpython.Finder{}
	for range 2 { // found, and remembered
		list, err := f.Find(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range own(home, list) {
			got = append(got, fmt.Sprintf("%s %s %s %v %s", p.Version, p.Implementation, p.State(), p.Venv, p.Found))
		}
		want := []string{"2.7.18 CPython GIL false pyenv", "3.9.1 CPython GIL false pyenv",
			"3.9.18 CPython GIL false pyenv", "3.10.1 CPython GIL false asdf", "3.10.2 CPython GIL false mise",
			"3.10.14 PyPy GIL false uv", "3.11.3 CPython GIL false conda", "3.12.4 CPython GIL false PATH",
			"3.12.4 CPython GIL true virtual environment",
			"3.13.1 CPython free-threaded false uv", "3.14.0 CPython GIL re-enabled false uv"}
		if !slices.Equal(got, want) {
			t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	if _, err := os.Stat(filepath.Join(home, "ran")); err == nil {
		t.Error("a file that isn't a Python by its name was run")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (&cpython.Finder{}).Find(ctx, e); !errors.Is(err, context.Canceled) {
		t.Errorf("without time: %v", err)
	}
	if list, err := f.Find(t.Context(), &cpython.Env{OS: runtime.GOOS}); err != nil || len(own(home, list)) > 0 {
		t.Errorf("nowhere: %v, %v", list, err)
	}
	guess := e.Guess()
	for _, want := range []string{"3.14t", "3.13t", "3.12", "3.9", "2.7"} {
		if !slices.Contains(guess, want) {
			t.Errorf("%v lacks %s", guess, want)
		}
	}
}

func TestLookup(t *testing.T) {
	home, e := house(t)
	in := func(elem ...string) string { return filepath.Join(append([]string{home}, elem...)...) }
	f := &cpython.Finder{}
	for words, want := range map[string]string{
		"": "bin/python3", "3": "bin/python3", "python3": "bin/python3", "3.12": "bin/python3", "v3.12": "bin/python3",
		"python3.12": "bin/python3", "Python 3.12": "bin/python3",
		"3.9": ".pyenv/versions/3.9.18/bin/python3", "3.9.1": ".pyenv/versions/3.9.1/bin/python3",
		"2":                         ".pyenv/versions/2.7.18/bin/python2.7",
		"3.13t":                     ".local/share/uv/python/cpython-3.13.1+freethreaded/bin/python3.13t",
		"3t":                        ".local/share/uv/python/cpython-3.14.0+freethreaded/bin/python3.14t",
		"pypy":                      ".local/share/uv/python/pypy-3.10/bin/pypy3.10",
		"pypy3.10":                  ".local/share/uv/python/pypy-3.10/bin/pypy3.10",
		"~/miniconda3/envs/science": "miniconda3/envs/science/bin/python", in("bin"): "!no Python in the directory",
		in("bin", "python"): "bin/python", ".venv/bin/python": "work/.venv/bin/python",
		"./.venv": "work/.venv/bin/python", "../bin/python3.12": "bin/python3.12",
		"3.13": "!there is no Python 3.13 on this computer; there is ", "2.99": "!there is no Python 2.99",
		"3.1": "!there is no Python 3.1 on", "3.9.2": "!there is no Python 3.9.2", "pypy2": "!there is no Python pypy2",
		"t": "!names no Python", "x": "!names no Python", "3.": "!names no Python", "3..9": "!names no Python",
		"-1": "!names no Python", "3.9.1.2": "!names no Python", "jython": "!names no Python",
		in("none"): "!there is no file", in("bin", "python3.7"): "!",
		in("bin", "python3.6"): "!may not be executed; chmod +x", in("bin", "python3.5"): "!no Python in the directory",
		in("bin", "python3.4"): "!there is no file", in(".pyenv/versions/3.5.0"): "!doesn't run: exit status 127",
		in(".pyenv/versions/3.4.0"): "!is not a Python", in(".pyenv/versions/3.3.0"): "!is not a Python",
	} {
		p, err := f.Lookup(t.Context(), e, words)
		got, _ := filepath.Rel(home, p.Path)
		if err != nil {
			got = "!" + err.Error()
		}
		if refused, ok := strings.CutPrefix(want,
			"!"); ok && (err == nil || !strings.Contains(got, refused) || strings.Contains(got, "\n")) ||
			!ok && got != want {
			t.Errorf("%q is %s, want %s", words, got, want)
		}
	}
	if v := cpython.Versions([]cpython.Python{{Version: "3.9.1", Implementation: "CPython"}}); v != "3.9" {
		t.Error(v)
	}
}

// The default is the best Python 3 of PATH.
func TestDefault(t *testing.T) {
	for _, row := range []struct{ there, want string }{
		{"python3=3.9.1 python=3.8.1 python3.13=3.13.1", "python3"},
		{"python=3.8.1 python3.13=3.13.1", "python"},
		{"python3.13=3.13.0", "python3.13"},
		{"python3.9=3.9.0 python3.10=3.10.1 python3.10t=3.10.2t", "python3.10"},
		{"python3.14t=3.14.0t", "python3.14t"},
		{"python2.7=2.7.18 python=2.7.18 python3.8=3.8.0", "python3.8"},
		{"python=2.7.18 python3=3.8.0", "python3"},
	} {
		dir := t.TempDir()
		for _, there := range strings.Fields(row.there) {
			name, version, _ := strings.Cut(there, "=")
			version, free := strings.CutSuffix(version, "t")
			fake(t, filepath.Join(dir, name), version, "CPython", free, !free, dir+name, dir+name)
		}
		e := &cpython.Env{OS: runtime.GOOS, Getenv: func(k string) string { return map[string]string{"PATH": dir}[k] }}
		if p, err := (&cpython.Finder{}).Lookup(t.Context(), e, ""); err != nil || filepath.Base(p.Path) != row.want {
			t.Errorf("%s: %s, %v; want %s", row.there, p.Path, err, row.want)
		}
	}
}

// python returns a real Python, or skips the test.
func python(t *testing.T) cpython.Python {
	t.Helper()
	home, _ := os.UserHomeDir()
	p, err := (&cpython.Finder{}).Lookup(t.Context(), &cpython.Env{OS: runtime.GOOS, Home: home, Getenv: os.Getenv},
		"3")
	if err != nil {
		skip.Missing(t, err.Error())
	}
	return p
}

func TestRun(t *testing.T) {
	py := python(t)
	dirs := func() int {
		found, _ := filepath.Glob(filepath.Join(os.TempDir(), "gilkernel-python-*"))
		return len(found)
	}
	t.Setenv("TMPDIR", t.TempDir())
	var out, stderr bytes.Buffer
	var asked []string
	text, err := cpython.Marshal("x", map[int]any{1: []byte("b"), 2: 2.0})
	if err != nil {
		t.Fatal(err)
	}
	result, err := cpython.Run(py, &cpython.Program{Label: "In[3]", Line: 5,
		Source: "import sys\nprint(x, sys.argv, input('a?'))\ny = {'k': x[2]}\nraise OSError(2, 'gone')",
		In:     map[string]string{"x": text}, Out: []string{"y"},
		Args: []string{"é"}}, &cpython.Host{Stdout: &out, Stderr: &stderr, Ask: func(
		_ <-chan struct{}, prompt string, password bool,
	) (string, error) {
		asked = append(asked, fmt.Sprint(prompt, password))
		return "yes", nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != "{1: b'b', 2: 2.0} ['In[3]', 'é'] yes\n" || stderr.Len() > 0 ||
		fmt.Sprint(asked) != "[a?false]" {
		t.Errorf("printed %q and %q, asked %v", got, stderr.String(), asked)
	}
	if e := result.Error; e == nil || e.Error() != "FileNotFoundError: [Errno 2] gone" ||
		!strings.Contains(strings.Join(e.Traceback, "\n"), `File "In[3]", line 8, in <module>`) || result.Exit != 1 ||
		!result.Told {
		t.Errorf("%+v", result)
	}
	if v, err := cpython.Unmarshal(result.Values["y"]); err != nil || fmt.Sprint(v) != "map[k:2]" {
		t.Error(v, err)
	}
	// The end of the input, and no user to ask.
	for want, ask := range map[string]func(<-chan struct{}, string, bool) (string, error){
		"EOF when reading a line":     func(<-chan struct{}, string, bool) (string, error) { return "", io.EOF },
		"input is not available here": nil,
		"away": func(<-chan struct{}, string, bool) (string, error) {
			return "",
				errors.New("away")
		}} {
		result, err := cpython.Run(py, &cpython.Program{Label: "In[1]", Source: "input()"},
			&cpython.Host{Stdout: io.Discard, Stderr: io.Discard, Ask: ask})
		if err != nil || result.Error == nil || result.Error.Name != "EOFError" || result.Error.Value != want ||
			strings.Contains(strings.Join(result.Error.Traceback, ""), "boot.py") {
			t.Errorf("%s: %+v, %v", want, result, err)
		}
	}
	if _, err := cpython.Run(cpython.Python{Path: "/nope"}, &cpython.Program{},
		&cpython.Host{Stdout: io.Discard, Stderr: io.Discard}); err == nil {
		t.Error("a Python that isn't there was started")
	}
	if n := dirs(); n > 0 {
		t.Errorf("%d directories are left", n)
	}
	t.Setenv("TMPDIR", "/nope")
	if _, err := cpython.Run(py, &cpython.Program{},
		&cpython.Host{Stdout: io.Discard, Stderr: io.Discard}); err == nil ||
		!strings.Contains(err.Error(), "writing the program") {
		t.Errorf("without a place for files: %v", err)
	}
}
