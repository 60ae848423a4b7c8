// Gen writes what gilkernel knows of the standard library: the interpreter's symbol tables and the
// session's export data, index of names and documentation.
//
// It asks the go command for the compiled export data of every package, so that what it writes is
// what this very toolchain's compiler says, at the price of one build of the standard library where
// the build cache hasn't got it. Run it through "go generate ./kernel/std" after a new Go
// release or after a change to the exported names of one of the packages in own.
//
//	gen           writes the files
//	gen -check    writes nothing, names the files that are out of date, exit status 1 if there are any
package main

// This file defines the command and the list of files that it writes.

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// own lists the packages of this module that cells may import, beside the standard library. One
// that doesn't build is an error.
var own = []string{
	"gilkernel/runtime/asyncio",
	"gilkernel/runtime/builtins",
	"gilkernel/runtime/display",
	"gilkernel/runtime/exceptions",
	"gilkernel/runtime/exercise",
	"gilkernel/runtime/explore",
	"gilkernel/runtime/futures",
	"gilkernel/runtime/gil",
	"gilkernel/runtime/machine",
	"gilkernel/runtime/meter",
	"gilkernel/runtime/multiprocessing",
	"gilkernel/runtime/multiprocessing/connection",
	"gilkernel/runtime/multiprocessing/sharedmemory",
	"gilkernel/runtime/network",
	"gilkernel/runtime/plot",
	"gilkernel/runtime/queue",
	"gilkernel/runtime/scaling",
	"gilkernel/runtime/socket",
	"gilkernel/runtime/socketserver",
	"gilkernel/runtime/threading",
	"gilkernel/runtime/timeline",
}

// excluded lists packages of the standard library that cells can't import, with the reason.
var excluded = map[string]string{
	// The linker keeps every function of a program that imports it, and needs cgo for it.
	"plugin": "it loads compiled Go plugins, which needs a kernel built with cgo",
	// Exists only for its effect on builds with -race.
	"runtime/race": "it belongs to the race detector",
}

const (
	tablesDir = "kernel/std/symbols"
	stdDir    = "kernel/std"
)

func main() {
	check := flag.Bool("check", false, "name the files that are out of date, write nothing")
	root := flag.String("root", "", "the module's directory; default: ask the go command")
	flag.Parse()
	stale, err := run(*root, *check)
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(2)
	}
	for _, name := range stale {
		fmt.Println(name)
	}
	if *check && len(stale) > 0 {
		os.Exit(1)
	}
}

// run generates everything and returns the names of the files that differ from what is in root.
func run(root string, check bool) ([]string, error) {
	if root == "" {
		var err error
		if root, err = moduleRoot(); err != nil {
			return nil, err
		}
	}
	u, err := load(root)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{} // by slash-separated name below root
	if err := writeTables(u, files); err != nil {
		return nil, fmt.Errorf("writing symbol tables: %w", err)
	}
	if err := writeExports(u, files); err != nil {
		return nil, fmt.Errorf("writing export data: %w", err)
	}
	if err := writeDocs(u, files); err != nil {
		return nil, fmt.Errorf("writing documentation: %w", err)
	}
	return store(root, files, check)
}

// store writes the files that changed and removes generated ones that are no longer wanted; with
// check it only returns their names.
func store(root string, files map[string][]byte, check bool) ([]string, error) {
	var stale []string
	for name, want := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		if got, err := os.ReadFile(file); err == nil && bytes.Equal(got, want) {
			continue
		}
		stale = append(stale, name)
		if check {
			continue
		}
		if err := os.WriteFile(file, want, 0o666); err != nil {
			return nil, err
		}
	}
	old, err := fs.Glob(os.DirFS(root), tablesDir+"/*.go")
	if err != nil {
		return nil, err
	}
	for _, name := range old {
		base := name[strings.LastIndexByte(name, '/')+1:]
		if !strings.HasPrefix(base, "std_") && !strings.HasPrefix(base, "own_") || files[name] != nil {
			continue
		}
		stale = append(stale, name)
		if check {
			continue
		}
		if err := os.Remove(filepath.Join(root, filepath.FromSlash(name))); err != nil {
			return nil, err
		}
	}
	slices.Sort(stale)
	return stale, nil
}
