package advice_test

// This file tests the table in cells: which advice a mistake gets, that the Go in it compiles, and that valid Go which
// looks alike fits no row.

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gilkernel/kernel/advice"
	"gilkernel/kernel/cell"
	"gilkernel/kernel/session"
)

// usual is what the names in general advice stand for.
const usual = `x, n, total := 5, 7, 0
xs, m, d := []int{1, 2}, map[string]int{"a": 1}, map[string]int{"a": 1}
f := func(a ...any) any { return nil }
work, cond := func() {}, true
_ = total`

// rows are cells that are refused. want is a part of the advice, valid is Go that looks alike.
var rows = []struct{ row, setup, typed, want, valid string }{
	{"# comment", "", "x := 1 # one", "`// text`", `"# no comment"`},
	{"# comment", "", "# for x in y: class", "`// text`", "// # one"},
	{"triple quotes", "", "s := \"\"\"doc\nmore\"\"\"", "backquote", "s := `\"\"\"`"},
	{"f-string", "name := `x`", `s := f"hello {name}"`, "`fmt.Sprintf(\"hello %v\", name)`", `f("hello")`},
	{"f-string", "", `fmt.Println(f"{x:.2f} of {x + 1}")`, "`fmt.Sprintf(\"%.2f of %v\", x, x + 1)`", `s := "f" + "x"`},
	{"f-string", "", `f'{x}'`, "`fmt.Sprintf(\"%v\", x)`", ""},
	{"f-string", "", `f"{xs[0]['a']}"`, "fmt.Sprintf", ""},
	{"f-string", "", `print(f"100 % of {x}")`, "100 %% of %v", ""},
	{"prefixed string", "", `p := r"\d+"`, "backquotes", `regexp.MustCompile("r")`},
	{"prefixed string", "", `p := b'abc'`, "[]byte", `b := "b"`},
	{"'text'", "", "s := 'text'", "`\"text\"`", "s := 't'"},
	{"'text'", "", "fmt.Println('salt and pepper in xs')", "`\"salt and pepper in xs\"`", "s := '\\n'"},
	{"'c'", "", "s := \"a\" + 'b'", "`\"b\"`", "s := 'a' + 'b'"},

	{"import", "", "import threading", `import "gilkernel/runtime/threading"`, `import "gilkernel/runtime/threading"`},
	{"import", "", "import threading, time", `import "gilkernel/runtime/threading"`, `import t "time"`},
	{"import", "", "import concurrent.futures", `import "gilkernel/runtime/futures"`, ""},
	{"import", "", "import numpy as np", "%%python", ""},
	{"from import", "", "from threading import Thread, Lock", `import "gilkernel/runtime/threading"`,
		"from := 1\nfrom++"},
	{"from import", "", "from queue import Queue", "queue.Name", ""},
	{`import "threading"`, "", `import "threading"`, `import "gilkernel/runtime/threading"`, ""},
	{`import "threading"`, "", `import "numpy"`, "%%python", ""},

	{"tuple", "", "p := 1, 2",
		"`a, b := 1, 2` sets several variables, and a slice holds several values: `p := []int{1, 2}`", "p, q := 1, 2"},
	{"tuple", "", "p := \"a\", 1, 2.5", "`p := []any{\"a\", 1, 2.5}`", ""},
	{"y = 3", "", "p = 3, 4", "`p := []int{3, 4}`", ""},
	{"y = 3", "", "lock = threading.Lock()", "`lock := threading.NewLock()`", ""},
	{"y = 3", "", "sem = threading.Semaphore(3)", "`sem := threading.NewSemaphore(3)`", ""},
	{"attribute", "t := threading.NewThread(work)", "t.name = \"x\"", "`t.SetName(\"x\")`", "t.SetName(\"x\")"},
	{"attribute", "t := threading.NewThread(work)", "t.daemon = true", "`t.SetDaemon(true)`", ""},
	{"attribute", "t := threading.NewThread(work)", "t.Name = \"x\"", "`t.SetName(\"x\")`", ""},
	{"range over a List", "l := builtins.NewList(1, 2)", "for v := range l { fmt.Println(v) }",
		"`for v := range l.All() { fmt.Println(v) }`", "for v := range l.All() { fmt.Println(v) }"},
	{"range over a List", "l := builtins.NewList(1, 2)", "for i, v := range l { fmt.Println(i, v) }",
		"`for i, v := range l.Enumerate() { fmt.Println(i, v) }`", ""},
	{"range over a List", "l := builtins.NewDict()", "for k, v := range l { fmt.Println(k, v) }",
		"`for k, v := range l.Items() { fmt.Println(k, v) }`", ""},
	{"range over a List", "l := builtins.NewDict()", "for k := range l { fmt.Println(k) }",
		"`for k := range l.Keys() { fmt.Println(k) }`", ""},
	{"range over a List", "l := builtins.NewList(1, 2)", "for range l { f() }",
		"`for v := range l.All() { fmt.Println(v) }`", ""},
	{"len of a List", "l := builtins.NewList(1, 2)", "len(l)", "`l.Len()`", "l.Len()"},
	{"append to a List", "l := builtins.NewList(1, 2)", "l = append(l, 3)", "`l.Append(1)`", "l.Append(3)"},
	{"item of a List", "l := builtins.NewList(1, 2)", "l[0]", "`l.GetItem(0)`", "l.GetItem(0)"},
	{"item of a List", "l := builtins.NewDict()", "l[\"k\"] = 1", "`l.SetItem(\"k\", 1)`", ""},
	{"target that was called", "g := func(n int) {}", "t := threading.NewThread(g(3))",
		"`threading.NewThread(g, threading.Args(3))`", "t := threading.NewThread(g, threading.Args(3))"},
	{"target that was called", "g := func() {}", "t := threading.NewThread(g())", "`threading.NewThread(g)`", ""},
	{"target that was called", "g := func(n int) {}", "t := threading.NewTimer(time.Second, g(3))",
		"`threading.NewTimer(time.Second, g, threading.Args(3))`", ""},
	{"target that was called", "g := func(n int) {}\nex := futures.NewThreadPoolExecutor(2)", "h := ex.Submit(g(3))",
		"`ex.Submit(g, 3)`", ""},
	{"maxsize", "", "q := queue.NewQueue(queue.Maxsize(1))", "`queue.NewQueue(1)`", "q := queue.NewQueue(1)"},
	{"method of list, dict or str", "other := map[string]int{}", "m.update(other)", "`maps.Copy(m, other)`", ""},

	{"go get", "", "go get github.com/google/uuid", "%get github.com/google/uuid fetches", "get := func() {}\ngo get()"},
	{"decorator", "cache := func(g any) any { return g }", "@cache\ndef f(): pass", "no decorators", `s := "@cache"`},
	{"async def", "", "async def main():\n    pass", "`func main() { }`", "async := 1"},
	{"async with", "", "async with lock:\n    pass", "any call may wait", ""},
	{"method", "", "def add(self, n):\n    self.n += n", "`func (c *Counter) add(n int) { }`", ""},
	{"method", "", "class A:\n    def __init__(self, n, m=2):\n        pass", "`type A struct { n int }`", ""},
	{"def", "", "def add(a, b):\n    return a + b", "`func add(a, b int) int { return 1 }`", "func def() {}"},
	{"def", "", "def work():\n    pass", "`func work() int { return 1 }`", "def := 1\ndef++"},
	{"def", "", "def broken", "`func add(a, b int) int { return a + b }`", ""},
	{"class", "", "class Account:\n    pass", "`type Account struct { n int }`", "class := 1"},
	{"lambda", "", "g := lambda a, b: a + b", "`func(a, b int) any { return a + b }`", "lambda := 1"},
	{"lambda", "", "g := lambda: x + 1", "fmt.Println(x + 1)", ""},
	{"lambda", "", "sorted(xs, key=lambda p: p[1])", "in Go func does", ""},
	{"global", "", "global counter", ":= makes a new one", "global := 1"},
	{"global", "", "nonlocal counter", ":= makes a new one", ""},
	{"yield", "", "yield 1", "yield func(int) bool", "func seq(yield func(int) bool) { yield(1) }"},
	{"await", "", "await asyncio.sleep(1)", "asyncio.Sleep", "await := 1"},
	{"await", "", "y := await work()", "asyncio.CreateTask", ""},
	{"annotation", "", "n: int = 5", "`var n int = 5`", ""},
	{"annotation", "", "s: str = 'a'", "`var s string = \"a\"`", ""},
	{"let", "", "let y = 5", "`y := 5`", "const y = 5"},
	{"let", "", "var y := 5", "`y := 5`", "var y = 5"},

	{"with open", "", "with open('a.txt') as src:\n    pass", "`src, err := os.Open(\"a.txt\")`", ""},
	{"with pool", "", "with ThreadPoolExecutor(4) as ex:\n    pass",
		"`futures.NewThreadPoolExecutor(4).With(func(ex *futures.ThreadPoolExecutor) { })`", ""},
	{"with pool", "", "with futures.ThreadPoolExecutor(max_workers=2) as ex:\n    pass",
		"futures.NewThreadPoolExecutor(2)", ""},
	{"with", "lock := threading.NewLock()", "with lock:\n    x = 1", "`lock.With(func() { })`", "with := 1"},
	{"with", "lock := threading.NewLock()", "with lock {\n    x = 1\n}", "`lock.With(func() { })`", "with := 1"},
	{"with", "", "with suppress(ValueError):\n    f()", "defer", ""},
	{"while True", "", "while True:\n    f()", "`for { }`", "while := 1\n_ = while"},
	{"while True", "", "while (1) {\n}", "`for { }`", ""},
	{"while", "", "while x < 3:\n    x += 1", "`for x < 3 { }`", ""},
	{"while", "p := &x", "while not cond and p is not None:\n    f()", "`for !cond && p != nil { }`", ""},
	{"while", "", "while x in xs:\n    f()", "`for x < 3 { }`", ""},
	{"comprehension", "", "ts = [threading.Thread(target=f) for _ in range(4)]",
		"`for i := range 4 { ys = append(ys, i) }`", ""},
	{"arguments of a thread", "", "g := func(int) {}\nthreading.NewThread(g, 3)", "`threading.Args(3)`",
		"threading.NewThread(func(int) {}, threading.Args(3))"},
	{"comprehension", "", "ys := [n * 2 for n in range(3)]", "`for n := range 3 { ys = append(ys, n) }`",
		"ys := []int{1}"},
	{"comprehension", "", "[n for n in xs if n > 1]", "`for _, n := range xs { ys = append(ys, n) }`", ""},
	{"dict comprehension", "", "p := {n: n * n for n in xs}", "`m := map[int]bool{}`", ""},
	{"generator expression", "", "sum(n for n in xs)", "total += n", ""},
	{"for in", "", "for i in range(10):\n    f()", "`for i := range 10 { }`", "for i := range 10 { _ = i }"},
	{"for in", "", "for i in range(1, x):", "`for i := 1; i < x; i++ { }`", ""},
	{"for in", "", "for i in range(0, 10, 2):", "`for i := 0; i < 10; i += 2 { }`", ""},
	{"for in", "", "for i in range(10, 0, -1):", "`for i := 10; i > 0; i-- { }`", ""},
	{"for in", "", "for v in xs:", "`for _, v := range xs { }`", "for _, v := range xs { _ = v }"},
	{"for in", "", "for v in xs {\n}", "`for _, v := range xs { }`", ""},
	{"for in", "", "for v in [1, 2]:", "`for _, v := range []int{1, 2} { }`", ""},
	{"for in", "", "for i, v in enumerate(xs):", "`for i, v := range xs { }`", ""},
	{"for in", "ys := xs", "for a, b in zip(xs, ys):", "min(len(xs), len(ys))", ""},
	{"for in", "", "for k, v in d.items():", "`for k, v := range d { }`", ""},
	{"for in", "", "for k in d.keys():", "`for k := range d { }`", ""},
	{"for in", "", "for v in d.values():", "`for _, v := range d { }`", ""},
	{"for in", "", "for v in sorted(xs):", "slices.Sorted", ""},
	{"for in", "", "for v in reversed(xs):", "slices.Backward(xs)", ""},
	{"for in", "", "for v in xs: f(v)", "`for _, v := range xs { }`", ""},
	{"try", "", "try:\n    f()\nexcept ValueError as e:\n    pass", "recover()", "try:\n\tfor { break try }"},
	{"finally", "", "f()\nfinally:\n    f()", "defer", ""},
	{"finally", "", "finally: f() else: f()", "defer", ""},
	{"try", "", "try:\n    f()", "recover()", ""},
	{"raise", "", "raise ValueError('bad')", "`panic(exceptions.Value(\"bad\"))`", "raise := 1"},
	{"raise", "", "raise KeyError(k)", "`panic(errors.New(\"text\"))`", ""},
	{"raise", "", "raise", "panic(errors.New", ""},
	{"assert", "", "assert x == 1, 'no'", "`if !(x == 1) { panic(\"assertion failed\") }`", "assert := 1"},
	{"elif", "", "if x > 1 {\n} elif x > 2 {\n}", "else if x > 2", "elif := 1"},
	{"del", "", "del d['a']", "`delete(d, \"a\")`", `delete(d, "a")`},
	{"del", "", "del x", "%del does", "del := 1"},
	{"print x", "", "print 'hello'", "`fmt.Println(\"text\")`", `print("hello")`},
	{"match", "", "match x:\n    case 1:\n", "`switch x { case 1: fmt.Println(\"one\") }`", "match := 1"},
	{"not in", "", "x not in xs", "`!slices.Contains(xs, x)`", "not := 1"},
	{"is None", "p := &x", "p is None", "`p == nil`", ""},
	{"is None", "p := &x", "if p is not None:\n    pass", "`p != nil`", ""},
	{"is", "", "x is n", "are the same object", "is := 1"},
	{"not, and, or", "", "if not cond {\n}", "!, &&, ||", "and, or := 1, 2"},
	{"not, and, or", "", "y := not cond", "!, &&, ||", "y := !cond"},
	{"not, and, or", "", "fmt.Println(not cond)", "!, &&, ||", ""},
	{"not, and, or", "", "cond and x == 1", "!, &&, ||", "if cond && x == 1 { }"},
	{"not, and, or", "", "y := x > 3 or x < 1", "!, &&, ||", "x > 3 || x < 1"},
	{"in", "", "x in xs", "`slices.Contains(xs, x)`", "in := 1"},
	{"in", "words := []string{}", "if 'a' in words {\n}", "`slices.Contains(words, \"a\")`", ""},
	{"in", "", "3 in [1, 2]", "slices.Contains([]int{1, 2}, 1)", ""},
	{"x if c else y", "", "y := 1 if x > 3 else 2", "`if x > 3 { y = 1 }`", "if x > 3 { } else { }"},
	{"x if c else y", "", "f(x if cond else n)", "`if cond { y = x }`", ""},

	{"keyword argument", "", "threading.Thread(target=work)", "`threading.NewThread(work)`",
		"threading.NewThread(work)"},
	{"keyword argument", "", "t := threading.Thread(target=f, args=(1, 'a'), daemon=True, name='w')",
		"`threading.NewThread(f, threading.Args(1, \"a\"), threading.Name(\"w\"), threading.Daemon(true))`", ""},
	{"keyword argument", "", "threading.NewThread(target=work)", "`threading.NewThread(work)`", ""},
	{"keyword argument", "", "Thread(target=lambda: f(3))", "in Go func does", ""},
	{"keyword argument", "", "ThreadPoolExecutor(max_workers=4)", "`futures.NewThreadPoolExecutor(4)`", ""},
	{"keyword argument", "", "queue.Queue(maxsize=3)", "`queue.NewQueue(3)`", ""},
	{"keyword argument", "", "threading.Semaphore(value=3)", "`threading.NewSemaphore(3)`", ""},
	{"keyword argument", "q := queue.NewQueue()", "q.get(timeout=0.5)",
		"`q.Get(queue.Timeout(500 * time.Millisecond))`", ""},
	{"keyword argument", "q := queue.NewQueue()", "q.put(1, block=False)", "`q.Put(1, queue.Block(false))`", ""},
	{"keyword argument", "lock := threading.NewLock()", "if lock.acquire(blocking=False) {\n}",
		"`lock.Acquire(threading.Blocking(false))`", ""},
	{"keyword argument", "t := threading.NewThread(nil)", "t.join(timeout=2)",
		"`t.Join(threading.Timeout(2 * time.Second))`", ""},
	{"keyword argument", "", "print(x, end='')", "fmt.Print", ""},
	{"keyword argument", "", "f(1, key=2)", "`f(1, 2)`", "f(x == 1)\nx = 2"},
	{"keyword argument", "", "f(1, key = n + 1)", "`f(1, n + 1)`", "g := func(a int) { x = a }"},
	{"**kwargs", "", "f(**d)", "spread", "f(x * n)"},

	{"slice with step", "", "xs[::-1]", "slices.Reverse", "xs[0:1:2]"},
	{"list", "", "[1, 2]", "`[]int{1, 2}`", "[2]int{1, 2}"},
	{"list", "", "names := ['a', 'b']", "`[]string{\"a\", \"b\"}`", "names := [...]string{`a`}"},
	{"list", "", "ys := []", "`[]int{}`", "ys := xs[1:]"},
	{"list", "", "ys := [1.5, 2]", "`[]float64{1.5, 2}`", "ys := xs[0]"},
	{"list", "", "f([1, 'a'])", "`[]any{1, \"a\"}`", "f(xs[0], xs[1])"},
	{"list", "", "ys := [x, n]", "`[]any{x, n}`", ""},
	{"list", "", "ys := [[1, 2], [3, 4]]", "a slice names its type", "ys := [][]int{{1, 2}}"},
	{"dict", "", `{"a": 1}`, "`map[string]int{\"a\": 1}`", `map[string]int{"a": 1}`},
	{"dict", "", "p := {}", "`map[string]int{}`", "{ x = 1 }"},
	{"dict", "", "p := {1, 2}", "`map[int]bool{1: true, 2: true}`", "p := struct{}{}"},
	{"list", "", `f({"a": [1]})`, "a slice names its type", ""},
	{"tuple", "", "p := (1, 2)", "Go has none", "p := (1)"},
	{"if x = 5", "", "if x = 5 {\n}", "`if x == 5 { }`", "if x == 5 { }"},
	{"if x = 5", "", "for x = n {\n}", "== compares", ""},
	{"x = y = 3", "a, b := 1, 2", "a = b = 3", "`a, b = 3, 3`", "cond = x == n"},
	{"i++", "", "y := x++", "`x++`", "x++"},
	{"++i", "", "++x", "`x++`", "x = n - -x"},
	{"range()", "", "y := range(3)", "`for i := range 3 { fmt.Println(i) }`", "for range 3 { }"},
	{"<>", "", "x <> 1", "`x != 1`", "x < 1"},
	{"x?", "", "y := x > 3 ? 1 : 2", "no ?: operator", `"?"`},

	{"else:", "", "if x > 1 {\n} else:\n", "`if x > 1 { } else { }`", "if x > 1 { } else { }"},
	{"if:", "", "if x > n:\n    f()", "`if x > n { }`", "if x > n { }"},
	{"if:", "", "if cond: f()", "`if cond { }`", "if y := x; y > 3 { }"},
	{"for:", "", "for i := range 3:\n    f()", "braces", ""},
	{"func:", "", "func g():\n    return", "braces", ""},
	{"else on its own line", "", "if x > 1 {\n}\nelse {\n}", "closing brace", ""},
	{"brace on its own line", "", "if x > 1\n{\n}", "opening brace", ""},
	{"brace on its own line", "", "func g()\n{\n}", "opening brace", ""},

	{"True", "", "True", "`true`", ""},
	{"False", "", "y := False", "`false`", ""},
	{"None", "", "y := None", "nil is", ""},
	{"self", "", "self.x = 1", "receiver", ""},
	{"__name__", "", "if __name__ == \"__main__\" {\n}", "its statements run", ""},
	{"pass", "", "for range 3 {\n\tpass\n}", "`for range 3 { }`", ""},
	{"parameter without a type", "", "func g(a, b) int { return 1 }", "`func f(x int) { }`",
		"func g(a, b int) int { return 1 }"},
	{"a module", "", "sys.exit(1)", "os.Exit", ""},
	{"a module", "", "sys.getswitchinterval()", "`gil.GetSwitchInterval()`", ""},
	{"a module", "", "random.random()", "`rand.Float64()`", ""},
	{"a module", "", "random.randint(1, 6)", "`1 + rand.IntN(6)`", ""},
	{"a module", "", "np.array(1)", "%%python", ""},
	{"a module", "", "multiprocessing.Pool(4)", "`multiprocessing.NewPool(4)`", ""},
	{"a module", "", "futures.ProcessPoolExecutor(4)", "`futures.NewProcessPoolExecutor(4)`", ""},
	{"a module", "", "multiprocessing.pool.Pool(4)", "`multiprocessing.NewPool(4)`", ""},
	{"a module", "", "multiprocessing.connection.Client()", "`import \"gilkernel/runtime/multiprocessing/connection\"`",
		""},
	{`import "threading"`, "", "import socketserver", "`import \"gilkernel/runtime/socketserver\"`", ""},
	{"from import", "", "from multiprocessing.shared_memory import SharedMemory",
		"`import \"gilkernel/runtime/multiprocessing/sharedmemory\"`", ""},
	{"keyword argument", "", "p = Pool(processes=4)", "`multiprocessing.NewPool(4)`", ""},
	{"keyword argument", "", "ProcessPoolExecutor(max_workers=4)", "`futures.NewProcessPoolExecutor(4)`", ""},
	{"with pool", "", "with Pool(4) as p:\n    pass",
		"`multiprocessing.NewPool(4).With(func(p *multiprocessing.Pool) { })`", ""},
	{"with pool", "", "with multiprocessing.Pool(processes=5) as p:\n    pass", "multiprocessing.NewPool(5)", ""},
	{"with pool", "", "with ProcessPoolExecutor() as ex:\n    pass", "func(ex *futures.ProcessPoolExecutor) { }", ""},
	{"a module", "", "multiprocessing.Manager()", "`multiprocessing.NewManager()`", ""},
	{"a module", "", "multiprocessing.shared_memory", "`import \"gilkernel/runtime/multiprocessing/sharedmemory\"`",
		""},
	{"a module", "", "mp.Process(f)", "`multiprocessing.NewProcess(func() { })`", ""},
	{"a module", "", "os.fork()", "`p.Start()`", ""},
	{"a module", "", "multiprocessing.cpu_count()", "multiprocessing.CPUCount", "multiprocessing.CPUCount()"},
	{"a module", "", "multiprocessing.current_process()", "multiprocessing.CurrentProcess",
		"multiprocessing.CurrentProcess()"},
	{`import "threading"`, "", "import multiprocessing", "`import \"gilkernel/runtime/multiprocessing\"`", ""},
	{"from import", "", "from multiprocessing import Process", "`import \"gilkernel/runtime/multiprocessing\"`", ""},
	{"keyword argument", "", "multiprocessing.Process(target=f, args=(1, 'a'), daemon=True, name='w')",
		"`multiprocessing.NewProcess(f, multiprocessing.Args(1, \"a\"), multiprocessing.Name(\"w\"), " +
			"multiprocessing.Daemon(true))`", ""},
	{"keyword argument", "", "p = Process(target=work)", "`multiprocessing.NewProcess(work)`", ""},
	{"keyword argument", "", "q := multiprocessing.Queue(maxsize=3)", "`multiprocessing.NewQueue(3)`", ""},
	{"keyword argument", "", "s := multiprocessing.BoundedSemaphore(value=3)",
		"`multiprocessing.NewBoundedSemaphore(3)`", ""},
	{"y = 3", "", "p = multiprocessing.Process(work)", "`p := multiprocessing.NewProcess(work)`", ""},
	{"y = 3", "", "v = multiprocessing.Value(\"i\", 0)", "`v := multiprocessing.NewValue(\"i\", 0)`", ""},
	{"arguments of a thread", "", "g := func(int) {}\nmultiprocessing.NewProcess(g, 3)", "`multiprocessing.Args(3)`",
		""},
	{"target that was called", "g := func(n int) {}", "p := multiprocessing.NewProcess(g(3))",
		"`multiprocessing.NewProcess(g, multiprocessing.Args(3))`", ""},
	{"attribute", "p := multiprocessing.NewProcess(work)", "p.daemon = true", "`p.SetDaemon(true)`", ""},
	{"wait in seconds", "p := multiprocessing.NewProcess(work)", "p.Join(0.5)",
		"`p.Join(multiprocessing.Timeout(500 * time.Millisecond))`", ""},
	{"wait or not", "l := multiprocessing.NewLock()", "l.Acquire(false)", "`l.Acquire(multiprocessing.Block(false))`",
		""},
	{"a module", "", "re.compile(`a`)", "`import \"regexp\"`", ""},
	{"a function of a module", "", "time.sleep(1)", "`time.Sleep(time.Second)`", ""},
	{"a function of a module", "", "t0 := time.time()", "`start := time.Now()`", ""},
	{"a function of a module", "", "os.cpu_count()", "`runtime.NumCPU()`", ""},
	{"a function of a module", "", "json.dumps(x)", "json.Marshal", ""},
	{"a function of a module", "", "math.pi * 2", "`math.Pi`", ""},
	{"a function of a module", "", "threading.local()", "`threading.NewLocal()`", ""},
	{"a function of a module", "", "os.path.join(`a`, `b`)", "filepath.Join", ""},
	{"for i = 0", "", "for i = 0; i < 3; i++ {\n}", "`for i := 0; i < 3; i++ { }`", "for i := 0; i < 3; i++ { }"},
	{"y = 3", "", "y = 3", "`y := 3`", "x = 3"},
	{"y = 3", "", "y = True", "`y := true`", ""},
	{"y = 3", "", "a, b = 1, 2", "`a, b := 1, 2`", ""},
	{"total += 1", "", "count += 1", "`count := 0`", "x += 1"},
	{"total += 1", "", "count++", "`count := 0`", ""},
	{"x := 6 again", "y := 1", "y := 1\ny := 6", "`y = 6`", ""},
	{"exception", "", "ValueError(`x`)", "exceptions.ValueError", ""},
	{"exception", "", "panic(KeyError(`x`))", "errors.New", ""},
	{"builtin", "", `name := input("Name? ")`, "`name, err := display.Input(\"Name? \")`", ""},
	{"builtin", "", "str(x)", "`fmt.Sprint(x)`", ""},
	{"builtin", "", "float(x)", "`float64(x)`", ""},
	{"builtin", "", "list(xs)", "[]int{1, 2}", ""},
	{"builtin", "", "dict()", "map[string]int", ""},
	{"builtin", "", "set(xs)", "map[int]bool", ""},
	{"builtin", "", "sorted(xs)", "slices.Sort", ""},
	{"builtin", "", "enumerate(xs)", "range does", ""},
	{"builtin", "", "zip(xs, xs)", "an index", ""},
	{"builtin", "", "reversed(xs)", "slices.Reverse", ""},
	{"builtin", "", "sum(xs)", "total += n", ""},
	{"builtin", "", "abs(x)", "math.Abs", ""},
	{"builtin", "", "open(`a.txt`)", "os.Open", ""},
	{"builtin", "", "isinstance(x, int)", "%T", ""},
	{"builtin", "", "id(x)", "%p", ""},
	{"builtin", "", "ord(`a`)", "int('A')", ""},
	{"builtin", "", "exit()", "`return`", ""},
	{"builtin", "", "dir(x)", "%whos", ""},
	{"builtin", "", "next(x)", "range does", ""},
	{"builtin", "", "bytes(x)", "[]byte", ""},
	{"builtin", "", "getattr(x, `a`)", "fields and methods", ""},
	{"builtin", "", "eval(`a`)", "%%python", ""},
	{"builtin", "", "quit", "`return`", ""},
	{"map", "", "y := map(f, xs)", "a loop does", "y := map[int]int{}"},

	{"method of list, dict or str", "", "xs.append(4)", "`xs = append(xs, 4)`", ""},
	{"method of list, dict or str", "", "xs.pop()", "`xs = xs[:len(xs)-1]`", ""},
	{"method of list, dict or str", "", "xs.extend(xs)", "`xs = append(xs, xs...)`", ""},
	{"method of list, dict or str", "", "xs.insert(0, 5)", "`xs = slices.Insert(xs, 0, 5)`", ""},
	{"method of list, dict or str", "", "xs.remove(1)", "slices.Delete", ""},
	{"method of list, dict or str", "", "xs.sort()", "`slices.Sort(xs)`", ""},
	{"method of list, dict or str", "", "xs.reverse()", "`slices.Reverse(xs)`", ""},
	{"method of list, dict or str", "", "xs.index(2)", "`i := slices.Index(xs, 2)`", ""},
	{"method of list, dict or str", "", "xs.count(2)", "no methods", ""},
	{"method of list, dict or str", "", "xs.copy()", "slices.Clone", ""},
	{"method of list, dict or str", "", "xs.clear()", "`xs = xs[:0]`", ""},
	{"method of list, dict or str", "", "d.items()", "`for k, v := range d { fmt.Println(k, v) }`", ""},
	{"method of list, dict or str", "", "d.get('a')", "", ""},
	{"method of list, dict or str", "", "d.get(`a`)", "v, ok := d[", ""},
	{"method of list, dict or str", "", "d.update(d)", "maps.Copy", ""},
	{"method of list, dict or str", "", "d.pop(1)", "no methods", ""},
	{"method of list, dict or str", "", "xs.len()", "`len(xs)`", ""},
	{"method of list, dict or str", "", `"abc".upper()`, "`strings.ToUpper(\"abc\")`", ""},
	{"method of list, dict or str", "", `", ".join(xs)`, "strings.Join", ""},
	{"method of list, dict or str", "s := `a`", "s.upper()", "`strings.ToUpper(s)`", ""},
	{"method of list, dict or str", "s := `a`", `s.split(",")`, "`strings.Split(s, \",\")`", ""},
	{"method of list, dict or str", "s := `a`", `s.startswith("a")`, "`strings.HasPrefix(s, \"a\")`", ""},
	{"method of list, dict or str", "s := `a`", `s.join(xs)`, "strings.Join", ""},
	{"method of list, dict or str", "s := `a`", `s.replace("a", "c")`, "`strings.ReplaceAll(s, \"a\", \"c\")`", ""},
	{"method of list, dict or str", "s := `a`", `s.format(x)`, "`fmt.Sprintf(\"%v\", x)`", ""},
	{"method of list, dict or str", "s := `a`", `s.strip()`, "`strings.TrimSpace(s)`", ""},
	{"wait in seconds", "lock := threading.NewLock()", "lock.Acquire(0.5)",
		"`lock.Acquire(threading.Timeout(500 * time.Millisecond))`", ""},
	{"wait in seconds", "t := threading.NewThread(nil)", "t.Join(2)", "`t.Join(threading.Timeout(2 * time.Second))`",
		""},
	{"wait in seconds", "q := queue.NewQueue()", "q.Get(1)", "`q.Get(queue.Timeout(time.Second))`", ""},
	{"wait or not", "lock := threading.NewLock()", "lock.Acquire(false)", "`lock.Acquire(threading.Blocking(false))`",
		""},
	{"wait or not", "q := queue.NewQueue()", "q.Get(false)", "`q.Get(queue.Block(false))`", ""},
	{"seconds", "", "time.Sleep(0.5)", "`time.Sleep(500 * time.Millisecond)`", ""},
	{"seconds", "", "time.Sleep(n)", "`time.Duration(n) * time.Second`", ""},
	{"any", "q := queue.NewQueue()", "var y int = q.Get()", "`q.Get().(int)`", ""},
	{"any in arithmetic", "q := queue.NewQueue()", "q.Get() + 1", "`q.Get().(int) + 1`", ""},
	{"any in arithmetic", "q := queue.NewQueue()", "x * q.Get()", "`x * q.Get().(int)`", ""},
	{"any in arithmetic", "var v any = 1", "v + v", "", ""},
	{"any in arithmetic", "var v any = 1", "v++", "", ""},
	{"**", "", "2 ** 3", "`math.Pow(2, 3)`", ""},
	{`"a" * 3`, "", `"a" * 3`, "`strings.Repeat(\"a\", 3)`", ""},
	{`"%d" % x`, "", `"%d" % x`, "`fmt.Sprintf(\"%d\", x)`", ""},
	{`"a" + 1`, "", `"a" + 1`, "`fmt.Sprint(\"a\", 1)`", ""},
	{`"a" + 1`, "", `"a" + x`, "`fmt.Sprint(\"a\", x)`", ""},
	{"a < b < c", "", "1 < x < 9", "`1 < x && x < 9`", ""},
	{"int and float", "g := 1.5", "x * g", "`float64(x) * g`", ""},
	{"int(text)", "", `int("3")`, "`n, err := strconv.Atoi(\"3\")`", ""},
	{"truth", "", "if xs {\n}", "a condition is a bool", ""},
	{"not x", "", "!x", "`x == 0`", ""},
	{"and, or", "", "cond && x", "need a bool on both sides", ""},
	{"and, or", "", "x || x", "", ""},
	{"nil", "", "x == nil", "zero value", ""},
	{"negative index", "", "xs[-1]", "`xs[len(xs)-1]`", ""},
	{"negative index", "", "xs[1:-1]", "`xs[1:len(xs)-1]`", ""},
	{"negative index", "", "xs[:-2]", "`xs[:len(xs)-2]`", ""},
	{"negative index", "", "xs[-2:]", "`xs[len(xs)-2:]`", ""},
	{"type(x)", "", "type(x)", "`fmt.Printf(\"%T\", x)`", ""},
	{"type(x)", "", "fmt.Println(type(x))", "`fmt.Printf(\"%T\", x)`", ""},
	{"type(x)", "", "if type(x) == int { }", "`fmt.Printf(\"%T\", x)`", ""},
	{"unpacking", "", "a, b := xs", "`a, b := xs[0], xs[1]`", ""},
}

