package worker

// This file defines a run: its start, its result, and its interruption.

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"time"

	"gilkernel/kernel/link"
)

// forceGrace is how long after the first interrupt a second one takes effect: a person who presses
// the button twice shouldn't lose the variables of a cell that is ending already.
const forceGrace = time.Second

var errClosed = errors.New("the interpreter is closed")

// A Result is the end of a run.
type Result struct {
	// Done is the interpreter's answer; its Status is "error" if it died.
	Done link.Done
	// Started says that the definitions of the run exist, or existed until the crash.
	Started bool
	// Crash says how the interpreter died; nil if it lives. A new one, without definitions, replaces it: restore them
	// with Runs that have Replay set.
	Crash *Crash
	// Replaced says that nothing was done, because the interpreter had died between two runs (see Handler.Died) and the
	// definitions are gone: restore them, then call again. It is set once, and not at all if a run with Replay came
	// first.
	Replaced bool
}

// A run is a link.Run or a link.Command in progress. Its fields are protected by Supervisor.mu.
type run struct {
	id      int
	label   string
	replay  bool
	command bool
	patient bool          // a second interrupt is passed to it, too
	cancel  chan struct{} // closed by an interrupt that comes before the request is sent
	result  chan Result   // 1 slot
	// meanwhile is called once, by idle; nil: it was called, or there is none. do's goroutine owns it.
	meanwhile func()

	p          *process // the request was sent to it
	interrupts int
	first      time.Time // of the interrupts
	forced     bool
	taken      bool // it was read, so it is the cause if the interpreter dies
	started    bool
	done       *link.Done
	due        [2]int64 // how many bytes of descriptors 1 and 2 had been written when done came
}

// Run runs a cell and blocks until it has ended or the interpreter has died. All events of the run are handled before
// Run returns. Only one run is in progress at a time; others wait. When ctx ends, a waiting run is abandoned, and the
// current run is ended by killing the interpreter; Interrupt ends it without losing the variables.
func (s *Supervisor) Run(ctx context.Context, r link.Run) Result {
	return s.RunMeanwhile(ctx, r, nil)
}

// RunMeanwhile is Run that calls meanwhile as soon as the caller's process has nothing left to do but wait: when the
// interpreter has the run, or when there is none yet that could take it. meanwhile is called at most once, by the
// caller's goroutine, and not at all if the run ends before; it may be nil.
func (s *Supervisor) RunMeanwhile(ctx context.Context, r link.Run, meanwhile func()) Result {
	return s.do(ctx, &run{id: r.ID, label: r.Label, replay: r.Replay, meanwhile: meanwhile}, link.Request{Run: &r})
}

// idle calls meanwhile, if it wasn't called yet.
func (r *run) idle() {
	if f := r.meanwhile; f != nil {
		r.meanwhile = nil
		f()
	}
}

// manyBytes is the size in bytes of the largest cell that Prepare sends: a pipe takes that much without blocking the
// writer.
const manyBytes = 16 << 10

// Prepare makes the interpreter check a cell while the caller checks it, too: if the next Run has the same cell, the
// cell is checked already. Prepare doesn't block, and does nothing if no interpreter is ready or the cell is large.
func (s *Supervisor) Prepare(r link.Run) {
	s.mu.Lock()
	p := s.current
	ready := p != nil && p.isReady.Load() && s.run == nil && !s.replaced && !s.closed &&
		len(r.Source)+len(r.Code) <= manyBytes
	s.prepared = prepared{}
	if ready {
		s.prepared = prepared{p, r.ID}
	}
	s.mu.Unlock()
	if ready {
		s.tell(p, link.Request{Prepare: &r})
	}
}

// prepared is what Prepare has sent, and to which process.
type prepared struct {
	p  *process
	id int
}

// shortLocked returns a short request that makes p do the same, if req was prepared in p, or else req.
func (s *Supervisor) shortLocked(p *process, req link.Request) link.Request {
	if r := req.Run; r != nil && r.Before == nil && s.prepared == (prepared{p, r.ID}) {
		req = link.Request{Run: &link.Run{ID: r.ID, Prepared: true}}
	}
	s.prepared = prepared{}
	return req
}

// Command runs a child process of the interpreter; otherwise it is like Run.
func (s *Supervisor) Command(ctx context.Context, c link.Command) Result {
	return s.do(ctx, &run{id: c.ID, label: c.Label, command: true}, link.Request{Command: &c})
}

