//go:build unix

package futures_test

import (
	"fmt"
	"testing"

	"gilkernel/runtime/exceptions"
	. "gilkernel/runtime/futures"
	mp "gilkernel/runtime/multiprocessing"
)

func nested(n int) string {
	ex := NewProcessPoolExecutor(1)
	defer ex.Shutdown()
	v, err := ex.Submit(square, n).Result()
	return fmt.Sprint(v, err)
}

// inDaemon submits to a pool that can't start its process, and forgets the pool.
func inDaemon(q *mp.SimpleQueue) {
	q.Put(fmt.Sprint(exceptions.Try(func() { NewProcessPoolExecutor(1).Submit(square, 3) })))
}

// The processes of an executor aren't daemons: they may have executors. A pool whose process can't be started ends with
// its program.
func TestNestedProcessPools(t *testing.T) {
	for _, real := range []bool{false, true} {
		got := runProcesses(t, real, "3.13", func(log func(...any)) {
			log(NewProcessPoolExecutor(1).Submit(nested, 3).Result())
			q := mp.NewSimpleQueue()
			p := mp.NewProcess(inDaemon, mp.Args(q), mp.Daemon(true))
			p.Start()
			log(q.Get())
			p.Join()
			log(p.ExitCode())
		})
		want := "9 <nil> <nil>\ndaemonic processes are not allowed to have children\n0\n"
		if got != want {
			t.Errorf("real=%v: got %q, want %q", real, got, want)
		}
	}
}
