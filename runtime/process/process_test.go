//go:build unix

package process_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
	"gilkernel/runtime/process/processtest"
)

func TestMain(m *testing.M) { processtest.Main(m, child) }

// child does what its data name, with the objects of its handles.
func child(s *process.System, data []byte, handles []process.Handle) int {
	t := machine.Current()
	var objects []any
	for _, h := range handles {
		objects = append(objects, s.Open(t, h))
	}
	name, _, _ := bytes.Cut(data, []byte{0})
	f := map[string]func(t *machine.Thread, s *process.System, o []any) int{
		"seven": func(*machine.Thread, *process.System, []any) int { return 7 },
		"echo": func(t *machine.Thread, _ *process.System, o []any) int {
			e := o[0].(*process.End)
			for {
				b, hs, err := e.Recv(t, -1)
				if err != nil {
					return 0
				}
				if err := e.Send(t, b, hs); err != nil {
					return 2
				}
			}
		},
		"count": func(t *machine.Thread, _ *process.System, o []any) int {
			lock, mem := o[0].(*process.Semaphore), o[1].(*process.Memory)
			for range 1000 {
				lock.Acquire(t, -1)
				n := mem.Bytes()[0] + 1
				t.Check()
				mem.Bytes()[0] = n
				if n == 0 {
					mem.Bytes()[1]++
				}
				if err := lock.Release(t); err != nil {
					return 2
				}
			}
			return 0
		},
		"hang": func(t *machine.Thread, _ *process.System, o []any) int {
			o[0].(*process.End).Close(t)
			for {
				t.Sleep(time.Hour)
			}
		},
		"hold": func(t *machine.Thread, _ *process.System, o []any) int {
			o[0].(*process.Semaphore).Acquire(t, -1)
			_ = o[1].(*process.End).Send(t, []byte("held"), nil)
			for {
				t.Sleep(time.Hour)
			}
		},
	}[string(name)]
	return f(t, s, objects)
}

func both(t *testing.T, f func(t *testing.T, w *processtest.World)) {
	for _, real := range []bool{false, true} {
		t.Run(fmt.Sprintf("real=%v", real), func(t *testing.T) {
			w := processtest.NewWorld(t, real, "3.13", 1)
			f(t, w)
		})
	}
}

