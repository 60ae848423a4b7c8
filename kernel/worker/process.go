package worker

// This file defines one interpreter process: its start, its pipes, its end.

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"gilkernel/kernel/link"
)

const (
	// writeTimeout is how long an interpreter may leave a request unread before it is killed.
	writeTimeout = 10 * time.Second
	// lastWords is how long after the death of an interpreter its pipes are read. The pipes end with the interpreter,
	// unless a process outside its group holds them. When the Supervisor closes, nothing reads them.
	lastWords      = time.Second
	lastWordsClose = 20 * time.Millisecond
	// maxReport is how much of a crash report is kept. A fatal error lists all goroutines; the first
	// is what matters.
	maxReport = 256 << 10

	// hangupTime is how long an interpreter may live without link.EventFD. One that dies closes it on its way.
	hangupTime = 200 * time.Millisecond
	// crashTime is how long an interpreter may take for its crash report. Go's runtime can block in the middle of one,
	// when there is no memory for it.
	crashTime = 5 * time.Second

	rawBuffer = 16 << 10
	// largeEvent is the size in bytes from which it takes longer to read an event than to wake a goroutine.
	largeEvent = 4 << 10
)

// Why the Supervisor itself killed a process.
const (
	byNobody = iota
	bySupervisor
	byInterrupt
	byContext
	byClose
	byProtocol
	byTimeout
	byHangup
	byCrash
)

// An item is something that happened to a process: exactly one of event, raw, crash and exit is set.
type item struct {
	p     *process
	event *link.Event
	raw   *piece
	crash bool // a crash report has begun to arrive
	exit  *exit
}

// An exit is the end of a process. It is in the process's last item.
type exit struct {
	code   int    // -1 if a signal ended it
	signal string // "killed", "segmentation fault", …
	report string // what came through link.CrashFD
	cut    bool   // report is only the beginning
	rss    int64  // its peak resident memory in bytes; 0: not known
	cpu    time.Duration
	limits rlimits
	oom    bool // the system killed it, or other processes at the time, because memory ran out
}

// A process is an interpreter process.
type process struct {
	pid      int
	cmd      *exec.Cmd
	in       *os.File       // requests
	life     *os.File       // never written to: when this process ends, link.LifeFD reaches its end
	requests *link.Writer   // on in
	out      []*os.File     // our ends of the pipes for 1, 2, link.EventFD and link.CrashFD
	raw      [2]*descriptor // of 1 and 2
	post     func(item)
	ready    chan struct{} // closed at the Ready event
	dead     chan struct{} // closed at the exit
	report   []byte        // written by one reader, read after all readers have ended
	cut      bool

	oomKills atomic.Int64 // outOfMemoryKills at most killsEvery before the last run began
	crashing atomic.Bool  // a crash report has begun to arrive
	why      atomic.Int32 // why the Supervisor killed it: one of the by… constants
	isReady  atomic.Bool  // set at the Ready event
	children atomic.Bool  // it was sent a Command, so it may have children in groups of their own

	wmu sync.Mutex // serialises writes to in

	kmu  sync.Mutex // protects gone: no signal is sent to a number that may be another's
	gone bool       // the process has been waited for

	// Protected by Supervisor.turn:
	errText held
	spell   [2]speller   // of 1 and 2
	handled [2]int64     // bytes of 1 and 2
	ended   [2]bool      // nothing more comes from 1, 2
	ledger  *link.Ledger // nil if there is none
	crashAt time.Time    // when a crash report began to arrive; zero: none has
}

