package cpython

// This file defines where Pythons may be. Nothing is run here, and only directories are read.

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// An Env is the part of a process and its computer that determines where to look. The zero Env looks nowhere.
type Env struct {
	OS     string                   // runtime.GOOS
	Home   string                   // the person's directory, "" if there is none
	Dir    string                   // the working directory, whose .venv counts
	Getenv func(name string) string // nil: no variable is set
}

// A candidate is a file that may be a Python.
type candidate struct {
	path  string
	found string // Python.Found
}

// pattern is a place: where it was found, and a glob pattern of the files there.
type pattern struct{ found, glob string }

func (e *Env) get(name string) string {
	if e.Getenv == nil {
		return ""
	}
	return e.Getenv(name)
}

// or returns a variable, or the path of elements if it isn't set; "" if the elements begin with an empty one.
func (e *Env) or(name string, elements ...string) string {
	if v := e.get(name); v != "" {
		return v
	}
	if elements[0] == "" {
		return ""
	}
	return filepath.Join(elements...)
}

// executableName matches the names of Pythons in a directory of programs; python3-config and python3.9-gdb.py aren't.
var executableName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(python|pypy|graalpy)(\d+(\.\d+)?t?)?(\.exe)?$`)
})

// OnlyVariable is the environment variable that replaces the search: a list of directories as in PATH, the only ones in
// which Pythons are looked for.
const OnlyVariable = "GILKERNEL_PYTHON_PATH"

// candidates returns the files that may be Pythons, those of PATH first, each once.
func (e *Env) candidates() []candidate {
	var all []candidate
	seen := map[string]bool{}
	add := func(path, found string) {
		if path != "" && !seen[path] {
			seen[path] = true
			all = append(all, candidate{path, found})
		}
	}
	dirs, patterns := e.get("PATH"), e.patterns
	if only := e.get(OnlyVariable); only != "" {
		dirs, patterns = only, func() []pattern { return nil }
	}
	for _, dir := range filepath.SplitList(dirs) {
		for _, path := range e.programs(dir) {
			add(path, "PATH")
		}
	}
	for _, p := range patterns() {
		paths, _ := filepath.Glob(p.glob) // the patterns are ours and valid
		slices.SortFunc(paths, plainFirst)
		for _, path := range paths {
			if executableName().MatchString(strings.ToLower(filepath.Base(path))) && !e.advertisement(path) {
				add(path, p.found)
			}
		}
	}
	return all
}

// programs returns the Pythons of a directory of PATH: python3 before python, and those before python3.11.
func (e *Env) programs(dir string) []string {
	if dir == "" || !filepath.IsAbs(dir) {
		dir = filepath.Join(e.Dir, dir)
	}
	entries, _ := os.ReadDir(dir) // a directory that can't be read has none
	var paths []string
	for _, entry := range entries {
		name := strings.ToLower(entry.Name())
		if e.OS != "windows" {
			name = entry.Name()
		}
		if !executableName().MatchString(name) || shims(dir) && strings.Contains(name, ".") {
			continue
		}
		if path := filepath.Join(dir, entry.Name()); !e.advertisement(path) {
			paths = append(paths, path)
		}
	}
	slices.SortFunc(paths, plainFirst)
	return paths
}

// shims reports whether a directory holds scripts that choose a Python each time they run. Those with a full number in
// their names stand for Pythons that are found elsewhere.
func shims(dir string) bool { return filepath.Base(dir) == "shims" }

// plainFirst orders names: python3, then python, then others.
func plainFirst(a, b string) int {
	rank := func(path string) string {
		switch name := strings.TrimSuffix(strings.ToLower(filepath.Base(path)), ".exe"); name {
		case "python3":
			return "0"
		case "python":
			return "1"
		default:
			return "2" + name
		}
	}
	if filepath.Dir(a) != filepath.Dir(b) {
		return strings.Compare(a, b)
	}
	return strings.Compare(rank(a), rank(b))
}

// advertisement reports whether a file is what Windows has in the place of a Python that isn't installed: it opens the
// shop.
func (e *Env) advertisement(path string) bool {
	return e.OS == "windows" && strings.Contains(strings.ToLower(path), `\windowsapps\`)
}

// patterns returns the places besides PATH.
func (e *Env) patterns() []pattern {
	var all []pattern
	in := func(found string, elements ...string) {
		if elements[0] != "" {
			all = append(all, pattern{found, filepath.Join(elements...)})
		}
	}
	// below adds the Pythons of the environments that a pattern names.
	below := func(found string, elements ...string) {
		if e.OS == "windows" {
			in(found, append(slices.Clone(elements), "python.exe")...)
			in(found, append(slices.Clone(elements), "Scripts", "python.exe")...)
			return
		}
		in(found, append(slices.Clone(elements), "bin", "python*")...)
		in(found, append(slices.Clone(elements), "bin", "pypy*")...)
	}
	home := e.Home
	data := e.or("XDG_DATA_HOME", home, ".local", "share")
	below("virtual environment", e.get("VIRTUAL_ENV"))
	if e.Dir != "" {
		below("virtual environment", e.Dir, ".venv")
		below("virtual environment", e.Dir, "venv")
	}
	below("conda", e.get("CONDA_PREFIX"))
	pyenv := e.or("PYENV_ROOT", home, ".pyenv")
	below("pyenv", pyenv, "versions", "*")
	below("pyenv", e.or("PYENV", home, ".pyenv", "pyenv-win"), "versions", "*")
	below("uv", e.or("UV_PYTHON_INSTALL_DIR", data, "uv", "python"), "*")
	below("asdf", e.or("ASDF_DATA_DIR", home, ".asdf"), "installs", "python", "*")
	below("mise", e.or("MISE_DATA_DIR", data, "mise"), "installs", "python", "*")
	below("rye", e.or("RYE_HOME", home, ".rye"), "py", "*")
	for _, name := range []string{"miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba", "miniconda",
		"anaconda"} {
		for _, root := range []string{home, "/opt", filepath.Join("/usr/local")} {
			below("conda", root, name)
			below("conda", root, name, "envs", "*")
		}
	}
	below("conda", "/opt/conda")
	below("conda", "/opt/conda/envs/*")
	below("conda", home, ".conda", "envs", "*")
	below("conda", e.get("MAMBA_ROOT_PREFIX"), "envs", "*")
	below("virtual environment", e.or("WORKON_HOME", home, ".virtualenvs"), "*")
	below("virtual environment", data, "virtualenvs", "*")
	below("virtual environment", e.or("XDG_CACHE_HOME", home, ".cache"), "pypoetry", "virtualenvs", "*")
	switch e.OS {
	case "windows":
		in("python.org", e.get("LOCALAPPDATA"), "Programs", "Python", "*", "python.exe")
		in("python.org", e.get("ProgramFiles"), "Python*", "python.exe")
		in("python.org", `C:\`, "Python*", "python.exe")
		below("uv", e.get("APPDATA"), "uv", "python", "*")
		in("py launcher", home, "AppData", "Local", "Python", "*", "python.exe")
		return all
	case "darwin":
		in("python.org", "/Library/Frameworks/Python*.framework/Versions/*/bin/python*")
		in("Homebrew", "/opt/homebrew/opt/python*/bin/python*")
		in("Homebrew", "/usr/local/opt/python*/bin/python*")
		in("Xcode", "/Library/Developer/CommandLineTools/usr/bin/python3")
	}
	in("Homebrew", "/home/linuxbrew/.linuxbrew/opt/python*/bin/python*")
	below("/opt", "/opt/python*")
	below("/opt", "/opt/python/*")
	in("nix", home, ".nix-profile", "bin", "python*")
	for _, dir := range []string{"/usr/local/bin", "/usr/bin", "/opt/homebrew/bin", "/opt/local/bin",
		"/run/current-system/sw/bin"} {
		in("system", dir, "python*")
	}
	return all
}

// versionIn matches a version in the path of a Python.
var versionIn = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[^\d.])([23]\.\d+)(?:\.\d+)?(t?)(?:$|[^\w])`)
})

// Guess returns the versions that the names of files and directories suggest, the newest first, without running any: it
// takes a millisecond, and some may not run.
func (e *Env) Guess() []string {
	seen := map[string]bool{}
	var names []string
	for _, c := range e.candidates() {
		for _, m := range versionIn().FindAllStringSubmatch(c.path, -1) {
			if name := m[1] + m[2]; !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return -Compare(Python{Version: strings.TrimSuffix(a, "t"), FreeThreaded: strings.HasSuffix(a, "t")},
			Python{Version: strings.TrimSuffix(b, "t"), FreeThreaded: strings.HasSuffix(b, "t")})
	})
	return names
}
