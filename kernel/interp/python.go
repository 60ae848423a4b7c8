package interp

// This file defines the Python that cells run in: a machine, an interpreter on it, and its MainThread, which each cell
// is while it runs. Plain goroutines belong to no interpreter and never see its GIL.

import (
	"cmp"
	"errors"
	"maps"
	"runtime/pprof"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"gilkernel/kernel/link"
	"gilkernel/runtime/gil"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/process"
	"gilkernel/runtime/timeline"
)

// timelineEvents is how many events a timeline keeps: the last ones, 32 bytes each.
const timelineEvents = 1 << 17

// idleTime is how much virtual time passes between two cells of a simulated machine, for the threads that a cell
// leaves behind.
const idleTime = time.Second

// A python is a machine, an interpreter on it, and its MainThread. All methods except run are safe for concurrent use.
type python struct {
	s       *runner
	spec    pythonSpec
	m       *rt.Machine
	in      *gil.Interpreter
	main    *rt.Thread
	rec     *timeline.Recorder // nil: nothing is recorded
	begun   time.Time
	outside *outside // nil: nothing is recorded
	// relatives is what is known of other processes; nil: nothing is recorded.
	relatives *relatives
	busy      atomic.Bool // MainThread runs a cell, perhaps one that was given up
	// claimed says that a run will get MainThread, or has it: a run may be abandoned while its cell is compiled, and
	// would begin beside the next.
	claimed atomic.Bool
	// explored is the run of an exploration that this is for; nil: it is for none.
	explored *exploredRun
	recent   atomic.Pointer[pyThread] // what known found last: most often it is asked again by the same thread

	mu       sync.Mutex // protects the fields below
	threads  map[*rt.Thread]*pyThread
	orphaned map[string]bool // locks that were noted, see orphans
}

// newPython makes a python whose timeline keeps so many events; 0 records nothing. The error says what is wrong with
// the spec. The caller holds s.mu.
func newPython(s *runner, spec pythonSpec, events int) (*python, error) {
	p := &python{s: s, spec: spec, begun: time.Now(), threads: map[*rt.Thread]*pyThread{}}
	o := &rt.Options{Cores: spec.cores, Seed: spec.seed, Chooser: spec.chooser, Site: p.site}
	if events > 0 {
		p.rec = timeline.NewRecorder(events, timeline.Info{})
		o.Recorder = p.rec
	}
	make := rt.Real
	if spec.simulated {
		make = rt.Simulate
	}
	var err error
	if p.m, err = make(o); err != nil {
		return nil, err
	}
	p.in, err = gil.New(p.m,
		&gil.Options{Version: spec.version, SwitchInterval: spec.interval, CheckInterval: spec.ticks})
	if err != nil {
		return nil, err
	}
	p.rec.SetInfo(p.in.Info())
	p.main = p.mainThread()
	process.Provide(p.in, p.family)
	process.ProvideSiblings(p.in, siblings{p})
	if p.rec != nil {
		p.outside = newOutside(p)
		p.relatives = newRelatives(p)
	}
	if s.outside > 0 {
		p.m.AddOutsiders(p.in, 1)
	}
	return p, nil
}

// run calls f as MainThread. The error says why it couldn't.
func (p *python) run(f func()) error {
	if !p.busy.CompareAndSwap(false, true) {
		return errors.New("MainThread is still busy")
	}
	p.main.Pardon() // of an interrupt that came when the last cell had just ended
	err := p.main.Run(func(*rt.Thread) { f() })
	p.busy.Store(false)
	return err
}

// thread returns what the engine must know of the calling goroutine, nil if it is no thread.
func (s *runner) thread(r *run) *pyThread {
	t := rt.Current()
	if t == nil {
		return nil
	}
	p, _ := t.Local(pythonKey{}).(*pyThread)
	if p == nil {
		for _, py := range s.allPythons() {
			if py.m == t.Machine() {
				p = py.known(t)
			}
		}
		if p == nil {
			return nil
		}
	}
	if p.image == nil {
		s.subInterpreter(p)
	}
	if r != nil && p.run.Swap(r) != r {
		p.id.Store(rt.GoroutineID())
		if r.dying.Load() {
			r.late(t)
		}
	}
	return p
}

// late ends a thread whose first code begins after its run was interrupted, perhaps when no other goroutine of the run
// is left.
func (r *run) late(t *rt.Thread) {
	r.mu.Lock()
	begins := r.unwinding[t] == nil
	if begins {
		r.unwind(t, time.Now().Add(unwindTime))
	}
	fate := r.fate(t)
	r.mu.Unlock()
	t.SetFlag(rt.FlagPending)
	if begins {
		t.Kill(fate)
	}
}

