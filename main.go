// Command gilkernel is a Jupyter kernel whose Go cells can run under Python's GIL.
package main

// This file defines the sub-commands, and connects each with the packages that it needs.

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"gilkernel/install"
	"gilkernel/kernel/client"
	"gilkernel/kernel/commandline"
	"gilkernel/kernel/console"
	"gilkernel/kernel/interp"
	"gilkernel/kernel/run"
	"gilkernel/kernel/server"
	"gilkernel/runtime/exercise"
)

//go:embed LICENSE README.md kernel.json
var texts embed.FS

// A command is a sub-command. run gets the arguments behind its name and returns the exit status.
type command struct {
	name, usage, help string // without help it isn't shown
	run               func(ctx context.Context, args []string) int
}

func commands() []command {
	return []command{
		{"lab", "lab [DIR]", "open the lessons in JupyterLab; everything it needs is set up",
			func(ctx context.Context, a []string) int { return install.Lab(ctx, a, installation()) }},
		{"lessons", "lessons [DIR]", "copy the lessons, for VS Code or your own Jupyter",
			func(_ context.Context, a []string) int { return install.Lessons(a, installation()) }},
		{"bundle", "bundle DIR", "make a folder from which lab --offline installs",
			func(ctx context.Context, a []string) int { return install.Bundle(ctx, a, installation()) }},
		{"run", "run NOTEBOOK…", "execute notebooks without Jupyter", runNotebooks},
		{"console", "console [DIR]", "run cells in the terminal", runConsole},
		{"install", "install", "make the kernel known to your Jupyter",
			func(_ context.Context, a []string) int { return install.Install(a, installation()) }},
		{"uninstall", "uninstall", "take that back",
			func(_ context.Context, a []string) int { return install.Uninstall(a, installation()) }},
		{"list", "list", "list the installed kernels",
			func(ctx context.Context, a []string) int { return install.List(ctx, a, installation()) }},
		{"doctor", "doctor", "check the installation and say what to do",
			func(ctx context.Context, a []string) int { return install.Doctor(ctx, a, installation()) }},
		{"course", "course DIR", "make an nbgrader course of the exercises, for instructors",
			func(_ context.Context, a []string) int { return install.Course(a, installation()) }},
		{"start", "start -f FILE", "serve one kernel; this is what Jupyter calls", start},
		{"version", "version", "print the version", printVersion},
		{"interp", "interp", "", func(context.Context, []string) int { return interp.Main() }},
	}
}

func main() {
	status := 2
	if len(os.Args) > 1 {
		for _, c := range commands() {
			if c.name == os.Args[1] {
				os.Exit(c.run(context.Background(), os.Args[2:]))
			}
		}
		switch os.Args[1] {
		case "help", "-h", "-help", "--help":
			status = 0
		case "-v", "-version", "--version":
			fmt.Println("gilkernel", version())
			return
		default:
			fmt.Fprintf(os.Stderr, "gilkernel: there is no command %q\n", os.Args[1])
		}
	}
	fmt.Fprintln(os.Stderr, "usage: gilkernel COMMAND …; COMMAND -h says more")
	for _, c := range commands() {
		if c.help != "" {
			fmt.Fprintf(os.Stderr, "  %-16s %s\n", c.usage, c.help)
		}
	}
	fmt.Fprint(os.Stderr, server.Variables)
	os.Exit(status)
}

const startUsage = `
Usage: gilkernel start -f FILE [--engine exec|yaegi]

Serves one kernel on the ports in the connection file FILE.

`

