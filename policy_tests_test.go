package main

// This file defines the policy of tests: what this computer lacks is skipped in one way, which can be forbidden.

import (
	"go/ast"
	"testing"
)

// CI must not pass because something was missing.
func TestSkipsGoThroughOneFunction(t *testing.T) {
	m := parse(t)
	for _, s := range m.sources {
		if s.room == "skip" || s.room == "kernel/celltest" && !s.test { // the tests of cells may skip
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				switch sel.Sel.Name {
				case "Skip", "Skipf", "SkipNow":
					t.Errorf("%s: %s: skip.Missing is the way to skip, since GILKERNEL_REQUIRE_ALL forbids it",
						m.fset.Position(sel.Pos()), sel.Sel.Name)
				}
			}
			return true
		})
	}
}
