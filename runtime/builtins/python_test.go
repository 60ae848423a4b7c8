package builtins_test

// This file defines the programs that real Pythons run beside Go.

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/builtins"
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

const prelude = `
from __future__ import print_function
import sys, threading, time
(sys.setswitchinterval(1e-5) if hasattr(sys, 'setswitchinterval') else sys.setcheckinterval(7))
def attempt(f):
    try:
        return repr(f())
    except Exception as e:
        return type(e).__name__ + ': ' + str(e)
def both(work):
    ts = [threading.Thread(target=work) for _ in range(2)]
    for t in ts: t.start()
    for t in ts: t.join()
betweenSteps = sys.version_info < (3, 10) or not getattr(sys, '_is_gil_enabled', lambda: True)()
def loses(start, work, total, must=False):
    end, rounds = time.time() + 60, 0
    while rounds < 25 or must and time.time() < end:
        x = start()
        both(lambda: work(x))
        if total(x) != 40000: return True
        rounds += 1
    return False
`

// attempt returns a call's result or exception as Python prints it.
func attempt(fn func() any) (s string) {
	defer func() {
		if v := recover(); v != nil {
			s = fmt.Sprintf("%s: %v", v.(exceptions.Exception).Exception(), v)
		}
	}()
	return builtins.Repr(fn())
}

// do is attempt for what returns nothing.
func do(fn func()) string { return attempt(func() any { fn(); return nil }) }

func both(work func()) {
	a, b := threading.NewThread(work), threading.NewThread(work)
	a.Start()
	b.Start()
	a.Join()
	b.Join()
}

// fine makes switches frequent.
func fine() {
	if in := gil.Current(); in.Profile().Kind == gil.Legacy {
		gil.SetCheckInterval(7)
	} else {
		gil.SetSwitchInterval(10_000)
	}
}

// betweenSteps reports whether a thread can be preempted between the read and the write of d['n'] += 1.
func betweenSteps() bool {
	p := gil.Current().Profile()
	return p.StepChecks || p.Kind == gil.FreeThreaded
}

// loses reports whether two threads at work on one thing lose something, here and in the prelude. When a thread is
// preempted is the computer's choice: what must be lost gets as many rounds as fit into a minute, and the first loss
// ends it.
func loses[T any](must bool, start func() T, work func(T), total func(T) int) bool {
	fine()
	for end, rounds := time.Now().Add(time.Minute), 0; rounds < 25 || must && time.Now().Before(end); rounds++ {
		x := start()
		both(func() { work(x) })
		if total(x) != 40000 {
			return true
		}
	}
	return false
}

// bool shows a boolean as Python does.
func boolean(b bool) string { return builtins.Repr(b) }

// backwards is an item that is less when it is more.
type backwards int

func (b backwards) Less(o any) bool { return b > o.(backwards) }

// nosy is an item whose comparison changes its list.
type nosy struct{ l *builtins.List }

func (n *nosy) Equal(any) bool { n.l.Clear(); return false }
func (n *nosy) String() string { return "nosy" }

