package venv

// This file defines the search for a Python that is new enough.

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
)

// Python is an interpreter that answered.
type Python struct {
	Argv    []string // how to start it: usually one word, two for Windows' launcher
	Major   int
	Minor   int
	Machine string // "x86_64", "arm64": an environment for one does not run on the other
}

// oldest is the oldest minor version of Python 3 that the JupyterLab in requirements.txt runs on.
const oldest = 10

// FindPython returns the first Python 3 that answers and is new enough: the one at path, or if path is "" the first
// of the usual names on PATH. env is the environment to run it in, nil for this process's. Without one, the error
// is or wraps ErrNoPython.
func FindPython(ctx context.Context, path string, env []string) (*Python, error) {
	candidates := [][]string{{"python3"}, {"python"}}
	if runtime.GOOS == "windows" {
		// The launcher first: on Windows "python3" may be the store's advertisement, which prints nothing.
		candidates = [][]string{{"py", "-3"}, {"python"}, {"python3"}}
	} else {
		// A system's own python3 may be too old beside a newer one with a number in its name.
		for minor := 14; minor >= oldest; minor-- {
			candidates = append(candidates, []string{fmt.Sprintf("python3.%d", minor)})
		}
	}
	if path != "" {
		candidates = [][]string{{path}}
	}
	var old *Python
	for _, argv := range candidates {
		if _, err := exec.LookPath(argv[0]); err != nil {
			continue
		}
		p, err := ask(ctx, argv, env)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			continue
		}
		if p.Major == 3 && p.Minor >= oldest {
			return p, nil
		}
		if old == nil {
			old = p
		}
	}
	switch {
	case old != nil:
		return nil, fmt.Errorf("%w (%s is %d.%d)", ErrNoPython, old.Argv[0], old.Major, old.Minor)
	case path != "":
		return nil, fmt.Errorf("%w: %s is none", ErrNoPython, path)
	}
	return nil, ErrNoPython
}

func ask(ctx context.Context, argv, env []string) (*Python, error) {
	const question = "import sys,platform;print(sys.version_info[0],sys.version_info[1],platform.machine() or '-')"
	cmd := exec.CommandContext(ctx, argv[0], append(argv[1:len(argv):len(argv)], "-c", question)...)
	cmd.Env = pythonEnv(env)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("asking %s for its version: %w", argv[0], err)
	}
	p := &Python{Argv: argv}
	if _, err := fmt.Sscan(string(out), &p.Major, &p.Minor, &p.Machine); err != nil {
		return nil, fmt.Errorf("reading the version of %s: %w", argv[0], err)
	}
	return p, nil
}
