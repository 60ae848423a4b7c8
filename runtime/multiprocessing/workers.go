package multiprocessing

// This file defines what pools have in common: processes that run the tasks of one queue.

import (
	"fmt"
	"strings"
	"sync"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
	"gilkernel/runtime/timeline"
)

// WorkersOptions configure NewWorkers.
type WorkersOptions struct {
	Processes    int    // how many at most
	Method       string // "": the default start method
	Initializer  any    // each process calls it before its first task; nil: nothing
	Arguments    []any  // of the initializer
	MaxTasks     int    // a process is replaced by a new one after this many tasks; 0: never
	OnDemand     bool   // a process is started when there is a task and no idle process, not by NewWorkers
	Window       int    // how many tasks may be sent and not done; 0: as many as the pipe takes
	AllErrors    bool   // sys.exit is an exception of the task and doesn't end the process
	Kind         string // of pool: "Pool"
	NamedAsChild bool   // the processes are named like other children, not PoolWorker
	Finish       bool   // the end of the program waits until all tasks are done, and doesn't terminate the pool
}

// Workers are the processes of a pool, with two threads of this process: one sends tasks, one receives results and
// looks after processes that have ended. Pool and futures.ProcessPoolExecutor are built on them. All processes receive
// from one pipe and send into one; the locks of pipes are released with their holders, and each process notes the task
// that it runs on a board, so the death of one can't stop the others. NewWorkers makes them. The methods may be called
// by any thread of the process that made them.
type Workers struct {
	m       *module
	o       WorkersOptions
	name    string
	tasks   *process.End // to send them
	results *process.End // to receive them
	work    work         // what each worker receives
	board   *board
	cancel  func()       // of the finalizer
	nudges  *nudger      // nil: each task wakes a worker
	todo    machine.Word // changes when the sender has to look
	over    machine.Word // 1 when all is over and everything is freed

	mu       sync.Mutex // protects the fields below; held for short, never while anything waits
	state    poolState
	queue    []*sequence // what the sender has to send
	held     *message    // that hasn't found room yet
	sending  bool        // a thread sends
	sent     bool        // there will be nothing more to send
	jobs     map[uint64]*job
	last     uint64 // number of a job
	list     []*worker
	slots    int // entries of the board that have been used
	inflight int // tasks that were sent and aren't done
	broken   *BrokenPool
	kills    int // by the system, for want of memory, that were known before
	killsOK  bool
}

type poolState uint8

const (
	poolRuns poolState = iota
	poolCloses
	poolEnds
)

// A worker is a process of a pool.
type worker struct {
	number int
	p      *Process
	ended  bool // protected by Workers.mu, as code
	code   int
	// The task whose result came last; only the receiver uses them.
	job   uint64
	index uint32
}

// NewWorkers starts processes. It panics as Process.Start does.
func NewWorkers(o WorkersOptions) *Workers {
	t, m := here("New" + o.Kind)
	w := &Workers{m: m, o: o, name: m.name(o.Kind, nil), jobs: map[uint64]*job{}}
	w.kills, w.killsOK = process.OOMKills()
	w.open(t)
	w.cancel = m.finally(15, func(*machine.Thread) {
		if !o.Finish {
			w.Terminate()
			return
		}
		w.Close()
		w.Join()
	})
	in := m.s.Interpreter()
	begun := false
	defer func() {
		if !begun { // a worker couldn't be started
			w.abort(t)
		}
	}()
	if !o.OnDemand {
		if room := m.s.Room(); o.Processes > room { // before it starts hundreds for nothing
			panic(
				&exceptions.OSError{Message: fmt.Sprintf("%s: a pool of %d processes doesn't fit: %d more can run at "+
					"once. Ask for fewer, such as CPUCount().", w.name, o.Processes, room)})
		}
		for n := range o.Processes {
			if m.s.Arena().Collects() { // on the real machine a start takes time, and an interrupt ends the row
				t.Check()
			}
			w.start(t, n)
		}
		w.slots = o.Processes
	}
	begun = true
	in.Machine().NewThread(in, "PoolTaskHandler").Start(t, w.send)      // ends when the pool does
	in.Machine().NewThread(in, "PoolResultHandler").Start(t, w.receive) // ends as the last part of the pool
	return w
}

// open makes the pipes and the board.
func (w *Workers) open(t *machine.Thread) {
	fail := func(err error) {
		if err != nil {
			panic(&exceptions.OSError{Message: err.Error()})
		}
	}
	in, out, err := w.m.s.NewPipe(t, false, w.name+" tasks")
	fail(err)
	back, forth, err := w.m.s.NewPipe(t, false, w.name+" results")
	fail(err)
	w.board, err = newBoard(t, w.m.s, w.o.Processes)
	fail(err)
	w.tasks, w.results = out, back
	if mach := w.m.s.Interpreter().Machine(); !mach.Simulated() && w.o.Processes > awakeByCore*mach.Cores() {
		w.nudges = newNudger(out, awakeByCore*mach.Cores())
	}
	w.work = work{Tasks: &Connection{w.m.s, in}, Results: &Connection{w.m.s, forth}, Board: w.board,
		Initializer: w.o.Initializer, Arguments: w.o.Arguments, MaxTasks: w.o.MaxTasks, All: w.o.AllErrors}
}

