package session

// This file defines the compilation of one cell, from text to program.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"gilkernel/kernel/cell"
)

// compilation is the state of one Compile. It reads the session and doesn't change it.
type compilation struct {
	s     *Session
	label string
	code  string
	fset  *token.FileSet

	decls *srcPart   // the cell's declarations
	stmts *srcPart   // the cell's statements, within a function
	units []*srcPart // decls, and earlier definitions that are compiled again
	body  *ast.BlockStmt

	info     *types.Info
	scope    *types.Scope                  // of the declarations
	first    map[*ast.FuncDecl]*types.Func // functions as other cells see them, see checkBodies
	out      int                           // n of Out[n]
	outVar   *types.Var                    // keeps the value; nil: there is none
	aside    bool                          // the value is not recalled later
	latest   *decl                         // the definition that _ means as a value
	lastVar  *types.Var                    // stands for it in the check
	mute     bool                          // a semicolon after the last expression: its value isn't shown
	last     ast.Expr                      // the last expression, if the cell ends with one
	hoisted  []*hoist                      // variables of the cell's top level
	hoist    map[types.Object]*hoist       // by the object that check made
	fresh    map[string]bool               // names that declarations of this program define
	methods  map[string]*types.Func        // "T.M" of methods that are added to types of earlier cells
	stale    map[string]string             // earlier definitions that can't be compiled again → why
	imports  map[string]importName         // by local name
	kept     map[string]bool               // types that are declared again unchanged
	explicit []*ast.ImportSpec             // the learner's own imports
	dots     []string                      // paths of the packages that are imported with a dot
	changed  map[string]bool               // variables whose dependents were added
	notes    []Note

	defined       bool            // set by commit: the program has defined something
	replacedNames map[string]bool // set by commit: names it has defined; true: they had another meaning before
}

// hoist is a variable of the cell's top level.
type hoist struct {
	name   string
	obj    types.Object // the local variable as which the checker sees it
	typ    types.Type
	global *types.Var // the package's variable
}

// importName is an import of a cell.
type importName struct {
	path     string
	explicit bool // the learner wrote it
}

// Compile checks a cell of Go code and returns it as a program, with the unit that an engine runs. label is the cell's
// name in positions, such as "In[3]"; its number is the n of Out[n]. The session doesn't change before Commit. The
// error is a *cell.Error.
func (s *Session) Compile(label, code string) (p *Program, err error) {
	defer recovered(&p, &err)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.compile(label, code, false)
}

// CompileExpr compiles an expression for its value only, for user_expressions: the value can't be recalled as Out[n].
// It returns a *cell.Error if expr isn't an expression with a value.
func (s *Session) CompileExpr(label, expr string) (p *Program, err error) {
	defer recovered(&p, &err)
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err = s.compile(label, expr, true)
	if err != nil {
		return nil, err
	}
	if !p.HasResult || len(p.Defines) > 0 {
		return nil, &cell.Error{Name: "SyntaxError", Message: "this is not an expression with a value"}
	}
	return p, nil
}

// recovered turns a panic of the compiler into an error: the kernel must survive whatever a learner types.
func recovered(p **Program, err *error) {
	if v := recover(); v != nil {
		*p, *err = nil,
			&cell.Error{Name: "InternalError",
				Message: fmt.Sprintf("the cell compiler failed on this cell; please report it: %v", v)}
	}
}

func (s *Session) compile(label, code string, aside bool) (*Program, error) {
	if s.loader != nil {
		s.loader.Refresh()
	}
	c := &compilation{
		s: s, label: label, code: code, aside: aside, fset: token.NewFileSet(), info: newInfo(),
		hoist: map[types.Object]*hoist{},
		fresh: map[string]bool{}, methods: map[string]*types.Func{},
		stale: map[string]string{}, imports: map[string]importName{}, kept: map[string]bool{},
		changed: map[string]bool{},
	}
	_, _ = fmt.Sscanf(label, "In[%d]", &c.out) // with another label the value can't be recalled by number
	if err := c.parse(); err != nil {
		return nil, err
	}
	c.recall()
	if err := c.redefine(); err != nil {
		return nil, err
	}
	for again := true; again; {
		if err := c.typecheck(); err != nil {
			return nil, err
		}
		if err := c.large(); err != nil {
			return nil, err
		}
		var err error
		if again, err = c.retyped(); err != nil {
			return nil, err
		}
	}
	if !s.checked {
		if err := c.initOrder(); err != nil {
			return nil, err
		}
		c.takeNotes()
	}
	return c.build()
}

