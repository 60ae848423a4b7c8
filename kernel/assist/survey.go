package assist

// This file defines the survey: a look at the types of a cell that is still being typed. Unlike Compile it continues
// after any error, and makes no unit.

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/extent"
	"gilkernel/kernel/session"
	"gilkernel/kernel/std"
	"gilkernel/kernel/unit"
)

// A survey is what go/types knows about a cell and the session around the cursor.
type survey struct {
	info *types.Info
	pkg  *types.Package
	file *ast.File // the one with the cursor
	pos  token.Pos // of the word at the cursor

	live    map[types.Object]session.Live // objects in pkg's scope that stand for the session's
	imports map[string]string             // names of packages that the cell can use as it is → paths
	fset    *token.FileSet

	decls    *ast.File // the cell's declarations
	declText string
}

// part is where one piece of the cell is in a text for the parser.
type part struct {
	cell.Piece
	at int // offset of the cursor's word in text, -1 if it is elsewhere
}

// surveyOf checks the Go text of a cell. The word at the cursor is text[start:end]; word replaces it. With cutOff, what
// follows the word in its declaration or statement isn't read, because it may be anything. It returns nil when nothing
// can be determined.
func surveyOf(v session.View, text string, start, end int, word string, cutOff bool) (sv *survey) {
	// The trees of invalid code may have shapes that go/types doesn't expect: no answer is better than a panic of the
	// kernel.
	defer func() {
		if recover() != nil {
			sv = nil
		}
	}()
	if cell.Bounded("", text) != nil {
		return nil
	}
	parts, here := partsOf(text, start, end, word, cutOff)
	if sv = surveyParts(v, text, start, parts, here); sv != nil && sv.path() == nil {
		// A part before the cursor has errors from which the parser can't recover: leave out the parts that have
		// errors.
		for i := range parts {
			if i != here && !parts[i].Right() {
				parts[i].Text = ""
			}
		}
		sv = surveyParts(v, text, start, parts, here)
	}
	return sv
}

// surveyParts is surveyOf for a text that is cut in parts.
func surveyParts(v session.View, text string, start int, parts []part, here int) *survey {
	sv := &survey{fset: token.NewFileSet(), live: map[types.Object]session.Live{}}
	head := sv.header(v, text, start, parts)

	var decls, stmts strings.Builder
	decls.WriteString(head)
	stmts.WriteString(head + "func _() {\n")
	at, inDecls := -1, false
	for i, p := range parts {
		b := &stmts
		switch {
		case p.Tok == token.IMPORT:
			continue
		case p.Decl:
			b = &decls
		case i > here && !parts[here].Decl:
			continue // it can't be seen from here
		}
		if p.at >= 0 {
			at, inDecls = b.Len()+p.at, p.Decl
		}
		b.WriteString(p.Text + "\n")
	}
	stmts.WriteString("}\n")

	const mode = parser.ParseComments | parser.SkipObjectResolution | parser.AllErrors
	declFile, _ := parser.ParseFile(sv.fset, "decls.go", decls.String(), mode) // the errors are the cell's
	stmtFile, _ := parser.ParseFile(sv.fset, "stmts.go", stmts.String(), mode)
	if declFile == nil || stmtFile == nil {
		return nil
	}
	if !v.Bounded(declFile, stmtFile) {
		return nil
	}
	sv.decls, sv.declText = declFile, decls.String()
	objects := standIns(v, text, declFile, sv.live)
	if !inDecls {
		sv.file = stmtFile
		sv.pos = sv.fset.File(stmtFile.FileStart).Pos(at)
		sv.check(v.Importer(), []*ast.File{signatures(declFile), stmtFile}, objects)
		return sv
	}
	// Functions see the variables of the cell's top level, which are the session's as soon as it runs.
	if len(stmtFile.Decls) > 0 && strings.Contains(stmts.String(), "=") {
		first := &survey{fset: sv.fset}
		first.check(v.Importer(), []*ast.File{signatures(declFile), stmtFile}, objects)
		objects = append(objects, first.topLevel(stmtFile)...)
	}
	sv.file = declFile
	sv.pos = sv.fset.File(declFile.FileStart).Pos(at)
	sv.check(v.Importer(), []*ast.File{declFile}, objects)
	return sv
}

