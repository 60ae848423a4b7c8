package exec_test

// This file compares generated functions with the compiler: the engine must give the same results as go run.

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gilkernel/skip"
)

// randomVariable is the environment variable with how many functions TestRandomPrograms makes; randomSeed is its seed.
const (
	randomVariable = "GILKERNEL_RANDOM"
	randomSeed     = "GILKERNEL_RANDOM_SEED"
)

// preamble is what generated functions share.
const preamble = `
type pair struct { a int; b string; c [3]int8 }
func (p pair) sum() int { n := p.a + len(p.b); for _, x := range p.c { n += int(x) }; return n }
func (p *pair) add(n int) int { p.a += n; p.c[uint(n)%3]++; return p.a }
type summer interface { sum() int }
type num int16
func (n num) sum() int { return int(n) * 2 }
type box[T any] struct { v T; n int }
func (b *box[T]) put(v T) int { b.v = v; b.n++; return b.n }
func pick[T any](c bool, x, y T) T { if c { return x }; return y }
func fold[T, U any](xs []T, u U, f func(U, T) U) U { for _, x := range xs { u = f(u, x) }; return u }
func lit(n int) int { return n } // no constant: go/types would find those that overflow
func clip(s string) string { return s[:min(60, len(s))] }
func two(n int) (int, string) { return n + 1, fmt.Sprint("t", n) }
func seq(n int) func(func(int) bool) { return func(yield func(int) bool) { for i := range n { if !yield(i * i) { return } } } }
`

// A maker writes a random function whose result the language specifies: no expression calls a function that changes a
// variable, since the order of such a call and of a read isn't specified, and a panic is recorded without its message,
// since the order of two panics isn't specified either. Variables are ints i0…, strings s0…, slices xs0…, maps m0… and
// pairs p0…. Each function terminates: its loops have constant bounds.
type maker struct {
	r     *rand.Rand
	b     strings.Builder
	n     int // names so far
	depth int
	vars  map[string][]string // by kind
}

func (m *maker) name(kind string) string {
	m.n++
	return fmt.Sprintf("%s%d", kind, m.n)
}

func (m *maker) of(kind string) string { return m.vars[kind][m.r.IntN(len(m.vars[kind]))] }

func (m *maker) pick(list ...func() string) string { return list[m.r.IntN(len(list))]() }

var intKinds = []string{"int", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "uint"}

// num makes an int expression.
func (m *maker) num(d int) string {
	if d <= 0 {
		return m.pick(func() string { return m.of("i") },
			func() string { return "lit(" + strconv.Itoa(m.r.IntN(300)-100) + ")" }, func() string { return m.of("i") })
	}
	n := func() string { return m.num(d - 1) }
	return m.pick(
		func() string {
			return "(" + n() + [...]string{" + ", " - ", " * ", " & ", " | ", " ^ ", " &^ "}[m.r.IntN(7)] + n() + ")"
		},
		func() string { return "(" + n() + [...]string{" / ", " % "}[m.r.IntN(2)] + "(" + n() + " | 1))" },
		func() string { return "(" + n() + " / " + m.of("i") + ")" },
		func() string {
			return "(" + n() + [...]string{" << ", " >> "}[m.r.IntN(2)] + "(uint(" + n() + ") % 70))"
		},
		func() string {
			k := intKinds[m.r.IntN(len(intKinds))]
			return "int(" + k + "(" + n() + ")" + [...]string{"*", "+", "-", "^"}[m.r.IntN(4)] + k + "(" + n() + "))"
		},
		func() string { return "len(" + m.str(d-1) + ")" },
		func() string { return "len(" + m.of("xs") + ")" },
		func() string { return m.of("xs") + "[" + m.index(d-1) + "]" },
		func() string { return m.of("m") + "[" + m.str(d-1) + "]" },
		func() string { return m.of("p") + "." + [...]string{"a", "sum()"}[m.r.IntN(2)] },
		func() string { return "int(" + m.of("p") + ".c[" + m.index(d-1) + "])" },
		func() string { return "pick(" + m.cond(d-1) + ", " + n() + ", " + n() + ")" },
		func() string {
			return "func(x int) int { return x" + [...]string{"*", "-", "|"}[m.r.IntN(3)] + n() + " }(" + n() + ")"
		},
		func() string { return "fold(" + m.of("xs") + ", " + n() + ", func(u, x int) int { return u*3 + x })" },
		func() string { return [...]string{"min", "max"}[m.r.IntN(2)] + "(" + n() + ", " + n() + ")" },
		func() string { return "summer(" + m.of("p") + ").sum()" },
		func() string { return "num(" + n() + ").sum()" },
		func() string { return "(-(" + n() + "))" },
		func() string { return "(^" + n() + ")" },
		func() string { return "int(float64(" + m.of("i") + "%1000) * 1.5)" },
		func() string { return "cap(append([]int(nil), " + m.of("xs") + "[:0]...))" },
		func() string { return "int(math.Abs(float64(" + m.of("i") + "%999)))" },
		func() string { return "strings.Count(" + m.str(d-1) + ", \"a\")" },
	)
}

