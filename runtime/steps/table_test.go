package steps_test

// This file tests the tables of views, with golden files.

import (
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/steps"
	"gilkernel/runtime/threading"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestTables(t *testing.T) {
	pause := func() { machine.Current().Sleep(1000) }
	for _, row := range []struct {
		name   string
		source string
		run    func(p *program)
	}{
		{"lost-update", `counter := 0
work := func() {
	counter++ // <not atomic> & so on
}
a.Start()
b.Start()
a.Join()
b.Join()`,
			func(p *program) {
				counter := 0
				work := func() {
					v := read(p, "counter++", &counter)
					pause()
					write(p, "counter++", &counter, v+1)
				}
				a, b := threading.NewThread(work), threading.NewThread(work)
				p.do("a.Start()", a.Start)
				p.do("b.Start()", b.Start)
				p.do("a.Join()", func() { a.Join() })
				p.do("b.Join()", func() { b.Join() })
			}},
		{"deadlock", `a.Acquire()
b.Acquire()`,
			func(p *program) {
				x, y := threading.NewLock(), threading.NewLock()
				grab := func(name string, l *threading.Lock) { p.do(name+".Acquire()", func() { l.Acquire() }) }
				one := threading.NewThread(func() { grab("a", x); pause(); grab("b", y) })
				two := threading.NewThread(func() { grab("b", y); pause(); grab("a", x) })
				p.do("one.Start()", one.Start)
				p.do("two.Start()", two.Start)
				p.do("one.Join()", func() { one.Join() })
			}},
		{"long", "for range 50 {\n\ttotal += 1\n}", func(p *program) {
			total := 0
			work := func() {
				for i := range 50 {
					write(p, "total", &total, read(p, "total", &total)+1)
					if i == 20 {
						pause()
					}
				}
			}
			a := threading.NewThread(work, threading.Name("a-thread-with-a-very-long-name"))
			b := threading.NewThread(work)
			p.do("a.Start()", a.Start)
			p.do("b.Start()", b.Start)
			p.do("a.Join()", func() { a.Join() })
			p.do("b.Join()", func() { b.Join() })
		}},
		{"nothing", "1 + 1", func(*program) {}},
	} {
		t.Run(row.name, func(t *testing.T) {
			v := run(t, "3.12", row.run, strings.Split(row.source, "\n")...)
			text, page := v.Text(), v.HTML()
			golden(t, row.name+".txt", text)
			golden(t, row.name+".html", page)
			for _, line := range strings.Split(text, "\n") {
				if n := utf8.RuneCountInString(line); n > 100 {
					t.Errorf("a line has %d columns: %s", n, line)
				}
			}
			wellFormed(t, page)
		})
	}
}

// wellFormed fails if a page's elements don't nest, or if it has a script.
func wellFormed(t *testing.T, page string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader("<page>" + page + "</page>"))
	d.Entity = xml.HTMLEntity
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok && e.Name.Local == "script" {
			t.Error("there is a script")
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s", name, got)
	}
}

// A view made by hand may have anything in it: its tables never fail.
func TestTablesOfStrangeViews(t *testing.T) {
	for _, v := range []*steps.View{
		{},
		{Threads: []steps.Thread{{Name: "MainThread"}}, Steps: []steps.Step{{Op: "new", Lock: 7, Variable: 9, Other: 4,
			Place: steps.Place{Source: 3, Line: 8, Column: 90, Width: 4}}}},
		{Threads: []steps.Thread{{Name: strings.Repeat("x", 200)}}, More: 1,
			Sources: []steps.Source{{Label: strings.Repeat("y", 200), Lines: []string{strings.Repeat("z", 300)}}, {}},
			Steps: []steps.Step{{Op: steps.Read, Text: strings.Repeat("w", 400),
				Place: steps.Place{Line: 1, Column: 290, Width: 30}}}},
	} {
		for _, line := range strings.Split(v.Text(), "\n") {
			if n := utf8.RuneCountInString(line); n > 100 {
				t.Errorf("a line has %d columns: %s", n, line)
			}
		}
		wellFormed(t, v.HTML())
	}
}

