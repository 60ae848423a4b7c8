package main

// This file defines how the names in comments are found and looked up.

import (
	"go/ast"
	"go/build"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// A mention is a name in a comment.
type mention struct {
	at         token.Position
	kind, name string
	certain    bool // it is one of the module's, if anything has it
}

// parts are the words to look up elsewhere.
func (n mention) parts() []string {
	if n.kind == "identifier" {
		return strings.Split(n.name, ".")
	}
	return []string{path.Base(n.name)}
}

var (
	// commentWord matches what could be a name: a path, or words with dots between them, with a call's parentheses
	// behind them.
	commentWord = regexp.MustCompile(`[\pL\d_./*<>$~{}:\\%-]*[\pL\d_]+(\(\))?`)
	// fileName matches the names of files that the module could have.
	fileName = regexp.MustCompile(`^[\pL\d_./-]*[\pL\d_]\.(go|s|md|txtar|ipynb|mjs)$`)
	// testName matches the names of tests.
	testName = regexp.MustCompile(`^(Test|Fuzz|Benchmark|Example)[A-Z]\w*$`)
	// dotted matches identifiers with dots between them.
	dotted = regexp.MustCompile(`^[\pL_][\pL\d_]*(\.[\pL_][\pL\d_]*)*$`)
	// humps matches words with a capital inside.
	humps = regexp.MustCompile(`[\p{Ll}\d]\p{Lu}`)
	// quoted matches what a comment quotes.
	quoted = regexp.MustCompile(`"[^"]*"`)
	// plainWord matches what other texts are split into.
	plainWord = regexp.MustCompile(`[\pL_][\pL\d_]*`)
)

// python are the names of CPython's classes that comments refer to. Its C functions begin with Py, and its other words,
// with underscores inside, can't be Go's.
var python = []string{
	"AuthenticationError", "AutoProxy", "BaseProcess", "BaseProxy", "BaseServer", "ExceptionWithTraceback",
	"ForkingMixIn", "ForkingPickler", "ForkingUDPServer", "IMapUnorderedIterator", "OtherTest", "PicklingError",
	"SemLock", "TestSyncManagerTypes", "ThreadingMixIn", "ThreadingUDPServer", "UnpicklingError",
}

// A vocabulary is what the module has names for.
type vocabulary struct {
	// all words that stand outside of comments: in Go, in string literals, in other texts
	words  map[string]bool
	tests  map[string]bool            // functions that go test runs
	files  map[string]bool            // files, by each end of their paths
	inRoom map[string]map[string]bool // the identifiers of each room
	// the fields and methods of the types of each room, by "room.Type"; nil: there may be others
	members map[string]map[string]bool
	python  map[string]bool // the names of the list python that were needed
}

// newVocabulary reads the module.
func newVocabulary(t *testing.T, m *module) *vocabulary {
	v := &vocabulary{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]map[string]bool{},
		map[string]map[string]bool{}, map[string]bool{}}
	for _, s := range m.sources {
		v.addFile(s.path)
		in := v.inRoom[s.room]
		if in == nil {
			in = map[string]bool{}
			v.inRoom[s.room] = in
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && isTest(f) {
				v.tests[f.Name.Name] = true
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				v.words[n.Name], in[n.Name] = true, true
			case *ast.BasicLit:
				if n.Kind == token.STRING && s.path != "policy_names_test.go" { // whose list python would need nothing
					v.addText(n.Value)
				}
			}
			return true
		})
	}
	for _, p := range m.others {
		v.addFile(p)
		switch path.Ext(p) {
		case ".txtar", ".ipynb", ".py", ".mjs", ".s", ".json", ".txt":
			b, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			v.addText(string(b))
		}
	}
	v.addMembers(t)
	return v
}

// addText adds the words of a text.
func (v *vocabulary) addText(text string) {
	for _, w := range plainWord.FindAllString(text, -1) {
		v.words[w] = true
	}
}

// addFile adds a file.
func (v *vocabulary) addFile(p string) {
	for more := true; more; _, p, more = strings.Cut(p, "/") {
		v.files[p] = true
	}
}

// addMembers adds the fields and methods of types, those of embedded ones included.
func (v *vocabulary) addMembers(t *testing.T) {
	for name, r := range check(t) {
		for _, n := range r.pkg.Scope().Names() {
			typ, ok := r.pkg.Scope().Lookup(n).(*types.TypeName)
			if !ok {
				continue
			}
			all := map[string]bool{}
			methods := types.NewMethodSet(types.NewPointer(typ.Type()))
			if types.IsInterface(typ.Type()) {
				methods = types.NewMethodSet(typ.Type())
			}
			for m := range methods.Methods() {
				all[m.Obj().Name()] = true
			}
			if s, ok := typ.Type().Underlying().(*types.Struct); ok {
				addFields(s, all)
			}
			v.members[name+"."+n] = all
		}
	}
}

// addFields adds the names of a struct's fields, those of embedded ones included.
func addFields(s *types.Struct, all map[string]bool) {
	for f := range s.Fields() {
		all[f.Name()] = true
		of := f.Type()
		if p, ok := of.Underlying().(*types.Pointer); ok {
			of = p.Elem()
		}
		if embedded, ok := of.Underlying().(*types.Struct); ok && f.Embedded() {
			addFields(embedded, all)
		}
	}
}

