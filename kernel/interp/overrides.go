package interp

// This file defines the functions of the standard library that must know their cell.

import (
	"context"
	"fmt"
	"log"
	"maps"
	"net"
	"net/http"
	osexec "os/exec"
	"reflect"
	"testing"
	"time"

	"gilkernel/kernel/exec"
	"gilkernel/runtime/display"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// overrides returns what replaces symbols of a package.
func (s *runner) overrides(path string) map[string]reflect.Value {
	functions := map[string]any{}
	switch path {
	case "fmt":
		functions = s.prints()
		functions["Scan"] = func(a ...any) (int, error) { return fmt.Fscan(s.currentIn(), a...) }
		functions["Scanf"] = func(format string, a ...any) (int, error) {
			return fmt.Fscanf(s.currentIn(), format, a...)
		}
		functions["Scanln"] = func(a ...any) (int, error) { return fmt.Fscanln(s.currentIn(), a...) }
	case "time":
		functions["Sleep"] = s.sleep
		functions["AfterFunc"] = func(d time.Duration, f func()) *time.Timer { return s.afterFunc(d, f) }
		functions["Now"] = s.now
		functions["Since"] = func(t time.Time) time.Duration { return s.now().Sub(t) }
		functions["Until"] = func(t time.Time) time.Duration { return t.Sub(s.now()) }
	case "context":
		functions = s.contextFunctions()
	case "os":
		functions["Exit"] = func(g *exec.G, code int) { s.exit(g, code, "os.Exit") }
	case "syscall":
		functions["Exit"] = func(g *exec.G, code int) { s.exit(g, code, "syscall.Exit") }
	case "os/exec":
		functions["Command"] = func(name string, arg ...string) *osexec.Cmd {
			return osexec.CommandContext(s.runContext(), name, arg...)
		}
	case "net":
		functions["Listen"] = s.listen
		functions["ListenPacket"] = func(network, address string) (net.PacketConn, error) {
			c, err := net.ListenPacket(network, address)
			if err == nil {
				s.closeOnInterrupt(c)
			}
			return c, err
		}
		functions["ListenTCP"] = func(network string, a *net.TCPAddr) (*net.TCPListener, error) {
			l, err := net.ListenTCP(network, a)
			if err == nil {
				s.closeOnInterrupt(l)
			}
			return l, err
		}
		functions["ListenUDP"] = func(network string, a *net.UDPAddr) (*net.UDPConn, error) {
			c, err := net.ListenUDP(network, a)
			if err == nil {
				s.closeOnInterrupt(c)
			}
			return c, err
		}
	case "net/http":
		functions["ListenAndServe"] = func(address string, h http.Handler) error {
			if address == "" {
				address = ":http"
			}
			l, err := s.listen("tcp", address)
			if err != nil {
				return err
			}
			return http.Serve(l, h)
		}
	case "testing":
		functions["Init"] = s.tests.Init
		functions["Testing"] = func() bool { return s.testing.Load() != nil }
	case "testing/synctest":
		functions["Test"] = func(*testing.T, func(*testing.T)) {
			panic(&exec.Error{Msg: "testing/synctest needs goroutines that wait for channels alone, and those of " +
				"cells wait for an interrupt, too; give the code a clock, or measure no time in it"})
		}
	case "gilkernel/runtime/exercise":
		functions = s.exercises()
	case "gilkernel/runtime/timeline":
		functions["Last"] = s.lastTimeline
	case "gilkernel/runtime/display":
		d := display.New(page{s})
		functions["Show"] = d.Show
		functions["ShowID"] = d.ShowID
		functions["ShowHandle"] = d.ShowHandle
		functions["Update"] = d.Update
		functions["Clear"] = d.Clear
		functions["Input"] = d.Input
		functions["Password"] = d.Password
		functions["NewProgress"] = d.NewProgress
	}
	if s.arena {
		maps.Copy(functions, s.exploredTimers(path))
	}
	s.positions(path, functions)
	s.registry.overrides(path, functions)
	table := make(map[string]reflect.Value, len(functions))
	for name, f := range functions {
		table[name] = reflect.ValueOf(f)
	}
	return table
}

// sleep is time.Sleep, which an interrupt ends.
func (s *runner) sleep(d time.Duration) {
	if t := rt.Current(); t != nil {
		t.Sleep(d)
		return
	}
	r := s.threads.current()
	if d <= 0 || r == nil {
		time.Sleep(d)
		return
	}
	if r.beside() != nil {
		defer s.laneOf(rt.GoroutineID()).do(timeline.Sleep, "")()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.cancel:
		s.tick()
	}
}

// now is time.Now: for a simulated thread, the time at which its machine began and what has passed on its clock
// since then, so that a cell's own measurements are those of the model. Timers and time-outs of compiled
// packages know the real clock only.
func (s *runner) now() time.Time {
	if t := rt.Current(); t != nil && t.Machine().Simulated() {
		if y, _ := t.Local(pythonKey{}).(*pyThread); y != nil {
			if d := y.owed; d > 0 {
				y.owed = 0
				y.Work(d)
			}
			return y.begun.Add(t.Now())
		}
	}
	return time.Now()
}

// listen is net.Listen. Accept can't be interrupted, but a closed listener ends it, and the port is
// free for the cell's next try.
func (s *runner) listen(network, address string) (net.Listener, error) {
	l, err := net.Listen(network, address)
	if err == nil {
		s.closeOnInterrupt(l)
	}
	return l, err
}

// closeOnInterrupt closes c if the calling goroutine's run is interrupted.
func (s *runner) closeOnInterrupt(c interface{ Close() error }) {
	if r := s.threads.current(); r != nil {
		r.onInterrupt(func() { c.Close() })
	}
}

// runContext returns a context that ends when the calling goroutine's run is interrupted.
func (s *runner) runContext() context.Context {
	r := s.threads.current()
	if r == nil {
		return context.Background()
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.onInterrupt(cancel)
	return ctx
}

// captureLoggers sends what the standard loggers of log and slog print to its cell.
func (s *runner) captureLoggers() {
	log.SetOutput(s.stderr) // slog's default handler writes there too
}
