package builtins

// This file defines how lists are sorted: list_sort_impl.

import (
	"slices"
	"time"

	"gilkernel/runtime/call"
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// A SortOption is an optional argument of Sort and Sorted: Key, Reverse.
type SortOption struct {
	key     any
	hasKey  bool
	reverse bool
}

// Key sorts by what a function of one argument returns for each item: key=len is Key(func(s string) int { return len(s)
// }). It is called once for each item, and may lose the GIL. nil is none.
func Key(fn any) SortOption { return SortOption{key: fn, hasKey: fn != nil} }

// Reverse(true) sorts in descending order. Items that are equal stay in their order all the same.
func Reverse(reverse bool) SortOption { return SortOption{reverse: reverse} }

// perComparison is what native code needs to compare two numbers and move one.
const perComparison = 18 * time.Nanosecond

// Sort sorts the list: l.sort(). Items that are equal stay in their order. With a GIL that is one call, at whatever
// length, unless a Key or a Less method of the items calls back. While it sorts, the list is empty; if another thread
// or such a call puts something into it, that is lost and Sort panics with a ValueError, "list modified during sort".
// It panics with a TypeError if two items can't be compared; they are all there then, in some order.
func (l *List) Sort(opts ...SortOption) {
	t := before()
	key, reverse := sortOptions(opts)
	l.enter(t, 0)
	held := true // the section
	l.mu.Lock()
	items := l.items
	l.items = nil
	mark := l.resized
	l.mu.Unlock()
	modified := false
	func() {
		defer func() {
			l.mu.Lock()
			modified = l.resized != mark
			l.items = items
			l.mu.Unlock()
			if held {
				l.exit(t)
			}
		}()
		if key != nil || slices.ContainsFunc(items, comparesItself) {
			l.exit(t)
			held = false
		}
		sortItems(t, items, key, reverse)
	}()
	after(t)
	if modified {
		panic(exceptions.Value("list modified during sort"))
	}
}

func sortOptions(opts []SortOption) (key func(any) any, reverse bool) {
	for _, o := range opts {
		if !o.hasKey {
			reverse = o.reverse
			continue
		}
		fn := o.key
		if f, ok := fn.(func(any) any); ok {
			key = f
			continue
		}
		if !isFunc(fn) {
			panic(exceptions.Type("'%s' object is not callable", nameOf(fn)))
		}
		key = func(x any) any {
			r, err := call.Of(fn, []any{x})()
			if err != nil {
				panic(err)
			}
			return r
		}
	}
	return key, reverse
}

// comparesItself reports whether an item's comparison runs code of the cell.
func comparesItself(x any) bool {
	switch x.(type) {
	case Lesser, Equaler, *List, []any:
		return true
	}
	return false
}

// keyed is an item with its key.
type keyed struct{ key, item any }

// sortItems sorts items in place.
func sortItems(t *machine.Thread, items []any, key func(any) any, reverse bool) {
	all := make([]keyed, len(items))
	for i, x := range items {
		all[i] = keyed{x, x}
		if key != nil {
			all[i].key = key(x)
		}
	}
	defer func() { // after a panic too
		for i, k := range all {
			items[i] = k.item
		}
	}()
	if reverse { // turned around twice, so that equal items stay in their order
		slices.Reverse(all)
		defer slices.Reverse(all)
	}
	n := 0
	if t != nil {
		t.Do(timeline.Native, t.ObjectName("list.sort"))
		defer func() { t.Do(timeline.Run, 0) }()
	}
	slices.SortStableFunc(all, func(a, b keyed) int {
		n++
		if lesser(a.key, b.key) {
			return -1
		}
		return 0
	})
	if t != nil && t.Machine().Simulated() {
		t.Work(time.Duration(n) * perComparison)
	}
}

// Sorted returns a sorted list of what something consists of, as ListOf takes it: sorted(x).
func Sorted(iterable any, opts ...SortOption) *List {
	l := ListOf(iterable)
	l.Sort(opts...)
	return l
}
