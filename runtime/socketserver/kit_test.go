package socketserver_test

// This file defines the talk's servers and clients, from small pieces: what a notebook shows.

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/socketserver"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// world is a MainThread on a machine.
type world struct {
	m    *machine.Machine
	in   *gil.Interpreter
	main *machine.Thread
	rec  *timeline.Recorder
	err  strings.Builder // what is printed to stderr
}

type kind struct {
	simulated bool
	version   string
	cores     int
	seed      uint64
	events    int // 0: nothing is recorded
}

func newWorld(t testing.TB, k kind) *world {
	t.Helper()
	w := &world{}
	make := machine.Real
	if k.simulated {
		make = machine.Simulate
	}
	if k.events > 0 {
		w.rec = timeline.NewRecorder(k.events, timeline.Info{Virtual: k.simulated})
	}
	if k.version == "" {
		k.version = "3.13"
	}
	var err error
	if w.m, err = make(&machine.Options{Cores: k.cores, Seed: k.seed, Recorder: w.rec}); err != nil {
		t.Fatal(err)
	}
	if w.in, err = gil.New(w.m, &gil.Options{Version: k.version}); err != nil {
		t.Fatal(err)
	}
	threading.SetHost(w.in, threading.Host{Stderr: &w.err})
	w.main = threading.Main(w.in)
	return w
}

func (w *world) run(fn func()) error { return w.main.Run(func(*machine.Thread) { fn() }) }

// stop ends all threads.
func (w *world) stop() {
	w.m.Stop(nil)
	w.m.Drain(time.Second)
}

// everywhere runs fn in both worlds; what it logs, and what is printed to stderr, must be want.
func everywhere(t *testing.T, want string, fn func(t *testing.T, log func(...any))) {
	t.Helper()
	for _, simulated := range []bool{true, false} {
		t.Run(fmt.Sprintf("simulated=%v", simulated), func(t *testing.T) {
			w := newWorld(t, kind{simulated: simulated, seed: 1})
			var b strings.Builder
			if err := w.run(func() { fn(t, func(a ...any) { fmt.Fprintln(&b, a...) }) }); err != nil {
				fmt.Fprintln(&b, "ended by", err)
			}
			w.stop()
			b.WriteString(w.err.String())
			if got, want := strings.TrimSpace(b.String()), strings.TrimSpace(want); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// The talk: a client sends "send data"; the server sends ten lines, with work after each, and "stop".

// talkServer is the talk's handler without framing, as it is there.
func talkServer(work func()) func(*socket.Socket) {
	return func(conn *socket.Socket) {
		request, _ := conn.Recv(1024)
		if string(request) != "send data" {
			return
		}
		for n := 1000; n < 1010; n++ {
			_ = conn.SendAll(fmt.Appendf(nil, "%d\n", n))
			work()
		}
		_ = conn.SendAll([]byte("stop"))
		// the talk's server never reads the client's "stop"; without it, its close would reset the connection
		_, _ = conn.Recv(1024)
	}
}

// errSpins is what ends a client that would spin forever.
var errSpins = errors.New("recv returns nothing again and again")

// talkClient is the talk's client: it takes what one recv returns for one message, and it doesn't look whether the
// server has closed the connection.
func talkClient(port int) {
	conn, err := socket.CreateConnection("localhost", port)
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	_ = conn.SendAll([]byte("send data"))
	for nothing := 0; ; {
		data, err := conn.Recv(1024)
		if err != nil {
			panic(err)
		}
		if nothing++; len(data) > 0 {
			nothing = 0
		} else if nothing == 1000 {
			panic(errSpins)
		}
		if string(data) == "stop" {
			_ = conn.SendAll([]byte("stop"))
			return
		}
	}
}

// framedServer and framedClient do the same with frames.
func framedServer(work func()) func(*socket.Socket) error {
	return func(conn *socket.Socket) error {
		request, err := socket.RecvMessage(conn)
		if err != nil || string(request) != "send data" {
			return err
		}
		for n := 1000; n < 1010; n++ {
			if err := socket.SendMessage(conn, fmt.Appendf(nil, "%d", n)); err != nil {
				return err
			}
			work()
		}
		return socket.SendMessage(conn, []byte("stop"))
	}
}

func framedClient(port int) {
	conn, err := socket.CreateConnection("localhost", port)
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	if err := socket.SendMessage(conn, []byte("send data")); err != nil {
		panic(err)
	}
	for {
		data, err := socket.RecvMessage(conn)
		if err != nil {
			panic(err)
		}
		if string(data) == "stop" {
			return
		}
	}
}

// The three kinds of work are python, native and idle.
func python() { gil.Checks(100_000) }              // by the interpreter: loses the GIL
func native() { gil.Native(2 * time.Millisecond) } // one long call: keeps it
func idle()   { machine.Current().Sleep(40_000) }  // only waits

// talk lets clients talk to a server, and returns when all have ended.
func talk(
	t testing.TB, server func(string, int, any, ...socketserver.Option) (*socketserver.TCPServer, error), handler any,
	client func(int), clients int, opts ...socketserver.Option,
) {
	s, err := server("localhost", 0, handler, opts...)
	if err != nil {
		t.Error(err)
		return
	}
	threading.NewThread(func() { s.ServeForever() }, threading.Daemon(true), threading.Name("server")).Start()
	var all []*threading.Thread
	for range clients {
		th := threading.NewThread(client, threading.Args(s.ServerAddress().Port))
		th.Start()
		all = append(all, th)
	}
	for _, th := range all {
		th.Join()
		if err := th.Exception(); err != nil {
			panic(err)
		}
	}
	s.Shutdown()
	s.ServerClose()
}
