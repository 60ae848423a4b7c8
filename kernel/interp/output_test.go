package interp_test

import (
	"fmt"
	"strings"
	"testing"

	"gilkernel/kernel/link"
)

func TestOutputWays(t *testing.T) {
	p := begin(t)
	for _, row := range []struct{ code, stdout, stderr string }{
		{`fmt.Print("a", 1); fmt.Printf("%03d", 7); fmt.Println("b")`, "a1007b\n", ""},
		{`println("a", 1)`, "", "a 1\n"},
		{`log.SetFlags(0); log.Println("a"); log.Printf("%d", 1)`, "", "a\n1\n"},
		{`log.SetFlags(0); log.Default().Print("x")`, "", "x\n"},
		{`log.SetFlags(0); slog.Info("hello", "n", 1)`, "", "INFO hello n=1\n"},
		{`fmt.Fprint(os.Stdout, "o"); fmt.Fprint(os.Stderr, "e")`, "o", "e"},
		{`os.Stdout.WriteString("w"); os.Stdout.Sync(); os.Stderr.Write([]byte("v")); os.Stdout.Close()`, "w", "v"},
		{`json.NewEncoder(os.Stdout).Encode([]int{1})`, "[1]\n", ""},
		{`log.New(os.Stdout, "p ", 0).Print("x")`, "p x\n", ""},
	} {
		r := p.run("import (\"fmt\"; \"log\"; \"log/slog\"; \"encoding/json\")\n" + row.code + "\n").ok(t)
		var got [2]string
		for _, s := range r.streams {
			if s.Name == "stdout" {
				got[0] += s.Text
			} else {
				got[1] += s.Text
			}
		}
		if got != [2]string{row.stdout, row.stderr} {
			t.Errorf("%s: got %q", row.code, got)
		}
	}
}

// A hundred thousand lines arrive, in order, and in far fewer events.
func TestManyLines(t *testing.T) {
	p := begin(t)
	r := p.run("import \"fmt\"\nfor i := 0; i < 100000; i++ { fmt.Println(i) }\n").ok(t)
	lines := strings.Split(strings.TrimSuffix(r.out[1], "\n"), "\n")
	if len(lines) != 100000 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, l := range lines {
		if l != fmt.Sprint(i) {
			t.Fatalf("line %d is %q", i, l)
		}
	}
	if len(r.streams) > 20000 {
		t.Errorf("%d events", len(r.streams))
	}
}

// Lines of goroutines stay whole and in each goroutine's order.
func TestLinesOfGoroutines(t *testing.T) {
	p := begin(t)
	r := p.run(`import ("fmt"; "sync")
func work(k int) { for i := 0; i < 2000; i++ { fmt.Println(k, i) } }
---
var wg sync.WaitGroup
for k := 0; k < 4; k++ {
	wg.Add(1)
	k := k
	f := func() { defer wg.Done(); work(k) }
	go f()
}
wg.Wait()
`).ok(t)
	next := [4]int{}
	for l := range strings.Lines(r.out[1]) {
		var k, i int
		if n, err := fmt.Sscanf(l, "%d %d\n", &k, &i); n != 2 || err != nil || next[k] != i {
			t.Fatalf("got %q, want %d", l, next)
		}
		next[k]++
	}
	if next != [4]int{2000, 2000, 2000, 2000} {
		t.Errorf("got %v", next)
	}
}

// stdout and stderr keep their order.
func TestOrderOfStreams(t *testing.T) {
	p := begin(t)
	r := p.run("import \"fmt\"\n" +
		"for i := 0; i < 300; i++ { fmt.Print(\"o\", i, \";\"); fmt.Fprint(os.Stderr, \"e\", i, \";\") }\n").ok(t)
	var want strings.Builder
	for i := range 300 {
		fmt.Fprintf(&want, "o%d;e%d;", i, i)
	}
	if r.out[1] != want.String() {
		t.Errorf("got %q", r.out[1])
	}
}

