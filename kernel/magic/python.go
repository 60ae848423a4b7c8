package magic

// This file defines %%python and %pythons: the real Pythons of the computer.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gilkernel/kernel/advice"
	"gilkernel/runtime/cpython"
)

// A PythonRun is what %%python asks for.
type PythonRun struct {
	Which         string   // a version or a path; "" for the default
	Source        string   // the program
	Line          int      // of the cell that the program begins in
	In, Out       []string // variables that go in and come out
	Options, Args []string // the interpreter's, and the program's
}

// NoPython is the name of the error that Kernel.RunPython returns if there is no such Python.
const NoPython = "PythonNotFound"

// A PythonError is an exception of a program that Kernel.RunPython ran, or its end by other ways.
type PythonError struct {
	Name      string
	Message   string
	Traceback []string // may be empty
	Err       error    // what the kernel makes of it
}

// Error returns the name and the message.
func (e *PythonError) Error() string { return e.Name + ": " + e.Message }

// Unwrap returns Err.
func (e *PythonError) Unwrap() error { return e.Err }

// noPython is what %%python prints where there is no Python 3 and none was asked for by its version. It isn't an error:
// a lesson shows the real Python beside its own cells, and must run to its end without one.
const noPython = "No Python 3 was found on this computer, so this cell ran nothing. To run it, install Python 3; the " +
	"other cells don't need it.\n"

// pythons lists the Pythons.
func pythons(ctx context.Context, c call) error {
	if c.Args == "" {
		return c.k.Pythons(ctx)
	}
	return c.none()
}

// python runs the body in a real Python.
func python(ctx context.Context, c call) error {
	words, err := fields(c.Args)
	if err != nil {
		return err
	}
	run := &PythonRun{Source: c.Body, Line: c.Line + 1}
	optional, tolerant, err := run.read(c, words)
	if err != nil {
		return err
	}
	err = c.k.RunPython(ctx, run)
	failed, ok := errors.AsType[*PythonError](err)
	switch {
	case !ok:
		return err
	case run.Which == "" && failed.Name == NoPython:
		c.print(noPython)
		return nil
	case optional && failed.Name == NoPython:
		c.print("Not run: " + failed.Message + ".\n")
		return nil
	case tolerant && failed.Name != NoPython && failed.Name != "KeyboardInterrupt":
		text := strings.Join(failed.Traceback, "\n")
		if text == "" {
			text = failed.Error()
		}
		c.k.Stream("stderr", text+"\n")
		return nil
	}
	return err
}

// read reads the words behind %%python.
func (r *PythonRun) read(c call, words []string) (optional, tolerant bool, err error) {
	first := true // no word but options has come
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		name, value, valued := strings.Cut(word, "=")
		switch {
		case word == "--":
			r.Args = append(r.Args, words...)
			return optional, tolerant, nil
		case name == "--in" || name == "--out":
			list := &r.In
			if name == "--out" {
				list = &r.Out
			}
			if words, err = names(c, name, value, valued, words, list); err != nil {
				return false, false, err
			}
		case word == "--optional":
			optional = true
		case word == "--no-raise-error": // IPython's option
			tolerant = true
		case strings.HasPrefix(word, "-") && len(word) > 1 && len(r.Args) == 0:
			if words, err = r.option(c, word, words); err != nil {
				return false, false, err
			}
		case first && cpython.IsRequest(word):
			r.Which, first = word, false
		default:
			r.Args, first = append(r.Args, word), false
		}
	}
	return optional, tolerant, nil
}

// names reads the names behind --in or --out: "x,y", or "x, y" in words of their own.
func names(c call, option, value string, valued bool, words []string, list *[]string) ([]string, error) {
	if !valued && len(words) > 0 {
		value, words = words[0], words[1:]
	}
	for strings.HasSuffix(value, ",") && len(words) > 0 {
		value, words = value+words[0], words[1:]
	}
	for _, name := range strings.Split(value, ",") {
		name = strings.TrimSpace(name)
		switch {
		case name == "" || strings.HasPrefix(name, "-"):
			return nil, c.usage("a name is missing behind " + option)
		case !cpython.IsName(name):
			return nil, usagef("%s %s: %s can't be the name of a variable in Python", option, quote(name), quote(name))
		case !slices.Contains(*list, name):
			*list = append(*list, name)
		}
	}
	return words, nil
}

// option reads an option of the interpreter.
func (r *PythonRun) option(c call, word string, words []string) ([]string, error) {
	long := []string{"--in", "--out", "--optional", "--no-raise-error"}
	switch {
	case strings.HasPrefix(word, "--"):
		say := fmt.Sprintf("%%%%python has no option %s", quote(word))
		if near := advice.Nearest(word, slices.Values(long), 3); near != "" {
			say += "; did you mean " + near + "?"
		}
		return nil, usagef("%s; arguments of the program that begin with a dash come behind --", say)
	case strings.HasPrefix(word, "-c") || strings.HasPrefix(word, "-m"):
		return nil, usagef("%s runs something else than the body of the cell: !python3 %s … does that", word, word)
	case word == "-W" || word == "-X":
		if len(words) == 0 {
			return nil, c.usage(word + " needs a value")
		}
		r.Options = append(r.Options, word, words[0])
		return words[1:], nil
	case strings.HasPrefix(word, "-W") || strings.HasPrefix(word, "-X"):
		r.Options = append(r.Options, word)
		return words, nil
	case strings.Trim(word[1:], "bBdEIOPqRsSuv") == "":
		r.Options = append(r.Options, word)
		return words, nil
	}
	return nil, usagef("%s is no option that a cell's Python can have; arguments of the program that begin with a "+
		"dash come behind --", quote(word))
}
