package assist_test

// This file tests completion.

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"gilkernel/kernel/assist"
	"gilkernel/kernel/session"
)

// A notebook is a session with its assistant.
type notebook struct {
	*session.Session
	*assist.Assistant
}

// newSession returns a session in which cells have run.
func newSession(t testing.TB, cells ...string) notebook {
	t.Helper()
	s := session.New(nil)
	for i, code := range cells {
		p, err := s.Compile("In["+string(rune('1'+i))+"]", code)
		if err != nil {
			t.Fatalf("cell %d: %v", i+1, err)
		}
		s.Commit(p)
	}
	return notebook{s, assist.New(s, nil)}
}

// lesson is a session with something of everything.
var lesson = []string{
	"import \"fmt\"\n\n// Account is what a bank keeps.\n//\n// It has a *lock*.\ntype Account struct {\n" +
		"\tOwner   string // of the money\n\tbalance int\n\tsync.Mutex\n}\n\n" +
		"// Add pays in.\nfunc (a *Account) Add(n int) { a.balance += n }\n",
	"account := &Account{Owner: \"Ada\"}\nvar total int\nconst Limit = 3",
	"// transfer moves n.\nfunc transfer(from, to *Account, n int) error {\n\tfmt.Println(n)\n\treturn nil\n}\n",
	"type Pair[K comparable, V any] struct { Key K; Val V }\nfunc first[T any](s []T) T { return s[0] }",
}

