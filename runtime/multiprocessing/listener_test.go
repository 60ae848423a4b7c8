//go:build unix

package multiprocessing_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/multiprocessing/connection"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

// Behaviours of _TestListener, _TestListenerClient and OtherTest in Lib/test/_test_multiprocessing.py.
func TestTwinListener(t *testing.T) {
	secret := connection.AuthKey([]byte("secret"))
	local := socket.Addr{Host: "localhost"}
	twin.Suite{Prelude: prelude, Run: run}.Check(t, []twin.Row{
		{Name: "listener and client", Python: `
from multiprocessing.connection import Listener, Client
import threading
with Listener(("localhost", 0), authkey=b"secret") as l:
    def serve():
        with l.accept() as c: c.send("hello"); c.send(c.recv() * 2)
    t = threading.Thread(target=serve); t.start()
    with Client(l.address, authkey=b"secret") as c: print(c.recv()); c.send(21); print(c.recv())
    t.join(); print(l.last_accepted[0])
try: l.accept()
except OSError as e: print(e)`,
			Want: "hello\n42\n127.0.0.1\nlistener is closed",
			Go: func(log func(...any)) {
				l := connection.NewListener(local, secret)
				l.With(func() {
					t := threading.NewThread(func() {
						c := l.Accept()
						c.Send("hello")
						c.Send(c.Recv().(int) * 2)
						c.Close()
					})
					t.Start()
					c := connection.Client(l.Address(), secret)
					log(c.Recv())
					c.Send(21)
					log(c.Recv())
					c.Close()
					t.Join()
					log(l.LastAccepted().Host)
				})
				log(strings.TrimPrefix(raised(func() { l.Accept() }), "OSError: "))
			}},
		{Name: "wrong key", Python: `
from multiprocessing.connection import Listener, Client
from multiprocessing import AuthenticationError
import threading
with Listener(("localhost", 0), authkey=b"secret") as l:
    said = []
    def serve():
        try: l.accept()
        except AuthenticationError as e: said.append(str(e))
    t = threading.Thread(target=serve); t.start()
    try: Client(l.address, authkey=b"wrong")
    except AuthenticationError as e: print("client:", e)
    t.join(); print("server:", said[0]); a = l.address
try: Client(a, authkey=b"secret")
except ConnectionRefusedError: print("refused")`,
			Want: "client: digest sent was rejected\nserver: digest received was wrong\nrefused",
			Go: func(log func(...any)) {
				l := connection.NewListener(local, secret)
				said := ""
				t := threading.NewThread(func() { said = raised(func() { l.Accept() }) })
				t.Start()
				log("client:",
					strings.TrimPrefix(raised(func() {
						connection.Client(l.Address(), connection.AuthKey([]byte("wrong")))
					}), "AuthenticationError: "))
				t.Join()
				log("server:", strings.TrimPrefix(said, "AuthenticationError: "))
				a := l.Address()
				l.Close()
				if strings.HasPrefix(raised(func() { connection.Client(a, secret) }), "ConnectionRefusedError") {
					log("refused")
				}
			}},
		{Name: "bytes, their ends and limits", Python: `
from multiprocessing.connection import Listener, Client
import threading
l = Listener(("localhost", 0)); got = []
def serve(): got.append(l.accept())
t = threading.Thread(target=serve); t.start(); c = Client(l.address); t.join(); s = got[0]
big = b"x" * 3000000
t = threading.Thread(target=c.send_bytes, args=(big,)); t.start(); print(s.recv_bytes() == big); t.join()
c.send_bytes(b""); print(s.poll(60), len(s.recv_bytes()), s.poll(0))
c.send_bytes(b"12345"); b = bytearray(8); print(s.recv_bytes_into(b, 2), bytes(b[2:7]).decode())
c.send_bytes(b"12345")
try: s.recv_bytes(4)
except OSError as e: print(e)
s.close(); l.close()
try: s.send_bytes(b"x")
except OSError as e: print(e)
l = Listener(("localhost", 0)); t = threading.Thread(target=serve); t.start(); c = Client(l.address); t.join(); s = got[1]
c.close(); print(s.poll(60))
try: s.recv_bytes()
except EOFError: print("EOFError")
s.close(); l.close()`,
			Want: "True\nTrue 0 False\n5 12345\nbad message length\nhandle is closed\nTrue\nEOFError",
			Go: func(log func(...any)) {
				l, s, c := connected(local)
				big := strings.Repeat("x", 3000000)
				t := threading.NewThread(c.SendBytes, threading.Args([]byte(big)))
				t.Start()
				log(truth(string(s.RecvBytes()) == big))
				t.Join()
				c.SendBytes(nil)
				log(truth(s.Poll(mp.Timeout(watchdog))), len(s.RecvBytes()), truth(s.Poll()))
				c.SendBytes([]byte("12345"))
				b := make([]byte, 8)
				n := s.RecvBytesInto(b, 2)
				log(n, string(b[2:7]))
				c.SendBytes([]byte("12345"))
				log(strings.TrimPrefix(raised(func() { s.RecvBytes(4) }), "OSError: "))
				s.Close()
				l.Close()
				log(strings.TrimPrefix(raised(func() { s.SendBytes([]byte("x")) }), "OSError: "))
				l, s, c = connected(local)
				c.Close()
				log(truth(s.Poll(mp.Timeout(watchdog))))
				log(named(func() { s.RecvBytes() }))
				s.Close()
				l.Close()
			}},
	})
}

