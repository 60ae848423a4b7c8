package interp_test

import (
	"strings"
	"testing"

	"gilkernel/kernel/link"
)

// converse runs code and answers its questions in order.
func (p *process) converse(code string, answers ...link.Input) (*result, []link.InputRequest) {
	p.t.Helper()
	q := p.request(code)
	q.Input = true
	p.send(&link.Request{Run: q})
	r := &result{id: q.ID, out: map[int]string{}}
	var asked []link.InputRequest
	for r.done == nil {
		e := p.next()
		r.add(e)
		if e.Input != nil {
			if len(asked) == len(answers) {
				p.t.Fatalf("asked once more than %d times", len(answers))
			}
			a := answers[len(asked)]
			a.ID = e.Input.ID
			p.send(&link.Request{Input: &a})
			asked = append(asked, *e.Input)
		}
	}
	return r, asked
}

func TestStdin(t *testing.T) {
	const imports = "import (\"fmt\"; \"bufio\"; \"io\"; \"gilkernel/runtime/display\")\n"
	for _, row := range []struct {
		name, code string
		answers    []link.Input
		out        string
	}{
		{"Scanln", "var a, b int\nn, err := fmt.Scanln(&a, &b)\nfmt.Print(n, err, a+b)", []link.Input{{Text: "20 22"}},
			"2 <nil> 42"},
		{"Scan over lines", "var a, b string\nfmt.Scan(&a, &b)\nfmt.Print(a, b)",
			[]link.Input{{Text: "x"}, {Text: "y"}}, "xy"},
		{"Scan twice in a line", "var a, b int\nfmt.Scan(&a)\nfmt.Scan(&b)\nfmt.Print(a+b)",
			[]link.Input{{Text: "1 2"}}, "3"},
		{"Scanf", "var a int\nvar c string\nfmt.Scanf(\"%d-%s\\n\", &a, &c)\nfmt.Print(a, c)",
			[]link.Input{{Text: "7-x"}}, "7x"},
		{"bufio", "s := bufio.NewScanner(os.Stdin)\nfor s.Scan() { fmt.Print(s.Text(), \";\") }",
			[]link.Input{{Text: "é a"}, {Text: ""}, {EOF: true}}, "é a;;"},
		{"bufio.Reader", "r := bufio.NewReader(os.Stdin)\nl, err := r.ReadString('\\n')\nfmt.Printf(\"%q %v\", l, err)",
			[]link.Input{{Text: "abc"}}, `"abc\n" <nil>`},
		{"end of file", "var a int\n_, err := fmt.Scan(&a)\nfmt.Print(err == io.EOF)", []link.Input{{EOF: true}},
			"true"},
		{"error", "var a int\n_, err := fmt.Scan(&a)\nfmt.Print(err)", []link.Input{{Error: "no person"}}, "no person"},
		{"prompt", "s, err := display.Input(\"name? \")\nfmt.Print(s, err)", []link.Input{{Text: "Ada"}}, "Ada<nil>"},
		{"end at the prompt", "_, err := display.Password(\"\")\nfmt.Print(err == io.EOF)", []link.Input{{EOF: true}},
			"true"},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := begin(t)
			r, _ := p.converse(imports+row.code+"\n", row.answers...)
			if r.ok(t).out[1] != row.out {
				t.Errorf("got %q, want %q", r.out[1], row.out)
			}
		})
	}
}

func TestPrompts(t *testing.T) {
	p := begin(t)
	_, asked := p.converse("import \"gilkernel/runtime/display\"\ndisplay.Input(\"a\")\ndisplay.Password(\"b\")\n",
		link.Input{}, link.Input{})
	if asked[0] != (link.InputRequest{ID: 1, Prompt: "a"}) ||
		asked[1] != (link.InputRequest{ID: 2, Prompt: "b", Password: true}) {
		t.Errorf("got %+v", asked)
	}
}

