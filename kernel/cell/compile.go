package cell

// This file defines the compilation of one cell, from text to program.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// compilation is the state of one Compile. It reads the session and changes nothing in it.
type compilation struct {
	s     *Session
	label string
	code  string
	fset  *token.FileSet
	key   int

	decls *unit   // the cell's declarations
	stmts *unit   // the cell's statements, within a function
	units []*unit // decls, and earlier definitions that are compiled again
	body  *ast.BlockStmt

	info        *types.Info
	scope       *types.Scope               // of the declarations
	out         int                        // n of Out[n]
	latest      *decl                      // what _ stands for as a value
	mute        bool                       // a semicolon behind the last expression: its value isn't shown
	last        ast.Expr                   // the last expression, if the cell ends with one
	hoisted     []*hoist                   // variables of the cell's top level
	hoist       map[types.Object]*hoist    // by the object that check made
	names       map[string]string          // package-level name → name in the interpreter
	fresh       map[string]string          // those of them that this program declares
	methods     map[string]*types.Func     // "T.M" of methods that are added to types of earlier cells
	types       map[*types.TypeName]string // names in the interpreter of this program's types
	stale       map[string]string          // earlier definitions that can't be compiled again → why
	imports     map[string]importName      // by local name
	kept        map[string]bool            // types that are declared again just as they were
	explicit    []*ast.ImportSpec          // the learner's own imports
	dots        []string                   // paths of the packages that are imported with a dot
	aliases     map[string]string          // paths of packages that types need → names
	temps       int
	hasResult   bool
	outType     types.Type // of the value
	outNative   bool       // the value is kept outside of the interpreter
	outInternal string     // else the variable that keeps it
	outExpr     string     // and its type
	usedImports map[string]string
	unhoistable []string          // variables whose types can't be written
	staleNames  map[string]string // functions that can't be called → what says so
	inits       []string          // names of the cell's init functions
	bodies      []methodBody      // of methods
	changed     map[string]bool   // variables whose dependents were added
	notes       []Note
}

// methodBody is a method that the program declares.
type methodBody struct {
	base string // the learner's name of the type
	decl *ast.FuncDecl
	unit *unit
}

// hoist is a variable of the cell's top level.
type hoist struct {
	name     string
	internal string
	obj      types.Object
	typ      types.Type
	expr     string // the type as source
	fresh    bool   // the interpreter has no such variable yet
}

// importName is an import of a cell.
type importName struct {
	path     string
	explicit bool // the learner wrote it
}

// Compile checks a cell of Go code and lowers it to a program for the interpreter. label is the cell's
// name in positions, such as "In[3]"; its number becomes n of Out[n]. The session isn't changed before
// Commit. The error is an *Error.
func (s *Session) Compile(label, code string) (p *Program, err error) {
	defer recovered(&p, &err)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.compile(label, code)
}

// CompileExpr compiles an expression for its value alone, as user_expressions want it.
func (s *Session) CompileExpr(label, expr string) (p *Program, err error) {
	defer recovered(&p, &err)
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err = s.compile(label, expr)
	if err != nil {
		return nil, err
	}
	if !p.HasResult || len(p.Defines) > 0 {
		return nil, &Error{Name: "SyntaxError", Message: "this is not an expression with a value"}
	}
	p.Out = 0
	return p, nil
}

// recovered turns a panic of the compiler into an error: whatever a learner types, the kernel goes on.
func recovered(p **Program, err *error) {
	if v := recover(); v != nil {
		*p, *err = nil, &Error{Name: "InternalError", Message: fmt.Sprintf("the cell compiler failed on this cell; please report it: %v", v)}
	}
}

func (s *Session) compile(label, code string) (*Program, error) {
	c := &compilation{
		s: s, label: label, code: code, fset: token.NewFileSet(), key: s.newKey(), info: newInfo(), hoist: map[types.Object]*hoist{},
		names: map[string]string{}, fresh: map[string]string{}, methods: map[string]*types.Func{}, types: map[*types.TypeName]string{},
		stale: map[string]string{}, imports: map[string]importName{}, staleNames: map[string]string{}, kept: map[string]bool{}, changed: map[string]bool{},
	}
	_, _ = fmt.Sscanf(label, "In[%d]", &c.out) // another label: its value can't be recalled by number
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
	if err := c.initOrder(); err != nil {
		return nil, err
	}
	c.takeNotes()
	if err := c.lower(); err != nil {
		return nil, err
	}
	p, err := c.emit()
	if err == nil {
		p.Notes = c.notes
	}
	return p, err
}