// newSession returns a session with the usual names, and others.
func newSession(t *testing.T, setup string) *session.Session {
	t.Helper()
	s := session.New(nil)
	for i, code := range []string{usual, setup} {
		p, err := s.Compile([]string{"In[1]", "In[2]"}[i], code)
		if err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		s.Commit(p)
	}
	return s
}

var code = regexp.MustCompile("`([^`]+)`")

func TestAdvice(t *testing.T) {
	fitted := map[string]bool{}
	for _, r := range rows {
		t.Run(r.row+"/"+r.typed, func(t *testing.T) {
			s := newSession(t, r.setup)
			_, err := s.Compile("In[3]", r.typed)
			e, ok := errors.AsType[*cell.Error](err)
			if !ok || len(e.Diagnostics) == 0 {
				t.Fatalf("it isn't refused: %v", err)
			}
			given := ""
			for _, d := range e.Diagnostics {
				given += d.Advice + "\n"
				fitted[advice.Row(advice.Mistake{Syntax: e.Name == "SyntaxError", Message: d.Message,
					Lines: strings.Split(r.typed, "\n"), Line: d.Pos.Line, Col: d.Pos.Col})] = true
			}
			if given = strings.TrimSpace(given); r.want != "" && !strings.Contains(given, r.want) {
				t.Errorf("%v\ngets %q\nwant %q", err, given, r.want)
			}
			if strings.ContainsAny(given, "\n$") && !strings.Contains(given, "\n") {
				t.Errorf("a word is missing: %q", given)
			}
			var pieces []string
			for _, m := range code.FindAllStringSubmatch(given, -1) {
				pieces = append(pieces, m[1])
			}
			for _, text := range pieces {
				s := newSession(t, r.setup)
				for _, before := range pieces[:slices.Index(pieces, text)] {
					if p, err := s.Compile("In[4]", before); err == nil {
						s.Commit(p)
					}
				}
				if _, err := s.Compile("In[5]", text); err != nil {
					t.Errorf("%s\ndoesn't compile: %s\n%v", given, text, err)
				}
			}
			if r.valid == "" {
				return
			}
			if _, err := newSession(t, r.setup).Compile("In[6]", r.valid); err != nil {
				t.Fatalf("%s\nisn't valid: %v", r.valid, err)
			}
			lines := strings.Split(r.valid, "\n")
			if row := advice.Row(advice.Mistake{Syntax: true, Lines: lines, Line: len(lines), Col: 1}); row != "" {
				t.Errorf("valid Go fits the row %q: %s", row, r.valid)
			}
		})
	}
	for _, name := range advice.Rows() {
		if !fitted[name] {
			t.Errorf("no cell fits the row %q", name)
		}
	}
}
