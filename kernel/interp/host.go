package interp

// This file defines the interpreter proper: how a cell is compiled.

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/link"
	"gilkernel/kernel/packages"
	cells "gilkernel/kernel/session"
	"gilkernel/kernel/std"
	"gilkernel/kernel/std/frees"
	"gilkernel/kernel/std/symbols"
	"gilkernel/kernel/yaegi"
	rt "gilkernel/runtime/machine"
)

// limitText introduces what isn't the learner's mistake.
const (
	limitName = "InterpreterLimit"
	limitText = "a limit of the interpreter, not your mistake: "
)

// A host is an engine with what it needs: it implements exec.Host. It is used by one run at a time, except for its
// sources and what the engine asks of it.
type host struct {
	s       *runner
	cells   *cells.Session // that the kernel process has too
	engine  *exec.Engine
	sources *sources
	tables  symbols.Tables
	ahead   ahead

	loader   *packages.Loader
	compiled map[*packages.Package]bool // those that the engine has
	waiting  []*exec.Program            // packages of modules whose variables aren't initialised yet, in order
	// beside counts goroutines, in a process that explores, that the initialisation of a module has started.
	beside atomic.Int64
}

// newHost returns a host whose packages come from imp.
func newHost(s *runner, imp *std.Importer) *host {
	m := &host{s: s, sources: newSources(), tables: symbols.Tables{Load: s.symbols},
		loader: packages.New(packages.Options{Std: imp, Bodies: true}), compiled: map[*packages.Package]bool{}}
	if !std.Fits() {
		imp.Real = m.tables.Type
	}
	m.sources.loader = m.loader
	m.ahead.host = m
	m.cells = cells.New(&cells.Options{Loader: m.loader, Checked: true})
	m.engine = exec.New(m, m.loader)
	if s.engine == link.EngineYaegi {
		m.engine.SetBodies(yaegi.Engine{}, yaegi.MaxCalls)
	}
	return m
}

// names takes down what positions of this source will be called.
func (h *host) names(q *link.Run) {
	if q.Code == q.Source {
		q.Code = q.Source // the same memory
	}
	h.sources.code(q.Label, q.Code)
}

// compiled is a cell that was compiled.
type compiled struct {
	*exec.Program
	cell     *cells.Program
	received []int // numbers of the values that became variables before it
}

// check checks a cell against the session.
func (h *host) check(q *link.Run) (*cells.Program, error) {
	if q.Expr {
		return h.cells.CompileExpr(q.Label, q.Source)
	}
	return h.cells.Compile(q.Label, q.Source)
}

// compile makes a program of a cell. Nothing of it runs before Init, and later cells don't know it before commit. lazy:
// functions are compiled when they are called first.
func (h *host) compile(q *link.Run, lazy bool) (compiled, *link.Error) {
	return h.compileChecked(q, lazy, h.check)
}

// compileEarly is compile of a cell that is checked ahead.
func (h *host) compileEarly(e *early) (compiled, *link.Error) {
	return h.compileChecked(e.q, false, func(*link.Run) (*cells.Program, error) { return h.ahead.result(e) })
}

func (h *host) compileChecked(
	q *link.Run, lazy bool, check func(*link.Run) (*cells.Program, error),
) (p compiled, failed *link.Error) {
	defer func() {
		if v := recover(); v != nil {
			failed = h.refused(place{}, fmt.Sprint(v))
		}
	}()
	var err error
	if p.received, err = h.apply(q.Before); err != nil {
		return p, h.refused(place{}, err.Error())
	}
	if p.cell, err = check(q); err != nil { // the kernel process has compiled it: a fault of ours
		return p, h.refused(place{}, err.Error())
	}
	places := ""
	if h.s.arena { // a session has modules stepped through while a cell is: see step
		places = q.Step
	}
	if failed := h.compileModules(places); failed != nil {
		return p, failed
	}
	u := p.cell.Unit
	u.Name = fmt.Sprintf("c%d", q.ID)
	if p.Program, err = h.engine.CompileUnit(u, exec.Options{Steps: stepsOf(q.Step), Lazy: lazy}); err != nil {
		var at *exec.Error
		if errors.As(err, &at) {
			return p, h.refused(h.sources.parse(at.Pos.String()), at.Msg)
		}
		return p, h.refused(place{}, err.Error())
	}
	return p, nil
}

