// Command modules runs the Example functions of popular modules as cells of a real kernel.
//
//	go run ./bench/modules [-run regexp] [-jobs 1] [-v] [-small] [path@version…]
//
// Each package is fetched with %get into a folder of its own, from the module cache or GOPROXY, and imported; then each
// of its examples with a comment "Output:" is run as a cell. An example passes if its output is that of the comment, by
// the rules of go test. The command prints how long fetching and importing took, how many examples pass, and which
// fail. The exit status is 1 if a package can't be imported or fewer than 90 % of the examples pass. With -small it
// runs only three small modules, with arguments the named packages.
package main

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"gilkernel/kernel/client"
	"gilkernel/kernel/module"
	"gilkernel/kernel/notebook"
)

func main() { os.Exit(run()) }

func run() int {
	o := options{}
	flag.StringVar(&o.pattern, "run", "", "only packages whose path this regular expression matches")
	flag.IntVar(&o.jobs, "jobs", 1, "how many packages at a time")
	flag.BoolVar(&o.verbose, "v", false, "also print what passes, and the cells of what fails")
	flag.BoolVar(&o.small, "small", false, "only three small modules")
	flag.DurationVar(&o.timeout, "timeout", time.Minute, "for one example")
	flag.Parse()
	failed, err := modules(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "modules:", err)
		return 2
	}
	if failed {
		return 1
	}
	return 0
}

type options struct {
	pattern        string
	jobs           int
	verbose, small bool
	timeout        time.Duration
}

// A subject is a package.
type subject struct {
	path, version string
	small         bool
	server        string // the server that its examples need; they aren't run
	lacks         string // a cell with declarations that the published files of its examples lack
}

// subjects are popular packages without assembly, cgo or linkname.
func subjects() []subject {
	return []subject{
		{"github.com/google/uuid", "v1.6.0", true, "", ""},
		{"golang.org/x/sync/errgroup", "v0.24.0", true, "", ""},
		{"golang.org/x/sync/semaphore", "v0.24.0", false, "", ""},
		{"github.com/samber/lo", "v1.52.0", false, "", "type foo struct{ bar string }\nfunc (f foo) Clone() foo { return f }"},
		{"github.com/sourcegraph/conc", "v0.3.0", false, "", ""},
		{"gonum.org/v1/gonum/stat", "v0.16.0", false, "", ""},
		{"gonum.org/v1/gonum/mat", "v0.16.0", false, "", ""},
		{"gonum.org/v1/plot", "v0.16.0", false, "", ""},
		{"github.com/go-echarts/go-echarts/v2/charts", "v2.6.0", false, "", ""},
		{"github.com/montanaflynn/stats", "v0.7.1", false, "", ""},
		{"github.com/shopspring/decimal", "v1.4.0", true, "", ""},
		{"github.com/emirpasic/gods/maps/treemap", "v1.18.1", false, "", ""},
		{"github.com/gorilla/websocket", "v1.5.3", false, "", ""},
		{"github.com/gorilla/mux", "v1.8.1", false, "", ""},
		{"github.com/stretchr/testify/assert", "v1.11.1", false, "", ""},
		{"github.com/google/go-cmp/cmp", "v0.7.0", false, "", ""},
		{"github.com/guptarohit/asciigraph", "v0.7.3", false, "", ""},
		{"github.com/davecgh/go-spew/spew", "v1.1.1", false, "", ""},
		{"github.com/spf13/cobra", "v1.10.1", false, "", ""},
		{"gorm.io/gorm", "v1.31.0", false, "", ""},
		{"github.com/jackc/pgx/v5", "v5.7.6", false, "a PostgreSQL server", ""},
		{"github.com/panjf2000/ants/v2", "v2.11.3", false, "", ""},
		{"go.uber.org/zap", "v1.27.0", false, "", ""},
	}
}

// A report is the result of a package.
type report struct {
	get, load time.Duration
	err       string // why it can't be imported
	passed    int
	failed    []string
	lines     []string // what passed, with -v, or why nothing ran
}

func modules(o options) (failed bool, err error) {
	filter, err := regexp.Compile(o.pattern)
	if err != nil {
		return false, err
	}
	dir, err := os.MkdirTemp("", "modules-*")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	kernel := filepath.Join(dir, "gilkernel")
	if out, err := exec.Command("go", "build", "-o", kernel, "gilkernel").CombinedOutput(); err != nil {
		return false, fmt.Errorf("building gilkernel: %w\n%s", err, out)
	}
	all := subjects()
	if flag.NArg() > 0 {
		all = nil
	}
	for _, arg := range flag.Args() {
		path, version, _ := strings.Cut(arg, "@")
		all = append(all, subject{path: path, version: cmp.Or(version, "latest")})
	}
	list := slices.DeleteFunc(all, func(s subject) bool {
		return !filter.MatchString(s.path) || o.small && !s.small
	})
	reports := make([]*report, len(list))
	var wg sync.WaitGroup
	turn := make(chan struct{}, max(o.jobs, 1))
	for i, s := range list {
		wg.Go(func() { // ends with the package
			turn <- struct{}{}
			defer func() { <-turn }()
			reports[i] = try(kernel, filepath.Join(dir, fmt.Sprint(i)), s, o)
		})
	}
	wg.Wait()
	return show(list, reports), nil
}

