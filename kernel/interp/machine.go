package interp

// This file defines the interpreter proper: how a lowered source is compiled and called.

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"sync"

	"gilkernel/kernel/cell/stdlib"
	"gilkernel/kernel/exec"
	"gilkernel/kernel/interp/link"
	"gilkernel/kernel/yaegi"
	"gilkernel/runtime/symbols"
)

// limitText introduces what isn't the learner's mistake.
const (
	limitName = "InterpreterLimit"
	limitText = "a limit of the interpreter, not your mistake: "
)

// backEnd is what a machine needs of an engine that runs Go.
type backEnd interface {
	// CompileSteps makes a source's definitions exist; see exec.Engine.
	CompileSteps(name, text string, steps exec.Steps) (*exec.Program, error)
	// Call calls a function that a source declared, in the calling goroutine.
	Call(origin any, name string)
	// Drop lets go of a function that will not be called again.
	Drop(name string)
	// Forget releases a variable or a function that no later code mentions.
	Forget(name string)
}

// A machine is an engine with what it needs. It is used by one run at a time, except for its sources
// and what the engine asks of it.
type machine struct {
	s       *session
	engine  *exec.Engine
	backEnd backEnd
	sources *sources
	tables  tables
}

func newMachine(s *session) (*machine, error) {
	m := &machine{s: s, sources: newSources(), tables: tables{s: s, loaded: map[string]map[string]reflect.Value{}}}
	imp, err := newImports()
	if err != nil {
		return nil, err
	}
	m.engine = exec.New(m, imp)
	if s.engine == "yaegi" {
		m.engine.SetBodies(yaegi.Engine{}, yaegi.MaxCalls)
	}
	m.backEnd = m.engine
	return m, nil
}

// imports finds the packages that lowered sources import: compiled ones and the kernel's own.
type imports struct {
	types.Importer
	rt *types.Package
}

func newImports() (*imports, error) {
	i := &imports{Importer: &stdlib.Importer{}}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "rt.go", nativesSource, 0)
	if err != nil {
		return nil, fmt.Errorf("reading the kernel's own package: %w", err)
	}
	conf := types.Config{Importer: i.Importer, IgnoreFuncBodies: true}
	i.rt, err = conf.Check(nativesPath, fset, []*ast.File{file}, nil)
	if err != nil {
		return nil, fmt.Errorf("checking the kernel's own package: %w", err)
	}
	return i, nil
}

// Import implements types.Importer.
func (i *imports) Import(path string) (*types.Package, error) {
	if path == nativesPath {
		return i.rt, nil
	}
	return i.Importer.Import(path)
}

// names takes down what positions of this source will be called.
func (m *machine) names(q *link.Run) { m.sources.code(q.Label, q.Code) }

// compile makes a program of the source. Nothing of it runs before define.
func (m *machine) compile(q *link.Run) (p *exec.Program, failed *link.Error) {
	defer func() {
		if v := recover(); v != nil {
			failed = m.refused(place{}, fmt.Sprint(v))
		}
	}()
	p, err := m.backEnd.CompileSteps(fmt.Sprintf("c%d.go", q.ID), q.Source, stepsOf(q.Step))
	if err != nil {
		var at *exec.Error
		if errors.As(err, &at) {
			return nil, m.refused(m.sources.parse(at.Pos.String()), at.Msg)
		}
		return nil, m.refused(place{}, err.Error())
	}
	return p, nil
}

// refused makes the error for a source that the engine doesn't compile.
func (m *machine) refused(at place, text string) *link.Error {
	e := &link.Error{Name: limitName, Value: limitText + text}
	e.Traceback = m.s.traceback(e.Name, e.Value, []frame{{place: at}})
	return e
}

// Go implements exec.Host.
func (m *machine) Go(origin any, site string, f func(origin any)) {
	s := m.s
	s.tick()
	r := runOf(origin)
	if r == nil {
		if r = s.threads.current(); r == nil {
			return
		}
	}
	g := &goroutine{run: r}
	s.startIn(g, site, func() { f(g) }, func() {})
}

// Origin implements exec.Host.
func (m *machine) Origin() any {
	switch b := m.s.threads.member(); {
	case b.run == nil:
		return nil
	case b.image != nil:
		return b
	default:
		return b.run
	}
}

// Done implements exec.Host.
func (m *machine) Done(origin any) <-chan struct{} {
	if r := runOf(origin); r != nil {
		return r.cancel
	}
	if r := m.s.threads.current(); r != nil {
		return r.cancel
	}
	return nil
}

// Tick implements exec.Host.
func (m *machine) Tick(any) { m.s.tick() }

// Thread implements exec.Host.
func (m *machine) Thread(origin any) exec.Thread {
	if y := m.s.thread(runOf(origin)); y != nil {
		return y
	}
	return nil
}

// Print implements exec.Host.
func (m *machine) Print(text []byte) { _, _ = m.s.stderr.Write(text) }

// Symbol implements exec.Host.
func (m *machine) Symbol(path, name string) (reflect.Value, bool) { return m.tables.find(path, name) }

// tables holds the symbols of compiled packages. Its methods may be called concurrently.
type tables struct {
	s      *session
	mu     sync.Mutex // protects the field below
	loaded map[string]map[string]reflect.Value
}

// find returns a package's symbol.
func (t *tables) find(path, name string) (reflect.Value, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	table, ok := t.loaded[path]
	if !ok {
		if path == nativesPath {
			table = t.s.natives()
		} else {
			table = symbols.Load(path)
			for symbol, v := range t.s.overrides(path) {
				if table != nil {
					table[symbol] = v
				}
			}
		}
		t.loaded[path] = table
	}
	v, ok := table[name]
	return v, ok
}
