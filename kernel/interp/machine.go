package interp

// This file defines the interpreter proper: how a lowered source is compiled and called.

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/traefik/yaegi/interp"

	"gilkernel/kernel/interp/link"
	"gilkernel/runtime/symbols"
)

// limitText introduces what isn't the learner's mistake.
const (
	limitName = "InterpreterLimit"
	limitText = "a limit of the interpreter, not your mistake: "
)

// prelude declares the variables that lowered sources test and set. They are interpreted ones because
// yaegi folds comparisons with a compiled variable into a constant, and refuses to assign to one.
const prelude = `package main

var __flag bool
var __pos, __top int
`

// A machine is yaegi with what it needs. It is used by one run at a time, except for registers and
// sources.
type machine struct {
	s         *session
	yaegi     *interp.Interpreter
	tables    *tables
	registers registers
	sources   *sources

	passing map[string]*token.File // files without definitions that yaegi's positions are in, by name
}

func newMachine(s *session) (*machine, error) {
	m := &machine{s: s, sources: newSources(), passing: map[string]*token.File{}}
	// The only use that yaegi makes of Stdout are the builtins print and println, which write to
	// standard error in Go.
	m.yaegi = interp.New(interp.Options{Stdin: eofReader{}, Stdout: s.stderr, Stderr: &traceWriter{s}, Unrestricted: true})
	m.tables = newTables(m.yaegi, s)
	if err := m.prepare(); err != nil {
		return nil, err
	}
	return m, nil
}

// eofReader is yaegi's own standard input: nothing reads it.
type eofReader struct{}

func (eofReader) Read([]byte) (int, error) { return 0, io.EOF }

func (m *machine) prepare() error {
	if err := m.tables.base(); err != nil {
		return err
	}
	setDone(m.yaegi, make(chan struct{}))
	if _, err := m.yaegi.Eval(prelude); err != nil {
		return err
	}
	address := func(name string) (reflect.Value, error) { return m.yaegi.Eval("&" + name) }
	flag, err := address("__flag")
	if err != nil {
		return err
	}
	pos, err := address("__pos")
	if err != nil {
		return err
	}
	top, err := address("__top")
	if err != nil {
		return err
	}
	m.registers = registers{flag.Interface().(*bool), pos.Interface().(*int), top.Interface().(*int)}
	return nil
}

// registers are the variables of the prelude. Interpreted code reads and writes them as any Go code
// does, so what is read here may be a moment old.
type registers struct {
	flag *bool
	pos  *int // where something may panic
	top  *int // the cell's statement
}

func (r registers) position() position { return position(*r.pos) }

func (r registers) statement() position { return position(*r.top) }

func (r registers) setFlag(on bool) { *r.flag = on }

// clear forgets the places of the run before.
func (r registers) clear() { *r.pos, *r.top = 0, 0 }

// names takes down what positions of this source will be called.
func (m *machine) names(q *link.Run) { m.sources.code(q.Label, q.Code) }

// A program is a source that was compiled.
type program struct {
	compiled *interp.Program
	file     *ast.File
	name     string // of the file
	function string // that holds the cell's statements, "" for none
}

// compile makes a program of the source. Nothing of it runs before define.
func (m *machine) compile(r *run, q *link.Run) (p *program, failed *link.Error) {
	name := "c" + strconv.Itoa(q.ID) + ".go"
	text := q.Source
	if q.Entry != "" {
		// An init function is declared nowhere, so it leaves nothing behind.
		text += "\nfunc init() { __rt.Enter(" + q.Entry + ") }\n"
	}
	src := m.sources.add(name, text)
	defer func() {
		if v := recover(); v != nil {
			failed = m.refused(fmt.Sprint(v))
		}
	}()
	file, err := parser.ParseFile(m.yaegi.FileSet(), name, src.plain, parser.SkipObjectResolution)
	if err != nil {
		return nil, m.refused(firstError(err))
	}
	mergeImports(file)
	src.functions = functionRanges(m.yaegi.FileSet(), file)
	if err := m.tables.use(imports(file)); err != nil {
		return nil, m.refused(err.Error())
	}
	setDone(m.yaegi, r.cancel)
	compiled, err := m.yaegi.CompileAST(file)
	if err != nil {
		return nil, m.refused(firstError(err))
	}
	return &program{compiled, file, name, q.Entry}, nil
}

// define makes the compiled source's definitions exist.
func (m *machine) define(p *program) {
	if _, err := m.yaegi.Execute(p.compiled); err != nil {
		var failed interp.Panic
		if errors.As(err, &failed) {
			panic(failed.Value) // an initialiser of a variable
		}
		panic(limitError(err.Error()))
	}
}

// call runs the cell's statements, which define has found.
func (m *machine) call(r *run) {
	f := r.entry
	r.entry = nil
	if f == nil {
		panic(limitError("the source didn't say what to call"))
	}
	m.s.tick()
	f()
}

// forget frees what only the run of a program needed.
func (m *machine) forget(p *program) {
	names := []string{p.function, "init"}
	if onlyFunctions(p.file, names) {
		for _, spec := range p.file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			local := symbols.Name(path)
			if spec.Name != nil {
				local = spec.Name.Name
			}
			names = append(names, local+"/"+p.name) // how yaegi scopes it
		}
		m.passing[p.name] = m.yaegi.FileSet().File(p.file.Package)
		if old := m.sources.passing(p.name); old != "" {
			m.yaegi.FileSet().RemoveFile(m.passing[old])
			delete(m.passing, old)
		}
	}
	forget(m.yaegi, p.compiled, names...)
}

// onlyFunctions reports whether a file declares no more than functions with these names.
func onlyFunctions(file *ast.File, names []string) bool {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv != nil || !slices.Contains(names, d.Name.Name) {
				return false
			}
		case *ast.GenDecl:
			if d.Tok != token.IMPORT {
				return false
			}
		}
	}
	return true
}

// limitError is a failure that is the interpreter's.
type limitError string

func (e limitError) Error() string { return string(e) }

// refused makes the error for a source that yaegi doesn't compile. Its own words are kept: they are
// all there is to search for.
func (m *machine) refused(text string) *link.Error {
	pos, text := m.sources.cutPosition(text)
	e := &link.Error{Name: limitName, Value: limitText + strings.TrimSpace(text)}
	e.Traceback = m.s.traceback(e.Name, e.Value, []frame{{place: pos}})
	return e
}

// firstError returns the first of a list of syntax errors.
func firstError(err error) string {
	var list scanner.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		return list[0].Error()
	}
	return err.Error()
}

// imports returns the import paths of a file.
func imports(file *ast.File) []string {
	paths := make([]string, 0, len(file.Imports))
	for _, spec := range file.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, path)
		}
	}
	return paths
}

// mergeImports removes imports that a file repeats: lowered sources have them once for each cell whose
// functions they hold, and yaegi wants them once for each file.
func mergeImports(file *ast.File) {
	seen := map[string]bool{}
	decls := file.Decls[:0]
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.IMPORT {
			decls = append(decls, d)
			continue
		}
		specs := g.Specs[:0]
		for _, spec := range g.Specs {
			i := spec.(*ast.ImportSpec)
			key := i.Path.Value
			if i.Name != nil {
				key = i.Name.Name + " " + key
			}
			if !seen[key] {
				seen[key] = true
				specs = append(specs, spec)
			}
		}
		if g.Specs = specs; len(specs) > 0 {
			decls = append(decls, g)
		}
	}
	file.Decls = decls
}
