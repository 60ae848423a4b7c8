package session

// This file defines the bounds of a cell's trees, which keep every walk over them short. Package cell has bounded the
// text, see cell.Bounded; here the depth is bounded exactly.

import (
	"fmt"
	"go/ast"
	"go/token"

	"gilkernel/kernel/cell"
)

const (
	// maxDepth is the maximum depth of a tree. The operands of one chain of operators count as one level. Code written
	// by hand is not a tenth as deep; the time that go/types takes grows with the square of the depth.
	maxDepth = 1_000
	// maxChain is the maximum number of declarations of a cell in a chain of uses. For types, the time that
	// go/types takes grows with its cube.
	maxChain = 500
	// minDeep is the length in bytes of the shortest text that can exceed maxDepth or maxChain: a byte makes at most
	// four levels or two declarations.
	minDeep = maxDepth / 4
)

// deep returns the first node of a tree that is deeper than maxDepth, nil if none is.
func deep(f ast.Node) (found ast.Node) {
	depth := 0
	var counted []bool
	chain := false // the parent is a binary expression
	var above []bool
	ast.Inspect(f, func(n ast.Node) bool {
		if found != nil {
			return false
		}
		if n == nil {
			last := len(counted) - 1
			if counted[last] {
				depth--
			}
			chain = above[last]
			counted, above = counted[:last], above[:last]
			return true
		}
		_, operator := n.(*ast.BinaryExpr)
		counts := !(operator && chain)
		counted, above = append(counted, counts), append(above, chain)
		chain = operator
		if counts {
			depth++
		}
		if depth > maxDepth {
			found = n
			return false
		}
		return true
	})
	return found
}

// trees holds the syntax trees of a cell: its declarations and its statements.
type trees struct {
	decls, stmts *ast.File
	live         map[string]*decl // of the session
}

// excess returns the first position at which the trees exceed a bound of the compiler, and which one; token.NoPos if
// none does. size is the length of the text in bytes. Before excess is called, only ast.Inspect may walk the trees.
func (t trees) excess(size int) (token.Pos, string) {
	if size >= minDeep {
		for _, f := range []*ast.File{t.decls, t.stmts} {
			if n := deep(f); n != nil {
				return n.Pos(), fmt.Sprintf("the code is more than %d levels deep here; split it into smaller parts",
					maxDepth)
			}
		}
		if at, text := t.chained(); at.IsValid() {
			return at, text
		}
	}
	if at, text := t.weighty(); at.IsValid() {
		return at, text
	}
	return t.grown()
}

// limit returns the error for a position that exceeds a bound of the compiler.
func (c *compilation) limit(pos token.Pos, text string) error {
	e := diagnostics(c.fset, "InterpreterLimit", c.code, []fault{{pos, cell.LimitWords + text}})
	e.Limit = true
	return e
}

// chained finds a chain of declarations that is too long: go/types follows the chain by recursion.
func (t trees) chained() (token.Pos, string) {
	uses := map[string][]string{}
	places := map[string]token.Pos{}
	var names []string
	add := func(id *ast.Ident, parts ...ast.Node) {
		if _, again := places[id.Name]; !again {
			names = append(names, id.Name)
		}
		places[id.Name] = id.Pos()
		mentions := map[string]bool{}
		mentioned(mentions, parts...)
		for name := range mentions {
			uses[id.Name] = append(uses[id.Name], name)
		}
	}
	for _, d := range t.decls.Decls {
		if gd, ok := d.(*ast.GenDecl); ok {
			for _, spec := range gd.Specs {
				if spec, ok := spec.(*ast.ValueSpec); ok {
					for _, id := range spec.Names {
						add(id, spec)
					}
				}
			}
		}
	}
	for _, f := range []*ast.File{t.decls, t.stmts} {
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				add(spec.Name, spec) // also in functions: go/types follows types that are declared before their use
			}
			return true
		})
	}
	if len(names) <= maxChain {
		return token.NoPos, ""
	}
	if name := longChain(names, uses, places); name != "" {
		return places[name],
			fmt.Sprintf("more than %d declarations of one cell need each other in a row up to %s; spread them over "+
				"several cells", maxChain, name)
	}
	return token.NoPos, ""
}

// longChain returns a name at the end of a path of uses that has more than maxChain names, "" if there is none. A cycle
// counts as a path of all its names. This is Tarjan's algorithm for strongly connected components, which finds used
// components first, with an explicit stack.
func longChain(names []string, uses map[string][]string, places map[string]token.Pos) string {
	type state struct{ index, low, next int }
	states := map[string]*state{}
	length := map[string]int{} // of the longest path; set once the component is complete
	var open, path []string    // Tarjan's stack, and that of the search
	onOpen := map[string]bool{}
	push := func(name string) {
		states[name] = &state{index: len(states), low: len(states)}
		open, path = append(open, name), append(path, name)
		onOpen[name] = true
	}
	for _, root := range names {
		if states[root] != nil {
			continue
		}
		push(root)
		for len(path) > 0 {
			name := path[len(path)-1]
			st := states[name]
			if st.next < len(uses[name]) {
				use := uses[name][st.next]
				st.next++
				if _, own := places[use]; !own {
					continue
				}
				if other := states[use]; other == nil {
					push(use)
				} else if onOpen[use] {
					st.low = min(st.low, other.index)
				}
				continue
			}
			path = path[:len(path)-1]
			if len(path) > 0 {
				up := states[path[len(path)-1]]
				up.low = min(up.low, st.low)
			}
			if st.low != st.index {
				continue
			}
			at := len(open) - 1
			for open[at] != name {
				at--
			}
			component := open[at:]
			longest := 0
			for _, member := range component {
				for _, use := range uses[member] {
					longest = max(longest, length[use])
				}
			}
			longest += len(component)
			for _, member := range component {
				length[member] = longest
				onOpen[member] = false
			}
			open = open[:at]
			if longest > maxChain {
				return name
			}
		}
	}
	return ""
}
