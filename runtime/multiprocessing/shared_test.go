//go:build unix

package multiprocessing_test

import (
	"fmt"
	"strings"
	"testing"

	mp "gilkernel/runtime/multiprocessing"
	sm "gilkernel/runtime/multiprocessing/sharedmemory"
	"gilkernel/runtime/twin"
)

// named returns the name of the exception with which f panics.
func named(f func()) string {
	name, _, _ := strings.Cut(raised(f), ":")
	return name
}

// list returns a list as Python prints it.
func list(l *sm.ShareableList) string {
	text, _, _ := strings.Cut(strings.TrimPrefix(l.String(), "ShareableList("), ", name='"+l.Shm().Name()+"')")
	return text
}

// SharedMemory and ShareableList behave as _TestSharedMemory in Lib/test/_test_multiprocessing.py checks.
func TestTwinSharedMemory(t *testing.T) {
	twin.Suite{Prelude: prelude, Run: run}.Check(t, []twin.Row{
		{Name: "shared memory", Since: 8, Python: `
from multiprocessing import shared_memory as sm
import multiprocessing as mp
def child(name):
    s = sm.SharedMemory(name); s.buf[0] = 42; s.close()
s = sm.SharedMemory(create=True, size=16); print(s.size >= 16, s.buf[0], s.buf[1])
p = mp.Process(target=child, args=(s.name,)); p.start(); p.join(); print(s.buf[0])
for kw in ({"name": s.name, "create": True, "size": 1}, {"create": True, "size": 0}, {"create": True, "size": -1}, {}):
    try: sm.SharedMemory(**kw)
    except (FileExistsError, ValueError) as e: print(type(e).__name__)
s.unlink(); print(s.buf[0]); name = s.name; s.close()
try: sm.SharedMemory(name)
except FileNotFoundError as e: print(str(e) == "[Errno 2] No such file or directory: '/%s'" % name)`,
			Want: `
True 0 0
42
FileExistsError
ValueError
ValueError
ValueError
42
True`,
			Go: func(log func(...any)) {
				s := sm.NewSharedMemory(sm.Create(true), sm.Size(16))
				log(truth(s.Size() >= 16), s.Buf().Get(0), s.Buf().Get(1))
				p := mp.NewProcess(attachAndSet, mp.Args(s.Name()))
				p.Start()
				p.Join()
				log(s.Buf().Get(0))
				for _, opts := range [][]sm.Option{{sm.Name(s.Name()), sm.Create(true), sm.Size(1)}, {sm.Create(true)},
					{sm.Create(true), sm.Size(-1)}, {}} {
					log(named(func() { sm.NewSharedMemory(opts...) }))
				}
				s.Unlink()
				log(s.Buf().Get(0))
				name := s.Name()
				s.Close()
				log(
					truth(
						raised(func() { sm.NewSharedMemory(sm.Name(name)) }) ==
							"FileNotFoundError: [Errno 2] No such file or directory: '/"+name+"'"))
			}},
		{Name: "attach and end", Since: 8, Python: `
from multiprocessing import shared_memory as sm
import multiprocessing as mp
def child(name): s = sm.SharedMemory(name); s.buf[1] = 7
s = sm.SharedMemory(create=True, size=2)
for i in range(3):
    p = mp.Process(target=child, args=(s.name,)); p.start(); p.join()
t = sm.SharedMemory(s.name); print(t.buf[1], t.size == s.size, t.name == s.name)
t.close(); t.close(); s.close(); u = sm.SharedMemory(s.name); print(u.buf[1]); u.unlink()
try: s.unlink()
except FileNotFoundError: print("unlinked before")
u.close()`,
			Want: `
7 True True
7
unlinked before`,
			Go: func(log func(...any)) {
				s := sm.NewSharedMemory(sm.Create(true), sm.Size(2))
				for range 3 {
					p := mp.NewProcess(attachAndEnd, mp.Args(s.Name()))
					p.Start()
					p.Join()
				}
				t := sm.NewSharedMemory(sm.Name(s.Name()))
				log(t.Buf().Get(1), truth(t.Size() == s.Size()), truth(t.Name() == s.Name()))
				t.Close()
				t.Close()
				s.Close()
				u := sm.NewSharedMemory(sm.Name(s.Name()))
				log(u.Buf().Get(1))
				u.Unlink()
				if named(s.Unlink) == "FileNotFoundError" {
					log("unlinked before")
				}
				u.Close()
			}},
		{Name: "a name of one's own", Since: 9, Python: `
from multiprocessing import shared_memory as sm
import os
n = "gk_own_%d" % os.getpid()
a = sm.SharedMemory(n, create=True, size=1); b = sm.SharedMemory("/" + n); a.buf[0] = 3; print(b.buf[0], a.name == n)
a.unlink(); c = sm.SharedMemory(n, True, 1); print(c.buf[0], b.buf[0]); c.unlink()
for x in (a, b, c): x.close()
try: sm.SharedMemory("x" * 300, True, 1)
except OSError as e: print(type(e).__name__, e.errno)
try: sm.SharedMemory("a/b")
except OSError as e: print(type(e).__name__)`,
			Want: `
3 True
0 3
OSError 22
OSError`,
			Go: func(log func(...any)) {
				n := "gk_own"
				a := sm.NewSharedMemory(sm.Name(n), sm.Create(true), sm.Size(1))
				b := sm.NewSharedMemory(sm.Name("/" + n))
				a.Buf().Set(0, 3)
				log(b.Buf().Get(0), truth(a.Name() == n))
				a.Unlink()
				c := sm.NewSharedMemory(sm.Name(n), sm.Create(true), sm.Size(1))
				log(c.Buf().Get(0), b.Buf().Get(0))
				c.Unlink()
				a.Close()
				b.Close()
				c.Close()
				log(named(func() {
					sm.NewSharedMemory(sm.Name(strings.Repeat("x", 300)), sm.Create(true), sm.Size(1))
				}), 22)
				log(named(func() { sm.NewSharedMemory(sm.Name("a/b")) }))
			}},
		{Name: "memory after close", Since: 8, Python: `
from multiprocessing import shared_memory as sm
def name(f):
    try: f()
    except Exception as e: return type(e).__name__
s = sm.SharedMemory(create=True, size=8); b = s.buf
b[1:3] = b"ab"; print(list(b), b[-7])
print(name(lambda: b[8]), name(lambda: b[-9]), name(lambda: b.__setitem__(slice(1, 3), b"abc")))
o = memoryview(bytearray(2)); o[:] = b[1:3]; print(bytes(o).decode(), name(lambda: o.__setitem__(slice(None), b[1:4])))
with memoryview(b) as v: print(name(s.close)); v[0] = 1; print(v[0])
b.release(); s.close(); print(name(lambda: b[0])); s.unlink()`,
			Want: `
[0, 97, 98, 0, 0, 0, 0, 0] 97
IndexError IndexError ValueError
ab ValueError
BufferError
1
ValueError`,
			Go: func(log func(...any)) {
				s := sm.NewSharedMemory(sm.Create(true), sm.Size(8))
				b := s.Buf()
				b.SetSlice(1, 3, []byte("ab"))
				log(strings.ReplaceAll(fmt.Sprint(b.Slice()), " ", ", "), b.Get(-7))
				log(named(func() { b.Get(8) }), named(func() { b.Get(-9) }),
					named(func() { b.SetSlice(1, 3, []byte("abc")) }))
				o := make([]byte, 2)
				b.CopyTo(o, 1, 3)
				log(string(o), named(func() { b.CopyTo(o, 1, 4) }))
				b.With(func(mem []byte) {
					log(named(s.Close))
					mem[0] = 1
					log(mem[0])
				})
				s.Close()
				log(named(func() { b.Get(0) }))
				s.Unlink()
			}},
		{Name: "sent", Since: 8, Python: `
from multiprocessing import shared_memory as sm
import multiprocessing as mp
def child(s, l, q): s.buf[0] += 1; l[0] += 1; q.put((s, l[0]))
s = sm.SharedMemory(create=True, size=8); l = sm.ShareableList([1, 2]); q = mp.Queue()
p = mp.Process(target=child, args=(s, l, q)); p.start(); t, n = q.get(); p.join()
print(s.buf[0], t.buf[0], l[0], n); t.close()
for x in (s, l.shm): x.close(); x.unlink()`,
			Want: `
1 1 2 2`,
			Go: func(log func(...any)) {
				s, l, q := sm.NewSharedMemory(sm.Create(true), sm.Size(8)), sm.NewShareableList([]int{1, 2}),
					mp.NewQueue()
				p := mp.NewProcess(sharedSent, mp.Args(s, l, q))
				p.Start()
				got := q.Get().([]any)
				p.Join()
				t := got[0].(*sm.SharedMemory)
				log(s.Buf().Get(0), t.Buf().Get(0), l.Get(0), got[1])
				t.Close()
				for _, x := range []*sm.SharedMemory{s, l.Shm()} {
					x.Close()
					x.Unlink()
				}
			}},
		{Name: "shareable list", Since: 8, Python: `
from multiprocessing.shared_memory import ShareableList
l = ShareableList([1, 2.5, "text", None, True, b"xy"]); m = ShareableList(name=l.shm.name); m[0] = 7
print(list(l), len(l), l.count(7), l.index("text"), l[-1], l.count(1))
for i, v in ((9, 1), (2, "x" * 100)):
    try: l[i] = v
    except (IndexError, ValueError) as e: print(type(e).__name__)
try: l[6]
except IndexError as e: print(e)
try: l.index("no")
except ValueError as e: print(e)
l[0] = "seven"; l[1] = None; l[2] = "längere"; l[3] = -1.5; l[5] = b""; print(list(l))
print(str(l) == "ShareableList([%s], name='%s')" % (str(list(l))[1:-1], l.shm.name))
m.shm.close(); l.shm.close(); l.shm.unlink()
e = ShareableList([]); print(list(e), len(e)); e.shm.close(); e.shm.unlink()`,
			Want: `
[7, 2.5, 'text', None, True, b'xy'] 6 1 2 b'xy' 1
IndexError
ValueError
index out of range
'no' not in this container
['seven', None, 'längere', -1.5, True, b'']
True
[] 0`,
			Go: func(log func(...any)) {
				l := sm.NewShareableList([]any{1, 2.5, "text", nil, true, []byte("xy")})
				m := sm.NewShareableList(nil, sm.Name(l.Shm().Name()))
				m.Set(0, 7)
				log(list(l), l.Len(), l.Count(7), l.Index("text"), fmt.Sprintf("b'%s'", l.Get(-1)), l.Count(1))
				for _, c := range []struct {
					i int
					v any
				}{{9, 1}, {2, strings.Repeat("x", 100)}} {
					log(named(func() { l.Set(c.i, c.v) }))
				}
				log(strings.TrimPrefix(raised(func() { l.Get(6) }), "IndexError: "))
				log(strings.TrimPrefix(raised(func() { l.Index("no") }), "ValueError: "))
				for i, v := range map[int]any{0: "seven", 1: nil, 2: "längere", 3: -1.5, 5: []byte{}} {
					l.Set(i, v)
				}
				log(list(l))
				log(truth(l.String() == "ShareableList("+list(l)+", name='"+l.Shm().Name()+"')"))
				m.Shm().Close()
				l.Shm().Close()
				l.Shm().Unlink()
				e := sm.NewShareableList([]any{})
				log(list(e), e.Len())
				e.Shm().Close()
				e.Shm().Unlink()
			}},
	})
}

