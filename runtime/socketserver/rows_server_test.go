package socketserver_test

// This file defines rows of Lib/test/test_socketserver.py: servers, their ends and their options.

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/socketserver"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

func serverRows() []twin.Row {
	return []twin.Row{
		{Name: "threads serve at once", Python: `
barrier = threading.Barrier(3)
class H(socketserver.BaseRequestHandler):
    def handle(self):
        me = threading.current_thread(); seen.add(me is not t and not me.daemon); barrier.wait(60); self.request.sendall(b"x")
s = socketserver.ThreadingTCPServer(("localhost", 0), H); t = start(s)
cs = [dial(s) for _ in range(3)]; print(*[answer(c) for c in cs]); print(seen(3), s.daemon_threads); stop(s, t)`,
			Want: `
x x x
True True True False`,
			Go: func(log func(...any)) {
				l, barrier := newSeen(), threading.NewBarrier(3)
				var th *threading.Thread
				s := many(func(c *socket.Socket) {
					me := threading.CurrentThread()
					l.add(truth(me != th && !me.Daemon()))
					_, _ = barrier.Wait(threading.Timeout(time.Minute))
					_ = c.SendAll([]byte("x"))
				})
				_, th = start(s, nil)
				var cs []*socket.Socket
				for range 3 {
					cs = append(cs, dial(s, ""))
				}
				var got []any
				for _, c := range cs {
					got = append(got, answered(c))
				}
				log(got...)
				log(l.get(3), "False")
				s.Shutdown()
				th.Join()
				s.ServerClose()
			}},
		{Name: "one after the other", Python: `
class H(socketserver.StreamRequestHandler):
    def handle(self):
        seen.add(threading.current_thread().name); seen.add(self.rfile.readline().decode().strip())
s = socketserver.TCPServer(("localhost", 0), H)
cs = [dial(s, b"%d\n" % i) for i in range(4)]; t = start(s); [answer(c) for c in cs]; print(seen(8)); stop(s, t)`,
			Want: `
server 0 server 1 server 2 server 3`,
			Go: func(log func(...any)) {
				l := newSeen()
				s := one(func(r *socketserver.StreamRequestHandler) {
					l.add(threading.CurrentThread().Name())
					line, _ := r.RFile.ReadLine()
					l.add(strings.TrimSpace(line))
				})
				var cs []*socket.Socket
				for i := range 4 {
					cs = append(cs, dial(s, fmt.Sprintln(i)))
				}
				stop := serve(s)
				for _, c := range cs {
					answered(c)
				}
				log(l.get(8))
				stop()
			}},
		{Name: "names of threads", Since: 10, Python: `
class H(socketserver.BaseRequestHandler):
    def handle(self): seen.add(threading.current_thread().name.split("-")[0]); seen.add(threading.current_thread().name.split()[1])
s = socketserver.ThreadingTCPServer(("localhost", 0), H); c = dial(s); s.handle_request(); print(seen(2)); answer(c); s.server_close()`,
			Want: `
Thread (process_request_thread)`,
			Go: func(log func(...any)) {
				l := newSeen()
				s := many(func(*socket.Socket) {
					name := threading.CurrentThread().Name()
					first, _, _ := strings.Cut(name, "-")
					l.add(first)
					l.add(strings.Fields(name)[1])
				})
				c := dial(s, "")
				s.HandleRequest()
				log(l.get(2))
				answered(c)
				s.ServerClose()
			}},
		{Name: "a threading server doesn't wait for the handler", Python: `
gate = threading.Event()
class H(socketserver.BaseRequestHandler):
    def handle(self): gate.wait(60); self.request.sendall(b"served")
s = socketserver.ThreadingTCPServer(("localhost", 0), H); c = dial(s); s.handle_request(); print("back"); gate.set(); print(answer(c)); s.server_close()`,
			Want: `
back
served`,
			Go: func(log func(...any)) {
				gate := threading.NewEvent()
				s := many(func(c *socket.Socket) {
					gate.Wait(threading.Timeout(time.Minute))
					_ = c.SendAll([]byte("served"))
				})
				c := dial(s, "")
				s.HandleRequest()
				log("back")
				gate.Set()
				log(answered(c))
				s.ServerClose()
			}},
		{Name: "server_close waits for handlers", Since: 7, Python: `
gate = threading.Event()
class H(socketserver.BaseRequestHandler):
    def handle(self): gate.wait(60); seen.add("handled")
s = socketserver.ThreadingTCPServer(("localhost", 0), H); c = dial(s); s.handle_request()
threading.Timer(0.05, gate.set).start(); s.server_close(); print(seen()); c.close()`,
			Want: `
handled`,
			Go: func(log func(...any)) {
				gate, l := threading.NewEvent(), newSeen()
				s := many(func(*socket.Socket) { gate.Wait(threading.Timeout(time.Minute)); l.add("handled") })
				c := dial(s, "")
				s.HandleRequest()
				threading.NewTimer(50*time.Millisecond, gate.Set).Start()
				s.ServerClose()
				log(l.get(0))
				_ = c.Close()
			}},
		{Name: "server_close without waiting", Since: 7, Python: `
for daemons, block in ((True, True), (False, False)):
    gate = threading.Event()
    class H(socketserver.BaseRequestHandler):
        def handle(self): seen.add(threading.current_thread().daemon); gate.wait(60); self.request.sendall(b"served")
    class S(socketserver.ThreadingTCPServer): daemon_threads, block_on_close = daemons, block
    s = S(("localhost", 0), H); c = dial(s); s.handle_request(); s.server_close(); print("closed"); gate.set(); print(answer(c))
print(seen(2))`,
			Want: `
closed
served
closed
served
True False`,
			Go: func(log func(...any)) {
				l := newSeen()
				for _, daemons := range []bool{true, false} {
					gate := threading.NewEvent()
					s := many(func(c *socket.Socket) {
						l.add(truth(threading.CurrentThread().Daemon()))
						gate.Wait(threading.Timeout(time.Minute))
						_ = c.SendAll([]byte("served"))
					}, socketserver.DaemonThreads(daemons), socketserver.BlockOnClose(daemons))
					c := dial(s, "")
					s.HandleRequest()
					s.ServerClose()
					log("closed")
					gate.Set()
					log(answered(c))
				}
				log(l.get(2))
			}},
		{Name: "a handler fails in a thread", Python: `
class H(socketserver.StreamRequestHandler):
    def handle(self):
        if self.rfile.readline() == b"bad\n": raise ValueError("bad")
        self.wfile.write(b"good")
class S(socketserver.ThreadingTCPServer):
    def handle_error(self, request, address): seen.add(type(sys.exc_info()[1]).__name__); seen.add(threading.current_thread() is not t)
s = S(("localhost", 0), H); t = start(s); print(repr(ask(s, b"bad\n")), seen(2)); print(ask(s)); stop(s, t)`,
			Want: `
'' ValueError True
good`,
			Go: func(log func(...any)) {
				l := newSeen()
				var th *threading.Thread
				s := many(func(r *socketserver.StreamRequestHandler) {
					if line, _ := r.RFile.ReadLine(); line == "bad\n" {
						panic(exceptions.Value("bad"))
					}
					_, _ = r.WFile.WriteString("good")
				}, socketserver.HandleError(func(c *socket.Socket, a socket.Addr, err error) {
					l.add(failure(c, a, err))
					l.add(truth(threading.CurrentThread() != th))
				}))
				_, th = start(s, nil)
				log("'"+say(s, "bad\n")+"'", l.get(2))
				log(say(s, "hello\n"))
				s.Shutdown()
				th.Join()
				s.ServerClose()
			}},
		{Name: "sys.exit in a handler's thread", Python: `
class H(socketserver.StreamRequestHandler):
    def handle(self):
        if self.rfile.readline() == b"bad\n": sys.exit(3)
        self.wfile.write(b"good")
class S(socketserver.ThreadingTCPServer):
    def handle_error(self, *a): print("never")
s = S(("localhost", 0), H); t = start(s); print(repr(ask(s, b"bad\n")), ask(s)); stop(s, t)`,
			Want: `
'' good`,
			Go: func(log func(...any)) {
				s := many(func(r *socketserver.StreamRequestHandler) {
					if line, _ := r.RFile.ReadLine(); line == "bad\n" {
						panic(&exceptions.SystemExit{Code: 3})
					}
					_, _ = r.WFile.WriteString("good")
				}, socketserver.HandleError(func(*socket.Socket, socket.Addr, error) { log("never") }))
				stop := serve(s)
				log("'"+say(s, "bad\n")+"'", say(s, "hello\n"))
				stop()
			}},
		{Name: "handle_request serves one", Python: `
s = socketserver.TCPServer(("localhost", 0), Upper); cs = [dial(s, b"a\n"), dial(s, b"b\n")]
for c in cs: s.handle_request(); print(answer(c).strip())
s.server_close()`,
			Want: `
A
B`,
			Go: func(log func(...any)) {
				s := one(loud)
				for _, c := range []*socket.Socket{dial(s, "a\n"), dial(s, "b\n")} {
					s.HandleRequest()
					log(strings.TrimSpace(answered(c)))
				}
				s.ServerClose()
			}},
		{Name: "handle_request times out", Python: `
class S(socketserver.TCPServer):
    timeout = 0.01
    def handle_timeout(self): print("timeout")
s = S(("localhost", 0), Upper); s.handle_request(); print("back"); c = dial(s, b"a\n"); s.handle_request(); print(answer(c).strip()); s.server_close()
s = socketserver.TCPServer(("localhost", 0), Upper); s.socket.settimeout(0.01); print(s.handle_request()); s.server_close()`,
			Want: `
timeout
back
A
None`,
			Go: func(log func(...any)) {
				s := one(loud, socketserver.Timeout(10*time.Millisecond),
					socketserver.HandleTimeout(func() { log("timeout") }))
				s.HandleRequest()
				log("back")
				c := dial(s, "a\n")
				s.HandleRequest()
				log(strings.TrimSpace(answered(c)))
				s.ServerClose()
				s = one(loud)
				s.Socket().SetTimeout(10 * time.Millisecond)
				s.HandleRequest()
				log("None")
				s.ServerClose()
			}},
		{Name: "verify_request", Python: `
class S(socketserver.TCPServer):
    def verify_request(self, request, address): seen.add(address[0]); return len(seen.all) > 1
s = S(("localhost", 0), Upper); t = start(s); c = dial(s); print(repr(answer(c))); print(ask(s).strip(), seen(2)); stop(s, t)`,
			Want: `
''
HELLO 127.0.0.1 127.0.0.1`,
			Go: func(log func(...any)) {
				l := newSeen()
				s := one(loud, socketserver.VerifyRequest(func(_ *socket.Socket, a socket.Addr) bool {
					l.add(a.Host)
					return len(l.get(0)) > 9
				}))
				stop := serve(s)
				log("'" + answered(dial(s, "")) + "'")
				log(strings.TrimSpace(say(s, "hello\n")), l.get(2))
				stop()
			}},
		{Name: "verify_request fails", Python: `
class S(socketserver.TCPServer):
    def verify_request(self, request, address): raise ValueError("no")
    def handle_error(self, request, address): seen.add(type(sys.exc_info()[1]).__name__)
s = S(("localhost", 0), Upper); c = dial(s)
try: s.handle_request()
except ValueError as e: print(type(e).__name__)
s.server_close(); c.close(); print(repr(seen()))`,
			Want: `
ValueError
''`,
			Go: func(log func(...any)) {
				l := newSeen()
				s := one(loud,
					socketserver.VerifyRequest(func(*socket.Socket, socket.Addr) bool {
						panic(exceptions.Value("no"))
					}),
					socketserver.HandleError(func(c *socket.Socket, a socket.Addr, err error) {
						l.add(failure(c, a, err))
					}))
				c := dial(s, "")
				func() {
					defer func() { log(failure(nil, socket.Addr{}, exceptions.Of(recover()))) }()
					s.HandleRequest()
				}()
				s.ServerClose()
				_ = c.Close()
				log("'" + l.get(0) + "'")
			}},
		{Name: "an address of its own", Python: `
s = socketserver.TCPServer(("localhost", 0), Upper); u = socketserver.TCPServer(("localhost", 0), Upper)
print(s.server_address[0], s.server_address[1] > 0, s.server_address != u.server_address, s.fileno() == s.socket.fileno(), s.server_address == s.socket.getsockname())
s.server_close(); u.server_close(); print(s.socket.fileno(), s.fileno())`,
			Want: `
127.0.0.1 True True True True
-1 -1`,
			Go: func(log func(...any)) {
				s, u := one(loud), one(loud)
				log(s.ServerAddress().Host, truth(s.ServerAddress().Port > 0),
					truth(s.ServerAddress() != u.ServerAddress()), truth(s.FileNo() == s.Socket().FileNo()),
					truth(s.ServerAddress() == s.Socket().GetSockName()))
				s.ServerClose()
				u.ServerClose()
				log(s.Socket().FileNo(), s.FileNo())
			}},
		{Name: "a port in use", Python: `
class S(socketserver.TCPServer): allow_reuse_address = True
a = S(("localhost", 0), Upper); print(a.socket.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR) != 0)
try: S(a.server_address, Upper)
except OSError as e: print(type(e).__name__, e)
a.server_close(); b = S(a.server_address, Upper); print(b.server_address == a.server_address); b.server_close()
print(socketserver.TCPServer(("localhost", 0), Upper).socket.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR))`,
			Want: `
True
OSError [Errno 98] Address already in use
True
0`,
			Go: func(log func(...any)) {
				a := one(loud, socketserver.AllowReuseAddress(true))
				on, _ := a.Socket().GetSockOpt(socket.SOL_SOCKET, socket.SO_REUSEADDR)
				log(truth(on != 0))
				address := a.ServerAddress()
				_, err := socketserver.NewTCPServer("localhost", address.Port, loud,
					socketserver.AllowReuseAddress(true))
				text, _, _ := strings.Cut(err.Error(), ": ") // what follows says which program has it
				log(err.(exceptions.Exception).Exception(), text)
				a.ServerClose()
				b, err := socketserver.NewTCPServer("localhost", address.Port, loud,
					socketserver.AllowReuseAddress(true))
				log(truth(err == nil && b.ServerAddress() == address))
				b.ServerClose()
				off, _ := one(loud).Socket().GetSockOpt(socket.SOL_SOCKET, socket.SO_REUSEADDR)
				log(off)
			}},
		{Name: "a port that is none", Python: `
try: socketserver.TCPServer(("localhost", -1), Upper)
except OverflowError as e: print(type(e).__name__, str(e).split("bind(): ")[-1])`,
			Older: []twin.Older{{Until: 7, Want: `OverflowError getsockaddrarg: port must be 0-65535.`}},
			Want:  `OverflowError port must be 0-65535.`,
			Go: func(log func(...any)) {
				defer func() {
					if e, ok := recover().(exceptions.Exception); ok {
						log(e.Exception(), strings.TrimPrefix(e.Error(), "bind(): "))
					}
				}()
				_, _ = socketserver.NewTCPServer("localhost", -1, loud)
			}},
		{Name: "bound and activated later", Python: `
s = socketserver.TCPServer(("localhost", 0), Upper, bind_and_activate=False); print(s.fileno() >= 0); s.allow_reuse_address = True; s.server_bind()
try: dial(s)
except ConnectionRefusedError as e: print(type(e).__name__)
s.server_activate(); t = start(s); print(ask(s).strip()); stop(s, t)`,
			Want: `
True
ConnectionRefusedError
HELLO`,
			Go: func(log func(...any)) {
				s := one(loud, socketserver.BindAndActivate(false), socketserver.AllowReuseAddress(true))
				log(truth(s.FileNo() >= 0))
				if err := s.ServerBind(); err != nil {
					log(err)
				}
				if _, err := socket.CreateConnection("localhost", s.ServerAddress().Port); err != nil {
					log(err.(exceptions.Exception).Exception())
				}
				if err := s.ServerActivate(); err != nil {
					log(err)
				}
				stop := serve(s)
				log(strings.TrimSpace(say(s, "hello\n")))
				stop()
			}},
		{Name: "shutdown and again", Python: `
s = socketserver.TCPServer(("localhost", 0), Upper)
for _ in range(2):
    t = start(s); print(ask(s).strip()); s.shutdown(); t.join(60); print(t.is_alive())
s.server_close()
try: dial(s)
except ConnectionRefusedError as e: print(type(e).__name__)`,
			Want: `
HELLO
False
HELLO
False
ConnectionRefusedError`,
			Go: func(log func(...any)) {
				s := one(loud)
				port := s.ServerAddress().Port
				for range 2 {
					_, th := start(s, nil)
					log(strings.TrimSpace(say(s, "hello\n")))
					s.Shutdown()
					th.Join(threading.Timeout(time.Minute))
					log(truth(th.IsAlive()))
				}
				s.ServerClose()
				if _, err := socket.CreateConnection("localhost", port); err != nil {
					log(err.(exceptions.Exception).Exception())
				}
			}},
		{Name: "a client waits while nothing serves it", Python: `
s = socketserver.TCPServer(("localhost", 0), Upper); t = start(s); s.shutdown(); t.join(); c = dial(s, b"waits\n")
t = start(s); print(answer(c).strip()); stop(s, t)`,
			Want: `
WAITS`,
			Go: func(log func(...any)) {
				s := one(loud)
				_, th := start(s, nil)
				s.Shutdown()
				th.Join()
				c := dial(s, "waits\n")
				stop := serve(s)
				log(strings.TrimSpace(answered(c)))
				stop()
			}},
		{Name: "service actions", Python: `
done = threading.Event()
class S(socketserver.TCPServer):
    n = 0
    def service_actions(self):
        self.n += 1
        if self.n == 3: done.set()
s = S(("localhost", 0), Upper); t = threading.Thread(target=s.serve_forever, args=(0.005,)); t.start(); print(done.wait(60)); stop(s, t)`,
			Want: `
True`,
			Go: func(log func(...any)) {
				done, n := threading.NewEvent(), 0
				s := one(loud, socketserver.ServiceActions(func() {
					if n++; n == 3 {
						done.Set()
					}
				}))
				th := threading.NewThread(func() { s.ServeForever(5 * time.Millisecond) })
				th.Start()
				log(truth(done.Wait(threading.Timeout(time.Minute))))
				s.Shutdown()
				th.Join()
				s.ServerClose()
			}},
		{Name: "with closes the server", Python: `
with socketserver.TCPServer(("localhost", 0), Upper) as s: t = start(s); print(ask(s).strip()); s.shutdown(); t.join()
print(s.socket.fileno())
try:
    with socketserver.TCPServer(("localhost", 0), Upper) as s: raise ValueError("x")
except ValueError: print(s.socket.fileno())`,
			Want: `
HELLO
-1
-1`,
			Go: func(log func(...any)) {
				s := one(loud)
				s.With(func() {
					_, th := start(s, nil)
					log(strings.TrimSpace(say(s, "hello\n")))
					s.Shutdown()
					th.Join()
				})
				log(s.Socket().FileNo())
				s = one(loud)
				func() {
					defer func() { _ = recover(); log(s.Socket().FileNo()) }()
					s.With(func() { panic(exceptions.Value("x")) })
				}()
			}},
		{Name: "a handler that shuts the server down", Python: `
class H(socketserver.BaseRequestHandler):
    def handle(self): self.server.shutdown(); self.request.sendall(b"last")
s = socketserver.ThreadingTCPServer(("localhost", 0), H); t = start(s); c = dial(s); print(answer(c)); t.join(60); print(t.is_alive()); s.server_close()`,
			Want: `
last
False`,
			Go: func(log func(...any)) {
				s := many(func(r *socketserver.BaseRequestHandler) {
					r.Server.Shutdown()
					_ = r.Request.SendAll([]byte("last"))
				})
				_, th := start(s, nil)
				log(answered(dial(s, "")))
				th.Join(threading.Timeout(time.Minute))
				log(truth(th.IsAlive()))
				s.ServerClose()
			}},
		{Name: "many clients", Python: `
for kind in (socketserver.TCPServer, socketserver.ThreadingTCPServer):
    s = kind(("localhost", 0), Upper); t = start(s); got = Log()
    cs = [threading.Thread(target=lambda i=i: got.add(ask(s, b"c%d\n" % i).strip())) for i in range(8)]
    for c in cs: c.start()
    for c in cs: c.join()
    print(*sorted(got(8).split())); stop(s, t)`,
			Want: `
C0 C1 C2 C3 C4 C5 C6 C7
C0 C1 C2 C3 C4 C5 C6 C7`,
			Go: func(log func(...any)) {
				for _, s := range []*server{one(loud), many(loud)} {
					stop, l := serve(s), newSeen()
					var cs []*threading.Thread
					for i := range 8 {
						cs = append(cs,
							threading.NewThread(func() { l.add(strings.TrimSpace(say(s, fmt.Sprintf("c%d\n", i)))) }))
					}
					for _, c := range cs {
						c.Start()
					}
					for _, c := range cs {
						c.Join()
					}
					all := strings.Fields(l.get(8))
					sort.Strings(all)
					log(strings.Join(all, " "))
					stop()
				}
			}},
		{Name: "recv is no message", Python: `
a, b = socket.socketpair(); a.sendall(b"one"); a.sendall(b"two"); c = b.makefile("rb"); print(c.read(6).decode())
a.sendall(b"three"); print(b.recv(2, socket.MSG_WAITALL).decode(), b.recv(3, socket.MSG_WAITALL).decode()); a.close(); print(len(b.recv(1)))`,
			Want: `
onetwo
th ree
0`,
			Go: func(log func(...any)) {
				a, b := socket.SocketPair()
				_ = a.SendAll([]byte("one"))
				_ = a.SendAll([]byte("two"))
				exactly := func(n int) string {
					buf := make([]byte, n)
					_, err := io.ReadFull(b, buf)
					if err != nil {
						return err.Error()
					}
					return string(buf)
				}
				log(exactly(6))
				_ = a.SendAll([]byte("three"))
				log(exactly(2), exactly(3))
				_ = a.Close()
				nothing, _ := b.Recv(1)
				log(len(nothing))
			}},
	}
}
