package yaegi

// This file defines expressions: those that yaegi computes, and the others, which are calls of pieces that exec
// compiles.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// expr returns the text of an expression whose type has a representation.
func (g *gen) expr(e ast.Expr) string {
	e = ast.Unparen(e)
	tv := g.b.Typed(e)
	r := reprOf(tv.Type)
	if r == nil {
		g.b.Refuse(e, Refusal(types.ExprString(e), "its type is none of yaegi's"))
	}
	if tv.Value != nil {
		return g.constant(tv.Value, r)
	}
	if _, access := g.b.Stepped(); access {
		return g.leaf(e, r)
	}
	switch e := e.(type) {
	case *ast.Ident:
		if o, ok := g.b.Object(e).(*types.Var); ok {
			return g.variable(o, r)
		}
	case *ast.BinaryExpr:
		if text := g.binary(e, r); text != "" {
			return text
		}
	case *ast.UnaryExpr:
		if text := g.unary(e, r); text != "" {
			return text
		}
	case *ast.CallExpr:
		if text := g.callExpr(e, r); text != "" {
			return text
		}
	case *ast.IndexExpr:
		if text := g.index(e); text != "" {
			return text
		}
	}
	return g.leaf(e, r)
}

// whole is the text of an expression that is computed now, with nothing before it in its statement: if it calls nothing
// and computes all of its parts, its indexes are checked by statements before it, which takes yaegi less time than
// calls.
func (g *gen) whole(e ast.Expr) string {
	g.guarded = g.plain(e)
	text := g.expr(e)
	g.guarded = false
	if g.threw {
		t := g.temp(reprOf(g.b.Typed(e).Type).text)
		g.line("%s = %s", t, text)
		g.thrown()
		text = t
	}
	return text
}

// throws reports whether a part of the source calls functions, which may panic.
func (g *gen) throws(nodes ...ast.Node) (found bool) {
	for _, n := range nodes {
		if n == nil {
			continue
		}
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.CallExpr:
				if b := g.b.Builtin(n.Fun); !g.b.Typed(n.Fun).IsType() && (b == "" || b == "panic") {
					found = true
				}
			}
			return !found
		})
	}
	return found
}

// thrown adds what leaves the body if a piece has panicked.
func (g *gen) thrown() {
	g.threw = false
	if g.dry {
		return
	}
	if g.panicked == "" {
		g.panicked = g.name("p")
		g.declared = append(g.declared, "var "+g.panicked+" *bool")
		g.entry = append(g.entry, g.panicked+" = "+g.symbol(g.b.Thrown)+"(fr)")
	}
	g.line("if *%s { return 0 }", g.panicked)
}

// plain reports whether an expression computes all of its parts whatever their values are, and can only fail at an
// index.
func (g *gen) plain(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		return g.simple(e.X) && g.plain(e.Index)
	case *ast.BinaryExpr:
		switch e.Op {
		case token.ADD, token.SUB, token.MUL, token.AND, token.OR, token.XOR, token.EQL, token.NEQ, token.LSS,
			token.LEQ, token.GTR, token.GEQ:
			return g.plain(e.X) && g.plain(e.Y)
		}
		return false
	}
	return g.simple(e)
}

// leaf is an expression that exec computes.
func (g *gen) leaf(e ast.Expr, r *repr) string {
	g.mention(e)
	if g.dry {
		return "x"
	}
	throws := g.throws(e)
	g.threw = g.threw || throws
	return g.symbol(g.b.Value(e, r.rt, throws)) + "(fr)"
}

// variable is the value of a variable.
func (g *gen) variable(o *types.Var, r *repr) string {
	g.uses(o)
	if g.dry {
		g.survey.computed[o] = true
		return "x"
	}
	if !g.inMemory(o) {
		return g.kept(o, r)
	}
	return "(*" + g.pointer(o, r) + ")"
}

// kept returns the name of a variable that yaegi keeps.
func (g *gen) kept(o types.Object, r *repr) string {
	name := g.names[o]
	if name == "" {
		name = g.name("v")
		g.names[o] = name
		g.declared = append(g.declared, "var "+name+" "+r.text)
		if g.b.Param(o) {
			g.entry = append(g.entry, name+" = "+g.symbol(g.b.Load(o, r.rt))+"(fr)")
		}
	}
	return name
}

// pointer returns the name of what holds the address of a variable in exec's memory.
func (g *gen) pointer(o types.Object, r *repr) string {
	name := g.address[o]
	if name == "" {
		name = g.name("p")
		g.address[o] = name
		g.declared = append(g.declared, "var "+name+" *"+r.text)
		g.entry = append(g.entry, g.fetch(o, r))
	}
	return name
}

