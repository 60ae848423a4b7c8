// Package module finds, fetches and verifies Go modules without the go command: it reads the modules that a go.mod
// beside the notebook requires from the module cache, and %get adds modules to both. It runs in the kernel process,
// which tells the interpreter process which files to read: see package packages.
//
//	Modules.Find   the module that has a package, from the cache alone       find.go
//	* graph        which version of each module: minimal version selection   graph.go
//	Modules.Get    a module by its path and a query, with what it needs      get.go
//	* query        which version @latest is                                  query.go
//	* cache        the module cache, as the go command has it                cache.go
//	* proxy        GOPROXY: a list of servers and folders                    proxy.go
//	* language     which Go a module is written in                           language.go
//	* checks       which modules' code is Python code for the GIL             checks.go
//	* sums         go.sum beside the notebook, and the checksum database     sums.go, database.go
//	* env          the variables that the go command knows                   env.go
//
// Formats and rules are those of https://go.dev/ref/mod.
package module

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/mod/modfile"

	"gilkernel/kernel/packages"
)

// Modules finds the modules that a go.mod requires. Its methods may be called concurrently. The zero value finds no
// go.mod until Look is called.
type Modules struct {
	mu    sync.Mutex    // protects the fields below
	vars  []string      // the environment of cells, "name=value"
	env   *environment  // parsed from vars; nil: not parsed yet, as most cells import no module
	dir   string        // the working directory of cells
	known *work         // from the last read of go.mod; nil: none
	turn  chan struct{} // holds one while Get runs; nil: Get wasn't called
}

// getting returns the channel that holds one while Get runs.
func (m *Modules) getting() chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.turn == nil {
		m.turn = make(chan struct{}, 1)
	}
	return m.turn
}

// New returns Modules for the environment and the working directory of the process.
func New() *Modules {
	m := &Modules{}
	dir, _ := os.Getwd() // "" is the working directory, too
	m.Look(os.Environ(), dir)
	return m
}

// Look sets the environment and the working directory of cells: the go.mod in that folder applies, or the nearest one
// above it.
func (m *Modules) Look(environ []string, dir string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.vars, m.env, m.dir = environ, nil, dir
}

// environment returns the go command's variables in the environment of cells. The caller holds mu.
func (m *Modules) environment() *environment {
	if m.env == nil {
		env := newEnvironment(m.vars)
		m.env = &env
	}
	return m.env
}

// work is a go.mod, its build list, and the checksums beside it.
type work struct {
	env   environment
	from  string // the working directory from which it was found
	dir   string // the folder of go.mod; "" if there is none
	file  *modfile.File
	state string // of go.mod and go.sum on disk
	sums  *sums
	build []selected // the build list, see graph; nil: not computed yet
	err   error      // why it couldn't be computed

	languages map[string]string // by folder, see language
}

// nearest returns the folder of the go.mod that applies to a directory, "" if there is none.
func nearest(dir string) string {
	for dir != "" {
		if info, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil && !info.IsDir() {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	return ""
}

// stateOf returns a text that changes when one of the files does.
func stateOf(files ...string) (state string) {
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			state += fmt.Sprint(info.ModTime().UnixNano(), "/", info.Size(), ";")
		} else {
			state += "-;"
		}
	}
	return state
}

func (w *work) stale(env *environment, dir string) bool {
	return w.from != dir || !w.env.same(env) || w.dir != nearest(dir) ||
		w.state != stateOf(filepath.Join(w.dir, "go.mod"), filepath.Join(w.dir, "go.sum"))
}

// read reads the go.mod that applies to a directory, and the go.sum beside it.
func read(env *environment, dir string) (*work, error) {
	w := &work{env: *env, from: dir, dir: nearest(dir), file: &modfile.File{}, sums: newSums("")}
	if w.dir == "" {
		return w, nil
	}
	mod := filepath.Join(w.dir, "go.mod")
	w.state = stateOf(mod, filepath.Join(w.dir, "go.sum"))
	text, err := os.ReadFile(mod)
	if err != nil {
		return nil, fmt.Errorf("go.mod can't be read: %w", err)
	}
	if w.file, err = modfile.Parse(mod, text, nil); err != nil {
		return nil, fmt.Errorf("go.mod can't be read: %s", oneLine(err))
	}
	if w.file.Module == nil {
		return nil, fmt.Errorf("%s has no module directive", mod)
	}
	w.sums = newSums(filepath.Join(w.dir, "go.sum"))
	return w, w.sums.read()
}

// work returns the go.mod that applies now. The caller holds mu.
func (m *Modules) work() (*work, error) {
	if m.known != nil && m.known.stale(m.environment(), m.dir) {
		m.known = nil
	}
	if m.known == nil {
		w, err := read(m.environment(), m.dir)
		if err != nil {
			return nil, err
		}
		m.known = w
	}
	return m.known, nil
}

// found returns a module in a folder as a Loader needs it.
func (w *work) found(path, version, dir string) packages.Module {
	return packages.Module{Path: path, Version: version, Dir: dir, Go: w.language(path, dir), Checks: w.checks(path)}
}
