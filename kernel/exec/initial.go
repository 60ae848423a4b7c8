package exec

// This file defines the first values of package variables: what their declarations say. A process that doesn't run the
// cells gets them, as far as they can be computed without any effect beyond the process's own variables.

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// An initial is a declaration that gives variables their first values.
type initial struct {
	vars []types.Object
	code *code // nil: they are zero, or the constant
	scan *scan

	constant *constantInitial // instead of code; nil: none
	at       int              // its index in Engine.initialList
}

// initials notes the declarations among the statements of a unit's entry, and what all its functions assign to
// otherwise. It is called before the functions are compiled: a literal is known by the code that runs. commit makes the
// declarations count.
func (e *Engine) initials(src *source) (commit func()) {
	var list []*initial
	mine := map[ast.Stmt]bool{}
	if src.unit != nil && src.unit.Entry != nil {
		for _, st := range src.unit.Entry.Body.List {
			if found := e.initialsOf(src, st); found != nil {
				mine[st] = true
				list = append(list, found...)
			}
		}
	}
	ast.Inspect(src.file, func(n ast.Node) bool {
		if st, ok := n.(ast.Stmt); ok && mine[st] {
			return false
		}
		e.noteWrites(src, n)
		return true
	})
	return func() {
		for _, in := range list {
			e.addInitial(in)
		}
	}
}

// initialsOf returns the declarations of package variables that a statement is made of, nil if it is none.
func (e *Engine) initialsOf(src *source, st ast.Stmt) (list []*initial) {
	switch st := st.(type) {
	case *ast.AssignStmt:
		if st.Tok == token.DEFINE {
			if in := e.initialOf(src, st.Lhs, st.Rhs, st.Pos()); in != nil {
				list = append(list, in)
			}
		}
	case *ast.DeclStmt:
		if gd := st.Decl.(*ast.GenDecl); gd.Tok == token.VAR {
			for _, spec := range gd.Specs {
				spec := spec.(*ast.ValueSpec)
				var lhs []ast.Expr
				for _, id := range spec.Names {
					lhs = append(lhs, id)
				}
				if in := e.initialOf(src, lhs, spec.Values, spec.Pos()); in != nil {
					list = append(list, in)
				}
			}
		}
	}
	return list
}

// initialOf returns the declaration of variables with these first values; nil if it declares no package variable.
func (e *Engine) initialOf(src *source, lhs, rhs []ast.Expr, pos token.Pos) *initial {
	in := &initial{}
	for _, l := range lhs {
		id := l.(*ast.Ident)
		o := src.info.Defs[id]
		if o == nil {
			o = src.info.Uses[id] // one that was there takes part
		}
		if o != nil && e.globals[o] != nil {
			in.vars = append(in.vars, o)
		}
	}
	if in.vars == nil {
		return nil
	}
	if in.constant = e.constantOf(src, in.vars, lhs, rhs, pos); in.constant != nil {
		in.scan = &e.constants
		return in
	}
	in.scan = &scan{}
	if len(rhs) > 0 {
		in.scan = e.scan(src, &ast.AssignStmt{Tok: token.ASSIGN, Rhs: rhs})
		if in.scan.effect == "" {
			in.code = e.compileInitial(src, lhs, rhs, pos)
			if in.code == nil {
				in.scan.effect = "it needs a variable of the cell's statements"
			}
		}
	}
	return in
}

// compileInitial compiles an assignment as a function of its own; nil if that can't be done.
func (e *Engine) compileInitial(src *source, lhs, rhs []ast.Expr, pos token.Pos) (k *code) {
	defer func() {
		if v := recover(); v != nil {
			if _, ok := v.(limit); !ok {
				panic(v)
			}
			k = nil
		}
	}()
	c := e.newFn(src, nil, "", types.NewSignatureType(nil, nil, nil, nil, nil, false), pos)
	c.boxed = e.escape(src, nil, &ast.AssignStmt{Lhs: lhs, Rhs: rhs, TokPos: pos})
	c.assignList(lhs, rhs, false, pos)
	c.emit(pos, func(*frame) int { return opReturn })
	k = c.finish()
	if len(k.uses.rest().codes) == 0 {
		// where it panics is never asked, and without the files of its cell it is half as large
		k.src = &e.nowhere
	}
	return k
}

