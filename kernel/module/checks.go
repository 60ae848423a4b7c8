package module

// This file defines how go.mod says that a module's code counts as Python code for the GIL: a comment behind the
// module's requirement, so that it lasts as long as that, and the next kernel and everyone who has the folder find it.
// The go command keeps such comments when it changes versions and sorts requirements.
//
//	require rsc.io/quote v1.5.2 // gilkernel:checks
//	require rsc.io/sampler v1.3.0 // indirect; gilkernel:checks

import (
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// checksMark is the comment, or the part of it between semicolons.
const checksMark = "gilkernel:checks"

// checks reports whether go.mod has the mark for a module: behind its requirement, or, for the module of go.mod itself,
// behind its name.
func (w *work) checks(path string) bool {
	if w.file.Module != nil && w.file.Module.Mod.Path == path {
		return marked(w.file.Module.Syntax)
	}
	return slices.ContainsFunc(w.file.Require, func(r *modfile.Require) bool {
		return r.Mod.Path == path && marked(r.Syntax)
	})
}

// remarks returns the parts of a line's comment.
func remarks(line *modfile.Line) (parts []string) {
	for _, c := range line.Suffix {
		for part := range strings.SplitSeq(strings.TrimPrefix(c.Token, "//"), ";") {
			parts = append(parts, strings.TrimSpace(part))
		}
	}
	return parts
}

func marked(line *modfile.Line) bool { return slices.Contains(remarks(line), checksMark) }

// mark puts the mark behind a line, or takes it away.
func mark(line *modfile.Line, checks bool) {
	if marked(line) == checks {
		return
	}
	parts := slices.DeleteFunc(remarks(line), func(p string) bool { return p == checksMark || p == "" })
	if checks {
		parts = append(parts, checksMark)
	}
	line.Suffix = nil
	if len(parts) > 0 {
		line.Suffix = []modfile.Comment{{Token: "// " + strings.Join(parts, "; "), Suffix: true}}
	}
}
