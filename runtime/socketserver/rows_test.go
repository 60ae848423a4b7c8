package socketserver_test

// This file defines rows of Lib/test/test_socketserver.py: handlers, and what a server does around them.

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/socketserver"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

// What a row in Python has: clients that say all and then listen to the end, so that it doesn't matter how TCP cuts
// what is sent.
const rowPrelude = `
import socketserver, socket, threading, sys, io
def dial(s, data=b""):
    c = socket.create_connection(s.server_address); c.sendall(data); return c
def answer(c):
    with c.makefile("rb") as f: text = f.read().decode()
    c.close(); return text
def ask(s, data=b"hello\n"):
    c = dial(s, data); c.shutdown(socket.SHUT_WR); return answer(c)
def start(s):
    t = threading.Thread(target=s.serve_forever, args=(0.01,), name="server"); t.start(); return t
def stop(s, t): s.shutdown(); t.join(); s.server_close()
class Upper(socketserver.StreamRequestHandler):
    def handle(self): self.wfile.write(self.rfile.readline().upper())
class Log:
    def __init__(self): self.all, self.lock = [], threading.Condition()
    def add(self, x):
        with self.lock: self.all.append(x); self.lock.notify_all()
    def __call__(self, n=0):
        with self.lock: self.lock.wait_for(lambda: len(self.all) >= n, 60); return " ".join(map(str, self.all))
seen = Log()
`

// The same in Go.

type server = socketserver.TCPServer

// made is a server at a free port of the loopback device.
func made(make constructor, handler any, opts ...socketserver.Option) *server {
	s, err := make("localhost", 0, handler, opts...)
	if err != nil {
		panic(err)
	}
	return s
}

func one(handler any, opts ...socketserver.Option) *server {
	return made(socketserver.NewTCPServer, handler, opts...)
}

func many(handler any, opts ...socketserver.Option) *server {
	return made(socketserver.NewThreadingTCPServer, handler, opts...)
}

func dial(s *server, data string) *socket.Socket {
	c, err := socket.CreateConnection("localhost", s.ServerAddress().Port)
	if err == nil {
		err = c.SendAll([]byte(data))
	}
	if err != nil {
		panic(err)
	}
	return c
}

func answered(c *socket.Socket) string {
	all, err := io.ReadAll(c)
	_ = c.Close()
	if err != nil {
		return err.Error()
	}
	return string(all)
}

func say(s *server, data string) string {
	c := dial(s, data)
	_ = c.Shutdown(socket.SHUT_WR)
	return answered(c)
}

func serve(s *server) (stop func()) {
	_, th := start(s, nil)
	return func() {
		s.Shutdown()
		th.Join()
		s.ServerClose()
	}
}

func loud(r *socketserver.StreamRequestHandler) {
	line, _ := r.RFile.ReadLine()
	_, _ = r.WFile.WriteString(strings.ToUpper(line))
}

// seen is what several threads have noted.
type seen struct {
	all  []string
	cond *threading.Condition
}

func newSeen() *seen { return &seen{cond: threading.NewCondition(nil)} }

func (l *seen) add(x any) {
	l.cond.With(func() { l.all = append(l.all, fmt.Sprint(x)); l.cond.NotifyAll() })
}

func (l *seen) get(n int) (text string) {
	l.cond.With(func() {
		l.cond.WaitFor(func() bool { return len(l.all) >= n }, threading.Timeout(time.Minute))
		text = strings.Join(l.all, " ")
	})
	return text
}

// steps is a handler with the three methods.
type steps struct {
	*socketserver.BaseRequestHandler
	seen  *seen
	setup func()
}

func (h *steps) Setup() {
	h.seen.add("setup")
	if h.setup != nil {
		h.setup()
	}
}
func (h *steps) Handle() {
	h.seen.add("handle")
	line, _ := h.Request.MakeFile().ReadLine()
	if line == "bad\n" {
		panic(exceptions.Value("bad"))
	}
	_ = h.Request.SendAll([]byte(strings.ToUpper(line)))
}
func (h *steps) Finish() { h.seen.add("finish") }

func truth(b bool) string { return map[bool]string{true: "True", false: "False"}[b] }

func failure(_ *socket.Socket, _ socket.Addr, err error) string {
	var e exceptions.Exception
	if errors.As(err, &e) {
		return e.Exception()
	}
	return err.Error()
}

