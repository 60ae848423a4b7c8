package session

// This file checks a cell: go/types over the text of the cell, with the session's definitions.
//
// The session isn't checked again with each cell. A cell is checked as a package of its own, with the path that all
// cells' packages have, and with the live objects that it mentions in its scope; so the cost of a cell doesn't grow
// with the session.

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"sync"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/extent"
	"gilkernel/kernel/std"
	"gilkernel/kernel/unit"
)

// fault is a type error at a position in a unit.
type fault struct {
	pos token.Pos
	msg string
}

// checker checks the files of one package.
type checker struct {
	fset   *token.FileSet
	imp    types.Importer
	info   *types.Info
	faults []fault
	// heads maps functions whose bodies are checked to the functions that other cells see.
	heads map[*ast.Ident]*types.Func
	// pkg is the session's. go/types tells packages and their scopes apart by address (who may set an
	// unexported field, which types are local to a function), so all cells share one package, whose
	// scope is emptied for each check.
	pkg   *types.Package
	scope *types.Scope // what the last check left in it
}

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{},
		Implicits: map[ast.Node]types.Object{},
		Scopes:    map[ast.Node]*types.Scope{},
	}
}

// check checks files as package main with the objects in its scope. Faults that cells may have (unused variables and
// imports) are omitted.
func (c *checker) check(files []*ast.File, objects []types.Object) {
	conf := types.Config{
		Importer:  c.imp,
		GoVersion: unit.GoVersion,
		Sizes:     extent.Sizes{},
		Error: func(err error) {
			var te types.Error
			if errors.As(err, &te) && !tolerated(te.Msg) && !strings.HasPrefix(te.Msg, "instantiation cycle:") {
				// see instanceCycles
				c.faults = append(c.faults, fault{te.Pos, te.Msg})
			}
		},
	}
	scope := c.pkg.Scope()
	*scope = *types.NewPackage(unit.Path, "main").Scope() // the same scope, emptied
	for _, o := range objects {
		scope.Insert(o)
	}
	Unname(files, scope)
	_ = types.NewChecker(&conf, c.fset, c.pkg, c.info).Files(files) // conf.Error has the errors
	for i, f := range c.faults {
		c.faults[i].msg = c.durationAdvice(f, files)
	}
	c.faults = append(c.faults, instanceCycles(c.info, c.heads, files, types.RelativeTo(c.pkg))...)
	c.scope = new(types.Scope)
	*c.scope = *scope
}

// Unname puts parentheses around the name of an earlier type in a declaration such as type Celsius Temperature: the
// checker follows a bare name to its declaration in these files, and fails if the declaration is elsewhere.
func Unname(files []*ast.File, scope *types.Scope) {
	for _, f := range files {
		for _, d := range f.Decls {
			gd, ok := d.(*ast.GenDecl)
			if !ok || gd.Tok != token.TYPE {
				continue
			}
			for _, spec := range gd.Specs {
				spec := spec.(*ast.TypeSpec)
				if id, ok := spec.Type.(*ast.Ident); ok && scope.Lookup(id.Name) != nil {
					spec.Type = &ast.ParenExpr{Lparen: id.Pos(), X: id, Rparen: id.End() - 1}
				}
			}
		}
	}
}

// aliasReceivers refuses methods whose receiver is a type of a package that was imported with a dot, or an alias in
// these units of a type of an earlier cell: the checker follows the name to the type's declaration, and fails if there
// is none in these files.
func (c *compilation) aliasReceivers(own map[string]bool) []fault {
	aliases := map[string]string{}
	for _, u := range c.units {
		for _, d := range u.file.Decls {
			gd, ok := d.(*ast.GenDecl)
			if !ok || gd.Tok != token.TYPE {
				continue
			}
			for _, spec := range gd.Specs {
				if spec := spec.(*ast.TypeSpec); spec.Assign.IsValid() {
					t := ast.Unparen(spec.Type)
					if p, ok := t.(*ast.StarExpr); ok {
						t = ast.Unparen(p.X)
					}
					if id, ok := t.(*ast.Ident); ok {
						aliases[spec.Name.Name] = id.Name
					}
				}
			}
		}
	}
	for _, u := range c.units {
		for _, d := range u.file.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Recv == nil {
				continue
			}
			name := unit.Receiver(fd)
			for range len(aliases) { // they may be a cycle
				if next, ok := aliases[name]; ok {
					name = next
				}
			}
			if o := c.dotted(name); o != nil && !own[name] && c.s.live[name] == nil {
				return []fault{{fd.Recv.Pos(),
					fmt.Sprintf("cannot define new methods on non-local type %s.%s", o.Pkg().Name(), name)}}
			}
			if live := c.s.live[name]; name != unit.Receiver(fd) && !own[name] && live != nil && live.kind == kindType {
				return []fault{{fd.Recv.Pos(),
					fmt.Sprintf("the receiver's type %s is an alias of %s, of %s; write %s in its place",
						unit.Receiver(fd), name, live.label, name)}}
			}
		}
	}
	return nil
}

// tolerated reports whether a cell may have this fault: a later cell may use what this one defines or imports.
func tolerated(msg string) bool {
	return strings.HasPrefix(msg, "declared and not used: ") || strings.HasSuffix(msg, " imported and not used") ||
		strings.Contains(msg, " imported as ") && strings.HasSuffix(msg, " and not used")
}

