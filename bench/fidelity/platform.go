package main

// This file defines the machines on which Go code plays Python.

import (
	"runtime"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// model is a machine with a Python on it.
type model struct {
	m         *machine.Machine
	in        *gil.Interpreter
	main      *machine.Thread
	simulated bool
	turn      int // turns of busy work that make up a turn of the interpreter's loop
	step      int // and an update of a shared variable
}

// newModel returns a model. cores is 0 for the default, which on a simulated machine is the computer's number.
func newModel(simulated bool, cores int, seed uint64, o *gil.Options) (*model, error) {
	make := machine.Real
	if simulated {
		make = machine.Simulate
	}
	m, err := make(&machine.Options{Cores: cores, Seed: seed})
	if err != nil {
		return nil, err
	}
	in, err := gil.New(m, o)
	if err != nil {
		return nil, err
	}
	p := &model{m: m, in: in, main: m.NewThread(in, "MainThread"), simulated: simulated}
	if !simulated {
		p.turn = turns(in.Profile().Check)
		p.step = turns(in.Profile().Step)
	}
	return p, nil
}

// turns returns how many steps of busy work take this long, on this computer, now.
func turns(d time.Duration) int {
	const n = 200_000
	best := time.Hour
	for range 3 {
		t := time.Now()
		runtime.KeepAlive(busy(n))
		best = min(best, time.Since(t))
	}
	return max(int(int64(d)*n/int64(best)), 1)
}

// busy does n steps of work that a compiler can't eliminate.
//
//go:noinline
func busy(n int) (x uint32) {
	x = 1
	for range n {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
	}
	return x
}

// countdown is `while n > 0: n -= 1`: compiled code that takes as long as the interpreter's, or the simulation's
// account of it.
func (p *model) countdown(t *machine.Thread, n int) {
	if p.simulated {
		t.CheckN(n)
		return
	}
	for range n {
		runtime.KeepAlive(busy(p.turn))
		t.Check()
	}
}

// run calls f as MainThread.
func (p *model) run(f func(t *machine.Thread)) error { return p.main.Run(f) }

// each starts k threads and waits for their ends.
func each(t *machine.Thread, k int, f func(t *machine.Thread, i int)) {
	list := make([]*machine.Thread, k)
	for i := range list {
		list[i] = t.Go("worker", func(t *machine.Thread) { f(t, i) })
	}
	for _, c := range list {
		c.Join(t, -1)
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
