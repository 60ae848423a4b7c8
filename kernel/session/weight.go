package session

// This file weighs the declarations of a cell: how long its constant strings are, and how many parts its types have,
// when all names in them are written out. A few lines that each mention the previous one twice make a tree with a
// billion leaves, which go/types would build or walk for hours in the kernel's memory.

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"gilkernel/kernel/extent"
)

const (
	maxConstant = 16 << 20 // bytes of a constant string
	maxType     = extent.MaxParts
)

// scales weighs the expressions of a cell.
type scales struct {
	t       trees
	strings bool // weigh constants; false: types
	specs   map[string][]*weighed
	live    map[string]float64
}

// weighed is one declaration of a constant or an alias, in any scope.
type weighed struct {
	exprs  []ast.Expr
	weight float64 // -1 while it isn't known
	open   bool    // it is being weighed
}

// weighty returns the position of a constant or type that is too large, and what is wrong; token.NoPos if there is
// none.
func (t trees) weighty() (at token.Pos, text string) {
	texts, aliases := &scales{t: t, strings: true}, &scales{t: t}
	texts.collect()
	aliases.collect()
	for _, f := range []*ast.File{t.decls, t.stmts} {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				if n.Op == token.ADD && texts.weigh(n) > maxConstant {
					at, text = n.Pos(),
						fmt.Sprintf("a constant string of more than %d MiB; make it a variable", maxConstant>>20)
				}
				return false
			case *ast.TypeSpec:
				if aliases.weigh(n.Type) > maxType {
					at, text = n.Pos(),
						fmt.Sprintf("written out, the type %s has more than %d parts; declare the types that it is "+
							"made of without =", n.Name.Name, maxType)
				}
			case *ast.ArrayType, *ast.MapType, *ast.FuncType, *ast.StructType, *ast.IndexExpr, *ast.IndexListExpr:
				if aliases.weigh(n) > maxType {
					at, text = n.Pos(),
						fmt.Sprintf("written out, this type has more than %d parts; declare the types that it is "+
							"made of without =", maxType)
				}
				return !at.IsValid()
			}
			return !at.IsValid()
		})
	}
	return at, text
}

// collect finds the declarations.
func (s *scales) collect() {
	s.specs, s.live = map[string][]*weighed{}, map[string]float64{}
	var all []*weighed
	add := func(name string, exprs ...ast.Expr) {
		w := &weighed{exprs: exprs, weight: -1}
		s.specs[name] = append(s.specs[name], w)
		all = append(all, w)
	}
	for _, f := range []*ast.File{s.t.decls, s.t.stmts} {
		ast.Inspect(f, func(n ast.Node) bool {
			gd, ok := n.(*ast.GenDecl)
			if !ok {
				return true
			}
			var values []ast.Expr // constants without values repeat the previous ones
			for _, spec := range gd.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if spec.Assign.IsValid() && !s.strings {
						add(spec.Name.Name, spec.Type)
					}
				case *ast.ValueSpec:
					if gd.Tok == token.CONST && s.strings {
						if spec.Values != nil {
							values = spec.Values
						}
						for i, id := range spec.Names {
							if i < len(values) {
								add(id.Name, values[i])
							}
						}
					}
				}
			}
			return true
		})
	}
	for _, w := range all { // in this order few depend on others that aren't weighed yet
		s.spec(w)
	}
}

func (s *scales) spec(w *weighed) float64 {
	if w.weight < 0 {
		w.open = true
		sum := 0.0
		for _, e := range w.exprs {
			sum += s.weigh(e)
		}
		w.weight, w.open = sum, false
	}
	return w.weight
}

// name returns the weight of a name: the maximum over its declarations. Within a declaration of the name it means the
// previous one, as in const a = a + a.
func (s *scales) name(name string) float64 {
	most := s.liveWeight(name)
	for _, w := range s.specs[name] {
		if w.open {
			break
		}
		most = max(most, s.spec(w))
	}
	return most
}

// liveWeight returns the weight of the definition that earlier cells have under a name.
func (s *scales) liveWeight(name string) float64 {
	if w, ok := s.live[name]; ok {
		return w
	}
	w := 1.0
	switch d := s.t.live[name]; {
	case d == nil:
	case s.strings:
		if k, ok := d.obj.(*types.Const); ok && k.Val().Kind() == constant.String {
			w = float64(len(constant.StringVal(k.Val())))
		}
	default:
		if tn, ok := d.obj.(*types.TypeName); ok && tn.IsAlias() {
			w = float64(new(extent.Scale).Parts(tn.Type()))
		}
	}
	s.live[name] = w
	return w
}

// weigh returns the weight of an expression.
func (s *scales) weigh(n ast.Node) float64 {
	sum := 1.0
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.Ident:
			sum += s.name(m.Name)
		case *ast.BasicLit:
			if s.strings {
				sum += float64(len(m.Value))
			}
		case *ast.SelectorExpr:
			if !s.strings {
				return false
			}
		case *ast.BlockStmt:
			return false
		case *ast.Field:
			if !s.strings {
				sum += s.weigh(m.Type) * float64(max(1, len(m.Names)))
				return false
			}
		case *ast.IndexExpr:
			if !s.strings {
				sum += s.times(m.X, s.weigh(m.Index))
				return false
			}
		case *ast.IndexListExpr:
			if !s.strings {
				args := 0.0
				for _, x := range m.Indices {
					args += s.weigh(x)
				}
				sum += s.times(m.X, args)
				return false
			}
		}
		return true
	})
	return sum
}

// times returns the weight of an instance. An alias may mention its parameters as often as it has parts; other types
// are written with their name and arguments.
func (s *scales) times(x ast.Expr, args float64) float64 {
	if n := s.weigh(x); n > 2 { // more than a name
		return n * args
	}
	return 2 + args
}
