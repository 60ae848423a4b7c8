package interp_test

// This file tests what is said of cells that do something which isn't the same in each run.

import (
	"strings"
	"testing"
)

// What isn't the machine's is said by name and line, and ends the search only if no run can pass it.
func TestExploredUnrepeatable(t *testing.T) {
	p := begin(t)
	p.run("ch := make(chan int, 1)\nvar dh chan int\ndh = ch").ok(t)
	p.run("import (\"sync\"; \"gilkernel/runtime/threading\"; \"gilkernel/runtime/queue\")\nvar held sync.Mutex\n" +
		"held.Lock()\nev := threading.NewEvent()\nev.Set()\nq := queue.NewQueue()\nq.Put(1)\n" +
		"lock, free := threading.NewLock(), threading.NewLock()\nlock.Acquire()").ok(t)
	for _, row := range []struct{ name, code, want string }{
		{"go", "---\ngo func() {}()", ":2 a go statement starts a goroutine that no machine schedules; " +
			"make a thread with threading.NewThread"},
		{"a channel", "---\nc := make(chan int)\n<-c", ":3 a wait for a channel, which no machine knows; package " +
			"queue has what one knows"},
		{"a channel of another cell", "---\nch <- 1", ":2 each run has a new ch, as its declaration says: " +
			"a chan int can't be copied"},
		{"another channel of another cell", "---\nch <- 1\ndh <- 1",
			":3 each run has a new dh, as its declaration says: "},
		{"an event that is set", "---\nev.IsSet()", ":2 each run has a new ev, as its declaration says: " +
			"<threading.Event: unset>, while the session's is <threading.Event: set>"},
		{"a queue with something in it", "---\nq.Empty()", ":2 each run has a new q, as its declaration says: " +
			"<queue.Queue object> of size 0, while the session's is <queue.Queue object> of size 1"},
		{"a lock that is held", "---\nlock.Locked()", ":2 each run has a new lock, as its declaration says: " +
			"<unlocked _thread.lock object>, while the session's is <locked _thread.lock object>"},
		{"a mutex of another cell that is held", "---\nheld.TryLock()",
			":2 each run has a new held, as its declaration says: "},
		{"stdin", "import \"fmt\"\n---\nvar s string\n_, _ = fmt.Scan(&s)",
			":3 a read of stdin gets nothing while a cell is explored"},
		{"iter.Pull", "import \"iter\"\n---\nnext, _ := iter.Pull(func(func(int) bool) {})\nnext()",
			":3 what is called starts a goroutine that no machine schedules"},
		{"a timer's function", "import \"time\"\n---\ntime.AfterFunc(time.Hour, func() {})",
			":2 time.AfterFunc calls its function on a goroutine that no machine schedules"},
		{"a long loop", threads("n := 0", "n", "s := 0; for i := range 200_000 { s += i }; n = s"),
			"a run of it takes more than 100000 steps"},
		{"a context's function", "import \"context\"\n---\ncontext.AfterFunc(context.TODO(), func() {})",
			":2 context.AfterFunc calls its function on a goroutine that no machine schedules"},
		{"a context with a deadline", "import (\"context\"; \"time\")\n---\nctx, stop := context.WithTimeout(" +
			"context.TODO(), 1)\ndefer stop()\ntime.Sleep(1)\nctx.Err() == nil",
			":2 context.WithTimeout() isn't the same in each run"},
		{"a context with a late deadline", "import (\"context\"; \"time\")\n---\nctx, stop := context.WithTimeout(" +
			"context.TODO(), time.Hour)\ndefer stop()\nctx.Err() == nil",
			":2 context.WithTimeout runs on the real clock, which is not the machine's"},
		{"a ticker", "import \"time\"\n---\nt := time.NewTicker(time.Hour)\nt.Stop()",
			":2 time.NewTicker runs on the real clock"},
		{"chance in compiled code", "import (\"crypto/rand\"; \"math/big\")\n---\nn := new(big.Int)\n" +
			"n, _ = rand.Prime(rand.Reader, 64)\nn.BitLen()", ":3 rand.Prime() isn't the same in each run"},
		{"a number of the process's own", "import (\"fmt\"; \"hash/maphash\")\n---\nvar h maphash.Hash\n" +
			"fmt.Sprint(h.Sum64())", ":3 h.Sum64() isn't the same in each run"},
		{"the keys of a map", "import \"maps\"\n---\nm, s := map[string]int{\"a\": 1, \"b\": 2}, \"\"\n" +
			"for k := range maps.Keys(m) { s += k }\ns", ":3 what maps.Keys(m) yields isn't the same in each run"},
		{"a list of keys", "import (\"maps\"; \"slices\")\n---\nm := map[string]int{\"a\": 1, \"b\": 2}\n" +
			"slices.Collect(maps.Keys(m))", ":3 slices.Collect() isn't the same in each run"},
		{"keys by reflection", "import \"reflect\"\n---\nm := map[string]int{\"a\": 1, \"b\": 2}\n" +
			"keys := reflect.ValueOf(m).MapKeys()\nkeys[0].String()", ":3 reflect.ValueOf(m).MapKeys() isn't the same"},
		{"a concurrent map", "import \"sync\"\n---\nvar m sync.Map\nfor i := range 8 { m.Store(i, i) }\nlast := 0\n" +
			"m.Range(func(k, _ any) bool {\n\tlast = k.(int)\n\treturn true\n})\nlast",
			":5 what this function is called with isn't the same in each run"},
		{"a server's function", "import (\"net/http\"; \"net/http/httptest\")\n---\n" +
			"s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))\n" +
			"_, err := http.Get(s.URL)\ns.Close()\nerr == nil", ":2 this function is called on a goroutine that no " +
			"machine schedules"},
		{"a timer", "import \"time\"\n---\nselect { case <-time.After(0): default: }",
			":2 time.After runs on the real clock, which is not the machine's"},
		{"a file", "import \"os\"\n---\n_, _ = os.ReadFile(\"/nowhere\")\n1", ":2 os.ReadFile reaches outside of the " +
			"machine"},
		{"chance", "import r \"math/rand\"\n---\nx := r.Int()\n_ = x", ":2 r.Int() isn't the same in each run"},
		{"a map's order", "---\nfor range map[int]int{1: 1, 2: 2} {}",
			":2 the order in which a range goes through the map"},
		{"a select", "---\na, b := make(chan int, 1), make(chan int, 1)\na <- 1; b <- 1\n" +
			"select { case <-a: case <-b: }",
			":4 the case that a select takes isn't the same in each run"},
	} {
		got := summary(p.search(row.code, "3.9"))
		if !strings.Contains(got, row.want) {
			t.Errorf("%s: %q isn't in %q", row.name, row.want, got)
		}
	}
	if got := summary(p.search("---\nfree.Locked()", "3.9")); got != "false@0, complete" {
		t.Errorf("a free lock: %s", got)
	}
	if got := summary(p.search("import \"fmt\"\n---\nfmt.Sprint(new(int), 0xdeadbeefcafe)", "3.9")); got !=
		"\"0x… 244837814094590\"@0, complete" {
		t.Errorf("an address: %s", got)
	}
	for _, code := range []string{
		"import (\"maps\"; \"slices\")\n---\nm := map[int]int{1: 1, 2: 2}\nslices.Sorted(maps.Keys(m))[0]",
		"import (\"fmt\"; \"encoding/json\")\n---\nm := map[string]int{\"a\": 1, \"b\": 2}\nb, _ := json.Marshal(m)\n" +
			"len(b) + len(fmt.Sprint(m)) - 24",
		"import (\"context\"; \"errors\"; \"fmt\"; \"regexp\"; \"strings\"; \"sync\"; \"time\")\n---\n" +
			"ctx, stop := context.WithCancelCause(context.WithValue(context.Background(), 1, new(int)))\n" +
			"stop(fmt.Errorf(\"%w %p\", errors.New(\"a\"), new(int)))\nvar p sync.Pool\np.Put(new(int))\n" +
			"re := regexp.MustCompile(\"a+\")\nw := new(strings.Builder)\n" +
			"_, _ = fmt.Fprint(w, re, time.Now(), ctx.Err())\n" +
			"f := sync.OnceValue(func() int { return 1 })\nf()",
	} {
		if got := summary(p.search(code, "3.9")); got != "1@0, complete" {
			t.Errorf("%s: %s", code, got)
		}
	}
	if got := summary(p.search("import rand \"math/rand/v2\"\nimport \"time\"\n---\n"+
		"x := rand.New(rand.NewPCG(1, 2)).IntN(10)\n"+
		"time.Sleep(time.Hour)\nif x < 0 || time.Now().Minute() != 0 { panic(x) }", "3.9")); got != "@0, complete" {
		t.Errorf("what is the machine's: %s", got)
	}
}
