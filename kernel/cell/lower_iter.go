package cell

// This file defines the lowering of range over a function: the body becomes the function that the
// iterator calls.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// rangeFunc lowers for k, v := range f { … } to
//
//	{ y := func(k K, v V) bool { …; return true }; f(y) }
//
// in which continue is return true and break is return false. What leaves an outer loop or the function
// is refused.
func (l *lowerer) rangeFunc(st *ast.RangeStmt, label string, sig *types.Signature) {
	yield, ok := sig.Params().At(0).Type().Underlying().(*types.Signature)
	if !ok {
		return
	}
	n := l.temp()
	var params []string
	prefix := ""
	for i := range yield.Params().Len() {
		t, ok := l.c.writer().expr(yield.Params().At(i).Type())
		if !ok {
			l.limit(st.For, "a range over a function whose values have a type without a name; give the type a name")
			return
		}
		name := fmt.Sprintf("__v%d_%d", n, i)
		if e := []ast.Expr{st.Key, st.Value}[i]; e != nil {
			id, isIdent := e.(*ast.Ident)
			switch {
			case isIdent && id.Name == "_":
			case st.Tok == token.DEFINE:
				name = id.Name
			default:
				var before strings.Builder
				target := l.target(e, &before, false)
				prefix += " " + before.String() + target + " = " + name + ";"
			}
		}
		params = append(params, name+" "+t)
	}
	x := l.text(st.X)
	l.replace(st.For, st.Body.Lbrace, fmt.Sprintf("{ __y%d := func(%s) bool ", n, strings.Join(params, ", ")))
	lp := &loop{node: st, label: label, yields: true}
	l.loops = append(l.loops, lp)
	l.insert(st.Body.Lbrace+1, " "+check+";"+prefix+" ")
	l.list(st.Body.List)
	l.loops = l.loops[:len(l.loops)-1]
	l.insert(st.Body.Rbrace, "; return true ")
	l.insert(st.End(), fmt.Sprintf("; (%s)(__y%d) }", x, n))
}

// leavesIterator lowers a statement that jumps out of the body of a range over a function. It reports
// false when the statement stays within the body.
func (l *lowerer) leavesIterator(st *ast.BranchStmt) bool {
	inner := -1 // the innermost body of an iterator
	for i, lp := range l.loops {
		if lp.yields {
			inner = i
		}
	}
	if inner < 0 || st.Tok == token.FALLTHROUGH {
		return false
	}
	target := len(l.loops) - 1
	if st.Label != nil {
		target = -1
		for i, lp := range l.loops {
			if lp.label == st.Label.Name {
				target = i
			}
		}
		if st.Tok == token.GOTO {
			target = -1
		}
	} else if st.Tok == token.BREAK && l.loops[target].selects+l.loops[target].switches > 0 {
		return false
	}
	switch {
	case target > inner:
		return false
	case target < inner:
		l.limit(st.Pos(), "a jump out of a range over a function to a place around it; set a variable, break, and look at the variable behind the loop")
	case st.Tok == token.CONTINUE:
		l.replace(st.Pos(), st.End(), "return true")
	default:
		l.replace(st.Pos(), st.End(), "return false")
	}
	return true
}

// inIterator reports whether a return statement stands in the body of a range over a function.
func (l *lowerer) inIterator() bool {
	for _, lp := range l.loops {
		if lp.yields {
			return true
		}
	}
	return false
}