// parse splits the cell and parses its two halves.
func (c *compilation) parse() error {
	if err := cell.Bounded(c.label, c.code); err != nil {
		return err
	}
	code := c.recallText(c.code)
	pieces := cell.Pieces(code)
	line := fmt.Sprintf("//line %s:1:1\n", c.label)
	c.decls = &srcPart{label: c.label, code: code, line: 1, own: true}
	c.stmts = &srcPart{label: c.label, code: code, line: 1, own: true}
	c.units = []*srcPart{c.decls}
	// The variables of a whole program are a package's, which are initialized in the order of their dependencies.
	program := slices.ContainsFunc(pieces, func(p cell.Piece) bool { return p.Tok == token.PACKAGE })
	stmt := func(p cell.Piece) bool {
		if p.Tok == token.VAR {
			return !program
		}
		return !p.Decl && p.Tok != token.PACKAGE
	}
	decl := func(p cell.Piece) bool { return !stmt(p) && p.Tok != token.IMPORT && p.Tok != token.PACKAGE }
	// Imports may stand anywhere in a cell, which Go's parser doesn't accept.
	imports := &srcPart{label: c.label, code: code}
	isImport := func(p cell.Piece) bool { return p.Tok == token.IMPORT }
	if slices.ContainsFunc(pieces, isImport) {
		if err := parsePart(c.fset, imports, "imports.go", "package main\n"+line, blank(code, pieces, isImport),
			"\n"); err != nil {
			return adviseSyntax(cell.SyntaxError(c.label, c.code, err), c.code)
		}
		c.explicit = imports.file.Imports
	}
	if !slices.ContainsFunc(pieces, decl) {
		c.decls.empty(c.fset, "decls.go")
	} else if err := parsePart(c.fset, c.decls, "decls.go", "package main\n"+line, blank(code, pieces, decl),
		"\n"); err != nil {
		return adviseSyntax(cell.SyntaxError(c.label, c.code, err), c.code)
	}
	head := "package main\n" + line + "func " + entryName + "() {\n" + line
	if err := parsePart(c.fset, c.stmts, "stmts.go", head, blank(code, pieces, stmt), "\n}\n"); err != nil {
		return adviseSyntax(cell.SyntaxError(c.label, c.code, err), c.code)
	}
	fd, ok := c.stmts.file.Decls[0].(*ast.FuncDecl)
	if !ok || len(c.stmts.file.Decls) != 1 {
		return &cell.Error{Name: "SyntaxError", Message: "syntax error: unexpected }"}
	}
	c.body = fd.Body
	if n := len(pieces); n > 0 && stmt(pieces[n-1]) && len(c.body.List) > 0 {
		if es, ok := c.body.List[len(c.body.List)-1].(*ast.ExprStmt); ok {
			c.last, c.mute = es.X, pieces[n-1].Semicolon
		}
	}
	if at, text := (trees{c.decls.file, c.stmts.file, c.s.live}).excess(len(code)); at.IsValid() {
		return c.limit(at, text)
	}
	return c.reserved()
}

// reserved refuses names that belong to the compiler, directives to embed files, functions without a body, and cgo.
func (c *compilation) reserved() error {
	var faults []fault
	for _, f := range []*ast.File{c.decls.file, c.stmts.file} {
		ast.Inspect(f, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && strings.HasPrefix(id.Name, "__") && id.Name != entryName &&
				c.s.live[id.Name] == nil {
				faults = append(faults,
					fault{id.Pos(), "names that begin with two underscores belong to the kernel: " + id.Name})
			}
			return true
		})
	}
	for _, f := range []*ast.File{c.decls.file, c.stmts.file} {
		for _, group := range f.Comments {
			for _, com := range group.List {
				if name, ok := strings.CutPrefix(com.Text, "//go:embed "); ok {
					return diagnostics(c.fset, "SyntaxError", c.code, []fault{{com.Pos(), fmt.Sprintf(
						"a cell can't embed files: no build reads them; read the file with os.ReadFile(%q), or its "+
							"folder with os.DirFS(\".\")", strings.TrimSpace(name))}})
				}
			}
		}
	}
	for _, d := range c.decls.file.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Body == nil {
			return c.advise(diagnostics(c.fset, "SyntaxError", c.code,
				[]fault{{fd.Name.Pos(), "missing function body"}}))
		}
	}
	for _, imp := range c.explicit {
		if imp.Path.Value == `"C"` {
			faults = append(faults, fault{imp.Pos(), cell.LimitWords + "cells can't use cgo"})
		}
	}
	if faults != nil {
		return c.advise(diagnostics(c.fset, "NameError", c.code, faults))
	}
	return nil
}

// outName returns the name of the variable that keeps a cell's value.
func outName(n int) string { return fmt.Sprintf("__out%d", n) }

// declared returns the names that a file declares at its top level, without methods.
func declared(f *ast.File) []*ast.Ident {
	var names []*ast.Ident
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, spec.Name)
				case *ast.ValueSpec:
					names = append(names, spec.Names...)
				}
			}
		}
	}
	return names
}

// objects returns the live objects with these names, without those in except.
func (c *compilation) objects(names map[string]bool, except map[string]bool) (objs []types.Object) {
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if name == lastName && c.latest != nil {
			if c.lastVar == nil {
				c.lastVar = types.NewVar(token.NoPos, c.s.pkg, lastName, c.latest.obj.Type())
			}
			objs = append(objs, c.lastVar)
		} else if except[name] || c.imports[name].explicit {
			continue
		} else if d := c.s.live[name]; d != nil {
			objs = append(objs, d.obj)
		} else if o := c.dotted(name); o != nil {
			objs = append(objs, o)
		}
	}
	return objs
}
