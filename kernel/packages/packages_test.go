package packages_test

// This file tests loading: the files of a package, errors, and the order of packages.

import (
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gilkernel/kernel/packages"
	"gilkernel/kernel/std"
)

// module writes the files of a module, example.com/m at v1.2.3.
func module(t *testing.T, files map[string]string) packages.Module {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return packages.Module{Path: "example.com/m", Version: "v1.2.3", Dir: dir}
}

func loader(bodies bool, ms ...packages.Module) *packages.Loader {
	l := packages.New(packages.Options{Std: &std.Importer{}, Bodies: bodies})
	for _, m := range ms {
		l.Add(m)
	}
	return l
}

func TestFilesAndOrder(t *testing.T) {
	m := module(t, map[string]string{
		"m.go":                      "package em\n\nimport \"example.com/m/b\"\n\nfunc F() int { return g() + b.B }\n",
		"g_fallback.go":             "//go:build purego\n\npackage em\n\nfunc g() int { return 1 }\n",
		"g_fast.go":                 "//go:build !purego\n\npackage em\n\nfunc g() int\n",
		"m_plan9.go":                "package em\n\nfunc g() int { return 2 }\n",
		"m_" + runtime.GOOS + ".go": "package em\n\nconst Here = true\n",
		"s/s.go":                    "//go:build !appengine\n\npackage s\n\nfunc F() int\n",
		"s/s_box.go":                "//go:build appengine\n\npackage s\n\nfunc F() int { return 1 }\n",
		"old.go":                    "// +build ignore\n\npackage main\n",
		"future.go":                 "//go:build go1.999\n\npackage em\n\nfunc g() {}\n",
		"m_test.go":                 "package em\n\nfunc g() {}\n",
		"b/b.go":                    "package b\n\nimport \"example.com/m/internal/c\"\n\nvar B = c.C\n",
		"internal/c/c.go":           "package c\n\nconst C = 3\n",
	})
	for _, bodies := range []bool{false, true} {
		l := loader(bodies, m)
		p, err := l.Import("example.com/m")
		if err != nil {
			t.Fatal(err)
		}
		if p.Name() != "em" || p.Scope().Lookup("Here") == nil {
			t.Errorf("%v", p.Scope().Names())
		}
		var order []string
		for _, p := range l.Packages() {
			order = append(order, p.Types.Path())
			if (p.Unit() != nil) != bodies {
				t.Errorf("a unit: %v, with bodies: %t", p.Unit(), bodies)
			}
		}
		if got := strings.Join(order, " "); got != "example.com/m/internal/c example.com/m/b example.com/m" {
			t.Error(got)
		}
		if _, err := l.Import("example.com/m/s"); err != nil {
			t.Error(err)
		}
		again, err := l.Import("example.com/m")
		if err != nil || again != p {
			t.Error("it was loaded again")
		}
		if _, err := l.Import("fmt"); err != nil {
			t.Error(err)
		}
		l.Reset()
		if l.Of("example.com/m") != nil || len(l.Modules()) > 0 {
			t.Error("packages are left after Reset")
		}
	}
}

func TestRefused(t *testing.T) {
	m := module(t, map[string]string{
		"asm/asm.go":      "package asm\n\nfunc f()\n",
		"asm/asm.s":       "TEXT ·f(SB),0,$0-0\n\tRET\n",
		"link/link.go":    "package link\n\nimport _ \"unsafe\"\n\n//go:linkname now runtime.nanotime\nfunc now() int64\n",
		"cgo/cgo.go":      "package cgo\n\n// int x;\nimport \"C\"\n\nvar X = C.x\n",
		"syntax/s.go":     "package syntax\n\nfunc {\n",
		"types/t.go":      "package types\n\nvar X int = \"a\"\n",
		"two/a.go":        "package a\n",
		"two/b.go":        "package b\n",
		"none/n_plan9.go": "package none\n",
		"program/main.go": "package main\n\nfunc main() {}\n",
		"linkvar/v.go": "package linkvar\n\nimport _ \"unsafe\"\n\n//go:linkname lent a.org/b.lent\n" +
			"func lent() {}\n\nvar theirs int //\n\n//go:linkname theirs runtime.ncpu\n",
		"circle/c.go":   "package circle\n\nimport _ \"example.com/m/circle/d\"\n",
		"circle/d/d.go": "package d\n\nimport _ \"example.com/m/circle\"\n",
		"embed/e.go":    "package embed\n\nimport _ \"embed\"\n\n//go:embed nothing.txt\nvar X string\n",
		"missing/m.go":  "package missing\n\nimport _ \"example.com/other\"\n",
		"body/b.go":     "package body\n\nfunc f() int { return \"a\" }\n",
		"notstd/b.go":   "package notstd\n\nimport _ \"nosuchpackage\"\n",
	})
	for path, says := range map[string]string{
		"asm":     "example.com/m@v1.2.3/asm/asm.go:3: the function f has no body in Go",
		"link":    "example.com/m@v1.2.3/link/link.go:6: the function now has no body in Go",
		"cgo":     "example.com/m@v1.2.3/cgo/cgo.go:4 uses cgo",
		"syntax":  "example.com/m@v1.2.3/syntax",
		"types":   "example.com/m@v1.2.3/types/t.go:3: cannot use",
		"two":     "example.com/m@v1.2.3/two: found packages a (a.go) and b (b.go)",
		"none":    "no file of example.com/m@v1.2.3/none is for " + runtime.GOOS,
		"program": "example.com/m/program is a program",
		"linkvar": "example.com/m@v1.2.3/linkvar/v.go:8: the variable theirs is another package's by linkname",
		"circle":  "import cycle",
		"embed":   "example.com/m@v1.2.3/embed/e.go:6: pattern nothing.txt: no matching files found",
		"missing": "no module of this session has the package example.com/other",
		"body":    "example.com/m@v1.2.3/body/b.go:3: cannot use",
		"notstd":  "nosuchpackage",
		"nope":    "no module of this session has the package example.com/m/nope",
	} {
		_, err := loader(true, m).Import("example.com/m/" + path)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %q", path, err, says)
		}
	}
}

