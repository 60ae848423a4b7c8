//go:build unix

package multiprocessing_test

// This file tests deadlocks beside processes that have nothing to do with them and never stop, and waits that only look
// like deadlocks.

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/machine"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/process/processtest"
	"gilkernel/runtime/threading"
)

// doze sleeps in a loop, as long as its process lives.
func doze() {
	for {
		nap()
	}
}

// nap sleeps for a moment.
func nap() { threading.NewEvent().Wait(threading.Timeout(20 * time.Millisecond)) }

// compute uses a core, as long as its process lives.
func compute() {
	for {
		machine.Current().Check()
	}
}

// holding is doze in a process that was given something, which it never uses.
func holding(any) { doze() }

// A process that sleeps in a loop, or computes, hides no deadlock of others: both machines come to the same verdict.
func TestHiddenDeadlocks(t *testing.T) {
	for _, row := range []struct {
		name string
		fn   func()
		want []string // parts of the report
	}{
		{"join before get", func() {
			q := mp.NewQueue()
			p := mp.NewProcess(putMuch, mp.Args(q), mp.Name("putter"))
			p.Start()
			p.Join()
		}, []string{"MainThread waits for the end of putter", "QueueFeederThread of putter waits for Queue-1 (full)"}},
		{"a full pipe", func() {
			a, b := mp.Pipe()
			p := mp.NewProcess(sendMuch, mp.Args(b), mp.Name("sender"))
			p.Start()
			p.Join()
			a.Close()
		}, []string{"MainThread waits for the end of sender", "MainThread of sender waits for Pipe-1 (full)"}},
		{"a queue that nothing serves", func() { mp.NewQueue().Get() },
			[]string{"MainThread waits for Queue-1 (empty)"}},
		{"a queue whose only other user waits too", func() {
			q, answers := mp.NewQueue(), mp.NewQueue()
			mp.NewProcess(work, mp.Args(q, answers), mp.Name("worker")).Start()
			answers.Get()
		}, []string{"MainThread waits for Queue-2 (empty)", "MainThread of worker waits for Queue-1 (empty)"}},
		{"receive from each other", func() {
			a, b := mp.Pipe()
			mp.NewProcess(recv, mp.Args(b), mp.Name("peer")).Start()
			a.Recv()
		}, []string{"MainThread waits for Pipe-1 (empty)", "MainThread of peer waits for Pipe-1 (empty)"}},
		{"wait for one of two pipes", func() {
			a, b := mp.Pipe()
			c, d := mp.Pipe()
			mp.NewProcess(recv, mp.Args(b), mp.Name("peer")).Start()
			mp.Wait([]any{a, c})
			d.Close()
		}, []string{"MainThread waits for one of several pipes and processes",
			"MainThread of peer waits for Pipe-1 (empty)"}},
		{"two locks, two processes", func() {
			a, b, ready := mp.NewLock("a"), mp.NewLock("b"), mp.NewEvent()
			a.Acquire()
			mp.NewProcess(crossLocks, mp.Args(a, b, ready), mp.Name("rival")).Start()
			ready.Wait()
			b.Acquire()
		}, []string{"MainThread waits for Lock b", "MainThread of rival waits for Lock a"}},
		{"a lock whose holder was killed", func() {
			lock, ready := mp.NewLock(), mp.NewEvent()
			p := mp.NewProcess(holdForever, mp.Args(lock, ready), mp.Name("holder"))
			p.Start()
			ready.Wait()
			p.Kill()
			p.Join()
			lock.Acquire()
		}, []string{"MainThread waits for Lock-1, held by holder, which was ended by SIGKILL"}},
		{"a recursive lock whose holder was killed, and that another process has", func() {
			lock, ready := mp.NewRLock(), mp.NewEvent()
			mp.NewProcess(holding, mp.Args(lock), mp.Daemon(true)).Start()
			p := mp.NewProcess(holdRecursive, mp.Args(lock, ready), mp.Name("holder"))
			p.Start()
			ready.Wait()
			p.Kill()
			p.Join()
			lock.Acquire()
		}, []string{"MainThread waits for RLock-1, held by holder, which was ended by SIGKILL"}},
		{"children of a child", func() {
			p := mp.NewProcess(joinsPutter, mp.Name("between"))
			p.Start()
			p.Join()
		}, []string{"MainThread waits for the end of between", "MainThread of between waits for the end of putter",
			"QueueFeederThread of putter waits for Queue-1 (full)"}},
		{"the last process that could have sent closes its end", func() {
			a, b := mp.Pipe(mp.Duplex(false))
			c, d := mp.Pipe(mp.Duplex(false))
			mp.NewProcess(closesLater, mp.Args(b), mp.Daemon(true)).Start()
			mp.NewProcess(recvAndKeep, mp.Args(a, b, d), mp.Name("peer")).Start()
			b.Close()
			d.Close()
			c.Recv()
		}, []string{"MainThread waits for Pipe-2 (empty)", "MainThread of peer waits for Pipe-1 (empty)"}},
	} {
		for name, other := range map[string]func(){"sleeps": doze, "computes": compute} {
			for _, real := range []bool{false, true} {
				t.Run(row.name+", another "+name+map[bool]string{true: " real"}[real], func(t *testing.T) {
					err := beside(t, real, other, row.fn)
					var d *machine.Deadlock
					if !errors.As(err, &d) {
						t.Fatalf("%v", err)
					}
					if strings.Contains(d.Error(), "of other") {
						t.Errorf("a process that runs is in it: %s", d)
					}
					for _, part := range row.want {
						if !strings.Contains(d.Error(), part) {
							t.Errorf("%s\nhas no %q", d, part)
						}
					}
				})
			}
		}
	}
}

