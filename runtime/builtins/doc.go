// Package builtins is Python's list and dict, as atomic as the GIL makes them.
//
// In Python results.append(r) never loses a result, in whatever number of threads: it is one call into C, and a thread
// can lose the GIL before and after but not within. Without a GIL (3.13t, 3.14t) each list and dictionary has a lock of
// its own for that. d[k] += 1 is a read and then a write: through Python 3.9 and without a GIL another thread may come
// between, and one of the two additions is lost; from 3.10 on a thread with a GIL loses it only at calls and at loop
// back-edges, so that d.get(k, 0) + 1, a call, is where it happens.
//
// Go's own slices and maps have no such promises: s = append(s, r) is a read, the call and a write, each of which is a
// step. Two threads lose results, under 3.9 and older also with a GIL; and two goroutines that write one map end the
// program. Go's way is a sync.Mutex, or a channel.
//
//	Python                          Go                                         what differs, and why
//	[] [1, 2]                       NewList() NewList(1, 2)                    the zero List is ready too: var results builtins.List
//	list(x)                         ListOf(x)                                  x is a List, a Dict, a slice, a string, an iter.Seq
//	l.append(x) l.insert(0, x)      l.Append(x) l.Insert(0, x)
//	l.extend(x) l.pop() l.pop(0)    l.Extend(x) l.Pop() l.Pop(0)               Pop returns an any: l.Pop().(int)
//	l.remove(x) l.index(x) l.count(x)  l.Remove(x) l.Index(x) l.Count(x)
//	l.sort(key=f, reverse=True)     l.Sort(Key(f), Reverse(true))              no keyword arguments: options
//	l.reverse() l.clear() l.copy()  l.Reverse() l.Clear() l.Copy()
//	l[i] l[i] = x del l[i]          l.GetItem(i) l.SetItem(i, x) l.DelItem(i)  Go's brackets are for its own types; the names are those of module operator
//	l[i:j] l[i:j] = x del l[i:j]    l.Slice(i, j) l.SetSlice(i, j, x) l.DelSlice(i, j)  no steps
//	l[i] += 1                       l.IAdd(i, 1)                               a read and a write
//	x in l  len(l)                  l.Contains(x) l.Len()
//	for x in l:                     for x := range l.All()
//	for i, x in enumerate(l):       for i, x := range l.Enumerate()
//	sorted(x) sum(x) repr(x)        Sorted(x) Sum(x) Repr(x)
//	{} {"a": 1}                     NewDict() NewDict("a", 1)                  the zero Dict is ready too
//	dict(x)                         DictOf(x)                                  x is a Dict or a map of Go's
//	d[k] d[k] = v del d[k]          d.GetItem(k) d.SetItem(k, v) d.DelItem(k)
//	d[k] += 1                       d.IAdd(k, 1)                               a read and a write
//	d.get(k) d.get(k, 0)            d.Get(k) d.Get(k, 0)
//	d.setdefault(k, v) d.pop(k)     d.SetDefault(k, v) d.Pop(k)
//	d.popitem() d.update(x)         d.PopItem() d.Update(x)
//	k in d  len(d)                  d.Contains(k) d.Len()
//	for k in d:                     for k := range d.Keys()
//	for k, v in d.items():          for k, v := range d.Items()
//	__lt__ __eq__                   Less(any) bool, Equal(any) bool            methods of the items
//	__hash__                        —                                          keys are equal if Go's == says so, and numbers by value
//	integers without a limit         int                                        sums wrap around, as Go's do
//	the order of keys               the order of insertion, in all versions    Python has it since 3.6
//	set, tuple, bytes               —                                          map[T]bool, [2]any, []byte
//
// Items and keys are anys: x.(int) says what one is. Misuse panics with Python's exception, in Python's words: an
// IndexError, a KeyError, a ValueError, and a RuntimeError, "dictionary changed size during iteration", with a GIL and
// without.
//
// A critical section (no GIL) is suspended whenever a key function, a Less or an Equal method is called; CPython
// suspends it when that function blocks.
package builtins
