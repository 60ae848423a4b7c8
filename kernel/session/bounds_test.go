package session_test

// This file tests that no text makes the compiler walk, allocate or compute without bounds.

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"gilkernel/kernel/assist"
	"gilkernel/kernel/cell"
	"gilkernel/kernel/session"
)

// chain returns lines formatted with i and i-1, from n down to 1 if the last comes first.
func chain(n int, backwards bool, format string) string {
	var b strings.Builder
	for i := range n {
		k := i + 1
		if backwards {
			k = n - i
		}
		fmt.Fprintf(&b, format+"\n", k, k-1)
	}
	return b.String()
}

func TestBounds(t *testing.T) {
	const n = 90_000
	rep := strings.Repeat
	deep, parts, row, text, typ := "levels deep", "parts here", "in a row", "a constant string of more than",
		"written out, "
	fields, size := "has more than 100000 fields", "takes more than 256 MiB"
	for _, c := range []struct{ name, code, want string }{
		{"slices", "var x " + rep("[]", n) + "int", parts},
		{"slices, less", "var x " + rep("[]", 2000) + "int", deep},
		{"parentheses", "x := " + rep("(", n) + "1" + rep(")", n), parts},
		{"parentheses, less", "x := " + rep("(", 2000) + "1" + rep(")", 2000), deep},
		{"never closed", rep("(", n), parts},
		{"brackets of all kinds", rep("([{", n), parts},
		{"minus", "x := 1\ny := " + rep("-+", n) + "x", parts},
		{"pointers", "var x " + rep("*", n) + "int", parts},
		{"pointers, less", "var x " + rep("*", 2000) + "int", deep},
		{"blocks", rep("{", n) + rep("}", n), parts},
		{"blocks of lines", rep("{\n", 2000) + rep("}\n", 2000), deep},
		{"else", "if false {}" + rep("else if false {}", n), parts},
		{"literals", "x := " + rep("[]any{", n) + rep("}", n), parts},
		{"elements", "x := " + rep("[]any{1, ", n) + rep("}", n), parts},
		{"functions", rep("func(){\n", n) + rep("}()\n", n), parts},
		{"results", "var x " + rep("func() ", 2000) + "int", deep},
		{"channels", "var x " + rep("chan ", n) + "int", parts},
		{"maps", "var x " + rep("map[int]", 2000) + "int", deep},
		{"calls", "type F func() F\nvar f F\nx := f" + rep("()", n), parts},
		{"selectors", "type T struct{ t *T }\nvar f T\nx := f" + rep(".t", n), parts},
		{"sum", "x := 1\ny := x" + rep("+x", n), parts},
		{"sum of lines", "x := `a`\ny := x" + rep("+\n`b`", n), parts},
		{"labels", chain(n, false, "L%d_%d:") + "x := 1", parts},
		{"structs", "var x " + rep("struct{ a ", n) + "int" + rep("}", n), parts},
		{"structs of lines", "var x " + rep("struct{\na int\nb ", 2000) + "int" + rep("\n}", 2000), deep},
		{"switches", rep("switch {\ncase true:\n", n) + rep("}\n", n), parts},
		{"arguments", "x := " + rep("min(1, ", 2000) + "2" + rep(")", 2000), deep},
		{"type arguments", "type G[T any] struct{}\nvar x " + rep("G[", 2000) + "int" + rep("]", 2000), deep},
		{"constants", chain(n, true, "const a%d = a%d"), row},
		{"types", chain(2000, true, "type a%d struct{ x a%d }"), row},
		{"types in order", "type a0 int\n" + chain(2000, false, "type a%d struct{ x a%d }"), row},
		{"local types", "func f() {\ntype a0 int\n" + chain(2000, false, "type a%d struct{ x a%d }") + "}", row},
		{"types of statements", "{\ntype a0 int\n" + chain(2000, false, "type a%d struct{ x a%d }") + "}", row},
		{"constant", "const a0 = `0123456789`\n" + chain(60, false, "const a%d = a%[2]d + a%[2]d"), text},
		{"constant backwards", chain(60, true, "const a%d = a%[2]d + a%[2]d") + "const a0 = `0123456789`\n", text},
		{"local constants",
			"func f() int {\nconst a0 = `0123456789`\n" + chain(60, false, "const a%d = a%[2]d + a%[2]d") +
				"return len(a60) }", text},
		{"length",
			"const a0 = `0123456789`\n" + chain(20, false, "const a%d = a%[2]d + a%[2]d") +
				"len(a20 + a20 + a20 + a20)", text},
		{"shadowed constant",
			"func f() int {\nconst a = `0123456789`\n" + rep("{\nconst a = a + a\n", 60) + rep("}\n", 60) +
				"return 1 }", text},
		{"aliases", "type a0 = int\n" + chain(60, false, "type a%d = struct{ x, y a%d }"), typ},
		{"alias of functions", "type a0 = int\n" + chain(60, false, "type a%d = func(a%[2]d) a%[2]d"), typ},
		{"alias backwards", chain(60, true, "type a%d = map[a%[2]d]a%[2]d") + "type a0 = int\n", typ},
		{"generic alias",
			"type P[A, B any] struct{}\ntype D[T any] = P[T, T]\nvar x " + rep("D[", 60) + "int" + rep("]", 60), typ},
		{"twice the last", "type a0 struct{ x, y int }\n" + chain(60, false, "type a%d struct{ x, y a%[2]d }"), fields},
		{"twice the last, backwards", chain(60, true, "type a%d struct{ x, y a%[2]d }") + "type a0 struct{ x, y int }",
			fields},
		{"twice nothing", "type a0 struct{}\n" + chain(60, false, "type a%d struct{ x, y a%[2]d }"), fields},
		{"twice the last in a function",
			"func f() {\ntype a0 struct{ x, y int }\n" + chain(60, false, "type a%d struct{ x, y a%[2]d }") + "}",
			fields},
		{"twice the last, embedded",
			"type I interface{ M() }\ntype a0 struct{ I }\n" + chain(60, false, "type a%d struct{ a%[2]d; b a%[2]d }"),
			fields},
		{"twice the argument", "type D[T any] struct{ a, b T }\nvar x " + rep("D[", 60) + "int" + rep("]", 60), fields},
		{"twice the argument in a type",
			"type D[T any] struct{ a, b T }\ntype X " + rep("D[", 60) + "int" + rep("]", 60), fields},
		{"an array of arrays", "type a0 [8]int\n" + chain(60, false, "type a%d [8]a%d") + "var x *a60", size},
		{"too large an array", "type T [1<<40]int\nvar p *T", size},
		{"too large an array behind a pointer", "var p map[string]*[1<<40]int", size},
		{"calls",
			"type D[T any] struct{ a, b T }\nfunc dup[T any](x T) D[T] { return D[T]{x, x} }\nx0 := 1\n" +
				chain(60, false, "x%d := dup(x%d)"), fields},
		{"calls that make arrays",
			"type D[T any] [2]T\nfunc dup[T any](x T) D[T] { return D[T]{x, x} }\nx0 := 1\n" +
				chain(60, false, "x%d := dup(x%d)"), size},
		{"calls that make long types",
			"type P[A, B any] struct{ a A; b B }\nfunc dup[T any](x T) P[T, T] { return P[T, T]{x, x} }\nx0 := 1\n" +
				chain(60, false, "x%d := dup(x%d)"), typ},
		{"calls in calls",
			"type P[A, B any] struct{ a A; b B }\nfunc dup[T any](x T) (p P[T, T]) { return }\nx := " +
				rep("dup(", 60) + "1" + rep(")", 60), typ},
		{"calls in a function",
			"func dup[T any](x T) (p struct{ a, b T }) { return }\nfunc f() {\nx0 := 1\n" +
				chain(60, false, "x%d := dup(x%d)") + "}", typ},
		{"calls that make functions",
			"func dup[T any](x T) (p func(T) T) { return }\nx0 := 1\n" + chain(60, false, "x%d := dup(x%d)"), typ},
		{"two alias trees",
			"type a0 = int\n" + chain(60, false, "type a%d = struct{ x, y a%d }") + "var x, y a60\n_ = x == y", typ},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := session.New(nil)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := s.Compile("In[1]", c.code)
			runtime.ReadMemStats(&after)
			var e *cell.Error
			if !errors.As(err, &e) || !strings.Contains(e.Message, c.want) || !e.Limit {
				t.Errorf("%.300v, want %q", err, c.want)
			}
			if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 200 {
				t.Errorf("the refusal took %d MB", mb)
			}
			cell.IsComplete(c.code)
			assist.New(s, nil).Complete("", c.code, len(c.code)/2)
			assist.New(s, nil).Inspect(c.code, len(c.code)/2, 1)
			if _, err := s.Parse(c.code); err != nil {
				t.Error(err)
			}
			if _, err := s.Compile("In[2]", "1 + 1"); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// Code that people and generators write is far from every bound.
func TestWithinBounds(t *testing.T) {
	rep := strings.Repeat
	for name, code := range map[string]string{
		"boxes in boxes": "type B[T any] struct{ v T }\nfunc box[T any](x T) B[T] { return B[T]{x} }\nx := " +
			rep("box(", 200) + "1" + rep(")", 200) + "\nvar y " + rep("B[", 200) + "int" + rep("]", 200),
		"functions of two": "func then[A, B, C any](f func(A) B, g func(B) C) func(A) C { return func(x A) C { " +
			"return g(f(x)) } }\nf0 := func(x int) int { return x + 1 }\n" +
			chain(15, false, "f%d := then(f%[2]d, f%[2]d)"),
		"a list": "type L[T any] struct{ next *L[T]; v T }\n" +
			"func push[T any](l *L[T], v T) *L[T] { return &L[T]{l, v} }\nl0 := push(nil, 1)\n" +
			chain(200, false, "l%d := push(l%d, 1)"),
		"a large array":    "var a [1 << 24]int",
		"a long sum":       "x := 1\ny := x" + rep(" + x", 10_000),
		"a long text":      "x := `a`" + rep(" +\n`b`", 10_000),
		"a table":          "x := [][]int{\n" + rep("{1, 2, 3, 4},\n", 30_000) + "}",
		"a long else":      "x := 1\nif x == 0 {}" + rep(" else if x == 1 { x++ }", 400),
		"a long switch":    "x := 1\nswitch x {\n" + chain(10_000, false, "case 1%06d%06d: x++") + "}",
		"a long function":  "func f(x int) int {\n" + rep("x = x*3 + 1\n", 20_000) + "return x }",
		"many types":       chain(3000, false, "type a%d struct{ x int; b%d string }"),
		"types in a ring":  chain(400, false, "type a%d struct{ x *a%d }") + "type a0 struct{ x *a400 }",
		"nested blocks":    rep("for {\n", 300) + rep("}\n", 300),
		"nested literals":  "x := " + rep("[]any{1, ", 300) + rep("}", 300),
		"a long constant":  "const a = `" + rep("x", 1<<20) + "`\nlen(a + a)",
		"repeated alias":   "type A = map[string][]int\ntype B struct{ a, b, c, d A }\ntype C = map[string]A",
		"constants, iota":  "const (\na0 = iota\n" + chain(2000, false, "a%d_%d") + ")",
		"method and alias": "type T struct{}\ntype U = T\nfunc (U) M() U { return U{} }",
	} {
		s := session.New(nil)
		if _, err := s.Compile("In[1]", code); err != nil {
			t.Errorf("%s: %.300v", name, err)
		}
	}
}

// A type that grows from cell to cell is refused before it is written out.
func TestTypesThatGrow(t *testing.T) {
	s := session.New(nil)
	code := "type Pair[A, B any] struct{ a A; b B }\nfunc dup[T any](x T) Pair[T, T] { return Pair[T, T]{x, x} }\n" +
		"x0 := 1"
	for i := range 60 {
		p, err := s.Compile(fmt.Sprintf("In[%d]", i+1), code)
		if err != nil {
			if i < 10 || !strings.Contains(err.Error(), "written out, the type ") {
				t.Error(err)
			}
			return
		}
		s.Commit(p)
		code = fmt.Sprintf("x%d := dup(x%d)", i+1, i)
	}
	t.Error("60 types, each twice as large as the previous one, were accepted")
}
