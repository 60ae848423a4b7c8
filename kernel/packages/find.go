package packages

// This file finds the module and the folder of a package.

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// moduleOf returns the module that has a package, and the package's folder. The caller holds mu.
func (l *Loader) moduleOf(importPath string) (Module, string, error) {
	var m Module
	if l.opts.Finder != nil {
		found, err := l.opts.Finder.Find(importPath)
		if err != nil {
			return m, "", err
		}
		found.Load = l.loads[found.Path]
		if l.addLocked(found) {
			l.news = append(l.news, found)
		}
		m = found
	} else {
		for _, known := range l.modules {
			if within(importPath, known.Path) && len(known.Path) > len(m.Path) && HasPackage(known, importPath) {
				m = known
			}
		}
		if m.Path == "" {
			return m, "", fmt.Errorf("no module of this session has the package %s", importPath)
		}
	}
	return m, folder(m, importPath), nil
}

// stateOf returns a text that changes when a Go file of the folder does.
func stateOf(dir string) string {
	entries, _ := os.ReadDir(dir) // a folder that is gone has no files
	var b strings.Builder
	for _, e := range entries {
		if info, err := e.Info(); err == nil && strings.HasSuffix(e.Name(), ".go") {
			fmt.Fprintf(&b, "%s %d %d\n", e.Name(), info.Size(), info.ModTime().UnixNano())
		}
	}
	return b.String()
}

// within reports whether a package's path is a module's path, or below it.
func within(importPath, modulePath string) bool {
	return importPath == modulePath || strings.HasPrefix(importPath, modulePath+"/")
}

// folder returns the folder of a package in its module.
func folder(m Module, importPath string) string {
	rel := strings.TrimPrefix(strings.TrimPrefix(importPath, m.Path), "/")
	return filepath.Join(m.Dir, filepath.FromSlash(rel))
}

// HasPackage reports whether a module's folder has Go files for a package.
func HasPackage(m Module, importPath string) bool {
	if !within(importPath, m.Path) {
		return false
	}
	entries, err := os.ReadDir(folder(m, importPath))
	if err != nil {
		return false
	}
	for _, e := range entries {
		if name := e.Name(); !e.IsDir() && strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			return true
		}
	}
	return false
}

// internal returns an error if by may not import a package because it is internal. by is nil for cells, which are in a
// folder of the Finder's go.mod; without a Finder another process has looked. The caller holds mu.
func (l *Loader) internal(importPath string, by *Package) error {
	parent := ""
	switch i := strings.LastIndex("/"+importPath+"/", "/internal/"); {
	case i < 0:
		return nil
	case i > 0:
		parent = importPath[:i-1]
	}
	from := ""
	switch {
	case by != nil:
		from = by.Types.Path()
	case l.opts.Finder == nil:
		return nil
	default:
		from = l.opts.Finder.Cells()
	}
	if from != "" && (parent == "" || within(from, parent)) {
		return nil
	}
	return fmt.Errorf("use of internal package %s not allowed: only packages below %s may import it", importPath,
		path.Join(parent, "."))
}

// Imports returns the paths that a package of a module imports on this computer, nil if there is no such package.
func Imports(m Module, importPath string) []string {
	p, _ := Context().ImportDir(folder(m, importPath), 0)
	if p == nil {
		return nil
	}
	return p.Imports
}

// Importable reports whether a folder has a package that others can import.
func Importable(dir string) bool {
	p, err := Context().ImportDir(dir, 0)
	return err == nil && p.Name != "main"
}