// start is a kernel process.
func start(ctx context.Context, args []string) int {
	flags := flag.NewFlagSet("start", flag.ContinueOnError)
	file := flags.String("f", "", "the connection `FILE`")
	engine := flags.String("engine", "", "what runs cells: exec or yaegi")
	rest, err := commandline.Parse(flags, args)
	switch {
	case err == nil && len(rest) > 0:
		err = fmt.Errorf("unexpected argument %q: start takes flags only", rest[0])
	case err == nil && *file == "":
		err = errors.New("the connection file is missing: start -f FILE is what Jupyter calls")
	}
	if err != nil {
		return commandline.Explain(os.Stdout, os.Stderr, "gilkernel start", startUsage+server.Variables, flags, err)
	}
	o, err := server.Environment(version())
	if err == nil {
		err = o.SetEngine(*engine)
	}
	if err == nil {
		err = server.Start(ctx, *file, o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gilkernel:", err)
		return 1
	}
	return 0
}

// printVersion is the command version.
func printVersion(_ context.Context, args []string) int {
	flags := flag.NewFlagSet("version", flag.ContinueOnError)
	rest, err := commandline.Parse(flags, args)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("unexpected argument %q: version takes none", rest[0])
	}
	if err != nil {
		return commandline.Explain(os.Stdout, os.Stderr, "gilkernel version", "Usage: gilkernel version", flags, err)
	}
	fmt.Println("gilkernel", version())
	return 0
}

// kernelCommand is the command that starts a kernel, as in kernel.json.
func kernelCommand() []string {
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	return []string{program, "start", "-f", "{connection_file}"}
}

// interrupts delivers Ctrl-C.
func interrupts() <-chan os.Signal {
	c := make(chan os.Signal, 4)
	signal.Notify(c, os.Interrupt)
	return c
}

// terminated returns a context that ends when the process is asked to end, so that its kernel does too.
func terminated(ctx context.Context) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGHUP)
}

func runNotebooks(ctx context.Context, args []string) int {
	ctx, stop := terminated(ctx)
	defer stop()
	return run.Main(ctx, args, &run.Options{Kernel: kernelCommand(), Stdout: os.Stdout, Stderr: os.Stderr,
		Interrupts: interrupts()})
}

func runConsole(ctx context.Context, args []string) int {
	ctx, stop := terminated(ctx)
	defer stop()
	return console.Main(ctx, args, &console.Options{Kernel: kernelCommand(), Stdout: os.Stdout, Stderr: os.Stderr,
		Interrupts: interrupts()})
}

// installation is what the commands of package install need of the rest.
func installation() *install.Options {
	template, _ := texts.ReadFile("kernel.json")
	return &install.Options{Version: version(), Template: template, Texts: texts, Lessons: lessons(),
		Assignments: exercise.Assignments, Embedded: embedded, Probe: probe}
}

// embedded runs all notebooks of a folder with Go alone, and writes pages to read.
func embedded(ctx context.Context, dir string) int {
	notebooks, err := filepath.Glob(filepath.Join(dir, "*.ipynb"))
	if err != nil || len(notebooks) == 0 {
		fmt.Fprintf(os.Stderr, "gilkernel: there are no notebooks in %s\n", dir)
		return 1
	}
	return runNotebooks(ctx, append([]string{"--html"}, notebooks...))
}

// probe starts an installed kernel and runs a cell in it.
func probe(ctx context.Context, argv, env []string) (r install.Report, err error) {
	begin := time.Now()
	k, err := client.Start(ctx, &client.StartOptions{Argv: argv, Env: env})
	if err != nil {
		return r, err
	}
	defer k.Stop()
	r.Start = time.Since(begin)
	info, err := k.KernelInfo(ctx)
	if err != nil {
		return r, err
	}
	r.Implementation, r.Version, r.Protocol = info.Implementation, info.Version, info.ProtocolVersion
	begin = time.Now()
	res, err := k.Execute(ctx, &client.Execution{Code: probeCell})
	r.Cell = time.Since(begin)
	if err == nil && res.Status != "ok" {
		err = fmt.Errorf("its first cell failed: %s: %s", res.EName, res.EValue)
	}
	return r, err
}

// probeCell is what the doctor runs: it needs a type that is made for the cell, with a method that compiled code calls.
const probeCell = `import "fmt"

type probe struct{ n int }

func (p probe) String() string { return fmt.Sprint("probe ", p.n) }

if s := fmt.Sprint(probe{6 * 7}); s != "probe 42" {
	panic("it printed " + s)
}
`

// released is the version of a release: the linker sets it. It is "" in every other program.
var released string

// version is the version of the release, or of the module that was built, or "dev" in a working copy.
func version() string {
	if released != "" {
		return released
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}
