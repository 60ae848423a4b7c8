package interp_test

// This file tests package sync in cells that are explored.

import "testing"

func TestExploredSync(t *testing.T) {
	p := begin(t)
	for _, row := range []struct{ name, declare, last, a, b, want string }{
		{"a mutex", "var mu sync.Mutex; n := 0", "n", "mu.Lock(); n++; mu.Unlock()", "mu.Lock(); n++; mu.Unlock()",
			"2@0, complete"},
		{"two mutexes", "var a, b sync.Mutex", "", "a.Lock(); b.Lock(); b.Unlock(); a.Unlock()",
			"b.Lock(); a.Lock(); a.Unlock(); b.Unlock()", "@0, !deadlock@1"},
		{"a mutex twice", "var mu sync.Mutex", "", "mu.Lock(); mu.Lock()", "", "!deadlock@0"},
		{"a mutex that isn't locked", "var mu sync.Mutex", "", "mu.Unlock()", "",
			"!panic panic: sync: unlock of unlocked mutex@0"},
		{"a try", "var mu sync.Mutex; n := 0", "n", "mu.Lock(); f := func() {}; f(); mu.Unlock()",
			"if mu.TryLock() { n++; mu.Unlock() }", "1@0, !0@1, complete"},
		{"readers", "var mu sync.RWMutex; n := 0; got := 0", "got", "mu.RLock(); got = n; mu.RUnlock()",
			"mu.Lock(); n++; n--; mu.Unlock()", "0@0, complete"},
		{"a reader that writes", "var mu sync.RWMutex", "", "mu.RLock(); mu.Lock()", "", "!deadlock@0"},
		{"a lock that is embedded", "c := &struct { sync.Mutex; n int }{}", "c.n", "c.Lock(); defer c.Unlock(); c.n++",
			"c.Lock(); defer c.Unlock(); c.n++", "2@0, complete"},
		{"once", "var once sync.Once; n := 0", "n", "once.Do(func() { n++ })", "once.Do(func() { n++ })",
			"1@0, complete"},
		{"a group", "var wg sync.WaitGroup; wg.Add(1); n := 0; got := 0", "got", "n = 7; wg.Done()",
			"wg.Wait(); got = n", "7@0, complete"},
		{"a group that nobody leaves", "var wg sync.WaitGroup; wg.Add(1)", "", "wg.Wait()", "", "!deadlock@0"},
		{"a condition", "var mu sync.Mutex; c := sync.NewCond(&mu); n := 0", "n",
			"mu.Lock(); for n == 0 { c.Wait() }; n--; mu.Unlock()", "mu.Lock(); n++; c.Signal(); mu.Unlock()",
			"0@0, complete"},
		{"a condition that is missed", "var mu sync.Mutex; c := sync.NewCond(&mu)", "",
			"mu.Lock(); c.Wait(); mu.Unlock()",
			"c.Broadcast()", "@0, !deadlock@1"},
		{"a condition of an RWMutex", "var mu sync.RWMutex; c := sync.NewCond(&mu); n := 0", "n",
			"mu.Lock(); for n == 0 { c.Wait() }; n--; mu.Unlock()", "mu.Lock(); n++; c.Signal(); mu.Unlock()",
			"0@0, complete"},
		{"a condition of readers", "var mu sync.RWMutex; c := sync.NewCond(mu.RLocker()); n := 0", "n",
			"mu.RLock(); for n == 0 { c.Wait() }; mu.RUnlock()", "mu.Lock(); n++; c.Broadcast(); mu.Unlock()",
			"1@0, complete"},
		{"a condition of a lock of the cell's", "c := sync.NewCond(&struct{ sync.Mutex }{}); n := 0", "n",
			"c.L.Lock(); for n == 0 { c.Wait() }; n--; c.L.Unlock()", "c.L.Lock(); n++; c.Signal(); c.L.Unlock()",
			"0@0, complete"},
		{"a reader's Locker", "var mu sync.RWMutex; n := 0; got := 0", "got", "l := mu.RLocker(); l.Lock(); got = n; " +
			"l.Unlock()", "mu.Lock(); n++; n--; mu.Unlock()", "0@0, complete"},
		{"a mutex that is put anew", "c := &struct { sync.Mutex; n int }{}; c.Lock(); *c = struct { sync.Mutex; n " +
			"int }{}", "c.n", "c.Lock(); c.n++; c.Unlock()", "c.Lock(); c.n++; c.Unlock()", "2@0, complete"},
		{"an atomic flag", "var ready atomic.Bool; n, got := 0, 7", "got", "n = 7; ready.Store(true)",
			"if ready.Load() { got = n }", "7@0, complete"},
		{"an atomic counter", "var n int64", "n", "atomic.AddInt64(&n, 1)", "atomic.AddInt64(&n, 1)", "2@0, complete"},
		{"two atomics in order", "var a, b atomic.Int64; got := int64(1)", "got", "a.Store(1); b.Store(1)",
			"if a.Load() == 1 { got = b.Load() }", "1@0, !0@1, complete"},
		{"an atomic's value that is old", "var n atomic.Int64", "n.Load()", "n.Store(n.Load() + 1)",
			"n.Store(n.Load() + 1)", "2@0, !1@1, complete"},
		{"an atomic pointer", "var p atomic.Pointer[int]; p.Store(new(int))", "*p.Load()",
			"v := *p.Load() + 1; p.Store(&v)", "v := *p.Load() + 1; p.Store(&v)", "2@0, !1@1, complete"},
		{"a loop until a swap", "var n atomic.Int64", "n.Load()",
			"for v := n.Load(); !n.CompareAndSwap(v, v+1); v = n.Load() {}",
			"for v := n.Load(); !n.CompareAndSwap(v, v+1); v = n.Load() {}", "2@0, complete"},
		{"an atomic in a struct", "type c struct { name string; atomic.Int64 }; x := &c{}", "x.Load()",
			"x.Store(x.Load() + 1)", "x.Store(x.Load() + 1)", "2@0, !1@1, complete"},
		{"atomics of an array", "var a [2]atomic.Int32; i := 1", "a[1].Load()", "a[i].Add(1)", "a[i].Add(1)",
			"2@0, complete"},
		{"a method as a function", "var n atomic.Int32", "n.Load()", "f := (*atomic.Int32).Add; f(&n, 1)",
			"(*atomic.Int32).Add(&n, 1)", "2@0, complete"},
		{"a value of a method", "var n atomic.Int32", "n.Load()", "f := n.Add; f(1)", "f := n.Load; n.Store(f() + 1)",
			"2@0, !1@2, complete"},
		{"an atomic map of package sync", "var m sync.Map; m.Store(1, 1)", "n, _ := m.Load(1); n", "m.Store(1, 2)",
			"m.Store(1, 3)", "3@0, !2@1, complete"},
	} {
		for _, python := range []string{"3.9", "3.12", "3.13t"} {
			code := "import (\n\"sync\"\n\"sync/atomic\"\n)\nvar _ atomic.Int32\nvar _ sync.Mutex\n"
			got := summary(p.search(code+threads(row.declare, row.last, row.a, row.b), python))
			if got != row.want {
				t.Errorf("%s under %s: %s, want %s", row.name, python, got, row.want)
			}
		}
	}
}

