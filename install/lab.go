package install

// This file defines Lab, the command that opens the lessons in JupyterLab whatever the machine lacks.

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"gilkernel/install/jupyterlab"
	"gilkernel/install/kernelspec"
)

const labUsage = `
Usage: gilkernel lab [flags] [DIR]
       gilkernel lab [flags] --reset [LESSON…]

Opens the lessons in JupyterLab, with this kernel: your own copy of them, in the folder
gilkernel-lessons in your home folder, which is made the first time. What you change there stays
yours. --reset brings lessons back as they are shipped, all of them or those that you name
(02-the-gil), and keeps yours beside them. With DIR, the notebooks in DIR are opened, as they are.

The first time, JupyterLab is installed into a private place in your cache folder; nothing
else on this computer is changed. Ctrl-C ends everything. Without Python, the notebooks
are run here and written as pages to read.

--prepare does what needs the network and starts nothing; from then on lab needs none. --offline
installs from a folder that gilkernel bundle has made: the one that this program is in, the one
you are in, or --bundle DIR.`

// lessonsName is the folder of the learner's lessons, in the home folder.
const lessonsName = "gilkernel-lessons"

// firstLesson is the notebook that is opened first.
const firstLesson = "00-start.ipynb"

// labName is how the folder of the private environment begins.
const labName = "jupyterlab"

// Lab opens the notebooks in JupyterLab, and returns an exit status when the user ends it: by Ctrl-C, the end of ctx,
// or the server's own menu. args are the words after "lab".
func Lab(ctx context.Context, args []string, o *Options) int {
	// Signals are taken here too, so that the second Ctrl-C can be distinguished from the first.
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	hurry := make(chan struct{})
	over := make(chan struct{})
	defer close(over)
	go func() { // ends at the second signal or, by over, with this call
		for _, act := range []func(){cancel, func() { close(hurry) }} {
			select {
			case <-signals:
				act()
			case <-over:
				return
			}
		}
	}()

	l := &lab{command: newCommand("lab", o), hurry: hurry}
	err := l.lab(ctx, args)
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(l.Stderr, "Stopped.")
		return exitFailed
	case errors.As(err, new(*noJupyter)):
		if l.Embedded == nil || l.prepare {
			return l.exit(err)
		}
		fmt.Fprintf(l.Stderr, "%v; the notebooks are run without it.\n", err)
		return l.Embedded(ctx, l.root)
	}
	return l.exit(err)
}

// noJupyter is an error after which the embedded runner is used.
type noJupyter struct{ err error }

func (e *noJupyter) Error() string { return "JupyterLab is unavailable: " + e.err.Error() }

func (e *noJupyter) Unwrap() error { return e.err }

// lab is one call of Lab.
type lab struct {
	*command
	hurry     <-chan struct{} // closed when the user can't wait for an orderly end
	root      string          // the folder to open
	open      string          // the notebook to open in it; "" is none
	noBrowser bool
	verbose   bool
	port      int
	ip        string
	jupyter   string // the user's own JupyterLab, or ""
	prepare   bool   // start nothing
	offline   bool   // without the network
	bundleDir string // the bundle to install from; "" looks for one
}