// The question comes after what was printed before it.
func TestOutputBeforeQuestion(t *testing.T) {
	p := begin(t)
	q := p.request("import \"fmt\"\nfor i := 0; i < 1000; i++ { fmt.Print(\"?\") }\nvar s string\nfmt.Scan(&s)\n")
	q.Input = true
	p.send(&link.Request{Run: q})
	n := 0
	for {
		e := p.next()
		if e.Stream != nil {
			n += len(e.Stream.Text)
		}
		if e.Input != nil {
			break
		}
	}
	if n != 1000 {
		t.Errorf("%d characters before the question", n)
	}
	p.send(&link.Request{Input: &link.Input{ID: 1, Text: "x"}})
	p.wait(q.ID).ok(t)
}

func TestInputNotAllowed(t *testing.T) {
	p := begin(t)
	r := p.run("import \"fmt\"\nvar s string\n_, err := fmt.Scan(&s)\nfmt.Print(err)\n").ok(t)
	if r.out[1] != "stdin is not available: this front end does not allow input requests" {
		t.Errorf("got %q", r.out[1])
	}
}

// What one cell left of a line is not the next one's.
func TestRestOfLineIsDropped(t *testing.T) {
	p := begin(t)
	p.converse("import \"fmt\"\nvar s string\nfmt.Scan(&s)\n", link.Input{Text: "first rest"})
	r, _ := p.converse("import \"fmt\"\nvar s string\nfmt.Scan(&s)\nfmt.Print(s)\n", link.Input{Text: "second"})
	if r.out[2] != "second" {
		t.Errorf("got %q", r.out[2])
	}
}

func TestReadersTakeTurns(t *testing.T) {
	p := begin(t)
	r, asked := p.converse(`import ("sync"; "gilkernel/runtime/display"; "fmt")
var wg sync.WaitGroup
for i := 0; i < 4; i++ { wg.Go(func() { s, _ := display.Input(""); fmt.Println(s) }) }
wg.Wait()
`, link.Input{Text: "a"}, link.Input{Text: "b"}, link.Input{Text: "c"}, link.Input{Text: "d"})
	if len(asked) != 4 || len(strings.Fields(r.ok(t).out[1])) != 4 {
		t.Errorf("got %q", r.out[1])
	}
}

// A goroutine that reads after its cell ended, or while it ends, is told so; the cells after it can ask,
// and an answer to its question is not theirs.
func TestInputAfterTheEnd(t *testing.T) {
	for _, row := range []struct{ name, code string }{
		{"asked before the end", "asked := make(chan bool)\n" +
			"go func() { close(asked); _, lost = fmt.Scan(&s); close(told) }()\n<-asked\n" +
			"time.Sleep(20*time.Millisecond)\n"},
		{"asked after the end",
			"go func() { time.Sleep(50*time.Millisecond); _, lost = fmt.Scan(&s); close(told) }()\n"},
		{"two of them", "go fmt.Scan(&s2)\n" +
			"go func() { time.Sleep(10*time.Millisecond); _, lost = fmt.Scan(&s); close(told) }()\n" +
			"time.Sleep(30*time.Millisecond)\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := begin(t)
			q := p.request("import (\"fmt\"; \"time\")\nvar s, s2 string\nvar lost error\n" +
				"var told = make(chan bool)\n---\n" + row.code)
			q.Input = true
			p.send(&link.Request{Run: q})
			p.wait(q.ID).ok(t)
			if got := p.run("import \"fmt\"\n<-told\nfmt.Print(lost)\n").ok(t); got.out[got.id] != link.EndedInput {
				t.Errorf("got %q", got.out[got.id])
			}
			p.send(&link.Request{Input: &link.Input{ID: 1, Text: "late"}})
			again, _ := p.converse("import \"fmt\"\nvar again string\n---\nfmt.Scan(&again)\nfmt.Print(again)\n",
				link.Input{Text: "mine"})
			if again.out[again.id] != "mine" {
				t.Errorf("the next cell got %q", again.out[again.id])
			}
		})
	}
}
