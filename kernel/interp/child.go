package interp

// This file defines an interpreter process that this one has started: a spare, or a process of package multiprocessing.

import (
	"io"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"gilkernel/kernel/link"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/process"
)

const (
	// outputTime is how long, after the end of a process, its own children may still write to its pipes.
	outputTime = 200 * time.Millisecond
	// lastWordsTime is how long a process that is about to be killed may take to send what it has recorded.
	lastWordsTime = 100 * time.Millisecond
	// maxLastWords is how much of a crash report is shown.
	maxLastWords = 4 << 10
)

// A child is such a process. Its methods may be called concurrently.
type child struct {
	cmd      *exec.Cmd
	leader   leader
	requests outbox
	line     *os.File    // what descriptors go on
	ours     []io.Closer // our ends of its pipes
	run      atomic.Pointer[run]
	news     atomic.Pointer[relatives] // where its timeline goes; nil: it records none
	s        *runner
	told     chan struct{} // receives the answer to a Tell
	synced   chan struct{} // receives the answer to a Sync
	over     chan struct{} // closed after the process has ended and all its output has been passed on
	words    []byte        // the beginning of its crash report
	fatal    fatalLine     // what its stderr said before that
	kills    int           // process.OOMKills when it was launched
	killed   atomic.Bool   // it was sent a signal from here
	memory   string        // see OutOfMemory; set before its end is known
	printing printing
	answers  answers // if it explores
}

// command returns the command for another process of this program.
func (ps *processes) command() *exec.Cmd {
	cmd := exec.Command(ps.argv[0], ps.argv[1:]...)
	if exe := ownProgram(); exe != "" {
		cmd.Path, cmd.Err = exe, nil
	}
	return cmd
}

// newChild starts a process, which waits for definitions and for its task.
func (s *runner) newChild() (c *child, err error) {
	c = &child{s: s, answers: answers{bell: make(chan struct{}, 1)}, over: make(chan struct{}),
		told: make(chan struct{}, 1), synced: make(chan struct{}, 1),
		cmd: s.processes.command()}
	var theirs []*os.File
	defer func() {
		for _, f := range theirs {
			f.Close()
		}
		if err != nil {
			c.close()
		}
	}()
	pipe := func(reads bool) *os.File {
		r, w, e := os.Pipe()
		if e != nil {
			if err == nil {
				err = e
			}
			return nil
		}
		if reads {
			r, w = w, r
		}
		theirs, c.ours = append(theirs, w), append(c.ours, r)
		return r
	}
	requests, events, crash, _ := pipe(true), pipe(false), pipe(false), pipe(true) // the last one's end is ours
	line, lineEnd, e := process.NewLine()
	if e != nil {
		return nil, e
	}
	files := append(append([]*os.File{}, theirs...), s.processes.file, lineEnd)
	stdout, stderr := pipe(false), pipe(false)
	theirs, c.ours, c.line = append(theirs, lineEnd), append(c.ours, line), line
	if err != nil {
		return nil, err
	}
	c.requests.w = link.NewWriter(requests)
	c.leader.cmd = c.cmd
	c.cmd.ExtraFiles, c.cmd.Stdout, c.cmd.Stderr = files, theirs[4], theirs[5]
	ownGroup(c.cmd)
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	var readers sync.WaitGroup
	readers.Add(4)
	// Each ends with the process. They are started here, as watch knows the kernel's own goroutines by the function
	// that they begin with.
	go func() { c.read(events); readers.Done() }()
	go func() { c.words = lastWords(crash); readers.Done() }()
	go func() { c.raw("stdout", stdout); readers.Done() }()
	go func() { c.raw("stderr", stderr); readers.Done() }()
	go func() { // ends with the process
		_ = c.leader.wait() // ProcessState has its result
		ended := make(chan struct{})
		go func() { readers.Wait(); close(ended) }() // ends when the pipes do, which are closed below
		select {
		case <-ended:
		case <-time.After(outputTime): // a process outside of its group holds them
		}
		c.close()
		<-ended
		close(c.over)
	}()
	c.requests.send(&link.Request{Init: &link.Init{Arena: true, Engine: s.engine}})
	return c, nil
}

func (c *child) close() {
	for _, f := range c.ours {
		f.Close()
	}
}

// lastWords returns the beginning of a crash report.
func lastWords(r io.Reader) []byte {
	b, _ := io.ReadAll(io.LimitReader(r, maxLastWords))
	_, _ = io.Copy(io.Discard, r)
	return b
}

// define gives the process a source.
func (c *child) define(q *link.Run) { c.requests.send(&link.Request{Define: q}) }

