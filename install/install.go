// Package install implements the commands that set up gilkernel for Jupyter.
package install

// This file defines what the commands share: their Options, the parsing of flags, the form of errors.

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"gilkernel/install/jupyterdir"
	"gilkernel/kernel/commandline"
)

//go:embed requirements.txt
var requirements string

//go:embed constraints.txt
var constraints string

// Options is what main knows and the commands need. Template is required by Lab and Install; every other field may
// be zero. It is only read, so commands may share one.
type Options struct {
	Version  string // the program's version, for specs and for Doctor
	Template []byte // the kernel.json at the module's top level
	Texts    fs.FS  // LICENSE, README.md and kernel.json, for the wheel in a bundle; nil leaves that out
	Lessons  fs.FS  // the notebooks as shipped, by their paths below the lessons' folder; nil trusts none
	// Assignments returns the exercises as nbgrader's assignments, by file name.
	Assignments func() map[string][]byte

	// Embedded runs the notebooks of a folder without Python, and returns an exit status. Lab falls back on it; nil
	// makes Lab fail instead.
	Embedded func(ctx context.Context, dir string) int

	// Probe starts a kernel by a kernel.json's argv, in which {connection_file} is still to be filled in, with the
	// given environment; it does a handshake and runs a cell. nil leaves that check out of Doctor.
	Probe func(ctx context.Context, argv, env []string) (Report, error)

	Stdin          io.Reader // nil is os.Stdin; likewise the next two
	Stdout, Stderr io.Writer

	System     *jupyterdir.System // nil is the system that runs this
	Cache      string             // where the private environment lives; "" is a folder in the user's cache
	Executable string             // the program to install; "" is the one that runs
}

// Report is what Options.Probe has determined about a kernel that works.
type Report struct {
	Implementation string        // from kernel_info_reply
	Version        string        // likewise
	Protocol       string        // likewise
	Start          time.Duration // from the process's start to the kernel_info_reply
	Cell           time.Duration // from the execute_request to idle
}

// Exit statuses of the commands.
const (
	exitOK     = 0
	exitFailed = 1 // commandline.Status is that of a wrong call
)

// command is one call of a command: the Options with all defaults filled in.
type command struct {
	Options
	name string // for messages: "lab"
}

func newCommand(name string, o *Options) *command {
	c := &command{name: name}
	if o != nil {
		c.Options = *o
	}
	if c.Stdin == nil {
		c.Stdin = os.Stdin
	}
	if c.Stdout == nil {
		c.Stdout = os.Stdout
	}
	if c.Stderr == nil {
		c.Stderr = os.Stderr
	}
	if c.System == nil {
		c.System = jupyterdir.Current()
	}
	if c.Cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			dir = os.TempDir() // a container without a home
		}
		c.Cache = filepath.Join(dir, "gilkernel")
	}
	return c
}

// printf writes to standard output. It ignores errors, because no command could handle them.
func (c *command) printf(format string, args ...any) {
	fmt.Fprintf(c.Stdout, format, args...)
}

// exit returns the exit status for the error of a command, nil for none, and prints what went wrong in one sentence.
func (c *command) exit(err error) int {
	if err == nil || errors.Is(err, errHelp) {
		return exitOK
	}
	var u *usageError
	if errors.As(err, &u) {
		commandline.Refuse(c.Stderr, "gilkernel "+c.name, err)
		return commandline.Status
	}
	fmt.Fprintf(c.Stderr, "gilkernel %s: %v\n", c.name, err)
	return exitFailed
}

// usageError is a mistake in how the command was called.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

// errHelp says that help was requested and printed.
var errHelp = errors.New("help was given")

// parse reads flags and returns what is not one. usage is printed for -h, with the flags below it.
func (c *command) parse(flags *flag.FlagSet, args []string, usage string) ([]string, error) {
	rest, err := commandline.Parse(flags, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		commandline.Explain(c.Stdout, c.Stderr, "", usage, flags, err)
		return nil, errHelp
	case err != nil:
		return nil, &usageError{err.Error()}
	}
	return rest, nil
}
