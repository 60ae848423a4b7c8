package module

// This file defines minimal version selection: of each module the highest version that any go.mod of the graph
// requires. Modules of Go 1.17 and later list all that their packages need, so what is behind them isn't read.

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
	xmodule.Version        // as it is required
	dir             string // of a replacement by a folder; "" for none
	from            xmodule.Version
}

// graph reads go.mod files and selects versions.
type graph struct {
	w     *work
	read  func(ctx context.Context, v xmodule.Version) ([]byte, error) // go.mod of a version
	max   map[string]string
	full  map[xmodule.Version]bool // read, with all that they require
	files map[xmodule.Version]*modfile.File
}

// replaced returns what stands for a required version: itself, another version, or a folder.
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

// prunes reports whether a go.mod lists all that its packages need.
func prunes(f *modfile.File) bool {
	return f.Go != nil && semver.Compare("v"+f.Go.Version, "v1.17") >= 0
}

// buildList returns the versions that the roots need, by path. mods reads a go.mod file.
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

// load reads what a version requires; full: what that requires in turn, too.
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

// roots are what go.mod requires itself.
func (w *work) roots() (list []xmodule.Version) {
	for _, r := range w.file.Require {
		if !w.excluded(r.Mod) {
			list = append(list, r.Mod)
		}
	}
	return list
}
