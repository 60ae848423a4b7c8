package main

// This file finds the CPythons of this computer and runs experiments in them.

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	finder "gilkernel/runtime/cpython"
)

// patience is how long an experiment may take.
const patience = 2 * time.Minute

//go:embed fidelity.py
var script string

// cpython is a CPython that was found.
type cpython struct {
	path    string
	version string // "3.11", "3.14t"
	full    string // "3.11.7"
}

// findPythons returns one CPython of each version on this computer, in the order of versions. given, paths or versions,
// replaces the search.
func findPythons(given []string) ([]cpython, error) {
	home, _ := os.UserHomeDir() // "" has none
	dir, _ := os.Getwd()
	e := &finder.Env{OS: runtime.GOOS, Home: home, Dir: dir, Getenv: os.Getenv}
	f := &finder.Finder{}
	ctx := context.Background()
	var found []finder.Python
	for _, words := range given {
		if !strings.ContainsAny(words, `/\`) { // a name in PATH, or a version
			if path, err := exec.LookPath(words); err == nil {
				words = path
			}
		}
		p, err := f.Lookup(ctx, e, words)
		if err != nil {
			return nil, err
		}
		found = append(found, p)
	}
	if len(given) == 0 {
		var err error
		if found, err = f.Find(ctx, e); err != nil {
			return nil, err
		}
	}
	var all []cpython
	for _, p := range found {
		if p.Implementation == "CPython" &&
			!slices.ContainsFunc(all, func(c cpython) bool { return c.version == p.Minor() }) {
			all = append(all, cpython{p.Path, p.Minor(), p.Version})
		}
	}
	return all, nil
}

// ask runs an experiment in a CPython.
func (c cpython) ask(name string, a args) ([]float64, error) {
	in, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.path, "-c", script, name, string(in))
	cmd.WaitDelay = time.Second // children of its own have its pipes
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("python %s, %s: %w: %s", c.version, name, err, lastLine(stderr.String()))
	}
	var list []float64
	if err := json.Unmarshal(out, &list); err != nil || len(list) == 0 {
		return nil, errors.New("python " + c.version + ", " + name + ": no numbers in " + strconv.Quote(string(out)))
	}
	return list, nil
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}
