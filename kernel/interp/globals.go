package interp

// This file defines the variables of cells as package process sees them: the global variables of its processes.

import (
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/link"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/process"
)

// globals implements process.Globals for an image.
type globals struct {
	s     *runner
	image *exec.Image
}

// Used implements process.Globals.
func (g *globals) Used(values ...any) []process.Global {
	e := g.s.host.engine
	f := &finder{e: e, holds: map[reflect.Type]bool{}, seen: map[memoryOf]bool{}}
	for _, v := range values {
		f.value(v)
	}
	var found []exec.Global
	for known := 0; len(f.funcs) > known; {
		known = len(f.funcs)
		found = e.GlobalsIn(g.image, f.funcs...)
		for _, v := range found {
			f.memory(v.Type, v.Pointer)
		}
	}
	return g.list(found)
}

// All implements process.Globals.
func (g *globals) All() []process.Global { return g.list(g.s.host.engine.Live(g.image)) }

func (g *globals) list(found []exec.Global) (list []process.Global) {
	declared := g.s.host.engine.Declared()
	for _, v := range found {
		p := reflect.NewAt(v.Type, v.Pointer)
		list = append(list, process.Global{Name: v.Name, Shown: v.Shown, Pointer: p.Interface(),
			Declared: declared[v.Name], Zero: p.Elem().IsZero()})
	}
	return list
}

// Place implements process.Globals.
func (g *globals) Place(name string, pointer any) bool {
	v := reflect.ValueOf(pointer)
	return g.image != nil && v.Kind() == reflect.Pointer && !v.IsNil() &&
		g.image.Place(name, v.Type().Elem(), v.UnsafePointer())
}

// Initialize implements process.Globals.
func (g *globals) Initialize(names []string) {
	var origin any
	if r := g.s.threads.current(); r != nil {
		origin = r
	}
	g.s.host.engine.Initialize(g.image, origin, names)
}

