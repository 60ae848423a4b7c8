package worker

// This file defines what every new interpreter is told: its environment and its directory.

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gilkernel/kernel/link"
)

// Setenv sets or removes a variable in the interpreter, and in all that come after it.
func (e *Supervisor) Setenv(v link.Setenv) {
	e.mu.Lock()
	change := v.Key
	if !v.Unset {
		change += "=" + v.Value
	}
	e.followLocked(&link.World{Env: []string{change}})
	p := e.current
	e.mu.Unlock()
	e.tell(p, link.Request{Setenv: &v})
}

// Chdir changes the working directory of the interpreter, and of all that come after it. The
// directory is not checked; if it is relative, it is to Dir.
func (e *Supervisor) Chdir(c link.Chdir) {
	e.mu.Lock()
	if !filepath.IsAbs(c.Dir) {
		c.Dir = filepath.Join(e.dirLocked(), c.Dir)
	}
	e.dir = c.Dir
	p := e.current
	e.mu.Unlock()
	e.tell(p, link.Request{Chdir: &c})
}

// Dir returns the directory that interpreters start in: the last one given to Chdir or that a cell
// has changed to, at first Options.Dir.
func (e *Supervisor) Dir() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.dirLocked()
}

func (e *Supervisor) dirLocked() string {
	if e.dir != "" {
		return e.dir
	}
	dir, err := os.Getwd()
	if err != nil {
		return "."
	}
	return dir
}

// followLocked remembers what cells have changed of the interpreter, for those that come after it.
func (e *Supervisor) followLocked(w *link.World) {
	if w == nil {
		return
	}
	if w.Dir != "" {
		e.dir = w.Dir
	}
	for _, kv := range w.Env {
		k, v, set := strings.Cut(kv, "=")
		if e.unset[k] = !set; set {
			e.env[k] = v
			delete(e.unset, k)
		} else {
			delete(e.env, k)
		}
	}
}

// Input answers the interpreter's question. Without one it is ignored there.
func (e *Supervisor) Input(in link.Input) {
	e.mu.Lock()
	p := e.current
	e.mu.Unlock()
	e.tell(p, link.Request{Input: &in})
}

// SetMemoryLimit sets Options.MemoryLimit for the interpreters that come after the present one.
// A spare that was started with the old limit is replaced.
func (e *Supervisor) SetMemoryLimit(bytes int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.opts.MemoryLimit = bytes
	if e.spare != nil {
		e.spare.kill(bySupervisor)
		e.spare = nil
	}
}

// EngineName returns the name of what runs the bodies of cells' functions: Options.Engine, or what SetEngine has set.
func (e *Supervisor) EngineName() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return cmp.Or(e.opts.Engine, os.Getenv(link.EngineVariable), link.Engines()[0])
}

// SetEngine sets Options.Engine. The interpreter is replaced: its values are gone, and the caller brings the
// definitions back. It may be called while nothing runs.
func (e *Supervisor) SetEngine(name string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.opts.Engine = name
	if p := e.current; p != nil {
		e.current = nil
		p.kill(bySupervisor)
	}
}

func (e *Supervisor) tell(p *process, req link.Request) {
	if p == nil {
		return // what was remembered is in its Init
	}
	if err := p.write(req); err != nil {
		e.opts.Logf("interpreter %d: %v", p.pid, err)
	}
}

// initLocked returns the Init of p with all that was set since the kernel started.
func (e *Supervisor) initLocked(p *process) *link.Init {
	init := &link.Init{Nonce: p.nonce, Dir: e.dir, Machine: e.machine, Leave: e.opts.Leave, Stack: e.opts.Stack,
		Engine: e.opts.Engine}
	for _, k := range slices.Sorted(maps.Keys(e.env)) {
		init.Env = append(init.Env, k+"="+e.env[k])
	}
	init.Env = append(init.Env, slices.Sorted(maps.Keys(e.unset))...)
	return init
}

// environment returns what interpreters are started with.
func (e *Supervisor) environment() []string {
	env := append(os.Environ(), e.opts.Env...)
	switch limit := e.opts.MemoryLimit; {
	case limit > 0:
		env = append(env, link.MemoryVariable+"="+strconv.FormatInt(limit, 10))
	case limit < 0:
		env = append(env, link.MemoryVariable+"=0")
	}
	// A crash tells about one goroutine, or about all if the runtime thinks so; never a core file. The
	// labels say which cell it belongs to.
	debug := "tracebacklabels=1"
	if old := os.Getenv("GODEBUG"); old != "" {
		debug = old + "," + debug
	}
	return append(env, "GOTRACEBACK=single", "GODEBUG="+debug)
}

// memoryLimit returns the limit of interpreters in words, "" for none.
func (e *Supervisor) memoryLimit() string {
	e.mu.Lock()
	limit := e.opts.MemoryLimit
	e.mu.Unlock()
	if limit == 0 {
		var err error
		if limit, err = link.ParseMemory(os.Getenv(link.MemoryVariable)); err != nil {
			return "" // the interpreter has refused it too, and set none
		}
	}
	if limit <= 0 {
		return ""
	}
	return link.FormatSize(limit)
}
