package session

// This file defines the note about a bare number that becomes a time.Duration: Python's sleep(1) is a second, Go's
// time.Sleep(1) is a nanosecond.

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxBare bounds the bare numbers that are noted: 1000000 is probably meant in nanoseconds.
const maxBare = 100 * time.Microsecond

// noteDurations adds notes about constants without a unit that are used as a time.Duration.
func (c *compilation) noteDurations(f *ast.File) {
	var above []ast.Node
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil {
			above = above[:len(above)-1]
			return true
		}
		above = append(above, n)
		e, ok := n.(ast.Expr)
		if !ok || len(above) < 2 || !c.bare(e) {
			return true
		}
		tv := c.info.Types[e]
		if tv.Value == nil || !isDuration(tv.Type) || c.scaled(above[len(above)-2]) {
			return true
		}
		d, exact := constant.Int64Val(constant.ToInt(tv.Value))
		if !exact || d <= 0 || time.Duration(d) >= maxBare {
			return true // -1 often means none
		}
		text := types.ExprString(ast.Unparen(e))
		unit, second := text+"*time.Second", "seconds are"
		if _, compound := ast.Unparen(e).(*ast.BinaryExpr); compound {
			unit = "(" + text + ")*time.Second"
		}
		if d == 1 {
			unit, second = "time.Second", "second is"
		}
		c.note(e.Pos(), "%s is %v here: a time.Duration counts nanoseconds; %d %s %s", text, time.Duration(d), d,
			second, unit)
		return true
	})
}

// bare reports whether e is an untyped number.
func (c *compilation) bare(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Kind == token.INT || e.Kind == token.FLOAT
	case *ast.Ident:
		k, ok := c.info.Uses[e].(*types.Const)
		if !ok {
			return false
		}
		b, ok := k.Type().(*types.Basic)
		return ok && b.Info()&types.IsUntyped != 0
	case *ast.ParenExpr:
		return c.bare(e.X)
	case *ast.UnaryExpr:
		return c.bare(e.X)
	case *ast.BinaryExpr:
		return c.bare(e.X) && c.bare(e.Y)
	}
	return false
}

// scaled reports whether a number whose parent is the node needs no unit: it is a factor, it is converted, or it is
// part of a larger constant, which is examined as a whole.
func (c *compilation) scaled(parent ast.Node) bool {
	switch p := parent.(type) {
	case *ast.BinaryExpr:
		switch p.Op {
		case token.MUL, token.QUO, token.REM, token.SHL, token.SHR, token.AND, token.OR, token.XOR, token.AND_NOT:
			return true
		}
		return c.bare(p)
	case *ast.ParenExpr:
		return true
	case *ast.UnaryExpr:
		return c.bare(p)
	case *ast.CallExpr:
		return c.info.Types[p.Fun].IsType()
	case *ast.AssignStmt:
		switch p.Tok {
		case token.MUL_ASSIGN, token.QUO_ASSIGN, token.REM_ASSIGN, token.SHL_ASSIGN, token.SHR_ASSIGN:
			return true
		}
	}
	return false
}

var (
	floatDuration = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(
			`^cannot use (?:([0-9.e+-]+) \(untyped float constant\)|.* \(untyped float constant ([0-9.e+-]+)\)) as time\.Duration value`)
	})
	floatFactor = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(
			`^(?:([0-9.e+-]+) \(untyped float constant\)|.* \(untyped float constant ([0-9.e+-]+)\)) truncated to int64`)
	})
)

// durationAdvice returns the message of a fault, completed with advice if it is about a fraction that is used as a
// time.Duration, as in Python's sleep(0.5), or multiplied by one.
func (c *checker) durationAdvice(f fault, files []*ast.File) string {
	msg := f.msg
	m := floatDuration().FindStringSubmatch(msg)
	if m == nil {
		if m = floatFactor().FindStringSubmatch(msg); m == nil {
			return msg
		}
		unit := ""
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				if e, ok := n.(*ast.BinaryExpr); ok &&
					(e.X.Pos() == f.pos && isDuration(c.info.TypeOf(e.Y)) ||
						e.Y.Pos() == f.pos && isDuration(c.info.TypeOf(e.X))) {
					unit = types.ExprString(e.Y) + types.ExprString(e.X)
				}
				return unit == ""
			})
		}
		if !strings.Contains(unit, "time.Second") {
			return msg
		}
	}
	number := m[1] + m[2]
	seconds, err := strconv.ParseFloat(number, 64)
	if err != nil || math.Abs(seconds) > 1e6 {
		return msg
	}
	d := time.Duration(math.Round(seconds * 1e9))
	for _, u := range []struct {
		unit time.Duration
		name string
	}{
		{time.Second, "time.Second"},
		{time.Millisecond, "time.Millisecond"},
		{time.Microsecond, "time.Microsecond"},
		{1, "time.Nanosecond"},
	} {
		if d%u.unit == 0 {
			return fmt.Sprintf("%s; a time.Duration is a whole number of nanoseconds: %s seconds are %d*%s", msg,
				number, d/u.unit, u.name)
		}
	}
	return msg
}

// isDuration reports whether t is time.Duration.
func isDuration(t types.Type) bool {
	named, ok := types.Unalias(orInvalid(t)).(*types.Named)
	return ok && named.Obj().Name() == "Duration" && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "time"
}
