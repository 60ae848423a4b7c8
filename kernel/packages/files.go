package packages

// This file chooses the files of a package, and refuses those that can't be interpreted.

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"gilkernel/kernel/unit"
)

// tags returns the build tags that are set for all packages: with these, packages avoid assembly or unsafe code.
func tags() []string { return []string{"purego", "noasm", "safe"} }

// lastTag is set for a package that can't be interpreted without it. It says that a program runs in a sandbox, where
// some packages do less.
const lastTag = "appengine"

// Context returns the context that chooses files: for this computer, without cgo, for the language version of cells.
func Context() *build.Context {
	c := &build.Context{GOOS: runtime.GOOS, GOARCH: runtime.GOARCH, Compiler: "gc", BuildTags: tags()}
	minor, _ := strconv.Atoi(strings.TrimPrefix(unit.GoVersion, "go1."))
	for n := range minor {
		c.ReleaseTags = append(c.ReleaseTags, "go1."+strconv.Itoa(n+1))
	}
	return c
}

// sources holds the parsed files of a package.
type sources struct {
	fset  *token.FileSet
	name  string
	files []*ast.File
	embed map[string][]byte // by name: the text of files with a //go:embed directive
}

// read reads the files of a package. It returns an error if they can't be interpreted, even with lastTag.
func read(m Module, dir, importPath string, comments bool) (*sources, error) {
	s, err := parse(m, dir, comments, Context())
	if err == nil {
		err = s.bodies(importPath)
	}
	if err == nil {
		return s, nil
	}
	ctx := Context()
	ctx.BuildTags = append(ctx.BuildTags, lastTag)
	if s, again := parse(m, dir, comments, ctx); again == nil && s.bodies(importPath) == nil {
		return s, nil
	}
	return nil, err
}

// parse reads the files that a context chooses. Their positions are within the module:
// rsc.io/quote@v1.5.2/quote.go:12:3.
func parse(m Module, dir string, comments bool, ctx *build.Context) (*sources, error) {
	found, err := ctx.ImportDir(dir, 0)
	in := naming(m, dir)
	if cgo := cgoFile(ctx, found); cgo != "" {
		return nil, fmt.Errorf("%s uses cgo, which can't be interpreted", positionOf(dir, in, cgo, `"C"`))
	}
	var none *build.NoGoError
	switch {
	case errors.As(err, &none):
		return nil, fmt.Errorf("no file of %s is for %s/%s without cgo", in, ctx.GOOS, ctx.GOARCH)
	case err != nil:
		return nil, fmt.Errorf("%s: %s", in, firstLine(strings.ReplaceAll(err.Error(), dir, in)))
	}
	s := &sources{fset: token.NewFileSet(), name: found.Name, embed: map[string][]byte{}}
	for _, name := range found.GoFiles {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		mode := parser.SkipObjectResolution
		embeds := len(found.EmbedPatterns) > 0 && strings.Contains(string(text), "//go:embed")
		if embeds {
			s.embed[path.Join(in, name)] = text
		}
		if comments || embeds {
			mode |= parser.ParseComments
		}
		file, err := parser.ParseFile(s.fset, path.Join(in, name), text, mode)
		if err != nil {
			var list scanner.ErrorList
			if errors.As(err, &list) && len(list) > 0 {
				err = list[0]
			}
			return nil, err
		}
		if err := s.linked(file, string(text)); err != nil {
			return nil, err
		}
		if !comments {
			shorten(file)
		}
		s.files = append(s.files, file)
	}
	return s, nil
}

func firstLine(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	return text
}

// naming returns the name of a folder in positions: rsc.io/quote@v1.5.2/sub.
func naming(m Module, dir string) string {
	rel, err := filepath.Rel(m.Dir, dir)
	if err != nil || rel == "." {
		return m.String()
	}
	return m.String() + "/" + filepath.ToSlash(rel)
}

// cgoFile returns the name of a file that needs cgo, though no build constraint says so; "" if there is none.
func cgoFile(ctx *build.Context, p *build.Package) string {
	if p == nil {
		return ""
	}
	for _, name := range p.IgnoredGoFiles {
		if match, err := ctx.MatchFile(p.Dir, name); err != nil || !match {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.ImportsOnly)
		if err != nil {
			continue
		}
		for _, imp := range f.Imports {
			if imp.Path.Value == `"C"` {
				return name
			}
		}
	}
	return ""
}

// positionOf returns the file and line where a text first occurs.
func positionOf(dir, in, name, text string) string {
	line := 1
	if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
		before, _, _ := strings.Cut(string(b), text)
		line += strings.Count(before, "\n")
	}
	return fmt.Sprintf("%s:%d", path.Join(in, name), line)
}