// start starts cmd with its pipes. It calls post with each item, last with the exit.
func start(cmd *exec.Cmd, post func(item)) (_ *process, err error) {
	p := &process{
		post:  post,
		ready: make(chan struct{}), dead: make(chan struct{}),
		cmd: cmd,
	}
	var theirs []*os.File
	defer func() {
		for _, f := range theirs {
			f.Close()
		}
		if err != nil {
			p.closeFiles()
			p.closeLedger()
		}
	}()
	for range 4 {
		r, w, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		p.out, theirs = append(p.out, r), append(theirs, w)
	}
	for i := range p.raw {
		if p.raw[i], err = newDescriptor(p.out[i]); err != nil {
			return nil, err
		}
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p.in, theirs = w, append(theirs, r)
	raw, err := w.SyscallConn()
	if err != nil {
		return nil, err
	}
	p.requests = link.NewWriter(&requestPipe{w, raw})
	life, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p.life, theirs = w, append(theirs, life)
	p.cmd.Stdout, p.cmd.Stderr = theirs[0], theirs[1]
	p.cmd.ExtraFiles = []*os.File{r, theirs[2], theirs[3], life} // link.RequestFD, EventFD, CrashFD, LifeFD
	if ledger := p.openLedger(); ledger != nil {
		theirs = append(theirs, ledger)
		for len(p.cmd.ExtraFiles) < link.LedgerFD-link.RequestFD {
			p.cmd.ExtraFiles = append(p.cmd.ExtraFiles, nil)
		}
		p.cmd.ExtraFiles = append(p.cmd.ExtraFiles, ledger)
	}
	if err := ownGroup(p.cmd); err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.pid = p.cmd.Process.Pid
	p.oomKills.Store(outOfMemoryKills())
	var readers, events sync.WaitGroup
	// The readers end at the end of their pipe: at the death of the process, or lastWords after it.
	readers.Go(func() { p.readRaw(0) })
	readers.Go(func() { p.readRaw(1) })
	readers.Go(p.readReport)
	events.Go(p.readEvents)
	go p.reap(&events, &readers) // ends with its exit item, for which Supervisor.dispatch waits
	return p, nil
}

func (p *process) closeFiles() {
	for _, f := range append(p.out, p.in, p.life) {
		if f != nil {
			f.Close()
		}
	}
}

// openLedger makes the ledger and returns its file, nil if the system has none: then the process sends events instead.
func (p *process) openLedger() *os.File {
	f, err := newLedgerFile()
	if err != nil {
		return nil
	}
	if p.ledger, err = link.OpenLedger(f); err != nil {
		f.Close()
		return nil
	}
	return f
}

// closeLedger is called when the process has ended.
func (p *process) closeLedger() {
	_ = p.ledger.Close() // a failure costs a page of memory
	p.ledger = nil
}

// settled reports whether the first due bytes that were written to descriptor 1+i have been handled.
func (p *process) settled(i int, due int64) bool { return p.ended[i] || p.handled[i] >= due }

// holds reports whether the text that the process writes to descriptor 2 may explain its death: it is crashing, or it
// isn't ready yet. The caller holds Supervisor.turn.
func (p *process) holds() bool { return p.crashing.Load() || !p.isReady.Load() }

// write sends a request. A process that doesn't read for writeTimeout is killed.
func (p *process) write(req link.Request) error {
	p.wmu.Lock()
	defer p.wmu.Unlock()
	return p.writeLocked(req)
}

func (p *process) writeLocked(req link.Request) error {
	err := p.requests.Write(&req)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		p.kill(byTimeout)
	}
	return err
}

// A requestPipe writes requests. It sets a deadline, which costs as much as a small request, only for bytes for which
// the pipe has no room.
type requestPipe struct {
	file *os.File
	raw  syscall.RawConn
}

// Write implements io.Writer. Its errors are those of an os.File.
func (w *requestPipe) Write(b []byte) (n int, err error) {
	if err = w.raw.Write(func(fd uintptr) bool {
		n = max(writeNow(fd, b), 0)
		return true
	}); err != nil {
		return n, &fs.PathError{Op: "write", Path: w.file.Name(), Err: err}
	}
	if n == len(b) {
		return n, nil
	}
	w.file.SetWriteDeadline(time.Now().Add(writeTimeout))
	more, err := w.file.Write(b[n:])
	w.file.SetWriteDeadline(time.Time{})
	return n + more, err
}

