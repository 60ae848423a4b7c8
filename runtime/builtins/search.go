package builtins

// This file defines what compares items: each comparison may call a method of the cell, which may lose the GIL.

import (
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// callsBack reports whether a comparison of the two runs code of the cell.
func callsBack(a, b any) bool {
	if _, ok := a.(Equaler); ok {
		return true
	}
	switch b.(type) {
	case Equaler, *List, *Dict:
		return true
	}
	switch a.(type) {
	case *List, *Dict, []any:
		return true
	}
	return false
}

// find calls found with the index of each item from i on that equals x, until it returns false. held, unless it is nil,
// says whether the caller holds the list's critical section, which is suspended while a comparison calls back.
func (l *List) find(t *machine.Thread, x any, i int, held *bool, found func(i int) bool) {
	for ; ; i++ {
		item, ok := l.at(i)
		if !ok {
			return
		}
		same := false
		if held != nil && callsBack(item, x) {
			*held = false
			l.exit(t)
			same = equals(item, x)
			l.enter(t, 0)
			*held = true
		} else {
			same = equals(item, x)
		}
		if same && !found(i) {
			return
		}
	}
}

// Index returns the index of the first item that equals x, at or after start and before end if these are given:
// l.index(x). It panics with a ValueError, "3 is not in list" (since 3.14 "list.index(x): x not in list"), if there is
// none.
func (l *List) Index(x any, bounds ...int) int {
	t := before()
	start, end, n := 0, -1, l.length()
	if len(bounds) > 2 {
		panic(exceptions.Type("index expected at most 3 arguments, got %d", 1+len(bounds)))
	}
	if len(bounds) > 0 {
		start = clamp(bounds[0], n)
	}
	if len(bounds) > 1 {
		end = clamp(bounds[1], n)
	}
	at := -1
	l.find(t, x, start, nil, func(i int) bool {
		if end < 0 || i < end {
			at = i
		}
		return false
	})
	l.looked(t, n)
	after(t)
	if at < 0 {
		if gil.Of(t).Minor() >= 314 {
			panic(exceptions.Value("list.index(x): x not in list"))
		}
		panic(exceptions.Value("%s is not in list", Repr(x)))
	}
	return at
}

// looked charges the cost of looking at so many items.
func (l *List) looked(t *machine.Thread, n int) {
	if t != nil {
		t.Cost(time.Duration(n) * perItem)
	}
}

// Count returns how many items equal x: l.count(x).
func (l *List) Count(x any) int {
	t := before()
	n := 0
	l.find(t, x, 0, nil, func(int) bool { n++; return true })
	l.looked(t, l.length())
	after(t)
	return n
}

// Contains reports whether an item equals x: x in l.
func (l *List) Contains(x any) bool {
	t := before()
	found := false
	l.find(t, x, 0, nil, func(int) bool { found = true; return false })
	l.looked(t, l.length())
	return found
}

// Remove removes the first item that equals x: l.remove(x). It panics with a ValueError, "list.remove(x): x not in
// list", if there is none. If a comparison changes the list, the item at the same index goes, as in Python.
func (l *List) Remove(x any) {
	t := before()
	l.enter(t, l.length())
	found, held := false, true
	func() {
		defer func() {
			if held {
				l.exit(t)
			}
		}()
		l.find(t, x, 0, &held, func(i int) bool {
			found = true
			l.mu.Lock()
			defer l.mu.Unlock()
			if i < len(l.items) {
				l.splice(i, i+1)
			}
			return false
		})
	}()
	after(t)
	if !found {
		panic(exceptions.Value("list.remove(x): x not in list"))
	}
}