// index makes an index that is mostly small.
func (m *maker) index(d int) string {
	if m.r.IntN(4) == 0 {
		return "(" + m.num(d) + ")"
	}
	return "uint(" + m.num(d) + ")%3"
}

func (m *maker) str(d int) string {
	if d <= 0 {
		return m.pick(func() string { return m.of("s") }, func() string {
			return "clip(" + strconv.Quote([...]string{"", "a", "äb", "aaa\\n"}[m.r.IntN(4)]) + ")"
		})
	}
	return m.pick(
		func() string { return "clip(" + m.str(d-1) + " + " + m.of("s") + ")" },
		func() string { return "fmt.Sprint(" + m.num(d-1) + ")" },
		func() string {
			return "clip(fmt.Sprintf(\"%v|%d|%q\", " + m.of("p") + ", " + m.of("xs") + ", " + m.of("s") + "))"
		},
		func() string { return "pick(" + m.cond(d-1) + ", " + m.str(d-1) + ", " + m.of("s") + ")" },
		func() string { return m.of("s") + "[min(1, len(" + m.of("s") + ")):]" },
		func() string { return "string(rune('a' + uint(" + m.num(d-1) + ")%26))" },
		func() string { return "strings.ToUpper(" + m.str(d-1) + ")" },
		func() string { return m.of("p") + ".b" },
		func() string { return "clip(fmt.Sprint(" + m.of("m") + "))" },
		func() string {
			return "func() (_ string) { defer func() { _ = recover() }(); return fmt.Sprint(" + m.num(d-1) + ") }()"
		},
	)
}

func (m *maker) cond(d int) string {
	if d <= 0 {
		return m.of("i") + " > 3"
	}
	return m.pick(
		func() string {
			return "(" + m.num(d-1) + [...]string{" < ", " == ", " >= ", " != "}[m.r.IntN(4)] + m.num(d-1) + ")"
		},
		func() string { return "(" + m.cond(d-1) + [...]string{" && ", " || "}[m.r.IntN(2)] + m.cond(d-1) + ")" },
		func() string { return "!(" + m.cond(d-1) + ")" },
		func() string { return "(" + m.str(d-1) + [...]string{" < ", " == "}[m.r.IntN(2)] + m.of("s") + ")" },
		func() string { return "(" + m.of("p") + " == " + m.of("p") + ")" },
		func() string { return "(any(" + m.num(d-1) + ") == any(" + m.of("i") + "))" },
	)
}

func (m *maker) line(format string, args ...any) {
	fmt.Fprintf(&m.b, strings.Repeat("\t", m.depth+1)+format+"\n", args...)
}

// block writes statements in braces whose variables end with it.
func (m *maker) block(n int) {
	saved := map[string]int{}
	for k, list := range m.vars {
		saved[k] = len(list)
	}
	m.depth++
	for range n {
		m.stmt()
	}
	m.depth--
	for k, l := range saved {
		m.vars[k] = m.vars[k][:l]
	}
	m.line("}")
}

func (m *maker) declare(kind, value string) {
	name := m.name(kind)
	m.line("%s := %s", name, value)
	m.line("_ = %s", name)
	m.vars[kind] = append(m.vars[kind], name)
}