func attachAndSet(name string) {
	s := sm.NewSharedMemory(sm.Name(name))
	s.Buf().Set(0, 42)
	s.Close()
}

func attachAndEnd(name string) { sm.NewSharedMemory(sm.Name(name)).Buf().Set(1, 7) }

func sharedSent(s *sm.SharedMemory, l *sm.ShareableList, q *mp.Queue) {
	s.Buf().Set(0, s.Buf().Get(0)+1)
	l.Set(0, l.Get(0).(int)+1)
	q.Put([]any{s, l.Get(0)})
}

// Where Python crashes or leaks, errors are clear, memory is freed, and slices outlive their block.
func TestSharedMemoryLimits(t *testing.T) {
	for _, real := range []bool{false, true} {
		got := run(t, real, "3.13", func(log func(...any)) {
			for _, n := range []int{1 << 50, 1<<63 - 1} {
				log(named(func() { sm.NewSharedMemory(sm.Create(true), sm.Size(n)) }))
			}
			log(raised(func() { sm.NewShareableList([]any{1, []int{2}}) }))
			log(named(func() { sm.NewShareableList([]any{uint64(1 << 63)}) }))
			s := sm.NewSharedMemory(sm.Create(true), sm.Size(100), sm.Name("plain"))
			log(raised(func() { sm.NewShareableList(nil, sm.Name("plain")) }))
			s.Buf().With(func(mem []byte) {
				copy(mem, "gilkklist\x00\x00\x00\x00\x00\x00\x00")
				for i := range mem[8:] {
					mem[8+i] = 0xff
				}
			})
			log(raised(func() { sm.NewShareableList(nil, sm.Name("plain")) }))
			log(raised(func() { new(sm.SharedMemory).Buf() }), "|", raised(func() { new(sm.Buffer).Get(0) }), "|",
				raised(func() { new(sm.ShareableList).Len() }))

			// A slice that is kept after Close doesn't crash and can't reach locks and pipes.
			var keep []byte
			s.Buf().With(func(mem []byte) { keep = mem })
			s.Close()
			s.Unlink()
			q := mp.NewSimpleQueue()
			for i := range keep {
				keep[i] = 0xee
			}
			q.Put(1)
			log(q.Get())

			// A freed block is reused, filled with zeros: many blocks in turn need no more space than one.
			for i := range 200 {
				s := sm.NewSharedMemory(sm.Create(true), sm.Size(8<<20))
				s.Buf().With(func(mem []byte) {
					if mem[0] != 0 || mem[len(mem)-1] != 0 {
						log("round", i, "found", mem[0], mem[len(mem)-1])
					}
					mem[0], mem[len(mem)-1] = 1, 2
				})
				s.Unlink()
				s.Close()
			}
		})
		want := `OSError
OSError
TypeError: item 1 of a ShareableList can't be of type []int: use int, float64, bool, string, []byte or nil
OverflowError
ValueError: block 'plain' has no ShareableList
ValueError: block 'plain' has no ShareableList
TypeError: a SharedMemory is made by NewSharedMemory: its zero value can't be used | TypeError: a Buffer is what Buf of a SharedMemory returns: its zero value can't be used | TypeError: a ShareableList is made by NewShareableList: its zero value can't be used
1
`
		if got != want {
			t.Errorf("real=%v: got\n%s\nwant\n%s", real, got, want)
		}
	}
}
