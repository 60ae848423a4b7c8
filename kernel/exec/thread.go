package exec

// This file defines what goroutines that are threads of a Python do differently: their checks may hand the GIL to
// another thread, and compiled functions that block release it.

import (
	"go/token"
	"go/types"
	"reflect"
	"sync/atomic"
	"unsafe"

	"gilkernel/kernel/std/frees"
)

// Thread is a goroutine's place in a Python. Only that goroutine calls its methods.
type Thread interface {
	// Flag is not zero while checks must call Check. The pointer never changes.
	Flag() *atomic.Uint32
	// Check may let other threads run. It is called at loop back-edges, at the beginning of functions and behind
	// calls of compiled ones.
	Check()
	// Step, too, may let other threads run. It is called before each write to what threads share: between the read and
	// the write of an update.
	Step()
	// Steps reports whether Step has an effect.
	Steps() bool
	// Spend charges the cost of a check where there is none: in the standard library's own code, which counts as native
	// code.
	Spend()
	// Attached reports whether the thread holds the GIL or needs none. Attach acquires it, Detach releases it.
	Attached() bool
	Attach()
	Detach()
	// Blocking calls a compiled function without the GIL. what is IO or Native.
	Blocking(what frees.How, name string, fn func())
	// Elsewhere reports whether Blocking calls functions on another goroutine, which is no thread.
	Elsewhere() bool
	// Holding calls a compiled function that doesn't release the GIL; work is how much it has to do, roughly in
	// bytes.
	Holding(name string, work int, fn func())
	// Runs sets what the goroutine executes from now on, nil if that isn't known, and returns the previous value. It
	// lets others find out where the thread is.
	Runs(g *G) *G
	// Watches reports whether Holding has an effect; if not, functions are called without it.
	Watches() bool
}

// adopt makes g that of the calling goroutine, which may be a thread.
func (g *G) adopt(t Thread) {
	g.thread, g.flag, g.steps, g.explored = t, &g.eng.flag, false, nil
	if t != nil {
		if x, ok := t.(Explored); ok && x.Explores() {
			g.explored = x
		}
		g.flag, g.steps, g.image = t.Flag(), t.Steps(), imageOf(t)
		t.Runs(g)
	} else {
		g.image = imageOf(g.host)
	}
}

// tick is a check that found the flag raised, at the beginning of a function or at a loop back-edge.
func (fr *frame) tick() {
	if fr.code.hidden { // a wrapper: what it calls checks by itself
		fr.g.eng.host.Tick(fr.g.host)
		return
	}
	if t := fr.g.thread; t != nil && fr.code.src.native {
		t.Spend()
		fr.g.eng.host.Tick(fr.g.host)
		return
	}
	fr.g.ticking = fr
	fr.g.returned()
	fr.g.ticking = nil
}

// returned is a check that found the flag raised, after a call of a compiled function.
func (g *G) returned() {
	if g.thread != nil {
		g.thread.Check()
	}
	g.eng.host.Tick(g.host)
}

// around returns call, a compiled function's, as a thread does it. recv returns a method's receiver; it is nil
// for a function.
func around(
	recv func(fr *frame) reflect.Value, params []slot, how frees.How, name string, call func(fr *frame),
) func(fr *frame) {
	return func(fr *frame) {
		t := fr.g.thread
		switch {
		case t == nil || how == frees.Knows:
			call(fr)
		case how == frees.Much && work(params, fr) >= frees.MuchBytes:
			t.Blocking(frees.Work, name, func() { call(fr) })
		case how != frees.Holds && how != frees.Much && t.Elsewhere() && inward(recv, params, fr):
			call(fr)
		case how != frees.Holds && how != frees.Much:
			t.Blocking(how, name, func() { call(fr) })
		case t.Watches():
			t.Holding(name, work(params, fr), func() { call(fr) })
		default:
			call(fr)
		}
	}
}

// work is how many bytes a call's strings and slices have.
func work(params []slot, fr *frame) (n int) {
	for _, s := range params {
		p := fr.at(s.off)
		switch s.t.kind {
		case reflect.String:
			n += len(*(*string)(p))
		case reflect.Slice:
			if h := (*slice)(p); h.data != nil {
				n += h.len * size(s.t)
			}
		case reflect.Interface:
			if v := dynamic(p, isEface(s.t)); v.typ != nil {
				switch rv := reflect.ValueOf(*(*any)(unsafe.Pointer(&v))); rv.Kind() {
				case reflect.Slice:
					n += rv.Len() * int(rv.Type().Elem().Size())
				case reflect.String, reflect.Map:
					n += rv.Len()
				}
			}
		}
	}
	return n
}

// size returns how many bytes an element of a slice has, at least 1.
func size(t *typ) int {
	if u, ok := t.u.(*types.Slice); ok {
		return int(max(types.SizesFor("gc", "amd64").Sizeof(u.Elem()), 1))
	}
	return 1
}

// freesMethod reports whether a method of a compiled type releases the GIL, and returns the method's name with its
// type.
func (e *Engine) freesMethod(rt reflect.Type, name string) (frees.How, string) {
	recv := rt
	if rt.Kind() == reflect.Pointer {
		recv = rt.Elem()
	}
	return e.host.Frees(recv.PkgPath(), name), rt.String() + "." + name
}

// Where returns the place of the innermost call of a learner's function, as "In[3]" and a line; line is 0 if
// there is none. It takes some 10 ns. Only the goroutine itself may call it.
func (g *G) Where() (file string, line int) {
	f := g.cur
	for f != nil && (f.code.hidden || f.code.src.native) {
		f = f.up
	}
	if f == nil {
		return "", 0
	}
	l := f.code.lines.Load()
	if l == nil {
		l = f.code.findLines()
	}
	if f.place.IsValid() {
		return l.file, f.code.src.line(f.place)
	}
	if f.pc < len(l.at) {
		return l.file, int(l.at[f.pc])
	}
	return l.file, 0
}

// lines are the lines of a function's operations.
type lines struct {
	file string
	at   []int32
}

// findLines looks up all lines at once, because looking up one position is too slow.
func (k *code) findLines() *lines {
	l := &lines{at: make([]int32, len(k.places))}
	var last token.Pos
	for i, p := range k.places {
		switch {
		case i > 0 && p == last:
			l.at[i] = l.at[i-1]
		case p.IsValid() && k.src.fset != nil:
			at := k.src.fset.Position(p)
			l.file, l.at[i] = at.Filename, int32(at.Line)
		}
		last = p
	}
	k.lines.Store(l)
	return l
}
