package session

// This file defines what a session has to do with modules: which it uses, so that other processes use the same.

import (
	"go/types"
	"strings"

	"gilkernel/kernel/packages"
)

// tellModules notes the modules that came into use, for the interpreter. They stay noted until a cell is committed: one
// that is refused may have been the first to import them.
func (s *Session) tellModules() {
	if s.loader == nil || s.checked {
		return
	}
	for _, m := range s.loader.Taken() {
		s.told = append(s.told, Change{Module: &m})
	}
}

// importedName returns the name of the package with a path, which for a module's needn't be the path's last element.
func (c *compilation) importedName(path string) string {
	if c.s.loader != nil && strings.Contains(path, ".") {
		if pkg, err := c.s.imp.Import(path); err == nil {
			return pkg.Name()
		}
	}
	return packageName(path)
}

// Modules returns the modules that cells use.
func (s *Session) Modules() []packages.Module {
	if s.loader == nil {
		return nil
	}
	return s.loader.Modules()
}

var _ types.Importer = (*packages.Loader)(nil)