// completeRows are cells with a bar at the cursor. want are matches in their order, with their types;
// "…" allows others between, "-x" says that x is none.
var completeRows = []struct{ name, code, want string }{
	{"package", "fmt.Pri|", "Print:function Printf:function Println:function"},
	{"package, nothing typed", "fmt.|", "Append:function … Formatter:class … Println:function … -append"},
	{"not imported", "strings.HasP|", "HasPrefix:function"},
	{"constants and variables of a package", "os.O_AP|\nos.Std|", "O_APPEND:constant"},
	{"variable of a package", "os.Std|", "Stderr:instance Stdin:instance Stdout:instance"},
	{"of two packages the right one", "rand.IntN(3)\nrand.Int3|", "Int32:function Int32N:function"},
	{"members", "account.|", "Add:function Mutex:property Owner:property balance:property Lock:function " +
		"TryLock:function Unlock:function -mu -state"},
	{"names to delete", "%del Li|", "Limit:constant"},
	{"more names to delete", "%del total, acc|", "account:instance Account:class"},
	{"imports to delete", "%del fm|", "fmt:module"},
	{"no names to delete", "%del Pri|", ""},
	{"member behind a line", "account.\n\tOw|", "Owner:property"},
	{"members of a call's result", "bytes.NewBufferString(\"\").WriteS|", "WriteString:function"},
	{"members of an element", "m := map[string][]*Account{}\nm[\"a\"][0].O|", "Owner:property"},
	{"members of a conversion", "time.Duration(3).Sec|", "Seconds:function"},
	{"members of an error", "err := transfer(nil, nil, 1)\nerr.|", "Error:function"},
	{"members of an interface", "var r io.ReadCloser\nr.|", "Close:function Read:function"},
	{"members of a dereference", "(*account).ba|", "balance:property"},
	{"unexported members of libraries", "var b bytes.Buffer\nb.of|", ""},
	{"members of a generic value", "p := Pair[string, int]{}\np.|", "Key:property Val:property"},
	{"members of an inferred result", "first([]*Account{account}).Ow|", "Owner:property"},
	{"members of a type parameter", "func show[T fmt.Stringer](v T) { v.| }", "String:function"},
	{"method expression", "(*Account).A|", "Add:function"},
	{"unfinished if", "if account.Ow|", "Owner:property"},
	{"unfinished else if", "if total > 1 {\n} else if account.Ow|", "Owner:property"},
	{"unfinished for", "for i := 0; i < account.ba|", "balance:property"},
	{"unfinished range", "for _, a := range account.O|", "Owner:property"},
	{"unfinished switch", "switch account.Ow|", "Owner:property"},
	{"unfinished case", "switch total {\ncase account.ba|", "balance:property"},
	{"unfinished select", "select {\ncase <-time.Aft|", "After:function AfterFunc:function"},
	{"unfinished call", "transfer(account.|\n", "Add:function …"},
	{"unfinished go", "go account.A|", "Add:function"},
	{"unfinished go of a literal", "go func() {\n\taccount.A|", "Add:function"},
	{"unfinished defer in a literal", "func() {\n\tdefer account.Unl|", "Unlock:function"},
	{"unfinished return", "func f() int {\n\treturn account.b|", "balance:property"},
	{"unfinished parameter", "func f(b bytes.Bu|", "Buffer:class"},
	{"unfinished struct", "type S struct {\n\tb bytes.Bu|", "Buffer:class"},
	{"unfinished assertion", "var x any\nx.(*bytes.Buf|", "Buffer:class"},
	{"the cursor within a line", "account.Ow|ner = \"x\"\ntotal++", "Owner:property"},
	{"something follows a dot", "account.|\ntotal++", "Add:function …"},
	{"broken code before", "x := (1 +\n)\nfmt.Printl|", "Println:function"},
	{"broken statement before", "x y z\naccount.Ow|", "Owner:property"},
	{"wrong code before", "x := undefined + 1\naccount.Ow|", "Owner:property"},
	{"parameter of a method", "func (a *Account) Take(n int) {\n\ta.b|\n}", "balance:property"},
	{"method of a type of this cell", "type T struct{}\nfunc (t T) Foo() {}\nt := T{}\nt.|", "Foo:function"},
	{"variable of this cell in a function", "ratio := 0.5\nfunc f() float64 { return rat|", "ratio:instance …"},

	{"session", "to|", "total:instance …"},
	{"session function", "trans|", "transfer:function"},
	{"session type", "Acc|", "Account:class account:instance"},
	{"session constant", "Lim|", "Limit:constant"},
	{"case", "LIM|", "Limit:constant"},
	{"local first", "tomorrow := 1\nto|", "tomorrow:instance total:instance …"},
	{"inner first", "tool := 1\nfunc() {\n\ttotals := 2\n\tto|", "totals:instance tool:instance total:instance …"},
	{"declared later", "lat|\nlater := 1", "-later"},
	{"ended scope", "{\n\tinner := 1\n}\ninn|", "-inner"},
	{"parameter", "func f(number int) {\n\tnum|", "number:instance …"},
	{"result", "func f() (number int) {\n\tnum|", "number:instance …"},
	{"loop variable", "for number := range 3 {\n\tnum|", "number:instance …"},
	{"parameter of a literal", "f := func(number int) int { return num| }", "number:instance …"},
	{"function of this cell", "func helper() {}\nhel|", "helper:function"},
	{"function below", "hel|\nfunc helper() {}", "helper:function"},
	{"between lines", "a1 := 1\n\na|\n\na2 := 2", "a1:instance account:instance … append:function … -a2"},
	{"nothing typed", "lo := 1\ntransfer(|",
		"lo:instance Account:class … account:instance … total:instance … fmt:module … -strings -for"},
	{"import of the session", "fm|", "fmt:module"},
	{"package not imported", "strin|", "string:class strings:module"},
	{"package in a directory", "filep|", "filepath:module"},
	{"keyword", "fo|", "for:keyword format:module"},
	{"builtin", "appe|", "append:function"},
	{"hidden", "__|", ""},

	{"key", "Account{|", "Mutex: :property Owner: :property balance: :property …"},
	{"key begun", "Account{Ow|}", "Owner: :property …"},
	{"second key", "Account{Owner: \"x\", |}", "Mutex: :property balance: :property -Owner: -total"},
	{"key of an element", "[]*Account{{Ow|", "Owner: :property …"},
	{"key of a library's struct", "&http.Server{Add|", "Addr: :property"},
	{"value of a key", "Account{balance: tot|", "total:instance"},
	{"key of a map", "map[string]int{tot|", "total:instance"},

	{"import", "import \"encoding/j|", "encoding/json:module"},
	{"imports", "import (\n\t\"fmt\"\n\tx \"net/ht|\n)", "net/http:module net/http/cgi:module …"},
	{"comment", "// fm|", ""},
	{"comment over lines", "/* fm|\n*/", ""},
	{"behind a comment", "/* a */ Lim|", "Limit:constant"},
	{"below a comment", "x := 1 // a\nLim|", "Limit:constant"},
	{"string", "x := \"fm|\"", ""},
	{"raw string", "x := `fm|", ""},
	{"behind a string", "\"a\" + Lim|", "Limit:constant"},
	{"number", "1.|", ""},
	{"new name", "var tot|", ""},
	{"new function", "func tot|", ""},

	{"magics", "%tim|", "%time:magic %timeit:magic %%time:magic %%timeit:magic"},
	{"cell magics", "%%wr|", "%%writefile:magic"},
	{"line magic below code", "x := 1\n  %tim|", "%time:magic %timeit:magic"},
	{"no magic in brackets", "f(\n%tim|", "-%time"},
	{"code of a magic", "%time account.Ow|", "Owner:property"},
	{"code of a magic with options", "%timeit -n 5 -r2 account.Ow|", "Owner:property"},
	{"code of a cell magic", "%%time\naccount.Ow|", "Owner:property"},
	{"text of a cell magic", "%%bash\ntot|", ""},
	{"code below magics", "%who\n!ls (\nLim|", "Limit:constant"},
	{"text of a magic", "%who tot|", ""},
	{"remainder", "7 %tot|", "total:instance …"},
}