// connected returns a listener, and the two ends of a connection to it.
func connected(addr socket.Addr) (l *connection.Listener, s, c *mp.Connection) {
	l = connection.NewListener(addr)
	t := threading.NewThread(func() { s = l.Accept() })
	t.Start()
	c = connection.Client(l.Address())
	t.Join()
	return l, s, c
}

// A process of the family connects; what belongs to the family isn't sent through a socket; Wait waits for pipes,
// sockets and processes.
func TestListenerBesideProcesses(t *testing.T) {
	for _, real := range []bool{false, true} {
		got := run(t, real, "3.13", func(log func(...any)) {
			l := connection.NewListener(socket.Addr{}, connection.AuthKey([]byte("k")))
			p := mp.NewProcess(connects, mp.Args(l.Address()))
			p.Start()
			c := l.Accept()
			a, b := mp.Pipe()
			ready := mp.Wait([]any{a, c}, mp.Timeout(watchdog))
			log(len(ready), ready[0] == any(c))
			log(c.Recv())
			log(raised(func() { c.Send(a) }))
			log(raised(func() { b.Send(c) }))
			c.Send("thanks")
			log(named(func() { c.Recv() }))
			p.Join()
			log(len(mp.Wait([]any{a, p.Sentinel(), c}, mp.Timeout(watchdog))) == 2)
			l.Close()
		})
		want := `1 true
[1 2]
TypeError: locks, queues, pipes and shared memory can't be sent through a socket: use a Pipe, or pass them in the Args of NewProcess
PicklingError: value: a connection over a socket can't be sent to another process: let the other process call connection.Client itself
EOFError
true
`
		if got != want {
			t.Errorf("real=%v: got\n%s\nwant\n%s", real, got, want)
		}
	}
}

func connects(a socket.Addr) {
	c := connection.Client(a, connection.AuthKey([]byte("k")))
	c.Send([]int{1, 2})
	c.Recv()
}

