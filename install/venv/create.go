package venv

// This file defines the ways to make an empty environment, tried in order.

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// create makes the empty environment, and returns the argv with which pip installs into it.
//
// Debian and its children ship Python without ensurepip, so `python3 -m venv` is not enough: virtualenv brings its
// own pip, and failing that a pip outside installs into an environment that has none.
func (m *maker) create(ctx context.Context) (pip []string, err error) {
	m.say(Progress{Phase: "making a private Python environment"})
	own := []string{m.env.Python, "-m", "pip"}
	type way struct{ argv, pip []string }
	ways := []way{
		{append(m.python(), "-m", "venv", m.env.Folder), own},
		{append(m.python(), "-m", "virtualenv", "--quiet", m.env.Folder), own},
		{[]string{"virtualenv", "--quiet", "--python", m.base.Argv[0], m.env.Folder}, own},
		// pip has --python since 22.3; an older one fails the look below, like one that is missing.
		{append(m.python(), "-m", "venv", "--without-pip", m.env.Folder),
			append(m.python(), "-m", "pip", "--python", m.env.Python)},
	}
	// Where the network is missing, so is the command that remedy names: the folder brings a pip, which runs as it is.
	if pips, _ := filepath.Glob(filepath.Join(m.o.Wheels, "pip-*.whl")); m.o.Wheels != "" && len(pips) > 0 {
		ways = append(ways, way{append(m.python(), "-m", "venv", "--without-pip", m.env.Folder),
			append(m.python(), filepath.Join(pips[len(pips)-1], "pip"), "--python", m.env.Python)})
	}
	for _, way := range ways {
		if err := m.run(ctx, way.argv); err == nil {
			if err := m.run(ctx, append(way.pip[:len(way.pip):len(way.pip)], "--version")); err == nil {
				return way.pip, nil
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := os.RemoveAll(m.env.Folder); err != nil {
			return nil, fmt.Errorf("removing a failed attempt: %w", err)
		}
	}
	return nil, ErrNoVenv
}

// python is a fresh copy of the argv of the Python to build on.
func (m *maker) python() []string {
	return append([]string(nil), m.base.Argv...)
}

func (m *maker) run(ctx context.Context, argv []string) error {
	if err := os.MkdirAll(filepath.Dir(m.env.Folder), 0o755); err != nil {
		return fmt.Errorf("making a folder for environments: %w", err)
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = m.environ()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("running %s: %s", argv[0], lastLine(string(out), err))
	}
	return nil
}

// remedy is the command that helps where Python is packaged in parts.
func remedy() string {
	if _, err := os.Stat("/etc/debian_version"); err == nil && runtime.GOOS == "linux" {
		return "; this puts it right: sudo apt-get install python3-venv python3-pip"
	}
	return "; install Python's venv and pip packages"
}