func (l *lab) lab(ctx context.Context, args []string) error {
	if err := l.arguments(args); err != nil {
		return err
	}
	running, err := l.executable()
	if err != nil {
		return err
	}
	program, err := l.cached(running)
	if err != nil {
		return err
	}
	spec, err := kernelspec.FromTemplate(l.Template, program, l.Version)
	if err != nil {
		return err
	}
	o := &jupyterlab.Options{Root: l.root, Open: l.open, Runtime: l.System.Runtime(), IP: l.ip, Port: l.port,
		NoBrowser: l.noBrowser}
	var data string     // the Jupyter data directory that our kernelspec goes into
	var trust *notaries // sign the lessons
	if l.jupyter != "" {
		if o.Command, trust, err = ownJupyter(l.jupyter); err != nil {
			return err
		}
		// Beside their environment, not in it: the user's environment stays as it is.
		data = filepath.Join(l.Cache, "share", "jupyter")
	} else {
		env, err := l.environment(ctx)
		if err != nil {
			return err
		}
		o.Command = []string{env.Python, "-m", "jupyterlab"}
		trust = &notaries{python: env.Python}
		data = l.System.Prefix(env.Folder)
		if err := quiet(data); err != nil {
			return err
		}
	}
	if _, err := kernelspec.Write(spec, filepath.Join(data, "kernels"), kernelspec.Name, nil); err != nil {
		return err
	}
	if err := l.trust(ctx, trust); err != nil {
		// Only a line of output: an untrusted notebook works, and only hides some of its stored pictures.
		fmt.Fprintf(l.Stderr, "The lessons could not be marked as trusted: %v\n", err)
	}
	o.Env = withVariable(os.Environ(), "JUPYTER_PATH", joinList(data, l.System.Getenv("JUPYTER_PATH")))
	if l.prepare {
		l.printf("Everything is here: gilkernel lab needs no network.\n")
		return nil
	}
	if l.verbose {
		o.Log = func(line string) { fmt.Fprintln(l.Stderr, line) }
	}
	return l.serve(ctx, o)
}

// arguments reads the flags, and refuses what would fail later with a less helpful message.
func (l *lab) arguments(args []string) error {
	flags := flag.NewFlagSet("lab", flag.ContinueOnError)
	flags.BoolVar(&l.noBrowser, "no-browser", false, "print the address and open no browser")
	flags.IntVar(&l.port, "port", 0, "the `PORT` to listen on (default: 8888, or the next that is free)")
	flags.StringVar(&l.ip, "ip", "", "the `ADDRESS` to listen on (default: this computer only)")
	flags.StringVar(&l.jupyter, "jupyter", "",
		"use the JupyterLab at `PATH`: a jupyter program, or the environment it is in")
	reset := flags.Bool("reset", false,
		"bring the lessons named, or all, back as they are shipped, and keep yours beside them")
	flags.BoolVar(&l.verbose, "verbose", false, "show what JupyterLab logs")
	flags.BoolVar(&l.prepare, "prepare", false, "install all that lab needs, and start nothing")
	flags.BoolVar(&l.offline, "offline", false, "use no network: install from a bundle")
	flags.StringVar(&l.bundleDir, "bundle", "", "the bundle, a `DIR`, for --offline, which it implies")
	rest, err := l.parse(flags, args, labUsage)
	if err != nil {
		return err
	}
	l.offline = l.offline || given(flags, "bundle")
	if l.jupyter != "" && (l.prepare || l.offline) {
		return usagef("--prepare and --offline are for a JupyterLab that is installed here, --jupyter is for your own")
	}
	if given(flags, "port") && (l.port < 1 || l.port > 65535) {
		return usagef("%d is no port: it must be between 1 and 65535", l.port)
	}
	if err := l.listenable(); err != nil {
		return err
	}
	switch {
	case *reset || len(rest) == 0:
		return l.copy(*reset, rest)
	case len(rest) > 1:
		return usagef("unexpected argument %q: lab takes one directory", rest[1])
	}
	return l.directory(rest[0])
}

// directory takes a directory as what to open.
func (l *lab) directory(dir string) (err error) {
	if l.root, err = filepath.Abs(dir); err != nil {
		return fmt.Errorf("finding %s: %w", dir, err)
	}
	info, err := os.Stat(l.root)
	switch {
	case err != nil:
		return fmt.Errorf("there is no folder %s", dir)
	case !info.IsDir():
		return fmt.Errorf("%s is not a folder", dir)
	}
	return nil
}

