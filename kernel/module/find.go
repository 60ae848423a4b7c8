package module

// This file finds the module that has a package. It never asks a server.

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gilkernel/kernel/packages"
)

var _ packages.Finder = (*Modules)(nil)

// Find implements packages.Finder: it returns the module of go.mod itself, a replacement, or a required module from the
// module cache.
func (m *Modules) Find(importPath string) (packages.Module, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	none := packages.Module{}
	if first, _, _ := strings.Cut(importPath, "/"); first == "" || importPath == "C" {
		return none, fmt.Errorf("%q isn't the path of a package", importPath)
	}
	w, err := m.work()
	if err != nil {
		return none, err
	}
	if strings.HasPrefix(importPath, ".") {
		name := "notebook"
		if w.dir != "" {
			name = w.file.Module.Mod.Path
		}
		return none, fmt.Errorf("a folder is imported by the name of the module in go.mod, as in %q",
			path.Join(name, importPath))
	}
	if w.dir == "" {
		return none, unknown(importPath, "")
	}
	self := w.found(w.file.Module.Mod.Path, "", w.dir)
	if packages.HasPackage(self, importPath) {
		return self, nil
	}
	if w.env.vendors(w.dir) {
		return w.vendored(importPath)
	}
	w.choose()
	if w.err != nil {
		return none, w.err
	}
	return w.inList(importPath)
}

// choose computes the build list from the cache, if it isn't computed yet.
func (w *work) choose() {
	if w.build == nil && w.err == nil {
		w.build, w.err = w.buildList(context.Background(), w.roots(), w.cachedMod)
		if w.build == nil {
			w.build = []selected{}
		}
	}
}

// Cells implements packages.Finder.
func (m *Modules) Cells() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	w, err := m.work()
	if err != nil || w.dir == "" {
		return ""
	}
	rel, err := filepath.Rel(w.dir, m.dir)
	if err != nil {
		return ""
	}
	return path.Join(w.file.Module.Mod.Path, filepath.ToSlash(rel))
}

// Current implements packages.Finder.
func (m *Modules) Current(modulePath string) (packages.Module, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	none := packages.Module{}
	w, err := m.work()
	if err != nil || w.dir == "" || w.env.vendors(w.dir) {
		return none, false
	}
	if w.file.Module.Mod.Path == modulePath {
		return w.found(modulePath, "", w.dir), true
	}
	w.choose()
	for _, s := range w.build {
		if s.Path != modulePath {
			continue
		}
		if s.dir != "" {
			return w.found(s.Path, "", s.dir), true
		}
		dir, ok := w.env.unpacked(s.from)
		return w.found(s.Path, s.Version.Version, dir), ok
	}
	return none, false
}

// inList finds a package in the build list: the module with the longest path that has it.
func (w *work) inList(importPath string) (packages.Module, error) {
	var lacking error
	for _, s := range byLength(w.build, importPath) {
		if s.dir != "" {
			if found := w.found(s.Path, "", s.dir); packages.HasPackage(found, importPath) {
				return found, nil
			}
			continue
		}
		dir, ok := w.env.unpacked(s.from)
		if !ok {
			if lacking == nil {
				lacking = &absent{s.from}
			}
			continue
		}
		found := w.found(s.Path, s.Version.Version, dir)
		if packages.HasPackage(found, importPath) {
			return found, w.checkUnpacked(s.from, dir)
		}
	}
	if lacking != nil {
		return packages.Module{}, lacking
	}
	return packages.Module{}, unknown(importPath, filepath.Join(w.dir, "go.mod"))
}

// byLength returns the modules whose path is a prefix of the package's path, longest first.
func byLength(list []selected, importPath string) (some []selected) {
	for _, s := range list {
		if importPath == s.Path || strings.HasPrefix(importPath, s.Path+"/") {
			some = append(some, s)
		}
	}
	slices.SortFunc(some, func(a, b selected) int { return len(b.Path) - len(a.Path) })
	return some
}

// unknown returns the error for a package that no module has. file is the go.mod that was read, "" if there is none.
func unknown(importPath, file string) error {
	if first, _, _ := strings.Cut(importPath, "/"); !strings.Contains(first, ".") {
		return fmt.Errorf("package %s is not in std", importPath)
	}
	if file == "" {
		return fmt.Errorf("there is no go.mod beside the notebook: %%get %s@latest fetches the module and writes one",
			importPath)
	}
	return fmt.Errorf("no module that go.mod requires has it: %%get %s@latest fetches it", importPath)
}

// vendored finds a package in the folder vendor.
func (w *work) vendored(importPath string) (packages.Module, error) {
	for _, r := range w.file.Require {
		root := w.found(r.Mod.Path, r.Mod.Version, filepath.Join(w.dir, "vendor", filepath.FromSlash(r.Mod.Path)))
		if packages.HasPackage(root, importPath) {
			return root, nil
		}
	}
	return packages.Module{}, unknown(importPath, filepath.Join(w.dir, "go.mod"))
}
