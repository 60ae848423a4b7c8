package install

// This file defines List, the command that shows which kernels Jupyter finds.

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"gilkernel/install/kernelspec"
)

const listUsage = `
Usage: gilkernel list

Shows the kernels that Jupyter finds, as "jupyter kernelspec list" does, and for
those of this project what they start and whether that works.`

// List shows the installed kernels and returns an exit status. args are the words after "list".
func List(ctx context.Context, args []string, o *Options) int {
	c := newCommand("list", o)
	return c.exit(c.list(ctx, args))
}

func (c *command) list(ctx context.Context, args []string) error {
	rest, err := c.parse(flag.NewFlagSet("list", flag.ContinueOnError), args, listUsage)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usagef("unexpected argument %q: list takes no arguments", rest[0])
	}
	found := c.found()
	if len(found) == 0 {
		c.printf("No kernels are installed. Install this one with: gilkernel install\n")
		return nil
	}
	w := tabwriter.NewWriter(c.Stdout, 0, 0, 2, ' ', 0)
	for _, f := range found {
		fmt.Fprintf(w, "%s\t%s\t%s\n", f.Name, f.Dir, c.state(ctx, &f))
	}
	return w.Flush()
}

// found lists the kernels that Jupyters of this user find, then those in the private environments of the lab command:
// separately, because each of those looks into itself first.
func (c *command) found() []kernelspec.Found {
	found := kernelspec.Find(c.searched())
	envs, _ := filepath.Glob(filepath.Join(c.Cache, labName+"-*"))
	for _, env := range envs {
		found = append(found, kernelspec.Find([]string{c.System.Prefix(env)})...)
	}
	return found
}

// state describes a kernel in a few words.
func (c *command) state(ctx context.Context, f *kernelspec.Found) string {
	var words []string
	switch {
	case f.Err != nil:
		words = append(words, "can't be read: "+f.Err.Error())
	case f.Spec.Ours():
		words = append(words, f.Program(), starts(ctx, f.Program()))
	}
	if f.Hidden {
		words = append(words, "not used: one of the same name comes before it")
	}
	return strings.Join(words, ", ")
}

// starts runs the program for its version and says how that went.
func starts(ctx context.Context, program string) string {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "version")
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return "which is gone: install again"
	case err != nil:
		return "which does not start: " + err.Error()
	}
	version, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return "works (" + version + ")"
}
