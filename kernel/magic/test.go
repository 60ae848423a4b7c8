package magic

// This file defines %test.

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strconv"
	"strings"

	"gilkernel/kernel/commandline"
)

// A Tested says how the tests of the cells ended.
type Tested struct {
	Code   int      // what go test's program would exit with; 0: all is well
	Failed []string // the functions that have failed
}

// notInCells says why a flag of go test is none of %test.
func notInCells(name string) string {
	switch name {
	case "fuzz", "fuzztime", "fuzzminimizetime":
		return "fuzzing needs the coverage of compiled code: %test runs the inputs of F.Add as tests"
	case "cover", "coverprofile", "covermode", "coverpkg":
		return "the coverage of cells isn't known"
	case "race":
		return "%%explore finds data races of threads, and go test -race those of a program"
	case "timeout":
		return "interrupt the cell"
	case "cpu":
		return "cells run on all cores; %machine sets those of a machine"
	case "failfast":
		return "name a test with -run"
	case "cpuprofile", "memprofile", "blockprofile", "mutexprofile", "trace":
		return "a profile would show the interpreter"
	}
	return ""
}

// testCells runs the tests of all cells as go test would.
func testCells(ctx context.Context, c call) error {
	flags, err := c.testFlags()
	if err != nil {
		return err
	}
	tests, err := c.k.Tests()
	if err != nil {
		return usagef("%%test: %v", err)
	}
	if len(tests) == 0 {
		return usagef("no cell has a function to test with, such as func TestSum(t *testing.T)")
	}
	r, err := c.k.RunTests(ctx, c.Line, tests, flags)
	if err != nil || r.Code == 0 {
		return err
	}
	if len(r.Failed) == 0 {
		return &Error{Name: "TestFailure", Message: fmt.Sprintf("the tests ended with exit status %d", r.Code)}
	}
	return &Error{Name: "TestFailure", Message: strings.Join(r.Failed, ", ") + " failed"}
}

// testFlags reads the arguments as go test reads its flags.
func (c call) testFlags() (map[string]string, error) {
	words, err := fields(c.Args)
	if err != nil {
		return nil, err
	}
	f := flag.NewFlagSet("", flag.ContinueOnError)
	for _, name := range []string{"run", "skip", "bench", "benchtime", "list", "shuffle"} {
		f.String(name, "", "")
	}
	for _, name := range []string{"v", "benchmem", "short"} {
		f.Bool(name, false, "")
	}
	for _, name := range []string{"count", "parallel"} {
		f.Uint(name, 1, "")
	}
	for i, word := range words { // go test knows them by both names
		if name := strings.TrimLeft(word, "-"); name != word {
			words[i] = "-" + strings.TrimPrefix(name, "test.")
		}
	}
	rest, err := commandline.Parse(f, words)
	if none := new(commandline.Unknown); errors.As(err, &none) {
		if why := notInCells(none.Name); why != "" {
			return nil, c.usage("there is no -" + none.Name + ": " + why)
		}
	}
	if errors.Is(err, flag.ErrHelp) {
		err = errors.New("?%test explains its flags")
	}
	if err != nil {
		return nil, c.usage(err.Error())
	}
	if len(rest) > 0 {
		return nil, c.usage("unexpected " + quote(rest[0]))
	}
	flags := map[string]string{}
	f.Visit(func(g *flag.Flag) {
		flags[g.Name] = g.Value.String()
		if bad := checkTestFlag(g.Name, g.Value.String()); bad != nil && err == nil {
			err = c.usage(fmt.Sprintf("-%s can't be %q: %v", g.Name, g.Value, bad))
		}
	})
	return flags, err
}

// checkTestFlag returns an error if package testing would end its program because of a value.
func checkTestFlag(name, value string) error {
	switch name {
	case "parallel":
		if value == "0" {
			return errors.New("it takes a positive number")
		}
	case "shuffle":
		if _, err := strconv.ParseInt(value, 10, 64); err != nil && value != "on" && value != "off" {
			return errors.New("it takes on, off or a number")
		}
	}
	return nil
}
