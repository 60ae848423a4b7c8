package bundle_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"gilkernel/install/bundle"
	"gilkernel/install/venv"
	"gilkernel/skip"
)

// fake is a Python in sh, whose version is in its name and whose pip downloads a wheel that is named after it.
const fake = `#!/bin/sh
version=${0##*python}
case "$*" in
-c*) echo 3 ${version#3.} fake;;
"-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && echo $version > "$3/version";;
"-m pip --version") ;;
"-m pip download "*)
	version=$(cat "$(dirname "$0")/../version")
	while [ "$1" != --dest ]; do shift; done
	echo wheel > "$2/six-$version.whl"; echo wheel > "$2/zmq-1.whl";;
*) exit 2;;
esac
`

// pythons makes fakes, and puts them in front of PATH. A fake that is named "python3" is a Python 3.12.
func pythons(t *testing.T, versions ...string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		skip.Missing(t, "the fake Python is a shell script")
	}
	dir := t.TempDir()
	for _, v := range versions {
		text := fake
		if v == "3" {
			text = strings.Replace(fake, "version=${0##*python}", "version=3.12", 1)
		}
		if err := os.WriteFile(filepath.Join(dir, "python"+v), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
}

// contents is a small bundle for the Pythons.
func contents(t *testing.T, pythons ...string) *bundle.Contents {
	t.Helper()
	program := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho the program\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return &bundle.Contents{Version: "v1.2.0", Program: program, Pythons: pythons,
		Lessons: fstest.MapFS{"00-start.ipynb": {Data: []byte("start")}, "more/a.ipynb": {Data: []byte("a")}},
		Texts: fstest.MapFS{"LICENSE": {Data: []byte("MIT")}, "README.md": {Data: []byte("# A kernel")},
			"kernel.json": {Data: []byte(`{"argv": ["{gilkernel}"], "display_name": "Go", "language": "go"}`)}},
		Environment: &venv.Options{Requirements: "six\n"}}
}

func TestWrite(t *testing.T) {
	pythons(t, "3", "3.12", "3.13")
	dir := filepath.Join(t.TempDir(), "a stick", "gilkernel")
	for range 2 { // the second replaces the first
		b, err := bundle.Write(t.Context(), dir, contents(t, "python3.12", "python3.13"))
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Pythons) != 2 || b.Pythons[0].Version != "3.12" || b.Pythons[1].Version != "3.13" {
			t.Errorf("it is for %v, want 3.12 and 3.13", b.Pythons)
		}
	}
	for _, name := range []string{"gilkernel", "lessons/00-start.ipynb", "lessons/more/a.ipynb", "wheels/six-3.12.whl",
		"wheels/six-3.13.whl", "SHA256SUMS"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if runtime.GOOS == "linux" || runtime.GOOS == "darwin" {
		if own, _ := filepath.Glob(filepath.Join(dir, "wheels", "gilkernel-1.2.0-*.whl")); len(own) != 1 {
			t.Errorf("the kernel's own wheels are %q, want one", own)
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, bundle.ReadmeName)); err != nil ||
		strings.Count(string(text), "\n") != 3 || !strings.Contains(string(text), "gilkernel lab --offline") {
		t.Errorf("its README is %v %s", err, text)
	}
	read, err := bundle.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := read.Check(t.Context()); err != nil {
		t.Errorf("checking: %v", err)
	}
	if python, err := read.Python(t.Context()); err != nil || python != "" {
		t.Errorf("the Python to use is %q, %v, want the first", python, err)
	}
}

// What is wrong with a bundle is said in one sentence that names it.
func TestBadBundles(t *testing.T) {
	tests := []struct {
		name   string
		damage func(t *testing.T, dir string)
		want   string
	}{
		{"no bundle", func(t *testing.T, dir string) { remove(t, dir, "gilkernel-bundle.json") }, "is no bundle: it has"},
		{"interrupted", func(t *testing.T, dir string) { remove(t, dir, "SHA256SUMS") }, "is incomplete"},
		{"a mark of something else", func(t *testing.T, dir string) { write(t, dir, "gilkernel-bundle.json", "{") },
			"can't be read"},
		{"a wheel is missing", func(t *testing.T, dir string) { remove(t, dir, "wheels/zmq-1.whl") },
			"the bundle lacks wheels/zmq-1.whl"},
		{"a wheel is damaged", func(t *testing.T, dir string) { write(t, dir, "wheels/zmq-1.whl", "whee") },
			"wheels/zmq-1.whl in the bundle is damaged"},
		{"another Python", func(t *testing.T, _ string) { pythons(t, "3", "3.12") },
			"is for Python 3.13 on " + runtime.GOOS + " fake, and this computer has Python 3.12 on "},
		{"another computer", func(t *testing.T, dir string) {
			mark, err := json.Marshal(bundle.Bundle{Pythons: []bundle.Python{{"3.13", "plan9", "fake"}}})
			if err != nil {
				t.Fatal(err)
			}
			write(t, dir, "gilkernel-bundle.json", string(mark))
		}, "is for Python 3.13 on plan9 fake, and"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pythons(t, "3", "3.12", "3.13")
			dir := t.TempDir()
			if _, err := bundle.Write(t.Context(), dir, contents(t, "python3.13")); err != nil {
				t.Fatal(err)
			}
			if python, err := use(t, dir); err != nil || python != "python3.13" {
				t.Fatalf("before: %q, %v, want python3.13", python, err)
			}
			tt.damage(t, dir)
			python, err := use(t, dir)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q, %v, want one line with %q", python, err, tt.want)
			}
		})
	}
}

