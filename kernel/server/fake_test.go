package server_test

// This file defines a worker for tests that does what the cell tells it: a cell is a Go string of
// commands, one in each line, such as `_ = "fake: out hello"`.

import (
	"context"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"gilkernel/kernel/link"
	"gilkernel/kernel/server"
	"gilkernel/kernel/worker"
)

// fakeScript finds the commands in a cell.
var fakeScript = regexp.MustCompile(`"fake: ((?:[^"\\]|\\.)*)"`)

type fakeWorker struct {
	h      worker.Handler
	events chan func()   // what the handler receives, in order
	idle   chan struct{} // closed when the handler receives nothing more

	mu         sync.Mutex // protects the fields below
	interrupts chan struct{}
	inputs     chan link.Input
	closed     chan struct{}
	replaced   bool
	replays    int
	lastRun    int
}

// fake returns Options for a kernel with a fake worker, and a function that returns the worker.
func fake() (*server.Options, func() *fakeWorker) {
	made := make(chan *fakeWorker, 1)
	o := &server.Options{Version: "test", NewWorker: func(h worker.Handler) server.Worker {
		e := &fakeWorker{h: h, events: make(chan func()), idle: make(chan struct{}),
			interrupts: make(chan struct{}, 10), inputs: make(chan link.Input, 10), closed: make(chan struct{})}
		go func() { // ends with Close, which waits
			defer close(e.idle)
			for {
				select {
				case f := <-e.events:
					f()
				case <-e.closed:
					return
				}
			}
		}()
		made <- e
		return e
	}}
	return o, sync.OnceValue(func() *fakeWorker { return <-made })
}

// tell hands an event to the handler and waits until it has been taken; after Close it does nothing.
func (e *fakeWorker) tell(f func()) {
	done := make(chan struct{})
	select {
	case e.events <- func() { f(); close(done) }:
		<-done
	case <-e.closed:
	}
}

func (e *fakeWorker) event(ev link.Event) { e.tell(func() { e.h.Event(ev) }) }

func (e *fakeWorker) stream(run int, name, text string) {
	e.event(link.Event{Cell: run, Stream: &link.Stream{Name: name, Text: text}})
}

// die kills the interpreter while nothing runs.
func (e *fakeWorker) die(cell int) {
	e.mu.Lock()
	e.replaced = true
	e.mu.Unlock()
	e.tell(func() { e.h.Died(cell, &worker.Crash{Kind: "fatal error", Reason: "a goroutine went wrong"}) })
}

func bundle(text string) map[string]json.RawMessage {
	b, _ := json.Marshal(text)
	return map[string]json.RawMessage{"text/plain": b}
}

func (e *fakeWorker) Prepare(link.Run) {}

func (e *fakeWorker) RunMeanwhile(ctx context.Context, r link.Run, meanwhile func()) worker.Result {
	meanwhile()
	return e.Run(ctx, r)
}