// Python runs a program in a real Python, or lists the Pythons of this computer; otherwise it is like Run. A second
// Interrupt kills that Python, and only a third one the interpreter.
func (s *Supervisor) Python(ctx context.Context, q link.Python) Result {
	return s.do(ctx, &run{id: q.ID, label: q.Label, command: true, patient: true}, link.Request{Python: &q})
}

// Capture keeps output as a value; otherwise it is like Run.
func (s *Supervisor) Capture(ctx context.Context, q link.Capture) Result {
	return s.do(ctx, &run{id: q.ID, label: q.Label}, link.Request{Capture: &q})
}

// Twins draws a figure; otherwise it is like Run.
func (s *Supervisor) Twins(ctx context.Context, q link.Twins) Result {
	return s.do(ctx, &run{id: q.ID, label: q.Label}, link.Request{Twins: &q})
}

// Explore explores a cell; otherwise it is like Run.
func (s *Supervisor) Explore(ctx context.Context, q link.Explore) Result {
	return s.do(ctx, &run{id: q.ID, label: q.Label}, link.Request{Explore: &q})
}

// Machine sets the machine and the Python of the following runs, in this interpreter and its successors; otherwise it
// is like Run.
func (s *Supervisor) Machine(ctx context.Context, m link.Machine) Result {
	res := s.do(ctx, &run{id: m.ID, label: m.Label}, link.Request{Machine: &m})
	if res.Done.Status == "ok" && m.Words != "" {
		s.mu.Lock()
		s.machine = strings.TrimSpace(s.machine + " " + m.Words)
		s.mu.Unlock()
	}
	return res
}

// Interrupt ends the current run. The first call asks the run to end, so that nothing else is lost. Each further call
// (for a Python, from the third on) kills the interpreter, but not sooner than a second after the first; the run then
// ends with a Crash of Kind "KeyboardInterrupt". If nothing runs, Interrupt does nothing.
func (s *Supervisor) Interrupt() {
	s.mu.Lock()
	r := s.run
	if r == nil {
		s.mu.Unlock()
		return
	}
	r.interrupts++
	n, p := r.interrupts, r.p
	if n == 1 {
		r.first = time.Now()
	}
	if p == nil { // not sent yet
		if n == 1 {
			close(r.cancel)
		}
		s.mu.Unlock()
		return
	}
	ask := n == 1 || n == 2 && r.patient
	if !ask && s.killAt.IsZero() {
		s.killAt = r.first.Add(forceGrace)
		s.wake()
	}
	s.mu.Unlock()
	if ask {
		p.wake() // a cell may have stopped it, and a stopped process reads nothing
		// The ID keeps a late one from hitting the next run. do writes the request before p is set
		// and releases the pipe after, so this one comes second.
		s.tell(p, link.Request{Interrupt: &link.Interrupt{ID: r.id}})
	}
}

// stopKey is the key of a context's channel, see Until.
type stopKey struct{}

