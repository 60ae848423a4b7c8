package cell

// This file defines lowering: walking the statements of a cell and replacing, in the text, what the
// interpreter runs wrongly, and adding what the kernel needs (checks for interruption, the position
// registers). Text is edited rather than printed from the tree, so that every line stays where the
// learner wrote it.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

const check = "if __flag { __rt.Tick() }"

// lower lowers all units and the statements.
func (c *compilation) lower() error {
	c.assignNames()
	for _, u := range c.units {
		l := &lowerer{c: c, u: u}
		l.decls()
		if err := l.err(); err != nil {
			return err
		}
	}
	l := &lowerer{c: c, u: c.stmts}
	l.topLevel()
	return l.err()
}

// assignNames gives what the program declares its names in the interpreter.
func (c *compilation) assignNames() {
	for _, u := range c.units {
		for _, id := range declared(u.file) {
			name := id.Name
			if name == "_" || name == "init" {
				continue
			}
			c.fresh[name] = c.s.newName(name)
			c.names[name] = c.fresh[name]
			if tn, ok := c.scope.Lookup(name).(*types.TypeName); ok {
				c.types[tn] = c.names[name]
			}
		}
	}
	for _, h := range c.hoisted {
		d := c.s.live[h.name]
		h.expr, _ = c.writer().expr(h.typ)
		if d != nil && d.kind == kindVar && types.Identical(d.obj.Type(), h.typ) && c.fresh[h.name] == "" {
			h.internal = d.internal
		} else {
			h.internal, h.fresh = c.s.newName(h.name), true
		}
		c.names[h.name] = h.internal
	}
}

// writer returns the type writer of this program.
func (c *compilation) writer() *typeWriter {
	return &typeWriter{
		internal: func(tn *types.TypeName) (string, bool) {
			if name, ok := c.types[tn]; ok {
				return name, true
			}
			name, ok := c.s.typeNames[tn]
			return name, ok
		},
		imported: func(p *types.Package) string {
			if c.aliases == nil {
				c.aliases = map[string]string{}
			}
			alias, ok := c.aliases[p.Path()]
			if !ok {
				alias = fmt.Sprintf("__%s%d", p.Name(), len(c.aliases))
				c.aliases[p.Path()] = alias
			}
			return alias
		},
	}
}

// lowerer lowers one unit.
type lowerer struct {
	c      *compilation
	u      *unit
	faults []fault
	loops  []*loop // enclosing loops within the current function, the innermost last
	// override names objects otherwise while a loop's header is walked.
	override map[types.Object]string
	frame    *frame                  // of the current function, nil at the cell's top level
	recovers map[*ast.FuncLit]string // literals behind defer → the stack that they are on
	called   map[ast.Node]bool       // names and selectors that are called
	explicit map[*ast.Ident]bool     // generic functions whose type arguments the learner wrote
}

// loop is a loop that is being lowered.
type loop struct {
	node     ast.Stmt
	label    string
	copyBack string // statement to run before each continue, "" for none
	escape   string // label behind the loop, set when a break within a select needs it
	selects  int    // selects around the statement that is being walked, within this loop
	switches int    // the same for switches
	yields   bool   // it is a range over a function: its body is a function literal
}

func (l *lowerer) err() error {
	if len(l.faults) == 0 {
		return nil
	}
	e := diagnostics(l.c.fset, "InterpreterLimit", l.c.code, l.faults)
	e.Limit = true
	return e
}

// limit notes what the interpreter can't do.
func (l *lowerer) limit(pos token.Pos, text string) {
	l.faults = append(l.faults, fault{pos, limitWords + text})
}

func (l *lowerer) insert(pos token.Pos, text string) { l.replace(pos, pos, text) }

func (l *lowerer) replace(from, to token.Pos, text string) {
	i, j := l.u.offset(l.c.fset, from), l.u.offset(l.c.fset, to)
	if i < 0 || j > len(l.u.code) {
		return // of the head: the braces of the cell's own function
	}
	// A newline that goes takes the line numbers behind it along: keep it.
	text += strings.Repeat("\n", max(0, strings.Count(l.u.code[i:j], "\n")-strings.Count(text, "\n")))
	l.u.edits = append(l.u.edits, edit{i, j, text})
}

// register is the position register's value for pos.
func (l *lowerer) register(pos token.Pos) int {
	p := l.c.fset.Position(pos)
	return l.u.key<<32 | min(p.Line, 1<<20-1)<<12 | min(p.Column, 1<<12-1)
}

