package interp_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"gilkernel/kernel/link"
)

// bundle returns a display in one line.
func bundle(d *link.Display) string {
	var parts []string
	for mime, raw := range d.Data {
		parts = append(parts, fmt.Sprintf("%s=%s", mime, raw))
	}
	sort.Strings(parts)
	return strings.Join(parts, " ")
}

// The values of cells are shown as Go writes them, also those of types that a cell declares.
func TestResults(t *testing.T) {
	p := begin(t)
	p.run(`import ("fmt"; "errors"; "time"; "image")
type P struct { x, Y int; next *P }
type S struct { name string }
func (s S) String() string { return "S " + s.name }
type I interface { String() string }
type Celsius float64
type Row struct { City string; degrees Celsius }
type Html struct { s string }
func (h Html) HTML() string { return "<b>" + h.s + "</b>" }
func (h Html) String() string { return h.s }
type Bad struct{}
func (Bad) String() string { panic("in String") }
---

`).ok(t)
	for _, row := range []struct{ code, want string }{
		{"1", `text/plain="1"`},
		{"\"a\"", `text/plain="\"a\""`},
		{"func() ([]string, error) { return []string{\"a\"}, nil }()", `text/plain="[]string{\"a\"}, \u003cnil\u003e"`},
		{"P{1, 2, nil}", `text/plain="main.P{x: 1, Y: 2, next: \u003cnil\u003e}"`},
		{"&P{1, 2, &P{3, 4, nil}}",
			`text/plain="\u0026main.P{x: 1, Y: 2, next: \u0026main.P{x: 3, Y: 4, next: \u003cnil\u003e}}"`},
		{"map[string]P{\"k\": {1, 2, nil}}",
			`text/plain="map[string]main.P{\"k\": main.P{x: 1, Y: 2, next: \u003cnil\u003e}}"`},
		{"Celsius(1.5)", `text/plain="1.5"`},
		{"var i I = S{\"n\"}\ni", `text/plain="S n"`},
		{"S{\"n\"}", `text/plain="S n"`},
		{"h := Html{\"x\"}\nh", `text/html="\u003cb\u003ex\u003c/b\u003e" text/plain="x"`},
		{"import \"errors\"\nerrors.New(\"bad\")", `text/plain="bad"`},
		{"var err error\nerr", `text/plain="\u003cnil\u003e"`},
		{"import \"time\"\n90 * time.Second", `text/plain="1m30s"`},
		{"import \"image\"\nimage.NewGray(image.Rect(0,0,1,1))", `text/plain="(a picture of 1 × 1 pixels)"`},
		{"[]Row{{\"Rome\", 21.5}, {\"Oslo\", 3}}", `text/plain="City  degrees\nRome     21.5\nOslo        3"`},
		{"import \"gilkernel/runtime/display\"\ndisplay.HTML(\"<i>x</i>\")",
			`text/html="\u003ci\u003ex\u003c/i\u003e" text/plain="(HTML)"`},
		{"c := make(chan int, 2)\nc <- 1\nc", `text/plain="chan int (1 of 2)"`},
		{"func(a int) P { return P{} }", `text/plain="func(int) main.P"`},
	} {
		r := p.run(row.code + "\n").ok(t)
		if len(r.displays) != 1 || r.displays[0].Display.Kind != "execute_result" {
			t.Errorf("%s: %d displays", row.code, len(r.displays))
			continue
		}
		if got := bundle(r.displays[0].Display); !strings.HasSuffix(got, row.want) {
			t.Errorf("%s:\ngot  %s\nwant %s", row.code, got, row.want)
		}
	}
	// A method that panics is reported, and costs nothing else.
	r := p.run("Bad{}\n").ok(t)
	if len(r.errors) != 1 || r.errors[0].Error.Value != "in String" ||
		bundle(r.displays[0].Display) != `text/plain="main.Bad{}"` {
		t.Errorf("got %+v, %s", r.errors, bundle(r.displays[0].Display))
	}
}

// What Python has a text for has that text, however it is shown: alone, as a value, in a field whose name isn't
// exported, in a list, printed.
func TestPythonTexts(t *testing.T) {
	p := begin(t)
	p.run(`import ("fmt"; "time"; "gilkernel/runtime/threading"; "gilkernel/runtime/builtins"; "gilkernel/runtime/exceptions")
type Account struct { mu *threading.Lock; own threading.Lock; d time.Duration }
var mu threading.Lock
var zero int
---

`).ok(t)
	lock := regexp.MustCompile(`\\u003c(un)?locked _thread.lock object at 0x[0-9a-f]+\\u003e`)
	for _, row := range []struct{ code, want string }{
		{"&mu", `"LOCK"`},
		{"mu", `"LOCK"`},
		{"[]*threading.Lock{&mu}", `"[]*threading.Lock{LOCK}"`},
		{"Account{mu: &mu, d: time.Second}", `"main.Account{\n  mu: LOCK,\n  own: LOCK, d: 1s,\n}"`},
		{"&Account{mu: &mu, d: time.Second}", `"\u0026main.Account{\n  mu: LOCK,\n  own: LOCK, d: 1s,\n}"`},
		{"fmt.Sprint(mu, &mu)", `"\"LOCK LOCK\""`},
		{"fmt.Sprintf(\"%v %5d%% %T %+v %#v\", mu, 7, mu, &mu, mu)", `"\"LOCK     7% threading.Lock LOCK LOCK\""`},
		{"builtins.NewList(1, \"a\", nil, 2.0)", `"[1, 'a', None, 2.0]"`},
		{"var l builtins.List\nl.Append(true)\nfmt.Sprintln(l)", `"\"[True]\\n\""`},
		{"exceptions.Is(exceptions.Try(func() { _ = 1 / zero }), \"ZeroDivisionError\")", `"true"`},
		{"var deep func(int) int\ndeep = func(n int) int { return deep(n+1) + 1 }\n" +
			"exceptions.Is(exceptions.Try(func() { deep(0) }), \"RecursionError\")", `"true"`},
		{"safe := func() (s bool) { defer func() { s = exceptions.Is(recover(), \"LookupError\") }(); _ = " +
			"[]int{}[zero]; return }\nsafe()", `"true"`},
	} {
		r := p.run("import (\"fmt\"; \"time\"; \"gilkernel/runtime/threading\"; \"gilkernel/runtime/builtins\"; " +
			"\"gilkernel/runtime/exceptions\")\n" + row.code + "\n").ok(t)
		if len(r.displays) == 0 {
			t.Errorf("%s: nothing is shown", row.code)
			continue
		}
		got := strings.TrimPrefix(lock.ReplaceAllString(bundle(r.displays[0].Display), "LOCK"), "text/plain=")
		if got != row.want {
			t.Errorf("%s:\ngot  %s\nwant %s", row.code, got, row.want)
		}
	}
}

