//go:build linux

package interp_test

// This file tests executors whose workers were started by a cell that was interrupted.

import (
	"testing"

	"gilkernel/kernel/link"
)

// A later cell loses none of its calls, and each of them belongs to that cell: its sleeps and channel operations last
// as long as they should, although the cell that started the worker was interrupted. A goroutine of the interrupted
// cell is blocked in compiled code, so that checks look for interrupts as long as the session lasts.
func TestExecutorAfterInterrupt(t *testing.T) {
	for _, python := range []string{"real python=3.8", "real python=3.14", "simulated cores=4 seed=1 python=3.8",
		"simulated cores=4 seed=1 python=3.11", "simulated cores=4 seed=1 python=3.14"} {
		t.Run(python, func(t *testing.T) {
			t.Parallel()
			p := begin(t)
			p.machine(python)
			p.run(`import "time"
import "gilkernel/runtime/futures"
var executor *futures.ThreadPoolExecutor
func wait(x int) int {
	began, c := time.Now(), make(chan int)
	for range 10 { time.Sleep(100 * time.Microsecond) }
	go func() { c <- x }()
	if x = <-c; time.Since(began) < time.Millisecond { panic("it has waited for less time") }
	return x
}
---
executor = futures.NewThreadPoolExecutor(8)
`).ok(t)
			p.interrupted(p.begun(`import "fmt"
import "net"
---
listener, err := net.Listen("tcp", "localhost:0")
if err != nil { panic(err) }
go listener.Accept()
for i := range 8 { executor.Submit(wait, i).Result() } // starts a worker that may get no call
for i := range 8 { executor.Submit(func() {}) }
fmt.Println("begun")
for {}
`).ID)
			r := p.request(`import "fmt"
import "time"
import "gilkernel/runtime/futures"
---
for i := range 24 {
	if v, err := executor.Submit(wait, i).Result(futures.Timeout(10 * time.Second)); v != i || err != nil { fmt.Println(i, v, err) }
}
`)
			p.send(&link.Request{Run: r})
			if res := p.wait(r.ID).ok(t); res.out[r.ID] != "" {
				t.Errorf("got %s", res.out[r.ID])
			}
		})
	}
}