func (m *maker) stmt() {
	deep := m.depth > 3
	switch k := m.r.IntN(24); {
	case k == 0:
		m.declare("i", m.num(2))
	case k == 1:
		m.declare("s", m.str(2))
	case k == 2:
		m.declare("xs", "[]int{"+m.num(1)+", "+m.num(1)+", "+m.num(1)+"}")
	case k == 3:
		m.declare("p", "pair{"+m.num(1)+", "+m.str(1)+", [3]int8{1, int8("+m.of("i")+"), 3}}")
	case k == 4:
		m.declare("m", "map[string]int{"+strconv.Quote(m.name("k"))+": "+m.num(1)+"}")
	case k <= 6:
		m.line("%s %s %s", m.of("i"), [...]string{"=", "+=", "-=", "*=", "^=", "|="}[m.r.IntN(6)], m.num(3))
	case k == 7:
		m.line("%s = %s", m.of("s"), m.str(2))
	case k == 8:
		m.line("%s[%s] %s %s", m.of("xs"), m.index(1), [...]string{"=", "+=", "-="}[m.r.IntN(3)], m.num(2))
	case k == 9:
		xs := m.of("xs")
		m.line("if len(%s) < 40 { %s = append(%s, %s) }", xs, xs, xs, m.num(2))
	case k == 10:
		m.line("%s[%s] %s %s", m.of("m"), m.str(1), [...]string{"=", "+="}[m.r.IntN(2)], m.num(2))
	case k == 11:
		m.line("%s.a, %s = %s, %s.sum()", m.of("p"), m.of("i"), m.num(2), m.of("p"))
	case k == 12 && m.r.IntN(2) == 0:
		m.line("%s = %s.add(%s)", m.of("i"), m.of("p"), m.num(2))
	case k == 12:
		a, b := m.of("i"), m.of("i")
		m.line("%s, %s = %s, %s", a, b, m.num(1), m.num(1))
	case k == 13:
		m.line("%s, %s = two(%s)", m.of("i"), m.of("s"), m.num(1))
	case k == 14 && !deep:
		m.line("if %s {", m.cond(2))
		m.block(2)
	case k == 15 && !deep:
		i := m.name("j")
		m.line("for %s := range %d {", i, 1+m.r.IntN(4))
		m.vars["i"] = append(m.vars["i"], i)
		m.line("\t_ = %s", i)
		m.block(2)
		m.vars["i"] = m.vars["i"][:len(m.vars["i"])-1]
	case k == 16 && !deep:
		v := m.name("v")
		m.line("for _, %s := range %s {", v, m.of("xs"))
		m.vars["i"] = append(m.vars["i"], v)
		m.line("\tif %s > 1<<40 { continue }", v)
		m.block(1)
		m.vars["i"] = m.vars["i"][:len(m.vars["i"])-1]
	case k == 17 && !deep:
		m.line("for x := range seq(%d) {", m.r.IntN(6))
		m.line("\tif x > %d { break }", m.r.IntN(12))
		m.line("\t%s += x", m.of("i"))
		m.block(1)
	case k == 18 && !deep:
		m.line("switch %s %% 3 {", m.of("i"))
		m.line("case 0: %s = %s", m.of("i"), m.num(1))
		m.line("case 1, -1: %s = %s; %s", m.of("s"), m.str(1), [...]string{"", "fallthrough"}[m.r.IntN(2)])
		m.line("default:")
		m.block(1)
	case k == 19:
		i := m.of("i")
		m.line("defer func(n int) { %s += n; out += fmt.Sprint(n) }(%s)", i, m.num(1))
	case k == 20 && !deep:
		f := m.name("f")
		m.line("%s := func(x int) int {", f)
		m.vars["i"] = append(m.vars["i"], "x")
		m.depth++
		m.line("%s += x", m.of("i"))
		m.line("return %s", m.num(2))
		m.depth--
		m.vars["i"] = m.vars["i"][:len(m.vars["i"])-1]
		m.line("}")
		m.line("%s = %s(%s) - %s(2)", m.of("i"), f, m.num(1), f)
	case k == 21:
		b := m.name("b")
		m.line("var %s box[string]", b)
		m.line("%s += %s.put(%s)", m.of("i"), b, m.str(1))
		m.line("%s = %s.v", m.of("s"), b)
	case k == 22:
		m.line("switch y := any(%s).(type) { case int: %s += y; case string: %s = y; case summer: %s = y.sum() }",
			[...]string{m.num(1), m.str(1), m.of("p"), "num(3)"}[m.r.IntN(4)], m.of("i"), m.of("s"), m.of("i"))
	default:
		m.line("out += fmt.Sprint(%s, %s, \";\")", m.num(2), m.str(1))
	}
}

