package threading_test

// This file tests what becomes of panics.

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/threading"
)

func boom() { panic(errors.New("boom")) }

func TestUncaughtPanics(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		var th *threading.Thread
		if err := w.run(func() {
			th = threading.NewThread(boom, threading.Name("worker"))
			th.Start()
			th.Join()
		}); err != nil {
			t.Fatal(err)
		}
		place := regexp.MustCompile(`File "[^"]*/excepthook_test.go", line \d+`)
		got := place.ReplaceAllString(w.stderr.String(), `File "f.go", line 1`)
		want := "Exception in thread worker:\nTraceback (most recent call last):\n" +
			"  File \"f.go\", line 1, in gilkernel/runtime/threading_test.boom\nRuntimeError: boom\n"
		if got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
		if err := th.Exception(); err == nil || err.Error() != "boom" {
			t.Error(err)
		}
		if !strings.Contains(th.Stack(), "threading_test.boom") {
			t.Error(th.Stack())
		}
		if th.String() != fmt.Sprintf("<Thread(worker, stopped %d)>", th.Ident()) {
			t.Error(th)
		}
	})
}

func TestExceptHooks(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		if err := w.run(func() {
			run := func(target any) *threading.Thread {
				th := threading.NewThread(target, threading.Name("w"))
				th.Start()
				th.Join()
				return th
			}
			th := run(func() { panic(42) })
			if err := th.Exception(); pythonic(err) != "RuntimeError: 42" {
				t.Error(err)
			}
			run(func() { panic(&exceptions.SystemExit{}) }) // silent
			threading.SetExceptHook(func(a threading.ExceptHookArgs) { panic("hook of " + a.ExcType) })
			run(boom)
			threading.SetExceptHook(nil)
			threading.GetExceptHook()(threading.ExceptHookArgs{ExcValue: exceptions.Value("by hand")})
			threading.SetHost(w.in,
				threading.Host{Stderr: &w.stderr, Describe: func(v any, _ []byte) (string, string, string) {
					return "MyError", fmt.Sprint(v), "Traceback of the host"
				}, FuncName: func(any) string { return "renamed" }})
			run(boom)
			if name := threading.NewThread(boom).Name(); w.in.Profile().Version == "3.13" &&
				name != "Thread-1 (renamed)" {
				t.Error(name)
			}
			over := threading.NewEvent()
			threading.StartNewThread(func() { defer over.Set(); boom() })
			over.Wait()
		}); err != nil {
			t.Fatal(err)
		}
		w.m.Drain(-1)
		got := regexp.MustCompile(`(?m)^(Traceback \(|  File).*\n`).ReplaceAllString(w.stderr.String(), "")
		want := "Exception in thread w:\nRuntimeError: 42\n" +
			"Exception in threading.excepthook:\nRuntimeError: hook of RuntimeError\n" +
			"Exception in thread 1:\nValueError: by hand\n" +
			"Exception in thread w:\nTraceback of the host\nMyError: boom\n" +
			"Exception ignored in thread started by: <function renamed>\nTraceback of the host\nMyError: boom\n"
		if w.in.Profile().Version == "2.7" {
			want = strings.Replace(want, "Exception ignored in thread started by:",
				"Unhandled exception in thread started by", 1)
		}
		if got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	})
}

func TestShutdown(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		var order []string
		stop := threading.NewEvent()
		if err := w.run(func() {
			threading.RegisterAtExit(threading.Main(w.in), func() { order = append(order, "first"); stop.Set() })
			threading.RegisterAtExit(threading.Main(w.in), func() { order = append(order, "last") })
			threading.NewThread(func() {
				stop.Wait()
				order = append(order, "worker")
				threading.NewThread(func() { order = append(order, "its child") }).Start()
			}).Start()
			threading.NewThread(func() { threading.NewEvent().Wait() }, threading.Daemon(true)).Start()
		}); err != nil {
			t.Fatal(err)
		}
		if err := threading.Shutdown(w.in); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(order, ", "); got != "last, first, worker, its child" {
			t.Error(got)
		}
		if text := raised(func() {
			threading.RegisterAtExit(threading.Main(w.in), func() {})
		}); text != "RuntimeError: can't register atexit after shutdown" {
			t.Error(text)
		}
		w.m.Stop(errors.New("over"))
		w.m.Drain(-1)
		if out := w.stderr.String(); out != "" {
			t.Error(out) // a daemon that is stopped is silent
		}
	})
}

// What waits with a lock in hand when the machine is stopped ends silently, with With and with defer.
func TestStopIsSilent(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		if err := w.run(func() {
			c := threading.NewCondition(nil)
			var l threading.Lock
			for _, target := range []func(){
				func() { c.With(func() { c.Wait() }) },
				func() { c.Acquire(); defer c.Release(); c.Wait() },
				func() { l.With(func() { c.With(func() { c.Wait() }) }) },
				func() { l.Acquire(); defer l.Release(); c.With(func() { c.Wait() }) },
				func() { var s threading.Semaphore; s.With(func() { s.Acquire() }) },
				func() { b := threading.NewBarrier(2); _, _ = b.Wait() },
			} {
				threading.NewThread(target, threading.Daemon(true)).Start()
			}
		}); err != nil {
			t.Fatal(err)
		}
		w.m.Stop(errors.New("over"))
		w.m.Drain(-1)
		if out := w.stderr.String(); out != "" {
			t.Error(out)
		}
	})
}