// partsOf cuts the text, and repairs the part with the cursor. here is its index.
func partsOf(text string, start, end int, word string, cutOff bool) (parts []part, here int) {
	here = -1
	ended := 0 // where the part before ended
	for _, p := range cell.Pieces(text) {
		q := part{p, -1}
		lead := ""
		if p.Decl { // its comment comes with it
			lead = text[ended:p.Start]
			if _, below, ok := strings.Cut(lead, "\n"); ok && ended > 0 {
				lead = below // what is on the line of the part before belongs to that
			}
		}
		ended = p.Start + len(p.Text)
		if here < 0 && start < p.Start { // it stands alone between two pieces
			here = len(parts)
			parts = append(parts, part{cell.Piece{Text: word, Start: start, Tok: token.IDENT}, 0})
		}
		if here < 0 && end <= p.Start+len(p.Text) {
			here, q.at = len(parts), start-p.Start
			q.Text = p.Text[:q.at] + word
			if cutOff {
				q.Text += closing(q.Text)
			} else {
				q.Text += text[end : p.Start+len(p.Text)]
			}
		}
		q.Text = lead + q.Text
		if q.at >= 0 {
			q.at += len(lead)
		}
		parts = append(parts, q)
	}
	if here < 0 {
		here = len(parts)
		parts = append(parts, part{cell.Piece{Text: word, Start: start, Tok: token.IDENT}, 0})
	}
	return parts, here
}

// header returns the beginning of each file: the imports of the cell, of the session, and those that
// Compile would add.
func (sv *survey) header(v session.View, text string, cursor int, parts []part) string {
	sv.imports = map[string]string{}
	var b strings.Builder
	b.WriteString("package main\n")
	for _, p := range parts {
		if p.Tok != token.IMPORT {
			continue
		}
		b.WriteString(p.Text + "\n")
		f, _ := parser.ParseFile(token.NewFileSet(), "", "package p;"+p.Text, parser.ImportsOnly)
		if f == nil {
			continue
		}
		for _, spec := range f.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue
			}
			if spec.Name != nil {
				sv.imports[spec.Name.Name] = path
			} else if pkg, err := v.Importer().Import(path); err == nil {
				sv.imports[pkg.Name()] = path
			}
		}
	}
	for _, path := range v.Dots() {
		b.WriteString("import . " + strconv.Quote(path) + "\n")
	}
	qualifiers, bare := selectors(text, cursor)
	for name, sels := range qualifiers {
		if v.Live(name).Exists() || bare[name] || sv.imports[name] != "" {
			continue
		}
		path := v.Import(name)
		if path == "" {
			if paths := std.Lookup(name, sels); len(paths) > 0 {
				path = paths[0]
			}
		}
		if path != "" {
			sv.imports[name] = path
			b.WriteString("import " + name + " " + strconv.Quote(path) + "\n")
		}
	}
	return b.String()
}

// selectors returns the names that stand before a dot, with the names behind it but for the one that is
// being typed at the cursor, and those that stand anywhere else: packages never do.
func selectors(text string, cursor int) (qualifiers map[string][]string, bare map[string]bool) {
	qualifiers, bare = map[string][]string{}, map[string]bool{}
	s := cell.NewScanner([]byte(text), 0)
	var name string        // the identifier before
	var prev token.Token   // the token before
	var behind token.Token // the token before that
	flush := func(next token.Token) {
		if prev == token.IDENT && behind != token.PERIOD && next != token.PERIOD {
			bare[name] = true
		}
	}
	var base string
	for {
		pos, tok, lit := s.Scan()
		flush(tok)
		if tok == token.EOF {
			return qualifiers, bare
		}
		switch {
		case tok == token.PERIOD:
			base = ""
			if prev == token.IDENT && behind != token.PERIOD {
				base = name
				qualifiers[base] = append(qualifiers[base], []string(nil)...)
			}
		case tok == token.IDENT && prev == token.PERIOD && base != "":
			if at := int(pos) - 1; at+len(lit) < cursor || at > cursor {
				qualifiers[base] = append(qualifiers[base], lit)
			}
		}
		behind, prev, name = prev, tok, lit
	}
}

// standIns returns stand-ins for the live objects that the text mentions and doesn't declare. They are copies: the
// scope of a package modifies the objects inserted into it, and other goroutines may be reading these.
func standIns(v session.View, text string, decls *ast.File, live map[types.Object]session.Live) []types.Object {
	declared := map[string]bool{}
	for _, d := range decls.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				declared[d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					declared[spec.Name.Name] = true
				case *ast.ValueSpec:
					for _, id := range spec.Names {
						declared[id.Name] = true
					}
				}
			}
		}
	}
	var objects []types.Object
	sc := cell.NewScanner([]byte(text), 0)
	for {
		_, tok, lit := sc.Scan()
		if tok == token.EOF {
			return objects
		}
		d := v.Live(lit)
		if tok != token.IDENT || !d.Exists() || declared[lit] {
			continue
		}
		declared[lit] = true
		if o := standIn(d.Object(), lit); o != nil {
			live[o] = d
			objects = append(objects, o)
		}
	}
}

