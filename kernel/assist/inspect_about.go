package assist

// This file defines the description of each kind of name.

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"gilkernel/kernel/session"
	"gilkernel/kernel/std"
	"gilkernel/kernel/unit"
)

// about is a description, before it is laid out.
type about struct {
	example string   // Go: three lines to run
	decl    string   // Go: the declaration
	doc     string   // paragraphs; code in them begins with a tab
	methods []string // Go: signatures
	source  string   // Go
	where   string   // the cell that defines it
}

// maxMethods bounds the list of a type's methods: reflect.Type has over thirty.
const maxMethods = 40

// inspection lays out a.
func (a about) inspection() Inspection {
	var plain, md strings.Builder
	code := func(title, text string) {
		if text == "" {
			return
		}
		if title != "" {
			plain.WriteString("\n" + title + ":\n\n")
			md.WriteString("\n**" + title + "**\n\n")
		}
		plain.WriteString(text + "\n")
		fence := "```"
		for strings.Contains(text, fence) {
			fence += "`"
		}
		md.WriteString(fence + "go\n" + text + "\n" + fence + "\n")
	}
	code("", a.example)
	if a.example != "" {
		plain.WriteByte('\n')
		md.WriteByte('\n')
	}
	code("", a.decl)
	if doc := strings.Trim(a.doc, "\n"); doc != "" {
		plain.WriteString("\n" + doc + "\n")
		md.WriteString("\n" + markdown(doc) + "\n")
	}
	code("Methods", strings.Join(a.methods, "\n"))
	code("Source", a.source)
	if a.where != "" {
		plain.WriteString("\nDefined in " + a.where + ".\n")
		md.WriteString("\nDefined in " + markdown(a.where) + ".\n")
	}
	return Inspection{plain.String(), md.String()}
}

// markdown makes Markdown of plain documentation: text stays text whatever characters are in it, lines
// that begin with a tab stay code.
func markdown(doc string) string {
	escape := strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "<", `\<`, "[", `\[`, "#", `\#`, "|",
		`\|`, "~", `\~`, "$", `\$`)
	lines := strings.Split(doc, "\n")
	var out []string
	for i := 0; i < len(lines); {
		end := i
		for end < len(lines) && strings.HasPrefix(lines[end], "\t") {
			end++
		}
		if end == i {
			out = append(out, escape.Replace(lines[i]))
			i++
			continue
		}
		if table := tableMarkdown(lines[i:end], escape.Replace); table != "" {
			out = append(out, table)
		} else {
			out = append(out, lines[i:end]...)
		}
		i = end
	}
	return strings.Join(out, "\n")
}

// split2 cuts what std.Doc returns into the declaration and the comment.
func split2(text string) (decl, doc string) {
	decl, doc, _ = strings.Cut(text, "\n\n")
	if strings.Count(decl, "{") > strings.Count(decl, "}") { // an empty line within the declaration
		if i := strings.Index(text, "\n}"); i >= 0 {
			decl, doc = text[:i+2], text[i+2:]
		}
	}
	return strings.TrimRight(decl, "\n"), strings.Trim(doc, "\n")
}

// aboutPackage describes a package.
func aboutPackage(v session.View, path, name string) about {
	text, ok := std.Doc(path, "")
	if decl, doc, ok := v.Doc(path, ""); ok {
		return about{decl: decl, doc: doc}
	}
	if !ok {
		return about{decl: fmt.Sprintf("package %s // import %q", name, path)}
	}
	a := about{}
	a.decl, a.doc = split2(text)
	return a
}

// aboutObject describes an object. sv and nodes, the path to the identifier, are nil for objects that were found by
// name alone.
func aboutObject(v session.View, sv *survey, o types.Object, nodes []ast.Node, level int) about {
	if p, ok := o.(*types.PkgName); ok {
		return aboutPackage(v, p.Imported().Path(), p.Name())
	}
	if o.Pkg() == nil { // predeclared, or a method of error
		return aboutPredeclared(o)
	}
	a := about{decl: types.ObjectString(o, session.Qualifier)}
	if o.Pkg().Path() != unit.Path {
		name := symbol(sv, o, nodes)
		if text, ok := std.Doc(o.Pkg().Path(), name); ok {
			a.decl, a.doc = split2(text)
		} else if decl, doc, ok := v.Doc(o.Pkg().Path(), name); ok {
			a.decl, a.doc = cmp.Or(decl, a.decl), doc
			if level > 0 {
				a.source, a.where, _ = v.Source(o.Pkg().Path(), name)
			}
		}
		a.example = exampleOf(o.Pkg().Path(), name)
	} else {
		aboutOurs(v, &a, sv, o, level)
	}
	if t, ok := o.(*types.TypeName); ok {
		if t.Pkg().Path() == unit.Path {
			a.decl = typeLines(a.decl)
		}
		a.methods = methodList(t)
	}
	if x, ok := o.(*types.Var); ok && a.doc == "" {
		a.doc = aboutType(v, x.Type())
	}
	return a
}

