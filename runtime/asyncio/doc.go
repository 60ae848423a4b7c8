// Package asyncio is the least of Python's module of that name that a lesson needs to set it against threads: an event
// loop with tasks, sleep, gather, queue and locks.
//
// All tasks of a loop run on the thread that called Run, one at a time, and lose their turn only where they wait. So
// there are no races between two waits and no locks are needed; and whatever blocks the thread (a lock of package
// threading, gil.Native, a long loop) blocks them all.
//
//	Run ─► turn: select ─► timers that are due ─► each callback that is ready ─► Task.step ─► the task's code ─► await
//	         ▲                                                                                                    │
//	         └────────────────────────────────────────────────────────────────────────────────────────────────────┘
//
// A task is a coroutine (iter.Pull) of that thread: a switch takes a fraction of a microsecond and no scheduler. The
// order in which things happen is CPython's: its loop, futures and tasks are written down here as they are.
//
//	Python                              Go                                        what differs, and why
//	async def f(): …                    func f() { … }                            Go's functions have no colours: any function may wait
//	await f(1)                          f(1)                                      a call
//	asyncio.run(main())                 r, err := Run(main)                       a panic of main goes on in the caller; all versions have it
//	create_task(f(1), name="x")         CreateTask(f, 1), t.SetName("x")          f's results are the task's; a last one of type error, and a panic, its exception
//	await t                             r, err := t.Await()                       the exception is returned
//	await sleep(1)                      Sleep(time.Second)                        times are time.Durations
//	await gather(a, f(1))               rs, err := Gather(a, Coro(f, 1))          it waits at once
//	gather(…, return_exceptions=True)   Gather(…, ReturnExceptions)
//	await wait_for(f(), 1)              r, err := WaitFor(f, time.Second)         f is a task of its own, as it was to 3.11
//	async with timeout(1): …            err := Timeout(time.Second, func() {…})   in versions before 3.11 too
//	t.cancel()                          t.Cancel()                                CancelledError is a panic in t, where it waits, and an error for others
//	except CancelledError:              recover()
//	Queue(3) q.get() q.put(x)           NewQueue(3) q.Get() q.Put(x)              QueueShutDown is a panic there, as from package queue
//	Lock() Event() Semaphore(2)         NewLock() NewEvent() NewSemaphore(2)
//	async with lock: …                  lock.With(func() { … })
//	to_thread(f, 1)                     r, err := ToThread(f, 1)                  a thread for each call, not a pool; in versions before 3.9 too
//	current_task() all_tasks()          CurrentTask() AllTasks()
//	get_running_loop().create_future()  NewFuture()
//	get_running_loop().call_soon(f)     CallSoon(f) CallLater(d, f)
//	TaskGroup, streams, subprocesses …  —                                         not needed for the contrast
//
// If no task can ever go on, which CPython's loop waits for without end, Run panics with a Deadlock that says who
// waits for what. "Task exception was never retrieved" is printed when Run ends, not when the garbage is collected.
//
// Nothing here may be called by another thread than the loop's.
package asyncio