// standIn returns an object that go/types treats as it treats o.
func standIn(o types.Object, name string) types.Object {
	switch o := o.(type) {
	case *types.Var:
		return types.NewVar(token.NoPos, o.Pkg(), name, o.Type())
	case *types.Const:
		return types.NewConst(token.NoPos, o.Pkg(), name, o.Type(), o.Val())
	case *types.Func:
		return types.NewFunc(token.NoPos, o.Pkg(), name, o.Signature())
	case *types.TypeName:
		return types.NewTypeName(token.NoPos, o.Pkg(), name, o.Type())
	}
	return nil
}

// check runs go/types over files.
func (sv *survey) check(imp types.Importer, files []*ast.File, objects []types.Object) {
	sv.info = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{},
	}
	conf := types.Config{Importer: imp, Sizes: extent.Sizes{}, Error: func(error) {}, DisableUnusedImportCheck: true}
	sv.pkg = types.NewPackage(unit.Path, "main")
	for _, o := range objects {
		sv.pkg.Scope().Insert(o)
	}
	session.Unname(files, sv.pkg.Scope())
	// errors are expected here
	_ = types.NewChecker(&conf, sv.fset, sv.pkg, sv.info).Files(adopted(files, sv.pkg.Scope()))
}

// adopted returns the files with the methods of types of earlier cells as functions: go/types wants a
// type and its methods in one package.
func adopted(files []*ast.File, scope *types.Scope) []*ast.File {
	for i, f := range files {
		var out *ast.File
		for j, d := range f.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Recv == nil || len(fd.Recv.List) != 1 || scope.Lookup(receiver(fd)) == nil {
				continue
			}
			if out == nil {
				c := *f
				out = &c
				out.Decls = append([]ast.Decl(nil), f.Decls...)
				files[i] = out
			}
			params := &ast.FieldList{Opening: fd.Type.Params.Opening, Closing: fd.Type.Params.Closing}
			params.List = append(append(params.List, fd.Recv.List...), fd.Type.Params.List...)
			out.Decls[j] = &ast.FuncDecl{Doc: fd.Doc, Name: &ast.Ident{Name: "_", NamePos: fd.Name.NamePos},
				Body: fd.Body,
				Type: &ast.FuncType{Func: fd.Type.Func, Params: params, Results: fd.Type.Results}}
		}
	}
	return files
}

// receiver returns the name of a method's receiver type, "" if there is none.
func receiver(fd *ast.FuncDecl) string {
	name := ""
	ast.Inspect(fd.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name
		}
		return name == ""
	})
	return name
}

// signatures returns a file whose functions have no bodies: those of generic functions and types, which
// go/types wants, stay.
func signatures(f *ast.File) *ast.File {
	out := *f
	out.Decls = append([]ast.Decl(nil), f.Decls...)
	for i, d := range out.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil && fd.Type.TypeParams == nil && fd.Recv == nil {
			c := *fd
			c.Body = nil
			out.Decls[i] = &c
		}
	}
	return &out
}

// topLevel returns stand-ins for the variables that the cell's statements declare.
func (sv *survey) topLevel(stmts *ast.File) []types.Object {
	fd, ok := stmts.Decls[len(stmts.Decls)-1].(*ast.FuncDecl)
	if !ok || sv.info.Scopes[fd.Type] == nil {
		return nil
	}
	scope := sv.info.Scopes[fd.Type]
	var objects []types.Object
	for _, name := range scope.Names() {
		if o := standIn(scope.Lookup(name), name); o != nil {
			objects = append(objects, o)
		}
	}
	return objects
}

// path returns the nodes around the word at the cursor, the outermost first; the last is the identifier.
// It returns nil if the parser didn't get that far.
func (sv *survey) path() []ast.Node {
	var stack, found []ast.Node
	ast.Inspect(sv.file, func(n ast.Node) bool {
		if found != nil {
			return false
		}
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		if id, ok := n.(*ast.Ident); ok && id.Pos() == sv.pos {
			found = append(found, stack...)
		}
		return true
	})
	return found
}
