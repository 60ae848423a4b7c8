package interp_test

// This file tests what is found when cells are explored.

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"gilkernel/kernel/link"
	"gilkernel/runtime/steps"
)

// explore has code explored; of q, the source and the number are set here.
func (p *process) explore(code string, q link.Explore) *link.Done {
	p.t.Helper()
	r := p.request(code)
	q.ID, q.Label, q.Source, q.Code = r.ID, r.Label, r.Source, r.Code
	p.send(&link.Request{Explore: &q})
	return p.wait(r.ID).done
}

// search is explore for a search that needn't say more than the version.
func (p *process) search(code, python string) *link.Explored {
	p.t.Helper()
	// The time is for a computer that is very busy.
	done := p.explore(code, link.Explore{Mode: link.ExploreSearch, Python: python, Seconds: 300})
	if done.Explored == nil {
		p.t.Fatalf("%s: the search ended with %s, %+v", code, done.Status, done.Error)
	}
	return done.Explored
}

// summary is what was found: each outcome with the fewest preemptions that lead to it.
func summary(x *link.Explored) string {
	var words []string
	for i, o := range x.Outcomes {
		word := o.Text
		if o.Kind != "value" {
			word = o.Kind
			if o.Kind != "deadlock" && o.Kind != "race" {
				word += " " + o.Text
			}
		}
		if i == x.Broken {
			word = "!" + word
		}
		words = append(words, fmt.Sprintf("%s@%d", word, o.Preemptions))
	}
	if x.Complete {
		words = append(words, "complete")
	}
	for _, n := range x.Notes {
		words = append(words, fmt.Sprintf("%s:%d %s", n.Label, n.Line, n.Text))
	}
	return strings.Join(words, ", ")
}

const unlocked = `import "gilkernel/runtime/threading"
---
counter := 0
work := func() { counter++ }
a, b := threading.NewThread(work), threading.NewThread(work)
a.Start(); b.Start()
a.Join(); b.Join()
counter`

// What samples have found gets a short schedule too, and says of it how many preemptions it has.
func TestSampledOutcomesAreShort(t *testing.T) {
	p := begin(t)
	one := 1
	x := p.explore(strings.Replace(unlocked, "counter++", "counter++; counter++", 1), link.Explore{
		Mode: link.ExploreSearch, Python: "3.9", Preemptions: &one, Schedules: 1, Seconds: 300}).Explored
	if len(x.Outcomes) < 3 || x.Broken != 1 || len(x.View) == 0 {
		t.Fatalf("%s, broken %d", summary(x), x.Broken)
	}
	for _, o := range x.Outcomes {
		if n := strings.Count(o.Schedule, ">"); o.Preemptions > 2 || o.Preemptions != n {
			t.Errorf("%s needs %d preemptions, of which %s has %d", o.Text, o.Preemptions, o.Schedule, n)
		}
	}
}

func TestExploredCounter(t *testing.T) {
	p := begin(t)
	for _, row := range []struct{ python, want string }{
		{"2.7", "2@0, !1@1, complete"},
		{"3.9", "2@0, !1@1, complete"},
		{"3.10", "2@0, complete"},
		{"3.12", "2@0, complete"},
		{"3.14", "2@0, complete"},
		{"3.13t", "2@0, !1@1, race@0, complete"},
	} {
		if got := summary(p.search(unlocked, row.python)); got != row.want {
			t.Errorf("%s: %s, want %s", row.python, got, row.want)
		}
	}
}

// threads is the source of threads that each run one of the functions, and are joined.
func threads(declare string, last string, functions ...string) string {
	var b strings.Builder
	b.WriteString("import \"gilkernel/runtime/threading\"\nimport \"gilkernel/runtime/explore\"\n---\n" + declare +
		"\n")
	b.WriteString("var all []*threading.Thread\n")
	for _, f := range functions {
		b.WriteString("all = append(all, threading.NewThread(func() { " + f + " }))\n")
	}
	b.WriteString("for _, t := range all { t.Start() }\nfor _, t := range all { t.Join() }\n" + last)
	return b.String()
}

