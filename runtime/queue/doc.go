// Package queue is Python's module of that name: queues between threads.
//
// Queue, LifoQueue and PriorityQueue are one lock and three conditions, as in Lib/queue.py; SimpleQueue is what
// Modules/_queuemodule.c makes of it. They know no machine: what waits, waits as package threading does.
//
//	Python                              Go                                          what differs, and why
//	Queue(3) LifoQueue() SimpleQueue()  NewQueue(3) NewLifoQueue() NewSimpleQueue() .Named("jobs") is for pictures and reports
//	PriorityQueue()                     NewPriorityQueue()                          compares as Less does, in all versions as Python 3
//	q.put(x)                            q.Put(x)                                    panics with *ShutDown, as Python raises
//	x = q.get()                         x := q.Get()                                it is an any; panics with *ShutDown
//	q.put(x, block=False) (timeout=1)   q.Put(x, Block(false)) (Timeout(d))         panics with *Full
//	q.get(block=False) (timeout=1)      q.Get(Block(false)) (Timeout(d))            panics with *Empty
//	try: q.put_nowait(x)                err := q.PutNowait(x)                       errors.Is(err, ErrFull), (err, ErrShutDown)
//	try: q.put(x, timeout=1)            err := q.PutTimeout(x, time.Second)         times are time.Durations: 1 is a nanosecond
//	try: x = q.get_nowait()             x, err := q.GetNowait()                     errors.Is(err, ErrEmpty), (err, ErrShutDown)
//	try: x = q.get(timeout=1)           x, err := q.GetTimeout(time.Second)
//	q.qsize() q.empty() q.full()        q.Qsize() q.Empty() q.Full()
//	q.maxsize q.is_shutdown             q.Maxsize() q.IsShutdown()                  Go has no properties
//	q.task_done() q.join()              q.TaskDone() q.Join()
//	q.shutdown(immediate=True)          q.Shutdown(true)                            versions before 3.13 have it too, or lessons couldn't compare them
//	—                                   All()                                       for item := range q.All(): until the queue is shut down and empty
//	class MyQueue(Queue): …             —                                           Go has no inheritance
//
// What is wrong in a program panics with an exception in Python's words: "task_done() called too many times".
// Everything may be used by several threads at once, and by plain goroutines, which belong to no interpreter; nothing
// may be copied.
package queue