func TestEmbeds(t *testing.T) {
	m := module(t, map[string]string{
		"m.go": "package m\n\nimport \"embed\"\n\n//go:embed a.txt\nvar A string\n\nvar (\n\t//go:embed \"b b.txt\"\n" +
			"\tB []byte\n\n\t//go:embed d all:e\n\tD embed.FS\n)\n",
		"a.txt": "text a", "b b.txt": "text b", "d/x/y.txt": "y", "d/.hidden": "", "d/_h/z": "", "e/.hidden": "e", "d/m": "m",
	})
	l := loader(true, m)
	if _, err := l.Import("example.com/m"); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range l.Of("example.com/m").Unit().Embeds {
		var names []string
		for _, f := range e.Files {
			names = append(names, f.Name+"="+string(f.Data))
		}
		got = append(got, fmt.Sprint(e.Var.Name(), " ", strings.Join(names, ",")))
	}
	want := []string{"A a.txt=text a", "B b b.txt=text b", "D d/m=m,d/x/y.txt=y,e/.hidden=e"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// finder is a Finder. A Loader asks it for a module once, and ignores a later, different answer.
type finder struct {
	m     packages.Module
	cells string // where cells are
}

func (f *finder) Cells() string { return f.cells }

func (f *finder) Find(path string) (packages.Module, error) {
	if !packages.HasPackage(f.m, path) {
		return packages.Module{}, fmt.Errorf("there is no %s", path)
	}
	return f.m, nil
}

func (f *finder) Current(path string) (packages.Module, bool) { return f.m, path == f.m.Path }

// When files of a folder that a replace directive names have changed, Refresh makes the Loader read them and the
// packages that import them again.
func TestChangedFiles(t *testing.T) {
	m := module(t, map[string]string{"m.go": "package m\n\nimport _ \"example.com/m/n\"\n", "n/n.go": "package n\n",
		"o/o.go": "package o\n"})
	m.Version = ""
	f := &finder{m: m}
	l := packages.New(packages.Options{Std: &std.Importer{}, Finder: f})
	first, err := l.Import("example.com/m")
	if err != nil {
		t.Fatal(err)
	}
	l.Refresh()
	if p, _ := l.Import("example.com/m"); p != first {
		t.Error("it was loaded again though nothing has changed")
	}
	if err := os.WriteFile(filepath.Join(m.Dir, "n", "n.go"), []byte("package n\n\nconst N = 1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	l.Refresh()
	if p, err := l.Import("example.com/m"); err != nil || p == first || p.Imports()[0].Scope().Lookup("N") == nil {
		t.Errorf("%v %v", p, err)
	}
	if got := l.Taken(); len(got) != 2 || got[1].Load != 1 {
		t.Errorf("%v", got)
	}
}

// Cells may import the internal packages that a package of their folder may import.
func TestInternal(t *testing.T) {
	files := map[string]string{"internal/i/i.go": "package i\n", "a/internal/j/j.go": "package j\n"}
	for _, row := range []struct {
		cells, path string
		may         bool
	}{
		{"", "internal/i", false},
		{"example.com/other", "internal/i", false},
		{"example.com/m", "internal/i", true},
		{"example.com/m/notebooks", "internal/i", true},
		{"example.com/m", "a/internal/j", false},
		{"example.com/m/ab", "a/internal/j", false},
		{"example.com/m/a/b", "a/internal/j", true},
	} {
		l := packages.New(packages.Options{Std: &std.Importer{}, Finder: &finder{module(t, files), row.cells}})
		_, err := l.Import("example.com/m/" + row.path)
		if want := "use of internal package example.com/m/" + row.path + " not allowed"; row.may && err != nil ||
			!row.may && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s from %q: %v", row.path, row.cells, err)
		}
	}
}

func TestFinder(t *testing.T) {
	files := map[string]string{"m.go": "package m\n", "n/n.go": "package n\n"}
	f := &finder{m: module(t, files)}
	l := packages.New(packages.Options{Std: &std.Importer{}, Finder: f})
	if _, err := l.Import("example.com/m"); err != nil {
		t.Fatal(err)
	}
	if got := l.Taken(); len(got) != 1 || got[0] != f.m || len(l.Taken()) != 0 {
		t.Errorf("%v", got)
	}
	if _, err := l.Import("example.com/m/nope"); err == nil || err.Error() != "there is no example.com/m/nope" {
		t.Error(err)
	}
	old, _ := l.Import("example.com/m")
	f.m = module(t, files)
	f.m.Version = "v2.0.0"
	if again, _ := l.Import("example.com/m"); again != old {
		t.Error("it was loaded again before Refresh")
	}
	l.Refresh()
	if now, err := l.Import("example.com/m"); err != nil || now == old {
		t.Errorf("%v, the old one: %t", err, now == old)
	}
	if _, err := l.Import("example.com/m/n"); err != nil {
		t.Error(err)
	}
	if got := l.Taken(); len(got) != 1 || got[0] != f.m {
		t.Errorf("%v", got)
	}
	if text, ok := l.Text("example.com/m@v2.0.0/n/n.go"); !ok || text != "package n\n" {
		t.Errorf("%q %t", text, ok)
	}
	if _, ok := l.Text("example.com/m@v2.0.0/../n.go"); ok {
		t.Error("a file outside of the module")
	}
}

var _ types.Importer = (*packages.Loader)(nil)
