package exec

// This file defines the first values that are constants. Most declarations of a session are such ones, and each that
// counts is kept as long as its variable, so that what is kept is the constant and the line, and not the code with the
// source that it was compiled from.

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// constantInitial is a declaration of one variable with a constant.
type constantInitial struct {
	value constant.Value
	file  string // where it stands
	line  int32
}

// constantOf returns the constant that a variable of a basic type is declared with; nil for all other declarations.
func (e *Engine) constantOf(src *source, vars []types.Object, lhs, rhs []ast.Expr, pos token.Pos) *constantInitial {
	if len(vars) != 1 || len(lhs) != 1 || len(rhs) != 1 || src.steps != NoSteps || src.fset == nil {
		return nil
	}
	tv := src.info.Types[rhs[0]]
	switch v := e.globals[vars[0]]; {
	case tv.Value == nil || v.global == nil:
		return nil
	default:
		switch v.t.class {
		case classBool, classInt, classFloat, classString:
		default:
			return nil
		}
	}
	at := src.fset.Position(pos)
	return &constantInitial{tv.Value, at.Filename, int32(at.Line)}
}

// compile returns the code that sets the variable, as compileInitial makes it: with as many checks and steps, on the
// same line. It is called with compileMu held.
func (d *constantInitial) compile(e *Engine, o types.Object) *code {
	c := e.newFn(&source{}, nil, "", types.NewSignatureType(nil, nil, nil, nil, nil, false), token.NoPos)
	v := e.globals[o]
	set := storeAt(c.constExpr(v.t, d.value), v.address())
	c.do(token.NoPos, func(fr *frame) {
		if fr.g.steps {
			fr.g.thread.Step()
		}
		set(fr)
	})
	c.emit(token.NoPos, func(*frame) int { return opReturn })
	k := c.finish()
	k.lines.Store(&lines{d.file, []int32{d.line, d.line}})
	return k
}
