package exec

// This file defines what is known of the accesses of compiled code. It isn't interpreted, so its reads aren't known,
// but memory that its receiver and its arguments lead to can be compared from before and behind a call: what is
// different was written, and what they lead to directly may have been read. Without that, two threads that write one
// strings.Builder have no data race.

import (
	"bytes"
	"go/ast"
	"go/types"
	"reflect"
	"strings"
	"unsafe"
)

// Touch is how a call of compiled code has touched a variable.
type Touch int

// The ways of touching one.
const (
	// MayRead says that the call could have read it.
	MayRead Touch = iota
	// Wrote says that it has another value behind the call.
	Wrote
	// Orders says that it has a lock or an atomic value in it, as a log.Logger has: it is taken to order its users.
	Orders
)

const (
	// reachBytes is how much memory of a call's arguments is compared, and reachDepth how many pointers away.
	reachBytes, reachDepth = 8192, 3
	// reachParts is how many variables a call is said to touch at most.
	reachParts = 64
)

// reach is the memory that the receiver and the arguments of a call lead to.
type reach struct {
	e       *Engine
	left    int
	regions []region
	orders  []unsafe.Pointer
}

// region is a variable, or several of one type in a row, and the bytes that it had.
type region struct {
	t      reflect.Type
	at     unsafe.Pointer
	n      int
	was    []byte
	len    int // of a map
	direct bool
}

// compares returns what makes a call that may be one of compiled code, and tells an explored thread what that has
// touched. It is nil where no such call is made, or one that orders threads by itself.
func (c *fn) compares(e *ast.CallExpr) func(fr, f *frame) {
	if f, ok := callee(c.src, e).(*types.Func); ok && f.Pkg() != nil && orders(f) {
		return nil
	}
	eng, sig := c.e, c.signature(e.Fun)
	list := sig.Variadic() && !e.Ellipsis.IsValid() // the last parameter is a slice of the call's own
	return func(fr, f *frame) {
		x := fr.g.explored
		if x == nil || !f.code.compiled(eng) || !x.Compares() {
			f.call(fr)
			return
		}
		r, turns := eng.reaches(f, list), x.Turns()
		f.call(fr)
		r.tell(x, turns == x.Turns())
	}
}

// compiled reports whether a function counts as compiled: what it does is no step.
func (k *code) compiled(e *Engine) bool {
	if k.bound != nil {
		return !e.isOwn(k.bound.fn)
	}
	return k.hidden || k.src != nil && k.src.native
}

// reaches returns the memory that the call of f, which is about to be made, can reach. list says that its last
// parameter is a list of arguments.
func (e *Engine) reaches(f *frame, list bool) *reach {
	r := &reach{e: e, left: reachBytes}
	if s := f.code.recv; s.t != nil {
		r.visit(e.reflect(s.t), f.at(s.off), 0)
	}
	if b := f.code.bound; b != nil && b.kind == 'V' && f.clo != nil {
		r.visit(e.reflect(e.typ(b.t)), f.clo.caps[0], 0)
	}
	for i, s := range f.code.params {
		t, p := e.reflect(s.t), f.at(s.off)
		if list && i == len(f.code.params)-1 && t.Kind() == reflect.Slice {
			args := (*slice)(p)
			for k := range min(args.len, reachParts) {
				r.visit(t.Elem(), unsafe.Add(args.data, uintptr(k)*t.Elem().Size()), 0)
			}
			continue
		}
		r.visit(t, p, 0)
	}
	return r
}

