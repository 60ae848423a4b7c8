package cell

// This file defines where the steps of a cell begin and end. The text is read with Go's own scanner, so
// that no quote, comment or bracket is taken for the start of a magic; magics themselves are read by line,
// because their text need not be Go.

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"strings"
)

// A chunk is the text of one step: code[start:end].
type chunk struct {
	kind       StepKind
	start, end int
}

// cut returns the steps of a cell that doesn't begin with a cell magic. A chunk of kind StepCell is
// a cell magic in the wrong place. Chunks of Go code without any token are left out.
func cut(code string, known func(string) bool) []chunk {
	if !strings.ContainsAny(code, "%!") { // most cells
		if begins(code) {
			return []chunk{{StepGo, 0, len(code)}}
		}
		return nil
	}
	var chunks []chunk
	src, at := []byte(code), 0
	means := func(name string, upto int) bool {
		if types.Universe.Lookup(name) != nil || known != nil && known(name) {
			return true
		}
		for _, c := range chunks {
			if c.kind == StepGo && mentions(src[c.start:c.end], name) {
				return true
			}
		}
		return mentions(src[at:upto], name)
	}
	for at < len(code) {
		magic, ok := nextMagic(src, at, means)
		if begins(code[at:magic.start]) {
			chunks = append(chunks, chunk{StepGo, at, magic.start})
		}
		if !ok {
			break
		}
		chunks = append(chunks, magic)
		at = magic.end
	}
	return chunks
}

// begins reports whether there is a token in code, not only comments.
func begins(code string) bool {
	if strings.TrimSpace(code) == "" {
		return false
	}
	s := NewScanner([]byte(code), 0)
	_, tok, _ := s.Scan()
	return tok != token.EOF
}

// NewScanner returns a scanner of src that reports no errors. Positions are offsets plus 1.
func NewScanner(src []byte, mode scanner.Mode) *scanner.Scanner {
	s := new(scanner.Scanner)
	s.Init(token.NewFileSet().AddFile("", 1, len(src)), src, func(token.Position, string) {}, mode)
	return s
}

// nextMagic returns the first magic that begins at or behind offset from, which is the start of a line
// outside of everything. Without one it returns an empty chunk at the end of src. means is asked whether
// Go code at an offset knows a name.
func nextMagic(src []byte, from int, means func(name string, upto int) bool) (chunk, bool) {
	s := NewScanner(src[from:], scanner.ScanComments)
	depth, boundary := 0, true // boundary: a statement could begin here
	for {
		pos, tok, _ := s.Scan()
		at := from + int(pos) - 1
		switch tok {
		case token.EOF:
			return chunk{start: len(src), end: len(src)}, false
		case token.COMMENT:
			continue
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth = max(depth-1, 0) // a stray one is an error of that line only
		case token.REM, token.NOT:
			if !boundary || depth > 0 {
				break
			}
			start, alone := lineStart(src, at)
			if !alone {
				break
			}
			if kind, ok := magicKind(src, at, means); ok {
				return chunk{kind, start, magicEnd(src, at, kind)}, true
			}
		}
		boundary = tok == token.SEMICOLON
	}
}

// lineStart returns the offset of the line that at is in, and whether only blanks stand between.
func lineStart(src []byte, at int) (start int, alone bool) {
	for start = at; start > 0 && src[start-1] != '\n'; start-- {
		if b := src[start-1]; b != ' ' && b != '\t' && b != '\r' {
			return 0, false
		}
	}
	return start, true
}

// magicKind says what the % or ! at the start of a statement begins, if it isn't Go.
func magicKind(src []byte, at int, means func(string, int) bool) (StepKind, bool) {
	line := string(src[at:lineEnd(src, at)])
	switch {
	case strings.HasPrefix(line, "%%"):
		return StepCell, MagicName(line[2:]) != ""
	case line[0] == '%':
		return StepLine, MagicName(line[1:]) != ""
	}
	if strings.TrimLeft(strings.TrimSpace(line), "!") == "" || isNegation(src, at, line, means) {
		return 0, false
	}
	return StepShell, true
}

// magicEnd returns the offset behind the magic at offset at: its line, and for a shell command the lines that a
// backslash adds. The argument of a magic that takes Go code continues while a bracket is open.
func magicEnd(src []byte, at int, kind StepKind) int {
	end := lineEnd(src, at)
	switch kind {
	case StepShell:
		for end < len(src) && strings.HasSuffix(strings.TrimRight(string(src[at:end]), "\r\n"), "\\") {
			at, end = end, lineEnd(src, end)
		}
	case StepLine:
		name := MagicName(string(src[at+1 : end]))
		if m, _ := MagicOf(name); m.Arg != ArgGo {
			break
		}
		from := at + 1 + len(name)
		s := NewScanner(src[from:], 0)
		for depth := 0; ; {
			pos, tok, lit := s.Scan()
			at := from + int(pos) - 1
			if depth <= 0 {
				switch {
				case tok == token.EOF:
					return end
				case tok == token.SEMICOLON && lit == "\n":
					return max(end, lineEnd(src, at))
				case at >= end:
					return end // nothing is open although the statement hasn't ended: the line is complete
				}
			}
			switch tok {
			case token.EOF:
				return len(src)
			case token.LPAREN, token.LBRACK, token.LBRACE:
				depth++
			case token.RPAREN, token.RBRACK, token.RBRACE:
				depth--
				end = max(end, lineEnd(src, at))
			}
		}
	}
	return end
}

// isNegation reports whether the line at offset at, "!" and more, is a Go expression rather than
// a command: only the last line of a cell can usefully be an expression, and all its names must mean
// something.
func isNegation(src []byte, at int, line string, means func(string, int) bool) bool {
	for _, b := range src[at+len(line):] { // copying the rest would take quadratic time
		if b != ' ' && b != '\t' && b != '\r' && b != '\n' {
			return false
		}
	}
	if tooLong(line) >= 0 {
		return false
	}
	x, err := parser.ParseExpr(line)
	if err != nil {
		return false
	}
	names := rootNames(x)
	if len(names) == 0 {
		return false
	}
	for _, name := range names {
		if !means(name, at) {
			return false
		}
	}
	return true
}

// rootNames returns the identifiers of an expression that scopes are asked for: not those behind a dot. A literal of a
// function has names of its own: then none of them is certain, and it returns nil.
func rootNames(x ast.Expr) []string {
	var names []string
	ok := true
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			names = append(names, rootNames(n.X)...)
			return false
		case *ast.Ident:
			names = append(names, n.Name)
		case *ast.FuncLit:
			ok = false
		}
		return ok
	})
	if !ok {
		return nil
	}
	return names
}

// mentions reports whether the name is among the identifiers of src.
func mentions(src []byte, name string) bool {
	s := NewScanner(src, 0)
	for {
		switch _, tok, lit := s.Scan(); {
		case tok == token.EOF:
			return false
		case tok == token.IDENT && lit == name:
			return true
		}
	}
}
