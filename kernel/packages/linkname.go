package packages

// This file refuses variables that are another package's by a directive: they would be zero. A function with such a
// directive has no body, or is one that this package lends to another, which needs nothing here.

import (
	"fmt"
	"go/ast"
	"strings"
)

const linkname = "//go:linkname "

// linked returns an error for the first package variable of a file that is another package's. text is the file's.
func (s *sources) linked(f *ast.File, text string) error {
	if !strings.Contains(text, linkname) {
		return nil
	}
	names := map[string]bool{}
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, linkname); ok {
			if words := strings.Fields(rest); len(words) == 2 {
				names[words[0]] = true
			}
		}
	}
	for _, spec := range packageVars(f) {
		for _, name := range spec.Names {
			if names[name.Name] && len(spec.Values) == 0 {
				at := s.fset.Position(name.Pos())
				return fmt.Errorf("%s:%d: the variable %s is another package's by linkname, which can't be interpreted",
					at.Filename, at.Line, name.Name)
			}
		}
	}
	return nil
}
