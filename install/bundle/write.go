package bundle

// This file defines Write, which makes a bundle.

import (
	"bytes"
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"gilkernel/install/release/dist"
	"gilkernel/install/venv"
)

// Contents says what goes into a bundle. Texts may be nil, which leaves out the kernel's own wheel; everything else is
// required.
type Contents struct {
	Version     string        // of the program
	Program     string        // the program's file, which is copied
	Lessons     fs.FS         // the notebooks
	Texts       fs.FS         // as dist.Release has them
	Environment *venv.Options // what to fetch
	Pythons     []string      // for which Pythons; "" is the one that venv takes
}

// Write makes a bundle in dir, which must be missing, empty, or a bundle: that one is replaced. Everything is fetched
// from the network; an error of that, or the end of ctx, leaves an incomplete bundle, which Open refuses. Calls with
// the same dir must not overlap.
func Write(ctx context.Context, dir string, c *Contents) (*Bundle, error) {
	name := "gilkernel"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	// First all that can be wrong, and the program: it may be the one of the bundle that is replaced.
	if err := mayWrite(dir); err != nil {
		return nil, err
	}
	program, err := os.ReadFile(c.Program)
	if err != nil {
		return nil, fmt.Errorf("reading the program: %w", err)
	}
	for _, python := range c.Pythons {
		if _, err := venv.FindPython(ctx, python, c.Environment.Env); err != nil {
			return nil, err
		}
	}
	if err := vacate(dir, dist.SumsName, ReadmeName, name, "lessons", wheelsName); err != nil {
		return nil, err
	}
	b := &Bundle{Dir: dir, Version: c.Version}
	if err := b.mark(); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, name), program, 0o755); err != nil {
		return nil, fmt.Errorf("copying the program: %w", err)
	}
	if err := os.CopyFS(filepath.Join(dir, "lessons"), c.Lessons); err != nil {
		return nil, fmt.Errorf("copying the lessons: %w", err)
	}
	if err := os.Mkdir(b.Wheels(), 0o755); err != nil {
		return nil, fmt.Errorf("making a folder for the wheels: %w", err)
	}
	for _, python := range c.Pythons {
		o := *c.Environment
		o.Python = python
		p, err := venv.Download(ctx, &o, b.Wheels())
		if err != nil {
			return nil, err
		}
		if !b.fits(p) {
			b.Pythons = append(b.Pythons, described(p))
		}
	}
	b.Portable = portable(program)
	own, err := c.wheel(program, b)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, ReadmeName), b.readme(name, own), 0o644); err != nil {
		return nil, fmt.Errorf("writing the bundle's README: %w", err)
	}
	if err := b.mark(); err != nil {
		return nil, err
	}
	return b, b.seal()
}

// mayWrite returns an error unless dir is missing, empty, or a bundle.
func mayWrite(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%s is not a folder", dir)
	case len(entries) > 0 && !Is(dir):
		return fmt.Errorf("%s has other files in it: name a new folder for the bundle", dir)
	}
	return nil
}

// vacate makes dir, or removes the names from it.
func vacate(dir string, names ...string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the bundle's folder: %w", err)
	}
	for _, name := range names {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("removing the older bundle: %w", err)
		}
	}
	return nil
}

// mark writes what the bundle is for.
func (b *Bundle) mark() error {
	text, err := json.MarshalIndent(b, "", " ")
	if err == nil {
		err = os.WriteFile(filepath.Join(b.Dir, markName), append(text, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("writing what the bundle is for: %w", err)
	}
	return nil
}

// wheel writes the kernel's own wheel, and reports whether there is one: not for a system that isn't published for.
func (c *Contents) wheel(program []byte, b *Bundle) (bool, error) {
	t := dist.Target{OS: runtime.GOOS, Arch: runtime.GOARCH}
	if c.Texts == nil || !slices.Contains(dist.Targets(), t) {
		return false, nil
	}
	platforms := t.Platforms()
	if !b.Portable {
		platforms = []string{t.Local()}
	}
	r := &dist.Release{Texts: c.Texts, Version: dist.PythonVersion(c.Version)}
	name, content, err := r.Wheel(platforms, program)
	if err == nil {
		err = os.WriteFile(filepath.Join(b.Wheels(), name), content, 0o644)
	}
	if err != nil {
		return false, fmt.Errorf("making the kernel's wheel: %w", err)
	}
	return true, nil
}

// portable reports whether a program needs no C library. What is no program of Linux needs none.
func portable(program []byte) bool {
	f, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		return true
	}
	defer f.Close()
	return !slices.ContainsFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP })
}

// readme is the text for who gets the folder: three lines.
func (b *Bundle) readme(program string, own bool) []byte {
	var has []string
	for _, p := range b.Pythons {
		has = append(has, p.String())
	}
	run := "./" + program
	if runtime.GOOS == "windows" {
		run = program
	}
	text := fmt.Sprintf("gilkernel %s, with JupyterLab for %s. Nothing is downloaded. In a terminal, in this "+
		"folder:\n"+
		"    %s lab --offline    opens the lessons in JupyterLab\n", b.Version, strings.Join(has, ", "), run)
	if own {
		text += "    pip install --no-index --find-links wheels gilkernel    adds the kernel to your own Jupyter\n"
	}
	return []byte(text)
}

// seal writes the checksums of all files, in order. They make the bundle complete.
func (b *Bundle) seal() error {
	var list bytes.Buffer
	err := filepath.WalkDir(b.Dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !d.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(b.Dir, file)
		if err != nil {
			return err
		}
		s, err := sum(file)
		fmt.Fprintf(&list, "%s  %s\n", s, filepath.ToSlash(name))
		return err
	})
	if err == nil {
		err = os.WriteFile(filepath.Join(b.Dir, dist.SumsName), list.Bytes(), 0o644)
	}
	if err != nil {
		return fmt.Errorf("writing the bundle's checksums: %w", err)
	}
	return nil
}
