package main

// This file defines the symbol tables: one Go file for each first part of an import path.

import (
	"bytes"
	"cmp"
	"fmt"
	"go/constant"
	"go/format"
	"go/types"
	"maps"
	"math/big"
	"runtime"
	"slices"
	"strings"
)

// constraints names the packages that not every platform has, with the build constraint of those
// that have the very same one. syscall's names and numbers differ between all platforms.
var constraints = map[string]string{
	"log/syslog": "!windows && !plan9",
	"syscall":    "linux && amd64",
}

// portable lists the names of a constrained package that other platforms have too, with the same
// values. They are what programs use that handle a signal.
var portable = map[string][]string{
	"syscall": {
		"Getpid", "SIGABRT", "SIGALRM", "SIGFPE", "SIGHUP", "SIGILL", "SIGINT", "SIGKILL", "SIGPIPE",
		"SIGQUIT", "SIGSEGV", "SIGTERM", "SIGTRAP", "Signal",
	},
}

// table is what one package adds to a file.
type table struct {
	pkg      *pkg
	rows     []string // Go source of one symbol each
	wrappers []wrapper
	generic  []string // exported names that no table can hold
}

// file is a generated file in the making.
type file struct {
	constraint string
	imports    map[string]bool
	tables     []*table
}

// writeTables renders all tables into files.
func writeTables(u *universe, files map[string][]byte) error {
	grouped := map[string]*file{}
	var all []*table
	for _, p := range u.packages {
		name := tablesDir + "/" + fileName(p.Path) + ".go"
		f := grouped[name]
		if f == nil {
			f = &file{constraint: constraints[p.Path], imports: map[string]bool{}}
			grouped[name] = f
		}
		t := f.add(u, p)
		f.tables = append(f.tables, t)
		all = append(all, t)
	}
	for name, f := range grouped {
		src, err := f.render()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		files[name] = src
		if f.constraint != "" {
			if src, err = f.other().render(); err != nil {
				return err
			}
			files[strings.TrimSuffix(name, ".go")+"_other.go"] = src
		}
	}
	src, err := renderPackages(u, all)
	files[tablesDir+"/std_packages.go"] = src
	return err
}

// fileName groups packages by the first part of their path; those of this module and those with a
// build constraint stand alone.
func fileName(path string) string {
	if rest, ok := strings.CutPrefix(path, "gilkernel/"); ok {
		return "own_" + strings.ReplaceAll(strings.TrimPrefix(rest, "runtime/"), "/", "_")
	}
	if constraints[path] != "" {
		return "std_" + strings.ReplaceAll(path, "/", "_")
	}
	first, _, _ := strings.Cut(path, "/")
	return "std_" + first
}

// alias is the name under which generated files import path; unique, which a package's name isn't.
func alias(path string) string {
	return strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(strings.TrimPrefix(path, "gilkernel/runtime/"))
}

// add makes the table of p.
func (f *file) add(u *universe, p *pkg) *table {
	t := &table{pkg: p}
	f.imports[p.Path] = true
	if p.Path == "unsafe" {
		t.rows = unsafeRows
		return t
	}
	scope := p.types.Scope()
	for _, name := range scope.Names() {
		o := scope.Lookup(name)
		if !o.Exported() {
			continue
		}
		if isGeneric(o) {
			t.generic = append(t.generic, name)
			continue
		}
		ref := alias(p.Path) + "." + name
		switch o := o.(type) {
		case *types.Const:
			t.rows = append(t.rows, constRow(o, ref))
		case *types.Func:
			t.rows = append(t.rows, fmt.Sprintf("{%q, plain, %s}", name, ref))
		case *types.Var:
			t.rows = append(t.rows, fmt.Sprintf("{%q, variable, &%s}", name, ref))
		case *types.TypeName:
			t.rows = append(t.rows, fmt.Sprintf("{%q, plain, (*%s)(nil)}", name, ref))
			if w, ok := f.wrap(u, p, o); ok {
				t.wrappers = append(t.wrappers, w)
				t.rows = append(t.rows, fmt.Sprintf("{%q, plain, (*%s)(nil)}", "_"+name, w.name))
			}
		}
	}
	return t
}

// unsafeRows stands in for a package that has no export data. Slice and SliceData are generic and
// have no row; what yaegi needs beside them is in special.go.
var unsafeRows = []string{
	`{"Add", plain, unsafeAdd}`,
	`{"Alignof", plain, unsafeAlignof}`,
	`{"Offsetof", plain, unsafeOffsetof}`,
	`{"Pointer", plain, (*unsafe.Pointer)(nil)}`,
	`{"Sizeof", plain, unsafeSizeof}`,
	`{"String", plain, unsafeString}`,
	`{"StringData", plain, unsafeStringData}`,
}

// isGeneric says that o has no value that reflection could hold: it has type parameters, or is a
// constraint.
func isGeneric(o types.Object) bool {
	switch o := o.(type) {
	case *types.Func:
		return o.Signature().TypeParams().Len() > 0
	case *types.TypeName:
		switch t := o.Type().(type) {
		case *types.Named:
			if t.TypeParams().Len() > 0 {
				return true
			}
		case *types.Alias:
			if t.TypeParams().Len() > 0 {
				return true
			}
		}
		i, ok := o.Type().Underlying().(*types.Interface)
		return ok && !i.IsMethodSet()
	}
	return false
}

