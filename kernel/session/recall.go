package session

// This file defines how a cell recalls the values of earlier cells: Out[n], and _ for the latest.

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"gilkernel/kernel/cell"
)

// recallText replaces Out[n] in the code, but not in literals and comments, by the name of the value, padded to the
// same length. If the cell or the session defines Out, it returns code.
func (c *compilation) recallText(code string) string {
	if c.s.live["Out"] != nil || !strings.Contains(code, "Out") {
		return code
	}
	b := []byte(code)
	s := cell.NewScanner([]byte(code), 0)
	type tok struct {
		tok token.Token
		lit string
		at  int
	}
	var last [5]tok // the newest at the end
	for last[1].tok != token.EOF {
		pos, t, lit := s.Scan()
		copy(last[:], last[1:])
		last[4] = tok{t, lit, int(pos) - 1}
		before, out, open, number, closed := last[0].tok, last[1], last[2].tok, last[3], last[4]
		if out.tok != token.IDENT || out.lit != "Out" || before == token.PERIOD || open == token.COLON {
			continue
		}
		if open != token.LBRACK || number.tok != token.INT || closed.tok != token.RBRACK {
			return code // the cell declares it, or it means something else
		}
		n, err := strconv.Atoi(number.lit)
		if name := outName(n); err == nil && c.s.live[name] != nil && !strings.Contains(code[out.at:closed.at], "\n") {
			copy(b[out.at:], name+strings.Repeat(" ", closed.at+1-out.at-len(name)))
		}
	}
	return string(b)
}

var outNames = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`__out(\d+)`)
})

// recalledWords returns a message of the checker with Out[n] and _ in place of the names of values.
func recalledWords(msg string) string {
	return outNames().ReplaceAllString(strings.ReplaceAll(msg, lastName, "_"), "Out[$1]")
}

// recall replaces _, where it is used as a value, by lastName.
func (c *compilation) recall() {
	latest := c.s.latest
	values := map[*ast.Ident]bool{} // identifiers that aren't values
	for _, f := range []*ast.File{c.decls.file, c.stmts.file} {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, e := range n.Lhs {
					if id, ok := e.(*ast.Ident); ok {
						values[id] = true
					}
				}
			case *ast.RangeStmt:
				for _, e := range []ast.Expr{n.Key, n.Value} {
					if id, ok := e.(*ast.Ident); ok {
						values[id] = true
					}
				}
			case *ast.ValueSpec:
				for _, id := range n.Names {
					values[id] = true
				}
			case *ast.Field:
				for _, id := range n.Names {
					values[id] = true
				}
			case *ast.FuncDecl:
				values[n.Name] = true
			case *ast.TypeSpec:
				values[n.Name] = true
			case *ast.SelectorExpr:
				values[n.Sel] = true
			case *ast.LabeledStmt:
				values[n.Label] = true
			case *ast.BranchStmt:
				values[n.Label] = true
			case *ast.ImportSpec:
				if n.Name != nil {
					values[n.Name] = true
				}
			case *ast.Ident:
				if n.Name == "_" && !values[n] && latest > 0 {
					n.Name, c.latest = lastName, c.s.live[outName(latest)]
				}
			}
			return true
		})
	}
}

// lastName replaces _ as a value. Nobody can type it, no message of the checker contains it otherwise, and it has the
// length of _, from which the end of the identifier follows.
const lastName = "\x01"