// Changed implements process.Globals.
func (g *globals) Changed(list []process.Global) (changed []process.Global) {
	var names []string
	for _, v := range list {
		if v.Declared && plain(reflect.TypeOf(v.Pointer).Elem(), map[reflect.Type]bool{}) {
			names = append(names, v.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	var firsts map[string]reflect.Value
	done := make(chan struct{})
	go func() { // ends with the declarations; on the caller's goroutine, they would take the place of what it runs
		defer close(done)
		firsts = g.s.host.engine.Firsts(nil, names)
	}()
	<-done
	for _, v := range list {
		if first, ok := firsts[v.Name]; ok && !reflect.DeepEqual(reflect.ValueOf(v.Pointer).Elem().Interface(),
			first.Interface()) {
			changed = append(changed, v)
		}
	}
	return changed
}

// plain reports whether equal values of a type can be recognized: they consist of numbers, strings and structures of
// those.
func plain(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return true
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Pointer:
		return plain(t.Elem(), seen)
	case reflect.Map:
		return plain(t.Key(), seen) && plain(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if foreign(t) || !plain(t.Field(i).Type, seen) {
				return false
			}
		}
		return true
	case reflect.Chan, reflect.Func, reflect.Interface, reflect.UnsafePointer:
		return false
	}
	return true
}

// Missing implements process.Globals: it notes them below the cell.
func (g *globals) Missing(t *rt.Thread, list []process.Lacking) {
	r := g.s.threads.current()
	if r == nil {
		return
	}
	var notes []link.Note
	var names, first []string
	line := r.line(t.Site())
	for _, l := range list {
		switch {
		case l.Why == "" && l.Declared:
			first = append(first, l.Shown)
		case l.Why == "":
			names = append(names, l.Shown)
		case l.Declared:
			notes = append(notes,
				link.Note{Line: line,
					Text: "a process started here begins with a new " + l.Shown + ", because Go can't fork; " + l.Why})
		default:
			notes = append(notes,
				link.Note{Line: line,
					Text: "a process started here begins with a zero " + l.Shown + ", because Go can't fork; " + l.Why})
		}
	}
	if len(names) > 0 {
		notes = append(notes,
			link.Note{Line: line,
				Text: "a process started here begins with zero values in " + strings.Join(names, ", ") +
					", because it runs no earlier cell; pass it what it needs in Args"})
	}
	if len(first) > 0 {
		notes = append(notes,
			link.Note{Line: line,
				Text: "a process started here begins with what the declarations of " + strings.Join(first, ", ") +
					" say, because it runs no other statement of earlier cells; pass it what it needs in Args"})
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range notes {
		if !slices.Contains(r.zeroed, n) {
			r.zeroed = append(r.zeroed, n)
		}
	}
}

// finder finds the functions in values. It doesn't look into values of compiled packages' types, except for what a
// pickle.Carrier returns.
type finder struct {
	e     *exec.Engine
	funcs []reflect.Value
	holds map[reflect.Type]bool // types whose values may hold functions
	depth int                   // of calls of mayHold
	seen  map[memoryOf]bool
}

// memoryOf is memory with its type.
type memoryOf struct {
	p unsafe.Pointer
	t reflect.Type
}

// value looks into a value.
func (f *finder) value(v any) {
	if v == nil {
		return
	}
	p := reflect.New(reflect.TypeOf(v))
	p.Elem().Set(reflect.ValueOf(v))
	f.memory(p.Type().Elem(), p.UnsafePointer())
}

// mayHold reports whether values of a type may hold functions.
func (f *finder) mayHold(t reflect.Type) bool {
	if h, ok := f.holds[t]; ok {
		return h
	}
	f.holds[t] = false // of what a type leads to itself
	f.depth++
	h := false
	switch t.Kind() {
	case reflect.Func, reflect.Interface:
		h = true
	case reflect.Pointer, reflect.Slice, reflect.Array:
		h = f.mayHold(t.Elem())
	case reflect.Map:
		h = f.mayHold(t.Key()) || f.mayHold(t.Elem())
	case reflect.Struct:
		h = carries(t)
		for i := 0; i < t.NumField() && !h && !foreign(t); i++ {
			h = f.mayHold(t.Field(i).Type)
		}
	}
	f.depth--
	if f.holds[t] = h; !h && f.depth > 0 {
		delete(f.holds, t) // it isn't known yet what the types around it lead to
	}
	return h
}

// foreign reports whether a type is a compiled package's.
func foreign(t reflect.Type) bool { return t.PkgPath() != "" && t.PkgPath() != "main" }

// carries reports whether a type *t lists the functions that it carries.
func carries(t reflect.Type) bool {
	return foreign(t) && reflect.PointerTo(t).Implements(reflect.TypeFor[pickle.Carrier]())
}

// memory looks into the memory at p, of type t.
func (f *finder) memory(t reflect.Type, p unsafe.Pointer) {
	if !f.mayHold(t) {
		return
	}
	at := memoryOf{p, t}
	if f.seen[at] {
		return
	}
	f.seen[at] = true
	v := reflect.NewAt(t, p).Elem()
	switch t.Kind() {
	case reflect.Func:
		if v.IsNil() {
			return
		}
		f.funcs = append(f.funcs, v)
		if _, captured, err := f.e.Identify(v); err == nil {
			for _, c := range captured {
				f.memory(c.Type, c.Pointer)
			}
		}
	case reflect.Interface:
		if !v.IsNil() {
			f.value(v.Interface())
		}
	case reflect.Pointer:
		if !v.IsNil() {
			f.memory(t.Elem(), v.UnsafePointer())
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			f.memory(t.Elem(), v.Index(i).Addr().UnsafePointer())
		}
	case reflect.Map:
		for i := v.MapRange(); i.Next(); {
			f.value(i.Key().Interface())
			f.value(i.Value().Interface())
		}
	case reflect.Struct:
		if carries(t) {
			for _, v := range v.Addr().Interface().(pickle.Carrier).Carried() {
				f.value(v)
			}
			return
		}
		for i := range t.NumField() {
			f.memory(t.Field(i).Type, unsafe.Add(p, t.Field(i).Offset))
		}
	}
}
