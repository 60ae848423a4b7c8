package exec

// This file defines the engine: what lives as long as the interpreter, and the path of one source.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"

	"gilkernel/kernel/exec/rtype"
	"gilkernel/kernel/extent"
	"gilkernel/kernel/std/frees"
	"gilkernel/kernel/std/prelude/compiled"
	"gilkernel/kernel/unit"
)

// Host is what an engine needs from the process around it. Its methods must be safe for concurrent use. Each
// interpreted goroutine carries an opaque origin, set by the host and inherited by the goroutines it starts.
type Host interface {
	// Go starts a goroutine for a go statement at a site ("In[3]:4:2") and calls f in it, with the
	// origin that it is to carry.
	Go(origin any, site string, f func(origin any))
	// Thread returns the Python thread that runs on the calling goroutine, nil if there is none.
	Thread(origin any) Thread
	// Frees reports whether a compiled function or method of a package releases the GIL.
	Frees(path, name string) frees.How
	// Origin returns the origin of the calling goroutine when compiled code calls back, nil if unknown.
	Origin() any
	// Done returns a channel that is closed when what has this origin must end.
	Done(origin any) <-chan struct{}
	// Tick is called by checks while the engine's flag is raised. It panics to end the goroutine.
	Tick(origin any)
	// Print writes what the builtins print and println print.
	Print(text []byte)
	// Symbol finds what a compiled package declares: a function, a variable (addressable), or a nil
	// pointer to a type.
	Symbol(path, name string) (reflect.Value, bool)
	// Method finds a function to call instead of a compiled type's method. Its first parameter is the receiver, or the
	// calling goroutine's *G and then the receiver.
	Method(t reflect.Type, name string) (reflect.Value, bool)
}

// Engine is an interpreter. Compile must be called by one goroutine at a time; all other methods are safe for
// concurrent use.
type Engine struct {
	host     Host
	importer types.Importer
	flag     atomic.Uint32
	pkg      *types.Package // with the path of all that cells declare, for their unexported names
	context  *types.Context
	modules  modules // the packages that sources were interpreted of, beside those of cells

	compileMu   sync.Mutex // protects all that the compiler knows: the fields below up to heads
	decls       map[*types.Func]*funcDecl
	globals     map[types.Object]*variable
	forgotten   map[types.Object]forgottenSlot // the places of variables without a place in globals
	slots       int                            // number of the newest package variable
	adapters    map[*typ]*code
	orderly     sync.Map              // reflect.Type → bool; see ordersItself
	decision    *decision             // nil: see decided
	initialList []*initial            // in order of the declarations; nil: nothing is left of one
	noInitials  int                   // how many of them are nil
	written     map[types.Object]bool // package variables that change after their declaration
	constants   scan                  // of declarations with constants: nothing
	nowhere     source                // of code whose positions are never asked for
	newest      int                   // number of a function's code
	memTypes    map[string]*rtype.Descriptor
	preludes    map[string]*source
	compiled    *types.Package        // package compiled, of the prelude; nil: not asked for yet
	generics    bool                  // a cell has declared a generic function
	latest      map[string]latestType // by the name that the learner knows

	decideMu sync.Mutex // held by decided; taken before compileMu

	bodies   Bodies // nil: the engine's own
	maxDepth int

	heads funcHeads
	ids   identities

	typesMu   sync.Mutex // protects the fields below up to reflectMu
	byType    map[types.Type]*typ
	scale     extent.Scale
	byKey     map[string]*typ
	objectIDs map[*types.TypeName]int
	nativeIDs map[string]int

	reflectMu  sync.Mutex // protects the fields below up to byRtype; taken before typesMu
	rts        map[string]reflect.Type
	shells     []*shell
	shellOf    map[reflect.Type]*shell
	named      map[reflect.Type]*shell // complete ones
	methodless []*shell
	learned    map[string]reflect.Type
	structs    map[*types.Struct]*types.TypeName // of compiled packages, see nativeStruct
	// functions are the newest functions with a name that the learner gave and a signature.
	functions map[string]*funcDecl

	byRtype       sync.Map  // unsafe.Pointer of a type → *typ
	nativeMethods sync.Map  // nativeMethodKey → *methodImpl
	idle          sync.Pool // of *G, for calls from compiled code

	ptrType, anyType, boolType, intType, int64Type, stringType, noneType, tupleType *typ
}

