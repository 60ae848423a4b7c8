package install

// This file defines what works without a network: Bundle, the command that makes a folder to install from, and lab's
// way to that folder.

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"gilkernel/install/bundle"
	"gilkernel/install/venv"
)

const bundleUsage = `
Usage: gilkernel bundle [flags] DIR

Makes the folder DIR, on a memory stick for example, from which "gilkernel lab --offline" installs
without a network: this program, JupyterLab's packages, the kernel as a package, the lessons,
and checksums. It serves computers of this kind with the same version of Python; name
more of those that you have with --python.`

// repeated is a flag that may be repeated.
type repeated []string

func (t *repeated) String() string { return strings.Join(*t, ", ") }

func (t *repeated) Set(s string) error {
	*t = append(*t, s)
	return nil
}

// Bundle makes a folder from which Lab installs without a network, and returns an exit status. args are the words
// after "bundle". It ends early when ctx does.
func Bundle(ctx context.Context, args []string, o *Options) int {
	c := newCommand("bundle", o)
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err := c.bundle(ctx, args)
	if ctx.Err() != nil {
		err = errors.New("stopped; the folder is incomplete: make it again")
	}
	return c.exit(err)
}

func (c *command) bundle(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bundle", flag.ContinueOnError)
	var pythons repeated
	flags.Var(&pythons, "python", "a Python to fetch for, a `PATH` or a name such as python3.12; may be repeated "+
		"(default: the one that lab takes)")
	rest, err := c.parse(flags, args, bundleUsage)
	switch {
	case err != nil:
		return err
	case len(rest) == 0:
		return usagef("the folder to make is missing")
	case len(rest) > 1:
		return usagef("unexpected argument %q: bundle takes one directory", rest[1])
	case c.Lessons == nil:
		return errors.New("this program has no lessons in it")
	}
	if len(pythons) == 0 {
		pythons = repeated{""}
	}
	program, err := c.executable()
	if err != nil {
		return err
	}
	show := newProgress(c.Stderr)
	b, err := bundle.Write(ctx, rest[0], &bundle.Contents{Version: c.Version, Program: program, Lessons: c.Lessons,
		Texts: c.Texts, Environment: c.environmentOptions(show.update), Pythons: pythons})
	show.end()
	if err != nil {
		return err
	}
	var has []string
	for _, p := range b.Pythons {
		has = append(has, p.String())
	}
	c.printf("%s is ready for %s: %s says what to do with it.\n", b.Dir, strings.Join(has, ", "),
		filepath.Join(b.Dir, bundle.ReadmeName))
	if !b.Portable {
		fmt.Fprintln(c.Stderr, "This program needs a C library as new as this computer's. One of a release, or built "+
			"with CGO_ENABLED=0, needs none.")
	}
	return nil
}

// withoutNetwork arranges that the environment is there already or comes from a bundle.
func (l *lab) withoutNetwork(ctx context.Context, o *venv.Options) error {
	dir, err := l.bundleFolder()
	if err != nil {
		return err
	}
	if dir == "" {
		_, err := venv.Look(ctx, o)
		switch {
		case errors.Is(err, venv.ErrNoPython):
			return &noJupyter{err}
		case err != nil && ctx.Err() == nil:
			return errors.New("nothing is installed yet, and there is no bundle here to install from: name one with " +
				"--bundle DIR; gilkernel bundle DIR makes it where there is a network")
		}
		return ctx.Err()
	}
	b, err := bundle.Open(dir)
	if err != nil {
		return err
	}
	o.Python, err = b.Python(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, venv.ErrNoPython):
		return &noJupyter{err}
	case err != nil:
		return err
	}
	o.Wheels = b.Wheels()
	if _, err := venv.Look(ctx, o); err == nil {
		return nil // installed before
	}
	return b.Check(ctx)
}

// bundleFolder is the absolute path of the bundle to install from, "" if none is here.
func (l *lab) bundleFolder() (string, error) {
	if l.bundleDir != "" {
		dir, err := filepath.Abs(l.bundleDir)
		if err != nil {
			return "", fmt.Errorf("finding the bundle: %w", err)
		}
		return dir, nil
	}
	program, err := l.executable()
	if err != nil {
		return "", err
	}
	here, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the bundle: %w", err)
	}
	for _, dir := range []string{filepath.Dir(program), here} {
		if bundle.Is(dir) {
			return dir, nil
		}
	}
	return "", nil
}
