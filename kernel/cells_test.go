// Package kernel_test runs cells from their text to what they print: through the session and the
// interpreter, without processes or sockets between.
package kernel_test

// This file defines the table of cells and its driver. The rows are in session/testdata/*.txtar:
//
//	-- session: name --   a sentence that says what it shows; everything starts anew
//	-- cell --            is compiled, committed and run
//	-- program --         the same, and "go run" must print the same (see confirm_test.go)
//	-- new interpreter -- the interpreter has died in the cell before; definitions are replayed
//
// and behind a cell what it leads to, where that isn't empty: out (stdout and stderr), value (text/plain
// of its result), notes, error (compile errors with their places; or a panic's name and value, and below it
// the places of its traceback). A section differs says why what comes out is not yet what is wanted; the
// row fails when it is. "go test -run Cells -update" rewrites these.

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/interp"
	"gilkernel/kernel/link"
	"gilkernel/kernel/session"
)

var update = flag.Bool("update", false, "rewrite what the rows of session/testdata expect")

// patience is after how long a cell that hangs is interrupted, so that its row fails and not the run.
const patience = 3 * time.Minute

// outcome is what a cell leads to.
type outcome struct{ out, value, notes, err string }

// notebook is a session of cells: a compiler and an interpreter.
type notebook struct {
	cells  *session.Session
	count  int
	runs   int
	engine string // link.Init.Engine

	requests *link.Writer
	events   *link.Reader
	end      func()
}

func newNotebook(t testing.TB, engine string) *notebook {
	t.Helper()
	n := &notebook{cells: session.New(nil), engine: engine}
	n.start(t)
	t.Cleanup(func() { n.end() })
	return n
}

// start gives the notebook an interpreter.
func (n *notebook) start(t testing.TB) {
	t.Helper()
	requests, in := io.Pipe()
	out, events := io.Pipe()
	served := make(chan error, 1)
	// Ends when its requests do.
	go func() { served <- interp.Serve(requests, events, io.Discard) }()
	n.requests, n.events = link.NewWriter(in), link.NewReader(out)
	n.end = func() {
		in.Close()
		out.Close()
		if err := <-served; err != nil {
			t.Errorf("the interpreter: %v", err)
		}
	}
	n.ask(t, &link.Request{Init: &link.Init{Engine: n.engine}})
	if e := n.next(t); e.Ready == nil {
		t.Fatalf("got %+v, want Ready", e)
	}
}

func (n *notebook) ask(t testing.TB, r *link.Request) {
	t.Helper()
	if err := n.requests.Write(r); err != nil {
		t.Fatal(err)
	}
}

func (n *notebook) next(t testing.TB) *link.Event {
	t.Helper()
	var e link.Event
	if err := n.events.Read(&e); err != nil {
		t.Fatal(err)
	}
	return &e
}

// run compiles a cell, runs it and says what came of it.
func (n *notebook) run(t testing.TB, code string) outcome {
	t.Helper()
	n.count++
	label := fmt.Sprintf("In[%d]", n.count)
	p, err := n.cells.Compile(label, code)
	if err != nil {
		return outcome{err: compileErrors(err)}
	}
	return n.execute(t, p)
}

// execute runs a compiled cell.
func (n *notebook) execute(t testing.TB, p *session.Program) (o outcome) {
	t.Helper()
	n.runs++
	id := n.runs
	n.ask(t,
		&link.Request{Run: &link.Run{ID: id, Label: p.Label, Source: p.Source, Expr: p.Expr, Before: p.BeforeJSON(),
			Code: p.Code, Value: "display"}})
	watch := time.AfterFunc(patience,
		func() { _ = n.requests.Write(&link.Request{Interrupt: &link.Interrupt{ID: id}}) })
	defer watch.Stop()
	for {
		e := n.next(t)
		switch {
		case e.Started != nil:
			n.cells.Commit(p)
		case e.Stream != nil:
			o.out += e.Stream.Text
		case e.Display != nil:
			o.value += text(e.Display)
		case e.Error != nil:
			o.err += runError(e.Error)
		case e.Done != nil && e.Cell == id:
			o.notes = notes(p, e.Done)
			if e.Done.Error != nil {
				o.err += runError(e.Done.Error)
			}
			if e.Done.Compile {
				o.err += "refused by the interpreter:\n" + p.Source
			}
			return o
		}
	}
}

