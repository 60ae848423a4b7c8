package exec

// This file defines the variables of loops in files whose language is older than Go 1.22: they are the same in all
// turns, which only closures and pointers to them can tell. Files of modules are so old if their go.mod is and no build
// constraint of theirs says otherwise.

import (
	"go/ast"
	"go/token"
	"go/version"
	"unsafe"

	"gilkernel/kernel/unit"
)

// oldFiles returns the files of a unit whose loops share their variables.
func oldFiles(u *unit.Unit) map[*token.File]bool {
	var old map[*token.File]bool
	for f, v := range u.Info.FileVersions {
		if v == "" || version.Compare(v, "go1.22") >= 0 {
			continue
		}
		if old == nil {
			old = map[*token.File]bool{}
		}
		old[u.Fset.File(f.Package)] = true
	}
	return old
}

// sharesLoopVars reports whether the loop at a position has the same variables in all turns.
func (c *fn) sharesLoopVars(pos token.Pos) bool {
	return len(c.src.old) > 0 && c.src.old[c.src.fset.File(pos)]
}

// shareLoopVars emits what makes the memory of a range's variables before its first turn, if they are shared.
func (c *fn) shareLoopVars(s *ast.RangeStmt) {
	if s.Tok != token.DEFINE || !c.sharesLoopVars(s.For) {
		return
	}
	for _, l := range []ast.Expr{s.Key, s.Value} {
		id, _ := l.(*ast.Ident)
		if id == nil {
			continue
		}
		if o := c.src.info.Defs[id]; o != nil && c.boxed[o] {
			c.do(s.For, c.fresh(c.declare(o, c.typ(o.Type()))))
		}
	}
}

// sharedLoopVar returns the variable that a range defines for all turns; nil if it is a new one in each.
func (c *fn) sharedLoopVar(s *ast.RangeStmt, l ast.Expr) *variable {
	id, _ := l.(*ast.Ident)
	if id == nil || s.Tok != token.DEFINE || !c.sharesLoopVars(s.For) {
		return nil
	}
	if o := c.src.info.Defs[id]; o != nil && c.boxed[o] {
		return c.vars[o]
	}
	return nil
}

// setShared emits v = x, for a boxed variable.
func (c *fn) setShared(v *variable, x *expr, pos token.Pos) {
	put, off := c.convert(x, v.t, pos).put(), v.off
	c.do(pos, func(fr *frame) { put(fr, *(*unsafe.Pointer)(fr.at(off))) })
}
