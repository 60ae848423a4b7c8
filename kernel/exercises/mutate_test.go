package exercises_test

// This file defines mutants: what a learner's slip makes of a right solution.

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// signals are the methods by which threads wait for and wake each other.
var signals = []string{"Acquire", "Release", "Wait", "Set", "Notify", "NotifyAll", "Put", "Get", "Start", "Join",
	"With", "Native", "Close"}

// A mutant is a solution with one slip.
type mutant struct {
	slip string // what was done, with the line: "line 5: without lock.Acquire()"
	code string
}

// mutants returns all mutants of a solution.
func mutants(t *testing.T, code string) (all []mutant) {
	t.Helper()
	for n := 0; ; n++ {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "", "package p\n\nfunc _() {\n"+code+"\n}\n", 0)
		if err != nil {
			t.Fatalf("%v in\n%s", err, code)
		}
		body := file.Decls[0].(*ast.FuncDecl).Body
		slip := mutate(fset, body, n)
		if slip == "" {
			return all
		}
		var b bytes.Buffer
		for _, s := range body.List {
			if err := format.Node(&b, fset, s); err != nil {
				t.Fatal(err)
			}
			b.WriteByte('\n')
		}
		if !slices.ContainsFunc(all, func(m mutant) bool { return m.code == b.String() }) {
			all = append(all, mutant{slip, b.String()})
		}
	}
}

// mutate makes the n-th slip, and returns what it is, "" if there are fewer.
func mutate(fset *token.FileSet, body *ast.BlockStmt, n int) (slip string) {
	at := func(node ast.Node) string { return fmt.Sprintf("line %d: ", fset.Position(node.Pos()).Line-3) }
	text := func(node ast.Node) string {
		var b bytes.Buffer
		_ = format.Node(&b, fset, node)
		first, _, more := strings.Cut(b.String(), "\n")
		if more {
			return first + " …"
		}
		return first
	}
	ast.Inspect(body, func(node ast.Node) bool {
		block, ok := node.(*ast.BlockStmt)
		if !ok || slip != "" {
			return slip == ""
		}
		for i, s := range block.List {
			if signal(s) {
				if n--; n < 0 {
					slip = at(s) + "without " + text(s)
					block.List = slices.Delete(block.List, i, i+1)
					return false
				}
			}
			if i+1 < len(block.List) && (signal(s) || signal(block.List[i+1])) && !declares(s) &&
				!declares(block.List[i+1]) {
				if n--; n < 0 {
					slip = at(s) + text(block.List[i+1]) + " before " + text(s)
					block.List[i], block.List[i+1] = block.List[i+1], block.List[i]
					return false
				}
			}
			if loop, ok := s.(*ast.ForStmt); ok && loop.Init == nil && loop.Cond != nil && waits(loop.Body) {
				if n--; n < 0 {
					slip = at(s) + "if in place of for"
					block.List[i] = &ast.IfStmt{If: loop.For, Cond: loop.Cond, Body: loop.Body}
					return false
				}
			}
		}
		return true
	})
	return slip
}

// signal reports whether a statement is a call by which threads wait for or wake each other, also one that is deferred.
func signal(s ast.Stmt) bool {
	var call *ast.CallExpr
	switch s := s.(type) {
	case *ast.ExprStmt:
		call, _ = s.X.(*ast.CallExpr)
	case *ast.DeferStmt:
		call = s.Call
	}
	if call == nil {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && slices.Contains(signals, sel.Sel.Name)
}

// waits reports whether a loop's body waits for something.
func waits(b *ast.BlockStmt) bool {
	return slices.ContainsFunc(b.List, signal)
}

// declares reports whether others need the statement to stand before them, or its place doesn't matter.
func declares(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.DeclStmt, *ast.ReturnStmt, *ast.BranchStmt, *ast.DeferStmt:
		// what is deferred is done at the end, wherever it stands
		return true
	case *ast.AssignStmt:
		return s.Tok == token.DEFINE
	}
	return false
}