// site is pos as it is shown.
func (l *lowerer) site(pos token.Pos) string {
	p := l.c.fset.Position(pos)
	return strconv.Quote(fmt.Sprintf("%s:%d:%d", p.Filename, p.Line, p.Column))
}

// temp returns a number for temporary names.
func (l *lowerer) temp() int {
	l.c.temps++
	return l.c.temps
}

// topLevel lowers the cell's statements.
func (l *lowerer) topLevel() {
	for i, st := range l.c.body.List {
		l.insert(st.Pos(), fmt.Sprintf("__top = %d; ", l.register(st.Pos())))
		if l.panics(st) {
			l.insert(st.Pos(), fmt.Sprintf("__pos = %d; ", l.register(st.Pos())))
		}
		if i == len(l.c.body.List)-1 && l.c.last != nil && l.result() {
			continue
		}
		l.topStmt(st)
		if i < len(l.c.body.List)-1 && l.blocks(st) {
			l.insert(st.End(), "; "+check)
		}
	}
}

// topStmt lowers a statement whose variables are hoisted.
func (l *lowerer) topStmt(st ast.Stmt) {
	switch st := st.(type) {
	case *ast.AssignStmt:
		if st.Tok == token.DEFINE {
			if l.assign(st, true) {
				return
			}
			l.replace(st.TokPos, st.TokPos+2, "=")
			for _, e := range st.Lhs {
				l.expr(e)
			}
			for _, e := range st.Rhs {
				l.expr(e)
			}
			return
		}
	case *ast.DeclStmt:
		if gd := st.Decl.(*ast.GenDecl); gd.Tok == token.VAR {
			l.hoistVars(gd)
			return
		}
	}
	l.stmt(st)
}

// hoistVars turns a var declaration into assignments.
func (l *lowerer) hoistVars(gd *ast.GenDecl) {
	from := gd.Pos()
	for i, s := range gd.Specs {
		spec := s.(*ast.ValueSpec)
		sep := ""
		if i > 0 {
			sep = "; "
		}
		if len(spec.Values) == 0 {
			text := sep
			for _, id := range spec.Names {
				if h := l.c.hoist[l.c.info.Defs[id]]; h != nil {
					// The variable may be there from an earlier run of the cell.
					n := l.temp()
					text += fmt.Sprintf("var __z%d %s; %s = __z%d; ", n, h.expr, h.internal, n)
				}
			}
			l.replace(from, spec.End(), strings.TrimSuffix(text, "; "))
			from = spec.End()
			continue
		}
		var names []string
		for _, id := range spec.Names {
			name := "_"
			if h := l.c.hoist[l.c.info.Defs[id]]; h != nil {
				name = h.internal
			}
			names = append(names, name)
		}
		l.replace(from, spec.Values[0].Pos(), sep+strings.Join(names, ", ")+" = ")
		for _, e := range spec.Values {
			l.expr(e)
		}
		from = spec.End()
	}
	if gd.Rparen.IsValid() {
		l.replace(from, gd.Rparen+1, "")
	}
}

// decls lowers a unit of declarations.
func (l *lowerer) decls() {
	for _, d := range l.u.file.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			if d.Tok != token.IMPORT {
				l.expr(d)
			}
		case *ast.FuncDecl:
			l.funcDecl(d)
		}
	}
}

func (l *lowerer) funcDecl(d *ast.FuncDecl) {
	switch {
	case d.Recv == nil && d.Name.Name == "init":
		name := l.c.s.newName("init")
		l.c.inits = append(l.c.inits, name)
		l.replace(d.Name.Pos(), d.Name.End(), name)
	case d.Recv == nil:
		l.ident(d.Name)
		if d.Type.TypeParams != nil {
			l.unconstrained(d.Type.TypeParams)
		}
	case receiverGeneric(d):
		l.expr(d.Recv)
	default:
		l.method(d)
		return
	}
	l.fields(d.Type)
	if d.Body != nil {
		l.function(d.Type, d.Body, "")
	}
}

// unconstrained writes any for the constraints of type parameters: go/types has looked at them, and the
// interpreter doesn't know all of them.
func (l *lowerer) unconstrained(list *ast.FieldList) {
	for _, f := range list.List {
		l.replace(f.Type.Pos(), f.Type.End(), "any")
	}
}