func TestPython(t *testing.T) {
	twin.Compare(t, prelude, []twin.Program{
		{Name: "list", Python: `
l = [3, 1, 2]
l.append('x'); l.insert(0, 9); l.insert(-1, 8); l.insert(99, 7)
print(l, len(l), l.pop(), l.pop(0), l.pop(-2), l)
l.extend([4, 5]); l.extend('ab'); l.extend(l)
print(l, l.count('a'), l.index('b'), l.index('b', 8), 'x' in l, 77 in l)
l.remove('x'); l.reverse()
print(l[0], l[-1], l[1:3], l[-3:], l[5:2], l[:100] == l)
l[0] = None; l[-1] = True; del l[1]; l[1:3] = [0.5, 1e20, 'it\'s']; del l[5:]
print(l, l.copy() == l if hasattr(l, 'copy') else True)
l.clear() if hasattr(l, 'clear') else l.__delslice__(0, 99)
print(l)
`, Go: func(log func(...any)) {
			l := builtins.NewList(3, 1, 2)
			l.Append("x")
			l.Insert(0, 9)
			l.Insert(-1, 8)
			l.Insert(99, 7)
			log(fmt.Sprintf("%s %d %v %v %v %v", l, l.Len(), l.Pop(), l.Pop(0), l.Pop(-2), l))
			l.Extend(builtins.NewList(4, 5))
			l.Extend("ab")
			l.Extend(l)
			log(l, l.Count("a"), l.Index("b"), l.Index("b", 8), boolean(l.Contains("x")), boolean(l.Contains(77)))
			l.Remove("x")
			l.Reverse()
			log(l.GetItem(0), l.GetItem(-1), l.Slice(1, 3), l.Slice(-3, l.Len()), l.Slice(5, 2),
				boolean(builtins.Equal(l.Slice(0, 100), l)))
			l.SetItem(0, nil)
			l.SetItem(-1, true)
			l.DelItem(1)
			l.SetSlice(1, 3, []any{0.5, 1e20, "it's"})
			l.DelSlice(5, l.Len())
			log(l, boolean(builtins.Equal(l.Copy(), l)))
			l.Clear()
			log(l)
		}},
		{Name: "list errors", Python: `
print(attempt(lambda: [].pop()), attempt(lambda: [1].pop(3)), attempt(lambda: [1][1]), attempt(lambda: [1].__setitem__(1, 0)))
print(attempt(lambda: [1].__delitem__(-2)), attempt(lambda: [1].remove(2)), attempt(lambda: [1].extend(5)))
print(attempt(lambda: {}[()]).split(':')[0], attempt(lambda: {[]: 1}).split(':')[0], attempt(lambda: {'a': 1}['b']), attempt(lambda: {}.popitem()), attempt(lambda: {}.pop(3)))
`, Go: func(log func(...any)) {
			l := builtins.NewList(1)
			log(attempt(func() any { return builtins.NewList().Pop() }), attempt(func() any { return l.Pop(3) }),
				attempt(func() any { return l.GetItem(1) }), do(func() { l.SetItem(1, 0) }))
			log(do(func() { l.DelItem(-2) }), do(func() { l.Remove(2) }), do(func() { l.Extend(5) }))
			d := builtins.NewDict("a", 1)
			kind := func(s string) string { s, _, _ = strings.Cut(s, ":"); return s }
			log(kind(attempt(func() any { return d.GetItem([0]int{}) })), kind(do(func() { d.SetItem(l, 1) })),
				attempt(func() any { return d.GetItem("b") }), do(func() { builtins.NewDict().PopItem() }),
				attempt(func() any { return builtins.NewDict().Pop(3) }))
		}},
		{Name: "sort", Since: 3, Python: `
class Backwards(int):
    def __lt__(self, o): return int(self) > int(o)
l = [3, 1.5, True, 2]
l.sort(); print(l)
l.sort(reverse=True); print(l)
w = ['bb', 'a', 'cc', 'd']
w.sort(key=len); print(w)
w.sort(key=len, reverse=True); print(w)
b = [Backwards(n) for n in (1, 3, 2)]
b.sort(); print([int(x) for x in b])
print(attempt(lambda: [1, 2, 3].sort(key=lambda x: 1 // (x - 2))).split(':')[0])
seen = []
l = [2, 1]
l.sort(key=lambda x: seen.append(len(l)) or x); print(l, seen)
print(attempt(lambda: l.sort(key=lambda x: l.append(x) or x)), l)
print(sorted({'b': 1, 'a': 2}), sum([1, 2, 3.5]), sorted('cab', reverse=True))
`, Go: func(log func(...any)) {
			l := builtins.NewList(3, 1.5, true, 2)
			l.Sort()
			log(l)
			l.Sort(builtins.Reverse(true))
			log(l)
			w := builtins.NewList("bb", "a", "cc", "d")
			size := func(s string) int { return len(s) }
			w.Sort(builtins.Key(size))
			log(w)
			w.Sort(builtins.Key(size), builtins.Reverse(true))
			log(w)
			b := builtins.NewList(backwards(1), backwards(3), backwards(2))
			b.Sort()
			log(b)
			failed := exceptions.Try(func() {
				builtins.NewList(1, 2, 3).Sort(builtins.Key(func(x int) int { return 1 / (x - 2) }))
			})
			log(exceptions.Bases(failed)[0])
			seen := builtins.NewList()
			l = builtins.NewList(2, 1)
			l.Sort(builtins.Key(func(x int) int { seen.Append(l.Len()); return x }))
			log(l, seen)
			log(do(func() { l.Sort(builtins.Key(func(x int) int { l.Append(x); return x })) }), l)
			log(builtins.Sorted(builtins.NewDict("b", 1, "a", 2)), builtins.Sum([]any{1, 2, 3.5}),
				builtins.Sorted("cab", builtins.Reverse(true)))
		}},
		{Name: "dict", Since: 6, Python: `
d = {'a': 1, 2: 'two'}
d['b'] = 3; d[2.0] = 'TWO'; d[True] = 'yes'
print(d, len(d), d.get('z'), d.get('z', 0), d.get(1), 'a' in d, 'z' in d)
print(d.setdefault('a', 9), d.setdefault('n', 9), d.setdefault('m'), d.pop('a'), d.pop('a', 0), d.popitem(), d)
d.update({'x': [1, {'y': None}], 'b': 4}); del d['n']
print(list(d), list(d.values()), list(d.items()), d == {'x': [1, {'y': None}], 'b': 4, 1: 'yes', 2: 'TWO'})
e = d.copy(); e['b'] += 1; e['x'] += [2]
print(d, e, attempt(lambda: d.__getitem__(1) + 1).split(':')[0])
d['self'] = d; l = [d]; l.append(l)
print(l); d.clear(); print(d)
`, Go: func(log func(...any)) {
			d := builtins.NewDict("a", 1, 2, "two")
			d.SetItem("b", 3)
			d.SetItem(2.0, "TWO")
			d.SetItem(true, "yes")
			py := builtins.Repr
			log(d, d.Len(), py(d.Get("z")), d.Get("z", 0), d.Get(1), py(d.Contains("a")), py(d.Contains("z")))
			s := fmt.Sprint(d.SetDefault("a", 9), " ", d.SetDefault("n", 9), " ", py(d.SetDefault("m")), " ",
				d.Pop("a"), " ", d.Pop("a", 0))
			k, v := d.PopItem()
			log(s, "("+py(k)+", "+py(v)+")", d)
			d.Update(builtins.NewDict("x", builtins.NewList(1, builtins.NewDict("y", nil)), "b", 4))
			d.DelItem("n")
			values := builtins.ListOf(d.Values())
			var items []string
			for k, v := range d.Items() {
				items = append(items, "("+py(k)+", "+py(v)+")")
			}
			log(builtins.ListOf(d), values, "["+strings.Join(items, ", ")+"]",
				py(builtins.Equal(d, builtins.NewDict("x", builtins.NewList(1, builtins.NewDict("y", nil)), "b", 4, 1,
					"yes", 2, "TWO"))))
			e := d.Copy()
			e.IAdd("b", 1)
			e.IAdd("x", builtins.NewList(2))
			log(d, e, strings.Split(do(func() { d.IAdd(1, 1) }), ":")[0])
			d.SetItem("self", d)
			l := builtins.NewList(d)
			l.Append(l)
			log(l)
			d.Clear()
			log(d)
		}},
		{Name: "loops", Since: 8, Python: `
l = [1, 2, 3, 4]; seen = []
for x in l:
    seen.append(x)
    if x < 3: l.append(x * 10)
    if x == 2: l.remove(1)
print(seen, l)
def change(f):
    d = {i: i for i in range(5)}
    seen = []
    try:
        for k in d:
            seen.append(k)
            f(d, k)
        return seen, 'over'
    except RuntimeError as e:
        return seen, str(e)
def swap(d, k): del d[k]; d[k + 100] = 0
print(*change(lambda d, k: d.update({99: 0})))
print(*change(lambda d, k: d.pop(k)))
print(*change(lambda d, k: d.update({k: 7})))
print(*change(swap))
print(*change(lambda d, k: d.clear()))
for i, x in enumerate(['a']): print(i, x)
print(list(reversed([1, 2, 3])))
`, Go: func(log func(...any)) {
			l, seen := builtins.NewList(1, 2, 3, 4), builtins.NewList()
			for x := range l.All() {
				seen.Append(x)
				if x.(int) < 3 {
					l.Append(x.(int) * 10)
				}
				if x == 2 {
					l.Remove(1)
				}
			}
			log(seen, l)
			change := func(f func(d *builtins.Dict, k int)) {
				d, seen := builtins.NewDict(), builtins.NewList()
				for i := range 5 {
					d.SetItem(i, i)
				}
				end := exceptions.Try(func() {
					for k := range d.Keys() {
						seen.Append(k)
						f(d, k.(int))
					}
				})
				if end == nil {
					log(seen, "over")
				} else {
					log(seen, end)
				}
			}
			change(func(d *builtins.Dict, k int) { d.SetItem(99, 0) })
			change(func(d *builtins.Dict, k int) { d.Pop(k) })
			change(func(d *builtins.Dict, k int) { d.SetItem(k, 7) })
			change(func(d *builtins.Dict, k int) { d.DelItem(k); d.SetItem(k+100, 0) })
			change(func(d *builtins.Dict, k int) { d.Clear() })
			for i, x := range builtins.NewList("a").Enumerate() {
				log(i, x)
			}
			log(builtins.ListOf(builtins.NewList(1, 2, 3).Reversed()))
		}},
		{Name: "comparisons call back", Python: `
class Nosy(object):
    def __eq__(self, o): del self.l[:]; return False
    __hash__ = None
    def __repr__(self): return 'nosy'
l = []
n = Nosy(); n.l = l
l.extend([1, n, 2])
print(l.count(2), l)
l.extend([n, 2])
print(attempt(lambda: l.remove(2)), l)
`, Go: func(log func(...any)) {
			l := builtins.NewList()
			n := &nosy{l}
			l.Extend([]any{1, n, 2})
			log(l.Count(2), l)
			l.Extend([]any{n, 2})
			log(do(func() { l.Remove(2) }), l)
		}},
		{Name: "append never loses", Python: `
def work(l):
    for i in range(20000): l.append(i)
print(loses(list, work, len))
`, Go: func(log func(...any)) {
			log(boolean(loses(false, func() *builtins.List { return builtins.NewList() }, func(l *builtins.List) {
				for i := range 20000 {
					l.Append(i)
					gil.Check()
				}
			}, (*builtins.List).Len)))
		}},
		{Name: "a read and a write lose", Python: `
def work(d):
    for i in range(20000): d['n'] += 1
print(loses(lambda: {'n': 0}, work, lambda d: d['n'], must=betweenSteps))
`, Go: func(log func(...any)) {
			log(boolean(loses(betweenSteps(), func() *builtins.Dict {
				return builtins.NewDict("n", 0)
			}, func(d *builtins.Dict) {
				for range 20000 {
					d.IAdd("n", 1)
					gil.Check()
				}
			}, func(d *builtins.Dict) int { return d.GetItem("n").(int) })))
		}},
		{Name: "a call between them loses in all versions", Python: `
def work(d):
    for i in range(20000): d['n'] = d.get('n', 0) + 1
print(loses(dict, work, lambda d: d['n'], must=True))
`, Go: func(log func(...any)) {
			log(boolean(loses(true, func() *builtins.Dict { return builtins.NewDict() }, func(d *builtins.Dict) {
				for range 20000 {
					d.SetItem("n", d.Get("n", 0).(int)+1)
					gil.Check()
				}
			}, func(d *builtins.Dict) int { return d.GetItem("n").(int) })))
		}},
	})
}

