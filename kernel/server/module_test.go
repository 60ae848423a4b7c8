package server_test

// This file tests cells that import modules, in a kernel with real interpreters.

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"gilkernel/kernel/module/moduletest"
	"gilkernel/skip"
)

// shapes are the files of a module, and of another that it needs.
func shapes() map[string]string {
	return map[string]string{
		"example.com/shapes@v1.2.0/go.mod": "module example.com/shapes\n\ngo 1.21\n\nrequire example.com/kind v0.1.0\n",
		"example.com/shapes@v1.2.0/shapes.go": `// Package shapes has shapes.
package shapes

import (
	"embed"
	"errors"
	"fmt"
	"strings"

	"example.com/kind"
	"example.com/shapes/internal/seven"
)

//go:embed a.txt
var text string

//go:embed a.txt internal
var files embed.FS

// Count counts.
var Count = start()

func start() int { return seven.Seven * 6 }

func init() { Count++ }

// ErrBad is an error.
var ErrBad = errors.New("bad")

// Text returns what the package embeds.
func Text() string {
	b, err := files.ReadFile("internal/seven/seven.go")
	return fmt.Sprint(strings.TrimSpace(text), len(b), err)
}

// A Shape has an area.
type Shape interface {
	Area() float64
	secret() int
}

// A Square is one.
type Square struct {
	Side   float64
	hidden int
}

// Area implements Shape.
func (s Square) Area() float64 { return s.Side * s.Side }

// Grow makes it larger.
func (s *Square) Grow(by float64) { s.Side += by; s.hidden++ }

func (s Square) secret() int { return 7 }

// String implements fmt.Stringer.
func (s Square) String() string { return fmt.Sprintf("square of %g (%d)", s.Side, s.hidden) }

// Secret asks for it.
func Secret(s Shape) int { return s.secret() }

// Kind is another module's.
type Kind = kind.Kind

// Map maps.
func Map[T, U any](list []T, f func(T) U) (out []U) {
	for _, x := range list {
		out = append(out, f(x))
	}
	return out
}

// Stack is generic.
type Stack[T any] struct{ list []T }

// Push pushes.
func (s *Stack[T]) Push(x T) int { s.list = append(s.list, x); return len(s.list) }

// Fail panics.
func Fail(n int) int {
	var list []int
	return list[n]
}

// Loop spins.
func Loop(flag *bool) bool {
	for i := 0; i < 3_000_000; i++ {
	}
	return *flag
}

// Forever doesn't end.
func Forever() {
	for {
	}
}
`,
		"example.com/shapes@v1.2.0/a.txt":                   "hello\n",
		"example.com/shapes@v1.2.0/internal/seven/seven.go": "package seven\n\n// Seven is 7.\nconst Seven = 7\n",
		"example.com/kind@v0.1.0/go.mod":                    "module example.com/kind\n\ngo 1.21\n",
		"example.com/kind@v0.1.0/kind.go": "package kind\n\n// Kind is a number.\ntype Kind int\n\n" +
			"// String implements fmt.Stringer.\n" +
			"func (k Kind) String() string { return [...]string{\"A\", \"B\"}[k] }\n",
		"example.com/asm@v1.0.0/go.mod": "module example.com/asm\n",
		"example.com/asm@v1.0.0/asm.go": "package asm\n\n// F is assembly.\nfunc F()\n",
		"example.com/bad@v1.0.0/go.mod": "module example.com/bad\n",
		"example.com/bad@v1.0.0/bad.go": "package bad\n\n// V is 5.\nvar V = 5\n\nfunc init() { panic(\"bad init\") }\n",
	}
}

// moduleKernel is a real kernel in a folder of its own, with a folder as its GOPROXY.
func moduleKernel(t *testing.T, files map[string]string) (c *client, dir string) {
	t.Helper()
	if testing.Short() {
		skip.Missing(t, "-short: it starts interpreters")
	}
	dir = t.TempDir()
	c = realKernel(t).client()
	setup := "%cd -q " + dir + "\n"
	for _, kv := range moduletest.Environ(t, moduletest.Proxy(t, files)) {
		setup += "%set_env " + strings.Replace(kv, "=", " ", 1) + "\n"
	}
	for line := range strings.Lines(setup) {
		if strings.HasSuffix(strings.TrimSpace(line), "GOFLAGS") {
			continue // empty
		}
		if r, _ := c.execute(line); r.field("status") != "ok" {
			t.Fatalf("%s: %v", line, r)
		}
	}
	return c, dir
}

// moduleCell is a cell and what comes of it.
type moduleCell struct {
	code string
	want string // its result
	says string // in its output, or in its traceback
}

