package assist

// This file defines the examples at the beginning of the descriptions of Python's classes: three lines to run. The
// tests compile them.

import (
	"strings"

	"gilkernel/kernel/std"
)

// exampleOf returns an example of a name of Python's modules, "" if there is none. The functions that make values have
// those of their types.
func exampleOf(path, name string) string {
	module, ok := strings.CutPrefix(path, std.Own)
	if !ok {
		return ""
	}
	switch module + "." + strings.TrimPrefix(name, "New") {
	case "threading.Thread", "threading.Args", "threading.Daemon":
		return "t := threading.NewThread(func(n int) { fmt.Println(n) }, threading.Args(5))\nt.Start()\nt.Join()"
	case "threading.Lock":
		return "lock := threading.NewLock()\nlock.Acquire()\nlock.Release() // or both: lock.With(func() { … })"
	case "threading.RLock":
		return "lock := threading.NewRLock()\nlock.With(func() { lock.With(func() { fmt.Println(\"again\") }) })\n" +
			"fmt.Println(lock.Locked())"
	case "threading.Condition":
		return "ready, c := false, threading.NewCondition(nil)\nc.With(func() { ready = true; c.NotifyAll() })\n" +
			"c.With(func() { c.WaitFor(func() bool { return ready }) })"
	case "threading.Semaphore", "threading.BoundedSemaphore":
		return "seats := threading.New" + strings.TrimPrefix(name, "New") + "(3)\nseats.Acquire()\nseats.Release()"
	case "threading.Event":
		return "done := threading.NewEvent()\ndone.Set()\ndone.Wait(threading.Timeout(time.Second))"
	case "threading.Barrier":
		return "start := threading.NewBarrier(2)\nt := threading.NewThread(func() { start.Wait() })\n" +
			"t.Start(); start.Wait(); t.Join()"
	case "threading.Timer":
		return "t := threading.NewTimer(time.Second, func() { fmt.Println(\"time\") })\nt.Start()\nt.Join()"
	case "threading.Local":
		return "mine := threading.NewLocal()\nmine.Set(\"x\", 1)\nmine.Get(\"x\")"
	case "threading.Timeout":
		return "lock := threading.NewLock()\nlock.Acquire(threading.Timeout(500 * time.Millisecond))\nlock.Release()"
	case "threading.Blocking":
		return "lock := threading.NewLock()\nlock.Acquire(threading.Blocking(false))\nlock.Release()"
	case "threading.CurrentThread", "threading.MainThread", "threading.Enumerate":
		return "fmt.Println(threading.CurrentThread().Name())\nfmt.Println(threading.MainThread())\n" +
			"threading.Enumerate()"
	case "queue.Queue":
		return "q := queue.NewQueue()\nq.Put(5)\nq.Get().(int) // Get returns an any: say what was put in"
	case "queue.LifoQueue", "queue.PriorityQueue", "queue.SimpleQueue":
		return "q := queue.New" + strings.TrimPrefix(name, "New") + "()\nq.Put(5)\nq.Get().(int)"
	case "futures.ThreadPoolExecutor", "futures.Future":
		return "pool := futures.NewThreadPoolExecutor(4)\nf := pool.Submit(func(n int) int { return n * n }, 7)\n" +
			"f.Result()"
	case "asyncio.Task", "asyncio.CreateTask", "asyncio.Run":
		return "asyncio.Run(func() {\n" +
			"\ttask := asyncio.CreateTask(func() int { asyncio.Sleep(time.Millisecond); return 42 })\n" +
			"\tfmt.Println(task.Await())\n})"
	case "display.HTML":
		return "display.HTML(\"<b>bold</b>\")"
	case "display.Markdown":
		return "display.Markdown(\"*a* **b** $x^2$\")"
	}
	return ""
}
