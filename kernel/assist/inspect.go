package assist

// This file defines the answer to inspect_request: finding what the cursor means.

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/session"
	"gilkernel/kernel/std"
)

// Inspection is the description of a name, in two forms with the same content.
type Inspection struct{ Plain, Markdown string }

// Inspect describes the name under the cursor, a byte offset into the text of a cell, or just before it; if there is
// none, about the function whose arguments the cursor is in. Level 0 gives signature, type and documentation, level 1
// the source text too if it is in a cell. It returns false when nothing is known. The cell may have errors; nothing is
// run, so values aren't shown. It may be called concurrently with all methods of the session.
func (a *Assistant) Inspect(code string, cursor, level int) (found Inspection, ok bool) {
	cursor = max(0, min(cursor, len(code)))
	if m, ok := cell.MagicAt(code, cursor); ok {
		return aboutMagic(m).inspection(), true
	}
	a.session.View(func(v session.View) {
		text := cell.GoText(code, v.Knows)
		for _, w := range wordsAt(text, cursor) {
			if a, known := aboutWord(v, text, w, level); known {
				found, ok = a.inspection(), true
				return
			}
		}
	})
	return found, ok
}

// A span is a word: text[start:end].
type span struct{ start, end int }

// wordsAt returns the names that the cursor may mean, the likeliest first: the one it touches, then the
// functions in whose parentheses it is, the innermost first.
func wordsAt(text string, cursor int) []span {
	var words, calls []span
	s := cell.NewScanner([]byte(text), 0)
	var last span // the name before this token, empty if it isn't a name
	for {
		pos, tok, lit := s.Scan()
		at := int(pos) - 1
		if tok == token.EOF || at > cursor {
			break
		}
		name := span{}
		if tok == token.IDENT || tok.IsKeyword() {
			name = span{at, at + len(lit)}
			if cursor <= name.end {
				words = append(words, name)
			}
		}
		switch {
		case at >= cursor: // it doesn't enclose the cursor
		case tok == token.LPAREN || tok == token.LBRACK || tok == token.LBRACE:
			if tok != token.LPAREN {
				last = span{}
			}
			calls = append(calls, last)
		case tok == token.RPAREN || tok == token.RBRACK || tok == token.RBRACE:
			if len(calls) > 0 {
				last = calls[len(calls)-1]
				calls = calls[:len(calls)-1]
			}
			if tok == token.RPAREN && at+1 == cursor && last.end > 0 {
				words = append(words, last) // just behind a call
			}
			last = span{} // what a call returns has no name
			continue
		}
		if tok != token.LBRACK && tok != token.LBRACE {
			last = name
		}
	}
	for i := len(calls) - 1; i >= 0; i-- {
		if calls[i].end > 0 && text[calls[i].start:calls[i].end] != "func" {
			words = append(words, calls[i])
		}
	}
	return words
}

// aboutWord describes the word; it returns false if nothing is known.
func aboutWord(v session.View, text string, w span, level int) (about, bool) {
	word := text[w.start:w.end]
	if token.IsKeyword(word) {
		return aboutKeyword(word)
	}
	// The whole text tells most; when there is an error behind the word, the text before it may still be valid.
	for _, cutOff := range []bool{false, true} {
		sv := surveyOf(v, text, w.start, w.end, word, cutOff)
		if sv == nil {
			continue
		}
		nodes := sv.path()
		if len(nodes) == 0 {
			continue
		}
		id := nodes[len(nodes)-1].(*ast.Ident)
		o := sv.info.Uses[id]
		if o == nil {
			o = sv.info.Defs[id]
		}
		if o == nil {
			o = sv.key(nodes)
		}
		if o == nil {
			o = sv.member(nodes)
		}
		if o == nil || o.Type() == types.Typ[types.Invalid] && !hasNoType(o) {
			continue
		}
		return aboutObject(v, sv, o, nodes, level), true
	}
	// A name that no other code mentions, as in "?name".
	if d := v.Live(word); d.Exists() && d.Object() != nil {
		return aboutObject(v, nil, d.Object(), nil, level), true
	}
	if path := packagePath(v, word); path != "" && !isSelected(text, w.start) {
		return aboutPackage(v, path, word), true
	}
	return about{}, false
}

// key returns the field that an identifier is the key of in a composite literal, nil if it isn't.
func (sv *survey) key(nodes []ast.Node) types.Object {
	if len(nodes) < 3 {
		return nil
	}
	kv, ok := nodes[len(nodes)-2].(*ast.KeyValueExpr)
	lit, ok2 := nodes[len(nodes)-3].(*ast.CompositeLit)
	if !ok || !ok2 || kv.Key != nodes[len(nodes)-1] || sv.info.Types[lit].Type == nil {
		return nil
	}
	o, _, _ := types.LookupFieldOrMethod(sv.info.Types[lit].Type, true, sv.pkg, kv.Key.(*ast.Ident).Name)
	return o
}

// member returns the field or method that an identifier names behind a type, as documentation does: bytes.Buffer.Len,
// which isn't Go, because only a *bytes.Buffer has this method. It is nil for other identifiers.
func (sv *survey) member(nodes []ast.Node) types.Object {
	if len(nodes) < 2 {
		return nil
	}
	sel, ok := nodes[len(nodes)-2].(*ast.SelectorExpr)
	if !ok || sel.Sel != nodes[len(nodes)-1] || !sv.info.Types[sel.X].IsType() {
		return nil
	}
	o, _, _ := types.LookupFieldOrMethod(sv.info.Types[sel.X].Type, true, sv.pkg, sel.Sel.Name)
	return o
}

// hasNoType reports whether o is of a kind that has no type even when nothing is wrong with it.
func hasNoType(o types.Object) bool {
	switch o.(type) {
	case *types.PkgName, *types.Builtin:
		return true
	}
	return false
}

// isSelected reports whether the word at offset at stands behind a dot.
func isSelected(text string, at int) bool {
	return strings.HasSuffix(strings.TrimRight(text[:at], " \t\r\n"), ".")
}

// packagePath returns the package that a cell means by name, "" for none.
func packagePath(v session.View, name string) string {
	if path := v.Import(name); path != "" {
		return path
	}
	if paths := std.Lookup(name, nil); len(paths) > 0 {
		return paths[0]
	}
	return ""
}
