package cell

// This file defines emission: the edited texts become one Go file, and the session's knowledge of what
// it defines.
//
// Every piece of a cell is headed by two lines for who shows positions: //line, as Go's tools read it,
// and //gilkernel, which gives the key of its position registers a label.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// lowered returns the unit's text with its edits applied. Behind each edit a directive says where in the cell
// what follows stands, so that every position is the learner's, columns too.
func (u *unit) lowered() string {
	edits, code := u.edits, u.parsed()
	sort.SliceStable(edits, func(i, j int) bool {
		a, b := edits[i], edits[j]
		if a.start != b.start {
			return a.start < b.start
		}
		return a.start == a.end && b.start != b.end // what is put before something comes before its replacement
	})
	var b strings.Builder
	at := 0
	for i, e := range edits {
		if e.start < at {
			panic(fmt.Sprintf("edits overlap at %d: %q", e.start, e.text))
		}
		b.WriteString(code[at:e.start])
		b.WriteString(strings.ReplaceAll(e.text, here, u.directive(code, e.start)))
		at = e.end
		last := i+1 == len(edits) || edits[i+1].start > e.end
		if last && len(e.text) != e.end-e.start && at < len(code) && code[at] != '\n' {
			b.WriteString(u.directive(code, at))
		}
	}
	b.WriteString(code[at:])
	return b.String()
}

// here stands in an edit for the directive of the place where it is made.
const here = "\x00"

// directive returns a line directive for the place at an offset of the unit's text. If the text before it has a directive itself, as
// generated code has, the place counts from there.
func (u *unit) directive(code string, offset int) string {
	label, line, column, before := u.label, u.line, 1, code[:offset]
	if i := strings.LastIndex(before, "/*line "); i >= 0 {
		if m := lineDirective.FindStringSubmatch(before[i:]); m != nil {
			label, before = m[1], before[i+len(m[0]):]
			line, _ = strconv.Atoi(m[2])
			column, _ = strconv.Atoi(m[3])
		}
	}
	if i := strings.LastIndexByte(before, '\n'); i >= 0 {
		line += strings.Count(before, "\n")
		column, before = 1, before[i+1:]
	}
	return fmt.Sprintf("/*line %s:%d:%d*/", label, line, column+len(before))
}

// lineDirective is one that gives a column too.
var lineDirective = regexp.MustCompile(`^/\*line (.*?):(\d+):(\d+)\*/`)

// emit assembles the program.
func (c *compilation) emit() (*Program, error) {
	p := &Program{Label: c.label, Code: c.code, Key: c.key, HasResult: c.hasResult}
	if c.hasResult && c.outType != nil {
		p.Out = c.out
	}
	p.Forget = c.replaced()
	staleText := c.staleStubs()
	var decls strings.Builder
	for _, u := range c.units {
		text := u.lowered()
		if strings.TrimSpace(text) == "" || len(u.file.Decls) == 0 || onlyImports(u.file) {
			continue
		}
		fmt.Fprintf(&decls, "\n//gilkernel key=%d label=%s\n//line %s:%d:1\n%s\n", u.key, u.label, u.label, u.line, text)
	}
	gen := c.variables() + staleText
	statements := c.stmts.lowered()
	hasStatements := len(c.body.List) > 0
	prologue := ""
	epilogue := ""
	for _, name := range c.inits {
		prologue += name + "(); "
	}
	if name := c.fresh["main"]; name != "" && c.declaresOwn("main") {
		epilogue = "; " + name + "()"
	}
	for _, name := range c.unhoistable {
		return nil, &Error{Name: "InterpreterLimit", Limit: true, Message: limitWords + "the type of " + name + " can't be written down; declare the variable in a function instead"}
	}
	entry := fmt.Sprintf("__cell%d", c.key)
	head := fmt.Sprintf("//gilkernel key=%d label=%s\n%spackage main\n", c.key, c.label, generated)
	body := func(inner string) string {
		return fmt.Sprintf("\n//line %s:1:1\nfunc %s() { %s\n%s }\n", c.label, entry, prologue, inner)
	}
	full := body(fmt.Sprintf("//line %s:1:1\n", c.label) + statements + "\n" + epilogue)
	if hasStatements || prologue != "" || epilogue != "" {
		p.Entry = entry
	} else {
		full = ""
	}
	genText := "\n" + generated + gen
	imports := c.importBlock()
	p.Source = head + imports + genText + decls.String() + full + c.declares()
	replay := ""
	if strings.TrimSpace(gen) != "" || decls.Len() > 0 {
		replay = head + imports + genText + decls.String() + body("")
	}
	c.define(p)
	p.commit = c.committer(p, replay, entry)
	return p, nil
}

