package main

// This file defines the policies of state: no package variable changes, and nothing runs before main.

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

// An init function hides work from the caller that starts it.
func TestNoInit(t *testing.T) {
	for _, s := range parse(t).sources {
		if s.test || s.generated {
			continue
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init function", s.path)
			}
		}
	}
}

// Package variables are made before main, in each of a kernel's processes, whether something needs them or not, and to
// compile a pattern takes longer than most cells do: sync.OnceValue makes it when it is used first.
func TestNamesOfNoPatternCompiledBeforeMain(t *testing.T) {
	for _, r := range check(t) {
		if strings.HasPrefix(r.pkg.Path(), "gilkernel/bench/") {
			continue // no kernel's process
		}
		for _, init := range r.info.InitOrder {
			ast.Inspect(init.Rhs, func(n ast.Node) bool {
				if _, ok := n.(*ast.FuncLit); ok {
					return false
				}
				if c, ok := n.(*ast.CallExpr); ok {
					f, _ := r.info.Uses[name(c.Fun)].(*types.Func)
					if f != nil && f.Pkg() != nil && f.Pkg().Path() == "regexp" {
						t.Errorf("%s.%s is a pattern that is compiled before main: sync.OnceValue does it when it is "+
							"used",
							r.pkg.Path(), init.Lhs[0].Name())
					}
				}
				return true
			})
		}
	}
}

// name returns the identifier that an expression ends with, nil if it has none.
func name(e ast.Expr) *ast.Ident {
	switch e := e.(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return e.Sel
	}
	return nil
}

// onceInAProcess are the package variables that may change, or whose address is taken, and why.
var onceInAProcess = map[string]string{
	"kernel/exec/rtype.registry": "the runtime keeps the types that it is given for the life of the process",
	"kernel/exec/rtype.arena":    "as registry",
	"kernel/exec/rtype.slots":    "as registry; assembly names it",
	"kernel/exec.smallInts": "interfaces point into it, as into the runtime's own table of small numbers; it is " +
		"never written",
	"kernel/exec.zeroSized":              "what has no size is all at one address, as in the runtime; it is never written",
	"kernel/std/prelude/src/unique.maps": "it is only interpreted: each engine and each image of its variables has its own",
	"runtime/machine.lookup":             "a goroutine asks it which thread of which machine it is, so no machine can hold it",
}

// A package that changes variables of its own can't be there twice in one process. Variables are for what Go has no
// constants for: errors, tables, functions that make something once. So nothing assigns to a package variable or to a
// part of it, takes its address or calls a method that does, and its type has nothing to change, such as a lock or a
// channel.
func TestPackageVariablesDontChange(t *testing.T) {
	m := parse(t)
	seen := map[string]bool{}
	once := func(v types.Object) bool {
		name := strings.TrimPrefix(v.Pkg().Path(), "gilkernel/") + "." + v.Name()
		seen[name] = seen[name] || onceInAProcess[name] != ""
		return seen[name]
	}
	for _, r := range check(t) {
		for _, f := range r.files {
			if ast.IsGenerated(f) {
				continue
			}
			w := &writes{r: r, parents: parents(f), report: func(id *ast.Ident, how string) {
				if once(r.info.Uses[id]) {
					return
				}
				t.Errorf("%s: %s the package variable %s: what changes belongs in a value that someone makes",
					m.fset.Position(id.Pos()), how, id.Name)
			}}
			ast.Inspect(f, w.visit)
		}
		for _, name := range r.pkg.Scope().Names() {
			if v, ok := r.pkg.Scope().Lookup(name).(*types.Var); ok {
				if part := changeable(v.Type(), map[types.Type]bool{}); part != "" && !once(v) {
					t.Errorf("%s: the package variable %s has a %s in it, which changes", m.fset.Position(v.Pos()),
						name, part)
				}
			}
		}
	}
	for name := range onceInAProcess {
		if !seen[name] {
			t.Errorf("%s doesn't change: take it out of the list", name)
		}
	}
}

