package packages

// This file defines which files of its folder a package embeds in variables, by //go:embed directives.

import (
	"fmt"
	"go/ast"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"gilkernel/kernel/unit"
)

// maxEmbedded is how many bytes a variable may embed.
const maxEmbedded = 256 << 20

// embeds returns the variables of a package whose first value is the contents of files.
func (s *sources) embeds(dir string, info *types.Info) (list []unit.Embed, err error) {
	for _, f := range s.files {
		if s.embed[s.fset.Position(f.Package).Filename] == nil {
			continue
		}
		for gd, spec := range packageVars(f) {
			doc := spec.Doc
			if doc == nil && !gd.Lparen.IsValid() {
				doc = gd.Doc
			}
			patterns := embedPatterns(doc)
			if len(patterns) == 0 || len(spec.Names) != 1 {
				continue
			}
			v, ok := info.Defs[spec.Names[0]].(*types.Var)
			if !ok {
				continue
			}
			files, err := embedded(dir, patterns)
			if err != nil {
				p := s.fset.Position(spec.Pos())
				return nil, fmt.Errorf("%s:%d: %w", p.Filename, p.Line, err)
			}
			list = append(list, unit.Embed{Var: v, Files: files})
		}
	}
	return list, nil
}

// embedPatterns returns the patterns of the directives in a comment.
func embedPatterns(doc *ast.CommentGroup) (patterns []string) {
	if doc == nil {
		return nil
	}
	for _, c := range doc.List {
		rest, ok := strings.CutPrefix(c.Text, "//go:embed")
		if !ok {
			continue
		}
		for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
			if quoted, err := strconv.QuotedPrefix(rest); err == nil {
				text, _ := strconv.Unquote(quoted)
				patterns, rest = append(patterns, text), rest[len(quoted):]
				continue
			}
			end := strings.IndexFunc(rest, unicode.IsSpace)
			if end < 0 {
				end = len(rest)
			}
			patterns, rest = append(patterns, rest[:end]), rest[end:]
		}
	}
	return patterns
}

// embedded returns the files that match patterns, as the go command finds them: all files in a folder but those whose
// names begin with a dot or an underscore; these, too, if the pattern begins with "all:".
func embedded(dir string, patterns []string) (files []unit.File, err error) {
	size := int64(0)
	add := func(name string) error {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		if size += int64(len(data)); size > maxEmbedded {
			return fmt.Errorf("more than %d MiB are embedded", maxEmbedded>>20)
		}
		files = append(files, unit.File{Name: name, Data: data})
		return nil
	}
	for _, pattern := range patterns {
		glob, all := strings.CutPrefix(pattern, "all:")
		if !fs.ValidPath(glob) {
			return nil, fmt.Errorf("invalid pattern %s", pattern)
		}
		names, err := fs.Glob(os.DirFS(dir), glob)
		if err != nil || len(names) == 0 {
			return nil, fmt.Errorf("pattern %s: no matching files found", pattern)
		}
		for _, name := range names {
			err := fs.WalkDir(os.DirFS(dir), name, func(p string, e fs.DirEntry, err error) error {
				if err != nil {
					return err
				}
				hidden := strings.HasPrefix(path.Base(p), ".") || strings.HasPrefix(path.Base(p), "_")
				switch {
				case p != name && hidden && !all && e.IsDir():
					return fs.SkipDir
				case p != name && hidden && !all, e.IsDir(), !e.Type().IsRegular():
					return nil
				}
				return add(p)
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}
