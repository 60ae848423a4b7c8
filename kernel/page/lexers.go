package page

// This file defines the languages of notebooks for the highlighter, and its colours: Go, and what cell
// magics run.

import (
	"fmt"
	"strings"

	"github.com/alecthomas/chroma/v2"
)

// light returns the colours on a light page. They and dark's keep a contrast of at least 4.5 to 1.
func light() chroma.StyleEntries {
	return chroma.StyleEntries{
		chroma.Keyword: "bold #9a1f6a", chroma.KeywordDeclaration: "bold #9a1f6a",
		chroma.KeywordNamespace: "bold #9a1f6a",
		chroma.NameBuiltin:      "#6b3fa0", chroma.NameFunction: "#0b5394", chroma.LiteralString: "#1d6b2e",
		chroma.LiteralNumber: "#8a4b00",
		chroma.Comment:       "italic #5d6570", chroma.CommentPreproc: "#00696f", chroma.Text: "#1a1a1a",
	}
}

// dark returns the colours on a dark page.
func dark() chroma.StyleEntries {
	return chroma.StyleEntries{
		chroma.Keyword: "bold #ff9ad5", chroma.KeywordDeclaration: "bold #ff9ad5",
		chroma.KeywordNamespace: "bold #ff9ad5",
		chroma.NameBuiltin:      "#c9a6ff", chroma.NameFunction: "#8ab4f8", chroma.LiteralString: "#8fd19e",
		chroma.LiteralNumber: "#ffb86b",
		chroma.Comment:       "italic #9aa3ae", chroma.CommentPreproc: "#7fdbe0", chroma.Text: "#e4e6ea",
	}
}

// words returns a pattern for whole words.
func words(list string) string { return `\b(?:` + strings.Join(strings.Fields(list), "|") + `)\b` }

// newLexers returns the lexers by the names that code blocks and cell magics use.
func newLexers() (map[string]chroma.Lexer, error) {
	names := map[string][]string{
		"go":     {"go", "golang"},
		"python": {"python", "python3", "py"},
		"sh":     {"sh", "bash", "shell", "console"},
	}
	rules := map[string][]chroma.Rule{
		"go": {
			{Pattern: `(?m)^[ \t]*(?:%%?\w+|!|\?).*$`, Type: chroma.CommentPreproc},
			{Pattern: `//[^\n]*|(?s)/\*.*?\*/`, Type: chroma.Comment},
			{Pattern: "`[^`]*`|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])*'", Type: chroma.LiteralString},
			{Pattern: `\b(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9]+)?i?)\b`,
				Type: chroma.LiteralNumber},
			{Pattern: words("package import"), Type: chroma.KeywordNamespace},
			{Pattern: words("func var const type struct interface map chan"), Type: chroma.KeywordDeclaration},
			{Pattern: words("break case continue default defer else fallthrough for go goto if range return select " +
				"switch"), Type: chroma.Keyword},
			{Pattern: words("append cap clear close complex copy delete imag len make max min new panic print " +
				"println real recover nil true false iota any bool byte comparable complex64 complex128 error " +
				"float32 float64 int int8 int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr"),
				Type: chroma.NameBuiltin},
			{Pattern: `\w+(?=\()`, Type: chroma.NameFunction},
			{Pattern: `\w+`, Type: chroma.Name},
			{Pattern: `.|\n`, Type: chroma.Text},
		},
		"python": {
			{Pattern: `(?m)^%%?\w+.*$`, Type: chroma.CommentPreproc},
			{Pattern: `#[^\n]*`, Type: chroma.Comment},
			{Pattern: `(?s)(?:[rbfuRBFU]{0,2})(?:""".*?"""|'''.*?''')|(?:[rbfuRBFU]{0,2})(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')`, Type: chroma.LiteralString},
			{Pattern: `\b[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9]+)?j?\b`, Type: chroma.LiteralNumber},
			{Pattern: words("import from as"), Type: chroma.KeywordNamespace},
			{Pattern: words("and assert async await break class continue def del elif else except finally for global " +
				"if in is lambda nonlocal not or pass raise return try while with yield"), Type: chroma.Keyword},
			{Pattern: words("None True False self print len range list dict set tuple int str float bool open sum " +
				"min max sorted enumerate zip map isinstance"),
				Type: chroma.NameBuiltin},
			{Pattern: `\w+(?=\()`, Type: chroma.NameFunction},
			{Pattern: `\w+`, Type: chroma.Name},
			{Pattern: `.|\n`, Type: chroma.Text},
		},
		"sh": {
			{Pattern: `(?m)^%%?\w+.*$`, Type: chroma.CommentPreproc},
			{Pattern: `(?<=^|\s)#[^\n]*`, Type: chroma.Comment},
			{Pattern: `"(?:\\.|[^"\\])*"|'[^']*'`, Type: chroma.LiteralString},
			{Pattern: `\$\{?\w+\}?`, Type: chroma.NameBuiltin},
			{Pattern: words("if then else elif fi for while until do done case esac in function return exit export " +
				"local"), Type: chroma.Keyword},
			{Pattern: `\w+`, Type: chroma.Name},
			{Pattern: `.|\n`, Type: chroma.Text},
		},
	}
	lexers := map[string]chroma.Lexer{}
	for language, aliases := range names {
		lexer, err := chroma.NewLexer(&chroma.Config{Name: language},
			func() chroma.Rules { return chroma.Rules{"root": rules[language]} })
		if err != nil {
			return nil, fmt.Errorf("making the %s lexer: %w", language, err)
		}
		for _, a := range aliases {
			lexers[a] = lexer
		}
	}
	return lexers, nil
}