// adopt moves the calling thread to the latest run if its own run was interrupted before the thread executed anything,
// and returns what the thread belongs to now. Such a thread is an executor's worker that was idle: the call that it has
// received comes from a later cell, and under the interrupted run each of its checks and sleeps would panic.
func (s *runner) adopt(b *member) *member {
	t, latest := rt.Current(), s.threads.latest.Load()
	if t == nil || latest == b.run {
		return b
	}
	if y, _ := t.Local(pythonKey{}).(*pyThread); y == nil || y.run.Load() != nil {
		return b
	}
	pprof.SetGoroutineLabels(latest.labels(&s.threads, readLabel(profLabel(), labelSite), b.image))
	return s.threads.member()
}

// pythonKey is where a thread keeps its pyThread.
type pythonKey struct{}

// known returns what the engine knows of a thread of p's machine. It is called on the thread's own goroutine.
func (p *python) known(t *rt.Thread) *pyThread {
	if y := p.recent.Load(); y != nil && y.Thread == t {
		return y
	}
	y, _ := t.Local(pythonKey{}).(*pyThread)
	if y == nil {
		y = p.newThread(t)
		t.SetLocal(pythonKey{}, y)
	}
	if p.in.Profile().Kind != gil.FreeThreaded { // threads that run side by side would fight for it
		p.recent.Store(y)
	}
	return y
}

// newThread makes a thread known. It is called on its own goroutine.
func (p *python) newThread(t *rt.Thread) *pyThread {
	profile := p.in.Profile()
	y := &pyThread{Thread: t, s: p.s, simulated: p.m.Simulated(), recording: p.rec != nil, begun: p.begun}
	y.id.Store(rt.GoroutineID())
	y.explored = p.explored
	switch m := imageOf(gil.Of(t)); {
	case m == nil:
	case p.explored != nil:
		y.image = m // without labels, which take long: all goroutines of the process have it
	default:
		y.enter(m)
	}
	y.steps = profile.StepChecks || y.simulated && profile.Kind == gil.FreeThreaded
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.threads) > 64 {
		for u := range p.threads {
			if u.Ended() {
				delete(p.threads, u)
			}
		}
	}
	p.threads[t] = y
	return y
}

// processOf returns the name of the simulated process that a thread belongs to, "" for one of the Python's own process.
func (p *python) processOf(t *rt.Thread) string { return processName(p.main, t) }

// processName returns the name of the simulated process that a thread belongs to, "" if it is that of another one,
// main.
func processName(main, t *rt.Thread) string {
	in, home := gil.Of(t), gil.Of(main)
	if in == nil || home == nil {
		return ""
	}
	_, own, _ := home.Process()
	if name, pid, _ := in.Process(); pid != own {
		return name
	}
	return ""
}

// interrupt ends the threads of a run: those that wait now, the others at their next checks. Threads of its simulated
// processes are killed with these, see simulatedLauncher.
func (p *python) interrupt(r *run, until time.Time) {
	p.mu.Lock()
	threads := slices.SortedFunc(maps.Values(p.threads),
		func(a, b *pyThread) int { return cmp.Compare(a.ID(), b.ID()) })
	var list []*pyThread
	var fates []error
	r.mu.Lock()
	for _, y := range threads {
		// A thread that unwinds has noticed by itself that the run must end.
		if y.run.Load() == r && !y.Ended() && r.unwinding[y.Thread] == nil && p.processOf(y.Thread) == "" {
			list = append(list, y)
			fates = append(fates, r.fate(y.Thread))
			r.unwind(y.Thread, until)
		}
	}
	r.mu.Unlock()
	p.mu.Unlock()
	for i, y := range list {
		// MainThread first: the end of another one might wake it, and it would return from its wait
		y.SetFlag(rt.FlagPending)
		y.Kill(fates[i])
	}
}

// unwound lets the threads and processes of an interrupted run end on a simulated machine, which stands still without
// MainThread. It gives them less time than the run's answer waits.
func (p *python) unwound(r *run) {
	late := time.Now().Add(abandonTime / 2)
	p.m.Settle(unwindTime, func() bool {
		r.mu.Lock()
		left := r.live > 1
		r.mu.Unlock()
		if left || p.unwinds(r) {
			return time.Now().After(late)
		}
		return true
	})
}

// unwinds reports whether a thread of a run, other than MainThread, hasn't ended.
func (p *python) unwinds(r *run) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for t, y := range p.threads {
		if t != p.main && y.run.Load() == r && !t.Ended() {
			return true
		}
	}
	return false
}

// calm ends the checks that interrupt asked for.
func (p *python) calm() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for t := range p.threads {
		t.ClearFlag(rt.FlagPending)
	}
}