// A background goroutine's output goes to the cell that started it, and to no other.
func TestOutputOfEarlierCells(t *testing.T) {
	p := begin(t)
	p.run(`import "fmt"
var say, said = make(chan string), make(chan bool)
---
go func() {
	f := func() { for s := range say { fmt.Print(s); said <- true } }
	go f()
	f()
}()
`).ok(t)
	r := p.run("import \"fmt\"\nfor i := 0; i < 50; i++ { fmt.Print(\"B\"); say <- \"A\"; <-said }\n").ok(t)
	for len(r.out[1]) < 50 {
		r.add(p.next())
	}
	if a, b := r.out[1], r.out[2]; a != strings.Repeat("A", 50) || b != strings.Repeat("B", 50) {
		t.Errorf("got %q and %q", a, b)
	}
}

// What an http handler prints belongs to the cell that started the server.
func TestOutputOfHandlers(t *testing.T) {
	p := begin(t)
	p.run(`import ("fmt"; "net"; "net/http")
var address string
func hello(w http.ResponseWriter, r *http.Request) { fmt.Println("asked for", r.URL.Path); fmt.Fprint(w, "hi") }
---
l, err := net.Listen("tcp", "127.0.0.1:0")
if err != nil { panic(err) }
address = l.Addr().String()
http.HandleFunc("/x", hello)
go func() { http.Serve(l, nil) }()
`).ok(t)
	r := p.run(`import ("fmt"; "io"; "net/http")
a, err := http.Get("http://" + address + "/x")
if err != nil { panic(err) }
b, _ := io.ReadAll(a.Body)
fmt.Print(string(b))
`).ok(t)
	if r.out[1] != "asked for /x\n" || r.out[2] != "hi" {
		t.Errorf("got %v", r.out)
	}
}

func TestCharactersStayWhole(t *testing.T) {
	p := begin(t)
	r := p.run(`b := []byte("日本語\xff!")
for i := 0; i < 100; i++ { for j := range b { os.Stdout.Write(b[j:j+1]) } }
os.Stdout.Write(b[:2])
`).ok(t)
	if want := strings.Repeat("日本語\ufffd!", 100) + "\ufffd\ufffd"; r.out[1] != want {
		t.Errorf("got %q", r.out[1])
	}
	for _, s := range r.streams[:len(r.streams)-1] {
		if strings.HasPrefix(s.Text, "\ufffd\ufffd") {
			t.Errorf("a character was cut: %q", s.Text)
		}
	}
}

// What bypasses us has been written before Done, and nothing of ours is between it.
func TestOutputThatBypassesUs(t *testing.T) {
	p := begin(t)
	p.run("import (\"os\"; \"fmt\")\nsyscall.Write(1, []byte(\"raw\"))\nsyscall.Write(2, []byte(\"bad\"));\n").ok(t)
	p.closeIn()
	p.died()
	for i, want := range []string{"raw", "bad"} {
		if got := p.raw[i].String(); got != want {
			t.Errorf("descriptor %d: %q, want %q", i+1, got, want)
		}
	}
}

func TestReplayIsSilent(t *testing.T) {
	p := begin(t)
	q := p.request("import \"fmt\"\nvar x = 5\n---\nfmt.Println(\"out\")\nx\n")
	back := &link.Run{ID: q.ID + 100, Replay: true, Log: []link.Run{*q}}
	p.send(&link.Request{Run: back})
	if r := p.wait(back.ID).ok(t); len(r.streams)+len(r.displays) > 0 || !r.started {
		t.Errorf("got %+v", r)
	}
	if got := p.run("x\n").ok(t).text(); got != `"0"` { // nothing of it has run
		t.Errorf("got %s", got)
	}
}

// A printing goroutine blocks while its output is not read; nothing is lost.
func TestBackpressure(t *testing.T) {
	p := begin(t)
	q := p.request("import \"fmt\"\nfor i := 0; i < 3000; i++ { fmt.Printf(\"%01000d\", i) }\n")
	p.send(&link.Request{Run: q})
	r := p.wait(q.ID).ok(t)
	if len(r.out[1]) != 3000*1000 {
		t.Errorf("%d bytes", len(r.out[1]))
	}
}