// Without a GIL too: nothing is lost that is one call, and what isn't is lost. A loop over a dictionary that another
// thread changes ends with a RuntimeError in all versions.
func TestThreads(t *testing.T) {
	got := twin.Everywhere(t, func(t *testing.T, log func(...any)) {
		fine()
		l, d := builtins.NewList(), builtins.NewDict("n", 0)
		both(func() {
			for i := range 2000 {
				l.Append(i)
				d.SetDefault(i, builtins.NewList()).(*builtins.List).Append(i)
				gil.Check()
			}
		})
		n := 0
		for v := range d.Values() {
			if x, ok := v.(*builtins.List); ok {
				n += x.Len()
			}
		}
		popped := builtins.NewList()
		both(func() {
			for exceptions.Try(func() { popped.Append(l.Pop()) }) == nil {
				gil.Check()
			}
		})
		log(popped.Len(), l.Len(), d.Len(), n)
		ready, done := threading.NewEvent(), threading.NewEvent()
		w := threading.NewThread(func() { ready.Wait(); d.SetItem("new", 1); done.Set() })
		w.Start()
		log(exceptions.Try(func() {
			for range d.Items() {
				ready.Set()
				done.Wait()
			}
		}))
		w.Join()
	})
	for name, s := range got {
		if want := "4000 0 2001 4000\ndictionary changed size during iteration\n"; s != want {
			t.Errorf("%s: %s, not %s", name, s, want)
		}
	}
}