// use does with a bundle what is done before something is installed from it.
func use(t *testing.T, dir string) (python string, err error) {
	t.Helper()
	b, err := bundle.Open(dir)
	if err != nil {
		return "", err
	}
	if python, err = b.Python(t.Context()); err != nil {
		return "", err
	}
	return python, b.Check(t.Context())
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A folder of something else stays as it is, and a bundle that couldn't be made doesn't pass for one.
func TestWriteRefused(t *testing.T) {
	pythons(t, "3")
	dir := t.TempDir()
	write(t, dir, "thesis.txt", "mine")
	if _, err := bundle.Write(t.Context(), dir, contents(t, "")); err == nil ||
		!strings.Contains(err.Error(), "has other files in it") {
		t.Errorf("a folder with other files: %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v, %v, want what was there", entries, err)
	}
	// A bundle that is there outlives a mistake, and another of its own program.
	dir = filepath.Join(t.TempDir(), "stick")
	if _, err := bundle.Write(t.Context(), dir, contents(t, "")); err != nil {
		t.Fatal(err)
	}
	again := contents(t, "", "python3.99")
	again.Program = filepath.Join(dir, "gilkernel")
	if _, err := bundle.Write(t.Context(), dir, again); !errors.Is(err, venv.ErrNoPython) {
		t.Errorf("a Python that isn't there: %v", err)
	}
	if _, err := bundle.Open(dir); err != nil {
		t.Errorf("the bundle is gone: %v", err)
	}
	again.Pythons = []string{""}
	if _, err := bundle.Write(t.Context(), dir, again); err != nil {
		t.Errorf("with its own program: %v", err)
	}
	// What couldn't be fetched doesn't pass for one.
	broken := filepath.Join(t.TempDir(), "python") // it answers, and makes no environment
	if err := os.WriteFile(broken, []byte("#!/bin/sh\n[ \"$1\" = -c ] && echo 3 12 fake\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	again.Pythons = []string{broken}
	if _, err := bundle.Write(t.Context(), dir, again); err == nil {
		t.Error("a broken Python has fetched packages")
	} else if b, err := bundle.Open(dir); err == nil || !strings.Contains(err.Error(), "is incomplete") {
		t.Errorf("what is left opens as %v, %v", b, err)
	}
}