// Real Pythons of all versions are clients and servers: with the key, with another one, and with values that only
// Python understands.
func TestListenerAndPython(t *testing.T) {
	for _, py := range twin.Pythons(t) {
		if !strings.HasPrefix(py.Version, "3.") {
			continue
		}
		t.Run(py.Version, func(t *testing.T) {
			got := run(t, true, py.Version, func(log func(...any)) {
				l := connection.NewListener(socket.Addr{}, connection.AuthKey([]byte("secret")))
				script := fmt.Sprintf(`
from multiprocessing.connection import Listener, Client
from multiprocessing import AuthenticationError
import sys
a = ("127.0.0.1", %d)
with Client(a, authkey=b"secret") as c:
    c.send_bytes(c.recv_bytes()[::-1]); c.recv_bytes()
    c.send([1, 2]); c.recv_bytes()
try: Client(a, authkey=b"wrong")
except AuthenticationError as e: print("Python:", e)
with Listener(("127.0.0.1", 0), authkey=b"secret") as l:
    print(l.address[1]); sys.stdout.flush()
    with l.accept() as c: c.send_bytes(b"from Python " + c.recv_bytes())
    try: l.accept()
    except AuthenticationError as e: print("Python:", e)
`, l.Address().Port)
				cmd := exec.Command(py.Path, "-c", script)
				out, _ := cmd.StdoutPipe()
				if err := cmd.Start(); err != nil {
					log(err)
					return
				}
				c := l.Accept()
				c.SendBytes([]byte("abc"))
				log(string(c.RecvBytes()))
				c.SendBytes(nil)
				log(strings.Contains(raised(func() { c.Recv() }), "exchange bytes with other programs"))
				c.SendBytes(nil)
				c.Close()
				log("Go:", raised(func() { l.Accept() }))
				port, said := 0, ""
				if _, err := fmt.Fscanf(out, "Python: digest sent was rejected\n%d\n", &port); err != nil {
					log(err)
				}
				d := connection.Client(socket.Addr{Host: "127.0.0.1", Port: port}, connection.AuthKey([]byte("secret")))
				d.SendBytes([]byte("and Go"))
				log(string(d.RecvBytes()))
				d.Close()
				log("Go:", raised(func() {
					connection.Client(socket.Addr{Host: "127.0.0.1", Port: port}, connection.AuthKey([]byte("wrong")))
				}))
				_, _ = fmt.Fscanf(out, "Python: %s", &said)
				log(said)
				_ = cmd.Wait()
			})
			want := `cba
true
Go: AuthenticationError: digest received was wrong
from Python and Go
Go: AuthenticationError: digest sent was rejected
digest
`
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// Garbage, silence and early ends are errors of that client only.
func TestListenerHostile(t *testing.T) {
	for _, real := range []bool{false, true} {
		got := run(t, real, "3.13", func(log func(...any)) {
			l := connection.NewListener(socket.Addr{}, connection.AuthKey([]byte("k")))
			hostile := func(f func(s *socket.Socket)) string {
				t := threading.NewThread(func() {
					a := l.Address()
					s, err := socket.CreateConnection(a.Host, a.Port)
					if err != nil {
						log(err)
						return
					}
					f(s)
					_ = s.Close()
				})
				t.Start()
				defer t.Join()
				return raised(func() { l.Accept() })
			}
			recv := func(s *socket.Socket) { _, _ = s.Recv(100) }
			log(hostile(recv))
			log(hostile(func(s *socket.Socket) { recv(s); _ = s.SendAll([]byte("GET / HTTP/1.1\r\n\r\n")); recv(s) }))
			log(hostile(func(s *socket.Socket) { recv(s); _ = s.SendAll([]byte{0, 0, 0, 3, 'a', 'b', 'c'}); recv(s) }))
			log(hostile(func(s *socket.Socket) {
				recv(s)
				_ = s.SendAll([]byte{0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0, 0, 0, 0})
				recv(s)
			}))
			log(hostile(func(s *socket.Socket) {
				recv(s)
				_ = s.SendAll([]byte{0, 0, 0, 30, 'a'})
				_ = s.Shutdown(socket.SHUT_WR)
				recv(s)
			}))
			if !real { // on this machine 20 s cost nothing
				log(hostile(recv2))
			}
			t := threading.NewThread(func() { log(l.Accept().Recv()) })
			t.Start()
			connection.Client(l.Address(), connection.AuthKey([]byte("k"))).Send("still here")
			t.Join()
			l.Close()
		})
		silence := "AuthenticationError: the other side has sent nothing for 20s: it may not use a key\n"
		if real {
			silence = ""
		}
		want := `EOFError: 
OSError: bad message length
AuthenticationError: unsupported message length, missing digest prefix, or unsupported digest: message="abc"
OSError: bad message length
OSError: got end of file during message
` + silence + `still here
`
		if got != want {
			t.Errorf("real=%v: got\n%s\nwant\n%s", real, got, want)
		}
	}
}

func recv2(s *socket.Socket) {
	_, _ = s.Recv(100)
	_, _ = s.Recv(100)
}
