//go:build unix

package linear

// This file defines the clients and the test.

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"gilkernel/runtime/machine"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/process/processtest"
)

func TestMain(m *testing.M) { processtest.Main(m, mp.Bootstrap) }

// clients is the number of processes that work on an object.
const clients = 4

// client is one of these processes.
type client struct {
	ID, N  int
	events []event
}

// do executes an operation and records it. All processes of a computer have the same clock.
func (c *client) do(op string, arg int, f func() int) int {
	e := event{Client: c.ID, Op: op, Arg: arg, Call: time.Now().UnixNano()}
	e.Out = f()
	e.Return = time.Now().UnixNano()
	c.events = append(c.events, e)
	return e.Out
}

// run executes the operations of a process.
func run(number, id, n int, ready *mp.Barrier, object any, out *mp.Connection) {
	c := &client{ID: id, N: n}
	ready.Wait()
	subjects()[number].work(c, object)
	out.Send(c.events)
}

// history runs the clients and returns their operations.
func history(number, n int) (h []event) {
	object := subjects()[number].make()
	ready := mp.NewBarrier(clients)
	var in []*mp.Connection
	var all []*mp.Process
	for id := range clients {
		a, b := mp.Pipe()
		p := mp.NewProcess(run, mp.Args(number, id, n, ready, object, b))
		p.Start()
		in, all = append(in, a), append(all, p)
	}
	for i, a := range in {
		h = append(h, a.Recv().([]event)...)
		all[i].Join()
	}
	runtime.KeepAlive(object) // a manager ends with the last of its objects, as in Python
	return h
}

// Each history is linearizable, and no damaged history is.
func TestLinearizable(t *testing.T) {
	for number, s := range subjects() {
		t.Run(s.name, func(t *testing.T) {
			for round := range 4 {
				real := round < 2
				t.Run(fmt.Sprintf("real=%v,%d", real, round),
					func(t *testing.T) { check(t, s, number, real, uint64(round)) })
			}
		})
	}
}

func check(t *testing.T, s subject, number int, real bool, seed uint64) {
	const n = 24
	var h []event
	w := processtest.NewWorld(t, real, "3.13", seed)
	if err := w.Run(func(*machine.Thread) { h = history(number, n) }); err != nil {
		t.Fatal(err)
	}
	if s.only != nil {
		h = slices.DeleteFunc(h, func(e event) bool { return !slices.Contains(s.only, e.Op) })
	}
	if len(h) < clients*n {
		t.Fatalf("the history has only %d operations", len(h))
	}
	const patience = 30 * time.Second
	if got := porcupine.CheckOperationsTimeout(s.model, operations(h, s.late), patience); got != porcupine.Ok {
		t.Errorf("the history is %s: %v", got, h)
	}
	for name, damage := range s.mutants {
		bad := damage(slices.Clone(h))
		if bad == nil {
			continue
		}
		if got := porcupine.CheckOperationsTimeout(s.model, operations(bad, s.late),
			patience); got != porcupine.Illegal {
			t.Errorf("damaged by %s, the history is %s", name, got)
		}
	}
}
