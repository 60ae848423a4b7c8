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
		{"an atomic flag", "var ready atomic.Bool; n, got := 0, 7", "got", "n = 7; ready.Store(true)",
			"if ready.Load() { got = n }", "7@0, complete"},
		{"an atomic counter", "var n int64", "n", "atomic.AddInt64(&n, 1)", "atomic.AddInt64(&n, 1)", "2@0, complete"},
		{"two atomics in order", "var a, b atomic.Int64; got := int64(1)", "got", "a.Store(1); b.Store(1)",
			"if a.Load() == 1 { got = b.Load() }", "1@0, !0@1, complete"},
		{"an atomic's value that is old", "var n atomic.Int64", "n.Load()", "n.Store(n.Load() + 1)",
			"n.Store(n.Load() + 1)", "2@0, !1@1, complete"},
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