func runModuleCells(t *testing.T, c *client, rows []moduleCell) {
	t.Helper()
	for _, row := range rows {
		r, out := c.execute(row.code)
		said := text(out, "stdout") + text(out, "stderr")
		for _, m := range out {
			if data, ok := m.field("data").(map[string]any); ok && m.Header.MsgType == "display_data" {
				said += fmt.Sprint(data["text/plain"])
			}
		}
		for _, e := range errorsIn(out) {
			said += plain(e)
		}
		if got := result(out); got != row.want || !strings.Contains(said, row.says) ||
			row.says == "" && r.field("status") != "ok" {
			t.Errorf("%s\ngot %q, want %q\nsaid %s\nwant %q", row.code, got, row.want, said, row.says)
		}
	}
}

func TestModules(t *testing.T) {
	c, dir := moduleKernel(t, shapes())
	runModuleCells(t, c, []moduleCell{
		{`import "example.com/shapes"`, "", "%get example.com/shapes@latest"},
		{"%get example.com/shapes", "", "example.com/shapes@v1.2.0\nwritten to " + dir},
		{"import \"example.com/shapes\"\n[]any{shapes.Count, shapes.Text(), shapes.ErrBad, shapes.Kind(1)}",
			`[]any{43, "hello46 <nil>", bad, B}`, ""},
		{"s := shapes.Square{Side: 2}\ns.Grow(1)\nvar shape shapes.Shape = s\n_, is := shape.(fmt.Stringer)\n" +
			"fmt.Sprintf(\"%T %v %v %v %v %v %s\", s, &s, shapes.Secret(shape), shape.Area(), is, " +
			"shapes.Map([]int{1, 2}, func(i int) string { return fmt.Sprint(i * i) }), reflect.TypeOf(s).PkgPath())",
			`"shapes.Square square of 3 (1) 7 9 true [1 4] example.com/shapes"`, ""},
		{"type Mine struct {\n\tshapes.Square\n\tn int\n}\nx := Mine{Square: shapes.Square{Side: 3}}\nx.Grow(1)\n" +
			"fmt.Sprint(x, shapes.Secret(x), x.Area())", `"square of 4 (1) 7 16"`, ""},
		{"var stack shapes.Stack[Mine]\nstack.Push(x)\nfmt.Sprintf(\"%d %T\", stack.Push(x), stack)",
			`"2 shapes.Stack[main.Mine]"`, ""},
		{"shapes.Fail(3)", "", "In[13]:1:1\n----> 1 shapes.Fail(3)\nexample.com/shapes@v1.2.0/shapes.go:82:2 in shapes.Fail\n" +
			"     80 func Fail(n int) int {\n     81 \tvar list []int\n----> 82 \treturn list[n]"},
		{"shapes.Nope()", "", "undefined: shapes.Nope"},
		{`shapes.Fail("a")`, "", `cannot use "a"`},
		{`import "example.com/shapes/internal/seven"`, "", "use of internal package"},
		{"%%step\nshapes.Count = shapes.Map([]int{7}, func(i int) int { return i })[0]", "", ""},
		{"shapes.Count", "7", ""},
		{"%get example.com/asm", "", "example.com/asm@v1.0.0"},
		{`import "example.com/asm"`, "", "example.com/asm@v1.0.0/asm.go:4: the function F has no body in Go"},
		{"%get example.com/bad", "", "example.com/bad@v1.0.0"},
		{`import "example.com/bad"`, "", "bad init"},
		{"bad.V", "5", ""},
		// The interpreter dies: the packages are there again, as they were at first.
		{"syscall.Kill(os.Getpid(), syscall.SIGKILL)", "", "all definitions are back"},
		{"shapes.Count", "", "bad init"},
		{"shapes.Count", "43", ""},
		{"%reset -f", "", ""},
		{"import . \"example.com/shapes\"\nCount", "43", ""},
		{"%engine yaegi", "", "yaegi"},
		{"func squares() []int { return Map([]int{1, 2}, func(i int) int { return i * i }) }\nsquares()",
			"[]int{1, 4}", ""},
		{"%engine exec", "", "exec"},
		{"p := multiprocessing.NewProcess(func() { fmt.Println(Count, Text()) })\np.Start()\np.Join()", "",
			"43 hello46 <nil>\n"},
	})
	if b, err := os.ReadFile(dir + "/go.sum"); err != nil || strings.Count(string(b), "\n") != 8 {
		t.Errorf("%v\n%s", err, b)
	}
}

