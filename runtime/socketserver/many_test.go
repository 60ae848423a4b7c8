package socketserver_test

import (
	"bytes"
	"runtime"
	"sync/atomic"
	"testing"

	"gilkernel/runtime/socket"
	"gilkernel/runtime/threading"
)

// Ten thousand clients, each a thread of its own, that are all connected at once to a server that accepts them all and
// then answers one after the other: together they take less than a gibibyte, and the same seed gives the same run.
//
// They are answered one by one. BenchmarkClientsAtOnce has clients that are served together: thousands of threads that
// want one GIL ask for it every 5 ms each, which takes CPython, and its model, much more time.
func TestTenThousandClients(t *testing.T) {
	n := 10_000
	if testing.Short() {
		n = 1000
	}
	run := func() (trace []byte, memory uint64) {
		w := newWorld(t, kind{simulated: true, seed: 1, events: 1 << 17})
		defer w.stop()
		var right atomic.Int32
		err := w.run(func() {
			l, err := socket.CreateServer("localhost", 0, socket.Backlog(4096))
			if err != nil {
				panic(err)
			}
			port := l.GetSockName().Port
			server := threading.NewThread(func() {
				var all []*socket.Socket
				for range n {
					c, _, err := l.Accept()
					if err != nil {
						panic(err)
					}
					all = append(all, c)
				}
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				memory = m.HeapInuse + m.StackInuse
				for _, c := range all {
					data, err := socket.RecvMessage(c)
					if err != nil {
						panic(err)
					}
					if err := socket.SendMessage(c, data); err != nil {
						panic(err)
					}
					_ = c.Close()
				}
			})
			server.Start()
			var clients []*threading.Thread
			for range n {
				th := threading.NewThread(func() {
					c, err := socket.CreateConnection("localhost", port)
					if err != nil {
						panic(err)
					}
					if err := socket.SendMessage(c, []byte("hello")); err != nil {
						panic(err)
					}
					if data, err := socket.RecvMessage(c); err == nil && string(data) == "hello" {
						right.Add(1)
					}
					_ = c.Close()
				})
				th.Start()
				clients = append(clients, th)
			}
			for _, th := range clients {
				th.Join()
			}
			server.Join()
			_ = l.Close()
		})
		if err != nil || int(right.Load()) != n {
			t.Fatalf("%v, %d answers, printed %q", err, right.Load(), w.err.String())
		}
		var b bytes.Buffer
		if err := w.rec.Snapshot().WriteTrace(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes(), memory
	}
	a, memory := run()
	t.Logf("%d clients take %d MiB", n, memory>>20)
	if memory > 1<<30 {
		t.Errorf("%d clients take %d MiB", n, memory>>20)
	}
	if b, _ := run(); !bytes.Equal(a, b) {
		t.Error("the same seed gives another run")
	}
}
