package multiprocessing

// This file defines proxies of a manager's data: DictProxy, ListProxy, NamespaceProxy, ValueProxy, ArrayProxy.

import (
	"iter"
	"reflect"

	"gilkernel/runtime/builtins"
	"gilkernel/runtime/exceptions"
)

// A DictProxy stands for a dict of a manager. It has the methods of builtins.Dict and panics as they do. Each method
// except IAdd is one call, which is atomic for all processes; two calls aren't. Values are copies: after you change
// one, set it again. A proxy in the dict stays a proxy.
type DictProxy struct{ proxy }

// Dict makes a dict of keys and values in turn: m.dict(a=1) is m.Dict("a", 1).
func (g *Manager) Dict(pairs ...any) *DictProxy {
	builtins.NewDict(pairs...) // panics here, in the caller, if the pairs are wrong
	return &DictProxy{g.create("dict", nil, pairs...)}
}

// Len returns len(d).
func (d *DictProxy) Len() int { return is[int](&d.proxy, "Len") }

// GetItem returns d[key]. It panics with a KeyError if there is no such key.
func (d *DictProxy) GetItem(key any) any { return d.do("GetItem", key) }

// SetItem sets d[key] = value.
func (d *DictProxy) SetItem(key, value any) { d.do("SetItem", key, value) }

// DelItem is del d[key]. It panics with a KeyError if there is no such key.
func (d *DictProxy) DelItem(key any) { d.do("DelItem", key) }

// IAdd is d[key] += x: a read and a write, between which other threads and processes may change the value.
func (d *DictProxy) IAdd(key, x any) { d.SetItem(key, added(d.GetItem(key), x)) }

// added returns a + b, as Python adds.
func added(a, b any) any {
	d := builtins.NewDict(0, a)
	d.IAdd(0, b)
	return d.GetItem(0)
}

// Get returns the value of a key; if there is none, it returns otherwise, or nil: d.get(key).
func (d *DictProxy) Get(key any, otherwise ...any) any {
	return d.do("Get", append([]any{key}, otherwise...)...)
}

// Contains reports whether d has the key: key in d.
func (d *DictProxy) Contains(key any) bool { return is[bool](&d.proxy, "Contains", key) }

// SetDefault returns the value of a key; if there is none, it sets value, or nil, first: d.setdefault(key, value).
func (d *DictProxy) SetDefault(key any, value ...any) any {
	return d.do("SetDefault", append([]any{key}, value...)...)
}

// Pop removes a key and returns its value; if there is none, it returns otherwise. It panics with a KeyError if there
// is neither.
func (d *DictProxy) Pop(key any, otherwise ...any) any {
	return d.do("Pop", append([]any{key}, otherwise...)...)
}

// PopItem removes the last pair and returns it. It panics with a KeyError if the dict is empty.
func (d *DictProxy) PopItem() (key, value any) {
	pair, _ := d.do("Take").([]any)
	return part[any](pair, 0), part[any](pair, 1)
}

// Update sets the pairs of a builtins.Dict, a Go map, or another proxy: d.update(x).
func (d *DictProxy) Update(mapping any) {
	if p, ok := mapping.(*DictProxy); ok {
		mapping = p.Copy()
	}
	var pairs []any
	for k, v := range builtins.DictOf(mapping).Items() {
		pairs = append(pairs, k, v)
	}
	d.do("UpdatePairs", pairs)
}

// Clear removes all pairs.
func (d *DictProxy) Clear() { d.do("Clear") }

// Copy returns a dict of this process with the same pairs: d.copy().
func (d *DictProxy) Copy() *builtins.Dict {
	return builtins.NewDict(is[[]any](&d.proxy, "PairsList")...)
}

// Keys yields copies of the keys that the dict has when the loop begins: d.keys().
func (d *DictProxy) Keys() iter.Seq[any] {
	return func(yield func(any) bool) { d.Copy().Keys()(yield) }
}

