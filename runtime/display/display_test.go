package display_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gilkernel/runtime/display"
)

type point struct{ X, Y int }

type named struct{ Name string }

func (n named) String() string { return "named " + n.Name }

type rich struct{}

func (rich) HTML() string     { return "<b>rich</b>" }
func (rich) Markdown() string { return "**rich**" }
func (rich) JSON() any        { return []int{1} }
func (rich) PNG() []byte      { return []byte{1, 2} }

type bundled struct{}

func (*bundled) MIMEBundle() (map[string]any, map[string]any) {
	return map[string]any{"text/html": "<i>"}, map[string]any{"text/html": map[string]any{"isolated": true}}
}

type broken struct{}

func (broken) String() string { panic("no") }

func TestFormat(t *testing.T) {
	type ring struct {
		Next *ring
		N    int
	}
	r := &ring{N: 1}
	r.Next = r
	long := make([]int, 300)
	for _, row := range []struct {
		v    any
		want string
	}{
		{nil, "<nil>"},
		{42, "42"},
		{-3.5, "-3.5"},
		{1e6, "1e+06"},
		{float32(0.1), "0.1"},
		{true, "true"},
		{'a', "97"},
		{"a\"b", `"a\"b"`},
		{2 + 3i, "(2+3i)"},
		{[]int{1, 2}, "[]int{1, 2}"},
		{[]int(nil), "[]int(nil)"},
		{[2]string{"a", "b"}, `[2]string{"a", "b"}`},
		{[]byte("héllo\n"), `[]byte("héllo\n")`},
		{[]byte{0, 255}, `[]byte{0, 255}`},
		{map[string]int{"b": 2, "a": 1}, `map[string]int{"a": 1, "b": 2}`},
		{map[int]bool{10: true, 9: false}, `map[int]bool{9: false, 10: true}`},
		{map[string]int(nil), "map[string]int(nil)"},
		{point{1, 2}, "display_test.point{X: 1, Y: 2}"},
		{&point{1, 2}, "&display_test.point{X: 1, Y: 2}"},
		{(*point)(nil), "<nil>"},
		{struct{ A any }{nil}, "{A: <nil>}"},
		{r, "&display_test.ring{Next: &{…}, N: 1}"},
		{errors.New("bad"), "bad"},
		{named{"x"}, "named x"},
		{[]any{named{"x"}, time.Second, nil}, "[]any{named x, 1s, <nil>}"},
		{[]broken{{}}, "[]display_test.broken{display_test.broken{}}"},
		{sync.Mutex{}, "sync.Mutex{…}"},
		{make(chan int, 3), "chan int (0 of 3)"},
		{func(int) string { return "" }, "func(int) string"},
		{[]struct{ A int }{{1}, {2}}, "[{A: 1}, {A: 2}]"},
		{long, "… 100 more"},
		{strings.Repeat("é", 40000), "bytes more"},
	} {
		got := display.Format(reflect.ValueOf(row.v), nil)
		if got != row.want && !(len(got) > 100 && strings.Contains(got, row.want)) {
			t.Errorf("%#v: got %s, want %s", row.v, got, row.want)
		}
	}
}

