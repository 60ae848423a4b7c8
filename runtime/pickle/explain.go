package pickle

// This file finds the part of a value that can't be sent. The walk doesn't record paths, which would cost more than the
// walk; when it fails, it is repeated with paths.

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unsafe"
)

// trail is the way to a value.
type trail struct {
	up   *trail
	step string // ".conn", "[1]"; the item's name
	item int    // at the beginning of the way
	// variable says that the value is the address of what the item names.
	variable bool
	name     string // the type of the value, as a learner knows it
	pkg      string // of that type
	// sealed says that the rest of the way lies within a compiled type, whose fields a learner doesn't see.
	sealed bool
	inside string // the learner's part of the sealed value; "" if the part is the compiled type's own
}

// explain returns the error for the walk's end at p.failed.
func (p *Pickler) explain(items []Item, cause error) error {
	x := &explainer{p: p, trails: map[uint32]*trail{}}
	found := x.search(items)
	if found == nil {
		found = &trail{name: "any", item: -1}
		if pl := p.failed.plan; pl != nil {
			found.name = pl.t.String()
		}
	}
	r := Refusal{What: article(found.name)}
	var own *Refusal
	switch b := boundOf(p.failed.plan); {
	case errors.As(cause, &own):
		r = *own
	case cause != nil:
		r.Advice = cause.Error()
	case b != nil:
		r.Why, r.Advice = b.why, b.advice
		if found.inside == "" {
			r.Advice = adviceFor(found, b.advice)
		}
	}
	switch {
	case own != nil && found.sealed:
		r.What = article(found.name) + " that holds " + r.What
	case own == nil && found.inside != "":
		r.What += " that holds " + article(found.inside)
	}
	return &Error{Path: found.String(), Item: found.root().item, Refusal: r}
}

func boundOf(pl *plan) *bound {
	if pl == nil {
		return nil
	}
	return pl.bound
}

// adviceFor returns what to do instead of sending a value of a compiled type.
func adviceFor(t *trail, otherwise string) string {
	name := t.name[strings.LastIndexByte(t.name, '.')+1:]
	if advice := boundPackages(t.pkg); advice != nil {
		return advice(name)
	}
	switch t.pkg {
	case "os":
		if name == "File" {
			return "send its name, and open it there"
		}
	case "net", "crypto/tls":
		if strings.Contains(name, "Listener") || name == "PacketConn" || name == "UDPConn" {
			return "send its address, and listen there"
		}
		return "send its address, and connect there"
	}
	return otherwise
}

// root returns the beginning of the way.
func (t *trail) root() *trail {
	for t.up != nil {
		t = t.up
	}
	return t
}

// maxSteps is how many steps of a path are shown at its beginning and at its end.
const maxSteps = 8

// String returns the path.
func (t *trail) String() string {
	var steps []string
	for ; t != nil; t = t.up {
		if t.step != "" {
			steps = append(steps, t.step)
		}
	}
	var b strings.Builder
	for i := len(steps) - 1; i >= 0; i-- {
		if left := len(steps) - 1 - i; len(steps) > 2*maxSteps+1 && left == maxSteps {
			i = maxSteps
			b.WriteString("…")
			continue
		}
		if s := steps[i]; b.Len() == 0 && strings.HasPrefix(s, ".") {
			b.WriteString(s[1:])
		} else {
			b.WriteString(s)
		}
	}
	return b.String()
}

type explainer struct {
	p      *Pickler
	trails map[uint32]*trail // of objects
	found  *trail
}

func (x *explainer) search(items []Item) *trail {
	for i := range x.p.roots {
		v := unsafe.Pointer(&x.p.roots[i])
		x.value(x.p.c.items, v, &trail{step: items[i].Name, item: i, variable: items[i].Variable})
	}
	for i := 1; i < len(x.p.objs) && x.found == nil; i++ {
		o := &x.p.objs[i]
		t := x.trails[uint32(i)]
		if t == nil {
			continue
		}
		switch o.kind {
		case objMemory, objShared:
			if !o.plan.refs { // the part isn't in it, and it may have millions of elements
				continue
			}
			for k := 0; k < o.n && x.found == nil; k++ {
				s := t
				if o.n > 1 || t.step == "" && t.up != nil && t.name == "" {
					s = x.in(t, "["+strconv.Itoa(k)+"]", o.plan)
				}
				x.value(o.plan, unsafe.Add(o.ptr, uintptr(k)*o.plan.size), s)
			}
		case objMap:
			if o.keys == nil || !o.plan.key.refs && !o.plan.elem.refs {
				continue
			}
			for k := 0; k < o.n && x.found == nil; k++ {
				key := unsafe.Add(o.keys, uintptr(k)*o.plan.key.size)
				x.value(o.plan.key, key, x.in(t, " key "+keyText(o.plan.key, key), o.plan.key))
				x.value(o.plan.elem, unsafe.Add(o.elems, uintptr(k)*o.plan.elem.size),
					x.in(t, "["+keyText(o.plan.key, key)+"]", o.plan.elem))
			}
		case objFunc:
			for _, v := range o.fn.Captured {
				step := ": captured variable " + v.Name
				if t.step == "" && t.up == nil {
					step = step[2:]
				}
				pl := x.p.c.plan(v.Type)
				x.refer(v.Pointer, pl, 1, x.in(t, step, pl))
			}
		}
	}
	return x.found
}

