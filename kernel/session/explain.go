package session

// This file completes errors of the checker: it says which of two types with the same name is meant, and which
// definition hides a package.

import (
	"fmt"
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"sync"

	"gilkernel/kernel/std"
)

// explain completes the messages of faults.
func (c *compilation) explain(faults []fault) []fault {
	out := slices.Clone(faults)
	for i, f := range out {
		if strings.HasPrefix(f.msg, "\t") {
			continue // it continues the previous fault
		}
		if text := c.olderType(f); text != "" {
			out[i].msg += "; " + text
		} else if text := c.hiddenPackage(f.msg); text != "" {
			out[i].msg += "; " + text
		}
	}
	return out
}

var noMember = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\w+)\.(\w+) undefined `)
})

// hiddenPackage returns the explanation that a definition hides a package, if the message is about a missing member
// that the package has; "" otherwise.
func (c *compilation) hiddenPackage(msg string) string {
	m := noMember().FindStringSubmatch(msg)
	if m == nil {
		return ""
	}
	d := c.s.live[m[1]]
	paths := std.Lookup(m[1], []string{m[2]})
	if d == nil || d.kind == kindOut || len(paths) == 0 {
		return ""
	}
	if pkg, err := c.s.imp.Import(paths[0]); err != nil || pkg.Scope().Lookup(m[2]) == nil {
		return ""
	}
	return fmt.Sprintf("here %s is a %s of %s, which hides the package: import %q brings it back", m[1], d.kind,
		d.label, paths[0])
}

// olderType returns an explanation that names the expression in a fault's statement whose type has since been declared
// again, if the message mentions that type; "" otherwise.
func (c *compilation) olderType(f fault) string {
	st := c.statementAt(f)
	if st == nil {
		return ""
	}
	found := ""
	ast.Inspect(st, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok || found != "" {
			return found == ""
		}
		root, sel := rootOf(e)
		if root == nil {
			return true
		}
		id := root
		if sel != nil {
			id = sel.Sel
		}
		o := c.object(id)
		if o == nil {
			return true
		}
		if _, isType := o.(*types.TypeName); isType {
			return true
		}
		tn := c.older(o.Type(), map[types.Type]bool{}, f.msg)
		if tn == nil {
			return true
		}
		if c.s.typeCells[tn] == "" {
			found = fmt.Sprintf("%s has the type %s as it was before its module was loaded again", types.ExprString(e),
				tn.Name())
			if d := c.s.live[root.Name]; d != nil && d.kind == kindVar {
				found += fmt.Sprintf(": run %s again, which defines %s", d.label, root.Name)
			}
			return false
		}
		newest := c.label
		if d := c.s.live[tn.Name()]; d != nil && !c.declaresOwn(tn.Name()) {
			newest = d.label
		}
		found = fmt.Sprintf("%s has the type %s of %s, which %s declares again", types.ExprString(e), tn.Name(),
			c.s.typeCells[tn], newest)
		if d := c.s.live[root.Name]; d != nil && d.kind == kindVar && d.label != newest {
			found += fmt.Sprintf(": run %s again, which defines %s", d.label, root.Name)
		}
		return false
	})
	return found
}

// rootOf returns e if it is a name, or the leftmost name of a selector, and the selector; nil otherwise.
func rootOf(e ast.Expr) (*ast.Ident, *ast.SelectorExpr) {
	switch e := e.(type) {
	case *ast.Ident:
		return e, nil
	case *ast.SelectorExpr:
		x := e.X
		for {
			switch y := x.(type) {
			case *ast.SelectorExpr:
				x = y.X
			case *ast.Ident:
				return y, e
			default:
				return nil, nil
			}
		}
	}
	return nil, nil
}

// older returns a type in t that a cell has declared and a later cell has declared again under the same name, or that
// is of a module that was loaded again, if the message contains the name; nil otherwise.
func (c *compilation) older(t types.Type, seen map[types.Type]bool, msg string) *types.TypeName {
	if t == nil || seen[t] {
		return nil
	}
	seen[t] = true
	either := func(ts ...types.Type) *types.TypeName {
		for _, t := range ts {
			if tn := c.older(t, seen, msg); tn != nil {
				return tn
			}
		}
		return nil
	}
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		tn := t.Obj()
		if (c.s.typeCells[tn] != "" && c.isOld(tn) || c.isEvicted(tn)) && mentionsWord(msg, tn.Name()) {
			return tn
		}
		for arg := range t.TypeArgs().Types() {
			if tn := either(arg); tn != nil {
				return tn
			}
		}
	case *types.Map:
		return either(t.Key(), t.Elem())
	case interface{ Elem() types.Type }:
		return either(t.Elem())
	case *types.Signature:
		return either(t.Params(), t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			if tn := either(v.Type()); tn != nil {
				return tn
			}
		}
	}
	return nil
}

// isEvicted reports whether a type is of a module's package that has been loaded again since.
func (c *compilation) isEvicted(tn *types.TypeName) bool {
	if c.s.loader == nil || tn.Pkg() == nil {
		return false
	}
	p := c.s.loader.Of(tn.Pkg().Path())
	return p != nil && p.Types != tn.Pkg()
}

// isOld reports whether the name of a cell's type means another type now.
func (c *compilation) isOld(tn *types.TypeName) bool {
	if c.scope != nil { // nil: the check didn't get that far
		if o := c.scope.Lookup(tn.Name()); o != nil {
			return o != types.Object(tn)
		}
	}
	d := c.s.live[tn.Name()]
	return d != nil && d.obj != types.Object(tn)
}

// mentionsWord reports whether a message contains a name as a word.
func mentionsWord(msg, name string) bool {
	for rest := msg; ; {
		i := strings.Index(rest, name)
		if i < 0 {
			return false
		}
		end := i + len(name)
		if (i == 0 || !isWord(rest[i-1])) && (end == len(rest) || !isWord(rest[end])) {
			return true
		}
		rest = rest[end:]
	}
}

// statementAt returns the smallest statement or specification that contains a fault, nil if there is none.
func (c *compilation) statementAt(f fault) (found ast.Node) {
	for _, file := range []*ast.File{c.decls.file, c.stmts.file} {
		if c.fset.File(file.Pos()) != c.fset.File(f.pos) {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if n == nil || f.pos < n.Pos() || f.pos > n.End() {
				return false
			}
			switch n.(type) {
			case *ast.BlockStmt:
			case ast.Stmt, *ast.ValueSpec, *ast.TypeSpec:
				found = n
			}
			return true
		})
	}
	return found
}

func isWord(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= 0x80
}
