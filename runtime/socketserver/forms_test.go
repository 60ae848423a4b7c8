//go:build unix

package socketserver_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/machine"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/plot"
	"gilkernel/runtime/process/processtest"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/socketserver"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

// upperDatagram answers a datagram, as a program with BaseRequestHandler does.
func upperDatagram(r *socketserver.BaseRequestHandler) error {
	if string(r.Data) == "fail" {
		panic("no")
	}
	_, err := r.Request.SendTo([]byte(strings.ToUpper(string(r.Data))), r.ClientAddress.Host, r.ClientAddress.Port)
	return err
}

// upperFile does it with files.
func upperFile(r *socketserver.DatagramRequestHandler) {
	b := make([]byte, 100)
	n, _ := r.RFile.Read(b)
	r.WFile.WriteString(strings.ToUpper(string(b[:n])))
}

// The servers of datagrams answer each, in the thread that serves, in one of its own, in a process of its own.
func TestDatagrams(t *testing.T) {
	for name, make := range map[string]constructor{"one": socketserver.NewUDPServer,
		"threads": socketserver.NewThreadingUDPServer, "processes": socketserver.NewForkingUDPServer} {
		t.Run(name, func(t *testing.T) {
			processes(t, `
HELLO <nil>
FILE <nil>
LAST <nil>
`, func(t *testing.T, log func(...any)) {
				c := socket.NewSocket(socket.AF_INET, socket.SOCK_DGRAM)
				defer c.Close()
				if err := c.Bind("localhost", 0); err != nil {
					panic(err)
				}
				for _, row := range []struct {
					data    string
					handler any
				}{{"hello", upperDatagram}, {"file", upperFile}, {"last", upperDatagram}} {
					s, err := make("localhost", 0, row.handler)
					port, th := start(s, err)
					if _, err := c.SendTo([]byte(row.data), "localhost", port); err != nil {
						panic(err)
					}
					data, from, err := c.RecvFrom(100)
					if from.Port != port {
						log("from", from)
					}
					log(string(data), err)
					s.Shutdown()
					s.ServerClose()
					th.Join()
				}
			})
		})
	}
}

// A socket goes to a process that runs, through a queue, and the connection lives on when the sender has closed its
// own.
func TestSocketThroughQueue(t *testing.T) {
	processes(t, `
hello
HELLO ""
exit code 0
`, func(t *testing.T, log func(...any)) {
		q, ready := mp.NewQueue(), mp.NewEvent()
		p := mp.NewProcess(serveQueue, mp.Args(q, ready))
		p.Start()
		ready.Wait()
		l, err := socket.CreateServer("localhost", 0)
		if err != nil {
			panic(err)
		}
		c, err := socket.CreateConnection("localhost", l.GetSockName().Port)
		if err != nil {
			panic(err)
		}
		conn, _, err := l.Accept()
		if err != nil {
			panic(err)
		}
		q.Put(conn)
		_ = c.SendAll([]byte("hello\n"))
		log("hello")
		f := c.MakeFile()
		line, _ := f.ReadLine() // the queue's feeder has sent it by now
		_ = conn.Close()
		rest, _ := f.ReadLine()
		log(strings.TrimSpace(line), fmt.Sprintf("%q", rest))
		_, _, _ = f.Close(), c.Close(), l.Close()
		p.Join()
		log("exit code", p.ExitCode())
	})
}

func serveQueue(q *mp.Queue, ready *mp.Event) {
	ready.Set()
	conn := q.Get().(*socket.Socket)
	f := conn.MakeFile()
	line, err := f.ReadLine()
	if err != nil {
		panic(err)
	}
	_, _ = f.WriteString(strings.ToUpper(line))
	_, _ = f.Close(), conn.Close()
}

// At most MaxChildren processes serve at the same time, and all clients are served.
func TestMaxChildren(t *testing.T) {
	processes(t, "6 answers", func(t *testing.T, log func(...any)) {
		s, err := socketserver.NewForkingTCPServer("localhost", 0, served, socketserver.MaxChildren(2),
			socketserver.RequestQueueSize(10))
		port, th := start(s, err)
		answers := make(chan string, 6)
		var all []*threading.Thread
		for range 6 {
			c := threading.NewThread(func() { answers <- ask(port, "hello") })
			c.Start()
			all = append(all, c)
		}
		for _, c := range all {
			for c.Join(threading.Timeout(time.Millisecond)); c.IsAlive(); c.Join(threading.Timeout(time.Millisecond)) {
				if n := len(mp.ActiveChildren()); n > 2 {
					t.Errorf("%d processes", n)
				}
			}
		}
		s.Shutdown()
		s.ServerClose()
		th.Join()
		close(answers)
		n := 0
		for a := range answers {
			if a == "HELLO" {
				n++
			}
		}
		log(n, "answers")
	})
}