// start starts process number n.
func (w *Workers) start(t *machine.Thread, n int) {
	var opts []Option
	if !w.o.Finish {
		// what is waited for at the end may have children of its own: since 3.9 Python's executors have no daemons
		opts = append(opts, Daemon(true))
	}
	p := w.m.newProcess(w.o.Method, nil, opts)
	method := p.method
	if method == "" {
		method = w.m.startMethod(t)
	}
	kind := "PoolWorker"
	if w.o.NamedAsChild {
		kind = "Process"
	}
	p.name = methodWord(method) + kind + p.name[strings.IndexByte(p.name, '-'):]
	one := w.work
	one.Number = n
	p.work = &one
	v := &worker{number: n, p: p}
	p.ended = func(t *machine.Thread, code int) {
		w.mu.Lock()
		v.ended, v.code = true, code
		w.mu.Unlock()
		w.results.Poke(t)
	}
	w.board.doing(n).Store(workerStarts)
	p.Start()
	w.mu.Lock()
	w.list = append(w.list, v)
	ended := v.ended
	w.mu.Unlock()
	if ended {
		w.results.Poke(t)
	}
}

// Name implements machine.Resource: "Pool-1".
func (w *Workers) Name() string { return w.name }

// Holders implements machine.Resource.
func (w *Workers) Holders() []machine.Holder { return nil }

// Size returns how many processes there may be.
func (w *Workers) Size() int { return w.o.Processes }

// Processes returns the processes that run.
func (w *Workers) Processes() []*Process {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []*Process
	for _, v := range w.list {
		list = append(list, v.p)
	}
	return list
}

// Broken returns the *BrokenPool that says how a process was lost, or nil if none was.
func (w *Workers) Broken() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken == nil {
		return nil
	}
	return w.broken
}

// status returns the state as Python names it.
func (w *Workers) status() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return [...]string{"RUN", "CLOSE", "TERMINATE"}[w.state]
}

// running panics unless the pool takes tasks.
func (w *Workers) running() {
	if err := w.Broken(); err != nil {
		panic(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.state == poolRuns {
		return
	}
	panic(exceptions.Value("Pool not running"))
}

// Close makes the pool refuse more tasks; the processes exit when all tasks are done. Closing it again does nothing.
func (w *Workers) Close() {
	t := machine.Current()
	w.mu.Lock()
	if w.state == poolRuns {
		w.state = poolCloses
	}
	w.mu.Unlock()
	w.wake(t)
	w.results.Poke(t)
}

// wake makes the sender look at the queue again.
func (w *Workers) wake(t *machine.Thread) {
	w.todo.Add(t, 1)
	w.todo.Wake(t, 1)
}

// stop ends the pool at once: tasks that aren't done end with err. Any thread may call it; it doesn't wait.
func (w *Workers) stop(t *machine.Thread, err error, sig int) {
	w.mu.Lock()
	w.state = poolEnds
	w.queue = nil
	jobs := w.jobs
	w.jobs = map[uint64]*job{}
	list := append([]*worker(nil), w.list...)
	w.mu.Unlock()
	for _, v := range list {
		if _, ended := v.p.child.Exit(t); !ended {
			v.p.send(sig)
		}
	}
	for _, j := range jobs {
		j.sink.fail(t, err)
	}
	w.wake(t)
	w.tasks.Poke(t)
	w.results.Poke(t)
}

// Terminate ends all processes, and waits until they have ended. Tasks that aren't done end with a BrokenPool.
func (w *Workers) Terminate() {
	t := machine.Current()
	w.stop(t,
		&BrokenPool{Message: w.name + " was terminated before this task was done. Close and join a pool to have all " +
			"tasks done."}, sigTerm)
	w.Join()
}

// Kill is Terminate with SIGKILL.
func (w *Workers) Kill() {
	t := machine.Current()
	w.stop(t,
		&BrokenPool{Message: w.name +
			" was killed before this task was done. Close and join a pool to have all tasks done."}, sigKill)
	w.Join()
}

// Join waits until the pool is over. A callback, which the pool itself calls, doesn't wait.
func (w *Workers) Join() {
	t := machine.Current()
	if t.Local(ownKey{}) == w {
		return
	}
	await(t, &w.over, 0, forever, machine.Why{Kind: timeline.WaitJoin, On: poolEnd{w}})
}

// ownKey is the thread-local key under which the threads of a pool keep their Workers.
type ownKey struct{}

// poolEnd is what Join waits for.
type poolEnd struct{ w *Workers }

func (e poolEnd) Name() string            { return "the end of " + e.w.name }
func (poolEnd) Holders() []machine.Holder { return nil }

// abort kills and frees a pool of which a worker couldn't be started.
func (w *Workers) abort(t *machine.Thread) {
	for _, v := range w.list {
		v.p.send(sigKill)
	}
	w.free(t)
}

// free closes everything.
func (w *Workers) free(t *machine.Thread) {
	w.cancel()
	w.nudges.stop()
	for _, e := range []*process.End{w.tasks, w.results, pipeEnd(w.work.Tasks), pipeEnd(w.work.Results)} {
		e.Close(t)
	}
}
