package session

// This file checks the order of initialization: it refuses a variable whose first value depends on the variable itself,
// as the Go compiler does, and a call of a function that reads a variable that the cell defines further down.
//
// go/types finds such cycles among the variables of one package. But the variables of cells are defined by statements,
// and functions may be of earlier cells, so the cycles are found here.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"gilkernel/kernel/unit"
)

// initGraph is the graph of references between variables and functions.
type initGraph struct {
	c     *compilation
	vars  []*initVar // of the cell, in order of position
	byKey map[string]*initVar
	funcs map[string]references // by function or method that the program declares
	stmts []references          // by statement of the cell's top level; of a var, by line in its brackets
}

// initVar is a variable of the cell's top level that gets a first value.
type initVar struct {
	references
	id       *ast.Ident
	declared bool // by var: it is a new variable even if the name existed
	fresh    bool // it has no value before
	stmt     int  // index of its statement, -1 for a variable of a whole program
}

// initOrder returns an error if a variable depends on itself or is read too early.
func (c *compilation) initOrder() error {
	g := c.newInitGraph(true)
	if path := g.cycle(); path != nil {
		v := g.byKey[path[0]]
		e := diagnostics(c.fset, "TypeError", c.code, []fault{{v.id.Pos(), cycleWords(path)}})
		e.Diagnostics[0].Advice = g.cycleAdvice(v, path[1])
		return e
	}
	if f, ok := g.early(); ok {
		return diagnostics(c.fset, "NameError", c.code, []fault{f})
	}
	return nil
}

// directCycles replaces the checker's messages about a cycle among the variables of the cell, which say that a later
// variable isn't defined.
func (c *compilation) directCycles(faults []fault) []fault {
	of := func(f fault, names []string) bool {
		name, undefined := strings.CutPrefix(f.msg, "undefined: ")
		return undefined && slices.Contains(names, name) || strings.HasPrefix(f.msg, "initialization cycle") ||
			strings.HasPrefix(f.msg, "\t")
	}
	if !slices.ContainsFunc(faults, func(f fault) bool {
		return strings.HasPrefix(f.msg, "undefined: ") || strings.HasPrefix(f.msg, "initialization cycle")
	}) {
		return faults
	}
	g := c.newInitGraph(false)
	path := g.cycle()
	if path == nil {
		return faults
	}
	cycle := fault{g.byKey[path[0]].id.Pos(), cycleWords(path)}
	return append([]fault{cycle}, slices.DeleteFunc(faults, func(f fault) bool { return of(f, path) })...)
}

// newInitGraph collects the references of the cell's variables and, if bodies were checked, of the functions.
func (c *compilation) newInitGraph(bodies bool) *initGraph {
	g := &initGraph{c: c, byKey: map[string]*initVar{}, funcs: map[string]references{}}
	for _, st := range c.body.List {
		for label, ok := st.(*ast.LabeledStmt); ok; label, ok = st.(*ast.LabeledStmt) {
			st = label.Stmt
		}
		if ds, ok := st.(*ast.DeclStmt); ok {
			for _, spec := range varSpecs(ds.Decl) { // each is a statement of its own
				g.addVars(len(g.stmts), true, spec.Names, spec.Values)
				g.stmts = append(g.stmts, c.refersTo(true, spec))
			}
			continue
		}
		if as, ok := st.(*ast.AssignStmt); ok && as.Tok == token.DEFINE {
			var ids []*ast.Ident
			for _, e := range as.Lhs {
				id, _ := e.(*ast.Ident)
				ids = append(ids, id)
			}
			g.addVars(len(g.stmts), false, ids, as.Rhs)
		}
		g.stmts = append(g.stmts, c.refersTo(true, st))
	}
	for _, u := range c.units {
		for _, d := range u.file.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok {
				for _, spec := range varSpecs(d) {
					g.addVars(-1, true, spec.Names, spec.Values)
				}
			} else if bodies && fd.Body != nil {
				key := fd.Name.Name
				if fd.Recv != nil {
					key = unit.Receiver(fd) + "." + key
				}
				g.funcs[key] = c.refersTo(false, fd.Body)
			}
		}
	}
	slices.SortFunc(g.vars, func(a, b *initVar) int { return int(a.id.Pos() - b.id.Pos()) })
	return g
}

// varSpecs returns the specs of a declaration of variables, nil for another one.
func varSpecs(d ast.Decl) (list []*ast.ValueSpec) {
	gd, ok := d.(*ast.GenDecl)
	if !ok || gd.Tok != token.VAR {
		return nil
	}
	for _, spec := range gd.Specs {
		list = append(list, spec.(*ast.ValueSpec))
	}
	return list
}

