package threading_test

// This file tests what the table of behaviours can't say in Python.

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

func TestPlainGoroutines(t *testing.T) {
	me := threading.CurrentThread()
	if !strings.HasPrefix(me.Name(), "Dummy-") || !me.Daemon() || me.Ident() != threading.GetIdent() ||
		me.Ident() == 0 || threading.GetNativeID() != 0 {
		t.Error(me, me.Ident(), threading.GetIdent())
	}
	no := "a plain goroutine belongs to no Python interpreter; call it in the cell or in a threading.Thread"
	for name, fn := range map[string]func(){
		"NewThread":      func() { threading.NewThread(f) },
		"NewTimer":       func() { threading.NewTimer(1, f) },
		"Enumerate":      func() { threading.Enumerate() },
		"ActiveCount":    func() { threading.ActiveCount() },
		"MainThread":     func() { threading.MainThread() },
		"StartNewThread": func() { threading.StartNewThread(f) },
		"SetExceptHook":  func() { threading.SetExceptHook(nil) },
		"StackSize":      func() { threading.StackSize() },
	} {
		if text := raised(fn); text != "RuntimeError: threading."+name+": "+no {
			t.Error(text)
		}
	}
	for want, fn := range map[string]func(){
		"RuntimeError: cannot join a dummy thread":       func() { me.Join() },
		"RuntimeError: threads can only be started once": me.Start,
		"RuntimeError: thread.__init__() not called":     (&threading.Thread{}).Start,
		"RuntimeError: release unlocked lock":            (&threading.Lock{}).Release,
		"RuntimeError: cannot release un-acquired lock":  (&threading.RLock{}).Release,
		"RuntimeError: cannot wait on un-acquired lock":  func() { (&threading.Condition{}).Wait() },
		"TypeError: wait() got an unexpected keyword argument 'blocking'": func() {
			(&threading.Event{}).Wait(threading.Blocking(false))
		},
	} {
		if text := raised(fn); text != want {
			t.Error(text, want)
		}
	}
	var r threading.RLock
	r.With(func() {
		r.With(func() {})
		done := make(chan bool)
		go func() { done <- r.Acquire(threading.Blocking(false)) }()
		if <-done {
			t.Error("two goroutines have an RLock")
		}
	})
}

func TestArguments(t *testing.T) {
	w := newWorld(t, true, "3.13", machine.Options{})
	type T struct{}
	if err := w.run(func() {
		for _, c := range []struct {
			target any
			args   []any
			want   string
		}{
			{func(x float64, b byte, s ...string) {}, []any{1, 2, "a", "b"}, ""},
			{func(x *T, e error) {}, []any{nil, nil}, ""},
			{func(x *T, e error) {}, []any{&T{}, errors.New("")}, ""},
			{func(x time.Duration) {}, []any{5}, ""},
			{h, []any{1}, "TypeError: h() missing 2 required positional arguments: 'int' and 'int'"},
			{h, nil, "TypeError: h() missing 3 required positional arguments: 'int', 'int', and 'int'"},
			{g, nil, "TypeError: g() missing 1 required positional argument: 'int'"},
			{f, []any{1}, "TypeError: f() takes 0 positional arguments but 1 was given"},
			{g, []any{"x"}, "TypeError: g() argument 1 must be int, not string"},
			{g, []any{nil}, "TypeError: g() argument 1 must be int, not nil"},
			{g, []any{1.5}, "TypeError: g() argument 1 must be int, not float64"},
			{func(b byte) {}, []any{300}, "TypeError: <lambda>() argument 1 must be uint8, not int"},
			{func(s ...string) {}, []any{1}, "TypeError: <lambda>() argument 1 must be string, not int"},
		} {
			th := threading.NewThread(c.target, threading.Args(c.args...))
			th.Start()
			th.Join()
			got := ""
			if err := th.Exception(); err != nil {
				got = pythonic(err)
			}
			if got != c.want {
				t.Errorf("%v: %s, want %s", c.args, got, c.want)
			}
		}
		for _, target := range []any{5, "f", (func())(nil), struct{}{}} {
			if text := raised(func() { threading.NewThread(target) }); text != "TypeError: target must be callable" {
				t.Error(target, text)
			}
		}
		timer := threading.NewTimer(0, 5)
		timer.Start()
		timer.Join()
		if text := pythonic(timer.Exception()); text != "TypeError: 'int' object is not callable" {
			t.Error(text)
		}
		th := threading.NewThread(f)
		th.Run()
		if text := raised(th.Run); text != "AttributeError: 'Thread' object has no attribute '_target'" {
			t.Error(text)
		}
	}); err != nil {
		t.Fatal(err)
	}
}

