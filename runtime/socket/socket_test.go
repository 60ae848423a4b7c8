package socket_test

import (
	"sync/atomic"
	"testing"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/threading"
)

func TestEcho(t *testing.T) {
	everywhere(t, `
True hello
3 bar
""
gone [Errno 9] Bad file descriptor
`, func(t *testing.T, log func(...any)) {
		l, err := socket.CreateServer("localhost", 0)
		if err != nil {
			t.Fatal(err)
		}
		server := threading.NewThread(func() {
			for {
				c, _, err := l.Accept()
				if err != nil {
					log("gone", err)
					return
				}
				data, _ := c.Recv(100)
				_ = c.SendAll(data)
				_ = c.Close()
			}
		})
		server.Start()
		c, err := socket.CreateConnection("localhost", l.GetSockName().Port)
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SendAll([]byte("hello"))
		data, err := c.Recv(100)
		log(map[bool]string{true: "True"}[err == nil], string(data))
		_ = c.Close()
		c, _ = socket.CreateConnection("localhost", l.GetSockName().Port)
		_, _ = c.Send([]byte("bar"))
		data, _ = c.Recv(100)
		log(len(data), string(data))
		data, err = c.Recv(100)
		if len(data) == 0 && err == nil {
			log(`""`)
		}
		_ = c.Close()
		_ = l.Close()
		server.Join()
		_ = exceptions.Is
	})
}

// Nothing is asked for: nothing comes, without a wait for a peer that is silent, and from a closed socket.
func TestReceiveNothing(t *testing.T) {
	everywhere(t, `
0 <nil>
0 <nil>
0 <nil>
`, func(t *testing.T, log func(...any)) {
		a, b := socket.SocketPair()
		data, err := a.Recv(0)
		log(len(data), err)
		n, err := a.RecvInto(nil)
		log(n, err)
		_ = a.Close()
		_ = b.Close()
		data, err = a.Recv(0)
		log(len(data), err)
	})
}

// A loop that ignores the error of a closed socket, in Go code without checks, doesn't stop the others: each call gives
// the GIL up.
func TestClosedSocketsStarveNobody(t *testing.T) {
	everywhere(t, `
Accept [Errno 9] Bad file descriptor
Connect [Errno 9] Bad file descriptor
Recv [Errno 9] Bad file descriptor
Send [Errno 9] Bad file descriptor
SendAll [Errno 9] Bad file descriptor
SendTo [Errno 9] Bad file descriptor
RecvFrom [Errno 9] Bad file descriptor
Shutdown [Errno 9] Bad file descriptor
SetSockOpt [Errno 9] Bad file descriptor
GetSockOpt [Errno 9] Bad file descriptor
`, func(t *testing.T, log func(...any)) {
		s := socket.NewSocket()
		_ = s.Close()
		calls := []struct {
			name string
			call func() error
		}{
			{"Accept", func() error { _, _, err := s.Accept(); return err }},
			{"Connect", func() error { return s.Connect("localhost", 80) }},
			{"Recv", func() error { _, err := s.Recv(1); return err }},
			{"Send", func() error { _, err := s.Send([]byte("x")); return err }},
			{"SendAll", func() error { return s.SendAll([]byte("x")) }},
			{"SendTo", func() error { _, err := s.SendTo([]byte("x"), "localhost", 80); return err }},
			{"RecvFrom", func() error { _, _, err := s.RecvFrom(1); return err }},
			{"Shutdown", func() error { return s.Shutdown(socket.SHUT_RDWR) }},
			{"SetSockOpt", func() error { return s.SetSockOpt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1) }},
			{"GetSockOpt", func() error { _, err := s.GetSockOpt(socket.SOL_SOCKET, socket.SO_REUSEADDR); return err }},
		}
		for _, c := range calls {
			var enough atomic.Bool
			var err error
			loop := threading.NewThread(func() {
				for !enough.Load() {
					err = c.call()
				}
			})
			loop.Start()
			machine.Current().Sleep(time.Millisecond)
			enough.Store(true)
			loop.Join()
			log(c.name, err)
		}
	})
}
