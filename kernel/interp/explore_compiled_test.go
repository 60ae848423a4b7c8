package interp_test

// This file tests data races in compiled code, whose accesses are found by what has changed behind a call.

import (
	"strings"
	"testing"
)

func TestExploredCompiled(t *testing.T) {
	p := begin(t)
	const (
		imports = "import (\"bytes\"; \"encoding/json\"; \"errors\"; \"fmt\"; \"log\"; \"math/rand\"; " +
			"\"sort\"; \"strings\"; \"sync\")\nvar _ = []any{errors.New, json.Valid, log.New, " +
			"rand.New, sort.Ints, strings.ToUpper, bytes.NewReader, fmt.Sprint, new(sync.Mutex)}\n"
		both = "compiled code that Thread-1 calls in line 5 writes what compiled code that Thread-2 calls in " +
			"line 6 "
		wrote    = both + "writes"
		read     = both + "may read"
		nothing  = ", and nothing orders the two"
		possible = "possibly, "
	)
	for _, row := range []struct{ name, python, declare, one, two, want string }{
		{"two writes", "3.13t", "var b strings.Builder", `b.WriteString("a")`, `b.WriteString("b")`, wrote + nothing},
		{"with a GIL", "3.12", "var b strings.Builder", `b.WriteString("a")`, `b.WriteString("a")`, ""},
		{"in order", "3.14t", "var b strings.Builder; var mu sync.Mutex", `mu.Lock(); b.WriteString("a"); mu.Unlock()`,
			`mu.Lock(); b.WriteString("a"); mu.Unlock()`, ""},
		{"two of their own", "3.13t", "", `var b strings.Builder; b.WriteString("a")`,
			`var b strings.Builder; b.WriteString("a")`, ""},
		{"behind an interface", "3.13t", "var b bytes.Buffer", `fmt.Fprint(&b, 1)`, `fmt.Fprint(&b, 2)`,
			wrote + nothing},
		{"behind an object", "3.13t", "var b bytes.Buffer; e := json.NewEncoder(&b)", `e.Encode(1)`, `e.Encode(1)`,
			wrote + nothing},
		{"a method's value", "3.13t", "var b bytes.Buffer; f := b.WriteByte", `f(1)`, `f(2)`, wrote + nothing},
		{"a source of chance", "3.13t", "r := rand.New(rand.NewSource(1))", `r.Int()`, `r.Int()`, wrote + nothing},
		{"a read", "3.13t", "var b bytes.Buffer", `b.WriteByte(1)`, `b.Len()`, possible + read + nothing},
		{"what is sorted already", "3.13t", "x := []int{2, 1}", `sort.Ints(x)`, `sort.Ints(x)`,
			possible + read + nothing},
		{"a write of the cell's", "3.13t", "x := []int{2, 1}", `sort.Ints(x)`, `x[0] = 7`,
			"compiled code that Thread-1 calls in line 5 writes what Thread-2 writes in line 6" + nothing},
		{"an argument that is printed", "3.13t", "x := &struct{ n int }{}", `fmt.Sprint(x)`, `x.n = 7`, possible +
			"compiled code that Thread-1 calls in line 5 may read what Thread-2 writes in line 6" + nothing},
		{"a map that is printed", "3.13t", "x := map[int]int{1: 1}", `fmt.Sprint(x)`, `x[1] = 7`, possible +
			"compiled code that Thread-1 calls in line 5 may read what Thread-2 writes in line 6" + nothing},
		{"two that only read", "3.13t", "x := map[int]int{1: 1}", `fmt.Sprint(x)`, `fmt.Sprint(x)`, ""},
		{"what has a lock of its own", "3.13t", "var b bytes.Buffer; l := log.New(&b, ``, 0)", `l.Print(1)`,
			`l.Print(2)`, ""},
		{"errors", "3.13t", "e := errors.New(`e`)", `e.Error()`, `errors.Is(e, e)`, ""},
	} {
		x := p.search(imports+threads(row.declare, "", row.one, row.two), row.python)
		got := ""
		if x.Broken >= 0 {
			o := x.Outcomes[x.Broken]
			if got = strings.ReplaceAll(o.Text, " (<lambda>)", ""); o.Possible {
				got = possible + got
			}
		}
		if got != row.want {
			t.Errorf("%s: %q, want %q: %s", row.name, got, row.want, summary(x))
		}
	}
}