// show prints the table, and reports whether too little passed.
func show(list []subject, reports []*report) (failed bool) {
	imported, passed, all := 0, 0, 0
	fmt.Printf("%-46s %-9s %7s %7s  %s\n", "package", "version", "%get", "import", "examples")
	for i, s := range list {
		r := reports[i]
		n := r.passed + len(r.failed)
		fmt.Printf("%-46s %-9s %6.1fs %6.1fs  %d of %d\n", s.path, s.version, r.get.Seconds(), r.load.Seconds(),
			r.passed, n)
		if r.err != "" {
			fmt.Printf("    %s\n", r.err)
		} else {
			imported++
		}
		passed, all = passed+r.passed, all+n
		for _, line := range append(r.lines, r.failed...) {
			fmt.Printf("    %s\n", line)
		}
	}
	fmt.Printf("%d of %d packages are imported, %d of %d examples pass (%.1f %%)\n", imported, len(list), passed, all,
		100*float64(passed)/float64(max(all, 1)))
	return imported < len(list) || passed*10 < all*9
}

// kernelOf is a running kernel in a folder.
type kernelOf struct {
	k       *client.Kernel
	timeout time.Duration
}

// cell runs a cell and returns its output, and its error in one line.
func (k *kernelOf) cell(code string) (stdout, failed string) {
	ctx, cancel := context.WithTimeout(context.Background(), k.timeout)
	defer cancel()
	var out strings.Builder
	res, err := k.k.Execute(ctx, &client.Execution{Code: code, Output: func(o *notebook.Output, _ bool) {
		if o != nil && o.Name == "stdout" {
			out.WriteString(string(o.Text))
		}
	}})
	switch {
	case err != nil:
		return out.String(), "it didn't end: " + err.Error()
	case res.Status != "ok":
		return out.String(), strings.SplitN(res.EName+": "+res.EValue, "\n", 2)[0]
	}
	return out.String(), ""
}

// try fetches and imports a package and runs its examples.
func try(kernel, dir string, s subject, o options) *report {
	r := &report{}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		r.err = err.Error()
		return r
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute)
	defer cancel()
	started, err := client.Start(ctx, &client.StartOptions{Argv: []string{kernel, "start", "-f", "{connection_file}"},
		Env: []string{"GILKERNEL_HISTORY="}, Dir: dir})
	if err != nil {
		r.err = err.Error()
		return r
	}
	defer started.Stop()
	k := &kernelOf{started, 10 * time.Minute}
	began := time.Now()
	if _, r.err = k.cell("%get " + s.path + "@" + s.version); r.err != "" {
		return r
	}
	r.get = time.Since(began)
	began = time.Now()
	if _, r.err = k.cell("import _ " + fmt.Sprintf("%q", s.path)); r.err != "" {
		return r
	}
	r.load = time.Since(began)
	finder := module.New()
	finder.Look(os.Environ(), dir)
	m, err := finder.Find(s.path)
	if err != nil {
		r.err = err.Error()
		return r
	}
	k.timeout = o.timeout
	examples, err := examplesOf(filepath.Join(m.Dir, strings.TrimPrefix(s.path, m.Path)), s.path)
	if err != nil {
		r.err = err.Error()
	}
	if s.server != "" {
		r.lines = append(r.lines, fmt.Sprintf("%d examples need %s", len(examples), s.server))
		return r
	}
	if s.lacks != "" {
		if _, r.err = k.cell(s.lacks); r.err != "" {
			return r
		}
	}
	for _, x := range examples {
		began := time.Now()
		why := k.example(x)
		if why == "" {
			r.passed++
			if o.verbose {
				r.lines = append(r.lines, fmt.Sprintf("ok %s %.2fs", x.name, time.Since(began).Seconds()))
			}
			continue
		}
		r.failed = append(r.failed, x.name+": "+why)
		if o.verbose {
			r.failed = append(r.failed, strings.Split(x.cell, "\n")...)
		}
		if strings.HasPrefix(why, "it didn't end") {
			break // the kernel is busy
		}
	}
	return r
}

