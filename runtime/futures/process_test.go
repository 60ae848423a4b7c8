//go:build unix

package futures_test

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gilkernel/runtime/exceptions"
	. "gilkernel/runtime/futures"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/process"
	"gilkernel/runtime/process/processtest"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

func TestMain(m *testing.M) { processtest.Main(m, mp.Bootstrap) }

// runProcesses runs fn as the main process's MainThread, with the end of a program, and returns what it logged.
func runProcesses(t *testing.T, real bool, version string, fn func(log func(...any))) string {
	t.Helper()
	var b strings.Builder
	w := processtest.NewWorld(t, real, version, 1)
	threading.SetHost(w.Interpreter, threading.Host{Stderr: &strings.Builder{}})
	if err := w.Run(func(*machine.Thread) { fn(func(a ...any) { fmt.Fprintln(&b, a...) }) }); err != nil {
		fmt.Fprintln(&b, "ended by", err)
	}
	if err := threading.Shutdown(w.Interpreter); err != nil {
		fmt.Fprintln(&b, "its end:", err)
	}
	return b.String()
}

// Behaviours of Lib/test/test_concurrent_futures: process pools.
func TestTwinProcesses(t *testing.T) {
	prelude := "import multiprocessing\n" +
		"multiprocessing.context._default_context._default_context = multiprocessing.get_context('fork')\n"
	twin.Suite{Prelude: prelude, Run: runProcesses}.Check(t, []twin.Row{
		{Name: "a process pool", Python: `
import concurrent.futures as cf, os
def pid(): return os.getpid()
def inverse(x): return 12 // x
with cf.ProcessPoolExecutor(2) as ex:
    print(ex.submit(pid).result() != os.getpid(), list(ex.map(inverse, range(1, 7), chunksize=2)))
    try: ex.submit(inverse, 0).result()
    except ZeroDivisionError as e: print(e, type(e.__cause__).__name__)
for kw in ({"max_workers": 0}, {"max_workers": -1}):
    try: cf.ProcessPoolExecutor(**kw)
    except ValueError as e: print(e)`,
			Want: `
True [12, 6, 4, 3, 2, 2]
integer division or modulo by zero _RemoteTraceback
max_workers must be greater than 0
max_workers must be greater than 0`, Go: func(log func(...any)) {
				NewProcessPoolExecutor(2).With(func(ex *ProcessPoolExecutor) {
					pid, _ := ex.Submit(ownPID).Result()
					log(title(pid != mp.CurrentProcess().PID()),
						numbers(List(ex.Map(divide, []int{1, 2, 3, 4, 5, 6}, Chunksize(2)))))
					_, err := ex.Submit(divide, 0).Result()
					if errors.As(err, new(*mp.RemoteTraceback)) && exceptions.Is(err, "ZeroDivisionError") {
						log(err, "_RemoteTraceback")
					}
				})
				log(exceptions.Try(func() { NewProcessPoolExecutor(0) }))
				log(exceptions.Try(func() { NewProcessPoolExecutor(-1) }))
			}},
		{Name: "a process pool that is killed", Python: `
import concurrent.futures as cf, os
from concurrent.futures.process import BrokenProcessPool
ex = cf.ProcessPoolExecutor(1)
try: ex.submit(os._exit, 1).result()
except BrokenProcessPool as e: print("BrokenProcessPool", "terminated abruptly" in str(e))
try: ex.submit(abs, 1)
except BrokenProcessPool as e: print("BrokenProcessPool")
ex.shutdown()`,
			Want: "BrokenProcessPool True\nBrokenProcessPool", Go: func(log func(...any)) {
				ex := NewProcessPoolExecutor(1)
				_, err := ex.Submit(killSelf).Result()
				var broken *BrokenProcessPool
				if errors.As(err, &broken) && errors.Is(err, &BrokenExecutor{}) && broken.Cause.Task == "killSelf" {
					log(broken.Exception(), title(strings.Contains(err.Error(), "terminated abruptly")))
				}
				err = exceptions.Try(func() { ex.Submit(same, 1) })
				if errors.As(err, &broken) {
					log(broken.Exception())
				}
				ex.Shutdown()
			}},
		{Name: "a call that can't be sent", Since: 7, Python: `
import concurrent.futures as cf
with cf.ProcessPoolExecutor(1) as ex:
    try: ex.submit(lambda: 0).result()
    except Exception as e: print("refused")
    print(ex.submit(abs, -1).result())`,
			Want: "refused\n1", Go: func(log func(...any)) {
				NewProcessPoolExecutor(1).With(func(ex *ProcessPoolExecutor) {
					if _, err := ex.Submit(func() any { return ex }).Result(); err != nil {
						log("refused")
					}
					r, err := ex.Submit(same, 1).Result()
					if err == nil {
						log(r)
					}
				})
			}},
		{Name: "a process pool's initializer", Since: 7, Python: `
import concurrent.futures as cf, logging
from concurrent.futures.process import BrokenProcessPool
logging.disable(logging.CRITICAL)
def init(x): global given; given = x
def look(): return given
with cf.ProcessPoolExecutor(1, initializer=init, initargs=(5,)) as ex: print(ex.submit(look).result())
ex = cf.ProcessPoolExecutor(1, initializer=int, initargs=("x",))
try: ex.submit(abs, 1).result()
except BrokenProcessPool: print("BrokenProcessPool")
ex.shutdown()`,
			Want: "5\nBrokenProcessPool", Go: func(log func(...any)) {
				NewProcessPoolExecutor(1).Initializer(initWorker, 5).With(func(ex *ProcessPoolExecutor) {
					r, _ := ex.Submit(lookWorker).Result()
					log(r)
				})
				ex := NewProcessPoolExecutor(1).Initializer(failWorker, "x")
				_, err := ex.Submit(same, 1).Result()
				if errors.As(err, new(*BrokenProcessPool)) {
					log("BrokenProcessPool")
				}
				ex.Shutdown()
			}},
		{Name: "a process pool's shutdown", Python: `
import concurrent.futures as cf
ex = cf.ProcessPoolExecutor(1); f = ex.submit(abs, -3); ex.shutdown(); print(f.result())
try: ex.submit(abs, 1)
except RuntimeError as e: print(e)`,
			Want: "3\ncannot schedule new futures after shutdown", Go: func(log func(...any)) {
				ex := NewProcessPoolExecutor(1)
				f := ex.Submit(same, 3)
				ex.Shutdown()
				r, _ := f.Result()
				log(r)
				log(exceptions.Try(func() { ex.Submit(same, 1) }))
			}},
		{Name: "a process pool's chunks", Python: `
import concurrent.futures as cf
with cf.ProcessPoolExecutor(1) as ex:
    for n in (0, -1):
        try: list(ex.map(abs, [1], chunksize=n))
        except ValueError as e: print(e)
    print(list(ex.map(abs, [-1, -2], chunksize=10)))`,
			Want: "chunksize must be >= 1.\nchunksize must be >= 1.\n[1, 2]", Go: func(log func(...any)) {
				NewProcessPoolExecutor(1).With(func(ex *ProcessPoolExecutor) {
					for _, n := range []int{0, -1} {
						log(exceptions.Try(func() { ex.Map(same, []int{1}, Chunksize(n)) }))
					}
					log(numbers(List(ex.Map(same, []int{1, 2}, Chunksize(10)))))
				})
			}},
		{Name: "a process pool's names and cancel_futures", Since: 9, Until: 13, Python: `
import concurrent.futures as cf, multiprocessing as mp, time
def name(): return mp.current_process().name.rstrip("0123456789")
gate = mp.Event()
def init(g): global gate; gate = g
def wait(): return gate.wait(60)
ex = cf.ProcessPoolExecutor(1, initializer=init, initargs=(gate,)); print(ex.submit(name).result())
fs = [ex.submit(wait) for _ in range(9)]
while not fs[0].running(): time.sleep(0.01)
ex.shutdown(wait=False, cancel_futures=True); gate.set(); print(fs[0].result(), fs[8].cancelled())`,
			Want: "ForkProcess-\nTrue True", Go: func(log func(...any)) {
				gate := mp.NewEvent()
				ex := NewProcessPoolExecutor(1).Initializer(initWorker, gate)
				name, _ := ex.Submit(nameOfWorker).Result()
				log(strings.TrimRight(name.(string), "0123456789"))
				var fs []*Future
				for range 9 {
					fs = append(fs, ex.Submit(waitInWorker))
				}
				for !fs[0].Running() {
					_, _ = fs[0].Result(Timeout(time.Millisecond))
				}
				ex.Shutdown(NoWait, CancelFutures)
				gate.Set()
				r, _ := fs[0].Result()
				log(title(r.(bool)), title(fs[8].Cancelled()))
			}},
		{Name: "tasks per child of a process pool", Since: 11, Python: `
import concurrent.futures as cf, os, multiprocessing as mp, __main__
__main__.__file__ = None
with cf.ProcessPoolExecutor(1, mp_context=mp.get_context("spawn"), max_tasks_per_child=2) as ex:
    pids = [ex.submit(os.getpid).result() for _ in range(4)]
print(len(set(pids)), pids[0] == pids[1])
try: cf.ProcessPoolExecutor(1, max_tasks_per_child=0)
except ValueError as e: print(e)`,
			Want: "2 True\nmax_tasks_per_child must be >= 1", Go: func(log func(...any)) {
				var pids []any
				NewProcessPoolExecutor(1).MPContext(mp.GetContext("spawn")).MaxTasksPerChild(2).
					With(func(ex *ProcessPoolExecutor) {
						for range 4 {
							p, _ := ex.Submit(ownPID).Result()
							pids = append(pids, p)
						}
					})
				set := map[any]bool{}
				for _, p := range pids {
					set[p] = true
				}
				log(len(set), title(pids[0] == pids[1]))
				log(exceptions.Try(func() { NewProcessPoolExecutor(1).MaxTasksPerChild(0) }))
			}},
	})
}