// kill kills the process and its group. Only the first reason is kept.
func (p *process) kill(why int32) {
	p.why.CompareAndSwap(byNobody, why)
	p.kmu.Lock()
	defer p.kmu.Unlock()
	if !p.gone {
		killGroup(p.pid)
	}
}

// wake resumes the process if it was stopped.
func (p *process) wake() {
	p.kmu.Lock()
	defer p.kmu.Unlock()
	if !p.gone {
		continueProcess(p.pid)
	}
}

// readEvents reads link.EventFD, whose end counts as the end of the process: the alternative, a thread that blocks in
// wait(2) for each process, would notice it later and reap the leader of a group that may still have to be killed.
//
// It handles an event before it reads the next, which wakes no other goroutine; but after a large event, as of a cell
// that prints much, another goroutine handles the events while this one reads.
func (p *process) readEvents() {
	behind := make(chan *link.Event, 64)
	var waiting atomic.Int64 // events that the other goroutine hasn't handled yet
	var other sync.WaitGroup
	other.Go(func() { // ends when behind is closed
		for ev := range behind {
			p.post(item{p: p, event: ev})
			waiting.Add(-1)
		}
	})
	defer other.Wait()
	defer close(behind)
	r := link.NewReader(p.out[2])
	for {
		ev := new(link.Event)
		if err := r.Read(ev); err != nil {
			if err != io.EOF && err != io.ErrUnexpectedEOF { // io.ErrUnexpectedEOF: it died while it wrote
				p.why.CompareAndSwap(byNobody, byProtocol)
			}
			return
		}
		if r.Size() < largeEvent && waiting.Load() == 0 {
			p.post(item{p: p, event: ev})
			continue
		}
		waiting.Add(1)
		behind <- ev
	}
}

// readRaw reads descriptor 1+i.
func (p *process) readRaw(i int) {
	buf := make([]byte, rawBuffer)
	for {
		n, err := p.raw[i].read(buf)
		if n > 0 {
			p.post(item{p: p, raw: &piece{fd: i, bytes: bytes.Clone(buf[:n])}})
		}
		if err != nil {
			p.post(item{p: p, raw: &piece{fd: i, end: true}})
			return
		}
	}
}

// readReport reads link.CrashFD.
func (p *process) readReport() {
	buf := make([]byte, 4<<10)
	for {
		n, err := p.out[3].Read(buf)
		if n > 0 {
			if !p.crashing.Swap(true) {
				p.post(item{p: p, crash: true})
			}
			keep := min(n, maxReport-len(p.report))
			p.report = append(p.report, buf[:keep]...)
			p.cut = p.cut || keep < n
		}
		if err != nil {
			return
		}
	}
}

// reap waits for the process to end, kills everything that it started, and posts the exit as the last item.
func (p *process) reap(events, readers *sync.WaitGroup) {
	events.Wait()
	if !awaitExit(p.pid, hangupTime) {
		p.why.CompareAndSwap(byNobody, byHangup)
	}
	p.kmu.Lock()
	// Until Wait, the dead leader's number, which is that of its group and session, isn't reused.
	killGroup(p.pid)
	if p.children.Load() {
		killSession(p.pid)
	}
	limits := limitsOf(p.pid)
	p.cmd.Wait() // its error repeats ProcessState
	p.gone = true
	p.kmu.Unlock()
	wait := lastWords
	if p.why.Load() == byClose {
		wait = lastWordsClose
	}
	for _, f := range p.out {
		f.SetReadDeadline(time.Now().Add(wait))
	}
	readers.Wait()
	p.closeFiles()
	x := &exit{report: string(p.report), cut: p.cut}
	x.code, x.signal, x.rss = exitState(p.cmd.ProcessState)
	x.cpu, x.limits = p.cmd.ProcessState.SystemTime()+p.cmd.ProcessState.UserTime(), limits
	x.oom = x.signal == "SIGKILL" && p.why.Load() == byNobody && outOfMemoryKills() > p.oomKills.Load()
	p.post(item{p: p, exit: x})
}