// Loops of modules for Go 1.21 and older have one variable for all turns, others a new one in each: a file's build
// constraint counts, too.
func TestModuleLoops(t *testing.T) {
	const loops = `package loops

func Fors() (list []func() int) {
	for i, j := 0, 10; i < 3; i, j = i+1, j+1 {
		list = append(list, func() int { return i + j })
	}
	return list
}

func Ranges() (list []func() int) {
	for i, v := range []int{5, 6, 7} {
		list = append(list, func() int { i++; return i + v })
	}
	for k := range map[string]int{"x": 1} {
		list = append(list, func() int { return len(k) })
	}
	for _, r := range "ab" {
		p := &r
		list = append(list, func() int { return int(*p) })
	}
	return list
}
`
	iterators := strings.Replace(loops, "package loops\n", "package loops\n\n"+
		"func Each(yield func(int, string) bool) {\n\t_ = yield(1, \"a\") && yield(2, \"b\")\n}\n\n"+
		"func Yields() (list []func() int) {\n\tfor n, s := range Each {\n"+
		"\t\tlist = append(list, func() int { return n + len(s) })\n\t}\n\tfor n := range 2 {\n"+
		"\t\tlist = append(list, func() int { return n })\n\t}\n\treturn list\n}\n", 1)
	files := map[string]string{
		"example.com/none@v1.0.0/go.mod":     "module example.com/none\n",
		"example.com/old@v1.0.0/go.mod":      "module example.com/old\n\ngo 1.21.3\n",
		"example.com/new@v1.0.0/go.mod":      "module example.com/new\n\ngo 1.22\n",
		"example.com/tagged@v1.0.0/go.mod":   "module example.com/tagged\n\ngo 1.21\n",
		"example.com/future@v1.0.0/go.mod":   "module example.com/future\n\ngo 1.99\n\ntoolchain go1.99.1\n",
		"example.com/none@v1.0.0/l.go":       loops,
		"example.com/old@v1.0.0/l.go":        loops,
		"example.com/new@v1.0.0/l.go":        loops,
		"example.com/tagged@v1.0.0/l.go":     "//go:build go1.22\n\n" + loops,
		"example.com/tagged@v1.0.0/sub/l.go": "//go:build go1.20\n\n" + loops,
		"example.com/future@v1.0.0/l.go":     iterators,
	}
	const shared, each = "[16 16 16 10 11 12 1 98 98]", "[10 12 14 6 8 10 1 97 98]"
	for _, engine := range []string{"exec", "yaegi"} {
		c, _ := moduleKernel(t, files)
		rows := []moduleCell{{"%engine " + engine, "", ""}}
		for _, row := range [][2]string{{"none", shared}, {"old", shared}, {"new", each}, {"tagged", each},
			{"tagged/sub", shared}, {"future", each}} {
			rows = append(rows, moduleCell{"%get example.com/" + row[0], "", ""},
				moduleCell{"import loops \"example.com/" + row[0] + "\"\nvar got []int\n" +
					"for _, f := range append(loops.Fors(), loops.Ranges()...) { got = append(got, f()) }\n" +
					"fmt.Sprint(got)",
					strconv.Quote(row[1]), ""})
		}
		rows = append(rows, moduleCell{"var n []int\n" +
			"for _, f := range loops.Yields() { n = append(n, f()) }\nfmt.Sprint(n)", `"[2 3 0 1]"`, ""})
		runModuleCells(t, c, rows)
	}
}

// What go.mod says about a module's code holds from the next cell on, whoever has written it.
func TestModuleChecksInGoMod(t *testing.T) {
	const loop = "%%simulate\nflag, got := false, false\n" +
		"a := threading.NewThread(func() { got = shapes.Loop(&flag) })\n" +
		"b := threading.NewThread(func() { flag = true })\n" +
		"a.Start(); b.Start(); a.Join(); b.Join()\ngot"
	const mark = `text, _ := os.ReadFile("go.mod")
os.WriteFile("go.mod", []byte(strings.Replace(string(text), " v1.2.0", " v1.2.0 // gilkernel:checks", 1)), 0o644)`
	c, dir := moduleKernel(t, shapes())
	runModuleCells(t, c, []moduleCell{
		{"%get example.com/shapes@v1.2.0 --checks", "", "its code is Python code"},
		{"import (\n\t\"example.com/shapes\"\n\t\"gilkernel/runtime/threading\"\n)", "", ""},
		{loop, "true", ""},
		{"%get example.com/shapes", "", "written to " + dir + "/go.mod\nits code holds the GIL now"},
		{loop, "false", ""},
		{mark, "<nil>", ""},
		{loop, "true", ""},
	})
}

