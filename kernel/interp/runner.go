package interp

// This file defines the runner: the state that lives as long as the process, and the path of a run.

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gilkernel/kernel/celltest"
	"gilkernel/kernel/exec"
	"gilkernel/kernel/link"
	"gilkernel/kernel/std"
	"gilkernel/runtime/cpython"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// abandonTime is how long an interrupted run may take to end: a run that is blocked in compiled code can't end, and the
// learner is waiting.
const abandonTime = 40 * time.Millisecond

// A runner is the state of the process. One run or command executes at a time; goroutines of earlier ones may still
// run.
type runner struct {
	events     *link.Writer
	crash      io.Writer // link.CrashFD
	guard      *guard    // nil if the process isn't the session's
	world      world
	threads    threads
	goroutines goroutines
	timers     timers
	input      *stdin
	stdout     *stream
	stderr     *stream
	registry   *registry // what cells have registered in the standard library
	finder     cpython.Finder
	standard   standard // before any cell
	processes  processes
	tests      *celltest.Runner
	testing    atomic.Pointer[run] // the run that executes tests; nil: none does
	// explorations holds the processes that explore cells for the session
	explorations explorations
	// printed counts what a process of package multiprocessing has shown, see order; nil in others
	printed atomic.Pointer[atomic.Uint32]

	host    *host        // nil before init; used by one run at a time
	engine  string       // link.Init.Engine
	arena   bool         // link.Init.Arena
	ledger  *link.Ledger // nil if init was given none
	pulse   pulse
	garbage garbage
	warming *time.Timer // calls warm; nil in processes of package multiprocessing
	warm    func()      // imports what most cells need, and sets the usual frequency of garbage collection

	dying atomic.Int32 // interrupted runs that still have goroutines

	mu        sync.Mutex // protects the fields below
	current   *run       // nil between runs
	spec      pythonSpec // what %machine has set
	py        *python    // of the session; nil until it is needed
	pythons   []*python  // py, and those of running cells
	outside   int        // plain goroutines that may wake threads
	unwinding []*run     // runs interrupted since the last cell began
	last      *timeline.Timeline
	outs      map[int]any

	explored *explored        // the cell that was compiled last, in a process that explores
	states   chan *link.State // answers to link.Wants, in a process that explores

	redirected *stdin // the last file that was os.Stdin and is read through fmt; nil: none yet
}

// newRunner returns a runner; flags are those of this program, before cells define theirs.
func newRunner(events *link.Writer, crash io.Writer, flags *flag.FlagSet) *runner {
	s := &runner{events: events, crash: crash, outs: map[int]any{}, registry: newRegistry(),
		standard: currentStandard(), states: make(chan *link.State, 1)}
	s.stdout = &stream{s: s, name: "stdout"}
	s.stderr = &stream{s: s, name: "stderr"}
	s.input = newStdin(s)
	s.tests = celltest.New(testHost{s}, flags)
	return s
}

// warmDelay is how long a new interpreter waits for its first run before it imports what most cells need and collects
// the garbage of its start. If done immediately, each takes a tenth of the time to the first result. If a run comes
// sooner and ends within that time, they are done at its end.
const warmDelay = 50 * time.Millisecond