// KillWorkers ends what runs, and leaves nothing.
func TestKillWorkers(t *testing.T) {
	for _, real := range []bool{false, true} {
		for i, end := range []func(*ProcessPoolExecutor){(*ProcessPoolExecutor).KillWorkers,
			(*ProcessPoolExecutor).TerminateWorkers} {
			got := runProcesses(t, real, "3.14", func(log func(...any)) {
				ex := NewProcessPoolExecutor(2)
				f := ex.Submit(hangWorker)
				_, err := f.Result(Timeout(1))
				log(err != nil, len(ex.Processes()))
				end(ex)
				_, err = f.Result()
				log(errors.As(err, new(*BrokenProcessPool)), len(mp.ActiveChildren()))
			})
			if got != "true 1\ntrue 0\n" {
				t.Errorf("real=%v %d: %s", real, i, got)
			}
		}
	}
}

func title(b bool) string {
	s := strconv.FormatBool(b)
	return strings.ToUpper(s[:1]) + s[1:]
}

func numbers(list []any, err error) string {
	if err != nil {
		return err.Error()
	}
	return strings.ReplaceAll(fmt.Sprint(list), " ", ", ")
}

// What processes call.

func ownPID() any { return mp.CurrentProcess().PID() }

func divide(x int) int { return 12 / x }

func same(x int) int { return x }

// killSelf is os._exit(1).
func killSelf() {
	t := machine.Current()
	if s, err := process.Of(gil.Of(t)); err == nil {
		s.Leave(t, 1)
	}
	os.Exit(1)
}

var given sync.Map // by worker: on a simulated machine they share it

func initWorker(x any) { given.Store(mp.CurrentProcess(), x) }

func lookWorker() any {
	x, _ := given.Load(mp.CurrentProcess())
	return x
}

func nameOfWorker() string { return mp.CurrentProcess().Name() }

func waitInWorker() bool { return lookWorker().(*mp.Event).Wait() }

func hangWorker() { threading.NewEvent().Wait(threading.Timeout(100 * time.Second)) }

func failWorker(x string) error {
	_, err := strconv.Atoi(x)
	return err
}
