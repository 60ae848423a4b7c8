// Package futures is Python's concurrent.futures: calls that other threads make, and their results.
//
// The algorithms are CPython's (Lib/concurrent/futures); what depends on the version is: the default number of workers,
// whether an idle worker is used before another is started (from 3.8 on), whether workers are daemons (through 3.8),
// whether a second result is an error (from 3.8 on).
//
//	Python                                 Go                                                 what differs, and why
//	ThreadPoolExecutor()                   NewThreadPoolExecutor()
//	ThreadPoolExecutor(4, "io")            NewThreadPoolExecutor(4).ThreadNamePrefix("io")    Go has no keyword arguments
//	…(initializer=f, initargs=(1,))        ….Initializer(f, 1)
//	with ThreadPoolExecutor(4) as ex: …    NewThreadPoolExecutor(4).With(func(ex *ThreadPoolExecutor) { … })
//	ex.submit(f, 1)                        ex.Submit(f, 1)                                    arguments that don't fit are a TypeError of Submit, not of the Future
//	for r in ex.map(f, xs, ys): …          for r, err := range ex.Map(f, xs, ys) { … }        an exception is the last turn's err
//	list(ex.map(f, xs, timeout=1))         rs, err := List(ex.Map(f, xs, Timeout(time.Second)))
//	ex.shutdown(wait=False, …)             ex.Shutdown(NoWait, CancelFutures)                 cancel_futures in versions before 3.9 too
//	ProcessPoolExecutor(4)                 NewProcessPoolExecutor(4)                          functions, arguments and results are sent: see multiprocessing
//	…(max_tasks_per_child=9, mp_context=c) ….MaxTasksPerChild(9).MPContext(c)                 and Initializer(f, 1)
//	ex.map(f, xs, chunksize=3)             ex.Map(f, xs, Chunksize(3))
//	ex.terminate_workers() (3.14)          ex.TerminateWorkers()                              and KillWorkers, in any version
//	except BrokenProcessPool as e: …       errors.As(err, &brokenProcessPool)                 its Cause names the process, how it ended, and its call
//	f.result() f.result(timeout=1)         r, err := f.Result(), f.Result(Timeout(d))         the exception is returned; times are time.Durations
//	f.exception()                          err := f.Exception()                               a *CancelledError or *TimeoutError is returned too
//	f.done() f.running() f.cancelled()     f.Done() f.Running() f.Cancelled()
//	f.cancel() f.add_done_callback(g)      f.Cancel() f.AddDoneCallback(g)
//	f.set_result(1) f.set_exception(e)     f.SetResult(1) f.SetException(err)
//	f.set_running_or_notify_cancel()       f.SetRunningOrNotifyCancel()
//	done, not_done = wait(fs)              done, notDone := Wait(fs)                          slices in the order of fs, not sets
//	wait(fs, 1, FIRST_COMPLETED)           Wait(fs, Timeout(d), FIRST_COMPLETED)
//	for f in as_completed(fs, 1): …        for f, err := range AsCompleted(fs, Timeout(d))    the last turn's err says that the time is up
//
// What a function returns is its result; several results are a []any; a last one of type error is the exception, and so
// is a panic, as a *machine.Failure with its stack, of which errors.As finds the value.
//
// Misuse panics with Python's exception, in Python's words: "cannot schedule new futures after shutdown". Everything
// may be used by several threads at once. An executor that is never shut down keeps its threads, idle, until the
// program exits: Go has no finalizers that could do that in time.
package futures
