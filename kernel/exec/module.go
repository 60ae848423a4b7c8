package exec

// This file defines packages of modules: units that are whole packages, with a path of their own. What they declare is
// the engine's, as what cells declare; but nothing of it is defined again, its variables are the same in all images, as
// those of a C extension are, and it has no place in the identities of cells.

import (
	"embed"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"unsafe"

	"gilkernel/kernel/unit"
)

// modules are the packages that units were. The zero value has none; paths may be asked for while one is added.
type modules struct {
	paths   atomic.Pointer[map[string]bool]
	sources map[string]*source // by path, the newest; protected by the engine's compileMu
}

func (m *modules) has(path string) bool {
	p := m.paths.Load()
	return p != nil && (*p)[path]
}

// add is called with the engine's compileMu held.
func (m *modules) add(path string, src *source) {
	if m.sources == nil {
		m.sources = map[string]*source{}
	}
	m.sources[path] = src
	paths := map[string]bool{path: true}
	if old := m.paths.Load(); old != nil {
		maps.Copy(paths, *old)
	}
	m.paths.Store(&paths)
}

// Interprets reports whether the engine has the source of the package with a path: of cells, or of a module that it has
// compiled. It may be called concurrently.
func (e *Engine) Interprets(path string) bool { return path == mainPath || e.modules.has(path) }

// ModuleVariables returns the package variables of modules, the newest version of each. Global.Name has the path of the
// package. It may be called concurrently.
func (e *Engine) ModuleVariables() (list []Global) {
	e.compileMu.Lock()
	defer e.compileMu.Unlock()
	for _, path := range slices.Sorted(maps.Keys(e.modules.sources)) {
		for _, o := range e.modules.sources[path].vars {
			list = append(list, e.moduleVariable(o))
		}
	}
	return list
}

// moduleVariable must be called with compileMu held.
func (e *Engine) moduleVariable(o types.Object) Global {
	v := e.globals[o]
	return Global{o.Pkg().Path() + "." + o.Name(), o.Pkg().Name() + "." + o.Name(), e.reflect(v.t), v.global.place}
}

// ModuleVariables returns the package variables of modules that the program may use by what it has called so far: by
// code that was compiled.
func (p *Program) ModuleVariables() []Global {
	w := newUsesWalk(p.e, nil)
	w.modules = true
	for _, k := range p.steps {
		w.code(k)
	}
	if p.entry != nil {
		w.ref(p.entry)
	}
	w.run()
	return w.inModules
}

// ours reports whether the engine has the source of a package: cells, or one of a module. p may be nil.
func (e *Engine) ours(p *types.Package) bool {
	return p != nil && e.Interprets(p.Path())
}

// within is what a limit says of a function: with the place in the module's file, if it is in one.
func (r *funcRef) within(l limit) string {
	if r.decl == nil || !r.decl.src.module || !l.pos.IsValid() {
		return l.msg
	}
	at := r.decl.src.fset.Position(l.pos)
	return at.Filename + ":" + strconv.Itoa(at.Line) + ": " + l.msg
}

// embeds returns what gives the variables of a unit the contents of their files. It is called with compileMu held.
func (e *Engine) embeds(u *unit.Unit) (list []func()) {
	for _, em := range u.Embeds {
		v := e.globals[em.Var]
		if v == nil {
			continue
		}
		place := v.global.place
		switch {
		case v.t.class == classString:
			list = append(list, func() { *(*string)(place) = string(em.Files[0].Data) })
		case v.t.size == unsafe.Sizeof([]byte(nil)):
			list = append(list, func() { *(*[]byte)(place) = slices.Clone(em.Files[0].Data) })
		default:
			fs := embedded(em.Files)
			list = append(list, func() { *(*embed.FS)(place) = fs })
		}
	}
	return list
}

// embeddedFile is a file of an embed.FS as package embed of Go 1.26 and 1.27 has it.
type embeddedFile struct {
	name string
	data string
	_    [16]byte // of the data; it is asked for by nobody
}

// embedded makes a file system of files and of the folders that they are in, in the order that package embed searches
// in: by folder, then by name.
func embedded(files []unit.File) (fs embed.FS) {
	seen := map[string]bool{}
	var list []embeddedFile
	for _, f := range files {
		for i := range len(f.Name) {
			if f.Name[i] == '/' && !seen[f.Name[:i+1]] {
				seen[f.Name[:i+1]] = true
				list = append(list, embeddedFile{name: f.Name[:i+1]})
			}
		}
		if !seen[f.Name] {
			seen[f.Name] = true
			list = append(list, embeddedFile{name: f.Name, data: string(f.Data)})
		}
	}
	split := func(name string) (dir, base string) {
		name = strings.TrimSuffix(name, "/")
		i := strings.LastIndexByte(name, '/')
		if i < 0 {
			return ".", name
		}
		return name[:i], name[i+1:]
	}
	slices.SortFunc(list, func(a, b embeddedFile) int {
		ad, ab := split(a.name)
		bd, bb := split(b.name)
		if c := strings.Compare(ad, bd); c != 0 {
			return c
		}
		return strings.Compare(ab, bb)
	})
	*(*unsafe.Pointer)(unsafe.Pointer(&fs)) = unsafe.Pointer(&list)
	return fs
}