// example runs an example and returns what is wrong, "" if nothing is.
func (k *kernelOf) example(x example) string {
	for _, path := range x.needs {
		if _, failed := k.cell("import _ " + fmt.Sprintf("%q", path)); failed != "" {
			if _, failed := k.cell("%get " + path); failed != "" {
				return failed
			}
		}
	}
	got, failed := k.cell(x.cell)
	if x.other != "" && strings.Contains(failed, "undefined: ") {
		got, failed = k.cell(x.other)
	}
	if failed != "" {
		return failed
	}
	// cmp prints one of two kinds of blanks at random, except in its own tests.
	blanks := func(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\u00a0", " ")) }
	got, want := blanks(got), blanks(x.output)
	if x.unordered {
		got, want = sorted(got), sorted(want)
	}
	// Declarations of a cell are in package main.
	if got != want && strings.ReplaceAll(got, "main.", x.pkg+".") != want {
		return fmt.Sprintf("it printed %.120q, want %.120q", got, want)
	}
	return ""
}

func sorted(text string) string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// An example is an Example function as a cell.
type example struct {
	name, cell, output string
	other              string // a cell to try if cell lacks a name
	unordered          bool
	pkg                string   // its package's name
	needs              []string // packages of other modules
}

// examplesOf returns the examples with output of a package's folder.
func examplesOf(dir, path string) (list []example, err error) {
	names, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	byPackage := map[string][]*ast.File{}
	for _, name := range names {
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		byPackage[f.Name.Name] = append(byPackage[f.Name.Name], f)
	}
	for pkg, files := range byPackage {
		for _, f := range files {
			for _, x := range doc.Examples(f) {
				if x.Output == "" && !x.EmptyOutput {
					continue
				}
				e := example{name: "Example" + x.Name, output: x.Output, unordered: x.Unordered, pkg: pkg}
				if e.cell, err = cellOf(fset, f, files, x, path, strings.HasSuffix(pkg, "_test")); err != nil {
					return nil, err
				}
				if x.Play != nil {
					var b bytes.Buffer
					if err := format.Node(&b, fset, x.Play); err != nil {
						return nil, err
					}
					e.cell, e.other = b.String(), e.cell
				}
				for _, imp := range f.Imports {
					p := strings.Trim(imp.Path.Value, `"`)
					if strings.Contains(strings.Split(p, "/")[0], ".") && p != path {
						e.needs = append(e.needs, p)
					}
				}
				list = append(list, e)
			}
		}
	}
	slices.SortFunc(list, func(a, b example) int { return strings.Compare(a.name, b.name) })
	return list, nil
}

// cellOf returns an example as a cell: the imports of its file, its statements, and the declarations that these use of
// the files of its package.
func cellOf(
	fset *token.FileSet, f *ast.File, files []*ast.File, x *doc.Example, path string, outside bool,
) (string, error) {
	var b bytes.Buffer
	body := ast.Node(x.Code)
	for _, d := range f.Decls { // of a file that is one example, Code is the file
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv == nil && fd.Name.Name == "Example"+x.Name {
			body = fd.Body
		}
	}
	decls, from := used(files, body)
	for _, imp := range append(slices.Clone(f.Imports), from...) {
		name := ""
		if imp.Name != nil {
			name = imp.Name.Name
		}
		fmt.Fprintf(&b, "import %s %s\n", name, imp.Path.Value)
	}
	if !outside {
		fmt.Fprintf(&b, "import . %q\n", path)
	}
	for _, d := range decls {
		if err := format.Node(&b, fset, d); err != nil {
			return "", err
		}
		b.WriteString("\n")
	}
	b.WriteString("func example() ")
	if err := format.Node(&b, fset, body); err != nil {
		return "", err
	}
	b.WriteString("\nexample()\n")
	return b.String(), nil
}

// used returns the declarations of files that a piece of code uses, in order, and the imports of their files.
func used(files []*ast.File, code ast.Node) (list []ast.Decl, imports []*ast.ImportSpec) {
	names, taken := map[string]bool{}, map[ast.Decl]bool{}
	note := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				names[id.Name] = true
			}
			return true
		})
	}
	note(code)
	for again := true; again; {
		again = false
		for _, f := range files {
			for _, d := range f.Decls {
				if !taken[d] && slices.ContainsFunc(declares(d), func(name string) bool { return names[name] }) {
					taken[d], again = true, true
					note(d)
				}
			}
		}
	}
	for _, f := range files {
		n := len(list)
		for _, d := range f.Decls {
			if taken[d] {
				list = append(list, d)
			}
		}
		if len(list) > n {
			imports = append(imports, f.Imports...)
		}
	}
	return list, imports
}

// declares returns the names that a declaration declares; for a method, the name of its type.
func declares(d ast.Decl) (names []string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return []string{d.Name.Name}
		}
		t := d.Recv.List[0].Type
		if p, ok := t.(*ast.StarExpr); ok {
			t = p.X
		}
		if id, ok := t.(*ast.Ident); ok {
			return []string{id.Name}
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
			case *ast.ValueSpec:
				for _, id := range s.Names {
					names = append(names, id.Name)
				}
			}
		}
	}
	return names
}