// init makes the interpreter. A spare process has done nothing before. It returns an error if the ledger can't be
// opened or the machine's words are wrong.
func (s *runner) init(q *link.Init) error {
	s.arena = q.Arena
	if q.Ledger {
		inheritNothing(link.LedgerFD)
		f := inherited(link.LedgerFD)
		var err error
		if s.ledger, err = link.OpenLedger(f); err != nil {
			return err
		}
		f.Close()
	}
	imp := &std.Importer{}
	if !q.Arena { // processes of multiprocessing import what their definitions need
		s.warm = func() {
			imp.Warm()
			debug.SetGCPercent(gcPercent) // a process of package multiprocessing does this when it knows its target
		}
	}
	s.guard.remove(q.Leave)
	if q.Arena {
		inheritNothing(link.ArenaFD, link.LineFD)
		s.processes.file, s.processes.line = inherited(link.ArenaFD), inherited(link.LineFD)
	}
	if q.Stack != 0 {
		childStack(q.Stack)
	}
	if q.Dir != "" {
		if err := os.Chdir(q.Dir); err != nil {
			fmt.Fprintf(os.Stderr,
				"The working directory of this session is gone (%v): os.Chdir or %%cd sets another one.\n", err)
		}
	}
	for _, kv := range q.Env {
		if k, v, ok := strings.Cut(kv, "="); ok {
			_ = os.Setenv(k, v) // the kernel process has checked the names
		} else {
			_ = os.Unsetenv(kv)
		}
	}
	s.world.told()
	rt.RaiseProcs() // now, because no goroutine is about to enter a system call, see pulseTime
	s.captureLoggers()
	s.engine = cmp.Or(q.Engine, os.Getenv(link.EngineVariable))
	s.host = newHost(s, imp)
	var err error
	if s.spec, err = (pythonSpec{}).with(q.Machine); err != nil {
		return fmt.Errorf("setting the machine: %w", err) // an earlier process accepted the same words
	}
	if s.warm != nil {
		s.warming = time.AfterFunc(warmDelay, s.warm)
	}
	s.send(&link.Event{Ready: &link.Ready{PID: os.Getpid()}})
	return nil
}

// send sends an event. It ignores errors: they mean that the kernel process has ended, and then the next read of a
// request ends this process.
func (s *runner) send(ev *link.Event) {
	_ = s.events.Write(ev)
	if n := s.printed.Load(); n != nil && shown(ev) {
		n.Add(1) // after the write: the parent waits for this number and then only reads
	}
}

// begin takes a request and returns its run, which becomes the current one.
func (s *runner) begin(id int, label string) *run {
	out := &output{send: func(name, text string) {
		s.send(&link.Event{Cell: id, Stream: &link.Stream{Name: name, Text: text}})
	}}
	if s.ledger.Take(id); s.ledger == nil {
		s.send(&link.Event{Cell: id, Taken: &link.Taken{}})
	}
	r := newRun(id, label, out)
	r.standard, r.all = currentStandard(), &s.threads.live
	r.enter()
	s.mu.Lock()
	s.current = r
	s.mu.Unlock()
	s.threads.latest.Store(r)
	return r
}

// started records that the code of a run is compiled, or that the run has begun.
func (s *runner) started(r *run) {
	if s.ledger.Start(r.id); s.ledger == nil {
		s.send(&link.Event{Cell: r.id, Started: &link.Started{}})
	}
}

// sendResult queues the value of a cell, to be sent together with the cell's end, which usually follows immediately.
// Otherwise it is sent at the watch's first turn, or when the run begins to wait for other threads.
func (s *runner) sendResult(ev *link.Event) {
	if s.printed.Load() != nil { // the parent counts events as it reads them
		s.send(ev)
		return
	}
	_ = s.events.Gather(ev)
}

// end sends a run's Done, after everything that the run has printed.
func (s *runner) end(r *run, done *link.Done) {
	if !r.dying.Load() {
		s.processes.settle(r)
	}
	r.out.flush()
	s.mu.Lock()
	s.current = nil
	s.mu.Unlock()
	close(r.over)
	done.Notes = append(done.Notes, s.redirections(r)...)
	done.World = s.world.changes()
	s.send(&link.Event{Cell: r.id, Done: done})
	if s.warming != nil && s.warming.Stop() { // the first run came before warmDelay
		go s.warm() // ends after its imports
	}
}

// leave removes a goroutine from the count of a run.
func (s *runner) leave(r *run) {
	if r.leave() && r.dying.Load() {
		s.unflag(r)
	}
}

