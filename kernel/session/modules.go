package session

// This file records the modules that a session uses, so that other processes use the same.

import (
	"go/types"
	"strings"

	"gilkernel/kernel/packages"
)

// tellModules records the modules that came into use, for the interpreter. The record is kept until a cell is
// committed: the cell that first imports a module may be refused.
func (s *Session) tellModules() {
	if s.loader == nil || s.checked {
		return
	}
	for _, m := range s.loader.Taken() {
		s.told = append(s.told, Change{Module: &m})
	}
}

// importedName returns the name of the package with a path, which for a package of a module may not be the path's last
// element.
func (c *compilation) importedName(path string) string {
	if c.s.loader != nil && strings.Contains(path, ".") {
		if pkg, err := c.s.imp.Import(path); err == nil {
			return pkg.Name()
		}
	}
	return packageName(path)
}

// Modules returns the modules that cells use, nil if the session has no Loader.
func (s *Session) Modules() []packages.Module {
	if s.loader == nil {
		return nil
	}
	return s.loader.Modules()
}

var _ types.Importer = (*packages.Loader)(nil)
