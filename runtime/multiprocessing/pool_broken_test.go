//go:build unix

package multiprocessing_test

import (
	"errors"
	"strings"
	"testing"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/process/processtest"
	"gilkernel/runtime/threading"
)

// When a pool loses a worker, its tasks fail at once with an error that says what the worker did; results that have
// arrived are returned.
func TestBrokenPools(t *testing.T) {
	for _, row := range []struct {
		name string
		fn   func() error
		want []string // parts of the error
		end  int
		task string
		item int
	}{
		{"killed in a task", func() error {
			started := mp.NewEvent()
			p := mp.NewPool(1, mp.Initializer(prepare, started))
			done := p.ApplyAsync(square, 3)
			done.Get()
			r := p.MapAsync(startedAt2, 6, mp.Chunksize(3))
			started.Wait()
			return killed(p, r, done)
		},
			[]string{"is broken: ForkPoolWorker-",
				"was ended by SIGKILL while it ran startedAt2 for item 2. Make another pool."}, -9, "startedAt2", 2},
		{"killed idle", func() error {
			p := mp.NewPool(1)
			p.Apply(square, 1)
			return killed(p, nil, nil)
		}, []string{"was ended by SIGKILL between two tasks"}, -9, "", 0},
		{"sys.exit", func() error {
			p := mp.NewPool(2)
			err := exceptions.Try(func() { p.Apply(leave, 3) })
			p.Join()
			return err
		}, []string{"ended with exit code 3 while it ran leave."}, 3, "leave", 0},
		{"an initializer that fails", func() error {
			p := mp.NewPool(2, mp.Initializer(fail))
			err := exceptions.Try(func() { p.Map(square, 4) })
			p.Join()
			return err
		}, []string{"ended with exit code 1 because its initializer has failed"}, 1, "", 0},
		{"killed while it holds a lock", func() error {
			lock, held := mp.NewLock(), mp.NewEvent()
			p := mp.NewPool(1, mp.Initializer(prepareLock, lock, held))
			r := p.ApplyAsync(holdLock)
			held.Wait()
			return killed(p, r, nil)
		}, []string{"while it ran holdLock."}, -9, "holdLock", 0},
	} {
		for _, real := range []bool{false, true} {
			t.Run(row.name+map[bool]string{true: " real"}[real], func(t *testing.T) {
				t.Parallel()
				w := processtest.NewWorld(t, real, "3.13", 1)
				threading.SetHost(w.Interpreter, threading.Host{Stderr: &strings.Builder{}})
				err := w.Run(func(*machine.Thread) {
					other := mp.NewPool(1)
					err := row.fn()
					var broken *mp.BrokenPool
					if !errors.As(err, &broken) {
						t.Errorf("%v", err)
						return
					}
					for _, part := range row.want {
						if !strings.Contains(err.Error(), part) {
							t.Errorf("%s\nhas no %q", err, part)
						}
					}
					if broken.ExitCode != row.end || broken.Task != row.task || broken.Item != row.item ||
						broken.PID == 0 || broken.OutOfMemory {
						t.Errorf("%+v", broken)
					}
					if got := other.Apply(square, 4); got != 16 {
						t.Errorf("another pool returns %v", got)
					}
					other.Terminate()
					if left := mp.ActiveChildren(); len(left) > 0 {
						t.Errorf("%v are left", left)
					}
				})
				if err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

// killed kills all workers, or only the first if r is nil, and returns the error of later tasks. done, if it isn't nil,
// must still return 9.
func killed(p *mp.Pool, r, done *mp.AsyncResult) error {
	victim := p.Processes()[0]
	if r != nil {
		for _, v := range p.Processes() {
			v.Kill()
		}
	} else {
		victim.Kill()
	}
	victim.Join()
	var err error
	if r != nil {
		err = exceptions.Try(func() { r.Get() })
	}
	p.Close()
	p.Join()
	later := exceptions.Try(func() { p.Apply(square, 1) })
	if err == nil || later == nil || err.Error() != later.Error() {
		err = later
	}
	if done != nil && done.Get() != 9 {
		return errors.New("a result that had arrived is lost")
	}
	return err
}

func startedAt2(x int) int {
	if x == 2 {
		g, _ := gates.Load(mp.CurrentProcess())
		g.(*mp.Event).Set()
		hang()
	}
	if x > 2 {
		hang()
	}
	return x
}

type lockAndEvent struct {
	lock *mp.Lock
	held *mp.Event
}

func prepareLock(l *mp.Lock, held *mp.Event) {
	gates.Store(mp.CurrentProcess(), lockAndEvent{l, held})
}

func holdLock() {
	g, _ := gates.Load(mp.CurrentProcess())
	o := g.(lockAndEvent)
	o.lock.Acquire()
	o.held.Set()
	hang()
}

// NewPool refuses a pool that can't fit before it starts any process.
func TestPoolTooLarge(t *testing.T) {
	for _, real := range []bool{false, true} {
		got := run(t, real, "3.13", func(log func(...any)) {
			log(exceptions.Try(func() { mp.NewPool(100_000) }))
			log(len(mp.ActiveChildren()))
			p := mp.NewPool(1)
			log(exceptions.Try(func() { p.Map(nil, 3) }))
		})
		want := "Pool-1: a pool of 100000 processes doesn't fit: 511 more can run at once. Ask for fewer, such as " +
			"CPUCount().\n0\n'NoneType' object is not callable\n"
		if got != want {
			t.Errorf("real=%v: got %q, want %q", real, got, want)
		}
	}
}