func TestRows(t *testing.T) {
	suite := twin.Suite{Prelude: rowPrelude, Run: func(
		t *testing.T, real bool, version string, program func(log func(...any)),
	) string {
		t.Helper()
		w := newWorld(t, kind{simulated: !real, version: version, seed: 1})
		var b strings.Builder
		if err := w.run(func() { program(func(a ...any) { fmt.Fprintln(&b, a...) }) }); err != nil {
			fmt.Fprintln(&b, "ended by", err)
		}
		w.stop()
		return b.String()
	}}
	suite.Check(t, append(handlerRows(), serverRows()...))
}

func handlerRows() []twin.Row {
	return []twin.Row{
		{Name: "setup, handle, finish", Python: `
class H(socketserver.BaseRequestHandler):
    def setup(self): seen.add("setup")
    def handle(self):
        seen.add("handle")
        with self.request.makefile("rb") as f: self.request.sendall(f.readline().upper())
    def finish(self): seen.add("finish")
s = socketserver.TCPServer(("localhost", 0), H); t = start(s)
print(ask(s).strip(), seen(3)); stop(s, t)`,
			Want: `
HELLO setup handle finish`,
			Go: func(log func(...any)) {
				l := newSeen()
				s := one(func(r *socketserver.BaseRequestHandler) socketserver.Handler { return &steps{r, l, nil} })
				stop := serve(s)
				log(strings.TrimSpace(say(s, "hello\n")), l.get(3))
				stop()
			}},
		{Name: "a handler fails", Python: `
class H(socketserver.BaseRequestHandler):
    def setup(self): seen.add("setup")
    def handle(self):
        seen.add("handle")
        with self.request.makefile("rb") as f: line = f.readline()
        if line == b"bad\n": raise ValueError("bad")
        self.request.sendall(line.upper())
    def finish(self): seen.add("finish")
class S(socketserver.TCPServer):
    def handle_error(self, request, address): seen.add(type(sys.exc_info()[1]).__name__)
s = S(("localhost", 0), H); t = start(s)
print(repr(ask(s, b"bad\n")), seen(4)); print(ask(s).strip(), seen(7)); stop(s, t)`,
			Want: `
'' setup handle finish ValueError
HELLO setup handle finish ValueError setup handle finish`,
			Go: func(log func(...any)) {
				l := newSeen()
				s := one(func(r *socketserver.BaseRequestHandler) socketserver.Handler { return &steps{r, l, nil} },
					socketserver.HandleError(func(c *socket.Socket, a socket.Addr, err error) {
						l.add(failure(c, a, err))
					}))
				stop := serve(s)
				log("'"+say(s, "bad\n")+"'", l.get(4))
				log(strings.TrimSpace(say(s, "hello\n")), l.get(7))
				stop()
			}},
		{Name: "setup fails", Python: `
class H(socketserver.BaseRequestHandler):
    def setup(self): seen.add("setup"); raise ValueError("no")
    def handle(self): seen.add("handle")
    def finish(self): seen.add("finish")
class S(socketserver.TCPServer):
    def handle_error(self, *a): seen.add("error")
s = S(("localhost", 0), H); c = dial(s); s.handle_request(); print(seen(2), repr(answer(c))); s.server_close()`,
			Want: `
setup error ''`,
			Go: func(log func(...any)) {
				l := newSeen()
				s := one(func(r *socketserver.BaseRequestHandler) socketserver.Handler {
					return &steps{r, l, func() { panic(exceptions.Value("no")) }}
				}, socketserver.HandleError(func(*socket.Socket, socket.Addr, error) { l.add("error") }))
				c := dial(s, "")
				s.HandleRequest()
				log(l.get(2), "'"+answered(c)+"'")
				s.ServerClose()
			}},
		{Name: "lines come whole", Python: `
class H(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile: self.wfile.write(line[::-1].strip() + b"\n")
s = socketserver.TCPServer(("localhost", 0), H); t = threading.Thread(target=s.handle_request); t.start()
c = dial(s)
for part in (b"he", b"llo\nwor", b"ld\n"): c.sendall(part)
c.shutdown(socket.SHUT_WR); print(*answer(c).split()); t.join(); s.server_close()`,
			Want: `
olleh dlrow`,
			Go: func(log func(...any)) {
				s := one(func(r *socketserver.StreamRequestHandler) {
					for line := range r.RFile.Lines() {
						b := []byte(strings.TrimSpace(line))
						for i := range len(b) / 2 {
							b[i], b[len(b)-1-i] = b[len(b)-1-i], b[i]
						}
						_, _ = r.WFile.WriteString(string(b) + "\n")
					}
				})
				th := threading.NewThread(s.HandleRequest)
				th.Start()
				c := dial(s, "")
				for _, part := range []string{"he", "llo\nwor", "ld\n"} {
					_ = c.SendAll([]byte(part))
				}
				_ = c.Shutdown(socket.SHUT_WR)
				log(strings.Join(strings.Fields(answered(c)), " "))
				th.Join()
				s.ServerClose()
			}},
		{Name: "what is written is sent at once", Python: `
gate = threading.Event()
class H(socketserver.StreamRequestHandler):
    def handle(self): self.wfile.write(b"early\n"); gate.wait(60); self.wfile.write(b"late\n")
s = socketserver.ThreadingTCPServer(("localhost", 0), H); t = start(s)
c = dial(s); f = c.makefile("rb"); print(f.readline().decode().strip(), gate.is_set()); gate.set(); print(f.read().decode().strip())
f.close(); c.close(); stop(s, t)`,
			Want: `
early False
late`,
			Go: func(log func(...any)) {
				gate := threading.NewEvent()
				s := many(func(r *socketserver.StreamRequestHandler) {
					_, _ = r.WFile.WriteString("early\n")
					gate.Wait(threading.Timeout(time.Minute))
					_, _ = r.WFile.WriteString("late\n")
				})
				stop := serve(s)
				f := dial(s, "").MakeFile()
				line, _ := f.ReadLine()
				log(strings.TrimSpace(line), truth(gate.IsSet()))
				gate.Set()
				rest, _ := f.ReadAll()
				log(strings.TrimSpace(string(rest)))
				stop()
			}},
		{Name: "what a handler knows", Python: `
class H(socketserver.StreamRequestHandler):
    def handle(self):
        self.rfile.readline()
        seen.add(self.server is s); seen.add(self.client_address == (c.getsockname()[:2])); seen.add(self.connection is self.request)
        seen.add(self.request.getsockname() == s.server_address); seen.add(self.client_address[0])
s = socketserver.TCPServer(("localhost", 0), H); c = dial(s, b"x\n"); s.handle_request(); print(seen(5)); c.close(); s.server_close()`,
			Want: `
True True True True 127.0.0.1`,
			Go: func(log func(...any)) {
				l := newSeen()
				var s *server
				var c *socket.Socket
				s = one(func(r *socketserver.StreamRequestHandler) {
					_, _ = r.RFile.ReadLine()
					l.add(truth(r.Server == s))
					l.add(truth(r.ClientAddress == c.GetSockName()))
					l.add(truth(r.Connection == r.Request))
					l.add(truth(r.Request.GetSockName() == s.ServerAddress()))
					l.add(r.ClientAddress.Host)
				})
				c = dial(s, "x\n")
				s.HandleRequest()
				log(l.get(5))
				_ = c.Close()
				s.ServerClose()
			}},
		{Name: "a time-out of the handler", Python: `
class H(socketserver.StreamRequestHandler):
    timeout = 0.01
    def handle(self):
        try: self.rfile.readline()
        except socket.timeout as e: seen.add(e)
s = socketserver.TCPServer(("localhost", 0), H); c = dial(s, b"half a line"); s.handle_request(); print(seen(1)); c.close(); s.server_close()`,
			Want: `
timed out`,
			Go: func(log func(...any)) {
				l := newSeen()
				s := one(func(r *socketserver.StreamRequestHandler) {
					r.SetTimeout(10 * time.Millisecond)
					if _, err := r.RFile.ReadLine(); err != nil {
						l.add(err)
					}
				})
				c := dial(s, "half a line")
				s.HandleRequest()
				log(l.get(1))
				_ = c.Close()
				s.ServerClose()
			}},
		{Name: "a client that has gone", Python: `
class H(socketserver.BaseRequestHandler):
    def handle(self): seen.add(len(self.request.recv(10)))
s = socketserver.TCPServer(("localhost", 0), H)
for _ in range(2): dial(s).close(); s.handle_request()
print(seen(2)); s.server_close()`,
			Want: `
0 0`,
			Go: func(log func(...any)) {
				l := newSeen()
				s := one(func(c *socket.Socket) { b, _ := c.Recv(10); l.add(len(b)) })
				for range 2 {
					_ = dial(s, "").Close()
					s.HandleRequest()
				}
				log(l.get(2))
				s.ServerClose()
			}},
		{Name: "a half-closed connection", Python: `
class H(socketserver.StreamRequestHandler):
    def handle(self): self.wfile.write(b"%d bytes\n" % len(self.rfile.read()))
s = socketserver.TCPServer(("localhost", 0), H); t = start(s); print(ask(s, b"x" * 100000).strip(), ask(s, b"").strip()); stop(s, t)`,
			Want: `
100000 bytes 0 bytes`,
			Go: func(log func(...any)) {
				s := one(func(r *socketserver.StreamRequestHandler) {
					all, _ := r.RFile.ReadAll()
					_, _ = fmt.Fprintf(r.WFile, "%d bytes\n", len(all))
				})
				stop := serve(s)
				log(strings.TrimSpace(say(s, strings.Repeat("x", 100_000))), strings.TrimSpace(say(s, "")))
				stop()
			}},
		{Name: "a long answer", Python: `
class H(socketserver.StreamRequestHandler):
    def handle(self): self.rfile.readline(); self.wfile.write(b"x" * 1000000)
s = socketserver.ThreadingTCPServer(("localhost", 0), H); t = start(s); print(*[len(ask(s)) for _ in range(2)]); stop(s, t)`,
			Want: `
1000000 1000000`,
			Go: func(log func(...any)) {
				s := many(func(r *socketserver.StreamRequestHandler) {
					_, _ = r.RFile.ReadLine()
					_, _ = r.WFile.Write(make([]byte, 1_000_000))
				})
				stop := serve(s)
				log(len(say(s, "hello\n")), len(say(s, "hello\n")))
				stop()
			}},
		{Name: "the block of an error", Python: `
class H(socketserver.BaseRequestHandler):
    def handle(self): raise ValueError("no")
s = socketserver.TCPServer(("localhost", 0), H); c = dial(s)
err, sys.stderr = sys.stderr, io.StringIO(); s.handle_request(); lines = sys.stderr.getvalue().strip().split("\n"); sys.stderr = err
print(lines[0] == lines[-1] == "-" * 40, lines[-2]); print("processing of request from ('127.0.0.1', %d)" % c.getsockname()[1] in lines[1]); c.close(); s.server_close()`,
			Want: `
True ValueError: no
True`,
			Go: func(log func(...any)) {
				var b strings.Builder
				threading.SetHost(machine.Current().Interpreter().(*gil.Interpreter), threading.Host{Stderr: &b})
				s := one(func(*socketserver.BaseRequestHandler) { panic(exceptions.Value("no")) })
				c := dial(s, "")
				s.HandleRequest()
				lines := strings.Split(strings.TrimSpace(b.String()), "\n")
				dashes := strings.Repeat("-", 40)
				log(truth(lines[0] == dashes && lines[len(lines)-1] == dashes), lines[len(lines)-2])
				log(truth(strings.Contains(lines[1],
					fmt.Sprintf("processing of request from ('127.0.0.1', %d)", c.GetSockName().Port))))
				_ = c.Close()
				s.ServerClose()
			}},
		{Name: "sys.exit in a handler", Python: `
class H(socketserver.BaseRequestHandler):
    def handle(self): sys.exit(3)
class S(socketserver.TCPServer):
    def handle_error(self, *a): print("never")
s = S(("localhost", 0), H); c = dial(s)
try: s.handle_request()
except SystemExit as e: print("SystemExit", e.code)
print(repr(answer(c))); s.server_close()`,
			Want: `
SystemExit 3
''`,
			Go: func(log func(...any)) {
				s := one(func(*socketserver.BaseRequestHandler) { panic(&exceptions.SystemExit{Code: 3}) },
					socketserver.HandleError(func(*socket.Socket, socket.Addr, error) { log("never") }))
				c := dial(s, "")
				func() {
					defer func() {
						if e, ok := recover().(*exceptions.SystemExit); ok {
							log("SystemExit", e.Code)
						}
					}()
					s.HandleRequest()
				}()
				log("'" + answered(c) + "'")
				s.ServerClose()
			}},
	}
}