// Threads without a GIL wait for each other at a list that one of them sorts.
func TestSectionIsHeldDuringSort(t *testing.T) {
	for _, c := range []struct {
		version string
		want    string // what a thread sees that appends while another sorts
	}{{"3.14t", "True 2001"}, {"3.13", "True 2001"}} {
		w := twin.NewWorld(t, false, c.version, 1)
		var got string
		if err := w.Run(func() {
			l := builtins.NewList()
			for i := range 2000 {
				l.Append(-i)
			}
			other := threading.NewThread(func() { l.Append(1) })
			sorter := threading.NewThread(func() { l.Sort() })
			sorter.Start()
			other.Start()
			sorter.Join()
			other.Join()
			got = fmt.Sprint(builtins.Repr(l.Contains(1)), " ", l.Len())
		}); err != nil {
			t.Fatal(err)
		}
		if got != c.want {
			t.Errorf("%s: %s, not %s", c.version, got, c.want)
		}
	}
}

// cell runs a function in the main thread of a Python on a simulated machine.
func cell(fn func()) {
	m, _ := machine.Simulate(nil)
	in, _ := gil.New(m, &gil.Options{Version: "3.13"})
	if err := threading.Main(in).Run(func(*machine.Thread) { fn() }); err != nil {
		fmt.Println(err)
	}
}

func ExampleList() {
	cell(func() {
		var results builtins.List
		work := func(n int) { results.Append(n * n) }
		for n := range 3 {
			t := threading.NewThread(work, threading.Args(n))
			t.Start()
			defer t.Join()
		}
		results.Sort(builtins.Reverse(true))
		fmt.Println(&results, results.Len(), results.GetItem(0).(int)+1)
	})
	// Output: [4, 1, 0] 3 5
}

func ExampleDict() {
	cell(func() {
		d := builtins.NewDict("b", 1)
		d.IAdd("b", 41)
		d.SetDefault("a", "x")
		for k, v := range d.Items() {
			fmt.Println(k, v)
		}
		fmt.Println(d, d.Get("z", 0), builtins.Sorted(d))
		fmt.Println(exceptions.Try(func() { d.GetItem("z") }))
	})
	// Output:
	// b 42
	// a x
	// {'b': 42, 'a': 'x'} 0 ['a', 'b']
	// 'z'
}
