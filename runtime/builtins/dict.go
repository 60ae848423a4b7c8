package builtins

// This file defines dictionaries: Objects/dictobject.c.

import (
	"reflect"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
)

// A Dict is Python's dict: keys in the order of their first insertion, in all versions. Each method is one call, which
// is atomic with and without a GIL; two calls in a row aren't. Numbers of all types are the same key if they are the
// same number. The zero Dict is empty and ready. It must not be copied. All methods may be called by several threads
// and goroutines at once.
type Dict struct {
	object
	index   map[any]int // the place in entries by keyOf's key; protected by mu, as all below
	entries []entry     // dead ones too, until there is no room
	used    int
	room    int // for entries, before they are moved together: USABLE_FRACTION of the table
}

type entry struct {
	key, value any
	hash       any // keyOf(key)
	live       bool
}

// NewDict returns a dictionary of keys and values in turn: {"a": 1, "b": 2} is NewDict("a", 1, "b", 2). It panics with
// a TypeError if the last key has no value or a key can't be one.
func NewDict(pairs ...any) *Dict {
	if len(pairs)%2 != 0 {
		panic(exceptions.Type("builtins.NewDict takes keys and values in turn: the last key, %s, has no value",
			Repr(pairs[len(pairs)-1])))
	}
	d := &Dict{}
	for i := 0; i < len(pairs); i += 2 {
		d.put(keyOf(pairs[i]), pairs[i], pairs[i+1])
	}
	return d
}

// DictOf returns a dictionary with the pairs of another one, or of a map of Go's in the order of its keys: dict(x). It
// panics with a TypeError for anything else.
func DictOf(mapping any) *Dict {
	d := &Dict{}
	d.Update(mapping)
	return d
}

// find returns a key's place. Callers hold mu.
func (d *Dict) find(hash any) (int, bool) {
	i, ok := d.index[hash]
	return i, ok
}

// put sets a key's value. Callers hold mu, or are alone.
func (d *Dict) put(hash, key, value any) {
	if i, ok := d.index[hash]; ok {
		d.entries[i].value = value
		return
	}
	if len(d.entries) >= d.room {
		d.grow()
	}
	d.index[hash] = len(d.entries)
	d.entries = append(d.entries, entry{key, value, hash, true})
	d.used++
}

// grow makes room and moves the entries together: insertion_resize, GROWTH_RATE.
func (d *Dict) grow() {
	size := 8
	for size < d.used*3 {
		size *= 2
	}
	d.room = max(size*2/3, d.used+1)
	entries := make([]entry, 0, d.room)
	d.index = make(map[any]int, d.room)
	for _, e := range d.entries {
		if e.live {
			d.index[e.hash] = len(entries)
			entries = append(entries, e)
		}
	}
	d.entries = entries
}

// drop removes the entry at a place and returns it. Callers hold mu.
func (d *Dict) drop(i int) entry {
	e := d.entries[i]
	delete(d.index, e.hash)
	d.entries[i] = entry{}
	d.used--
	return e
}

// missing panics with a KeyError.
func missing(key any) {
	panic(&exceptions.KeyError{Key: key, Message: Repr(key)})
}

// Len returns len(d).
func (d *Dict) Len() int {
	t := d.reading()
	n := d.length()
	after(t)
	return n
}

func (d *Dict) length() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.used
}

func (d *Dict) lookup(hash any) (any, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if i, ok := d.find(hash); ok {
		return d.entries[i].value, true
	}
	return nil, false
}

// GetItem returns d[key]. It panics with a KeyError if there is no such key. Since Python 3.10 a thread loses the GIL
// at calls, not at an index: here it may lose it in Get, and not in GetItem, SetItem, DelItem and IAdd.
func (d *Dict) GetItem(key any) any {
	hash := keyOf(key)
	d.reading()
	v, ok := d.lookup(hash)
	if !ok {
		missing(key)
	}
	return v
}

// SetItem is d[key] = value.
func (d *Dict) SetItem(key, value any) {
	hash := keyOf(key)
	t := d.changing()
	d.enter(t, 0)
	d.mu.Lock()
	d.put(hash, key, value)
	d.mu.Unlock()
	d.exit(t)
}

// DelItem is del d[key]. It panics with a KeyError if there is no such key.
func (d *Dict) DelItem(key any) {
	if _, ok := d.take(d.changing(), key); !ok {
		missing(key)
	}
}

// take removes a key and returns its value.
func (d *Dict) take(t *machine.Thread, key any) (any, bool) {
	hash := keyOf(key)
	d.enter(t, 0)
	defer d.exit(t)
	d.mu.Lock()
	defer d.mu.Unlock()
	if i, ok := d.find(hash); ok {
		return d.drop(i).value, true
	}
	return nil, false
}

// IAdd is d[key] += x: a read and then a write, between which another thread may come. Through Python 3.9 and without a
// GIL it may come at any time; from 3.10 through 3.14 a thread loses the GIL only at calls and at loop back-edges, so
// that it can't. It panics with a KeyError if there is no such key, and with a TypeError if the two can't be added.
func (d *Dict) IAdd(key, x any) { d.SetItem(key, add(d.GetItem(key), x)) }