func (l *lowerer) fields(t *ast.FuncType) {
	l.expr(t.Params)
	if t.Results != nil {
		l.expr(t.Results)
	}
}

// method turns a method into a function with the receiver as first parameter. The method itself, made
// in emit, calls it through a variable, so that a later cell can define the method again for values
// that are there already.
func (l *lowerer) method(d *ast.FuncDecl) {
	base := receiverBase(d)
	slot := fmt.Sprintf("__%s_%s", l.c.names[base], d.Name.Name)
	fn := l.c.s.newName(slot + "_")
	l.c.bodies = append(l.c.bodies, methodBody{base: base, decl: d, slot: slot, fn: fn, unit: l.u})
	recv := d.Recv.List[0]
	sep := ""
	if len(d.Type.Params.List) > 0 {
		sep = ", "
	}
	if len(recv.Names) > 0 {
		l.replace(d.Recv.Opening, recv.Names[0].Pos(), fn+"(")
	} else {
		l.replace(d.Recv.Opening, recv.Type.Pos(), fn+"(_ ")
	}
	l.expr(recv.Type)
	l.replace(recv.Type.End(), d.Type.Params.Opening+1, sep)
	for _, f := range d.Type.Params.List {
		if len(f.Names) == 0 {
			l.insert(f.Type.Pos(), "_ ")
		}
	}
	l.fields(d.Type)
	l.function(d.Type, d.Body, "")
}

// list lowers a list of statements.
func (l *lowerer) list(list []ast.Stmt) {
	for i, st := range list {
		if l.panics(st) {
			l.insert(st.Pos(), fmt.Sprintf("__pos = %d; ", l.register(st.Pos())))
		}
		l.stmt(st)
		if i < len(list)-1 && l.blocks(st) {
			l.insert(st.End(), "; "+check)
		}
	}
}

func (l *lowerer) stmt(st ast.Stmt) {
	switch st := st.(type) {
	case nil:
	case *ast.BlockStmt:
		l.list(st.List)
	case *ast.IfStmt:
		l.simpleStmt(st.Init)
		l.expr(st.Cond)
		l.list(st.Body.List)
		l.stmt(st.Else)
	case *ast.ForStmt:
		l.forStmt(st, "")
	case *ast.RangeStmt:
		l.rangeStmt(st, "")
	case *ast.LabeledStmt:
		l.labeled(st)
	case *ast.SwitchStmt:
		l.simpleStmt(st.Init)
		if st.Tag != nil {
			l.expr(st.Tag)
		}
		l.inSwitch(st.Body)
	case *ast.TypeSwitchStmt:
		l.simpleStmt(st.Init)
		l.simpleStmt(st.Assign)
		l.inSwitch(st.Body)
	case *ast.SelectStmt:
		if n := len(l.loops); n > 0 {
			l.loops[n-1].selects++
			defer func() { l.loops[n-1].selects-- }()
		}
		l.clauses(st.Body)
	case *ast.BranchStmt:
		l.branch(st)
	case *ast.GoStmt:
		l.goStmt(st)
	case *ast.DeferStmt:
		l.deferStmt(st)
	case *ast.AssignStmt:
		if !l.assign(st, false) {
			l.expr(st)
		}
	case *ast.ReturnStmt:
		l.returnStmt(st)
	case *ast.ExprStmt:
		if call, ok := st.X.(*ast.CallExpr); !ok || !l.waitGroupGo(st, call) {
			l.expr(st.X)
		}
	default:
		l.expr(st)
	}
}

// inSwitch lowers the clauses of a switch.
func (l *lowerer) inSwitch(body *ast.BlockStmt) {
	if n := len(l.loops); n > 0 {
		l.loops[n-1].switches++
		defer func() { l.loops[n-1].switches-- }()
	}
	l.clauses(body)
}

// simpleStmt lowers a statement in the head of another one, which must stay one statement.
func (l *lowerer) simpleStmt(st ast.Stmt) {
	if st != nil {
		l.expr(st)
	}
}

func (l *lowerer) clauses(body *ast.BlockStmt) {
	for _, cl := range body.List {
		switch cl := cl.(type) {
		case *ast.CaseClause:
			for _, e := range cl.List {
				l.expr(e)
			}
			l.list(cl.Body)
		case *ast.CommClause:
			if cl.Comm != nil {
				l.commClause(cl)
			}
			l.list(cl.Body)
		}
	}
}