// parsed is the text of a unit between its head and its tail.
func (u *unit) parsed() string {
	return u.text[u.head : len(u.text)-u.tail]
}

func onlyImports(f *ast.File) bool {
	for _, d := range f.Decls {
		if gd, ok := d.(*ast.GenDecl); !ok || gd.Tok != token.IMPORT {
			return false
		}
	}
	return true
}

// generated heads what no cell has.
const generated = "//line generated:1:1\n"

func (c *compilation) declaresOwn(name string) bool {
	for _, id := range declared(c.decls.file) {
		if id.Name == name {
			return true
		}
	}
	return false
}

// importBlock returns the imports.
func (c *compilation) importBlock() string {
	used := map[string]string{}
	for id, o := range c.info.Uses {
		if pkg, ok := o.(*types.PkgName); ok {
			used[id.Name] = pkg.Imported().Path()
		}
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(used)) {
		if c.s.versions[name] > 0 {
			continue // see selector
		}
		lines = append(lines, name+" "+strconv.Quote(used[name]))
	}
	for _, path := range slices.Sorted(maps.Keys(c.aliases)) {
		lines = append(lines, c.aliases[path]+" "+strconv.Quote(path))
	}
	lines = append(lines, `__rt "gilkernel/rt"`)
	c.usedImports = used
	return "import (" + strings.Join(lines, "; ") + ")\n"
}

// variables declares the variables that the interpreter doesn't have yet.
func (c *compilation) variables() string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, h := range c.hoisted {
		if h.fresh && !seen[h.internal] {
			seen[h.internal] = true
			if h.expr == "" {
				c.unhoistable = append(c.unhoistable, h.name)
				continue
			}
			fmt.Fprintf(&b, "var %s %s\n", h.internal, h.expr)
		}
	}
	if c.outInternal != "" {
		fmt.Fprintf(&b, "var %s %s\n", c.outInternal, c.outExpr)
	}
	return b.String()
}

// declares returns the line that lists the variables which the cell's statements declare, for processes that don't run these.
func (c *compilation) declares() string {
	var names []string
	for _, h := range c.hoisted {
		names = append(names, h.internal)
	}
	if len(names) == 0 {
		return ""
	}
	return "\n//gilkernel:declares " + strings.Join(names, ",") + "\n"
}

// staleStubs returns functions that say why they can't be called, in place of earlier ones that no
// longer fit.
func (c *compilation) staleStubs() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c.staleNames)) {
		sig := c.s.live[name].obj.(*types.Func).Signature()
		names := []string{}
		for i := range sig.Params().Len() {
			names = append(names, fmt.Sprintf("p%d", i))
		}
		var s strings.Builder
		c.writer().signature(&s, sig, names)
		fmt.Fprintf(&b, "func %s%s { __rt.Stale(%s); panic(0) }\n", c.staleNames[name], s.String(), strconv.Quote(c.stale[name]))
	}
	return b.String()
}

// define lists what the cell itself defines.
func (c *compilation) define(p *Program) {
	for _, d := range c.decls.file.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv != nil {
			p.Defines = append(p.Defines, Definition{receiverBase(fd) + "." + fd.Name.Name, "method", ""})
		}
	}
	for _, id := range declared(c.decls.file) {
		if o := c.scope.Lookup(id.Name); o != nil {
			p.Defines = append(p.Defines, Definition{id.Name, strings.TrimPrefix(kindOf(o).String(), "kind"), types.TypeString(o.Type(), shortQualifier)})
		}
	}
	for _, h := range c.hoisted {
		p.Defines = append(p.Defines, Definition{h.name, "var", types.TypeString(h.typ, shortQualifier)})
	}
}

func kindOf(o types.Object) kind {
	switch o.(type) {
	case *types.Func:
		return kindFunc
	case *types.TypeName:
		return kindType
	case *types.Const:
		return kindConst
	}
	return kindVar
}

// String returns Go's word for the kind.
func (k kind) String() string { return [...]string{"var", "const", "func", "type", "value"}[k] }

// replaced returns the variables and functions of the interpreter in whose place the program puts something else under
// their names.
func (c *compilation) replaced() []string {
	anew := map[string]bool{}
	for name := range c.fresh {
		anew[name] = true
	}
	for _, h := range c.hoisted {
		anew[h.name] = anew[h.name] || h.fresh
	}
	for name := range c.staleNames {
		anew[name] = true
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(anew)) {
		if d := c.s.live[name]; anew[name] && d != nil && d.internal != c.names[name] && (d.kind == kindVar || d.kind == kindFunc) {
			names = append(names, d.internal)
		}
	}
	return names
}