func TestValueModes(t *testing.T) {
	p := begin(t)
	for _, row := range []struct{ value, shown, returned string }{
		{"display", `text/plain="7"`, ""},
		{"return", "", `text/plain="7"`},
		{"", "", ""},
	} {
		q := p.request("7\n")
		q.Value = row.value
		p.send(&link.Request{Run: q})
		r := p.wait(q.ID).ok(t)
		var shown, returned string
		if len(r.displays) > 0 {
			shown = bundle(r.displays[0].Display)
		}
		if r.done.Result != nil {
			returned = bundle(r.done.Result)
		}
		if shown != row.shown || returned != row.returned {
			t.Errorf("%q: shown %q, returned %q", row.value, shown, returned)
		}
	}
}

func TestOut(t *testing.T) {
	p := begin(t)
	p.run("41\n").ok(t)
	p.run("\"two\"\n").ok(t)
	if got := p.run("fmt.Sprint(Out[1]+1, _)\n").ok(t).text(); got != `"\"42two\""` {
		t.Errorf("got %s", got)
	}
}

func TestDisplay(t *testing.T) {
	p := begin(t)
	r := p.run(`import ("fmt"; "gilkernel/runtime/display")
type S struct{ n int }
func (s S) String() string { return fmt.Sprint("S", s.n) }
---
fmt.Print("first")
display.Show(1, display.Markdown("*m*"))
display.ShowID("id", 2)
display.Update("id", 3)
h := display.ShowHandle(4)
h.Update(5)
s := S{6}
display.Show(s)
display.Show(s)
display.Clear(true)
fmt.Print("last")
`).ok(t)
	var got []string
	var ids []string
	for _, e := range r.displays {
		if e.Clear != nil {
			got = append(got, fmt.Sprint("clear ", e.Clear.Wait))
			continue
		}
		ids = append(ids, e.Display.ID)
		got = append(got, e.Display.Kind+" "+bundle(e.Display))
	}
	want := []string{`display_data text/plain="1"`, `display_data text/markdown="*m*" text/plain="(Markdown)"`,
		`display_data text/plain="2"`,
		`update_display_data text/plain="3"`, `display_data text/plain="4"`, `update_display_data text/plain="5"`,
		`display_data text/plain="S6"`,
		`display_data text/plain="S6"`, "clear true"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if ids[2] != "id" || ids[3] != "id" || ids[4] == "" || ids[4] != ids[5] || ids[0] != "" {
		t.Errorf("ids %q", ids)
	}
	if r.out[1] != "firstlast" {
		t.Errorf("printed %q", r.out[1])
	}
}

// What is shown stands between what was printed before and after it.
func TestOrderOfDisplays(t *testing.T) {
	p := begin(t)
	q := p.request("import (\"fmt\"; \"gilkernel/runtime/display\")\n" +
		"for i := 0; i < 100; i++ { fmt.Print(i); display.Show(i); fmt.Print(i) }\n100\n")
	p.send(&link.Request{Run: q})
	var got strings.Builder
	for {
		e := p.next()
		switch {
		case e.Stream != nil:
			got.WriteString(e.Stream.Text)
		case e.Display != nil:
			var s string
			json.Unmarshal(e.Display.Data["text/plain"], &s)
			got.WriteString("[" + s + "]")
		}
		if e.Done != nil {
			break
		}
	}
	var want strings.Builder
	for i := range 100 {
		fmt.Fprintf(&want, "%d[%d]%d", i, i, i)
	}
	want.WriteString("[100]")
	if got.String() != want.String() {
		t.Errorf("got %s", got.String())
	}
}

func TestProgressBar(t *testing.T) {
	p := begin(t)
	r := p.run("import \"gilkernel/runtime/display\"\nb := display.NewProgress(3, \"work\")\n" +
		"for i := 0; i < 3; i++ { b.Add(1) }\nb.Done()\n").ok(t)
	last := r.displays[len(r.displays)-1].Display
	if first := r.displays[0].Display; first.Kind != "display_data" || first.ID == "" || first.ID != last.ID ||
		!strings.Contains(bundle(last), "3 of 3") {
		t.Errorf("got %s", bundle(last))
	}
}
