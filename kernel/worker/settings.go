package worker

// This file defines the settings of interpreters, such as the environment and the directory.

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

// Setenv sets or removes an environment variable of the interpreter and its successors.
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

// Chdir changes the working directory of the interpreter and its successors. The directory isn't checked; a relative
// one is relative to Dir.
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

// Dir returns the directory in which interpreters start: the last one that Chdir or a cell has set, at first
// Options.Dir.
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

// followLocked records the changes that cells have made to the interpreter, for its successors.
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

// Input answers the interpreter's question. The interpreter ignores it if it has asked none.
func (s *Supervisor) Input(in link.Input) {
	s.mu.Lock()
	p := s.current
	s.mu.Unlock()
	s.tell(p, link.Request{Input: &in})
}

// SetMemoryLimit sets Options.MemoryLimit for the successors of the current interpreter. A spare that was started with
// the old limit is replaced.
func (s *Supervisor) SetMemoryLimit(bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.MemoryLimit = bytes
	if s.spare != nil {
		s.spare.kill(bySupervisor)
		s.spare = nil
	}
}

// EngineName returns the name of the engine: the one that SetEngine or Options.Engine has set, or the default.
func (s *Supervisor) EngineName() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cmp.Or(s.opts.Engine, os.Getenv(link.EngineVariable), link.Engines()[0])
}

// SetEngine sets Options.Engine and replaces the interpreter: its values are lost, and the caller must restore the
// definitions. It must not be called while a run is in progress.
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
		return // the next process gets it with its Init
	}
	if err := p.write(req); err != nil {
		s.opts.Logf("interpreter %d: %v", p.pid, err)
	}
}

// initLocked returns the Init of p with all settings made since the kernel started.
func (s *Supervisor) initLocked(p *process) *link.Init {
	init := &link.Init{Ledger: p.ledger != nil, Dir: s.dir, Machine: s.machine, Leave: s.opts.Leave,
		Stack: s.opts.Stack, Engine: s.opts.Engine}
	for _, k := range slices.Sorted(maps.Keys(s.env)) {
		init.Env = append(init.Env, k+"="+s.env[k])
	}
	init.Env = append(init.Env, slices.Sorted(maps.Keys(s.unset))...)
	return init
}

// environment returns the environment with which interpreters are started.
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

// memoryLimit returns the memory limit of interpreters as text, "" for none.
func (s *Supervisor) memoryLimit() string {
	s.mu.Lock()
	limit := s.opts.MemoryLimit
	s.mu.Unlock()
	if limit == 0 {
		var err error
		if limit, err = link.ParseMemory(os.Getenv(link.MemoryVariable)); err != nil {
			return "" // the interpreter has refused it, too, and has no limit
		}
	}
	if limit <= 0 {
		return ""
	}
	return link.FormatSize(limit)
}
