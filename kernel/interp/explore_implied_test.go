package interp_test

// This file tests accesses that the source of a cell doesn't spell out: where a search overlooks one, it claims that
// all schedules give what one of them does.

import (
	"slices"
	"strings"
	"testing"
)

func TestExploredImplied(t *testing.T) {
	p := begin(t)
	const pair = "type pair struct { a, b int }\nfunc (p pair) sum() int { return p.a*10 + p.b }\n"
	for _, row := range []struct{ name, python, before, declare, last, one, two, want string }{
		{"a method by value", "3.13t", pair, "p := &pair{}; v := 0", "v", "p.a = 1; p.b = 1", "v = p.sum()",
			"0 10 11"},
		{"a method by value as a value", "3.13t", pair, "p := &pair{}; v := 0", "v", "p.a = 1; p.b = 1",
			"f := p.sum; v = f()", "0 10 11"},
		{"a method by value of an interface", "3.13t", pair,
			"p := &pair{}; v := 0; i := interface{ sum() int }(p)", "v", "p.a = 1; p.b = 1", "v = i.sum()", "0 10 11"},
		{"a pointer that is embedded", "3.13t", "type in struct { x int }\ntype out struct { *in }\n",
			"s, v := &out{&in{1}}, 0", "v", "s.in = &in{2}; s.in = &in{3}", "v = s.x", "1 2 3"},
		{"a method of one", "3.13t",
			"type in struct { x int }\nfunc (i *in) get() int { return i.x }\ntype out struct { *in }\n",
			"s, v := &out{&in{1}}, 0", "v", "s.in = &in{2}; s.in = &in{3}", "v = s.get()", "1 2 3"},
		{"a text of bytes", "3.9", "", "b, s := []byte(\"ab\"), \"\"", "s", "b[0] = 'x'; b[1] = 'y'", "s = string(b)",
			`"ab" "xb" "xy"`},
		{"a text of runes", "3.13t", "", "b, s := []rune(\"ab\"), \"\"", "s", "b[0] = 'x'; b[1] = 'y'", "s = string(b)",
			`"ab" "xb" "xy"`},
		{"an array of a slice", "3.13t", "", "b, v := []int{0, 0}, 0", "v", "b[0] = 1; b[1] = 1",
			"a := [2]int(b); v = a[0]*10 + a[1]", "0 10 11"},
		{"sends", "3.13t", "", "c := make(chan int, 3)", "[]int{<-c, <-c, <-c}", "c <- 1; c <- 2", "c <- 3",
			"[1 2 3] [1 3 2] [3 1 2]"},
		{"sends with a GIL", "3.12", "", "c := make(chan int, 3)", "[]int{<-c, <-c, <-c}",
			"c <- 1; func() {}(); c <- 2", "c <- 3", "[1 2 3] [1 3 2] [3 1 2]"},
		{"the length of a channel", "3.13t", "", "c := make(chan int, 3); n := 0", "n", "c <- 1; c <- 2", "n = len(c)",
			"0 1 2"},
		{"a select", "3.13t", "", "c := make(chan int, 3); n := 0", "n", "c <- 1; c <- 2",
			"select { case n = <-c: default: }; select { case m := <-c: n += m; default: }", "0 1 3"},
		{"a variable of another package", "3.13t", "import \"os\"\n", "", "os.Args[0]", `os.Args = []string{"a"}`,
			`os.Args = []string{"b"}`, `"a" "b"`},
		{"the name of a thread", "3.12", "", "m := threading.MainThread()", "m.Name()",
			"m.SetName(`x`); func() {}(); m.SetName(`z`)", "m.SetName(`y`)", `"y" "z"`},
		{"a Once that is put anew", "3.12", "import \"sync\"\n",
			"var o sync.Once; n := 0; f := func() { o.Do(func() { n++ }) }; f()", "n", "o = sync.Once{}", "f()", "1 2"},
	} {
		x := p.search(row.before+threads(row.declare, row.last, row.one, row.two), row.python)
		var values []string
		for _, o := range x.Outcomes {
			if o.Kind == "value" {
				values = append(values, strings.TrimPrefix(o.Text, "[]int"))
			}
		}
		slices.Sort(values)
		got := strings.Join(values, " ")
		got = strings.NewReplacer("{", "[", "}", "]", ",", "").Replace(got)
		if got != row.want || !x.Complete {
			t.Errorf("%s: %s, want %s: %s", row.name, got, row.want, summary(x))
		}
	}
}

