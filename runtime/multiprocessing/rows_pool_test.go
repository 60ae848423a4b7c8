//go:build unix

package multiprocessing_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"gilkernel/runtime/exceptions"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/twin"
)

// poolRows are behaviours of pools that Lib/test/_test_multiprocessing.py checks.
func poolRows() []twin.Row {
	return []twin.Row{
		{Name: "pool: map", Python: `
import multiprocessing as mp
def square(x): return x * x
def add(a, b=100): return a + b
with mp.Pool(3) as pool:
    print(pool.apply(square, (5,)), pool.apply(add, (1,), {"b": 2}))
    print(pool.map(square, range(7)), pool.map(square, range(7), chunksize=3), pool.map(square, []))
    print(pool.starmap(add, [(1, 2), (3,)]), pool.starmap_async(add, [(1, 1)]).get(60))
    print(pool.map(square, (x for x in range(3))))`,
			Want: `
25 3
[0, 1, 4, 9, 16, 25, 36] [0, 1, 4, 9, 16, 25, 36] []
[3, 103] [2]
[0, 1, 4]`,
			Go: func(log func(...any)) {
				mp.NewPool(3).With(func(pool *mp.Pool) {
					log(pool.Apply(square, 5), pool.Apply(plus, 1, 2))
					log(listing(pool.Map(square, 7)), listing(pool.Map(square, 7, mp.Chunksize(3))),
						listing(pool.Map(square, []int{})))
					log(listing(pool.Starmap(plus, [][]any{{1, 2}, {3}})),
						listing(pool.StarmapAsync(plus, [][2]int{{1, 1}}).Get(mp.Timeout(watchdog)).([]any)))
					log(listing(pool.Map(square, func(yield func(int) bool) { _ = yield(0) && yield(1) && yield(2) })))
				})
			}},
		{Name: "pool: imap", Python: `
import multiprocessing as mp, time
def square(x): return x * x
def wait(_): return gate.wait(60)
def prepare(g): global gate; gate = g
gate = mp.Event()
with mp.Pool(2, prepare, (gate,)) as pool:
    print(list(pool.imap(square, range(5))), list(pool.imap(square, range(5), chunksize=2)))
    print(sorted(pool.imap_unordered(square, range(5))))
    it = pool.imap(square, [3]); print(next(it))
    try: next(it)
    except StopIteration: print("StopIteration")
    it = pool.imap(wait, [60])
    try: it.next(timeout=0.01)
    except mp.TimeoutError: print("TimeoutError")
    gate.set(); print(it.next(timeout=60))`,
			Want: `
[0, 1, 4, 9, 16] [0, 1, 4, 9, 16]
[0, 1, 4, 9, 16]
9
StopIteration
TimeoutError
True`,
			Go: func(log func(...any)) {
				gate := mp.NewEvent()
				mp.NewPool(2, mp.Initializer(prepare, gate)).With(func(pool *mp.Pool) {
					all := func(it mp.IMapIterator) (l []any) {
						for v := range it {
							l = append(l, v)
						}
						return l
					}
					log(listing(all(pool.Imap(square, 5))), listing(all(pool.Imap(square, 5, mp.Chunksize(2)))))
					l := all(pool.ImapUnordered(square, 5))
					slices.SortFunc(l, func(a, b any) int { return a.(int) - b.(int) })
					log(listing(l))
					it := pool.Imap(square, []int{3})
					v, _ := it.Next()
					log(v)
					if _, ok := it.Next(); !ok {
						log("StopIteration")
					}
					it = pool.Imap(gateWait, []int{60})
					log(strings.TrimSuffix(raised(func() { it.Next(mp.Timeout(10 * time.Millisecond)) }), ": "))
					gate.Set()
					v, _ = it.Next(mp.Timeout(watchdog))
					log(none(v))
				})
			}},
		{Name: "pool: exceptions", Python: `
import multiprocessing as mp
def inverse(x):
    if x == 0: raise ValueError("zero")
    return 12 // x
with mp.Pool(2) as pool:
    try: pool.map(inverse, [1, 0, 2])
    except ValueError as e: print(e, type(e.__cause__).__name__, "inverse" in str(e.__cause__))
    try: pool.apply(inverse, (0,))
    except ValueError as e: print(e)
    it = pool.imap(inverse, [4, 0, 3]); print(next(it))
    try: next(it)
    except ValueError as e: print(e)
    print(next(it)); r = pool.apply_async(inverse, (0,)); r.wait(60); print(r.ready(), r.successful())`,
			Want: `
zero RemoteTraceback True
zero
3
zero
4
True False`,
			Go: func(log func(...any)) {
				mp.NewPool(2).With(func(pool *mp.Pool) {
					err := exceptions.Try(func() { pool.Map(inverse, []int{1, 0, 2}) })
					var cause *mp.RemoteTraceback
					var value *exceptions.ValueError
					if errors.As(err, &cause) && errors.As(err, &value) && exceptions.Is(err, "ValueError") {
						log(err, cause.Exception(), truth(strings.Contains(cause.Error(), "inverse")))
					}
					log(exceptions.Try(func() { pool.Apply(inverse, 0) }))
					it := pool.Imap(inverse, []int{4, 0, 3})
					v, _ := it.Next()
					log(v)
					log(exceptions.Try(func() { it.Next() }))
					v, _ = it.Next()
					log(v)
					r := pool.ApplyAsync(inverse, 0)
					r.Wait(mp.Timeout(watchdog))
					log(truth(r.Ready()), truth(r.Successful()))
				})
			}},
		{Name: "pool: results that come later", Since: 7, Python: `
import multiprocessing as mp
def same(x): return x
def fail(x): raise KeyError(x)
def wait(_): return gate.wait(60)
def prepare(g): global gate; gate = g
got = []
gate = mp.Event()
with mp.Pool(1, prepare, (gate,)) as pool:
    r = pool.apply_async(wait, (60,))
    try: r.get(timeout=0.01)
    except mp.TimeoutError: print("TimeoutError", r.ready())
    try: r.successful()
    except ValueError as e: print("ValueError", str(e).endswith("not ready"))
    gate.set(); print(r.get(60), r.ready(), r.successful())
    pool.map_async(same, [1, 2], callback=got.append).get(60)
    e = pool.apply_async(fail, (1,), error_callback=lambda e: got.append(repr(e))); e.wait(60)
    pool.close(); pool.join(); print(got)`,
			Want: `
TimeoutError False
ValueError True
True True True
[[1, 2], 'KeyError(1)']`,
			Go: func(log func(...any)) {
				gate := mp.NewEvent()
				mp.NewPool(1, mp.Initializer(prepare, gate)).With(func(pool *mp.Pool) {
					var got []string
					r := pool.ApplyAsync(gateWait, 60)
					log(strings.TrimSuffix(raised(func() { r.Get(mp.Timeout(10 * time.Millisecond)) }), ": "),
						truth(r.Ready()))
					name, text, _ := strings.Cut(raised(func() { r.Successful() }), ": ")
					log(name, truth(strings.HasSuffix(text, "not ready")))
					gate.Set()
					log(none(r.Get(mp.Timeout(watchdog))), truth(r.Ready()), truth(r.Successful()))
					pool.MapAsync(square, []int{1, 2},
						mp.Callback(func(v any) { got = append(got, listing(v.([]any))) })).Get(mp.Timeout(watchdog))
					got[0] = strings.Replace(got[0], "4", "2", 1) // the Go function is square
					e := pool.ApplyAsync(keyError, 1, mp.ErrorCallback(func(err error) {
						got = append(got, fmt.Sprintf("'%s(%s)'", err.(exceptions.Exception).Exception(), err))
					}))
					e.Wait(mp.Timeout(watchdog))
					pool.Close()
					pool.Join()
					log("[" + strings.Join(got, ", ") + "]")
				})
			}},
		{Name: "a closed pool", Since: 7, Python: `
import multiprocessing as mp
def name(f, *a):
    try: return f(*a)
    except Exception as e: return type(e).__name__ + ": " + str(e)
pool = mp.Pool(1); r = pool.apply_async(abs, (-1,))
print(name(pool.join)); pool.close(); print(name(pool.apply, abs, (-1,))); pool.join(); print(r.get())
with mp.Pool(1) as pool: pass
print(name(pool.map, abs, [1])); pool.join()
print(name(mp.Pool, 0), "|", name(mp.Pool, -1))`,
			Want: `
ValueError: Pool is still running
ValueError: Pool not running
1
ValueError: Pool not running
ValueError: Number of processes must be at least 1 | ValueError: Number of processes must be at least 1`,
			Go: func(log func(...any)) {
				pool := mp.NewPool(1)
				r := pool.ApplyAsync(square, -1)
				log(raised(pool.Join))
				pool.Close()
				log(raised(func() { pool.Apply(square, -1) }))
				pool.Join()
				log(r.Get())
				pool = mp.NewPool(1)
				pool.With(func(*mp.Pool) {})
				log(raised(func() { pool.Map(square, []int{1}) }))
				pool.Join()
				log(raised(func() { mp.NewPool(0) }), "|", raised(func() { mp.NewPool(-1) }))
			}},
		{Name: "pool: an initializer", Python: `
import multiprocessing as mp
try: mp.Pool(1, 5)
except TypeError as e: print(e)`,
			Want: `
initializer must be a callable`,
			Go: func(log func(...any)) {
				log(strings.TrimPrefix(raised(func() { mp.NewPool(1, mp.Initializer(5)) }), "TypeError: "))
			}},
		{Name: "tasks per child", Since: 10, Python: `
import multiprocessing as mp, os
def pid(_): return os.getpid()
with mp.Pool(1, maxtasksperchild=2) as pool: pids = [pool.apply(pid, (i,)) for i in range(6)]
print(len(set(pids)), pids[0] == pids[1], pids[1] == pids[2])
try: mp.Pool(1, maxtasksperchild=0)
except ValueError as e: print(e)`,
			Want: `
3 True False
maxtasksperchild must be a positive int or None`,
			Go: func(log func(...any)) {
				var pids []any
				mp.NewPool(1, mp.MaxTasksPerChild(2)).With(func(pool *mp.Pool) {
					for i := range 6 {
						pids = append(pids, pool.Apply(pid, i))
					}
				})
				set := map[any]bool{}
				for _, p := range pids {
					set[p] = true
				}
				log(len(set), truth(pids[0] == pids[1]), truth(pids[1] == pids[2]))
				log(strings.TrimPrefix(raised(func() { mp.NewPool(1, mp.MaxTasksPerChild(0)) }), "ValueError: "))
			}},
		{Name: "pool: an iterable that fails", Python: `
import multiprocessing as mp
def items():
    yield 1
    yield 2
    raise RuntimeError("no more")
with mp.Pool(1) as pool:
    it = pool.imap(abs, items()); got = []
    try:
        for x in it: got.append(x)
    except RuntimeError as e: got.append(str(e))
    print(got)
    try: pool.map(abs, items())
    except RuntimeError as e: print(e)`,
			Want: `
[1, 2, 'no more']
no more`,
			Go: func(log func(...any)) {
				items := func(yield func(int) bool) {
					yield(1)
					yield(2)
					panic(exceptions.Runtime("no more"))
				}
				mp.NewPool(1).With(func(pool *mp.Pool) {
					var got []any
					if err := exceptions.Try(func() {
						for x := range pool.Imap(same, items) {
							got = append(got, x)
						}
					}); err != nil {
						got = append(got, "'"+err.Error()+"'")
					}
					log(listing(got))
					log(exceptions.Try(func() { pool.Map(same, items) }))
				})
			}},
		{Name: "pool: what can't be sent", Python: `
import multiprocessing as mp
def bad(): return lambda: 0
with mp.Pool(1) as pool:
    try: pool.apply(bad)
    except mp.pool.MaybeEncodingError as e: print(type(e).__name__, "Error sending result" in str(e))
    try: pool.apply(lambda: 0)
    except Exception as e: print("refused")
    print(pool.apply(abs, (2,)))`,
			Want: `
MaybeEncodingError True
refused
2`,
			Go: func(log func(...any)) {
				mp.NewPool(1).With(func(pool *mp.Pool) {
					name, text, _ := strings.Cut(raised(func() { pool.Apply(bad) }), ": ")
					log(name, truth(strings.Contains(text, "Error sending result")))
					captured := 0
					if raised(func() { pool.Apply(func() int { return captured }) }) != "nothing" {
						log("refused")
					}
					log(pool.Apply(same, 2))
				})
			}},
		{Name: "pool: repr", Since: 8, Python: `
import multiprocessing as mp
p = mp.Pool(2); print(p); p.close(); print(p); p.join(); p.terminate(); print(p)`,
			Want: `
<multiprocessing.pool.Pool state=RUN pool_size=2>
<multiprocessing.pool.Pool state=CLOSE pool_size=2>
<multiprocessing.pool.Pool state=TERMINATE pool_size=2>`,
			Go: func(log func(...any)) {
				p := mp.NewPool(2)
				log(p)
				p.Close()
				log(p)
				p.Join()
				p.Terminate()
				log(p)
			}},
	}
}

// listing returns a list of numbers as Python prints it.
func listing(values []any) string {
	var b []string
	for _, v := range values {
		b = append(b, fmt.Sprint(v))
	}
	return "[" + strings.Join(b, ", ") + "]"
}

func square(x int) int { return x * x }

func same(x int) int { return x }

func pid(int) any { return mp.CurrentProcess().PID() }

func bad() chan int { return make(chan int) }

func plus(a int, b ...int) int {
	if len(b) == 0 {
		return a + 100
	}
	return a + b[0]
}

func inverse(x int) int {
	if x == 0 {
		panic(exceptions.Value("zero"))
	}
	return 12 / x
}

func keyError(x int) { panic(&exceptions.KeyError{Key: x}) }

var gates sync.Map // by process, because the workers of a simulated machine share this variable

func prepare(g *mp.Event) { gates.Store(mp.CurrentProcess(), g) }

func gateWait(int) bool {
	g, _ := gates.Load(mp.CurrentProcess())
	return g.(*mp.Event).Wait(mp.Timeout(watchdog))
}
