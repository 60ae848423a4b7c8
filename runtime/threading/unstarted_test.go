package threading_test

// This file tests what a host can find out about threads that were forgotten.

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
)

func madeIn(threads []*threading.Thread) (list []string) {
	for _, th := range threads {
		list = append(list, fmt.Sprint(th.Name(), " ", th.Made().Line))
	}
	return list
}

func TestUnstartedAndRunning(t *testing.T) {
	w := newWorld(t, true, "3.13", machine.Options{Site: site})
	nothing := func() {}
	err := w.run(func() {
		at(3)
		threading.NewThread(nothing, threading.Name("a"))
		b := threading.NewThread(nothing, threading.Name("b"))
		at(4)
		threading.NewTimer(time.Second, nothing, threading.Name("timer"))
		run := threading.NewThread(nothing, threading.Name("run"))
		run.Run()
		b.Start()
		b.Join()
		threading.NewThread(func() { time.Sleep(0); threading.NewEvent().Wait() }, threading.Name("waits"),
			threading.Daemon(true)).Start()
		for range 300 { // started ones take no room
			th := threading.NewThread(nothing)
			th.Start()
			th.Join()
		}
		at(9)
		threading.NewThread(nothing, threading.Name("last"))
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := madeIn(threading.Running(w.in)); !slices.Equal(got, []string{"waits 4"}) {
		t.Errorf("running: %v", got)
	}
	if got := madeIn(threading.Unstarted(w.in)); !slices.Equal(got, []string{"a 3", "timer 4", "last 9"}) {
		t.Errorf("unstarted: %v", got)
	}
	if got := threading.Unstarted(w.in); len(got) != 0 {
		t.Errorf("again: %v", madeIn(got))
	}
	w.m.Stop(nil)
	w.m.Drain(-1)
}

// The cost of many threads that are never started is bounded.
func TestUnstartedIsBounded(t *testing.T) {
	w := newWorld(t, true, "3.13", machine.Options{})
	if err := w.run(func() {
		for range 1000 {
			threading.NewThread(func() {})
		}
	}); err != nil {
		t.Fatal(err)
	}
	if n := len(threading.Unstarted(w.in)); n != 100 {
		t.Errorf("%d", n)
	}
}