// visit follows the references in a variable.
func (r *reach) visit(t reflect.Type, p unsafe.Pointer, depth int) {
	switch t.Kind() {
	case reflect.Pointer:
		r.add(t.Elem(), *(*unsafe.Pointer)(p), 1, depth)
	case reflect.Slice:
		s := (*slice)(p)
		r.add(t.Elem(), s.data, s.len, depth)
	case reflect.Map:
		m := *(*unsafe.Pointer)(p)
		if m != nil && !r.has(m) {
			r.regions = append(r.regions, region{t: t, at: m, len: maplen(m), direct: depth == 0})
		}
	case reflect.Interface:
		v := reflect.NewAt(t, p).Elem().Elem()
		switch v.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Struct, reflect.Array:
			x := reflect.New(v.Type())
			x.Elem().Set(v)
			r.visit(v.Type(), x.UnsafePointer(), depth)
		}
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			r.visit(f.Type, unsafe.Add(p, f.Offset), depth)
		}
	case reflect.Array:
		if leadsOn(t.Elem()) {
			for i := range min(t.Len(), reachParts) {
				r.visit(t.Elem(), unsafe.Add(p, uintptr(i)*t.Elem().Size()), depth)
			}
		}
	}
}

// leadsOn reports whether values of a type may have references in them.
func leadsOn(t reflect.Type) bool {
	return t.Kind() > reflect.Complex128 && t.Kind() != reflect.String
}

// add adds n variables of a type in a row, and what they lead to.
func (r *reach) add(t reflect.Type, p unsafe.Pointer, n, depth int) {
	size := int(t.Size())
	if p == nil || size == 0 || n == 0 || depth == reachDepth || r.left <= 0 || r.has(p) {
		return
	}
	if path := t.PkgPath(); path != "" && path != mainPath && r.e.ordersItself(t) {
		r.orders = append(r.orders, p)
		return
	}
	fits := max(r.left/size, 1)
	n = min(n, fits)
	r.left -= n * size
	if size > reachBytes {
		return
	}
	was := bytes.Clone(unsafe.Slice((*byte)(p), n*size))
	r.regions = append(r.regions, region{t: t, at: p, n: n, was: was, direct: depth == 0})
	if leadsOn(t) {
		for i := range min(n, reachParts) {
			r.visit(t, unsafe.Add(p, i*size), depth+1)
		}
	}
}

func (r *reach) has(p unsafe.Pointer) bool {
	for i := range r.regions {
		if r.regions[i].at == p {
			return true
		}
	}
	for _, q := range r.orders {
		if q == p {
			return true
		}
	}
	return false
}

// ordersItself reports whether a struct has a lock or an atomic value in it.
func (e *Engine) ordersItself(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	if known, ok := e.orderly.Load(t); ok {
		return known.(bool)
	}
	is := false
	for i := range t.NumField() {
		f := t.Field(i).Type
		path := f.PkgPath()
		is = is || path == "sync" || path == "sync/atomic" || strings.HasPrefix(path, "internal/") || e.ordersItself(f)
	}
	e.orderly.Store(t, is)
	return is
}

// tell tells x what the call has touched. still says that no other thread ran meanwhile: what has changed was written
// by the call.
func (r *reach) tell(x Explored, still bool) {
	for _, p := range r.orders {
		x.Touched(p, Orders)
	}
	left := reachParts
	for i := range r.regions {
		g := &r.regions[i]
		if g.was == nil { // a map
			switch {
			case still && maplen(g.at) != g.len:
				x.Touched(g.at, Wrote)
			case g.direct:
				x.Touched(g.at, MayRead)
			}
			continue
		}
		for k := range g.n {
			off := k * int(g.t.Size())
			left = r.parts(x, g, g.t, off, still, left)
		}
	}
}

// parts tells x of the parts of a variable that can be accessed by themselves. It returns how many more may be told of.
func (r *reach) parts(x Explored, g *region, t reflect.Type, off int, still bool, left int) int {
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			left = r.parts(x, g, t.Field(i).Type, off+int(t.Field(i).Offset), still, left)
		}
		return left
	case reflect.Array:
		for i := range min(t.Len(), reachParts) {
			left = r.parts(x, g, t.Elem(), off+i*int(t.Elem().Size()), still, left)
		}
		return left
	}
	size := int(t.Size())
	if left == 0 || size == 0 {
		return left
	}
	at := unsafe.Add(g.at, off)
	switch now := unsafe.Slice((*byte)(at), size); {
	case still && !bytes.Equal(now, g.was[off:off+size]):
		x.Touched(at, Wrote)
	case g.direct:
		x.Touched(at, MayRead)
	default:
		return left
	}
	return left - 1
}
