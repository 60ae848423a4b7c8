package main

// This file defines the documentation index: declaration and comment of every exported symbol.

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/constant"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
)

// maxLines is the length at which a type's declaration is cut; its fields have entries of their
// own.
const maxLines = 40

// docs collects the entries of one package.
type docs struct {
	path    string
	fset    *token.FileSet
	doc     *doc.Package
	types   *types.Package // nil for builtin
	entries map[string]string
}

// writeDocs adds the documentation to files.
func writeDocs(u *universe, files map[string][]byte) error {
	builtin := &pkg{Path: "builtin", Name: "builtin", Dir: filepath.Join(u.goroot, "src", "builtin"),
		GoFiles: []string{"builtin.go"}}
	all := slices.SortedFunc(slices.Values(append([]*pkg{builtin}, u.packages...)),
		func(a, b *pkg) int { return cmp.Compare(a.Path, b.Path) })
	z := newArchive()
	for _, p := range all {
		d, err := readDocs(p)
		if err != nil {
			return err
		}
		if err := d.complete(); err != nil {
			return err
		}
		if err := z.add(p.Path, d.encode()); err != nil {
			return err
		}
	}
	var err error
	files[stdDir+"/doc.zip"], err = z.close()
	return err
}

// readDocs parses a package's source and makes its entries.
func readDocs(p *pkg) (*docs, error) {
	d := &docs{path: p.Path, fset: token.NewFileSet(), types: p.types, entries: map[string]string{}}
	var parsed []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(d.fset, filepath.Join(p.Dir, name), nil,
			parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, f)
	}
	mode := doc.Mode(0)
	if p.Path == "builtin" {
		mode = doc.AllDecls // its names are in lower case
	}
	var err error
	if d.doc, err = doc.NewFromFiles(d.fset, parsed, p.Path, mode); err != nil {
		return nil, err
	}
	d.add("", fmt.Sprintf("package %s // import %q", p.Name, p.Path), d.doc.Doc)
	d.values(d.doc.Consts)
	d.values(d.doc.Vars)
	d.funcs("", d.doc.Funcs)
	for _, t := range d.doc.Types {
		d.typ(t)
	}
	return d, nil
}

// complete returns an error if an exported name has no entry.
func (d *docs) complete() error {
	if d.types == nil {
		return nil
	}
	for _, name := range d.types.Scope().Names() {
		if token.IsExported(name) && d.entries[name] == "" {
			return fmt.Errorf("%s.%s is in the export data and not in the source", d.path, name)
		}
	}
	return nil
}

// encode writes the entries as kernel/std reads them.
func (d *docs) encode() []byte {
	var b bytes.Buffer
	names := make([]string, 0, len(d.entries))
	for name := range d.entries {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b.WriteString("\x00" + name + "\x00" + d.entries[name])
	}
	b.WriteByte(0)
	return b.Bytes()
}

// add makes an entry.
func (d *docs) add(name, declaration, comment string) {
	text := declaration
	if comment = strings.TrimSpace(string(d.doc.Text(comment))); comment != "" {
		text += "\n\n" + comment
	}
	d.entries[name] = strings.ReplaceAll(text, "\x00", "")
}

// source prints a node without its comments.
func (d *docs) source(node any) string {
	var b strings.Builder
	if err := (&printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 8}).Fprint(&b, d.fset,
		node); err != nil {
		return ""
	}
	return b.String()
}

func (d *docs) funcs(receiver string, funcs []*doc.Func) {
	for _, f := range funcs {
		decl := *f.Decl
		decl.Doc, decl.Body = nil, nil
		d.add(receiver+f.Name, d.source(&decl), f.Doc)
	}
}

// typ makes the entries of a type, its fields, its methods, and what go/doc sorts under it.
func (d *docs) typ(t *doc.Type) {
	for _, spec := range t.Decl.Specs {
		spec, ok := spec.(*ast.TypeSpec)
		if !ok || spec.Name.Name != t.Name {
			continue
		}
		d.fields(t.Name, spec.Type)
		bare := *spec
		bare.Doc, bare.Comment = nil, nil
		lines := strings.Split(d.source(&ast.GenDecl{Tok: token.TYPE, Specs: []ast.Spec{&bare}}), "\n")
		lines = slices.DeleteFunc(lines, func(l string) bool { return l == "" }) // they parted the comments
		if len(lines) > maxLines {
			lines = append(lines[:maxLines-2:maxLines-2], "\t// …", lines[len(lines)-1])
		}
		d.add(t.Name, strings.Join(lines, "\n"), t.Doc)
	}
	d.values(t.Consts)
	d.values(t.Vars)
	d.funcs("", t.Funcs)
	d.funcs(t.Name+".", t.Methods)
}

// fields makes the entries of a struct's fields or an interface's methods that have comments, and
// takes their comments out of the tree, or they'd be printed with the type.
func (d *docs) fields(owner string, typ ast.Expr) {
	switch typ := typ.(type) {
	case *ast.StructType:
		for _, f := range typ.Fields.List {
			comment := f.Doc.Text() + f.Comment.Text()
			f.Doc, f.Comment = nil, nil
			for _, name := range f.Names {
				d.add(owner+"."+name.Name, "field "+name.Name+" "+d.source(f.Type), comment)
			}
		}
	case *ast.InterfaceType:
		for _, f := range typ.Methods.List {
			comment := f.Doc.Text() + f.Comment.Text()
			f.Doc, f.Comment = nil, nil
			for _, name := range f.Names {
				d.add(owner+"."+name.Name, "func ("+owner+") "+name.Name+strings.TrimPrefix(d.source(f.Type), "func"),
					comment)
			}
		}
	}
}

// values makes the entries of constants and variables. The comment of a group is said after the
// name's own.
func (d *docs) values(values []*doc.Value) {
	for _, v := range values {
		for _, spec := range v.Decl.Specs {
			spec := spec.(*ast.ValueSpec)
			comment := spec.Doc.Text()
			if comment == "" {
				comment = spec.Comment.Text()
			}
			if v.Doc != "" && len(v.Decl.Specs) <= 20 || comment == "" {
				comment = strings.TrimSpace(comment + "\n" + v.Doc)
			}
			for i, name := range spec.Names {
				if d.path != "builtin" && !name.IsExported() {
					continue
				}
				d.add(name.Name, d.value(v.Decl.Tok, spec, i), comment)
			}
		}
	}
}

// value writes one constant or variable as if it were declared alone.
func (d *docs) value(tok token.Token, spec *ast.ValueSpec, i int) string {
	name := spec.Names[i].Name
	var object types.Object
	if d.types != nil {
		object = d.types.Scope().Lookup(name)
	}
	if object == nil {
		return tok.String() + " " + name
	}
	text := tok.String() + " " + name
	if b, ok := object.Type().(*types.Basic); !ok || b.Info()&types.IsUntyped == 0 {
		text += " " + types.TypeString(object.Type(), types.RelativeTo(d.types))
	}
	if c, ok := object.(*types.Const); ok {
		value := c.Val().String()
		if c.Val().Kind() == constant.Float && i < len(spec.Values) {
			value = d.source(spec.Values[i]) // value has six digits only
		}
		text += " = " + value
	}
	return text
}
