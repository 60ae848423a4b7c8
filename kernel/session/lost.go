package session

// This file refuses the use of lost values: after the interpreter has died, a variable exists again, but at zero, and a
// cell that relied on its value would silently be wrong.

import (
	"fmt"
	"go/ast"
	"slices"
)

// lost returns an error if the cell's statements mention a variable whose value is lost, or call code that mentions
// one, unless they define it again.
func (c *compilation) lost(names, own map[string]bool) error {
	if !c.anyLost() {
		return nil
	}
	here := map[string]bool{} // names that this cell defines
	for name := range own {
		here[name] = true
	}
	for _, st := range c.body.List {
		for _, id := range defined(st) {
			here[id.Name] = true
		}
	}
	var found *fault
	ast.Inspect(c.body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || here[id.Name] || found != nil {
			return found == nil
		}
		if o := c.info.Uses[id]; o == nil || !packageLevel(o) {
			return true // a field, or a local variable of that name
		}
		d := c.lostBehind(id.Name, names, here, map[string]bool{})
		if d == nil {
			return true
		}
		text := fmt.Sprintf("the value of %s is gone with the interpreter that had it; run %s again, which defines it",
			d.name, d.label)
		if in := d.has().lostIn; in != "" {
			text = fmt.Sprintf("the value of %s is gone: the interpreter ended in %s; run %s again, which defines it",
				d.name, in, d.label)
		}
		if d.name != id.Name {
			text = id.Name + " uses " + d.name + ": " + text
		}
		found = &fault{id.Pos(), text}
		return false
	})
	if found == nil {
		return nil
	}
	return diagnostics(c.fset, "NameError", c.code, []fault{*found})
}

func (c *compilation) anyLost() bool {
	if !c.s.lostValues {
		return false // no interpreter has ended yet
	}
	for _, d := range c.s.live {
		if d.lost {
			return true
		}
	}
	return false
}

// lostBehind returns a lost variable that name means, or that it uses through functions and through methods that the
// cell mentions; nil if there is none.
func (c *compilation) lostBehind(name string, names, here, seen map[string]bool) *decl {
	d := c.s.live[name]
	if d == nil || here[name] || seen[name] {
		return nil
	}
	seen[name] = true
	if d.lost {
		return d
	}
	var uses []string
	if d.kind == kindFunc {
		uses = d.has().uses
	}
	for m, meth := range d.has().methods {
		if names[m] {
			uses = slices.Concat(uses, meth.uses)
		}
	}
	for _, use := range slices.Sorted(slices.Values(uses)) {
		if found := c.lostBehind(use, names, here, seen); found != nil {
			return found
		}
	}
	return nil
}