// renew replaces the interpreter and brings the definitions back.
func (n *notebook) renew(t testing.TB) outcome {
	t.Helper()
	n.end()
	n.start(t)
	lost := n.cells.LoseValues(fmt.Sprintf("In[%d]", n.count))
	o := outcome{}
	if len(lost) > 0 {
		o.out = "lost: " + strings.Join(lost, " ") + "\n"
	}
	var log []link.Run
	for _, p := range n.cells.Replay() {
		n.runs++
		log = append(log, link.Run{ID: n.runs, Label: p.Label, Source: p.Source, Expr: p.Expr, Before: p.BeforeJSON()})
	}
	n.runs++
	n.ask(t, &link.Request{Run: &link.Run{ID: n.runs, Replay: true, Log: log}})
	for {
		if e := n.next(t); e.Done != nil {
			if e.Done.Error != nil {
				o.err += runError(e.Done.Error)
			}
			return o
		}
	}
}

// notes returns the notes that hold at the end of a run, a line each.
func notes(p *session.Program, done *link.Done) (s string) {
	running := map[int]bool{}
	list := []session.Note{}
	for _, n := range done.Notes {
		if running[n.Line] = running[n.Line] || n.Text == ""; n.Text != "" {
			list = append(list, session.Note{Line: n.Line, Text: n.Text})
		}
	}
	for _, n := range append(list, session.Holding(p.Notes, running)...) {
		s += fmt.Sprintf("line %d: %s\n", n.Line, n.Text)
	}
	return s
}

func text(d *link.Display) string {
	var s string
	if json.Unmarshal(d.Data["text/plain"], &s) != nil {
		return "no text/plain\n"
	}
	return s + "\n"
}

func compileErrors(err error) string {
	var e *cell.Error
	if !errors.As(err, &e) {
		return "not a *cell.Error: " + err.Error() + "\n"
	}
	if len(e.Diagnostics) == 0 {
		return e.Name + ": " + e.Message + "\n"
	}
	s := e.Name + "\n"
	for _, d := range e.Diagnostics {
		s += fmt.Sprintf("%s: %s\n", d.Pos, d.Message)
	}
	return s
}

var (
	colours = regexp.MustCompile("\x1b\\[[0-9;]*m")
	place   = regexp.MustCompile(`^(In\[\d+\]|goroutine|.* in goroutine)`)
	number  = regexp.MustCompile(`goroutine \d+`)
)

func runError(e *link.Error) string {
	s := e.Name + ": " + e.Value + "\n"
	for _, l := range e.Traceback {
		if l = colours.ReplaceAllString(l, ""); place.MatchString(l) {
			s += "  " + number.ReplaceAllString(l, "goroutine N") + "\n"
		}
	}
	return s
}

// A row is a session of the table.
type row struct {
	name  string
	file  string
	steps []step
}

type step struct {
	kind    string // "cell", "program", "new interpreter"
	code    string
	want    outcome
	differs string // why the interpreter doesn't get there, "" when it does
	self    int    // where the step is in the archive
}