// in returns the trail to a part of a value.
func (x *explainer) in(t *trail, step string, pl *plan) *trail {
	if t.sealed {
		return t
	}
	return &trail{up: t, step: step, name: pl.t.String(), pkg: pl.t.PkgPath()}
}

// refer records how an object is reached.
func (x *explainer) refer(q unsafe.Pointer, pl *plan, n int, t *trail) {
	if x.found != nil {
		return
	}
	if x.p.failed == (place{q, pl}) {
		x.found = t
		return
	}
	if i, ok := x.p.known(q, pl, n); ok && x.trails[i] == nil {
		x.trails[i] = t
	}
}

// value looks for the part in a value.
func (x *explainer) value(pl *plan, v unsafe.Pointer, t *trail) {
	if x.found != nil || !pl.refs {
		return
	}
	if t.sealed && pl.t.PkgPath() == "main" && t.inside == "" {
		t = t.holding(pl)
	}
	if x.p.failed == (place{v, pl}) {
		x.found = t
		return
	}
	switch pl.op {
	case opPointer:
		if q := *(*unsafe.Pointer)(v); q != nil {
			if t.variable {
				t = &trail{step: t.step, item: t.item, name: pl.elem.t.String(), pkg: pl.elem.t.PkgPath()}
			}
			x.refer(q, pl.elem, 1, t)
		}
	case opSlice:
		if s := (*sliceHeader)(v); s.len > 0 {
			if s.len == 1 {
				t = x.in(t, "[0]", pl.elem)
			}
			x.refer(s.data, pl.elem, s.len, t)
		}
	case opStruct:
		seal := t
		if pl.foreign && !t.sealed {
			seal = &trail{up: t.up, step: t.step, item: t.item, name: t.name, pkg: pl.t.PkgPath(), sealed: true}
		}
		for i := range pl.fields {
			f := &pl.fields[i]
			x.value(f.plan, unsafe.Add(v, f.off), x.in(seal, "."+f.name, f.plan))
		}
	case opArray:
		for i := range pl.count {
			x.value(pl.elem, unsafe.Add(v, uintptr(i)*pl.elem.size), x.in(t, "["+strconv.Itoa(i)+"]", pl.elem))
		}
	case opAny, opIface:
		dyn, data, ok := dynamic(pl, v)
		if !ok {
			return
		}
		d := x.p.c.plan(dyn)
		if !t.sealed && (pl.op == opAny || pl.t.Name() == "" || pl.t == reflect.TypeFor[error]()) {
			t = &trail{up: t.up, step: t.step, item: t.item, variable: t.variable, name: dyn.String(),
				pkg: dyn.PkgPath()}
		} else if t.sealed && pl.op == opAny && t.inside == "" {
			t = t.holding(d)
		}
		if d.direct {
			x.value(d, unsafe.Add(v, unsafe.Sizeof(v)), t)
		} else {
			x.value(d, data, t)
			x.refer(data, d, 1, t)
		}
	case opMap:
		if m := *(*unsafe.Pointer)(v); m != nil {
			x.refer(m, pl, reflect.NewAt(pl.t, v).Elem().Len(), t)
		}
	case opFunc:
		if f := *(*unsafe.Pointer)(v); f != nil {
			x.refer(f, pl, 0, t)
		}
	case opReduce:
		for i, r := range x.p.reducers {
			if r == (place{v, pl}) {
				x.value(x.p.c.items, unsafe.Pointer(x.p.states[i]), t.seal(pl))
			}
		}
	}
}

// seal returns the trail to what a type's own form holds.
func (t *trail) seal(pl *plan) *trail {
	if t.sealed {
		return t
	}
	return &trail{up: t.up, step: t.step, item: t.item, name: t.name, pkg: pl.t.PkgPath(), sealed: true}
}

// holding returns the trail to what a learner has put into a compiled type.
func (t *trail) holding(pl *plan) *trail {
	return &trail{up: t.up, step: t.step, item: t.item, name: t.name, pkg: t.pkg, sealed: true, inside: pl.t.String()}
}

// keyText writes a map's key as it is typed.
func keyText(pl *plan, v unsafe.Pointer) string {
	k := reflect.NewAt(pl.t, v).Elem()
	if k.Kind() == reflect.Interface {
		k = k.Elem()
	}
	switch k.Kind() {
	case reflect.String:
		if s := k.String(); len(s) > 40 {
			return strconv.Quote(s[:40]) + "…"
		}
		return strconv.Quote(k.String())
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint,
		reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return fmt.Sprint(k)
	}
	return "…"
}
