package main

// This file defines what the policy tests look at: the module's files, parsed once, and its packages, type-checked
// once.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A source is a Go file of the module.
type source struct {
	path, room string // with slashes; the room is the package's directory, "" for the root
	test       bool
	generated  bool
	text       string
	file       *ast.File
}

// lines returns the number of lines of the file.
func (s *source) lines() int { return strings.Count(s.text, "\n") }

// A module is all that the policies read.
type module struct {
	fset    *token.FileSet
	sources []*source
	others  []string // the paths of all other files
}

// parse returns all files of the module, which are parsed at the first call. What it returns is not changed by anyone.
func parse(t *testing.T) *module {
	t.Helper()
	m, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var parsed = sync.OnceValues(func() (*module, error) {
	m := &module{fset: token.NewFileSet()}
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && p != "." && (strings.HasPrefix(name, ".") || name == "node_modules") {
			return filepath.SkipDir
		}
		if d.IsDir() {
			return nil
		}
		p = filepath.ToSlash(p)
		if !strings.HasSuffix(p, ".go") || strings.Contains("/"+p, "/testdata/") {
			m.others = append(m.others, p)
			return nil
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(m.fset, p, b, parser.ParseComments)
		if err != nil {
			return err
		}
		room := path.Dir(p)
		if room == "." {
			room = ""
		}
		m.sources = append(m.sources, &source{p, room, strings.HasSuffix(p, "_test.go"), ast.IsGenerated(f), string(b),
			f})
		return nil
	})
	return m, err
})

// A room is a package of the module without its tests, type-checked for this system.
type room struct {
	pkg   *types.Package
	info  *types.Info
	files []*ast.File
}

// check returns the packages of the module by their paths in it, type-checked at the first call. Packages of others
// come from the export data that building the module has made.
func check(t *testing.T) map[string]*room {
	t.Helper()
	rooms, err := checked()
	if err != nil {
		t.Fatal(err)
	}
	return rooms
}

var checked = sync.OnceValues(func() (map[string]*room, error) {
	m, err := parsed()
	if err != nil {
		return nil, err
	}
	listed, err := list("-deps", "./...") // dependencies come first
	if err != nil {
		return nil, err
	}
	args := []string{"-export"}
	for _, p := range listed {
		if !p.ours() && p.ImportPath != "unsafe" {
			args = append(args, p.ImportPath)
		}
	}
	exported, err := list(args...)
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for _, p := range exported {
		exports[p.ImportPath] = p.Export
	}
	others := importer.ForCompiler(m.fset, "gc", func(p string) (io.ReadCloser, error) {
		if exports[p] == "" {
			return nil, fmt.Errorf("no export data of %s", p)
		}
		return os.Open(exports[p])
	})
	files := map[string]*ast.File{}
	for _, s := range m.sources {
		files[s.path] = s.file
	}
	rooms := map[string]*room{}
	ours := map[string]*types.Package{}
	for _, p := range listed {
		if !p.ours() {
			continue
		}
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "gilkernel"), "/")
		r := &room{info: &types.Info{
			Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
			Types: map[ast.Expr]types.TypeAndValue{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		}}
		for _, f := range p.GoFiles {
			r.files = append(r.files, files[path.Join(name, f)])
		}
		config := types.Config{Importer: imports(func(p string) (*types.Package, error) {
			if pkg := ours[p]; pkg != nil {
				return pkg, nil
			}
			return others.Import(p)
		})}
		if r.pkg, err = config.Check(p.ImportPath, m.fset, r.files, r.info); err != nil {
			return nil, err
		}
		rooms[name], ours[p.ImportPath] = r, r.pkg
	}
	return rooms, nil
})

// imports makes a function an importer.
type imports func(string) (*types.Package, error)

// Import implements types.Importer.
func (f imports) Import(p string) (*types.Package, error) { return f(p) }

// A listed is what go list says of a package.
type listed struct {
	ImportPath, Export string
	GoFiles            []string
}

// ours reports whether the package is one of this module.
func (p *listed) ours() bool {
	return p.ImportPath == "gilkernel" || strings.HasPrefix(p.ImportPath, "gilkernel/")
}

// list runs go list.
func list(args ...string) ([]*listed, error) {
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Export,GoFiles"}, args...)...)
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return nil, fmt.Errorf("go list: %s", exit.Stderr)
	} else if err != nil {
		return nil, err
	}
	var all []*listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := &listed{}
		if err := d.Decode(p); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
}
