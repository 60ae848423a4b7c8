package module

// This file defines %get: it fetches a module and all that its packages import, and adds them to go.mod and go.sum.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	xmodule "golang.org/x/mod/module"
	"golang.org/x/mod/sumdb"

	"gilkernel/kernel/packages"
	"gilkernel/kernel/unit"
)

// A Got tells what Get has done.
type Got struct {
	Path, Version string   // of the module
	File          string   // the go.mod that has it
	Written       bool     // whether that was written
	Checked       bool     // whether the module's code counted as Python code before
	Changed       []string // modules that are new in it or have another version, as path@version
}

// getting is the state of one Get.
type getting struct {
	w      *work
	client *http.Client
	say    func(string)
	db     *sumdb.Client
	ops    *databaseOps
}

// Get fetches a module, or the module that has a package, and the modules that its packages import. query is a version,
// a prefix of one, "latest" or a commit; "" is the version that go.mod has, and "latest" if it has none. checks says
// that the module's code counts as Python code for the GIL, which go.mod keeps. Get calls say before each long step. An
// error is one sentence; after it go.mod and go.sum are unchanged. Calls of Get that overlap run one after the other;
// another process that writes go.mod meanwhile doesn't lose what it has written.
func (m *Modules) Get(ctx context.Context, path, query string, checks bool, say func(string)) (Got, error) {
	select {
	case m.getting() <- struct{}{}:
	case <-ctx.Done():
		return Got{}, ctx.Err()
	}
	defer func() { <-m.getting() }()
	got, err := m.get(ctx, path, query, checks, say)
	for tries := 1; errors.Is(err, errChanged) && tries < maxRounds; tries++ {
		got, err = m.get(ctx, path, query, checks, say)
	}
	if err != nil {
		return got, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.known = nil
	return got, nil
}

// get is one try of Get. Its error is errChanged if go.mod isn't what it was at the beginning.
func (m *Modules) get(
	ctx context.Context, path, query string, checks bool, say func(string),
) (got Got, err error) {
	m.mu.Lock()
	env, dir := *m.environment(), m.dir
	m.mu.Unlock()
	if err := xmodule.CheckImportPath(path); err != nil || !strings.Contains(strings.Split(path, "/")[0], ".") {
		return got, fmt.Errorf("%q isn't the path of a module, which begins with a name that has a dot, as in "+
			"github.com/…", path)
	}
	w, err := read(&env, dir)
	if err != nil {
		return got, err
	}
	g := &getting{w: w, client: &http.Client{}, say: say}
	defer g.client.CloseIdleConnections()
	v, known := g.required(path)
	if query != "" || !known {
		v, err = g.choose(ctx, path, cmp.Or(query, "latest"))
	}
	if err != nil {
		return got, err
	}
	build, err := g.need(ctx, v, path)
	if err != nil {
		return got, err
	}
	return g.write(v, build, checks, dir)
}

// errChanged is the error for a go.mod or go.sum that another process has written meanwhile.
var errChanged = errors.New("another program changes go.mod again and again")

// required returns the version of the module with a package that go.mod requires; false if none has it.
func (g *getting) required(path string) (xmodule.Version, bool) {
	g.w.choose()
	for _, s := range byLength(g.w.build, path) {
		dir, ok := s.dir, s.dir != ""
		if !ok {
			dir, ok = g.w.env.unpacked(s.from)
		}
		if ok && (path == s.Path || packages.HasPackage(packages.Module{Path: s.Path, Dir: dir}, path)) {
			return s.Version, true
		}
	}
	return xmodule.Version{}, false
}

// choose returns the module that path means, which is the longest prefix of path that is a module, and the version that
// query means.
func (g *getting) choose(ctx context.Context, path, query string) (xmodule.Version, error) {
	var first error
	for prefix := path; ; {
		if xmodule.CheckPath(prefix) == nil {
			version, err := g.resolve(ctx, prefix, query)
			if err == nil {
				v := xmodule.Version{Path: prefix, Version: version}
				if err = xmodule.Check(v.Path, v.Version); err != nil {
					return v, fmt.Errorf("%s isn't a version of this module path: %s", v, oneLine(err))
				}
				if g.w.excluded(v) {
					return v, fmt.Errorf("go.mod excludes %s", v)
				}
				return v, nil
			}
			if ctx.Err() != nil || errors.As(err, new(*failure)) { // a shorter path might be another module
				return xmodule.Version{}, err
			}
			if first == nil {
				first = err
			}
		}
		i := strings.LastIndexByte(prefix, '/')
		if i < 0 {
			break
		}
		prefix = prefix[:i]
	}
	if first == nil {
		first = fmt.Errorf("%q isn't the path of a module", path)
	}
	var none *missing
	if errors.As(first, &none) {
		return xmodule.Version{}, fmt.Errorf("there is no module %s@%s: %w", path, query, first)
	}
	return xmodule.Version{}, first
}

// maxRounds bounds how often need repeats its selection because imports have changed it.
const maxRounds = 10

// need fetches a version and the modules that its packages import, and returns the modules that are used.
func (g *getting) need(ctx context.Context, v xmodule.Version, path string) ([]selected, error) {
	roots := slices.DeleteFunc(g.w.roots(), func(r xmodule.Version) bool { return r.Path == v.Path })
	roots = append(roots, v)
	asked := map[string]bool{} // packages that no requirement has
	for range maxRounds {
		build, err := g.w.buildList(ctx, roots, g.fetchedMod)
		if err != nil {
			return nil, err
		}
		used, lacking, err := g.used(ctx, build, v, path)
		if err != nil {
			return nil, err
		}
		if more := g.missing(ctx, lacking, asked); len(more) > 0 {
			roots = append(roots, more...)
			continue
		}
		var next []xmodule.Version
		for _, s := range build {
			isRoot := slices.ContainsFunc(roots, func(r xmodule.Version) bool { return r.Path == s.Path })
			if used[s.Path] || isRoot {
				next = append(next, s.Version)
			}
		}
		if slices.Equal(next, roots) {
			build = slices.DeleteFunc(build, func(s selected) bool { return !slices.Contains(roots, s.Version) })
			return build, g.fetchRaised(ctx, build)
		}
		roots = next
	}
	return nil, fmt.Errorf("the requirements of %s don't converge", v)
}

// missing returns the latest versions of the modules that have packages which no requirement has: modules without a
// go.mod require nothing. What no server has is left out; who imports it is told so. It notes in asked what it has
// asked for, and asks once.
func (g *getting) missing(ctx context.Context, lacking []string, asked map[string]bool) (list []xmodule.Version) {
	for _, p := range lacking {
		if asked[p] {
			continue
		}
		asked[p] = true
		v, err := g.choose(ctx, p, "latest")
		if err == nil && !slices.ContainsFunc(list, func(o xmodule.Version) bool { return o.Path == v.Path }) {
			list = append(list, v)
		}
	}
	return list
}

// fetchRaised fetches modules that go.mod requires already and that are needed in another version now: what imports
// them isn't among the packages that were looked at.
func (g *getting) fetchRaised(ctx context.Context, build []selected) error {
	for _, s := range build {
		for _, r := range g.w.file.Require {
			if r.Mod.Path == s.Path && r.Mod.Version != s.Version.Version {
				if _, err := g.fetchedDir(ctx, s); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// used returns the paths of the modules that the packages of a version import, directly or indirectly, and the packages
// that are imported and that none of them has.
func (g *getting) used(
	ctx context.Context, build []selected, v xmodule.Version, path string,
) (used map[string]bool, lacking []string, err error) {
	used = map[string]bool{}
	seen := map[string]bool{}
	var todo []string
	for _, s := range build {
		if s.Path != v.Path {
			continue
		}
		used[s.Path] = true
		dir, err := g.fetchedDir(ctx, s)
		if err != nil {
			return nil, nil, err
		}
		if path == v.Path {
			todo = packagesOf(s.Path, dir)
		} else {
			todo = []string{path}
		}
	}
	for len(todo) > 0 {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[p] || !strings.Contains(strings.Split(p, "/")[0], ".") {
			continue
		}
		seen[p] = true
		found := false
		for _, s := range byLength(build, p) {
			if p == path && s.Path != v.Path {
				continue // the version that was asked for must have it
			}
			dir, err := g.fetchedDir(ctx, s)
			if err != nil {
				return nil, nil, err
			}
			m := packages.Module{Path: s.Path, Dir: dir}
			if packages.HasPackage(m, p) {
				used[s.Path], found = true, true
				todo = append(todo, packages.Imports(m, p)...)
				break
			}
		}
		if !found && p == path {
			return nil, nil, fmt.Errorf("%s has no package %s", v, p)
		}
		if !found {
			lacking = append(lacking, p)
		}
	}
	return used, lacking, nil
}

// packagesOf returns the packages of a module that others can import.
func packagesOf(path, dir string) (list []string) {
	_ = filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error { // an unreadable folder has no packages
		if err != nil || !e.IsDir() {
			return nil
		}
		name := e.Name()
		if p != dir && (name == "testdata" || name == "vendor" || name == "internal" || name == "cmd" ||
			strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || exists(filepath.Join(p, "go.mod"))) {
			return fs.SkipDir
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return nil
		}
		importPath := path
		if rel != "." {
			importPath += "/" + filepath.ToSlash(rel)
		}
		if packages.Importable(p) {
			list = append(list, importPath)
		}
		return nil
	})
	return list
}

// write writes go.mod and go.sum.
func (g *getting) write(v xmodule.Version, build []selected, checks bool, dir string) (got Got, err error) {
	w := g.w
	if w.dir == "" {
		w.dir = dir
		w.file = &modfile.File{Syntax: &modfile.FileSyntax{}}
		if err := w.file.AddModuleStmt("notebook"); err != nil {
			return got, err
		}
		if err := w.file.AddGoStmt(strings.TrimPrefix(unit.GoVersion, "go")); err != nil {
			return got, err
		}
	}
	before := map[string]*modfile.Require{}
	for _, r := range w.file.Require {
		before[r.Mod.Path] = r
	}
	var requires []*modfile.Require
	got = Got{Path: v.Path, File: filepath.Join(w.dir, "go.mod"), Checked: w.checks(v.Path)}
	for _, s := range build {
		old := before[s.Path]
		r := &modfile.Require{Mod: s.Version, Indirect: s.Path != v.Path && (old == nil || old.Indirect)}
		requires = append(requires, r)
		if old == nil || old.Mod != s.Version {
			got.Changed = append(got.Changed, s.Version.String())
		}
		if s.Path == v.Path {
			got.Version = s.Version.Version
		}
	}
	w.file.SetRequireSeparateIndirect(requires)
	w.file.Cleanup()
	for _, r := range w.file.Require {
		if r.Mod.Path == v.Path {
			mark(r.Syntax, checks)
		}
	}
	text, err := w.file.Format()
	if err != nil {
		return got, err
	}
	got.Written, err = w.store(got.File, text)
	return got, err
}

// store writes go.mod and go.sum where they change, both or, if one of them can't be written, neither, and reports
// whether go.mod was written.
func (w *work) store(file string, text []byte) (written bool, err error) {
	sum := filepath.Join(w.dir, "go.sum")
	var staged []*stagedFile
	defer func() {
		for _, s := range staged {
			s.drop()
		}
	}()
	stage := func(file string, text []byte) error {
		s, err := stage(file, text)
		if err != nil {
			return fmt.Errorf("%s can't be written: %w", filepath.Base(file), unwrapPath(err))
		}
		staged = append(staged, s)
		return nil
	}
	if old, err := os.ReadFile(file); err != nil || string(old) != string(text) {
		if err := stage(file, text); err != nil {
			return false, err
		}
		written = true
	}
	if w.sums.added {
		if err := stage(sum, w.sums.text()); err != nil {
			return false, err
		}
	}
	before := w.state
	if before == "" { // there was no go.mod
		before = stateOf(os.DevNull+"/go.mod", os.DevNull+"/go.sum")
	}
	if before != stateOf(file, sum) {
		return false, errChanged
	}
	for _, s := range slices.Backward(staged) { // go.sum first: checksums that nothing needs do no harm
		if err := s.commit(); err != nil {
			return false, fmt.Errorf("%s can't be written: %w", filepath.Base(s.file), unwrapPath(err))
		}
	}
	return written, nil
}

// unwrapPath returns err with the folder in place of the temporary file.
func unwrapPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return fmt.Errorf("%s: %w", filepath.Dir(p.Path), p.Err)
	}
	return err
}
