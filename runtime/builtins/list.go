package builtins

// This file defines lists: Objects/listobject.c.

import (
	"iter"
	"reflect"

	"gilkernel/runtime/exceptions"
)

// A List is Python's list. Each method is one call, which is atomic with a GIL and, but for the ones that call back,
// without; two calls in a row aren't. The zero List is empty and ready. It must not be copied. All methods may be
// called by several threads and goroutines at once. A negative index counts from the end.
type List struct {
	object
	items   []any // protected by mu
	resized int   // counts changes of the length, as sort wants to know; protected by mu
}

// NewList returns a list of the items: [1, 2, 3] is NewList(1, 2, 3). See ListOf for those of something else.
func NewList(items ...any) *List { return &List{items: append([]any(nil), items...)} }

// ListOf returns a list of what another thing consists of: list(x) of a list, of a dictionary (its keys), of a slice,
// an array, a string (its characters), a channel that is closed, an iter.Seq. It panics with a TypeError, "'int' object
// is not iterable", for anything else.
func ListOf(iterable any) *List {
	l := &List{}
	l.Extend(iterable)
	return l
}

// snapshot returns a copy of the items.
func (l *List) snapshot() []any {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]any(nil), l.items...)
}

// set replaces the items. Callers hold mu.
func (l *List) set(items []any) {
	l.items = items
	l.resized++
}

// splice replaces items[i:j]. Callers hold mu.
func (l *List) splice(i, j int, items ...any) {
	tail := len(l.items) - j
	if len(items) == 0 {
		n := i + copy(l.items[i:], l.items[j:])
		clear(l.items[n:])
		l.set(l.items[:n])
		return
	}
	all := make([]any, 0, i+len(items)+tail)
	l.set(append(append(append(all, l.items[:i]...), items...), l.items[j:]...))
}

// position returns where an index points; ok is false if that is nowhere.
func position(i, n int) (int, bool) {
	if i < 0 {
		i += n
	}
	return i, i >= 0 && i < n
}

// Len returns len(l).
func (l *List) Len() int {
	t := l.reading()
	l.mu.Lock()
	n := len(l.items)
	l.mu.Unlock()
	after(t)
	return n
}

// Append adds an item at the end: l.append(item). Threads never lose one.
func (l *List) Append(item any) {
	t := l.changing()
	l.enter(t, 0)
	l.mu.Lock()
	l.set(append(l.items, item))
	l.mu.Unlock()
	l.exit(t)
	after(t)
}

// Insert puts an item before index i, or at the end that is nearer if there is no such index: l.insert(i, item).
func (l *List) Insert(i int, item any) {
	t := l.changing()
	n := l.length()
	l.enter(t, n)
	l.mu.Lock()
	i = clamp(i, len(l.items))
	l.set(append(l.items, nil))
	copy(l.items[i+1:], l.items[i:])
	l.items[i] = item
	l.mu.Unlock()
	l.exit(t)
	after(t)
}

// length is Len for costs, without a trace.
func (l *List) length() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.items)
}

// Extend adds what something consists of, as ListOf takes it: l.extend(x). That is atomic, except for an iter.Seq,
// whose code runs between the items.
func (l *List) Extend(iterable any) {
	t := before()
	if seq, ok := sequence(iterable); ok {
		for item := range seq {
			l.enter(t, 0)
			l.mu.Lock()
			l.set(append(l.items, item))
			l.mu.Unlock()
			l.exit(t)
		}
		after(t)
		return
	}
	items := itemsOf(iterable)
	l.enter(t, len(items))
	l.mu.Lock()
	l.set(append(l.items, items...))
	l.mu.Unlock()
	l.exit(t)
	after(t)
}

// sequence returns an iterable as an iterator, if code has to run for each item.
func sequence(iterable any) (iter.Seq[any], bool) {
	switch s := iterable.(type) {
	case iter.Seq[any]:
		return s, s != nil
	case func(func(any) bool):
		return s, s != nil
	}
	v := reflect.ValueOf(iterable)
	if v.Kind() == reflect.Func && !v.IsNil() && v.Type().CanSeq() ||
		v.Kind() == reflect.Chan && !v.IsNil() && v.Type().CanSeq() {
		return func(yield func(any) bool) {
			for x := range v.Seq() {
				if !yield(x.Interface()) {
					return
				}
			}
		}, true
	}
	return nil, false
}

// itemsOf returns what something consists of; it panics with a TypeError if that is nothing.
func itemsOf(iterable any) []any {
	switch x := iterable.(type) {
	case *List:
		if x != nil {
			return x.snapshot()
		}
	case *Dict:
		if x != nil {
			return x.keys()
		}
	case []any:
		return append([]any(nil), x...)
	case string:
		var all []any
		for _, r := range x {
			all = append(all, string(r))
		}
		return all
	}
	v := reflect.ValueOf(iterable)
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		all := make([]any, v.Len())
		for i := range all {
			all[i] = v.Index(i).Interface()
		}
		return all
	case reflect.Map:
		return sortedKeys(v)
	}
	panic(exceptions.Type("'%s' object is not iterable", typeName(v)))
}