// addVars adds the variables that get a first value in a statement or a declaration.
func (g *initGraph) addVars(stmt int, declared bool, ids []*ast.Ident, values []ast.Expr) {
	for i, id := range ids {
		if id == nil || len(values) == 0 || g.c.info.Defs[id] == nil { // := with a name that was there
			continue
		}
		value := values[0]
		if len(values) == len(ids) {
			value = values[i]
		}
		v := &initVar{id: id, declared: declared, stmt: stmt, references: g.c.refersTo(stmt >= 0, value), fresh: true}
		if h := g.c.hoist[g.c.info.Defs[id]]; h != nil {
			v.fresh = !g.c.holds(h)
		}
		g.vars = append(g.vars, v)
		if id.Name != "_" {
			g.byKey[id.Name] = v
		}
	}
}

// holds reports whether a variable of the cell is one of an earlier cell, which has a value already.
func (c *compilation) holds(h *hoist) bool {
	d := c.s.live[h.name]
	return d != nil && d.kind == kindVar && types.Identical(d.obj.Type(), h.typ)
}

// next returns the names to which key refers: all of them, or only those that are needed immediately.
func (g *initGraph) next(key string, all bool) []string {
	var refs references
	if v := g.byKey[key]; v != nil {
		if !all && !v.fresh {
			return nil // it has a value already
		}
		refs = v.references
	} else if f, ok := g.funcs[key]; ok {
		refs = f
	} else if all {
		return slices.DeleteFunc(slices.Clone(g.c.s.liveRefs(key)), func(name string) bool {
			v := g.byKey[name]
			return v != nil && v.fresh // code that isn't compiled again refers to an earlier variable
		})
	}
	if all {
		return slices.Sorted(maps.Keys(refs.all))
	}
	return slices.Sorted(maps.Keys(refs.now))
}

// liveRefs returns the names to which a function or method of an earlier cell refers.
func (s *Session) liveRefs(key string) []string {
	base, name, isMethod := strings.Cut(key, ".")
	d := s.live[base]
	switch {
	case d == nil || d.has().stale != "":
	case !isMethod:
		return d.has().refs
	case d.has().methods[name] != nil:
		return d.has().methods[name].refs
	}
	return nil
}

// cycle returns the first cycle, from a variable to itself; nil if there is none.
func (g *initGraph) cycle() []string {
	for _, v := range g.vars {
		name := v.id.Name
		if name == "_" || !v.declared && !v.fresh {
			continue // x := f() where x = f() would do
		}
		if path := g.path(g.next(name, v.declared), name, v.declared); path != nil {
			return append([]string{name}, path...)
		}
	}
	return nil
}

// path returns the shortest path from any of several keys to a key; nil if there is none.
func (g *initGraph) path(from []string, to string, all bool) []string {
	by := map[string]string{}
	for _, key := range from {
		by[key] = ""
	}
	for work := slices.Clone(from); len(work) > 0; work = work[1:] {
		key := work[0]
		if key == to {
			path := []string{key}
			for by[key] != "" {
				key = by[key]
				path = append(path, key)
			}
			slices.Reverse(path)
			return path
		}
		for _, n := range g.next(key, all) {
			if _, seen := by[n]; !seen {
				by[n] = key
				work = append(work, n)
			}
		}
	}
	return nil
}

// early returns the fault of the first call at the cell's top level that reads a variable defined further down, and
// whether there is one.
func (g *initGraph) early() (fault, bool) {
	for i, st := range g.stmts {
		for _, v := range g.vars {
			if !v.fresh || v.stmt < i {
				continue
			}
			for _, key := range slices.Sorted(maps.Keys(st.now)) {
				if g.byKey[key] != nil {
					continue // the statement that defines it has been examined
				}
				path := g.path([]string{key}, v.id.Name, false)
				if path == nil {
					continue
				}
				return fault{st.now[key], fmt.Sprintf("%s has no value yet when this runs: %s, which line %d "+
					"defines; define it in a statement before",
					v.id.Name, refersWords(path), g.c.fset.Position(v.id.Pos()).Line)}, true
			}
		}
	}
	return fault{}, false
}

// cycleWords describes a cycle as the Go compiler does.
func cycleWords(path []string) string {
	if len(path) == 2 {
		return "initialization cycle: " + path[0] + " refers to itself"
	}
	return "initialization cycle: " + refersWords(path)
}

func refersWords(path []string) string {
	var steps []string
	for i, key := range path[1:] {
		steps = append(steps, path[i]+" refers to "+key)
	}
	return strings.Join(steps, ", ")
}

// cycleAdvice returns advice on breaking a cycle that begins with a step from v.
func (g *initGraph) cycleAdvice(v *initVar, step string) string {
	name := v.id.Name
	switch d := g.c.s.live[name]; {
	case !v.fresh:
		return fmt.Sprintf("var declares a new %s, which has no value yet; to change the one of %s, write %s = … "+
			"without var.", name, d.label, name)
	case d != nil && d.kind == kindVar:
		return fmt.Sprintf("This is a new %s, of another type than that of %s, and it has no value yet: give it "+
			"another name.", name, d.label)
	}
	return fmt.Sprintf("%s has no value while its first one is being computed: hand %s what it needs as an argument, "+
		"or declare %s without a value and set it below.", name, step, name)
}
