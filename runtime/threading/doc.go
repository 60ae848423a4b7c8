// Package threading is Python's module of that name: threads and the primitives by which they wait for each other.
//
// The algorithms are CPython's, written on machine.Word: they are the same on a real and on a simulated machine and
// don't ask which it is. Every version's profile has its own locks (POSIX semaphores through 3.12, PyMutex since),
// names of threads and words of errors.
//
//	Python                                  Go                                              what differs, and why
//	Thread(target=f, args=(1, 2))           NewThread(f, Args(1, 2))                        no group, kwargs, context: Go has no keyword arguments
//	Thread(name="x", daemon=True)           NewThread(f, Name("x"), Daemon(true))
//	class T(Thread): def run(self): …       NewThread(func() { … })                         Go has no inheritance
//	t.start() t.join() t.join(timeout=1)    t.Start() t.Join() t.Join(Timeout(time.Second)) times are time.Durations: 1 is a nanosecond
//	t.name t.name = "x"                     t.Name() t.SetName("x")                         Go has no properties
//	t.daemon t.daemon = True                t.Daemon() t.SetDaemon(true)
//	t.ident t.native_id                     t.Ident() t.NativeID()                          0, not None, before the start; never recycled
//	—                                       t.Exception() t.Stack()                         the panic that ended it
//	Lock() RLock()                          NewLock() NewRLock(), var l Lock                a last argument names it in pictures and reports
//	l.acquire() l.acquire(False)            l.Acquire() l.Acquire(Blocking(false))
//	l.acquire(timeout=.5)                   l.Acquire(Timeout(time.Second / 2))             also under 2.7, which had none
//	with l: …                               l.With(func() { … })
//	Condition() Condition(l)                NewCondition(nil) NewCondition(l)
//	c.wait() c.wait_for(p, timeout=1)       c.Wait() c.WaitFor(p, Timeout(time.Second))
//	c.notify(2) c.notify_all()              c.Notify(2) c.NotifyAll()
//	Semaphore(3) BoundedSemaphore(3)        NewSemaphore(3) NewBoundedSemaphore(3)          the zero ones are those of 1, as in Python
//	Event() e.set() e.is_set() e.wait()     NewEvent() e.Set() e.IsSet() e.Wait()
//	Barrier(3, action, timeout)             NewBarrier(3, Action(f), Timeout(d))            Name("x") names it
//	b.wait()                                i, err := b.Wait()                              BrokenBarrierError is returned: right programs meet it
//	Timer(1.5, f, args=(1,))                NewTimer(1500*time.Millisecond, f, Args(1))
//	local() d.x = 1  d.x                    NewLocal() d.Set("x", 1)  d.Get("x")            Go has no __getattr__
//	current_thread() main_thread()          CurrentThread() MainThread()                    plain goroutines are "Dummy-<goroutine>"
//	enumerate() active_count()              Enumerate() ActiveCount()
//	get_ident() get_native_id()             GetIdent() GetNativeID()                        idents are small numbers
//	excepthook = f  __excepthook__(args)    SetExceptHook(f)  ExceptHook(args)
//	stack_size(n) TIMEOUT_MAX               StackSize(n) TimeoutMax                         the size is only remembered: Go's stacks grow
//	_thread.start_new_thread(f, (1,))       StartNewThread(f, 1)
//	_thread.exit() interrupt_main()         Exit() InterruptMain()
//	ThreadError                             *exceptions.RuntimeError                        *ThreadError before 3.3, when it was a type of its own
//	settrace setprofile …                   —                                               %%step and the timeline are for that
//
// What is wrong in a program panics with an exception of package exceptions, in Python's words: "release unlocked
// lock". What a correct program must expect is returned: false, or an error.
//
// The caller is identified by its goroutine: a thread of a machine, or a plain goroutine, which belongs to no
// interpreter. On a real machine plain goroutines may use all primitives, and wait without a GIL; they can't make
// threads. The search for deadlocks knows only those that hold a lock: a host that lets goroutines set events and the
// like reports their number to machine.AddOutsiders.
//
// On a simulated machine, what is Python code in Lib/threading.py costs what so much interpreted code does, and can
// lose the GIL there; on a real one it costs what Go needs, which is less.
//
// All times are time.Durations. Everything may be used by several threads at once unless it says otherwise, and
// nothing may be copied after its first use.
package threading