// read passes on what the process sends, to the cell that has started it.
func (c *child) read(f io.Reader) {
	r := link.NewReader(f)
	for {
		var ev link.Event
		if r.Read(&ev) != nil {
			return
		}
		c.pass(&ev)
		if shown(&ev) {
			c.printing.passed.Add(1)
		}
	}
}

// pass passes on an event.
func (c *child) pass(ev *link.Event) {
	run := c.run.Load()
	switch {
	case ev.Synced != nil:
		select {
		case c.synced <- struct{}{}:
		default: // the last answer was not taken
		}
	case ev.Family != nil:
		if c.news.Load().heard(ev.Family) {
			select {
			case c.told <- struct{}{}:
			default: // it came too late for the one before
			}
		}
	case ev.Wants != nil, ev.Explored != nil, ev.Done != nil:
		c.answers.add(ev)
	case run == nil:
	case ev.Stream != nil:
		run.out.write(ev.Stream.Name, []byte(ev.Stream.Text))
	case ev.Display != nil, ev.Clear != nil, ev.Error != nil:
		run.out.flush()
		ev.Cell = run.id
		c.s.send(ev)
	}
}

// raw passes on what comes through descriptor 1 or 2.
func (c *child) raw(name string, f io.Reader) {
	buf := make([]byte, 16<<10)
	for {
		n, err := f.Read(buf)
		if name == "stderr" {
			c.fatal.write(buf[:n])
		}
		if r := c.run.Load(); r != nil && n > 0 {
			r.out.write(name, buf[:n])
		}
		if err != nil {
			return
		}
	}
}

// A launcher starts the processes of a Python. It implements process.Launcher.
type launcher struct{ p *python }

// Launch implements process.Launcher.
func (l *launcher) Launch(
	t *rt.Thread, s *process.System, p *process.Process, spec *process.Spec, ended func(*rt.Thread, int),
) (process.Running, error) {
	ses, begun := l.p.s, commonTime()
	c, err := ses.processes.take(ses)
	if err != nil {
		for _, h := range spec.Handles {
			s.Drop(t, h)
		}
		return nil, err
	}
	words, over, err := p.Boot(t, spec, c.line)
	if err != nil {
		c.leader.kill()
		ses.processes.forget(c)
		return nil, err
	}
	p.SetPID(c.cmd.Process.Pid)
	c.printing.process.Store(p)
	r := ses.threads.current()
	c.run.Store(r)
	dir, _ := os.Getwd() // without one the process stays where it is
	q := &link.Child{ID: r.id, Label: r.label, Words: words, Python: l.p.spec.words(), Dir: dir, Env: os.Environ(),
		Born: begun}
	news := l.p.relatives
	if news != nil && !r.twin {
		q.Record = true
		c.news.Store(news)
		news.born(t, c.cmd.Process.Pid, spec.Name, begun)
	}
	c.kills, _ = process.OOMKills()
	c.requests.send(&link.Request{Child: q})
	forget := r.whileRunning(func() { c.killed.Store(true); c.leader.kill() })
	r.enter()   // an interrupted cell waits for what it has printed
	go func() { // ends with the process
		<-c.over
		ses.processes.forget(c)
		forget()
		defer ses.leave(r)
		over()
		code := process.ExitCode(c.cmd.ProcessState)
		c.memory = c.usedUp(code)
		if text := c.epitaph(); text != "" {
			r.out.write("stderr", []byte("Process "+spec.Name+" "+text+".\n"))
		}
		c.news.Load().died(c.cmd.Process.Pid, code)
		ended(nil, code)
	}()
	return c, nil
}

// Signal implements process.Running. A process that records sends what it has recorded before it is killed.
func (c *child) Signal(sig int) error {
	c.killed.Store(true)
	if c.news.Load() != nil && sig != interruptSignal {
		c.tell()
	}
	return signalProcess(c.cmd, sig)
}

// interruptSignal is SIGINT: the process may continue after it.
const interruptSignal = 2

// Adopt implements process.Adopter: what the process prints belongs to the cell of the calling goroutine from now on.
func (c *child) Adopt() bool {
	r := c.s.threads.current()
	return r != nil && c.run.Swap(r) != r
}

// ask sends a Sync; the answer comes on synced.
func (c *child) ask() {
	select {
	case <-c.synced: // of one that was given up
	default:
	}
	c.requests.send(&link.Request{Sync: &link.Sync{}})
}

// tell requests what the process has recorded, and waits for at most lastWordsTime.
func (c *child) tell() {
	select {
	case <-c.told: // of a Tell that was given up
	default:
	}
	late := time.After(lastWordsTime)
	c.requests.send(&link.Request{Tell: &link.Tell{}})
	select {
	case <-c.told:
	case <-c.over:
	case <-late: // it was stopped, or has no core
	}
}