func spawn(
	t *testing.T, mt *machine.Thread, s *process.System, what string, handles ...process.Handle,
) *process.Process {
	t.Helper()
	p, err := s.Spawn(mt, &process.Spec{Name: "Process-1", Method: "spawn", Data: []byte(what), Handles: handles,
		Main: child, Stdout: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestExitCode(t *testing.T) {
	both(t, func(t *testing.T, w *processtest.World) {
		err := w.Run(func(mt *machine.Thread) {
			p := spawn(t, mt, w.System, "seven")
			if !p.Wait(mt, -1) {
				t.Error("it didn't end")
			}
			if code, ended := p.Exit(mt); code != 7 || !ended {
				t.Errorf("code %d, ended %v", code, ended)
			}
			if p.PID() == 0 && w.Recorder == nil {
				t.Error("it had no number")
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestPipe(t *testing.T) {
	both(t, func(t *testing.T, w *processtest.World) {
		err := w.Run(func(mt *machine.Thread) {
			a, b, err := w.System.NewPipe(mt, true, "Pipe-1")
			if err != nil {
				t.Fatal(err)
			}
			p := spawn(t, mt, w.System, "echo", b.Handle())
			b.Close(mt)
			for _, n := range []int{0, 1, 100, 65519, 65520, 65521, 1 << 20} {
				msg := bytes.Repeat([]byte{byte(n + 1)}, n)
				if err := a.Send(mt, msg, nil); err != nil {
					t.Fatal(n, err)
				}
				got, _, err := a.Recv(mt, -1)
				if err != nil || !bytes.Equal(got, msg) {
					t.Fatalf("%d bytes: %d came back, %v", n, len(got), err)
				}
			}
			c, d, err := w.System.NewPipe(mt, false, "Pipe-2")
			if err != nil {
				t.Fatal(err)
			}
			if err := a.Send(mt, []byte("x"), []process.Handle{d.Handle()}); err != nil {
				t.Fatal(err)
			}
			d.Close(mt)
			_, hs, err := a.Recv(mt, -1)
			if err != nil || len(hs) != 1 {
				t.Fatal(hs, err)
			}
			back := w.System.Open(mt, hs[0]).(*process.End)
			if err := back.Send(mt, []byte("through"), nil); err != nil {
				t.Fatal(err)
			}
			if got, _, err := c.Recv(mt, -1); string(got) != "through" || err != nil {
				t.Fatal(string(got), err)
			}
			back.Close(mt)
			if _, _, err := c.Recv(mt, -1); err != io.EOF {
				t.Errorf("after the last writer: %v", err)
			}
			a.Close(mt)
			if !p.Wait(mt, 10*time.Second) {
				t.Error("the child doesn't see the end of the pipe")
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestSemaphoreAndMemory(t *testing.T) {
	both(t, func(t *testing.T, w *processtest.World) {
		err := w.Run(func(mt *machine.Thread) {
			lock, err := w.System.NewSemaphore(mt, process.Counting, 1, 1, "Lock-1")
			if err != nil {
				t.Fatal(err)
			}
			mem, err := w.System.NewMemory(mt, 16)
			if err != nil {
				t.Fatal(err)
			}
			var ps []*process.Process
			for range 3 {
				ps = append(ps, spawn(t, mt, w.System, "count", lock.Handle(), mem.Handle()))
			}
			for _, p := range ps {
				p.Wait(mt, -1)
				if code, _ := p.Exit(mt); code != 0 {
					t.Errorf("code %d", code)
				}
			}
			if n := int(mem.Bytes()[1])<<8 + int(mem.Bytes()[0]); n != 3000 {
				t.Errorf("3 times 1000 is %d", n)
			}
			if err := lock.Release(mt); err == nil {
				t.Error("the lock was released too often")
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestKill(t *testing.T) {
	both(t, func(t *testing.T, w *processtest.World) {
		err := w.Run(func(mt *machine.Thread) {
			a, b, _ := w.System.NewPipe(mt, false, "Pipe-1")
			p := spawn(t, mt, w.System, "hang", b.Handle())
			b.Close(mt)
			if _, _, err := a.Recv(mt, -1); err != io.EOF {
				t.Error(err)
			}
			if p.Wait(mt, 0) {
				t.Error("it has ended")
			}
			for _, sig := range []int{15} {
				if err := p.Signal(sig); err != nil {
					t.Error(err)
				}
				p.Wait(mt, -1)
				if code, _ := p.Exit(mt); code != -sig {
					t.Errorf("code %d", code)
				}
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// A semaphore held by a process that is killed has a dead holder, and the process's ends of pipes are closed.
func TestKilledHolder(t *testing.T) {
	both(t, func(t *testing.T, w *processtest.World) {
		err := w.Run(func(mt *machine.Thread) {
			a, b, _ := w.System.NewPipe(mt, false, "Pipe-1")
			lock, _ := w.System.NewSemaphore(mt, process.Counting, 1, 1, "Lock-1")
			p := spawn(t, mt, w.System, "hold", lock.Handle(), b.Handle())
			b.Close(mt)
			if got, _, err := a.Recv(mt, -1); string(got) != "held" {
				t.Error(string(got), err)
			}
			if who, own, ok := lock.HolderName(); who != "Process-1" || own || !ok {
				t.Error(who, own, ok)
			}
			if err := p.Signal(9); err != nil {
				t.Error(err)
			}
			if _, _, err := a.Recv(mt, -1); err != io.EOF {
				t.Error(err)
			}
			p.Wait(mt, -1)
			lock.Acquire(mt, -1) // its holder is dead: a deadlock
			t.Error("a lock of a dead process was acquired")
		})
		var d *machine.Deadlock
		if !errors.As(err, &d) {
			t.Errorf("%v", err)
			return
		}
		if want :=
			"MainThread waits for Lock-1, held by Process-1, which was ended by SIGKILL"; !strings.Contains(d.Error(),
			want) {
			t.Errorf("%s\nhas no %q", d, want)
		}
	})
}