// python returns what a run's cell is to run in. words are those of %%real and %%simulate, "" for the session's. own
// reports whether it is for this cell only; the session's is the run's until it gives up its claim.
func (s *runner) python(q *link.Run) (p *python, own bool, err error) {
	var old *python
	defer func() {
		if old != nil {
			old.discard()
		}
	}()
	s.mu.Lock()
	defer s.mu.Unlock()
	if q.Python != "" {
		spec, err := s.spec.with(q.Python)
		if err != nil {
			return nil, false, err
		}
		p, err := newPython(s, spec, timelineEvents)
		if err != nil {
			return nil, false, err
		}
		s.pythons = append(s.pythons, p)
		return p, true, nil
	}
	if s.py != nil && (s.py.busy.Load() || s.py.claimed.Load()) {
		// a run that was given up has its MainThread, and perhaps its GIL
		old = s.py
		s.forgetLocked(old)
		s.py = nil
	}
	if s.py == nil {
		if s.py, err = newPython(s, s.spec, 0); err != nil {
			return nil, false, err
		}
		s.pythons = append(s.pythons, s.py)
	}
	s.py.claimed.Store(true)
	return s.py, false, nil
}

// setPython changes the session's. It returns a description, and a sentence if the machine has fewer cores than the
// words ask for.
func (s *runner) setPython(words string) (text, missing string, err error) {
	var old *python
	defer func() {
		if old != nil {
			old.discard()
		}
	}()
	s.mu.Lock()
	defer s.mu.Unlock()
	spec, err := s.spec.with(words)
	if err != nil {
		return "", "", err
	}
	if s.py == nil || spec != s.spec {
		p, err := newPython(s, spec, 0)
		if err != nil {
			return "", "", err
		}
		if old = s.py; old != nil {
			s.forgetLocked(old)
		}
		s.py, s.spec = p, spec
		s.pythons = append(s.pythons, p)
	}
	return s.py.describe(), s.py.shortage(words), nil
}

// mainTime is how long a cell waits for a run that was given up: it may only be slow, on a busy computer, and with its
// Python all that earlier cells have on that would be lost.
const mainTime = 2 * time.Second

// awaitMain waits until no interrupted run holds the MainThread of the session's Python, until the thread is likely to
// be blocked in compiled code, or until r is interrupted itself.
func (s *runner) awaitMain(r *run) {
	for late := time.Now().Add(mainTime); !r.dying.Load() && time.Now().Before(late); time.Sleep(time.Millisecond) {
		// polled: no event reports that the thread is free
		s.mu.Lock()
		p := s.py
		s.mu.Unlock()
		if p == nil || !p.busy.Load() && !p.claimed.Load() {
			return
		}
	}
}

// errDropped ends the threads of a machine that is no longer used.
var errDropped = errors.New("the session has another machine now")

// forgetLocked removes a python from the session's list. The caller holds s.mu, and calls discard afterwards.
func (s *runner) forgetLocked(p *python) {
	s.pythons = slices.DeleteFunc(s.pythons, func(q *python) bool { return q == p })
}

// discard ends the threads of a python that was taken out of the list. The caller must not hold s.mu: a thread that
// ends, and a goroutine that it waits for, may need it.
func (p *python) discard() {
	p.endFamily()
	p.m.Stop(errDropped)
	p.rec.Release() // a variable, or a goroutine that never ends, may keep the machine
	if !p.spec.simulated || p.busy.Load() {
		return
	}
	ended := make(chan struct{})
	go func() { // ends with the machine's threads, which are stopped; never if compiled code keeps one of them
		defer close(ended)
		p.m.Drain(-1) // simulated threads must run to end
	}()
	select {
	case <-ended:
	case <-time.After(abandonTime):
	}
}

// drop discards a cell's own python.
func (s *runner) drop(p *python) {
	s.mu.Lock()
	s.forgetLocked(p)
	s.mu.Unlock()
	p.discard()
}

func (s *runner) allPythons() []*python {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.pythons)
}

// addOutsiders counts plain goroutines that may wake threads: while there are any, threads that wait to be given
// something are in no deadlock.
func (s *runner) addOutsiders(n int) {
	s.mu.Lock()
	before := s.outside
	s.outside += n
	var tell []*python
	if (before > 0) != (s.outside > 0) {
		tell = slices.Clone(s.pythons)
	}
	s.mu.Unlock()
	for _, p := range tell { // without s.mu: this may end threads
		p.m.AddOutsiders(p.in, n)
	}
}

// outsider counts what will be called by a goroutine of compiled code from now on, until it has been, or until over.
func (s *runner) outsider(f func()) (called, over func()) {
	s.addOutsiders(1)
	over = sync.OnceFunc(func() { s.addOutsiders(-1) })
	return func() {
		defer over()
		f()
	}, over
}
