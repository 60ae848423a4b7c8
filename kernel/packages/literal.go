package packages

// This file replaces long tables of bytes: a font in a literal of 140,000 numbers takes the checker and the engine a
// hundred times as long as the same font in a string.

import (
	"go/ast"
	"go/token"
	"iter"
	"strconv"
)

// longTable is the number of elements from which on a literal becomes a string.
const longTable = 256

// shorten replaces long literals of bytes, in declarations of package variables, by conversions of strings at the same
// position.
func shorten(f *ast.File) {
	for _, spec := range packageVars(f) {
		for i, v := range spec.Values {
			if lit, ok := v.(*ast.CompositeLit); ok {
				if s := table(lit); s != nil {
					spec.Values[i] = s
				}
			}
		}
	}
}

// packageVars returns the declarations of package variables of a file, each with the var that it stands in.
func packageVars(f *ast.File) iter.Seq2[*ast.GenDecl, *ast.ValueSpec] {
	return func(yield func(*ast.GenDecl, *ast.ValueSpec) bool) {
		for _, d := range f.Decls {
			if gd, ok := d.(*ast.GenDecl); ok && gd.Tok == token.VAR {
				for _, spec := range gd.Specs {
					if !yield(gd, spec.(*ast.ValueSpec)) {
						return
					}
				}
			}
		}
	}
}

// table returns the conversion of a string that equals a literal of bytes; nil if the literal isn't one, or is short.
func table(lit *ast.CompositeLit) ast.Expr {
	t, ok := lit.Type.(*ast.ArrayType)
	if !ok || t.Len != nil || len(lit.Elts) < longTable {
		return nil
	}
	if elem, ok := t.Elt.(*ast.Ident); !ok || elem.Name != "byte" && elem.Name != "uint8" {
		return nil
	}
	text := make([]byte, len(lit.Elts))
	for i, e := range lit.Elts {
		b, ok := e.(*ast.BasicLit)
		if !ok || b.Kind != token.INT {
			return nil
		}
		n, err := strconv.ParseUint(b.Value, 0, 8)
		if err != nil {
			return nil
		}
		text[i] = byte(n)
	}
	return &ast.CallExpr{Fun: t, Lparen: lit.Lbrace, Rparen: lit.Rbrace,
		Args: []ast.Expr{&ast.BasicLit{ValuePos: lit.Lbrace, Kind: token.STRING, Value: strconv.Quote(string(text))}}}
}
