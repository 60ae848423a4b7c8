package assist_test

// This file tests inspection.

import (
	"strings"
	"testing"

	"gilkernel/kernel/cell"
)

// inspectRows are cells with a bar at the cursor. want are parts of the answer separated by "; ", "-x" is what must not
// be in it; an empty want says that there is no answer.
var inspectRows = []struct {
	name, code string
	level      int
	want       string
}{
	{"function of a package", "fmt.Println|(1)", 0,
		"func Println(a ...any) (n int, err error); formats using the default formats"},
	{"within the name", "fmt.Pri|ntln(1)", 0, "func Println"},
	{"before the name", "fmt.|Println(1)", 0, "func Println"},
	{"in a call", "fmt.Println(|)", 0, "func Println"},
	{"in an open call", "fmt.Println(|", 0, "func Println"},
	{"behind an argument's comma", "fmt.Println(1, |", 0, "func Println"},
	{"behind a literal argument", "fmt.Println(\"a\"|)", 0, "func Println"},
	{"in the inner call", "fmt.Println(strings.ToUpper(|", 0, "func ToUpper"},
	{"behind the inner call", "fmt.Println(strings.ToUpper(\"a\"), |)", 0, "func Println"},
	{"an argument", "fmt.Println(total|)", 0, "var total int"},
	{"an argument that nobody knows", "fmt.Println(nobody|)", 0, "func Println"},
	{"package", "strings|.ToUpper(\"\")", 0, "package strings; implements simple functions"},
	{"package alone", "strings|", 0, "package strings"},
	{"type of a package", "var b bytes.Buf|fer", 0,
		"type Buffer struct; variable-sized buffer; Methods; func (*Buffer) WriteString(s string) (n int, err error)"},
	{"method of a package", "var b bytes.Buffer\nb.WriteStr|ing(\"\")", 0, "func (b *Buffer) WriteString(s string)"},
	{"method through embedding", "account.Lo|ck()", 0, "func (m *Mutex) Lock(); locks m"},
	{"field of a package", "s := http.Server{}\ns.Ad|dr", 0, "field Addr string; TCP address"},
	{"method behind a type", "bytes.Buffer.Len|", 0, "func (b *Buffer) Len() int; unread portion"},
	{"field behind a type", "http.Server.Addr|", 0, "field Addr string; TCP address"},
	{"key of a package's struct", "s := http.Server{Ad|dr: \"\"}", 0, "field Addr string; TCP address"},
	{"variable of a library's type", "var b| bytes.Buffer", 0, "var b bytes.Buffer; variable-sized buffer"},
	{"constant of a package", "os.O_APP|END", 0, "O_APPEND"},
	{"interface of a package", "io.Writ|er", 0, "type Writer interface; Write(p []byte)"},

	{"session variable", "tot|al + 1", 0, "var total int; Defined in In[2]"},
	{"session constant", "Lim|it", 0, "const Limit"},
	{"session function", "transf|er(account, account, 1)", 0,
		"func transfer(from *Account, to *Account, n int) error; transfer moves n.; Defined in In[3]; -fmt.Println"},
	{"session function with source", "transf|er(account, account, 1)", 1,
		"func transfer(from; Source; \tfmt.Println(n)"},
	{"session function in a call", "transfer(account, |", 0, "func transfer"},
	{"session type", "var a Acc|ount", 0, "type Account struct {; Owner string; is what a bank keeps; Methods; func " +
		"(*Account) Add(n int); func (*Account) Lock()"},
	{"session type with source", "var a Acc|ount", 1, "Source; // of the money"},
	{"session method", "account.Ad|d(1)", 0, "Add(n int); pays in; Defined in In[1]; -balance"},
	{"session method with source", "account.Ad|d(1)", 1, "pays in; a.balance += n"},
	{"session field", "account.Own|er", 0, "field Owner string"},
	{"key of a session type", "Account{Own|er: \"\"}", 0, "field Owner string"},
	{"generic function", "fir|st([]int{1})", 0, "func first[T any](s []T) T"},
	{"name alone", "transfer|", 0, "func transfer"},
	{"name alone with source", "transfer|", 1, "fmt.Println(n)"},

	{"local variable", "x := map[string]int{}\nx|[\"a\"]++", 0, "var x map[string]int"},
	{"variable where it is declared", "x| := 1.5", 0, "var x float64"},
	{"parameter", "func f(n| int) {}", 0, "var n int"},
	{"function of this cell", "// twice doubles.\nfunc twice(n int) int { return 2 * n }\ntwi|ce(1)", 0,
		"func twice(n int) int; twice doubles.; -2 * n"},
	{"function of this cell with source", "func twice(n int) int { return 2 * n }\ntwi|ce(1)", 1,
		"Source; return 2 * n"},
	{"function where it is declared", "func twi|ce(n int) int { return 2 * n }", 0, "func twice(n int) int"},
	{"broken further on", "x := account\nx.Ad|d(1)\ny := (", 0, "pays in"},
	{"broken before", "x y z\naccount.Ad|d(1)", 0, "pays in"},
	{"in a magic's code", "%timeit -n 3 account.Ad|d(1)", 0, "pays in"},
	{"in a cell magic's code", "%%time\naccount.Ad|d(1)", 0, "pays in"},

	{"builtin function", "x := app|end([]int{}, 1)", 0, "func append(slice []Type; appends elements"},
	{"builtin function in a call", "make(|", 0, "func make"},
	{"builtin type", "var x str|ing", 0, "string; 8-bit bytes"},
	{"nil", "x := account == n|il", 0, "nil"},
	{"method of error", "transfer(nil, nil, 1).Err|or()", 0, "Error() string"},
	{"keyword", "def|er f()", 0, "Calls f when the function around it ends"},
	{"magic", "%time|it x", 0, "%timeit [-n loops]; %%timeit; how long one loop took"},
	{"cell magic", "%%ba|sh\nls", 0, "%%bash; Runs the body in bash"},
	{"magic of the other kind", "%ba|sh", 0, ""},

	{"nobody", "nobo|dy", 0, ""},
	{"unknown member", "account.Nob|ody", 0, ""},
	{"number", "1|23", 0, ""},
	{"string", "\"fm|t\"", 0, ""},
	{"comment", "// fm|t", 0, ""},
	{"blank", "|", 0, ""},
	{"operator", "1 |+ 2", 0, ""},
	{"text of a cell magic", "%%bash\ntot|al", 0, ""},
	{"parentheses without a function", "(1 + |", 0, ""},
	{"behind a call", "transfer(account, account, 1)|", 0, "func transfer"},
}

