package worker

// This file defines the settings of every new interpreter: its environment and its directory.

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
func (s *Supervisor) Setenv(v link.Setenv) {
	s.mu.Lock()
	change := v.Key
	if !v.Unset {
		change += "=" + v.Value
	}
	s.followLocked(&link.World{Env: []string{change}})
	p := s.current
	s.mu.Unlock()
	s.tell(p, link.Request{Setenv: &v})
}

// Chdir changes the working directory of the interpreter, and of all that come after it. The
// directory is not checked; if it is relative, it is to Dir.
func (s *Supervisor) Chdir(c link.Chdir) {
	s.mu.Lock()
	if !filepath.IsAbs(c.Dir) {
		c.Dir = filepath.Join(s.dirLocked(), c.Dir)
	}
	s.dir = c.Dir
	p := s.current
	s.mu.Unlock()
	s.tell(p, link.Request{Chdir: &c})
}

// Dir returns the directory that interpreters start in: the last one given to Chdir or that a cell
// has changed to, at first Options.Dir.
func (s *Supervisor) Dir() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dirLocked()
}

func (s *Supervisor) dirLocked() string {
	if s.dir != "" {
		return s.dir
	}
	dir, err := os.Getwd()
	if err != nil {
		return "."
	}
	return dir
}

// followLocked remembers what cells have changed of the interpreter, for those that come after it.
func (s *Supervisor) followLocked(w *link.World) {
	if w == nil {
		return
	}
	if w.Dir != "" {
		s.dir = w.Dir
	}
	for _, kv := range w.Env {
		k, v, set := strings.Cut(kv, "=")
		if s.unset[k] = !set; set {
			s.env[k] = v
			delete(s.unset, k)
		} else {
			delete(s.env, k)
		}
	}
}

// Input answers the interpreter's question. Without one it is ignored there.
func (s *Supervisor) Input(in link.Input) {
	s.mu.Lock()
	p := s.current
	s.mu.Unlock()
	s.tell(p, link.Request{Input: &in})
}

// SetMemoryLimit sets Options.MemoryLimit for the interpreters that come after the present one.
// A spare that was started with the old limit is replaced.
func (s *Supervisor) SetMemoryLimit(bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.MemoryLimit = bytes
	if s.spare != nil {
		s.spare.kill(bySupervisor)
		s.spare = nil
	}
}

// EngineName returns the name of what runs the bodies of cells' functions: Options.Engine, or what SetEngine has set.
func (s *Supervisor) EngineName() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cmp.Or(s.opts.Engine, os.Getenv(link.EngineVariable), link.Engines()[0])
}

// SetEngine sets Options.Engine. The interpreter is replaced: its values are gone, and the caller brings the
// definitions back. It may be called while nothing runs.
func (s *Supervisor) SetEngine(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.Engine = name
	if p := s.current; p != nil {
		s.current = nil
		p.kill(bySupervisor)
	}
}

func (s *Supervisor) tell(p *process, req link.Request) {
	if p == nil {
		return // what was remembered is in its Init
	}
	if err := p.write(req); err != nil {
		s.opts.Logf("interpreter %d: %v", p.pid, err)
	}
}

// initLocked returns the Init of p with all that was set since the kernel started.
func (s *Supervisor) initLocked(p *process) *link.Init {
	init := &link.Init{Ledger: p.ledger != nil, Dir: s.dir, Machine: s.machine, Leave: s.opts.Leave,
		Stack: s.opts.Stack, Engine: s.opts.Engine}
	for _, k := range slices.Sorted(maps.Keys(s.env)) {
		init.Env = append(init.Env, k+"="+s.env[k])
	}
	init.Env = append(init.Env, slices.Sorted(maps.Keys(s.unset))...)
	return init
}

// environment returns what interpreters are started with.
func (s *Supervisor) environment() []string {
	env := append(os.Environ(), s.opts.Env...)
	switch limit := s.opts.MemoryLimit; {
	case limit > 0:
		env = append(env, link.MemoryVariable+"="+strconv.FormatInt(limit, 10))
	case limit < 0:
		env = append(env, link.MemoryVariable+"=0")
	}
	// A crash report contains one goroutine, or all if the runtime decides so; there is never a core file. The labels
	// say which cell it belongs to.
	debug := "tracebacklabels=1"
	if old := os.Getenv("GODEBUG"); old != "" {
		debug = old + "," + debug
	}
	return append(env, "GOTRACEBACK=single", "GODEBUG="+debug)
}

// memoryLimit returns the limit of interpreters in words, "" for none.
func (s *Supervisor) memoryLimit() string {
	s.mu.Lock()
	limit := s.opts.MemoryLimit
	s.mu.Unlock()
	if limit == 0 {
		var err error
		if limit, err = link.ParseMemory(os.Getenv(link.MemoryVariable)); err != nil {
			return "" // the interpreter has refused it too, and has set none
		}
	}
	if limit <= 0 {
		return ""
	}
	return link.FormatSize(limit)
}