// parse splits the cell and parses its two halves.
func (c *compilation) parse() error {
	if err := c.bounded(); err != nil {
		return err
	}
	code := c.recallText(c.code)
	items := splitCell(code)
	line := fmt.Sprintf("//line %s:1:1\n", c.label)
	c.decls = &unit{label: c.label, code: code, line: 1, key: c.key, own: true}
	c.stmts = &unit{label: c.label, code: code, line: 1, key: c.key, own: true}
	c.units = []*unit{c.decls}
	// A whole program's variables are a package's: initialised in the order in which they need each other.
	program := slices.ContainsFunc(items, func(it item) bool { return it.tok == token.PACKAGE })
	stmt := func(it item) bool {
		return !it.isDecl() && it.tok != token.PACKAGE && !(program && it.tok == token.VAR)
	}
	decl := func(it item) bool { return !stmt(it) && it.tok != token.IMPORT && it.tok != token.PACKAGE }
	// Imports may stand anywhere in a cell, which Go's parser wouldn't take.
	imports := &unit{label: c.label, code: code}
	if err := parseUnit(c.fset, imports, "imports.go", "package main\n"+line, blank(code, items, func(it item) bool { return it.tok == token.IMPORT }), "\n"); err != nil {
		return adviseSyntax(syntaxError(c.label, c.code, err), c.code)
	}
	if err := parseUnit(c.fset, c.decls, "decls.go", "package main\n"+line, blank(code, items, decl), "\n"); err != nil {
		return adviseSyntax(syntaxError(c.label, c.code, err), c.code)
	}
	head := fmt.Sprintf("package main\nfunc __cell%d() {\n", c.key) + line
	if err := parseUnit(c.fset, c.stmts, "stmts.go", head, blank(code, items, stmt), "\n}\n"); err != nil {
		return adviseSyntax(syntaxError(c.label, c.code, err), c.code)
	}
	fd, ok := c.stmts.file.Decls[0].(*ast.FuncDecl)
	if !ok || len(c.stmts.file.Decls) != 1 {
		return &Error{Name: "SyntaxError", Message: "syntax error: unexpected }"}
	}
	c.body = fd.Body
	if n := len(items); n > 0 && stmt(items[n-1]) && len(c.body.List) > 0 {
		if es, ok := c.body.List[len(c.body.List)-1].(*ast.ExprStmt); ok {
			c.last, c.mute = es.X, items[n-1].semicolon
		}
	}
	c.explicit = imports.file.Imports
	if at, text := (trees{c.decls.file, c.stmts.file, c.s.live}).excess(); at.IsValid() {
		return c.limit(at, text)
	}
	return c.reserved()
}

// reserved refuses names that are the compiler's own.
func (c *compilation) reserved() error {
	var faults []fault
	for _, f := range []*ast.File{c.decls.file, c.stmts.file} {
		ast.Inspect(f, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && strings.HasPrefix(id.Name, "__") && id.Name != fmt.Sprintf("__cell%d", c.key) && c.s.live[id.Name] == nil {
				faults = append(faults, fault{id.Pos(), "names that begin with two underscores belong to the kernel: " + id.Name})
			}
			return true
		})
	}
	for _, f := range []*ast.File{c.decls.file, c.stmts.file} {
		for _, group := range f.Comments {
			for _, com := range group.List {
				if name, ok := strings.CutPrefix(com.Text, "//go:embed "); ok {
					return diagnostics(c.fset, "SyntaxError", c.code, []fault{{com.Pos(), fmt.Sprintf(
						"a cell can't embed files: no build reads them; read the file with os.ReadFile(%q), or its folder with os.DirFS(\".\")", strings.TrimSpace(name))}})
				}
			}
		}
	}
	for _, d := range c.decls.file.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Body == nil {
			return c.advise(diagnostics(c.fset, "SyntaxError", c.code, []fault{{fd.Name.Pos(), "missing function body"}}))
		}
	}
	for _, imp := range c.explicit {
		if imp.Path.Value == `"C"` {
			faults = append(faults, fault{imp.Pos(), limitWords + "cells can't use cgo"})
		}
	}
	if faults != nil {
		return c.advise(diagnostics(c.fset, "NameError", c.code, faults))
	}
	return nil
}

// outName is the name of a cell's value.
func outName(n int) string { return fmt.Sprintf("__out%d", n) }

// newKey returns a key that no program has had.
func (s *Session) newKey() int {
	s.keys++
	return s.keys
}

// newName returns a name that the interpreter hasn't seen. A name is used up even when the cell then
// fails: the interpreter may hold half of it.
func (s *Session) newName(name string) string {
	s.versions[name]++
	if n := s.versions[name]; n > 1 || name == "main" || name == "init" || types.Universe.Lookup(name) != nil {
		return fmt.Sprintf("%s__%d", name, n)
	}
	return name
}

// declared returns the names that a file declares at its top level, methods apart.
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

// objects returns the live objects with these names, and reports the ones whose value is lost.
func (c *compilation) objects(names map[string]bool, except map[string]bool) (objs []types.Object) {
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if name == lastName && c.latest != nil {
			objs = append(objs, types.NewVar(token.NoPos, c.s.pkg, lastName, c.latest.obj.Type()))
			c.names[name] = c.latest.internal
		} else if except[name] || c.imports[name].explicit {
			continue
		} else if d := c.s.live[name]; d != nil {
			objs = append(objs, d.obj)
			c.names[name] = d.internal
		} else if o := c.dotted(name); o != nil {
			objs = append(objs, o)
		}
	}
	return objs
}
