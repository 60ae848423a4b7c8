package interp

// This file defines the process: its descriptors, its settings, and the loop that reads requests.

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/link"
)

// maxStack is the size of a goroutine's stack in bytes at which endless recursion is ended: at least 100,000 nested
// interpreted calls. Go's own limit of 1 GB takes seconds to reach, and that much memory.
const maxStack = 128 << 20

// gcPercent trades time for memory: a new interpreter is mostly tables that live forever.
const gcPercent = 75

// startPercent replaces gcPercent until the interpreter has run its first cell or warmDelay has passed, or until the
// process knows its target: nearly everything that is allocated before lives for ever, and the first cell of a session
// must not wait for its collection.
const startPercent = 400

// Main is the interpreter process: the command "gilkernel interp". It serves the descriptors that package link
// describes and returns the exit status when the kernel process has ended, or when this process can't start.
func Main() int {
	debug.SetMaxStack(maxStack)
	debug.SetGCPercent(startPercent)
	limit, err := link.ParseMemory(os.Getenv(link.MemoryVariable))
	if err == nil {
		err = limitMemory(limit)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "gilkernel interp: limiting the memory: %v\n", err) // run without a limit
	}
	crash, requests, events := inherited(link.CrashFD), inherited(link.RequestFD), inherited(link.EventFD)
	if crash == nil || requests == nil || events == nil {
		fmt.Fprintln(os.Stderr, "gilkernel interp: this command is started by the kernel, not by hand")
		return 2
	}
	if err := debug.SetCrashOutput(crash, debug.CrashOptions{}); err != nil {
		fmt.Fprintln(os.Stderr, "gilkernel interp: setting the crash output:", err)
		return 2
	}
	if err := exec.Supported(); err != nil {
		fmt.Fprintln(os.Stderr, "gilkernel interp:", err)
		return 2
	}
	inheritNothing(link.RequestFD, link.EventFD, link.CrashFD, link.LifeFD)
	argv, flags := os.Args, flag.CommandLine
	nameProcess()
	os.Args = []string{"gilkernel"}                                  // cells must not see the path of this program
	flag.CommandLine = flag.NewFlagSet(os.Args[0], flag.ExitOnError) // without the flags of compiled packages
	flag.CommandLine.Usage = func() { flag.Usage() }
	s := newRunner(link.NewWriter(events), crash, flags)
	s.processes.argv = argv
	s.garbage.limit = uint64(limit)
	s.guard = newGuard(link.LifeFD)
	if err := s.serve(requests); err != nil {
		fmt.Fprintf(os.Stderr, "gilkernel interp: %v\n", err)
		endGroup()
		return 1
	}
	if s.guard != nil {
		time.Sleep(guardTime)
	}
	endGroup()
	return 0
}

// guardTime is how long the guard has to end the process, which it does with more care than Main.
const guardTime = time.Second

// inherited returns the file of a descriptor that the parent has passed, nil if there is none.
func inherited(fd uintptr) *os.File {
	f := os.NewFile(fd, fmt.Sprintf("descriptor %d", fd))
	if f == nil {
		return nil
	}
	if _, err := f.Stat(); err != nil {
		return nil
	}
	return f
}

// Serve answers the requests that it reads from r with events on w until r ends; then it returns nil, because the
// kernel process has ended or wants this process to end. It returns an error if it can't read or understand a request.
// crash receives the mark of a cell that calls os.Exit. Runs may continue in the background; the caller of Serve must
// end the process. Two calls can serve in one process, but the standard logger writes to the latest.
func Serve(r io.Reader, w, crash io.Writer) error {
	return newRunner(link.NewWriter(w), crash, flag.CommandLine).serve(r)
}

func (s *runner) serve(r io.Reader) error {
	requests := link.NewReader(r)
	for {
		var q link.Request
		if err := requests.Read(&q); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading requests: %w", err)
		}
		if err := s.handle(&q); err != nil {
			return err
		}
	}
}

// handle starts the execution of a request. It is called from one goroutine, and blocks only while it makes the
// interpreter.
func (s *runner) handle(q *link.Request) error {
	if (s.host == nil) != (q.Init != nil) {
		return errors.New("handling requests: the first must be an init, and no other")
	}
	switch {
	case q.Init != nil:
		return s.init(q.Init)
	case q.Prepare != nil:
		s.host.ahead.check(q.Prepare)
	case q.Run != nil && q.Run.Prepared:
		e, err := s.host.ahead.take(q.Run.ID)
		if err != nil {
			return fmt.Errorf("handling requests: %w", err)
		}
		s.startRun(e.q, e)
	case q.Run != nil:
		s.startRun(q.Run, nil)
	case q.Define != nil:
		s.define(q.Define)
	case q.Child != nil:
		s.startChild(q.Child)
	case q.Sync != nil:
		s.mu.Lock()
		r := s.current
		s.mu.Unlock()
		if r != nil {
			r.out.flush()
		}
		s.send(&link.Event{Synced: &link.Sync{}})
	case q.Tell != nil:
		s.tellNow()
	case q.Command != nil:
		s.startCommand(q.Command)
	case q.Machine != nil:
		s.startMachine(q.Machine)
	case q.Python != nil:
		s.startPython(q.Python)
	case q.Twins != nil:
		s.startTwins(q.Twins)
	case q.Capture != nil:
		s.startCapture(q.Capture)
	case q.Explore != nil:
		s.startExplore(q.Explore)
	case q.State != nil:
		select {
		case s.states <- q.State:
		default: // not asked for
		}
	case q.Interrupt != nil:
		s.interrupt(q.Interrupt.ID)
	case q.Input != nil:
		s.input.answer(q.Input)
	case q.Setenv != nil && q.Setenv.Unset:
		_ = os.Unsetenv(q.Setenv.Key) // the kernel process has checked the name
		s.world.told()
	case q.Setenv != nil:
		_ = os.Setenv(q.Setenv.Key, q.Setenv.Value)
		s.world.told()
	case q.Chdir != nil:
		_ = os.Chdir(q.Chdir.Dir) // the kernel process has checked the folder
		s.world.told()
	}
	return nil
}
