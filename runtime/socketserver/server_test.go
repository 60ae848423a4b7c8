package socketserver_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/socketserver"
	"gilkernel/runtime/threading"
)

// ask sends a line to a server and returns its answer.
func ask(port int, line string) string {
	c, err := socket.CreateConnection("localhost", port)
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	if err := c.SendAll([]byte(line + "\n")); err != nil {
		return err.Error()
	}
	answer, err := c.MakeFile().ReadLine()
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(answer)
}

// start lets a server serve.
func start(s *socketserver.TCPServer, err error) (port int, th *threading.Thread) {
	if err != nil {
		panic(err)
	}
	th = threading.NewThread(func() { s.ServeForever() }, threading.Name("server"))
	th.Start()
	return s.ServerAddress().Port, th
}

func upper(r *socketserver.StreamRequestHandler) error {
	line, err := r.RFile.ReadLine()
	if err != nil {
		return err
	}
	if strings.HasPrefix(line, "fail") {
		panic(exceptions.Value("no"))
	}
	if strings.HasPrefix(line, "error") {
		return exceptions.Runtime("returned")
	}
	_, err = r.WFile.WriteString(strings.ToUpper(line))
	return err
}

type constructor = func(string, int, any, ...socketserver.Option) (*socketserver.TCPServer, error)

func constructors() map[string]constructor {
	return map[string]constructor{"one": socketserver.NewTCPServer, "threads": socketserver.NewThreadingTCPServer}
}

// A handler that fails, a client that resets its connection, one that says nothing and one that sends garbage: the
// others are served.
func TestHostileClients(t *testing.T) {
	for name, make := range constructors() {
		t.Run(name, func(t *testing.T) {
			everywhere(t, `
HELLO
""
""
HELLO
HELLO
HELLO
ended
----------------------------------------
Exception occurred during processing of request from ('127.0.0.1', 0)
ValueError: no
----------------------------------------
----------------------------------------
Exception occurred during processing of request from ('127.0.0.1', 0)
RuntimeError: returned
----------------------------------------
----------------------------------------
Exception occurred during processing of request from ('127.0.0.1', 0)
ConnectionResetError: [Errno 104] Connection reset by peer
----------------------------------------
`, func(t *testing.T, log func(...any)) {
				var failed atomic.Int32
				var blocks []string
				s,
					err := make("localhost", 0, upper,
					socketserver.HandleError(func(_ *socket.Socket, client socket.Addr, e error) {
						client.Port = 0
						name := "RuntimeError"
						var x exceptions.Exception
						if errors.As(e, &x) {
							name = x.Exception()
						}
						dashes := strings.Repeat("-", 40)
						blocks = append(blocks,
							fmt.Sprintf("%s\nException occurred during processing of request from %v\n%s: %v\n%s",
								dashes, client, name, e, dashes))
						failed.Add(1)
					}))
				port, th := start(s, err)
				wait := func(n int32) {
					for failed.Load() < n {
						threading.NewEvent().Wait(threading.Timeout(time.Millisecond))
					}
				}
				log(ask(port, "hello"))
				log(fmt.Sprintf("%q", ask(port, "fail")))
				wait(1)
				log(fmt.Sprintf("%q", ask(port, "error")))
				wait(2)
				// A reset: SO_LINGER of 0 seconds.
				c, _ := socket.CreateConnection("localhost", port)
				_ = c.SetSockOpt(socket.SOL_SOCKET, socket.SO_LINGER, []byte{1, 0, 0, 0, 0, 0, 0, 0})
				_ = c.SendAll([]byte("half a line"))
				_ = c.Close()
				wait(3)
				log(ask(port, "hello"))
				// One that says nothing, and one that only half closes.
				c, _ = socket.CreateConnection("localhost", port)
				_ = c.Close()
				log(ask(port, "hello"))
				c, _ = socket.CreateConnection("localhost", port)
				_ = c.SendAll([]byte("hello"))
				_ = c.Shutdown(socket.SHUT_WR)
				answer, _ := io.ReadAll(c)
				log(string(answer))
				_ = c.Close()
				s.Shutdown()
				s.ServerClose()
				th.Join()
				log("ended")
				for _, b := range blocks {
					log(b)
				}
			})
		})
	}
}

// What is printed if nothing else is set, to the interpreter's stderr.
func TestHandleErrorPrints(t *testing.T) {
	w := newWorld(t, kind{simulated: true, seed: 1})
	err := w.run(func() {
		port, _ := start(socketserver.NewTCPServer("localhost", 0, upper))
		ask(port, "error")
		ask(port, "hello")
	})
	w.stop()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(w.err.String(), "\n")
	if len(lines) != 5 || lines[0] != strings.Repeat("-", 40) ||
		!strings.HasPrefix(lines[1], "Exception occurred during processing of request from ('127.0.0.1', ") ||
		lines[2] != "RuntimeError: returned" || lines[3] != lines[0] {
		t.Errorf("printed\n%s", w.err.String())
	}
}