// Without --checks a thread holds the GIL in a module's loop, with it another one gets it there.
func TestModuleChecks(t *testing.T) {
	for _, checks := range []bool{false, true} {
		t.Run(fmt.Sprintf("checks %t", checks), func(t *testing.T) {
			c, _ := moduleKernel(t, shapes())
			get := "%get example.com/shapes@v1.2.0"
			if checks {
				get += " --checks"
			}
			runModuleCells(t, c, []moduleCell{
				{get, "", "v1.2.0"},
				{"import (\n\t\"example.com/shapes\"\n\t\"gilkernel/runtime/threading\"\n)", "", ""},
				{"%%simulate\nflag, got := false, false\n" +
					"a := threading.NewThread(func() { got = shapes.Loop(&flag) })\n" +
					"b := threading.NewThread(func() { flag = true })\n" +
					"a.Start()\nb.Start()\na.Join()\nb.Join()\ngot",
					fmt.Sprint(checks), ""},
				{"%%explore\nimport \"example.com/kind\"\nn := 0\nf := func() { n += len(kind.Kind(1).String()) }\n" +
					"a, b := threading.NewThread(f), threading.NewThread(f)\n" +
					"a.Start()\nb.Start()\na.Join()\nb.Join()\nn", "",
					"The result is always 2."},
			})
		})
	}
}

// A module's code ends when the cell is interrupted.
func TestModuleInterrupted(t *testing.T) {
	c, _ := moduleKernel(t, shapes())
	runModuleCells(t, c, []moduleCell{{"%get example.com/shapes", "", ""}, {"import \"example.com/shapes\"", "", ""}})
	id := c.send("shell", "execute_request", map[string]any{"code": "print(\"begun\\n\")\nshapes.Forever()"})
	c.await("begun", func(m message) bool { return m.field("text") == "begun\n" })
	c.ask("control", "interrupt_request", "{}")
	if r := c.reply(id); r.field("ename") != "KeyboardInterrupt" {
		t.Errorf("%v", r)
	}
}

// Completion and ?name know a module's package as they know the standard library's.
func TestModuleAssistance(t *testing.T) {
	c, _ := moduleKernel(t, shapes())
	runModuleCells(t, c, []moduleCell{{"%get example.com/shapes", "", "v1.2.0"},
		{"import \"example.com/shapes\"\nsquare := shapes.Square{}", "", ""}})
	for code, want := range map[string]string{
		"shapes.Se":              "Secret",
		"square.Gr":              "Grow",
		"shapes.Square{Si":       "Side: ",
		"import \"example.c":     "example.com/shapes",
		"import \"example.com/k": "example.com/kind",
	} {
		r := c.ask("shell", "complete_request", map[string]any{"code": code, "cursor_pos": len(code)})
		if matches := fmt.Sprint(r.field("matches")); !strings.Contains(matches, want) {
			t.Errorf("%s: %s", code, matches)
		}
	}
	for code, want := range map[string][]string{
		"shapes":        {`package shapes // import "example.com/shapes"`, "Package shapes has shapes."},
		"shapes.Map":    {"func Map[T, U any](list []T, f func(T) U) (out []U)", "Map maps."},
		"shapes.Square": {"type Square struct {", "A Square is one.", "func (*Square) Grow(by float64)"},
		"square.Grow":   {"func (s *Square) Grow(by float64)", "Grow makes it larger."},
		"shapes.Count":  {"var shapes.Count int", "Count counts."},
		"square":        {"A Square is one."},
		// With the source:
		"shapes.Fail":        {"var list []int\n\treturn list[n]", "Defined in example.com/shapes@v1.2.0/shapes.go:80."},
		"shapes.Square.Grow": {"s.Side += by", "Defined in example.com/shapes@v1.2.0/shapes.go:52."},
		"shapes.Square.Side": {"hidden int", "Defined in example.com/shapes@v1.2.0/shapes.go:43."},
		"shapes.ErrBad":      {"var ErrBad = errors.New(\"bad\")"},
		"shapes.Kind":        {"type Kind = kind.Kind"},
	} {
		level := 0
		if strings.Contains(strings.Join(want, ""), "Defined") || len(want) == 1 {
			level = 1
		}
		r := c.ask("shell", "inspect_request", map[string]any{"code": code, "cursor_pos": len(code),
			"detail_level": level})
		data, _ := r.field("data").(map[string]any)
		for _, part := range want {
			if text := fmt.Sprint(data["text/plain"]); !strings.Contains(text, part) {
				t.Errorf("%s: %q isn't in\n%s", code, part, text)
			}
		}
	}
}

// Fetching ends when the cell is interrupted, and nothing was written.
func TestGetInterrupted(t *testing.T) {
	c, dir := moduleKernel(t, shapes())
	asked := make(chan struct{}, 1)
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	defer silent.Close()
	runModuleCells(t, c, []moduleCell{{"%set_env GOPROXY " + silent.URL, "", "GOPROXY"}})
	id := c.send("shell", "execute_request", map[string]any{"code": "%get example.com/shapes"})
	<-asked
	c.ask("control", "interrupt_request", "{}")
	if r := c.reply(id); r.field("ename") != "KeyboardInterrupt" {
		t.Errorf("%v", r)
	}
	if _, err := os.Stat(dir + "/go.mod"); err == nil {
		t.Error("go.mod was written")
	}
}
