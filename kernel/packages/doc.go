package packages

// This file defines the documentation of packages of modules: declarations and comments, read from the source on
// demand.

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/printer"
	"go/token"
	"strings"
)

// sources reads the source of a loaded package, with comments; nil if the package isn't loaded, or no longer readable.
func (l *Loader) sources(path string) *sources {
	if l == nil {
		return nil
	}
	p := l.Of(path)
	if p == nil {
		return nil
	}
	s, err := read(p.Module, p.dir, path, true)
	if err != nil {
		return nil
	}
	return s
}

// Doc returns the declaration of a symbol of a loaded package and its comment as plain text: paragraphs, and code
// indented by a tab. The symbol is "" for the package itself, a name ("Println"), or a method or a field
// ("Mutex.Lock"). The declaration of a constant, a variable or a field is "". ok is false if the package isn't loaded
// or has no such symbol; a nil l has no packages.
func (l *Loader) Doc(path, symbol string) (declaration, comment string, ok bool) {
	s := l.sources(path)
	if s == nil {
		return "", "", false
	}
	pkg, err := doc.NewFromFiles(s.fset, s.files, path)
	if err != nil {
		return "", "", false
	}
	d := &docs{fset: s.fset}
	text := func(declaration, comment string) (string, string, bool) {
		return declaration, strings.TrimSpace(string(pkg.Text(comment))), true
	}
	if symbol == "" {
		return text(fmt.Sprintf("package %s // import %q", pkg.Name, path), pkg.Doc)
	}
	owner, member, isMember := strings.Cut(symbol, ".")
	for _, t := range pkg.Types {
		if t.Name != owner {
			continue
		}
		for _, m := range t.Methods {
			if isMember && m.Name == member {
				return text(d.function(m.Decl), m.Doc)
			}
		}
		if comment, ok := field(t, member); isMember && ok {
			return text("", comment)
		}
		if !isMember {
			return text(d.declared(t), t.Doc)
		}
	}
	if isMember {
		return "", "", false
	}
	funcs, values := pkg.Funcs, append(pkg.Consts, pkg.Vars...)
	for _, t := range pkg.Types {
		funcs, values = append(funcs, t.Funcs...), append(append(values, t.Consts...), t.Vars...)
	}
	for _, f := range funcs {
		if f.Name == symbol {
			return text(d.function(f.Decl), f.Doc)
		}
	}
	for _, v := range values {
		for _, spec := range v.Decl.Specs {
			spec := spec.(*ast.ValueSpec)
			for _, name := range spec.Names {
				if name.Name == symbol {
					return text("", strings.TrimSpace(spec.Doc.Text()+spec.Comment.Text()+"\n"+v.Doc))
				}
			}
		}
	}
	return "", "", false
}

// docs prints declarations.
type docs struct{ fset *token.FileSet }

func (d *docs) source(node any) string {
	var b strings.Builder
	if err := (&printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 8}).Fprint(&b, d.fset,
		node); err != nil {
		return ""
	}
	return b.String()
}

func (d *docs) function(decl *ast.FuncDecl) string {
	head := *decl
	head.Doc, head.Body = nil, nil
	return d.source(&head)
}

// maxLines is the length to which a type's declaration is cut.
const maxLines = 40

func (d *docs) declared(t *doc.Type) string {
	for _, spec := range t.Decl.Specs {
		spec, ok := spec.(*ast.TypeSpec)
		if !ok || spec.Name.Name != t.Name {
			continue
		}
		bare := *spec
		bare.Doc, bare.Comment = nil, nil
		lines := strings.Split(d.source(&ast.GenDecl{Tok: token.TYPE, Specs: []ast.Spec{&bare}}), "\n")
		if len(lines) > maxLines {
			lines = append(lines[:maxLines-2:maxLines-2], "\t// …", lines[len(lines)-1])
		}
		return strings.Join(lines, "\n")
	}
	return ""
}

// field returns the comment of a struct's field or an interface's method.
func field(t *doc.Type, name string) (comment string, ok bool) {
	for _, spec := range t.Decl.Specs {
		spec, ok := spec.(*ast.TypeSpec)
		if !ok || spec.Name.Name != t.Name {
			continue
		}
		var fields *ast.FieldList
		switch typ := spec.Type.(type) {
		case *ast.StructType:
			fields = typ.Fields
		case *ast.InterfaceType:
			fields = typ.Methods
		default:
			continue
		}
		for _, f := range fields.List {
			for _, id := range f.Names {
				if id.Name == name {
					return f.Doc.Text() + f.Comment.Text(), true
				}
			}
		}
	}
	return "", false
}