// constRow renders a constant. An untyped one must stay untyped, so it becomes a constant.Value
// when the table is loaded. Where possible the row names the constant instead of its value, because
// values differ between platforms (math.MaxInt, os.PathSeparator).
func constRow(o *types.Const, ref string) string {
	b, ok := o.Type().(*types.Basic)
	if !ok || b.Info()&types.IsUntyped == 0 {
		return fmt.Sprintf("{%q, plain, %s}", o.Name(), ref)
	}
	switch v := o.Val(); v.Kind() {
	case constant.String:
		return fmt.Sprintf("{%q, untyped, %s}", o.Name(), ref)
	case constant.Int:
		if _, ok := constant.Int64Val(v); ok {
			return fmt.Sprintf("{%q, untyped, int64(%s)}", o.Name(), ref)
		}
		if _, ok := constant.Uint64Val(v); ok {
			return fmt.Sprintf("{%q, untyped, uint64(%s)}", o.Name(), ref)
		}
		return fmt.Sprintf("{%q, untyped, literal(%q)}", o.Name(), v.ExactString())
	case constant.Float:
		return fmt.Sprintf("{%q, untyped, literal(%q)}", o.Name(), decimal(v))
	}
	return fmt.Sprintf("{%q, plain, %s}", o.Name(), ref) // bool
}

// decimal writes a float constant with 200 digits: go/constant's own exact form is a fraction,
// which isn't a literal.
func decimal(v constant.Value) string {
	f := new(big.Float).SetPrec(700)
	switch x := constant.Val(v).(type) {
	case *big.Rat:
		f.SetRat(x)
	case *big.Float:
		f.Set(x)
	}
	s := f.Text('g', 200)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

const header = `// Code generated by gilkernel/runtime/symbols/gen from the export data of %s. DO NOT EDIT.
`

// render writes the file.
func (f *file) render() ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, header, runtime.Version())
	if f.constraint != "" {
		fmt.Fprintf(&b, "\n//go:build %s\n", f.constraint)
	}
	b.WriteString("\npackage symbols\n\n")
	if len(f.imports) > 0 {
		b.WriteString("//lint:file-ignore SA1019 the tables hold deprecated names too\n\nimport (\n")
		for _, path := range slices.Sorted(maps.Keys(f.imports)) {
			switch name := alias(path); {
			case f.blank(path):
				fmt.Fprintf(&b, "_ %q // for its effect\n", path)
			case name == path[strings.LastIndexByte(path, '/')+1:]:
				fmt.Fprintf(&b, "%q\n", path)
			default:
				fmt.Fprintf(&b, "%s %q\n", name, path)
			}
		}
		b.WriteString(")\n\n")
	}
	for _, t := range f.tables {
		if !f.imports[t.pkg.Path] {
			fmt.Fprintf(&b, "var table_%s []symbol // not on this platform\n\n", alias(t.pkg.Path))
			continue
		}
		fmt.Fprintf(&b, "var table_%s = []symbol{\n", alias(t.pkg.Path))
		for _, row := range t.rows {
			b.WriteString(row + ",\n")
		}
		b.WriteString("}\n\n")
		for _, w := range t.wrappers {
			w.render(&b)
		}
	}
	return format.Source(b.Bytes())
}

// blank says that nothing in the file names the package at path.
func (f *file) blank(path string) bool {
	i := slices.IndexFunc(f.tables, func(t *table) bool { return t.pkg.Path == path })
	return i >= 0 && len(f.tables[i].rows) == 0
}

// other returns the file's twin for the platforms that haven't got its packages: with what is
// portable, or with nothing.
func (f *file) other() *file {
	o := &file{constraint: "!(" + f.constraint + ")", imports: map[string]bool{}}
	for _, t := range f.tables {
		few := &table{pkg: t.pkg}
		for _, name := range portable[t.pkg.Path] {
			o.imports[t.pkg.Path] = true
			few.rows = append(few.rows, t.rows[slices.IndexFunc(t.rows, func(row string) bool {
				return strings.HasPrefix(row, fmt.Sprintf("{%q,", name))
			})])
		}
		o.tables = append(o.tables, few)
	}
	return o
}

// renderPackages writes the list of all tables.
func renderPackages(u *universe, all []*table) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, header+"\npackage symbols\n\n", u.goVersion)
	fmt.Fprintf(&b, "// goVersion is the toolchain that the tables were made with.\nconst goVersion = %q\n\n", u.goVersion)
	b.WriteString("// packages lists the tables by import path.\nvar packages = [...]entry{\n")
	for _, t := range slices.SortedFunc(slices.Values(all), func(a, b *table) int { return cmp.Compare(a.pkg.Path, b.pkg.Path) }) {
		fmt.Fprintf(&b, "{%q, %q, &table_%s, %q, %q},\n", t.pkg.Path, t.pkg.Name, alias(t.pkg.Path), strings.Join(t.generic, " "), strings.Join(needs(u, t.pkg), " "))
	}
	b.WriteString("}\n")
	return format.Source(b.Bytes())
}