// A switch to a step that is of little interest is one to the next that is shown.
func TestTablesShowSwitches(t *testing.T) {
	v := &steps.View{Threads: []steps.Thread{{Name: "MainThread"}, {Name: "Thread-1"}}, Steps: []steps.Step{
		{Thread: 1, Op: steps.Read, Text: "reads n: 0"},
		{Op: steps.Read, Text: "reads b", Quiet: true, Switch: steps.Preempts},
		{Op: steps.Call, Text: "calls f", Quiet: true},
		{Op: steps.Start, Text: "starts Thread-2"},
		{Op: steps.Write, Text: "writes n: 1"},
		{Thread: 1, Op: steps.Write, Text: "writes n: 2", Switch: steps.Takes},
	}}
	want := []string{"   1    Thread-1", "   4  ! MainThread", "   5    MainThread", "   6    Thread-1"}
	text := v.Text()
	for _, w := range want {
		if !strings.Contains(text, "\n"+w) {
			t.Errorf("%q is missing in\n%s", w, text)
		}
	}
	if n := strings.Count(v.HTML(), "preempts</i>"); n != 1 {
		t.Errorf("%d threads preempt in\n%s", n, v.HTML())
	}
}

// Tables call a file by the end of its path, and say below which file that is.
func TestFiles(t *testing.T) {
	v := &steps.View{Threads: []steps.Thread{{ID: 1, Name: "MainThread"}}}
	for i, label := range []string{"In[2]", "a.org/m@v1.0.0/x/file.go", "a.org/m@v1.0.0/y/file.go",
		"a.org/m@v1.0.0/a_long_name_for_a_file.go"} {
		v.Sources = append(v.Sources, steps.Source{Label: label, Lines: []string{"n++"}})
		v.Steps = append(v.Steps, steps.Step{Op: steps.Read, Name: "n", Text: "reads n",
			Place: steps.Place{Source: i, Line: 1, Column: 1, Width: 1}})
	}
	const want = `step    thread      line                source  what it does
   1    MainThread  In[2]:1             «n»++   reads n
   2    MainThread  x/file.go:1         «n»++   reads n
   3    MainThread  y/file.go:1         «n»++   reads n
   4    MainThread  …e_for_a_file.go:1  «n»++   reads n
x/file.go is a.org/m@v1.0.0/x/file.go
y/file.go is a.org/m@v1.0.0/y/file.go
a_long_name_for_a_file.go is a.org/m@v1.0.0/a_long_name_for_a_file.go
`
	if got := v.Text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := v.HTML(); !strings.Contains(got, "<small>x/file.go is a.org/m@v1.0.0/x/file.go</small>") {
		t.Errorf("the page doesn't say which file is meant:\n%s", got)
	}
}

// However many switches are before it, a preemption isn't folded; a turn that the machine gives is told from one.
func TestTablesShowPreemptions(t *testing.T) {
	v := &steps.View{Threads: []steps.Thread{{Name: "MainThread"}}}
	const switches, preempts, relieves = 300, 200, 250
	for i := 1; i <= switches; i++ {
		v.Threads = append(v.Threads, steps.Thread{Name: fmt.Sprintf("Thread-%d", i)})
		s := steps.Step{Thread: i, Op: steps.Write, Text: "writes n", Switch: steps.Takes}
		switch i {
		case preempts:
			s.Switch = steps.Preempts
		case relieves:
			s.Switch = steps.Relieves
		}
		v.Steps = append(v.Steps, s, steps.Step{Thread: i, Op: steps.End, Text: "ends"})
	}
	text, page := v.Text(), v.HTML()
	for _, want := range []string{" 399  ! Thread-200", "! preempts the thread above", " 499  ~ Thread-250",
		"~ gets its turn because the thread above has run for long"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if strings.Count(text, " ! ") != 1 || strings.Count(page, "preempts</i>") != 1 ||
		strings.Count(page, "gets its turn") != 1 {
		t.Errorf("one preempts and one gets its turn in\n%s", text)
	}
}