// Values yields copies of the values that the dict has when the loop begins: d.values().
func (d *DictProxy) Values() iter.Seq[any] {
	return func(yield func(any) bool) { d.Copy().Values()(yield) }
}

// Items yields copies of the pairs that the dict has when the loop begins: d.items().
func (d *DictProxy) Items() iter.Seq2[any, any] {
	return func(yield func(any, any) bool) { d.Copy().Items()(yield) }
}

// A ListProxy stands for a list of a manager; see DictProxy. It has the methods of builtins.List.
type ListProxy struct{ proxy }

// List makes a list of the items: m.list([1, 2]) is m.List(1, 2).
func (g *Manager) List(items ...any) *ListProxy {
	return &ListProxy{g.create("list", nil, items...)}
}

// Len returns len(l).
func (l *ListProxy) Len() int { return is[int](&l.proxy, "Len") }

// GetItem returns l[i]. It panics with an IndexError if there is no such item.
func (l *ListProxy) GetItem(i int) any { return l.do("GetItem", i) }

// SetItem sets l[i] = item. It panics with an IndexError if there is no such item.
func (l *ListProxy) SetItem(i int, item any) { l.do("SetItem", i, item) }

// DelItem is del l[i]. It panics with an IndexError if there is no such item.
func (l *ListProxy) DelItem(i int) { l.do("DelItem", i) }

// IAdd is l[i] += x: a read and a write, between which other threads and processes may change the item.
func (l *ListProxy) IAdd(i int, x any) { l.SetItem(i, added(l.GetItem(i), x)) }

// Slice returns l[i:j] as a list of this process.
func (l *ListProxy) Slice(i, j int) *builtins.List {
	return builtins.NewList(is[[]any](&l.proxy, "Part", i, j)...)
}

// Copy returns a list of this process with the same items: l[:].
func (l *ListProxy) Copy() *builtins.List { return l.Slice(0, int(^uint(0)>>1)) }

// items returns the items of an iterable as a slice that can be sent.
func items(iterable any) []any {
	if p, ok := iterable.(*ListProxy); ok {
		iterable = p.Copy()
	}
	list := []any{}
	for x := range builtins.ListOf(iterable).All() {
		list = append(list, x)
	}
	return list
}

// SetSlice sets l[i:j] = iterable.
func (l *ListProxy) SetSlice(i, j int, iterable any) { l.do("SetSlice", i, j, items(iterable)) }

// DelSlice is del l[i:j].
func (l *ListProxy) DelSlice(i, j int) { l.do("DelSlice", i, j) }

// Append adds an item at the end.
func (l *ListProxy) Append(item any) { l.do("Append", item) }

// Extend adds the items of an iterable at the end.
func (l *ListProxy) Extend(iterable any) { l.do("Extend", items(iterable)) }

// Insert inserts an item before index i.
func (l *ListProxy) Insert(i int, item any) { l.do("Insert", i, item) }

// Pop removes the item at an index, or the last one, and returns it. It panics with an IndexError if there is none.
func (l *ListProxy) Pop(index ...int) any {
	args := []any{}
	for _, i := range index {
		args = append(args, i)
	}
	return l.do("Pop", args...)
}

// Remove removes the first item that equals x. It panics with a ValueError if there is none.
func (l *ListProxy) Remove(x any) { l.do("Remove", x) }

// Index returns the index of the first item that equals x. It panics with a ValueError if there is none.
func (l *ListProxy) Index(x any) int { return is[int](&l.proxy, "Index", x) }

// Count returns how many items equal x.
func (l *ListProxy) Count(x any) int { return is[int](&l.proxy, "Count", x) }

// Contains reports whether an item equals x: x in l.
func (l *ListProxy) Contains(x any) bool { return is[bool](&l.proxy, "Contains", x) }

// Clear removes all items.
func (l *ListProxy) Clear() { l.do("Clear") }

