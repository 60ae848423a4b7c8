package main

// programs returns the programs to run, each of which declares a function run. The loops are those of the reference
// measurements.
var programs = [...]struct{ name, text, python string }{
	{"fib(30)", `func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
func run() { fib(30) }`, `def fib(n): return n if n < 2 else fib(n-1) + fib(n-2)
t = time.perf_counter(); fib(30); print((time.perf_counter() - t) * 1e3)`},
	{"10M loop", `func run() { n := 0; for i := 0; i < 10_000_000; i++ { n += i } }`, `def run():
    n = 0
    for i in range(10_000_000): n += i
t = time.perf_counter(); run(); print((time.perf_counter() - t) * 1e3)`},
	{"1M map operations", `func run() { m := map[int]int{}; for i := 0; i < 1_000_000; i++ { m[i%1000] += i } }`, `def run():
    m = {}
    for i in range(1_000_000): m[i % 1000] = m.get(i % 1000, 0) + i
t = time.perf_counter(); run(); print((time.perf_counter() - t) * 1e3)`},
	{"100k channel ping-pong", `func run() { a, b := make(chan int), make(chan int); go func() { for v := range a { ` +
		`b <- v }; close(b) }(); for i := 0; i < 100_000; i++ { a <- i; <-b }; close(a) }`, ""},
	{"sieve 1M", `func run() { s := make([]bool, 1_000_001); for i := 2; i*i <= 1_000_000; i++ { if !s[i] { for j := i * i; j <= 1_000_000; j += i { s[j] = true } } } }`, `def run():
    s = [False] * 1_000_001
    i = 2
    while i * i <= 1_000_000:
        if not s[i]:
            for j in range(i * i, 1_000_001, i): s[j] = True
        i += 1
t = time.perf_counter(); run(); print((time.perf_counter() - t) * 1e3)`},
	{"1M field updates", `type point struct{ x, y int }
func run() { p := point{}; for i := 0; i < 1_000_000; i++ { p.x += i; p.y -= i } }`, `class P: pass
def run():
    p = P(); p.x = p.y = 0
    for i in range(1_000_000): p.x += i; p.y -= i
t = time.perf_counter(); run(); print((time.perf_counter() - t) * 1e3)`},
	{"1M native calls", `import "strings"
func run() { n := 0; for i := 0; i < 1_000_000; i++ { n += len(strings.ToUpper("abc")) } }`, `def run():
    n = 0
    for i in range(1_000_000): n += len("abc".upper())
t = time.perf_counter(); run(); print((time.perf_counter() - t) * 1e3)`},
	{"1M mutex lock+unlock", `import "sync"
func run() { var mu sync.Mutex; for i := 0; i < 1_000_000; i++ { mu.Lock(); mu.Unlock() } }`, `import threading
def run():
    mu = threading.Lock()
    for i in range(1_000_000): mu.acquire(); mu.release()
t = time.perf_counter(); run(); print((time.perf_counter() - t) * 1e3)`},
	{"1M closure calls", `func run() { n := 0; f := func(d int) { n += d }; for i := 0; i < 1_000_000; i++ { f(i) } }`, `def run():
    n = 0
    def f(d):
        nonlocal n
        n += d
    for i in range(1_000_000): f(i)
t = time.perf_counter(); run(); print((time.perf_counter() - t) * 1e3)`},
	{"1M method calls", `type counter struct{ n int }
func (c *counter) add(d int) { c.n += d }
func run() { c := &counter{}; for i := 0; i < 1_000_000; i++ { c.add(i) } }`, `class C:
    def __init__(self): self.n = 0
    def add(self, d): self.n += d
def run():
    c = C()
    for i in range(1_000_000): c.add(i)
t = time.perf_counter(); run(); print((time.perf_counter() - t) * 1e3)`},
	{"1M interface calls", `type adder interface{ add(int) }
type counter struct{ n int }
func (c *counter) add(d int) { c.n += d }
func run() { var c adder = &counter{}; for i := 0; i < 1_000_000; i++ { c.add(i) } }`, ""},
}
