// Package run is the command that executes notebooks without Jupyter.
package run

// This file defines the command: its flags, and what it does with each notebook.

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gilkernel/kernel/client"
	"gilkernel/kernel/commandline"
	"gilkernel/kernel/link"
	"gilkernel/kernel/notebook"
	"gilkernel/kernel/page"
)

const usage = `
Usage: gilkernel run [flags] NOTEBOOK...

Executes each notebook from its first cell to its last in a kernel of its own, and writes it with its
outputs. A cell tagged skip-execution is passed over; one tagged raises-exception may fail.
The exit status is 1 when a cell failed or a notebook couldn't be run.`

// Options connect the command to its surroundings. The zero value is not usable: Kernel must be set.
type Options struct {
	Kernel         []string // the command that starts a kernel, as in kernel.json
	Stdout, Stderr io.Writer
	// Interrupts delivers the person's Ctrl-C: the running cell is interrupted and the run ends. nil: never.
	Interrupts <-chan os.Signal
}

// flags are the command's flags.
type flags struct {
	output      string
	inplace     bool
	html        bool
	timeout     time.Duration
	allowErrors bool
	engine      string
}

// Main is the command: args are what follows "run". It returns the exit status: 0, 1 when a cell
// failed or a notebook couldn't be run, 2 for a wrong command line.
func Main(ctx context.Context, args []string, o *Options) int {
	var f flags
	fs := flag.NewFlagSet("run", flag.ContinueOnError)
	fs.StringVar(&f.output, "output", "executed", "`folder` for the executed notebooks and pages; made if missing")
	fs.BoolVar(&f.inplace, "inplace", false, "write the executed notebooks over the given ones")
	fs.BoolVar(&f.html, "html", false, "write a page to read beside each executed notebook")
	fs.DurationVar(&f.timeout, "timeout", 10*time.Minute, "how long a cell may take; 0 for no limit")
	fs.BoolVar(&f.allowErrors, "allow-errors", false, "go on after a cell that failed")
	fs.StringVar(&f.engine, "engine", "", "what runs cells: exec (the default) or yaegi")
	names, err := commandline.Parse(fs, args)
	if err == nil && f.timeout < 0 {
		err = errors.New("--timeout must be 0 or more")
	}
	if err == nil {
		err = link.CheckEngine(f.engine)
	}
	if err == nil && len(names) == 0 {
		err = errors.New("name at least one notebook, for example: gilkernel run notebooks/00-start.ipynb")
	}
	if err != nil {
		return commandline.Explain(o.Stdout, o.Stderr, "gilkernel run", usage, fs, err)
	}
	if !f.inplace {
		seen := map[string]string{}
		for _, name := range names {
			base := filepath.Base(name)
			if other, ok := seen[base]; ok {
				commandline.Refuse(o.Stderr, "gilkernel run", fmt.Errorf("%s and %s would both be written to %s; "+
					"run them apart, or say --inplace", other, name, filepath.Join(f.output, base)))
				return commandline.Status
			}
			seen[base] = name
		}
	}
	status := 0
	for _, name := range names {
		if err := one(ctx, name, &f, o); err != nil {
			status = 1
			if !errors.Is(err, errCell) {
				fmt.Fprintf(o.Stderr, "gilkernel run: %v\n", err)
			}
			if errors.Is(err, errInterrupted) || ctx.Err() != nil {
				break
			}
		}
	}
	return status
}

// one runs the notebook called name and writes what the flags ask for, also when a cell failed: the
// outputs so far show why.
func one(ctx context.Context, name string, f *flags, o *Options) error {
	nb, err := notebook.Read(name)
	if err != nil {
		return err
	}
	if k := nb.Kernel(); k != "" && !strings.HasPrefix(k, "gilkernel") {
		return fmt.Errorf("%s asks for the kernel %q; this command runs notebooks of the kernel gilkernel, Jupyter "+
			"runs the others", name, k)
	}
	out := name
	if !f.inplace {
		if err := os.MkdirAll(f.output, 0o777); err != nil {
			return fmt.Errorf("making the output folder: %w", err)
		}
		out = filepath.Join(f.output, filepath.Base(name))
		if same(out, name) {
			return fmt.Errorf("%s would be overwritten; name another folder with --output, or say --inplace", name)
		}
	}
	argv := o.Kernel
	if f.engine != "" {
		argv = append(slices.Clone(argv), "--engine", f.engine)
	}
	kernel, err := client.Start(ctx, &client.StartOptions{Argv: argv, Dir: filepath.Dir(name), Stderr: o.Stderr})
	if err != nil {
		return err
	}
	fmt.Fprintf(o.Stdout, "%s\n", name)
	r := newRunner(kernel, nb, f, o)
	runErr := r.run(ctx)
	if !errors.Is(runErr, errInterrupted) && !errors.Is(runErr, client.ErrClosed) && ctx.Err() == nil {
		if err := r.wait(ctx, name); err != nil {
			runErr = err
		}
	}
	r.sign(ctx)
	kernel.Stop() // before the notebook is written: what goroutines printed last still belongs to it
	if err := nb.Write(out); err != nil {
		return err
	}
	fmt.Fprintf(o.Stdout, "wrote %s\n", out)
	if f.html {
		b, err := page.Render(nb, &page.Options{
			Dir: filepath.Dir(name), Trusted: r.executed,
			Warn: func(why string) { fmt.Fprintf(o.Stderr, "gilkernel run: %s: %s\n", name, why) },
		})
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		out = strings.TrimSuffix(out, filepath.Ext(out)) + ".html"
		if err := notebook.WriteFile(out, b); err != nil {
			return err
		}
		fmt.Fprintf(o.Stdout, "wrote %s\n", out)
	}
	return runErr
}

// same reports whether two paths lead to one existing file.
func same(a, b string) bool {
	sa, errA := os.Stat(a)
	sb, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(sa, sb)
}
