// Package multiprocessing is Python's module of that name: processes, each with an interpreter and a GIL of its own.
//
// On the real machine a process is one of the operating system; on the simulated one it is an interpreter beside the
// others on the machine's cores. Everything is built of what package process has, as CPython builds it of semaphores,
// pipes and shared memory, and in the same way: a Condition is three semaphores, a Queue a pipe, two locks and a thread
// that feeds it.
//
//	Python                                Go                                             what differs, and why
//	Process(target=f, args=(1,))          NewProcess(f, Args(1))                         no keyword arguments: options
//	Process(…, name="x", daemon=True)     NewProcess(…, Name("x"), Daemon(true))
//	p.start() p.join() p.join(0.5)        p.Start() p.Join() p.Join(Timeout(d))          times are time.Durations
//	p.exitcode p.pid                      p.ExitCode() p.PID()                           an any: nil, or an int
//	p.name = "x" p.daemon = True          p.SetName("x") p.SetDaemon(true)               Go has no properties
//	p.terminate() p.kill() p.close()      p.Terminate() p.Kill() p.Close()
//	current_process() parent_process()    CurrentProcess() ParentProcess()
//	active_children() cpu_count()         ActiveChildren() CPUCount()
//	set_start_method("spawn")             SetStartMethod("spawn")                        see below: Go can't fork
//	get_context("spawn").Process(…)       GetContext("spawn").NewProcess(…)
//	a, b = Pipe() Pipe(False)             a, b := Pipe() Pipe(Duplex(false))
//	a.send(x) x = b.recv()                a.Send(x) x := b.Recv()                        panic with Python's OSError, EOFError
//	try: x = b.recv() except EOFError:    x, ok := b.RecvOK()                            and for x := range b.All()
//	b.poll() b.poll(1) b.poll(None)       b.Poll() b.Poll(Timeout(d)) b.Poll(Block(true))
//	connection.wait([a, p.sentinel])      Wait([]any{a, p.Sentinel()})
//	Lock() RLock() Semaphore(3)           NewLock() NewRLock() NewSemaphore(3)           a name in the end is for pictures and reports
//	with lock: …                          lock.With(func() { … })                        no with
//	lock.acquire(False) (timeout=1)       lock.Acquire(Block(false)) (Timeout(d))
//	Condition(lock) Event() Barrier(3)    NewCondition(lock) NewEvent() NewBarrier(3)
//	Queue(10) JoinableQueue()             NewQueue(10) NewJoinableQueue()
//	q.put(x, timeout=1) q.get(False)      q.Put(x, Timeout(d)) q.Get(Block(false))       panic with *queue.Full, *queue.Empty
//	try: x = q.get_nowait()               x, err := q.GetNowait()                        errors.Is(err, queue.ErrEmpty)
//	v = Value("i", 0) v.value             v := NewValue("i", 0) v.Value() v.Int()
//	v.value += 1                          v.SetValue(v.Int() + 1)                        as in Python no one step: v.With(func() { … })
//	a = Array("d", 3) a[0] a[1:]          a := NewArray("d", 3) a.Get(0) a.Slice(1)
//	with Manager() as m: …                m := NewManager() m.With(func() { … })         m.Shutdown() ends it
//	m.dict(a=1) m.list([1]) m.Queue()     m.Dict("a", 1) m.List(1) m.Queue()             proxies, which can be sent anywhere
//	d["a"] l[0] ns.x                      d.GetItem("a") l.GetItem(0) ns.Get("x")          as in builtins
//	class M(BaseManager): pass            m := NewBaseManager()
//	M.register("C", C) m.start()          m.Register("C", NewC) m.Start()
//	c = m.C(1) c.add(2)                   c := m.Create("C", 1) c.Call("Add", 2)           Go can't make methods at run time
//	connection.Listener(…) Client(…)      connection.NewListener(…) Client(…)            a package of its own
//	shared_memory.SharedMemory(…)         sharedmemory.NewSharedMemory(…)                a package of its own
//	class P(Process): def run(self): …    —                                              Go has no inheritance
//	Pool(4) Pool()                        NewPool(4) NewPool(CPUCount())                 and GetContext("spawn").NewPool(4)
//	Pool(4, f, (1,), maxtasksperchild=9)  NewPool(4, Initializer(f, 1), MaxTasksPerChild(9))
//	with Pool(4) as p: …                  NewPool(4).With(func(p *Pool) { … })
//	p.map(f, xs, chunksize=3)             p.Map(f, xs, Chunksize(3))                     a []any; xs is a slice, an array, an int, an iterator, …
//	p.starmap(f, [(1, 2), (3, 4)])        p.Starmap(f, [][]any{{1, 2}, {3, 4}})
//	for x in p.imap(f, xs): …             for x := range p.Imap(f, xs) { … }             and ImapUnordered
//	it = p.imap(f, xs) it.next(1)         it := p.Imap(f, xs) v, ok := it.Next(Timeout(d))
//	p.apply(f, (1, 2))                    p.Apply(f, 1, 2)                               several results are a []any; a last error is the exception
//	p.apply_async(f, (1,), callback=g)    p.ApplyAsync(f, 1, Callback(g))                and MapAsync, StarmapAsync, ErrorCallback(h)
//	r.get(1) r.wait() r.ready()           r.Get(Timeout(d)) r.Wait() r.Ready() r.Successful()
//	p.close() p.terminate() p.join()      p.Close() p.Terminate() p.Join()
//	except ValueError as e: e.__cause__   errors.As(err, &remoteTraceback)               a task's exception is a *TaskError, of which errors.As finds the copy
//
// A process gets copies of its target's arguments, and no other process sees what it changes of them.
//
// # Global variables
//
// Each process has global variables of its own: what it changes of them, no other process sees. What they begin with
// depends on the start method, alike on both machines:
//
//	fork                 the values that they have in the parent, as in CPython
//	spawn, forkserver    what their declarations say: CPython imports the main module once more
//
// CPython's fork copies the whole process. Go can't fork: a program of Go runs on many threads, of which a fork would
// copy one. So the values of those variables are sent that the target may use, by way of functions, methods and other
// variables. A Lock, Queue or Value is sent as itself. For a value that can't be sent, such as a channel or a
// threading.Lock, the new process makes what the declaration says.
//
// A process that imports runs no cell, which would print and start processes once more. It computes what declarations
// say (count := 0, lock := NewLock(), "table := makeTable()") as long as that has no effect beyond variables; so its
// Lock is another one than its parent's, as in Python. A variable whose declaration does more than that, or needs a
// variable that changes after its own declaration, is zero.
//
// The kernel notes below the cell which variables a target would miss; and if the process ends with an exception, it
// says which of them it had to do without, and why.
//
// Start methods differ too in what they cost on the simulated machine, in GetStartMethod and in which of them a Python
// has; on the real machine all three start a process in the same way.
//
// Two programs that hang in Python end with a Deadlock error here: one that acquires a lock whose holder was killed,
// and one that joins a child before it reads the child's full queue. Three more end with a BrokenPool: one that waits
// for a pool whose worker was killed or has called sys.exit, one whose initializer fails, and one that waits for a task
// of a pool that was terminated. The error names the worker, its pid, how it ended (a signal, an exit code, a system
// out of memory) and the task that it had in hand; results that had arrived stay. CPython replaces a worker that is
// killed between two tasks, and may hang; here that breaks the pool too.
package multiprocessing
