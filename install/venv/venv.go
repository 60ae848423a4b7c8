// Package venv keeps the private Python environment that JupyterLab runs in.
package venv

// This file defines Open, which returns an environment that is known to be complete.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"gilkernel/install/filelock"
)

// Options says which environment is wanted. Requirements is required; the rest may be zero.
type Options struct {
	Folder       string         // where environments live; one folder for each set of requirements is made in it
	Name         string         // how the environment's own folder begins; "" is "python"
	Requirements string         // the text of a requirements file: what must be there
	Constraints  string         // the text of a constraints file: which versions, where there is a choice
	Imports      []string       // modules that must be importable for an environment to count as whole
	Python       string         // the Python to build on; "" looks for one on PATH
	Wheels       string         // a folder that Download has filled, to install from instead of the network; "" is none
	Env          []string       // the environment of every process started; nil is this process's
	Progress     func(Progress) // reports progress, from one goroutine at a time; nil discards it
}

// Progress is a report from a long installation.
type Progress struct {
	Phase string // what is being done, as a sentence's beginning: "collecting", "installing"
	Name  string // the package it is being done to, or ""
	Done  int    // how many packages are behind us in this phase
	Total int    // how many there will be, 0 if that is not known
}

// Env is a complete environment.
type Env struct {
	Folder string // its root, Python's sys.prefix
	Python string // its interpreter
	Made   bool   // true when Open had to build it, false when it was there
}

// Errors that a caller may want to treat differently from a failed download. Their texts are for the user.
var (
	ErrNoPython = errors.New("no Python 3.10 or newer was found on PATH")
	ErrNoVenv   = errors.New("this Python can neither make virtual environments nor install packages" + remedy())
)

// stampName is the file that marks an environment as complete. It is written last, so that an environment whose making
// was interrupted has none.
const stampName = "gilkernel-stamp"

// Open returns the environment that o describes, and makes it if it is missing, incomplete, or does not work any more
// (its Python was removed, a module is gone). Processes that call it at the same time take turns. It ends early when
// ctx does; what it leaves then is repaired by the next call.
func Open(ctx context.Context, o *Options) (*Env, error) {
	m, err := newMaker(ctx, o)
	if err != nil {
		return nil, err
	}
	lock, err := filelock.Acquire(ctx, m.env.Folder+".lock", func() {
		m.say(Progress{Phase: "waiting for another gilkernel that is installing the same"})
	})
	if err != nil {
		return nil, fmt.Errorf("taking turns: %w", err)
	}
	defer lock.Release()

	if m.stamped() && m.works(ctx) == nil {
		return m.env, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := m.build(ctx); err != nil {
		return nil, err
	}
	m.env.Made = true
	return m.env, nil
}

// Look returns the environment that o describes if it exists and is complete, and changes nothing. The error is
// fs.ErrNotExist if there is none.
func Look(ctx context.Context, o *Options) (*Env, error) {
	m, err := newMaker(ctx, o)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(m.env.Folder); err != nil {
		return nil, fmt.Errorf("looking for the environment: %w", err)
	}
	if !m.stamped() {
		return nil, errors.New("its installation was interrupted")
	}
	return m.env, m.works(ctx)
}

// Script returns the path of a command that a package has put into the environment, such as "jupyter". It does not
// check whether it exists.
func (e *Env) Script(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(filepath.Dir(e.Python), name)
}

// maker is one call of Open.
type maker struct {
	o    *Options
	base *Python
	key  string
	env  *Env
}

func newMaker(ctx context.Context, o *Options) (*maker, error) {
	base, err := FindPython(ctx, o.Python, o.Env)
	if err != nil {
		return nil, err
	}
	m := &maker{o: o, base: base, key: key(o, base)}
	name := o.Name
	if name == "" {
		name = "python"
	}
	m.env = &Env{Folder: filepath.Join(o.Folder, name+"-"+m.key[:12])}
	m.env.Python = interpreter(m.env.Folder)
	return m, nil
}

func (m *maker) say(p Progress) {
	if m.o.Progress != nil {
		m.o.Progress(p)
	}
}

// key names what an environment was made from. Python's patch release is left out: an environment survives that.
func key(o *Options, base *Python) string {
	h := sha256.New()
	fmt.Fprintf(h, "1\x00%s\x00%s\x00%d.%d\x00%s", o.Requirements, o.Constraints, base.Major, base.Minor, base.Machine)
	return hex.EncodeToString(h.Sum(nil))
}

func interpreter(folder string) string {
	if runtime.GOOS == "windows" {
		return filepath.Join(folder, "Scripts", "python.exe")
	}
	return filepath.Join(folder, "bin", "python")
}

func (m *maker) stamped() bool {
	b, err := os.ReadFile(filepath.Join(m.env.Folder, stampName))
	return err == nil && strings.TrimSpace(string(b)) == m.key
}

func (m *maker) stamp() error {
	path := filepath.Join(m.env.Folder, stampName)
	if err := os.WriteFile(path+".new", []byte(m.key+"\n"), 0o644); err != nil {
		return fmt.Errorf("writing the stamp: %w", err)
	}
	return os.Rename(path+".new", path)
}

// works looks for the modules without running most of them: importing JupyterLab takes seconds, finding it takes
// milliseconds. Only the module with a compiled part is really loaded, because it breaks when Python is replaced.
func (m *maker) works(ctx context.Context) error {
	const check = `
import importlib, importlib.util, sys
for name in sys.argv[1:]:
    if importlib.util.find_spec(name) is None:
        sys.exit("module " + name + " is missing")
    if name == "zmq":
        importlib.import_module(name)
`
	cmd := exec.CommandContext(ctx, m.env.Python, append([]string{"-I", "-c", check}, m.o.Imports...)...)
	cmd.Env = pythonEnv(m.o.Env)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("checking the environment: %s", lastLine(string(out), err))
	}
	return nil
}

