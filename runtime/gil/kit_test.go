package gil_test

// This file defines what the tests stand on: machines with an interpreter, and what their timelines say.

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

const (
	ms      = time.Millisecond
	forever = time.Duration(-1)
)

// world is a machine with an interpreter and a record.
type world struct {
	m   *machine.Machine
	in  *gil.Interpreter
	rec *timeline.Recorder
}

func newWorld(tb testing.TB, simulated bool, mo machine.Options, o gil.Options) *world {
	tb.Helper()
	w := &world{rec: timeline.NewRecorder(1<<14, timeline.Info{})}
	mo.Recorder = w.rec
	var err error
	if simulated {
		w.m, err = machine.Simulate(&mo)
	} else {
		w.m, err = machine.Real(&mo)
	}
	if err != nil {
		tb.Fatal(err)
	}
	if w.in, err = gil.New(w.m, &o); err != nil {
		tb.Fatal(err)
	}
	timer := time.AfterFunc(10*time.Minute, func() {
		buf := make([]byte, 1<<20)
		panic(tb.Name() + " hangs\n" + string(buf[:runtime.Stack(buf, true)]))
	})
	tb.Cleanup(func() { timer.Stop() })
	return w
}

// simulate makes a simulated world of a version, with so many cores.
func simulate(tb testing.TB, version string, cores int) *world {
	tb.Helper()
	return newWorld(tb, true, machine.Options{Cores: cores}, gil.Options{Version: version})
}

// onBoth runs a test in a world of each kind.
func onBoth(t *testing.T, version string, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Run("simulated", func(t *testing.T) {
		test(t, newWorld(t, true, machine.Options{}, gil.Options{Version: version}))
	})
	t.Run("real", func(t *testing.T) { test(t, newWorld(t, false, machine.Options{}, gil.Options{Version: version})) })
}

// run runs the main thread and returns what happened.
func (w *world) run(tb testing.TB, main func(t *machine.Thread)) *timeline.Timeline {
	tb.Helper()
	if err := w.m.NewThread(w.in, "MainThread").Run(main); err != nil {
		tb.Fatal(err)
	}
	return w.rec.Snapshot()
}

// together runs functions in threads of their own, and waits for them.
func together(main *machine.Thread, fns ...func(t *machine.Thread)) {
	var all []*machine.Thread
	for _, fn := range fns {
		all = append(all, main.Go("worker", fn))
	}
	for _, t := range all {
		t.Join(main, forever)
	}
}

// count returns how many events of a kind a thread has in a timeline, all threads if it is 0.
func count(tl *timeline.Timeline, thread int32, kind timeline.Kind) (n int) {
	for _, e := range tl.Events {
		if e.Kind == kind && (thread == 0 || e.Thread == thread) {
			n++
		}
	}
	return n
}

// holds returns how long workers held the GIL each time that they were made to release it.
func holds(tl *timeline.Timeline) (all []time.Duration) {
	var since int64
	var requested bool
	for _, e := range tl.Events {
		switch e.Kind {
		case timeline.Take, timeline.Switch:
			since, requested = e.At, false
		case timeline.DropRequest:
			requested = true
		case timeline.Drop:
			if requested {
				all = append(all, time.Duration(e.At-since))
			}
		}
	}
	return all
}

// raised returns what Python calls the exception that fn panics with, and its text; "" if it doesn't.
func raised(fn func()) (text string) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		err, _ := v.(error)
		var e exceptions.Exception
		if !errors.As(err, &e) {
			text = "no exception of Python's"
			return
		}
		text = e.Exception() + ": " + err.Error()
	}()
	fn()
	return ""
}