// startRun executes a cell. e is nil unless the cell was checked ahead.
func (s *runner) startRun(q *link.Run, e *early) {
	r := s.begin(q.ID, q.Label)
	if q.Replay {
		s.finish(r, func() *link.Done { return s.bringBack(r, q.Log) }, func() {})
		return
	}
	r.input, r.value, r.test = q.Input, q.Value, q.Test
	printed := r.measure(q.Twin)
	var p prepared
	s.finish(r, func() (done *link.Done) {
		s.garbage.collect()
		if p, done = s.prepare(r, q, e); done == nil {
			done = s.execute(r, q, p)
		}
		r.out.flush()
		done.Printed = printed()
		return done
	}, func() {
		if p.Program != nil {
			p.Drop()
		}
	})
}

// bringBack restores the definitions of cells that an earlier interpreter has run.
func (s *runner) bringBack(r *run, log []link.Run) *link.Done {
	r.showing.Store(true) // not abandoned: a session with only some of its definitions is worse than a wait
	for i := range log {
		log[i].Code = log[i].Source // all that is left of what was typed
		s.host.names(&log[i])
		if refused := s.add(&log[i]); refused != nil {
			return &link.Done{Status: "error", Compile: true, Error: refused}
		}
	}
	s.started(r)
	return &link.Done{Status: "ok"}
}

// add adds the definitions of a cell without running any of its statements. It returns nil or why the cell was refused.
func (s *runner) add(q *link.Run) *link.Error {
	p, refused := s.host.compile(q, true)
	if refused != nil {
		return refused
	}
	s.host.commit(p)
	s.processes.log(q)
	return nil
}

// prepared is a compiled cell and the Python in which it will run.
type prepared struct {
	compiled
	py  *python
	own bool // only this cell uses the Python
}

// prepare compiles the cell of a request. If that fails, it returns the Done of the run; otherwise nil.
func (s *runner) prepare(r *run, q *link.Run, e *early) (prepared, *link.Done) {
	s.host.names(q)
	s.awaitUnwound(r)
	if q.Python == "" {
		s.awaitMain(r)
	}
	if r.dying.Load() { // the run may have been abandoned, and the next one may be compiling
		return prepared{}, &link.Done{Status: "interrupted", Error: s.interruptError(nil)}
	}
	py, own, err := s.python(q)
	if err != nil {
		return prepared{}, &link.Done{Status: "error", Compile: true, Error: plainError("UsageError", err.Error())}
	}
	var p compiled
	var refused *link.Error
	if e != nil {
		p, refused = s.host.compileEarly(e)
	} else {
		p, refused = s.host.compile(q, false)
	}
	if refused != nil {
		py.claimed.Store(false)
		if own {
			s.drop(py)
		}
		return prepared{compiled: p}, &link.Done{Status: "error", Compile: true, Error: refused}
	}
	return prepared{p, py, own}, nil
}

