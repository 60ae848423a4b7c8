package steps

// This file defines what locks, queues and the like are called: as the source calls them, and not "Lock-3".

import (
	"fmt"
	"reflect"
	"strings"

	"gilkernel/runtime/machine"
)

// An identity tells objects apart. The type belongs to it, because the first field of a struct has the address of the
// struct.
type identity struct {
	p uintptr
	t reflect.Type
}

func identityOf(what any) identity {
	v := reflect.ValueOf(what)
	if v.Kind() == reflect.Pointer {
		return identity{v.Pointer(), v.Type()}
	}
	return identity{0, v.Type()}
}

// An object is a lock, a queue, a condition or the like.
type object struct {
	what    any // nil: a lock of package sync
	goLock  bool
	shared  bool // by those that read
	kind    string
	label   string   // what it calls itself
	paths   []string // what leads to it from variables
	calls   []string // on what its methods were called
	holders []*thread
	waiters []*thread
	index   int
}

// object returns what is known of an object. Callers hold mu.
func (r *Recorder) object(what any) *object {
	if what == nil {
		return nil
	}
	id := identityOf(what)
	if id.p == 0 {
		for _, o := range r.objects {
			if o.what != nil && reflect.TypeOf(what).Comparable() && o.what == what {
				return o
			}
		}
	} else if o := r.known[id]; o != nil {
		return o
	}
	o := &object{what: what, kind: id.t.String(), index: len(r.objects)}
	o.kind = o.kind[strings.LastIndexByte(o.kind, '.')+1:]
	r.objects = append(r.objects, o)
	if id.p != 0 {
		r.known[id] = o
	}
	return o
}

// named returns what an expression stands for, and makes a lock of package sync of it if that isn't known.
func (r *Recorder) named(name string) *object {
	o := r.names[name]
	if o == nil {
		o = &object{kind: "Mutex", goLock: true, index: len(r.objects)}
		r.objects = append(r.objects, o)
		o.call(r, name)
	}
	return o
}

// path notes that a variable leads to o.
func (o *object) path(r *Recorder, name string) {
	for _, old := range o.paths {
		if old == name {
			return
		}
	}
	o.paths = append(o.paths, name)
	r.names[name] = o
}

// call notes that a method of o was called on an expression.
func (o *object) call(r *Recorder, name string) {
	r.names[name] = o
	for _, old := range o.calls {
		if old == name {
			return
		}
	}
	o.calls = append(o.calls, name)
}

// has reports whether o has a method.
func (o *object) has(method string) bool {
	if o.what == nil {
		return method == "Lock" || method == "Unlock" || method == "RLock" || method == "RUnlock"
	}
	_, ok := reflect.TypeOf(o.what).MethodByName(method)
	return ok
}

// called returns the names of all objects, by their index. What two objects are called is the name of neither.
func (r *Recorder) called() []string {
	uses := map[string]int{}
	for _, o := range r.objects {
		seen := map[string]bool{}
		for _, list := range [][]string{o.paths, o.calls} {
			for _, name := range list {
				if !seen[name] {
					uses[name]++
				}
				seen[name] = true
			}
		}
	}
	out := make([]string, len(r.objects))
	taken := map[string]bool{}
	for i, o := range r.objects {
		o.label = o.kind
		if n, ok := o.what.(interface{ Name() string }); ok {
			o.label = n.Name()
		}
		name := ""
		for _, list := range [][]string{o.paths, o.calls} {
			best := ""
			for _, candidate := range list {
				if uses[candidate] == 1 && (best == "" || plainer(candidate, best)) {
					best = candidate
				}
			}
			if name == "" {
				name = best
			}
		}
		if name == "" {
			name = o.label
		}
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s (%d)", strings.TrimSuffix(name, fmt.Sprintf(" (%d)", n-1)), n)
		}
		taken[name] = true
		out[i] = name
	}
	return out
}

