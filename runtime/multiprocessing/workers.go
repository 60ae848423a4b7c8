package multiprocessing

// This file defines what all pools share: processes that run the tasks of one queue.

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
	Processes    int    // at most this many
	Method       string // "": the default start method
	Initializer  any    // each process calls it before its first task; nil: none
	Arguments    []any  // of the initializer
	MaxTasks     int    // a process is replaced after this many tasks; 0: never
	OnDemand     bool   // start a process when a task finds none idle, instead of all in NewWorkers
	Window       int    // at most this many tasks are sent and not done; 0: as many as the pipe holds
	AllErrors    bool   // sys.exit is an exception of the task and doesn't end the process
	Kind         string // the pool's class, for its name and for errors: "Pool"
	NamedAsChild bool   // name the processes like other children, not PoolWorker
	Finish       bool   // the end of the program waits for all tasks instead of terminating the pool
}

// Workers is the processes of a pool, with two threads of this process: one sends tasks, the other receives results and
// handles processes that have ended. Pool and futures.ProcessPoolExecutor are built on it. All processes receive from
// one pipe and send into another. The death of one process can't stop the others: the lock of a pipe is released when
// its holder dies, and each process records the task that it runs on a board. NewWorkers makes one; its zero value
// can't be used. Its methods may be called by any thread of the process that made it.
type Workers struct {
	m       *module
	o       WorkersOptions
	name    string
	tasks   *process.End // the end that sends tasks
	results *process.End // the end that receives results
	work    work         // what each worker receives
	board   *board
	cancel  func()       // cancels the finalizer
	nudges  *nudger      // nil: each task wakes a worker
	todo    machine.Word // changes when the sender must look again
	over    machine.Word // 1 when the pool has ended and is freed

	mu       sync.Mutex // protects the fields below; held briefly, never while anything waits
	state    poolState
	queue    []*sequence // jobs whose tasks aren't all sent
	held     *message    // for which the pipe had no room
	sending  bool        // a thread is in advance
	sent     bool        // the sender has ended
	jobs     map[uint64]*job
	last     uint64 // the number of the last job
	list     []*worker
	slots    int // entries of the board in use
	inflight int // tasks sent and not done
	broken   *BrokenPool
	kills    int // kills by the system because memory had run out, when last counted
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
	// The task whose result came last; only the receiver uses these fields.
	job   uint64
	index uint32
}

// NewWorkers returns a new pool and, without OnDemand, starts its processes. It panics as Process.Start does, and with
// an OSError if there is no room for the processes.
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
		if room := m.s.Room(); o.Processes > room { // before hundreds are started in vain
			panic(
				&exceptions.OSError{Message: fmt.Sprintf("%s: a pool of %d processes doesn't fit: %d more can run at "+
					"once. Ask for fewer, such as CPUCount().", w.name, o.Processes, room)})
		}
		for n := range o.Processes {
			if m.s.Arena().Collects() { // on the real machine a start takes time: let an interrupt end the loop
				t.Check()
			}
			w.start(t, n)
		}
		w.slots = o.Processes
	}
	begun = true
	in.Machine().NewThread(in, "PoolTaskHandler").Start(t, w.send)      // ends with the pool
	in.Machine().NewThread(in, "PoolResultHandler").Start(t, w.receive) // ends last, and frees the pool
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
		// not with Finish: since 3.9 the processes of Python's executors aren't daemons, so they may have children
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

// Size returns the maximum number of processes.
func (w *Workers) Size() int { return w.o.Processes }

// Processes returns the processes that are running.
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

// status returns Python's name of the state.
func (w *Workers) status() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return [...]string{"RUN", "CLOSE", "TERMINATE"}[w.state]
}

// running panics unless the pool accepts tasks: with a *BrokenPool, or with a ValueError after Close or Terminate.
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

// Close makes the pool refuse new tasks; the processes exit when all tasks are done. Closing it again does nothing.
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

// wake wakes the sender to look at the queue again.
func (w *Workers) wake(t *machine.Thread) {
	w.todo.Add(t, 1)
	w.todo.Wake(t, 1)
}

// stop ends the pool immediately: it sends sig to the processes, and unfinished tasks fail with err. Any thread may
// call it; it doesn't wait.
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

// Terminate ends all processes with SIGTERM and waits until they have ended. Unfinished tasks fail with a *BrokenPool.
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

// Join waits until all processes have ended and the pool is freed. In a callback, which a thread of the pool runs, it
// returns immediately.
func (w *Workers) Join() {
	t := machine.Current()
	if t.Local(ownKey{}) == w {
		return
	}
	await(t, &w.over, 0, forever, machine.Why{Kind: timeline.WaitJoin, On: poolEnd{w}})
}

// ownKey is the thread-local key under which the threads of a pool keep their Workers.
type ownKey struct{}

// poolEnd is the resource that Join waits for.
type poolEnd struct{ w *Workers }

func (e poolEnd) Name() string            { return "the end of " + e.w.name }
func (poolEnd) Holders() []machine.Holder { return nil }

// abort kills and frees a pool if one of its workers couldn't be started.
func (w *Workers) abort(t *machine.Thread) {
	for _, v := range w.list {
		v.p.send(sigKill)
	}
	w.free(t)
}

// free stops the nudger, cancels the finalizer and closes the pipes.
func (w *Workers) free(t *machine.Thread) {
	w.cancel()
	w.nudges.stop()
	for _, e := range []*process.End{w.tasks, w.results, pipeEnd(w.work.Tasks), pipeEnd(w.work.Results)} {
		e.Close(t)
	}
}