// writes finds the places that change package variables.
type writes struct {
	r       *room
	parents map[ast.Node]ast.Node
	report  func(id *ast.Ident, how string)
}

func (w *writes) visit(n ast.Node) bool {
	id, ok := n.(*ast.Ident)
	if !ok {
		return true
	}
	v, ok := w.r.info.Uses[id].(*types.Var)
	if !ok || v.Pkg() == nil || v.Parent() != v.Pkg().Scope() || !strings.HasPrefix(v.Pkg().Path(), "gilkernel") {
		return true
	}
	// place is the largest expression that is a part of the variable's memory, or of what it points to.
	var place ast.Expr = id
	for {
		parent := w.parents[place]
		switch p := parent.(type) {
		case *ast.SelectorExpr:
			if p.Sel == place { // the variable of another package
				place = p
				continue
			}
			s := w.r.info.Selections[p]
			if s == nil {
				return true
			}
			if s.Kind() == types.FieldVal {
				place = p
				continue
			}
			if _, pointer := s.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer); pointer {
				if _, already := w.r.info.TypeOf(place).Underlying().(*types.Pointer); !already {
					w.report(id, "a method with a pointer receiver is called on")
				}
			}
			return true
		case *ast.ParenExpr:
			place = p
			continue
		case *ast.StarExpr:
			place = p
			continue
		case *ast.IndexExpr:
			if p.X == place {
				place = p
				continue
			}
		case *ast.SliceExpr:
			if p.X == place {
				if _, array := w.r.info.TypeOf(place).Underlying().(*types.Array); array {
					w.report(id, "a slice is made of")
				}
			}
		case *ast.UnaryExpr:
			if p.Op == token.AND {
				w.report(id, "an address is taken of")
			}
		case *ast.IncDecStmt:
			w.report(id, "a statement changes")
		case *ast.AssignStmt:
			for _, x := range p.Lhs {
				if x == place {
					w.report(id, "an assignment changes")
				}
			}
		case *ast.RangeStmt:
			if p.Key == place || p.Value == place {
				w.report(id, "a range clause changes")
			}
		case *ast.CallExpr:
			if f, ok := ast.Unparen(p.Fun).(*ast.Ident); ok && len(p.Args) > 0 && p.Args[0] == place {
				if b, ok := w.r.info.Uses[f].(*types.Builtin); ok {
					switch b.Name() {
					case "delete", "clear", "copy", "append", "close":
						w.report(id, b.Name()+" changes")
					}
				}
			}
		case *ast.SendStmt:
			if p.Chan == place {
				w.report(id, "a send changes")
			}
		}
		return true
	}
}

// parents returns the parent of each node of a file.
func parents(f *ast.File) map[ast.Node]ast.Node {
	all := map[ast.Node]ast.Node{}
	var stack []ast.Node
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if len(stack) > 0 {
			all[n] = stack[len(stack)-1]
		}
		stack = append(stack, n)
		return true
	})
	return all
}

// changeable returns what in values of the type is there to be changed, or "".
func changeable(t types.Type, seen map[types.Type]bool) string {
	if seen[t] {
		return ""
	}
	seen[t] = true
	if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil {
		switch p := n.Obj().Pkg().Path(); {
		case p == "sync", p == "sync/atomic":
			return n.Obj().Pkg().Name() + "." + n.Obj().Name()
		case !strings.HasPrefix(p, "gilkernel"):
			return "" // such as *regexp.Regexp
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Chan:
		return "channel"
	case *types.Pointer:
		return changeable(u.Elem(), seen)
	case *types.Slice:
		return changeable(u.Elem(), seen)
	case *types.Array:
		return changeable(u.Elem(), seen)
	case *types.Map:
		return changeable(u.Elem(), seen)
	case *types.Struct:
		for f := range u.Fields() {
			if part := changeable(f.Type(), seen); part != "" {
				return part
			}
		}
	}
	return ""
}
