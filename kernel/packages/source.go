package packages

// This file defines the source of what a package of a module declares, read on demand.

import (
	"go/ast"
	"go/printer"
	"go/token"
	"strconv"
	"strings"

	"gilkernel/kernel/unit"
)

// Source returns the source of a symbol of a loaded package, as in Doc, without the comment above it, and the line in
// which it begins: rsc.io/quote@v1.5.2/quote.go:12. A field has the source of its type. ok is false if the package
// isn't loaded or has no such symbol; a nil l has no packages.
func (l *Loader) Source(path, symbol string) (text, at string, ok bool) {
	s := l.sources(path)
	if s == nil {
		return "", "", false
	}
	owner, _, _ := strings.Cut(symbol, ".")
	for _, name := range []string{symbol, owner} {
		for _, f := range s.files {
			for _, d := range f.Decls {
				if node := declares(d, name); node != nil {
					pos := s.fset.Position(node.Pos())
					docs := &docs{fset: s.fset}
					return docs.source(&printer.CommentedNode{Node: node, Comments: commentsIn(f, node)}),
						pos.Filename + ":" + strconv.Itoa(pos.Line), true
				}
			}
		}
	}
	return "", "", false
}

// commentsIn returns a file's comments in a declaration, without the one above it.
func commentsIn(f *ast.File, node ast.Node) (list []*ast.CommentGroup) {
	for _, c := range f.Comments {
		if c.Pos() > node.Pos() && c.End() <= node.End() {
			list = append(list, c)
		}
	}
	return list
}

// declares returns what a declaration says of a symbol, without its comment; nil if it is of others.
func declares(d ast.Decl, symbol string) ast.Node {
	switch d := d.(type) {
	case *ast.FuncDecl:
		name := d.Name.Name
		if d.Recv != nil && len(d.Recv.List) > 0 {
			name = unit.Receiver(d) + "." + name
		}
		if name != symbol {
			return nil
		}
		bare := *d
		bare.Doc = nil
		return &bare
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			named := false
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				named = spec.Name.Name == symbol
			case *ast.ValueSpec:
				for _, id := range spec.Names {
					named = named || id.Name == symbol
				}
			}
			if !named {
				continue
			}
			if d.Tok == token.TYPE {
				return &ast.GenDecl{TokPos: spec.Pos(), Tok: d.Tok, Specs: []ast.Spec{spec}}
			}
			bare := *d
			bare.Doc = nil
			return &bare
		}
	}
	return nil
}