// New returns an engine without any definitions.
func New(host Host, importer types.Importer) *Engine {
	e := &Engine{host: host, importer: importer, pkg: types.NewPackage(mainPath, "main"), context: types.NewContext(),
		decls: map[*types.Func]*funcDecl{}, globals: map[types.Object]*variable{},
		forgotten: map[types.Object]forgottenSlot{}, adapters: map[*typ]*code{}, written: map[types.Object]bool{},
		memTypes: map[string]*rtype.Descriptor{},
		preludes: map[string]*source{}, latest: map[string]latestType{}, byType: map[types.Type]*typ{},
		byKey: map[string]*typ{}, objectIDs: map[*types.TypeName]int{}, nativeIDs: map[string]int{},
		rts: map[string]reflect.Type{}, shellOf: map[reflect.Type]*shell{}, named: map[reflect.Type]*shell{},
		learned: map[string]reflect.Type{}, structs: map[*types.Struct]*types.TypeName{},
		functions: map[string]*funcDecl{}}
	e.maxDepth = maxDepth
	e.heads.init()
	e.ids.init()
	e.ptrType = e.typ(types.Typ[types.UnsafePointer])
	e.anyType = e.typ(types.Universe.Lookup("any").Type().Underlying())
	e.boolType, e.intType, e.int64Type = e.typ(types.Typ[types.Bool]), e.typ(types.Typ[types.Int]),
		e.typ(types.Typ[types.Int64])
	e.stringType, e.noneType = e.typ(types.Typ[types.String]), e.typ(types.NewTuple())
	e.tupleType = &typ{t: types.NewTuple(), class: classTuple}
	return e
}

// Supported returns an error that names the versions of Go that work if the program was built with one whose types
// the engine can't make.
func Supported() error { return rtype.Check() }

// Flag is not zero while checks must call the host's Tick.
func (e *Engine) Flag() *atomic.Uint32 { return &e.flag }

// symbol finds what a compiled package declares.
func (e *Engine) symbol(path, name string) (reflect.Value, bool) {
	if path == compiled.Path {
		return compiled.Symbol(name)
	}
	return e.host.Symbol(path, name)
}

// newID returns a number for a function's code.
func (e *Engine) newID() int {
	e.newest++
	return e.newest
}

// memType returns the description of frames with these pointers.
func (e *Engine) memType(size uintptr, ptrs []bool) *rtype.Descriptor {
	size = (size + 7) &^ 7
	key := make([]byte, 0, len(ptrs)/8+16)
	key = fmt.Appendf(key, "%d:", size)
	var acc byte
	for i, p := range ptrs {
		if p {
			acc |= 1 << (i % 8)
		}
		if i%8 == 7 {
			key = append(key, acc)
			acc = 0
		}
	}
	key = append(key, acc)
	if t := e.memTypes[string(key)]; t != nil {
		return t
	}
	t := newMemType(size, ptrs)
	e.memTypes[string(key)] = t
	return t
}

// source is one file and what the type checker said about it.
type source struct {
	name  string // the host's, which identifies it
	fset  *token.FileSet
	file  *ast.File
	info  *types.Info
	steps Steps
	text  *ast.File // file, for good, in a source with a step before each access
	// native says that it is the standard library's, or a module's that counts as compiled: no thread loses the GIL in
	// it.
	native bool
	// announces says that a call of one of its functions from code that isn't native is a step; see entered.
	announces bool
	// first holds what functions are for others, if their bodies were checked later than their signatures.
	first  map[*ast.FuncDecl]*types.Func
	unit   *unit.Unit           // that it is made of; nil: a file or one of the standard library's
	module bool                 // it is a package of a module
	old    map[*token.File]bool // its files whose loops share their variables, see oldFiles
	inits  []*code              // its functions named init
	vars   []*types.Var         // of a module: its package variables
	lazy   int                  // number of functions still to compile, at their first call
	funcs  []*types.Func        // that it declared
	decls  []*funcDecl          // the same
	// defined are its package-level definitions with a name that holds in other processes.
	defined []types.Object
	// extended are the earlier types that it adds methods to.
	extended []*types.Named
	assigned map[*ast.FuncLit]string // the names that function literals were assigned to; made when first asked for
}

// line returns the learner's line of a position, 0 for none.
func (s *source) line(pos token.Pos) int {
	if s == nil || s.fset == nil || !pos.IsValid() {
		return 0
	}
	return s.fset.Position(pos).Line
}

