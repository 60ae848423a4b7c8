package packages

// This file checks a package with go/types.

import (
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"go/version"

	"gilkernel/kernel/extent"
	"gilkernel/kernel/unit"
)

// load reads and checks a package. stdErr is the error of the standard library's importer, which load returns if there
// are no modules at all. The caller holds mu.
func (l *Loader) load(path string, stdErr error) (*Package, error) {
	m, dir, err := l.moduleOf(path)
	if err != nil {
		if l.opts.Finder == nil && len(l.modules) == 0 {
			return nil, stdErr
		}
		return nil, err
	}
	s, err := read(m, dir, path, false)
	if err != nil {
		return nil, err
	}
	if s.name == "main" {
		return nil, fmt.Errorf("%s is a program, not an importable package", path)
	}
	p := &Package{Module: m, Types: types.NewPackage(path, s.name), dir: dir, open: true}
	if m.Version == "" {
		p.state = stateOf(dir)
	}
	l.loaded[path] = p
	info := &types.Info{}
	if l.opts.Bodies {
		info = newInfo()
	}
	var first error
	imp := &importer{l: l, by: p}
	conf := types.Config{
		Importer: imp, GoVersion: m.language(), Sizes: extent.Sizes{}, IgnoreFuncBodies: !l.opts.Bodies,
		Error: func(err error) {
			var te types.Error
			if first == nil && errors.As(err, &te) {
				at := te.Fset.Position(te.Pos)
				first = fmt.Errorf("%s:%d: %s", at.Filename, at.Line, te.Msg)
			}
		},
	}
	_ = types.NewChecker(&conf, s.fset, p.Types, info).Files(s.files) // conf.Error has the first error
	if imp.failed != nil {
		first = imp.failed
	}
	var embeds []unit.Embed
	if first == nil && l.opts.Bodies {
		embeds, first = s.embeds(dir, info)
	}
	if first != nil {
		delete(l.loaded, path)
		return nil, first
	}
	p.open = false
	if l.opts.Bodies {
		p.unit = p.newUnit(s.fset, s.files, info)
		p.unit.Embeds = embeds
	}
	l.order = append(l.order, p)
	return p, nil
}

// language returns the version of the module's language as go/types names it: at most that of cells, which is the
// newest that the engine knows.
func (m Module) language() string {
	if v := "go" + m.Go; version.IsValid(v) && version.Compare(v, unit.GoVersion) < 0 {
		return v
	}
	return unit.GoVersion
}

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{},
		Implicits: map[ast.Node]types.Object{}, FileVersions: map[*ast.File]string{},
	}
}
