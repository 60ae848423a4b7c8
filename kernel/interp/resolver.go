package interp

// This file names types and functions for other processes of the session, which run the same program and have compiled
// the same sources.

import (
	"errors"
	"reflect"
	"strings"
	"sync"
	"unsafe"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/std/symbols"
	"gilkernel/runtime/gil"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
)

// resolver implements pickle.Resolver for declarations of an engine's cells, and for variables of compiled packages.
type resolver struct {
	e    *exec.Engine
	from sourcing

	once   sync.Once // protects the initialization of the fields below
	names  map[unsafe.Pointer]string
	values map[string]reflect.Value
}

// sourcing is where sources come from that other processes of the session have compiled.
type sourcing interface {
	// compiled returns how many sources this process has compiled.
	compiled() int
	// catchUp waits for those that it lacks, and reports whether it has more than before.
	catchUp(before int) bool
}

// codec returns the codec for values of an engine's cells.
func codec(e *exec.Engine, from sourcing) *pickle.Codec {
	return pickle.New(&pickle.Options{Resolver: &resolver{e: e, from: from}})
}

// lookUp looks for a declaration, and once more if it may be in a source that has come since.
func lookUp[T any](from sourcing, find func() (T, error)) (T, error) {
	before := from.compiled()
	v, err := find()
	if err != nil && from.catchUp(before) {
		return find()
	}
	return v, err
}

// TypeName implements pickle.Resolver.
func (r *resolver) TypeName(t reflect.Type) (string, bool) { return r.e.TypeName(t) }

// Type implements pickle.Resolver.
func (r *resolver) Type(name string) (reflect.Type, error) {
	return lookUp(r.from, func() (reflect.Type, error) { return r.e.TypeOf(name) })
}

// Func implements pickle.Resolver.
func (r *resolver) Func(f reflect.Value) (pickle.Func, error) {
	name, captured, err := r.e.Identify(f)
	if err != nil {
		if u := new(exec.Unsendable); errors.As(err, &u) {
			return pickle.Func{}, &pickle.Refusal{What: u.What, Advice: u.Why}
		}
		return pickle.Func{}, err
	}
	d := pickle.Func{Name: name}
	for _, v := range captured {
		d.Captured = append(d.Captured, pickle.Variable(v))
	}
	return d, nil
}

// NewFunc implements pickle.Resolver.
func (r *resolver) NewFunc(name string, t reflect.Type) (pickle.Made, error) {
	f, err := lookUp(r.from, func() (exec.Found, error) { return r.e.Find(name, t) })
	return pickle.Made(f), err
}

// Static implements pickle.Resolver: a value to which a variable of a compiled package points, such as io.EOF, is the
// same in each process. So is an error that a variable of a cell holds, var ErrEmpty = errors.New("empty"), because
// errors.Is compares identities; it is sent together with its name, for processes in which the variable is nil.
func (r *resolver) Static(p unsafe.Pointer, t reflect.Type) (name string, copied, ok bool) {
	r.once.Do(r.load)
	if name, ok = r.names[p]; ok && r.values[name].Type().Elem() == t {
		return name, false, true
	}
	if !reflect.PointerTo(t).Implements(reflect.TypeFor[error]()) {
		return "", false, false
	}
	name, ok = r.e.ErrorName(callersImage(), p, t)
	return ownVariable + name, true, ok
}

// ownVariable is the prefix of the names of cells' variables.
const ownVariable = "cell:"

// callersImage returns the image of the calling thread, nil for the session's own variables.
func callersImage() *exec.Image { return imageOf(gil.Of(rt.Current())) }

// StaticPointer implements pickle.Resolver.
func (r *resolver) StaticPointer(name string, t reflect.Type) (unsafe.Pointer, bool) {
	if own, ok := strings.CutPrefix(name, ownVariable); ok {
		p := r.e.ErrorPointer(callersImage(), own, t)
		return p, p != nil
	}
	r.once.Do(r.load)
	v, ok := r.values[name]
	if !ok || v.Type().Elem() != t {
		return nil, false
	}
	return v.UnsafePointer(), true
}

// load finds the variables of compiled packages whose values are pointers.
func (r *resolver) load() {
	r.names, r.values = map[unsafe.Pointer]string{}, map[string]reflect.Value{}
	for _, path := range symbols.Packages() {
		for name, v := range symbols.Load(path) {
			if !v.CanAddr() {
				continue
			}
			if v.Kind() == reflect.Interface {
				v = v.Elem()
			}
			if v.Kind() != reflect.Pointer || v.IsNil() {
				continue
			}
			full := path + "." + name
			if old, ok := r.names[v.UnsafePointer()]; !ok || full < old { // io/fs and os share some
				r.names[v.UnsafePointer()] = full
			}
			r.values[full] = v
		}
	}
}
