package exec_test

// This file defines cells for tests: units as the session of the interpreter process makes them.

import (
	"fmt"
	"testing"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/session"
	"gilkernel/kernel/std"
	"gilkernel/kernel/std/symbols"
)

// cells is a session with an engine.
type cells struct {
	t     testing.TB
	s     *session.Session
	e     *exec.Engine
	h     *host
	count int
	lazy  bool
}

// importer returns an importer like that of the interpreter process.
func importer() *std.Importer {
	imp := &std.Importer{}
	if !std.Fits() {
		imp.Real = new(symbols.Tables).Type
	}
	return imp
}

func newCells(t testing.TB) *cells {
	e, h := newEngine()
	return &cells{t: t, s: session.New(&session.Options{Importer: importer(), Checked: true}), e: e, h: h}
}

// compile compiles a cell; it is over when nothing of it has run.
func (n *cells) compile(code string) *exec.Program {
	n.t.Helper()
	n.count++
	p, err := n.s.Compile(fmt.Sprintf("In[%d]", n.count), code)
	if err != nil {
		n.t.Fatalf("%s: %v", code, err)
	}
	p.Unit.Name = fmt.Sprintf("c%d", n.count)
	c, err := n.e.CompileUnit(p.Unit, exec.Options{Lazy: n.lazy})
	if err != nil {
		n.t.Fatalf("%s: %v", code, err)
	}
	n.s.Commit(p)
	c.Commit()
	return c
}

// run runs a cell.
func (n *cells) run(code string) {
	n.t.Helper()
	c := n.compile(code)
	c.Init(nil)
	c.Call(nil)
	c.Drop()
}

// runCells runs sources in turn, each a whole program whose main is called, and returns what was printed.
func runCells(t testing.TB, sources []string) string {
	t.Helper()
	n := newCells(t)
	func() {
		defer func() {
			if v := recover(); v != nil {
				n.h.Print([]byte(describe(v)))
			}
		}()
		for i, text := range sources {
			p, err := n.s.Compile(fmt.Sprintf("s%d.go", i), "package main\n"+text)
			if err != nil {
				n.h.Print([]byte("error: " + err.Error()))
				return
			}
			p.Unit.Name = fmt.Sprintf("s%d.go", i)
			c, err := n.e.CompileUnit(p.Unit, exec.Options{})
			if err != nil {
				n.h.Print([]byte("error: " + err.Error()))
				return
			}
			n.s.Commit(p)
			c.Init(nil)
			c.Commit()
			c.Call(nil)
		}
	}()
	n.h.Wait()
	return n.h.Printed()
}