// stripped returns a file whose functions have no bodies, for checks that need only signatures. Methods of generic
// types keep their bodies; generic functions get a body that fits every signature.
func stripped(f *ast.File) *ast.File {
	out := *f
	out.Decls = make([]ast.Decl, len(f.Decls))
	for i, d := range f.Decls {
		fd, ok := d.(*ast.FuncDecl)
		if !ok || fd.Body == nil || receiverGeneric(fd) {
			out.Decls[i] = d
			continue
		}
		c := *fd
		c.Body = nil
		if fd.Type.TypeParams != nil {
			c.Body = &ast.BlockStmt{Lbrace: fd.Body.Lbrace, Rbrace: fd.Body.Rbrace, List: []ast.Stmt{
				&ast.ExprStmt{X: &ast.CallExpr{Fun: &ast.Ident{Name: "panic", NamePos: fd.Body.Lbrace},
					Lparen: fd.Body.Lbrace, Rparen: fd.Body.Lbrace,
					Args: []ast.Expr{&ast.BasicLit{Kind: token.INT, Value: "0", ValuePos: fd.Body.Lbrace}}}},
			}}
		}
		out.Decls[i] = &c
	}
	return &out
}

// receiverGeneric reports whether fd is a method of a generic type.
func receiverGeneric(fd *ast.FuncDecl) bool {
	generic := false
	if fd.Recv != nil {
		ast.Inspect(fd.Recv, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.IndexExpr, *ast.IndexListExpr:
				generic = true
			}
			return !generic
		})
	}
	return generic
}

// asFunction returns a function under another name, and a method as a function whose first parameter is the receiver.
// Both share the body, so what the checker records about one body holds for the other.
func asFunction(fd *ast.FuncDecl, name string) *ast.FuncDecl {
	if fd.Recv == nil {
		f := *fd
		f.Name = &ast.Ident{Name: name, NamePos: fd.Name.NamePos}
		return &f
	}
	recv := *fd.Recv.List[0]
	if len(recv.Names) == 0 {
		recv.Names = []*ast.Ident{{Name: "_", NamePos: recv.Type.Pos()}}
	}
	params := &ast.FieldList{Opening: fd.Type.Params.Opening, Closing: fd.Type.Params.Closing,
		List: []*ast.Field{&recv}}
	for _, f := range fd.Type.Params.List {
		if len(f.Names) == 0 {
			c := *f
			c.Names = []*ast.Ident{{Name: "_", NamePos: f.Type.Pos()}}
			f = &c
		}
		params.List = append(params.List, f)
	}
	return &ast.FuncDecl{Name: &ast.Ident{Name: name, NamePos: fd.Name.NamePos}, Body: fd.Body,
		Type: &ast.FuncType{Func: fd.Type.Func, Params: params, Results: fd.Type.Results}}
}

// mentioned collects the names that nodes mention at any depth.
func mentioned(into map[string]bool, nodes ...ast.Node) {
	for _, n := range nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				into[id.Name] = true
			}
			return true
		})
	}
}

// diagnostics turns faults into an Error. Positions are those of the //line directives.
func diagnostics(fset *token.FileSet, name, code string, faults []fault) *cell.Error {
	e := &cell.Error{Name: name}
	seen := map[string]bool{}
	lines := strings.Split(code, "\n")
	for _, f := range faults {
		p := fset.Position(f.pos)
		d := cell.Diagnostic{Pos: cell.Position{Label: p.Filename, Line: p.Line, Col: p.Column},
			Message: shortPaths(recalledWords(f.msg)), At: f.pos}
		d.Name = kindOfFault(name, d.Message)
		if p.Line >= 1 && p.Line <= len(lines) {
			d.Line = lines[p.Line-1]
		} else if p.Line > len(lines) && len(lines) > 0 {
			// The fault is after the end of the cell, where the parser missed something.
			d.Pos.Line, d.Line = len(lines), lines[len(lines)-1]
			d.Pos.Col = len(d.Line) + 1
		}
		if key := d.Pos.String() + d.Message; !seen[key] && !strings.HasPrefix(f.msg, "\t") {
			seen[key] = true
			e.Diagnostics = append(e.Diagnostics, d)
		}
	}
	if len(e.Diagnostics) > 0 {
		e.Name, e.Message = e.Diagnostics[0].Name, e.Diagnostics[0].Message
	}
	return e
}

// kindOfFault returns Python's name of an error: an undefined name isn't a TypeError.
func kindOfFault(name, message string) string {
	switch {
	case name != "TypeError":
		return name
	case strings.HasPrefix(message, "undefined: "):
		return "NameError"
	case strings.Contains(message, " undefined (type "):
		return "AttributeError"
	}
	return name
}

// quotedPath matches a package that the cell itself doesn't import, as go/types names it.
var quotedPath = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`"([\w./]+)"\.`)
})

// shortPaths replaces the quoted paths of packages by their names, as the learner writes them.
func shortPaths(message string) string {
	return quotedPath().ReplaceAllStringFunc(message, func(quoted string) string {
		p := quoted[1 : len(quoted)-2]
		if i := slices.Index(std.Packages(), p); i < 0 {
			return quoted
		}
		return std.NameOf(p) + "."
	})
}