// apply tells the session what came between two cells. A value is kept until the cell is committed, because what came
// before a refused cell comes again before the next one.
func (h *host) apply(raw json.RawMessage) (received []int, err error) {
	if raw == nil {
		return nil, nil
	}
	var changes []cells.Change
	if err := json.Unmarshal(raw, &changes); err != nil {
		return nil, fmt.Errorf("reading what came between two cells: %w", err)
	}
	for _, ch := range changes {
		h.ahead.version.Add(1)
		v, err := h.cells.Apply(ch)
		if err != nil {
			return nil, err
		}
		if v != nil {
			h.engine.Place(v, h.s.getOut(ch.Receive.N))
			received = append(received, ch.Receive.N)
		}
	}
	return received, nil
}

// commit makes later cells know a cell.
func (h *host) commit(p compiled) {
	h.ahead.version.Add(1)
	h.cells.Commit(p.cell)
	h.ahead.version.Add(1) // a check in between may have seen either
	p.Commit()
	h.s.dropOuts(p.received)
}

// refused makes the error for a source that the engine doesn't compile.
func (h *host) refused(at place, text string) *link.Error {
	e := &link.Error{Name: limitName, Value: limitText + text}
	e.Traceback = h.s.traceback(e.Name, e.Value, []frame{{place: at}})
	return e
}

// Go implements exec.Host.
func (h *host) Go(origin any, site string, f func(origin any)) {
	s := h.s
	s.tick()
	r := runOf(origin)
	if r == nil {
		if r = s.threads.current(); r == nil {
			return
		}
	}
	x := r.exploring.Load()
	if x != nil && x.run != nil { // nil: a module's package is initialised
		if h.sources.parse(site).label == "" { // of the library's own source, such as iter.Pull
			x.run.leaves(rt.Current(), "what is called starts "+aGoroutine)
		} else {
			x.run.leavesAt(site, "a go statement starts "+aGoroutine)
		}
		return
	}
	g, ended := &goroutine{run: r}, func() {}
	if x != nil {
		h.beside.Add(1)
		ended = func() { h.beside.Add(-1) }
	}
	s.startIn(g, site, func() { f(g) }, ended)
}

// Origin implements exec.Host.
func (h *host) Origin() any {
	b := h.s.threads.member()
	if b.run != nil && b.run.dying.Load() {
		b = h.s.adopt(b)
	}
	switch {
	case b.run == nil:
		return nil
	case b.image != nil:
		return b
	default:
		return b.run
	}
}

// Done implements exec.Host.
func (h *host) Done(origin any) <-chan struct{} {
	if r := runOf(origin); r != nil {
		return r.cancel
	}
	if r := h.s.threads.current(); r != nil {
		return r.cancel
	}
	return nil
}

// Tick implements exec.Host.
func (h *host) Tick(any) { h.s.tick() }

// Thread implements exec.Host.
func (h *host) Thread(origin any) exec.Thread {
	if y := h.s.thread(runOf(origin)); y != nil {
		return y
	}
	return nil
}

// Frees implements exec.Host.
func (h *host) Frees(path, name string) frees.How { return frees.Of(path, name) }

// Print implements exec.Host.
func (h *host) Print(text []byte) { _, _ = h.s.stderr.Write(text) }

// Symbol implements exec.Host.
func (h *host) Symbol(path, name string) (reflect.Value, bool) { return h.tables.Find(path, name) }

// symbols returns the table of a compiled package: with what the session replaces.
func (s *runner) symbols(path string) map[string]reflect.Value {
	if path == exec.HostPath {
		return s.natives()
	}
	table := symbols.Load(path)
	for symbol, v := range s.overrides(path) {
		if table != nil {
			table[symbol] = v
		}
	}
	return table
}
