package exec

// This file defines how a whole file is parsed and type-checked: the standard library's generic functions, and
// programs. Cells are checked by their session.

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"strings"

	"gilkernel/kernel/extent"
	"gilkernel/kernel/unit"
)

// check parses and type-checks a file of package main.
func (e *Engine) check(name, text string) (*source, error) {
	src := &source{name: name, fset: token.NewFileSet(), info: newInfo()}
	file, err := parser.ParseFile(src.fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		var list scanner.ErrorList
		if errors.As(err, &list) && len(list) > 0 {
			return nil, &Error{Pos: list[0].Pos, Msg: list[0].Msg}
		}
		return nil, &Error{Msg: err.Error()}
	}
	src.file = file
	return src, e.checkFile(src, types.NewPackage(mainPath, "main"), file)
}

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{},
		Implicits: map[ast.Node]types.Object{},
	}
}

// checkFile checks a file, which is all of its package.
func (e *Engine) checkFile(src *source, pkg *types.Package, file *ast.File) error {
	var first *Error
	imp := e.importer
	if src.native {
		imp = preludeImporter{e}
	}
	conf := types.Config{
		Importer: imp, GoVersion: unit.GoVersion, Sizes: extent.Sizes{},
		Error: func(err error) {
			var te types.Error
			if first == nil && errors.As(err, &te) && !tolerated(te.Msg) {
				first = &Error{Pos: te.Fset.Position(te.Pos), Msg: te.Msg}
			}
		},
	}
	_ = types.NewChecker(&conf, src.fset, pkg, src.info).Files([]*ast.File{file})
	if first == nil {
		return nil
	}
	return first
}

// tolerated reports whether a source may have this error: a later source may use what this one defines.
func tolerated(msg string) bool {
	return strings.HasPrefix(msg, "declared and not used: ") || strings.HasSuffix(msg, " imported and not used") ||
		strings.Contains(msg, " imported as ") && strings.HasSuffix(msg, " and not used") ||
		strings.HasPrefix(msg, "label ") && strings.HasSuffix(msg, "declared and not used")
}
