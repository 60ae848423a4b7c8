package exec

// This file defines what explored threads hear of values that come into a cell from elsewhere: results of compiled
// code, what an iterator yields, what compiled code calls a function of the cell with. What isn't the same in each run,
// such as a time, a random number or the order of a map, comes this way or by a range over a map.

import (
	"go/ast"
	"go/types"
	"reflect"
	"unsafe"
)

// Leads reports whether a value that comes from elsewhere can lead to a timer: a number or a text can't.
func (s *Site) Leads() bool { return s.leads }

// hears returns the site of values that come from elsewhere; nil if no thread hears of them.
func (c *fn) hears(name string, e ast.Node, t *typ) *Site {
	if c.src.steps != StepAccess {
		return nil
	}
	return c.e.hears(name, c.src.position(e.Pos()), t)
}

func (e *Engine) hears(name, pos string, t *typ) *Site {
	s := &Site{Op: "result", Name: name, Pos: pos, e: e, t: t}
	switch t.kind {
	case reflect.Pointer, reflect.Interface, reflect.Struct, reflect.Chan, reflect.Slice:
		s.leads = true
	}
	return s
}

// heard tells the thread of the value at an address.
func (s *Site) heard(fr *frame, at unsafe.Pointer) {
	if x := fr.g.explored; x != nil && x.Hears(s) {
		x.Hear(s, at)
	}
}

// comes returns x, the value of a call, of which the thread hears if it comes from elsewhere.
func (c *fn) comes(e *ast.CallExpr, x *expr) *expr {
	if c.src.steps != StepAccess || x.t.class == classNone || !c.elsewhere(e) {
		return x
	}
	name := types.ExprString(e.Fun) + "()"
	y := *x
	y.bin, y.cmp, y.at = nil, nil, nil
	if x.t.class == classTuple {
		return c.allCome(name, e, &y)
	}
	s := c.hears(name, e, x.t)
	y.b = hearing(s, x.b, func(v boolFn) *expr { return &expr{t: x.t, b: v} })
	y.i = hearing(s, x.i, func(v intFn) *expr { return &expr{t: x.t, i: v} })
	y.f = hearing(s, x.f, func(v floatFn) *expr { return &expr{t: x.t, f: v} })
	y.s = hearing(s, x.s, func(v stringFn) *expr { return &expr{t: x.t, s: v} })
	y.p = hearing(s, x.p, func(v ptrFn) *expr { return &expr{t: x.t, p: v} })
	if f := x.into; f != nil {
		y.into = func(fr *frame, dst unsafe.Pointer) { f(fr, dst); s.heard(fr, dst) }
	}
	return &y
}

// hearing returns f with the news of its value; as makes an expression of one. It returns nil for nil.
func hearing[T any, F ~func(fr *frame) T](s *Site, f F, as func(F) *expr) F {
	if f == nil {
		return nil
	}
	return func(fr *frame) T {
		v := f(fr)
		if x := fr.g.explored; x != nil && x.Hears(s) {
			memory := unsafeNew(s.e.rtype(s.t))
			as(func(*frame) T { return v }).put()(fr, memory)
			x.Hear(s, memory)
		}
		return v
	}
}

// allCome is comes for a call with several results.
func (c *fn) allCome(name string, e *ast.CallExpr, x *expr) *expr {
	var sites []*Site
	for _, r := range x.slots {
		sites = append(sites, c.hears(name, e, r.t))
	}
	slots := x.slots
	if f := x.call; f != nil {
		x.call = func(fr *frame) *frame {
			g := f(fr)
			for i, s := range sites {
				s.heard(fr, g.at(slots[i].off))
			}
			return g
		}
		return x
	}
	f := x.void
	x.void = func(fr *frame) {
		f(fr)
		for i, s := range sites {
			s.heard(fr, fr.at(slots[i].off))
		}
	}
	return x
}

// elsewhere reports whether a call is known to call something other than a function of a cell, and other than this
// program's own library: that is the machine's, and does the same in each run.
func (c *fn) elsewhere(e *ast.CallExpr) bool {
	o, _ := named(c.src, e)
	f, ok := o.(*types.Func)
	return ok && f.Pkg() != nil && !ownPackage(f) && !library(f.Pkg().Path())
}

// Strangers is implemented by hosts that refuse calls of cells' functions by goroutines that no machine schedules.
type Strangers interface {
	// Refuses is called by a goroutine that is no thread, and is about to call a function of a cell. It returns nil if
	// it may. Otherwise what it returns is called with the position of the function's declaration, and the goroutine
	// ends.
	Refuses() (refused func(pos string))
}

// called is what a call by compiled code begins with: the thread hears of the arguments in f. It reports whether the
// call is refused.
func (k *code) called(g *G, f *frame) (refused bool) {
	if g.thread == nil {
		if s, ok := g.eng.host.(Strangers); ok {
			if refuse := s.Refuses(); refuse != nil {
				refuse(k.src.position(k.pos))
				return true
			}
		}
		return false
	}
	if x := g.explored; x != nil && !k.hidden && k.src != nil && k.src.steps == StepAccess {
		for i, s := range k.given(g.eng) {
			if x.Hears(s) {
				x.Hear(s, f.at(k.params[i].off))
			}
		}
	}
	return false
}

// given returns the sites of a function's parameters, which are the same for each call.
func (k *code) given(e *Engine) []*Site {
	if list := k.hears.Load(); list != nil {
		return *list
	}
	list := make([]*Site, len(k.params))
	for i, p := range k.params {
		list[i] = e.hears("what this function is called with", k.src.position(k.pos), p.t)
	}
	k.hears.CompareAndSwap(nil, &list)
	return *k.hears.Load()
}
