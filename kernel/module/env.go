package module

// This file defines the environment variables of the go command, and the file that go env -w writes.

import (
	"maps"
	"os"
	"path/filepath"
	"strings"

	xmodule "golang.org/x/mod/module"
)

// environment holds the variables of the go command, and HOME.
type environment struct{ vars map[string]string }

// newEnvironment returns the variables of a process and, where the process sets none, those of the file of go env -w.
func newEnvironment(environ []string) environment {
	e := environment{vars: map[string]string{}}
	all := map[string]string{}
	for _, kv := range environ {
		if k, v, ok := strings.Cut(kv, "="); ok {
			all[k] = v
		}
	}
	file := all["GOENV"]
	if file == "" {
		config := all["XDG_CONFIG_HOME"]
		if config == "" && all["HOME"] != "" {
			config = filepath.Join(all["HOME"], ".config")
			if mac := filepath.Join(all["HOME"], "Library", "Application Support"); exists(mac) {
				config = mac
			}
		}
		file = filepath.Join(config, "go", "env")
		if config == "" {
			file = "off"
		}
	}
	if file != "off" {
		text, _ := os.ReadFile(file) // a file that can't be read sets nothing
		for line := range strings.Lines(string(text)) {
			if k, v, ok := strings.Cut(strings.TrimSpace(line), "="); ok && strings.HasPrefix(k, "GO") {
				e.vars[k] = v
			}
		}
	}
	for k, v := range all {
		if (strings.HasPrefix(k, "GO") || k == "HOME") && v != "" {
			e.vars[k] = v
		}
	}
	return e
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (e *environment) same(o *environment) bool { return maps.Equal(e.vars, o.vars) }

func (e *environment) or(name, otherwise string) string {
	if v := e.vars[name]; v != "" {
		return v
	}
	return otherwise
}

// gopath returns the first folder of GOPATH.
func (e *environment) gopath() string {
	list := filepath.SplitList(e.or("GOPATH", filepath.Join(e.vars["HOME"], "go")))
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// cache returns the folder of the module cache.
func (e *environment) cache() string {
	return e.or("GOMODCACHE", filepath.Join(e.gopath(), "pkg", "mod"))
}

// private reports whether a module must not be fetched from a proxy.
func (e *environment) private(path string) bool {
	return xmodule.MatchPrefixPatterns(e.or("GONOPROXY", e.vars["GOPRIVATE"]), path)
}

// database returns the value of GOSUMDB for a module; "" if no checksum database may be asked.
func (e *environment) database(path string) string {
	db := e.or("GOSUMDB", "sum.golang.org")
	if db == "off" || e.unchecked() || xmodule.MatchPrefixPatterns(e.or("GONOSUMDB", e.vars["GOPRIVATE"]), path) {
		return ""
	}
	return db
}

// unchecked reports whether checksums aren't verified.
func (e *environment) unchecked() bool {
	return e.vars["GONOSUMCHECK"] != "" && e.vars["GONOSUMCHECK"] != "0"
}

// vendors reports whether packages come from the folder vendor beside go.mod: it exists, and no -mod flag forbids it.
func (e *environment) vendors(dir string) bool {
	mode := ""
	for _, flag := range strings.Fields(e.vars["GOFLAGS"]) {
		if v, ok := strings.CutPrefix(strings.TrimPrefix(flag, "-"), "-mod="); ok {
			mode = v
		} else if v, ok := strings.CutPrefix(flag, "-mod="); ok {
			mode = v
		}
	}
	return mode != "mod" && mode != "readonly" && exists(filepath.Join(dir, "vendor", "modules.txt"))
}
