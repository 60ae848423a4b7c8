package cell

// This file defines what a statement may do: panic, which makes it set the position register, or wait,
// which makes a check follow it.

import (
	"go/ast"
	"go/token"
	"go/types"
)

// panics reports whether a statement, the statements within it apart, can panic by itself.
func (l *lowerer) panics(st ast.Stmt) bool {
	found := false
	l.own(st, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.IndexExpr, *ast.SliceExpr, *ast.StarExpr, *ast.SendStmt, *ast.GoStmt, *ast.DeferStmt:
			found = true
		case *ast.SelectorExpr:
			if sel := l.c.info.Selections[n]; sel != nil && (sel.Indirect() || sel.Kind() == types.MethodVal && types.IsInterface(sel.Recv())) {
				found = true
			}
		case *ast.BinaryExpr:
			if n.Op == token.QUO || n.Op == token.REM || n.Op == token.SHL || n.Op == token.SHR {
				found = found || l.c.info.Types[n.Y].Value == nil
			}
		case *ast.AssignStmt:
			found = found || n.Tok == token.QUO_ASSIGN || n.Tok == token.REM_ASSIGN
		case *ast.TypeAssertExpr:
			found = true
		case *ast.CallExpr:
			found = found || !l.plainCall(n)
		}
	})
	return found
}

// plainCall reports whether a call leads straight into a function of a cell, or a builtin that can't
// fail: such a call can't panic before the callee runs.
func (l *lowerer) plainCall(n *ast.CallExpr) bool {
	if l.c.info.Types[n.Fun].IsType() {
		return true
	}
	switch f := ast.Unparen(n.Fun).(type) {
	case *ast.Ident:
		switch o := l.c.object(f).(type) {
		case *types.Func:
			return o.Pkg() != nil && o.Pkg().Path() == mainPath
		case *types.Builtin:
			switch o.Name() {
			case "panic", "close", "make", "clear", "delete":
				return false
			}
			return true
		}
	case *ast.FuncLit:
		return true
	}
	return false
}

// blocks reports whether something within a statement may wait, or call what waits.
func (l *lowerer) blocks(st ast.Stmt) bool {
	found := false
	ast.Inspect(st, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.SendStmt, *ast.SelectStmt:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.RangeStmt:
			if t := l.c.info.TypeOf(n.X); t != nil {
				_, isChan := t.Underlying().(*types.Chan)
				found = found || isChan
			}
		case *ast.CallExpr:
			if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok {
				if _, builtin := l.c.info.Uses[id].(*types.Builtin); builtin {
					return true
				}
			}
			found = found || !l.c.info.Types[n.Fun].IsType()
		}
		return !found
	})
	return found
}

// own visits what belongs to a statement itself: not the statements within it, not function literals.
func (l *lowerer) own(st ast.Stmt, visit func(ast.Node)) {
	ast.Inspect(st, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit, *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			return false
		case nil:
			return false
		}
		visit(n)
		return true
	})
}