func (e *fakeWorker) Run(ctx context.Context, r link.Run) worker.Result {
	e.mu.Lock()
	e.lastRun = r.ID
	if r.Replay {
		e.replays++
		e.replaced = false
	}
	replaced := e.replaced
	e.replaced = false
	e.mu.Unlock()
	if replaced {
		return worker.Result{Replaced: true}
	}
	ok := worker.Result{Started: true, Done: link.Done{Status: "ok"}}
	script := ""
	if m := fakeScript.FindStringSubmatch(r.Source); m != nil && !r.Replay { // of a replay nothing runs
		script, _ = strconv.Unquote(`"` + m[1] + `"`)
	}
	if r.Value == "return" {
		ok.Done.Result = &link.Display{Kind: "execute_result", Data: bundle(script)}
		return ok
	}
	fail := func(name, value string) worker.Result {
		return worker.Result{Started: true, Done: link.Done{Status: "error",
			Error: &link.Error{Name: name, Value: value, Traceback: []string{name + ": " + value}}}}
	}
	for line := range strings.Lines(script) {
		line = strings.TrimSuffix(line, "\n")
		command, arg, _ := strings.Cut(line, " ")
		switch command {
		case "out":
			e.stream(r.ID, "stdout", arg+"\n")
		case "err":
			e.stream(r.ID, "stderr", arg+"\n")
		case "result":
			e.event(link.Event{Cell: r.ID, Display: &link.Display{Kind: "execute_result", Data: bundle(arg)}})
		case "display":
			e.event(link.Event{Cell: r.ID,
				Display: &link.Display{Kind: "display_data", ID: arg, Data: bundle("a picture")}})
		case "update":
			e.event(link.Event{Cell: r.ID,
				Display: &link.Display{Kind: "update_display_data", ID: arg, Data: bundle("another picture")}})
		case "note": // "note 3 text", "note 3" for a thread that still runs
			number, words, _ := strings.Cut(arg, " ")
			n, _ := strconv.Atoi(number)
			ok.Done.Notes = append(ok.Done.Notes, link.Note{Line: n, Text: words})
		case "clear":
			e.event(link.Event{Cell: r.ID, Clear: &link.Clear{Wait: arg == "wait"}})
		case "goroutine":
			e.event(link.Event{Cell: r.ID,
				Error: &link.Error{Name: "panic", Value: arg, Traceback: []string{"panic: " + arg}}})
		case "error":
			return fail("panic", arg)
		case "crash":
			return worker.Result{Started: true,
				Crash: &worker.Crash{Kind: "fatal error", Reason: arg, Trace: "goroutine 1"}}
		case "block":
			select {
			case <-e.interrupts:
				return worker.Result{Started: true, Done: link.Done{Status: "interrupted"}}
			case <-e.closed:
				return worker.Result{Crash: &worker.Crash{Kind: "closed", Reason: "the kernel is shutting down"}}
			}
		case "input", "password":
			e.event(link.Event{Cell: r.ID, Input: &link.InputRequest{Prompt: arg, Password: command == "password"}})
			select {
			case in := <-e.inputs:
				switch {
				case in.Error != "":
					return fail("EOFError", in.Error)
				case in.EOF:
					e.stream(r.ID, "stdout", "end of file\n")
				default:
					e.stream(r.ID, "stdout", "got "+in.Text+"\n")
				}
			case <-e.interrupts:
				return worker.Result{Started: true, Done: link.Done{Status: "interrupted"}}
			case <-e.closed:
				return worker.Result{Crash: &worker.Crash{Kind: "closed", Reason: "the kernel is shutting down"}}
			}
		}
	}
	return ok
}

func (e *fakeWorker) Python(context.Context, link.Python) worker.Result {
	return worker.Result{Done: link.Done{Status: "ok"}}
}

func (e *fakeWorker) Capture(context.Context, link.Capture) worker.Result {
	return worker.Result{Done: link.Done{Status: "ok"}}
}

func (e *fakeWorker) Twins(context.Context, link.Twins) worker.Result {
	return worker.Result{Done: link.Done{Status: "ok"}}
}

func (e *fakeWorker) Explore(_ context.Context, q link.Explore) worker.Result {
	if q.Mode == link.ExploreChoices {
		return scheduledPair(q)
	}
	return worker.Result{Done: link.Done{Status: "ok"}}
}

func (e *fakeWorker) Machine(_ context.Context, m link.Machine) worker.Result {
	return worker.Result{Done: link.Done{Status: "ok"}, Started: true}
}

func (e *fakeWorker) Command(_ context.Context, c link.Command) worker.Result {
	e.stream(c.ID, "stdout", "ran "+c.Argv[len(c.Argv)-1]+"\n")
	return worker.Result{Started: true, Done: link.Done{Status: "ok"}}
}

func (e *fakeWorker) Close() error {
	close(e.closed)
	<-e.idle
	return nil
}

func (e *fakeWorker) Interrupt()            { e.interrupts <- struct{}{} }
func (e *fakeWorker) Input(in link.Input)   { e.inputs <- in }
func (e *fakeWorker) Setenv(link.Setenv)    {}
func (e *fakeWorker) Chdir(link.Chdir)      {}
func (e *fakeWorker) Dir() string           { return "/" }
func (e *fakeWorker) SetMemoryLimit(int64)  {}
func (e *fakeWorker) EngineName() string    { return "exec" }
func (e *fakeWorker) SetEngine(string)      {}
func (e *fakeWorker) Usage() []worker.Usage { return nil }

func (e *fakeWorker) counts() (replays, lastRun int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.replays, e.lastRun
}