// build makes the environment from nothing. What is there is removed: repairing package by package could miss other
// interrupted steps.
func (m *maker) build(ctx context.Context) error {
	if err := os.RemoveAll(m.env.Folder); err != nil {
		return fmt.Errorf("removing a half-made environment: %w", err)
	}
	pip, err := m.create(ctx)
	if err != nil {
		return err
	}
	if err := m.install(ctx, pip); err != nil {
		return err
	}
	if err := m.works(ctx); err != nil {
		return err
	}
	return m.stamp()
}

// environ returns the environment of the processes that make the environment. What the user has set for pip doesn't
// apply to Wheels: an index would be asked, or a folder preferred.
func (m *maker) environ() []string {
	env := pythonEnv(m.o.Env)
	if m.o.Wheels == "" {
		return env
	}
	var kept []string
	for _, kv := range env {
		if !strings.HasPrefix(kv, "PIP_") {
			kept = append(kept, kv)
		}
	}
	return append(kept, "PIP_CONFIG_FILE="+os.DevNull, "PIP_NO_INDEX=1", "PIP_DISABLE_PIP_VERSION_CHECK=1",
		"PIP_NO_INPUT=1")
}

// pythonEnv is env without the variables that would lead Python or pip out of the environment.
func pythonEnv(env []string) []string {
	if env == nil {
		env = os.Environ()
	}
	kept := make([]string, 0, len(env)+4)
	for _, kv := range env {
		name, _, _ := strings.Cut(kv, "=")
		switch name {
		case "PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "__PYVENV_LAUNCHER__":
			continue
		}
		kept = append(kept, kv)
	}
	// PIP_USER=0 also overrules a pip.conf that says user = true, which is an error inside an environment.
	return append(kept, "PIP_USER=0", "PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_NO_INPUT=1", "PYTHONUTF8=1")
}

// lastLine is what to show of a failed command's output: its last line with text, or the error if it said nothing.
func lastLine(out string, err error) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if line := strings.TrimSpace(lines[i]); line != "" {
			return line
		}
	}
	return err.Error()
}