// plainer reports whether a name is nearer to what a learner would call a thing than another one.
func plainer(a, b string) bool {
	parts := func(s string) int { return strings.Count(s, ".") + strings.Count(s, "[") }
	return parts(a) < parts(b)
}

// The types by which the values of variables lead to objects.
var (
	resourceType = reflect.TypeFor[machine.Resource]()
)

// A threadValue is what threading.Thread is.
type threadValue interface {
	Label() string
	Ident() int64
}

var threadType = reflect.TypeFor[threadValue]()

// How far values are searched for locks.
const (
	learnDepth = 3
	learnItems = 64
)

// learn looks which locks, queues and threads a variable leads to. Callers hold mu.
func (r *Recorder) learn(v *variable, name string, value reflect.Value) {
	if value.Kind() == reflect.Func || value.Kind() == reflect.Chan {
		v.lib = true
		return
	}
	if !reaches(value.Type(), learnDepth) {
		return
	}
	v.lib = isThing(value.Type())
	r.walk(name, value, learnDepth)
}

// isThing reports whether a type is that of a lock, a thread or the like, or of several.
func isThing(t reflect.Type) bool {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	return is(t) || t.Kind() != reflect.Interface && is(reflect.PointerTo(t))
}

// is reports whether a type is one of a lock, a queue or a thread, as its methods are called on.
func is(t reflect.Type) bool { return t.Implements(resourceType) || t.Implements(threadType) }

// reaches reports whether a value of a type may lead to a lock, a queue or a thread.
func reaches(t reflect.Type, depth int) bool {
	if is(t) || t.Kind() != reflect.Interface && is(reflect.PointerTo(t)) {
		return true
	}
	if depth == 0 {
		return false
	}
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return reaches(t.Elem(), depth-1)
	case reflect.Struct:
		for i := range t.NumField() {
			if reaches(t.Field(i).Type, depth-1) {
				return true
			}
		}
	}
	return false
}

// walk gives names to what a value leads to. Values of unexported fields can't be read, but their addresses can.
func (r *Recorder) walk(name string, v reflect.Value, depth int) {
	t := v.Type()
	switch {
	case is(t):
		r.meets(name, v)
		return
	case v.CanAddr() && is(reflect.PointerTo(t)):
		r.meets(name, v.Addr())
		return
	case depth == 0 || !reaches(t, depth):
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			r.walk(name, v.Elem(), depth)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			r.walk(name, v.Elem(), depth)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			r.walk(name+"."+t.Field(i).Name, v.Field(i), depth-1)
		}
	case reflect.Slice, reflect.Array:
		for i := range min(v.Len(), learnItems) {
			r.walk(fmt.Sprintf("%s[%d]", name, i), v.Index(i), depth-1)
		}
	case reflect.Map:
		if r.c.Parallel {
			return // another thread may write it
		}
		n := 0
		for it := v.MapRange(); it.Next() && n < learnItems; n++ {
			key := ""
			switch k := it.Key(); k.Kind() {
			case reflect.String:
				key = fmt.Sprintf("%q", k.String())
			case reflect.Int, reflect.Int64, reflect.Int32:
				key = fmt.Sprint(k.Int())
			default:
				continue
			}
			r.walk(name+"["+key+"]", it.Value(), depth-1)
		}
	}
}

// meets gives a name to an object or a thread, whose methods have v as their receiver.
func (r *Recorder) meets(name string, v reflect.Value) {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return
	}
	what := reflect.NewAt(v.Type().Elem(), v.UnsafePointer()).Interface()
	if th, ok := what.(threadValue); ok {
		id := th.Ident()
		r.strangers[name] = th.Label()
		for _, u := range r.threads {
			if u.t != nil && int64(u.t.ID()) == id {
				r.people[name] = u
			}
		}
		return
	}
	whole := machine.Event{On: what.(machine.Resource)}.Object()
	r.object(whole).path(r, name)
}
