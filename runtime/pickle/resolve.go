package pickle

// This file defines how types, functions and shared variables get names, and are found by them.

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// A Resolver names what bytes can't hold. The names mean the same in each process that runs the same program. All
// methods must be safe for concurrent use.
type Resolver interface {
	// TypeName names a defined type, or an unnamed struct or interface type that Type can make. ok is false if it
	// has no name that other processes know.
	TypeName(t reflect.Type) (name string, ok bool)
	// Type finds a type by its name.
	Type(name string) (reflect.Type, error)
	// Func describes a function value, which isn't nil. Its error is a *Refusal if the function can't be sent.
	Func(f reflect.Value) (Func, error)
	// NewFunc makes the function of a name and a type. Its captured variables are set afterwards, all of them and
	// before it is called.
	NewFunc(name string, t reflect.Type) (Made, error)
	// Static names what a pointer of type *t refers to, if each process has it for itself: what io.EOF points to. If
	// copy is set, the contents are sent too, for a process that lacks it.
	Static(p unsafe.Pointer, t reflect.Type) (name string, copy, ok bool)
	// StaticPointer finds what Static has named; its type is *t. ok is false if this process lacks it.
	StaticPointer(name string, t reflect.Type) (p unsafe.Pointer, ok bool)
}

// Func is a function value without its code.
type Func struct {
	Name     string
	Captured []Variable
}

// Variable is a variable that a function has captured.
type Variable struct {
	Name    string         // as the learner knows it
	Type    reflect.Type   // of the variable
	Pointer unsafe.Pointer // to it
}

// Made is a function whose captured variables must be set.
type Made struct {
	Func     unsafe.Pointer // the function value's memory: what a variable of the function's type holds
	Captured []reflect.Type
	Set      func(i int, variable unsafe.Pointer)
}

// localTime names the one time.Location that looks up the time zone of its process on first use.
const localTime = "time.Local"

// static is Resolver.Static, and knows what the types of the standard library compare addresses with.
func (c *Codec) static(p unsafe.Pointer, t reflect.Type) (name string, copied, ok bool) {
	if p == unsafe.Pointer(time.Local) && t == reflect.TypeFor[time.Location]() {
		return localTime, false, true
	}
	return c.r.Static(p, t)
}

func (c *Codec) staticPointer(name string, t reflect.Type) (unsafe.Pointer, bool) {
	if name == localTime {
		return unsafe.Pointer(time.Local), t == reflect.TypeFor[time.Location]()
	}
	return c.r.StaticPointer(name, t)
}

// Table is a Resolver of what a program registers, for programs that have no interpreter, and for tests. Add and
// AddFunc may be called concurrently with the rest.
type Table struct {
	mu    sync.RWMutex // protects the fields below
	types map[string]reflect.Type
	funcs map[string]reflect.Value
	vars  map[unsafe.Pointer]string
	byVar map[string]reflect.Value
}

// Add registers the types of values, and all defined types that these mention.
func (r *Table) Add(values ...any) *Table {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.types == nil {
		r.types = map[string]reflect.Type{}
	}
	for _, v := range values {
		r.add(reflect.TypeOf(v), map[reflect.Type]bool{})
	}
	return r
}

func (r *Table) add(t reflect.Type, seen map[reflect.Type]bool) {
	if t == nil || seen[t] {
		return
	}
	seen[t] = true
	if t.PkgPath() != "" {
		r.types[tableName(t)] = t
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		r.add(t.Elem(), seen)
	case reflect.Map:
		r.add(t.Key(), seen)
		r.add(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			r.add(t.Field(i).Type, seen)
		}
	}
}

func tableName(t reflect.Type) string { return t.PkgPath() + "." + t.Name() }

// AddFunc registers a function that captures nothing.
func (r *Table) AddFunc(f any) *Table {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.funcs == nil {
		r.funcs = map[string]reflect.Value{}
	}
	v := reflect.ValueOf(f)
	r.funcs[runtime.FuncForPC(v.Pointer()).Name()] = v
	return r
}

// AddVar registers what a package variable points to, so that it is the same in each process: an error such as io.EOF.
func (r *Table) AddVar(name string, v any) *Table {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.vars == nil {
		r.vars, r.byVar = map[unsafe.Pointer]string{}, map[string]reflect.Value{}
	}
	p := reflect.ValueOf(v)
	r.vars[p.UnsafePointer()], r.byVar[name] = name, p
	return r
}

// TypeName implements Resolver.
func (r *Table) TypeName(t reflect.Type) (string, bool) {
	if t.PkgPath() == "" {
		return "", false
	}
	name := tableName(t)
	r.mu.RLock()
	defer r.mu.RUnlock()
	return name, r.types[name] == t
}

// Type implements Resolver.
func (r *Table) Type(name string) (reflect.Type, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if t := r.types[name]; t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("there is no type %s", name)
}

// Func implements Resolver.
func (r *Table) Func(f reflect.Value) (Func, error) {
	name := runtime.FuncForPC(f.Pointer()).Name()
	r.mu.RLock()
	defer r.mu.RUnlock()
	if v, ok := r.funcs[name]; ok && v.UnsafePointer() == f.UnsafePointer() && funcWord(v) == funcWord(f) {
		return Func{Name: name}, nil
	}
	return Func{}, &Refusal{What: "the function " + name[strings.LastIndexByte(name, '/')+1:],
		Advice: "send a function that the program has registered"}
}

// funcWord is a function value's memory, which tells closures of the same code apart.
func funcWord(f reflect.Value) unsafe.Pointer {
	p := reflect.New(f.Type())
	p.Elem().Set(f)
	return *(*unsafe.Pointer)(p.UnsafePointer())
}

// NewFunc implements Resolver.
func (r *Table) NewFunc(name string, t reflect.Type) (Made, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	v, ok := r.funcs[name]
	if !ok {
		return Made{}, fmt.Errorf("there is no function %s", name)
	}
	if !v.Type().ConvertibleTo(t) {
		return Made{}, fmt.Errorf("the function %s is a %s, not a %s", name, v.Type(), t)
	}
	return Made{Func: funcWord(v)}, nil
}

// Static implements Resolver.
func (r *Table) Static(p unsafe.Pointer, t reflect.Type) (string, bool, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	name, ok := r.vars[p]
	return name, false, ok && r.byVar[name].Type().Elem() == t
}

// StaticPointer implements Resolver.
func (r *Table) StaticPointer(name string, t reflect.Type) (unsafe.Pointer, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	v, ok := r.byVar[name]
	if !ok || v.Type().Elem() != t {
		return nil, false
	}
	return v.UnsafePointer(), true
}
