package exec

// This file defines steps in packages of modules: whether a package has steps may change after it was compiled, because
// it is compiled once for all cells, and only some of these are stepped through.

import (
	"go/ast"
	"go/token"
	"go/types"
	"sync"
)

// StepModules says where packages of modules have steps from the next calls of their functions on. Calls under way, and
// function literals that are values already, stay as they are. In a package that counts as compiled, only calls from
// outside are steps. StepModules may be called concurrently with code that runs.
func (e *Engine) StepModules(s Steps) {
	e.compileMu.Lock()
	defer e.compileMu.Unlock()
	for _, src := range e.modules.sources {
		steps, announces := src.steps, src.announces
		if src.step(s); src.steps == steps && src.announces == announces {
			continue
		}
		for _, fd := range src.decls {
			fd.code = nil
			fd.refs.again()
		}
	}
}

// step says where a source has steps in the functions that are compiled from now on.
func (s *source) step(steps Steps) {
	if s.module && s.native {
		s.announces = steps == StepAccess
		return
	}
	s.steps = steps
	if steps == StepAccess {
		s.text = s.file
	}
}

// announce returns the step before a call of a function, known by its name, of a module that counts as compiled; nil
// for other calls.
func (c *fn) announce(e *ast.CallExpr) stepFn {
	f, ok := callee(c.src, e).(*types.Func)
	if c.src.steps != StepAccess || !ok || f.Pkg() == nil || c.e.modules.sources[f.Pkg().Path()] == nil ||
		!c.e.modules.sources[f.Pkg().Path()].native {
		return nil
	}
	return c.stepAt(&Site{Op: "write", Name: types.ExprString(e.Fun) + "()", Pos: c.src.position(e.Pos()), e: c.e,
		Module: true})
}

// calledAt is a place from which a function was called.
type calledAt struct {
	src *source
	pos token.Pos
}

// entered returns the step at the beginning of a function of a module that counts as compiled: where code that isn't
// native calls it, unless the caller has announced it. What it reads and writes is no step, so the call counts as an
// access to anything.
func (c *fn) entered(pos token.Pos) func(fr *frame) {
	step := c.fromOutside("write", pos)
	return func(fr *frame) {
		if fr.g.announced == fr {
			fr.g.announced = nil
			return
		}
		if up := fr.visible(); up == nil || !up.code.src.native {
			step(fr, up)
		}
	}
}

// resumed returns the step behind a call in a module that counts as compiled: where the function that was called, in
// frame f, isn't native, other threads may have run meanwhile. It is nil where there is none.
func (c *fn) resumed(e *ast.CallExpr) func(fr, f *frame) {
	if !c.src.announces {
		return nil
	}
	if f, ok := callee(c.src, e).(*types.Func); ok && f.Pkg() == c.src.unit.Package {
		return nil // a call within the package, of which there are many
	}
	step := c.fromOutside("resume", e.Pos())
	return func(fr, f *frame) {
		if k := f.code; k.src == nil || k.src.native {
			return
		}
		up := fr.visible()
		for up != nil && up.code.src.native {
			up = up.visible()
		}
		step(fr, up)
	}
}

// visible returns the call that a call was made from, without wrappers; nil: compiled code made it.
func (fr *frame) visible() *frame {
	up := fr.up
	for up != nil && (up.code.hidden || up.code.src == nil) {
		up = up.up
	}
	return up
}

// fromOutside returns a step that is shown where the call up is, and at pos if up is nil.
func (c *fn) fromOutside(op string, pos token.Pos) func(fr, up *frame) {
	var sites sync.Map // calledAt → stepFn
	own := calledAt{c.src, pos}
	return func(fr, up *frame) {
		at := own
		if up != nil {
			if at = (calledAt{up.code.src, up.where()}); !at.pos.IsValid() {
				at = own
			}
		}
		step, known := sites.Load(at)
		if !known {
			step = c.stepAt(&Site{Op: op, Name: c.name + "()", Pos: at.src.position(at.pos), e: c.e, Module: true})
			sites.Store(at, step)
		}
		step.(stepFn)(fr, nil, 0)
	}
}
