// Package jupyterdir determines where Jupyter looks for its files.
//
// The rules are those of jupyter_core's paths module (5.9), which every Jupyter program follows.
package jupyterdir

// This file defines System, the facts that the rules depend on, with the rules as its methods.

import (
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// System is what the rules depend on. The zero value is not usable; Current returns this computer's. It is never
// changed by its methods, so any number of goroutines may use one.
type System struct {
	GOOS   string              // as runtime.GOOS
	Home   string              // the user's home directory
	Getenv func(string) string // as os.Getenv
}

// Current returns the system that this process runs on. Home is "" where the user has none.
func Current() *System {
	home, _ := os.UserHomeDir()
	return &System{GOOS: runtime.GOOS, Home: home, Getenv: os.Getenv}
}

// Data is the user's own data directory: JUPYTER_DATA_DIR, or the place that is usual on the system.
func (s *System) Data() string {
	if dir := s.Getenv("JUPYTER_DATA_DIR"); dir != "" {
		return dir
	}
	switch s.GOOS {
	case "darwin":
		return s.join(s.Home, "Library", "Jupyter")
	case "windows":
		if appdata := s.Getenv("APPDATA"); appdata != "" {
			return s.join(appdata, "jupyter")
		}
		return s.join(s.Config(), "data")
	default:
		xdg := s.Getenv("XDG_DATA_HOME")
		if xdg == "" {
			xdg = s.join(s.Home, ".local", "share")
		}
		return s.join(xdg, "jupyter")
	}
}

// Config is the user's own configuration directory.
func (s *System) Config() string {
	if dir := s.Getenv("JUPYTER_CONFIG_DIR"); dir != "" {
		return dir
	}
	return s.join(s.Home, ".jupyter")
}

// Runtime is where running servers and kernels leave their connection files.
func (s *System) Runtime() string {
	if dir := s.Getenv("JUPYTER_RUNTIME_DIR"); dir != "" {
		return dir
	}
	return s.join(s.Data(), "runtime")
}

// System is the directory for all users that may be installed into. On Windows it is "" unless JUPYTER_USE_PROGRAMDATA
// says that the shared directory can be trusted: Jupyter does not look there otherwise.
func (s *System) System() string {
	if s.GOOS == "windows" {
		if programData := s.Getenv("PROGRAMDATA"); programData != "" && s.truth("JUPYTER_USE_PROGRAMDATA") {
			return s.join(programData, "jupyter")
		}
		return ""
	}
	return "/usr/local/share/jupyter"
}

// Prefix is the data directory of the Python environment whose root (sys.prefix) is given.
func (s *System) Prefix(prefix string) string {
	return s.join(prefix, "share", "jupyter")
}

// Active is the root of the Python environment that is switched on in this shell, or "".
func (s *System) Active() string {
	if venv := s.Getenv("VIRTUAL_ENV"); venv != "" {
		return venv
	}
	return s.Getenv("CONDA_PREFIX")
}

// Search lists the data directories in the order in which a Jupyter that runs from the environment prefix looks through
// them; prefix may be "", for one that runs from none. The user site of a Python (~/.local/share/jupyter by another
// name, or a version's own folder on macOS) is left out: only Python itself knows it.
func (s *System) Search(prefix string) []string {
	var dirs []string
	add := func(dir string) {
		if dir == "" {
			return
		}
		for _, d := range dirs {
			if d == dir {
				return
			}
		}
		dirs = append(dirs, dir)
	}
	for _, dir := range strings.Split(s.Getenv("JUPYTER_PATH"), s.listSeparator()) {
		add(strings.TrimRight(dir, s.separators()))
	}
	environment := ""
	if prefix != "" {
		environment = s.Prefix(prefix)
	}
	preferred := prefix != "" && prefix == s.Active()
	if s.Getenv("JUPYTER_PREFER_ENV_PATH") != "" {
		preferred = s.truth("JUPYTER_PREFER_ENV_PATH")
	}
	if preferred {
		add(environment)
		add(s.Data())
	} else {
		add(s.Data())
		add(environment)
	}
	add(s.System())
	if s.GOOS != "windows" {
		add("/usr/share/jupyter")
	}
	return dirs
}

// truth reads a switch as jupyter_core does: whatever is not a word for no is a yes.
func (s *System) truth(name string) bool {
	switch strings.ToLower(s.Getenv(name)) {
	case "", "no", "n", "false", "off", "0", "0.0":
		return false
	}
	return true
}

// join follows s.GOOS rather than the system this was compiled for, so that the tables of all three can be tested
// on any one.
func (s *System) join(parts ...string) string {
	switch {
	case s.GOOS == runtime.GOOS:
		return filepath.Join(parts...)
	case s.GOOS == "windows":
		return strings.Join(parts, `\`)
	default:
		return path.Join(parts...)
	}
}

func (s *System) listSeparator() string {
	if s.GOOS == "windows" {
		return ";"
	}
	return ":"
}

func (s *System) separators() string {
	if s.GOOS == "windows" {
		return `\/`
	}
	return "/"
}
