// Command gilkernel is a Jupyter kernel whose Go cells can run under Python's GIL.
package main

// This file defines the sub-commands.

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime/debug"

	"gilkernel/kernel/interp"
	"gilkernel/kernel/server"
)

// A command is a sub-command. run gets the arguments behind its name and returns the exit status.
type command struct {
	name, usage, help string // without help it is not for people
	run               func(args []string) int
}

func commands() []command {
	return []command{
		{"start", "start -f FILE", "serve one kernel; this is what Jupyter calls", start},
		{"version", "version", "print the version", func([]string) int { fmt.Println("gilkernel", version()); return 0 }},
		{"interp", "interp", "", func([]string) int { return interp.Main() }},
	}
}

func main() {
	if len(os.Args) > 1 {
		for _, c := range commands() {
			if c.name == os.Args[1] {
				os.Exit(c.run(os.Args[2:]))
			}
		}
	}
	fmt.Fprintln(os.Stderr, "usage: gilkernel COMMAND …")
	for _, c := range commands() {
		if c.help != "" {
			fmt.Fprintf(os.Stderr, "  %-24s %s\n", c.usage, c.help)
		}
	}
	os.Exit(2)
}

// start is a kernel process.
func start(args []string) int {
	flags := flag.NewFlagSet("start", flag.ContinueOnError)
	file := flags.String("f", "", "the connection `FILE`")
	if flags.Parse(args) != nil || *file == "" {
		fmt.Fprintln(os.Stderr, "usage: gilkernel start -f FILE")
		return 2
	}
	o, err := server.Environment(version())
	if err == nil {
		err = server.Start(context.Background(), *file, o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gilkernel:", err)
		return 1
	}
	return 0
}

// version is the version of the module that was built, "dev" in a working copy.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}
