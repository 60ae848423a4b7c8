package assist

// This file defines the answer to complete_request.

import (
	"cmp"
	"go/types"
	"slices"
	"strings"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/session"
)

// Completion is what may stand at the cursor: each match replaces the bytes from Start to End.
type Completion struct {
	Start, End int
	Matches    []Match // the likeliest first
}

// Match is one completion.
type Match struct {
	Text string // to insert
	// Type chooses the icon: "function", "class", "instance", "constant", "module", "keyword",
	// "property", "magic", "path".
	Type      string
	Signature string // parameters and results of a function, the type of a variable, or ""
}

// Complete returns what may stand at the cursor, a byte offset into the text of a cell. The cell may have errors;
// nothing is run. Files are looked for below the cells' working directory dir, "" for that of this process. It may be
// called concurrently with all methods of the session, and takes some 100 µs.
func (a *Assistant) Complete(dir, code string, cursor int) (c Completion) {
	cursor = max(0, min(cursor, len(code)))
	if c, ok := a.completeMagic(dir, code, cursor); ok {
		return c
	}
	a.session.View(func(v session.View) {
		text := cell.GoText(code, v.Knows)
		p := placeAt(text[:cursor])
		f := newFinder(v, p.word)
		switch p.kind {
		case placeImport:
			f.imports()
		case placeMember:
			f.sv = surveyOf(v, text, p.start, cursor, mark, true)
			f.members()
		case placeName:
			f.sv = surveyOf(v, text, p.start, cursor, mark, true)
			f.names()
		}
		c = Completion{Start: p.start, End: cursor, Matches: f.matches()}
	})
	return c
}

// mark is the name that stands in for the word at the cursor: nothing else has this name.
const mark = "__cursor"

// A finder collects matches.
type finder struct {
	v     session.View
	sv    *survey // nil if nothing is known
	word  string
	lower string
	found []candidate
	seen  map[string]bool
}

// newFinder returns a finder of what begins with a word.
func newFinder(v session.View, word string) *finder {
	return &finder{v: v, word: word, lower: strings.ToLower(word), seen: map[string]bool{}}
}

// A candidate is a match with its sort keys.
type candidate struct {
	Match
	name  string // what the word is the beginning of
	exact bool   // not only if case is ignored
	group int    // nearer scopes have smaller numbers
}

// The groups behind those of scopes.
const (
	groupSession  = 100
	groupPackage  = 200 // imported, or nearly
	groupBuiltin  = 300
	groupElswhere = 400 // packages that nothing has mentioned
)

// fits reports whether name is one that the word could become.
func (f *finder) fits(name string) bool {
	return len(name) >= len(f.word) &&
		(strings.HasPrefix(name, f.word) || strings.HasPrefix(strings.ToLower(name), f.lower))
}

// add adds a match unless something nearer has the name. make is called only for what fits, because
// signatures cost more than the rest.
func (f *finder) add(group int, name string, make func() Match) {
	if name == "_" || strings.HasPrefix(name, "__") || f.seen[name] || !f.fits(name) {
		return
	}
	f.seen[name] = true
	f.found = append(f.found, candidate{make(), name, strings.HasPrefix(name, f.word), group})
}

// addObject adds an object under its name.
func (f *finder) addObject(group int, o types.Object) {
	f.add(group, o.Name(), func() Match { return matchOf(o) })
}

// matches returns what was found in the order in which it is shown.
func (f *finder) matches() []Match {
	slices.SortFunc(f.found, func(a, b candidate) int {
		switch {
		case a.exact != b.exact && a.exact:
			return -1
		case a.exact != b.exact:
			return 1
		}
		return cmp.Or(a.group-b.group, strings.Compare(a.name, b.name))
	})
	list := make([]Match, len(f.found))
	for i, c := range f.found {
		list[i] = c.Match
	}
	return list
}

// matchOf describes an object.
func matchOf(o types.Object) Match {
	m := Match{Text: o.Name()}
	typ := func() string { return types.TypeString(o.Type(), session.Qualifier) }
	switch o := o.(type) {
	case *types.Func:
		m.Type, m.Signature = "function", strings.TrimPrefix(typ(), "func")
	case *types.Builtin:
		m.Type = "function"
	case *types.TypeName:
		m.Type, m.Signature = "class", kindWord(o.Type())
	case *types.Const:
		m.Type, m.Signature = "constant", typ()
	case *types.PkgName:
		m.Type, m.Signature = "module", o.Imported().Path()
	case *types.Var:
		m.Type, m.Signature = "instance", typ()
		if o.IsField() {
			m.Type = "property"
		}
	case *types.Nil:
		m.Type = "constant"
	}
	return m
}

// kindWord returns the kind of type t in a word.
func kindWord(t types.Type) string {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return "struct"
	case *types.Interface:
		return "interface"
	default:
		return types.TypeString(u, session.Qualifier)
	}
}
