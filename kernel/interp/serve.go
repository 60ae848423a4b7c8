package interp

// This file defines the process: its descriptors, its requests, its end.

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"sync"

	"gilkernel/kernel/interp/link"
)

// maxStack bounds the stack of a goroutine, in bytes: endless recursion ends in a fraction of a second
// instead of eating the default of a gigabyte first.
const maxStack = 128 << 20

// gcPercent trades time for memory: a fresh interpreter is mostly tables that live for ever.
const gcPercent = 75

// Main is the interpreter process: the command "gilkernel interp". It serves the descriptors that
// package link describes and returns the exit status when the kernel process is gone.
func Main() int {
	debug.SetMaxStack(maxStack)
	debug.SetGCPercent(gcPercent)
	debug.SetTraceback("all")
	limitMemory(os.Getenv("GILKERNEL_MEMORY_LIMIT"))
	crash := os.NewFile(link.CrashFD, "crash")
	requests, events := os.NewFile(link.RequestFD, "requests"), os.NewFile(link.EventFD, "events")
	if crash == nil || requests == nil || events == nil {
		fmt.Fprintln(os.Stderr, "gilkernel interp: this command is started by the kernel, not by hand")
		return 2
	}
	if err := debug.SetCrashOutput(crash, debug.CrashOptions{}); err != nil {
		fmt.Fprintln(os.Stderr, "gilkernel interp: this command is started by the kernel, not by hand:", err)
		return 2
	}
	inheritNothing(link.RequestFD, link.EventFD, link.CrashFD)
	if err := Serve(requests, events, crash); err != nil {
		fmt.Fprintf(os.Stderr, "gilkernel interp: %v\n", err)
		endGroup()
		return 1
	}
	endGroup()
	return 0
}

// Serve serves requests until r ends, which it reports as nil: the kernel process is gone or wants
// this one to end. Runs go on in the background; whoever calls Serve then ends the process.
func Serve(r io.Reader, w, crash io.Writer) error {
	events := link.NewWriter(w)
	requests := link.NewReader(r)
	p := &process{events: events, crash: crash}
	for {
		var req link.Request
		if err := requests.Read(&req); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading requests: %w", err)
		}
		if err := p.handle(&req); err != nil {
			return err
		}
	}
}

// process is the state of one interpreter process.
type process struct {
	events *link.Writer
	crash  io.Writer
	s      *session
	nonce  string

	runs sync.WaitGroup

	mu      sync.Mutex // protects the fields below
	command *command   // the running child process
}

func (p *process) handle(req *link.Request) error {
	if p.s == nil && req.Init == nil {
		return fmt.Errorf("the first request must be init")
	}
	switch {
	case req.Init != nil:
		return p.init(req.Init)
	case req.Run != nil:
		// Ends with the run. Requests go on meanwhile: the next may be its interrupt.
		p.runs.Go(func() { p.s.run(req.Run) })
	case req.Command != nil:
		c := p.s.newCommand(req.Command)
		p.mu.Lock()
		p.command = c
		p.mu.Unlock()
		// Ends with the child process.
		p.runs.Go(func() { p.s.runCommand(c, req.Command) })
	case req.Interrupt != nil:
		p.interrupt(req.Interrupt.ID)
	case req.Input != nil:
		p.s.stdin.answer(req.Input)
	case req.Setenv != nil:
		if req.Setenv.Unset {
			return os.Unsetenv(req.Setenv.Key)
		}
		_ = os.Setenv(req.Setenv.Key, req.Setenv.Value) // the kernel process has checked the name
	case req.Chdir != nil:
		_ = os.Chdir(req.Chdir.Dir) // the kernel process has checked the folder
	}
	return nil
}

func (p *process) init(in *link.Init) error {
	if p.s != nil {
		return fmt.Errorf("a second init")
	}
	if in.Dir != "" {
		_ = os.Chdir(in.Dir) // a folder that is gone: stay
	}
	for _, kv := range in.Env {
		if k, v, ok := strings.Cut(kv, "="); ok {
			_ = os.Setenv(k, v)
		} else {
			_ = os.Unsetenv(kv)
		}
	}
	s, err := newSession(p.events, p.crash)
	if err != nil {
		return err
	}
	s.nonce = in.Nonce
	p.s = s
	return p.events.Write(&link.Event{Ready: &link.Ready{PID: os.Getpid()}})
}

// interrupt ends the run with this id, if it is the one that runs.
func (p *process) interrupt(id int) {
	p.mu.Lock()
	c := p.command
	p.mu.Unlock()
	if c != nil && c.cell.id == id {
		c.interrupt()
		return
	}
	p.s.mu.Lock()
	cur := p.s.cur
	p.s.mu.Unlock()
	if cur != nil && cur.id == id {
		p.s.interrupt(cur)
	}
}

// mark writes the in-band end of a run to descriptors 1 and 2.
func (s *session) mark(run int) {
	if s.nonce == "" {
		return
	}
	b := link.Marker(s.nonce, run)
	_, _ = os.Stdout.Write(b) // a cell may have closed them; the reader then sees their end
	_, _ = os.Stderr.Write(b)
}