// TestExploredAtomics holds what is said of atomic operations: one is an access to what it is about, by its name, and
// orders threads; what isn't atomic races with it.
func TestExploredAtomics(t *testing.T) {
	p := begin(t)
	for _, row := range []struct {
		name, declare, last, a, b, want string
		most                            int // schedules
	}{
		{"four on one number", "var n atomic.Int64", "n.Load()", "n.Store(n.Load() + 1)", "n.Store(n.Load() + 1)",
			"2@0, !1@1, complete", 50},
		{"two on two numbers", "var a, b atomic.Int64", "", "a.Add(1)", "b.Add(1)", "@0, complete", 8},
		{"a plain read and an atomic write", "var n, got int64", "", "atomic.StoreInt64(&n, 1)", "got = n",
			"@0, !race@0, complete", 50},
		{"an atomic read and a plain write", "var n, got int64", "", "got = atomic.LoadInt64(&n)", "n = 1",
			"@0, !race@0, complete", 50},
		{"a loop that waits for a flag", "var ready atomic.Bool; n, got := 0, 0", "got", "n = 7; ready.Store(true)",
			"for !ready.Load() {}; got = n", "7@0, complete", 50},
		{"Peterson's lock", "var want [2]atomic.Bool; var turn atomic.Int32; n := 0; add := func(i int) { " +
			"want[i].Store(true); turn.Store(int32(1 - i)); for want[1-i].Load() && turn.Load() == int32(1-i) {}; " +
			"n++; want[i].Store(false) }", "n", "add(0)", "add(1)", "2@0, complete", 1000},
		{"a loop that waits for one of two flags", "var a, b atomic.Bool; n, got := 0, 0", "got",
			"n = 7; b.Store(true)", "for !a.Load() && !b.Load() {}; got = n", "7@0, complete", 100},
	} {
		x := p.search("import \"sync/atomic\"\n"+threads(row.declare, row.last, row.a, row.b), "3.13t")
		if got := summary(x); got != row.want || x.Schedules > row.most {
			t.Errorf("%s: %s, want %s; in %d schedules, at most %d", row.name, got, row.want, x.Schedules, row.most)
		}
	}
}

// TestExploredPolling has a thread look at a flag ten times: that it reads the same again doesn't mean that it waits,
// as it counts its turns itself. Each of them can be the one in which the flag is set.
func TestExploredPolling(t *testing.T) {
	p := begin(t)
	for _, python := range []string{"3.9", "3.13t"} {
		for _, row := range []struct{ name, declare, set, look string }{
			{"plain", "ready := false", "ready = true", "ready"},
			{"atomic", "var ready atomic.Bool", "ready.Store(true)", "ready.Load()"},
			{"two flags", "ready, other := false, false", "ready = true", "other || ready"},
		} {
			x := p.search("import \"sync/atomic\"\nvar _ atomic.Bool\n"+threads(row.declare+"; got := -1", "got",
				row.set, "for i := range 10 { if "+row.look+" { got = i; return } }"), python)
			values := 0
			for _, o := range x.Outcomes {
				if o.Kind == "value" {
					values++
				}
			}
			if values != 11 || !x.Complete {
				t.Errorf("%s under %s: %s", row.name, python, summary(x))
			}
		}
	}
}
