package pickle

// This file defines the codec: what is known of types, and the entry points.

import (
	"reflect"
	"sync"
)

// Codec writes and reads values, and caches what it learns about types. It is safe for concurrent use.
type Codec struct {
	r Resolver

	plans    sync.Map // reflect.Type → *plan
	byWire   sync.Map // the wire form of a type → *plan
	picklers sync.Pool
	readers  sync.Pool

	mu       sync.Mutex // protects the fields below
	building map[reflect.Type]*plan
	wires    int // in byWire
	basic    [32]*plan
	items    *plan // []any's element
}

// Options are what a program says about itself.
type Options struct {
	Resolver Resolver // nil: an empty Table
}

// New returns a codec. nil options are the defaults.
func New(o *Options) *Codec {
	c := &Codec{}
	if o != nil {
		c.r = o.Resolver
	}
	if c.r == nil {
		c.r = new(Table)
	}
	c.picklers.New = func() any { return &Pickler{c: c} }
	c.readers.New = func() any { return &Unpickler{c: c} }
	for k, t := range basicTypes() {
		if t != nil {
			c.basic[k] = c.plan(t)
			c.basic[k].code = uint32(k)
		}
	}
	c.items = c.plan(reflect.TypeFor[any]())
	return c
}

// Item is one of several values that are sent together. Its name is what a learner calls it: the path of what
// can't be sent begins with it.
type Item struct {
	Name  string
	Value any
	// Variable says that the value is the address of a variable, which is what the name denotes.
	Variable bool
}

// Dumps returns the bytes for a value. keep is given each handle that a Reducer keeps and returns the number by which
// it is found among those that travel beside the bytes; nil if none can. The error is an *Error.
func (c *Codec) Dumps(v any, keep func(handle any) (int, error)) ([]byte, error) {
	return c.DumpItems([]Item{{Value: v}}, keep)
}

// DumpItems is Dumps for values that are sent together: what they share is shared by the copies too.
func (c *Codec) DumpItems(items []Item, keep func(handle any) (int, error)) ([]byte, error) {
	return c.DumpInto(nil, items, keep)
}

// DumpInto is DumpItems for a caller that has memory for the bytes: they lie in into if that has room.
func (c *Codec) DumpInto(into []byte, items []Item, keep func(handle any) (int, error)) ([]byte, error) {
	p := c.picklers.Get().(*Pickler)
	out, err := p.dump(into, items, keep)
	p.reset()
	c.picklers.Put(p)
	return out, err
}

// Loads makes the value of the bytes. handle returns the handle of a number; nil if there are none. The error is a
// *Malformed, or that of a Restorer or a Resolver. Loads keeps no part of b.
func (c *Codec) Loads(b []byte, handle func(i int) any) (any, error) {
	vs, err := c.LoadItems(b, handle)
	if err != nil {
		return nil, err
	}
	if len(vs) != 1 {
		return nil, &Malformed{0, "it holds several values, not one"}
	}
	return vs[0], nil
}

// LoadItems makes the values that DumpItems was given.
func (c *Codec) LoadItems(b []byte, handle func(i int) any) ([]any, error) {
	u := c.readers.Get().(*Unpickler)
	vs, err := u.load(b, handle)
	u.reset()
	c.readers.Put(u)
	return vs, err
}

// LoadMost is LoadItems, but objects that their Restorers can't restore stay zero: what a new process begins with must
// not depend on a variable that it may never use.
func (c *Codec) LoadMost(b []byte, handle func(i int) any) (vs []any, faults []Fault, err error) {
	u := c.readers.Get().(*Unpickler)
	u.most = true
	vs, err = u.load(b, handle)
	faults = u.faults
	u.reset()
	c.readers.Put(u)
	return vs, faults, err
}