// copy takes the learner's copy of the lessons as what to open, after it was made, updated, or reset.
func (l *lab) copy(reset bool, names []string) error {
	mine, older, err := l.workingCopy("")
	if err != nil {
		return err
	}
	l.root = mine.Dir()
	if reset {
		kept, err := mine.Reset(names...)
		if err != nil {
			return err
		}
		for _, file := range kept {
			l.printf("Your own is kept as %s.\n", file)
		}
		older = nil
	}
	l.showOlder(older, "")
	l.open = firstLesson
	if reset && len(names) > 0 {
		l.open = strings.TrimSuffix(names[0], ".ipynb") + ".ipynb"
	}
	if _, err := os.Stat(filepath.Join(l.root, l.open)); err != nil {
		l.open = "" // other lessons than ours
	}
	return nil
}
func given(flags *flag.FlagSet, name string) bool {
	found := false
	flags.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// listenable tries the address and the port that were asked for, because Jupyter would print much about it, later.
func (l *lab) listenable() error {
	if l.port == 0 && l.ip == "" {
		return nil
	}
	host := l.ip
	switch host {
	case "":
		host = "127.0.0.1"
	case "*":
		host = ""
	}
	trial, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(l.port)))
	switch {
	case errors.Is(err, syscall.EADDRINUSE),
		err != nil && strings.Contains(err.Error(), "Only one usage of each socket address"):
		return fmt.Errorf("port %d is in use: choose another, or leave --port out", l.port)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("you may not listen on port %d: choose one above 1023", l.port)
	case err != nil && l.ip != "":
		return fmt.Errorf("%q is no address of this computer", l.ip)
	case err != nil:
		return fmt.Errorf("port %d can't be used: %w", l.port, err)
	}
	return trial.Close()
}

// ownJupyter determines what the user means by --jupyter PATH: a jupyter or jupyter-lab program, or the root or the
// program folder of an environment.
func ownJupyter(path string) (lab []string, trust *notaries, err error) {
	if found, err := exec.LookPath(path); err == nil {
		path = found
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, nil, fmt.Errorf("finding %s: %w", path, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, fmt.Errorf("there is no JupyterLab at %s", path)
	}
	exe := ""
	if runtime.GOOS == "windows" {
		exe = ".exe"
	}
	if info.IsDir() {
		for _, folder := range []string{"bin", "Scripts", "."} {
			program := filepath.Join(path, folder, "jupyter-lab"+exe)
			if _, err := os.Stat(program); err == nil {
				return []string{program}, &notaries{jupyter: filepath.Join(path, folder, "jupyter"+exe)}, nil
			}
		}
		return nil, nil, fmt.Errorf("there is no JupyterLab in %s", path)
	}
	trust = &notaries{jupyter: filepath.Join(filepath.Dir(path), "jupyter"+exe)}
	if strings.TrimSuffix(filepath.Base(path), exe) == "jupyter" {
		return []string{path, "lab"}, trust, nil
	}
	return []string{path}, trust, nil
}

// serve runs the server until it or the user ends it.
func (l *lab) serve(ctx context.Context, o *jupyterlab.Options) error {
	fmt.Fprintf(l.Stderr, "Starting JupyterLab …\n")
	server, err := jupyterlab.Start(ctx, o)
	if err != nil {
		return err
	}
	l.printf("\nJupyterLab shows %s at\n\n    %s\n\nCtrl-C here ends it.\n", l.root, server.URL())
	select {
	case <-server.Done():
		server.Stop() // for what it may have left
		return server.Err()
	case <-ctx.Done():
	}
	fmt.Fprintf(l.Stderr, "\nEnding JupyterLab and its kernels …\n")
	stopped := make(chan struct{})
	go func() { // ends with Stop, which is waited for below
		defer close(stopped)
		server.Stop()
	}()
	select {
	case <-stopped:
	case <-l.hurry:
		server.Kill()
		<-stopped
	}
	return nil
}

// withVariable is env with the variable set, and set once: programs differ in which of two they use.
func withVariable(env []string, name, value string) []string {
	var kept []string
	for _, kv := range env {
		if n, _, _ := strings.Cut(kv, "="); n != name {
			kept = append(kept, kv)
		}
	}
	return append(kept, name+"="+value)
}

func joinList(first, rest string) string {
	if rest == "" {
		return first
	}
	return first + string(os.PathListSeparator) + rest
}
