//go:build unix

package main

// This file defines the three sides that are measured: CPython, compiled Go and cells.

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"gilkernel/bench/processes/work"
	"gilkernel/kernel/client"
	"gilkernel/kernel/notebook"
	"gilkernel/runtime/cpython"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/process/processtest"
)

// patience is how long a measurement may take.
const patience = 2 * time.Minute

// side runs programs.
type side interface {
	name() string
	// measure returns a program's rate, per second.
	measure(ctx context.Context, r row) (float64, error)
}

//go:embed processes.py
var script string

// python is a CPython.
type python struct{ cpython.Python }

// findPython returns the Python that words name, or the newest one with a GIL.
func findPython(ctx context.Context, words string) (python, error) {
	home, _ := os.UserHomeDir() // "" has none
	dir, _ := os.Getwd()
	e := &cpython.Env{OS: runtime.GOOS, Home: home, Dir: dir, Getenv: os.Getenv}
	f := &cpython.Finder{}
	if words != "" {
		p, err := f.Lookup(ctx, e, words)
		return python{p}, err
	}
	all, err := f.Find(ctx, e)
	if err != nil {
		return python{}, err
	}
	var best *cpython.Python
	for i, p := range all {
		if p.Implementation == "CPython" && !strings.HasSuffix(p.Minor(), "t") &&
			(best == nil || cpython.Compare(p, *best) > 0) {
			best = &all[i]
		}
	}
	if best == nil {
		return python{}, errors.New("there is no CPython to compare with")
	}
	return python{*best}, nil
}

func (p python) name() string { return "CPython" }

func (p python) measure(ctx context.Context, r row) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.Path, "-c", script, r.program, r.kind, strconv.Itoa(r.n), strconv.Itoa(r.k))
	cmd.WaitDelay = time.Second // children of its own have its pipes
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}

// compiled is this program, whose processes are this program again.
type compiled struct{ w *processtest.World }

func newCompiled(version string) (*compiled, error) {
	w, err := processtest.Open(true, version, 1)
	return &compiled{w}, err
}

func (c *compiled) close() { c.w.System.End() }

func (c *compiled) name() string { return "compiled" }

func (c *compiled) measure(_ context.Context, r row) (x float64, err error) {
	err = c.w.Run(func(*machine.Thread) { x = work.Measure(r.program, r.kind, r.n, r.k) })
	runtime.GC() // so that the garbage of one row doesn't slow down the next
	return x, err
}

// session is a kernel in whose cells the programs run.
type session struct {
	*client.Kernel
	dir string
}

func newSession(ctx context.Context, version string) (s *session, err error) {
	made := &session{}
	s = made
	if s.dir, err = os.MkdirTemp("", "gilkernel-processes-*"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			made.close()
		}
	}()
	program := filepath.Join(s.dir, "gilkernel")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "gilkernel").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building gilkernel: %w\n%s", err, out)
	}
	s.Kernel, err = client.Start(ctx, &client.StartOptions{Argv: []string{program, "start", "-f", "{connection_file}"},
		Env: []string{"GILKERNEL_HISTORY="}, Stderr: os.Stderr})
	if err != nil {
		return nil, err
	}
	for _, code := range []string{"%machine real python=" + version, work.Cell(), "_ = fmt.Sprint"} {
		if _, err := s.execute(ctx, code); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *session) close() {
	if s.Kernel != nil {
		s.Stop()
	}
	_ = os.RemoveAll(s.dir)
}

// execute runs a cell and returns what it printed.
func (s *session) execute(ctx context.Context, code string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var printed, errs strings.Builder
	res, err := s.Kernel.Execute(ctx, &client.Execution{Code: code, Output: func(o *notebook.Output, _ bool) {
		if o != nil && o.Name == "stdout" {
			printed.WriteString(string(o.Text))
		} else if o != nil && o.Name == "stderr" {
			errs.WriteString(string(o.Text))
		}
	}})
	if err == nil && res.Status != "ok" {
		err = fmt.Errorf("%s: %s %s", res.EName, res.EValue, errs.String())
	}
	return printed.String(), err
}

func (s *session) name() string { return "cells" }

func (s *session) measure(ctx context.Context, r row) (float64, error) {
	printed, err := s.execute(ctx, fmt.Sprintf("fmt.Println(\"=\", Measure(%q, %q, %d, %d))", r.program, r.kind, r.n,
		r.k))
	if err != nil {
		return 0, err
	}
	_, number, _ := strings.Cut(printed, "= ")
	return strconv.ParseFloat(strings.TrimSpace(number), 64)
}
