package yaegi

// This file defines the survey of a body: which variables yaegi keeps itself. It walks the body as the generation does,
// without a result, and records each variable that a piece compiled by exec mentions: the home of such a variable is
// exec's memory.

import (
	"go/ast"
	"go/types"
)

type survey struct {
	memory   map[types.Object]bool   // the variables whose home is exec's memory
	computed map[types.Object]bool   // the variables that yaegi reads or writes
	homes    map[types.Object]string // the function of the text that declares a variable
	labels   map[string]string       // the one in which a label stands
}

func newSurvey() *survey {
	return &survey{memory: map[types.Object]bool{}, computed: map[types.Object]bool{}, homes: map[types.Object]string{},
		labels: map[string]string{}}
}

// mention records that exec compiles a part of the source.
func (g *gen) mention(nodes ...ast.Node) {
	if !g.dry {
		return
	}
	for _, n := range nodes {
		if n == nil {
			continue
		}
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if o := g.b.Object(id); o != nil {
					g.survey.memory[o] = true
				}
			}
			return true
		})
	}
}

// inMemory reports whether a variable's home is exec's memory, as far as the survey has found so far.
func (g *gen) inMemory(o types.Object) bool { return g.survey.memory[o] }

// declares records where a variable of yaegi's is declared.
func (g *gen) declares(o types.Object) {
	if g.dry {
		g.survey.homes[o] = g.id
		if g.b.Boxed(o) || reprOf(g.b.VarType(o)) == nil {
			g.survey.memory[o] = true
		}
	}
}

// uses records that a variable is used here: what another function of the text declares must be in memory.
func (g *gen) uses(o types.Object) {
	if !g.dry {
		return
	}
	home := g.survey.homes[o]
	switch {
	case home == g.id:
	case home == "" && g.outer == nil && g.b.Param(o) && !g.b.Boxed(o) && reprOf(g.b.VarType(o)) != nil:
		g.survey.homes[o] = g.id
	default:
		g.survey.memory[o] = true
	}
}
