package main

// This file defines the experiments with processes: on package multiprocessing, whose real processes are this program
// again.

import (
	"fmt"
	"runtime"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/process/processtest"
	"gilkernel/runtime/threading"
)

// withProcesses returns the experiments that need more than a model. Each runs as the MainThread of a main process;
// turn is the argument of spin.
func withProcesses() map[string]func(a args, turn int) []float64 {
	return map[string]func(a args, turn int) []float64{"together": together, "begin": begin, "pipe": pipe,
		"servers": servers}
}

// onProcesses runs one of them on a machine of its own.
func onProcesses(
	simulated bool, version string, cores int, seed uint64, name string, a args,
) (out []float64, err error) {
	w, err := processtest.OpenCores(!simulated, version, cores, seed)
	if err != nil {
		return nil, err
	}
	turn := 0
	if !simulated {
		defer w.System.End()
		turn = turns(w.Interpreter.Profile().Check)
	}
	hangs := time.AfterFunc(patience, func() { w.Machine.Stop(fmt.Errorf("%s on %s hangs", name, version)) })
	defer hangs.Stop()
	err = w.Run(func(*machine.Thread) { out = withProcesses()[name](a, turn) })
	if more := threading.Shutdown(w.Interpreter); err == nil {
		err = more
	}
	return out, err
}

// spin is countdown in any process: turn is how much busy work a turn of the loop takes, 0 on a simulated machine.
func spin(n, turn int) {
	t := machine.Current()
	if turn == 0 {
		t.CheckN(n)
		return
	}
	for range n {
		runtime.KeepAlive(busy(turn))
		t.Check()
	}
}

// timed returns how long f takes, ms.
func timed(f func()) float64 {
	t := machine.Current()
	began := t.Now()
	f()
	return ms(t.Now() - began)
}

func together(a args, turn int) []float64 {
	k, n := a.int("k"), a.int("n")
	one := timed(func() { spin(n, turn) })
	return []float64{timed(func() {
		if a["kind"] == "threads" {
			var all []*threading.Thread
			for range k {
				all = append(all, threading.NewThread(spin, threading.Args(n/k, turn)))
			}
			for _, th := range all {
				th.Start()
			}
			for _, th := range all {
				th.Join()
			}
			return
		}
		context := multiprocessing.GetContext("fork")
		var all []*multiprocessing.Process
		for range k {
			all = append(all, context.NewProcess(spin, multiprocessing.Args(n/k, turn)))
		}
		for _, p := range all {
			p.Start()
		}
		for _, p := range all {
			p.Join()
		}
	}) / one}
}

func nothing() {}

func begin(a args, _ int) []float64 {
	method, _ := a["method"].(string)
	context := multiprocessing.GetContext(method)
	var took []float64
	for range a.int("n") + 1 {
		took = append(took, timed(func() {
			p := context.NewProcess(nothing)
			p.Start()
			p.Join()
		}))
	}
	return []float64{median(took[1:])}
}

// drain receives messages until one is nil, and answers that one.
func drain(c *multiprocessing.Connection) {
	for c.Recv() != nil {
	}
	c.Send(nil)
}

func pipe(a args, _ int) []float64 {
	n := a.int("n")
	x, y := multiprocessing.Pipe()
	p := multiprocessing.GetContext("fork").NewProcess(drain, multiprocessing.Args(y))
	p.Start()
	data := make([]byte, a.int("size"))
	x.Send(data)
	took := timed(func() {
		for range n {
			x.Send(data)
		}
		x.Send(nil)
		x.Recv()
	})
	p.Join()
	return []float64{took * 1000 / float64(n)}
}
