// Command release makes what is published: an archive and a wheel for each system, and their checksums.
//
//	go run ./install/release [-o DIR] [-version V] [OS/ARCH…]
//
// It builds without cgo, so any computer with Go builds for every system. Without targets it builds all of them. The
// same sources and the same Go give the same bytes.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"gilkernel/install/release/dist"
	"gilkernel/kernel/commandline"
)

func main() { os.Exit(run()) }

func run() int {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	out := flags.String("o", "dist", "the `DIR` to write to; it is made if necessary")
	version := flags.String("version", dist.Unreleased, "the version `V` of what is made, as Python writes versions")
	names, err := commandline.Parse(flags, os.Args[1:])
	if err != nil {
		return commandline.Explain(os.Stdout, os.Stderr, "go run ./install/release",
			"Usage: go run ./install/release [-o DIR] [-version V] [OS/ARCH…]", flags, err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	files, err := release(ctx, *out, *version, names)
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		return 1
	}
	for _, f := range files {
		fmt.Println(filepath.Join(*out, f))
	}
	return 0
}

func release(ctx context.Context, out, version string, names []string) ([]string, error) {
	targets, err := dist.Parse(names)
	if err != nil {
		return nil, err
	}
	root, err := dist.Root()
	if err != nil {
		return nil, err
	}
	r := &dist.Release{Texts: os.DirFS(root), Version: version, Build: dist.GoBuild(root)}
	return r.Write(ctx, out, targets)
}
