package main

// This file defines the policy of lines: how wide they are.

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
	"unicode/utf8"
)

const (
	maxColumns = 120
	tabColumns = 4
)

// A line has at most 120 columns, a tab being 4. What can't be broken doesn't count: a raw string literal, a string
// literal without a space, a struct tag, an import; nor do code in a comment, a directive, and a word of a comment,
// such as an address. What lies inside of a raw literal of several lines is text, not Go.
func TestLinesAreNarrow(t *testing.T) {
	m := parse(t)
	for _, s := range m.sources {
		if s.generated {
			continue
		}
		free := unbreakable(m, s)
		for i, line := range strings.Split(s.text, "\n") {
			if n := columns(line); n > maxColumns && n-free[i+1] > maxColumns && !wideComment(line) {
				t.Errorf("%s:%d: %d columns, at most %d", s.path, i+1, n, maxColumns)
			}
		}
	}
}

// columns returns the width of a text.
func columns(text string) int {
	return utf8.RuneCountInString(text) + (tabColumns-1)*strings.Count(text, "\t")
}

// wideComment reports whether a line is a comment that can't be broken.
func wideComment(line string) bool {
	text, ok := strings.CutPrefix(strings.TrimLeft(line, "\t"), "//")
	return ok &&
		(strings.HasPrefix(text, "go:") || strings.HasPrefix(text, "\t") ||
			!strings.Contains(strings.TrimSpace(text), " "))
}

// unbreakable returns how many columns of each line are of what can't be broken.
func unbreakable(m *module, s *source) map[int]int {
	free := map[int]int{}
	ast.Inspect(s.file, func(n ast.Node) bool {
		l, ok := n.(*ast.BasicLit)
		if !ok || l.Kind != token.STRING {
			return true
		}
		first, last := m.fset.Position(l.Pos()).Line, m.fset.Position(l.End()).Line
		switch {
		case first < last:
			for line := first; line <= last; line++ {
				free[line] = 1 << 30
			}
		case l.Value[0] == '`' || !strings.Contains(l.Value, " "):
			free[first] += columns(l.Value)
		}
		return true
	})
	return free
}