// Two interpreters share nothing.
func TestInterpretersAreApart(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		other, err := gil.New(w.m, &gil.Options{Version: "3.12"})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.run(func() {
			threading.NewThread(nil)
			threading.StackSize(1 << 20)
			threading.SetExceptHook(func(threading.ExceptHookArgs) {})
		}); err != nil {
			t.Fatal(err)
		}
		if err := threading.Main(other).Run(func(*machine.Thread) {
			name := threading.NewThread(nil).Name()
			if name != "Thread-1" || threading.StackSize() != 0 || threading.ActiveCount() != 1 ||
				threading.MainThread() == nil ||
				threading.MainThread() != threading.CurrentThread() || threading.NewLock().Name() != "Lock-1" {
				t.Error(name, threading.StackSize(), threading.ActiveCount())
			}
		}); err != nil {
			t.Fatal(err)
		}
		sub, err := other.Sub(true)
		if err != nil {
			t.Fatal(err)
		}
		if err := threading.Main(sub).Run(func(*machine.Thread) {
			if text := raised(func() {
				threading.NewThread(nil, threading.Daemon(true))
			}); text != "RuntimeError: daemon threads are disabled in this (sub)interpreter" {
				t.Error(text)
			}
			if text := raised(func() {
				threading.NewThread(nil).SetDaemon(true)
			}); text != "RuntimeError: daemon threads are disabled in this interpreter" {
				t.Error(text)
			}
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// A thread that was made on a machine that isn't the cell's any more runs on the cell's.
func TestThreadMovesToTheCellsMachine(t *testing.T) {
	before, after := newWorld(t, true, "3.8", machine.Options{}), newWorld(t, false, "3.13", machine.Options{})
	var th *threading.Thread
	where := ""
	if err := before.run(func() { th = threading.NewThread(func() { where = gil.Version() }) }); err != nil {
		t.Fatal(err)
	}
	if err := after.run(func() { th.Start(); th.Join() }); err != nil || where != "3.13" {
		t.Error(err, where)
	}
}

// What the timeline says of two threads that want one lock, and of the others.
func TestTimeline(t *testing.T) {
	rec := timeline.NewRecorder(0, timeline.Info{})
	w := newWorld(t, true, "3.13", machine.Options{Recorder: rec, Site: site})
	if err := w.run(func() {
		l, c, e, s := threading.NewLock("accounts"), threading.NewCondition(nil, "full"), threading.NewEvent("ready"),
			threading.NewSemaphore(0, "slots")
		at(1)
		l.Acquire()
		th := threading.NewThread(func() {
			at(10)
			l.Acquire()
			at(11)
			l.Release()
			at(12)
			c.With(func() { c.Wait() })
			at(13)
			e.Wait()
			at(14)
			s.Acquire()
		}, threading.Name("worker"))
		at(2)
		th.Start()
		pause := func() { machine.Current().Sleep(time.Millisecond) }
		pause()
		at(3)
		l.Release()
		pause()
		at(4)
		c.With(func() { c.Notify() })
		pause()
		at(5)
		e.Set()
		pause()
		at(6)
		s.Release()
		at(7)
		th.Join()
	}); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	tl := rec.Snapshot()
	for _, ev := range tl.Events {
		switch ev.Kind {
		case timeline.WaitLock, timeline.WaitEvent, timeline.WaitJoin, timeline.Acquire, timeline.Release,
			timeline.Wake, timeline.Spawn, timeline.Done:
			b.WriteString(strings.TrimSpace(strings.Join([]string{tl.Thread(ev.Thread).Name, ev.Kind.String(),
				tl.Name(ev.Object),
				tl.Thread(ev.Other).Name, machine.Site{Line: ev.Line}.String()}, " ")) + "\n")
		}
	}
	golden(t, "timeline.txt", b.String())
}

// Since 3.13 a lock is handed off to a thread that has waited for a millisecond; before, a thread that acquires it
// again at once keeps it from the others.
func TestHandOver(t *testing.T) {
	turns := func(version string) (turns int) {
		w := newWorld(t, true, version, machine.Options{})
		if err := w.run(func() {
			var l threading.Lock
			over := false
			th := threading.NewThread(func() {
				for !over {
					l.Acquire()
					turns++
					machine.Current().CheckN(100)
					l.Release()
				}
			})
			th.Start()
			until := machine.Current().Now() + 200*time.Millisecond
			for machine.Current().Now() < until {
				l.Acquire()
				machine.Current().CheckN(10000)
				l.Release()
			}
			over = true
			th.Join()
		}); err != nil {
			t.Fatal(err)
		}
		return turns
	}
	starved, handed := turns("3.12"), turns("3.13")
	if handed < 10 {
		t.Errorf("with a fair lock %d turns", handed)
	}
	if starved*2 > handed {
		t.Errorf("%d turns with a POSIX semaphore, %d with a PyMutex", starved, handed)
	}
	if free := turns("3.14t"); free < 10 {
		t.Errorf("without a GIL %d turns", free)
	}
}

// A goroutine that is announced may do what the cell waits for, and use its locks.
func TestOutsiders(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		var e threading.Event
		var l threading.Lock
		c := threading.NewCondition(nil)
		n, running := 0, make(chan bool)
		w.m.AddOutsiders(w.in, 1)
		go func() {
			defer w.m.AddOutsiders(w.in, -1)
			<-running
			l.Acquire()
			e.Set()
			l.Release()
			for done := false; !done; {
				c.With(func() { n++; done = n == 10; c.NotifyAll() })
			}
		}()
		if err := w.run(func() {
			close(running)
			e.Wait()
			l.With(func() {})
			c.With(func() { c.WaitFor(func() bool { return n == 10 }) })
		}); err != nil {
			t.Error(err)
		}
	})
}

// A real machine sees that a goroutine has a lock, announced or not: the cell that waits for it is in no deadlock.
func TestGoroutineHoldsALock(t *testing.T) {
	rec := timeline.NewRecorder(0, timeline.Info{})
	w := newWorld(t, false, "3.13", machine.Options{Recorder: rec})
	l, held := threading.NewLock("l"), make(chan bool)
	waits := func() bool {
		return slices.ContainsFunc(rec.Snapshot().Events,
			func(e timeline.Event) bool { return e.Kind == timeline.WaitLock })
	}
	go func() {
		l.Acquire()
		close(held)
		for !waits() {
			runtime.Gosched()
		}
		l.Release()
	}()
	if err := w.run(func() { <-held; l.Acquire() }); err != nil {
		t.Error(err)
	}
	// A simulated machine has no thread left that could run.
	w = newWorld(t, true, "3.13", machine.Options{})
	l = threading.NewLock("l")
	l.Acquire()
	err := w.run(func() { l.Acquire() })
	if err == nil || !strings.HasSuffix(err.Error(), "MainThread waits for Lock l, held by a goroutine") {
		t.Error(err)
	}
}
