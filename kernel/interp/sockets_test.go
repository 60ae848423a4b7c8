//go:build linux

package interp_test

// This file tests what becomes of sockets when a cell is interrupted or a process is killed.

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

const socketImports = `import (
	"fmt"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/socketserver"
	"gilkernel/runtime/threading"
)
var _, _, _, _ = mp.NewProcess, socketserver.NewTCPServer, threading.NewThread, fmt.Print
`

const socketFuncs = `func echo(c *socket.Socket) { for { d, err := c.Recv(100); if err != nil || len(d) == 0 { return }; _ = c.SendAll(d) } }
func must(err error) { if err != nil { panic(err) } }
`

// Each wait for a socket, of the cell's own thread and of others. The next cell calls clean, which closes what occupies
// the port.
var socketWaits = []struct{ name, code string }{
	{"ServeForever", `l, err := socketserver.NewTCPServer("localhost", 0, echo, socketserver.AllowReuseAddress(true))
must(err)
port, clean = l.ServerAddress().Port, l.ServerClose
fmt.Println("begun")
l.ServeForever()`},
	{"ServeForever, with clients in threads", `l, err := socketserver.NewThreadingTCPServer("localhost", 0, echo, socketserver.AllowReuseAddress(true))
must(err)
port, clean = l.ServerAddress().Port, l.ServerClose
threading.NewThread(func() {
	c, err := socket.CreateConnection("localhost", port)
	must(err)
	_ = c.SendAll([]byte("x")); _, _ = c.Recv(1)
	fmt.Println("begun")
	_, _ = c.Recv(1)
	fmt.Println("after")
}).Start()
l.ServeForever()`},
	{"ServeForever, with clients in processes", `l, err := socketserver.NewForkingTCPServer("localhost", 0, echo, socketserver.AllowReuseAddress(true))
must(err)
port, clean = l.ServerAddress().Port, l.ServerClose
threading.NewThread(func() {
	c, err := socket.CreateConnection("localhost", port)
	must(err)
	_ = c.SendAll([]byte("x")); _, _ = c.Recv(1)
	fmt.Println("begun")
	for { _ = c.SendAll([]byte("x")); _, _ = c.Recv(1) }
}).Start()
l.ServeForever()`},
	{"HandleRequest", `l, err := socketserver.NewTCPServer("localhost", 0, echo, socketserver.AllowReuseAddress(true))
must(err)
port, clean = l.ServerAddress().Port, l.ServerClose
fmt.Println("begun")
l.HandleRequest()`},
	{"Accept", `l, err := socket.CreateServer("localhost", 0)
must(err)
port, clean = l.GetSockName().Port, func() { l.Close() }
fmt.Println("begun")
_, _, _ = l.Accept()`},
	{"Recv", `l, err := socket.CreateServer("localhost", 0)
must(err)
port, clean = l.GetSockName().Port, func() { l.Close() }
c, err := socket.CreateConnection("localhost", port)
must(err)
fmt.Println("begun")
_, _ = c.Recv(1)`},
	{"SendAll", `l, err := socket.CreateServer("localhost", 0)
must(err)
port, clean = l.GetSockName().Port, func() { l.Close() }
c, err := socket.CreateConnection("localhost", port)
must(err)
fmt.Println("begun")
_ = c.SendAll(make([]byte, 1<<26))`},
	{"Connect to a server whose backlog is full", `l, err := socket.CreateServer("localhost", 0, socket.Backlog(0))
must(err)
port, clean = l.GetSockName().Port, func() { l.Close() }
var all []*socket.Socket
fmt.Println("begun")
for { c, err := socket.CreateConnection("localhost", port); all = append(all, c); if err != nil { l.Accept() } }`},
	{"a thread in Recv, and Join", `l, err := socket.CreateServer("localhost", 0)
must(err)
port, clean = l.GetSockName().Port, func() { l.Close() }
th := threading.NewThread(func() {
	c, _ := socket.CreateConnection("localhost", port)
	fmt.Println("begun")
	_, _ = c.Recv(1)
	fmt.Println("after")
})
th.Start()
th.Join()`},
}

// An interrupt ends each of them in place, and the server can be started again at the same port.
func TestInterruptedSockets(t *testing.T) {
	for _, machine := range []string{"real", "simulated"} {
		for _, row := range socketWaits {
			t.Run(machine+"/"+row.name, func(t *testing.T) {
				t.Parallel()
				p := begin(t)
				p.awake()
				p.machine(machine)
				q := p.begun(socketImports + socketFuncs + "var port int\nvar clean func()\n---\n" + row.code +
					"\n\nfmt.Println(\"after\")\n")
				r := p.interrupted(q.ID)
				again := p.run(socketImports + `---
clean()
s, err := socketserver.NewTCPServer("localhost", port, echo, socketserver.AllowReuseAddress(true))
must(err)
th := threading.NewThread(func() { s.ServeForever() })
th.Start()
d, err := socket.CreateConnection("localhost", port)
must(err)
must(d.SendAll([]byte("again")))
answer, err := d.Recv(100)
must(err)
d.Close()
s.Shutdown(); s.ServerClose(); th.Join()
fmt.Println(string(answer))`).ok(t)
				if got := again.out[again.id]; !strings.HasSuffix(got, "again\n") {
					t.Errorf("the next cell prints %q", got)
				}
				if out := r.out[q.ID] + again.out[q.ID]; strings.Contains(out, "after") {
					t.Errorf("it resumed: %q", out)
				}
			})
		}
	}
}

// A server sends each connection to a process of its own. Whichever process is killed, with connections under way at
// any point: the others serve on, and no process is left, nor with it a connection.
func TestKilledWithConnections(t *testing.T) {
	const code = socketImports + socketFuncs + `
func client(port int) {
	once := func() bool {
		c, err := socket.CreateConnection("localhost", port)
		if err != nil { return false }
		defer c.Close()
		_ = c.SendAll([]byte("x"))
		_, _ = c.Recv(1)
		return true
	}
	for once() {}
}
var s *socketserver.TCPServer
---
var err error
s, err = socketserver.NewForkingTCPServer("localhost", 0, echo, socketserver.AllowReuseAddress(true))
must(err)
for range 3 { threading.NewThread(client, threading.Args(s.ServerAddress().Port), threading.Daemon(true)).Start() }
fmt.Println("begun")
s.ServeForever()
`
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range 12 {
		variable := fmt.Sprintf("GILKERNEL_TEST_FAMILY=serve%d-%d", os.Getpid(), i)
		p := begin(t, variable)
		first := p.cmd.Process.Pid
		q := p.begun(code)
		time.Sleep(time.Duration(rng.IntN(400)) * time.Millisecond) // any point will do
		list := pids(t, variable)
		victim := list[rng.IntN(len(list))]
		if i%4 == 0 {
			victim = first
		}
		_ = syscall.Kill(victim, syscall.SIGKILL) // it may have ended
		if victim != first {
			time.Sleep(time.Duration(rng.IntN(100)) * time.Millisecond)
			p.interrupted(q.ID)
			p.run(socketImports + "---\ns.ServerClose()\nfor _, c := range mp.ActiveChildren() { c.Join() }").ok(t)
			p.closeIn()
		}
		none(t, variable)
	}
}