// execute runs a prepared cell in the run's own goroutine and returns the run's Done.
func (s *runner) execute(r *run, q *link.Run, p prepared) (done *link.Done) {
	m, py, own := s.host, p.py, p.own
	defer py.claimed.Store(false)
	failed := func(f *failure) *link.Done {
		r.mu.Lock()
		// Its processes were killed, which may raise an exception before the thread notices the interrupt.
		interrupted := r.dying.Load() && r.cause == nil
		r.mu.Unlock()
		if interrupted || f.interrupted() {
			return &link.Done{Status: "interrupted", Error: s.interruptError(f)}
		}
		return &link.Done{Status: "error", Error: s.runError(f)}
	}
	if own {
		r.out.write("stdout", []byte(py.shortage(q.Python)))
	}
	s.processes.log(q)
	var f *failure
	r.mu.Lock()
	r.main = py.main
	if own {
		r.outside = py.outside
	}
	r.mu.Unlock()
	if q.Step != "" {
		defer s.step(r, py, q.Step)()
	}
	var took time.Duration // on the machine's clock
	err := py.run(func() {
		f = s.contain(func() {
			m.initModules(r)
			if q.Step != "" { // not before: how a package is initialised is no step of the cell
				m.engine.StepModules(stepsOf(q.Step))
			}
			p.Init(r)
		})
		s.started(r)
		m.commit(p.compiled) // after started: without it the kernel process keeps the old definitions
		if f == nil {
			began := py.main.Now()
			f = s.contain(func() { s.tick(); p.Call(r) })
			took = py.main.Now() - began
		}
		if own && f.deadlocked() { // the machine doesn't record a panic that contain has recovered
			py.main.Record(timeline.Failed, nil, py.main.ObjectName("Deadlock"), 0)
		}
		r.steps.failed(s, py.main, f)
	})
	if own || py.spec.simulated {
		_ = s.events.Flush() // the rest may take time
	}
	r.ran.Store(!own) // a cell with a Python of its own waits for its threads
	if late := py.after(r, own); err == nil {
		err = late
	}
	if err != nil && f == nil {
		f = &failure{value: err}
		if failure, ok := err.(*rt.Failure); ok {
			f.value = failure.Value
		}
	}
	if r.steps != nil {
		r.steps.show(s, f)
	}
	if f != nil {
		s.unveil(r, f)
		return failed(f)
	}
	if r.dying.Load() { // it ended at the same time
		return &link.Done{Status: "interrupted", Error: s.interruptError(nil)}
	}
	done = &link.Done{Status: "ok", Notes: r.notes, Seconds: took.Seconds(), Tested: r.tested}
	if r.value == "return" || strings.HasPrefix(r.value, "python:") {
		r.mu.Lock()
		done.Result = r.result
		r.mu.Unlock()
	}
	return done
}

// contain calls f and returns its panic, nil if it returned or ended its goroutine.
func (s *runner) contain(f func()) (failed *failure) {
	returned := false
	defer func() {
		if returned {
			return // without GoroutineID, which is slow
		}
		if v := recover(); v != nil {
			failed = &failure{value: v, goroutine: rt.GoroutineID()}
			if p, ok := v.(*exec.Panic); ok {
				failed.value, failed.trace = p.Value, p.Trace
			}
			if isNilError(failed.value) {
				if err := unmade(failed.value, debug.Stack()); err != nil {
					failed.value = err
				}
			}
		}
	}()
	f()
	returned = true
	return nil
}

// startIn is the go statement: it calls f in a new goroutine of a run. A panic of f is an error of the cell and doesn't
// end the process. ended is called when f has ended and its panic, if any, was reported.
func (s *runner) startIn(g *goroutine, site string, f, ended func()) {
	r := g.run
	ctx := r.labels(&s.threads, site, s.image())
	r.enter()
	s.addOutsiders(1)
	g.lane = r.beside().goroutine(s.host.sources, site)
	go func() { // ends with f
		pprof.SetGoroutineLabels(ctx)
		id := rt.GoroutineID()
		s.goroutines.add(id, g)
		defer s.leave(r)
		defer s.addOutsiders(-1)
		defer s.goroutines.remove(id)
		defer ended()
		failed := s.contain(f)
		g.lane.end(failed)
		s.report(r, site, failed)
	}()
}

// report sends the failure of a goroutine other than the cell's own. It does nothing if f is nil or the run is
// interrupted.
func (s *runner) report(r *run, site string, f *failure) {
	if f == nil || f.interrupted() || r.dying.Load() {
		return
	}
	r.out.flush()
	s.send(&link.Event{Cell: r.id, Error: s.goroutineError(f, site)})
	r.panics.Add(1)
}

// callback wraps a function that compiled code will call in a goroutine of its own, such as a timer's function.
func (s *runner) callback(site string, f func()) func() {
	r := s.threads.current()
	if r == nil {
		return f
	}
	ctx := r.labels(&s.threads, site, s.image())
	return func() {
		if r.dying.Load() {
			return
		}
		pprof.SetGoroutineLabels(ctx)
		r.enter()
		defer s.leave(r)
		s.report(r, site, s.contain(f))
		runtime.KeepAlive(ctx)
	}
}