// Pop removes the last item, or that with the index, and returns it: l.pop(), l.pop(0). It panics with an IndexError,
// "pop from empty list" or "pop index out of range", if there is none.
func (l *List) Pop(index ...int) any {
	t := l.changing()
	i, moved := -1, 0
	switch len(index) {
	case 0:
	case 1:
		i = index[0]
		moved = l.length()
	default:
		panic(exceptions.Type("pop expected at most 1 argument, got %d", len(index)))
	}
	l.enter(t, moved)
	l.mu.Lock()
	var item any
	wrong := ""
	if len(l.items) == 0 {
		wrong = "pop from empty list"
	} else if at, ok := position(i, len(l.items)); !ok {
		wrong = "pop index out of range"
	} else {
		item = l.items[at]
		l.splice(at, at+1)
	}
	l.mu.Unlock()
	l.exit(t)
	after(t)
	if wrong != "" {
		panic(&exceptions.IndexError{Message: wrong})
	}
	return item
}

// Clear removes all items: l.clear().
func (l *List) Clear() {
	t := l.changing()
	l.enter(t, 0)
	l.mu.Lock()
	l.set(nil)
	l.mu.Unlock()
	l.exit(t)
	after(t)
}

// Copy returns a list with the same items: l.copy(), l[:].
func (l *List) Copy() *List {
	t := l.reading()
	l.enter(t, l.length())
	c := &List{items: l.snapshot()}
	l.exit(t)
	after(t)
	return c
}

// Reverse reverses the order of the items: l.reverse().
func (l *List) Reverse() {
	t := l.changing()
	l.enter(t, l.length())
	l.mu.Lock()
	for i, j := 0, len(l.items)-1; i < j; i, j = i+1, j-1 {
		l.items[i], l.items[j] = l.items[j], l.items[i]
	}
	l.mu.Unlock()
	l.exit(t)
	after(t)
}

// GetItem returns l[i]. It panics with an IndexError, "list index out of range", if there is none. Since Python 3.10 a
// thread loses the GIL at calls, not at an index: GetItem, SetItem and IAdd don't lose it.
func (l *List) GetItem(i int) any {
	l.reading()
	item, ok := l.at(i)
	if !ok {
		panic(&exceptions.IndexError{Message: "list index out of range"})
	}
	return item
}

// at returns the item with an index.
func (l *List) at(i int) (any, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, ok := position(i, len(l.items))
	if !ok {
		return nil, false
	}
	return l.items[at], true
}

// SetItem is l[i] = item. It panics with an IndexError, "list assignment index out of range", if there is no such
// index.
func (l *List) SetItem(i int, item any) {
	l.change(i, func(at int) { l.items[at] = item })
}

// DelItem is del l[i]. It panics as SetItem does.
func (l *List) DelItem(i int) {
	l.change(i, func(at int) { l.splice(at, at+1) })
}

func (l *List) change(i int, fn func(at int)) {
	t := l.changing()
	l.enter(t, 0)
	l.mu.Lock()
	at, ok := position(i, len(l.items))
	if ok {
		fn(at)
	}
	l.mu.Unlock()
	l.exit(t)
	if !ok {
		panic(&exceptions.IndexError{Message: "list assignment index out of range"})
	}
}

// IAdd is l[i] += x: a read and then a write, between which another thread may come. Through Python 3.9 and without a
// GIL it may come at any time; from 3.10 through 3.14 a thread loses the GIL only at calls and at loop back-edges, so
// that it can't. It panics with a TypeError if the two can't be added, and with an IndexError as GetItem does.
func (l *List) IAdd(i int, x any) { l.SetItem(i, add(l.GetItem(i), x)) }

// All returns an iterator over the items: for x in l. As in Python it goes by index: what is appended during the loop
// comes too, and if an item before the place is removed, the next one is skipped.
func (l *List) All() iter.Seq[any] {
	return func(yield func(any) bool) {
		for i := 0; ; i++ {
			item, ok := l.next(i)
			if !ok || !yield(item) {
				return
			}
		}
	}
}

// Enumerate is All with the indexes: for i, x in enumerate(l).
func (l *List) Enumerate() iter.Seq2[int, any] {
	return func(yield func(int, any) bool) {
		for i := 0; ; i++ {
			item, ok := l.next(i)
			if !ok || !yield(i, item) {
				return
			}
		}
	}
}

// Reversed returns an iterator from the last item to the first: for x in reversed(l).
func (l *List) Reversed() iter.Seq[any] {
	return func(yield func(any) bool) {
		l.seen()
		for i := l.length() - 1; i >= 0; i-- {
			item, ok := l.next(i)
			if !ok || !yield(item) {
				return
			}
		}
	}
}

func (l *List) next(i int) (any, bool) {
	l.reading()
	return l.at(i)
}