func TestExplored(t *testing.T) {
	p := begin(t)
	p.run(`import "gilkernel/runtime/threading"
var balance = 100
var accounts = map[string]int{"a": 1}
var guard = threading.NewLock()
func withdraw(n int) { if balance >= n { balance -= n } }
`).ok(t)
	for _, row := range []struct{ name, python, code, want string }{
		{"no thread", "3.9", "---\n6*7", "42@0, complete"},
		{"no result", "3.9", "---\nx := 1\n_ = x", "@0, complete"},
		{"an assertion", "3.9", threads("n := 0", `explore.Assert(n == 2, "n is ", n)`, "n++", "n++"),
			"@0, !assertion n is 1@1"},
		{"an assertion that holds", "3.12", threads("n := 0", `explore.Assert(n == 2, "n is ", n)`, "n++", "n++"),
			"@0, complete"},
		{"a panic in a thread", "3.12", threads("n := 0", "", "n = 1", `if n == 1 { panic("oh") }`),
			"!panic panic: oh@0"},
		{"a panic of MainThread", "3.12", `---
panic("oh")`, "!panic panic: oh@0"},
		{"a deadlock", "3.12", threads("a, b := threading.NewLock(), threading.NewLock()", "",
			"a.Acquire(); b.Acquire(); b.Release(); a.Release()", "b.Acquire(); a.Acquire(); a.Release(); b.Release()"),
			"@0, !deadlock@1"},
		{"check then act", "3.12", threads("n := 1", "n", "if n > 0 { f := func() {}; f(); n-- }",
			"if n > 0 { f := func() {}; f(); n-- }"), "0@0, !-1@1, complete"},
		{"with a lock", "3.13t", threads("n := 0; l := threading.NewLock()", "n", "l.With(func() { n++ })",
			"l.With(func() { n++ })"), "2@0, complete"},
		{"a variable of the session", "3.9", threads("", "balance", "withdraw(80)", "withdraw(50)"),
			"20@0, !-30@1, 50@1, complete"},
		{"a map of the session", "3.9", threads("", `accounts["a"]`, `accounts["a"]++`, `accounts["a"]++`),
			"3@0, !2@1, complete"},
		{"a lock of the session", "3.9", threads("", "balance", "guard.With(func() { withdraw(80) })",
			"guard.With(func() { withdraw(50) })"), "20@0, !50@1, complete"},
		{"a thread that nobody joins", "3.12", `import "gilkernel/runtime/threading"
---
threading.NewThread(func() { panic("late") }).Start()
1`, "!panic panic: late@0"},
	} {
		if got := summary(p.search(row.code, row.python)); got != row.want {
			t.Errorf("%s: %s, want %s", row.name, got, row.want)
		}
	}
	r := p.run(`println(balance, accounts["a"])`).ok(t)
	if got := r.out[r.id]; got != "100 1\n" {
		t.Errorf("afterwards the session has %q", got)
	}
}

