package main

// This file defines the policies of comments: a doc comment names what it documents, and what a comment names exists.

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
	"unicode"
)

// A doc comment that doesn't contain the name of what it documents was written for something else, or for what was once
// called otherwise.
func TestDocCommentsContainTheirName(t *testing.T) {
	m := parse(t)
	for _, s := range m.sources {
		if s.generated {
			continue
		}
		wants := func(id *ast.Ident, doc *ast.CommentGroup) {
			if text := doc.Text(); text != "" && !containsWord(text, id.Name) {
				t.Errorf("%s: the doc comment of %s doesn't contain its name: %q", m.fset.Position(doc.Pos()), id.Name,
					firstLine(text))
			}
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if !s.test || !isTest(d) {
					wants(d.Name, d.Doc)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						if d.Lparen == token.NoPos {
							wants(spec.Name, d.Doc)
						} else {
							wants(spec.Name, spec.Doc)
						}
					case *ast.ValueSpec:
						if d.Lparen == token.NoPos && len(spec.Names) == 1 && spec.Names[0].Name != "_" && !s.test {
							wants(spec.Names[0], d.Doc)
						}
					}
				}
			}
		}
	}
}

// isTest reports whether go test runs the function. Its doc comment says what holds, and needs no name.
func isTest(f *ast.FuncDecl) bool {
	for _, prefix := range []string{"Test", "Fuzz", "Benchmark", "Example"} {
		if f.Recv == nil && strings.HasPrefix(f.Name.Name, prefix) {
			return true
		}
	}
	return false
}

// firstLine returns the first line of a text.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// containsWord reports whether a name stands in the text as a word.
func containsWord(text, name string) bool {
	letter := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !letter(r) }) {
		if word == name {
			return true
		}
	}
	return false
}

// What a comment names as a file, a test or an identifier exists: in this module, in the standard library, in a
// dependency, or, as Python's words do, in a text of the module, such as a string literal or a file of testdata.
func TestWhatCommentsNameExists(t *testing.T) {
	m := parse(t)
	v := newVocabulary(t, m)
	for _, n := range namesInComments(t, m, v) {
		t.Errorf("%s: there is no %s %s", n.at, n.kind, n.name)
	}
	for _, w := range python {
		if !v.python[w] {
			t.Errorf("no comment needs %s: take it out of the list of Python's names", w)
		}
	}
}
