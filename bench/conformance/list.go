package main

// This file finds the programs to run, and says why others aren't run.

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// folders are the folders of the Go distribution's tests that are searched.
var folders = []string{".", "ken", "chan", "interface", "typeparam"}

// program is one file.
type program struct {
	folder, name, path string
	why                string // why it isn't run; "" if it is
}

// rules exclude programs by their text.
var rules = [...]struct {
	pattern *regexp.Regexp
	why     string
}{
	{regexp.MustCompile(`(?m)^(import|\t)\s*"unsafe"`), "uses unsafe"},
	{regexp.MustCompile(`(?m)^import "C"`), "uses cgo"},
	{regexp.MustCompile(`(?m)"os/exec"|"go/build"`), "runs the toolchain"},
	{regexp.MustCompile(`runtime\.(GC|MemStats|ReadMemStats|SetFinalizer|KeepAlive|AddCleanup)\b|runtime/debug"`),
		"looks at the memory collector"},
	{regexp.MustCompile(`runtime\.(Callers?|CallersFrames|FuncForPC|Stack|MemProfile|Breakpoint|NumGoroutine)\b`),
		"looks at the runtime's own stacks or goroutines"},
	{regexp.MustCompile(`(?m)^//go:build`), "has a build constraint"},
}

// exceptions exclude programs by name.
var exceptions = map[string]string{
	"peano.go":            "needs half a million nested calls; the limit is 100,000, then it is a RecursionError",
	"typeparam/nested.go": "prints how the gc compiler names types within instances",
}

// list returns the programs of a Go distribution that can be run on their own.
func list(goroot string) ([]program, error) {
	root := filepath.Join(goroot, "test")
	if _, err := os.Stat(root); err != nil {
		return nil,
			fmt.Errorf("%s isn't there: this Go distribution has no tests; unpack one from https://go.dev/dl/ and "+
				"set GOROOT", root)
	}
	var all []program
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
		if err != nil {
			return nil, err
		}
		slices.Sort(files)
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				return nil, err
			}
			if action(string(text)) != "run" {
				continue
			}
			rel, _ := filepath.Rel(root, f)
			p := program{folder: folder, name: filepath.ToSlash(rel), path: f, why: exceptions[filepath.ToSlash(rel)]}
			for _, r := range rules {
				if p.why == "" && r.pattern.Match(text) {
					p.why = r.why
				}
			}
			all = append(all, p)
		}
	}
	return all, nil
}

// own returns the programs of this project.
func own(dir string) ([]program, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	var all []program
	for _, f := range files {
		all = append(all, program{folder: "own", name: "own/" + filepath.Base(f), path: f})
	}
	return all, err
}

// action returns the action of a test file: "run" only without arguments, so not for "run -x".
func action(text string) string {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "//"); ok {
			rest = strings.TrimSpace(rest)
			switch first, _, _ := strings.Cut(rest, " "); first {
			case "run", "build", "compile", "errorcheck", "skip", "runoutput", "rundir", "asmcheck", "runindir",
				"errorcheckdir", "compiledir":
				return rest
			}
			continue
		}
		if strings.HasPrefix(line, "package ") {
			break
		}
	}
	return ""
}