// A real process that is killed within Get keeps the lock inside of the queue. Though another process has the queue,
// none could release that. (A simulated one is unwound, and releases it.)
func TestKilledReader(t *testing.T) {
	got := ""
	err := beside(t, true, doze, func() {
		for tries := 0; tries < 100 && !strings.Contains(got, "held by reader"); tries++ {
			// until it is killed while it waits
			q, ready := mp.NewQueue(), mp.NewEvent()
			other := mp.NewProcess(holding, mp.Args(q), mp.Daemon(true))
			other.Start()
			p := mp.NewProcess(getAfter, mp.Args(q, ready), mp.Name("reader"))
			p.Start()
			ready.Wait()
			nap()
			p.Kill()
			p.Join()
			q.Put(1)
			got = raised(func() { q.Get() })
			other.Kill()
		}
	})
	if err != nil || !strings.Contains(got, ", held by reader, which was ended by SIGKILL") {
		t.Error(err, got)
	}
}

// A process that could still act hides a deadlock: no machine calls it one, and the program ends well.
func TestNoDeadlocks(t *testing.T) {
	for _, row := range []struct {
		name string
		fn   func()
	}{
		{"another process puts later", func() {
			q := mp.NewQueue()
			mp.NewProcess(putLater, mp.Args(q)).Start()
			q.Get()
		}},
		{"another process puts later, and a third waits too", func() {
			q := mp.NewQueue()
			p := mp.NewProcess(getOne, mp.Args(q))
			p.Start()
			mp.NewProcess(putLater, mp.Args(q)).Start()
			p.Join()
		}},
		{"another process gets later", func() {
			q := mp.NewQueue()
			p := mp.NewProcess(putMuch, mp.Args(q))
			p.Start()
			mp.NewProcess(getLater, mp.Args(q)).Start()
			p.Join()
		}},
		{"another process releases the lock of one that was killed", func() {
			lock, ready := mp.NewLock(), mp.NewEvent()
			p := mp.NewProcess(holdForever, mp.Args(lock, ready))
			p.Start()
			ready.Wait()
			mp.NewProcess(releaseLater, mp.Args(lock)).Start()
			p.Kill()
			p.Join()
			lock.Acquire()
		}},
		{"a process kills the holder and releases its lock while another waits", func() {
			lock, ready := mp.NewLock(), mp.NewEvent()
			p := mp.NewProcess(holdForever, mp.Args(lock, ready))
			p.Start()
			ready.Wait()
			waits := mp.NewProcess(acquire, mp.Args(lock))
			waits.Start()
			for range 10 {
				nap()
			}
			p.Kill()
			p.Join()
			for range 10 {
				nap()
			}
			lock.Release()
			waits.Join()
			if waits.ExitCode() != 0 {
				panic("the process that waited failed")
			}
		}},
		{"what would serve the pipe is on its way", func() {
			a, b := mp.Pipe()
			way := mp.NewQueue()
			way.Put(b)
			mp.NewProcess(servesLater, mp.Args(way)).Start()
			a.Recv()
		}},
		{"a thread of the process itself sleeps", func() {
			q := mp.NewQueue()
			p := mp.NewProcess(getOne, mp.Args(q))
			p.Start()
			threading.NewThread(func() { nap(); nap(); q.Put(1) }).Start()
			p.Join()
		}},
		{"another process waits with a timeout", func() {
			q, never := mp.NewQueue(), mp.NewQueue()
			mp.NewProcess(triesThenPuts, mp.Args(never, q)).Start()
			q.Get()
		}},
		{"a lock that a later process releases", func() {
			lock := mp.NewLock()
			lock.Acquire()
			threading.NewThread(func() { lock.Acquire() }).Start() // no other process exists yet
			mp.NewProcess(releaseLater, mp.Args(lock)).Start()
			nap()
			threading.NewThread(func() { nap() }).Start()
		}},
		{"a pipe whose writers end", func() {
			a, b := mp.Pipe(mp.Duplex(false))
			mp.NewProcess(holding2, mp.Args(b)).Start()
			b.Close()
			if got := raised(func() { a.Recv() }); !strings.HasPrefix(got, "EOFError") {
				panic(got)
			}
		}},
		{"many that come and go", func() {
			q := mp.NewQueue()
			for range 8 {
				mp.NewProcess(putLater, mp.Args(q)).Start()
			}
			for range 8 {
				q.Get()
			}
		}},
	} {
		for _, real := range []bool{false, true} {
			t.Run(row.name+map[bool]string{true: " real"}[real], func(t *testing.T) {
				if err := beside(t, real, doze, row.fn); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// beside runs fn in the first process, beside a process that never stops.
func beside(t *testing.T, real bool, other, fn func()) error {
	t.Parallel()
	w := processtest.NewWorld(t, real, "3.13", 1)
	var errs strings.Builder
	threading.SetHost(w.Interpreter, threading.Host{Stderr: &errs})
	return w.Run(func(*machine.Thread) {
		defer func() {
			for _, p := range mp.ActiveChildren() {
				p.Kill()
				p.Join()
			}
		}()
		mp.NewProcess(other, mp.Daemon(true), mp.Name("other")).Start()
		fn()
	})
}

func getOne(q *mp.Queue) { q.Get() }

func work(q, answers *mp.Queue) { answers.Put(q.Get()) }

func getAfter(q *mp.Queue, ready *mp.Event) {
	ready.Set()
	q.Get()
}

func holdRecursive(lock *mp.RLock, ready *mp.Event) {
	lock.Acquire()
	ready.Set()
	doze()
}

func joinsPutter() {
	q := mp.NewQueue()
	p := mp.NewProcess(putMuch, mp.Args(q), mp.Name("putter"))
	p.Start()
	p.Join()
}

func closesLater(c *mp.Connection) {
	for range 5 {
		nap()
	}
	c.Close()
	doze()
}

// recvAndKeep receives from a pipe of which it has both ends.
func recvAndKeep(a, b, answers *mp.Connection) {
	a.Recv()
	b.Close()
	answers.Close()
}

func later() {
	for range 5 {
		nap()
	}
}

func putLater(q *mp.Queue) {
	later()
	q.Put(1)
}

func getLater(q *mp.Queue) {
	later()
	q.Get()
}

func releaseLater(lock *mp.Lock) {
	later()
	lock.Release()
}

func acquire(lock *mp.Lock) { lock.Acquire() }

func servesLater(way *mp.Queue) {
	later()
	way.Get().(*mp.Connection).Send(1)
}

func triesThenPuts(never, q *mp.Queue) {
	_, _ = never.GetTimeout(100 * time.Millisecond)
	q.Put(1)
}

func holding2(*mp.Connection) { later() }