// symbol returns the name by which documentation knows an object: "Println", "Mutex.Lock", "Server.Addr".
func symbol(sv *survey, o types.Object, nodes []ast.Node) string {
	switch o := o.(type) {
	case *types.Func:
		if recv := o.Signature().Recv(); recv != nil {
			if n := named(recv.Type()); n != nil {
				return n.Obj().Name() + "." + o.Name()
			}
		}
	case *types.Var:
		if !o.IsField() || sv == nil || len(nodes) < 2 {
			break
		}
		var t types.Type
		switch n := nodes[len(nodes)-2].(type) {
		case *ast.SelectorExpr:
			if sv.info.Types[n.X].IsType() { // see member
				t = sv.info.Types[n.X].Type
			}
			if sel := sv.info.Selections[n]; sel != nil {
				t = sel.Recv()
				for _, i := range sel.Index()[:len(sel.Index())-1] { // through what is embedded
					if st, ok := deref(t).Underlying().(*types.Struct); ok {
						t = st.Field(i).Type()
					}
				}
			}
		case *ast.KeyValueExpr:
			if lit, ok := nodes[len(nodes)-3].(*ast.CompositeLit); ok {
				t = sv.info.Types[lit].Type
			}
		}
		if n := named(t); n != nil {
			return n.Obj().Name() + "." + o.Name()
		}
	}
	return o.Name()
}

// deref returns what a pointer points to, other types as they are.
func deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// named returns the named type that t is or points to, nil for others.
func named(t types.Type) *types.Named {
	if t == nil {
		return nil
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, _ := types.Unalias(t).(*types.Named)
	return n
}

// aboutOurs adds a cell's comments about an object: from an earlier cell, or from the cell being typed.
func aboutOurs(v session.View, a *about, sv *survey, o types.Object, level int) {
	d := v.Live(o.Name())
	if sv != nil {
		d = sv.live[o]
	}
	if f, ok := o.(*types.Func); ok && f.Signature().Recv() != nil {
		if n := named(f.Signature().Recv().Type()); n != nil && v.Live(n.Obj().Name()).Exists() {
			if label, doc, source, ok := v.Live(n.Obj().Name()).Method(o.Name()); ok {
				a.doc, a.where = doc, label
				if level > 0 {
					a.source = source
				}
				return
			}
		}
	}
	switch {
	case d.Exists():
		a.decl = types.ObjectString(d.Object(), session.Qualifier) // o may be a stand-in, which looks like an alias
		a.doc, a.where = d.Doc(), d.Label()
		if level > 0 {
			a.source = strings.TrimRight(d.Source(), "\n")
		}
		if in, lost := d.Lost(); lost {
			if in != "" {
				in = " in " + in
			}
			a.doc = strings.TrimSpace(a.doc + "\n\nIts value was lost" + in + "; run " + d.Label() + " again.")
		}
	case sv != nil && o.Pos().IsValid():
		sv.source(a, o, level)
	}
}

// typeLines puts the fields of a struct's declaration on lines of their own.
func typeLines(decl string) string {
	head, body, ok := strings.Cut(decl, " struct{")
	body, closed := strings.CutSuffix(body, "}")
	if !ok || !closed || body == "" || strings.ContainsAny(body, "{\"") {
		return decl // empty, or with structs or tags within
	}
	return head + " struct {\n\t" + strings.ReplaceAll(body, "; ", "\n\t") + "\n}"
}

// source adds what the cell that is being typed says about an object.
func (sv *survey) source(a *about, o types.Object, level int) {
	for _, d := range sv.decls.Decls {
		var node ast.Node
		var doc *ast.CommentGroup
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.Pos() == o.Pos() {
				node, doc = d, d.Doc
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if spec.Pos() <= o.Pos() && o.Pos() < spec.End() && d.Tok != token.IMPORT {
					node, doc = d, d.Doc
				}
			}
		}
		if node == nil {
			continue
		}
		a.doc = doc.Text()
		file := sv.fset.File(node.Pos())
		if from, to := file.Offset(node.Pos()),
			file.Offset(node.End()); level > 0 && from < to && to <= len(sv.declText) {
			a.source = strings.TrimSpace(sv.declText[from:to])
		}
	}
}

// methodList returns the signatures of the methods that a variable of the type has.
func methodList(name *types.TypeName) []string {
	t := name.Type()
	if types.IsInterface(t) {
		return nil // its declaration has them
	}
	var list []string
	set := types.NewMethodSet(types.NewPointer(t))
	for i := range set.Len() {
		o := set.At(i).Obj()
		if !session.Visible(o) {
			continue
		}
		if len(list) == maxMethods {
			return append(list, fmt.Sprintf("// and %d more", set.Len()-i))
		}
		pointer := ""
		if f, ok := o.(*types.Func); ok {
			if _, ok := types.Unalias(f.Signature().Recv().Type()).(*types.Pointer); ok {
				pointer = "*"
			}
		}
		signature := strings.TrimPrefix(types.TypeString(set.At(i).Type(), session.Qualifier), "func")
		list = append(list, "func ("+pointer+name.Name()+") "+o.Name()+signature)
	}
	return list
}

// aboutType returns the first paragraph of a library type's documentation, for variables of it.
func aboutType(v session.View, t types.Type) string {
	n := named(t)
	if n == nil || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() == unit.Path {
		return ""
	}
	text, ok := std.Doc(n.Obj().Pkg().Path(), n.Obj().Name())
	_, doc := split2(text)
	if !ok {
		if _, doc, ok = v.Doc(n.Obj().Pkg().Path(), n.Obj().Name()); !ok {
			return ""
		}
	}
	doc, _, _ = strings.Cut(doc, "\n\n")
	return doc
}