// fetch is the statement that sets what pointer has named.
func (g *gen) fetch(o types.Object, r *repr) string {
	return fmt.Sprintf("%s = %s(fr)", g.address[o], g.symbol(g.b.Var(o, r.rt)))
}

// operand reports whether an expression's value is one that yaegi computes with, and of which type.
func (g *gen) operand(e ast.Expr) *repr {
	tv := g.b.Typed(e)
	if tv.IsNil() || tv.Type == nil {
		return nil
	}
	if r := reprOf(tv.Type); r != nil && r.elem == nil {
		return r
	}
	return nil
}

func (g *gen) binary(e *ast.BinaryExpr, r *repr) string {
	x, y := g.operand(e.X), g.operand(e.Y)
	if x == nil || y == nil || r.elem != nil {
		return ""
	}
	switch e.Op {
	case token.LAND, token.LOR:
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		if x.kind != y.kind {
			return ""
		}
	case token.SHL, token.SHR:
		if y.is(types.IsUnsigned) || g.b.Typed(e.Y).Value != nil {
			break
		}
		return "" // a count that may be negative
	case token.QUO, token.REM:
		if r.is(types.IsInteger) && g.b.Typed(e.Y).Value == nil {
			g.mark()
		}
	case token.ADD, token.SUB, token.MUL, token.AND, token.OR, token.XOR, token.AND_NOT:
	default:
		return ""
	}
	if isShift(e.Op) && g.b.Typed(e.Y).Value != nil { // whatever its type is
		return fmt.Sprintf("(%s %s uint(%s))", g.expr(e.X), e.Op, g.b.Typed(e.Y).Value.ExactString())
	}
	return fmt.Sprintf("(%s %s %s)", g.expr(e.X), e.Op, g.expr(e.Y))
}

func isShift(op token.Token) bool { return op == token.SHL || op == token.SHR }

func (g *gen) unary(e *ast.UnaryExpr, r *repr) string {
	switch e.Op {
	case token.SUB, token.XOR, token.NOT:
		return fmt.Sprintf("(%s%s)", e.Op, g.expr(e.X))
	case token.ADD:
		return g.expr(e.X)
	}
	return ""
}

// callExpr is a conversion or a builtin that yaegi computes.
func (g *gen) callExpr(e *ast.CallExpr, r *repr) string {
	if g.b.Typed(e.Fun).IsType() {
		return g.conversion(e.Args[0], r)
	}
	switch g.b.Builtin(e.Fun) {
	case "len", "cap":
		t := g.b.Typed(e.Args[0]).Type
		if x := reprOf(t); x != nil && (x.elem != nil || x.is(types.IsString)) {
			return fmt.Sprintf("%s(%s)", g.b.Builtin(e.Fun), g.expr(e.Args[0]))
		}
	}
	return ""
}

// conversion is that of a number to another type of numbers, or of a value to a type with the same representation.
func (g *gen) conversion(e ast.Expr, to *repr) string {
	from := reprOf(g.b.Typed(e).Type)
	switch {
	case from == nil || g.b.Typed(e).IsNil():
		return ""
	case from.text == to.text:
		return g.expr(e)
	case from.is(types.IsNumeric) && to.is(types.IsNumeric):
		return fmt.Sprintf("%s(%s)", to.text, g.expr(e))
	}
	return ""
}

// index is an element of a slice or a byte of a string.
func (g *gen) index(e *ast.IndexExpr) string {
	x := reprOf(g.b.Typed(e.X).Type)
	if x == nil || x.elem == nil && !x.is(types.IsString) {
		return ""
	}
	i := g.operand(e.Index)
	if i == nil || !i.is(types.IsInteger) {
		return ""
	}
	if x.elem == nil && g.b.Typed(e.X).Value != nil {
		return ""
	}
	s, at := g.expr(e.X), g.expr(e.Index)
	if strings.Contains(s, "(fr)") || strings.Contains(s, "k.S") {
		return "" // it would be computed twice
	}
	return fmt.Sprintf("%s[%s]", s, g.checked(at, i, s, g.simple(e.Index)))
}

// checked is an index that lies in the range of s, which may be computed twice.
func (g *gen) checked(at string, i *repr, s string, plain bool) string {
	if i.kind != types.Int {
		at = "int(" + at + ")"
	}
	if g.dry {
		return at
	}
	if g.guarded && plain {
		g.line("if %s < 0 || %s >= len(%s) { %s(fr, %s, len(%s)) }", at, at, s, g.symbol(g.b.OutOfRange()), at, s)
		return at
	}
	return fmt.Sprintf("%s(fr, %s, len(%s))", g.symbol(g.b.Index()), at, s)
}
