package queue_test

import (
	"errors"
	"testing"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/queue"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

const prelude = `
from __future__ import print_function
import threading
try: import queue
except ImportError: import Queue as queue
def name(f, *a, **k):
    try: return f(*a, **k)
    except Exception as e: return type(e).__name__ + (": " + str(e) if isinstance(e, ValueError) else "")
`

// name is Python's: what fn returns, or the exception's name.
func name(fn func() any) (r any) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case *exceptions.ValueError:
			r = "ValueError: " + v.Error()
		case exceptions.Exception:
			r = v.Exception()
		default:
			panic(v)
		}
	}()
	return fn()
}

// returned is name for what returns an error.
func returned(v any, err error) any {
	var e exceptions.Exception
	if errors.As(err, &e) {
		return e.Exception()
	}
	return v
}

func TestPython(t *testing.T) {
	none := func(fn func()) any { return name(func() any { fn(); return "None" }) }
	twin.Compare(t, prelude, []twin.Program{
		{Name: "limits", Since: 0, Python: `
q = queue.Queue(2)
print(name(q.get_nowait), name(q.get, timeout=0), name(q.get, False))
print(name(q.put, 1), name(q.put_nowait, 2), name(q.put_nowait, 3), name(q.put, 3, timeout=0), name(q.put, 3, timeout=-1), name(q.put, 3, False, -1))
print(q.qsize(), q.maxsize, int(q.full()), int(q.empty()), name(q.get, timeout=-1), q.get(), q.get())
q.task_done(); q.task_done(); print(name(q.task_done)); q.join()
print(name(queue.Queue().put, 1, timeout=-1), name(queue.Queue().get, timeout=-1), queue.Queue(-1).maxsize)`,
			Go: func(log func(...any)) {
				q := queue.NewQueue(2)
				log(returned(q.GetNowait()), name(func() any { return q.Get(queue.Timeout(0)) }),
					name(func() any { return q.Get(queue.Block(false)) }))
				log(none(func() { q.Put(1) }), returned("None", q.PutNowait(2)), returned("None", q.PutNowait(3)),
					returned("None", q.PutTimeout(3, 0)),
					none(func() { q.Put(3, queue.Timeout(-1)) }),
					none(func() { q.Put(3, queue.Block(false), queue.Timeout(-1)) }))
				log(q.Qsize(), q.Maxsize(), bit(q.Full()), bit(q.Empty()),
					name(func() any { return q.Get(queue.Timeout(-1)) }), q.Get(), q.Get())
				q.TaskDone()
				q.TaskDone()
				log(none(q.TaskDone))
				q.Join()
				log(none(func() { queue.NewQueue().Put(1, queue.Timeout(-1)) }),
					name(func() any { return queue.NewQueue().Get(queue.Timeout(-1)) }), queue.NewQueue(-1).Maxsize())
			}},
		{Name: "priorities", Since: 0, Python: `
q = queue.PriorityQueue()
for x in [(3, "c"), (1, "z"), (2, "b"), (1, "a"), (1,), (3, "c", 0)]: q.put(x)
while not q.empty(): print(*q.get())
q = queue.PriorityQueue()
for x in [2, 0.5, 1, -3, 10**15, 1.5]: q.put(x)
while not q.empty(): print(int(q.get() * 2))
class T(object):
    def __init__(self, p, n): self.p, self.n = p, n
    def __lt__(self, o): return self.p < o.p
q = queue.PriorityQueue()
for n in range(20): q.put(T(n * 7 % 5, n))
print(*[q.get().n for _ in range(20)])`,
			Go: func(log func(...any)) {
				q := queue.NewPriorityQueue()
				for _, x := range [][]any{{3, "c"}, {1, "z"}, {2, "b"}, {1, "a"}, {1}, {3, "c", 0}} {
					q.Put(x)
				}
				for !q.Empty() {
					log(q.Get().([]any)...)
				}
				q = queue.NewPriorityQueue()
				for _, x := range []any{2, 0.5, int8(1), -3, uint64(1e15), float32(1.5)} {
					q.Put(x)
				}
				for !q.Empty() {
					switch x := q.Get().(type) {
					case int:
						log(2 * x)
					case int8:
						log(2 * x)
					case uint64:
						log(2 * x)
					case float64:
						log(int(2 * x))
					case float32:
						log(int(2 * x))
					}
				}
				q = queue.NewPriorityQueue()
				for n := range 20 {
					q.Put(job{n * 7 % 5, n})
				}
				var ns []any
				for range 20 {
					ns = append(ns, q.Get().(job).n)
				}
				log(ns...)
			}},
		{Name: "not comparable", Since: 3, Python: `
q = queue.PriorityQueue()
q.put(1); print(name(q.put, "a"), q.qsize(), q.get())
q = queue.PriorityQueue(); q.put((1, {})); print(name(q.put, (1, {})), q.qsize())
q.put((0, None)); print(q.qsize(), q.get()[0])
q = queue.PriorityQueue(); q.put(None); print(name(q.put, None))
q = queue.PriorityQueue(); q.put((1, {1: 2})); print(name(q.put, (1, {1: 3})))
q = queue.PriorityQueue(); q.put(1); q.put(True); print(q.qsize())`,
			Go: func(log func(...any)) {
				q := queue.NewPriorityQueue()
				q.Put(1)
				log(none(func() { q.Put("a") }), q.Qsize(), q.Get())
				type d = map[int]int
				q = queue.NewPriorityQueue()
				q.Put([2]any{1, d{}})
				log(none(func() { q.Put([2]any{1, d{}}) }), q.Qsize())
				q.Put([2]any{0, nil})
				log(q.Qsize(), q.Get().([2]any)[0])
				q = queue.NewPriorityQueue()
				q.Put(nil)
				log(none(func() { q.Put(nil) }))
				q = queue.NewPriorityQueue()
				q.Put([2]any{1, d{1: 2}})
				log(none(func() { q.Put([2]any{1, d{1: 3}}) }))
				q = queue.NewPriorityQueue()
				q.Put(1)
				q.Put(true)
				log(q.Qsize())
			}},
		{Name: "pipeline", Since: 0, Python: `
a, b = queue.Queue(1), queue.LifoQueue()
def square():
    while True:
        x = a.get()
        if x is None: break
        b.put(x * x); a.task_done()
t = threading.Thread(target=square); t.start()
for i in range(5): a.put(i)
a.join(); a.put(None); t.join()
while not b.empty(): print(b.get())`,
			Go: func(log func(...any)) {
				a, b := queue.NewQueue(1), queue.NewLifoQueue()
				t := threading.NewThread(func() {
					for {
						x := a.Get()
						if x == nil {
							break
						}
						b.Put(x.(int) * x.(int))
						a.TaskDone()
					}
				})
				t.Start()
				for i := range 5 {
					a.Put(i)
				}
				a.Join()
				a.Put(nil)
				t.Join()
				for !b.Empty() {
					log(b.Get())
				}
			}},
		{Name: "simple", Since: 7, Python: `
s = queue.SimpleQueue()
print(name(s.get_nowait), name(s.get, timeout=-1), name(s.get, timeout=0), name(s.put, 1, timeout=-1), s.get(False, -1), s.qsize(), int(s.empty()))
got = []
def take():
    while True:
        x = s.get()
        if x is None: break
        got.append(x)
ts = [threading.Thread(target=take) for _ in range(3)]
for t in ts: t.start()
for i in range(30): s.put(i)
for t in ts: s.put(None)
for t in ts: t.join()
print(sum(got), len(got))`,
			Go: func(log func(...any)) {
				s := queue.NewSimpleQueue()
				log(returned(s.GetNowait()), name(func() any { return s.Get(queue.Timeout(-1)) }),
					returned(s.GetTimeout(0)),
					none(func() { s.Put(1, queue.Timeout(-1)) }), s.Get(queue.Block(false), queue.Timeout(-1)),
					s.Qsize(), bit(s.Empty()))
				sum, n := 0, 0
				lock := threading.NewLock()
				var ts []*threading.Thread
				for range 3 {
					t := threading.NewThread(func() {
						for x := s.Get(); x != nil; x = s.Get() {
							lock.With(func() { sum += x.(int); n++ })
						}
					})
					t.Start()
					ts = append(ts, t)
				}
				for i := range 30 {
					s.Put(i)
				}
				for range ts {
					s.Put(nil)
				}
				for _, t := range ts {
					t.Join()
				}
				log(sum, n)
			}},
		{Name: "shutdown", Since: 13, Python: `
q = queue.Queue(); q.put(1); q.shutdown()
print(name(q.put, 1), name(q.get), name(q.get), name(q.get_nowait), name(q.get, timeout=1), q.qsize(), int(q.is_shutdown))
q.task_done(); q.join(); print(name(q.task_done))
q = queue.Queue(); q.put(1); q.shutdown(immediate=True)
print(name(q.get)); q.join(); print(name(q.task_done), name(q.put_nowait, 1))
q, ends = queue.Queue(1), []
q.put(0)
t = threading.Thread(target=lambda: ends.append(name(q.put, 1))); t.start()
u = threading.Thread(target=q.join); u.start()
q.shutdown(True); t.join(); u.join(); print(*ends)`,
			Go: func(log func(...any)) {
				q := queue.NewQueue()
				q.Put(1)
				q.Shutdown()
				get := func() any { return name(func() any { return q.Get() }) }
				log(none(func() { q.Put(1) }), get(), get(), returned(q.GetNowait()),
					returned(q.GetTimeout(time.Second)), q.Qsize(), bit(q.IsShutdown()))
				q.TaskDone()
				q.Join()
				log(none(q.TaskDone))
				q = queue.NewQueue()
				q.Put(1)
				q.Shutdown(true)
				log(get())
				q.Join()
				log(none(q.TaskDone), returned("None", q.PutNowait(1)))
				q = queue.NewQueue(1)
				q.Put(0)
				var end any
				t := threading.NewThread(func() { end = none(func() { q.Put(1) }) })
				t.Start()
				u := threading.NewThread(q.Join)
				u.Start()
				q.Shutdown(true)
				t.Join()
				u.Join()
				log(end)
			}},
	})
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// job is an item with an idea of its own of what is less.
type job struct{ priority, n int }

func (j job) Less(other any) bool { return j.priority < other.(job).priority }
