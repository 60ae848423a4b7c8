package interp_test

// This file defines the tests' kernel process: it starts a real interpreter process, feeds it sources
// as the session would write them, and gathers what it tells.

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gilkernel/kernel/kerneltest"
	"gilkernel/kernel/link"
)

func TestMain(m *testing.M) { kerneltest.Main(m, nil) }

// patience is how long a test waits for what must come. Nothing is measured with it.
const patience = 3 * time.Minute

// A process is an interpreter process.
type process struct {
	t        testing.TB
	cmd      *exec.Cmd
	requests *link.Writer
	closeIn  func() error
	events   chan *link.Event // closed when the process has no more
	runs     int

	mu    sync.Mutex      // protects the fields below
	raw   [2]bytes.Buffer // what came through descriptors 1 and 2
	crash bytes.Buffer
	ended chan struct{} // closed when all of that has come
}

// start starts a process without an Init.
func start(t testing.TB, env ...string) *process {
	t.Helper()
	p := &process{t: t, events: make(chan *link.Event, 1000), ended: make(chan struct{})}
	pipe := func() (r, w *os.File) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		return r, w
	}
	out, out1 := pipe()
	errs, errs1 := pipe()
	reqs0, reqs := pipe()
	events, events1 := pipe()
	crash, crash1 := pipe()
	p.cmd = exec.Command(os.Args[0], "interp")
	p.cmd.Env = append(os.Environ(), "GODEBUG=tracebacklabels=1", "GOTRACEBACK=single")
	p.cmd.Env = append(p.cmd.Env, env...)
	p.cmd.Stdout, p.cmd.Stderr = out1, errs1
	p.cmd.ExtraFiles = []*os.File{reqs0, events1, crash1}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for _, f := range []*os.File{out1, errs1, reqs0, events1, crash1} {
		f.Close()
	}
	p.requests, p.closeIn = link.NewWriter(reqs), reqs.Close
	var readers sync.WaitGroup
	// All end when the process has closed its ends.
	for from, to := range map[*os.File]*bytes.Buffer{out: &p.raw[0], errs: &p.raw[1], crash: &p.crash} {
		readers.Go(func() {
			defer from.Close()
			buf := make([]byte, 4096)
			for {
				n, err := from.Read(buf)
				p.mu.Lock()
				to.Write(buf[:n])
				p.mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	readers.Go(func() {
		defer close(p.events)
		defer events.Close()
		r := link.NewReader(events)
		for {
			e := new(link.Event)
			if err := r.Read(e); err != nil {
				if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("reading events: %v", err)
				}
				return
			}
			p.events <- e
		}
	})
	go func() { readers.Wait(); close(p.ended) }()
	t.Cleanup(func() {
		p.closeIn()
		p.cmd.Process.Kill()
		go func() {
			for range p.events {
			}
		}()
		<-p.ended
		p.cmd.Wait()
	})
	return p
}

// begin starts a process and makes it ready.
func begin(t testing.TB, env ...string) *process {
	t.Helper()
	p := start(t, env...)
	p.send(&link.Request{Init: &link.Init{}})
	if e := p.next(); e.Ready == nil || e.Ready.PID != p.cmd.Process.Pid {
		t.Fatalf("got %+v, want Ready", e)
	}
	return p
}

func (p *process) send(q *link.Request) {
	p.t.Helper()
	if err := p.requests.Write(q); err != nil {
		p.t.Fatal(err)
	}
}

// next returns the next event.
func (p *process) next() *link.Event {
	p.t.Helper()
	select {
	case e, ok := <-p.events:
		if !ok {
			p.t.Fatalf("the process has ended: %s%s", p.raw[1].String(), p.crash.String())
		}
		return e
	case <-time.After(patience):
		_ = p.cmd.Process.Signal(syscall.SIGQUIT) // it may be ending
		<-p.ended
		p.t.Fatalf("the process says nothing: %s%s", p.raw[1].String(), p.crash.String())
	}
	return nil
}

// A result is what a run led to.
type result struct {
	id       int
	started  bool
	out      map[int]string // stdout and stderr, by cell
	streams  []link.Stream  // of the run
	displays []*link.Event
	errors   []*link.Event
	done     *link.Done
}

var (
	importBlock = regexp.MustCompile(`(?m)^import (?:[^(].*|\(.+)\n`)
	renaming    = regexp.MustCompile(`(?m)^import .*[(; ]\w+ ".*\n|^import \w+ ".*\n`)
)

// request makes a run of code that consists of lines with imports, declarations as a whole program has them, a line
// "---" and statements. The numbers of the lines are those without the imports and with the line "---".
func (p *process) request(code string) *link.Run {
	p.runs++
	imports := strings.Join(renaming.FindAllString(code, -1), "") // of others the session finds what it needs
	code = importBlock.ReplaceAllString(code, "")
	source := strings.Replace(code, "---\n", "package main\n", 1)
	if source == code {
		source = "\n" + code
	}
	return &link.Run{ID: p.runs, Label: fmt.Sprintf("In[%d]", p.runs), Source: source + "\n" + imports, Code: code,
		Value: "display"}
}

// run runs code to its end.
func (p *process) run(code string) *result {
	p.t.Helper()
	r := p.request(code)
	p.send(&link.Request{Run: r})
	return p.wait(r.ID)
}

// wait gathers events until a run is done.
func (p *process) wait(id int) *result {
	p.t.Helper()
	r := &result{id: id, out: map[int]string{}}
	for r.done == nil {
		r.add(p.next())
	}
	return r
}

func (r *result) add(e *link.Event) {
	switch {
	case e.Started != nil:
		r.started = true
	case e.Stream != nil:
		r.out[e.Cell] += e.Stream.Text
		r.streams = append(r.streams, *e.Stream)
	case e.Display != nil, e.Clear != nil:
		r.displays = append(r.displays, e)
	case e.Error != nil:
		r.errors = append(r.errors, e)
	case e.Done != nil && e.Cell == r.id:
		r.done = e.Done
	}
}

// until gathers events until ok.
func (p *process) until(ok func(*result) bool) *result {
	p.t.Helper()
	r := &result{id: -1, out: map[int]string{}}
	for !ok(r) {
		r.add(p.next())
	}
	return r
}

// text returns the text/plain of the last display.
func (r *result) text() string {
	if len(r.displays) == 0 || r.displays[len(r.displays)-1].Display == nil {
		return ""
	}
	return string(r.displays[len(r.displays)-1].Display.Data["text/plain"])
}

// ok fails the test if the run didn't end well.
func (r *result) ok(t testing.TB) *result {
	t.Helper()
	if r.done.Status != "ok" {
		t.Fatalf("status %s: %s", r.done.Status, trace(r.done.Error))
	}
	return r
}

var colour = regexp.MustCompile("\x1b\\[[0-9;]*m")

// trace returns a traceback without its colours.
func trace(e *link.Error) string {
	if e == nil {
		return ""
	}
	return colour.ReplaceAllString(strings.Join(e.Traceback, "\n"), "")
}

// interrupt asks a run to end.
func (p *process) interrupt(id int) { p.send(&link.Request{Interrupt: &link.Interrupt{ID: id}}) }

// died waits for the end of the process and returns what it left on its crash descriptor.
func (p *process) died() (report string, state *os.ProcessState) {
	p.t.Helper()
	late := time.After(patience)
	for open := true; open; {
		select {
		case _, open = <-p.events:
		case <-late:
			p.t.Fatal("the process lives")
		}
	}
	<-p.ended
	p.cmd.Wait()
	return p.crash.String(), p.cmd.ProcessState
}