func TestFormatBreaksLongLines(t *testing.T) {
	v := map[string][]string{}
	for _, k := range []string{"a", "b"} {
		v[k] = []string{strings.Repeat(k, 30), strings.Repeat(k, 31)}
	}
	got := display.Format(reflect.ValueOf(v), nil)
	want := `map[string][]string{
  "a": []string{"` + strings.Repeat("a", 30) + `", "` + strings.Repeat("a", 31) + `"},
  "b": []string{"` + strings.Repeat("b", 30) + `", "` + strings.Repeat("b", 31) + `"},
}`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestBundle(t *testing.T) {
	picture := image.NewGray(image.Rect(0, 0, 2, 1))
	for _, row := range []struct {
		name string
		v    any
		want map[string]string // JSON that each type begins with
	}{
		{"number", 1, map[string]string{"text/plain": `"1"`}},
		{"HTML", display.HTML("<p>a &amp; <b>b</b></p><script>x</script>"),
			map[string]string{"text/html": `"\u003cp\u003ea`, "text/plain": `"(HTML)"`}},
		{"Markdown", display.Markdown("*a*"),
			map[string]string{"text/markdown": `"*a*"`, "text/plain": `"(Markdown)"`}},
		{"LaTeX", display.LaTeX("$x$"), map[string]string{"text/latex": `"$x$"`, "text/plain": `"(LaTeX)"`}},
		{"SVG", display.SVG("<svg><title>a dot</title></svg>"),
			map[string]string{"image/svg+xml": `"\u003csvg`, "text/plain": `"a dot"`}},
		{"PNG", display.PNG{1, 2, 3}, map[string]string{"image/png": `"AQID"`, "text/plain": `"(a picture)"`}},
		{"JPEG", display.JPEG{1, 2, 3}, map[string]string{"image/jpeg": `"AQID"`, "text/plain": `"(a picture)"`}},
		{"JSON", display.JSON{V: point{1, 2}},
			map[string]string{"application/json": `{"X":1,"Y":2}`, "text/plain": `"(JSON)"`}},
		{"JSON that is none", display.JSON{V: make(chan int)},
			map[string]string{"text/plain": `"json: unsupported type`}},
		{"chart", display.VegaLite{Spec: `{"mark":"bar"}`, PNG: []byte{1, 2, 3}, Text: "a bar"}, map[string]string{
			"application/vnd.vegalite.v5+json": `{"mark":"bar"}`, "image/png": `"AQID"`, "text/plain": `"a bar"`}},
		{"chart of a value", display.VegaLite{Spec: map[string]any{"mark": "bar"}}, map[string]string{
			"application/vnd.vegalite.v5+json": `{"mark":"bar"}`, "text/plain": `"(a chart)"`}},
		{"bundle", display.MIME{"x/y": "z"}, map[string]string{"x/y": `"z"`, "text/plain": `"(x/y)"`}},
		{"methods", rich{}, map[string]string{"text/html": `"`, "text/markdown": `"`, "application/json": "[1]",
			"image/png": `"AQI="`, "text/plain": `"display_test.rich{}"`}},
		{"MIMEBundle", &bundled{}, map[string]string{"text/html": `"`, "text/plain": `"`}},
		{"nil receiver", (*bundled)(nil), map[string]string{"text/plain": `"\u003cnil\u003e"`}},
		{"picture", picture, map[string]string{"image/png": `"iVBOR`, "text/plain": `"(a picture of 2 × 1 pixels)"`}},
		{"nil picture", (*image.Gray)(nil), map[string]string{"text/plain": `"\u003cnil\u003e"`}},
		{"error", errors.New("bad"), map[string]string{"text/plain": `"bad"`}},
		{"Stringer", named{"n"}, map[string]string{"text/plain": `"named n"`}},
		{"table of structs", []point{
			{1, 2},
			{30, 4},
		}, map[string]string{"text/html": `"\u003ctable`, "text/plain": `" X  Y\n 1  2\n30  4"`}},
		{"table of pointers", []*point{{1, 2}, nil},
			map[string]string{"text/html": `"`, "text/plain": `"    X  Y\n    1  2\n\u003cnil\u003e   "`}},
		{"table of maps", []map[string]any{{"b": "x"}, {"a": 1.5}},
			map[string]string{"text/html": `"`, "text/plain": `"a    b\n     x\n1.5  "`}},
		{"table of rows", [][]string{{"a", "b"}, {"cc"}},
			map[string]string{"text/html": `"`, "text/plain": `"a   b\ncc  "`}},
		{"Stringers are no table", []named{{"a"}}, map[string]string{"text/plain": `"[]display_test.named{named a}"`}},
		{"empty", []point{}, map[string]string{"text/plain": `"[]display_test.point{}"`}},
		{"Table", display.Table(7), map[string]string{"text/html": `"`, "text/plain": `"7"`}},
	} {
		t.Run(row.name, func(t *testing.T) {
			data, _ := display.Bundle(row.v)
			got := display.Encode(data)
			for mime, raw := range got {
				want, ok := row.want[mime]
				if !ok || !strings.HasPrefix(string(raw), want) {
					t.Errorf("%s: got %s, want %q", mime, raw, want)
				}
			}
			for mime := range row.want {
				if _, ok := got[mime]; !ok {
					t.Errorf("no %s", mime)
				}
			}
		})
	}
}

func TestBundleMetadata(t *testing.T) {
	_, metadata := display.Bundle(&bundled{})
	if got := fmt.Sprint(metadata); got != "map[text/html:map[isolated:true]]" {
		t.Errorf("got %s", got)
	}
}

func TestTableCutsRows(t *testing.T) {
	data, _ := display.Bundle(make([]point, 201))
	for mime, want := range map[string]string{"text/plain": "\n… and 1 more rows",
		"text/html": "<p>… and 1 more rows</p>"} {
		if s := data[mime].(string); !strings.HasSuffix(s, want) || strings.Count(s, "\n") < 200 {
			t.Errorf("%s: ends with %q", mime, s[len(s)-40:])
		}
	}
}

func TestEncodeRefused(t *testing.T) {
	got := display.Encode(map[string]any{"application/json": make(chan int)})
	if s := string(got["text/plain"]); len(got) != 1 || !strings.Contains(s, "unsupported type") {
		t.Errorf("got %s", got)
	}
	for _, text := range []string{"", "plain words", "12", `"x"`} {
		var back string
		raw := display.Encode(map[string]any{"application/json": text})["application/json"]
		if err := json.Unmarshal(raw, &back); err != nil || back != text {
			t.Errorf("%q became %s", text, raw)
		}
	}
}

// A page notes what is shown on it.
type page struct {
	mu  sync.Mutex
	log []string
}

func (p *page) Display(kind, id string, data, _ map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(p.log, fmt.Sprintf("%s %s %v", kind, id, data["text/plain"]))
}

func (p *page) Clear(wait bool) { p.log = append(p.log, fmt.Sprint("clear ", wait)) }

func (p *page) Input(prompt string, password bool) (string, error) {
	return fmt.Sprint(prompt, password), nil
}

func TestShow(t *testing.T) {
	p := new(page)
	d := display.New(p)
	d.Show(1, "two")
	d.ShowID("x", 3)
	d.Update("x", 4)
	h := d.ShowHandle(5)
	h.Update(6)
	d.Clear(true)
	name := h.ID()
	want := []string{"display_data  1", `display_data  "two"`, "display_data x 3", "update_display_data x 4",
		"display_data " + name + " 5", "update_display_data " + name + " 6", "clear true"}
	if !reflect.DeepEqual(p.log, want) {
		t.Errorf("got %q, want %q", p.log, want)
	}
	if in, _ := d.Input("a?"); in != "a?false" {
		t.Errorf("Input: %s", in)
	}
	if in, _ := d.Password("a?"); in != "a?true" {
		t.Errorf("Password: %s", in)
	}
}

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := new(page)
		bar := display.New(p).NewProgress(1000, "work")
		for range 500 {
			time.Sleep(time.Millisecond)
			bar.Add(1)
		}
		bar.Set(1000)
		bar.Done()
		bar.Add(1)
		if n := len(p.log); n != 1+5+1+1 {
			t.Errorf("%d displays, want the first, one each 100 ms, the full one and the last", n)
		}
		last := p.log[len(p.log)-1]
		if !strings.Contains(last, "work [##############################] 1000 of 1000, 500ms") ||
			!strings.HasPrefix(last, "update_display_data") {
			t.Errorf("the last is %q", last)
		}
		if first := p.log[0]; !strings.HasPrefix(first, "display_data") ||
			!strings.Contains(first, "[..............................] 0 of 1000") {
			t.Errorf("the first is %q", first)
		}
	})
}

func TestProgressCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := new(page)
		bar := display.New(p).NewProgress(0, "")
		bar.Add(3)
		bar.Add(-5)
		bar.Done()
		if last := p.log[len(p.log)-1]; !strings.HasSuffix(last, " 0, 0s") {
			t.Errorf("the last is %q", last)
		}
	})
}

func TestProgressHammer(t *testing.T) {
	p := new(page)
	bar := display.New(p).NewProgress(4000, "")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 1000 {
				bar.Add(1)
			}
		})
	}
	wg.Wait()
	if last := p.log[len(p.log)-1]; !strings.Contains(last, "4000 of 4000") {
		t.Errorf("the last is %q", last)
	}
}

func TestText(t *testing.T) {
	var out bytes.Buffer
	d := display.New(display.Text(strings.NewReader("Ada\nlast"), &out))
	d.Show(display.HTML("<b>bold</b>"))
	d.Clear(false)
	for _, want := range []string{"Ada <nil>", "last <nil>", " EOF"} {
		name, err := d.Input("name? ")
		if got := fmt.Sprint(name, " ", err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := out.String(); got != "bold\nname? name? name? " {
		t.Errorf("got %q", got)
	}
}

func (p *page) Stream(name, text string) { p.log = append(p.log, name+" "+text) }

func TestCapturedIO(t *testing.T) {
	p := new(page)
	c := display.New(p).NewCapturedIO("out", "", []display.RichOutput{
		{Data: map[string]any{"text/plain": "1"}, ID: "x"}, {Data: map[string]any{"text/plain": "2"}, ID: "x", Update: true}})
	c.Show()
	c.Outputs[0].Show()
	want := []string{"stdout out", "display_data x 1", "update_display_data x 2", "display_data x 1"}
	if !reflect.DeepEqual(p.log, want) {
		t.Errorf("got %q, want %q", p.log, want)
	}
	if got := c.String(); got != "captured output: 3 bytes to Stdout, 0 bytes to Stderr, 2 outputs" {
		t.Errorf("got %s", got)
	}
	if data, _ := display.Bundle(c.Outputs[0]); data["text/plain"] != "1" {
		t.Errorf("got %v", data)
	}
	var zero display.CapturedIO
	zero.Show() // prints nothing
}