// Get returns the value of a key, or if there is no such key the default, which is nil unless it is given: d.get(key,
// 0).
func (d *Dict) Get(key any, otherwise ...any) any {
	hash := keyOf(key)
	t := d.reading()
	v, ok := d.lookup(hash)
	if !ok {
		v = defaultOf("get", otherwise)
	}
	after(t)
	return v
}

func defaultOf(method string, otherwise []any) any {
	switch len(otherwise) {
	case 0:
		return nil
	case 1:
		return otherwise[0]
	}
	panic(exceptions.Type("%s expected at most 2 arguments, got %d", method, 1+len(otherwise)))
}

// Contains reports whether there is such a key: key in d.
func (d *Dict) Contains(key any) bool {
	hash := keyOf(key)
	d.reading()
	_, ok := d.lookup(hash)
	return ok
}

// SetDefault returns the value of a key, and sets it to value if there is no such key, in one call: d.setdefault(key,
// value).
func (d *Dict) SetDefault(key any, value ...any) any {
	hash := keyOf(key)
	v := defaultOf("setdefault", value)
	t := d.changing()
	d.enter(t, 0)
	d.mu.Lock()
	if i, ok := d.find(hash); ok {
		v = d.entries[i].value
	} else {
		d.put(hash, key, v)
	}
	d.mu.Unlock()
	d.exit(t)
	after(t)
	return v
}

// Pop removes a key and returns its value: d.pop(key). If there is no such key it returns the default, or panics with a
// KeyError if none is given.
func (d *Dict) Pop(key any, otherwise ...any) any {
	t := d.changing()
	v, ok := d.take(t, key)
	after(t)
	if !ok {
		if len(otherwise) == 0 {
			missing(key)
		}
		return defaultOf("pop", otherwise)
	}
	return v
}

// PopItem removes the pair that was inserted last and returns it: d.popitem(). It panics with a KeyError, "popitem():
// dictionary is empty", if there is none.
func (d *Dict) PopItem() (key, value any) {
	t := d.changing()
	d.enter(t, 0)
	d.mu.Lock()
	var e entry
	for i := len(d.entries) - 1; i >= 0 && !e.live; i-- {
		if d.entries[i].live {
			e = d.drop(i)
		}
		d.entries = d.entries[:i]
	}
	d.mu.Unlock()
	d.exit(t)
	after(t)
	if !e.live {
		panic(&exceptions.KeyError{Key: "popitem(): dictionary is empty"})
	}
	return e.key, e.value
}

// Update sets the pairs of another dictionary, or of a map of Go's: d.update(x). It panics with a TypeError for
// anything else.
func (d *Dict) Update(mapping any) {
	t := before()
	pairs := pairsOf(mapping)
	d.enter(t, len(pairs))
	d.mu.Lock()
	for _, e := range pairs {
		d.put(e.hash, e.key, e.value)
	}
	d.mu.Unlock()
	d.exit(t)
	after(t)
}

// pairsOf returns the pairs of a mapping.
func pairsOf(mapping any) []entry {
	if d, ok := mapping.(*Dict); ok && d != nil {
		return d.pairs()
	}
	m := reflect.ValueOf(mapping)
	if m.Kind() != reflect.Map {
		panic(exceptions.Type("'%s' object is not a mapping", typeName(m)))
	}
	var all []entry
	for _, k := range sortedKeys(m) {
		all = append(all, entry{k, m.MapIndex(reflect.ValueOf(k)).Interface(), keyOf(k), true})
	}
	return all
}

// pairs returns the live entries.
func (d *Dict) pairs() []entry {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make([]entry, 0, d.used)
	for _, e := range d.entries {
		if e.live {
			all = append(all, e)
		}
	}
	return all
}

// keys returns the keys: list(d).
func (d *Dict) keys() []any {
	var all []any
	for _, e := range d.pairs() {
		all = append(all, e.key)
	}
	return all
}

// Clear removes all pairs: d.clear().
func (d *Dict) Clear() {
	t := d.changing()
	d.enter(t, 0)
	d.mu.Lock()
	d.index, d.entries, d.used, d.room = nil, nil, 0, 0
	d.mu.Unlock()
	d.exit(t)
	after(t)
}

// Copy returns a dictionary with the same pairs: d.copy().
func (d *Dict) Copy() *Dict {
	t := d.reading()
	d.enter(t, d.length())
	c := &Dict{}
	for _, e := range d.pairs() {
		c.put(e.hash, e.key, e.value)
	}
	d.exit(t)
	after(t)
	return c
}

// equal reports whether two dictionaries have equal pairs, in whatever order.
func (d *Dict) equal(o *Dict) bool {
	pairs := d.pairs()
	if len(pairs) != o.length() {
		return false
	}
	for _, e := range pairs {
		if v, ok := o.lookup(e.hash); !ok || !equals(e.value, v) {
			return false
		}
	}
	return true
}