// Reverse reverses the list.
func (l *ListProxy) Reverse() { l.do("Reverse") }

// Sort sorts the list: l.sort().
func (l *ListProxy) Sort() { l.do("Order", nil, false) }

// SortBy sorts the list by key, a function that the manager's process calls, or nil for the items themselves; in
// descending order if reverse is true: l.sort(key=…, reverse=…).
func (l *ListProxy) SortBy(key any, reverse bool) { l.do("Order", key, reverse) }

// All yields the items, each with a call of its own, until the list has no more: for x in l.
func (l *ListProxy) All() iter.Seq[any] {
	return func(yield func(any) bool) {
		for i := 0; ; i++ {
			v, err := l.try("GetItem", i)
			if exceptions.Is(err, "IndexError") {
				return
			}
			if err != nil {
				panic(err)
			}
			if !yield(v) {
				return
			}
		}
	}
}

// A NamespaceProxy stands for a managers.Namespace: ns.x is ns.Get("x"), ns.x = 1 is ns.Set("x", 1).
type NamespaceProxy struct{ proxy }

// Namespace makes a namespace.
func (g *Manager) Namespace() *NamespaceProxy { return &NamespaceProxy{g.create("Namespace", nil)} }

// Get returns ns.name. It panics with an AttributeError if there is no such attribute.
func (n *NamespaceProxy) Get(name string) any { return n.do("Get", name) }

// Set sets ns.name = value.
func (n *NamespaceProxy) Set(name string, value any) { n.do("Set", name, value) }

// Del is del ns.name. It panics with an AttributeError if there is no such attribute.
func (n *NamespaceProxy) Del(name string) { n.do("Del", name) }

// A ValueProxy stands for a value of a manager. The value may be of any type: the type code isn't checked, as in
// Python.
type ValueProxy struct{ proxy }

// Value makes a value: m.Value("i", 1).
func (g *Manager) Value(typecode string, value any) *ValueProxy {
	return &ValueProxy{g.create("Value", nil, typecode, value)}
}

// Value returns the value: v.value.
func (v *ValueProxy) Value() any { return v.do("Get") }

// Int returns the value as an int. It panics with a TypeError if the value is of another type.
func (v *ValueProxy) Int() int {
	x := v.Value()
	n, ok := x.(int)
	if !ok {
		panic(exceptions.Type("the value %v is of type %T, not an int", x, x))
	}
	return n
}

// SetValue sets the value: v.value = x.
func (v *ValueProxy) SetValue(x any) { v.do("Set", x) }

// An ArrayProxy stands for an array of a manager.
type ArrayProxy struct{ proxy }

// Array makes an array of numbers, with the type codes of NewArray: m.Array("i", [1, 2]) is m.Array("i", []int{1, 2}).
func (g *Manager) Array(typecode string, values any) *ArrayProxy {
	typecodeOf(typecode)
	if k := reflect.ValueOf(values).Kind(); k != reflect.Slice && k != reflect.Array {
		panic(exceptions.Type("Array takes a slice, not %T", values))
	}
	return &ArrayProxy{g.create("Array", nil, typecode, values)}
}

// Len returns len(a).
func (a *ArrayProxy) Len() int { return is[int](&a.proxy, "Len") }

// Get returns a[i]. It panics with an IndexError if there is no such number.
func (a *ArrayProxy) Get(i int) any { return a.do("Get", i) }

// Set sets a[i] = x. It panics with an IndexError if there is no such number, and with a TypeError if x is of another
// type.
func (a *ArrayProxy) Set(i int, x any) { a.do("Set", i, x) }

// Slice returns copies of numbers: Slice() is a[:], Slice(1) is a[1:], Slice(1, 3) is a[1:3].
func (a *ArrayProxy) Slice(limits ...int) []any {
	args := []any{}
	for _, i := range limits {
		args = append(args, i)
	}
	return is[[]any](&a.proxy, "Slice", args...)
}