// Accesses conflict if they touch the same memory, whatever the source calls it, and only then.
func TestExploredMemory(t *testing.T) {
	p := begin(t)
	for _, row := range []struct{ name, code, want string }{
		{"more parts than are told apart", threads("var s, c struct { a [300]int }", "fmt.Sprint(c.a[5], c.a[7])",
			"s.a[5] = 1; s.a[7] = 1", "c = s"), `"1 1"@0, !"1 0"@1, "0 0"@1, complete`},
		{"two keys of a map", threads("m := map[string]int{}", "len(m)", `m["a"]++`, `m["b"]++`), "2@0, complete"},
		{"a key of a map", threads("m := map[int8]int{}", "m[1]", "m[1]++", "m[1]++"), "2@0, !1@1, complete"},
		{"a key of a map and its length", threads("m, n := map[int]int{}, 0", "n", "m[7]++; m[8]++",
			"n = len(m)"), "2@0, !1@1, 0@1, complete"},
		{"a key of a map that is cleared", threads("m := map[string]int{}", `m["a"] + m["b"]`,
			`m["a"] = 1; m["b"] = 2`, "clear(m)"), "0@0, !2@1, 3@1, complete"},
		{"a key of a map and a loop over it", threads("m, n := map[int]int{1: 1}, 0", "n", "m[1] = 2",
			"for _, v := range m { n += v }"), "2@0, !1@1, complete"},
		{"keys that are equal and not the same", threads("m := map[any]int{}", "m[1]", "m[1]++", "m[any(1)]++"),
			"2@0, !1@1, complete"},
		{"two fields", threads("var s struct{ a, b int }", "s", "s.a++", "s.b++"), "{a: 1, b: 1}@0, complete"},
		{"one field", threads("var s struct{ a, b int }", "s.a", "s.a++", "s.a++"), "2@0, !1@1, complete"},
		{"a field and the struct", threads("var s struct{ a, b int }", "s.b", "s.b = 1", "c := s; c.a++; s = c"),
			"1@0, !0@2, complete"},
		{"a field by a pointer", threads("s := struct{ a, b int }{}; q := &s.b", "s.b", "*q++", "s.b++"),
			"2@0, !1@1, complete"},
		{"two elements", threads("xs := make([]int, 2)", "xs", "xs[0]++", "xs[1]++"), "[]int{1, 1}@0, complete"},
		{"one element", threads("xs := make([]int, 2)", "xs[1]", "xs[1]++", "xs[1]++"), "2@0, !1@1, complete"},
		{"an element by another slice", threads("xs := make([]int, 2); ys := xs[1:]", "xs[1]", "xs[1]++", "ys[0]++"),
			"2@0, !1@1, complete"},
		{"an array", threads("var xs [2]int", "xs[1]", "xs[1]++", "ys := xs; ys[0]++; xs = ys"), "1@0, !0@2, complete"},
		{"appends", threads("var xs []int", "len(xs)", "xs = append(xs, 1)", "xs = append(xs, 2)"),
			"2@0, !1@1, complete"},
		{"appends with room", threads("xs := make([]int, 0, 4)", "xs[:1][0]", "_ = append(xs, 1)", "_ = append(xs, 2)"),
			"2@0, !1@1, complete"},
		{"a map", threads("m := map[int]int{}", "len(m)", "if len(m) == 0 { m[1] = 1 }", "if len(m) == 0 { m[2] = 1 }"),
			"1@0, !2@1, complete"},
		{"a range", threads("xs := []int{0, 0}; s := 0", "s", "for _, x := range xs { s += x }",
			"xs[0] = 1; xs[1] = 2"), "0@0, !2@1, 3@1, 1@2, complete"},
		{"an index with an effect", threads("xs := []int{0, 0}; i := 0; next := func() int { i++; return i - 1 }", "xs",
			"xs[next()]++; xs[next()]++"), "[]int{1, 1}@0, complete"},
		{"what a compiled function reads", `import "gilkernel/runtime/threading"
import "strings"
` + strings.TrimPrefix(threads(`xs := []string{"a", "a"}; s := ""`, "s", `s = strings.Join(xs, "")`,
			`xs[0] = "b"; xs[1] = "b"`), `import "gilkernel/runtime/threading"`+"\n"),
			`"aa"@0, !"bb"@1, "ba"@2, complete`},
	} {
		if got := summary(p.search(row.code, "3.9")); got != row.want {
			t.Errorf("%s: %s, want %s", row.name, got, row.want)
		}
	}
}