// addInitial makes a declaration the current one of its variables. It is called with compileMu held.
func (e *Engine) addInitial(in *initial) {
	for _, o := range in.vars {
		e.dropInitial(o)
	}
	if len(in.vars) == 0 {
		return
	}
	for _, o := range in.vars {
		e.globals[o].initial = in
	}
	in.at = len(e.initialList)
	e.initialList, e.decision = append(e.initialList, in), nil
}

// dropInitial forgets a variable's first value. It is called with compileMu held.
func (e *Engine) dropInitial(o types.Object) {
	v := e.globals[o]
	if v == nil || v.initial == nil {
		return
	}
	old := v.initial
	v.initial, e.decision = nil, nil
	vars := slices.DeleteFunc(slices.Clone(old.vars), func(x types.Object) bool { return x == o })
	if len(vars) > 0 {
		rest := &initial{vars, old.code, old.scan, old.constant, old.at} // others may read the old one
		for _, x := range vars {
			e.globals[x].initial = rest
		}
		e.initialList[old.at] = rest
		return
	}
	e.initialList[old.at] = nil
	e.noInitials++
	if e.noInitials <= len(e.initialList)/2 {
		return
	}
	e.initialList = slices.DeleteFunc(e.initialList, func(in *initial) bool { return in == nil })
	for i, in := range e.initialList {
		in.at = i
	}
	e.noInitials = 0
}

// noteWrites notes the package variables that a node changes, or that something may change which gets their address.
func (e *Engine) noteWrites(src *source, n ast.Node) {
	note := func(x ast.Expr) {
		for {
			switch y := x.(type) {
			case *ast.ParenExpr:
				x = y.X
			case *ast.SelectorExpr:
				x = y.X
			case *ast.IndexExpr:
				x = y.X
			case *ast.StarExpr:
				x = y.X
			case *ast.SliceExpr:
				x = y.X
			case *ast.Ident:
				if o := src.info.Uses[y]; o != nil && e.globals[o] != nil {
					e.written[o] = true
				}
				return
			default:
				return
			}
		}
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		for _, l := range n.Lhs {
			note(l)
		}
	case *ast.IncDecStmt:
		note(n.X)
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			note(n.Key)
			if n.Value != nil {
				note(n.Value)
			}
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			note(n.X)
		}
	case *ast.CallExpr: // what is passed by reference may be changed, and so may a method's receiver
		if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && src.info.Selections[sel] != nil &&
			!synchronizes(src.info.Selections[sel].Obj()) {
			note(sel.X)
		}
		for _, a := range n.Args {
			if t := src.info.TypeOf(a); t != nil && refers(t) && !reading(src, n.Fun) {
				note(a)
			}
		}
	}
}

// synchronizes reports whether a method is one of a lock or a similar object: a change of its state matters to running
// threads and processes, not to the value that a declaration gives.
func synchronizes(method types.Object) bool {
	p := method.Pkg()
	return p != nil && (p.Path() == "sync" || strings.HasPrefix(p.Path(), "gilkernel/runtime/"))
}

// refers reports whether a value of a type leads to memory that a copy shares.
func refers(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Map, *types.Pointer, *types.Chan, *types.Interface, *types.Struct, *types.Array:
		return true
	}
	return false
}

// reading reports whether a function only reads its arguments: a builtin, or one of package fmt.
func reading(src *source, fun ast.Expr) bool {
	switch f := ast.Unparen(fun).(type) {
	case *ast.Ident:
		_, ok := src.info.Uses[f].(*types.Builtin)
		return ok && f.Name != "copy" && f.Name != "delete" && f.Name != "clear"
	case *ast.SelectorExpr:
		o := src.info.Uses[f.Sel]
		return o != nil && o.Pkg() != nil && o.Pkg().Path() == "fmt"
	}
	return false
}

// Declared returns the package variables, by the names that hold in other processes, that Initialize gives the values
// of their declarations.
func (e *Engine) Declared() map[string]bool {
	names := map[string]bool{}
	for _, in := range e.decided() {
		for _, o := range in.vars {
			names[e.ids.nameOf(o)] = true
		}
	}
	return names
}

// A settled declaration has no effect beyond variables, and needs only variables of declarations before it.
type settled struct {
	vars  []types.Object
	code  *code
	reads []types.Object
}

// decision is the result of decided. It is valid until the engine compiles something.
type decision struct {
	version int
	list    []settled
}