// rows reads the table.
func rows(t testing.TB) (all []row, archives map[string]*txtar.Archive) {
	t.Helper()
	files, err := filepath.Glob("session/testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no rows: %v", err)
	}
	archives = map[string]*txtar.Archive{}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		archives[file] = a
		for i, f := range a.Files {
			name, isSession := strings.CutPrefix(f.Name, "session: ")
			if isSession {
				base := strings.TrimSuffix(filepath.Base(file), ".txtar")
				all = append(all, row{name: base + "/" + name, file: file})
				continue
			}
			if len(all) == 0 || all[len(all)-1].file != file {
				t.Fatalf("%s: %q comes before a session", file, f.Name)
			}
			r := &all[len(all)-1]
			switch f.Name {
			case "cell", "program", "new interpreter":
				r.steps = append(r.steps, step{kind: f.Name, code: string(f.Data), self: i})
				continue
			}
			if f.Name == "differs" && len(r.steps) > 0 {
				r.steps[len(r.steps)-1].differs = string(f.Data)
				continue
			}
			k := map[string]int{"out": 0, "value": 1, "notes": 2, "error": 3}
			at, ok := k[f.Name]
			if !ok || len(r.steps) == 0 {
				t.Fatalf("%s: %s: what is %q?", file, r.name, f.Name)
			}
			st := &r.steps[len(r.steps)-1]
			*[]*string{&st.want.out, &st.want.value, &st.want.notes, &st.want.err}[at] = string(f.Data)
		}
	}
	return all, archives
}

func TestCells(t *testing.T) {
	all, archives := rows(t)
	got := testCells(t, all, "exec", *update)
	if *update {
		rewrite(t, all, archives, got)
	}
}

// Both engines give the same: what is printed, values, notes, errors and the places of tracebacks.
func TestCellsOfYaegi(t *testing.T) {
	all, _ := rows(t)
	testCells(t, all, "yaegi", false) // with -update, the rows that TestCells has just written
}

// testCells runs the rows and returns what came of them. If update is true, what differs from the rows is no error.
func testCells(t *testing.T, all []row, engine string, update bool) map[string][]outcome {
	got := map[string][]outcome{}
	for _, r := range all {
		t.Run(r.name, func(t *testing.T) {
			n := newNotebook(t, engine)
			for _, st := range r.steps {
				var o outcome
				if st.kind == "new interpreter" {
					o = n.renew(t)
				} else {
					o = n.run(t, st.code)
				}
				got[r.name] = append(got[r.name], o)
				switch {
				case update && st.kind != "program":
				case st.differs != "" && o == st.want:
					t.Errorf("%s:\n%s\nit doesn't differ any more: remove the section", st.kind, st.code)
				case st.differs == "" && o != st.want:
					t.Errorf("%s:\n%s\n%s", st.kind, st.code, differences(o, st.want))
				}
			}
		})
	}
	return got
}

func differences(got, want outcome) string {
	var b strings.Builder
	for _, d := range []struct{ what, got, want string }{
		{"out", got.out, want.out},
		{"value", got.value, want.value},
		{"notes", got.notes, want.notes},
		{"error", got.err, want.err},
	} {
		if d.got != d.want {
			fmt.Fprintf(&b, "%s:\n%swant:\n%s", d.what, indented(d.got), indented(d.want))
		}
	}
	return b.String()
}

func indented(s string) string {
	if s == "" {
		return "\t(nothing)\n"
	}
	return "\t" + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n\t") + "\n"
}

// rewrite writes what came out as what is expected.
func rewrite(t *testing.T, all []row, archives map[string]*txtar.Archive, got map[string][]outcome) {
	t.Helper()
	for file, a := range archives {
		next := &txtar.Archive{Comment: a.Comment}
		results := map[int]outcome{} // by index of the step's section
		for _, r := range all {
			if r.file == file {
				for i, st := range r.steps {
					o := st.want // of a program: what go run says
					if st.kind != "program" && i < len(got[r.name]) {
						o = got[r.name][i]
					}
					results[st.self] = o
				}
			}
		}
		for i, f := range a.Files {
			switch f.Name {
			case "out", "value", "notes", "error":
				continue
			}
			next.Files = append(next.Files, f)
			o, ran := results[i]
			if !ran {
				continue
			}
			for _, s := range []txtar.File{{Name: "out", Data: []byte(o.out)}, {Name: "value", Data: []byte(o.value)},
				{Name: "notes", Data: []byte(o.notes)}, {Name: "error", Data: []byte(o.err)}} {
				if len(s.Data) > 0 {
					next.Files = append(next.Files, s)
				}
			}
		}
		if err := os.WriteFile(file, txtar.Format(next), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
