package page

// This file defines the languages of notebooks for the highlighter: Go, and what cell magics run.

import (
	"regexp"
	"strings"
)

// A class is what a piece of code is, as the style sheet names it. "" is nothing special.
type class string

const (
	preprocessor class = "cp" // a magic
	comment      class = "c"
	quoted       class = "s" // a string
	number       class = "m"
	keyword      class = "k"
	declaration  class = "kd"
	importing    class = "kn"
	builtin      class = "nb"
	function     class = "nf" // what is called or defined
)

// A lexer knows the pieces of a language.
type lexer struct {
	pieces *regexp.Regexp // of which each group is named after a class, or "word"
	words  map[string]class
	calls  bool // a word in front of a parenthesis is a function
}

// newLexer returns a lexer: pieces are patterns, the first of which that matches counts, and words lists of words. A
// word is looked for last, so patterns needn't care for its boundaries.
func newLexer(pieces [][2]string, words map[class]string, calls bool) *lexer {
	l := &lexer{words: map[string]class{}, calls: calls}
	var all []string
	for _, p := range append(pieces, [2]string{"word", `[\pL_][\pL\pN_]*`}) {
		all = append(all, "(?P<"+p[0]+">"+p[1]+")")
	}
	l.pieces = regexp.MustCompile("(?m)" + strings.Join(all, "|"))
	for c, list := range words {
		for _, word := range strings.Fields(list) {
			l.words[word] = c
		}
	}
	return l
}

// split calls piece for each piece of the code, in order: together they are the code.
func (l *lexer) split(code string, piece func(text string, c class)) {
	names := l.pieces.SubexpNames()
	end := 0
	for _, at := range l.pieces.FindAllStringSubmatchIndex(code, -1) {
		if at[0] > end {
			piece(code[end:at[0]], "")
		}
		end = at[1]
		found := code[at[0]:end]
		c := class("")
		for i := 1; i < len(names); i++ {
			if at[2*i] >= 0 {
				c = class(names[i])
				break
			}
		}
		if c == "word" {
			c = l.words[found]
			if c == "" && l.calls && strings.HasPrefix(code[end:], "(") {
				c = function
			}
		}
		piece(found, c)
	}
	if end < len(code) {
		piece(code[end:], "")
	}
}

// newLexers returns the lexers by the names that code blocks and cell magics use.
func newLexers() map[string]*lexer {
	golang := newLexer([][2]string{
		{string(preprocessor), `^[ \t]*(?:%%?\w+|!|\?).*$`},
		{string(comment), `//[^\n]*|/\*(?s:.*?)\*/`},
		{string(quoted), "`[^`]*`|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])*'"},
		{string(number), `0[xX][0-9a-fA-F_]+|0[bB][01_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9]+)?i?`},
	}, map[class]string{
		importing:   "package import",
		declaration: "func var const type struct interface map chan",
		keyword: "break case continue default defer else fallthrough for go goto if range return select " +
			"switch",
		builtin: "append cap clear close complex copy delete imag len make max min new panic print " +
			"println real recover nil true false iota any bool byte comparable complex64 complex128 error " +
			"float32 float64 int int8 int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr",
	}, true)
	python := newLexer([][2]string{
		{string(preprocessor), `^%%?\w+.*$`},
		{string(comment), `#[^\n]*`},
		{string(quoted), `[rbfuRBFU]{0,2}(?s:""".*?"""|'''.*?''')|` +
			`[rbfuRBFU]{0,2}(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')`},
		{string(number), `[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9]+)?j?`},
	}, map[class]string{
		importing: "import from as",
		keyword: "and assert async await break class continue def del elif else except finally for global " +
			"if in is lambda nonlocal not or pass raise return try while with yield",
		builtin: "None True False self print len range list dict set tuple int str float bool open sum " +
			"min max sorted enumerate zip map isinstance",
	}, true)
	shell := newLexer([][2]string{
		{string(preprocessor), `^%%?\w+.*$`},
		{string(comment), `(?:^|\s)#[^\n]*`},
		{string(quoted), `"(?:\\.|[^"\\])*"|'[^']*'`},
		{string(builtin), `\$\{?\w+\}?`},
	}, map[class]string{
		keyword: "if then else elif fi for while until do done case esac in function return exit export local",
	}, false)
	return map[string]*lexer{"go": golang, "golang": golang, "python": python, "python3": python, "py": python,
		"sh": shell, "bash": shell, "shell": shell, "console": shell}
}