// A variable of another cell that can't be copied is said where the cell reads it, and only there.
func TestExploredSetAnew(t *testing.T) {
	const imports = "import \"gilkernel/runtime/threading\"\n"
	const whyNot = "a *threading.Thread can't be copied; make it in this cell"
	p := begin(t)
	p.run("import (\"fmt\"; \"gilkernel/runtime/futures\")\n" + imports + "func begun() *threading.Thread { " +
		"fmt.Println(1); return threading.NewThread(func() {}) }\n---\nada, bob := begun(), begun()\n" +
		"places := threading.NewSemaphore(3)\nplaces.Acquire()\nvar pool = futures.NewThreadPoolExecutor(1)").ok(t)
	for _, row := range []struct{ name, code, want string }{
		{"set", "ada := threading.NewThread(func() {})\nada.Start(); ada.Join()", ""},
		{"two set", "ada, bob := threading.NewThread(func() {}), threading.NewThread(func() {})\nbob.Start()", ""},
		{"assigned", "ada = threading.NewThread(func() {})", ""},
		{"one of the library set", "places := threading.NewSemaphore(1)\nplaces.Acquire()", ""},
		{"one of the library read", "places.Acquire()", ":2 each run has a new places, as its declaration says: "},
		{"an executor", "pool.Submit(func() {}).Result()", ""},
		{"read", "ok := ada == nil\nok", ":2 no run can have ada: " + whyNot},
		{"read, then set", "ada = threading.NewThread(func() { ada.Join() })", ":2 no run can have ada: " + whyNot},
		{"compared", "ada == bob", ":2 no run can have bob: " + whyNot},
		{"set in a block", "if 1 > 0 {\n\tada = bob\n}", ":3 no run can have ada: " + whyNot},
		{"set to another one", "ada = bob", ":2 no run can have bob: " + whyNot},
		{"set after a comment and a word", "// ada\nfmt.Print(\"ada = \")\nada = threading.NewThread(func() {})", ""},
		{"set with others in a call", "ada, bob =\n\tthreading.NewThread(func() {}), threading.NewThread(func() {})", ""},
		{"read by a function before it is set", "func look() bool { return ada == nil }\nlook()\n" +
			"ada = threading.NewThread(func() {})", ":2 no run can have ada: " + whyNot},
		{"set before a function reads it", "func look() bool { return ada == nil }\n" +
			"ada = threading.NewThread(func() {})\nlook()", ""},
		{"of another scope", "look := func(ada int) int { return ada }\nlook(1)", ""},
	} {
		got := summary(p.search(imports+"---\n"+row.code, "3.9"))
		noted := strings.Contains(got, "no run can have") || strings.Contains(got, "has a new")
		if noted && row.want == "" || !strings.Contains(got, row.want) {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
}

// A cell that is bad for the process that explores it is bad for no other.
func TestExploredBadCells(t *testing.T) {
	p := begin(t, "GILKERNEL_MEMORY_LIMIT=600MiB") // a search needs up to 250 MiB
	p.run("x := 7").ok(t)
	for _, row := range []struct{ name, code, want string }{
		{"exit", "import \"os\"\n---\nos.Exit(3)", "has ended the process that explores (exit code 3)"},
		{"memory", "---\nvar all [][]byte\n" +
			"for { b := make([]byte, 1<<20); for i := 0; i < len(b); i += 4096 { b[i] = 1 }\n" +
			"all = append(all, b) }", "it had used up the memory that a process may have"},
		{"not Go", "import \"os\"\n---\nos.Nothing()", ""},
	} {
		done := p.explore(row.code, link.Explore{Mode: link.ExploreSearch})
		if done.Status != "error" || done.Error == nil || !strings.Contains(done.Error.Value, row.want) {
			t.Errorf("%s: %+v, %+v", row.name, done, done.Error)
		}
	}
	for _, row := range []struct {
		q    link.Explore
		want string
	}{
		{link.Explore{Mode: link.ExploreSearch, Python: "4.1"}, "no model of Python 4.1"},
		{link.Explore{Mode: link.ExploreReplay, Schedule: "hello"}, `"hello" is no schedule`},
		{link.Explore{Mode: link.ExploreReplay, Schedule: "4.1/-"}, `"4.1/-" is no schedule: it begins with "4.1"`},
		{link.Explore{Mode: link.ExploreReplay, Schedule: "3.9/x"}, `"x" is no schedule`},
		{link.Explore{Mode: link.ExploreReplay, Schedule: "/-"}, `"/-" is no schedule`},
		{link.Explore{Mode: "?"}, `unknown mode "?"`},
	} {
		done := p.explore("---\n1", row.q)
		if done.Status != "error" || done.Error == nil || done.Error.Name != "UsageError" ||
			!strings.Contains(done.Error.Value, row.want) {
			t.Errorf("%+v: %+v, %+v", row.q, done, done.Error)
		}
	}
	for _, code := range []string{"---\nfor {}", "---\nfor { x := 1; _ = x }",
		threads("n := 0", "", "for { n++ }", "n = 2")} {
		if x := p.search(code, "3.9"); !strings.HasPrefix(summary(x), "!endless") && x.Endless == 0 {
			t.Errorf("%s: %s", code, summary(x))
		}
	}
	var many []string
	for range 64 {
		many = append(many, "n++")
	}
	x := p.explore(threads("n := 0", "n", many...), link.Explore{Mode: link.ExploreSearch, Python: "3.12",
		Schedules: 100, Seconds: 2}).Explored
	if x == nil || summary(x) != "64@0" {
		t.Errorf("64 threads: %+v", x)
	}
	r := p.run("println(x)").ok(t)
	if got := r.out[r.id]; got != "7\n" {
		t.Errorf("afterwards the session has %q", got)
	}
}

// A schedule gives the same run wherever it is replayed, step for step, and one of a cell that was edited goes as far
// as it can.
func TestReplay(t *testing.T) {
	p := begin(t)
	code := threads("n := 0", "n", "n++; n++", "n++")
	x := p.search(code, "3.9")
	if x.Broken < 0 {
		t.Fatal(summary(x))
	}
	broken := x.Outcomes[x.Broken]
	if len(broken.Schedule) > 120 {
		t.Errorf("the schedule %s is too long", broken.Schedule)
	}
	replay := func(p *process, code, schedule string) *link.Explored {
		t.Helper()
		done := p.explore(code, link.Explore{Mode: link.ExploreReplay, Schedule: schedule})
		if done.Explored == nil {
			t.Fatalf("%s: %+v", schedule, done.Error)
		}
		return done.Explored
	}
	var first string
	for i := range 20 {
		if i%10 == 0 {
			p = begin(t)
		}
		got := replay(p, code, broken.Schedule)
		trace := strings.ReplaceAll(string(got.View), p.label(), "In[n]")
		if first == "" {
			first = trace
		}
		if got.Differs != nil || got.Outcomes[0].Text != broken.Text || trace != first {
			t.Fatalf("replay %d gives %s, %+v\n%s\nnot %s\n%s", i, summary(got), got.Differs, trace, broken.Text, first)
		}
	}
	for _, row := range []struct{ name, code, schedule, differs string }{
		{"white space", strings.ReplaceAll(code, "n++", "n  ++ /* one */"), broken.Schedule, ""},
		{"another statement", strings.Replace(code, "\nn", "\nx := 5\n_ = x\nn", 1), broken.Schedule, ""},
		{"all statements", strings.ReplaceAll(code, "n++", "n += 1"), broken.Schedule,
			"Thread-1 reads n: 0"},
		{"the second one", strings.Replace(code, "n++; n++", "n++; n += 1", 1), "3.9/2:8yn.4>1",
			"Thread-1 reads n: 1"},
		{"the other thread's", strings.Replace(code, "func() { n++ }", "func() { n += 1 }", 1),
			"3.9/2:8yn.4>1,1:7y8|3,3:8yn.2>2", "Thread-2 reads n: 1"},
	} {
		got := replay(p, row.code, row.schedule)
		where := ""
		if d := got.Differs; d != nil {
			v := new(steps.View)
			if err := json.Unmarshal(got.View, v); err != nil {
				t.Fatal(err)
			}
			step := v.Steps[d.Step-1]
			where = v.Threads[step.Thread].Name + " " + step.Text
			if d.Line != step.Line || d.Line == 0 || d.Label == "" {
				t.Errorf("%s: %+v", row.name, d)
			}
		}
		if where != row.differs || where == "" && got.Outcomes[0].Text != broken.Text {
			t.Errorf("%s: %s, differs at %q", row.name, summary(got), where)
		}
	}
}

// label returns the label of the last request.
func (p *process) label() string { return fmt.Sprintf("In[%d]", p.runs) }

// Choices decide at each point, and a list that is shorter takes the last of them back.
func TestChoices(t *testing.T) {
	p := begin(t)
	code := threads("n := 0", "n", "n++", "n++")
	choose := func(list ...int) (*link.Explored, *steps.View) {
		t.Helper()
		r := p.request(code)
		r.Label = "In[1]" // as one cell asks for all of it
		p.send(&link.Request{Explore: &link.Explore{ID: r.ID, Label: r.Label, Source: r.Source, Code: r.Code,
			Mode: link.ExploreChoices, Python: "3.9", Choices: list}})
		done := p.wait(r.ID).done
		if done.Explored == nil {
			t.Fatalf("%v: %+v", list, done.Error)
		}
		v := new(steps.View)
		if err := json.Unmarshal(done.Explored.View, v); err != nil {
			t.Fatal(err)
		}
		return done.Explored, v
	}
	// Wherever it can, the thread with the highest number goes first, and then the plain run, from half of that on.
	var list []int
	var views []string
	result := ""
	for result == "" {
		x, v := choose(list...)
		views = append(views, string(x.View))
		if len(x.Outcomes) > 0 {
			result = x.Outcomes[0].Text
			break
		}
		best := 0
		for i, n := range v.Now {
			if n.Can {
				best = v.Threads[i].ID
			}
		}
		if best == 0 || len(list) > 1000 {
			t.Fatalf("after %v nobody can go on: %s", list, x.View)
		}
		list = append(list, best)
	}
	if result != "2" && result != "1" {
		t.Errorf("the result is %s", result)
	}
	for n := len(list) - 1; n >= 0; n-- {
		if x, _ := choose(list[:n]...); string(x.View) != views[n] {
			t.Fatalf("after %v taken back to %d choices the view is\n%s\nnot\n%s", list, n, x.View, views[n])
		}
	}
	if x, _ := choose(99); x.Bad == nil || *x.Bad != 0 {
		t.Errorf("a thread that there isn't: %+v", x.Bad)
	}
}

// An interrupt ends a search with what it has found, and leaves the session as it is.
func TestExploreInterrupted(t *testing.T) {
	p := begin(t)
	p.run("x := 7").ok(t)
	for _, code := range []string{
		threads("n := 0", "n", "for range 50 { n++ }", "for range 50 { n++ }", "for range 50 { n++ }"),
		// one call takes minutes
		"import \"math/big\"\n---\n_ = new(big.Int).Exp(big.NewInt(3), big.NewInt(1<<28), nil)",
	} {
		r := p.request(code)
		q := &link.Explore{ID: r.ID, Label: r.Label, Source: r.Source, Code: r.Code, Mode: link.ExploreSearch,
			Python: "3.12", Seconds: 1000, Schedules: 1e9}
		p.send(&link.Request{Explore: q})
		p.send(&link.Request{Interrupt: &link.Interrupt{ID: r.ID}})
		done := p.wait(r.ID).done
		if done.Status != "ok" || done.Explored == nil || !done.Explored.Interrupted {
			t.Errorf("%s: %+v", code, done)
		}
	}
	r := p.run("println(x)").ok(t)
	if got := r.out[r.id]; got != "7\n" {
		t.Errorf("afterwards the session has %q", got)
	}
}