func TestInspect(t *testing.T) {
	s := newSession(t, lesson...)
	for _, r := range inspectRows {
		t.Run(r.name, func(t *testing.T) {
			at := strings.Index(r.code, "|")
			got, found := s.Inspect(strings.ReplaceAll(r.code, "|", ""), at, r.level)
			if found != (r.want != "") {
				t.Fatalf("%q: found %v, want %v: %.300s", r.code, found, !found, got.Plain)
			}
			for _, part := range strings.Split(r.want, "; ") {
				if not, ok := strings.CutPrefix(part, "-"); ok && strings.Contains(got.Plain, not) {
					t.Errorf("%q: %q is in\n%s", r.code, not, got.Plain)
				} else if !ok && !strings.Contains(got.Plain, part) {
					t.Errorf("%q: %q isn't in\n%.900s", r.code, part, got.Plain)
				}
			}
			if found != strings.Contains(got.Markdown, "```go\n") {
				t.Errorf("%q: Markdown %.300s", r.code, got.Markdown)
			}
		})
	}
}

// What a comment has between stars isn't emphasised.
func TestInspectMarkdownIsEscaped(t *testing.T) {
	s := newSession(t, lesson...)
	got, _ := s.Inspect("Account", 3, 0)
	if !strings.Contains(got.Plain, "a *lock*") || !strings.Contains(got.Markdown, `a \*lock\*`) {
		t.Errorf("plain %s\nMarkdown %s", got.Plain, got.Markdown)
	}
}

func TestInspectSaysThatAValueIsLost(t *testing.T) {
	s := newSession(t, lesson...)
	s.LoseValues("In[5]")
	if got, _ := s.Inspect("total", 2, 0); !strings.Contains(got.Plain, "lost in In[5]; run In[2] again") {
		t.Errorf("got %s", got.Plain)
	}
}

// Every magic and every keyword of Go can be asked about.
func TestInspectKnowsAllWords(t *testing.T) {
	s := newSession(t)
	for _, m := range cell.Magics() {
		code := "%" + m.Name
		if m.Line == "" {
			code = "%%" + m.Name
		}
		if m.Name == "!" {
			continue
		}
		if got, found := s.Inspect(code, len(code), 0); !found || !strings.Contains(got.Plain, m.Help) {
			t.Errorf("%s: %v, %s", code, found, got.Plain)
		}
	}
	for word := range strings.FieldsSeq("break case chan const continue default defer else fallthrough for func go " +
		"goto if import interface map package range return select struct switch type var") {
		if got, found := s.Inspect(word, len(word), 0); !found || !strings.Contains(got.Plain, word) {
			t.Errorf("%s: %v, %s", word, found, got.Plain)
		}
	}
}