// A loop has no check before its first test: under 3.12, nothing comes between a flag that a thread sets and the other
// one that it then looks at.
func TestExploredFirstTest(t *testing.T) {
	p := begin(t)
	const declare = "a, b := false, false"
	for python, want := range map[string]string{
		"3.9":  "@0, !endless the run has no end: after 100000 steps Thread-1 and Thread-2 still run@1",
		"3.12": "@0, complete",
		"3.13t": "@0, !endless the run has no end: after 100000 steps Thread-1 (<lambda>) and Thread-2 (<lambda>) " +
			"still run@1",
	} {
		got := summary(p.search(threads(declare, "", "a = true; for b {}; a = false", "b = true; for a {}; b = false"),
			python))
		if got = strings.TrimSuffix(got, ", race@0"); got != want {
			t.Errorf("%s: %s, want %s", python, got, want)
		}
	}
}

// A variable of a compiled package is in each run what it was before the search, and behind it.
func TestExploredForeign(t *testing.T) {
	p := begin(t)
	code := "import \"os\"\n" + threads("was := len(os.Args)", "was", "os.Args = []string{`a`, `b`, `c`}",
		"os.Args = nil; func() {}()")
	for range 2 {
		x := p.search(code, "3.12")
		if len(x.Outcomes) != 1 || !x.Complete || x.Outcomes[0].Text == "0" || x.Outcomes[0].Text == "3" {
			t.Errorf("%s", summary(x))
		}
	}
}

// A line of another cell is named with its cell.
func TestExploredElsewhere(t *testing.T) {
	p := begin(t)
	p.run("var total int\nfunc add() {\n\ttotal = 1\n}\nfunc fail() {\n\tpanic(7)\n}").ok(t)
	x := p.search(threads("", "total", "total = 2", "add()"), "3.13t")
	if x.Broken < 0 || !strings.Contains(x.Outcomes[len(x.Outcomes)-1].Text, " in In[1], line 4,") {
		t.Errorf("a race: %+v", x.Outcomes)
	}
	x = p.search(threads("", "", "fail()"), "3.12")
	if x.Broken < 0 || x.Outcomes[x.Broken].Label != "In[1]" || x.Outcomes[x.Broken].Line != 7 {
		t.Errorf("a panic: %+v", x.Outcomes)
	}
}

// Of a run that is stopped for its length, that it has no end is known only if its threads do the same again and
// again.
func TestExploredLong(t *testing.T) {
	p := begin(t)
	for code, known := range map[string]bool{
		"---\nfor {}": true,
		"---\nfor { func() { defer func() { recover() }(); panic(1) }() }":                                       true,
		threads("stop := false", "", "for !stop {}"):                                                             true,
		"---\ns := 0\nfor i := range 3_000_000 { s += i }\n_ = s":                                                false,
		"---\nvar f func(int) int\nf = func(n int) int { if n < 2 { return n }; return f(n-1) + f(n-2) }\nf(40)": false,
		threads("n := 0", "", "for { n++ }"):                                                                     false,
	} {
		x := p.search(code, "3.12")
		if x.Broken != 0 || x.Outcomes[0].Kind != "endless" || x.Outcomes[0].Possible == known {
			t.Errorf("%s: %+v", code, x.Outcomes)
		}
	}
}