// The port is in use, then it isn't; and after clients were served, when connections are in TIME_WAIT.
func TestRestart(t *testing.T) {
	for name, make := range constructors() {
		t.Run(name, func(t *testing.T) {
			everywhere(t, `
HELLO
OSError [Errno 98] Address already in use
[Errno 111] Connection refused
HELLO
`, func(t *testing.T, log func(...any)) {
				s, err := make("localhost", 0, upper, socketserver.AllowReuseAddress(true))
				port, _ := start(s, err)
				log(ask(port, "hello"))
				_, err = make("localhost", port, upper, socketserver.AllowReuseAddress(true))
				name, _, _ := strings.Cut(err.Error(), ":")
				log(err.(exceptions.Exception).Exception(), name)
				s.Shutdown()
				s.ServerClose()
				log(ask(port, "hello"))
				s, err = make("localhost", port, upper, socketserver.AllowReuseAddress(true))
				port, _ = start(s, err)
				log(ask(port, "hello"))
				s.Shutdown()
				s.ServerClose()
			})
		})
	}
}

// Without SO_REUSEADDR a server that has closed connections first can't be started again for a minute.
func TestTimeWait(t *testing.T) {
	w := newWorld(t, kind{simulated: true, seed: 1})
	var got []string
	err := w.run(func() {
		for _, pause := range []time.Duration{0, 59 * time.Second, 2 * time.Second} {
			w.main.Sleep(pause)
			s, err := socketserver.NewTCPServer("localhost", 3001, upper)
			if err != nil {
				got = append(got, err.Error())
				continue
			}
			start(s, nil)
			got = append(got, ask(3001, "hello"))
			s.Shutdown()
			s.ServerClose()
		}
	})
	want := "HELLO|[Errno 98] Address already in use: port 3001 is in TIME_WAIT after a connection of the server's " +
		"that was there before|HELLO"
	if s := strings.Join(got, "|"); s != want || err != nil {
		t.Errorf("%v: %s", err, s)
	}
	w.stop()
}

// A thousand clients at once, with a backlog of five.
func TestThousandClients(t *testing.T) {
	everywhere(t, "1000 answers", func(t *testing.T, log func(...any)) {
		s, err := socketserver.NewThreadingTCPServer("localhost", 0, upper)
		port, _ := start(s, err)
		var right atomic.Int32
		var all []*threading.Thread
		for i := range 1000 {
			th := threading.NewThread(func() {
				if ask(port, fmt.Sprint("client ", i)) == fmt.Sprint("CLIENT ", i) {
					right.Add(1)
				}
			})
			th.Start()
			all = append(all, th)
		}
		for _, th := range all {
			th.Join()
		}
		s.Shutdown()
		s.ServerClose()
		log(right.Load(), "answers")
	})
}

// What the server does wrong itself: shutdown in its own thread, a handler that is none.
func TestMisuse(t *testing.T) {
	everywhere(t, `
RuntimeError shutdown() would wait for itself: ServeForever runs in this thread; call it in another one
TypeError a handler is a function of a *BaseRequestHandler, a *StreamRequestHandler or a *socket.Socket, not int
TypeError a handler is a function of a *BaseRequestHandler, a *StreamRequestHandler or a *socket.Socket, not func()
timeout
`, func(t *testing.T, log func(...any)) {
		say := func(v any) {
			if e, ok := v.(exceptions.Exception); ok {
				log(e.Exception(), e.Error())
			}
		}
		var s *socketserver.TCPServer
		var err error
		s, err = socketserver.NewTCPServer("localhost", 0, func(*socket.Socket) {
			defer func() { say(recover()) }()
			s.Shutdown()
		})
		port, _ := start(s, err)
		ask(port, "x")
		s.Shutdown()
		s.ServerClose()
		for _, h := range []any{1, func() {}} {
			func() {
				defer func() { say(recover()) }()
				_, _ = socketserver.NewTCPServer("localhost", 0, h)
			}()
		}
		s, err = socketserver.NewTCPServer("localhost", 0, upper, socketserver.Timeout(time.Millisecond),
			socketserver.HandleTimeout(func() { log("timeout") }))
		if err != nil {
			panic(err)
		}
		s.HandleRequest()
		s.ServerClose()
	})
}
