package main

// This file defines the universe: all packages with their types, as the go command's export data
// has them.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
)

// pkg is one package that cells may import.
type pkg struct {
	Path    string
	Name    string
	Dir     string
	GoFiles []string
	types   *types.Package
}

// universe is everything that cells may import.
type universe struct {
	goVersion string
	goroot    string
	packages  []*pkg // sorted by path, "unsafe" included
}

// goCommand runs the go command in dir. The tables are made for linux/amd64 without cgo wherever
// the generator runs, so that the same toolchain writes the same bytes on every machine.
func goCommand(dir string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "GOAMD64=v1", "CGO_ENABLED=0", "GOFLAGS=",
		"GOEXPERIMENT=", "GOWORK=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w: %s", args[0], err, bytes.TrimSpace(stderr.Bytes()))
	}
	return out, nil
}

// moduleRoot returns the directory of the module that the working directory is in.
func moduleRoot() (string, error) {
	out, err := goCommand("", "env", "GOMOD")
	if err != nil {
		return "", err
	}
	return filepath.Dir(strings.TrimSpace(string(out))), nil
}

// load lists all packages and reads their types.
func load(root string) (*universe, error) {
	env, err := goCommand(root, "env", "GOVERSION", "GOROOT")
	if err != nil {
		return nil, err
	}
	version, goroot, _ := strings.Cut(strings.TrimSpace(string(env)), "\n")
	if version != runtime.Version() {
		return nil, fmt.Errorf("gen was built by %s, the go command is %s", runtime.Version(), version)
	}
	u := &universe{goVersion: version, goroot: goroot}
	args := append([]string{"list", "-e", "-export", "-json=ImportPath,Name,Dir,GoFiles,Export,Error", "std"}, own...)
	out, err := goCommand(root, args...)
	if err != nil {
		return nil, err
	}
	imports := map[string]*types.Package{}
	fset := token.NewFileSet()
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var listed struct {
			ImportPath, Name, Dir, Export string
			GoFiles                       []string
			Error                         *struct{ Err string }
		}
		if err := dec.Decode(&listed); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("reading go list's output: %w", err)
		}
		path := listed.ImportPath
		if hidden(path) || excluded[path] != "" {
			continue
		}
		if listed.Error != nil || listed.Export == "" && path != "unsafe" {
			// Nothing is left out: tables without a package look like a package that is gone, in each cell that imports
			// it.
			reason := "run go build " + path
			if listed.Error != nil {
				reason = listed.Error.Err
			}
			return nil, fmt.Errorf("%s doesn't build: %s", path, reason)
		}
		p := &pkg{Path: path, Name: listed.Name, Dir: listed.Dir, GoFiles: listed.GoFiles, types: types.Unsafe}
		if path != "unsafe" {
			if p.types, err = readArchive(listed.Export, fset, imports, path); err != nil {
				return nil, err
			}
		}
		u.packages = append(u.packages, p)
	}
	slices.SortFunc(u.packages, func(a, b *pkg) int { return strings.Compare(a.Path, b.Path) })
	return u, nil
}

// readArchive reads the types of a compiled package. The packages read so far are in imports, so
// that all agree on which type is which.
func readArchive(
	file string, fset *token.FileSet, imports map[string]*types.Package, path string,
) (*types.Package, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	//lint:ignore SA1019 Read alone can't open what go list names before Go 1.28, and this reads both
	r, err := gcexportdata.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("finding the export data of %s: %w", path, err)
	}
	p, err := gcexportdata.Read(r, fset, imports, path)
	if err != nil {
		return nil, fmt.Errorf("reading the export data of %s: %w", path, err)
	}
	return p, nil
}

// hidden says that no cell can import path: it is internal or vendored.
func hidden(path string) bool {
	return slices.ContainsFunc(strings.Split(path, "/"),
		func(part string) bool { return part == "internal" || part == "vendor" })
}