// position returns a position as it is shown: In[3]:4:2.
func (s *source) position(pos token.Pos) string {
	if s == nil || s.fset == nil || !pos.IsValid() {
		return ""
	}
	return s.fset.Position(pos).String()
}

// funcDecl is a declared function or method, with its instances.
type funcDecl struct {
	src      *source
	decl     *ast.FuncDecl // nil once all of its source is compiled
	fn       *types.Func   // as the checker made it for this declaration
	key      *types.Func   // as others know it; nil: one of the standard library
	from, to token.Pos
	name     string // that holds in other processes, see identities.define
	refs     *funcRefs
	code     *code  // of one that waited for its first call
	line     string // of functions in e.functions: the key there
	// pinned is the function as a value, which stays what it is when the function is defined again; calls by its name
	// find the new one. nil for methods, generic functions and those of the standard library.
	pinned *funcRef
	scan   *scan // nil: of the standard library
}

// Error says why a source can't be compiled.
type Error struct {
	Pos   token.Position
	Msg   string
	Limit bool // of the interpreter: the source may be right
}

// Error implements error.
func (e *Error) Error() string { return e.Pos.String() + ": " + e.Msg }

// Program is a compiled source.
type Program struct {
	e     *Engine
	src   *source
	steps []*code // package variables and init functions, in order
	entry *funcRef

	forget   []types.Object
	declares bool // see Declares
	embeds   []func()
}

// Compile compiles a program of one file. Its variables are zero until Init. If it fails with an *Error, it declares
// nothing.
func (e *Engine) Compile(name, text string) (p *Program, err error) {
	return e.CompileSteps(name, text, NoSteps)
}

// CompileSteps is Compile for a source that is stepped through, if the host is a Stepper.
func (e *Engine) CompileSteps(name, text string, steps Steps) (*Program, error) {
	e.compileMu.Lock()
	defer e.compileMu.Unlock()
	src, err := e.check(name, text)
	if err != nil {
		return nil, err
	}
	src.steps = steps
	return e.compileSource(src, false)
}

// Options say how a unit is compiled.
type Options struct {
	Steps Steps // where it has steps, if the host is a Stepper
	// Lazy compiles a function when it is called first: for processes that restore definitions, or that call few of
	// them.
	Lazy bool
}

// CompileUnit compiles a checked unit, which may use what earlier units declared. Its functions and types exist from
// then on; its variables are zero until Init. If it fails with an *Error, it declares nothing.
func (e *Engine) CompileUnit(u *unit.Unit, o Options) (*Program, error) {
	e.compileMu.Lock()
	defer e.compileMu.Unlock()
	file := &ast.File{Name: ast.NewIdent("main"), Decls: slices.Clone(u.Decls)}
	if u.Entry != nil {
		file.Decls = append(file.Decls, u.Entry)
	}
	src := &source{name: u.Name, fset: u.Fset, info: u.Info, file: file, first: u.Objects, unit: u, extended: u.Extends}
	if u.Package != nil {
		src.module, src.native, src.old = true, !u.Checks, oldFiles(u)
		e.modules.add(u.Package.Path(), src)
	}
	src.step(o.Steps)
	declares := declaresCode(u)
	p, err := e.compileSource(src, o.Lazy)
	if err != nil {
		return nil, err
	}
	p.forget, p.declares, p.embeds = u.Forget, declares, e.embeds(u)
	return p, nil
}

// compileSource compiles a checked source. It is called with compileMu held.
func (e *Engine) compileSource(src *source, lazy bool) (p *Program, err error) {
	fset := src.fset
	defer func() {
		switch v := recover().(type) {
		case nil:
		case limit:
			p, err = nil, &Error{Pos: fset.Position(v.pos), Msg: v.msg, Limit: true}
			e.forget(src)
		default: // a mistake of the engine's: the source is refused, and nothing of it stays
			p, err = nil, &Error{Msg: fmt.Sprintf("the interpreter failed on this source; please report it: %v", v),
				Limit: true}
			e.forget(src)
		}
	}()
	p = &Program{e: e, src: src}
	e.declare(p, lazy)
	src.defined, src.funcs = nil, nil
	// Each check makes types of its own; those of later sources are found by their keys.
	e.typesMu.Lock()
	clear(e.byType)
	e.scale.Forget()
	e.typesMu.Unlock()
	return p, nil
}
