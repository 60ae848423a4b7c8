package queue_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/queue"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

// Nothing is lost and nothing arrives twice, whichever threads put and get, in whatever way.
func TestHammer(t *testing.T) {
	const putters, getters, each = 4, 3, 60
	for _, real := range []bool{false, true} {
		for _, version := range []string{"2.7", "3.11", "3.13", "3.14t"} {
			t.Run(fmt.Sprintf("real=%v/%s", real, version), func(t *testing.T) {
				if err := twin.NewWorld(t, real, version, 7).Run(func() {
					for _, q := range []anyQueue{queue.NewQueue(3), queue.NewLifoQueue(2), queue.NewPriorityQueue(),
						queue.NewSimpleQueue()} {
						hammer(t, q, putters, getters, each)
					}
				}); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

func hammer(t *testing.T, q anyQueue, putters, getters, each int) {
	var all []*threading.Thread
	lock := threading.NewLock()
	seen := map[int]int{}
	for p := range putters {
		all = append(all, threading.NewThread(func() {
			for i := range each {
				switch n := p*each + i; i % 3 {
				case 0:
					q.Put(n)
				case 1:
					for q.PutNowait(n) != nil {
						machine.Current().Sleep(0)
					}
				case 2:
					for q.PutTimeout(n, time.Microsecond) != nil {
					}
				}
			}
		}))
	}
	for range getters {
		all = append(all, threading.NewThread(func() {
			for i := 0; ; i++ {
				var v any
				err := error(nil)
				switch i % 3 {
				case 0:
					v = q.Get()
				case 1:
					v, err = q.GetNowait()
				case 2:
					v, err = q.GetTimeout(time.Microsecond)
				}
				if err != nil {
					machine.Current().Sleep(0)
					continue
				}
				if v == -1 {
					return
				}
				lock.With(func() { seen[v.(int)]++ })
			}
		}))
	}
	for _, th := range all {
		th.Start()
	}
	for _, th := range all[:putters] {
		th.Join()
	}
	for range getters {
		for lock.With(func() {}); !q.Empty(); { // a stop must not come before an item of a LifoQueue
			machine.Current().Sleep(0)
		}
		q.Put(-1)
		for !q.Empty() {
			machine.Current().Sleep(0)
		}
	}
	for _, th := range all {
		th.Join()
	}
	if len(seen) != putters*each {
		t.Errorf("%s: %d items, not %d", q.Name(), len(seen), putters*each)
	}
	for n, k := range seen {
		if k != 1 {
			t.Errorf("%s: %d came %d times", q.Name(), n, k)
		}
	}
}

// Random programs end or report a deadlock; the same seed gives the same trace.
func TestSeeds(t *testing.T) {
	seeds := uint64(1000)
	if testing.Short() {
		seeds = 50
	}
	deadlocks := 0
	for seed := range seeds {
		trace, err := random(t, seed)
		var d *machine.Deadlock
		switch {
		case errors.As(err, &d):
			deadlocks++
			if text := d.Error(); !strings.Contains(text, "Queue") && !strings.Contains(text, "Thread-") {
				t.Errorf("seed %d: %v", seed, err)
			}
		case err != nil:
			t.Fatalf("seed %d: %v", seed, err)
		}
		if seed%10 != 0 {
			continue
		}
		if again, _ := random(t, seed); again != trace {
			t.Fatalf("seed %d: another trace", seed)
		}
	}
	t.Logf("%d of %d programs are deadlocks", deadlocks, seeds)
	if deadlocks == 0 || deadlocks == int(seeds) {
		t.Errorf("%d of %d programs are deadlocks", deadlocks, seeds)
	}
}

// random runs a program that its seed has made, and returns what happened.
func random(t *testing.T, seed uint64) (string, error) {
	r := rand.New(rand.NewPCG(seed, 1))
	versions := []string{"2.7", "3.8", "3.11", "3.13", "3.14t"}
	w := twin.NewWorld(t, false, versions[r.IntN(len(versions))], seed)
	err := w.Run(func() {
		qs := []anyQueue{queue.NewQueue(1 + r.IntN(2)), queue.NewPriorityQueue(r.IntN(3)), queue.NewLifoQueue(1),
			queue.NewSimpleQueue()}
		var all []*threading.Thread
		for range 1 + r.IntN(4) {
			var ops []func()
			for range 1 + r.IntN(8) {
				q, n := qs[r.IntN(len(qs))], r.IntN(100)
				full, _ := q.(interface {
					TaskDone()
					Join()
					Shutdown(...bool)
				})
				switch k := r.IntN(22); {
				case k < 8:
					ops = append(ops, func() { q.Put(n) })
				case k < 14:
					ops = append(ops, func() { q.Get() })
				case k < 16:
					ops = append(ops, func() { _ = q.PutTimeout(n, time.Duration(n)*time.Microsecond) })
				case k < 18:
					ops = append(ops, func() { _, _ = q.GetTimeout(time.Duration(n) * time.Microsecond) })
				case k < 19:
					ops = append(ops, func() { _, _ = q.GetNowait() })
				case k < 20:
					ops = append(ops, func() { machine.Current().CheckN(1000 * n) })
				case k == 20 && full != nil:
					ops = append(ops, full.TaskDone)
				case k == 21 && full != nil:
					ops = append(ops, func() { full.Shutdown(n%2 == 0) })
				}
			}
			all = append(all, threading.NewThread(func() {
				defer func() { // what is wrong in the program ends it quietly
					switch v := recover().(type) {
					case nil, interface{ Exception() string }:
					default:
						panic(v)
					}
				}()
				for _, op := range ops {
					op()
				}
			}))
		}
		for _, th := range all {
			th.Start()
		}
		for _, th := range all {
			th.Join()
		}
	})
	trace := fmt.Sprint(w.Recorder.Snapshot().Events, err)
	w.Machine.Stop(nil)
	w.Machine.Drain(-1)
	return trace, err
}

func benchmark(b *testing.B, real bool, q func() anyQueue) {
	b.ReportAllocs()
	if err := twin.NewWorld(b, real, "3.13", 1).Run(func() {
		there, back := q(), q()
		th := threading.NewThread(func() {
			for v := there.Get(); v != nil; v = there.Get() {
				back.Put(v)
			}
		})
		th.Start()
		for b.Loop() {
			there.Put(1)
			back.Get()
		}
		there.Put(nil)
		th.Join()
	}); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkHandOff is an item's way to another thread and back.
func BenchmarkHandOff(b *testing.B) {
	for _, real := range []bool{false, true} {
		b.Run(fmt.Sprintf("Queue/real=%v", real), func(b *testing.B) {
			benchmark(b, real, func() anyQueue { return queue.NewQueue() })
		})
		b.Run(fmt.Sprintf("SimpleQueue/real=%v", real), func(b *testing.B) {
			benchmark(b, real, func() anyQueue { return queue.NewSimpleQueue() })
		})
	}
}

// BenchmarkPutGet is Put and Get of one thread.
func BenchmarkPutGet(b *testing.B) {
	for _, q := range []anyQueue{queue.NewQueue(), queue.NewPriorityQueue(), queue.NewSimpleQueue()} {
		b.Run(strings.TrimPrefix(fmt.Sprintf("%T", q), "*queue."), func(b *testing.B) {
			b.ReportAllocs()
			_ = twin.NewWorld(b, true, "3.13", 1).Run(func() {
				for b.Loop() {
					q.Put(1)
					q.Get()
				}
			})
		})
	}
}

// An item that was meant for a thread that ends before it has it goes to the next that waits.
func TestKilledGetter(t *testing.T) {
	type killed struct{ error }
	for _, version := range []string{"2.7", "3.8", "3.13", "3.14t"} {
		for _, n := range []int{0, 1, 2, 3} {
			w := twin.NewWorld(t, false, version, 1)
			if err := w.Run(func() {
				threading.SetExceptHook(func(threading.ExceptHookArgs) {})
				q := []anyQueue{queue.NewQueue(), queue.NewLifoQueue(), queue.NewPriorityQueue(),
					queue.NewSimpleQueue()}[n]
				var threads []*machine.Thread
				var all []*threading.Thread
				got := 0
				for range 3 {
					th := threading.NewThread(func() {
						threads = append(threads, machine.Current())
						if q.Get() == 7 {
							got++
						}
					})
					th.Start()
					all = append(all, th)
					w.Main.Sleep(time.Millisecond) // it waits now
				}
				q.Put(7)
				threads[0].Kill(killed{errors.New("end")})
				all[0].Join()
				if got == 0 {
					all[1].Join()
				}
				if got != 1 || !q.Empty() {
					t.Errorf("%s, %s: %d got it, %d are left", version, q.Name(), got, q.Qsize())
				}
				q.Put(8)
				q.Put(9)
				for _, th := range all {
					th.Join()
				}
			}); err != nil {
				t.Errorf("%s, %d: %v", version, n, err)
			}
		}
	}
}
