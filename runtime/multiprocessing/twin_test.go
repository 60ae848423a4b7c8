//go:build unix

package multiprocessing_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/exceptions"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

const watchdog = 60 * time.Second

// Each Python runs this before a row: 3.14 has another default start method, and spawn can't find a row's definitions.
const prelude = `
import multiprocessing
multiprocessing.context._default_context._default_context = multiprocessing.get_context("fork")
`

// The package behaves as Lib/test/_test_multiprocessing.py checks, and as the Pythons of this computer do.
func TestTwin(t *testing.T) {
	twin.Suite{Prelude: prelude, Run: run}.Check(t,
		slices.Concat(processRows(), queueRows(), syncRows(), poolRows(), moreRows()))
}

// The functions that processes call.

func wait(e *mp.Event) { e.Wait() }

func leave(code int) { panic(&exceptions.SystemExit{Code: code}) }

func fail() {
	if f, err := os.Open(os.DevNull); err == nil {
		os.Stderr = f
	}
	panic(exceptions.Value("no"))
}

func hang() { threading.NewEvent().Wait(threading.Timeout(100 * time.Second)) }

func daemonStarts(q *mp.SimpleQueue) {
	q.Put(strings.TrimPrefix(raised(func() { mp.NewProcess(nil).Start() }), "AssertionError: "))
}

func outer(q *mp.SimpleQueue) {
	p := mp.NewProcess(inner, mp.Args(q))
	q.Put(mp.CurrentProcess().Name() + " " + p.Name())
	p.Start()
	p.Join()
}

func inner(q *mp.SimpleQueue) { q.Put(mp.CurrentProcess().Name()) }

func parent(q *mp.SimpleQueue) {
	p := mp.ParentProcess()
	q.Put(p.PID())
	q.Put(p.Name())
	q.Put(p.IsAlive())
}

func grow(q *mp.SimpleQueue, a *[]int) {
	*a = append(*a, 1)
	q.Put(fmt.Sprint(*a))
}

func putFive(q *mp.Queue) {
	for i := range 5 {
		q.Put(i)
	}
	q.Put(nil)
}

func tasks(q *mp.JoinableQueue) {
	for x := q.Get(); x != nil; x = q.Get() {
		q.TaskDone()
	}
	q.TaskDone()
}

func putTwo(q *mp.SimpleQueue) { q.Put("a"); q.Put("b") }

func tryLock(lock *mp.Lock, q *mp.SimpleQueue) {
	q.Put(lock.Acquire(mp.Block(false)))
	q.Put(lock.Acquire(mp.Timeout(10 * time.Millisecond)))
}

func releaseLock(lock *mp.Lock) { lock.Release() }

func tryRLock(lock *mp.RLock, q *mp.SimpleQueue) {
	q.Put(strings.TrimPrefix(raised(lock.Release), "AssertionError: "))
	q.Put(lock.Acquire(mp.Block(false)))
}

func sleeper(cond *mp.Condition, ready, woken *mp.Semaphore) {
	cond.With(func() {
		ready.Release()
		cond.Wait()
		woken.Release()
	})
}

func notifier(cond *mp.Condition, v *mp.Value) {
	for range 4 {
		cond.With(func() {
			v.SetValue(v.Int() + 1)
			cond.Notify()
		})
	}
}

func awaitEvent(e *mp.Event, q *mp.SimpleQueue) { q.Put(e.Wait(mp.Timeout(watchdog))) }

func arrive(b *mp.Barrier, q *mp.SimpleQueue) {
	n, _ := b.Wait()
	q.Put(n)
}

func arriveBroken(b *mp.Barrier, q *mp.SimpleQueue) {
	if _, err := b.Wait(); err != nil {
		q.Put("broken")
	}
}

func add(v, d *mp.Value) {
	for range 1000 {
		v.With(func() { v.SetValue(v.Int() + 1) })
	}
	d.SetValue(0.5)
}

func setArray(a *mp.Array) {
	a.Set(0, 10)
	a.SetSlice(2, 4, []int{20, 30})
}

func innerOf(w *mp.Connection) {
	threading.NewEvent().Wait(threading.Timeout(50 * time.Millisecond))
	w.Send("inner done")
}

func foreverOf(*mp.Connection) { threading.NewEvent().Wait(threading.Timeout(1000 * time.Second)) }

func outerOf(w *mp.Connection, daemon bool) {
	f := innerOf
	if daemon {
		f = foreverOf
	}
	mp.NewProcess(f, mp.Args(w), mp.Daemon(daemon)).Start()
}