// Until returns a context for runs that must not begin once stopped is closed: an Interrupt between the caller's own
// check and the beginning of the run would find no run. A run that has begun continues. A nil stopped is never closed.
func Until(ctx context.Context, stopped <-chan struct{}) context.Context {
	return context.WithValue(ctx, stopKey{}, stopped)
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func (s *Supervisor) do(ctx context.Context, r *run, req link.Request) Result {
	select {
	case s.slot <- struct{}{}:
	case <-ctx.Done():
		return interrupted()
	case <-s.quit:
		return closed()
	}
	defer func() { <-s.slot }()

	r.cancel = make(chan struct{})
	r.result = make(chan Result, 1)
	s.mu.Lock()
	if s.replaced && !r.replay {
		s.replaced = false
		s.mu.Unlock()
		return replaced()
	}
	s.replaced = false
	s.run = r
	s.mu.Unlock()
	// Now, not before: from here on Interrupt finds the run.
	if stopped, _ := ctx.Value(stopKey{}).(<-chan struct{}); isClosed(stopped) {
		return s.abandon(r, interrupted())
	}

	p, err := s.process()
	if err == errClosed {
		return s.abandon(r, closed())
	}
	if err != nil {
		return s.abandon(r, cannotStart(err))
	}
	if !isClosed(p.ready) {
		r.idle()
	}
	if ended, res := s.await(ctx, r, p); ended {
		return res
	}
	if ctx.Err() != nil { // select chooses any of the ready cases
		return s.abandon(r, interrupted())
	}
	if sent, err := s.send(r, p, req); err != nil {
		return s.abandon(r, failed(err))
	} else if !sent {
		return s.abandon(r, interrupted())
	}
	r.idle()
	select {
	case res := <-r.result:
		return res
	case <-ctx.Done():
		s.mu.Lock()
		r.forced = true // its Done doesn't count from here on
		s.mu.Unlock()
		p.kill(byContext)
		return <-r.result
	}
}

// await waits until p is ready for r. If something else happens first, r has ended, and await returns its result.
func (s *Supervisor) await(ctx context.Context, r *run, p *process) (ended bool, _ Result) {
	if isClosed(p.ready) && !isClosed(p.dead) && !isClosed(r.cancel) && !isClosed(s.quit) {
		return false, Result{} // the usual case needs no timer
	}
	timeout := time.NewTimer(startTimeout)
	defer timeout.Stop()
	select {
	case <-p.ready:
		return false, Result{}
	case <-p.dead: // exited has sent the result
		return true, <-r.result
	case <-timeout.C:
		p.kill(byTimeout)
		return true, <-r.result
	case <-r.cancel:
		return true, s.abandon(r, interrupted())
	case <-ctx.Done():
		return true, s.abandon(r, interrupted())
	case <-s.quit:
		return true, s.abandon(r, closed())
	}
}

// send sends the request of r to p, unless r was interrupted before. It returns an error if the request can't be
// encoded; if p is dead, its death is the result of r.
func (s *Supervisor) send(r *run, p *process, req link.Request) (sent bool, err error) {
	p.wmu.Lock()
	defer p.wmu.Unlock()
	s.mu.Lock()
	if r.interrupts > 0 {
		s.mu.Unlock()
		return false, nil
	}
	if s.run != r { // p died meanwhile, which was handled as the result
		s.mu.Unlock()
		return true, nil
	}
	r.p = p
	req = s.shortLocked(p, req)
	if !r.replay {
		s.last = r.id
		s.nameLocked(r)
	}
	s.mu.Unlock()
	if r.command {
		p.children.Store(true)
	}
	err = p.writeLocked(req)
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		s.opts.Logf("interpreter %d: %v", p.pid, err)
		return true, nil
	}
	return err == nil, err
}

// abandon ends a run that wasn't sent. If the interpreter died meanwhile, that is the result.
func (s *Supervisor) abandon(r *run, res Result) Result {
	s.mu.Lock()
	mine := s.run == r
	if mine {
		s.run = nil
	}
	s.mu.Unlock()
	if !mine {
		return <-r.result
	}
	return res
}

// manyLabels is how many labels are kept for Crash.Cell.
const manyLabels = 2000

// nameLocked records the label of r.
func (s *Supervisor) nameLocked(r *run) {
	s.labels[r.label] = r.id
	if len(s.labels) > manyLabels {
		for label, id := range s.labels {
			if id < r.id-manyLabels/2 {
				delete(s.labels, label)
			}
		}
	}
}

func interrupted() Result {
	return Result{Done: link.Done{Status: "interrupted",
		Error: &link.Error{Name: "KeyboardInterrupt", Traceback: []string{}}}}
}

func replaced() Result {
	return Result{Replaced: true, Done: link.Done{Status: "error", Error: &link.Error{
		Name: "Replaced", Value: "the interpreter was replaced: run the cell again", Traceback: []string{}}}}
}

func failed(err error) Result {
	return Result{Done: link.Done{Status: "error",
		Error: &link.Error{Name: "Error", Value: err.Error(), Traceback: []string{}}}}
}

func crashed(c *Crash, started bool) Result {
	return Result{Crash: c, Started: started, Done: link.Done{Status: "error", Error: &link.Error{
		Name: c.Kind, Value: c.Reason, Traceback: []string{}}}}
}

func closed() Result {
	return crashed(&Crash{Kind: "closed", Reason: "the kernel is shutting down", Exit: -1}, false)
}

func cannotStart(err error) Result {
	return crashed(&Crash{Kind: "start", Reason: "the interpreter could not be started: " + err.Error(), Exit: -1},
		false)
}
