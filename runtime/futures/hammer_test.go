package futures_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"gilkernel/runtime/futures"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

// Several threads submit to, wait for and cancel what several threads do: each call is made once, or cancelled.
func TestHammer(t *testing.T) {
	for _, real := range []bool{false, true} {
		for _, version := range []string{"3.7", "3.11", "3.13", "3.14t"} {
			t.Run(fmt.Sprintf("real=%v/%s", real, version), func(t *testing.T) {
				if err := twin.NewWorld(t, real, version, 3).Run(func() { hammer(t) }); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

func hammer(t *testing.T) {
	const users, each = 4, 30
	lock := threading.NewLock()
	calls, sum, cancelled, callbacks := 0, 0, 0, 0
	futures.NewThreadPoolExecutor(3).With(func(ex *pool) {
		var all []*threading.Thread
		for range users {
			all = append(all, threading.NewThread(func() {
				var fs []*futures.Future
				for i := range each {
					f := ex.Submit(func(n int) (int, error) {
						lock.With(func() { calls++ })
						if n%5 == 0 {
							return 0, errors.New("five")
						}
						return 1, nil
					}, i)
					f.AddDoneCallback(func(*futures.Future) { lock.With(func() { callbacks++ }) })
					if i%7 == 0 && f.Cancel() {
						lock.With(func() { cancelled++ })
					}
					fs = append(fs, f)
				}
				futures.Wait(fs[:3], futures.FIRST_COMPLETED)
				futures.Wait(fs[3:6], futures.FIRST_EXCEPTION)
				futures.Wait(fs[6:], futures.Timeout(time.Microsecond))
				n := 0
				for f, err := range futures.AsCompleted(fs) {
					if n++; err != nil || !f.Done() {
						t.Error(f, err)
					}
					if _, err := f.Result(futures.Timeout(0)); err == nil {
						lock.With(func() { sum++ })
					}
				}
				done, not := futures.Wait(fs)
				if n != each || len(done) != each || len(not) != 0 {
					t.Error(n, len(done), len(not))
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
	if calls+cancelled != users*each || callbacks != users*each || sum == 0 || sum > calls {
		t.Error(calls, cancelled, callbacks, sum)
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
		case err != nil:
			t.Fatalf("seed %d: %v", seed, err)
		}
		if seed%10 == 0 {
			if again, _ := random(t, seed); again != trace {
				t.Fatalf("seed %d: another trace", seed)
			}
		}
	}
	t.Logf("%d of %d programs are deadlocks", deadlocks, seeds)
	if deadlocks == 0 || deadlocks == int(seeds) {
		t.Errorf("%d of %d programs are deadlocks", deadlocks, seeds)
	}
}

// random runs a program that its seed has made, whose calls submit and wait for others, and returns what happened.
func random(t *testing.T, seed uint64) (string, error) {
	r := rand.New(rand.NewPCG(seed, 1))
	versions := []string{"3.7", "3.11", "3.13", "3.14t"}
	w := twin.NewWorld(t, false, versions[r.IntN(len(versions))], seed)
	err := w.Run(func() {
		ex := futures.NewThreadPoolExecutor(1 + r.IntN(3))
		var fs []*futures.Future
		var call func(depth int) func() int
		call = func(depth int) func() int {
			n, kind := r.IntN(5000), r.IntN(6)
			var inner func() int
			if depth > 0 && kind < 3 {
				inner = call(depth - 1)
			}
			return func() int {
				machine.Current().CheckN(n)
				switch {
				case inner != nil && kind == 0:
					_, _ = ex.Submit(inner).Result() // the classic deadlock of a full pool
				case inner != nil && kind == 1:
					_, _ = ex.Submit(inner).Result(futures.Timeout(time.Millisecond))
				case inner != nil:
					ex.Submit(inner)
				case kind == 4:
					panic("failed")
				}
				return n
			}
		}
		for range 1 + r.IntN(6) {
			fs = append(fs, ex.Submit(call(2)))
		}
		switch r.IntN(5) {
		case 0:
			futures.Wait(fs, futures.FIRST_EXCEPTION)
		case 1:
			for range futures.AsCompleted(fs, futures.Timeout(time.Millisecond)) {
			}
		case 2:
			fs[len(fs)-1].Cancel()
		case 3:
			_, _ = futures.List(ex.Map(func(n int) int { machine.Current().CheckN(n); return n }, 3))
		}
		for _, f := range fs {
			_, _ = f.Result()
		}
		ex.Shutdown()
	})
	trace := fmt.Sprint(w.Recorder.Snapshot().Events, err)
	w.Machine.Stop(nil)
	w.Machine.Drain(-1)
	return trace, err
}

// BenchmarkSubmit is a call's way to a thread of the pool and its result's way back.
func BenchmarkSubmit(b *testing.B) {
	for _, real := range []bool{false, true} {
		b.Run(fmt.Sprintf("real=%v", real), func(b *testing.B) {
			b.ReportAllocs()
			if err := twin.NewWorld(b, real, "3.13", 1).Run(func() {
				futures.NewThreadPoolExecutor(1).With(func(ex *pool) {
					for b.Loop() {
						_, _ = ex.Submit(square, 3).Result()
					}
				})
			}); err != nil {
				b.Fatal(err)
			}
		})
	}
}

func ExampleThreadPoolExecutor() {
	m, _ := machine.Simulate(nil)
	in, _ := gil.New(m, nil)
	_ = threading.Main(in).Run(func(*machine.Thread) {
		futures.NewThreadPoolExecutor(4).With(func(ex *futures.ThreadPoolExecutor) {
			for r, err := range ex.Map(func(x int) int { return x * x }, []int{1, 2, 3}) {
				fmt.Println(r, err)
			}
		})
	})
	// Output:
	// 1 <nil>
	// 4 <nil>
	// 9 <nil>
}