// shown writes matches as the rows do.
func shown(c assist.Completion) []string {
	var list []string
	for _, m := range c.Matches {
		list = append(list, m.Text+":"+m.Type)
	}
	return list
}

// inOrder reports whether want, a list of words in which "…" is anything, describes got.
func inOrder(got []string, want string) bool {
	gap := false
	// Texts such as "Owner: " have blanks.
	words := strings.Split(strings.ReplaceAll(want, ": :", ":_:"), " ")
	for _, w := range words {
		w = strings.ReplaceAll(w, ":_:", ": :")
		switch {
		case w == "":
		case w == "…":
			gap = true
		case w[0] == '-':
			if slices.ContainsFunc(got, func(g string) bool { return strings.HasPrefix(g, w[1:]+":") }) {
				return false
			}
			gap = true
		default:
			i := slices.Index(got, w)
			if i < 0 || i > 0 && !gap {
				return false
			}
			got, gap = got[i+1:], false
		}
	}
	return gap || len(got) == 0
}

func TestComplete(t *testing.T) {
	s := newSession(t, lesson...)
	for _, r := range completeRows {
		t.Run(r.name, func(t *testing.T) {
			at := strings.Index(r.code, "|")
			code := r.code[:at] + strings.ReplaceAll(r.code[at+1:], "|", "")
			c := s.Complete("", code, at)
			if got := shown(c); !inOrder(got, r.want) {
				t.Errorf("%q: got %.600s\nwant %s", r.code, got, r.want)
			}
			if c.Start > at || c.End != at {
				t.Errorf("%q: replaces %d to %d, the cursor is at %d", r.code, c.Start, c.End, at)
			}
			for _, m := range c.Matches {
				if word := code[c.Start:at]; !strings.HasPrefix(strings.ToLower(strings.TrimLeft(m.Text, "%")),
					strings.ToLower(strings.TrimLeft(word, "%"))) {
					t.Errorf("%q: %s doesn't begin with %s", r.code, m.Text, word)
				}
			}
		})
	}
}

func TestCompleteSignatures(t *testing.T) {
	s := newSession(t, lesson...)
	for code, want := range map[string]string{
		"transfe": "(from *Account, to *Account, n int) error", "tota": "int", "accoun": "*Account",
		"account.Ad":     "(n int)",
		"strings.HasPre": "(s string, prefix string) bool", "Accoun": "struct", "account.Lo": "()",
		"%cd": "[-q] [directory|-|~]", "Limi": "untyped int",
		"first": "[T any](s []T) T", "account.Owne": "string", "io.Writ": "interface",
	} {
		c := s.Complete("", code, len(code))
		if len(c.Matches) == 0 ||
			!slices.ContainsFunc(c.Matches, func(m assist.Match) bool { return m.Signature == want }) {
			t.Errorf("%q: got %q, want the signature %q", code, c.Matches, want)
		}
	}
}

func TestCompleteFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"alpha.go", "a b.txt", ".hidden"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "sub", "deep"), 0o777); err != nil {
		t.Fatal(err)
	}
	s := newSession(t)
	for _, r := range []struct {
		code  string
		start int
		want  string
	}{
		{"%cd ", 4, "sub/"}, {"%cd -q s", 7, "sub/"}, {"%cd sub/", 4, "sub/deep/"}, {"%load al", 6, "alpha.go"},
		{"%load -r 3 al", 11, "alpha.go"},
		{"%load ", 6, "a b.txt|alpha.go|sub/"}, {"%load a ", 6, "a b.txt"}, {"%load .h", 6, ".hidden"},
		{"%%writefile a", 12, "a b.txt|alpha.go"},
		{"%%writefile -a al", 15, "alpha.go"}, {"!cat al", 5, "alpha.go"}, {"!cat <al", 6, "alpha.go"},
		{"%load no/such", 6, ""}, {"%cd " + dir + "/su", 4, dir + "/sub/"},
	} {
		c := s.Complete(dir, r.code, len(r.code))
		var got []string
		for _, m := range c.Matches {
			got = append(got, m.Text)
		}
		if strings.Join(got, "|") != r.want || c.Start != r.start {
			t.Errorf("%q: got %q at %d, want %s at %d", r.code, got, c.Start, r.want, r.start)
		}
	}
}

func TestCompleteWithCursorOutside(t *testing.T) {
	s := newSession(t, lesson...)
	for _, cursor := range []int{-1, 99} {
		if c := s.Complete("", "tot", cursor); c.Start < 0 || c.End > 3 {
			t.Errorf("cursor %d: %+v", cursor, c)
		}
	}
}

// Completion and inspection answer while cells are compiled and committed.
func TestHammerComplete(t *testing.T) {
	s := newSession(t, lesson...)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { // ends after its rounds
			for i := range 30 {
				r := completeRows[i]
				at := strings.Index(r.code, "|")
				s.Complete("", strings.ReplaceAll(r.code, "|", ""), at)
				s.Inspect("account.Add(total)", i%18, 1)
			}
		})
	}
	for range 30 {
		p, err := s.Compile("In[9]", "extra := Account{Owner: fmt.Sprint(total)}\nfunc more() int { return total }")
		if err != nil {
			t.Fatal(err)
		}
		s.Commit(p)
	}
	wg.Wait()
}

func FuzzComplete(f *testing.F) {
	for _, r := range completeRows {
		at := strings.Index(r.code, "|")
		f.Add(strings.ReplaceAll(r.code, "|", ""), at)
	}
	s := newSession(f, lesson...)
	f.Fuzz(func(t *testing.T, code string, cursor int) {
		c := s.Complete("", code, cursor)
		if c.Start < 0 || c.Start > c.End || c.End > len(code) {
			t.Errorf("Complete(%q, %d) replaces %d to %d", code, cursor, c.Start, c.End)
		}
		s.Inspect(code, cursor, 1)
	})
}

func BenchmarkComplete(b *testing.B) {
	s := newSession(b, lesson...)
	for _, code := range []string{"fmt.Pri", "account.", "tot", "lo := 1\nfor i := range 3 {\n\ty := i\n\tif y > ",
		"Account{"} {
		b.Run(code, func(b *testing.B) {
			for b.Loop() {
				s.Complete("", code, len(code))
			}
		})
	}
}

func BenchmarkInspect(b *testing.B) {
	s := newSession(b, lesson...)
	for _, code := range []string{"fmt.Println(", "account.Add"} {
		b.Run(code, func(b *testing.B) {
			for b.Loop() {
				s.Inspect(code, len(code), 0)
			}
		})
	}
}