// has reports whether the module has what a comment in a file names, and whether that is certain: of what isn't, the
// standard library and the dependencies may have it.
func (v *vocabulary) has(s *source, n mention) (known, certain bool) {
	switch n.kind {
	case "file":
		return v.files[strings.TrimPrefix(n.name, "./")], false
	case "test":
		return v.tests[n.name] || v.isPython(n.name), false
	}
	parts := strings.Split(n.name, ".")
	at := s.room
	for _, imp := range s.file.Imports {
		if p, ok := strings.CutPrefix(strings.Trim(imp.Path.Value, `"`), "gilkernel/"); ok && len(parts) > 1 &&
			path.Base(p) == parts[0] {
			if !v.inRoom[p][parts[1]] && !v.isPython(parts[1]) {
				return false, true
			}
			at, parts = p, parts[1:]
			break
		}
	}
	if members, ok := v.members[at+"."+parts[0]]; ok && len(parts) > 1 &&
		(token.IsExported(parts[0]) || token.IsExported(parts[1])) && !v.isPython(parts[1]) {
		return members[parts[1]], true
	}
	for _, p := range parts {
		if !v.word(p) {
			return false, false
		}
	}
	return true, false
}

// word reports whether the module or CPython has a word, or one that it is the plural of.
func (v *vocabulary) word(w string) bool {
	single := strings.TrimSuffix(w, "s")
	return v.words[w] || v.words[single] || v.isPython(w) || v.isPython(single)
}

// isPython reports whether a word is one of CPython's.
func (v *vocabulary) isPython(w string) bool {
	if slices.Contains(python, w) {
		v.python[w] = true
		return true
	}
	return strings.Contains(w, "_") || strings.HasPrefix(w, "Py")
}

// namesInComments returns the names in the module's comments that neither its vocabulary nor anything else has.
func namesInComments(t *testing.T, m *module, v *vocabulary) []mention {
	var unknown []mention
	elsewhere := map[string]bool{}
	for _, s := range m.sources {
		if s.generated {
			continue
		}
		for _, n := range mentions(m, s) {
			known, certain := v.has(s, n)
			if known {
				continue
			}
			if n.certain = certain; !certain {
				for _, p := range n.parts() {
					elsewhere[p], elsewhere[strings.TrimSuffix(p, "s")] = false, false
				}
			}
			unknown = append(unknown, n)
		}
	}
	outside(t, elsewhere)
	return slices.DeleteFunc(unknown, func(n mention) bool {
		for _, p := range n.parts() {
			if n.certain ||
				!elsewhere[p] && !elsewhere[strings.TrimSuffix(p, "s")] && (n.kind != "identifier" || !v.word(p)) {
				return false
			}
		}
		return true
	})
}

// mentions returns the names in the comments of a file. Code, directives, what is quoted and what an example prints are
// no comments.
func mentions(m *module, s *source) []mention {
	var list []mention
	for _, group := range s.file.Comments {
		if first := group.List[0].Text; strings.HasPrefix(first, "// Output:") ||
			strings.HasPrefix(first, "// Unordered output:") {
			continue
		}
		for _, c := range group.List {
			at := m.fset.Position(c.Pos())
			for i, line := range strings.Split(c.Text, "\n") {
				if strings.HasPrefix(line, "//go:") || strings.HasPrefix(line, "//\t") {
					continue
				}
				here := at
				here.Line += i
				line = quoted.ReplaceAllString(strings.TrimPrefix(line, "//"), " ")
				for _, w := range commentWord.FindAllString(line, -1) {
					if kind, name := kindOf(w); kind != "" {
						list = append(list, mention{here, kind, name, false})
					}
				}
			}
		}
	}
	return list
}

// kindOf says what a word of a comment names, "" if it is a word of English for all that can be told.
func kindOf(w string) (kind, name string) {
	w, call := strings.CutSuffix(w, "()")
	w = strings.TrimLeft(w, "*")
	switch {
	case fileName.MatchString(w):
		return "file", w
	case testName.MatchString(w):
		return "test", w
	case !dotted.MatchString(w):
		return "", ""
	}
	last := w[strings.LastIndex(w, ".")+1:]
	if call || strings.Contains(w, ".") && strings.IndexFunc(last, unicode.IsUpper) == 0 || humps.MatchString(w) {
		return "identifier", w
	}
	return "", ""
}

// outside sets the words to true that the standard library or a dependency has, in code or as a file's name. It looks
// into dependencies only for what the standard library hasn't got.
func outside(t *testing.T, words map[string]bool) {
	t.Helper()
	searchTree(t, filepath.Join(build.Default.GOROOT, "src"), words)
	direct, err := exec.Command("go", "list", "-m", "-f", "{{if not (or .Main .Indirect)}}{{.Dir}}{{end}}",
		"all").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range strings.Fields(string(direct)) {
		missing := map[string]bool{}
		for w, found := range words {
			if !found {
				missing[w] = false
			}
		}
		if len(missing) == 0 {
			return
		}
		searchTree(t, dir, missing)
		for w, found := range missing {
			words[w] = found
		}
	}
}

// searchTree sets the words to true that the sources below a directory have.
func searchTree(t *testing.T, dir string, words map[string]bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if _, asked := words[name]; asked {
			words[name] = true
		}
		if d.IsDir() && name == "testdata" {
			return filepath.SkipDir
		}
		if ext := path.Ext(name); d.IsDir() || ext != ".go" && ext != ".s" && ext != ".h" {
			return nil
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		start := -1
		for i, c := range b {
			if c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80 {
				if start < 0 {
					start = i
				}
			} else if start >= 0 {
				if known, asked := words[string(b[start:i])]; asked && !known {
					words[string(b[start:i])] = true
				}
				start = -1
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