// A handler that can't be sent to a process is refused before a client comes.
func TestUnsendableHandler(t *testing.T) {
	processes(t, "handler: a function with captures can't be sent to another process: send one without",
		func(t *testing.T, log func(...any)) {
			defer func() { log(recover()) }()
			n := 0
			_, _ = socketserver.NewForkingTCPServer("localhost", 0, func(*socket.Socket) { n++ })
		})
}

// The talk's third case, with each kind of work: computing in processes takes as long as one client's, whatever the
// work is.
func TestThirdCase(t *testing.T) {
	took := map[string][2]int64{}
	for _, work := range []struct {
		name    string
		handler any
	}{{"python", func(c *socket.Socket) error { return framedServer(python)(c) }},
		{"native", func(c *socket.Socket) error { return framedServer(native)(c) }},
		{"I/O", func(c *socket.Socket) error { return framedServer(idle)(c) }}} {
		for i, make := range []constructor{socketserver.NewThreadingTCPServer, socketserver.NewForkingTCPServer} {
			w := processtest.NewWorld(t, false, "3.13", 1)
			if err := w.Run(func(*machine.Thread) { talk(t, make, work.handler, framedClient, 3) }); err != nil {
				t.Fatal(err)
			}
			w.Machine.Stop(nil)
			w.Machine.Drain(time.Second)
			tl := w.Recorder.Snapshot()
			tl.Info = w.Interpreter.Info()
			all := tl.Requests()
			if len(all) != 3 {
				t.Fatalf("%s: %d requests", work.name, len(all))
			}
			last := int64(0)
			for _, r := range all {
				if !(r.Sent > 0 && r.Sent < r.Begun && r.Begun < r.Answered && r.Answered < r.Received) ||
					r.ServerThread == 0 {
					t.Errorf("%s: %+v", work.name, r)
				}
				last = max(last, r.Received)
			}
			pair := took[work.name]
			pair[i] = last - all[0].Sent
			took[work.name] = pair
			if s := plot.Sequence(tl).Mermaid(); i == 1 && !strings.Contains(s, "Process-3") {
				t.Errorf("%s:\n%s", work.name, s)
			}
			if s := plot.Requests(tl).String(); i == 1 && work.name != "I/O" &&
				!strings.Contains(s, "up to 3 at the same time") {
				t.Errorf("%s:\n%s", work.name, s)
			}
		}
	}
	for _, name := range []string{"python", "native"} {
		if p := took[name]; p[1]*2 > p[0] {
			t.Errorf("%s: threads took %d ns, processes %d ns", name, p[0], p[1])
		}
	}
	if p := took["I/O"]; p[1] > p[0]+int64(20*time.Millisecond) {
		t.Errorf("I/O: threads took %d ns, processes %d ns", p[0], p[1])
	}
}

// The talk's defects of its third case print the same in Python: the list that processes append to is empty in the
// parent, and every request is number 1.
func TestDefectsOfThirdCase(t *testing.T) {
	const python = `
import multiprocessing, socket
processing_order = []
def serve(conn, reqno):
    processing_order.append(reqno)
    conn.sendall(b"request %d" % reqno); conn.close()
listener = socket.socket(); listener.bind(("localhost", 0)); listener.listen(5)
for _ in range(3):
    client = socket.create_connection(listener.getsockname())
    conn, addr = listener.accept()
    reqno = 1
    p = multiprocessing.get_context("fork").Process(target=serve, args=(conn, reqno)); p.start(); conn.close()
    print(client.recv(100).decode()); p.join(); client.close()
print("processing order:", processing_order)
`
	program := func(_ *testing.T, log func(...any)) {
		var order []int
		listener, err := socket.CreateServer("localhost", 0)
		if err != nil {
			panic(err)
		}
		for range 3 {
			client, _ := socket.CreateConnection("localhost", listener.GetSockName().Port)
			conn, _, err := listener.Accept()
			if err != nil {
				panic(err)
			}
			reqno := 1
			p := mp.NewProcess(defective, mp.Args(conn, reqno, &order))
			p.Start()
			_ = conn.Close()
			data, _ := client.Recv(100)
			log(string(data))
			p.Join()
			_ = client.Close()
		}
		_ = listener.Close()
		log("processing order:", order)
	}
	const want = "request 1\nrequest 1\nrequest 1\nprocessing order: []"
	processes(t, want, program)
	for _, py := range twin.Pythons(t) {
		if strings.HasPrefix(py.Version, "2.") {
			continue
		}
		cmd := exec.Command(py.Path, "-W", "ignore", "-")
		cmd.Stdin = strings.NewReader(python)
		if out, err := cmd.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: %v, %s", py.Version, err, out)
		}
	}
}

// defective is the talk's function of a process.
func defective(conn *socket.Socket, reqno int, order *[]int) {
	*order = append(*order, reqno)
	_ = conn.SendAll(fmt.Appendf(nil, "request %d", reqno))
	_ = conn.Close()
}