// decided returns the declarations that Initialize can follow, in an order in which each comes behind what it needs: a
// cell that was run again may have changed the order.
func (e *Engine) decided() []settled {
	e.decideMu.Lock()
	defer e.decideMu.Unlock()
	e.compileMu.Lock()
	defer e.compileMu.Unlock()
	if d := e.decision; d != nil && d.version == e.newest {
		return slices.Clone(d.list)
	}
	var rest, list []settled
	for _, in := range e.initialList {
		if in == nil {
			continue
		}
		reads, ok := e.pure(in.scan)
		if ok &&
			!slices.ContainsFunc(reads,
				func(o types.Object) bool { return e.written[o] || slices.Contains(in.vars, o) }) {
			code := in.code
			if in.constant != nil {
				code = in.constant.compile(e, in.vars[0])
			}
			rest = append(rest, settled{in.vars, code, reads})
		}
	}
	known := map[types.Object]bool{}
	for again := true; again; {
		again = false
		rest = slices.DeleteFunc(rest, func(s settled) bool {
			if slices.ContainsFunc(s.reads, func(o types.Object) bool { return !known[o] }) {
				return false
			}
			for _, o := range s.vars {
				known[o] = true
			}
			list = append(list, s)
			again = true
			return true
		})
	}
	e.decision = &decision{e.newest, list}
	return slices.Clone(list)
}

// pure reports whether a piece of source has no effect beyond package variables, by way of what it calls too, and which
// variables these mention. It is called with compileMu held.
func (e *Engine) pure(s *scan) (reads []types.Object, ok bool) {
	seen := map[*scan]bool{s: true}
	for todo := []*scan{s}; len(todo) > 0; {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if s.effect != "" {
			return nil, false
		}
		for _, o := range s.reads {
			reads = note(reads, o)
		}
		for _, f := range s.calls {
			d := e.declOf(f)
			if d == nil || d.scan == nil {
				return nil, false
			}
			next := d.scan
			if ref := d.refs.plain; ref != nil { // the newest of its name
				if k := ref.code.Load(); k != nil && k.scan != nil {
					next = k.scan
				}
			}
			if !seen[next] {
				seen[next] = true
				todo = append(todo, next)
			}
		}
	}
	return reads, true
}

// Initialize gives the variables of an image the values of their declarations: those of names, with what these need, or
// all if names is nil. The calling goroutine does it, with an origin. A declaration that panics leaves its variables as
// they are.
func (e *Engine) Initialize(m *Image, origin any, names []string) {
	list := e.decided()
	if names != nil {
		want := map[types.Object]bool{}
		for _, in := range slices.Backward(list) {
			for _, o := range in.vars {
				if slices.Contains(names, e.ids.nameOf(o)) || want[o] {
					for _, r := range in.reads {
						want[r] = true
					}
					want[o] = true
				}
			}
		}
		list = slices.DeleteFunc(list, func(in settled) bool {
			return !slices.ContainsFunc(in.vars, func(o types.Object) bool { return want[o] })
		})
	}
	for _, in := range list {
		if in.code != nil {
			e.initialize(m, origin, in.code)
		}
	}
}

func (e *Engine) initialize(m *Image, origin any, k *code) {
	defer func() {
		if v := recover(); v != nil {
			if u, ok := v.(interface{ Uncatchable() }); ok {
				panic(u)
			}
		}
	}()
	g := e.newG(origin)
	g.image = m
	g.run(k)
}

// Firsts returns what Initialize gives variables that change after their declaration, by the names that hold in other
// processes; others of names aren't in it. The calling goroutine computes it, with an origin: call it on one that runs
// nothing else.
func (e *Engine) Firsts(origin any, names []string) map[string]reflect.Value {
	var changing []string
	list := e.decided()
	e.compileMu.Lock()
	for _, in := range list {
		for _, o := range in.vars {
			if name := e.ids.nameOf(o); e.written[o] && slices.Contains(names, name) {
				changing = append(changing, name)
			}
		}
	}
	e.compileMu.Unlock()
	if len(changing) == 0 {
		return nil
	}
	m := e.NewImage()
	e.Initialize(m, origin, changing)
	firsts := map[string]reflect.Value{}
	for _, name := range changing {
		if s := e.slot(name); s != nil {
			firsts[name] = reflect.NewAt(e.reflect(s.t), m.place(s)).Elem()
		}
	}
	return firsts
}
