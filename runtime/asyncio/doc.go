// Package asyncio is Python's module of that name, as far as it is about tasks: an event loop with tasks, groups,
// time-outs, queues and locks, and the calls that it hands to threads.
//
// All tasks of a loop run on the thread that called Run, one at a time, and yield only where they wait. So there are no
// races between two waits and no locks are needed; and anything that blocks the thread (a lock of package threading,
// gil.Native, a long loop) blocks them all.
//
//	Run ─► turn: select ─► timers that are due ─► each callback that is ready ─► Task.step ─► the task's code ─► await
//	         ▲                                                                                                    │
//	         └────────────────────────────────────────────────────────────────────────────────────────────────────┘
//
// A task is a coroutine (iter.Pull) of that thread: a switch takes a fraction of a microsecond and no scheduler. The
// order in which things happen is CPython's: its loop, futures and tasks are ported as they are.
//
//	Python                              Go                                        what differs, and why
//	async def f(): …                    func f() { … }                            Go's functions have no colours: any function may wait
//	await f(1)                          f(1)                                      a call
//	asyncio.run(main())                 r, err := Run(main)                       a panic of main continues in the caller; all versions have it
//	create_task(f(1), name="x")         CreateTask(f, 1), t.SetName("x")          f's results are the task's; a last one of type error, and a panic, its exception
//	await t                             r, err := t.Await()                       the exception is returned
//	await sleep(1)                      Sleep(time.Second)                        times are time.Durations
//	await gather(a, f(1))               rs, err := Gather(a, Coro(f, 1))          it waits at once
//	gather(…, return_exceptions=True)   Gather(…, ReturnExceptions)
//	await wait_for(f(), 1)              r, err := WaitFor(f, time.Second)         f is a task of its own, as it was through 3.11
//	async with timeout(1): …            err := Timeout(time.Second, func() {…})   in versions before 3.11 too
//	async with timeout(1) as tm:        tm := NewTimeout(time.Second)             NewTimeout() is timeout(None), NewTimeoutAt(w) timeout_at(w)
//	    tm.reschedule(w)                err := tm.With(func() { tm.Reschedule(w) })
//	async with TaskGroup() as tg:       err := NewTaskGroup().With(               err is an *exceptions.ExceptionGroup; in versions before
//	    tg.create_task(f(1))                func(tg *TaskGroup) { tg.CreateTask(f, 1) })  3.11 too
//	done, pending = await wait(ts,      done, pending := Wait(ts, FirstCompleted, time.Second)  in the order of the arguments; a
//	  timeout=1, return_when=…)                                                   time.Duration is the time-out
//	for f in as_completed(ts): await f  for r, err := range AsCompleted(ts)
//	await shield(t)                     r, err := Shield(t).Await()
//	t.cancel()                          t.Cancel()                                CancelledError is a panic in t, where it waits, and an error for others
//	except CancelledError:              recover()
//	t.uncancel() t.cancelling()         t.Uncancel() t.Cancelling()               in versions before 3.11 too
//	Queue(3) q.get() q.put(x)           NewQueue(3) q.Get() q.Put(x)              QueueShutDown is a panic there, as from package queue
//	Lock() Event() Semaphore(2)         NewLock() NewEvent() NewSemaphore(2)
//	Condition() BoundedSemaphore(2)     NewCondition(nil) NewBoundedSemaphore(2)
//	async with lock: …                  lock.With(func() { … })
//	to_thread(f, 1)                     r, err := ToThread(f, 1)                  in versions before 3.9 too
//	loop.run_in_executor(None, f, 1)    RunInExecutor(nil, f, 1)                  a Future; or of an executor of package futures
//	loop = get_running_loop()           loop := GetRunningLoop()                  its methods have their Python names
//	loop.call_soon_threadsafe(f)        loop.CallSoonThreadsafe(f)                from any thread or goroutine
//	run_coroutine_threadsafe(f(), loop) RunCoroutineThreadsafe(loop, f)           a Future of package futures
//	current_task() all_tasks()          CurrentTask() AllTasks()
//	get_running_loop().create_future()  NewFuture()
//	get_running_loop().call_soon(f)     CallSoon(f) CallLater(d, f)
//	Barrier, streams, subprocesses …    —                                         not needed for the contrast
//
// If no task can ever continue, CPython's loop waits without end; here Run panics with a Deadlock that says which task
// waits for what. A loop that GetRunningLoop has given out, or that waits for calls in other threads, may be woken by a
// thread: there it is a deadlock when all threads wait, and the report names the tasks too. "Task exception was never
// retrieved" is printed when Run ends, not when the garbage is collected.
//
// Only the loop's thread may call the functions and methods of this package, except for CallSoonThreadsafe,
// RunCoroutineThreadsafe and IsClosed.
package asyncio
