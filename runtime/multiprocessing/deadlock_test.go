//go:build unix

package multiprocessing_test

import (
	"errors"
	"strings"
	"testing"

	"gilkernel/runtime/machine"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/process/processtest"
)

// What CPython leaves to hang is a Deadlock, with what each of the processes waits for.
func TestDeadlocks(t *testing.T) {
	for _, row := range []struct {
		name string
		fn   func()
		want []string // parts of the report
	}{
		{"join before get", func() {
			q := mp.NewQueue()
			p := mp.NewProcess(putMuch, mp.Args(q))
			p.Start()
			p.Join()
		},
			[]string{"MainThread waits for the end of Process-1",
				"QueueFeederThread of Process-1 waits for Queue-1 (full)"}},
		{"join before get while another runs", func() {
			other := mp.NewProcess(hang, mp.Daemon(true)) // it has nothing to do with the queue
			other.Start()
			q := mp.NewQueue()
			p := mp.NewProcess(putMuch, mp.Args(q))
			p.Start()
			p.Join()
		},
			[]string{"MainThread waits for the end of Process-2",
				"QueueFeederThread of Process-2 waits for Queue-1 (full)"}},
		{"a full pipe", func() {
			a, b := mp.Pipe()
			p := mp.NewProcess(sendMuch, mp.Args(b))
			p.Start()
			p.Join()
			a.Close()
		}, []string{"MainThread waits for the end of Process-1", "MainThread of Process-1 waits for Pipe-1 (full)"}},
		{"a killed holder", func() {
			lock, ready := mp.NewLock(), mp.NewEvent()
			p := mp.NewProcess(holdForever, mp.Args(lock, ready))
			p.Start()
			ready.Wait()
			p.Kill()
			p.Join()
			lock.Acquire()
		}, []string{"MainThread waits for Lock-1, held by Process-1, which was ended by SIGKILL"}},
		{"a killed holder while others run", func() {
			lock, ready := mp.NewLock(), mp.NewEvent()
			other := mp.NewProcess(hang, mp.Daemon(true))
			other.Start()
			p := mp.NewProcess(holdForever, mp.Args(lock, ready))
			p.Start()
			ready.Wait()
			p.Kill()
			p.Join()
			defer other.Terminate()
			lock.Acquire(mp.Timeout(watchdog / 60)) // in vain: others may release it as long as they run
			other.Kill()
			other.Join()
			lock.Acquire()
		}, []string{"MainThread waits for Lock-1, held by Process-2, which was ended by SIGKILL"}},
		{"two locks, two processes", func() {
			a, b, ready := mp.NewLock("a"), mp.NewLock("b"), mp.NewEvent()
			a.Acquire()
			p := mp.NewProcess(crossLocks, mp.Args(a, b, ready))
			p.Start()
			ready.Wait()
			b.Acquire()
		}, []string{"MainThread waits for Lock b", "MainThread of Process-1 waits for Lock a"}},
		{"recv from each other", func() {
			a, b := mp.Pipe()
			p := mp.NewProcess(recv, mp.Args(b))
			p.Start()
			a.Recv()
		}, []string{"MainThread waits for Pipe-1 (empty)", "MainThread of Process-1 waits for Pipe-1 (empty)"}},
		{"an idle pool", func() {
			p := mp.NewPool(2)
			p.Map(square, 4)
			lock := mp.NewLock()
			lock.Acquire()
			lock.Acquire()
		}, []string{"MainThread waits for Lock-1"}},
		{"a task that waits for the process that waits for it", func() {
			lock, held := mp.NewLock(), mp.NewEvent()
			lock.Acquire()
			p := mp.NewPool(2, mp.Initializer(prepareLock, lock, held))
			p.Apply(holdLock)
		}, []string{"MainThread waits for the result of holdLock", "MainThread of ForkPoolWorker-",
			" waits for Lock-1"}},
		{"a lock twice", func() {
			lock := mp.NewLock()
			lock.Acquire()
			lock.Acquire()
		}, []string{"MainThread waits for Lock-1"}},
		{"a manager's queue", func() {
			mp.NewManager().Queue().Get()
		}, []string{"MainThread waits for answer of SyncManager-1 (empty)", "waits for Queue-1 (empty)"}},
		{"a manager's locks, two processes", func() {
			m := mp.NewManager()
			a, b, ready := m.Lock(), m.Lock(), m.Event()
			a.Acquire()
			p := mp.NewProcess(crossManaged, mp.Args(a, b, ready))
			p.Start()
			ready.Wait()
			b.Acquire()
		}, []string{"MainThread waits for answer of SyncManager-1 (empty)", "waits for Lock-1", "waits for Lock-2"}},
		{"beside an idle manager", func() {
			m := mp.NewManager()
			m.List(1).Append(2)
			q := mp.NewQueue()
			p := mp.NewProcess(putMuch, mp.Args(q))
			p.Start()
			p.Join()
		},
			[]string{"MainThread waits for the end of Process-2",
				"QueueFeederThread of Process-2 waits for Queue-1 (full)"}},
		{"a pipe whose other end a manager has", func() {
			m := mp.NewManager()
			a, b := mp.Pipe()
			m.List(b)
			b.Close()
			a.Recv()
		}, []string{"MainThread waits for Pipe-1 (empty)"}},
	} {
		for _, real := range []bool{false, true} {
			t.Run(row.name+map[bool]string{true: " real"}[real], func(t *testing.T) {
				t.Parallel()
				w := processtest.NewWorld(t, real, "3.13", 1)
				err := w.Run(func(*machine.Thread) {
					defer func() {
						for _, p := range mp.ActiveChildren() {
							p.Kill()
							p.Join()
						}
					}()
					row.fn()
				})
				var d *machine.Deadlock
				if !errors.As(err, &d) {
					t.Fatalf("%v", err)
				}
				if strings.Contains(d.Error(), "(door)") || strings.Contains(d.Error(), "watch") {
					t.Errorf("servers that wait for work are in it: %s", d)
				}
				// Nothing holds what fills an empty pipe or queue.
				if graph := d.Mermaid(); strings.Count(graph, "-->") != len(d.Waits) ||
					!strings.Contains(graph, "(empty)") && parts(graph) != 1 {
					t.Errorf("the graph doesn't show what each of the %d waits for, in one piece:\n%s", len(d.Waits),
						graph)
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

func putMuch(q *mp.Queue) { q.Put(make([]byte, 1<<20)) }

func sendMuch(c *mp.Connection) { c.SendBytes(make([]byte, 1<<20)) }

func holdForever(lock *mp.Lock, ready *mp.Event) {
	lock.Acquire()
	ready.Set()
	hang()
}

func crossLocks(a, b *mp.Lock, ready *mp.Event) {
	b.Acquire()
	ready.Set()
	a.Acquire()
}

func crossManaged(a, b *mp.AcquirerProxy, ready *mp.EventProxy) {
	b.Acquire()
	ready.Set()
	a.Acquire()
}

func recv(c *mp.Connection) { c.Recv() }

// parts returns into how many pieces a Mermaid flowchart falls.
func parts(graph string) int {
	piece := map[string]string{}
	for _, line := range strings.Split(graph, "\n")[1:] {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		from, to := words[0], words[len(words)-1]
		if !strings.Contains(line, "|") { // a node
			name, _, _ := strings.Cut(from, "[")
			name, _, _ = strings.Cut(name, "(")
			piece[name] = name
			continue
		}
		old := piece[to]
		for node, p := range piece {
			if p == old {
				piece[node] = piece[from]
			}
		}
	}
	all := map[string]bool{}
	for _, p := range piece {
		all[p] = true
	}
	return len(all)
}