// makeFunc returns the text of a random function that returns what it did.
func makeFunc(r *rand.Rand, name string) string {
	m := &maker{r: r, n: 9, vars: map[string][]string{"i": {"i0", "i1"}, "s": {"s0"}, "xs": {"xs0"}, "m": {"m0"},
		"p": {"p0"}}}
	for range 4 + r.IntN(14) {
		m.stmt()
	}
	return fmt.Sprintf("func %s() (out string) {\n"+
		"\tdefer func() { if v := recover(); v != nil { out += \" panic\" } }()\n"+
		"\ti0, i1, s0, xs0, m0, p0 := %d, %d, \"s\", []int{1, 2, 3}, map[string]int{\"a\": 1}, pair{1, \"p\", "+
		"[3]int8{1, 2, 127}}\n\t_, _, _, _, _, _ = i0, i1, s0, xs0, m0, p0\n"+
		"%s\tif len(s0) > 400 { s0 = s0[:400] }\n\treturn out + fmt.Sprint(i0, i1, s0, xs0, m0, p0)\n}\n", name,
		r.IntN(9), r.IntN(200)-100, m.b.String())
}

// Generated functions have the same results in the engine as when they are compiled. One build compiles all.
func TestRandomPrograms(t *testing.T) {
	if testing.Short() {
		skip.Missing(t, "-short: it builds a program")
	}
	count, seed := 150, uint64(1)
	if n, err := strconv.Atoi(os.Getenv(randomVariable)); err == nil {
		count = n
	}
	if n, err := strconv.ParseUint(os.Getenv(randomSeed), 10, 64); err == nil {
		seed = n
	}
	funcs := make([]string, count)
	for i := range funcs {
		funcs[i] = makeFunc(rand.New(rand.NewPCG(seed, uint64(i))), fmt.Sprintf("f%d", i))
	}
	imports := "import (\"fmt\"; \"math\"; \"strings\")\nvar _, _, _ = fmt.Sprint, math.Abs, strings.Count\n"
	var calls strings.Builder
	for i := range funcs {
		fmt.Fprintf(&calls, "\tprintln(%q, f%d())\n", fmt.Sprintf("@%d", i), i)
	}
	dir := t.TempDir()
	text := "package main\n" + imports + preamble + strings.Join(funcs, "") + "func main() {\n" + calls.String() + "}\n"
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "run", "main.go")
	cmd.Dir = dir
	compiled, err := cmd.CombinedOutput() // println writes to stderr
	if err != nil {
		t.Fatalf("seed %d: go run: %v\n%.3000s", seed, err, compiled)
	}
	got := run(t, imports+preamble+strings.Join(funcs, "")+"func main() {\n"+calls.String()+"}\n")
	wants, gots := strings.Split(string(compiled), "\n@"), strings.Split(got, "\n@")
	if len(gots) != len(wants) {
		t.Errorf("seed %d: %d results, want %d: %.500s", seed, len(gots), len(wants), got)
	}
	bad := 0
	for i := range min(len(wants), len(gots)) {
		if gots[i] != wants[i] {
			if bad++; bad <= 3 {
				t.Errorf("seed %d: function %d\n%s\n got %.600s\nwant %.600s", seed, i, funcs[min(i, count-1)], gots[i],
					wants[i])
			}
		}
	}
	if bad > 3 {
		t.Errorf("seed %d: %d functions differ", seed, bad)
	}
}
