// Package testenv gives tests a Jupyter to test against.
//
// Everything is made once in the user's cache directory, under a lock, because `go test ./...` runs the tests of
// several packages at the same time.
package testenv

// This file defines what a test asks for: the Python environment, the program, or both with a place of its own.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gilkernel/install/filelock"
	"gilkernel/install/kernelspec"
	"gilkernel/install/release/dist"
	"gilkernel/install/venv"
	"gilkernel/skip"
)

// patience bounds the making of the environment: a slow connection needs minutes.
const patience = 15 * time.Minute

// Environment is a Jupyter with our kernel in it, and nothing else of this computer: its data, configuration, runtime
// and IPython directories are the test's own.
type Environment struct {
	Root    string   // the module's root directory
	Python  string   // the interpreter of an environment with requirements.txt and requirements-test.txt
	Bin     string   // the folder of that environment's commands: jupyter, jupyter-lab, jupyter-execute, …
	Program string   // the gilkernel program, built from the sources as they are
	Data    string   // the test's Jupyter data directory; kernels/gilkernel is in it
	Env     []string // the environment for every process of the test
}

// Command looks up a program that the test needs, such as "node", and ends the test as skip.Missing does without it.
func Command(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		skip.Missing(t, name+" is not installed")
	}
	return path
}

// New returns the whole environment. It may be called by any number of tests at once; each gets directories of its own,
// which are removed at its end. In -short mode, and without a usable Python, the test is skipped (see skip.Missing).
func New(t testing.TB) *Environment {
	t.Helper()
	return in(t, Python(t))
}

// NewTools is New with the tools around Jupyter that people use with notebooks: those of requirements-tools.txt. They
// have an environment of their own, because some of them extend JupyterLab.
func NewTools(t testing.TB) *Environment {
	t.Helper()
	root := Root(t)
	return in(t, python(t, "tools", read(t, root, "requirements-tools.txt"), read(t, root, "constraints.txt"),
		[]string{"nbgrader", "jupytext", "jupyter_book", "papermill", "nbconvert"}))
}

// Publishing returns the interpreter of an environment with the tools that check what is published, twine and
// auditwheel: those of requirements-release.txt. It is skipped as New is.
func Publishing(t testing.TB) string {
	t.Helper()
	return python(t, "release", read(t, Root(t), "requirements-release.txt"), "", []string{"twine", "auditwheel"})
}

// in returns an Environment whose Python is there.
func in(t testing.TB, python string) *Environment {
	t.Helper()
	e := &Environment{Root: Root(t), Python: python, Bin: filepath.Dir(python), Program: Program(t)}
	place := shortTempDir(t)
	e.Data = filepath.Join(place, "data")
	set := map[string]string{
		"JUPYTER_DATA_DIR":        e.Data,
		"JUPYTER_PATH":            e.Data,
		"JUPYTER_CONFIG_DIR":      filepath.Join(place, "config"),
		"JUPYTER_RUNTIME_DIR":     filepath.Join(place, "runtime"),
		"JUPYTER_PLATFORM_DIRS":   "",
		"JUPYTER_PREFER_ENV_PATH": "",
		"IPYTHONDIR":              filepath.Join(place, "ipython"),
		"VIRTUAL_ENV":             filepath.Dir(e.Bin),
		"PATH":                    e.Bin + string(os.PathListSeparator) + os.Getenv("PATH"),
		"PYTHONPATH":              "",
		"PYTHONHOME":              "",
	}
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		if _, ours := set[name]; !ours {
			e.Env = append(e.Env, kv)
		}
	}
	for name, value := range set {
		if value != "" {
			e.Env = append(e.Env, name+"="+value)
		}
	}
	template, err := os.ReadFile(filepath.Join(e.Root, "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	spec, err := kernelspec.FromTemplate(template, e.Program, "test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kernelspec.Write(spec, filepath.Join(e.Data, "kernels"), kernelspec.Name, nil); err != nil {
		t.Fatal(err)
	}
	return e
}

// Cmd returns a command in the environment: name is looked up in Bin first, then on PATH. It is killed when the test
// ends.
func (e *Environment) Cmd(t testing.TB, name string, args ...string) *exec.Cmd {
	t.Helper()
	path := filepath.Join(e.Bin, name)
	if _, err := os.Stat(path); err != nil {
		path = name
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = e.Env
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// Python returns the interpreter of the shared test environment, and makes that environment if necessary.
func Python(t testing.TB) string {
	t.Helper()
	root := Root(t)
	return python(t, "test", read(t, root, "requirements.txt")+read(t, root, "requirements-test.txt"),
		read(t, root, "constraints.txt"),
		[]string{"zmq", "jupyterlab", "nbclient", "jupyter_kernel_test", "ipykernel", "anywidget"})
}

// python makes an environment if necessary, and returns its interpreter.
func python(t testing.TB, name, requirements, constraints string, imports []string) string {
	t.Helper()
	if testing.Short() {
		skip.Missing(t, "-short: the Python environment is left out")
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var once sync.Once
	env, err := venv.Open(ctx, &venv.Options{
		Folder:       Cache(t),
		Name:         name,
		Requirements: requirements,
		Constraints:  constraints,
		Imports:      imports,
		Progress: func(p venv.Progress) {
			once.Do(func() { t.Logf("making the Python environment %q for tests: %s", name, p.Phase) })
		},
	})
	if err != nil {
		skip.Missing(t, "no Python environment: "+err.Error())
	}
	return env.Python
}

// Program returns the path of the gilkernel program, built from the module's sources as they are now: as package dist
// publishes it, so that the tests are tests of that, or plainly on a system that isn't published for.
// It is built once in a process.
func Program(t testing.TB) string {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// program builds the program, for all tests of the process, and returns its path.
var program = sync.OnceValues(func() (string, error) {
	root, err := dist.Root()
	if err != nil {
		return "", err
	}
	// Two clones of the project share a cache; their programs must not.
	sum := sha256.Sum256([]byte(root))
	dir := filepath.Join(cache(), "bin-"+hex.EncodeToString(sum[:6]))
	path := filepath.Join(dir, "gilkernel")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	ctx := context.Background()
	lock, err := filelock.Acquire(ctx, dir+".lock", nil)
	if err != nil {
		return "", err
	}
	defer lock.Release()
	target := dist.Target{OS: runtime.GOOS, Arch: runtime.GOARCH}
	if slices.Contains(dist.Targets(), target) {
		return path, dist.GoBuild(root)(ctx, target, "", path)
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", path, ".")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building gilkernel: %w\n%s", err, out)
	}
	return path, nil
})

// Cache returns the folder in the user's cache directory that tests keep things in from run to run.
func Cache(t testing.TB) string {
	t.Helper()
	return cache()
}

func cache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir() // a container without a home
	}
	return filepath.Join(dir, "gilkernel", "test")
}

// Root returns the module's root directory: the nearest one upwards that has a go.mod.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod in this directory or above")
		}
		dir = parent
	}
}

func read(t testing.TB, root, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "install", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// shortTempDir is t.TempDir with a short path, because kernels on the ipc transport name sockets in it, and a
// socket's path may have 107 bytes at most.
func shortTempDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "gil")
	if err != nil {
		t.Fatal(fmt.Errorf("making the test's place: %w", err))
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
