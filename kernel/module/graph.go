package module

// This file defines minimal version selection: of each module, the highest version that any go.mod in the graph
// requires. The go.mod of a module for Go 1.17 and later lists all modules that its packages need, so the graph isn't
// read further from there.

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"golang.org/x/mod/modfile"
	xmodule "golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// selected is a module of the build list.
type selected struct {
	xmodule.Version        // as required
	dir             string // the folder that replaces it; "": none
	from            xmodule.Version
}

// graph reads go.mod files and selects versions.
type graph struct {
	w     *work
	read  func(ctx context.Context, v xmodule.Version) ([]byte, error) // returns the go.mod of a version
	max   map[string]string
	full  map[xmodule.Version]bool // versions that were read; true: with everything that they require
	files map[xmodule.Version]*modfile.File
}

// replaced returns the replacement of a required version: the version itself, another version, or a folder.
func (w *work) replaced(v xmodule.Version) (to xmodule.Version, dir string) {
	for _, r := range slices.Backward(w.file.Replace) {
		if r.Old.Path != v.Path || r.Old.Version != "" && r.Old.Version != v.Version {
			continue
		}
		if r.New.Version == "" {
			dir = filepath.FromSlash(r.New.Path)
			if !filepath.IsAbs(dir) {
				dir = filepath.Join(w.dir, dir)
			}
			return v, dir
		}
		return r.New, ""
	}
	return v, ""
}

func (w *work) excluded(v xmodule.Version) bool {
	return slices.ContainsFunc(w.file.Exclude, func(x *modfile.Exclude) bool { return x.Mod == v })
}

// prunes reports whether a go.mod lists all modules that its packages need.
func prunes(f *modfile.File) bool {
	return f.Go != nil && semver.Compare("v"+f.Go.Version, "v1.17") >= 0
}

// buildList returns the selected versions of all modules that the roots need, sorted by path. mods returns the go.mod
// of a version.
func (w *work) buildList(
	ctx context.Context, roots []xmodule.Version, mods func(context.Context, xmodule.Version) ([]byte, error),
) ([]selected, error) {
	g := &graph{w: w, read: mods, max: map[string]string{}, full: map[xmodule.Version]bool{},
		files: map[xmodule.Version]*modfile.File{}}
	pruned := w.dir == "" || prunes(w.file)
	for _, r := range roots {
		g.note(r)
	}
	for _, r := range roots {
		if err := g.load(ctx, r, !pruned); err != nil {
			return nil, err
		}
	}
	var list []selected
	for _, path := range slices.Sorted(maps.Keys(g.max)) {
		v := xmodule.Version{Path: path, Version: g.max[path]}
		from, dir := w.replaced(v)
		list = append(list, selected{v, dir, from})
	}
	return list, nil
}

func (g *graph) note(v xmodule.Version) {
	if semver.Compare(v.Version, g.max[v.Path]) > 0 || g.max[v.Path] == "" {
		g.max[v.Path] = v.Version
	}
}

// load reads the requirements of a version and, if full is true, their requirements in turn.
func (g *graph) load(ctx context.Context, v xmodule.Version, full bool) error {
	if done, ok := g.full[v]; ok && (done || !full) {
		return nil
	}
	g.full[v] = full
	f := g.files[v]
	if f == nil {
		text, err := g.read(ctx, v)
		if err != nil {
			return err
		}
		if f, err = modfile.ParseLax("go.mod", text, nil); err != nil {
			return fmt.Errorf("go.mod of %s can't be read: %s", v, oneLine(err))
		}
		if err := g.w.checkPath(v, f); err != nil {
			return err
		}
		g.files[v] = f
	}
	deeper := full || !prunes(f)
	g.full[v] = deeper
	for _, r := range f.Require {
		if g.w.excluded(r.Mod) {
			continue
		}
		g.note(r.Mod)
		if deeper {
			if err := g.load(ctx, r.Mod, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkPath returns an error if a module says in its go.mod that it has another path than the one it is required by.
func (w *work) checkPath(v xmodule.Version, f *modfile.File) error {
	from, dir := w.replaced(v)
	if dir != "" || f.Module == nil {
		return nil
	}
	if own := f.Module.Mod.Path; own != v.Path && own != from.Path {
		return fmt.Errorf("the go.mod of %s says that it is the module %s, so it can't be used as %s: %%get %s "+
			"gets that", from, own, v.Path, own)
	}
	return nil
}

// roots returns the versions that go.mod itself requires.
func (w *work) roots() (list []xmodule.Version) {
	for _, r := range w.file.Require {
		if !w.excluded(r.Mod) {
			list = append(list, r.Mod)
		}
	}
	return list
}
